//! The schema of a workspace file: its versions, and how a file gets from one
//! to the next.
//!
//! Invariant: a step is one transaction. A file has all of a version or none of it.

use duckdb::{Connection, params};

/// What this program knows: step `n` makes schema `n + 1` out of schema `n`.
/// A step that is released is never edited; the next one corrects it.
pub(super) const STEPS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
];

/// The SQL of every step, for who must notice that one was added.
pub fn schema_steps() -> &'static [&'static str] {
    STEPS
}

/// The name of the workspace file while it is attached.
pub(super) const ALIAS: &str = "ws";

/// Versions that a program knows. Real ones are [`Schema::KNOWN`]; tests bring their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema {
    pub(super) steps: &'static [&'static str],
}

impl Schema {
    pub(super) const KNOWN: Schema = Schema { steps: STEPS };

    /// The newest version.
    pub(super) fn newest(self) -> u32 {
        self.steps.len() as u32
    }

    /// Brings the default database of the connection from version `from` to the
    /// newest. The caller holds the transaction.
    pub(super) fn apply(self, connection: &Connection, from: u32) -> duckdb::Result<()> {
        for step in self.steps.iter().skip(from as usize) {
            connection.execute_batch(step)?;
        }
        connection.execute(
            "INSERT INTO meta.info VALUES ('schema_version', ?)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            params![self.newest().to_string()],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_step_applies_to_an_empty_database() {
        let connection = Connection::open_in_memory().expect("DuckDB");
        Schema::KNOWN.apply(&connection, 0).expect("applied");
        let version: String = connection
            .query_row("SELECT value FROM meta.info WHERE key = 'schema_version'", [], |row| {
                row.get(0)
            })
            .expect("a version");
        assert_eq!(version, Schema::KNOWN.newest().to_string());
    }
}
