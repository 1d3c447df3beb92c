//! Putting a copy in the place of a workspace, after a look at both.
//!
//! Invariants: a copy that is damaged or too new never takes the place of
//! anything; what was there before is kept beside it under a name of its own;
//! whenever the program ends, one whole workspace lies under the name.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::backup::{self, Occasion, check, clear, copy_unchanged, free_name, place, scratch_of};
use super::error::WorkspaceError;
use super::file::{self, Registered};
use super::instance::Instance;
use super::interrupt::Interrupter;
use super::lease::{LeaseFiles, Mode, Patience, Wait};
use super::schema::Schema;
use super::session::Session;
use super::{CreateOptions, Holder, Identity, settings as stored};
use crate::domain::Value;

/// What a workspace file holds, told without bringing it up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub schema: u32,
    pub imports: i64,
    /// File, time and user of the newest import.
    pub newest_import: Option<(String, Option<DateTime<Utc>>, String)>,
    pub revisions: i64,
    /// Hash of the last revision.
    pub head: Option<String>,
}

/// A revision that one of two files has and the other lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    pub record: String,
    pub revision: i64,
    pub author: String,
    pub at: Option<DateTime<Utc>>,
}

/// What would go, if one file took the place of another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// Revisions, the newest first; at most [`SHOWN`] of them.
    pub revisions: Vec<Lost>,
    pub all: i64,
    /// The two have revisions of the same place that differ: one is no earlier state of the other.
    pub differ: bool,
}

/// Revisions that are named.
const SHOWN: i64 = 10;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where what was there before lies now; `None` where there was nothing.
    pub kept: Option<PathBuf>,
}

/// Looks into a workspace file, the one that people work with or a copy. Writes nothing.
///
/// # Errors
/// `Missing`, `NotADatabase`, `NotAWorkspace`, `NewerFormat`, `Damaged`, `Busy`, `Io`.
pub fn look(path: &Path) -> Result<Look, WorkspaceError> {
    attached(path, |session, schema| {
        let one = |sql: &str| -> Result<Vec<Value>, WorkspaceError> {
            Ok(session.query(sql, &[])?.rows.into_iter().next().unwrap_or_default())
        };
        let imports = one("SELECT count(*) FROM meta.import")?;
        let newest = one(
            "SELECT file_name, imported_at, imported_by FROM meta.import ORDER BY import_id DESC LIMIT 1",
        )?;
        let revisions = one("SELECT count(*), arg_max(hash, seq) FROM ledger.revision")?;
        let count = |row: &[Value]| row.first().and_then(Value::as_int).unwrap_or_default();
        Ok(Look {
            schema,
            imports: count(&imports),
            newest_import: newest
                .first()
                .map(|file| (file.plain(), instant(newest.get(1)), newest[2].plain())),
            revisions: count(&revisions),
            head: revisions.get(1).and_then(Value::as_text).map(str::to_owned),
        })
    })
}

/// Reads every block of a workspace file once.
///
/// # Errors
/// As [`look`]; `Damaged` for the first block that cannot be read.
pub fn read_through(path: &Path) -> Result<(), WorkspaceError> {
    attached(path, |session, _| super::verify::read_everything(session))
}

/// What of the workspace a copy does not have.
///
/// # Errors
/// As [`look`].
pub fn loss(path: &Path, copy: &Look) -> Result<Loss, WorkspaceError> {
    attached(path, |session, _| {
        let beyond = [Value::Int(copy.revisions)];
        let last = session.query("SELECT hash FROM ledger.revision WHERE seq = ?", &beyond)?;
        let there = last.rows.first().and_then(|row| row[0].as_text());
        let all =
            session.query("SELECT count(*) AS n FROM ledger.revision WHERE seq > ?", &beyond)?;
        let found = session.query(
            &format!(
                "SELECT record_id, revision, author, \"at\" FROM ledger.revision WHERE seq > ?
                 ORDER BY seq DESC LIMIT {SHOWN}"
            ),
            &beyond,
        )?;
        let lost = |row: &Vec<Value>| Lost {
            record: row[0].plain(),
            revision: row[1].as_int().unwrap_or_default(),
            author: row[2].plain(),
            at: instant(row.get(3)),
        };
        Ok(Loss {
            revisions: found.rows.iter().map(lost).collect(),
            all: all.get(0, "n").as_int().unwrap_or_default(),
            differ: copy.revisions > 0 && there != copy.head.as_deref(),
        })
    })
}

/// Puts a copy in the place of the workspace; what was there is kept beside it. Everybody who works
/// with it sees the copy from the next turn on.
///
/// # Errors
/// `Damaged` and the like of the copy; `NewerSchema`; `Busy`; `Duplicate` where this process has
/// the workspace open; `DiskFull`, `Io`. The workspace is then as it was.
pub fn restore(
    path: &Path,
    copy: &Path,
    now: DateTime<Utc>,
    patience: &mut Patience,
) -> Result<Restored, WorkspaceError> {
    let copy = file::find(copy)?;
    let path = match file::find(path) {
        Ok(path) => path,
        // What is gone can be put back.
        Err(WorkspaceError::Missing { .. }) => std::path::absolute(path)
            .map_err(|source| WorkspaceError::Io { path: path.to_owned(), source })?,
        Err(error) => return Err(error),
    };
    if path == copy {
        return Err(WorkspaceError::Exists { path });
    }
    let scratch = scratch_of(&path)?;
    let made =
        prepare(&path, &copy, &scratch).and_then(|()| exchange(&path, &scratch, now, patience));
    if made.is_err() {
        clear(&scratch);
    }
    made
}

/// A whole copy beside the workspace, as accessible as that one is.
fn prepare(path: &Path, copy: &Path, scratch: &Path) -> Result<(), WorkspaceError> {
    copy_unchanged(copy, scratch)?;
    let found = check(scratch, copy)?;
    let known = Schema::KNOWN.newest();
    if found > known {
        return Err(WorkspaceError::NewerSchema { path: copy.to_owned(), found, known });
    }
    if let Ok(data) = fs::metadata(path) {
        // Best effort: the group of the folder holds all the same.
        let _ = fs::set_permissions(scratch, data.permissions());
    }
    Ok(())
}

fn exchange(
    path: &Path,
    scratch: &Path,
    now: DateTime<Utc>,
    patience: &mut Patience,
) -> Result<Restored, WorkspaceError> {
    let io = |source| WorkspaceError::Io { path: path.to_owned(), source };
    let there = path.symlink_metadata().is_ok();
    let _claimed = if there { Some(Registered::claim(path)?) } else { None };
    let (identity, doing) = (Identity::current(), "restoring a backup");
    let interrupter = Interrupter::default();
    let mut wait = Wait::new(path, doing, &interrupter, patience);
    let _lease = LeaseFiles::beside(path).acquire(
        Mode::Exclusive,
        || Holder::this_process(&identity, doing),
        &mut wait,
    )?;
    if !there {
        place(scratch, path)?;
        return Ok(Restored { kept: None });
    }
    // That no other program has it open, and that its log becomes part of it, as far as it is sound.
    let mut instance = Instance::new(interrupter.clone());
    loop {
        match instance.attach(path, Mode::Exclusive) {
            Err(WorkspaceError::Busy { holder, .. }) => {
                wait.pause(|| holder.map(|holder| *holder))?;
            }
            Ok(()) => break drop(instance.attached(path, Mode::Exclusive)),
            Err(_) => break,
        }
    }
    drop(instance);
    let kept = free_name(path, "restore", now)?;
    fs::hard_link(path, &kept).or_else(|_| fs::copy(path, &kept).map(drop)).map_err(io)?;
    let log = file::log_of(path);
    if log.exists() {
        // It could not be read, and belongs to what was there.
        fs::rename(&log, file::log_of(&kept)).map_err(io)?;
    }
    fs::rename(scratch, path).map_err(io)?;
    file::sync_folder(&file::folder_of(path));
    backup::thin_out(path, &Occasion::Restore.word(), &kept);
    Ok(Restored { kept: Some(kept) })
}

/// Reads a file by itself, whatever its schema is.
fn attached<T>(
    path: &Path,
    work: impl FnOnce(&Session<'_>, u32) -> Result<T, WorkspaceError>,
) -> Result<T, WorkspaceError> {
    let path = file::find(path)?;
    let _claimed = Registered::claim(&path)?;
    let (interrupter, settings) = (Interrupter::default(), CreateOptions::default().settings()?);
    let mut instance = Instance::new(interrupter.clone());
    instance.attach(&path, Mode::Shared)?;
    let attached = instance.attached(&path, Mode::Shared);
    let (schema, _) = stored::load(attached.connection()?, &path)?;
    let session = Session {
        connection: attached.connection()?,
        path: &path,
        interrupter: &interrupter,
        state: attached.state(),
        settings: &settings,
        model: None,
        rollups: &[],
        in_transaction: false,
    };
    work(&session, schema)
}

fn instant(value: Option<&Value>) -> Option<DateTime<Utc>> {
    match value {
        Some(Value::Instant(at)) => Some(*at),
        _ => None,
    }
}
