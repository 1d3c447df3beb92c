//! The schema of a workspace file: its versions, and how a file gets from one
//! to the next.
//!
//! Invariant: a step is one transaction. A file has all of a version or none of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use duckdb::{Connection, params};

/// What this program knows: step `n` makes schema `n + 1` out of schema `n`.
/// A step that is released is never edited; the next one corrects it.
pub(super) const STEPS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
];

/// The SQL of every step, for who must notice that one was added.
pub fn schema_steps() -> &'static [&'static str] {
    STEPS
}

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

/// Copies a detached file to `NAME.backup-schemaN-20251231T180000Z` beside it.
/// What it was copied from must not be written meanwhile.
///
/// # Errors
/// Whatever the copying gives; nothing of the copy is left then.
pub(super) fn back_up(path: &Path, version: u32, now: DateTime<Utc>) -> io::Result<PathBuf> {
    let named = |counter: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".backup-schema{version}-{}", now.format("%Y%m%dT%H%M%SZ")));
        if counter > 1 {
            name.push(format!("-{counter}"));
        }
        PathBuf::from(name)
    };
    let backup = (1..)
        .map(named)
        .find(|candidate| !candidate.exists())
        .ok_or(io::ErrorKind::AlreadyExists)?;
    let copied = fs::copy(path, &backup).and_then(|_| fs::File::open(&backup)?.sync_all());
    if let Err(error) = copied {
        let _ = fs::remove_file(&backup);
        return Err(error);
    }
    Ok(backup)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_do_not_overwrite_each_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("acme.duckdb");
        fs::write(&file, "rows").expect("written");
        let now = DateTime::from_timestamp(1_767_204_000, 0).expect("a time");
        let first = back_up(&file, 1, now).expect("copied");
        let second = back_up(&file, 1, now).expect("copied");
        assert!(first.ends_with("acme.duckdb.backup-schema1-20251231T180000Z"), "{first:?}");
        assert_ne!(first, second);
        assert_eq!(fs::read(&second).expect("readable"), b"rows");
    }

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
