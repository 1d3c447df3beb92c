//! Tests of the table, as a person uses it: rows are found by their names.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use rust_decimal::Decimal;

use crate::catalog::figure::Figure;
use crate::domain::{Table, Value};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Background, Look, Theme};
use crate::tui::widgets::table::{self, Sort, TableView};
use crate::tui::widgets::testing::{self, HOSTILE, Screen};
use crate::tui::wire::Wire;

const UNICODE: Look = Look { theme: plain(), glyphs: Glyphs::UNICODE };

const fn plain() -> Theme {
    // `Theme::plain` is no const function; the default styles serve where no
    // attribute is looked at.
    const NONE: ratatui::style::Style = ratatui::style::Style::new();
    const REVERSED: ratatui::style::Style = NONE.add_modifier(ratatui::style::Modifier::REVERSED);
    Theme {
        text: NONE,
        muted: NONE,
        heading: NONE,
        title: NONE,
        key: NONE,
        label: NONE,
        border: NONE,
        selected: REVERSED,
        selected_elsewhere: NONE,
        accent: NONE,
        good: NONE,
        bad: NONE,
        warn: NONE,
        gap: NONE,
        added: NONE,
        removed: NONE,
        emphasis: NONE,
        problem: NONE,
        ground: None,
    }
}

fn answer() -> (Figure, Table) {
    let figure = testing::figure(&[
        ("segment", "text"),
        ("state", "state"),
        ("won", "count"),
        ("closed", "count"),
        ("win_rate", "rate(won/closed)"),
        ("won_amount", "money"),
    ]);
    let row = |segment: &str, state: &str, won: i64, closed: i64, amount: i64| {
        let rate = if closed == 0 { Value::Null } else { Value::Float(won as f64 / closed as f64) };
        vec![
            segment.into(),
            state.into(),
            Value::Int(won),
            Value::Int(closed),
            rate,
            Decimal::from(amount).into(),
        ]
    };
    let mut rows = vec![
        row("Enterprise", "BELOW", 12, 29, 120_000),
        row("Mid-market", "above", 16, 29, 95_000),
        row("Small", "above", 2, 4, 1_200),
        row("Public", "insufficient", 0, 0, 0),
    ];
    rows[3][5] = Value::Null;
    (figure, testing::table(&["segment", "state", "won", "closed", "win_rate", "won_amount"], rows))
}

fn fresh((figure, table): (&Figure, &Table)) -> TableView {
    let mut view = TableView::default();
    view.refresh(figure, table);
    view
}

fn drawn(answer: (&Figure, &Table), view: &TableView, look: &Look, width: u16) -> Screen {
    let mut screen = Screen::new(width, 12);
    let area = screen.area();
    table::draw(&mut screen.buf, area, answer, view, look, true);
    screen
}

#[test]
fn a_row_reads_as_it_is_meant() {
    let (figure, answer) = answer();
    let view = fresh((&figure, &answer));
    let screen = drawn((&figure, &answer), &view, &UNICODE, 80);
    let enterprise = screen.row_with("Enterprise");
    assert!(enterprise.starts_with("► "), "{enterprise}");
    assert!(enterprise.contains("✗ BELOW") && enterprise.contains("41% 12/29"), "{enterprise}");
    assert!(enterprise.contains("120,000"));
    assert!(screen.row_with("Small").contains("2/4"));
    let public = screen.row_with("Public");
    assert_eq!(public.matches('—').count(), 2, "{public}");
    assert!(screen.has("row 1 of 4"));
}

#[test]
fn the_selection_moves_and_stops_at_the_ends() {
    let (figure, answer) = answer();
    let mut view = fresh((&figure, &answer));
    view.move_by(-3);
    assert_eq!(view.selected_row(), Some(0));
    view.move_by(2);
    assert_eq!(view.selected_row(), Some(2));
    view.page(1, 12);
    assert_eq!(view.selected_row(), Some(3));
    view.home();
    view.end();
    assert_eq!(view.selected_row(), Some(3));
    view.move_by(isize::MAX);
    view.move_by(isize::MIN);
    assert_eq!(view.selected_row(), Some(0));
}

#[test]
fn sorting_keeps_the_selected_row_and_puts_the_unknown_last() {
    let (figure, answer) = answer();
    let both = (&figure, &answer);
    let mut view = fresh(both);
    view.move_by(1);
    let amount = 5;
    view.sort_by(&figure, &answer, Some(Sort { column: amount, descending: false }));
    let order: Vec<_> = (0..view.len()).filter_map(|at| view.row_at(at)).collect();
    assert_eq!(order, [2, 1, 0, 3]);
    assert_eq!(view.selected_row(), Some(1), "still Mid-market");
    view.sort_reverse(&figure, &answer);
    let order: Vec<_> = (0..view.len()).filter_map(|at| view.row_at(at)).collect();
    assert_eq!(order, [0, 1, 2, 3]);
    assert!(drawn(both, &view, &UNICODE, 80).has("won amount▾"));
    // Every column once, then the figure's own order.
    view.sort_by(&figure, &answer, None);
    for _ in 0..=figure.columns.len() {
        view.sort_next(&figure, &answer);
    }
    assert_eq!(view.sort, None);
}

#[test]
fn a_filter_looks_at_what_is_shown() {
    let (figure, answer) = answer();
    let both = (&figure, &answer);
    let mut view = fresh(both);
    view.set_filter(&figure, &answer, "above 16/29");
    assert_eq!(view.len(), 1);
    assert_eq!(view.selected_row(), Some(1));
    assert!(drawn(both, &view, &UNICODE, 80).has("row 1 of 1  /above 16/29  (4 in all)"));
    view.set_filter(&figure, &answer, "nothing like it");
    assert_eq!(view.selected_row(), None);
    let screen = drawn(both, &view, &UNICODE, 80);
    assert!(screen.has("No row matches \"nothing like it\". Esc clears the filter."));
    view.set_filter(&figure, &answer, "");
    assert_eq!(view.len(), 4);
}

#[test]
fn a_new_answer_keeps_the_selected_row() {
    let (figure, mut answer) = answer();
    let mut view = fresh((&figure, &answer));
    view.move_by(1);
    answer.rows.swap(0, 1);
    answer.rows[0][5] = Decimal::from(99_000).into();
    view.refresh(&figure, &answer);
    assert_eq!(view.selected_row(), Some(0), "Mid-market moved up");
    view.refresh(&figure, &Table::default());
    assert_eq!(view.selected_row(), None);
    assert!(drawn((&figure, &Table::default()), &view, &UNICODE, 80).has("Nothing here."));
}

#[test]
fn columns_that_do_not_fit_are_announced() {
    let (figure, answer) = answer();
    let both = (&figure, &answer);
    let mut view = fresh(both);
    let screen = drawn(both, &view, &UNICODE, 40);
    assert!(screen.has("+3 columns ▸"), "{}", screen.text());
    for _ in 0..figure.columns.len() {
        view.move_column(&figure, true);
        view.fit(&figure, Rect::new(0, 0, 40, 12));
    }
    let screen = drawn(both, &view, &UNICODE, 40);
    assert!(screen.has("◂ +"), "{}", screen.text());
    assert!(screen.has("row 1 of 4, closed"), "{}", screen.text());
    assert!(screen.row_with("Enterprise").starts_with("► Enterprise"), "the label stays");
}

#[test]
fn a_number_is_never_cut() {
    let (figure, answer) = answer();
    let view = fresh((&figure, &answer));
    for width in 0..80 {
        for row in drawn((&figure, &answer), &view, &UNICODE, width).rows() {
            for number in ["120,000", "95,000"] {
                let begun = number.get(..number.len() - 2).is_some_and(|part| row.contains(part));
                assert!(!begun || row.contains(number), "{width}: {row}");
            }
        }
    }
}

#[test]
fn without_colour_exactly_the_selected_row_is_reversed() {
    let (figure, answer) = answer();
    let both = (&figure, &answer);
    let look = Look { theme: Theme::plain(), glyphs: Glyphs::UNICODE };
    let mut view = fresh(both);
    for name in ["Enterprise", "Mid-market", "Small", "Public"] {
        let screen = drawn(both, &view, &look, 80);
        let reversed = screen.reversed_rows();
        assert_eq!(reversed.len(), 1, "{reversed:?}");
        assert!(reversed[0].contains(name), "{reversed:?}");
        view.move_by(1);
    }
    let mut screen = Screen::new(80, 12);
    let area = screen.area();
    table::draw(&mut screen.buf, area, both, &view, &look, false);
    assert!(screen.reversed_rows().is_empty(), "the focus is elsewhere");
    assert!(screen.row_with("Public").starts_with('►'));
}

#[test]
fn hostile_text_stays_in_its_column() {
    let figure = testing::figure(&[("name", "text"), ("state", "state"), ("amount", "money")]);
    let row = |text: &str| vec![text.into(), text.into(), Decimal::from(7_777).into()];
    let rows = HOSTILE.iter().map(|text| row(text)).collect();
    let answer = testing::table(&["name", "state", "amount"], rows);
    let view = fresh((&figure, &answer));
    for look in [UNICODE, Look::plain_ascii()] {
        let mut screen = Screen::new(60, 14);
        let area = screen.area();
        table::draw(&mut screen.buf, area, (&figure, &answer), &view, &look, true);
        screen.assert_harmless();
        let last = screen.buf.content.chunks(60).filter_map(|row| {
            let text: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
            text.contains("7,777").then(|| row.iter().rposition(|cell| cell.symbol() == "7"))
        });
        let ends: Vec<_> = last.collect();
        assert_eq!(ends.len(), HOSTILE.len());
        assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{ends:?}\n{}", screen.text());
    }
}

#[test]
fn no_size_breaks_it() {
    let (figure, answer) = answer();
    let mut view = fresh((&figure, &answer));
    for selected in 0..4 {
        view.select(selected);
        testing::every_small_size(|buf, area| {
            table::draw(buf, area, (&figure, &answer), &view, &Look::plain_ascii(), true);
        });
    }
    // A view that was made for another answer shows what it can.
    let stale = view;
    testing::every_small_size(|buf, area| {
        table::draw(buf, area, (&figure, &Table::default()), &stale, &UNICODE, true);
        table::draw(buf, area, (&testing::figure(&[]), &answer), &stale, &UNICODE, true);
    });
}

#[test]
fn the_window_follows_the_selection_and_no_further() {
    let figure = testing::figure(&[("n", "count")]);
    let answer = testing::table(&["n"], (0..100).map(|n| vec![Value::Int(n)]).collect());
    let mut view = fresh((&figure, &answer));
    let area = Rect::new(0, 0, 40, 12);
    for _ in 0..10 {
        view.move_by(1);
        view.fit(&figure, area);
    }
    assert_eq!((view.selected, view.offset), (10, 1));
    view.move_by(-3);
    view.fit(&figure, area);
    assert_eq!((view.selected, view.offset), (7, 1), "inside the window nothing scrolls");
    view.end();
    view.fit(&figure, area);
    assert_eq!(view.offset, 90);
}

/// Counts what is written to it.
#[derive(Clone, Default)]
struct Counter(Rc<Cell<usize>>);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a terminal is sent when the selection moves by one row.
fn bytes_per_row_move(look: &Look, width: u16, height: u16) -> usize {
    let (figure, mut answer) = answer();
    let template = answer.rows.clone();
    answer.rows = (0..40).map(|n| template[n % template.len()].clone()).collect();
    for (n, row) in answer.rows.iter_mut().enumerate() {
        row[0] = format!("Segment number {n} with a long name").into();
    }
    let mut view = fresh((&figure, &answer));
    let area = Rect::new(0, 0, width, height);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    let counter = Counter::default();
    let backend = Wire::new(counter.clone(), move || Ok((width, height)));
    let mut terminal = Terminal::with_options(backend, options).expect("a terminal");
    let mut sent = Vec::new();
    for _ in 0..15 {
        view.fit(&figure, area);
        let before = counter.0.get();
        terminal
            .draw(|frame| {
                let area = frame.area();
                table::draw(frame.buffer_mut(), area, (&figure, &answer), &view, look, true);
            })
            .expect("drawn");
        sent.push(counter.0.get() - before);
        view.move_by(1);
    }
    sent.remove(0);
    sent.sort_unstable();
    sent[sent.len() / 2]
}

#[test]
fn moving_by_a_row_sends_little() {
    // 200 and 450 bytes are the budget; the rest is for the frame around the table.
    for background in [Background::Dark, Background::Light, Background::Unknown] {
        let look = Look { theme: Theme::coloured(background), glyphs: Glyphs::UNICODE };
        let sent = bytes_per_row_move(&look, 80, 24);
        assert!(sent <= 175, "{background:?}: {sent} bytes");
        let sent = bytes_per_row_move(&look, 200, 50);
        assert!(sent <= 450, "{background:?}: {sent} bytes at 200 columns");
    }
    let plain = Look { theme: Theme::plain(), glyphs: Glyphs::ASCII };
    let sent = bytes_per_row_move(&plain, 80, 24);
    assert!(sent <= 175, "{sent} bytes");
}
