//! Decoding by itself, without a workspace and without DuckDB: for tests over
//! files of others, and for the fuzzer.
//!
//! Owns the promises that hold for any bytes at all, and checks them.

use std::path::Path;

use crate::catalog::Preset;

use super::choose::{self, Said};
use super::error::ImportError;
use super::occurrence::Occurrence;
use super::pick::{self, Picked};
use super::prepare;
use super::progress::FileProgress;
use super::scan::{Division, Structure};
use super::scratch::Scratch;
use super::shape::HeaderRow;
use super::source::{Layout, Opening, Source};
use super::{dates, numbers};

/// The cells of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Lines that are no records, and why.
    pub broken: Vec<(u64, String)>,
}

/// The cells below the first line that may hold the headers.
///
/// # Errors
/// As an import.
pub fn decoded(path: &Path) -> Result<Decoded, ImportError> {
    let scratch =
        Scratch::new().map_err(|source| ImportError::Io { file: path.to_owned(), source })?;
    let Picked { source, rows } = picked(path, &scratch, &[])?;
    let row = rows.first().ok_or_else(|| ImportError::NoColumns { file: path.to_owned() })?;
    let division = division(&source, row);
    let io = |error| ImportError::Io { file: path.to_owned(), source: error };
    let structure = division.structure().map_err(io)?;
    let cells = cells(&division, &structure).map_err(io)?;
    let broken = structure.broken.iter();
    Ok(Decoded {
        header: row.names.clone(),
        rows: cells,
        broken: broken
            .map(|broken| (broken.line, prepare::of_line(broken, row.names.len())))
            .collect(),
    })
}

fn picked(path: &Path, scratch: &Scratch, presets: &[&Preset]) -> Result<Picked, ImportError> {
    let progress = &FileProgress::default();
    let with = Opening { scratch, session: None, sheet: None, progress };
    let said = Said { presets, table: None, named: false };
    pick::pick(path, Source::read(path, with)?, said, with)
}

fn division<'a>(source: &'a Source, row: &HeaderRow) -> Division<'a> {
    Division {
        path: source.text.path(),
        progress: &source.progress,
        layout: source.text.layout,
        start: row.start,
        header: row.length,
        line: row.line,
        delimiter: row.delimiter,
        columns: row.names.len(),
        wrapped: row.wrapped,
    }
}

/// The records as DuckDB would be given them.
fn cells(division: &Division<'_>, structure: &Structure) -> std::io::Result<Vec<Vec<String>>> {
    let mut clean = Vec::new();
    division.copy_clean(structure, &mut clean)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(division.delimiter)
        .flexible(true)
        // A carriage return alone ends no line.
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(clean.as_slice());
    let mut out = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(std::io::Error::other)?;
        let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned());
        let mut cells: Vec<String> = cells.collect();
        if let Some(last) = cells.last_mut().filter(|last| last.ends_with('\r')) {
            last.pop();
        }
        out.push(cells);
    }
    Ok(out)
}

/// Decodes and maps any file whatever, and checks what must hold for it.
///
/// # Panics
/// When a promise is broken: that is what a fuzzer looks for.
pub fn check(path: &Path, presets: &[&Preset]) {
    let Ok(scratch) = Scratch::new() else { return };
    let Ok(Picked { source, rows }) = picked(path, &scratch, presets) else { return };
    let said = Said { presets, table: None, named: true };
    let chosen = choose::choose(&source.path, &rows, said);
    let chosen = chosen.as_ref().map(|choice| &choice.row).ok();
    for row in chosen.into_iter().chain(rows.first()) {
        let division = division(&source, row);
        let Ok(structure) = division.structure() else { continue };
        let Ok(cells) = cells(&division, &structure) else { continue };
        // Blanks around a quoted field are taken one way by the import and another by the reader
        // that stands in for DuckDB here.
        if !structure.padded {
            assert_eq!(cells.len() as u64, structure.records, "each record is read once");
            // A row may leave out the empty fields at its end, where the file's rows do so.
            let shorter = structure.short > 0 || source.text.layout != Layout::Lines;
            assert!(
                cells.iter().all(|cells| cells.len() == division.columns
                    || (shorter && cells.len() < division.columns)),
                "each record has a field for each header, but for those left out at its end"
            );
        }
        let all: Vec<u64> = (0..structure.records).collect();
        if let Ok(lines) = division.lines_of(&structure, &all) {
            assert_eq!(lines.len(), all.len(), "each record stands on a line");
            assert!(lines.is_sorted(), "in the order of the file");
        }
        for column in 0..division.columns.min(50) {
            read_column(cells.iter().filter_map(|cells| cells.get(column)).take(1000));
        }
    }
}

/// However a column is read, deciding about it ends.
fn read_column<'a>(cells: impl Iterator<Item = &'a String>) {
    let values: Vec<Occurrence> = cells
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
        .zip(0..)
        .map(|(cell, row)| Occurrence::new(cell, 1, row))
        .collect();
    let _ = dates::decide(&dates::Question {
        values: &values,
        clock: dates::Clock::default(),
        given: &[],
        years: dates::Years { first: 1950, last: 2100 },
        named_date: true,
        hours: None,
    });
    for (whole, percent) in [(false, false), (false, true), (true, false)] {
        let asked = numbers::Question { shapes: &values, given: None, unit: None, whole, percent };
        let _ = numbers::decide(&asked);
    }
}
