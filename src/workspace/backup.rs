//! Copies of a workspace: made while people work, and kept in a bounded number.
//!
//! Invariants: a copy under its final name is whole, and every block of it was
//! read once; nothing is copied while this process has the file attached, whose
//! lock DuckDB would lose with the first close of it, nor while one of us
//! writes. What somebody asked for by name is never cleared away.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};

use super::error::{ReadOnly, WorkspaceError};
use super::file::{self, Stamp};
use super::instance::Instance;
use super::interrupt::Interrupter;
use super::lease::{Mode, Wait};
use super::session::Session;
use super::{Access, Holder, Workspace, settings as stored, verify};

/// Copies of one occasion that are kept; the oldest go first.
const KEPT: usize = 5;
/// Tries, where another program writes while we copy.
const TRIES: usize = 3;

/// On which occasion a copy is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody asked for it; it stays until somebody takes it away.
    Asked,
    /// Before an import.
    Import,
    /// Before the file is brought from this schema to a newer one.
    Schema(u32),
    /// Before another copy is put in its place.
    Restore,
}

impl Occasion {
    /// As it stands in the file's name.
    pub(super) fn word(self) -> String {
        match self {
            Occasion::Asked => "asked".into(),
            Occasion::Import => "import".into(),
            Occasion::Schema(version) => format!("schema{version}"),
            Occasion::Restore => "restore".into(),
        }
    }
}

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub path: PathBuf,
    /// `import`, `schema2`, `restore`, `asked`.
    pub occasion: String,
    pub at: DateTime<Utc>,
    pub bytes: u64,
}

impl Workspace {
    /// Copies the workspace as it is now: beside it, or to this name, or into this folder. Who
    /// reads goes on; who writes waits until it is done. Of the copies that were made without being
    /// asked for, those of the same occasion that are older than the newest few are taken away.
    ///
    /// # Errors
    /// `Busy`, `Exists`, `DiskFull`, `Damaged` where a block cannot be read, `Io`. Nothing is left of
    /// a copy that was not finished, and no older one was taken away.
    pub fn back_up(
        &mut self,
        occasion: Occasion,
        to: Option<&Path>,
        now: DateTime<Utc>,
    ) -> Result<Backup, WorkspaceError> {
        self.of_the_file("a backup")?;
        let target = target(&self.path, occasion, to, now)?;
        // What a crash has left in the log becomes part of the file, where we may write that.
        if self.access == Access::ReadWrite && has_log(&self.path) {
            self.begin(Mode::Exclusive, "making a backup").map(drop)?;
        }
        let Workspace { path, files, patience, interrupter, identity, .. } = self;
        let doing = "making a backup";
        interrupter.begin();
        let mut wait = Wait::new(path, doing, interrupter, patience);
        let note = || Holder::this_process(identity, doing);
        let lease = files.acquire(Mode::Shared, note, &mut wait)?;
        let scratch = scratch_of(&target)?;
        let copied = copy_unchanged(path, &scratch)
            .and_then(|()| check(&scratch, path).map(drop))
            .and_then(|()| place(&scratch, &target));
        drop(lease);
        if let Err(error) = copied {
            clear(&scratch);
            return Err(error);
        }
        let bytes = fs::metadata(&target).map_or(0, |data| data.len());
        if occasion != Occasion::Asked {
            thin_out(path, &occasion.word(), &target);
        }
        Ok(Backup { path: target, occasion: occasion.word(), at: now, bytes })
    }

    /// A copy before an import: of a workspace that holds something.
    ///
    /// # Errors
    /// As [`Workspace::back_up`].
    pub fn back_up_before_import(
        &mut self,
        now: DateTime<Utc>,
    ) -> Result<Option<Backup>, WorkspaceError> {
        let held = self.read("looking what there is to lose", |session| {
            session.query(
                "SELECT (SELECT count(*) FROM meta.import) + (SELECT count(*) FROM ledger.revision) AS n",
                &[],
            )
        })?;
        if held.get(0, "n").as_int() == Some(0) {
            return Ok(None);
        }
        self.back_up(Occasion::Import, None, now).map(Some)
    }
}

/// The copies that lie beside a workspace, the newest first.
///
/// # Errors
/// `Io`, where the folder cannot be read.
pub fn backups(path: &Path) -> Result<Vec<Backup>, WorkspaceError> {
    let failed = |source| WorkspaceError::Io { path: file::folder_of(path), source };
    let Some(name) = path.file_name() else { return Ok(Vec::new()) };
    let start = format!("{}.backup-", name.to_string_lossy());
    let mut found = Vec::new();
    for entry in fs::read_dir(file::folder_of(path)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((occasion, at)) = name.strip_prefix(&start).and_then(read_name) else { continue };
        let Ok(data) = entry.metadata() else { continue };
        found.push(Backup { path: entry.path(), occasion, at, bytes: data.len() });
    }
    found.sort_by(|a, b| (b.at, &b.path).cmp(&(a.at, &a.path)));
    Ok(found)
}

/// `import-20251231T180000Z` or, where there are several of a second, with `-2` behind it.
fn read_name(rest: &str) -> Option<(String, DateTime<Utc>)> {
    let (occasion, at) = rest.split_once('-')?;
    let (at, counter) = at.split_once('-').unwrap_or((at, "1"));
    counter.parse::<u32>().ok()?;
    let at = NaiveDateTime::parse_from_str(at, "%Y%m%dT%H%M%SZ").ok()?;
    Some((occasion.to_owned(), at.and_utc()))
}

/// Where a copy goes.
fn target(
    path: &Path,
    occasion: Occasion,
    to: Option<&Path>,
    now: DateTime<Utc>,
) -> Result<PathBuf, WorkspaceError> {
    let beside = match to {
        Some(to) if to.is_dir() => to.join(path.file_name().unwrap_or_default()),
        Some(to) if to.symlink_metadata().is_ok() => {
            return Err(WorkspaceError::Exists { path: to.to_owned() });
        }
        Some(to) => return Ok(to.to_owned()),
        None => path.to_owned(),
    };
    free_name(&beside, &occasion.word(), now)
}

/// `NAME.backup-import-20251231T180000Z` beside the workspace.
pub(super) fn free_name(
    path: &Path,
    occasion: &str,
    now: DateTime<Utc>,
) -> Result<PathBuf, WorkspaceError> {
    let named = |counter: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".backup-{occasion}-{}", now.format("%Y%m%dT%H%M%SZ")));
        if counter > 1 {
            name.push(format!("-{counter}"));
        }
        PathBuf::from(name)
    };
    let free = (1..1000).map(named).find(|candidate| candidate.symlink_metadata().is_err());
    free.ok_or_else(|| WorkspaceError::Exists { path: named(1) })
}

/// The hidden name under which a file is made that is to lie here.
pub(super) fn scratch_of(target: &Path) -> Result<PathBuf, WorkspaceError> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let scratch = target.with_file_name(format!(".{name}.copying-{}", std::process::id()));
    // Left by a process of the same number that was killed.
    clear(&scratch);
    Ok(scratch)
}

/// Takes an unfinished copy away.
pub(super) fn clear(scratch: &Path) {
    let _ = fs::remove_file(scratch);
    let _ = fs::remove_file(file::log_of(scratch));
}

fn has_log(path: &Path) -> bool {
    fs::metadata(file::log_of(path)).is_ok_and(|log| log.len() > 0)
}

/// Copies the file, and its log where it has one, as they were at one moment.
pub(super) fn copy_unchanged(from: &Path, to: &Path) -> Result<(), WorkspaceError> {
    for _ in 0..TRIES {
        clear(to);
        let before = Stamp::of(from);
        copy(from, to)?;
        if has_log(from) {
            copy(&file::log_of(from), &file::log_of(to))?;
        }
        // Our lease holds among us only; another program may have written.
        if Stamp::of(from) == before {
            return Ok(());
        }
    }
    let (path, waited) = (from.to_owned(), std::time::Duration::ZERO);
    Err(WorkspaceError::Busy { path, holder: None, waited })
}

fn copy(from: &Path, to: &Path) -> Result<(), WorkspaceError> {
    let copied = fs::copy(from, to).and_then(|_| fs::File::open(to)?.sync_all());
    copied.map_err(|source| failed(to, source))
}

fn failed(path: &Path, source: io::Error) -> WorkspaceError {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            WorkspaceError::DiskFull { path: path.to_owned() }
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            WorkspaceError::ReadOnly { path: path.to_owned(), why: ReadOnly::Folder }
        }
        _ => WorkspaceError::Io { path: path.to_owned(), source },
    }
}

/// Opens a copy, folds its log into it, reads every block of it once, and says of which schema it
/// is. What is wrong with it is told of `original`.
pub(super) fn check(copy: &Path, original: &Path) -> Result<u32, WorkspaceError> {
    let renamed = |error: WorkspaceError| match error {
        WorkspaceError::Damaged { detail, .. } => {
            WorkspaceError::Damaged { path: original.to_owned(), detail }
        }
        WorkspaceError::NotADatabase { .. } => {
            WorkspaceError::NotADatabase { path: original.to_owned() }
        }
        WorkspaceError::NotAWorkspace { .. } => {
            WorkspaceError::NotAWorkspace { path: original.to_owned() }
        }
        other => other,
    };
    let interrupter = Interrupter::default();
    let mut instance = Instance::new(interrupter.clone());
    let mode = if has_log(copy) { Mode::Exclusive } else { Mode::Shared };
    instance.attach(copy, mode).map_err(renamed)?;
    let attached = instance.attached(copy, mode);
    let settings = super::CreateOptions::default().settings()?;
    let read = || {
        let (schema, _) = stored::load(attached.connection()?, copy)?;
        let session = Session {
            connection: attached.connection()?,
            path: copy,
            interrupter: &interrupter,
            state: attached.state(),
            settings: &settings,
            model: None,
            rollups: &[],
            in_transaction: false,
        };
        verify::read_everything(&session)?;
        Ok(schema)
    };
    read().map_err(renamed)
}

/// Moves a finished copy to its name, never over another file.
pub(super) fn place(scratch: &Path, target: &Path) -> Result<(), WorkspaceError> {
    super::migrate::place(scratch, target)?;
    file::sync_folder(&file::folder_of(target));
    Ok(())
}

/// Leaves the newest copies of an occasion, and `made` among them, which by a clock that was set
/// back may be the oldest. What cannot be taken away stays, and is looked at again the next time.
pub(super) fn thin_out(path: &Path, occasion: &str, made: &Path) {
    let Ok(found) = backups(path) else { return };
    let others = |backup: &&Backup| backup.occasion == occasion && backup.path != made;
    for old in found.iter().filter(others).skip(KEPT - 1) {
        if let Err(error) = fs::remove_file(&old.path) {
            tracing::warn!(path = %old.path.display(), %error, "old backup stays");
        }
    }
}

/// Copies a detached file before it is brought from this schema to a newer one; nobody may write it
/// meanwhile.
///
/// # Errors
/// `DiskFull`, `Exists`, `Io`; nothing of the copy is left then.
pub(super) fn before_migration(
    path: &Path,
    version: u32,
    now: DateTime<Utc>,
) -> Result<PathBuf, WorkspaceError> {
    let target = free_name(path, &Occasion::Schema(version).word(), now)?;
    let scratch = scratch_of(&target)?;
    copy(path, &scratch)
        .and_then(|()| place(&scratch, &target))
        .inspect_err(|_| clear(&scratch))?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_copy_tells_the_occasion_and_the_time() {
        let now = DateTime::from_timestamp(1_767_204_000, 0).expect("a time");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("acme.duckdb");
        fs::write(&file, "rows").expect("written");
        let first = before_migration(&file, 1, now).expect("copied");
        let second = before_migration(&file, 1, now).expect("copied");
        assert!(first.ends_with("acme.duckdb.backup-schema1-20251231T180000Z"), "{first:?}");
        assert_ne!(first, second);
        assert_eq!(fs::read(&second).expect("readable"), b"rows");
        let found = backups(&file).expect("listed");
        let told: Vec<_> = found.iter().map(|one| (one.occasion.as_str(), one.at)).collect();
        assert_eq!(told, [("schema1", now), ("schema1", now)]);
        for other in ["acme.duckdb.backup-x", "acme.duckdb.backup-import-2025", "b.backup-a-1"] {
            fs::write(folder.path().join(other), "").expect("written");
        }
        assert_eq!(backups(&file).expect("listed").len(), 2);
    }
}
