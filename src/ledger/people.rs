//! The people that the facts know.

use super::error::LedgerError;
use crate::workspace::Workspace;

/// Name and role of everybody, by name.
///
/// # Errors
/// Those of the workspace.
pub fn people(ws: &mut Workspace) -> Result<Vec<(String, String)>, LedgerError> {
    let table = ws.read("the list of people", |session| {
        session.query(
            "SELECT DISTINCT name, role FROM facts.person WHERE name IS NOT NULL ORDER BY name",
            &[],
        )
    })?;
    let cell = |row: usize, column: &str| table.get(row, column).plain();
    Ok((0..table.len()).map(|row| (cell(row, "name"), cell(row, "role"))).collect())
}
