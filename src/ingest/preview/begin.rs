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
    let guess = |row: &'a HeaderRow, known_by: String| Begun {
        draft: Draft::guess(&row.names, &catalog.presets, table),
        row,
        known_by,
    };
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

/// The file has no line of headers, as its mapping says.
pub fn headerless(catalog: &Catalog, request: &PreviewRequest) -> Result<bool, ImportError> {
    if let Some(draft) = &request.draft {
        return Ok(draft.rules.headerless);
    }
    let mapping = request.mapping.as_deref();
    let mapping = mapping.map(|path| Preset::read_mapping(path, &catalog.presets)).transpose();
    let mapping = mapping.map_err(ImportError::Mapping)?;
    let presets = presets(catalog, request.preset.as_deref(), mapping.as_ref())?;
    let named = request.preset.is_some() || mapping.is_some();
    Ok(Said { presets: &presets, table: request.table.as_deref(), named }.headerless())
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
