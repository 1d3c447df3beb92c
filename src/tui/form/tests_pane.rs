//! Tests of the form, as a person fills it in: fields are found by their names.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use serde_json::{Value, json};

use crate::tui::form::{Body, FormHeader, FormOutcome, FormPane, Wanted};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Look, Theme};
use crate::tui::widgets::list_picker::PickItem;
use crate::tui::widgets::testing::{self, HOSTILE, Screen};

const AREA: Rect = Rect::new(0, 0, 80, 24);

fn body(value: Value) -> Body {
    value.as_object().cloned().unwrap_or_default()
}

/// A person at the form.
struct Person {
    pane: FormPane,
    now: u64,
}

impl Person {
    fn with(value: Value) -> Person {
        Person::at(value, "draft", false)
    }

    fn at(value: Value, state: &str, read_only: bool) -> Person {
        let header = FormHeader {
            record: Some("PM-3".into()),
            state: state.into(),
            revision: Some(2),
            author: Some("mara".into()),
            currency: "EUR".into(),
            ..FormHeader::default()
        };
        let mut pane = FormPane::new(Arc::new(testing::form()), body(value), header, read_only);
        pane.fit(AREA);
        Person { pane, now: 0 }
    }

    fn press(&mut self, code: KeyCode) -> FormOutcome {
        self.with_modifiers(code, KeyModifiers::NONE)
    }

    fn ctrl(&mut self, letter: char) -> FormOutcome {
        self.with_modifiers(KeyCode::Char(letter), KeyModifiers::CONTROL)
    }

    fn with_modifiers(&mut self, code: KeyCode, held: KeyModifiers) -> FormOutcome {
        self.now += 50;
        self.pane.handle_key(KeyEvent::new(code, held), self.now)
    }

    fn write(&mut self, words: &str) {
        for letter in words.chars() {
            self.press(KeyCode::Char(letter));
        }
    }

    /// Puts the focus on a field.
    #[track_caller]
    fn go(&mut self, path: &str) -> &mut Person {
        let kept = self.pane.body();
        self.pane.restore(kept, Some(path));
        assert_eq!(self.pane.focus_path(), path);
        self
    }

    fn stored(&self, path: &str) -> Value {
        let body = Value::Object(self.pane.body());
        body.pointer(&format!("/{path}")).cloned().unwrap_or(Value::Null)
    }

    fn screen(&self) -> Screen {
        self.drawn(&Look { theme: Theme::plain(), glyphs: Glyphs::ASCII })
    }

    fn drawn(&self, look: &Look) -> Screen {
        let mut screen = Screen::new(80, 24);
        self.pane.draw(&mut screen.buf, AREA, look, true);
        screen
    }
}

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

#[test]
fn problems_stand_beside_their_fields() {
    let mut p = Person::with(json!({"drivers": [{"name": "a"}]}));
    p.pane.set_problems(vec![
        ("drivers/0/quote".into(), "must be filled in".into()),
        ("outcome".into(), "must be filled in".into()),
        (String::new(), "name a driver that is primary".into()),
    ]);
    assert_eq!(p.pane.problem_count(), 3);
    let screen = p.screen();
    assert!(screen.row_with("name a driver").contains("x "));
    assert!(screen.has("x 1 field of this row"), "{}", screen.text());
    assert!(screen.row_with("PM-3").contains("x 3 problems"));
    p.go("outcome");
    let rows = p.screen().rows();
    let at = rows.iter().position(|row| row.contains("Outcome")).expect("the field");
    assert!(rows[at + 1].contains("x must be filled in"));
    // It goes once the field is filled in.
    p.press(KeyCode::Enter);
    p.press(KeyCode::Enter);
    assert_eq!(p.pane.problem_count(), 2);
}

#[test]
fn what_is_required_is_marked_and_said() {
    let p = Person::with(json!({}));
    assert!(p.screen().row_with("Outcome").contains("Outcome *"));
    let mut p = Person::at(json!({}), "draft", false);
    p.go("learning");
    assert!(p.screen().has("Required before it is submitted."), "{}", p.screen().text());
    assert!(!p.screen().row_with("Learning").contains('*'));
    let mut p = Person::at(json!({}), "submitted", false);
    p.go("learning");
    assert!(p.screen().row_with("Learning").contains("Learning *"));
}

#[test]
fn a_draft_comes_back_where_it_was() {
    let mut p = Person::with(json!({"title": "old"}));
    p.go("what_was_done");
    p.write("half a sent");
    let (kept, focus) = (p.pane.body(), p.pane.focus_path());
    let mut p = Person::with(json!({"title": "old"}));
    p.pane.restore(kept, Some(&focus));
    assert_eq!(p.pane.focus_path(), "what_was_done");
    assert!(p.pane.dirty());
    assert!(p.screen().has("half a sent"));
    assert!(p.screen().row_with("PM-3").contains("! not saved"));
    let body = p.pane.body();
    p.pane.saved(body, FormHeader::default());
    assert!(!p.pane.dirty());
    // A path of an older form leaves the focus where it can be.
    p.pane.restore(Body::new(), Some("no_such_field"));
    assert!(!p.pane.focus_path().is_empty());
    p.pane.restore(Body::new(), Some("drivers/7/quote"));
    assert_eq!(p.pane.focus_path(), "drivers/+");
}

#[test]
fn reading_changes_nothing() {
    let mut p = Person::at(json!({"title": "old", "drivers": [{"name": "a"}]}), "published", true);
    for code in
        [KeyCode::Enter, KeyCode::Char('x'), KeyCode::Delete, KeyCode::F(2), KeyCode::Char('d')]
    {
        for path in ["title", "outcome", "drivers/0"] {
            p.go(path);
            p.press(code);
        }
    }
    p.pane.paste("x", 0);
    assert!(!p.pane.dirty());
    assert!(p.screen().row_with("PM-3").contains("read only"));
    assert_eq!(p.press(KeyCode::F(4)), FormOutcome::AskMove);
    assert_eq!(p.press(KeyCode::Esc), FormOutcome::AskLeave);
}

#[test]
fn the_terminals_cursor_is_where_the_next_letter_goes() {
    let mut p = Person::with(json!({}));
    assert_eq!(p.pane.cursor(AREA), None, "nothing is being typed");
    for (path, words) in [("title", "東京 ab"), ("what_was_done", "one\ntwo 東"), ("amount", "12")]
    {
        p.go(path);
        for letter in words.chars() {
            match letter {
                '\n' => p.press(KeyCode::Enter),
                letter => p.press(KeyCode::Char(letter)),
            };
        }
        let (x, y) = p.pane.cursor(AREA).expect("a cursor");
        let look = Look { theme: Theme::plain(), glyphs: Glyphs::UNICODE };
        let row = p.drawn(&look).rows()[usize::from(y)].clone();
        let last = words.lines().last().expect("a line");
        let end = row.find(last).map(|at| crate::domain::text::width(&row[..at + last.len()]));
        assert_eq!(end, Some(usize::from(x)), "{path}: {row}");
        p.press(KeyCode::Esc);
    }
}

#[test]
fn every_field_can_be_reached_and_is_seen() {
    let long = (1..=40).map(|n| format!("line {n}\n")).collect::<String>();
    let mut p = Person::with(json!({"what_was_done": long, "drivers": [{"quote": long}, {}]}));
    let mut seen = vec![p.pane.focus_path()];
    for _ in 0..40 {
        p.press(KeyCode::Down);
        let path = p.pane.focus_path();
        if seen.last() == Some(&path) {
            break;
        }
        assert!(p.screen().text().contains(">"), "the marker is on the screen: {path}");
        seen.push(path);
    }
    assert_eq!(seen.last().map(String::as_str), Some("learning"));
    p.press(KeyCode::Home);
    assert!(p.screen().has("Account"), "the facts above the first field come back");
    p.press(KeyCode::PageDown);
    assert_eq!(p.pane.focus_path(), "amount");
    p.press(KeyCode::PageUp);
    assert_eq!(p.pane.focus_path(), "title");
    // A long text being edited scrolls with its caret.
    p.go("what_was_done");
    p.press(KeyCode::Enter);
    assert!(p.screen().has("line 40") && !p.screen().has("line 2\n"), "{}", p.screen().text());
    assert!(p.pane.cursor(AREA).is_some());
}

#[test]
fn hostile_text_is_shown_harmless_and_kept_as_it_is() {
    for text in HOSTILE {
        let value = json!({"account": text, "title": text, "what_was_done": text, "drivers": [{"name": text}]});
        let mut p = Person::with(value.clone());
        for path in ["title", "what_was_done", "drivers/0", "drivers/0/name"] {
            p.go(path);
            p.screen().assert_harmless();
            p.press(KeyCode::Enter);
            p.screen().assert_harmless();
            p.press(KeyCode::Esc);
        }
        assert_eq!(Value::Object(p.pane.body()), value, "looking at it changes nothing");
    }
}

#[test]
fn no_size_breaks_it_and_drawing_changes_nothing() {
    let mut p =
        Person::with(json!({"what_was_done": HOSTILE.join("\n"), "drivers": [{"name": "a"}]}));
    p.pane.set_problems(vec![("outcome".into(), "must be filled in".into())]);
    for path in ["title", "outcome", "drivers/0/name", "what_was_done"] {
        p.go(path);
        p.press(KeyCode::Enter);
        testing::every_small_size(|buf, area| {
            p.pane.draw(buf, area, &Look::plain_ascii(), true);
            if let Some((x, y)) = p.pane.cursor(area) {
                assert!(area.contains((x, y).into()));
            }
        });
        for width in 0..12 {
            for height in 0..12 {
                p.pane.fit(Rect::new(0, 0, width, height));
                p.press(KeyCode::Down);
            }
        }
        p.pane.fit(AREA);
        assert_eq!(p.screen().buf, p.screen().buf);
        p.press(KeyCode::Esc);
    }
}

#[test]
fn an_empty_form_is_no_trouble() {
    let mut form = testing::form();
    form.sections.clear();
    let mut pane = FormPane::new(Arc::new(form), Body::new(), FormHeader::default(), false);
    for code in [KeyCode::Enter, KeyCode::Down, KeyCode::Char('x'), KeyCode::Delete, KeyCode::F(2)]
    {
        pane.handle_key(KeyEvent::new(code, KeyModifiers::NONE), 0);
    }
    let mut screen = Screen::new(40, 10);
    let area = screen.area();
    pane.draw(&mut screen.buf, area, &Look::plain_ascii(), true);
}
