//! Tests of the form, as a person fills it in: fields are found by their names.

use crossterm::event::{KeyCode, KeyModifiers};
use serde_json::{Value, json};

use crate::tui::form::testing::Person;
use crate::tui::form::{FormOutcome, Wanted};
use crate::tui::widgets::list_picker::PickItem;

#[test]
fn text_is_typed_where_the_focus_is() {
    let mut p = Person::with(json!({"account": "Acme"}));
    assert_eq!(p.pane.focus_path(), "title", "facts cannot have the focus");
    assert!(p.pane.editing(), "letters are text here");
    assert_eq!(p.press(KeyCode::Char('q')), FormOutcome::Changed);
    p.write("uarter");
    assert_eq!(p.stored("title"), "quarter");
    assert_eq!(p.press(KeyCode::Enter), FormOutcome::Changed);
    assert_eq!(p.pane.focus_path(), "outcome", "Enter takes it and goes on");
    assert!(p.screen().row_with("Title").contains("quarter"));
    assert!(p.screen().row_with("Account").contains("Acme"));
}

#[test]
fn back_goes_one_step_and_loses_nothing() {
    for back in [
        (KeyCode::Esc, KeyModifiers::NONE),
        (KeyCode::F(10), KeyModifiers::NONE),
        (KeyCode::Char('g'), KeyModifiers::CONTROL),
    ] {
        let mut p = Person::with(json!({}));
        p.write("kept");
        assert_eq!(p.with_modifiers(back.0, back.1), FormOutcome::Changed);
        assert_eq!(p.stored("title"), "kept");
        assert_eq!(p.with_modifiers(back.0, back.1), FormOutcome::AskLeave);
        assert_eq!(p.stored("title"), "kept");
        assert!(p.pane.dirty());
        p.ctrl('z');
        assert!(!p.pane.dirty());
        p.ctrl('y');
        assert_eq!(p.stored("title"), "kept");
    }
}

#[test]
fn long_text_takes_line_breaks_and_pastes() {
    let mut p = Person::with(json!({}));
    p.go("what_was_done");
    p.write("one");
    assert_eq!(p.press(KeyCode::Enter), FormOutcome::Changed);
    p.write("two");
    assert_eq!(p.pane.paste("\r\nthree\u{1b}[31m", p.now), FormOutcome::Changed);
    assert_eq!(p.stored("what_was_done"), "one\ntwo\nthree[31m");
    p.ctrl('z');
    assert_eq!(p.stored("what_was_done"), "one\ntwo");
    assert_eq!(p.press(KeyCode::F(2)), FormOutcome::AskSave);
    // A paste begins to edit, too.
    let mut p = Person::with(json!({}));
    assert_eq!(p.pane.paste("Title\n", 0), FormOutcome::Changed);
    assert_eq!(p.stored("title"), "Title");
}

#[test]
fn numbers_dates_and_shares_are_stored_in_their_one_form() {
    for (path, typed, stored, shown) in [
        ("amount", "1,250.5", "1250.50", "1,250.50"),
        ("price_gap", "12.5", "0.125", "12.5%"),
        ("closed_on", "31.12.2025", "2025-12-31", "2025-12-31"),
        ("influence", "4", "4", "4"),
    ] {
        let mut p = Person::with(json!({}));
        p.go(path);
        p.write(typed);
        p.press(KeyCode::Tab);
        assert_eq!(p.stored(path), stored);
        assert!(p.screen().has(shown), "{}", p.screen().text());
    }
}

#[test]
fn what_cannot_be_read_stays_and_keeps_it_from_being_saved() {
    let mut p = Person::with(json!({}));
    p.go("closed_on");
    p.write("03/04/2025");
    p.press(KeyCode::Tab);
    p.go("title");
    assert_ne!(p.press(KeyCode::F(2)), FormOutcome::AskSave);
    assert_eq!(p.pane.focus_path(), "closed_on");
    assert!(p.screen().has("could be 2025-04-03 or 2025-03-04"), "{}", p.screen().text());
    // It survives a draft as something that cannot be read.
    let kept = p.pane.body();
    let mut p = Person::with(json!({}));
    p.pane.restore(kept, Some("closed_on"));
    assert_eq!(p.pane.problem_count(), 1);
    p.press(KeyCode::Enter);
    p.ctrl('w');
    for _ in 0..12 {
        p.press(KeyCode::Backspace);
    }
    p.write("2025-03-04");
    assert_eq!(p.ctrl('s'), FormOutcome::AskSave);
    assert_eq!(p.stored("closed_on"), "2025-03-04");
}

#[test]
fn a_share_that_was_refused_is_no_other_share() {
    let mut p = Person::with(json!({}));
    p.go("price_gap");
    p.write("0.12");
    p.press(KeyCode::Tab);
    assert_eq!(p.stored("price_gap"), "0.12?");
    assert_eq!(p.pane.problem_count(), 1);
}

#[test]
fn choices_are_chosen_from_their_list() {
    let mut p = Person::with(json!({}));
    p.go("outcome");
    assert_eq!(p.press(KeyCode::Enter), FormOutcome::Moved);
    assert!(p.screen().has("Lost to a competitor"));
    p.write("nodec");
    assert_eq!(p.press(KeyCode::Enter), FormOutcome::Changed);
    assert_eq!(p.stored("outcome"), "no");
    p.go("outcome");
    assert_eq!(p.press(KeyCode::Delete), FormOutcome::Changed);
    assert_eq!(p.stored("outcome"), Value::Null);
    p.go("areas");
    p.press(KeyCode::Char(' '));
    p.press(KeyCode::Char(' '));
    p.press(KeyCode::Down);
    p.press(KeyCode::Char(' '));
    p.press(KeyCode::Enter);
    assert_eq!(p.stored("areas"), json!(["lost", "no"]));
    // A letter opens the list and looks for it.
    p.go("outcome");
    p.write("unkn");
    p.press(KeyCode::Enter);
    assert_eq!(p.stored("outcome"), "unknown");
}

#[test]
fn people_and_records_are_asked_for() {
    let mut p = Person::with(json!({}));
    p.go("owner");
    assert_eq!(p.press(KeyCode::Enter), FormOutcome::NeedCandidates(Wanted::People));
    p.write("dia");
    p.pane.offer(vec![PickItem::new("R. Diaz", "R. Diaz"), PickItem::new("M. Ortiz", "M. Ortiz")]);
    p.press(KeyCode::Enter);
    assert_eq!(p.stored("owner"), "R. Diaz");
    p.go("play");
    let kinds = vec!["play".to_owned()];
    let wanted = FormOutcome::NeedCandidates(Wanted::Records { kinds });
    assert_eq!(p.press(KeyCode::Char('P')), wanted, "a letter opens it as well");
    assert_eq!(p.press(KeyCode::Esc), FormOutcome::Moved);
    assert_eq!(p.stored("play"), Value::Null);
    // An answer that comes after the list was closed is of no use, and no harm.
    p.pane.offer(vec![PickItem::new("PL-1", "A play")]);
}

#[test]
fn rows_are_added_edited_moved_and_removed() {
    let mut p = Person::with(json!({}));
    p.go("drivers/+");
    assert_eq!(p.press(KeyCode::Char('a')), FormOutcome::Changed);
    assert_eq!(p.pane.focus_path(), "drivers/0/name");
    p.write("new entrant");
    p.press(KeyCode::Tab);
    p.write("1200");
    p.press(KeyCode::Tab);
    assert_eq!(p.pane.focus_path(), "drivers/0/quote");
    p.write("too dear");
    p.press(KeyCode::Enter);
    p.write("they said");
    p.press(KeyCode::Tab);
    assert_eq!(p.pane.focus_path(), "drivers/+");
    p.press(KeyCode::Enter);
    p.write("price");
    p.press(KeyCode::Esc);
    p.press(KeyCode::Esc);
    assert_eq!(p.pane.focus_path(), "drivers/1", "back from the cell is the row");
    assert!(
        p.screen().has("1. new entrant | 1,200.00 | too dear they said"),
        "{}",
        p.screen().text()
    );
    p.with_modifiers(KeyCode::Up, KeyModifiers::SHIFT);
    assert_eq!(p.pane.focus_path(), "drivers/0");
    assert_eq!(p.stored("drivers/0/name"), "price");
    assert_eq!(p.press(KeyCode::Char('d')), FormOutcome::Changed);
    assert_eq!(p.stored("drivers/0/name"), "new entrant");
    assert!(p.screen().has("Row removed. Ctrl-Z brings it back."));
    p.ctrl('z');
    assert_eq!(p.stored("drivers/0/name"), "price");
    p.press(KeyCode::Char('d'));
    p.press(KeyCode::Char('d'));
    assert_eq!(p.stored("drivers"), Value::Null, "no rows, no key");
    assert_eq!(p.pane.focus_path(), "drivers/+");
}
