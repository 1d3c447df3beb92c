//! The workspace file from outside: where it lies, whether it may be written,
//! whether it has changed, and that a process opens it once only.
//!
//! Never opens the file: closing it again would drop DuckDB's lock on it.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{Access as Permission, AtFlags, CWD, accessat};

use super::error::{ReadOnly, WorkspaceError};

/// What a file looked like at one moment. Two that are equal mean that nobody
/// has written in between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    file: Option<Mark>,
    /// A write-ahead log lies beside the file only after a crash.
    log: Option<Mark>,
    /// Of one that is served elsewhere: what the server says of its state.
    told: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    inode: u64,
    modified: (i64, i64),
    length: u64,
}

impl Stamp {
    /// Of the file as it is now.
    pub(super) fn of(path: &Path) -> Self {
        let mark = |path: &Path| {
            let metadata = fs::metadata(path).ok()?;
            Some(Mark {
                inode: metadata.ino(),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
                length: metadata.len(),
            })
        };
        Stamp { file: mark(path), log: mark(&log_of(path)), told: None }
    }

    /// Of a workspace that a server says to be in this state.
    pub(super) fn told(state: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        state.hash(&mut hasher);
        Stamp { told: Some(hasher.finish()), ..Stamp::default() }
    }
}

/// DuckDB's write-ahead log of this file.
pub(super) fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".wal");
    PathBuf::from(name)
}

/// The one path of this file, whatever links lead to it.
///
/// # Errors
/// `Missing`, `NotADatabase` for a folder or a device, `Io` where it may not be read.
pub(super) fn find(path: &Path) -> Result<PathBuf, WorkspaceError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            WorkspaceError::Missing { path: path.to_owned() }
        }
        _ => WorkspaceError::Io { path: path.to_owned(), source },
    };
    let canonical = fs::canonicalize(path).map_err(failed)?;
    if !fs::metadata(&canonical).map_err(failed)?.is_file() {
        return Err(WorkspaceError::NotADatabase { path: path.to_owned() });
    }
    accessat(CWD, &canonical, Permission::READ_OK, AtFlags::EACCESS)
        .map_err(|error| failed(error.into()))?;
    Ok(canonical)
}

/// Why the file cannot be written; `None` when it can. The folder counts as
/// well: DuckDB opens a file it may write, and then fails at the first commit
/// because it may not make the log beside it.
pub(super) fn read_only(path: &Path) -> Option<ReadOnly> {
    let may_write =
        |path: &Path| accessat(CWD, path, Permission::WRITE_OK, AtFlags::EACCESS).is_ok();
    if !may_write(path) {
        Some(ReadOnly::File)
    } else if !may_write(&folder_of(path)) {
        Some(ReadOnly::Folder)
    } else {
        None
    }
}

/// The folder that a file lies in.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes names in this folder survive a power cut. Best effort: not every file
/// system can.
pub(super) fn sync_folder(folder: &Path) {
    if let Err(error) = fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        tracing::debug!(folder = %folder.display(), %error, "folder not synchronised");
    }
}

/// Files that are open in this process, by path and by inode: a hard link is
/// the same file under another name.
static OPEN: Mutex<Vec<Key>> = Mutex::new(Vec::new());

#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    path: PathBuf,
    inode: (u64, u64),
}

/// The right to open a file in this process; given back when dropped.
///
/// DuckDB does not notice a second open of one file within a process, its locks
/// belong to the process, and the two then erase each other's commits.
#[derive(Debug)]
pub(super) struct Registered(Key);

impl Registered {
    /// # Errors
    /// `Duplicate` when the file is open already, `Io`.
    pub(super) fn claim(canonical: &Path) -> Result<Self, WorkspaceError> {
        let metadata = fs::metadata(canonical)
            .map_err(|source| WorkspaceError::Io { path: canonical.to_owned(), source })?;
        let key = Key { path: canonical.to_owned(), inode: (metadata.dev(), metadata.ino()) };
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if open.iter().any(|other| other.path == key.path || other.inode == key.inode) {
            return Err(WorkspaceError::Duplicate { path: canonical.to_owned() });
        }
        open.push(key.clone());
        Ok(Registered(key))
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).retain(|key| *key != self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_claimed_once_under_all_its_names() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.duckdb");
        fs::write(&file, "x").expect("written");
        let hard = folder.path().join("hard.duckdb");
        fs::hard_link(&file, &hard).expect("linked");
        let soft = folder.path().join("soft.duckdb");
        std::os::unix::fs::symlink(&file, &soft).expect("linked");

        let claimed = Registered::claim(&find(&file).expect("there")).expect("free");
        for other in [&file, &hard, &soft] {
            let path = find(other).expect("there");
            assert!(matches!(Registered::claim(&path), Err(WorkspaceError::Duplicate { .. })));
        }
        drop(claimed);
        Registered::claim(&find(&hard).expect("there")).expect("free again");
    }

    #[test]
    fn a_stamp_changes_with_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.duckdb");
        assert_eq!(Stamp::of(&file), Stamp::default());
        fs::write(&file, "x").expect("written");
        let before = Stamp::of(&file);
        assert_eq!(Stamp::of(&file), before);
        fs::write(&file, "xy").expect("written");
        assert_ne!(Stamp::of(&file), before);
        let before = Stamp::of(&file);
        fs::write(log_of(&file), "log").expect("written");
        assert_ne!(Stamp::of(&file), before);
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(find(folder.path()), Err(WorkspaceError::NotADatabase { .. })));
        let missing = folder.path().join("none.duckdb");
        assert!(matches!(find(&missing), Err(WorkspaceError::Missing { .. })));
        assert!(matches!(find(&missing.join("x")), Err(WorkspaceError::Missing { .. })));
    }
}
