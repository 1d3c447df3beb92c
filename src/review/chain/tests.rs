//! Chains over a handful of records: both ways, in circles, from a row.

use std::path::PathBuf;

use chrono::DateTime;
use serde_json::{Value as Json, json};

use super::*;
use crate::ledger::Action;

fn catalog() -> Catalog {
    Catalog::of_folders(&[PathBuf::from(env!("CARGO_MANIFEST_DIR"))]).catalog
}

fn record(id: &str, kind: &str, body: Json) -> Revision {
    Revision {
        seq: 1,
        record: id.into(),
        kind: kind.into(),
        revision: 1,
        parent: None,
        action: Action::Create,
        toward: None,
        state: "open".into(),
        body: body.as_object().cloned().expect("an object"),
        author: "ann".into(),
        at: DateTime::UNIX_EPOCH,
        reason: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn cited(quarter: &str, as_of: &str) -> Json {
    json!({"figure": "win-rate-alerts", "asked": {"quarter": quarter, "as_of": as_of},
           "row": {"slice": "Mid-Market"}, "says": "the alert",
           "known": {"import": "1", "revision": "0", "aliases": "0"}, "result": "a", "sql": "b"})
}

/// A decision on a row that changes a play and is measured again, an action from it, and a
/// second decision that cites the same row.
fn records() -> Vec<Revision> {
    vec![
        record("PL-1", "play", json!({"title": "Total cost first"})),
        record(
            "DE-1",
            "decision",
            json!({"title": "Price per site", "finding": cited("2025-Q4", "2025-12-31"),
                   "link": "PL-1", "reading": cited("2026-Q2", "2026-06-30")}),
        ),
        record("AC-1", "action", json!({"title": "Write it", "about": "DE-1"})),
        record(
            "DE-2",
            "decision",
            json!({"title": "Coach", "finding": cited("2025-Q4", "2026-01-07")}),
        ),
    ]
}

fn lines(branches: &[Branch], depth: usize, out: &mut Vec<String>) {
    for branch in branches {
        let name = match &branch.point {
            Point::Record(point) => point.record.clone(),
            Point::Figure(point) => {
                format!("{} {}", point.figure, point.asked.get("quarter").map_or("", |q| q))
            }
        };
        let seen = if branch.seen { " (seen)" } else { "" };
        out.push(format!("{}{} {name}{seen}", "  ".repeat(depth), branch.word));
        lines(&branch.branches, depth + 1, out);
    }
}

fn shown(branches: &[Branch]) -> Vec<String> {
    let mut out = Vec::new();
    lines(branches, 0, &mut out);
    out
}

#[test]
fn from_a_decision_both_ways() {
    let (catalog, records) = (catalog(), records());
    let chain = Graph::of(&catalog, &records).chain(&Start::Record("DE-1".into()));
    let rests = shown(&chain.rests_on);
    assert_eq!(rests[0], "cites as finding win-rate-alerts 2025-Q4");
    assert!(rests[1].starts_with("  counted from "), "{rests:?}");
    assert_eq!(
        shown(&chain.came_of_it),
        ["changes PL-1", "measured again by win-rate-alerts 2026-Q2", "led to AC-1"]
    );
}

#[test]
fn from_the_end_back_to_the_figure() {
    let (catalog, records) = (catalog(), records());
    let graph = Graph::of(&catalog, &records);
    for (start, word) in [("PL-1", "changed by"), ("AC-1", "follows from")] {
        let chain = graph.chain(&Start::Record(start.into()));
        let rests = shown(&chain.rests_on);
        assert_eq!(rests[0], format!("{word} DE-1"));
        assert_eq!(rests[1], "  cites as finding win-rate-alerts 2025-Q4");
        assert!(chain.came_of_it.is_empty());
    }
}

#[test]
fn a_row_knows_who_cites_it_whenever_it_was_read() {
    let (catalog, records) = (catalog(), records());
    let row = |slice: &str| Start::Row {
        figure: "win-rate-alerts".into(),
        asked: BTreeMap::new(),
        key: [("slice".to_owned(), slice.to_owned())].into(),
        read: [("slice", slice), ("status", "firing")].map(|(a, b)| (a.into(), b.into())).into(),
    };
    let graph = Graph::of(&catalog, &records);
    let came = shown(&graph.chain(&row("Mid-Market")).came_of_it);
    assert!(came.contains(&"cited by DE-1".to_owned()), "{came:?}");
    assert!(came.contains(&"cited by DE-2".to_owned()), "{came:?}");
    assert!(graph.chain(&row("Enterprise")).came_of_it.is_empty());
}

#[test]
fn a_circle_ends() {
    let catalog = catalog();
    let records = [
        record("DE-1", "decision", json!({"title": "a", "link": "DE-2"})),
        record("DE-2", "decision", json!({"title": "b", "link": "DE-1"})),
        record("DE-3", "decision", json!({"title": "c", "link": "DE-3"})),
    ];
    let graph = Graph::of(&catalog, &records);
    let chain = graph.chain(&Start::Record("DE-1".into()));
    assert_eq!(shown(&chain.came_of_it), ["changes DE-2", "  changes DE-1 (seen)"]);
    assert_eq!(shown(&chain.rests_on), ["changed by DE-2", "  changed by DE-1 (seen)"]);
    let itself = graph.chain(&Start::Record("DE-3".into()));
    assert_eq!(shown(&itself.came_of_it), ["changes DE-3 (seen)"]);
}

#[test]
fn a_record_that_is_not_there_is_shown_as_such() {
    let catalog = catalog();
    let records = [record("AC-1", "action", json!({"title": "a", "about": "XX-9"}))];
    let chain = Graph::of(&catalog, &records).chain(&Start::Record("AC-1".into()));
    assert_eq!(chain.rests_on[0].point.in_words(), "XX-9 (not there)");
}
