//! A fiscal calendar that a company brings along: months of whole weeks, thirteen
//! periods, whatever its controllers decided.
//!
//! Invariant: a calendar that passes [`check`] gives every day of its years to
//! exactly one month, every month to one quarter, and every year four quarters
//! in order.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::calendar::{NamedMonth, Quarter};

/// What is wrong with a calendar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFault {
    #[error("{label} ends on {end}, before it begins on {start}")]
    Backwards { label: String, start: NaiveDate, end: NaiveDate },
    #[error("{label} has {days} days; a month has from 7 to 42")]
    Length { label: String, days: i64 },
    #[error("no month has the days from {from} to {to}, between {before} and {after}")]
    Gap { before: String, after: String, from: NaiveDate, to: NaiveDate },
    #[error("{before} and {after} both have {day}")]
    Overlap { before: String, after: String, day: NaiveDate },
    #[error("two months are called {label}")]
    SameName { label: String },
    #[error(
        "{label} is the name of a month outside of the file as well; call those of the file \
         {year}-P01, {year}-P02 …"
    )]
    NameOutside { label: String, year: i32 },
    #[error("{after} belongs to {quarter}, and {before} before it to {earlier}")]
    Order { before: String, earlier: Quarter, after: String, quarter: Quarter },
    #[error("the fiscal year {year} is not whole: {lacks} has no month")]
    Part { year: i32, lacks: Quarter },
}

/// Whether these months, in the order of their days, are whole fiscal years.
///
/// # Errors
/// The first thing that is wrong, by the names of the months.
pub fn check(months: &[NamedMonth]) -> Result<(), CalendarFault> {
    let mut names = BTreeSet::new();
    for month in months {
        let label = month.label.clone();
        let days = (month.end - month.start).num_days() + 1;
        if days < 1 {
            return Err(CalendarFault::Backwards { label, start: month.start, end: month.end });
        }
        if !(7..=42).contains(&days) {
            return Err(CalendarFault::Length { label, days });
        }
        if !names.insert(label.clone()) {
            return Err(CalendarFault::SameName { label });
        }
    }
    for pair in months.windows(2) {
        let [one, next] = pair else { continue };
        let (before, after) = (one.label.clone(), next.label.clone());
        let due = one.end + Days::new(1);
        if next.start > due {
            let to = next.start - Days::new(1);
            return Err(CalendarFault::Gap { before, after, from: due, to });
        }
        if next.start < due {
            return Err(CalendarFault::Overlap { before, after, day: next.start });
        }
        if next.quarter != one.quarter && next.quarter != one.quarter.next() {
            let (earlier, quarter) = (one.quarter, next.quarter);
            return Err(CalendarFault::Order { before, earlier, after, quarter });
        }
    }
    let whole = |month: Option<&NamedMonth>, wanted: u8, lacks: u8| match month {
        Some(month) if month.quarter.quarter != wanted => {
            let year = month.quarter.year;
            Err(CalendarFault::Part { year, lacks: Quarter { year, quarter: lacks } })
        }
        _ => Ok(()),
    };
    whole(months.first(), 1, 1)?;
    whole(months.last(), 4, 4)
}

/// These months, and before and after them calendar months that go on as they do: the fiscal year
/// begins with the nearest month and is named in the same way. The first and the last of `days` are
/// within; where the calendars meet, a calendar month is cut or made longer.
///
/// # Errors
/// Those of [`check`], and a name that is used twice.
pub fn continued(
    own: &[NamedMonth],
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<NamedMonth>, CalendarFault> {
    check(own)?;
    let (Some(first), Some(last)) = (own.first(), own.last()) else { return Ok(Vec::new()) };
    let behind = last.end + Days::new(1);
    let mut out = Vec::new();
    let mut month = nearest_month(first.start);
    let mut place = first.quarter.year * 12;
    while month > days.0 {
        month = month - Months::new(1);
        place -= 1;
        out.push(calendar_month(month, place));
    }
    out.reverse();
    if let Some(before) = out.last_mut() {
        before.end = first.start - Days::new(1);
    }
    out.extend(own.iter().cloned());
    let seam = out.len();
    month = nearest_month(behind);
    place = (last.quarter.year + 1) * 12;
    while month <= days.1 {
        out.push(calendar_month(month, place));
        month = month + Months::new(1);
        place += 1;
    }
    if let Some(after) = out.get_mut(seam) {
        after.start = behind;
    }
    let mut names = BTreeSet::new();
    for month in &out {
        if !names.insert(month.label.as_str()) {
            let (label, year) = (month.label.clone(), first.quarter.year);
            return Err(CalendarFault::NameOutside { label, year });
        }
    }
    Ok(out)
}

/// The first day of the month that is nearest to a day on which a fiscal year begins.
pub fn nearest_month(day: NaiveDate) -> NaiveDate {
    let first = day - Days::new(u64::from(day.day0()));
    if day.day() <= 15 { first } else { first + Months::new(1) }
}

/// `place`: months since the start of the fiscal year 0.
fn calendar_month(start: NaiveDate, place: i32) -> NamedMonth {
    let quarter = place.rem_euclid(12) as u8 / 3 + 1;
    NamedMonth {
        start,
        end: start + Months::new(1) - Days::new(1),
        label: start.format("%Y-%m").to_string(),
        quarter: Quarter { year: place.div_euclid(12), quarter },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// Years of weeks from a day on, by the weeks of each month of a quarter.
    fn weeks(from: &str, years: std::ops::Range<i32>, pattern: &[u64]) -> Vec<NamedMonth> {
        let mut start = day(from);
        let mut out = Vec::new();
        for year in years {
            for (place, weeks) in pattern.iter().enumerate() {
                let end = start + Days::new(weeks * 7 - 1);
                // Thirteen periods: the fourth quarter has four of them.
                let quarter = (place / 3).min(3) as u8 + 1;
                let label = format!("{year}-P{:02}", place + 1);
                out.push(NamedMonth { start, end, label, quarter: Quarter { year, quarter } });
                start = end + Days::new(1);
            }
        }
        out
    }

    const FOUR_FOUR_FIVE: [u64; 12] = [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5];
    const DAYS: (&str, &str) = ("2000-01-01", "2049-12-31");

    fn whole(own: &[NamedMonth]) -> Vec<NamedMonth> {
        continued(own, (day(DAYS.0), day(DAYS.1))).expect("a calendar")
    }

    fn around<'a>(months: &'a [NamedMonth], label: &str) -> (&'a NamedMonth, &'a NamedMonth) {
        let place = months.iter().position(|month| month.label == label).expect("there");
        (&months[place - 1], &months[place])
    }

    #[test]
    fn weeks_and_calendar_months_meet_without_a_gap() {
        // 52 weeks from 29 December 2024 end on 27 December 2025.
        let months = whole(&weeks("2024-12-29", 2025..2026, &FOUR_FOUR_FIVE));
        let (before, first) = around(&months, "2025-P01");
        assert_eq!((before.label.as_str(), before.end), ("2024-12", day("2024-12-28")));
        assert_eq!(before.quarter, Quarter { year: 2024, quarter: 4 });
        assert_eq!((first.start, first.end), (day("2024-12-29"), day("2025-01-25")));
        let (last, after) = around(&months, "2026-01");
        assert_eq!((last.label.as_str(), last.end), ("2025-P12", day("2025-12-27")));
        assert_eq!((after.start, after.end), (day("2025-12-28"), day("2026-01-31")));
        assert_eq!(after.quarter, Quarter { year: 2026, quarter: 1 });
    }

    #[test]
    fn a_year_named_by_its_start_goes_on_so() {
        // The retail year 2025 begins on 2 February 2025.
        let months = whole(&weeks("2025-02-02", 2025..2027, &[4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 4]));
        let (before, _) = around(&months, "2025-P01");
        assert_eq!((before.label.as_str(), before.end), ("2025-01", day("2025-02-01")));
        assert_eq!(before.quarter, Quarter { year: 2024, quarter: 4 });
        let (_, after) = around(&months, "2027-02");
        assert_eq!(after.start, day("2027-01-31"));
        assert_eq!(after.quarter, Quarter { year: 2027, quarter: 1 });
    }

    #[test]
    fn thirteen_periods_and_a_fifty_third_week() {
        let mut long = [4; 13];
        long[12] = 5;
        let months = whole(&weeks("2023-01-01", 2023..2024, &long));
        let quarters = |quarter| {
            let of = Quarter { year: 2023, quarter };
            months.iter().filter(|month| month.quarter == of).count()
        };
        assert_eq!([1, 2, 3, 4].map(quarters), [3, 3, 3, 4]);
        assert_eq!(around(&months, "2024-01").1.start, day("2024-01-07"));
    }

    #[test]
    fn what_is_no_calendar_is_refused_by_name() {
        let sound = weeks("2024-12-29", 2025..2026, &FOUR_FOUR_FIVE);
        let fault = |change: &dyn Fn(&mut Vec<NamedMonth>)| {
            let mut months = sound.clone();
            change(&mut months);
            continued(&months, (day(DAYS.0), day(DAYS.1))).expect_err("refused").to_string()
        };
        let said = fault(&|months| months[4].start = day("2025-04-28"));
        assert_eq!(
            said,
            "no month has the days from 2025-04-27 to 2025-04-27, between 2025-P04 and 2025-P05"
        );
        let said = fault(&|months| months[4].start = day("2025-04-26"));
        assert_eq!(said, "2025-P04 and 2025-P05 both have 2025-04-26");
        let said = fault(&|months| {
            months.pop();
            months.pop();
            months.pop();
        });
        assert_eq!(said, "the fiscal year 2025 is not whole: 2025-Q4 has no month");
        let said = fault(&|months| {
            months.drain(3..6);
        });
        assert!(said.starts_with("no month has the days"), "{said}");
        let said = fault(&|months| months[6].quarter.quarter = 4);
        assert_eq!(said, "2025-P07 belongs to 2025-Q4, and 2025-P06 before it to 2025-Q2");
        let said = fault(&|months| months[1].label = "2025-P01".into());
        assert_eq!(said, "two months are called 2025-P01");
        let said = fault(&|months| months[1].end = day("2025-01-20"));
        assert!(said.contains("before it begins"), "{said}");
        let said = fault(&|months| months[1].label = "2024-12".into());
        assert!(said.contains("2024-12 is the name of a month outside"), "{said}");
    }

    proptest! {
        /// Whatever pattern of weeks: every day from first to last is in one month, quarters follow
        /// each other.
        #[test]
        fn no_day_is_lost(
            offset in 0_i64..800,
            pattern in prop::collection::vec(4_u64..6, 12..14),
            years in 1_i32..6,
        ) {
            let from = day("2015-01-01") + chrono::Duration::days(offset);
            let year = from.year();
            let months = whole(&weeks(&from.to_string(), year..year + years, &pattern));
            prop_assert!(months[0].start <= day(DAYS.0));
            prop_assert!(months.last().expect("months").end >= day(DAYS.1));
            for pair in months.windows(2) {
                prop_assert_eq!(pair[0].end + Days::new(1), pair[1].start);
                prop_assert!(pair[0].start <= pair[0].end);
                let (one, next) = (pair[0].quarter, pair[1].quarter);
                prop_assert!(next == one || next == one.next(), "{} {}", one, next);
            }
        }
    }
}
