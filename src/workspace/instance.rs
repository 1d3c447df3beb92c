//! The one DuckDB instance of a workspace: in memory, with the file attached
//! only for as long as a lease lasts.
//!
//! Invariant: when an [`Attached`] is gone, the file is detached and its lock
//! free, whatever happened: after an error, after a panic, and when DuckDB has
//! declared the database invalid. Then the instance itself is thrown away and
//! built anew at the next lease.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use duckdb::{Config, Connection};
use tempfile::TempDir;

use super::copy::Copy;
use super::error::{ReadOnly, WorkspaceError, classify};
use super::file::log_of;
use super::interrupt::Interrupter;
use super::lease::Mode;
use super::literal::quoted;
pub(super) use super::schema::ALIAS;
use super::schema::Schema;
use super::served::{self, Server};

/// DuckDB's format for new files: every DuckDB from 1.2 on reads it, and opening a file of many
/// tables takes a third of the time that the default, the oldest format, takes.
const FORMAT: &str = "v1.2.0";

/// More threads than this make the queries of a review no faster, and the
/// machine is shared.
const THREADS: usize = 4;

/// What is told apart from a fresh instance: set and made so far.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Session variables with their literals.
    pub(super) variables: RefCell<BTreeMap<String, String>>,
    /// Places of the model's definitions that are made.
    pub(super) made: RefCell<BTreeSet<usize>>,
    /// Those of them that vanish if the transaction is rolled back.
    pub(super) made_in_transaction: RefCell<Vec<usize>>,
    /// Tables that were found to have rows, as long as the file stays as it is.
    pub(super) filled: RefCell<BTreeSet<&'static str>>,
    /// Tables of the model by their places, with the literals that their rows were told by; as long
    /// as the file stays as it is.
    pub(super) told: RefCell<BTreeMap<usize, Vec<Option<String>>>>,
    /// What this turn has written, where it has to be written elsewhere as well.
    pub(super) collected: RefCell<Option<Vec<String>>>,
}

impl State {
    /// The file is no longer what was read of it.
    pub(super) fn forget_rows(&self) {
        self.filled.borrow_mut().clear();
        self.told.borrow_mut().clear();
    }
}

#[derive(Debug)]
pub(super) struct Instance {
    /// `None` until the first use, and after it had to be thrown away.
    connection: Option<Connection>,
    interrupter: Interrupter,
    state: State,
    /// Where DuckDB spills what does not fit into memory: rows of customers, so
    /// the folder is the user's alone. Made at the first use.
    spill: Option<TempDir>,
    /// Files, and folders with all that is in them, that SQL may read.
    readable: (Vec<PathBuf>, Vec<PathBuf>),
    /// Files of extensions that are loaded into it.
    extensions: Vec<PathBuf>,
    /// The copy of a workspace that is served elsewhere.
    copy: Option<Copy>,
}

impl Instance {
    pub(super) fn new(interrupter: Interrupter) -> Self {
        let readable = (Vec::new(), Vec::new());
        Instance {
            connection: None,
            interrupter,
            state: State::default(),
            spill: None,
            readable,
            extensions: Vec::new(),
            copy: None,
        }
    }

    /// Lets the next connection read these and nothing else. What may be read is settled when an
    /// instance is built and cannot be widened, by us or by anybody.
    pub(super) fn let_read(&mut self, files: Vec<PathBuf>, folders: Vec<PathBuf>) {
        if self.readable != (files.clone(), folders.clone()) {
            self.discard();
            self.readable = (files, folders);
        }
    }

    /// From now on with these extensions.
    pub(super) fn load(&mut self, extensions: Vec<PathBuf>) {
        self.discard();
        self.extensions = extensions;
    }

    /// Brings the copy of the workspace that this server has up to date, and says in which state
    /// that is. A server that was started anew knows nothing of an earlier session.
    pub(super) fn reach(
        &mut self,
        path: &Path,
        to: &Server,
        schema: Schema,
    ) -> Result<String, WorkspaceError> {
        let known = self.copy.is_some();
        if !known {
            served::attach(self.connection(path)?, to)?;
        }
        let mut copy = self.copy.take().unwrap_or_default();
        let state = copy.bring_up_to_date(self.current()?, path, schema);
        match state {
            Ok(state) => {
                self.copy = Some(copy);
                Ok(state)
            }
            Err(error) => {
                // Half a copy is none.
                self.discard();
                match error {
                    WorkspaceError::Unreachable { .. } if known => self.reach(path, to, schema),
                    error => Err(error),
                }
            }
        }
    }

    /// The connection, built where there is none.
    pub(super) fn connection(&mut self, path: &Path) -> Result<&Connection, WorkspaceError> {
        if self.connection.is_none() {
            let failed = |error: duckdb::Error| classify(&error.to_string(), path);
            let spill = self.spill_folder(path)?;
            let connection =
                build(&spill, path, &self.readable, &self.extensions).map_err(failed)?;
            self.interrupter.follow(Some(connection.interrupt_handle()));
            self.connection = Some(connection);
        }
        self.current()
    }

    /// The connection that [`Instance::connection`] has built.
    pub(super) fn current(&self) -> Result<&Connection, WorkspaceError> {
        let gone = || WorkspaceError::Sql { message: "the instance is gone".into() };
        self.connection.as_ref().ok_or_else(gone)
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    fn spill_folder(&mut self, path: &Path) -> Result<PathBuf, WorkspaceError> {
        if self.spill.is_none() {
            let made = tempfile::Builder::new().prefix("qbr-").tempdir();
            self.spill =
                Some(made.map_err(|source| WorkspaceError::Io { path: path.to_owned(), source })?);
        }
        Ok(self.spill.as_ref().map(|folder| folder.path().to_owned()).unwrap_or_default())
    }

    /// Throws the instance away, and with it every lock it may hold.
    pub(super) fn discard(&mut self) {
        self.interrupter.follow(None);
        self.connection = None;
        self.copy = None;
        self.state = State::default();
    }

    /// Attaches the file and makes it the default. One try; a conflict comes
    /// back as `Busy`.
    pub(super) fn attach(&mut self, path: &Path, mode: Mode) -> Result<(), WorkspaceError> {
        let options = if mode == Mode::Shared { ", READ_ONLY" } else { "" };
        self.attach_with(path, mode, options)
    }

    /// Attaches to write in the format of new files, which an older file is brought to by its next
    /// checkpoint. A file in a newer format keeps it.
    pub(super) fn attach_in_format(&mut self, path: &Path) -> Result<(), WorkspaceError> {
        let options = format!(", STORAGE_VERSION '{FORMAT}'");
        match self.attach_with(path, Mode::Exclusive, &options) {
            Err(WorkspaceError::Sql { message }) if message.contains("cannot be lowered") => {
                self.attach(path, Mode::Exclusive)
            }
            done => done,
        }
    }

    fn attach_with(
        &mut self,
        path: &Path,
        mode: Mode,
        options: &str,
    ) -> Result<(), WorkspaceError> {
        let text = path.to_str().ok_or_else(|| WorkspaceError::Io {
            path: path.to_owned(),
            source: std::io::Error::new(std::io::ErrorKind::InvalidInput, "the path is not UTF-8"),
        })?;
        let sql = format!("ATTACH {} AS {ALIAS} (TYPE duckdb{options}); USE {ALIAS}", quoted(text));
        let connection = self.connection(path)?;
        let Err(error) = connection.execute_batch(&sql) else { return Ok(()) };
        // Attached, but not made the default: should not happen, must not stay.
        let _ = connection.execute_batch(&format!("USE memory; DETACH DATABASE IF EXISTS {ALIAS}"));
        let message = error.to_string();
        if message.contains("invalidated") {
            self.discard();
        }
        Err(match classify(&message, path) {
            // Left by someone's crash, under a mask that keeps others out.
            WorkspaceError::ReadOnly { why: ReadOnly::Folder, .. } if mode == Mode::Shared => {
                let source = std::io::ErrorKind::PermissionDenied.into();
                WorkspaceError::Io { path: log_of(path), source }
            }
            error => error,
        })
    }

    /// The guard of a file that [`Instance::attach`] has attached.
    pub(super) fn attached(&mut self, path: &Path, mode: Mode) -> Attached<'_> {
        let log = (mode == Mode::Exclusive && self.copy.is_none()).then(|| log_of(path));
        Attached { instance: self, path: path.to_owned(), log, committed: Cell::new(false) }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // Before the folder it may have spilled into.
        self.discard();
    }
}

fn build(
    spill: &Path,
    workspace: &Path,
    (files, folders): &(Vec<PathBuf>, Vec<PathBuf>),
    extensions: &[PathBuf],
) -> duckdb::Result<Connection> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let config = Config::default()
        // Nothing is fetched from the network behind anybody's back.
        .enable_autoload_extension(false)?
        .threads(threads as i64)?
        .with("temp_directory", spill.to_string_lossy())?;
    let connection = Connection::open_in_memory_with_flags(config)?;
    // It writes to standard output, which is the screen or a pipe.
    connection.execute_batch("SET enable_progress_bar = false")?;
    for extension in extensions {
        connection.execute_batch(&format!("LOAD {}", quoted(&extension.to_string_lossy())))?;
    }
    if !extensions.is_empty() {
        // Else the way to a server looks through the home folder for passwords.
        connection.execute_batch("SET allow_persistent_secrets = false")?;
    }
    let listed = |paths: &mut dyn Iterator<Item = String>| {
        paths.map(|path| quoted(&path)).collect::<Vec<_>>().join(", ")
    };
    // The workspace and what DuckDB puts beside it; the folder it spills into is allowed anyway.
    let beside = ["", ".wal", ".wal.checkpoint", ".wal.recovery"].into_iter();
    let mut workspace = beside.map(|end| format!("{}{end}", workspace.display()));
    let own = listed(&mut workspace);
    let more = listed(&mut files.iter().map(|path| path.to_string_lossy().into_owned()));
    let comma = if more.is_empty() { "" } else { ", " };
    let folders = listed(&mut folders.iter().map(|path| path.to_string_lossy().into_owned()));
    connection.execute_batch(&format!(
        "SET allowed_paths = [{own}{comma}{more}]; SET allowed_directories = [{folders}]; \
         SET enable_external_access = false"
    ))?;
    Ok(connection)
}

/// The workspace file is attached, until this is dropped.
#[must_use]
pub(super) struct Attached<'a> {
    instance: &'a mut Instance,
    path: PathBuf,
    /// The write-ahead log, where we may write.
    log: Option<PathBuf>,
    committed: Cell<bool>,
}

impl Attached<'_> {
    pub(super) fn connection(&self) -> Result<&Connection, WorkspaceError> {
        self.instance.current()
    }

    pub(super) fn state(&self) -> &State {
        self.instance.state()
    }

    pub(super) fn begin(&self) -> Result<(), WorkspaceError> {
        self.run("BEGIN TRANSACTION")
    }

    pub(super) fn commit(&self) -> Result<(), WorkspaceError> {
        self.run("COMMIT")?;
        self.committed.set(true);
        Ok(())
    }

    fn run(&self, sql: &str) -> Result<(), WorkspaceError> {
        let done = self.connection()?.execute_batch(sql);
        done.map_err(|error| classify(&error.to_string(), &self.path))
    }

    fn release(&mut self) {
        let Ok(connection) = self.instance.current() else { return };
        // An open transaction would keep DuckDB's lock beyond the detaching.
        // Mostly there is none any more, and that is no error.
        let _ = connection.execute_batch("ROLLBACK");
        if self.has_log() {
            // The rows are safe in the log, and the next writer tries again. An
            // empty log is still worth the try: one flipped byte in it, and
            // nobody can open the file.
            if let Err(error) = connection.execute_batch(&format!("CHECKPOINT {ALIAS}")) {
                tracing::warn!(path = %self.path.display(), %error, "checkpoint failed");
            }
        }
        if self.instance.copy.is_some() {
            // Stays, for the next turn.
        } else if let Err(error) = connection.execute_batch(&format!("USE memory; DETACH {ALIAS}"))
        {
            tracing::warn!(path = %self.path.display(), %error, "instance is built anew");
            self.instance.discard();
        }
        let state = self.instance.state();
        let mut made = state.made.borrow_mut();
        if self.instance.interrupter.requested() {
            // Which definition was being made when it stopped is not worth knowing:
            // they replace each other, so all of them are made again.
            made.clear();
        } else if !self.committed.get() {
            for place in state.made_in_transaction.borrow().iter() {
                made.remove(place);
            }
        }
        state.made_in_transaction.borrow_mut().clear();
    }

    /// A lease without changes leaves no log, and then a checkpoint would only
    /// cost time.
    fn has_log(&self) -> bool {
        let length = self.log.as_ref().and_then(|log| std::fs::metadata(log).ok());
        length.is_some_and(|metadata| metadata.len() > 0)
    }
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        self.release();
    }
}
