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

use super::backup;
use super::error::{ReadOnly, WorkspaceError, classify};
use super::file::{self, Stamp};
use super::identity::Identity;
use super::instance::Instance;
use super::interrupt::Interrupter;
use super::lease::{Mode, Patience, Wait};
use super::schema::Schema;
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
        let backup = backup::before_migration(path, from, Utc::now())?;

        attach_in(instance, path, &mut wait, Instance::attach_in_format)?;
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
    attach_in(instance, path, wait, |instance, path| instance.attach(path, Mode::Exclusive))
}

fn attach_in(
    instance: &mut Instance,
    path: &Path,
    wait: &mut Wait<'_>,
    attach: impl Fn(&mut Instance, &Path) -> Result<(), WorkspaceError>,
) -> Result<(), WorkspaceError> {
    loop {
        match attach(instance, path) {
            Err(WorkspaceError::Busy { holder, .. }) => {
                wait.pause(|| holder.map(|holder| *holder))?
            }
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
pub(super) fn make(
    scratch: &Path,
    path: &Path,
    settings: &Settings,
    identity: &Identity,
    schema: Schema,
) -> Result<(), WorkspaceError> {
    let mut instance = Instance::new(Interrupter::default());
    let failed = |error: duckdb::Error| classify(&error.to_string(), path);
    instance.attach_in_format(scratch).map_err(|error| match error {
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
pub(super) fn place(scratch: &Path, path: &Path) -> Result<(), WorkspaceError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::schema::STEPS;

    /// As the first release made files.
    const FIRST: Schema = Schema { steps: &[STEPS[0]] };
    const BROKEN: Schema =
        Schema { steps: &[STEPS[0], "CREATE TABLE meta.extra (a INTEGER); SELECT error('no')"] };

    struct Place {
        folder: tempfile::TempDir,
        path: PathBuf,
    }

    impl Place {
        /// With a workspace of schema 1 in it, and some rows in that.
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("acme.duckdb");
            let (options, identity) = (CreateOptions::default(), Identity::current());
            let mut made =
                Workspace::create_as(&path, &options, &Catalog::default(), &identity, FIRST)
                    .expect("a workspace");
            made.write::<_, WorkspaceError>("adding", |session| {
                session.batch(
                    "INSERT INTO facts.product VALUES ('p', 'Rover', 'Cars', 12.50, 'EUR', 7);
                     INSERT INTO facts.account (account_id, revenue, import_id) VALUES ('a', 1.00, 7);
                     INSERT INTO facts.opportunity (opportunity_id, valid_from, state, currency, import_id)
                     VALUES ('o', '2025-01-06', 'open', 'USD', 7)",
                )
            })
            .expect("added");
            Place { folder, path }
        }

        fn open(&self, access: Access, schema: Schema) -> Result<Workspace, WorkspaceError> {
            let patience = Patience::default();
            Workspace::open_as(&self.path, access, &Catalog::default(), patience, schema)
        }

        fn backups(&self) -> Vec<PathBuf> {
            let entries = fs::read_dir(self.folder.path()).expect("a folder");
            let paths = entries.map(|entry| entry.expect("an entry").path());
            paths.filter(|path| path.to_string_lossy().contains(".backup-schema1-")).collect()
        }
    }

    #[track_caller]
    fn shown(workspace: &mut Workspace, sql: &str) -> String {
        let table =
            workspace.read::<_, WorkspaceError>("looking", |session| session.query(sql, &[]));
        table.expect(sql).rows[0][0].plain()
    }

    const VERSION: &str = "SELECT value FROM meta.info WHERE key = 'schema_version'";
    const PRODUCT: &str = "SELECT concat_ws(' ', product_id, name, family, list_price, currency,
                                            import_id) FROM facts.product";

    #[test]
    fn an_older_file_is_brought_up_to_date_after_a_backup() {
        let place = Place::new();
        let newest = Schema::KNOWN.newest();
        let mut workspace =
            place.open(Access::ReadWrite, Schema::KNOWN).expect("brought up to date");
        assert_eq!(shown(&mut workspace, VERSION), newest.to_string());
        assert_eq!(shown(&mut workspace, PRODUCT), "p Rover Cars 12.50 EUR 7");
        let added = "SELECT count(*) FROM facts.product WHERE tier IS NULL AND unit_cost IS NULL";
        assert_eq!(shown(&mut workspace, added), "1");
        assert_eq!(shown(&mut workspace, "SELECT count(*) FROM facts.line_item"), "0");
        let format =
            "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'ws'";
        assert_eq!(shown(&mut workspace, format), "v1.2.0+");
        // It is what a new file of this version is, table by table and column by column.
        assert_eq!(workspace.verify_file().expect("verified").problems, Vec::<String>::new());
        // Someone else was quicker: nothing is done twice.
        workspace.migrate().expect("nothing to do");
        workspace.close();
        assert_eq!(place.backups().len(), 1);

        let error = place.open(Access::ReadWrite, FIRST).expect_err("newer");
        assert!(
            matches!(error, WorkspaceError::NewerSchema { found, known: 1, .. } if found == newest),
            "{error}"
        );

        // The backup is a workspace as it was.
        let backup = &place.backups()[0];
        let mut before = Workspace::open_as(
            backup,
            Access::ReadWrite,
            &Catalog::default(),
            Patience::default(),
            FIRST,
        )
        .expect("whole");
        assert_eq!(shown(&mut before, VERSION), "1");
        assert_eq!(shown(&mut before, PRODUCT), "p Rover Cars 12.50 EUR 7");
        assert_eq!(before.verify_file().expect("verified").problems, Vec::<String>::new());
    }

    #[test]
    fn an_older_file_is_not_changed_to_read_it() {
        let place = Place::new();
        let before = fs::read(&place.path).expect("there");
        let error = place.open(Access::ReadOnly, Schema::KNOWN).expect_err("older");
        assert!(matches!(error, WorkspaceError::OlderSchema { found: 1, .. }), "{error}");
        assert!(error.remedy().is_some());
        assert_eq!(fs::read(&place.path).expect("there"), before);
        assert!(place.backups().is_empty());
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let place = Place::new();
        let error = place.open(Access::ReadWrite, BROKEN).expect_err("broken");
        let WorkspaceError::Migration { from: 1, to: 2, backup, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!(place.backups(), std::slice::from_ref(backup));
        assert!(error.remedy().is_some_and(|remedy| remedy.contains("backup-schema1-")));
        let mut workspace = place.open(Access::ReadWrite, FIRST).expect("as it was");
        assert_eq!(shown(&mut workspace, VERSION), "1");
        assert_eq!(workspace.verify_file().expect("verified").problems, Vec::<String>::new());
    }
}
