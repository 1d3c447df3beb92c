//! Wherever a figure is stopped, the next one finds every definition it needs.

use std::time::Duration;

use tempfile::TempDir;

use crate::catalog::Catalog;
use crate::domain::Period;
use crate::workspace::{Answer, CreateOptions, Identity, Parameters, Workspace, WorkspaceError};

/// Builds on assumptions, records, deals and the calendar: most of the model.
const FIGURE: &str = "post-mortems";

fn company(catalog: &Catalog) -> (Workspace, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("acme.duckdb");
    let options = CreateOptions::default();
    let workspace = Workspace::create(&path, &options, catalog, &Identity::current());
    (workspace.expect("a workspace"), folder)
}

fn ask(workspace: &mut Workspace, catalog: &Catalog) -> Result<Answer, WorkspaceError> {
    let day = chrono::NaiveDate::from_ymd_opt(2025, 12, 31).expect("a day");
    let quarter = Period::Quarter("2025-Q4".parse().expect("a quarter"));
    workspace.run(&catalog.figures[FIGURE], &Parameters::new(quarter, day))
}

#[track_caller]
fn ask_again(workspace: &mut Workspace, catalog: &Catalog) -> Answer {
    ask(workspace, catalog).unwrap_or_else(|error| panic!("asked again: {error}"))
}

/// Forgets every definition, as a fresh instance does.
fn start_afresh(workspace: &mut Workspace) {
    workspace.instance.discard();
}

#[test]
fn stopped_before_any_statement_the_next_figure_finds_its_definitions() {
    let catalog = Catalog::embedded().expect("sound content");
    let (mut workspace, _folder) = company(&catalog);
    let expected = ask(&mut workspace, &catalog).expect("an answer");
    let mut stops = 0;
    for look in 1.. {
        start_afresh(&mut workspace);
        workspace.interrupter.interrupt_at_look(look);
        let asked = ask(&mut workspace, &catalog);
        workspace.interrupter.interrupt_at_look(0);
        match asked {
            Err(WorkspaceError::Interrupted) => stops += 1,
            Ok(answer) => {
                assert_eq!(answer, expected);
                break;
            }
            Err(error) => panic!("stopped at look {look}: {error}"),
        }
        assert_eq!(ask_again(&mut workspace, &catalog), expected, "after a stop at look {look}");
    }
    let definitions = workspace.model.needed_by(&catalog.figures[FIGURE].sql).len();
    assert!(stops > definitions, "{stops} stops for {definitions} definitions");
}

#[test]
fn stopped_within_a_statement_the_next_figure_finds_its_definitions() {
    let catalog = Catalog::embedded().expect("sound content");
    let (mut workspace, _folder) = company(&catalog);
    let expected = ask(&mut workspace, &catalog).expect("an answer");
    for step in 0..40 {
        start_afresh(&mut workspace);
        let interrupter = workspace.interrupter();
        let other = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_micros(700) * step);
            interrupter.interrupt();
        });
        let stopped = ask(&mut workspace, &catalog);
        other.join().expect("the other thread ends");
        assert!(matches!(stopped, Ok(_) | Err(WorkspaceError::Interrupted)), "{stopped:?}");
        assert_eq!(ask_again(&mut workspace, &catalog), expected, "after {step} steps");
    }
}
