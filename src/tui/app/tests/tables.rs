//! Tables: columns, sums, groups, marks, and that a person finds them again.

use serde_json::Value as Json;

use super::bench::Bench;
use crate::tui::memory::Memory;
use crate::tui::message::Effect;
use crate::tui::panes::PANES;

/// The pane of the cards with so many rows in each part.
fn cards(rows: usize) -> Bench {
    let mut bench = Bench::open();
    bench.press("3");
    bench.answer_figures(rows);
    bench
}

/// The newest value that was to be remembered under a key that begins so.
fn remembered(bench: &Bench, key: &str) -> Option<(String, Json)> {
    bench.effects.iter().rev().find_map(|effect| match effect {
        Effect::Remember { key: found, value } if found.starts_with(key) => {
            Some((found.clone(), value.clone()))
        }
        _ => None,
    })
}

#[test]
fn a_column_is_gone_to_sorted_by_and_hidden() {
    let mut bench = cards(5);
    bench.press("Right");
    bench.press("Right");
    bench.sees("row 1 of 5, tier");
    bench.press("s");
    // Numbers start with the largest; the selection stays on its row.
    bench.sees("row 5 of 5, tier");
    bench.press("s");
    bench.sees("row 1 of 5, tier");
    bench.press("H");
    bench.sees("tier is hidden");
    bench.press("Left");
    bench.sees("1 column hidden");
    let (_, table) = remembered(&bench, "table battle-cards").expect("it is remembered");
    assert_eq!(table["hidden"], serde_json::json!(["tier"]));
    bench.press("R");
    bench.press("Up");
    bench.sees_not("hidden");
}

#[test]
fn columns_are_chosen_from_a_list() {
    let mut bench = cards(2);
    bench.press("C");
    bench.sees("Space shows or hides");
    // The first of the list is the segment.
    bench.press(" ");
    bench.press("Enter");
    bench.sees("1 column hidden");
    let (_, table) = remembered(&bench, "table battle-cards").expect("it is remembered");
    assert_eq!(table["hidden"], serde_json::json!(["segment"]));
}

#[test]
fn columns_change_places_and_widths() {
    let mut bench = cards(2);
    bench.press("Right");
    bench.press("Right");
    bench.press(">");
    let heading = |bench: &Bench| {
        let screen = bench.screen();
        let line = screen.lines().find(|line| line.contains("competitor")).map(str::to_owned);
        line.expect("the headings")
    };
    let line = heading(&bench);
    assert!(line.find("state") < line.find("tier"), "{line}");
    let before = line.find("tier");
    bench.press("+");
    assert_ne!(heading(&bench).find("tier"), before, "{}", heading(&bench));
    let (_, table) = remembered(&bench, "table battle-cards").expect("it is remembered");
    assert!(table["widths"]["tier"].as_u64() > Some(4), "{table}");
}

#[test]
fn rows_are_summed_grouped_and_marked() {
    let mut bench = cards(4);
    bench.press("a");
    let tiers = |bench: &Bench, words: &str| {
        let screen = bench.screen();
        let line = screen.lines().find_map(|line| line.trim_start().strip_prefix(words));
        line.expect(words).split_whitespace().next().map(str::to_owned)
    };
    // 1 + 2 + 3 + 4.
    assert_eq!(tiers(&bench, "Sum").as_deref(), Some("10"));
    bench.press(" ");
    bench.press(" ");
    assert_eq!(tiers(&bench, "Sum, marked").as_deref(), Some("3"));
    bench.sees("2 marked");
    bench.sees("row 3 of 4");
    bench.press("a");
    assert_eq!(tiers(&bench, "Mean, marked").as_deref(), Some("1.5"));
    bench.press("a");
    bench.press("u");
    bench.sees("competitor 0 (1)");
    // The name of a group is no row: from row to row it is passed over.
    bench.press("Down");
    bench.sees("row 4 of 4");
}

#[test]
fn a_row_is_gone_to_by_typing_and_esc_comes_back() {
    let mut bench = cards(9);
    bench.press("Down");
    bench.press("J");
    bench.write("competitor 7");
    bench.sees("competitor 7");
    bench.press("Enter");
    bench.sees("row 8 of 9");
    bench.press("J");
    bench.write("competitor 2");
    bench.press("Esc");
    bench.sees("row 8 of 9");
    bench.press("J");
    bench.write("zzz");
    bench.sees("row 8 of 9");
}

#[test]
fn what_is_copied_is_what_is_seen() {
    let mut bench = cards(3);
    let copied = |bench: &Bench| {
        bench.effects.iter().rev().find_map(|effect| match effect {
            Effect::Copy { text, .. } => Some(text.clone()),
            _ => None,
        })
    };
    bench.press("Down");
    bench.press("y");
    bench.sees("competitor: competitor 1");
    bench.press("Enter");
    assert_eq!(copied(&bench).as_deref(), Some("competitor 1"));
    bench.press("Right");
    bench.press("H");
    bench.press(" ");
    bench.press("y");
    bench.write("marked");
    bench.press("Enter");
    let text = copied(&bench).expect("copied");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("competitor\ttier\t"), "{text}");
    assert!(lines[1].starts_with("competitor 1\t2\t"), "{text}");
    // The same as a page, without anything around it.
    bench.press("Y");
    bench.sees("competitor 1");
    bench.press("y");
    assert_eq!(copied(&bench), Some(text));
}

#[test]
fn the_next_session_goes_on_where_this_one_ended() {
    let mut bench = cards(6);
    bench.press("p");
    bench.answer_figures(6);
    bench.press("Down");
    bench.press("Down");
    bench.press("a");
    let mut memory = Memory::default();
    for effect in &bench.effects {
        if let Effect::Remember { key, value } = effect {
            memory.set(key, value.clone());
        }
    }
    let mut next = Bench::closed_with(memory).opened(None);
    assert_eq!(PANES[next.app.current].id, "cards");
    next.sees("2025-Q3");
    next.answer_figures(6);
    next.sees("row 3 of 6");
    next.sees("Sum");
}

#[test]
fn what_is_remembered_of_another_version_does_no_harm() {
    let mut memory = Memory::default();
    memory.set(
        "workspace /data/acme.duckdb",
        serde_json::json!({
            "pane": "no such pane", "quarter": "soon", "by": 7, "panes": {"cards": {"focus": 99}}
        }),
    );
    memory.set("table battle-cards", serde_json::json!({"hidden": "all", "sort": 3}));
    let mut bench = Bench::closed_with(memory).opened(None);
    assert_eq!(PANES[bench.app.current].id, "brief");
    bench.press("3");
    bench.answer_figures(3);
    bench.sees("row 1 of 3");
}
