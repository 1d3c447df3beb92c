//! Reading out of a damaged workspace what can still be read, into a new one.
//!
//! Invariants: the damaged file is never written to, nor opened by DuckDB: a copy
//! of it is; a row is taken whole or counted as lost; the new file is complete
//! under its name, or there is none.

use std::fs;
use std::path::{Path, PathBuf};

use super::backup::{clear, copy_unchanged, place, scratch_of};
use super::error::{WorkspaceError, classify};
use super::file;
use super::instance::{ALIAS, Attached, Instance};
use super::interrupt::Interrupter;
use super::lease::{LeaseFiles, Mode, Patience, Wait};
use super::literal::quoted;
use super::schema::{STEPS, Schema};
use super::{CreateOptions, Holder, Identity, migrate, settings as stored};

/// The name of the damaged copy while it is attached.
const DAMAGED: &str = "damaged";
/// Rows that are given up together, where they cannot be read: DuckDB reads no fewer.
const TOGETHER: i64 = 2048;
/// Without their rows a file is no workspace: they are replaced as a whole, or those that were made
/// with the new file stay.
const NEEDED: [&str; 2] = ["meta.info", "settings.setting"];

/// What could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rescued {
    /// The new workspace.
    pub path: PathBuf,
    pub tables: Vec<RescuedTable>,
    /// Tables that are not ours, and were not read.
    pub others: Vec<String>,
    /// The write-ahead log could not be read: what it held is not in the new file.
    pub without_log: bool,
}

/// One table of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RescuedTable {
    /// `ledger.revision`.
    pub name: String,
    pub rows: i64,
    /// Rows that could not be read.
    pub lost: i64,
}

/// Reads a workspace out into a new one at `to`, damaged or not.
///
/// # Errors
/// `Exists`; `Damaged` where not even its directory of tables can be read; `NewerSchema`,
/// `NotADatabase`, `NotAWorkspace`, `Busy`, `DiskFull`, `Io`.
pub fn rescue(path: &Path, to: &Path, patience: &mut Patience) -> Result<Rescued, WorkspaceError> {
    let path = file::find(path)?;
    if to.symlink_metadata().is_ok() {
        return Err(WorkspaceError::Exists { path: to.to_owned() });
    }
    let (identity, doing) = (Identity::current(), "reading out what can be read");
    let interrupter = Interrupter::default();
    let (made, copy) = (scratch_of(to)?, copy_of(to)?);
    let rescued = (|| {
        let mut wait = Wait::new(&path, doing, &interrupter, patience);
        let note = || Holder::this_process(&identity, doing);
        let lease = LeaseFiles::beside(&path).acquire(Mode::Shared, note, &mut wait)?;
        copy_unchanged(&path, &copy)?;
        drop(lease);
        let mut rescued = read_out(&path, &copy, &made, &identity)?;
        place(&made, to)?;
        rescued.path = to.to_owned();
        Ok(rescued)
    })();
    clear(&copy);
    if rescued.is_err() {
        clear(&made);
    }
    rescued
}

/// The hidden name of the copy that is read.
fn copy_of(to: &Path) -> Result<PathBuf, WorkspaceError> {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let copy = to.with_file_name(format!(".{name}.damaged-{}", std::process::id()));
    clear(&copy);
    Ok(copy)
}

fn read_out(
    path: &Path,
    copy: &Path,
    made: &Path,
    identity: &Identity,
) -> Result<Rescued, WorkspaceError> {
    let (version, without_log) = version_of(path, copy)?;
    let known = Schema::KNOWN.newest();
    if version > known {
        return Err(WorkspaceError::NewerSchema { path: path.to_owned(), found: version, known });
    }
    let schema = Schema { steps: &STEPS[..version as usize] };
    migrate::make(made, made, &CreateOptions::default().settings()?, identity, schema)?;
    let mut reading = Reading { copy, made, instance: Instance::new(Interrupter::default()) };
    reading.instance.let_read(vec![copy.to_owned(), file::log_of(copy)], Vec::new());
    let ours = reading.tables(ALIAS)?;
    let theirs = reading.tables(DAMAGED)?;
    let others = theirs.iter().filter(|name| !ours.contains(name)).cloned().collect();
    let mut tables = Vec::new();
    for name in ours.into_iter().filter(|name| theirs.contains(name)) {
        tables.push(reading.table(&name)?);
    }
    Ok(Rescued { path: made.to_owned(), tables, others, without_log })
}

/// The schema of the copy, and whether its log had to be left out to open it. Where the version
/// cannot be read any more, it is taken for the newest.
fn version_of(path: &Path, copy: &Path) -> Result<(u32, bool), WorkspaceError> {
    let named = |error: WorkspaceError| match error {
        WorkspaceError::Damaged { detail, .. } => {
            WorkspaceError::Damaged { path: path.to_owned(), detail }
        }
        WorkspaceError::NotADatabase { .. } => {
            WorkspaceError::NotADatabase { path: path.to_owned() }
        }
        WorkspaceError::NotAWorkspace { .. } => {
            WorkspaceError::NotAWorkspace { path: path.to_owned() }
        }
        other => other,
    };
    let read = || {
        let mut instance = Instance::new(Interrupter::default());
        instance.attach(copy, Mode::Shared)?;
        let attached = instance.attached(copy, Mode::Shared);
        match stored::load(attached.connection()?, copy) {
            Err(WorkspaceError::Damaged { .. }) => Ok(Schema::KNOWN.newest()),
            found => found.map(|(version, _)| version),
        }
    };
    match read() {
        Err(WorkspaceError::Damaged { .. }) if file::log_of(copy).exists() => {
            let _ = fs::remove_file(file::log_of(copy));
            Ok((read().map_err(named)?, true))
        }
        read => Ok((read.map_err(named)?, false)),
    }
}

/// Both files, attached for one statement after the other.
struct Reading<'a> {
    copy: &'a Path,
    made: &'a Path,
    instance: Instance,
}

impl Reading<'_> {
    /// Runs with both files attached. After any error both are attached anew: a damaged block may
    /// make DuckDB give up the whole instance.
    fn with<T>(
        &mut self,
        work: impl FnOnce(&Attached<'_>) -> duckdb::Result<T>,
    ) -> Result<T, WorkspaceError> {
        self.instance.attach(self.made, Mode::Exclusive)?;
        let attached = self.instance.attached(self.made, Mode::Exclusive);
        let path = quoted(&self.copy.to_string_lossy());
        let connection = attached.connection()?;
        let failed = |error: duckdb::Error| classify(&error.to_string(), self.copy);
        connection
            .execute_batch(&format!("ATTACH {path} AS {DAMAGED} (TYPE duckdb, READ_ONLY)"))
            .map_err(failed)?;
        let done = work(&attached).map_err(failed);
        // Best effort: where DuckDB has given up, the instance goes with the guard.
        let _ = connection.execute_batch(&format!("ROLLBACK; USE {ALIAS}"));
        let _ =
            connection.execute_batch(&format!("USE {ALIAS}; DETACH DATABASE IF EXISTS {DAMAGED}"));
        drop(attached);
        if done.is_err() {
            self.instance.discard();
        }
        done
    }

    /// Tables by name, in an order in which nothing refers to what comes later.
    fn tables(&mut self, database: &str) -> Result<Vec<String>, WorkspaceError> {
        self.with(|attached| {
            let Ok(connection) = attached.connection() else { return Ok(Vec::new()) };
            let mut statement = connection.prepare(
                "SELECT schema_name || '.' || table_name FROM duckdb_tables()
                 WHERE database_name = ? AND NOT temporary ORDER BY 1",
            )?;
            let rows = statement.query_map([database], |row| row.get::<_, String>(0))?;
            rows.collect()
        })
    }

    fn table(&mut self, name: &str) -> Result<RescuedTable, WorkspaceError> {
        let count = self.number(&format!("SELECT count(*) FROM {DAMAGED}.{name}"));
        let Ok(rows) = count else {
            // Not even how many there are: all of it is lost, however many that was.
            let lost = self.number(&format!("SELECT max(rowid) + 1 FROM {DAMAGED}.{name}"));
            return Ok(RescuedTable { name: name.to_owned(), rows: 0, lost: lost.unwrap_or(0) });
        };
        // What was made with the new file gives way.
        if self.number(&format!("SELECT count(*) FROM {ALIAS}.{name}"))? > 0 {
            let taken = self.replace(name);
            if taken.is_ok() || NEEDED.contains(&name) {
                let (rows, lost) = if taken.is_ok() { (rows, 0) } else { (0, rows) };
                return Ok(RescuedTable { name: name.to_owned(), rows, lost });
            }
            self.number(&format!("DELETE FROM {ALIAS}.{name}"))?;
        }
        // Deleted rows leave gaps among the numbers.
        let last = self.number(&format!("SELECT coalesce(max(rowid), -1) FROM {DAMAGED}.{name}"));
        let end = last.map_or(rows, |last| (last + 1).max(rows));
        let taken = self.range(name, 0, end)?;
        Ok(RescuedTable { name: name.to_owned(), rows: taken, lost: (rows - taken).max(0) })
    }

    fn number(&mut self, sql: &str) -> Result<i64, WorkspaceError> {
        self.with(|attached| match attached.connection() {
            Ok(connection) => connection.query_row(sql, [], |row| row.get(0)),
            Err(_) => Ok(0),
        })
    }

    fn replace(&mut self, name: &str) -> Result<(), WorkspaceError> {
        self.with(|attached| {
            let Ok(connection) = attached.connection() else { return Ok(()) };
            connection.execute_batch(&format!(
                "BEGIN; DELETE FROM {ALIAS}.{name};
                 INSERT INTO {ALIAS}.{name} BY NAME SELECT * FROM {DAMAGED}.{name}; COMMIT"
            ))
        })
    }

    /// Takes the rows with these numbers; where that fails, each half by itself.
    fn range(&mut self, name: &str, from: i64, to: i64) -> Result<i64, WorkspaceError> {
        if from >= to {
            return Ok(0);
        }
        let sql = format!(
            "INSERT INTO {ALIAS}.{name} BY NAME
             SELECT * FROM {DAMAGED}.{name} WHERE rowid >= {from} AND rowid < {to}"
        );
        let taken = self.with(|attached| match attached.connection() {
            Ok(connection) => connection.execute(&sql, []),
            Err(_) => Ok(0),
        });
        match taken {
            Ok(taken) => Ok(taken as i64),
            Err(error @ (WorkspaceError::DiskFull { .. } | WorkspaceError::Busy { .. })) => {
                Err(error)
            }
            Err(_) if to - from <= TOGETHER => Ok(0),
            Err(_) => {
                let middle = from + (to - from) / 2 / TOGETHER * TOGETHER;
                let middle = middle.max(from + TOGETHER);
                Ok(self.range(name, from, middle)? + self.range(name, middle, to)?)
            }
        }
    }
}
