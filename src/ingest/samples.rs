//! What became of each column of a file: what it was taken for and why, and a
//! few of its values before and after.
//!
//! Owns the choice of the samples, so that the command line and the screen show
//! the same ones. Looks at the first rows only and decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::facts::FactKind;
use crate::domain::{Table, Value};
use crate::workspace::Session;

use super::choose::{Choice, From};
use super::error::ImportError;
use super::report::{ColumnReading, FileColumn, Sample, SampleRow};
use super::stage::Staged;

/// Rows that samples are looked for in.
const ROWS: usize = 500;
/// Different values of a column that are shown.
const PER_COLUMN: usize = 3;
/// Rows that are shown whole.
const WHOLE: usize = 10;
/// A longer value is cut.
const LONGEST: usize = 120;

/// The columns of a file, and its first rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    pub columns: Vec<FileColumn>,
    pub rows: Vec<SampleRow>,
}

/// Looks at the staged texts and, where they have become rows already, at those.
pub fn look(
    session: &Session<'_>,
    choice: &Choice<'_>,
    staged: &Staged,
    typed: Option<&str>,
    readings: &[ColumnReading],
) -> Result<Looks, ImportError> {
    let raw = session.query(&format!("SELECT * FROM {} LIMIT {ROWS}", staged.table), &[])?;
    let typed = match typed {
        Some(table) => session
            .query(&format!("SELECT * FROM {table} WHERE row_number < {ROWS} ORDER BY 1"), &[])?,
        None => Table::default(),
    };
    let taken: BTreeMap<i64, usize> = (0..typed.len())
        .filter_map(|row| Some((typed.get(row, "row_number").as_int()?, row)))
        .collect();
    let rows = Rows { choice, raw, typed, taken };
    Ok(Looks { columns: rows.columns(readings), rows: rows.whole() })
}

struct Rows<'a> {
    choice: &'a Choice<'a>,
    raw: Table,
    typed: Table,
    /// Row of the file → row of `typed`.
    taken: BTreeMap<i64, usize>,
}

impl Rows<'_> {
    fn columns(&self, readings: &[ColumnReading]) -> Vec<FileColumn> {
        let names = self.choice.row.names.iter().enumerate();
        names
            .map(|(place, header)| {
                let taken_for = taken_for(self.choice, place);
                let reading = readings
                    .iter()
                    .find(|reading| !taken_for.is_empty() && reading.column == *header);
                FileColumn {
                    place: place + 1,
                    header: header.clone(),
                    why: (!taken_for.is_empty()).then(|| {
                        let kind = if self.choice.preset.saved { "mapping" } else { "preset" };
                        format!("the {kind} {} says so", self.choice.preset.name)
                    }),
                    read_as: reading.map(|reading| reading.read_as.clone()),
                    because: reading.map(|reading| reading.because.clone()),
                    samples: self.samples(place, &taken_for),
                    taken_for: taken_for.into_iter().map(str::to_owned).collect(),
                }
            })
            .collect()
    }

    /// Different values, those of rows that were taken first.
    fn samples(&self, place: usize, taken_for: &[&'static str]) -> Vec<Sample> {
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        let typed = !self.typed.columns.is_empty();
        for lost in [false, true] {
            for row in 0..self.raw.len() {
                if out.len() == PER_COLUMN {
                    return out;
                }
                let found = self.taken.get(&(row as i64)).copied();
                if lost != (found.is_none() && typed) {
                    continue;
                }
                let before = self.before(row, place);
                if before.trim().is_empty() || !seen.insert(before.clone()) {
                    continue;
                }
                let after = found.and_then(|found| self.after(found, taken_for));
                out.push(Sample { before, after, lost });
            }
        }
        out
    }

    fn before(&self, row: usize, place: usize) -> String {
        match self.raw.get(row, &format!("c{place}")) {
            Value::Text(text) => shortened(text),
            other => shortened(&other.plain()),
        }
    }

    /// What the columns that come from one of the file have, each different value once.
    fn after(&self, row: usize, columns: &[&'static str]) -> Option<String> {
        let mut values: Vec<String> = Vec::new();
        for column in columns {
            if let Some(value) = self.value(row, column)
                && !values.contains(&value)
            {
                values.push(value);
            }
        }
        (!values.is_empty()).then(|| values.join(", "))
    }

    fn value(&self, row: usize, column: &str) -> Option<String> {
        let period = self.choice.fact.column(column).is_some_and(|c| c.kind == FactKind::Period);
        let value = if period {
            let day = |name: &str| self.typed.get(row, name).as_date();
            let (first, last) = (day("period_start")?, day("period_end")?);
            return Some(format!("{first} to {last}"));
        } else {
            self.typed.get(row, column)
        };
        (!value.is_null()).then(|| shortened(&value.plain()))
    }

    fn whole(&self) -> Vec<SampleRow> {
        let columns = self.choice.row.names.len();
        (0..self.raw.len().min(WHOLE))
            .map(|row| SampleRow {
                row: row as u64 + 1,
                before: (0..columns).map(|place| self.before(row, place)).collect(),
                after: self.taken.get(&(row as i64)).map(|found| {
                    let ours = self.choice.fact.columns.iter();
                    ours.filter_map(|column| {
                        Some((column.name.to_owned(), self.value(*found, column.name)?))
                    })
                    .collect()
                }),
            })
            .collect()
    }
}

/// Our columns that come from a column of the file; the state with the stage that it is told by.
pub fn taken_for(choice: &Choice<'_>, place: usize) -> Vec<&'static str> {
    let from = |from: &From<'_>| match from {
        From::Columns(places, _) => places.iter().any(|from| from.columns.contains(&place)),
        From::Constant(_) => false,
    };
    let mut ours: Vec<&'static str> = choice
        .columns
        .iter()
        .filter(|mapped| from(&mapped.from))
        .map(|mapped| mapped.column.name)
        .collect();
    let has_state = choice.columns.iter().any(|mapped| mapped.column.name == "state");
    let derived = choice.fact.column("state").is_some_and(|state| state.required) && !has_state;
    if derived && ours.contains(&"stage") {
        ours.push("state");
    }
    ours
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
