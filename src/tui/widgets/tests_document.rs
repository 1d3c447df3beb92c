//! Tests of records as they are read, and of comparisons of two revisions.

use serde_json::{Map, Value, json};

use crate::ledger::{self, Action, Revision};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Look, Theme, Tone};
use crate::tui::widgets::document::{self, Block, Document, DocumentView};
use crate::tui::widgets::testing::{self, HOSTILE, Screen, form};

fn looks() -> [Look; 2] {
    [Glyphs::UNICODE, Glyphs::ASCII].map(|glyphs| Look { theme: Theme::plain(), glyphs })
}

fn body(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn written() -> Map<String, Value> {
    body(json!({
        "account": "Acme",
        "outcome": "lost",
        "price_gap": "0.125",
        "areas": ["no", "unknown"],
        "drivers": [
            {"name": "new entrant", "amount": "1200"},
            {"name": "price", "quote": "Too dear for what it does, said the head of purchasing."},
        ],
        "what_was_done": "First paragraph.\n\nSecond paragraph that is long enough to be broken.",
    }))
}

fn revision(number: u32, state: &str, body: Map<String, Value>) -> Revision {
    Revision {
        seq: i64::from(number),
        record: "PM-7".into(),
        kind: "post-mortem".into(),
        revision: number,
        parent: None,
        action: Action::Revise,
        toward: None,
        state: state.into(),
        body,
        author: "anna".into(),
        at: chrono::DateTime::UNIX_EPOCH,
        reason: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn record(body: Map<String, Value>, state: &str) -> Document {
    document::record(ledger::document(&form(), &revision(1, state, body)))
}

fn drawn(document: &Document, view: &DocumentView, size: (u16, u16)) -> Screen {
    let mut screen = Screen::new(size.0, size.1);
    let area = screen.area();
    document::draw(&mut screen.buf, area, document, view, &looks()[0]);
    screen
}

#[test]
fn a_record_reads_as_it_was_written() {
    let screen = drawn(&record(written(), "draft"), &DocumentView::default(), (60, 30));
    assert!(screen.row_with("Outcome").contains("Lost to a competitor"));
    assert!(screen.row_with("Price gap").contains("12.5%"));
    assert!(screen.row_with("Areas").contains("No decision, Unknown"));
    assert!(screen.has(" 1. new entrant") && screen.has("Amount: 1,200.00"), "{}", screen.text());
    assert!(screen.has("Quote: Too dear"));
    assert!(screen.rows().iter().any(|row| row == "First paragraph."));
    assert!(!screen.has("Owner"), "what is empty is left out");
    assert!(!screen.has("Learning"));
}

#[test]
fn what_should_be_there_is_missed_from_its_state_on() {
    let missing = |state: &str| {
        let document = record(body(json!({})), state);
        drawn(&document, &DocumentView::default(), (60, 20)).text()
    };
    assert!(missing("draft").contains("Outcome"));
    assert!(!missing("draft").contains("Learning"));
    assert!(missing("published").contains("Learning  ! not given yet"), "{}", missing("published"));
}

#[test]
fn narrow_rows_are_a_table() {
    let body =
        body(json!({"drivers": [{"name": "a", "amount": "1"}, {"name": "b", "amount": "2"}]}));
    let screen = drawn(&record(body, "draft"), &DocumentView::default(), (60, 20));
    assert!(screen.has("Name  Amount\na     1.00\nb     2.00"), "{}", screen.text());
    assert!(!screen.has("Quote"), "a column that no row uses takes no room");
}

#[test]
fn scrolling_says_where_one_is_and_stops_at_the_end() {
    let text = (1..=50).map(|n| format!("row {n}\n")).collect::<String>();
    let document = Document { blocks: vec![Block::Text(text.trim_end().to_owned())] };
    let mut view = DocumentView::default();
    assert!(drawn(&document, &view, (40, 11)).has("lines 1-10 of 50"));
    view.scroll(1000, 50, 11);
    let screen = drawn(&document, &view, (40, 11));
    assert!(screen.has("row 50") && screen.has("lines 41-50 of 50"), "{}", screen.text());
    view.scroll(-1, 50, 11);
    assert!(drawn(&document, &view, (40, 11)).has("lines 40-49 of 50"));
    view.home();
    assert_eq!(view, DocumentView::default());
    assert!(!drawn(&document, &view, (40, 50)).has("lines"), "it fits");
}

#[test]
fn hostile_text_is_shown_and_stays_inside() {
    for look in looks() {
        let mut blocks = Vec::new();
        for text in HOSTILE {
            let (label, value) = (text.to_owned(), text.to_owned());
            blocks.push(Block::Pair { label, value, tone: Tone::Bad });
            blocks.push(Block::Heading(text.to_owned()));
            blocks.push(Block::Text(text.to_owned()));
            blocks.push(Block::Rows {
                columns: vec![text.to_owned(), "b".to_owned()],
                rows: vec![vec![text.to_owned(), text.to_owned()]],
            });
        }
        let document = Document { blocks };
        let mut screen = Screen::new(40, 60);
        let area = screen.area();
        document::draw(&mut screen.buf, area, &document, &DocumentView::default(), &look);
        screen.assert_harmless();
        for line in document::lines(&document, 40, &look) {
            assert!(line.width() <= 40, "{line:?}");
        }
        testing::every_small_size(|buf, area| {
            document::draw(buf, area, &document, &DocumentView { offset: 7 }, &look);
        });
    }
}

mod comparison {
    use ratatui::style::Modifier;

    use super::*;
    use crate::ledger::{Change, FieldDiff, RecordDiff};
    use crate::tui::widgets::diff;

    fn revised() -> (Map<String, Value>, Map<String, Value>) {
        let mut new = written();
        new.insert("outcome".into(), json!("no"));
        new.remove("price_gap");
        new.insert("owner".into(), json!("R. Diaz"));
        new["drivers"][1]["name"] = json!("price gap");
        new.insert("what_was_done".into(), json!("First paragraph.\n\nSecond paragraph, shorter."));
        (written(), new)
    }

    fn compared(width: u16, look: &Look) -> Screen {
        let mut screen = Screen::new(width, 40);
        let (area, view) = (screen.area(), DocumentView::default());
        diff::draw(&mut screen.buf, area, &between(), ("revision 1", "revision 2"), &view, look);
        screen
    }

    fn between() -> RecordDiff {
        let (old, new) = revised();
        ledger::diff(&form(), &revision(1, "draft", old), &revision(2, "draft", new))
    }

    fn of(fields: Vec<FieldDiff>) -> RecordDiff {
        RecordDiff { record: "PM-7".into(), from: 1, to: 2, state: None, fields }
    }

    #[test]
    fn only_what_differs_is_listed_in_the_order_of_the_form() {
        let screen = compared(80, &looks()[0]);
        let places: Vec<usize> = ["Outcome", "Price gap", "Owner", "Drivers, row 2: ", "What was"]
            .iter()
            .map(|heading| {
                let rows = screen.rows();
                rows.iter().position(|row| row.starts_with(heading)).expect(heading)
            })
            .collect();
        assert!(places.is_sorted(), "{}", screen.text());
        assert!(!screen.has("Account") && !screen.has("new entrant"), "{}", screen.text());
    }

    #[test]
    fn lines_carry_their_sign_at_every_width() {
        for look in looks() {
            let unified = compared(80, &look);
            assert!(unified.rows().contains(&"- Lost to a competitor".to_owned()));
            assert!(unified.rows().contains(&"+ No decision".to_owned()));
            let beside = compared(120, &look);
            let row = beside.row_with("- Lost to a competitor");
            assert!(row.contains("+ No decision"), "{row}");
            let row = beside.row_with("First paragraph.");
            assert_eq!(row.matches("First paragraph.").count(), 2, "a line that stays: {row}");
        }
        assert!(compared(120, &looks()[1]).text().is_ascii());
    }

    #[test]
    fn changed_words_are_emphasised() {
        let screen = compared(80, &looks()[0]);
        let emphasised: String = screen
            .buf
            .content
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::UNDERLINED))
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert!(emphasised.contains("gap"), "{emphasised}");
        assert!(!emphasised.contains("First paragraph"));
    }

    #[test]
    fn nothing_changed_is_said() {
        let mut screen = Screen::new(80, 3);
        let (area, view) = (screen.area(), DocumentView::default());
        let none = of(Vec::new());
        diff::draw(&mut screen.buf, area, &none, ("revision 1", "revision 2"), &view, &looks()[0]);
        assert!(screen.has("No difference between revision 1 and revision 2."));
    }

    #[test]
    fn long_texts_keep_to_what_changed() {
        let long = |middle: &str| {
            let lines: Vec<String> = (1..=30).map(|n| format!("line {n}")).collect();
            lines.join("\n").replace("line 15", middle)
        };
        let lines = ledger::text_lines(&long("line 15"), &long("changed"));
        let notes =
            FieldDiff { id: "notes".into(), label: "Notes".into(), change: Change::Text(lines) };
        let lines = diff::lines(&of(vec![notes]), ("1", "2"), 80, &looks()[0]);
        let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
        assert!(text.contains(&"  .. 12 lines alike".to_owned()), "{text:?}");
        assert!(text.contains(&"  line 14".to_owned()) && !text.contains(&"  line 12".to_owned()));
    }

    #[test]
    fn hostile_text_keeps_its_side() {
        let change = |text: &str| FieldDiff {
            id: "x".into(),
            label: text.to_owned(),
            change: Change::Value {
                before: Some(format!("{text} before")),
                after: Some(format!("{text} after")),
            },
        };
        let changes = of(HOSTILE.iter().map(|text| change(text)).collect());
        for look in looks() {
            for width in [40, 110] {
                for line in diff::lines(&changes, (HOSTILE[0], HOSTILE[1]), width, &look) {
                    assert!(line.width() <= usize::from(width), "{line:?}");
                }
            }
            let mut screen = Screen::new(110, 60);
            let (area, view) = (screen.area(), DocumentView::default());
            diff::draw(&mut screen.buf, area, &changes, ("a", "b"), &view, &look);
            screen.assert_harmless();
            testing::every_small_size(|buf, area| {
                diff::draw(buf, area, &changes, ("a", "b"), &view, &look);
            });
        }
    }
}
