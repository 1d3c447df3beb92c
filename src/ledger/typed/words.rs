//! Days as one says them: `next fri`, `in 2 weeks`, `end of month`.
//!
//! Counted from a day that is given, never from a clock. A day of the week is the
//! next one after that day, `last` the one before it; the day that was understood is
//! shown at once, so that nobody has to trust it.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// The day that these words mean on this day; `None` where they are no such words.
pub(super) fn day(words: &str, today: NaiveDate) -> Option<NaiveDate> {
    let words = words.trim().to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    match words.as_slice() {
        ["today"] => Some(today),
        ["tomorrow"] => today.succ_opt(),
        ["yesterday"] => today.pred_opt(),
        ["next", "week"] => today.checked_add_days(Days::new(7)),
        ["next", "month"] => today.checked_add_months(Months::new(1)),
        ["next", "year"] => today.checked_add_months(Months::new(12)),
        ["eom"] | ["end", "of", "month"] => end_of_month(today),
        ["eoy"] | ["end", "of", "year"] => NaiveDate::from_ymd_opt(today.year(), 12, 31),
        ["last", day] => step_to(weekday(day)?, today, NaiveDate::pred_opt),
        [day] | ["next" | "on" | "this", day] if weekday(day).is_some() => {
            step_to(weekday(day)?, today, NaiveDate::succ_opt)
        }
        ["in", count, unit] => later(today, count.parse().ok()?, unit),
        [short] => {
            let short = short.strip_prefix('+')?;
            let digits = short.find(|c: char| !c.is_ascii_digit())?;
            later(today, short[..digits].parse().ok()?, &short[digits..])
        }
        _ => None,
    }
}

fn later(today: NaiveDate, count: u32, unit: &str) -> Option<NaiveDate> {
    match unit {
        "d" | "day" | "days" => today.checked_add_days(Days::new(u64::from(count))),
        "w" | "week" | "weeks" => today.checked_add_days(Days::new(u64::from(count) * 7)),
        "m" | "month" | "months" => today.checked_add_months(Months::new(count)),
        _ => None,
    }
}

fn end_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

/// The first such day on the way that `step` goes, today not counted.
fn step_to(
    wanted: Weekday,
    today: NaiveDate,
    step: impl Fn(&NaiveDate) -> Option<NaiveDate>,
) -> Option<NaiveDate> {
    let mut day = step(&today)?;
    while day.weekday() != wanted {
        day = step(&day)?;
    }
    Some(day)
}

/// By three letters of its name or more.
fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Mon),
        ("tuesday", Weekday::Tue),
        ("wednesday", Weekday::Wed),
        ("thursday", Weekday::Thu),
        ("friday", Weekday::Fri),
        ("saturday", Weekday::Sat),
        ("sunday", Weekday::Sun),
    ];
    let found = NAMES.iter().find(|(name, _)| word.len() >= 3 && name.starts_with(word));
    found.map(|(_, day)| *day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From Wednesday, the last day of 2025; the calendar of that winter.
    #[test]
    fn words_are_counted_from_the_day_that_is_given() {
        let today = NaiveDate::from_ymd_opt(2025, 12, 31).expect("a day");
        for (words, day) in [
            ("today", "2025-12-31"),
            ("Tomorrow", "2026-01-01"),
            ("yesterday", "2025-12-30"),
            ("fri", "2026-01-02"),
            ("next fri", "2026-01-02"),
            ("  next   FRIDAY ", "2026-01-02"),
            ("wed", "2026-01-07"),
            ("last wed", "2025-12-24"),
            ("last thu", "2025-12-25"),
            ("in 1 day", "2026-01-01"),
            ("in 2 weeks", "2026-01-14"),
            ("+3d", "2026-01-03"),
            ("+1m", "2026-01-31"),
            ("in 2 months", "2026-02-28"),
            ("next month", "2026-01-31"),
            ("eom", "2025-12-31"),
            ("end of year", "2025-12-31"),
        ] {
            let found = super::day(words, today).map(|day| day.to_string());
            assert_eq!(found.as_deref(), Some(day), "{words}");
        }
    }

    #[test]
    fn other_words_are_no_days() {
        let today = NaiveDate::from_ymd_opt(2025, 12, 31).expect("a day");
        for words in [
            "",
            "soon",
            "fr",
            "next",
            "in two weeks",
            "+3",
            "+3x",
            "3d",
            "in 99999999999 days",
            "31.12.",
        ] {
            assert_eq!(super::day(words, today), None, "{words}");
        }
        assert_eq!(super::day("tomorrow", NaiveDate::MAX), None);
        assert_eq!(super::day("+4000000000m", today), None);
    }
}
