//! The copy of a served workspace that a client works with: all its tables, in
//! memory, under the name that the file has where it is attached.
//!
//! The figures are computed here and not by the server: DuckDB's extension for
//! serving plans some queries wrongly (`docs/decisions/0013-remote.md`), and
//! plain rows are all that it is trusted with.
//!
//! Invariant: the copy is what the server had at one moment; after a failure it
//! is thrown away.

use std::path::Path;
use std::time::Duration;

use duckdb::Connection;

use super::error::WorkspaceError;
use super::literal::quoted;
use super::schema::{ALIAS, Schema};
use super::served::{STATE, passed_on, told};

/// How often somebody may write while the tables are read, before it is an error.
const TRIES: usize = 20;

/// In what state the tables in memory are; `None`: there are none yet.
#[derive(Debug, Default)]
pub(super) struct Copy {
    state: Option<String>,
}

/// A connection, and what its errors are about.
struct Way<'a> {
    connection: &'a Connection,
    path: &'a Path,
}

impl Copy {
    /// Reads what has changed since the last time, and gives the state that it is in by then.
    ///
    /// # Errors
    /// `Unreachable`, `OlderSchema`, `NewerSchema`, `Damaged`, …; half of it may be read.
    pub(super) fn bring_up_to_date(
        &mut self,
        connection: &Connection,
        path: &Path,
        schema: Schema,
    ) -> Result<String, WorkspaceError> {
        let way = Way { connection, path };
        for _ in 0..TRIES {
            let state = way.ask(STATE)?;
            if self.state.as_ref() == Some(&state) {
                return Ok(state);
            }
            let grown = self.state.as_deref().is_some_and(|had| only_the_ledger(had, &state));
            if !(grown && way.add_revisions(&state)?) {
                way.read_everything(schema)?;
            }
            // Whoever wrote meanwhile is seen at the next look.
            self.state = Some(state);
        }
        Err(WorkspaceError::Busy { path: path.to_owned(), holder: None, waited: Duration::ZERO })
    }
}

/// Whether nothing but the end of the ledger is another one.
fn only_the_ledger(had: &str, has: &str) -> bool {
    let rest = |state: &str| state.split_once('\n').map(|(_, rest)| rest.to_owned());
    rest(had) == rest(has)
}

impl Way<'_> {
    /// One text from the server.
    fn ask(&self, sql: &str) -> Result<String, WorkspaceError> {
        let asked = self.connection.query_row(&passed_on(sql), [], |row| row.get(0));
        asked.map_err(|error| self.failed(&error))
    }

    fn run(&self, sql: &str) -> Result<(), WorkspaceError> {
        self.connection.execute_batch(sql).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &duckdb::Error) -> WorkspaceError {
        told(&error.to_string(), self.path)
    }

    /// Adds the revisions that are new, and reads the small tables that change with them. False
    /// when the ledger is no longer the one that it was, but put back from a copy.
    fn add_revisions(&self, state: &str) -> Result<bool, WorkspaceError> {
        let last =
            self.one(&format!("SELECT coalesce(max(seq), 0) FROM {ALIAS}.ledger.revision"))?;
        self.fill("ledger", "revision", &format!("WHERE seq > {last}"))?;
        for (schema, table) in self.tables()? {
            let grows = schema == "ledger" && table != "revision";
            if grows || (schema == "meta" && table == "info") {
                self.replace(&schema, &table)?;
            }
        }
        let end = self.one(&format!(
            "SELECT coalesce((SELECT seq || ' ' || hash FROM {ALIAS}.ledger.revision
             ORDER BY seq DESC LIMIT 1), '')"
        ))?;
        Ok(state.lines().next() == Some(end.as_str()))
    }

    /// Makes the tables and reads all their rows.
    fn read_everything(&self, schema: Schema) -> Result<(), WorkspaceError> {
        let version = self.ask("SELECT value FROM ws.meta.info WHERE key = 'schema_version'")?;
        let (found, known) = (version.parse().unwrap_or_default(), schema.newest());
        let path = self.path.to_owned();
        match found {
            found if found > known => {
                return Err(WorkspaceError::NewerSchema { path, found, known });
            }
            found if found < known => {
                return Err(WorkspaceError::OlderSchema { path, found, known });
            }
            _ => {}
        }
        self.run(&format!(
            "USE memory; DETACH DATABASE IF EXISTS {ALIAS}; ATTACH ':memory:' AS {ALIAS}; USE {ALIAS}"
        ))?;
        schema.apply(self.connection, 0).map_err(|error| self.failed(&error))?;
        for (schema, table) in self.tables()? {
            if self.is_ours(&schema, &table)? {
                self.replace(&schema, &table)?;
            } else {
                // Of an analyst, for figures of their own.
                let (schema, name) = (quoted_name(&schema), quoted_name(&table));
                let rows = passed_on(&format!("FROM {ALIAS}.{schema}.{name}"));
                self.run(&format!(
                    "CREATE SCHEMA IF NOT EXISTS {ALIAS}.{schema};
                     CREATE TABLE {ALIAS}.{schema}.{name} AS {rows}"
                ))?;
            }
        }
        Ok(())
    }

    /// Schema and name of each table that the server has.
    fn tables(&self) -> Result<Vec<(String, String)>, WorkspaceError> {
        let asked = passed_on(&format!(
            "SELECT schema_name, table_name FROM duckdb_tables()
             WHERE database_name = '{ALIAS}' AND NOT internal ORDER BY ALL"
        ));
        let mut statement = self.connection.prepare(&asked).map_err(|error| self.failed(&error))?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.and_then(Iterator::collect).map_err(|error| self.failed(&error))
    }

    fn is_ours(&self, schema: &str, table: &str) -> Result<bool, WorkspaceError> {
        let found = self.one(&format!(
            "SELECT count(*) FROM duckdb_tables()
             WHERE database_name = '{ALIAS}' AND schema_name = {} AND table_name = {}",
            quoted(schema),
            quoted(table)
        ))?;
        Ok(found != "0")
    }

    fn replace(&self, schema: &str, table: &str) -> Result<(), WorkspaceError> {
        let (ours, name) = (quoted_name(schema), quoted_name(table));
        self.run(&format!("DELETE FROM {ALIAS}.{ours}.{name}"))?;
        self.fill(schema, table, "")
    }

    /// Reads rows of a table, in the order in which they were added.
    fn fill(&self, schema: &str, table: &str, which: &str) -> Result<(), WorkspaceError> {
        let table = format!("{ALIAS}.{}.{}", quoted_name(schema), quoted_name(table));
        let rows = passed_on(&format!("FROM {table} {which} ORDER BY rowid"));
        self.run(&format!("INSERT INTO {table} BY NAME {rows}"))
    }

    /// One text of the copy.
    fn one(&self, sql: &str) -> Result<String, WorkspaceError> {
        let text = format!("SELECT CAST(({sql}) AS VARCHAR)");
        let found = self.connection.query_row(&text, [], |row| row.get(0));
        found.map_err(|error| self.failed(&error))
    }
}

fn quoted_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_ledger_is_told_from_other_rows() {
        assert!(only_the_ledger("7 ab\n1/1\n0\n60", "8 cd\n1/1\n0\n60"));
        assert!(only_the_ledger("\n1/1\n0\n60", "1 cd\n1/1\n0\n60"));
        assert!(!only_the_ledger("7 ab\n1/1\n0\n60", "7 ab\n2/2\n0\n60"));
        assert!(!only_the_ledger("7 ab\n1/1\n0\n60", "8 cd\n1/1\n1\n60"));
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(quoted_name("a\"b"), "\"a\"\"b\"");
    }
}
