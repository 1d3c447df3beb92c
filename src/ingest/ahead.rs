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

use chrono::NaiveDate;

use crate::domain::Value;
use crate::workspace::{Session, Workspace, WorkspaceError};

use super::apply::{Ready, next_import};
use super::error::ImportError;
use super::history::{self, Changes, Stores};

/// What the first snapshot of an import changes. Its rows stand in the tables of [`history`].
#[derive(Debug)]
pub struct Foreseen {
    day: NaiveDate,
    /// The imports that the workspace knew.
    imports: String,
    pub changes: Changes,
}

impl Foreseen {
    /// Whether it is about this day, and still true.
    pub fn holds(
        &self,
        session: &Session<'_>,
        stores: &Stores,
        day: NaiveDate,
    ) -> Result<bool, WorkspaceError> {
        Ok(stores.are_real() && self.day == day && self.imports == imports(session)?)
    }
}

/// Looks ahead for the first snapshot. `None` where there is none, where nothing is there to
/// compare it with, and where somebody else imports just now.
pub fn foresee(
    workspace: &mut Workspace,
    ready: &[Ready<'_, '_, '_>],
) -> Result<Option<Foreseen>, ImportError> {
    let first = ready.iter().find_map(|ready| Some((ready.group, ready.group.day?)));
    let Some((group, day)) = first else { return Ok(None) };
    let stores = Stores::default();
    let begun = workspace.read("comparing an export", |session| {
        if history::is_empty(session, &stores)? {
            return Ok(None);
        }
        let held = history::holding(&stores.of("facts.opportunity"), day);
        session.batch(&format!("CREATE OR REPLACE TEMP TABLE ingest_held AS FROM {held}"))?;
        let next = history::next_snapshot(session, &stores, day)?;
        let incoming = group.incoming(next_import(session, &stores)?);
        Ok::<_, WorkspaceError>(Some((imports(session)?, next, incoming)))
    })?;
    let Some((known, next, incoming)) = begun else { return Ok(None) };
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
            Ok::<_, WorkspaceError>(imports(session)? == known)
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
    Ok(Some(Foreseen { day, imports: known, changes }))
}

/// One text that is another after every import.
fn imports(session: &Session<'_>) -> Result<String, WorkspaceError> {
    let found = session.query(
        "SELECT concat_ws(' ', count(*), max(import_id), max(imported_at)) AS known FROM meta.import",
        &[],
    )?;
    Ok(found.rows.first().map(|row| &row[0]).map(Value::plain).unwrap_or_default())
}
