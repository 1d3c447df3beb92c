//! One table of one preset against one line of a file.
//!
//! Owns what is found there and what is lacking, and where each column would
//! come from. Compares with no other candidate: that is for [`super::choose`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use crate::catalog::Preset;
use crate::catalog::facts::{self, FactTable};
use crate::catalog::preset::{ColumnSource, Origin, PresetTable, Reading};

use super::super::conditions::{self, RowRules};
use super::super::error::ImportError;
use super::super::shape::{HeaderRow, comparable};
use super::super::wide::Cells;
use super::{Choice, From, Mapped, Place};

/// How a column is read about which nothing is said.
static PLAIN: LazyLock<Reading> = LazyLock::new(Reading::default);

/// One table of one preset against one line of the file.
pub(super) struct Candidate<'a> {
    pub(super) preset: &'a Preset,
    pub(super) rules: &'a PresetTable,
    pub(super) fact: &'static FactTable,
    pub(super) row: &'a HeaderRow,
    pub(super) found: Vec<&'a str>,
    pub(super) missing: Vec<&'a str>,
    pub(super) enough: bool,
    /// A mapping that was saved for these very headers, no more and no fewer.
    pub(super) same: bool,
    /// Required columns without a source.
    pub(super) needed: Vec<&'static str>,
    /// Columns of the file that it uses.
    pub(super) used: BTreeSet<usize>,
    /// These, and those by which it is told.
    pub(super) known: BTreeSet<usize>,
}

impl<'a> Candidate<'a> {
    /// `named`: somebody says that the file is of this preset or table.
    pub(super) fn of(
        preset: &'a Preset,
        rules: &'a PresetTable,
        row: &'a HeaderRow,
        named: bool,
    ) -> Option<Self> {
        let fact = facts::table(&rules.name)?;
        // Line 0 stands above a file without a header.
        if rules.headerless != (row.line == 0) {
            return None;
        }
        let cells = rules.wide.as_ref().map(|wide| (wide, Cells::find(wide, row)));
        let detect = if rules.detect.headers.is_empty() { &preset.detect } else { &rules.detect };
        let (found, missing): (Vec<&str>, Vec<&str>) =
            detect.headers.iter().map(String::as_str).partition(|name| row.find(name).is_some());
        let has = |name: &String| row.find(name).is_some();
        let told = named || detect.with.is_empty() || detect.with.iter().any(has);
        if !told || detect.without.iter().any(has) {
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

    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.preset.name, self.fact.name)
    }

    pub(super) fn rank(&self) -> (bool, bool, usize, usize, bool) {
        let fits = self.enough && self.needed.is_empty();
        let extends = self.preset.extends.is_some();
        (fits, fits && self.same, self.known.len(), self.found.len(), extends)
    }

    pub(super) fn settled(&self, file: &Path) -> Result<Choice<'a>, ImportError> {
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
