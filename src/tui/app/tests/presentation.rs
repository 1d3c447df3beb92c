//! The presentation: pages in large figures, nothing private, nothing in between.

use super::bench::Bench;
use crate::domain::Dimension;
use crate::tui::glyphs::Glyphs;
use crate::tui::message::{Event, Notice, Reply, Request};
use crate::tui::panes::PANES;

/// A pane on the wall, all of it answered; the whole is one row.
fn presented(pane: usize, rows: usize) -> Bench {
    let mut bench = Bench::open();
    bench.press(&pane.to_string());
    bench.answer_figures(rows);
    bench.press("F5");
    bench.answer_figures(1);
    bench
}

/// How many pages there are, from what stands in the corner.
fn pages(bench: &Bench) -> usize {
    let screen = bench.screen();
    let corner = screen.lines().next().and_then(|line| line.split_whitespace().last());
    let (_, count) = corner.and_then(|corner| corner.split_once('/')).expect("n/m");
    count.parse().expect("a number")
}

#[test]
fn the_whole_comes_first_then_the_rows_then_the_charts() {
    let mut bench = Bench::open();
    bench.press("1");
    bench.answer_figures(3);
    bench.press("F5");
    // The whole is the figure itself, asked once more, not cut.
    let asked: Vec<_> = bench
        .asked
        .iter()
        .filter_map(|(_, request)| match request {
            Request::Figure { figure, parameters } => Some((figure.as_str(), parameters.by)),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [("forecast-variance", Dimension::All)]);
    bench.sees("Asking the workspace");
    bench.answer_figures(1);
    bench.sees("Forecast and actual");
    bench.sees("1/6");
    bench.sees("2025-Q4  as of 2025-12-31");
    bench.sees("target");
    // Large letters, and none of the keys.
    bench.sees(".#''#. ##'''' .#'''#.");
    bench.sees_not("? help");
    bench.sees_not("0 Brief");
    for (key, page) in [("PgDn", "2/6"), (" ", "3/6"), ("Right", "4/6"), ("Down", "5/6")] {
        bench.press(key);
        bench.sees(page);
    }
    bench.press("End");
    bench.sees("From the call to the actual");
    bench.press("Enter");
    bench.sees("6/6");
    bench.press("PgUp");
    bench.press("Left");
    bench.sees("4/6");
    // The regions in the order of the table, by their name.
    bench.press("Home");
    bench.press("PgDn");
    bench.sees("2/6");
    bench.press("Esc");
    bench.sees("? help");
    bench.sees("0 Brief");
}

#[test]
fn each_page_fits_the_smallest_screen_and_the_largest() {
    for glyphs in [Glyphs::ASCII, Glyphs::UNICODE] {
        let mut bench = Bench::open();
        bench.app.setup.look.glyphs = glyphs;
        for pane in 1..PANES.len() {
            bench.press(&pane.to_string());
            bench.answer_figures(4);
            bench.press("F5");
            bench.answer_figures(1);
            for (width, height) in [(1, 1), (60, 15), (80, 24), (120, 40), (200, 50), (300, 100)] {
                bench.event(Event::Resize(width, height));
                bench.press("Home");
                for _page in 0..6 {
                    let screen = bench.screen();
                    assert!(!glyphs.ascii || screen.is_ascii(), "{screen}");
                    bench.press("PgDn");
                }
            }
            bench.press("Esc");
        }
    }
}

/// Texts of the canned answers are the name of their column and a number.
#[test]
fn private_columns_are_on_no_page_of_any_pane() {
    let mut seen_before = false;
    let mut bench = Bench::open();
    bench.event(Event::Resize(200, 50));
    for (pane, spec) in PANES.iter().enumerate().skip(1) {
        bench.press(&pane.to_string());
        bench.answer_figures(2);
        let private: Vec<String> = spec
            .parts
            .iter()
            .map(|part| part.figures[0].split(" by ").next().unwrap_or_default())
            .flat_map(|figure| &bench.app.setup.catalog.figures[figure].columns)
            .filter(|column| column.private)
            .map(|column| format!("{} 0", column.name))
            .collect();
        seen_before |= private.iter().any(|words| bench.screen().contains(words));
        bench.press("F5");
        bench.answer_figures(1);
        for _page in 0..pages(&bench) {
            for words in &private {
                bench.sees_not(words);
            }
            bench.press("PgDn");
        }
        bench.press("Esc");
    }
    assert!(seen_before, "what is hidden can be seen elsewhere");
}

#[test]
fn rows_that_are_persons_are_not_shown() {
    let mut bench = Bench::open();
    bench.press("b");
    bench.write("owner");
    bench.press("Enter");
    bench.press("1");
    bench.answer_figures(3);
    bench.sees("slice 1");
    bench.press("F5");
    bench.answer_figures(1);
    assert_eq!(pages(&bench), 1, "{}", bench.screen());
    bench.sees("All");
    for _ in 0..3 {
        bench.sees_not("slice");
        bench.press("PgDn");
    }
}

#[test]
fn what_there_is_to_say_waits_until_the_wall_is_dark() {
    let mut bench = presented(1, 2);
    bench.event(Event::Changed("Anna saved PM-7".into()));
    bench.answer_figures(2);
    bench.sees_not("Anna");
    bench.event(Event::Told(Notice::bad("The workspace is busy")));
    bench.sees_not("busy");
    bench.press("Esc");
    bench.sees("While you presented");
    bench.sees("Anna saved PM-7");
    bench.sees("The workspace is busy");
    bench.press("Esc");
    bench.sees_not("Anna");
    let mut bench = presented(1, 2);
    bench.event(Event::Changed("Anna saved PM-7".into()));
    bench.press("F5");
    bench.sees("Anna saved PM-7");
}

#[test]
fn a_failure_leaves_the_page_as_it_is() {
    let mut bench = presented(1, 2);
    bench.press("PgDn");
    let before = bench.screen();
    bench.event(Event::Changed("Anna imported".into()));
    while let Some((ticket, _)) = bench.asked.pop_front() {
        let failure = crate::tui::message::Failure {
            kind: crate::tui::message::FailureKind::Busy,
            message: "Berta holds it".into(),
            remedy: None,
        };
        bench.event(Event::Reply(ticket, Reply::Failed(failure)));
    }
    assert_eq!(bench.screen(), before);
}

#[test]
fn b_makes_the_wall_dark_and_any_page_lights_it() {
    let mut bench = presented(1, 2);
    let page = bench.screen();
    bench.press("b");
    assert_eq!(bench.screen().trim(), "");
    bench.press("x");
    assert_eq!(bench.screen().trim(), "", "a wrong key lights nothing");
    bench.press("b");
    assert_eq!(bench.screen(), page);
    bench.press("b");
    bench.press("PgDn");
    bench.sees("2/");
    bench.press("?");
    bench.sees("Esc leaves");
    bench.press("PgUp");
    bench.sees_not("Esc leaves");
}

#[test]
fn no_key_of_the_presentation_is_one_of_the_review() {
    let mut bench = presented(1, 2);
    let lens = bench.app.lens.clone();
    for key in ["n", "p", "c", "e", "m", "I", "x", "T", "F2", ":", "/", "3"] {
        bench.press(key);
    }
    assert!(bench.app.present.is_some() && bench.app.overlay.is_none());
    assert_eq!(bench.app.lens, lens);
    assert!(bench.asked.is_empty());
}

#[test]
fn a_form_is_nothing_for_the_wall() {
    let mut bench = Bench::open();
    bench.press("4");
    bench.answer_figures(2);
    bench.press("i");
    bench.press("F5");
    bench.sees("this can not");
    assert!(bench.app.present.is_none());
}
