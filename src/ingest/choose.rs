//! Which preset, which of its tables, and which line holds the headers.
//!
//! Owns the evidence: how many of the headers that a table is known by stand in
//! one line of the file. Never settles a tie by the order of things; a tie, or
//! too little, is refused with what was found.

mod candidate;

use std::collections::BTreeSet;
use std::path::Path;

use crate::catalog::Preset;
use crate::catalog::facts::{self, FactColumn, FactTable};
use crate::catalog::preset::{Detect, PresetTable, Reading, Until};

use super::conditions::{RowRules, Test};
use super::error::{ImportError, NotRecognised};
use super::shape::HeaderRow;
use super::source;
use super::unclear::{Unclear, What};
use super::wide::Cells;
use candidate::Candidate;

/// What the person who imports has said.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The presets to choose from: one, if it was named.
    pub presets: &'a [&'a Preset],
    /// The table, if it was named.
    pub table: Option<&'a str>,
    /// The preset, the mapping or the table was named: it need not be recognised, only be of use.
    pub named: bool,
}

impl Said<'_> {
    /// The files have no header, as the mapping says that was named for them.
    pub fn headerless(self) -> bool {
        let tables = self.presets.iter().flat_map(|preset| &preset.tables);
        let mut tables = tables.filter(|table| self.table.is_none_or(|name| table.name == name));
        self.named && tables.any(|table| table.headerless)
    }
}

/// A file, and the rules it is read by.
#[derive(Clone, Debug)]
pub struct Choice<'a> {
    pub preset: &'a Preset,
    pub rules: &'a PresetTable,
    pub fact: &'static FactTable,
    pub row: HeaderRow,
    /// How many of the headers the table is known by are there, and how many there are.
    pub score: (usize, usize),
    /// Where each column of the fact table comes from, in the order of the table; columns that
    /// the file does not have are left out.
    pub columns: Vec<Mapped<'a>>,
    /// Headers of the file that no column comes from.
    pub unused: Vec<String>,
    /// What the preset says about whole rows.
    pub row_rules: RowRules<'a>,
    /// Columns of the file that hold the day on which a stage was entered, with the stage.
    pub entered: Vec<(usize, String)>,
    /// Columns of the file that are read, for whatever end.
    pub read: BTreeSet<usize>,
    /// A column for each period: where their cells are.
    pub wide: Option<Cells>,
    /// Every column of the file is staged, not only those that are used: for looking at it.
    pub whole: bool,
}

/// A column of the fact table and its source in the file.
#[derive(Clone, Debug)]
pub struct Mapped<'a> {
    pub column: &'static FactColumn,
    pub from: From<'a>,
}

/// Where a value comes from, by column of the file, counted from 0.
#[derive(Clone, Debug)]
pub enum From<'a> {
    /// The first of them that is not empty.
    Columns(Vec<Place<'a>>, &'a Reading),
    Constant(&'a str),
}

/// One place of the file that a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// One column, or several whose fields are joined.
    pub columns: Vec<usize>,
    /// Only in rows that fit all of them.
    pub when: Vec<Test<'a>>,
}

/// Chooses among all lines that may hold the headers.
///
/// # Errors
/// `NotRecognised`, `Ambiguous`, `SideBySide`, `DuplicateHeader`, `UnknownTable`.
pub fn choose<'a>(
    file: &Path,
    rows: &'a [HeaderRow],
    said: Said<'a>,
) -> Result<Choice<'a>, ImportError> {
    if let Some(name) = said.table
        && facts::table(name).is_none()
    {
        let known = facts::TABLES.iter().map(|table| table.name.to_owned()).collect();
        return Err(ImportError::UnknownTable { name: name.to_owned(), known });
    }
    let mut candidates: Vec<Candidate<'a>> = rows
        .iter()
        .flat_map(|row| {
            said.presets.iter().flat_map(move |preset| {
                let tables = preset.tables.iter();
                let wanted = tables.filter(move |t| said.table.is_none_or(|name| t.name == name));
                wanted.filter_map(move |rules| Candidate::of(preset, rules, row, said.named))
            })
        })
        .collect();
    // The most headers known wins; the sort is stable, so an earlier line stays before a later one.
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.rank()));
    let fits = |candidate: &&Candidate<'a>| {
        let known = candidate.enough || (said.named && !candidate.used.is_empty());
        candidate.needed.is_empty() && known
    };
    let Some(best) = candidates.iter().find(fits) else {
        return Err(not_recognised(file, rows, &candidates));
    };
    // A table that knows more of the headers, but lacks one that every row needs: taking the file
    // for another table would be a mistake.
    let fuller = |other: &&Candidate<'a>| other.enough && other.known.len() > best.known.len();
    if !best.same && candidates.iter().any(|other| fuller(&other) && !other.needed.is_empty()) {
        return Err(not_recognised(file, rows, &candidates));
    }
    let rivals = candidates.iter().filter(fits);
    let rivals = rivals.filter(|other| other.name() != best.name());
    let equal: Vec<&Candidate<'a>> = rivals
        .clone()
        .filter(|other| other.same == best.same)
        .filter(|other| best.preset.extends.as_ref() != Some(&other.preset.name))
        .filter(|other| other.known.len() == best.known.len() || best.same)
        .collect();
    let best = if equal.is_empty() { best } else { by_file_name(file, best, &equal)? };
    for other in rivals {
        // Two tables in one line, with an empty column between them.
        let gap = best.row.names.iter().any(String::is_empty);
        if other.row == best.row && gap && other.used.is_disjoint(&best.used) {
            return Err(ImportError::SideBySide {
                file: file.to_owned(),
                line: best.row.line,
                tables: vec![best.name(), other.name()],
            });
        }
    }
    best.settled(file)
}

/// A tie is settled only by a file name that names one of the tables.
fn by_file_name<'c, 'a>(
    file: &Path,
    best: &'c Candidate<'a>,
    equal: &[&'c Candidate<'a>],
) -> Result<&'c Candidate<'a>, ImportError> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let all: Vec<&Candidate<'a>> = std::iter::once(best).chain(equal.iter().copied()).collect();
    let mut named = all.iter().filter(|candidate| stem.contains(candidate.fact.name));
    match (named.next(), named.next()) {
        (Some(only), None) => Ok(only),
        _ => {
            let tables: BTreeSet<String> = all.iter().map(|candidate| candidate.name()).collect();
            Err(ImportError::Ambiguous {
                file: file.to_owned(),
                tables: tables.into_iter().collect(),
            })
        }
    }
}

fn not_recognised(file: &Path, rows: &[HeaderRow], candidates: &[Candidate<'_>]) -> ImportError {
    let nearest = candidates
        .iter()
        .filter(|candidate| !candidate.used.is_empty())
        .max_by_key(|candidate| (candidate.enough, candidate.used.len(), candidate.found.len()));
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    // Titles above the headers have fewer words beside each other.
    let wordiest = || rows.iter().rev().max_by_key(|row| row.words());
    let headers = nearest.map(|candidate| candidate.row).or_else(wordiest);
    ImportError::NotRecognised(Box::new(NotRecognised {
        file: file.to_owned(),
        headers: headers.map(|row| row.names.clone()).unwrap_or_default(),
        needed: nearest.filter(|c| c.enough).map(|c| owned(&c.needed)).unwrap_or_default(),
        nearest: nearest
            .map(|c| (c.name(), c.found.len(), c.found.len() + c.missing.len(), owned(&c.missing))),
    }))
}

/// One table of a preset on one line of the file, whatever that line lacks: for a mapping that
/// is still being made.
///
/// # Errors
/// `DuplicateHeader`, `UnknownTable`.
pub fn as_it_is<'a>(
    file: &Path,
    preset: &'a Preset,
    rules: &'a PresetTable,
    row: &'a HeaderRow,
) -> Result<Choice<'a>, ImportError> {
    let unknown = || ImportError::UnknownTable { name: rules.name.clone(), known: Vec::new() };
    Candidate::of(preset, rules, row, true).ok_or_else(unknown)?.settled(file)
}

impl Choice<'_> {
    /// Changes when anything does about how the rows of this file are read.
    pub fn rules_hash(&self) -> String {
        let mut rules = PresetTable { detect: Detect::default(), ..self.rules.clone() };
        rules.columns.retain(|ours, _| {
            self.columns.iter().any(|mapped| mapped.column.name == ours.as_str())
        });
        source::hash_of(&rules.to_toml())
    }

    /// Something about a column of the table that is not clear; `header` as the file names it.
    pub fn unclear(&self, file: &Path, field: &'static str, header: &str, what: What) -> Unclear {
        Unclear {
            file: file.to_owned(),
            preset: self.preset.name.clone(),
            table: self.fact.name,
            field,
            column: header.to_owned(),
            source: self.rules.columns.get(field).cloned(),
            what,
            others: Vec::new(),
        }
    }

    /// The header of the file that a column comes from; its own name where it is a constant.
    pub fn header_of(&self, column: &str) -> String {
        let mapped = self.columns.iter().find(|mapped| mapped.column.name == column);
        match mapped.map(|mapped| &mapped.from) {
            Some(From::Columns(places, _)) => {
                let first = places.first().and_then(|place| place.columns.first());
                let first = first.and_then(|place| self.row.names.get(*place));
                first.cloned().unwrap_or_else(|| self.cells())
            }
            _ => column.to_owned(),
        }
    }

    /// What the mapping says about the end of a period that is told by its first day.
    pub fn until(&self, column: &str) -> Option<Until> {
        let mapped = self.columns.iter().find(|mapped| mapped.column.name == column)?;
        match &mapped.from {
            From::Columns(_, reading) => reading.until,
            From::Constant(_) => None,
        }
    }

    /// The columns of a wide file, by the first and the last of them.
    fn cells(&self) -> String {
        let cells = self.wide.iter().flat_map(|cells| &cells.columns);
        let mut names = cells.map(|(place, _)| self.row.names[*place].as_str());
        let first = names.next().unwrap_or_default();
        names.next_back().map_or(first.to_owned(), |last| format!("{first} … {last}"))
    }
}
