//! What the columns of an unknown file probably are, by their headers.
//!
//! Never used without a person who sees it: a guess is shown as one, and nothing
//! is imported by it unseen.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Preset;
use crate::catalog::facts::{self, FactTable};
use crate::catalog::preset::ColumnSource;

use super::{Why, comparable, meanings};

/// Names that are less alike than this are not taken for the same.
const ALIKE: f64 = 0.92;
/// So many headers of one table are no chance.
const SURE: usize = 4;

/// One of our columns, and the header that it probably comes from.
#[derive(Debug)]
pub struct Found<'a> {
    pub ours: &'static str,
    pub header: &'a str,
    pub because: Why,
}

/// The table that most headers speak for, and what speaks for it.
pub fn guess<'a>(
    headers: &'a [String],
    presets: &BTreeMap<String, Preset>,
    table: Option<&'static FactTable>,
) -> (&'static FactTable, Vec<Found<'a>>) {
    let one = |fact: &'static FactTable| (fact, of_table(headers, presets, fact));
    if let Some(fact) = table {
        return with_meanings(headers, one(fact));
    }
    let complete = |fact: &FactTable, found: &[Found<'_>]| {
        let there = |name: &str| {
            let by_stage = name == "state" && found.iter().any(|found| found.ours == "stage");
            by_stage || found.iter().any(|found| found.ours == name)
        };
        fact.columns.iter().filter(|column| column.required).all(|column| there(column.name))
    };
    // Most files are opportunities: another table needs more than a chance likeness.
    let mut best = one(facts::table("opportunities").unwrap_or(&facts::TABLES[0]));
    for fact in facts::TABLES {
        let (fact, found) = one(fact);
        let sure = found.len() >= SURE || complete(fact, &found);
        if sure && found.len() > best.1.len() {
            best = (fact, found);
        }
    }
    with_meanings(headers, best)
}

/// Presets know how CRMs call their columns; lists of deals made by hand speak as people do.
fn with_meanings<'a>(
    headers: &'a [String],
    (fact, mut found): (&'static FactTable, Vec<Found<'a>>),
) -> (&'static FactTable, Vec<Found<'a>>) {
    if fact.name == "opportunities" {
        let free = |header: &str| !found.iter().any(|found| found.header == header);
        let open = |ours: &str| !found.iter().any(|found| found.ours == ours);
        let meant = meanings::of(headers, free, open);
        found.extend(meant.into_iter().map(|(header, ours)| Found {
            ours,
            header,
            because: Why::Meant,
        }));
    }
    (fact, found)
}

fn of_table<'a>(
    headers: &'a [String],
    presets: &BTreeMap<String, Preset>,
    fact: &'static FactTable,
) -> Vec<Found<'a>> {
    let names = names(presets, fact);
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let mut found: Vec<Found<'a>> = Vec::new();
    // The surest way first, over all columns: a likeness never takes what another column is.
    for way in [same, same_letters, alike, ends_alike] {
        for column in fact.columns {
            if found.iter().any(|found| found.ours == column.name) {
                continue;
            }
            let candidates = names.iter().filter(|name| name.ours == column.name);
            let hit = candidates.clone().find_map(|name| {
                let fits = |(place, header): &(usize, &String)| {
                    !used.contains(place) && !header.is_empty() && way(header, &name.header)
                };
                headers.iter().enumerate().find(fits).map(|(place, header)| (name, place, header))
            });
            if let Some((name, place, header)) = hit {
                used.insert(place);
                let because = match &name.preset {
                    Some(by) => Why::Known { by: by.clone(), as_header: name.header.clone() },
                    None => Why::Called,
                };
                found.push(Found { ours: column.name, header, because });
            }
        }
    }
    found
}

/// A name that one of our columns goes by.
struct Name {
    ours: &'static str,
    header: String,
    /// The preset that calls it so; `None`: it is our own.
    preset: Option<String>,
}

/// Our own names first, then those of the presets.
fn names(presets: &BTreeMap<String, Preset>, fact: &'static FactTable) -> Vec<Name> {
    let mut names: Vec<Name> = fact
        .columns
        .iter()
        .map(|column| Name { ours: column.name, header: column.name.to_owned(), preset: None })
        .collect();
    for preset in presets.values() {
        for table in preset.tables.iter().filter(|table| table.name == fact.name) {
            for column in fact.columns {
                let source = table.columns.get(column.name);
                let origins = source.map(ColumnSource::origins).unwrap_or_default();
                // A place of several headers is no name for one.
                let alone = origins.iter().filter(|origin| origin.headers.len() == 1);
                names.extend(alone.flat_map(|origin| &origin.headers).map(|header| Name {
                    ours: column.name,
                    header: header.clone(),
                    preset: Some(preset.name.clone()),
                }));
            }
        }
    }
    names
}

fn same(a: &str, b: &str) -> bool {
    comparable(a) == comparable(b)
}

fn same_letters(a: &str, b: &str) -> bool {
    let a = letters(a);
    !a.is_empty() && a == letters(b)
}

fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (letters(a), letters(b));
    a.len().min(b.len()) >= 5 && strsim::jaro_winkler(&a, &b) >= ALIKE
}

/// `Expected Close Date` for `Close Date`: what stands before is said of it.
fn ends_alike(header: &str, name: &str) -> bool {
    let (header, name) = (letters(header), letters(name));
    name.len() >= 6 && header.len() > name.len() && header.ends_with(&name)
}

/// Lower case, without blanks, marks, and what stands in brackets: `Amount (EUR)` is `amount`.
fn letters(name: &str) -> String {
    let bare = match (name.find('('), name.find('[')) {
        (Some(at), _) | (None, Some(at)) if at > 0 => &name[..at],
        _ => name,
    };
    bare.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a word for a stage usually stands for.
pub fn state(word: &str) -> &'static str {
    let word = word.to_lowercase();
    let holds = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    if holds(&["lost", "verlor", "perd", "reject", "declin", "disqual"]) {
        "lost"
    } else if holds(&["cancel", "storn", "duplicate", "annul"]) {
        "cancelled"
    } else if holds(&["won", "gewonn", "gagn", "ganad", "ganh", "signed", "order received"]) {
        "won"
    } else {
        "open"
    }
}
