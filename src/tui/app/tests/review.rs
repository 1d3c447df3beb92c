//! Walking the panes: quarter, dimension, drill-down, answers that come late.

use super::bench::Bench;
use crate::domain::{Dimension, Period};
use crate::review::{BriefItem, Severity};
use crate::tui::keymap::Action;
use crate::tui::message::{Effect, Event, Failure, FailureKind, Reply, Request};
use crate::tui::panes::PANES;
use crate::tui::widgets::list_picker::PickItem;

fn failure(message: &str) -> Reply {
    Reply::Failed(Failure {
        kind: FailureKind::Busy,
        message: message.into(),
        remedy: Some("try again in a moment".into()),
    })
}

#[test]
fn the_first_screen_names_every_pane_and_its_key() {
    let bench = Bench::open();
    for pane in PANES {
        bench.sees(&format!("{} {}", pane.keys[0].label(), pane.tab));
    }
    bench.sees("2025-Q4");
    bench.sees("by region");
    bench.sees("as of 2025-12-31");
}

#[test]
fn the_first_frame_needs_no_workspace() {
    let bench = Bench::closed();
    bench.sees("Opening acme.duckdb");
    bench.sees("4 Post-mortems");
}

#[test]
fn what_takes_long_before_the_workspace_is_there_is_said_and_can_be_left() {
    let mut bench = Bench::closed();
    bench.event(Event::Progress("Making the sample company, once: 37 %".into()));
    bench.sees("Making the sample company, once: 37 %");
    bench.press("1");
    bench.sees("not open yet");
    bench.event(Event::Progress("Making the sample company, once: 41 %".into()));
    bench.sees("41 %");
    bench.press("q");
    assert!(bench.quits());
}

#[test]
fn a_line_of_the_brief_leads_to_its_pane() {
    let mut bench = Bench::open();
    bench.answer(Reply::Brief(vec![
        BriefItem {
            pane: "win-rate".into(),
            severity: Severity::Act,
            headline: "Enterprise is below its threshold".into(),
            detail: "three months in a row".into(),
            figure: "win-rate-alerts".into(),
            bind: vec![],
        },
        BriefItem {
            pane: "post-mortems".into(),
            severity: Severity::Watch,
            headline: "2 post-mortems are due".into(),
            detail: String::new(),
            figure: "post-mortems".into(),
            bind: vec![],
        },
    ]));
    bench.sees("ACT    Enterprise is below its threshold");
    bench.press("Down");
    bench.press("Enter");
    assert_eq!(PANES[bench.app.current].id, "post-mortems");
    assert!(bench.figures_asked().contains(&"post-mortems"));
}

#[test]
fn lines_of_two_briefs_never_stand_together() {
    let line = |headline: &str| {
        Reply::Brief(vec![BriefItem {
            pane: "win-rate".into(),
            severity: Severity::Act,
            headline: headline.into(),
            detail: String::new(),
            figure: headline.into(),
            bind: vec![],
        }])
    };
    let mut bench = Bench::open();
    bench.answer(line("first, of the quarter"));
    bench.sees("first, of the quarter");
    bench.sees("more is being asked");
    bench.answer(line("first, ahead"));
    bench.sees_not("more is being asked");
    bench.press("r");
    bench.answer(line("second, of the quarter"));
    bench.sees("first, of the quarter");
    bench.sees("first, ahead");
    bench.sees_not("second");
    bench.answer(line("second, ahead"));
    bench.sees("second, of the quarter");
    bench.sees("second, ahead");
    bench.sees_not("first");
}

#[test]
fn a_pane_asks_for_its_figures_and_shows_their_rows() {
    let mut bench = Bench::open();
    bench.press("1");
    assert_eq!(bench.figures_asked(), ["forecast-variance", "forecast-bridge"]);
    bench.sees("Asking the workspace");
    bench.answer_figures(3);
    bench.sees_not("Asking the workspace");
}

#[test]
fn leaving_a_pane_stops_its_questions_and_coming_back_asks_again() {
    let mut bench = Bench::open();
    bench.press("1");
    bench.press("3");
    assert!(!bench.figures_asked().contains(&"forecast-variance"));
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Cancel(_))));
    bench.press("1");
    assert!(bench.figures_asked().contains(&"forecast-variance"));
}

#[test]
fn a_late_answer_to_another_quarter_is_dropped() {
    let mut bench = Bench::open();
    bench.press("3");
    let late = bench.asked.iter().find(|(_, r)| matches!(r, Request::Figure { .. })).cloned();
    let (ticket, _) = late.expect("a figure was asked for");
    bench.press("p");
    bench.event(Event::Reply(ticket, failure("of the quarter before")));
    bench.sees_not("of the quarter before");
    bench.sees("2025-Q3");
    for (_, request) in &bench.asked {
        if let Request::Figure { parameters, .. } = request {
            assert_eq!(parameters.period, "2025-Q3".parse::<Period>().expect("a quarter"));
        }
    }
}

#[test]
fn a_failure_stays_beside_the_answer_of_before() {
    let mut bench = Bench::open();
    bench.press("6");
    bench.answer_figures(2);
    let row = bench
        .screen()
        .lines()
        .find(|line| line.contains("DE") || line.contains(" 1"))
        .map(str::to_owned);
    bench.press("r");
    bench.answer(failure("anna has the workspace"));
    bench.sees("anna has the workspace");
    if let Some(row) = row {
        bench.sees(row.trim());
    }
}

#[test]
fn the_quarter_and_the_scope_hold_for_all_panes() {
    let mut bench = Bench::open();
    bench.press("f");
    bench.sees("Look only at");
    bench.write("segment");
    bench.press("Enter");
    let asked = bench.asked.iter().position(|(_, r)| matches!(r, Request::Slices { .. }));
    let (ticket, _) = bench.asked.remove(asked.expect("the values are asked for")).expect("there");
    let items = vec![PickItem::new("Enterprise", "Enterprise"), PickItem::new("SMB", "SMB")];
    bench.event(Event::Reply(ticket, Reply::Picks(items)));
    bench.press("Enter");
    bench.sees("only Enterprise");
    bench.press("2");
    for (_, request) in &bench.asked {
        if let Request::Figure { parameters, .. } = request {
            assert_eq!(parameters.scope[&Dimension::Segment], "Enterprise");
        }
    }
    bench.press("b");
    bench.write("owner");
    bench.press("Enter");
    bench.sees("by owner");
}

#[test]
fn win_rates_are_by_segment_whatever_is_chosen() {
    let mut bench = Bench::open();
    bench.press("2");
    let cut = |bench: &Bench| -> Vec<(String, Dimension)> {
        let asked = bench.asked.iter().filter_map(|(_, request)| match request {
            Request::Figure { figure, parameters } => Some((figure.clone(), parameters.by)),
            _ => None,
        });
        asked.collect()
    };
    let segment = |name: &str| (name.to_owned(), Dimension::Segment);
    assert_eq!(cut(&bench), [segment("win-rate-alerts"), segment("win-rate")]);
    bench.answer_figures(3);
    bench.sees("by region");
    bench.sees("Win-rate alerts, always by segment");
    bench.sees("Win rate by month, always by segment");
    // What is behind a segment is asked for by segment, too.
    bench.press("Down");
    bench.press("Enter");
    assert_eq!(cut(&bench), [segment("alert-diagnosis")]);
    bench.press("Esc");
    // There are several figures for this place: one is chosen.
    bench.press("Tab");
    bench.press("o");
    bench.sees("Win rate by month, always by segment");
    bench.press("Down");
    bench.press("Enter");
    assert_eq!(cut(&bench), [("win-rate".to_owned(), Dimension::Region)]);
    bench.answer_figures(3);
    bench.sees("Win rate by month, by region");
}

#[test]
fn the_trend_is_of_the_row_that_is_selected() {
    let mut bench = Bench::open();
    bench.press("2");
    bench.answer_figures(3);
    // The selected row of the alerts and the line of the chart both carry a marker.
    let marked = |bench: &Bench, words: &str| {
        let screen = bench.screen();
        screen.lines().filter(|line| line.contains(words) && !line.starts_with("  ")).count()
    };
    assert_eq!((marked(&bench, "slice 0"), marked(&bench, "slice 1")), (2, 0));
    bench.press("Down");
    assert_eq!((marked(&bench, "slice 0"), marked(&bench, "slice 1")), (0, 2));
    // In the chart one goes on by oneself, and the table stays where it is.
    bench.press("Tab");
    bench.press("Down");
    assert_eq!((marked(&bench, "slice 1"), marked(&bench, "slice 2")), (1, 1));
    bench.press("Tab");
    bench.press("Up");
    assert_eq!((marked(&bench, "slice 0"), marked(&bench, "slice 2")), (2, 0));
}

#[test]
fn enter_goes_behind_a_row_and_esc_comes_back_to_it() {
    let mut bench = Bench::open();
    bench.press("1");
    bench.answer_figures(4);
    bench.press("Down");
    bench.press("Down");
    bench.press("Enter");
    let behind = bench.figures_asked().first().map(|name| (*name).to_owned());
    assert!(behind.is_some(), "{}", bench.screen());
    bench.sees("Forecast variance >");
    bench.answer_figures(5);
    bench.press("Enter");
    bench.press("Esc");
    bench.press("Esc");
    bench.sees_not("Forecast variance >");
    bench.press("Esc");
    bench.sees("q leaves the program");
    assert!(!bench.quits());
}

#[test]
fn somebody_elses_change_is_said_and_asked_for() {
    let mut bench = Bench::open();
    bench.press("3");
    bench.answer_figures(6);
    bench.press("Down");
    bench.press("Down");
    let before = bench.screen();
    bench.event(Event::Changed("ben revised PM-14 at 14:03.".into()));
    bench.sees("ben revised PM-14 at 14:03");
    bench.answer_figures(6);
    bench.press("Left");
    let selected = |screen: &str| screen.lines().find(|l| l.starts_with('>')).map(str::to_owned);
    assert_eq!(selected(&before), selected(&bench.screen()));
}

#[test]
fn a_filter_works_while_it_is_typed_and_esc_takes_it_away() {
    let mut bench = Bench::open();
    bench.press("3");
    bench.answer_figures(30);
    bench.press("/");
    bench.write("7q7");
    bench.sees("No row matches");
    bench.press("Esc");
    bench.sees_not("No row matches");
}

#[test]
fn the_help_finds_every_action_and_does_it() {
    let mut bench = Bench::open();
    for key in ["?", "F1"] {
        bench.press(key);
        bench.sees("Keys");
        bench.press("Esc");
        bench.sees_not("type to search");
    }
    bench.press("Ctrl-P");
    bench.write("win rate");
    bench.press("Enter");
    assert_eq!(PANES[bench.app.current].id, "win-rate");
}

#[test]
fn the_sql_of_a_figure_can_be_read() {
    let mut bench = Bench::open();
    bench.press("3");
    bench.answer_figures(2);
    bench.press("v");
    bench.answer(Reply::Script("SET VARIABLE quarter = '2025-Q4';\nSELECT 42;".into()));
    bench.sees("SELECT 42");
    bench.press("Esc");
    bench.sees_not("SELECT 42");
}

#[test]
fn a_workspace_that_is_busy_is_named_and_can_be_tried_again() {
    let mut bench = Bench::closed();
    bench.answer(failure("acme.duckdb is in use by anna on jump1 since 14:02"));
    bench.sees("anna on jump1 since 14:02");
    bench.sees("r tries again, q leaves");
    bench.press("r");
    assert!(matches!(bench.asked.front(), Some((_, Request::Open))));
}

#[test]
fn a_workspace_that_cannot_be_opened_ends_the_screen() {
    let mut bench = Bench::closed();
    bench.answer(Reply::Failed(Failure {
        kind: FailureKind::Unopenable,
        message: "no database".into(),
        remedy: None,
    }));
    assert!(bench.quits());
}

#[test]
fn a_read_only_workspace_says_so_and_writes_nothing() {
    let mut bench = Bench::opened_as(Some("you have no permission to write the file"));
    bench.sees("READ-ONLY");
    bench.sees("you have no permission");
    bench.press("4");
    bench.answer_figures(3);
    bench.press("c");
    bench.sees("Nothing can be changed here");
    assert!(!bench.asked.iter().any(|(_, r)| matches!(r, Request::Blank { .. })));
}

#[test]
fn q_leaves_at_once_when_nothing_is_unsaved() {
    let mut bench = Bench::open();
    bench.press("q");
    assert!(bench.quits());
}

#[test]
fn every_hint_in_the_footer_is_a_key_that_works() {
    let mut bench = Bench::open();
    for pane in 0..PANES.len() {
        bench.press(&pane.to_string());
        bench.answer_figures(3);
        let hints = crate::tui::draw::hints(&bench.app);
        assert!(hints.len() >= 4, "{hints:?}");
        for (key, _) in &hints {
            let known =
                bench.app.keymap.entries().any(|e| e.keys.iter().any(|k| k.label() == *key));
            assert!(known, "{key} is no key");
        }
        bench.sees(
            &bench.app.keymap.hint(Action::Help).map(|(k, w)| format!("{k} {w}")).expect("help"),
        );
    }
}

#[test]
fn any_figure_is_two_keys_away() {
    let mut bench = Bench::open();
    bench.press("A");
    bench.sees("Figures");
    for key in ["w", "e", "e", "k"] {
        bench.press(key);
    }
    bench.sees("Accuracy by week");
    bench.press("Enter");
    bench.sees("Brief > Accuracy by week");
    bench.press("Esc");
    assert!(bench.app.overlay.is_none());
}
