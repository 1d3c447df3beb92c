//! A file of steps.

use qbr::ledger::{self, Action};

use crate::support::Desk;

const STEPS: &str = r#"
{"record":"PM-1","kind":"post-mortem","action":"create","body":{"opportunity_id":"O-1","outcome":"no decision","drivers":[{"driver":"unknown","rank":"primary","influence":1,"source":"rep"}]},"author":"rose","at":"2025-11-03T09:12:00Z"}
{"record":"TP-1","kind":"proposal","action":"create","body":{"topic":"a","owner":"ann","lines":[{"line":"x","rank":"primary"}]},"author":"ann","at":"2025-11-03T10:00:00.123456Z","reason":"first"}
{"record":"PM-1","kind":"post-mortem","action":"move","state":"submitted","author":"rose","at":"2025-11-04T09:12:00Z"}

{"record":"TP-1","kind":"proposal","action":"move","state":"in-review","author":"ann","at":"2025-11-05T09:12:00Z"}
{"record":"TP-1","kind":"proposal","action":"move","state":"approved","author":"bob","at":"2025-11-06T09:12:00Z"}
{"record":"TP-1","kind":"proposal","action":"approve","state":"approved","author":"cid","at":"2025-11-07T09:12:00Z"}
"#;

#[test]
fn steps_are_taken_in_the_names_of_their_authors() {
    let mut desk = Desk::new();
    let catalog = desk.catalog.clone();
    assert_eq!(ledger::replay(&mut desk.ws, &catalog, STEPS).expect("every step"), 6);
    let verification = ledger::verify(&mut desk.ws).expect("read");
    assert!(verification.is_sound(), "{verification}");
    let steps: Vec<(Action, String, String)> = desk
        .history("TP-1")
        .into_iter()
        .map(|revision| (revision.action, revision.state, revision.author))
        .collect();
    let step = |action, state: &str, author: &str| (action, state.to_owned(), author.to_owned());
    assert_eq!(
        steps,
        [
            step(Action::Create, "draft", "ann"),
            step(Action::Move, "in-review", "ann"),
            step(Action::Approve, "in-review", "bob"),
            step(Action::Move, "approved", "cid"),
        ]
    );
    let first = desk.history("TP-1").remove(0);
    assert_eq!(first.at.to_rfc3339(), "2025-11-03T10:00:00.123456+00:00");
    assert_eq!(desk.history("PM-1")[0].body["account"], "Acme", "facts are filled in");
}

#[test]
fn one_wrong_step_undoes_them_all() {
    let mut desk = Desk::new();
    let catalog = desk.catalog.clone();
    for (from, to, said) in [
        ("\"bob\"", "\"ann\"", "line 7: TP-1: ann wrote it"),
        (
            "\"influence\":1",
            "\"influence\":9",
            "line 2: drivers, row 1, influence: 9 is not between 1 and 5",
        ),
        (
            "\"record\":\"TP-1\",\"kind\":\"proposal\",\"action\":\"create\"",
            "\"record\":\"TP-7\",\"kind\":\"proposal\",\"action\":\"create\"",
            "line 3: TP-7 would become TP-1 here",
        ),
        (
            "\"kind\":\"post-mortem\",\"action\":\"move\"",
            "\"kind\":\"autopsy\",\"action\":\"move\"",
            "line 4: PM-1: there is no kind of record autopsy",
        ),
        ("\"reason\":\"first\"", "\"because\":\"first\"", "line 3: unknown field `because`"),
        ("\"O-1\"", "\"O-9\"", "line 2: opportunity_id: lost-deals knows nothing about O-9"),
    ] {
        let steps = STEPS.replace(from, to);
        assert_ne!(steps, STEPS);
        let error = ledger::replay(&mut desk.ws, &catalog, &steps).expect_err(said).to_string();
        assert!(error.starts_with(said), "{error}");
        assert_eq!(desk.count(), 0);
    }
}
