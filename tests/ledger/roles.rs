//! Roles: what the ledger lets whom do, once somebody has one.

use qbr::catalog::Form;
use qbr::ledger::{self, LedgerError, Moved, Revision, Right};
use serde_json::json;

use crate::support::{Desk, body, by, full};

fn form(desk: &Desk) -> Form {
    desk.catalog.forms["role"].clone()
}

fn grant(
    desk: &mut Desk,
    by_whom: &str,
    who: &str,
    roles: &[&str],
) -> Result<Revision, LedgerError> {
    let form = form(desk);
    let body = body(json!({"who": who, "roles": roles}));
    ledger::create(&mut desk.ws, &form, body, &by(by_whom), None)
}

fn is_role(error: &LedgerError) -> bool {
    matches!(error, LedgerError::Role { .. })
}

#[test]
fn the_first_role_is_one_that_can_give_roles() {
    let mut desk = Desk::new();
    desk.create("ann", json!({"topic": "a"})).expect("nobody has a role yet");
    let error = grant(&mut desk, "ann", "bob", &["manager"]).expect_err("nobody could give more");
    assert!(error.to_string().contains("somebody must have the role operations"), "{error}");
    assert!(ledger::list(&mut desk.ws, &desk.catalog, Some("role")).expect("read").is_empty());
    grant(&mut desk, "ann", "ann", &["operations"]).expect("given");
    let error = desk.create("bob", json!({"topic": "b"})).expect_err("bob has none now");
    assert_eq!(
        error.to_string(),
        "bob has no role here and may not write records: that takes the role manager, approver or \
         operations; ann can give it (kind role)"
    );
}

#[test]
fn a_role_guards_every_step() {
    let mut desk = Desk::new();
    grant(&mut desk, "ops", "ops", &["operations"]).expect("given");
    grant(&mut desk, "ops", "ann", &["manager"]).expect("given");
    grant(&mut desk, "ops", "bob", &["manager"]).expect("given");
    grant(&mut desk, "ops", "cid", &["approver"]).expect("given");
    grant(&mut desk, "ops", "*", &["viewer"]).expect("given");
    assert!(is_role(&grant(&mut desk, "ann", "dee", &["manager"]).expect_err("not hers to give")));
    desk.create("ann", full()).expect("a manager writes");
    assert!(is_role(&desk.create("dee", json!({"topic": "b"})).expect_err("a viewer")));
    assert!(is_role(&desk.revise("dee", "TP-1", 1, json!({"topic": "c"})).expect_err("a viewer")));
    assert!(is_role(&desk.move_to("dee", "TP-1", "in-review").expect_err("a viewer")));
    desk.move_to("ann", "TP-1", "in-review").expect("a manager moves on");
    let error = desk.move_to("bob", "TP-1", "approved").expect_err("a manager approves nothing");
    assert!(is_role(&error), "{error}");
    let moved = desk.move_to("cid", "TP-1", "approved").expect("an approver does");
    assert!(matches!(moved, Moved::Approved { given: 1, needed: 2, .. }));
    let history = ledger::history(&mut desk.ws, "TP-1").expect("read");
    assert!(history.iter().all(|revision| ["ann", "cid"].contains(&revision.author.as_str())));
}

#[test]
fn a_change_of_a_role_is_a_revision_and_holds_at_once() {
    let mut desk = Desk::new();
    grant(&mut desk, "ops", "ops", &["operations"]).expect("given");
    let given = grant(&mut desk, "ops", "ann", &["viewer"]).expect("given");
    assert!(desk.create("ann", json!({"topic": "a"})).is_err());
    let form = form(&desk);
    let more = body(json!({"who": "ann", "roles": ["manager"]}));
    ledger::revise(
        &mut desk.ws,
        &form,
        &given.record,
        1,
        more,
        &by("ops"),
        Some("she runs the east"),
    )
    .expect("changed");
    desk.create("ann", json!({"topic": "a"})).expect("a manager now");
    ledger::move_to(&mut desk.ws, &form, &given.record, "withdrawn", &by("ops"), Some("left"))
        .expect("withdrawn");
    assert!(desk.create("ann", json!({"topic": "b"})).is_err());
    let roles = ledger::roles(&mut desk.ws).expect("read");
    assert!(roles.allow("ops", Right::Operate) && !roles.allow("ann", Right::Write));
    let history = ledger::history(&mut desk.ws, &given.record).expect("read");
    assert_eq!(history.len(), 3);
}

#[test]
fn the_last_who_gives_roles_stays_until_all_are_gone() {
    let mut desk = Desk::new();
    let form = form(&desk);
    let keys = grant(&mut desk, "ops", "ops", &["operations"]).expect("given").record;
    let ann = grant(&mut desk, "ops", "ann", &["manager"]).expect("given").record;
    let withdraw = |desk: &mut Desk, id: &str| {
        ledger::move_to(&mut desk.ws, &form, id, "withdrawn", &by("ops"), Some("no longer"))
    };
    assert!(matches!(withdraw(&mut desk, &keys), Err(LedgerError::Problems(_))));
    withdraw(&mut desk, &ann).expect("withdrawn");
    withdraw(&mut desk, &keys).expect("nobody is locked out");
    desk.create("dee", json!({"topic": "a"})).expect("everybody may again");
}
