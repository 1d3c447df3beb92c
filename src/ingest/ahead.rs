//! What a snapshot will change, found out before it is one's turn to write.
//!
//! Comparing an export with what is there, and joining versions, takes most of
//! the time that storing it takes. All of that is done on copies, without the
//! file; what is left to do while nobody else may save is putting rows in the
//! place of others. Copies are made in turns of their own, each as short as
//! reading the rows.
//!
//! Invariant: what was foreseen counts only while the workspace knows the same
//! imports as then; otherwise everything is found out anew, in the transaction.

use crate::workspace::{Workspace, WorkspaceError};

use super::apply::{Ready, next_import};
use super::error::ImportError;
use super::history::{self, Foreseen, Stores};

/// Looks ahead for the first snapshot. `None` where there is none, where nothing is there to
/// compare it with, and where somebody else imports just now.
pub fn foresee(
    workspace: &mut Workspace,
    ready: &[Ready<'_, '_, '_>],
) -> Result<Option<Foreseen>, ImportError> {
    let Some(place) = ready.iter().position(|ready| ready.group.day.is_some()) else {
        return Ok(None);
    };
    let (before, group) = (&ready[..place], ready[place].group);
    let Some(day) = group.day else { return Ok(None) };
    // Tables that come before it in the same import have their numbers before it.
    let earlier: usize = before.iter().map(|ready| ready.group.files.len()).sum();
    let stores = Stores::default();
    let begun = workspace.read("comparing an export", |session| {
        if history::is_empty(session, &stores)? {
            return Ok(None);
        }
        let held = history::holding(&stores.of("facts.opportunity"), day);
        session.batch(&format!("CREATE OR REPLACE TEMP TABLE ingest_held AS FROM {held}"))?;
        let next = history::next_snapshot(session, &stores, day)?;
        let import_id = next_import(session, &stores)? + earlier as i64;
        Ok::<_, WorkspaceError>(Some((history::imports(session)?, next, import_id)))
    })?;
    let Some((known, next, import_id)) = begun else { return Ok(None) };
    let incoming = group.incoming(import_id);
    let changes = {
        let session = workspace.staging()?;
        history::compare(&session, "ingest_held", &incoming)?;
        let changes = history::count(&session, "ingest_held", &incoming)?;
        session.batch("DROP TABLE ingest_held")?;
        changes
    };
    if changes.any() {
        let still = workspace.read("comparing an export", |session| {
            let stored = stores.of("facts.opportunity");
            session.batch(&format!(
                "CREATE OR REPLACE TEMP TABLE ingest_old AS {}",
                history::differing(&stored)
            ))?;
            Ok::<_, WorkspaceError>(history::imports(session)? == known)
        })?;
        let session = workspace.staging()?;
        if still {
            history::join(&session, "ingest_old", &incoming, day, next)?;
        }
        session.batch("DROP TABLE ingest_old")?;
        if !still {
            return Ok(None);
        }
    }
    Ok(Some(Foreseen { day, import_id, imports: known, changes }))
}
