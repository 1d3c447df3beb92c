//! Which preset, which of its tables, and which line holds the headers.
//!
//! Owns the evidence: how many of the headers that a table is known by stand in
//! one line of the file. Never settles a tie by the order of things; a tie, or
//! too little, is refused with what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use crate::catalog::Preset;
use crate::catalog::facts::{self, FactColumn, FactTable};
use crate::catalog::preset::{ColumnSource, Detect, Origin, PresetTable, Reading, Until};

use super::conditions::{self, RowRules, Test};
use super::error::{ImportError, NotRecognised};
use super::shape::{HeaderRow, comparable};
use super::source;
use super::unclear::{Unclear, What};
use super::wide::Cells;

/// How a column is read about which nothing is said.
static PLAIN: LazyLock<Reading> = LazyLock::new(Reading::default);

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

/// One table of one preset against one line of the file.
struct Candidate<'a> {
    preset: &'a Preset,
    rules: &'a PresetTable,
    fact: &'static FactTable,
    row: &'a HeaderRow,
    found: Vec<&'a str>,
    missing: Vec<&'a str>,
    enough: bool,
    /// A mapping that was saved for these very headers, no more and no fewer.
    same: bool,
    /// Required columns without a source.
    needed: Vec<&'static str>,
    /// Columns of the file that it uses.
    used: BTreeSet<usize>,
    /// These, and those by which it is told.
    known: BTreeSet<usize>,
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
                wanted.filter_map(move |rules| Candidate::of(preset, rules, row))
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
    let headers = nearest.map(|candidate| candidate.row).or(rows.first());
    ImportError::NotRecognised(Box::new(NotRecognised {
        file: file.to_owned(),
        headers: headers.map(|row| row.names.clone()).unwrap_or_default(),
        needed: nearest.filter(|c| c.enough).map(|c| owned(&c.needed)).unwrap_or_default(),
        nearest: nearest
            .map(|c| (c.name(), c.found.len(), c.found.len() + c.missing.len(), owned(&c.missing))),
    }))
}

impl<'a> Candidate<'a> {
    fn of(preset: &'a Preset, rules: &'a PresetTable, row: &'a HeaderRow) -> Option<Self> {
        let fact = facts::table(&rules.name)?;
        // Line 0 stands above a file without a header.
        if rules.headerless != (row.line == 0) {
            return None;
        }
        let cells = rules.wide.as_ref().map(|wide| (wide, Cells::find(wide, row)));
        let detect = if rules.detect.headers.is_empty() { &preset.detect } else { &rules.detect };
        let (found, missing): (Vec<&str>, Vec<&str>) =
            detect.headers.iter().map(String::as_str).partition(|name| row.find(name).is_some());
        if detect.without.iter().any(|name| row.find(name).is_some()) {
            return None;
        }
        let enough = !detect.headers.is_empty() && found.len() >= detect.minimum.max(1);
        let same = preset.saved && missing.is_empty() && names_all(&detect.headers, row);
        let mut used = RowRules::of(rules, row).columns();
        used.extend(entered(rules, row).into_iter().map(|(place, _)| place));
        let mut needed = Vec::new();
        for column in fact.columns {
            let source = rules.columns.get(column.name);
            let places = source.map(|source| places(source, row)).unwrap_or_default();
            if let Some((wide, cells)) = &cells
                && wide.gives(column.name, column.kind)
            {
                match cells {
                    Some(cells) => used.extend(cells.places()),
                    None => needed.push(column.name),
                }
                continue;
            }
            let there = !places.is_empty() || matches!(source, Some(ColumnSource::Constant(_)));
            let derived = column.name == "state" && rules.tells_state();
            if column.required && !there && !derived {
                needed.push(column.name);
            }
            used.extend(places.iter().flat_map(Place::reads));
        }
        if needed.is_empty() && derives_state(fact, rules, row) == Some(false) {
            needed.push("state");
        }
        let mut known = used.clone();
        known.extend(found.iter().filter_map(|name| row.find(name)));
        Some(Candidate {
            preset,
            rules,
            fact,
            row,
            found,
            missing,
            enough,
            same,
            needed,
            used,
            known,
        })
    }

    fn name(&self) -> String {
        format!("{}/{}", self.preset.name, self.fact.name)
    }

    fn rank(&self) -> (bool, bool, usize, usize) {
        let fits = self.enough && self.needed.is_empty();
        (fits, fits && self.same, self.known.len(), self.found.len())
    }

    fn settled(&self, file: &Path) -> Result<Choice<'a>, ImportError> {
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        for (place, name) in self.row.names.iter().enumerate() {
            match first.get(&comparable(name)) {
                Some(before) if self.used.contains(before) => {
                    return Err(ImportError::DuplicateHeader {
                        file: file.to_owned(),
                        header: name.clone(),
                        places: (before + 1, place + 1),
                    });
                }
                Some(_) => {}
                None => {
                    first.insert(comparable(name), place);
                }
            }
        }
        let wide = self.rules.wide.as_ref();
        let cells = wide.and_then(|wide| Cells::find(wide, self.row));
        let width = self.row.names.len();
        let columns = self.fact.columns.iter().filter_map(|column| {
            if let Some(wide) = wide.filter(|wide| wide.gives(column.name, column.kind)) {
                let (behind, reading) =
                    if column.name == wide.into { (1, &wide.reading) } else { (0, &*PLAIN) };
                let place = Place { columns: vec![width + behind], when: Vec::new() };
                let from = From::Columns(vec![place], reading);
                return Some(Mapped { column, from });
            }
            let from = match self.rules.columns.get(column.name)? {
                ColumnSource::Constant(value) => From::Constant(value),
                source @ (ColumnSource::Header { reading, .. }
                | ColumnSource::FirstFilled { reading, .. }) => {
                    From::Columns(places(source, self.row), reading)
                }
            };
            let there = !matches!(&from, From::Columns(places, _) if places.is_empty());
            there.then_some(Mapped { column, from })
        });
        let mut columns: Vec<Mapped<'a>> = columns.collect();
        columns.extend(self.currency_beside(&columns));
        let row_rules = RowRules::of(self.rules, self.row);
        let entered = entered(self.rules, self.row);
        let mut read = row_rules.columns();
        read.extend(entered.iter().map(|(place, _)| *place));
        for mapped in &columns {
            if let From::Columns(places, _) = &mapped.from {
                read.extend(places.iter().flat_map(Place::reads));
            }
        }
        let names = self.row.names.iter().enumerate();
        let used = |place: &usize| self.used.contains(place) || read.contains(place);
        let unused = names.filter(|(place, name)| !used(place) && !name.is_empty());
        let unused = unused.map(|(_, name)| name.clone()).collect();
        Ok(Choice {
            preset: self.preset,
            rules: self.rules,
            fact: self.fact,
            row: self.row.clone(),
            score: (self.found.len(), self.found.len() + self.missing.len()),
            columns,
            unused,
            row_rules,
            entered,
            read,
            wide: cells,
            whole: false,
        })
    }
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
    Candidate::of(preset, rules, row).ok_or_else(unknown)?.settled(file)
}

/// No header of the line is missing among these.
fn names_all(headers: &[String], row: &HeaderRow) -> bool {
    let known: BTreeSet<String> = headers.iter().map(|name| comparable(name)).collect();
    row.names.iter().filter(|name| !name.is_empty()).all(|name| known.contains(&comparable(name)))
}

impl<'a> Candidate<'a> {
    /// `Amount Currency` beside `Amount`, where the preset names no column for the currency: what
    /// the file says goes before what is said for want of it.
    fn currency_beside(&self, columns: &[Mapped<'a>]) -> Option<Mapped<'a>> {
        let column = self.fact.column("currency")?;
        if columns.iter().any(|mapped| mapped.column.name == column.name) {
            return None;
        }
        let money = columns.iter().find(|mapped| mapped.column.kind.is_money())?;
        let From::Columns(places, _) = &money.from else { return None };
        // The amounts of a wide file stand in no column of one name.
        let money = self.row.names.get(*places.first()?.columns.first()?)?;
        let called = [format!("{money} Currency"), format!("Currency of {money}")];
        let place = called.iter().find_map(|name| self.row.find(name))?;
        let free = !self.used.contains(&place);
        let place = Place { columns: vec![place], when: Vec::new() };
        free.then(|| Mapped { column, from: From::Columns(vec![place], &PLAIN) })
    }
}

/// Places that a source names and that the file has.
fn places<'a>(source: &'a ColumnSource, row: &HeaderRow) -> Vec<Place<'a>> {
    let place = |origin: &'a Origin| {
        let columns = origin.headers.iter().map(|name| row.find(name)).collect::<Option<_>>()?;
        Some(Place { columns, when: conditions::resolve(&origin.when, row)? })
    };
    let there = source.origins().iter().filter_map(place);
    match source {
        ColumnSource::FirstFilled { .. } => there.collect(),
        ColumnSource::Header { .. } | ColumnSource::Constant(_) => there.take(1).collect(),
    }
}

impl Place<'_> {
    /// Columns of the file that it looks at.
    fn reads(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().copied().chain(self.when.iter().map(|test| test.column))
    }
}

/// Columns whose headers say that a stage was entered, and the stage; each column once.
fn entered(rules: &PresetTable, row: &HeaderRow) -> Vec<(usize, String)> {
    let stage = |name: &str| {
        rules.entered.iter().find_map(|pattern| {
            let (before, after) = pattern.split_once('*')?;
            within(name, before, after)
        })
    };
    let except =
        |name: &str| rules.entered_except.iter().any(|e| comparable(e) == comparable(name));
    let names = row.names.iter().enumerate().filter(|(_, name)| !except(name));
    names.filter_map(|(place, name)| Some((place, stage(name)?))).collect()
}

/// What stands between two texts, in any case of these; quotes around it do not count.
fn within(name: &str, before: &str, after: &str) -> Option<String> {
    let starts = name.get(..before.len())?.eq_ignore_ascii_case(before);
    let rest = name.get(before.len()..)?;
    let cut = rest.len().checked_sub(after.len())?;
    let ends = rest.get(cut..)?.eq_ignore_ascii_case(after);
    let stage = rest.get(..cut)?.trim().trim_matches('"').trim();
    (starts && ends && !stage.is_empty()).then(|| stage.to_owned())
}

/// Whether the state can be told without a column of its own; `None` where it has one, or needs none.
fn derives_state(fact: &FactTable, rules: &PresetTable, row: &HeaderRow) -> Option<bool> {
    let required = fact.column("state").is_some_and(|column| column.required);
    let mapped = rules.columns.get("state").is_some_and(|state| !places(state, row).is_empty());
    if !required || mapped {
        return None;
    }
    let words = !rules.states.is_empty() || rules.other_state.is_some();
    let stage = rules.columns.get("stage").is_some_and(|stage| !places(stage, row).is_empty());
    Some((words && stage) || !RowRules::of(rules, row).states.is_empty())
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
