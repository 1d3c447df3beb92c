//! Moving a record on: which state, are you sure, why, and what came of it.
//! Shared by the record as it is read and the form.

use crate::catalog::form::{Form, Move};
use crate::ledger::Revision;
use crate::tui::message::{Notice, Reply, Request, Ticket};
use crate::tui::pane::{Desk, Question, Step};
use crate::tui::widgets::list_picker::PickItem;

/// A move that is being prepared or carried out.
#[derive(Debug, Default)]
pub struct Moving {
    ticket: Option<Ticket>,
}

/// What became of a move.
#[derive(Debug, PartialEq, Eq)]
pub enum Moved {
    Done,
    /// These fields stand in the way: path and message.
    Problems(Vec<(String, String)>),
    /// Somebody changed it since it was read.
    Outdated,
    Refused,
}

impl Moving {
    /// Offers the states that the record can be moved to.
    pub fn choose(&mut self, form: &Form, state: &str, desk: &mut Desk<'_>) {
        if !desk.may_write() {
            return;
        }
        let items: Vec<PickItem> = moves_from(form, state)
            .map(|step| {
                PickItem::new(&step.to, capitalised(&step.action)).detail(consequence(form, step))
            })
            .collect();
        if items.is_empty() {
            let state = state_title(form, state);
            return desk.say(Notice::plain(format!(
                "{state} is where a {} ends.",
                form.title.to_lowercase()
            )));
        }
        desk.step(Step::Choose {
            question: Question::MoveTo,
            title: format!("Move on from {}", state_title(form, state)),
            items,
        });
    }

    /// One step further with what the person answered.
    pub fn answered(
        &mut self,
        question: &Question,
        answer: &str,
        form: &Form,
        newest: &Revision,
        desk: &mut Desk<'_>,
    ) {
        let step = |to: &str| moves_from(form, &newest.state).find(|step| step.to == to);
        match question {
            Question::MoveTo => {
                let Some(step) = step(answer) else { return };
                if step.needs_reason {
                    desk.step(Step::Line {
                        question: Question::Reason { to: step.to.clone() },
                        label: format!("Why {}?", step.action),
                        text: String::new(),
                    });
                } else {
                    let yes = format!("Yes, {} {}", step.action, newest.record);
                    desk.step(Step::Choose {
                        question: Question::Sure { to: step.to.clone() },
                        title: consequence(form, step),
                        items: vec![
                            PickItem::new("yes", &yes),
                            PickItem::new("no", "No, leave it as it is"),
                        ],
                    });
                }
            }
            Question::Sure { to } if answer == "yes" => self.carry_out(to, None, newest, desk),
            Question::Reason { to } => {
                if answer.trim().is_empty() {
                    desk.say(Notice::bad("Nothing was moved: a reason must be given."));
                } else {
                    self.carry_out(to, Some(answer.trim().to_owned()), newest, desk);
                }
            }
            _ => {}
        }
    }

    fn carry_out(
        &mut self,
        to: &str,
        reason: Option<String>,
        newest: &Revision,
        desk: &mut Desk<'_>,
    ) {
        self.ticket = Some(desk.ask(Request::Move {
            kind: newest.kind.clone(),
            record: newest.record.clone(),
            seen: newest.revision,
            to: to.to_owned(),
            reason,
        }));
    }

    /// What became of it; `None` when the reply is to something else.
    pub fn replied(
        &mut self,
        ticket: Ticket,
        reply: &Reply,
        form: &Form,
        desk: &mut Desk<'_>,
    ) -> Option<Moved> {
        if self.ticket != Some(ticket) {
            return None;
        }
        self.ticket = None;
        Some(match reply {
            Reply::Moved { revision, missing: 0 } => {
                let state = state_title(form, &revision.state);
                desk.say(Notice::good(format!("{} is {state} now.", revision.record)));
                Moved::Done
            }
            Reply::Moved { revision, missing } => {
                let people = if *missing == 1 { "person" } else { "people" };
                desk.say(Notice::good(format!(
                    "Your approval of {} is noted; {missing} more {people} must approve.",
                    revision.record
                )));
                Moved::Done
            }
            Reply::Problems(problems) => {
                desk.say(Notice::bad(count_problems(problems.len())));
                Moved::Problems(
                    problems.iter().map(|p| (p.field.clone(), p.message.clone())).collect(),
                )
            }
            Reply::Failed(failure) => {
                desk.say(Notice::from(failure));
                Moved::Refused
            }
            Reply::Conflict { newest, .. } => {
                desk.say(Notice::bad(format!(
                    "{} changed {} meanwhile. Read it again before you move it on.",
                    newest.author, newest.record
                )));
                Moved::Outdated
            }
            _ => Moved::Refused,
        })
    }
}

/// `Not yet: 3 fields need attention.`
pub fn count_problems(count: usize) -> String {
    match count {
        1 => "Not yet: 1 field needs attention; it is marked in the form (e).".to_owned(),
        n => format!("Not yet: {n} fields need attention; they are marked in the form (e)."),
    }
}

/// The title of a state, or its id where the form does not know it any more.
pub fn state_title<'f>(form: &'f Form, state: &'f str) -> &'f str {
    form.states.iter().find(|s| s.id == state).map_or(state, |s| s.title.as_str())
}

fn moves_from<'f>(form: &'f Form, state: &'f str) -> impl Iterator<Item = &'f Move> {
    form.moves.iter().filter(move |step| step.from.iter().any(|from| from == state))
}

fn consequence(form: &Form, step: &Move) -> String {
    let mut text = format!("to {}", state_title(form, &step.to));
    if form.states.iter().any(|state| state.id == step.to && !state.open) {
        text.push_str("; it can't be edited there");
    }
    match step.approvals {
        0 => {}
        1 => text.push_str("; 1 person who did not write it must approve"),
        n => text.push_str(&format!("; {n} people who did not write it must approve")),
    }
    text
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What a measure came to, as it was written down.
pub fn measured(revision: &Revision) -> Notice {
    let reason = revision.reason.as_deref().unwrap_or_default();
    Notice::good(format!("{}, revision {}. {reason}", revision.record, revision.revision))
}
