//! The workspace file: the only module that knows DuckDB.
//!
//! ```text
//! Workspace ── lease      whose turn it is, and waiting for it
//!     │     ── queue      who comes first is served first
//!     │     ── instance   DuckDB in memory; the file attached for one turn
//!     │     ── session    SQL and figures during a turn
//!     │     ── past       figures on what was known at an earlier moment
//!     │     ── rollup     sums that are kept, and whether they still hold
//!     │     ── migrate    making a file, and bringing it up to date
//!     │     ── verify     whether the file is sound
//!     │     ── client     a workspace that is served elsewhere, in a copy; serve is the other end
//!     │     ── backup     copies of it; restore puts one back, rescue reads what can be read
//! ```
//!
//! Invariants: nobody keeps the file attached between two turns, so twenty
//! people can work in one file; a process opens a file once; the file is opened
//! by DuckDB alone while it is attached, because closing it by any other way
//! drops DuckDB's lock. Never interprets facts or records: that is for the
//! floors above.

mod address;
mod asking;
mod assumptions;
mod backup;
mod client;
mod copy;
mod error;
mod extensions;
mod file;
mod flock;
mod holder;
mod identity;
mod instance;
mod interrupt;
mod lease;
mod literal;
mod migrate;
mod model;
mod parameters;
mod past;
mod queue;
mod rescue;
mod restore;
mod rollup;
mod schema;
mod script;
mod serve;
mod served;
mod session;
mod settings;
mod sql;
mod surroundings;
mod token;
mod values;
mod verify;

use std::path::{Path, PathBuf};

use crate::catalog::Catalog;
use file::Registered;
use instance::{Attached, Instance};
use lease::{Lease, LeaseFiles, Mode, Wait};
use model::Model;
use parameters::Variable;
use schema::Schema;
use served::Server;

pub use address::Address;
pub use backup::{Backup, Occasion, backups};
pub use error::{ReadOnly, WorkspaceError};
pub use file::Stamp;
pub use holder::Holder;
pub use identity::{Identity, groups_of, share_with_group};
pub use interrupt::Interrupter;
pub use lease::{OnWait, Patience, Verdict, Waiting};
pub use parameters::Parameters;
pub use past::Known;
pub use rescue::{Rescued, RescuedTable, rescue};
pub use restore::{Look, Loss, Lost, Restored, look, loss, read_through, restore};
pub use schema::schema_steps;
pub use serve::Serving;
pub use session::{Answer, Session};
pub use settings::{CreateOptions, Settings, known_days};
pub use surroundings::{Surroundings, surroundings};
pub use verify::FileCheck;

/// The version of DuckDB that is built in: `v1.5.5`.
pub fn duckdb_version() -> String {
    duckdb::Connection::open_in_memory()
        .and_then(|connection| connection.query_row("SELECT version()", [], |row| row.get(0)))
        .unwrap_or_default()
}

/// For what a workspace is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A file of an older schema is brought up to date, after a backup.
    ReadWrite,
    /// Nothing is ever written to the file.
    ReadOnly,
}

/// One workspace file, opened by this process. Between two turns nothing of it
/// is attached or locked.
#[derive(Debug)]
pub struct Workspace {
    // First, so that it is gone before the right to open the file is given back.
    instance: Instance,
    /// Canonical; the address of one that is served elsewhere.
    path: PathBuf,
    server: Option<Server>,
    access: Access,
    schema: Schema,
    files: LeaseFiles,
    patience: Patience,
    interrupter: Interrupter,
    identity: Identity,
    model: Model,
    settings: Settings,
    /// From what each rollup is read.
    rollups: Vec<Variable>,
    /// When and by whom it was made: what makes it this workspace and no other.
    made: Option<String>,
    /// The file when its schema, settings and rollups were last read.
    seen: Option<Stamp>,
    /// The file as our last transaction found it, and as it left it.
    written: Option<(Stamp, Stamp)>,
    _registered: Option<Registered>,
}

/// A turn that is under way. Ends, detached first, when it is dropped.
struct Turn<'a> {
    attached: Attached<'a>,
    path: &'a Path,
    interrupter: &'a Interrupter,
    settings: &'a Settings,
    model: &'a Model,
    rollups: &'a [Variable],
    mode: Mode,
    /// The file when the turn began.
    found: Stamp,
    /// In what state a server said that the workspace is.
    began_in: Option<String>,
    /// None where the file is elsewhere.
    lease: Option<Lease>,
}

impl Turn<'_> {
    /// Ends it, with the checkpoint, and gives the file as it was at its beginning and as it is
    /// now, before anybody else comes.
    fn end(self) -> (Stamp, Stamp) {
        let Turn { attached, path, found, lease, .. } = self;
        drop(attached);
        let left = Stamp::of(path);
        drop(lease);
        (found, left)
    }

    fn session(&self) -> Result<Session<'_>, WorkspaceError> {
        Ok(Session {
            connection: self.attached.connection()?,
            path: self.path,
            interrupter: self.interrupter,
            state: self.attached.state(),
            settings: self.settings,
            model: Some(self.model),
            rollups: self.rollups,
            in_transaction: self.mode == Mode::Exclusive,
        })
    }
}

impl Workspace {
    /// Opens a workspace, waiting for its turn with the usual patience.
    ///
    /// # Errors
    /// `Missing`, `NotADatabase`, `NotAWorkspace`, `NewerSchema`, `OlderSchema` (to
    /// read only), `NewerFormat`, `ReadOnly` (to write), `Busy`, `Damaged`,
    /// `Duplicate`, `Migration`, `Io`.
    pub fn open(path: &Path, access: Access, catalog: &Catalog) -> Result<Self, WorkspaceError> {
        Self::open_patiently(path, access, catalog, Patience::default())
    }

    /// The same with a patience of one's own, which the workspace keeps.
    ///
    /// # Errors
    /// As [`Workspace::open`].
    pub fn open_patiently(
        path: &Path,
        access: Access,
        catalog: &Catalog,
        patience: Patience,
    ) -> Result<Self, WorkspaceError> {
        Self::open_as(path, access, catalog, patience, Schema::KNOWN)
    }

    fn open_as(
        path: &Path,
        access: Access,
        catalog: &Catalog,
        patience: Patience,
        schema: Schema,
    ) -> Result<Self, WorkspaceError> {
        if let Some(address) = Address::of(path)? {
            return Self::open_served(address, access, catalog, patience, schema);
        }
        let path = file::find(path)?;
        if access == Access::ReadWrite
            && let Some(why) = file::read_only(&path)
        {
            return Err(WorkspaceError::ReadOnly { path, why });
        }
        let registered = Registered::claim(&path)?;
        let interrupter = Interrupter::default();
        let mut workspace = Workspace {
            instance: Instance::new(interrupter.clone()),
            files: LeaseFiles::beside(&path),
            path,
            server: None,
            access,
            schema,
            patience,
            interrupter,
            identity: Identity::current(),
            model: Model::of(catalog),
            settings: CreateOptions::default().settings()?,
            rollups: Vec::new(),
            made: None,
            seen: None,
            written: None,
            _registered: Some(registered),
        };
        match workspace.begin(Mode::Shared, "opening").map(drop) {
            Err(WorkspaceError::OlderSchema { .. }) if access == Access::ReadWrite => {
                workspace.migrate()?;
                workspace.begin(Mode::Shared, "opening").map(drop)?;
            }
            opened => opened?,
        }
        if access == Access::ReadWrite {
            assumptions::complete(&mut workspace)?;
        }
        Ok(workspace)
    }

    /// Where the file is; links resolved.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// For what it was opened.
    pub fn access(&self) -> Access {
        self.access
    }

    /// As of the last turn.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes how long turns are waited for, and who is told.
    pub fn set_patience(&mut self, patience: Patience) {
        self.patience = patience;
    }

    /// Stops what this workspace is doing, from any thread.
    pub fn interrupter(&self) -> Interrupter {
        self.interrupter.clone()
    }

    /// The file as it is now: equal stamps mean that nobody wrote in between.
    pub fn stamp(&self) -> Stamp {
        match self.server {
            None => Stamp::of(&self.path),
            Some(_) => self.stamp_served(),
        }
    }

    /// The file as our last transaction found it, and as it left it: whoever has seen the first
    /// misses nothing of others by taking the second for seen.
    pub fn written(&self) -> Option<(Stamp, Stamp)> {
        self.written
    }

    /// Closes the workspace, as dropping it does.
    pub fn close(self) {}

    /// Reads: `work` runs with the file attached for reading, among others who
    /// read. `doing` is what people are told who wait meanwhile. Keep it short:
    /// writers wait for it.
    ///
    /// # Errors
    /// Those of `work`; `Busy`, `Missing`, `NewerSchema`, `Interrupted`, `Damaged`, …
    pub fn read<T, E: From<WorkspaceError>>(
        &mut self,
        doing: &str,
        work: impl FnOnce(&Session<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let turn = self.begin(Mode::Shared, doing)?;
        let session = turn.session()?;
        work(&session)
    }

    /// Writes: `work` runs alone, in one transaction, which is committed when it
    /// gives `Ok` and rolled back when it gives `Err` or panics.
    ///
    /// # Errors
    /// Those of `work`, and of [`Workspace::read`]; `ReadOnly`, `DiskFull`. After
    /// any of them nothing of this transaction is in the file.
    pub fn write<T, E: From<WorkspaceError>>(
        &mut self,
        doing: &str,
        work: impl FnOnce(&Session<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.may_write()?;
        if self.server.is_some() {
            return self.write_served(doing, work);
        }
        let turn = self.begin(Mode::Exclusive, doing)?;
        turn.attached.begin()?;
        let done = work(&turn.session()?)?;
        if turn.interrupter.requested() {
            return Err(WorkspaceError::Interrupted.into());
        }
        let whole = turn.interrupter.uninterrupted();
        turn.attached.commit()?;
        let written = turn.end();
        drop(whole);
        self.written = Some(written);
        Ok(done)
    }

    /// The instance without the file and without any lease: to decode an import
    /// into temporary tables, which a later [`Workspace::write`] then copies from.
    ///
    /// # Errors
    /// `Sql`, if the instance cannot be built.
    pub fn staging(&mut self) -> Result<Session<'_>, WorkspaceError> {
        self.of_the_file("an import")?;
        self.interrupter.begin();
        self.instance.connection(&self.path)?;
        Ok(Session {
            connection: self.instance.current()?,
            path: &self.path,
            interrupter: &self.interrupter,
            state: self.instance.state(),
            settings: &self.settings,
            model: None,
            rollups: &[],
            in_transaction: false,
        })
    }

    /// From now on SQL may read these files and what lies in this folder. Otherwise it reads
    /// nothing but the workspace: no query, of whoever it is, opens another file or the network.
    /// The instance is built anew, and its temporary tables are gone.
    pub fn let_read(&mut self, files: &[PathBuf], folder: &Path) {
        self.instance.let_read(files.to_vec(), vec![folder.to_owned()]);
    }

    /// Takes back what [`Workspace::let_read`] allowed.
    pub fn let_read_nothing(&mut self) {
        self.instance.let_read(Vec::new(), Vec::new());
    }

    fn may_write(&self) -> Result<(), WorkspaceError> {
        let why = match self.access {
            Access::ReadOnly => Some(ReadOnly::Opened),
            Access::ReadWrite if self.server.is_some() => None,
            Access::ReadWrite => file::read_only(&self.path),
        };
        match why {
            Some(why) => {
                if self.server.is_none() {
                    file::find(&self.path)?;
                }
                Err(WorkspaceError::ReadOnly { path: self.path.clone(), why })
            }
            None => Ok(()),
        }
    }

    /// Waits for a turn, attaches the file, and makes sure that it is still one
    /// that this program understands.
    fn begin(&mut self, mode: Mode, doing: &str) -> Result<Turn<'_>, WorkspaceError> {
        let Workspace {
            instance,
            path,
            server,
            schema,
            files,
            patience,
            interrupter,
            identity,
            settings,
            model,
            rollups,
            made,
            seen,
            ..
        } = self;
        interrupter.begin();
        let mut wait = Wait::new(path, doing, interrupter, patience);
        let note = || Holder::this_process(identity, doing);
        let began_in =
            server.as_ref().map(|server| instance.reach(path, server, *schema)).transpose()?;
        let lease = loop {
            if server.is_some() {
                break None;
            }
            let lease = files.acquire(mode, note, &mut wait)?;
            // To write, DuckDB would make the file where it is missing.
            file::find(path)?;
            match instance.attach(path, mode) {
                Ok(()) => break Some(lease),
                // Another program has it open. Meanwhile others of ours may go on.
                Err(WorkspaceError::Busy { holder, .. }) => {
                    drop(lease);
                    wait.pause(|| holder.map(|holder| *holder))?;
                }
                Err(error) => return Err(error),
            }
        };
        let stamp = began_in.as_deref().map_or_else(|| Stamp::of(path), Stamp::told);
        let attached = instance.attached(path, mode);
        if *seen != Some(stamp) {
            attached.state().forget_rows();
            let (found, loaded) = settings::load(attached.connection()?, path)?;
            let known = schema.newest();
            let path = path.clone();
            match found.cmp(&known) {
                std::cmp::Ordering::Greater => {
                    return Err(WorkspaceError::NewerSchema { path, found, known });
                }
                std::cmp::Ordering::Less => {
                    return Err(WorkspaceError::OlderSchema { path, found, known });
                }
                std::cmp::Ordering::Equal => {}
            }
            match (&made, settings::made(attached.connection()?, &path)?) {
                (Some(ours), Some(theirs)) if *ours != theirs => {
                    return Err(WorkspaceError::Replaced { path });
                }
                (_, there) => *made = there,
            }
            *rollups = rollup::variables(attached.connection()?, model, &path)?;
            *settings = loaded.ok_or(WorkspaceError::NotAWorkspace { path })?;
            *seen = Some(stamp);
        }
        let found = stamp;
        Ok(Turn {
            attached,
            path,
            interrupter,
            settings,
            model,
            rollups,
            mode,
            found,
            began_in,
            lease,
        })
    }
}
