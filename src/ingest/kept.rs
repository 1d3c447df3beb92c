//! The log of imports, and the closing reports that are kept with it.
//!
//! Owns reading them again; they are written by [`super::apply`] within the
//! import's transaction. Changes nothing.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{Table, Value};
use crate::workspace::Workspace;

use super::error::ImportError;
use super::report::ImportReport;
use super::typed::Reject;

/// One file that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Kept {
    pub import_id: i64,
    pub file: String,
    pub table: String,
    pub preset: String,
    /// The day the export shows, for tables with history.
    pub taken_on: Option<NaiveDate>,
    pub imported_at: Option<DateTime<Utc>>,
    pub imported_by: String,
    pub read: u64,
    pub taken: u64,
    pub rejected: u64,
}

/// All of them, the newest first.
pub fn imports(workspace: &mut Workspace) -> Result<Vec<Kept>, ImportError> {
    let found = asked(
        workspace,
        "SELECT import_id, file_name, table_name, preset, taken_on, imported_at, imported_by,
                rows_read, rows_taken, rows_rejected
         FROM meta.import ORDER BY import_id DESC",
        &[],
    )?;
    let text = |row: usize, column: &str| found.get(row, column).plain();
    let count = |row: usize, column: &str| {
        found.get(row, column).as_int().and_then(|count| u64::try_from(count).ok())
    };
    let kept = (0..found.len()).map(|row| Kept {
        import_id: found.get(row, "import_id").as_int().unwrap_or_default(),
        file: text(row, "file_name"),
        table: text(row, "table_name"),
        preset: text(row, "preset"),
        taken_on: found.get(row, "taken_on").as_date(),
        imported_at: match found.get(row, "imported_at") {
            Value::Instant(at) => Some(*at),
            _ => None,
        },
        imported_by: text(row, "imported_by"),
        read: count(row, "rows_read").unwrap_or_default(),
        taken: count(row, "rows_taken").unwrap_or_default(),
        rejected: count(row, "rows_rejected").unwrap_or_default(),
    });
    Ok(kept.collect())
}

/// The report that an import ended with, of that file alone.
///
/// # Errors
/// `NoSuchImport`; `KeptReport` where another version of the program wrote what this one cannot read.
pub fn report(workspace: &mut Workspace, import_id: i64) -> Result<ImportReport, ImportError> {
    let sql = "SELECT report FROM meta.import WHERE import_id = ?";
    let found = asked(workspace, sql, &[Value::Int(import_id)])?;
    let Some(row) = found.rows.first() else {
        return Err(no_such(workspace, import_id)?);
    };
    let kept = serde_json::from_str(&row[0].plain());
    kept.map_err(|error| ImportError::KeptReport { import_id, message: error.to_string() })
}

/// Every row of an import that was rejected, in the order of the file.
///
/// # Errors
/// `NoSuchImport`.
pub fn rejects(workspace: &mut Workspace, import_id: i64) -> Result<Vec<Reject>, ImportError> {
    let id = [Value::Int(import_id)];
    if asked(workspace, "SELECT 1 FROM meta.import WHERE import_id = ?", &id)?.is_empty() {
        return Err(no_such(workspace, import_id)?);
    }
    let found = asked(
        workspace,
        "SELECT line, column_name, value, reason FROM meta.reject WHERE import_id = ? ORDER BY ALL",
        &id,
    )?;
    let text = |value: &Value| value.as_text().map(str::to_owned);
    let reject = |row: &Vec<Value>| Reject {
        line: row[0].as_int().and_then(|line| u64::try_from(line).ok()).unwrap_or_default(),
        column: text(&row[1]),
        value: text(&row[2]),
        reason: row[3].plain(),
    };
    Ok(found.rows.iter().map(reject).collect())
}

fn no_such(workspace: &mut Workspace, import_id: i64) -> Result<ImportError, ImportError> {
    let newest = asked(workspace, "SELECT max(import_id) FROM meta.import", &[])?;
    let newest = newest.rows.first().and_then(|row| row[0].as_int());
    Ok(ImportError::NoSuchImport { import_id, newest })
}

fn asked(workspace: &mut Workspace, sql: &str, parameters: &[Value]) -> Result<Table, ImportError> {
    workspace.read("reading the log of imports", |session| Ok(session.query(sql, parameters)?))
}
