//! The assumptions of the first day, in a workspace that an older program made.
//!
//! Owns nothing but their completion: what the company decided stays as it is.

use std::collections::BTreeSet;

use chrono::Utc;

use super::Workspace;
use super::error::WorkspaceError;
use super::session::Session;
use super::settings::ASSUMPTIONS;
use crate::domain::Value;

/// Writes the assumptions that a workspace lacks because the program that made it did not know
/// them; what the company decided stays as it is. True when there were any.
pub(super) fn complete(workspace: &mut Workspace) -> Result<bool, WorkspaceError> {
    let lacking = |session: &Session<'_>| -> Result<Vec<_>, WorkspaceError> {
        let found = session.query("SELECT DISTINCT name, scope FROM settings.assumption", &[])?;
        let known: BTreeSet<(&str, &str)> = found
            .rows
            .iter()
            .filter_map(|row| Some((row[0].as_text()?, row[1].as_text()?)))
            .collect();
        let new = |(name, scope, _): &&(&str, &str, &str)| !known.contains(&(*name, *scope));
        Ok(ASSUMPTIONS.iter().filter(new).collect())
    };
    if workspace.read("looking for assumptions", lacking)?.is_empty() {
        return Ok(false);
    }
    workspace.write("completing the assumptions", |session| {
        for (name, scope, value) in lacking(session)? {
            session.execute(
                "INSERT INTO settings.assumption VALUES
                 (?, ?, ?::DECIMAL(18,4), DATE '1900-01-01', 1, 'qbr', ?, 'default')",
                &[(*name).into(), (*scope).into(), (*value).into(), Value::Instant(Utc::now())],
            )?;
        }
        Ok(true)
    })
}
