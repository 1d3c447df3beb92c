//! The day that an export shows.
//!
//! Owns the order in which it is looked for: said, as before, the preset's rule,
//! the file's name, today.

use chrono::{Datelike, Days, NaiveDate};

use crate::catalog::preset::TakenOn;
use crate::workspace::Session;

use super::choose::Choice;
use super::error::ImportError;
use super::source::Source;

/// A pipeline in which nothing was made or closed for so long is probably an old export.
const QUIET: Days = Days::new(31);

/// Eight digits in a name that are of no such year are something else.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2060;

/// A day and why it is that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: NaiveDate,
    pub why: String,
}

/// What is known of the day without looking into the file.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub said: Option<NaiveDate>,
    /// Of an earlier import of the same file.
    pub earlier: Option<NaiveDate>,
    pub today: NaiveDate,
}

/// Finds the day for one file with history. `typed` holds its rows.
///
/// # Errors
/// `DayUnknown` where the rule finds none, or the file's name holds several.
pub fn taken_on(
    session: &Session<'_>,
    source: &Source,
    choice: &Choice<'_>,
    typed: &str,
    known: Known,
) -> Result<Day, ImportError> {
    let unknown = |why: &str| ImportError::DayUnknown {
        file: source.path.clone(),
        why: format!("the day that the export shows is not known: {why}"),
    };
    let Known { said, earlier, today } = known;
    if let Some(date) = said {
        return Ok(Day { date, why: "as said with --taken-on".into() });
    }
    if let Some(date) = earlier {
        return Ok(Day { date, why: "as when it was imported before".into() });
    }
    match choice.rules.taken_on {
        TakenOn::Asked => return Err(unknown("this kind of export does not tell")),
        TakenOn::LatestDate => {
            let latest = latest_date(session, typed)?;
            let date = latest.ok_or_else(|| unknown("no row has a date that is past"))?;
            return Ok(Day { date, why: "the latest date in the file".into() });
        }
        TakenOn::FileName => {}
    }
    let dates = dates_in(&source.name);
    match dates.as_slice() {
        [] => {
            let latest = latest_date(session, typed)?.filter(|latest| *latest < today - QUIET);
            let why = latest.map_or_else(String::new, |latest| {
                format!("; its newest date is {latest}: if it is older, say so with --taken-on")
            });
            Ok(Day { date: today, why: format!("today: nothing else says the day{why}") })
        }
        [date] => Ok(Day { date: *date, why: "from the file's name".into() }),
        _ => Err(unknown("the file's name holds more than one date")),
    }
}

/// The latest date that is past: a creation, or the closing of a closed deal.
fn latest_date(session: &Session<'_>, typed: &str) -> Result<Option<NaiveDate>, ImportError> {
    let found = session.query(
        &format!(
            "SELECT greatest(max(created_on), max(close_date) FILTER (state IN ('won', 'lost'))) \
             FROM {typed}"
        ),
        &[],
    )?;
    Ok(found.rows.first().and_then(|row| row[0].as_date()))
}

/// Days written `2025-10-06`, `2025_10_06`, `2025.10.06` or `20251006` in a name, each once.
fn dates_in(name: &str) -> Vec<NaiveDate> {
    let bytes = name.as_bytes();
    let mut out: Vec<NaiveDate> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            at += 1;
            continue;
        }
        let (date, length) = match digits {
            8 => (day(&name[at..at + 4], &name[at + 4..at + 6], &name[at + 6..at + 8]), 8),
            4 => (separated(&bytes[at..]), 10),
            _ => (None, digits),
        };
        match date {
            Some(date) => {
                if !out.contains(&date) {
                    out.push(date);
                }
                at += length;
            }
            None => at += digits,
        }
    }
    out
}

fn separated(bytes: &[u8]) -> Option<NaiveDate> {
    let text = std::str::from_utf8(bytes.get(..10)?).ok()?;
    let mark = text.as_bytes()[4];
    let more = bytes.get(10).is_some_and(u8::is_ascii_digit);
    if more || !matches!(mark, b'-' | b'_' | b'.') || text.as_bytes()[7] != mark {
        return None;
    }
    day(&text[..4], &text[5..7], &text[8..])
}

fn day(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let number = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok())?
    };
    let date = NaiveDate::from_ymd_opt(number(year)? as i32, number(month)?, number(day)?)?;
    YEARS.contains(&date.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_can_hold_the_day() {
        for (name, expected) in [
            ("opportunities-2025-10-06.csv", &["2025-10-06"][..]),
            ("deals_20251006_v2.csv", &["2025-10-06"]),
            ("2025.10.06 deals (1).csv", &["2025-10-06"]),
            ("deals-2025-10-01-2025-10-31.csv", &["2025-10-01", "2025-10-31"]),
            ("deals-2025-13-06.csv", &[]),
            ("deals-12345678901.csv", &[]),
            ("deals.csv", &[]),
            ("dé-2025-10-06.csv", &["2025-10-06"]),
            ("deals-2025-1é-06.csv", &[]),
        ] {
            let found: Vec<String> = dates_in(name).iter().map(NaiveDate::to_string).collect();
            assert_eq!(found, expected, "{name}");
        }
    }
}
