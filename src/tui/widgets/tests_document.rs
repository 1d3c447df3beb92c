//! Tests of records as they are read, and of comparisons of two revisions.

use serde_json::{Map, Value, json};

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

fn drawn(document: &Document, view: &DocumentView, size: (u16, u16)) -> Screen {
    let mut screen = Screen::new(size.0, size.1);
    let area = screen.area();
    document::draw(&mut screen.buf, area, document, view, &looks()[0]);
    screen
}

#[test]
fn a_record_reads_as_it_was_written() {
    let document = document::record(&form(), &written(), None);
    let screen = drawn(&document, &DocumentView::default(), (60, 30));
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
    let form = form();
    let missing = |state: &str| {
        let document = document::record(&form, &body(json!({})), Some(state));
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
    let screen = drawn(&document::record(&form(), &body, None), &DocumentView::default(), (60, 9));
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
