//! How a file begins: recognised by a preset, or guessed.

use std::collections::BTreeSet;

use crate::catalog::facts;
use crate::catalog::{Catalog, Preset};

use super::super::choose::{Said, choose};
use super::super::draft::Draft;
use super::super::error::ImportError;
use super::super::presets;
use super::super::shape::{HeaderRow, comparable};
use super::PreviewRequest;

/// A draft, the line of the file that it goes by, and how it came about.
pub struct Begun<'a> {
    pub draft: Draft,
    pub row: &'a HeaderRow,
    pub known_by: String,
}

pub fn begin<'a>(
    rows: &'a [HeaderRow],
    catalog: &Catalog,
    request: &PreviewRequest,
) -> Result<Begun<'a>, ImportError> {
    let file = &request.file;
    let unreadable = || ImportError::NoRows { file: file.clone() };
    if let Some(draft) = &request.draft {
        let row = rows.iter().find(|row| row.names == draft.headers).ok_or_else(unreadable)?;
        let known_by = String::new();
        return Ok(Begun { draft: (**draft).clone(), row, known_by });
    }
    let table = match &request.table {
        None => None,
        Some(name) => Some(facts::table(name).ok_or_else(|| ImportError::UnknownTable {
            name: name.clone(),
            known: facts::TABLES.iter().map(|table| table.name.to_owned()).collect(),
        })?),
    };
    let guess = |row: &'a HeaderRow, known_by: String| {
        let mut draft = Draft::guess(&row.names, &catalog.presets, table);
        draft.rules.headerless = row.line == 0;
        Begun { draft, row, known_by }
    };
    if let Some(0) = request.line {
        let row = rows.iter().find(|row| row.line == 0).ok_or_else(unreadable)?;
        return Ok(guess(row, "no line holds headers, as you said".to_owned()));
    }
    if let Some(line) = request.line {
        let row = rows.iter().find(|row| row.line == line).ok_or_else(unreadable)?;
        return Ok(guess(row, format!("by the headers in line {line}, as you said")));
    }
    let mapping = request.mapping.as_deref();
    let mapping = mapping.map(|path| Preset::read_mapping(path, &catalog.presets)).transpose();
    let mapping = mapping.map_err(ImportError::Mapping)?;
    let presets = presets(catalog, request.preset.as_deref(), mapping.as_ref())?;
    let said = Said {
        presets: &presets,
        table: request.table.as_deref(),
        named: request.table.is_some() || request.preset.is_some() || mapping.is_some(),
    };
    match choose(file, rows, said) {
        Ok(choice) => {
            let row = rows.iter().find(|row| **row == choice.row).ok_or_else(unreadable)?;
            let kind = if choice.preset.saved { "mapping" } else { "preset" };
            let (found, known) = choice.score;
            let name = &choice.preset.name;
            let known_by = format!("{kind} {name}, {found} of its {known} headers");
            Ok(Begun { draft: Draft::of(&choice), row, known_by })
        }
        Err(ImportError::NotRecognised(why)) => {
            if let Some(row) = rows.iter().find(|row| row.line == 0) {
                return Ok(guess(row, "no line looks like headers".to_owned()));
            }
            let row = likeliest(rows, catalog).ok_or_else(unreadable)?;
            let nearest = why.nearest.as_ref().map_or_else(
                || "no preset knows any of its headers".to_owned(),
                |(name, found, of, _)| {
                    format!("no preset fits; the nearest is {name}, {found} of {of} headers")
                },
            );
            Ok(guess(row, nearest))
        }
        Err(ImportError::Ambiguous { tables, .. }) => {
            let row = likeliest(rows, catalog).ok_or_else(unreadable)?;
            Ok(guess(row, format!("fits as well: {}", tables.join(", "))))
        }
        Err(error) => Err(error),
    }
}

/// The file has no line of headers: as its mapping says, or the person, or because the line that
/// comes nearest to headers is written as the next one.
pub fn headerless(
    catalog: &Catalog,
    request: &PreviewRequest,
    rows: &[HeaderRow],
) -> Result<bool, ImportError> {
    if let Some(draft) = &request.draft {
        return Ok(draft.rules.headerless);
    }
    if let Some(line) = request.line {
        return Ok(line == 0);
    }
    let mapping = request.mapping.as_deref();
    let mapping = mapping.map(|path| Preset::read_mapping(path, &catalog.presets)).transpose();
    let mapping = mapping.map_err(ImportError::Mapping)?;
    let presets = presets(catalog, request.preset.as_deref(), mapping.as_ref())?;
    let told = request.preset.is_some() || mapping.is_some();
    let said = Said { presets: &presets, table: request.table.as_deref(), named: told };
    Ok(said.headerless() || (!told && begins_with_data(rows, catalog)))
}

/// No line has a header that anything is known by, and the first of the table has a date or a number
/// where the next one has another that is written in the same way.
fn begins_with_data(rows: &[HeaderRow], catalog: &Catalog) -> bool {
    let known = known_headers(catalog);
    if rows.iter().flat_map(|row| &row.names).any(|name| known.contains(&comparable(name))) {
        return false;
    }
    let Some(first) = rows.first() else { return false };
    let mut alike = rows
        .iter()
        .filter(|row| row.delimiter == first.delimiter && row.names.len() == first.names.len());
    let (Some(one), Some(other)) = (alike.next(), alike.next()) else { return false };
    one.names.iter().zip(&other.names).any(|(one, other)| {
        let value = is_written_value(one);
        value && written_like(one) == written_like(other)
    })
}

/// A date, an amount, a number: digits and marks. Four digits alone may be a year, which heads a
/// column of it.
fn is_written_value(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let marks = text.chars().all(|c| c.is_ascii_digit() || " .,:-/".contains(c));
    digits > 0 && marks && (digits != 4 || text.len() > 4)
}

/// The marks of a text, and each run of digits as one.
fn written_like(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let c = if c.is_ascii_digit() { '9' } else { c };
        if c != '9' || !out.ends_with('9') {
            out.push(c);
        }
    }
    out
}

/// The line with the most headers that anything is known by; of equals, the one with the most
/// words, the first of them.
fn likeliest<'a>(rows: &'a [HeaderRow], catalog: &Catalog) -> Option<&'a HeaderRow> {
    let known = known_headers(catalog);
    let rank = |row: &HeaderRow| {
        let headers: BTreeSet<String> = row.names.iter().map(|name| comparable(name)).collect();
        let words = |header: &&String| header.chars().any(char::is_alphabetic);
        (
            headers.iter().filter(|header| known.contains(*header)).count(),
            headers.iter().filter(words).count(),
        )
    };
    rows.iter().rev().max_by_key(|row| rank(row))
}

fn known_headers(catalog: &Catalog) -> BTreeSet<String> {
    let ours = facts::TABLES.iter().flat_map(|table| table.columns).map(|column| column.name);
    let mut known: BTreeSet<String> = ours.map(comparable).collect();
    for table in catalog.presets.values().flat_map(|preset| &preset.tables) {
        known.extend(table.detect.headers.iter().map(|header| comparable(header)));
        for source in table.columns.values() {
            let headers = source.origins().iter().flat_map(|origin| &origin.headers);
            known.extend(headers.map(|name| comparable(name)));
        }
    }
    known
}
