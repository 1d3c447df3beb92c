//! Reading dates in SQL, as [`DatePattern::read`] does.

use std::fmt::Write as _;

use crate::domain::DatePattern;
use crate::domain::date_pattern::{MONTHS, Part};

use super::{DateStyle, Years};
use crate::ingest::stage::quoted;

/// A date with a time of day; the date is the first group, the zone the second.
const TIME: &str = "^(.*?)(?:T| |, ?)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)? \
                    ?(?:[AaPp][.]?[Mm][.]?|Uhr|h)? ?(Z|[A-Z]{3,4}|[+-][0-9]{2}:?(?:[0-9]{2})?)?$";

/// SQL: the text without the time of day behind a date; as it is where there is none.
pub fn timeless(text: &str) -> String {
    format!(
        "CASE WHEN contains({text}, ':') THEN regexp_replace({text}, '{TIME}', '\\1') ELSE {text} END"
    )
}

/// SQL over a text `x`, as bits: 1 where a time of day has no zone, 2 where it is in UTC, 4 in
/// another zone; of a time in UTC also its half hour, from the fourth bit on, and the last of
/// [`super::HALF_HOURS`] where it is not on one.
pub const CLOCK: &str = "CASE WHEN NOT contains(x, ':') THEN 0 \
     WHEN regexp_matches(x, ':[0-9. ]*(?:[AaPp][.]?[Mm][.]?)? ?(?:Z|UTC|GMT|[+-]00:?(?:00)?)$') THEN 2 + \
     CASE WHEN regexp_matches(x, '[T ][0-9]{2}:[03]0(?::00(?:[.]0+)?)? ?(?:Z|UTC|GMT|[+-]00:?(?:00)?)$') \
     THEN 1::BIGINT << (3 + 2 * substr(x, strpos(x, ':') - 2, 2)::INTEGER \
     + substr(x, strpos(x, ':') + 1, 1)::INTEGER // 3) ELSE 1::BIGINT << 51 END \
     WHEN regexp_matches(x, ':.*(?:[+-][0-9]{2}:?(?:[0-9]{2})?|[ 0-9][A-LN-Z][A-Z]{2,3})$') THEN 4 \
     ELSE 1 END";

/// SQL: the number of hours before midnight, of the time of day in a text; 24 where there is none.
fn hours_left(text: &str) -> String {
    format!("24 - coalesce(TRY_CAST(substr({text}, strpos({text}, ':') - 2, 2) AS INTEGER), 0)")
}

/// SQL: the DATE expression where it lies in years that can be, else NULL.
pub fn within(date: &str, years: Years) -> String {
    let (first, last) = (years.first, years.last);
    format!(
        "CASE WHEN {date} BETWEEN DATE '{first:04}-01-01' AND DATE '{last:04}-12-31' THEN {date} END"
    )
}

impl DateStyle {
    /// SQL of type DATE over a text expression: NULL where the text is no date in this style.
    /// Years that cannot be are left to [`within`].
    pub fn sql(&self, text: &str) -> String {
        let date = if self.clock.any() { timeless(text) } else { text.to_owned() };
        let day = self.day(&date);
        if self.hours == 0 || !self.clock.any() {
            return day;
        }
        format!(
            "({day} + CASE WHEN contains({text}, ':') AND {} <= {} THEN 1 ELSE 0 END)",
            hours_left(text),
            self.hours
        )
    }

    /// The same over a text without a time of day.
    fn day(&self, date: &str) -> String {
        match &self.pattern {
            DatePattern::Written(parts) => written(&self.pattern, parts, date),
            DatePattern::Serial => format!(
                "CASE WHEN regexp_full_match({date}, '[0-9]{{1,6}}(?:[.,][0-9]+)?') \
                 THEN DATE '1899-12-30' + TRY_CAST(regexp_extract({date}, '^[0-9]+') AS INTEGER) END"
            ),
            DatePattern::EpochMillis => instant(date, 13, "1"),
            DatePattern::EpochSeconds => instant(date, 10, "1000"),
        }
    }
}

fn instant(text: &str, digits: u8, factor: &str) -> String {
    format!(
        "CASE WHEN regexp_full_match({text}, '[0-9]{{{digits}}}|0') \
         THEN CAST(epoch_ms(TRY_CAST({text} AS BIGINT) * {factor}) AS DATE) END"
    )
}

fn written(pattern: &DatePattern, parts: &[Part], text: &str) -> String {
    let words = parts.iter().any(|part| matches!(part, Part::MonthName | Part::Weekday));
    if words || pattern.is_short() {
        return by_parts(parts, text);
    }
    format!("CAST(try_strptime({text}, {}) AS DATE)", quoted(&pattern.to_string()))
}

/// Takes the text apart, for what `try_strptime` does not know: names of months in more than one
/// language, and a year of exactly two digits.
fn by_parts(parts: &[Part], text: &str) -> String {
    let shape: String = parts
        .iter()
        .map(|part| match part {
            Part::Text(letter) if letter.is_alphanumeric() => letter.to_string(),
            Part::Text(letter) => format!("[{letter}]"),
            Part::Weekday => "\\pL+".into(),
            Part::Year => "([0-9]{4})".into(),
            Part::ShortYear => "([0-9]{2})".into(),
            Part::Month | Part::Day => "([0-9]{1,2})".into(),
            Part::MonthName => "(\\pL+)[.]?".into(),
        })
        .collect();
    let shape = quoted(&format!("^{shape}$"));
    let (mut year, mut month, mut day) = (String::new(), String::new(), String::new());
    let groups = parts.iter().filter(|part| !matches!(part, Part::Text(_) | Part::Weekday));
    for (place, part) in groups.enumerate() {
        let group = format!("regexp_extract({text}, {shape}, {})", place + 1);
        match part {
            Part::ShortYear => {
                year = format!("CASE WHEN {group} < '69' THEN '20' ELSE '19' END || {group}");
            }
            Part::Year => year = group,
            Part::Month => month = group,
            Part::MonthName => month = named_month(&group),
            _ => day = group,
        }
    }
    format!("TRY_CAST(({year}) || '-' || ({month}) || '-' || ({day}) AS DATE)")
}

fn named_month(text: &str) -> String {
    let mut arms = String::new();
    for (place, names) in MONTHS.iter().enumerate() {
        for name in *names {
            // Writing to a String cannot fail.
            let _ = write!(arms, " WHEN {} THEN '{}'", quoted(name), place + 1);
        }
    }
    format!("CASE lower({text}){arms} END")
}
