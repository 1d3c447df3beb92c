//! Texts such as `2025-Q4`, `Oct 2025` and `FY25`, and first days of periods,
//! become a first and a last day, by the fiscal calendar of the workspace.
//!
//! Invariant: a period that is told by its first day alone ends where the
//! mapping says; it is never taken for the quarter that the day happens to be in.

use chrono::{Months, NaiveDate};

use crate::catalog::facts::{FactKind, FactTable};
use crate::catalog::preset::{Last, Until};
use crate::domain::{FiscalCalendar, Period, Quarter};
use crate::workspace::Session;

use super::choose::Choice;
use super::column::{Column, Style};
use super::dates::DateStyle;
use super::error::ImportError;
use super::stage::{Staged, quoted};

/// A temporary table that turns a text into the first and the last day of a period.
#[derive(Clone, Debug)]
pub struct Periods {
    table: String,
    /// Columns whose texts are looked up with that of the period.
    with: Vec<&'static str>,
}

impl Periods {
    /// SQL of the period, over its text and those of other columns of the row.
    pub fn sql(&self, text: &str, of: impl Fn(&str) -> Option<String>) -> String {
        let with = self.with.iter().filter_map(|column| of(column)).collect::<Vec<_>>();
        format!(
            "(SELECT struct_pack(s := p.s, e := p.e) FROM {} p WHERE p.t = {text} AND p.k = {})",
            self.table,
            key(&with)
        )
    }
}

/// SQL: one text of several, of which any may be missing.
fn key(texts: &[String]) -> String {
    let parts = texts.iter().map(|text| format!("coalesce({text}, chr(0))"));
    let parts = parts.collect::<Vec<_>>().join(" || chr(31) || ");
    if parts.is_empty() { "''".into() } else { parts }
}

/// Makes the temporary table for the column of periods, if there is one.
pub fn make(
    session: &Session<'_>,
    choice: &Choice<'_>,
    staged: &Staged,
    columns: &[Column],
    fiscal: &FiscalCalendar,
    table: &str,
) -> Result<Option<Periods>, ImportError> {
    let Some(column) = columns.iter().find(|column| column.fact.kind == FactKind::Period) else {
        return Ok(None);
    };
    let until = choice.until(column.fact.name);
    let mut with = Vec::new();
    match (&column.style, until) {
        (Style::Date(style), Some(Until::Next(last))) => {
            with = others(choice.fact, columns);
            let texts = columns.iter().filter(|other| with.contains(&other.fact.name));
            let texts: Vec<String> = texts.map(|other| other.text.clone()).collect();
            lasting(session, staged, column, style, &key(&texts), last, table)?;
        }
        (Style::Date(style), Some(Until::NextRound(last))) => {
            lasting(session, staged, column, style, "''", last, table)?;
        }
        (Style::Date(style), Some(until)) => {
            let date = style.sql(&column.text);
            named(session, staged, column, &date, table, |text| {
                around(text.parse().ok()?, until, fiscal)
            })?;
        }
        (Style::Period, _) => {
            named(session, staged, column, &column.text, table, |text| bounds(text, fiscal))?;
        }
        _ => return Ok(None),
    }
    Ok(Some(Periods { table: table.to_owned(), with }))
}

/// Columns that tell rows of one period apart, of those that the file has.
fn others(fact: &FactTable, columns: &[Column]) -> Vec<&'static str> {
    let names = columns.iter().map(|column| column.fact);
    let names = names.filter(|column| column.kind != FactKind::Period);
    names.map(|column| column.name).filter(|name| fact.key.contains(name)).collect()
}

/// A row for every different text, by what it is in words or, as `value`, by what is made of it.
fn named(
    session: &Session<'_>,
    staged: &Staged,
    column: &Column,
    value: &str,
    table: &str,
    bounds: impl Fn(&str) -> Option<(NaiveDate, NaiveDate)>,
) -> Result<(), ImportError> {
    let found = session.query(
        &format!(
            "SELECT DISTINCT {} AS t, CAST({value} AS VARCHAR) AS v FROM {} ORDER BY 1",
            column.text, staged.table
        ),
        &[],
    )?;
    let empty =
        format!("CREATE OR REPLACE TEMP TABLE {table} (t VARCHAR, k VARCHAR, s DATE, e DATE)");
    session.batch(&empty)?;
    let rows = found.rows.iter().filter_map(|row| {
        let (text, value) = (row[0].as_text()?, row[1].as_text()?);
        let (first, last) = bounds(value)?;
        Some(format!("({}, '', DATE '{first}', DATE '{last}')", quoted(text)))
    });
    let rows: Vec<String> = rows.collect();
    for some in rows.chunks(1000) {
        session.batch(&format!("INSERT INTO {table} VALUES {}", some.join(", ")))?;
    }
    Ok(())
}

/// Each lasts to the eve of the next one with the same key.
fn lasting(
    session: &Session<'_>,
    staged: &Staged,
    column: &Column,
    style: &DateStyle,
    key: &str,
    last: Last,
    table: &str,
) -> Result<(), ImportError> {
    let end = match last {
        Last::On(day) => format!("DATE '{day}'"),
        Last::Months(months) => format!("CAST(s + INTERVAL {months} MONTH AS DATE) - 1"),
    };
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE {table} AS
         WITH given AS (
             SELECT DISTINCT {} AS t, {key} AS k, {} AS s FROM {}
         ), days AS (
             SELECT DISTINCT k, s FROM given WHERE s IS NOT NULL
         ), ends AS (
             SELECT k, s, coalesce(lead(s) OVER (PARTITION BY k ORDER BY s) - 1, {end}) AS e
             FROM days
         )
         SELECT t, k, s, e FROM given JOIN ends USING (k, s) WHERE e >= s",
        column.text,
        style.sql(&column.text),
        staged.table
    ))?;
    Ok(())
}

/// The fiscal month, quarter or year that holds a day.
fn around(day: NaiveDate, until: Until, fiscal: &FiscalCalendar) -> Option<(NaiveDate, NaiveDate)> {
    match until {
        Until::Month => Some(fiscal.month_around(day)),
        Until::Quarter => Some(fiscal.bounds(fiscal.quarter_of(day))),
        Until::Year => Some(fiscal.year_bounds(fiscal.year_of(day))),
        Until::Next(_) | Until::NextRound(_) => None,
    }
}

/// First and last day, both inclusive; `None` when it is no period, or all of time.
fn bounds(text: &str, fiscal: &FiscalCalendar) -> Option<(NaiveDate, NaiveDate)> {
    if let Some(bounds) = fiscal.own_month(text) {
        return Some(bounds);
    }
    if let Ok(period) = text.parse::<Period>() {
        return fiscal.period_bounds(period);
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [only] => Some(fiscal.year_bounds(year(only)?)),
        [one, other] => {
            let either = |read: fn(&str) -> Option<u32>| match (read(one), read(other)) {
                (Some(found), None) => Some((found, year(other)?)),
                (None, Some(found)) => Some((found, year(one)?)),
                _ => None,
            };
            if let Some((quarter, year)) = either(quarter) {
                let quarter = Quarter { year, quarter: quarter as u8 };
                return Some(fiscal.bounds(quarter));
            }
            let (month, year) = either(month)?;
            let label = format!("{year}-{month:02}");
            if let Some(bounds) = fiscal.own_month(&label) {
                return Some(bounds);
            }
            let first = NaiveDate::from_ymd_opt(year, month, 1)?;
            Some((first, (first + Months::new(1)).pred_opt()?))
        }
        _ => None,
    }
}

/// `2025`, `fy2025`, `fy25`.
fn year(word: &str) -> Option<i32> {
    let (digits, short) = match word.strip_prefix("fy") {
        Some(digits) => (digits, digits.len() == 2),
        None => (word, false),
    };
    let year: i32 = digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))?;
    match digits.len() {
        4 => Some(year),
        2 if short => Some(2000 + year),
        _ => None,
    }
}

fn quarter(word: &str) -> Option<u32> {
    let digit = word.strip_prefix('q')?.parse().ok()?;
    (1..=4).contains(&digit).then_some(digit)
}

/// `10`, `oct`, `october`, `oktober`.
fn month(word: &str) -> Option<u32> {
    const NAMES: [&[&str]; 12] = [
        &["jan", "january", "januar"],
        &["feb", "february", "februar"],
        &["mar", "march", "mär", "märz", "mrz"],
        &["apr", "april"],
        &["may", "mai"],
        &["jun", "june", "juni"],
        &["jul", "july", "juli"],
        &["aug", "august"],
        &["sep", "sept", "september"],
        &["oct", "october", "okt", "oktober"],
        &["nov", "november"],
        &["dec", "december", "dez", "dezember"],
    ];
    if let Some(place) = NAMES.iter().position(|names| names.contains(&word)) {
        return Some(place as u32 + 1);
    }
    let digits = (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|month| digits && (1..=12).contains(month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_the_fiscal_calendar() {
        let february = FiscalCalendar::new(2).expect("a month");
        let of =
            |text: &str| bounds(text, &february).map(|(first, last)| format!("{first} {last}"));
        for text in ["2025-10", "10/2025", "Oct 2025", "October 2025", "2025 Okt", "2025/10"] {
            assert_eq!(of(text).as_deref(), Some("2025-10-01 2025-10-31"), "{text}");
        }
        for text in ["2025-Q1", "Q1 2025", "Q1-2025", "FY25-Q1", "Q1 FY25", "2025Q1", "q1/2025"] {
            assert_eq!(of(text).as_deref(), Some("2024-02-01 2024-04-30"), "{text}");
        }
        for text in ["FY2025", "FY25", "2025"] {
            assert_eq!(of(text).as_deref(), Some("2024-02-01 2025-01-31"), "{text}");
        }
        for text in
            ["all", "2025-13", "soon", "Q5 2025", "Q1 25", "10-25", "Q1 Q2", "25", "2025-10-06"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
