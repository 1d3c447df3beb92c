//! Saves that wait for their turn at the workspace.
//!
//! Owns one small file per save under `$XDG_STATE_HOME/qbr/saves`, kept as drafts
//! are ([`super::drafts`]) and named like the draft it was: a save is a draft of
//! which its writer has said that it is done. It is there before the ledger is
//! asked, and goes when the ledger has it or has refused it.
//!
//! Invariants: whoever is killed at whatever moment, a save is not lost and not
//! written twice, because the ledger notes in the same transaction which saves
//! have arrived; a save that is refused becomes a draft again, and is never
//! merged in silence.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::body::canonical;
use super::citing::cite;
use super::drafts::{Draft, DraftError, Journal};
use super::error::LedgerError;
use super::read::newest;
use super::revision::{Revision, Signature};
use super::write::{self, Once};
use crate::catalog::Catalog;
use crate::workspace::{Workspace, WorkspaceError};

/// The saves of this user that are not in their workspaces yet. Clones are the same.
#[derive(Clone, Debug)]
pub struct Saves {
    waiting: Journal,
    drafts: Journal,
}

/// What became of a save.
#[derive(Debug)]
pub enum Tried {
    Saved(Box<Revision>),
    /// Not now: it is kept, and can be tried again.
    Waits(WorkspaceError),
    /// Not like this: it is a draft again.
    Refused(LedgerError),
}

impl Saves {
    /// Those beside these drafts.
    pub fn beside(drafts: &Journal) -> Result<Self, DraftError> {
        let waiting = Journal::at(&folder(drafts.folder()))?;
        Ok(Saves { waiting, drafts: drafts.clone() })
    }

    /// The same for who only wants to carry out what was left behind; `None` where there
    /// is nothing, and then nothing is made.
    pub fn left_behind() -> Result<Option<Self>, DraftError> {
        let drafts = Journal::usual_folder()?;
        let any = std::fs::read_dir(folder(&drafts)).is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "json"))
            })
        });
        if !any {
            return Ok(None);
        }
        Saves::beside(&Journal::at(&drafts)?).map(Some)
    }

    /// Keeps a save. When this returns, it survives the end of the process and of the machine.
    pub fn keep(&self, save: &Draft) -> Result<(), DraftError> {
        self.waiting.save(save)
    }

    /// Those for a workspace whose sessions are over, the oldest first; this session sees to
    /// them from now on.
    pub fn take_over(&self, workspace: &Path) -> Result<Vec<Draft>, DraftError> {
        let mut taken = Vec::new();
        for save in self.waiting.list(workspace)?.drafts.into_iter().rev() {
            match self.waiting.recover(&save.id) {
                Ok(save) => taken.push(save),
                // Another session was quicker.
                Err(DraftError::Gone(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    /// How many saves for a workspace this session leaves to the next one.
    pub fn count(&self, workspace: &Path) -> usize {
        self.waiting.list(workspace).map_or(0, |offered| offered.drafts.len())
    }

    /// Tries to write a save, waiting with the patience of the workspace. Asked twice, it is
    /// written once, and the revision that it became is given both times.
    pub fn attempt(
        &self,
        ws: &mut Workspace,
        catalog: &Catalog,
        save: &Draft,
        by: &Signature,
    ) -> Tried {
        match arrive(ws, catalog, save, by) {
            Ok(revision) => {
                // The draft first: a save without a draft is asked for once more and is there
                // already; a draft without a save would be offered again.
                self.let_go(&[&self.drafts, &self.waiting], &save.id);
                Tried::Saved(Box::new(revision))
            }
            Err(LedgerError::Workspace(error)) if passes(&error) => Tried::Waits(error),
            Err(error) => {
                self.give_back(save);
                Tried::Refused(error)
            }
        }
    }

    /// Makes a save a draft again. What was written since stays as it is.
    fn give_back(&self, save: &Draft) {
        if !self.drafts.has(&save.id)
            && let Err(error) = self.drafts.save(save)
        {
            // It stays a save, which is tried and refused again: better than lost.
            tracing::warn!(%error, "a save could not become a draft");
            return;
        }
        self.let_go(&[&self.waiting], &save.id);
    }

    fn let_go(&self, journals: &[&Journal], id: &str) {
        for journal in journals {
            if let Err(error) = journal.discard(id) {
                tracing::warn!(%error, "a save is in the ledger and its file could not go");
            }
        }
    }
}

/// Beside the folder of drafts.
fn folder(drafts: &Path) -> PathBuf {
    drafts.with_file_name("saves")
}

/// Whether an error may be over the next time.
fn passes(error: &WorkspaceError) -> bool {
    matches!(
        error,
        WorkspaceError::Busy { .. } | WorkspaceError::Interrupted | WorkspaceError::DiskFull { .. }
    )
}

fn arrive(
    ws: &mut Workspace,
    catalog: &Catalog,
    save: &Draft,
    by: &Signature,
) -> Result<Revision, LedgerError> {
    let Some(form) = catalog.forms.get(&save.kind) else {
        let why = format!("there is no form of the kind {} any more", save.kind);
        let record = save.record.clone().unwrap_or_else(|| "a new record".to_owned());
        return Err(LedgerError::NotAllowed { record, why });
    };
    let mut body = save.body.clone();
    cite(ws, catalog, form, &mut body)?;
    let once = Once(name(save));
    match save.record.as_deref().zip(save.based_on) {
        None => write::create_once(ws, form, body, by, &once),
        Some((id, based_on)) => match write::revise_once(ws, form, id, based_on, body, by, &once) {
            // The text is in the ledger already: that is what was wanted.
            Err(LedgerError::Unchanged { .. }) => newest(ws, id),
            done => done,
        },
    }
}

/// What the ledger knows a save by. The text is part of it: who goes on with a draft that was
/// saved already, and saves it again, means another save.
fn name(save: &Draft) -> String {
    let mut hash = Sha256::new();
    hash.update(save.record.as_deref().unwrap_or_default());
    hash.update(save.based_on.unwrap_or_default().to_le_bytes());
    hash.update(canonical(&save.body));
    let hash: String = hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hash}", save.id)
}
