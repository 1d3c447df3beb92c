//! Who has approved what is written, and who may not.
//!
//! Invariant: an approval is of one body in one state toward one other state.
//! It falls when the body or the state changes. Nobody approves what they wrote.

use std::collections::BTreeSet;

use super::revision::{Action, Revision};
use crate::catalog::Form;
use crate::catalog::form::Move;

/// How a move that needs approvals stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approvals {
    /// Who wrote what is to be approved, in the order of their names: everybody
    /// who wrote a revision since the record last came back to its first state
    /// after an approval.
    pub authors: Vec<String>,
    /// Who has approved it as it stands, in the order in which they did.
    pub given: Vec<String>,
    /// How many must; 0 when the move needs none.
    pub needed: usize,
}

/// How the move to `state` stands after this history (oldest first) of a record.
/// Without such a move nobody is needed.
pub fn approvals(form: &Form, history: &[Revision], state: &str) -> Approvals {
    let Some(newest) = history.last() else { return Approvals::default() };
    // Only those since the last step that changed the body or the state.
    let last = history.iter().rposition(|revision| revision.action != Action::Approve);
    let since = history.get(last.map_or(0, |last| last + 1)..).unwrap_or_default();
    let mut given: Vec<String> = Vec::new();
    for approval in since.iter().filter(|approval| approval.toward.as_deref() == Some(state)) {
        if !given.contains(&approval.author) {
            given.push(approval.author.clone());
        }
    }
    Approvals {
        authors: authors(form, history),
        given,
        needed: way(form, &newest.state, state).map_or(0, |step| step.approvals),
    }
}

/// The move of the form that leads from one state to another.
pub(super) fn way<'a>(form: &'a Form, from: &str, to: &str) -> Option<&'a Move> {
    form.moves.iter().find(|step| step.to == to && step.from.iter().any(|state| state == from))
}

/// Sending a draft back and correcting a word in it does not make somebody else
/// its author; a new round after an approval does: what was approved then has
/// been read by others, and only the change is new.
fn authors(form: &Form, history: &[Revision]) -> Vec<String> {
    let first = form.states.first().map_or("", |state| state.id.as_str());
    let mut authors = BTreeSet::new();
    let (mut approved, mut new_round) = (false, false);
    let mut before = "";
    for revision in history {
        match revision.action {
            Action::Create | Action::Revise => {
                if new_round {
                    authors.clear();
                    new_round = false;
                }
                authors.insert(revision.author.clone());
            }
            Action::Move if revision.state == first => {
                new_round |= approved;
                approved = false;
            }
            Action::Move => {
                let step = way(form, before, &revision.state);
                approved |= step.is_some_and(|step| step.approvals > 0);
            }
            Action::Approve => {}
        }
        before = &revision.state;
    }
    authors.into_iter().collect()
}
