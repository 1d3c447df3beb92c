//! The years in which a date can lie, and the times of day behind it. Values
//! only.

use chrono::{Datelike, NaiveDate};

/// Years in which a date can lie; others are typing errors, or another way of reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Years {
    pub first: i32,
    pub last: i32,
}

impl Years {
    /// Those that a mapping gives, else those of a deal that is imported on this day, or of
    /// anything else: people were hired before there were such deals.
    pub fn of(deals: bool, given: Option<(i32, i32)>, today: NaiveDate) -> Self {
        let (first, last) = given.unwrap_or((if deals { 1990 } else { 1950 }, today.year() + 15));
        Years { first, last }
    }

    pub(super) fn contains(self, date: NaiveDate) -> bool {
        (self.first..=self.last).contains(&date.year())
    }
}

/// What stands behind the dates; the day is always the one that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// A time of day without a zone.
    pub local: bool,
    /// A time of day in UTC.
    pub utc: bool,
    /// A time of day in some other zone.
    pub zoned: bool,
    /// The half hours of the times in UTC: bit 0 is midnight, bit 1 half past; bit
    /// [`HALF_HOURS`] is every other time.
    pub half_hours: u64,
}

/// Of a day.
const HALF_HOURS: u32 = 48;

impl Clock {
    /// From the bits of [`CLOCK`].
    pub fn of_bits(bits: u64) -> Self {
        Clock {
            local: bits & 1 != 0,
            utc: bits & 2 != 0,
            zoned: bits & 4 != 0,
            half_hours: bits >> 3,
        }
    }

    /// Every time is midnight somewhere east of Greenwich, told in UTC: the day is the next one.
    /// Gives the hour in UTC and how many hours lie between.
    pub(super) fn midnight_elsewhere(self) -> Option<(u32, u8)> {
        if self.local || self.zoned || self.half_hours == 0 {
            return None;
        }
        let (first, last) = (self.half_hours.trailing_zeros(), self.half_hours.ilog2());
        // One time, or two an hour apart, as summer and winter are; after noon.
        let two = self.half_hours.count_ones() <= 2 && last - first <= 2;
        let hours = (HALF_HOURS - first).div_ceil(2);
        (two && first > HALF_HOURS / 2 && last < HALF_HOURS)
            .then(|| (first / 2, u8::try_from(hours).unwrap_or(12)))
    }

    /// Some value has a time of day.
    pub fn any(self) -> bool {
        self.local || self.utc || self.zoned
    }

    /// Which day is taken, in words; `None` where no value has a time.
    pub fn rule(self) -> Option<&'static str> {
        match (self.utc, self.zoned, self.local) {
            (true, false, false) => Some("the day in UTC, as written"),
            (_, true, _) => Some("the day as written, each in its own zone"),
            (true, false, true) => Some("the day as written, in UTC where the file says so"),
            (false, false, true) => Some("the day as written; the file names no zone"),
            (false, false, false) => None,
        }
    }
}
