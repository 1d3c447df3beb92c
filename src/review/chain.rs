//! The chain: figure, finding, decision, the artefact that was changed, the
//! figure measured again.
//!
//! Links and evidence of all forms make one graph, whatever the kinds; this
//! walks it from any point both ways, to what it rests on and to what came of
//! it. Pure over the records it is given.
//!
//! ```text
//!   figure ──cited by──▶ decision ──changes──▶ play
//!                           └──measured again by──▶ figure
//! ```
//!
//! Invariant: every record and every figure stands once with its branches; where
//! it comes up again it is marked, so that a circle ends.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::form::FieldKind;
use crate::catalog::{Catalog, Form};
use crate::ledger::{self, Evidence, LedgerError, Revision};
use crate::workspace::Workspace;

/// From where the chain is walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// A record, by its id.
    Record(String),
    /// The row of a figure: all that cites it, whatever the quarter it was read for.
    Row {
        figure: String,
        asked: BTreeMap<String, String>,
        /// The columns that tell it from other rows.
        key: BTreeMap<String, String>,
        /// All its columns.
        read: BTreeMap<String, String>,
    },
}

/// A point of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Point {
    Record(RecordPoint),
    Figure(FigurePoint),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPoint {
    pub record: String,
    /// `post-mortem`
    pub kind: String,
    /// Empty for a record that is not there.
    pub state: String,
    /// As the form says that such a record is called.
    pub name: String,
}

/// A figure, and what it is asked with to be as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigurePoint {
    pub figure: String,
    pub asked: BTreeMap<String, String>,
    /// The columns that tell the row; none: the whole figure.
    pub row: BTreeMap<String, String>,
    /// The row as it read, as far as it is known.
    pub read: BTreeMap<String, String>,
    /// `forecast-variance, 2025-Q4 by region: Europe`
    pub words: String,
    /// What was read, where something was cited.
    pub evidence: Option<Box<Evidence>>,
}

/// One step from a point, and the steps from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// `cites as finding`, `changes`, `follows from`, `measured again by`
    pub word: String,
    pub point: Point,
    /// It stands elsewhere in this chain with its branches.
    pub seen: bool,
    pub branches: Vec<Branch>,
}

/// Everything around a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub of: Point,
    pub rests_on: Vec<Branch>,
    pub came_of_it: Vec<Branch>,
}

/// The chain around a point, from the newest revisions of all records.
///
/// # Errors
/// `NoSuchRecord`; those of reading the records.
pub fn chain(ws: &mut Workspace, catalog: &Catalog, start: &Start) -> Result<Chain, LedgerError> {
    let records = ledger::newest_of_all(ws)?;
    if let Start::Record(id) = start
        && records.iter().all(|revision| revision.record != *id)
    {
        return Err(LedgerError::NoSuchRecord { record: id.clone() });
    }
    Ok(Graph::of(catalog, &records).chain(start))
}

/// What tells a point from every other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Figure(String, BTreeMap<String, String>, BTreeMap<String, String>),
    Record(String),
}

struct Edge {
    cause: Key,
    effect: Key,
    /// Said of the cause by the effect: `cites as finding`.
    up: String,
    /// Said of the effect by the cause: `cited by`.
    down: String,
}

struct Graph<'a> {
    catalog: &'a Catalog,
    points: BTreeMap<Key, Point>,
    edges: Vec<Edge>,
}

impl<'a> Graph<'a> {
    fn of(catalog: &'a Catalog, records: &[Revision]) -> Self {
        let mut graph = Graph { catalog, points: BTreeMap::new(), edges: Vec::new() };
        for revision in records {
            let form = catalog.forms.get(&revision.kind);
            let name = form.map_or_else(
                || revision.record.clone(),
                |form| ledger::name_of(form, &revision.record, &revision.body),
            );
            graph.points.insert(
                Key::Record(revision.record.clone()),
                Point::Record(RecordPoint {
                    record: revision.record.clone(),
                    kind: revision.kind.clone(),
                    state: revision.state.clone(),
                    name,
                }),
            );
        }
        for revision in records {
            if let Some(form) = catalog.forms.get(&revision.kind) {
                graph.add_links(form, revision);
                graph.add_evidence(form, revision);
            }
        }
        graph
    }

    fn add_links(&mut self, form: &Form, revision: &Revision) {
        let own = Key::Record(revision.record.clone());
        for link in ledger::links(form, &revision.body) {
            let other = Key::Record(link.record.to_owned());
            self.points.entry(other.clone()).or_insert_with(|| {
                Point::Record(RecordPoint {
                    record: link.record.to_owned(),
                    kind: String::new(),
                    state: String::new(),
                    name: "not there".to_owned(),
                })
            });
            let label = link.label.to_lowercase();
            self.edges.push(if link.changes {
                Edge { cause: own.clone(), effect: other, up: "changed by".into(), down: label }
            } else {
                Edge { cause: other, effect: own.clone(), up: label, down: "led to".into() }
            });
        }
    }

    fn add_evidence(&mut self, form: &Form, revision: &Revision) {
        let own = || Key::Record(revision.record.clone());
        for (path, cited) in ledger::cited(form, &revision.body) {
            let id = path.split('/').next().unwrap_or_default();
            let Some(field) = form.fields().find(|field| field.id == id) else { continue };
            let again = matches!(field.kind, FieldKind::Evidence { again: Some(_) });
            // A reading is a point of its own even when it was asked for the same quarter.
            let key = figure_key(&cited, again);
            self.points
                .entry(key.clone())
                .or_insert_with(|| Point::Figure(FigurePoint::citing(&cited)));
            self.edges.push(if again {
                let (up, down) = ("what was measured of".into(), "measured again by".into());
                Edge { cause: own(), effect: key, up, down }
            } else {
                let up = format!("cites as {}", field.label.to_lowercase());
                Edge { cause: key, effect: own(), up, down: "cited by".into() }
            });
        }
    }

    fn chain(&self, start: &Start) -> Chain {
        match start {
            Start::Record(id) => self.around(&[Key::Record(id.clone())], None),
            Start::Row { figure, asked, key, read } => {
                let mut point = FigurePoint::new(figure, asked.clone(), key.clone(), None);
                point.read.clone_from(read);
                let cites = |known: &&Key| {
                    matches!(known, Key::Figure(name, _, row) if name == figure
                        && !row.is_empty()
                        && row.iter().all(|(column, value)| read.get(column) == Some(value)))
                };
                let keys: Vec<Key> = self.points.keys().filter(cites).cloned().collect();
                self.around(&keys, Some(Point::Figure(point)))
            }
        }
    }

    /// Around points that are one to whoever asks.
    fn around(&self, keys: &[Key], of: Option<Point>) -> Chain {
        let of = of.or_else(|| self.points.get(keys.first()?).cloned());
        let of = of.unwrap_or_else(|| {
            Point::Figure(FigurePoint::new("", BTreeMap::new(), BTreeMap::new(), None))
        });
        let mut walked = [Vec::new(), Vec::new()];
        for (branches, up) in walked.iter_mut().zip([true, false]) {
            let mut seen: BTreeSet<Key> = keys.iter().cloned().collect();
            for key in keys {
                branches.extend(self.walk(key, up, &mut seen));
            }
        }
        let [mut rests_on, came_of_it] = walked;
        if keys.is_empty() {
            rests_on.extend(self.rows_behind(&of));
        }
        Chain { of, rests_on, came_of_it }
    }

    fn walk(&self, from: &Key, up: bool, seen: &mut BTreeSet<Key>) -> Vec<Branch> {
        let mut found: Vec<Branch> = Vec::new();
        let mut taken: BTreeSet<(&Key, &str)> = BTreeSet::new();
        for edge in &self.edges {
            let (near, far, word) = if up {
                (&edge.effect, &edge.cause, &edge.up)
            } else {
                (&edge.cause, &edge.effect, &edge.down)
            };
            // The same card named in three rows is one step.
            if near != from || !taken.insert((far, word)) {
                continue;
            }
            let Some(point) = self.points.get(far) else { continue };
            let first = seen.insert(far.clone());
            let branches = if first { self.walk(far, up, seen) } else { Vec::new() };
            found.push(Branch { word: word.clone(), point: point.clone(), seen: !first, branches });
        }
        if up && let Some(point) = self.points.get(from) {
            found.extend(self.rows_behind(point));
        }
        found
    }

    /// What a cited row was counted from: the figure that Enter on it opens.
    fn rows_behind(&self, point: &Point) -> Option<Branch> {
        let Point::Figure(point) = point else { return None };
        let drill = self.catalog.figures.get(&point.figure)?.drill.as_ref()?;
        if point.row.is_empty() {
            return None;
        }
        let cell = |column: &String| point.row.get(column).or_else(|| point.read.get(column));
        let bound = drill.bind.iter();
        let bound = bound.filter_map(|(name, column)| Some((name.clone(), cell(column)?.clone())));
        let mut asked = point.asked.clone();
        asked.extend(bound);
        let point = Point::Figure(FigurePoint::new(&drill.figure, asked, BTreeMap::new(), None));
        Some(Branch { word: "counted from".into(), point, seen: false, branches: Vec::new() })
    }
}

impl FigurePoint {
    fn new(
        figure: &str,
        asked: BTreeMap<String, String>,
        row: BTreeMap<String, String>,
        evidence: Option<Box<Evidence>>,
    ) -> Self {
        let plain = Evidence { figure: figure.to_owned(), asked, row, ..Evidence::default() };
        let words = evidence.as_deref().unwrap_or(&plain).in_words();
        let taken = evidence.as_ref().and_then(|cited| cited.taken.as_ref());
        let read = taken.map(|taken| taken.read.clone()).unwrap_or_default();
        FigurePoint {
            figure: plain.figure,
            asked: plain.asked,
            row: plain.row,
            read,
            words,
            evidence,
        }
    }

    fn citing(cited: &Evidence) -> Self {
        let evidence = Some(Box::new(cited.clone()));
        Self::new(&cited.figure, cited.asked.clone(), cited.row.clone(), evidence)
    }
}

impl Point {
    /// `DE-3 (decision, decided): No price events`, or the words of the figure.
    pub fn in_words(&self) -> String {
        match self {
            Point::Figure(figure) => figure.words.clone(),
            Point::Record(RecordPoint { record, kind, state, name }) if kind.is_empty() => {
                debug_assert!(state.is_empty());
                format!("{record} ({name})")
            }
            Point::Record(RecordPoint { record, kind, state, name }) => {
                format!("{record} ({}, {state}): {name}", kind.replace('-', " "))
            }
        }
    }
}

/// The same question about the same row is one point, whenever it was read; a reading of its own
/// keeps its day.
fn figure_key(cited: &Evidence, with_day: bool) -> Key {
    let mut asked = cited.asked.clone();
    if !with_day {
        asked.retain(|name, _| !matches!(name.as_str(), "as_of" | "known_at"));
    }
    Key::Figure(cited.figure.clone(), asked, cited.row.clone())
}

#[cfg(test)]
mod tests;
