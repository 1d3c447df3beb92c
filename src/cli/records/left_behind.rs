//! Saves that the screen had to leave waiting when it was closed: the next command of the same
//! person that writes records makes them, and says what became of them on standard error.

use crate::catalog::Catalog;
use crate::domain::text::harmless;
use crate::ledger::drafts::{Draft, DraftError};
use crate::ledger::{Saves, Tried};
use crate::workspace::Workspace;

/// Makes them. What cannot be made stands in nobody's way.
pub fn save(workspace: &mut Workspace, catalog: &Catalog) {
    if let Err(error) = try_saving(workspace, catalog) {
        eprintln!("saves that you left waiting cannot be read: {}", harmless(&error.to_string()));
    }
}

fn try_saving(workspace: &mut Workspace, catalog: &Catalog) -> Result<(), DraftError> {
    let Some(saves) = Saves::left_behind()? else { return Ok(()) };
    for save in saves.take_over(workspace.path())? {
        let words = match saves.attempt(workspace, catalog, &save, &super::signature()) {
            Tried::Saved(revision) => format!(
                "{} revision {}: saved now; it had waited since {}",
                revision.record,
                revision.revision,
                save.saved_at.format("%Y-%m-%d %H:%M UTC")
            ),
            Tried::Waits(error) => format!("{} still waits to be saved: {error}", called(&save)),
            Tried::Refused(error) => format!(
                "{} could not be saved and is a draft again, which the screen offers: {error}",
                called(&save)
            ),
        };
        eprintln!("{}", harmless(&words));
    }
    Ok(())
}

fn called(save: &Draft) -> String {
    match (&save.record, &save.about) {
        (Some(record), _) => record.clone(),
        (None, Some(about)) => format!("{} {about}", save.kind),
        (None, None) => format!("a new {}", save.kind),
    }
}
