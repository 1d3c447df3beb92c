//! Sizes, alphabets and hostile texts: nothing panics, nothing leaks.

use super::bench::Bench;
use crate::tui::input::Input;
use crate::tui::layout::SMALLEST;
use crate::tui::message::Event;
use crate::tui::panes::PANES;

#[test]
fn every_size_can_be_drawn_on_every_pane() {
    let mut bench = Bench::open();
    for pane in 0..PANES.len() {
        bench.press(&pane.to_string());
        bench.answer_figures(12);
        for (width, height) in [
            (1, 1),
            (2, 40),
            (59, 15),
            (60, 14),
            (60, 15),
            (80, 24),
            (100, 30),
            (159, 50),
            (160, 50),
            (300, 100),
        ] {
            bench.event(Event::Resize(width, height));
            for _zoomed in 0..2 {
                bench.press("z");
                assert!(!bench.screen().is_empty());
            }
            bench.press("?");
            assert!(!bench.screen().is_empty());
            bench.press("Esc");
        }
    }
}

/// `win-rate by segment` on a pane names a figure and a dimension that there are.
#[test]
fn every_figure_of_a_pane_exists() {
    let bench = Bench::open();
    for figure in PANES.iter().flat_map(|pane| pane.parts).flat_map(|part| part.figures) {
        let (name, by) = figure.split_once(" by ").unwrap_or((figure, "all"));
        assert!(bench.app.setup.catalog.figures.contains_key(name), "{figure}");
        assert!(by.parse::<crate::domain::Dimension>().is_ok(), "{figure}");
    }
}

#[test]
fn a_small_window_says_what_it_needs() {
    let mut bench = Bench::open();
    bench.event(Event::Resize(SMALLEST.0 - 1, 24));
    bench.sees("Make this window larger");
    bench.event(Event::Resize(SMALLEST.0, SMALLEST.1));
    bench.sees_not("Make this window larger");
}

#[test]
fn an_ascii_terminal_gets_ascii_only() {
    let mut bench = Bench::open();
    for pane in 0..PANES.len() {
        bench.press(&pane.to_string());
        bench.sees_not("\u{2026}");
        bench.answer_figures(12);
        assert!(bench.screen().is_ascii(), "{}", bench.screen());
    }
    bench.press("?");
    assert!(bench.screen().is_ascii(), "{}", bench.screen());
}

#[test]
fn drawing_changes_nothing() {
    let mut bench = Bench::open();
    bench.press("1");
    bench.answer_figures(40);
    bench.press("Down");
    assert_eq!(bench.screen(), bench.screen());
}

#[test]
fn an_unmarked_paste_is_no_list_of_commands_where_text_is_typed() {
    let mut bench = Bench::open();
    bench.press("3");
    bench.answer_figures(3);
    bench.press("/");
    let paste = "north\nwest\n".chars().map(|c| {
        let code = if c == '\n' {
            crossterm::event::KeyCode::Enter
        } else {
            crossterm::event::KeyCode::Char(c)
        };
        Input::Key(crossterm::event::KeyEvent::new(code, crossterm::event::KeyModifiers::NONE))
    });
    bench.keys(paste.collect());
    bench.sees("north west");
    assert!(bench.app.overlay.is_some(), "an Enter within a paste submits nothing");
}

#[test]
fn bytes_that_are_no_utf8_are_explained() {
    let mut bench = Bench::open();
    bench.press("\u{fffd}");
    bench.sees("does not send UTF-8");
}
