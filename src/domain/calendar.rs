//! Fiscal years, quarters and months, and the period of a review.
//!
//! Fiscal months are calendar months, and the fiscal year may start with any of
//! them, unless a company brings months of its own. Invariant: a day belongs to
//! exactly one fiscal month, and `bounds` and `quarter_of` agree about it.
//! Nothing here asks what day it is.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{Datelike, Days, Months, NaiveDate};

/// Years that a label may name; outside of them a typing error is likelier than a plan.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A quarter of a fiscal year: `2025-Q4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    /// The fiscal year, by the name the calendar gives it.
    pub year: i32,
    /// 1 to 4.
    pub quarter: u8,
}

impl Quarter {
    /// The quarter before this one.
    pub fn previous(self) -> Quarter {
        self.plus(-1)
    }

    /// The quarter after this one.
    pub fn next(self) -> Quarter {
        self.plus(1)
    }

    /// The quarter `count` quarters later, or earlier when it is negative.
    pub fn plus(self, count: i32) -> Quarter {
        let index = self.year * 4 + i32::from(self.quarter) - 1 + count;
        Quarter { year: index.div_euclid(4), quarter: index.rem_euclid(4) as u8 + 1 }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.year, self.quarter)
    }
}

impl FromStr for Quarter {
    type Err = PeriodError;

    /// Reads `2025-Q4`, `FY2025-Q4` and `2025Q4`, in either case.
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        match text.parse()? {
            Period::Quarter(quarter) => Ok(quarter),
            Period::Year(_) | Period::All => Err(PeriodError { given: text.to_owned() }),
        }
    }
}

/// What a review looks at: a fiscal quarter, a fiscal year, or everything there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    Quarter(Quarter),
    /// A fiscal year.
    Year(i32),
    All,
}

/// A period that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{given}\" is not a period; write a quarter as 2025-Q4 (or FY2025-Q4), a fiscal year as 2025, \
     or all"
)]
pub struct PeriodError {
    /// What was written.
    pub given: String,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Quarter(quarter) => quarter.fmt(f),
            Period::Year(year) => write!(f, "{year}"),
            Period::All => f.write_str("all"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let error = || PeriodError { given: text.to_owned() };
        let upper = text.trim().to_ascii_uppercase();
        if upper == "ALL" {
            return Ok(Period::All);
        }
        let rest = upper.strip_prefix("FY").unwrap_or(&upper);
        // `get` instead of a split: the year may be followed by a letter of any width.
        let (year, rest) = (rest.get(..4).ok_or_else(error)?, rest.get(4..).unwrap_or_default());
        if !year.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        let year: i32 = year.parse().map_err(|_| error())?;
        if !YEARS.contains(&year) {
            return Err(error());
        }
        match rest.strip_prefix('-').unwrap_or(rest) {
            "" if rest.is_empty() => Ok(Period::Year(year)),
            "Q1" => Ok(Period::Quarter(Quarter { year, quarter: 1 })),
            "Q2" => Ok(Period::Quarter(Quarter { year, quarter: 2 })),
            "Q3" => Ok(Period::Quarter(Quarter { year, quarter: 3 })),
            "Q4" => Ok(Period::Quarter(Quarter { year, quarter: 4 })),
            _ => Err(error()),
        }
    }
}

/// A month, or another period of a company's own, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedMonth {
    pub start: NaiveDate,
    /// Inclusive.
    pub end: NaiveDate,
    /// `2025-03`, `2025-P03`.
    pub label: String,
    pub quarter: Quarter,
}

/// When the fiscal year starts. It is named by the calendar year in which it
/// ends, so a year from February 2025 to January 2026 is 2026.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiscalCalendar {
    /// 1 (January: fiscal and calendar year are the same) to 12.
    pub start_month: u32,
    /// The company's own months, in order and without a gap. What lies outside of them goes by
    /// calendar months.
    own: Arc<[NamedMonth]>,
}

impl Default for FiscalCalendar {
    fn default() -> Self {
        FiscalCalendar { start_month: 1, own: Arc::default() }
    }
}

/// A month with its place in the fiscal year: a row of `settings.fiscal_month`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiscalMonth {
    pub start: NaiveDate,
    /// Inclusive.
    pub end: NaiveDate,
    pub quarter: Quarter,
    /// 1, 2 or 3.
    pub month_in_quarter: u8,
}

impl FiscalMonth {
    /// `2025-03`: the calendar's name of the month.
    pub fn label(&self) -> String {
        self.start.format("%Y-%m").to_string()
    }
}

impl FiscalCalendar {
    /// A calendar whose year starts with this month; `None` unless it is 1 to 12.
    pub fn new(start_month: u32) -> Option<Self> {
        let own = Arc::default();
        (1..=12).contains(&start_month).then_some(FiscalCalendar { start_month, own })
    }

    /// The same with a company's own months, in order and without a gap.
    pub fn with_months(self, own: Vec<NamedMonth>) -> Self {
        FiscalCalendar { own: own.into(), ..self }
    }

    /// First and last day of the company's own month of this name.
    pub fn own_month(&self, label: &str) -> Option<(NaiveDate, NaiveDate)> {
        let month = self.own.iter().find(|month| month.label.eq_ignore_ascii_case(label))?;
        Some((month.start, month.end))
    }

    /// First and last day of the fiscal month that holds this day.
    pub fn month_around(&self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        let own = self.own_at(day).map(|month| (month.start, month.end));
        own.unwrap_or_else(|| {
            let month = self.month_of(day);
            (month.start, month.end)
        })
    }

    /// The company's own month that holds this day.
    fn own_at(&self, day: NaiveDate) -> Option<&NamedMonth> {
        let place = self.own.partition_point(|month| month.end < day);
        self.own.get(place).filter(|month| month.start <= day)
    }

    /// First and last day of those of the company's own months that are meant.
    fn own_bounds(&self, meant: impl Fn(Quarter) -> bool) -> Option<(NaiveDate, NaiveDate)> {
        let mut months = self.own.iter().filter(|month| meant(month.quarter));
        let first = months.next()?;
        Some((first.start, months.next_back().unwrap_or(first).end))
    }

    /// The fiscal year that holds this day.
    pub fn year_of(&self, day: NaiveDate) -> i32 {
        if let Some(month) = self.own_at(day) {
            return month.quarter.year;
        }
        if self.start_month > 1 && day.month() >= self.start_month {
            day.year() + 1
        } else {
            day.year()
        }
    }

    /// The fiscal quarter that holds this day.
    pub fn quarter_of(&self, day: NaiveDate) -> Quarter {
        if let Some(month) = self.own_at(day) {
            return month.quarter;
        }
        let quarter = (self.month_index(day) / 3) as u8 + 1;
        Quarter { year: self.year_of(day), quarter }
    }

    /// The calendar month that holds this day, with its place in the fiscal year.
    pub fn month_of(&self, day: NaiveDate) -> FiscalMonth {
        let start = day.with_day(1).unwrap_or(day);
        FiscalMonth {
            start,
            end: last_day(start, 1),
            quarter: self.quarter_of(day),
            month_in_quarter: (self.month_index(day) % 3) as u8 + 1,
        }
    }

    /// First and last day of a quarter, both inclusive.
    pub fn bounds(&self, quarter: Quarter) -> (NaiveDate, NaiveDate) {
        if let Some(bounds) = self.own_bounds(|of| of == quarter) {
            return bounds;
        }
        let into = u32::from(quarter.quarter.clamp(1, 4) - 1) * 3;
        let start = self.first_day(quarter.year) + Months::new(into);
        (start, last_day(start, 3))
    }

    /// First and last day of a fiscal year, both inclusive.
    pub fn year_bounds(&self, year: i32) -> (NaiveDate, NaiveDate) {
        if let Some(bounds) = self.own_bounds(|of| of.year == year) {
            return bounds;
        }
        let start = self.first_day(year);
        (start, last_day(start, 12))
    }

    /// First and last day of a period, both inclusive; `None` for [`Period::All`],
    /// whose bounds only the facts know.
    pub fn period_bounds(&self, period: Period) -> Option<(NaiveDate, NaiveDate)> {
        match period {
            Period::Quarter(quarter) => Some(self.bounds(quarter)),
            Period::Year(year) => Some(self.year_bounds(year)),
            Period::All => None,
        }
    }

    /// Every month of these fiscal years, first to last inclusive, in order.
    pub fn months(&self, first_year: i32, last_year: i32) -> Vec<FiscalMonth> {
        (first_year..=last_year)
            .flat_map(|year| {
                let start = self.first_day(year);
                (0..12).map(move |month| start + Months::new(month))
            })
            .map(|day| self.month_of(day))
            .collect()
    }

    /// Whole months from the start of the fiscal year: 0 to 11.
    fn month_index(&self, day: NaiveDate) -> u32 {
        (day.month() + 12 - self.start_month.clamp(1, 12)) % 12
    }

    /// Years beyond what a file of dates can mean are drawn to the nearest that exists.
    fn first_day(&self, year: i32) -> NaiveDate {
        let start = self.start_month.clamp(1, 12);
        let year = year.clamp(1, 9998) - i32::from(start > 1);
        NaiveDate::from_ymd_opt(year, start, 1).unwrap_or_default()
    }
}

/// The last day of `months` months that begin with `start`.
fn last_day(start: NaiveDate, months: u32) -> NaiveDate {
    start + Months::new(months) - Days::new(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[track_caller]
    fn check(start_month: u32, of: &str, quarter: &str, from: &str, to: &str) {
        let calendar = FiscalCalendar::new(start_month).expect("a month");
        let found = calendar.quarter_of(day(of));
        assert_eq!(found.to_string(), quarter);
        assert_eq!(calendar.bounds(found), (day(from), day(to)));
    }

    #[test]
    fn a_calendar_year_keeps_its_name() {
        check(1, "2025-12-31", "2025-Q4", "2025-10-01", "2025-12-31");
        check(1, "2025-01-01", "2025-Q1", "2025-01-01", "2025-03-31");
    }

    #[test]
    fn a_year_that_starts_in_february_is_named_by_its_end() {
        check(2, "2025-01-31", "2025-Q4", "2024-11-01", "2025-01-31");
        check(2, "2025-02-01", "2026-Q1", "2025-02-01", "2025-04-30");
        // The fourth quarter crosses the calendar year.
        check(2, "2025-12-31", "2026-Q4", "2025-11-01", "2026-01-31");
        check(2, "2026-01-01", "2026-Q4", "2025-11-01", "2026-01-31");
    }

    #[test]
    fn a_year_that_starts_in_october_is_named_by_its_end() {
        check(10, "2025-09-30", "2025-Q4", "2025-07-01", "2025-09-30");
        check(10, "2025-10-01", "2026-Q1", "2025-10-01", "2025-12-31");
        check(10, "2024-02-29", "2024-Q2", "2024-01-01", "2024-03-31");
    }

    #[test]
    fn months_know_their_place() {
        let months = FiscalCalendar::new(2).expect("a month").months(2025, 2026);
        assert_eq!(months.len(), 24);
        assert_eq!(months[0].label(), "2024-02");
        assert_eq!(months[0].end, day("2024-02-29"));
        assert_eq!(
            (months[0].quarter.to_string(), months[0].month_in_quarter),
            ("2025-Q1".into(), 1)
        );
        assert_eq!(months[23].label(), "2026-01");
        assert_eq!(months[23].month_in_quarter, 3);
    }

    #[test]
    fn labels_that_are_accepted() {
        for (text, shown) in [
            ("2017-Q4", "2017-Q4"),
            ("FY2017-Q4", "2017-Q4"),
            ("fy2017q1", "2017-Q1"),
            (" 2025 ", "2025"),
            ("FY2025", "2025"),
            ("All", "all"),
        ] {
            assert_eq!(text.parse::<Period>().expect(text).to_string(), shown);
        }
    }

    #[test]
    fn labels_that_are_refused_say_what_is_accepted() {
        for text in [
            "",
            "2025-",
            "2025-Q5",
            "2025-Q0",
            "25-Q1",
            "1025-Q1",
            "Q4",
            "2025-12",
            "2025–Q4",
            "٢٠٢٥",
        ] {
            let error = text.parse::<Period>().expect_err(text);
            assert!(error.to_string().contains("2025-Q4"), "{error}");
        }
        assert!("2025".parse::<Quarter>().is_err());
    }

    #[test]
    fn quarters_step_over_the_year() {
        let quarter = Quarter { year: 2025, quarter: 1 };
        assert_eq!(quarter.previous().to_string(), "2024-Q4");
        assert_eq!(quarter.previous().next(), quarter);
        assert_eq!(quarter.plus(-9).to_string(), "2022-Q4");
    }

    proptest! {
        #[test]
        fn a_period_reads_what_it_shows(year in YEARS, quarter in 0u8..=4) {
            let period = if quarter == 0 { Period::Year(year) }
                else { Period::Quarter(Quarter { year, quarter }) };
            prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,12}") {
            let _ = text.parse::<Period>();
        }

        #[test]
        fn a_day_lies_in_the_bounds_of_its_quarter(offset in 0i64..80_000, start_month in 1u32..=12) {
            let day = day("1950-01-01") + chrono::TimeDelta::days(offset);
            let calendar = FiscalCalendar::new(start_month).expect("a month");
            let (first, last) = calendar.bounds(calendar.quarter_of(day));
            prop_assert!(first <= day && day <= last);
            let (first, last) = calendar.year_bounds(calendar.year_of(day));
            prop_assert!(first <= day && day <= last);
            let month = calendar.month_of(day);
            prop_assert!(month.start <= day && day <= month.end);
        }
    }
}
