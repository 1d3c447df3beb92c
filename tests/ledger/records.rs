//! Creating, revising, moving and approving.

use qbr::ledger::{self, Action, LedgerError, Moved};
use serde_json::json;

use crate::support::{Desk, body, by, full, problems, with};

fn approved(moved: Result<Moved, LedgerError>) -> (usize, usize) {
    match moved.expect("allowed") {
        Moved::Approved { given, needed, .. } => (given, needed),
        Moved::Moved(revision) => panic!("moved to {}", revision.state),
    }
}

fn moved(moved: Result<Moved, LedgerError>) -> String {
    match moved.expect("allowed") {
        Moved::Moved(revision) => revision.state,
        Moved::Approved { given, needed, .. } => panic!("{given} of {needed}"),
    }
}

#[test]
fn records_are_numbered_by_their_prefix() {
    let mut desk = Desk::new();
    let first = desk.create("ann", json!({"topic": "a"})).expect("written");
    let second =
        desk.create("ann", json!({"topic": " b ", "title": "", "price": 12})).expect("written");
    assert_eq!((first.record.as_str(), second.record.as_str()), ("TP-1", "TP-2"));
    assert_eq!((first.seq, second.seq), (1, 2));
    assert_eq!(second.prev_hash, first.hash);
    assert_eq!(
        (second.action, second.state.as_str(), second.parent),
        (Action::Create, "draft", None)
    );
    assert_eq!(second.body, body(json!({"topic": "b", "price": "12.00"})));
    assert_eq!(ledger::newest(&mut desk.ws, "TP-2").expect("there"), second);
    let error = ledger::newest(&mut desk.ws, "TP-3").expect_err("not there");
    assert_eq!(error.to_string(), "there is no record TP-3");
}

#[test]
fn the_list_shows_the_last_change_first() {
    let mut desk = Desk::new();
    desk.create("ann", json!({"topic": "a", "title": "First"})).expect("written");
    desk.create("bob", json!({"topic": "b"})).expect("written");
    desk.revise("cid", "TP-1", 1, json!({"topic": "a", "title": "Better"})).expect("written");
    let list = ledger::list(&mut desk.ws, &desk.catalog, Some("proposal")).expect("read");
    let shown: Vec<(&str, &str, u32, &str)> = list
        .iter()
        .map(|r| (r.record.as_str(), r.name.as_str(), r.revision, r.author.as_str()))
        .collect();
    assert_eq!(shown, [("TP-1", "a · Better", 2, "cid"), ("TP-2", "b", 1, "bob")]);
    assert!(ledger::list(&mut desk.ws, &desk.catalog, Some("play")).expect("read").is_empty());
    assert_eq!(ledger::list(&mut desk.ws, &desk.catalog, None).expect("read").len(), 2);
}

#[test]
fn nothing_wrong_is_written() {
    let mut desk = Desk::new();
    assert_eq!(
        problems(desk.create(
            "ann",
            json!({"title": "x".repeat(41), "pice": 1, "tier": "3",
                   "lines": [{"line": ""}, {"line": "a", "rank": "third"}]}),
        )),
        [
            "topic: must be filled in",
            "title: is 41 characters long; at most 40 fit",
            "tier: \"3\" is not one of the choices: 1 or 2",
            "lines, row 2, rank: \"third\" is not one of the choices: primary or secondary",
            "pice: there is no such field; did you mean price?",
        ]
    );
    assert_eq!(desk.count(), 0);
}

#[test]
fn a_field_is_required_from_its_state_on() {
    let mut desk = Desk::new();
    desk.create("ann", json!({"topic": "a", "lines": [{"line": "x"}, {"quote": "y"}]}))
        .map_or_else(
            |error| assert!(error.to_string().contains("lines, row 2, line")),
            |_| panic!(),
        );
    desk.create("ann", json!({"topic": "a", "lines": [{"line": "x"}]}))
        .expect("a draft may lack it");
    assert_eq!(
        problems(desk.move_to("ann", "TP-1", "in-review")),
        [
            "owner: must be filled in",
            "lines, row 1, rank: must be filled in",
            "lines: Lines must have exactly 1 with primary; here there is none",
        ]
    );
    desk.revise("ann", "TP-1", 1, full()).expect("written");
    assert_eq!(moved(desk.move_to("ann", "TP-1", "in-review")), "in-review");
}

#[test]
fn rules_over_several_fields() {
    let mut desk = Desk::new();
    let form = desk.form();
    let messages = |given, state: &str| -> Vec<String> {
        ledger::check(&form, &body(given), state).iter().map(ToString::to_string).collect()
    };
    assert!(messages(with(full(), "tier", json!("1")), "in-review").is_empty());
    assert_eq!(
        messages(with(full(), "tier", json!("2")), "draft"),
        ["price: fill in Price or Gap"]
    );
    assert!(
        messages(with(with(full(), "tier", json!("2")), "gap", json!("3%")), "draft").is_empty()
    );
    assert_eq!(
        messages(with(full(), "title", json!("OLGA")), "draft"),
        ["title: Title must not be Owner"]
    );
    assert_eq!(messages(full(), "rejected"), ["why_not: say why not"]);
    assert!(messages(full(), "published").is_empty(), "only in that state, not after it");
    let two = json!([{"line": "a", "rank": "primary"}, {"line": "b", "rank": "primary"}]);
    assert_eq!(
        messages(with(full(), "lines", two), "approved"),
        ["lines: Lines must have exactly 1 with primary; here there are 2"]
    );
    let many = json!(vec![json!({"line": "a"}); 5]);
    assert_eq!(
        messages(with(full(), "lines", many), "draft"),
        ["lines: holds 5 rows; at most 4 fit"]
    );
    assert_eq!(desk.count(), 0);
}

#[test]
fn a_second_open_record_about_the_same_is_refused() {
    let mut desk = Desk::new();
    desk.create("ann", full()).expect("written");
    let error = desk.create("bob", json!({"topic": "Discounts"})).expect_err("taken");
    assert!(matches!(&error, LedgerError::Taken { record, .. } if record == "TP-1"));
    assert_eq!(
        error.to_string(),
        "TP-1 is about Discounts already and is draft; write there instead"
    );
    desk.create("bob", json!({"topic": "b"})).expect("about something else");
    assert!(matches!(
        desk.revise("bob", "TP-2", 1, json!({"topic": "discounts"})),
        Err(LedgerError::Taken { .. })
    ));
    // Once the first is finished, there may be another, and the first stays finished.
    desk.revise("ann", "TP-1", 1, with(full(), "why_not", json!("No"))).expect("written");
    desk.move_to("ann", "TP-1", "in-review").expect("moved");
    desk.move_to("bob", "TP-1", "rejected").expect("moved");
    desk.revise("bob", "TP-2", 1, json!({"topic": "discounts"})).expect("free");
    assert!(matches!(
        desk.move_to("ann", "TP-1", "draft"),
        Err(LedgerError::Taken { record, .. }) if record == "TP-2"
    ));
}

#[test]
fn links_name_records_of_the_right_kind() {
    let mut desk = Desk::new();
    desk.create("ann", json!({"topic": "a"})).expect("written");
    let action = desk.catalog.forms["action"].clone();
    let given =
        body(json!({"title": "Do", "owner": "ann", "due_on": "2026-01-31", "about": "tp-1"}));
    ledger::create(&mut desk.ws, &action, given, &by("ann"), None).expect("any kind");
    assert_eq!(
        problems(desk.create("ann", json!({"topic": "b", "follows": "AC-1"}))),
        ["follows: AC-1 is of the kind action; here it must be proposal"]
    );
    assert_eq!(
        problems(desk.create(
            "ann",
            json!({"topic": "b", "lines": [{"line": "x", "seen": "AC-1"}, {"line": "y", "seen": "TP-9"}]}),
        )),
        ["lines, row 2, seen: there is no record TP-9"]
    );
}

#[test]
fn a_save_on_top_of_an_older_revision_conflicts() {
    let mut desk = Desk::new();
    desk.create("ann", json!({"topic": "a"})).expect("written");
    desk.revise("bob", "TP-1", 1, json!({"topic": "a", "title": "Bob's"})).expect("written");
    let error =
        desk.revise("ann", "TP-1", 1, json!({"topic": "a", "title": "Ann's"})).expect_err("late");
    let said = error.to_string();
    assert!(
        said.starts_with("TP-1 was changed meanwhile: revision 2 is by bob of 2025-"),
        "{said}"
    );
    let LedgerError::Conflict { record, based_on, newest } = error else { panic!("{said}") };
    assert_eq!((record.as_str(), based_on.revision, newest.revision), ("TP-1", 1, 2));
    assert_eq!(newest.body["title"], "Bob's");
    assert_eq!(desk.count(), 2, "nothing was written");
    desk.revise("ann", "TP-1", 2, json!({"topic": "a", "title": "Both"}))
        .expect("on top of the newest");
    assert!(matches!(
        desk.revise("ann", "TP-1", 9, json!({"topic": "a"})),
        Err(LedgerError::NoSuchRevision { newest: 3, .. })
    ));
    assert!(matches!(
        desk.revise("ann", "TP-1", 3, json!({"topic": "a ", "title": "Both"})),
        Err(LedgerError::Unchanged { revision: 3, .. })
    ));
}

#[test]
fn nobody_moves_what_they_have_not_seen() {
    let mut desk = Desk::new();
    let form = desk.form();
    desk.create("ann", full()).expect("written");
    desk.move_to("ann", "TP-1", "in-review").expect("moved");
    let seen = |desk: &mut Desk, who, revision| {
        ledger::move_seen(&mut desk.ws, &form, "TP-1", revision, "approved", &by(who), None)
    };
    assert!(matches!(seen(&mut desk, "bob", 1), Err(LedgerError::Conflict { .. })));
    assert_eq!(approved(seen(&mut desk, "bob", 2)), (1, 2));
    // Bob's approval changed no word: Cid has seen what he approves.
    assert_eq!(moved(seen(&mut desk, "cid", 2)), "approved");
}

#[test]
fn moves_follow_the_form() {
    let mut desk = Desk::new();
    let form = desk.form();
    desk.create("ann", full()).expect("written");
    let error = desk.move_to("ann", "TP-1", "published").expect_err("no such way");
    assert_eq!(
        error.to_string(),
        "TP-1 is draft; from there it cannot become published, only in-review"
    );
    desk.move_to("ann", "TP-1", "in-review").expect("moved");
    let error = desk.revise("ann", "TP-1", 2, json!({"topic": "x"})).expect_err("closed");
    assert_eq!(
        error.to_string(),
        "TP-1: it is in-review; what it says cannot be changed now, move it to draft first"
    );
    let no_reason = ledger::move_to(&mut desk.ws, &form, "TP-1", "draft", &by("bob"), Some("  "));
    assert_eq!(problems(no_reason), ["reason: say why it is to become draft"]);
    assert_eq!(moved(desk.move_to("bob", "TP-1", "draft")), "draft");
    assert_eq!(desk.history("TP-1").last().expect("moved").reason.as_deref(), Some("because"));
    let play = desk.catalog.forms["play"].clone();
    assert!(matches!(
        ledger::move_to(&mut desk.ws, &play, "TP-1", "in-review", &by("bob"), None),
        Err(LedgerError::OtherKind { .. })
    ));
}

#[test]
fn two_others_approve() {
    let mut desk = Desk::new();
    desk.create("ann", full()).expect("written");
    desk.move_to("ann", "TP-1", "in-review").expect("moved");
    let error = desk.move_to("ann", "TP-1", "approved").expect_err("the author");
    assert_eq!(
        error.to_string(),
        "TP-1: ann wrote it; to become approved it needs the approval of somebody who did not"
    );
    assert_eq!(approved(desk.move_to("bob", "TP-1", "approved")), (1, 2));
    assert_eq!(approved(desk.move_to("bob", "TP-1", "approved")), (1, 2), "once is enough");
    let history = desk.history("TP-1");
    let last = history.last().expect("approved");
    assert_eq!((last.revision, last.action), (3, Action::Approve));
    assert_eq!((last.state.as_str(), last.toward.as_deref()), ("in-review", Some("approved")));
    let standing = ledger::approvals(&desk.form(), &history, "approved");
    assert_eq!(
        (standing.authors, standing.given, standing.needed),
        (vec!["ann".into()], vec!["bob".into()], 2)
    );
    assert_eq!(moved(desk.move_to("cid", "TP-1", "approved")), "approved");
}

#[test]
fn an_approval_is_of_one_way_out() {
    let mut desk = Desk::new();
    desk.create("ann", with(full(), "why_not", json!("Too dear"))).expect("written");
    desk.move_to("ann", "TP-1", "in-review").expect("moved");
    assert_eq!(approved(desk.move_to("bob", "TP-1", "approved")), (1, 2));
    assert_eq!(moved(desk.move_to("cid", "TP-1", "rejected")), "rejected");
}

#[test]
fn a_change_takes_approvals_back() {
    let mut desk = Desk::new();
    desk.create("ann", full()).expect("written");
    desk.move_to("ann", "TP-1", "in-review").expect("moved");
    desk.move_to("bob", "TP-1", "approved").expect("approved");
    desk.move_to("cid", "TP-1", "draft").expect("sent back");
    // Cid corrects a word and is an author from now on; Ann still is one.
    desk.revise("cid", "TP-1", 4, with(full(), "words", json!("None."))).expect("written");
    desk.move_to("cid", "TP-1", "in-review").expect("moved");
    for author in ["ann", "cid"] {
        assert!(matches!(
            desk.move_to(author, "TP-1", "approved"),
            Err(LedgerError::NotAllowed { .. })
        ));
    }
    assert_eq!(approved(desk.move_to("bob", "TP-1", "approved")), (1, 2), "bob's first one fell");
    assert_eq!(moved(desk.move_to("dot", "TP-1", "approved")), "approved");
}

#[test]
fn after_an_approval_only_the_change_has_authors() {
    let mut desk = Desk::new();
    desk.create("ann", full()).expect("written");
    desk.move_to("ann", "TP-1", "in-review").expect("moved");
    desk.move_to("bob", "TP-1", "approved").expect("approved");
    desk.move_to("cid", "TP-1", "approved").expect("moved");
    desk.move_to("cid", "TP-1", "published").expect("moved");
    desk.move_to("bob", "TP-1", "draft").expect("a new round");
    let standing = |desk: &mut Desk| {
        let (form, history) = (desk.form(), desk.history("TP-1"));
        ledger::approvals(&form, &history, "approved").authors
    };
    assert_eq!(standing(&mut desk), ["ann"], "unchanged, it is still ann's");
    desk.revise("bob", "TP-1", 6, with(full(), "words", json!("None."))).expect("written");
    assert_eq!(standing(&mut desk), ["bob"]);
    desk.move_to("bob", "TP-1", "in-review").expect("moved");
    assert_eq!(approved(desk.move_to("ann", "TP-1", "approved")), (1, 2));
    assert!(matches!(desk.move_to("bob", "TP-1", "approved"), Err(LedgerError::NotAllowed { .. })));
}

#[test]
fn somebody_signs() {
    let mut desk = Desk::new();
    assert!(matches!(desk.create(" ", full()), Err(LedgerError::NotAllowed { .. })));
    assert_eq!(desk.count(), 0);
}
