//! Making a workspace file, and bringing an older one up to date.
//!
//! Invariant: a file under its final name is complete. It is made under another
//! name and moved; it is changed in one transaction, after a copy was made.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::Utc;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::error::{ReadOnly, WorkspaceError, classify};
use super::file::{self, Stamp};
use super::identity::Identity;
use super::instance::Instance;
use super::interrupt::Interrupter;
use super::lease::{Mode, Patience, Wait};
use super::schema::{Schema, back_up};
use super::settings::{self, CreateOptions, Settings};
use super::{Access, Holder, Workspace};
use crate::catalog::Catalog;

impl Workspace {
    /// Makes a workspace where there is no file yet, and opens it for writing.
    ///
    /// # Errors
    /// `BadSetting`, `Exists`, `ReadOnly` for the folder, `DiskFull`, `Io`. After any of
    /// them there is no file at `path` that was not there before.
    pub fn create(
        path: &Path,
        options: &CreateOptions,
        catalog: &Catalog,
        identity: &Identity,
    ) -> Result<Self, WorkspaceError> {
        Self::create_as(path, options, catalog, identity, Schema::KNOWN)
    }

    pub(super) fn create_as(
        path: &Path,
        options: &CreateOptions,
        catalog: &Catalog,
        identity: &Identity,
        schema: Schema,
    ) -> Result<Self, WorkspaceError> {
        let settings = options.settings()?;
        let scratch = scratch_for(path)?;
        let made =
            make(&scratch, path, &settings, identity, schema).and_then(|()| place(&scratch, path));
        if let Err(error) = made {
            let _ = fs::remove_file(&scratch);
            let _ = fs::remove_file(file::log_of(&scratch));
            return Err(error);
        }
        file::sync_folder(&file::folder_of(path));
        Self::open_as(path, Access::ReadWrite, catalog, Patience::default(), schema)
    }

    /// Brings a file of an older schema up to date, after a copy was made.
    /// Nothing happens to one that someone else has brought up to date meanwhile.
    pub(super) fn migrate(&mut self) -> Result<(), WorkspaceError> {
        let Workspace { instance, path, files, patience, interrupter, identity, schema, .. } = self;
        let doing = "bringing the workspace up to date";
        interrupter.begin();
        let mut wait = Wait::new(path, doing, interrupter, patience);
        let _lease =
            files.acquire(Mode::Exclusive, || Holder::this_process(identity, doing), &mut wait)?;

        // Attaching to write folds a log left by a crash into the file, so that
        // the copy is whole.
        let (from, stamp) = {
            attach(instance, path, &mut wait)?;
            let attached = instance.attached(path, Mode::Exclusive);
            let (from, _) = settings::load(attached.connection()?, path)?;
            drop(attached);
            (from, Stamp::of(path))
        };
        if from >= schema.newest() {
            return Ok(());
        }
        let backup = back_up(path, from, Utc::now()).map_err(|source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                WorkspaceError::DiskFull { path: path.clone() }
            }
            _ => WorkspaceError::Io { path: path.clone(), source },
        })?;
        file::sync_folder(&file::folder_of(path));

        attach(instance, path, &mut wait)?;
        let attached = instance.attached(path, Mode::Exclusive);
        let migrated = (|| {
            // Our lease holds among us only; another program may have been quicker.
            if Stamp::of(path) != stamp {
                return Err(WorkspaceError::Busy {
                    path: path.clone(),
                    holder: None,
                    waited: std::time::Duration::ZERO,
                });
            }
            attached.begin()?;
            let applied = schema.apply(attached.connection()?, from);
            applied.map_err(|error| classify(&error.to_string(), path))?;
            attached.commit()
        })();
        migrated.map_err(|source| WorkspaceError::Migration {
            path: path.clone(),
            from,
            to: schema.newest(),
            backup,
            source: Box::new(source),
        })
    }
}

/// Attaches to write, waiting while another program has the file; the lease is kept.
fn attach(instance: &mut Instance, path: &Path, wait: &mut Wait<'_>) -> Result<(), WorkspaceError> {
    loop {
        match instance.attach(path, Mode::Exclusive) {
            Err(WorkspaceError::Busy { holder, .. }) => wait.pause(|| holder)?,
            done => return done,
        }
    }
}

/// The hidden name beside `path` under which the file is made.
fn scratch_for(path: &Path) -> Result<PathBuf, WorkspaceError> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "this is not a name for a file");
        return Err(WorkspaceError::Io { path: path.to_owned(), source });
    };
    if path.symlink_metadata().is_ok() {
        return Err(WorkspaceError::Exists { path: path.to_owned() });
    }
    let folder = file::folder_of(path);
    let canonical = fs::canonicalize(&folder)
        .map_err(|source| WorkspaceError::Io { path: folder.clone(), source })?;
    if file::read_only(&canonical).is_some_and(|why| why == ReadOnly::File) {
        return Err(WorkspaceError::ReadOnly { path: path.to_owned(), why: ReadOnly::Folder });
    }
    let scratch = canonical.join(format!(".{name}.new-{}", std::process::id()));
    // Left by a process of the same number that was killed.
    let _ = fs::remove_file(&scratch);
    let _ = fs::remove_file(file::log_of(&scratch));
    Ok(scratch)
}

/// Fills a new file; errors speak of `path`.
fn make(
    scratch: &Path,
    path: &Path,
    settings: &Settings,
    identity: &Identity,
    schema: Schema,
) -> Result<(), WorkspaceError> {
    let mut instance = Instance::new(Interrupter::default());
    let failed = |error: duckdb::Error| classify(&error.to_string(), path);
    instance.attach(scratch, Mode::Exclusive).map_err(|error| match error {
        WorkspaceError::Sql { message } => WorkspaceError::Sql { message },
        WorkspaceError::DiskFull { .. } => WorkspaceError::DiskFull { path: path.to_owned() },
        WorkspaceError::ReadOnly { why, .. } => {
            WorkspaceError::ReadOnly { path: path.to_owned(), why }
        }
        other => other,
    })?;
    let attached = instance.attached(scratch, Mode::Exclusive);
    attached.begin()?;
    schema.apply(attached.connection()?, 0).map_err(failed)?;
    settings::fill(attached.connection()?, settings, identity).map_err(failed)?;
    attached.commit().map_err(|error| match error {
        WorkspaceError::DiskFull { .. } => WorkspaceError::DiskFull { path: path.to_owned() },
        other => other,
    })?;
    // Here the log must go into the file: it does not move with it.
    attached.connection()?.execute_batch("CHECKPOINT ws").map_err(failed)
}

/// Moves the finished file to its name, never over another one.
fn place(scratch: &Path, path: &Path) -> Result<(), WorkspaceError> {
    let moved = match renameat_with(CWD, scratch, CWD, path, RenameFlags::NOREPLACE) {
        // A file system that cannot: a link is refused just the same where there is a file.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            fs::hard_link(scratch, path).and_then(|()| fs::remove_file(scratch))
        }
        other => other.map_err(io::Error::from),
    };
    moved.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => WorkspaceError::Exists { path: path.to_owned() },
        _ => WorkspaceError::Io { path: path.to_owned(), source },
    })
}
