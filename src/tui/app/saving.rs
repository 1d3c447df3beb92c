//! Saves that had to wait for the workspace, whether their form is still open or not.

use crate::ledger::drafts::Draft;
use crate::tui::message::{Effect, Notice, Reply, Ticket};

use super::App;

impl App {
    /// Takes note that a save waits. A reply that ends the waiting gives the save.
    pub(super) fn waits_or_waited(&mut self, ticket: Ticket, reply: &Reply) -> Option<Draft> {
        let Reply::Waits { save, why } = reply else { return self.saves.remove(&ticket) };
        // It is no draft as long as it may still become a revision: nobody saves it twice.
        self.drafts.remove(&save.id);
        self.saves.insert(ticket, (**save).clone());
        self.notice =
            Some(Notice::plain(format!("{} is kept and saved by itself. {why}", called(save))));
        None
    }

    /// What became of a save whose form was left meanwhile.
    pub(super) fn came_late(&mut self, save: Draft, reply: &Reply) {
        let refused = match reply {
            Reply::Saved(revision) => {
                self.effects.push(Effect::Forget(save.id.clone()));
                let (record, number) = (&revision.record, revision.revision);
                self.notice = Some(Notice::good(format!(
                    "Saved as {record}, revision {number}: what had waited is in the workspace."
                )));
                return;
            }
            Reply::Conflict { newest, .. } => {
                format!("{} has changed it meanwhile", newest.author)
            }
            Reply::Problems(problems) => {
                problems.first().map(ToString::to_string).unwrap_or_default()
            }
            Reply::Failed(failure) => failure.message.clone(),
            _ => return,
        };
        self.notice = Some(Notice::bad(format!(
            "{} is a draft again (D), not saved: {refused}.",
            called(&save)
        )));
        self.drafts.insert(save.id.clone(), save);
    }
}

/// `PM-12`, or what it is about.
fn called(save: &Draft) -> String {
    match save.record.as_ref().or(save.about.as_ref()) {
        Some(name) => name.clone(),
        None => format!("The new {}", save.kind.replace('-', " ")),
    }
}
