//! The day that an export shows.
//!
//! Owns the order in which it is looked for: said, the preset's rule, the file's
//! name, today.

use chrono::{Datelike, NaiveDate};

use crate::catalog::preset::TakenOn;
use crate::workspace::Session;

use super::choose::Choice;
use super::dates::YEARS;
use super::error::ImportError;
use super::source::Source;

/// A day and why it is that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: NaiveDate,
    pub why: String,
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
    said: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Day, ImportError> {
    let unknown = |why: &str| ImportError::DayUnknown {
        file: source.path.clone(),
        why: format!("the day that the export shows is not known: {why}"),
    };
    if let Some(date) = said {
        return Ok(Day { date, why: "as said with --taken-on".into() });
    }
    match choice.rules.taken_on {
        TakenOn::Asked => return Err(unknown("this kind of export does not tell")),
        TakenOn::LatestDate => {
            let found = session.query(
                &format!(
                    "SELECT greatest(max(created_on), max(close_date) FILTER (state IN ('won', 'lost'))) \
                     FROM {typed}"
                ),
                &[],
            )?;
            let latest = found.rows.first().and_then(|row| row[0].as_date());
            let date = latest.ok_or_else(|| unknown("no row has a date that is past"))?;
            return Ok(Day { date, why: "the latest date in the file".into() });
        }
        TakenOn::FileName => {}
    }
    let dates = dates_in(&source.name);
    match dates.as_slice() {
        [] => Ok(Day { date: today, why: "today: nothing else says the day".into() }),
        [date] => Ok(Day { date: *date, why: "from the file's name".into() }),
        _ => Err(unknown("the file's name holds more than one date")),
    }
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
