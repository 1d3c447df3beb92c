//! Plays, and the customers that stand behind them (M8.5).

use qbr::ledger::{self, Action};

use crate::support::company;

#[test]
fn story_9_plays_in_every_state() {
    let mut company = company();
    let plays = [
        ("PL-1", "retired"),
        ("PL-2", "published"),
        ("PL-3", "pilot"),
        ("PL-4", "approved"),
        ("PL-5", "pilot"),
        ("PL-6", "in-review"),
        ("PL-7", "proposed"),
    ];
    for (id, state) in plays {
        assert_eq!(company.state(id), state, "{id}");
    }

    // One approval of two, and none of them the author's.
    let history = ledger::history(&mut company.workspace, "PL-3").expect("history");
    let standing = ledger::approvals(&company.catalog.forms["play"], &history, "approved");
    assert_eq!((standing.given, standing.needed), (vec!["adeyemi".to_owned()], 2));

    let list = company.figure("plays", &[]);
    let waiting = list.row("play", "PL-3");
    assert_eq!(waiting.text("title"), "Security pack before the tender");
    assert_eq!((waiting.text("evidence"), waiting.text("feedback")), ("3".into(), "2".into()));

    let history = ledger::history(&mut company.workspace, "PL-2").expect("history");
    let written =
        history.iter().filter(|step| matches!(step.action, Action::Create | Action::Revise));
    assert_eq!(written.count(), 3);

    for (id, state) in [
        ("FB-9", "captured"),
        ("FB-7", "triaged"),
        ("FB-4", "accepted"),
        ("FB-8", "declined"),
        ("FB-1", "told-back"),
    ] {
        assert_eq!(company.state(id), state, "{id}");
    }
}

#[test]
fn story_9_which_sentence_made_which_clause() {
    let mut company = company();
    let clauses = company.figure("play-traceability", &[]);
    let borrowed = clauses.row("verdict", "other segment");
    assert_eq!(
        [borrowed.text("play"), borrowed.text("because"), borrowed.text("segment")],
        ["PL-2", "FB-1", "Mid-Market"]
    );
    assert_eq!(borrowed.text("words"), "Year four is the one I have to defend.");
    assert_eq!(clauses.row("verdict", "not taken up").text("because"), "CR-1");
    let security = clauses.row("because", "FB-5");
    assert_eq!((security.text("play"), security.text("verdict")), ("PL-3".into(), "traced".into()));

    let themes = company.figure("feedback-themes", &[]);
    let price = themes.row("theme", "Price per site");
    assert_eq!(
        [price.text("accounts"), price.text("voices"), price.text("verdict")],
        ["5", "1", "signal"]
    );

    let board = company.figure("board-mix", &[("by", "segment")]);
    assert_eq!(board.row("slice", "Mid-Market").text("verdict"), "missing");
    let enterprise = board.row("slice", "Enterprise");
    assert_eq!(
        (enterprise.percent("member_share"), enterprise.percent("customer_share")),
        (94, 24)
    );

    let waiting = company.figure("feedback-loop", &[]);
    let untold = waiting.row("record", "FB-8");
    assert_eq!([untold.text("waiting_for"), untold.text("due_on")], ["telling back", "2025-11-19"]);

    let effect = company.figure("play-effect", &[]);
    let published = effect.row("play", "PL-2");
    assert_eq!((published.text("used"), published.text("in_scope")), ("6".into(), "20".into()));
    assert_eq!(published.text("advice"), "wait", "20 deals are too few to say");
    let went_on = ["on_before", "left_before", "on_after", "left_after"].map(|c| published.text(c));
    assert_eq!(went_on, ["12", "21", "8", "10"], "from Proposal on");
}
