//! Writing: forms, drafts, saving, moving on, and two people at one record.

use chrono::DateTime;

use super::bench::Bench;
use crate::ledger::drafts::Draft;
use crate::ledger::{Action, Body, Problem, Revision};
use crate::tui::input::Input;
use crate::tui::message::{Effect, Event, Failure, FailureKind, Reply, Request};

fn body(fields: &[(&str, &str)]) -> Body {
    fields.iter().map(|(field, text)| ((*field).to_owned(), (*text).into())).collect()
}

fn facts() -> Body {
    body(&[("opportunity_id", "OPP-1"), ("opportunity", "Big deal"), ("account", "Acme")])
}

pub fn revision(number: u32, state: &str, body: Body) -> Revision {
    Revision {
        seq: i64::from(number),
        record: "PM-7".into(),
        kind: "post-mortem".into(),
        revision: number,
        parent: None,
        action: Action::Create,
        toward: None,
        state: state.into(),
        body,
        author: "anna".into(),
        at: DateTime::UNIX_EPOCH,
        reason: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

/// The form of a new post-mortem, opened from the queue.
fn writing() -> Bench {
    let mut bench = Bench::open();
    bench.press("4");
    bench.answer_figures(2);
    // Row 1 has no record yet.
    bench.press("Down");
    bench.press("Enter");
    let blank = bench.asked.iter().position(|(_, r)| matches!(r, Request::Blank { .. }));
    let (ticket, request) =
        bench.asked.remove(blank.expect("the form is filled in")).expect("there");
    match request {
        Request::Blank { kind, seed } => {
            assert_eq!(kind, "post-mortem");
            assert!(seed.contains_key("opportunity_id"), "{seed:?}");
        }
        _ => unreachable!(),
    }
    bench.event(Event::Reply(ticket, Reply::Blank(facts())));
    bench
}

fn kept(bench: &Bench) -> Option<&Draft> {
    bench.effects.iter().rev().find_map(|effect| match effect {
        Effect::Keep(draft) => Some(draft.as_ref()),
        _ => None,
    })
}

/// Goes to a field by its label and types there.
fn write_in(bench: &mut Bench, label: &str, text: &str) {
    for _ in 0..60 {
        let focused = bench.screen().lines().any(|l| l.starts_with('>') && l.contains(label));
        if focused {
            bench.press("Enter");
            bench.write(text);
            return;
        }
        bench.press("Down");
    }
    panic!("no field is called {label}:\n{}", bench.screen());
}

fn take(
    bench: &mut Bench,
    is: impl Fn(&Request) -> bool,
) -> (crate::tui::message::Ticket, Request) {
    let place = bench.asked.iter().position(|(_, request)| is(request)).expect("it is asked");
    bench.asked.remove(place).expect("found above")
}

fn is_save(request: &Request) -> bool {
    matches!(request, Request::Save { .. })
}

#[test]
fn the_form_opens_with_what_the_deal_knows() {
    let bench = writing();
    bench.sees("Acme");
    bench.sees("New post-mortem");
}

#[test]
fn every_change_goes_to_the_draft() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "They stopped calling");
    let draft = kept(&bench).expect("a draft is kept");
    assert_eq!(draft.body["first_sign"], "They stopped calling");
    assert_eq!(draft.kind, "post-mortem");
    assert_eq!(draft.about.as_deref(), Some("OPP-1"));
    assert_eq!(draft.workspace.to_str(), Some("/data/acme.duckdb"));
}

#[test]
fn a_saved_record_needs_no_draft_any_more() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "Silence");
    let id = kept(&bench).expect("a draft").id.clone();
    bench.press("F2");
    let (ticket, request) = take(&mut bench, is_save);
    let Request::Save { record: None, body, .. } = request else { panic!("a new record") };
    bench.event(Event::Reply(ticket, Reply::Saved(Box::new(revision(1, "draft", body)))));
    bench.sees("Saved as PM-7, revision 1");
    assert!(bench.effects.iter().any(|e| matches!(e, Effect::Forget(gone) if *gone == id)));
    assert!(bench.app.drafts.is_empty());
    bench.press("Esc");
    bench.press("Esc");
    assert!(bench.figures_asked().contains(&"post-mortems"), "the queue counts it");
}

#[test]
fn what_stands_in_the_way_is_shown_and_the_text_stays() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "Silence");
    bench.press("F2");
    let (ticket, _) = take(&mut bench, is_save);
    let problems = vec![Problem::new("outcome", "choose one")];
    bench.event(Event::Reply(ticket, Reply::Problems(problems)));
    bench.sees("1 field needs attention");
    assert_eq!(bench.app.drafts.len(), 1);
}

#[test]
fn what_is_missing_is_listed_and_gone_to() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "Silence");
    bench.press("F2");
    let (ticket, _) = take(&mut bench, is_save);
    let problems = vec![
        Problem::new("outcome", "must be filled in"),
        Problem::new("drivers/1/driver", "must be filled in"),
    ];
    bench.event(Event::Reply(ticket, Reply::Problems(problems)));
    bench.sees("Still missing or wrong");
    bench.sees("Outcome");
    bench.sees(", row 2");
    bench.press("Enter");
    bench.sees_not("Still missing or wrong");
    let screen = bench.screen();
    assert!(screen.lines().any(|l| l.starts_with('>') && l.contains("Outcome")), "{screen}");
}

#[test]
fn a_save_that_fails_keeps_the_draft_and_says_who_is_in_the_way() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "Silence");
    bench.press("F2");
    let (ticket, _) = take(&mut bench, is_save);
    let failure = Failure {
        kind: FailureKind::Busy,
        message: "acme.duckdb is in use by anna".into(),
        remedy: Some("ask anna to close it, or try again".into()),
    };
    bench.event(Event::Reply(ticket, Reply::Failed(failure)));
    bench.sees("your draft is kept");
    assert_eq!(bench.app.drafts.len(), 1);
}

#[test]
fn leaving_a_changed_form_asks_and_the_draft_comes_back() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "Silence");
    bench.press("Esc");
    bench.press("Esc");
    bench.sees("This is not saved yet");
    bench.press("Enter");
    bench.sees_not("New post-mortem");
    bench.sees("1 draft (D)");
    bench.press("D");
    bench.sees("Enter goes on writing");
    bench.press("Enter");
    bench.sees("Silence");
}

#[test]
fn discarding_takes_the_draft_away() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "Silence");
    bench.press("Esc");
    bench.press("Esc");
    bench.write("throw");
    bench.press("Enter");
    assert!(bench.app.drafts.is_empty());
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Forget(_))));
}

#[test]
fn leaving_the_program_asks_when_something_is_unsaved() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "Silence q");
    assert!(!bench.quits(), "q in a text is a letter");
    bench.press("Esc");
    // On a field, letters and digits are text; the palette is not.
    bench.press("Ctrl-P");
    bench.write("forecast variance");
    bench.press("Enter");
    bench.answer_figures(1);
    bench.press("q");
    bench.sees("Something is not saved yet");
    assert!(!bench.quits());
    bench.press("Enter");
    assert!(bench.quits());
}

#[test]
fn ctrl_z_undoes_in_a_text_and_suspends_elsewhere() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "Silence");
    bench.press("Ctrl-Z");
    assert!(!bench.effects.iter().any(|effect| matches!(effect, Effect::Suspend)));
    let mut bench = Bench::open();
    bench.press("Ctrl-Z");
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Suspend)));
}

#[test]
fn an_unmarked_paste_into_a_text_is_text() {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "x");
    let keys = "one\ntwo\n".chars().map(|c| {
        let code = if c == '\n' {
            crossterm::event::KeyCode::Enter
        } else {
            crossterm::event::KeyCode::Char(c)
        };
        Input::Key(crossterm::event::KeyEvent::new(code, crossterm::event::KeyModifiers::NONE))
    });
    bench.keys(keys.collect());
    let text = kept(&bench).expect("a draft").body["first_sign"].clone();
    assert!(text.as_str().is_some_and(|text| text.contains("one\ntwo")), "{text}");
    assert!(!bench.asked.iter().any(|(_, request)| is_save(request)));
}

#[test]
fn a_draft_of_an_earlier_session_is_offered_and_opens_where_it_was() {
    let mut bench = Bench::open();
    let draft = Draft {
        id: "old-1".into(),
        workspace: "/data/acme.duckdb".into(),
        kind: "post-mortem".into(),
        record: None,
        based_on: None,
        about: Some("OPP-1".into()),
        body: body(&[("opportunity_id", "OPP-1"), ("first_sign", "half a sentence")]),
        field: Some("first_sign".into()),
        saved_at: DateTime::UNIX_EPOCH,
    };
    bench.event(Event::Drafts(vec![draft]));
    bench.sees("Not saved yet");
    bench.press("Enter");
    bench.sees("half a sentence");
    bench.press("F2");
    let (_, request) = take(&mut bench, is_save);
    assert!(matches!(request, Request::Save { record: None, .. }));
}

#[test]
fn a_draft_is_saved_on_top_of_what_it_was_based_on() {
    let mut bench = Bench::open();
    let draft = Draft {
        id: "old-2".into(),
        workspace: "/data/acme.duckdb".into(),
        kind: "post-mortem".into(),
        record: Some("PM-7".into()),
        based_on: Some(1),
        about: Some("OPP-1".into()),
        body: body(&[("opportunity_id", "OPP-1"), ("first_sign", "mine")]),
        field: None,
        saved_at: DateTime::UNIX_EPOCH,
    };
    bench.event(Event::Drafts(vec![draft]));
    bench.press("Enter");
    let (ticket, _) = take(&mut bench, |r| matches!(r, Request::Record { .. }));
    let theirs = body(&[("opportunity_id", "OPP-1"), ("first_sign", "theirs")]);
    let history = vec![
        revision(1, "draft", body(&[("opportunity_id", "OPP-1")])),
        revision(2, "draft", theirs.clone()),
    ];
    bench.event(Event::Reply(ticket, Reply::Record(history)));
    bench.press("F2");
    let (ticket, request) = take(&mut bench, is_save);
    assert!(
        matches!(&request, Request::Save { record: Some((id, 1)), .. } if id == "PM-7"),
        "{request:?}"
    );

    // The ledger says no: somebody was faster.
    let base = body(&[("opportunity_id", "OPP-1")]);
    let newest = Box::new(revision(2, "draft", theirs));
    bench.event(Event::Reply(ticket, Reply::Conflict { base, newest }));
    bench.sees("anna saved PM-7 while you were writing");
    bench.sees("mine");
    bench.sees("theirs");
    bench.press("F2");
    let (_, request) = take(&mut bench, is_save);
    let Request::Save { record: Some((_, based_on)), body, .. } = request else { panic!("a save") };
    assert_eq!(based_on, 2);
    assert_eq!(body["first_sign"], "mine");
}

#[test]
fn a_record_is_read_compared_and_moved_on() {
    let mut bench = Bench::open();
    bench.press("4");
    bench.answer_figures(1);
    bench.press("Enter");
    let (ticket, _) = take(&mut bench, |r| matches!(r, Request::Record { .. }));
    let history = vec![
        revision(1, "draft", facts()),
        revision(2, "draft", body(&[("opportunity_id", "OPP-1"), ("learning", "Ask earlier")])),
    ];
    bench.event(Event::Reply(ticket, Reply::Record(history.clone())));
    bench.sees("PM-7");
    bench.sees("Ask earlier");

    bench.press("d");
    let (ticket, _) = take(&mut bench, |r| matches!(r, Request::Record { .. }));
    bench.event(Event::Reply(ticket, Reply::Record(history)));
    bench.sees("Ask earlier");
    bench.sees("revisions 1 and 2");
    bench.press("Esc");

    bench.press("m");
    bench.sees("Move on from");
    bench.press("Enter");
    bench.sees("Yes,");
    bench.press("Enter");
    let (ticket, request) = take(&mut bench, |r| matches!(r, Request::Move { .. }));
    let Request::Move { seen, to, .. } = request else { unreachable!() };
    assert_eq!((seen, to.as_str()), (2, "submitted"));
    let moved = Box::new(revision(3, "submitted", facts()));
    bench.event(Event::Reply(ticket, Reply::Moved { revision: moved, missing: 0 }));
    bench.sees("PM-7 is Submitted now");
    assert!(
        bench.asked.iter().any(|(_, r)| matches!(r, Request::Record { .. })),
        "it is read again"
    );
}

/// The first sign is written, the save is asked for and has to wait.
fn waiting() -> (Bench, Draft, crate::tui::message::Ticket) {
    let mut bench = writing();
    write_in(&mut bench, "First sign", "Silence");
    let draft = kept(&bench).expect("a draft").clone();
    bench.press("F2");
    let (ticket, request) = take(&mut bench, is_save);
    assert!(matches!(&request, Request::Save { draft: of, .. } if *of == draft.id));
    let why = "Waiting: ben has the workspace.".to_owned();
    let save = Box::new(kept(&bench).expect("a draft").clone());
    bench.event(Event::Reply(ticket, Reply::Waits { save, why }));
    (bench, draft, ticket)
}

#[test]
fn a_save_that_waits_is_told_and_its_form_can_be_left() {
    let (mut bench, draft, ticket) = waiting();
    bench.sees("1 save waits");
    bench.sees("saved by itself");
    assert!(bench.app.drafts.is_empty(), "nobody saves it twice");
    bench.press("F2");
    assert!(!bench.asked.iter().any(|(_, request)| is_save(request)));
    bench.press("Esc");
    bench.press("Esc");
    bench.sees_not("This is not saved yet");
    bench.sees("Why we lose");
    let saved = revision(1, "draft", draft.body.clone());
    bench.event(Event::Reply(ticket, Reply::Saved(Box::new(saved))));
    bench.sees("Saved as PM-7, revision 1: what had waited");
    bench.sees_not("save waits");
    assert!(bench.effects.iter().any(|e| matches!(e, Effect::Forget(gone) if *gone == draft.id)));
}

#[test]
fn a_save_that_is_refused_after_its_form_was_left_is_a_draft_again() {
    let (mut bench, draft, ticket) = waiting();
    bench.press("Esc");
    bench.press("Esc");
    let newest = Box::new(revision(2, "draft", facts()));
    bench.event(Event::Reply(ticket, Reply::Conflict { base: facts(), newest }));
    bench.sees("anna has changed it meanwhile");
    bench.sees("1 draft (D)");
    assert_eq!(bench.app.drafts[&draft.id].body, draft.body);
}

#[test]
fn what_is_written_while_a_save_waits_stays_and_is_not_saved_yet() {
    let (mut bench, draft, ticket) = waiting();
    bench.write(" again");
    let saved = revision(1, "draft", draft.body.clone());
    bench.event(Event::Reply(ticket, Reply::Saved(Box::new(saved))));
    bench.sees("Saved as PM-7, revision 1");
    let more = kept(&bench).expect("a draft of the rest").clone();
    assert_eq!((more.record.as_deref(), more.based_on), (Some("PM-7"), Some(1)));
    assert_eq!(more.body["first_sign"], "Silence again");
    bench.press("F2");
    let (_, request) = take(&mut bench, is_save);
    assert!(matches!(&request, Request::Save { record: Some((id, 1)), .. } if id == "PM-7"));
}

#[test]
fn a_save_of_an_earlier_session_is_no_draft() {
    let mut bench = Bench::open();
    let (_, draft, _) = waiting();
    bench.app.saves.insert(crate::tui::message::Ticket(u64::MAX), draft.clone());
    bench.event(Event::Drafts(vec![draft]));
    bench.sees("1 save waits");
    bench.sees_not("Not saved yet");
}
