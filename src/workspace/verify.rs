//! Whether a workspace file is sound: every block readable, every table as the
//! schema has it, every rollup the sum of its rows. The hash chain of the ledger is the ledger's business.

use super::address::SCHEME;
use super::error::WorkspaceError;
use super::served::passed_on;
use super::session::Session;
use super::{Schema, Workspace};
use crate::domain::Table;

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCheck {
    /// `facts.opportunity` and how many rows were read from it.
    pub tables: Vec<(String, u64)>,
    /// What is wrong, in words; empty when the file is sound.
    pub problems: Vec<String>,
}

/// Columns of a database, in order.
const COLUMNS: &str = "SELECT schema_name || '.' || table_name AS name,
       string_agg(column_name || ' ' || data_type || CASE WHEN is_nullable THEN '' ELSE ' NOT NULL' END,
                  ', ' ORDER BY column_index) AS columns
FROM duckdb_columns()
WHERE NOT internal";

fn columns_of(database: &str) -> String {
    format!("{COLUMNS} AND database_name = '{database}' GROUP BY ALL ORDER BY ALL")
}

/// To be asked of the file itself, also where that is served elsewhere and we have a copy.
fn there(session: &Session<'_>, sql: &str) -> String {
    let served = session.path.to_str().is_some_and(|path| path.starts_with(SCHEME));
    if served { passed_on(sql) } else { sql.to_owned() }
}

impl Workspace {
    /// Reads every value of every table, so that every block's checksum is
    /// compared, and compares the tables with what the schema makes.
    ///
    /// # Errors
    /// Those of [`Workspace::read`]: a file that cannot be opened is an error, a
    /// table that cannot be read is a problem of the result.
    pub fn verify_file(&mut self) -> Result<FileCheck, WorkspaceError> {
        let schema = self.schema;
        self.read("verifying", |session| {
            let found = session.query(&there(session, &columns_of(super::instance::ALIAS)), &[])?;
            let expected = expected(session, schema)?;
            let mut check =
                FileCheck { problems: differences(&found, &expected), ..FileCheck::default() };
            for row in 0..found.len() {
                let name = found.get(row, "name").plain();
                match rows_of(session, &name) {
                    Ok(count) => check.tables.push((name, count)),
                    Err(WorkspaceError::Interrupted) => return Err(WorkspaceError::Interrupted),
                    Err(error) => check.problems.push(format!("{name} cannot be read: {error}")),
                }
            }
            match session.false_rollups() {
                Ok(problems) => check.problems.extend(problems),
                Err(WorkspaceError::Interrupted) => return Err(WorkspaceError::Interrupted),
                Err(error) => check.problems.push(format!("the rollups cannot be read: {error}")),
            }
            Ok(check)
        })
    }
}

/// Reads every value of every table of the workspace that is attached, whatever its schema is.
///
/// # Errors
/// That of the first table that cannot be read.
pub(super) fn read_everything(session: &Session<'_>) -> Result<(), WorkspaceError> {
    let found = session.query(&columns_of(super::instance::ALIAS), &[])?;
    (0..found.len()).try_for_each(|row| rows_of(session, &found.get(row, "name").plain()).map(drop))
}

/// How many rows a table has, every one of them read whole.
fn rows_of(session: &Session<'_>, table: &str) -> Result<u64, WorkspaceError> {
    let name: Vec<String> =
        table.splitn(2, '.').map(|part| format!("\"{}\"", part.replace('"', "\"\""))).collect();
    let sql = format!("SELECT count(*) AS n, bit_xor(hash(t)) AS h FROM {} AS t", name.join("."));
    let count = session.query(&there(session, &sql), &[])?.get(0, "n").as_int().unwrap_or_default();
    Ok(count.unsigned_abs())
}

/// The columns that the schema makes, by making it in memory.
fn expected(session: &Session<'_>, schema: Schema) -> Result<Table, WorkspaceError> {
    const SPARE: &str = "expected_schema";
    session.batch(&format!("ATTACH ':memory:' AS {SPARE}; USE {SPARE}"))?;
    let made = schema
        .apply(session.connection, 0)
        .map_err(|error| WorkspaceError::Sql { message: error.to_string() })
        .and_then(|()| session.query(&columns_of(SPARE), &[]));
    session.batch(&format!("USE {}; DETACH {SPARE}", super::instance::ALIAS))?;
    made
}

/// Tables that are missing or not as they should be. What an analyst has added is his.
fn differences(found: &Table, expected: &Table) -> Vec<String> {
    let columns = |table: &Table, name: &str| {
        (0..table.len())
            .find(|row| table.get(*row, "name").as_text() == Some(name))
            .map(|row| table.get(row, "columns").plain())
    };
    (0..expected.len())
        .filter_map(|row| {
            let name = expected.get(row, "name").plain();
            let wanted = expected.get(row, "columns").plain();
            match columns(found, &name) {
                None => Some(format!("{name} is missing")),
                Some(there) if there != wanted => {
                    Some(format!("{name} has the columns {there}; the schema has {wanted}"))
                }
                Some(_) => None,
            }
        })
        .collect()
}
