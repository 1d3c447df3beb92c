//! The mapping screen: what it shows, what keys change, and that nothing is
//! imported unasked.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::bench::{Bench, day};
use crate::catalog::preset::ColumnSource;
use crate::ingest::draft::{Change, Draft};
use crate::ingest::preview::{About, Offer, Preview, PreviewRequest, Question, Ways, Word};
use crate::ingest::{Encoding, FileColumn, ImportReport, Sample, SampleRow};
use crate::tui::input::Input;
use crate::tui::message::{
    Effect, Event, Failure, FailureKind, ImportAsked, Imported, Reply, Request,
};
use crate::workspace::Parameters;

const HEADERS: [&str; 5] = ["Deal", "Phase", "Soll bis", "Umsatz", "Merkmal"];
const VALUES: [&str; 5] = ["D-1", "Angebot", "03/04/2025", "1.250", "x"];

pub(super) fn draft() -> Draft {
    let headers: Vec<String> = HEADERS.iter().map(|name| (*name).to_owned()).collect();
    let mut draft = Draft::guess(&headers, &BTreeMap::new(), None);
    for (place, ours) in [(0, "opportunity_id"), (1, "stage"), (2, "close_date"), (3, "amount")] {
        draft.apply(&Change::Take { place, ours: Some(ours.into()) });
    }
    draft
}

fn offer(pattern: &str, detail: &str) -> Offer {
    let change = Change::Date { ours: "close_date".into(), pattern: Some(pattern.into()) };
    Offer::new(change, pattern).detail(detail)
}

/// A file with three open questions: a date, the words, the currency.
pub(super) fn preview(draft: Draft) -> Preview {
    let columns = HEADERS
        .iter()
        .zip(VALUES)
        .enumerate()
        .map(|(place, (header, value))| FileColumn {
            place: place + 1,
            header: (*header).to_owned(),
            taken_for: draft.taken_for(place).into_iter().map(str::to_owned).collect(),
            why: None,
            read_as: None,
            because: None,
            samples: vec![Sample { before: value.into(), after: None, lost: false }],
        })
        .collect();
    let date = Question {
        about: About::Column(2),
        text: "\"03/04/2025\" can be read as 4 March 2025 (%m/%d/%Y) or as 3 April 2025".into(),
        offers: vec![offer("%m/%d/%Y", "4 March"), offer("%d/%m/%Y", "3 April")],
    };
    let words =
        Question { about: About::Words, text: "2 words stand for nothing".into(), offers: vec![] };
    let currency = Question { about: About::Currency, text: "no currency".into(), offers: vec![] };
    let word = |word: &str, rows| Word { word: word.into(), rows, stands_for: None };
    Preview {
        file: PathBuf::from("/data/pipeline.csv"),
        name: "pipeline.csv".into(),
        encoding: Encoding::Utf8,
        delimiter: "semicolon",
        sheet: None,
        sheets: Vec::new(),
        header_line: 1,
        lines: vec![(1, HEADERS.join(" | ")), (2, VALUES.join(" | "))],
        records: 1204,
        draft,
        known_by: "no preset knows any of its headers".into(),
        columns,
        ways: vec![Ways::default(); 5],
        words: vec![word("Angebot", 1000), word("Gewonnen", 204)],
        categories: Vec::new(),
        questions: vec![date, words, currency],
        rows: vec![SampleRow {
            row: 1,
            before: VALUES.iter().map(|value| (*value).to_owned()).collect(),
            after: Some(BTreeMap::from([("close_date".to_owned(), "2025-04-03".to_owned())])),
        }],
        reporting: "USD".into(),
        taken_on: None,
        report: None,
        refused: None,
    }
}

pub(super) fn settled() -> Preview {
    let mut settled = preview(draft());
    settled.questions.clear();
    settled.report = Some(Box::new(report()));
    settled
}

fn report() -> ImportReport {
    ImportReport { dry_run: true, ..ImportReport::default() }
}

/// The bench with a file's preview in front.
pub(super) fn looking_at(preview: Preview) -> Bench {
    let mut bench = Bench::open();
    bench.press("I");
    bench.write("/data/pipeline.csv\n");
    answer_look(&mut bench, preview);
    bench
}

/// Answers the look that was asked for last.
pub(super) fn answer_look(bench: &mut Bench, preview: Preview) -> PreviewRequest {
    let place = bench.asked.iter().rposition(|(_, asked)| matches!(asked, Request::Preview(_)));
    let (ticket, asked) = bench.asked.remove(place.expect("a look was asked for")).expect("found");
    bench.event(Event::Reply(ticket, Reply::Preview(Box::new(preview))));
    let Request::Preview(asked) = asked else { unreachable!() };
    *asked
}

pub(super) fn asked_draft(bench: &Bench) -> Draft {
    let asked = bench.asked.iter().rev().find_map(|(_, asked)| match asked {
        Request::Preview(asked) => asked.draft.as_deref().cloned(),
        _ => None,
    });
    asked.expect("a look at a draft")
}

/// Goes down to the line that begins with these words.
pub(super) fn select(bench: &mut Bench, words: &str) {
    let line = format!("> {words}");
    bench.press("g");
    for _ in 0..30 {
        if bench.screen().lines().any(|shown| shown.starts_with(&line)) {
            return;
        }
        bench.press("Down");
    }
    panic!("there is no line {words}:\n{}", bench.screen());
}

pub(super) fn import_asked(bench: &Bench) -> Option<ImportAsked> {
    bench.asked.iter().find_map(|(_, asked)| match asked {
        Request::Import(asked) => Some((**asked).clone()),
        _ => None,
    })
}

#[test]
fn a_path_is_asked_for_and_the_file_looked_at() {
    let mut bench = Bench::open();
    bench.press("I");
    bench.sees("File to import:");
    bench.write("deals.csv\n");
    bench.sees("Looking at deals.csv");
    let asked = answer_look(&mut bench, preview(draft()));
    assert_eq!(asked.file, PathBuf::from("/nowhere/deals.csv"));
    assert!(asked.draft.is_none());
}

#[test]
fn nothing_is_imported_where_nothing_may_be_written() {
    let mut bench = Bench::opened_as(Some("the file is read-only"));
    bench.press("I");
    bench.sees("Nothing can be imported here");
    assert!(bench.app.overlay.is_none());
}

#[test]
fn the_list_says_what_each_column_is_and_what_is_asked() {
    let bench = looking_at(preview(draft()));
    bench.sees("1,204 rows; no preset knows any of its headers");
    bench.sees("3 questions before it can be imported");
    for words in ["rows are", "opportunities", "Soll bis", "03/04/2025", "close_date", "! asks"] {
        bench.sees(words);
    }
    bench.sees("- not used");
    assert!(bench.screen().is_ascii(), "{}", bench.screen());
}

#[test]
fn enter_answers_the_question_and_the_file_is_looked_at_again() {
    let mut bench = looking_at(preview(draft()));
    select(&mut bench, "Soll bis");
    bench.sees("can be read as 4 March 2025");
    bench.press("Enter");
    bench.sees("read as %m/%d/%Y");
    bench.write("d/m");
    bench.press("Enter");
    bench.sees("Looking again");
    let draft = asked_draft(&bench);
    match &draft.rules.columns["close_date"] {
        ColumnSource::Header { reading, .. } => {
            assert_eq!(reading.date.as_deref(), Some("%d/%m/%Y"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answered_question_leads_to_the_next_one() {
    let mut bench = looking_at(preview(draft()));
    select(&mut bench, "Soll bis");
    bench.press("Enter");
    bench.press("Enter");
    let mut next = preview(asked_draft(&bench));
    next.questions.remove(0);
    answer_look(&mut bench, next);
    // Below it nothing is asked; the first of those that are left is the currency.
    assert!(
        bench.screen().lines().any(|line| line.starts_with("> currency")),
        "{}",
        bench.screen()
    );
}

#[test]
fn words_for_forecast_categories_are_named_too() {
    let mut draft = draft();
    draft.apply(&Change::Take { place: 4, ours: Some("forecast_category".into()) });
    let mut file = preview(draft);
    file.categories = vec![Word { word: "Forecast".into(), rows: 17, stands_for: None }];
    let mut bench = looking_at(file);
    select(&mut bench, "Merkmal");
    bench.press("Enter");
    bench.write("category");
    bench.press("Enter");
    bench.sees("nothing: rejected");
    bench.press("Enter");
    bench.write("commit");
    bench.press("Enter");
    bench.sees_not("nothing: rejected");
    bench.press("Esc");
    assert_eq!(asked_draft(&bench).category_of("forecast"), Some("commit"));
}

#[test]
fn a_column_that_is_nothing_can_become_one_of_ours() {
    let mut bench = looking_at(preview(draft()));
    select(&mut bench, "Merkmal");
    bench.press("Enter");
    bench.sees("What \"Merkmal\" is");
    bench.write("loss_reason");
    bench.press("Enter");
    assert_eq!(asked_draft(&bench).taken_for(4), ["loss_reason"]);
    bench.sees("loss_reason");
}

#[test]
fn words_get_their_state_by_a_letter() {
    let mut bench = looking_at(preview(draft()));
    select(&mut bench, "Phase");
    bench.press("Enter");
    bench.sees("say which words are won, lost, open");
    bench.press("Enter");
    bench.sees("Angebot");
    bench.sees("nothing yet; open?");
    bench.press("o");
    bench.press("w");
    bench.sees_not("nothing yet");
    assert!(!bench.asked.iter().any(|(_, asked)| matches!(asked, Request::Preview(_))));
    bench.press("Esc");
    let draft = asked_draft(&bench);
    assert_eq!(draft.state_of("Angebot"), Some("open"));
    assert_eq!(draft.state_of("gewonnen"), Some("won"));
}

#[test]
fn proposals_are_taken_only_when_asked_for() {
    let mut bench = looking_at(preview(draft()));
    select(&mut bench, "Phase");
    bench.press("Enter");
    bench.press("Enter");
    bench.press("a");
    bench.press("Esc");
    let draft = asked_draft(&bench);
    assert_eq!(
        (draft.state_of("Angebot"), draft.state_of("Gewonnen")),
        (Some("open"), Some("won"))
    );
}

#[test]
fn an_open_question_stands_before_the_import() {
    let mut bench = looking_at(preview(draft()));
    bench.press("F2");
    bench.sees("3 questions are open");
    assert!(import_asked(&bench).is_none());
}

#[test]
fn the_last_step_says_what_it_does_and_asks() {
    let mut bench = looking_at(settled());
    bench.press("F2");
    bench.sees("Import, and keep the mapping as pipeline-opportunities");
    assert!(import_asked(&bench).is_none());
    bench.press("Esc");
    assert!(import_asked(&bench).is_none());
    bench.press("F2");
    bench.press("Enter");
    let asked = import_asked(&bench).expect("asked for");
    assert_eq!(asked.keep.as_deref(), Some("pipeline-opportunities"));
    assert!(!asked.replace);
    bench.sees("Importing");
    bench.press("X");
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Cancel(_))));
}

#[test]
fn a_name_of_ones_own_can_be_typed() {
    let mut bench = looking_at(settled());
    bench.press("F2");
    bench.write("another name");
    bench.press("Enter");
    bench.sees("Name of the mapping:");
    bench.write("emea\n");
    assert_eq!(import_asked(&bench).and_then(|asked| asked.keep), Some("emea".into()));
}

#[test]
fn after_the_import_the_report_is_read_and_the_panes_ask_again() {
    let mut bench = looking_at(settled());
    bench.press("F2");
    bench.press("Enter");
    let place = bench.asked.iter().position(|(_, asked)| matches!(asked, Request::Import(_)));
    let (ticket, _) = bench.asked.remove(place.expect("asked for")).expect("found");
    let period = bench.app.lens.as_ref().expect("open").period;
    let imported = Imported {
        report: ImportReport::default(),
        kept: Some(PathBuf::from("/data/qbr.d/presets/ours.toml")),
        accepted: Ok(Vec::new()),
        defaults: Parameters::new(period, day("2026-03-31")),
    };
    bench.event(Event::Reply(ticket, Reply::Imported(Box::new(imported))));
    bench.sees("The mapping is kept in /data/qbr.d/presets/ours.toml");
    bench.sees("as of 2026-03-31");
    bench.press("Esc");
    bench.sees("Asking the workspace");
}

#[test]
fn a_failed_import_leaves_everything_as_it_was_settled() {
    let mut bench = looking_at(settled());
    bench.press("F2");
    bench.press("Enter");
    let place = bench.asked.iter().position(|(_, asked)| matches!(asked, Request::Import(_)));
    let (ticket, _) = bench.asked.remove(place.expect("asked for")).expect("found");
    let failure = Failure {
        kind: FailureKind::Other,
        message: "maven is a preset of the program".into(),
        remedy: Some("choose another name".into()),
    };
    bench.event(Event::Reply(ticket, Reply::Failed(failure)));
    bench.sees("Nothing was imported. maven is a preset of the program. choose another name");
    bench.sees("close_date");
}

#[test]
fn leaving_with_something_settled_is_asked_about() {
    let mut bench = looking_at(preview(draft()));
    bench.press("Esc");
    bench.sees("Nothing is imported yet");
    bench.press("Esc");
    bench.sees("Soll bis");
    bench.press("q");
    bench.sees("the mapping of pipeline.csv");
    assert!(!bench.quits());
}

#[test]
fn a_look_that_fails_says_why_and_can_be_repeated() {
    let mut bench = Bench::open();
    bench.press("I");
    bench.write("gone.csv\n");
    let place = bench.asked.iter().position(|(_, asked)| matches!(asked, Request::Preview(_)));
    let (ticket, _) = bench.asked.remove(place.expect("asked for")).expect("found");
    let failure = Failure {
        kind: FailureKind::Other,
        message: "/nowhere/gone.csv: no such file".into(),
        remedy: Some("check the path".into()),
    };
    bench.event(Event::Reply(ticket, Reply::Failed(failure)));
    bench.sees("/nowhere/gone.csv: no such file");
    bench.press("r");
    assert!(bench.asked.iter().any(|(_, asked)| matches!(asked, Request::Preview(_))));
}

#[test]
fn no_size_and_no_text_of_a_file_breaks_it() {
    let hostile = "\u{1b}[31m東京\u{202e}e\u{301}\u{301}\r\n👩\u{200d}💻";
    let mut strange = preview(draft());
    for column in &mut strange.columns {
        column.header = hostile.into();
        column.samples[0].before = hostile.repeat(9);
    }
    strange.words[0].word = hostile.into();
    strange.name = hostile.into();
    let mut bench = looking_at(strange);
    bench.press("G");
    bench.press("Up");
    for view in ["t", "t", "Enter", "Enter"] {
        for (width, height) in [(60, 15), (80, 24), (61, 16), (300, 100), (1, 1), (80, 24)] {
            bench.event(Event::Resize(width, height));
            let screen = bench.screen();
            assert!(!screen.contains('\u{1b}') && !screen.contains('\u{202e}'));
        }
        bench.press(view);
    }
}

#[test]
fn any_keys_at_all_import_nothing_that_was_not_confirmed() {
    let keys = [
        "Enter", "Esc", "Tab", "Up", "Down", "Left", "Right", "F2", "F4", "t", "r", "X", "a", "o",
        "w", "l", "c", "I", "z", "s", "/", "?", "D", "n", "p", "q",
    ];
    let mut seed = 7u32;
    let mut bench = looking_at(preview(draft()));
    for _ in 0..2000 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bench.press(keys[(seed >> 16) as usize % keys.len()]);
        while bench.asked.iter().any(|(_, asked)| matches!(asked, Request::Preview(_))) {
            answer_look(&mut bench, preview(draft()));
        }
        assert!(import_asked(&bench).is_none(), "questions were open");
        bench.screen();
    }
    bench.keys(vec![Input::Paste("x".into())]);
}
