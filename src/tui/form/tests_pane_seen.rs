//! Tests of what a form shows and keeps: problems, drafts, the cursor, any text
//! and any size.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use serde_json::{Value, json};

use crate::tui::form::testing::{AREA, Person};
use crate::tui::form::{Body, FormHeader, FormOutcome, FormPane};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Look, Theme};
use crate::tui::widgets::testing::{self, HOSTILE, Screen};

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
fn how_far_one_is_stands_at_the_top() {
    let mut p = Person::with(json!({"account": "Acme", "title": "A"}));
    // The account is filled in by the program: it is no part of the work.
    let (filled, all) = p.pane.progress();
    assert_eq!(filled, 1);
    assert!(p.screen().row_with("PM-3").contains(&format!("1 of {all}")));
    p.go("amount");
    p.write("45k");
    p.press(KeyCode::Enter);
    assert!(p.screen().row_with("PM-3").contains(&format!("2 of {all}")));
    assert!(p.screen().row_with("Amount").contains("45,000.00"), "{}", p.screen().text());
}

#[test]
fn days_are_taken_as_they_are_said() {
    let mut p = Person::with(json!({}));
    let header = FormHeader {
        today: chrono::NaiveDate::from_ymd_opt(2025, 12, 31).expect("a day"),
        ..FormHeader::default()
    };
    p.pane.set_header(header);
    p.go("closed_on");
    p.write("next fri");
    p.press(KeyCode::Enter);
    assert_eq!(p.pane.body()["closed_on"], "2026-01-02");
    assert!(p.screen().row_with("Closed on").contains("2026-01-02"));
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

#[test]
fn an_open_row_is_seen_whole() {
    let mut p = Person::with(json!({"drivers": [{"name": "one"}, {"name": "two"}]}));
    p.go("drivers/1");
    p.press(KeyCode::Enter);
    for cell in ["2. two", "Name", "Amount", "Quote"] {
        assert!(p.screen().has(cell), "{cell}: {}", p.screen().text());
    }
}
