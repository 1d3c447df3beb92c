//! The forms of the program: what each asks for, and when.

use qbr::catalog::Form;
use qbr::catalog::form::Required;
use qbr::ledger::{self, Body, LedgerError, Moved};
use serde_json::{Value as Json, json};

use crate::support::{Desk, body, by, problems, with};

fn problems_in(form: &Form, given: Json, state: &str) -> Vec<String> {
    ledger::check(form, &body(given), state).iter().map(ToString::to_string).collect()
}

/// What a rep fills in after a lost deal.
fn submitted() -> Json {
    json!({
        "opportunity_id": "O-1", "outcome": "lost to competitor", "competitor": "Northwind",
        "price_gap": "0.12",
        "drivers": [
            {"driver": "competitive: new entrant", "rank": "primary", "influence": 5, "source": "buyer",
             "quote": "They were there first."},
            {"driver": "pricing: list price", "rank": "secondary", "influence": 2, "source": "rep"},
        ],
    })
}

struct Post {
    desk: Desk,
    form: Form,
}

impl Post {
    fn new() -> Self {
        let desk = Desk::new();
        let form = desk.catalog.forms["post-mortem"].clone();
        Post { desk, form }
    }

    fn filled(&mut self, given: Json) -> Result<Body, LedgerError> {
        let mut given = body(given);
        ledger::fill(&mut self.desk.ws, &self.desk.catalog, &self.form, &mut given)?;
        Ok(given)
    }

    fn move_to(&mut self, author: &str, state: &str) -> Result<Moved, LedgerError> {
        ledger::move_to(&mut self.desk.ws, &self.form, "PM-1", state, &by(author), None)
    }
}

#[test]
fn the_facts_of_a_post_mortem_come_from_the_deal() {
    let mut post = Post::new();
    let filled = post.filled(json!({"opportunity_id": "O-2", "amount": "7.00", "competitor": "Contoso", "region": "West"}));
    assert_eq!(
        filled.expect("known"),
        body(json!({
            "opportunity_id": "O-2", "opportunity": "Second plant", "account": "Borealis",
            "segment": "Enterprise", "owner": "rose", "manager": "max", "amount": "99.50",
            "created_on": "2025-03-01", "closed_on": "2025-11-02", "days": "246",
            "stage_reached": "Proposal", "competitor": "Contoso",
        })),
        "a fact that is not known is no fact; a competitor that was corrected stays"
    );
    assert_eq!(
        problems(post.filled(json!({"opportunity_id": "O-9"}))),
        ["opportunity_id: lost-deals knows nothing about O-9"]
    );
    assert_eq!(post.filled(json!({})).expect("nothing asked"), Body::new());
}

#[test]
fn facts_stay_when_a_revision_leaves_them_out() {
    let mut post = Post::new();
    let given = post.filled(submitted()).expect("known");
    let form = post.form.clone();
    ledger::create(&mut post.desk.ws, &form, given, &by("rose"), None).expect("written");
    let revised = body(with(submitted(), "first_sign", json!("Silence.")));
    let revision = ledger::revise(&mut post.desk.ws, &form, "PM-1", 1, revised, &by("rose"), None)
        .expect("written");
    assert_eq!(revision.body["amount"], "1250000.00");
    assert_eq!(revision.body["opportunity"], "Fleet renewal");
    assert!(
        !revision.body.contains_key("stage_reached"),
        "it may be corrected, so it may be taken away"
    );
    assert_eq!(
        ledger::list(&mut post.desk.ws, &post.desk.catalog, None).expect("read")[0].name,
        "Acme · Fleet renewal"
    );
}

#[test]
fn a_post_mortem_goes_its_way() {
    let mut post = Post::new();
    let form = post.form.clone();
    let given = post.filled(submitted()).expect("known");
    ledger::create(&mut post.desk.ws, &form, given.clone(), &by("rose"), None).expect("written");
    post.move_to("rose", "submitted").expect("submitted");
    assert_eq!(
        problems(post.move_to("fred", "reviewed")),
        [
            "counterfactual: must be filled in",
            "controllable: must be filled in",
            "facilitator: must be filled in",
            "learning: must be filled in",
            "learning_area: must be filled in",
        ]
    );
    let back =
        ledger::move_to(&mut post.desk.ws, &form, "PM-1", "draft", &by("fred"), Some("incomplete"));
    back.expect("sent back");
    let mut reviewed = given;
    for (field, value) in [
        ("counterfactual", json!("A price per site.")),
        ("controllable", json!("partly")),
        ("learning", json!("Ask for the budget owner in the first call.")),
        ("learning_area", json!(["qualification"])),
        ("facilitator", json!("max")),
    ] {
        reviewed.insert(field.into(), value);
    }
    let revise = |post: &mut Post, given: &Body, based_on| {
        let given = given.clone();
        ledger::revise(&mut post.desk.ws, &post.form, "PM-1", based_on, given, &by("rose"), None)
    };
    assert_eq!(
        problems(revise(&mut post, &reviewed, 3)),
        ["facilitator: the facilitator is neither the owner of the deal nor their manager"]
    );
    reviewed.insert("facilitator".into(), json!("fred"));
    revise(&mut post, &reviewed, 3).expect("written");
    post.move_to("rose", "submitted").expect("submitted");
    assert!(matches!(post.move_to("rose", "reviewed"), Err(LedgerError::NotAllowed { .. })));
    post.move_to("fred", "reviewed").expect("reviewed");
    assert_eq!(
        problems(post.move_to("rose", "published")),
        ["actions: name at least one action, or say why nothing changes"]
    );
    assert!(
        problems_in(&form, json!(with_action(&reviewed, json!("2026-01-31"))), "published")
            .is_empty()
    );
    assert_eq!(
        problems_in(&form, json!(with_action(&reviewed, json!(""))), "published"),
        ["actions, row 1, due_on: must be filled in"]
    );
}

fn with_action(reviewed: &Body, due_on: Json) -> Body {
    let mut body = reviewed.clone();
    body.insert(
        "actions".into(),
        json!([{"what": "New question", "owner": "rose", "due_on": due_on}]),
    );
    body
}

#[test]
fn exactly_one_driver_is_the_primary_one() {
    let post = Post::new();
    let check =
        |drivers: Json| problems_in(&post.form, with(submitted(), "drivers", drivers), "submitted");
    let driver =
        |rank: &str| json!({"driver": "unknown", "rank": rank, "influence": 1, "source": "rep"});
    assert_eq!(check(json!([driver("primary")])), Vec::<String>::new());
    let reviewed = with(submitted(), "drivers", json!([driver("secondary")]));
    assert!(
        problems_in(&post.form, reviewed, "reviewed")
            .contains(&"drivers: name exactly one primary driver; here there is none".to_owned())
    );
    assert_eq!(
        check(json!([driver("primary"), driver("primary")])),
        ["drivers: name exactly one primary driver; here there are 2"]
    );
    assert_eq!(
        check(json!(vec![driver("secondary"); 4])),
        ["drivers: name at most three secondary drivers; here there are 4"]
    );
    // The seller chooses twice; who says so is for the review.
    let chosen = json!({
        "opportunity_id": "O-1", "outcome": "no decision", "rep_driver": "no decision: priority"
    });
    assert!(problems_in(&post.form, chosen.clone(), "submitted").is_empty());
    assert_eq!(
        problems_in(&post.form, with(chosen, "rep_driver", json!("")), "submitted"),
        ["rep_driver: choose the main reason"]
    );
    assert!(problems_in(&post.form, json!({"opportunity_id": "O-1"}), "draft").is_empty());
    let unnamed = problems_in(&post.form, with(submitted(), "competitor", json!("")), "submitted");
    assert_eq!(unnamed, ["competitor: name the competitor it was lost to"]);
}

#[test]
fn one_card_for_each_competitor() {
    let mut desk = Desk::new();
    let form = desk.catalog.forms["battle-card"].clone();
    let card = |competitor: &str| body(json!({"competitor": competitor, "tier": 1}));
    ledger::create(&mut desk.ws, &form, card("Northwind"), &by("ann"), None).expect("written");
    assert!(matches!(
        ledger::create(&mut desk.ws, &form, card("northwind"), &by("bob"), None),
        Err(LedgerError::Taken { record, .. }) if record == "BC-1"
    ));
    let lines = json!({
        "competitor": "Northwind", "tier": "1", "owner": "ann", "reviewed_on": "2025-11-03",
        "expires_on": "2026-11-03", "positioning": "Installed in a day.",
        "where_we_win": [{"line": "Plants with three shifts", "won": 7, "closed": 9}],
        "sources": [{"source": "their price list", "fetched_on": "2025-10-30"}],
    });
    assert!(problems_in(&form, lines.clone(), "in-review").is_empty());
    assert_eq!(
        problems_in(&form, lines, "approved"),
        [
            "where_we_win, row 1, source: must be filled in",
            "where_we_win, row 1, seen_on: must be filled in"
        ]
    );
}

#[test]
fn a_play_is_approved_by_two_who_did_not_write_it() {
    let mut desk = Desk::new();
    let form = desk.catalog.forms["play"].clone();
    let feedback = desk.catalog.forms["feedback"].clone();
    let heard = body(json!({"session": "CAB 2025-Q3", "account": "Acme", "verbatim": "Too late."}));
    ledger::create(&mut desk.ws, &feedback, heard, &by("ann"), None).expect("written");
    let play = body(json!({
        "title": "Budget first", "playbook": "Enterprise", "owner": "ann", "trigger": "A first call",
        "steps": [{"step": "Ask who pays."}], "change": "The question comes first.",
        "evidence": [{"record": "FB-1"}], "pilot_team": "East", "pilot_weeks": 6,
        "pilot_metric": "win-rate", "effective_from": "2026-01-01", "review_on": "2026-04-01",
        "version": 1.1,
    }));
    ledger::create(&mut desk.ws, &form, play, &by("ann"), None).expect("written");
    let mut go = |who: &str, state: &str| {
        ledger::move_to(&mut desk.ws, &form, "PL-1", state, &by(who), None)
    };
    go("ann", "in-review").expect("sent");
    assert!(matches!(go("ann", "pilot"), Err(LedgerError::NotAllowed { .. })));
    assert!(matches!(go("bob", "pilot"), Ok(Moved::Moved(_))));
    assert!(matches!(go("bob", "approved"), Ok(Moved::Approved { given: 1, needed: 2, .. })));
    assert!(matches!(go("ann", "approved"), Err(LedgerError::NotAllowed { .. })));
    assert!(matches!(go("cid", "approved"), Ok(Moved::Moved(_))));
    assert!(matches!(go("ann", "published"), Ok(Moved::Moved(_))));
}

#[test]
fn a_play_that_is_rolled_back_says_what_it_said_before() {
    let mut desk = Desk::new();
    let form = desk.catalog.forms["play"].clone();
    let feedback = desk.catalog.forms["feedback"].clone();
    let heard = body(json!({"session": "CAB 2025-Q3", "account": "Acme", "verbatim": "Too late."}));
    ledger::create(&mut desk.ws, &feedback, heard, &by("ann"), None).expect("written");
    let text = |step: &str, version: f64| {
        body(json!({
            "title": "Budget first", "playbook": "Enterprise", "owner": "ann",
            "trigger": "A first call", "steps": [{"step": step}], "change": "The question comes first.",
            "evidence": [{"record": "FB-1"}], "pilot_team": "East", "pilot_weeks": 6,
            "pilot_metric": "win-rate", "effective_from": "2026-01-01", "review_on": "2026-04-01",
            "version": version,
        }))
    };
    let way = ["in-review", "pilot", "approved", "published"];
    let publish = |desk: &mut Desk, step: &str, version: f64| {
        let given = text(step, version);
        match ledger::newest(&mut desk.ws, "PL-1") {
            Err(_) => ledger::create(&mut desk.ws, &form, given, &by("ann"), None),
            Ok(last) => {
                let why = Some("another try");
                ledger::move_to(&mut desk.ws, &form, "PL-1", "proposed", &by("ann"), why)
                    .expect("back");
                let seen = last.revision + 1;
                ledger::revise(&mut desk.ws, &form, "PL-1", seen, given, &by("ann"), why)
            }
        }
        .expect("written");
        for (who, state) in
            [("ann", way[0]), ("bob", way[1]), ("bob", way[2]), ("cid", way[2]), ("ann", way[3])]
        {
            ledger::move_to(&mut desk.ws, &form, "PL-1", state, &by(who), None).expect(state);
        }
    };
    let back = |desk: &mut Desk| {
        let form = desk.catalog.forms["play"].clone();
        let moved = ledger::move_to(
            &mut desk.ws,
            &form,
            "PL-1",
            "rolled-back",
            &by("bob"),
            Some("Fewer wins"),
        );
        match moved.expect("rolled back") {
            Moved::Moved(revision) => revision,
            Moved::Approved { .. } => panic!("it needs nobody's approval"),
        }
    };
    publish(&mut desk, "Ask who pays.", 1.0);
    publish(&mut desk, "Ask who decides.", 1.1);
    let restored = back(&mut desk);
    assert_eq!(restored.body["steps"], json!([{"step": "Ask who pays."}]));
    assert_eq!(restored.reason.as_deref(), Some("Fewer wins. What revision 6 said stands again."));
    // A text that was taken back is not what a later roll-back brings.
    publish(&mut desk, "Ask nobody.", 1.2);
    assert_eq!(back(&mut desk).body["steps"], json!([{"step": "Ask who pays."}]));
    assert!(ledger::verify(&mut desk.ws).expect("read").is_sound());
}

#[test]
fn a_first_text_that_is_rolled_back_has_none_before_it() {
    let mut desk = Desk::new();
    let form = desk.catalog.forms["play"].clone();
    assert_eq!(form.moves.iter().filter(|step| step.restores.is_some()).count(), 1);
    let feedback = desk.catalog.forms["feedback"].clone();
    let heard = body(json!({"session": "CAB 2025-Q3", "account": "Acme", "verbatim": "Too late."}));
    ledger::create(&mut desk.ws, &feedback, heard, &by("ann"), None).expect("written");
    let play = body(json!({
        "title": "Budget first", "playbook": "Enterprise", "owner": "ann", "trigger": "A first call",
        "steps": [{"step": "Ask who pays."}], "change": "The question comes first.",
        "evidence": [{"record": "FB-1"}], "pilot_team": "East", "pilot_weeks": "6", "pilot_metric": "win-rate",
    }));
    ledger::create(&mut desk.ws, &form, play.clone(), &by("ann"), None).expect("written");
    for (who, state) in [
        ("ann", "in-review"),
        ("bob", "pilot"),
        ("bob", "approved"),
        ("cid", "approved"),
        ("ann", "rolled-back"),
    ] {
        ledger::move_to(&mut desk.ws, &form, "PL-1", state, &by(who), Some("Fewer wins"))
            .expect(state);
    }
    let newest = ledger::newest(&mut desk.ws, "PL-1").expect("read");
    assert_eq!((newest.body, newest.reason.as_deref()), (play, Some("Fewer wins")));
}

#[test]
fn a_competitor_has_one_open_card_for_each_segment() {
    let mut desk = Desk::new();
    let form = desk.catalog.forms["battle-card"].clone();
    let mut write = |competitor: &str, segment: Option<&str>| {
        let mut card = body(json!({"competitor": competitor, "tier": "1"}));
        if let Some(segment) = segment {
            card.insert("segment".into(), segment.into());
        }
        ledger::create(&mut desk.ws, &form, card, &by("ann"), None)
    };
    write("Northwind", None).expect("the first");
    write("Northwind", Some("Enterprise")).expect("for a segment of its own");
    let taken = write("northwind", Some("ENTERPRISE")).expect_err("there is one").to_string();
    assert_eq!(
        taken,
        "BC-2 is about northwind · ENTERPRISE already and is draft; write there instead"
    );
    let taken = write("northwind", None).expect_err("there is one").to_string();
    assert_eq!(taken, "BC-1 is about northwind already and is draft; write there instead");
    write("Contoso", Some("Enterprise")).expect("another competitor");
}

#[test]
fn feedback_is_declined_with_a_reason_and_accepted_with_a_play() {
    let desk = Desk::new();
    let form = &desk.catalog.forms["feedback"];
    let point = json!({
        "session": "CAB 2025-Q3", "account": "Acme", "verbatim": "Too late.", "theme": "delivery", "severity": 4,
    });
    assert_eq!(
        problems_in(form, point.clone(), "declined"),
        ["decline_reason: say why, in words that the member can be told"]
    );
    assert_eq!(
        problems_in(form, point.clone(), "accepted"),
        ["play: name the play that changes because of it"]
    );
    assert!(problems_in(form, point, "told-back").is_empty());
    let action = &desk.catalog.forms["action"];
    let todo = json!({"title": "Ask", "owner": "ann", "due_on": "2026-01-31"});
    assert_eq!(problems_in(action, todo.clone(), "done"), ["result: say what is different now"]);
    assert!(problems_in(action, todo, "dropped").is_empty());
}

/// Every way from the first state to one that never comes by the same place twice.
fn ways(form: &Form, end: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![vec![form.states[0].id.clone()]];
    while let Some(way) = open.pop() {
        let here = way.last().expect("a state").clone();
        if here == end {
            found.push(way);
            continue;
        }
        for step in form.moves.iter().filter(|step| step.from.contains(&here)) {
            if !way.contains(&step.to) {
                open.push([way.as_slice(), std::slice::from_ref(&step.to)].concat());
            }
        }
    }
    found
}

#[test]
fn an_end_asks_for_what_every_way_to_it_asks_for() {
    let desk = Desk::new();
    let mut asked = std::collections::BTreeMap::new();
    for form in desk.catalog.forms.values() {
        let place = |id: &str| form.states.iter().position(|state| state.id == id);
        for (from, end) in
            form.states.iter().flat_map(|from| form.states.iter().map(move |end| (from, end)))
        {
            let required = Required::From(from.id.clone());
            let is_asked = ledger::is_required(form, &required, &end.id);
            if !end.done {
                assert_eq!(is_asked, place(&end.id) >= place(&from.id), "{} {}", form.kind, end.id);
                continue;
            }
            let asks = |id: &String| {
                let state = &form.states[place(id).expect("a state")];
                *id == from.id || place(id) > place(&from.id) && !state.done
            };
            let by_the_ways = place(&end.id) >= place(&from.id)
                && ways(form, &end.id).iter().all(|way| way.iter().any(asks));
            assert_eq!(
                is_asked, by_the_ways,
                "{}: what {} asks, in {}",
                form.kind, from.id, end.id
            );
            asked.insert(format!("{} {} {}", form.kind, from.id, end.id), is_asked);
        }
    }
    for (case, expected) in [
        ("decision decided superseded", false),
        ("battle-card in-review archived", false),
        ("criterion in-review retired", false),
        ("play in-review retired", false),
        ("alert-rule proposed retired", false),
        ("alert-rule proposed in-force", true),
        ("assumption proposed rejected", true),
        ("reallocation proposed reversed", true),
        ("feedback triaged told-back", true),
        ("post-mortem reviewed published", true),
        ("card-note answered answered", true),
    ] {
        assert_eq!(asked.get(case), Some(&expected), "{case}");
    }
}

#[test]
fn what_was_only_begun_can_be_given_up() {
    let mut desk = Desk::new();
    for (kind, begun, end) in [
        ("decision", json!({"title": "Hold prices"}), "superseded"),
        ("battle-card", json!({"competitor": "Northwind", "tier": "1"}), "archived"),
        ("alert-rule", json!({"segment": "*", "policy": "strict"}), "retired"),
    ] {
        let form = desk.catalog.forms[kind].clone();
        let written = ledger::create(&mut desk.ws, &form, body(begun), &by("ann"), None);
        let id = written.unwrap_or_else(|error| panic!("{kind}: {error}")).record;
        let moved = ledger::move_to(&mut desk.ws, &form, &id, end, &by("ann"), Some("not needed"));
        assert!(matches!(moved, Ok(Moved::Moved(_))), "{kind}: {moved:?}");
    }
}
