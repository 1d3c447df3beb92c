//! A text becomes a table of texts in the instance.
//!
//! Invariant: the table has exactly the records that [`super::scan`] counted, in
//! the order of the file; otherwise nothing is staged.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::workspace::Session;

use super::choose::Choice;
use super::error::ImportError;
use super::progress::Phase;
use super::scan::{Broken, Division, Structure};
use super::scratch::Scratch;
use super::source::{Layout, Source, Text};
use super::wide::Cells;

/// A file whose records are in a temporary table, one column `c0`, `c1`, … for each column of
/// the file that is used. The row id is the record's number from 0.
#[derive(Debug)]
pub struct Staged {
    pub table: String,
    pub structure: Structure,
    /// The text as it was divided, for finding lines again.
    start: u64,
    /// Bytes that were read for the names.
    header: u64,
    line: u64,
    delimiter: u8,
    columns: usize,
    wrapped: bool,
    /// Rows that each record became.
    cells: u64,
}

/// A single-quoted SQL string.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A double-quoted SQL name.
pub fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Reads the file into the temporary table of this name.
///
/// # Errors
/// `NoRows`, `CountsDiffer`, `Unreadable`, `Io`.
pub fn stage(
    session: &Session<'_>,
    source: &Source,
    choice: &Choice<'_>,
    table: String,
    scratch: &Scratch,
) -> Result<Staged, ImportError> {
    let io = |error: io::Error| ImportError::Io { file: source.path.clone(), source: error };
    let row = &choice.row;
    // A header of our own is no line of the file.
    let less = match source.text.layout {
        Layout::Records { less } => less,
        Layout::Lines => 0,
    };
    let mut staged = Staged {
        table,
        structure: Structure::default(),
        start: row.start,
        header: row.length,
        line: row.line.saturating_sub(less),
        delimiter: row.delimiter,
        columns: row.names.len(),
        wrapped: row.wrapped,
        cells: 1,
    };
    let division = staged.division(source);
    source.progress.enter(Phase::Dividing)?;
    let structure = division.structure().map_err(io)?;
    source.progress.found(structure.records);
    if structure.records == 0 && structure.broken.is_empty() {
        return Err(ImportError::NoRows { file: source.path.clone() });
    }
    source.progress.enter(Phase::Loading)?;
    let clean;
    let text = if is_clean(source, &structure, row.start) {
        &source.text
    } else {
        let mut temporary = scratch.file().map_err(io)?;
        let mut out = io::BufWriter::new(&mut temporary);
        division.copy_clean(&structure, &mut out).and_then(|()| out.flush()).map_err(io)?;
        drop(out);
        clean = Text::temporary(temporary.into_temp_path());
        &clean
    };
    staged.structure = structure;
    let mut threads = !staged.structure.quoted_breaks;
    loop {
        staged.read(session, source, choice, text, threads)?;
        let counted = session.query(&format!("SELECT count(*) FROM {}", staged.table), &[])?;
        let rows = counted.rows.first().and_then(|row| row[0].as_int()).unwrap_or(-1) as u64;
        if rows == staged.structure.records {
            if let Some(cells) = &choice.wide {
                staged.widen(session, choice, cells)?;
            }
            return Ok(staged);
        }
        if !threads {
            return Err(ImportError::CountsDiffer {
                file: source.path.clone(),
                counted: staged.structure.records,
                staged: rows,
            });
        }
        threads = false;
    }
}

/// Nothing but a header and records, under a path that DuckDB cannot take for a pattern:
/// `deals[1].csv` would read the file `deals1.csv`.
fn is_clean(source: &Source, structure: &Structure, start: u64) -> bool {
    let plain = source.text.path().to_str().is_some_and(|path| !path.contains(['*', '?', '[']));
    plain && structure.is_tidy() && start == source.text.mark
}

impl Staged {
    fn read(
        &self,
        session: &Session<'_>,
        source: &Source,
        choice: &Choice<'_>,
        text: &Text,
        threads: bool,
    ) -> Result<(), ImportError> {
        let columns = (0..self.columns).map(|place| format!("'c{place}': 'VARCHAR'"));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let used = used(choice).into_iter().map(|place| format!("c{place}"));
        let used = used.collect::<Vec<_>>().join(", ");
        let path = text.path().to_string_lossy();
        let sql = format!(
            "CREATE OR REPLACE TEMP TABLE {table} AS SELECT {used} FROM read_csv({path}, \
             auto_detect = false, header = true, delim = {delimiter}, quote = '\"', escape = '\"', \
             nullstr = '', strict_mode = true, parallel = {threads}, compression = 'none', \
             columns = {{{columns}}})",
            table = self.table,
            path = quoted(&path),
            delimiter = quoted(&char::from(self.delimiter).to_string()),
        );
        session.batch(&sql).map_err(|error| match error {
            crate::workspace::WorkspaceError::Sql { message } => ImportError::Unreadable {
                file: source.path.clone(),
                message: message.lines().next().unwrap_or_default().to_owned(),
            },
            other => other.into(),
        })
    }

    /// Makes a row of every cell.
    fn widen(
        &mut self,
        session: &Session<'_>,
        choice: &Choice<'_>,
        cells: &Cells,
    ) -> Result<(), ImportError> {
        let to = format!("{}_wide", self.table);
        let kept = used(choice).into_iter().filter(|place| *place == 0 || !cells.has(*place));
        let kept = kept.map(|place| format!("c{place}, ")).collect::<String>();
        let periods = cells.columns.iter().map(|(_, period)| match cells.year {
            Some(year) => format!("trim(c{year}) || {}", quoted(&format!("-{period}"))),
            None => quoted(period),
        });
        let periods = periods.collect::<Vec<_>>().join(", ");
        let found = cells.columns.iter().map(|(place, _)| format!("c{place}"));
        let found = found.collect::<Vec<_>>().join(", ");
        // The cells of a record stand behind each other, in the order of the records.
        session.batch(&format!(
            "CREATE OR REPLACE TEMP TABLE {to} AS
             SELECT {kept}unnest([{periods}]) AS c{}, unnest([{found}]) AS c{} FROM {from};
             DROP TABLE {from}",
            self.columns,
            self.columns + 1,
            from = self.table,
        ))?;
        (self.table, self.cells) = (to, cells.columns.len() as u64);
        Ok(())
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.structure.records * self.cells
    }

    fn division<'a>(&self, source: &'a Source) -> Division<'a> {
        Division {
            path: source.text.path(),
            progress: &source.progress,
            layout: source.text.layout,
            start: self.start,
            header: self.header,
            line: self.line,
            delimiter: self.delimiter,
            columns: self.columns,
            wrapped: self.wrapped,
        }
    }

    /// How many fields the header has.
    pub fn header_width(&self) -> usize {
        self.columns
    }

    /// The lines of the file on which these rows start; ascending numbers from 0.
    pub fn lines_of(&self, source: &Source, rows: &[u64]) -> Result<Vec<u64>, ImportError> {
        let mut records: Vec<u64> = rows.iter().map(|row| row / self.cells).collect();
        records.dedup();
        let lines = self
            .division(source)
            .lines_of(&self.structure, &records)
            .map_err(|error| ImportError::Io { file: source.path.clone(), source: error })?;
        let line_of = |row: &u64| {
            let place = records.partition_point(|record| *record < row / self.cells);
            lines.get(place).copied().unwrap_or_default()
        };
        Ok(rows.iter().map(line_of).collect())
    }

    /// Lines that were left out and are no footers of a report.
    pub fn broken<'a>(&'a self, footers: &'a [String]) -> impl Iterator<Item = &'a Broken> {
        self.structure.broken.iter().filter(|broken| !is_footer(broken, footers))
    }

    /// Footers of a report among the lines that were left out.
    pub fn footers<'a>(&'a self, footers: &'a [String]) -> impl Iterator<Item = &'a Broken> {
        self.structure.broken.iter().filter(|broken| is_footer(broken, footers))
    }
}

fn is_footer(broken: &Broken, footers: &[String]) -> bool {
    let text = broken.text.trim_start_matches(['"', ' ']);
    footers.iter().any(|footer| text.starts_with(footer.as_str()))
}

/// The first column, by which footers are known, and those that are read; all of them where the
/// file is only looked at.
fn used(choice: &Choice<'_>) -> BTreeSet<usize> {
    let mut places = BTreeSet::from([0]);
    places.extend(choice.wide.iter().flat_map(Cells::places));
    // Behind the columns of the file are those of its cells.
    places.extend(choice.read.iter().filter(|place| **place < choice.row.names.len()));
    if choice.whole {
        places.extend(0..choice.row.names.len());
    }
    places
}
