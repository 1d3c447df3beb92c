//! What each pattern makes of every text of a column, and how two of them
//! differ. Decides nothing.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

use crate::domain::DatePattern;
use crate::ingest::occurrence::Occurrence;

use super::clock::Years;

/// Patterns by shape.
pub static PATTERNS: LazyLock<Vec<DatePattern>> = LazyLock::new(|| {
    let digits =
        ["%Y{}%m{}%d", "%d{}%m{}%Y", "%m{}%d{}%Y", "%d{}%m{}%y", "%m{}%d{}%y", "%y{}%m{}%d"];
    let separated = ["/", "-", ".", " "]
        .into_iter()
        .flat_map(|separator| digits.iter().map(move |pattern| pattern.replace("{}", separator)));
    let named = [
        "%d-%b-%Y",
        "%d/%b/%Y",
        "%d.%b.%Y",
        "%d %b %Y",
        "%d. %b %Y",
        "%d %b, %Y",
        "%d%b%Y",
        "%d-%b-%y",
        "%d/%b/%y",
        "%d %b %y",
        "%d. %b %y",
        "%d%b%y",
        "%b %d, %Y",
        "%b %d %Y",
        "%b-%d-%Y",
        "%b/%d/%Y",
        "%b %d, %y",
        "%Y-%b-%d",
        "%Y %b %d",
        "%d de %b de %Y",
        "%a, %d %b %Y",
        "%a, %d. %b %Y",
        "%a, %b %d, %Y",
        "%a %d %b %Y",
    ];
    let others = ["%Y%m%d", "%d%m%Y", "%m%d%Y", "serial", "epoch ms", "epoch s"];
    let all = separated.chain(named.into_iter().chain(others).map(str::to_owned));
    all.filter_map(|pattern| pattern.parse().ok()).collect()
});

/// Days that stand for no date.
const PLACEHOLDERS: [(i32, u32, u32); 9] = [
    (1, 1, 1),
    (1753, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (1970, 1, 1),
    (2099, 12, 31),
    (2999, 12, 31),
    (9999, 12, 31),
];

/// What one pattern makes of one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    Day(NaiveDate),
    Placeholder,
    /// A date, in a year that cannot be.
    Beyond(NaiveDate),
    Nothing,
}

impl Made {
    fn of(pattern: &DatePattern, text: &str, years: Years) -> Self {
        match pattern.read(text) {
            None => Made::Nothing,
            Some(date) if PLACEHOLDERS.contains(&(date.year(), date.month(), date.day())) => {
                Made::Placeholder
            }
            Some(date) if years.contains(date) => Made::Day(date),
            Some(date) => Made::Beyond(date),
        }
    }

    pub fn fits(self) -> bool {
        matches!(self, Made::Day(_) | Made::Placeholder)
    }
}

/// What one pattern makes of every text.
pub struct Reads<'a> {
    pub pattern: &'a DatePattern,
    pub made: Vec<Made>,
    /// Rows that it reads, and those whose year cannot be.
    pub rows: u64,
    pub beyond: u64,
}

/// How two patterns differ about the same texts.
#[derive(Default)]
pub struct Difference<'v> {
    /// Both read it, as different days.
    pub both: Option<(usize, &'v Occurrence)>,
    /// Only this one, or only the other one reads it.
    pub ours: Vec<&'v Occurrence>,
    pub theirs: Vec<&'v Occurrence>,
}

impl<'a> Reads<'a> {
    pub fn of(pattern: &'a DatePattern, values: &[&Occurrence], years: Years) -> Self {
        let made: Vec<Made> =
            values.iter().map(|value| Made::of(pattern, &value.text, years)).collect();
        let count = |wanted: fn(Made) -> bool| {
            let both = made.iter().zip(values);
            both.filter(|(made, _)| wanted(**made)).map(|(_, value)| value.rows).sum()
        };
        let rows = count(Made::fits);
        let beyond = count(|made| matches!(made, Made::Beyond(_)));
        Reads { pattern, made, rows, beyond }
    }

    pub fn against<'v>(&self, other: &Reads<'_>, values: &[&'v Occurrence]) -> Difference<'v> {
        let mut out = Difference::default();
        for (place, value) in values.iter().enumerate() {
            let (ours, theirs) = (self.made[place], other.made[place]);
            match (ours.fits(), theirs.fits()) {
                (true, false) => out.ours.push(value),
                (false, true) => out.theirs.push(value),
                (true, true)
                    if ours != theirs
                        && out.both.is_none_or(|(_, before)| value.row < before.row) =>
                {
                    out.both = Some((place, value));
                }
                _ => {}
            }
        }
        out
    }

    pub fn beyond_sample(&self, values: &[&Occurrence]) -> Option<(Occurrence, NaiveDate)> {
        let beyond = self.made.iter().zip(values).filter_map(|(made, value)| match made {
            Made::Beyond(date) => Some(((*value).clone(), *date)),
            _ => None,
        });
        beyond.min_by_key(|(value, _)| value.row)
    }
}
