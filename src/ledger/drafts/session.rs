//! Which running program a draft belongs to.
//!
//! Two sessions of one person, in two windows, must not offer each other's
//! drafts as lost. Each session holds a lock on a file of its own; the system
//! lets go of it when the process ends, however it ends, so a lock that can be
//! taken is a session that is over. A process id would come back in another.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// A session that is under way; over when it is dropped.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) name: String,
    path: PathBuf,
    /// Holds the lock.
    _file: File,
}

impl Session {
    pub(super) fn begin(folder: &Path, name: String) -> io::Result<Self> {
        let path = path(folder, &name);
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path)?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Session { name, path, _file: file })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Left behind, it would only be one more file whose lock is free.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the session of this name is still under way.
pub(super) fn lives(folder: &Path, name: &str) -> bool {
    let path = path(folder, name);
    let Ok(file) = OpenOptions::new().write(true).open(&path) else { return false };
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {
            let _ = fs::remove_file(&path);
            false
        }
        Err(_) => true,
    }
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.session"))
}
