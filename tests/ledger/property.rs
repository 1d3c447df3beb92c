//! Whatever people do, in whatever order, the ledger stays what it promises.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qbr::ledger::{self, Action, Moved};
use serde_json::json;

use crate::support::{Desk, full, with};

#[derive(Clone, Debug)]
enum Step {
    Create { topic: u8 },
    Revise { record: u8, words: String, behind: bool },
    Move { record: u8, state: usize },
}

const STATES: [&str; 5] = ["draft", "in-review", "approved", "rejected", "published"];
const PEOPLE: [&str; 4] = ["ann", "bob", "cid", "dot"];

fn step() -> impl Strategy<Value = (usize, Step)> {
    let step = prop_oneof![
        1 => (0u8..4).prop_map(|topic| Step::Create { topic }),
        2 => (1u8..4, "\\PC{0,6}", proptest::bool::weighted(0.1))
            .prop_map(|(record, words, behind)| Step::Revise { record, words, behind }),
        4 => (1u8..4, 0usize..5).prop_map(|(record, state)| Step::Move { record, state }),
    ];
    (0usize..4, step)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_chain_holds_whatever_is_done(steps in proptest::collection::vec(step(), 1..40)) {
        let mut desk = Desk::new();
        // The chain's end as the accepted steps tell it.
        let mut end = 0;
        for (who, step) in steps {
            let who = PEOPLE[who];
            let written = match step {
                Step::Create { topic } => {
                    let given = with(full(), "topic", json!(format!("topic {topic}")));
                    desk.create(who, with(given, "why_not", json!("No"))).ok()
                }
                Step::Revise { record, words, behind } => {
                    let id = format!("TP-{record}");
                    let newest = ledger::newest(&mut desk.ws, &id).ok();
                    let based_on = newest.map_or(1, |newest| newest.revision);
                    let given = with(full(), "words", json!(words));
                    let given = with(given, "topic", json!(format!("topic of {id}")));
                    let given = with(given, "why_not", json!("No"));
                    desk.revise(who, &id, based_on.saturating_sub(u32::from(behind)), given).ok()
                }
                Step::Move { record, state } => {
                    match desk.move_to(who, &format!("TP-{record}"), STATES[state]).ok() {
                        Some(Moved::Moved(revision) | Moved::Approved { revision, .. }) => Some(revision),
                        None => None,
                    }
                }
            };
            if let Some(revision) = written {
                // An approval given twice is not written twice.
                let again = revision.action == Action::Approve && revision.seq <= end;
                prop_assert!(again || revision.seq == end + 1);
                end = end.max(revision.seq);
            }
        }
        let verification = ledger::verify(&mut desk.ws).expect("read");
        prop_assert!(verification.is_sound(), "{}", verification);
        prop_assert_eq!(verification.revisions as i64, end, "a refused step wrote something");

        let form = desk.form();
        for summary in ledger::list(&mut desk.ws, &desk.catalog, None).expect("read") {
            let history = desk.history(&summary.record);
            prop_assert_eq!(history[0].action, Action::Create);
            for (place, revision) in history.iter().enumerate() {
                prop_assert_eq!(revision.revision as usize, place + 1);
                prop_assert_eq!(revision.parent, (place > 0).then_some(place as u32));
                prop_assert!(ledger::check(&form, &revision.body, &revision.state).is_empty());
                if let Some(before) = place.checked_sub(1).map(|before| &history[before]) {
                    prop_assert!(revision.seq > before.seq);
                    let moved = revision.state != before.state;
                    prop_assert_eq!(moved, revision.action == Action::Move);
                    prop_assert_eq!(revision.body != before.body, revision.action == Action::Revise);
                    // Into "approved" only with two who wrote none of it.
                    if moved && revision.state == "approved" {
                        let standing = ledger::approvals(&form, &history[..place], "approved");
                        let mut people = standing.given.clone();
                        people.push(revision.author.clone());
                        people.sort();
                        people.dedup();
                        prop_assert_eq!(people.len(), 2);
                        prop_assert!(people.iter().all(|person| !standing.authors.contains(person)));
                    }
                }
            }
        }
        // Of the records that are not finished, no two are about the same.
        let mut topics: BTreeMap<String, String> = BTreeMap::new();
        for summary in ledger::list(&mut desk.ws, &desk.catalog, None).expect("read") {
            let done = form.states.iter().any(|state| state.id == summary.state && state.done);
            let body = ledger::newest(&mut desk.ws, &summary.record).expect("there").body;
            if !done {
                let topic = body["topic"].to_string();
                prop_assert_eq!(topics.insert(topic, summary.record), None);
            }
        }
    }
}
