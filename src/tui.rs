//! The screen: what a person in the review sees and does.
//!
//! ```text
//! run ── runner    the loop: events in, effects out, frames
//!   │ ── app       the state of the screen; pure
//!   │ ── draw      the whole screen; changes nothing
//!   │ ── pane(s)   figures, records, forms: levels of a tab
//!   │ ── present   a pane on the wall, page by page
//!   │ ── worker    the thread that owns the workspace; store answers it
//!   │ ── memory    how tables are arranged, and where one was
//!   │ ── input     the keyboard; also notices a closed terminal
//!   │ ── exit      signals, panics
//!   │ ── clipboard the way out for what is copied
//!   │ ── recording what was done, to be done again (replay) for a report of a fault
//!   └── screen     the terminal's modes, and every byte that goes there: wire
//! ```
//!
//! Must never: ask the terminal anything, write when nothing has changed, let
//! the keyboard wait for the database, or lose what was typed.

pub mod app;
pub mod clipboard;
pub mod draw;
pub mod elsewhere;
pub mod exit;
pub mod form;
pub mod glyphs;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod memory;
pub mod message;
pub mod overlay;
pub mod pane;
pub mod panes;
pub mod present;
pub mod recording;
pub mod replay;
pub mod runner;
pub mod screen;
pub mod store;
pub mod theme;
pub mod widgets;
pub mod wire;
pub mod worker;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, mpsc};
use std::time::{Duration, Instant};

use crate::catalog::Catalog;
use crate::ingest::preview::PreviewRequest;
use crate::ledger::Saves;
use crate::ledger::drafts::{DraftError, Journal, JournalWriter};
use crate::workspace::{Identity, WorkspaceError};

use app::{App, Setup};
use exit::LastRites;
use glyphs::Glyphs;
use keymap::Keymap;
use memory::{Memory, MemoryWriter};
use message::Event;
use recording::Recorder;
use runner::{Incoming, Runner};
use screen::Screen;
use store::Store;
pub use store::{OpenError, Opener, opener};
use theme::{Background, Look, Theme, ThemeName};
use worker::Worker;

/// How long the end of a text may take to reach the disk when the person leaves.
const FLUSH: Duration = Duration::from_secs(5);

/// How the screen is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Nothing is to be written, even where it could be.
    pub read_only: bool,
    /// Who signs what is written.
    pub identity: Identity,
    /// Where this user's drafts are kept.
    pub drafts_folder: Option<PathBuf>,
    /// Where exports are written.
    pub export_folder: PathBuf,
    /// Folders of content that mappings are kept in, the best first.
    pub content_folders: Vec<PathBuf>,
    /// A file to look at first: what an import would do with it.
    pub import: Option<PreviewRequest>,
    /// How everything looks; `None`: as the person chose last.
    pub theme: Option<ThemeName>,
    /// What the terminal's own letters stand on.
    pub background: Background,
    pub glyphs: Glyphs,
    pub keymap: Keymap,
    /// What is to be told first: mistakes in the configuration.
    pub told_first: Option<String>,
    /// Go on where the workspace was left.
    pub resume: bool,
    /// Write down what is done, into this file.
    pub record: Option<(PathBuf, recording::Head)>,
}

impl Default for Options {
    /// This user, exports into the current folder, drafts where they belong.
    fn default() -> Self {
        Self {
            read_only: false,
            identity: Identity::current(),
            drafts_folder: None,
            export_folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            content_folders: Vec::new(),
            import: None,
            theme: None,
            background: Background::from_vars(|name| std::env::var(name).ok()),
            glyphs: Glyphs::from_env(),
            keymap: panes::keymap(),
            told_first: None,
            resume: true,
            record: None,
        }
    }
}

/// Why the screen ended without being asked to.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    #[error("the screen needs a terminal, and this is none")]
    NoTerminal,
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// What the opener had to make first could not be made.
    #[error("{0}")]
    Unready(Box<dyn std::error::Error + Send + Sync>),
    #[error("the folder for drafts: {0}")]
    Drafts(#[from] DraftError),
    #[error("the recording {}: {source}", path.display())]
    Recording { path: PathBuf, source: io::Error },
    #[error("the terminal: {0}")]
    Terminal(#[from] io::Error),
}

/// Shows a workspace until the person leaves.
///
/// `open` is called on the worker's thread, after the first frame is out;
/// `name` is what that frame calls the workspace.
///
/// # Errors
/// [`TuiError::Workspace`] when the workspace can't be opened, [`TuiError::Unready`]
/// when the opener failed before that; the terminal is back as it was by then.
pub fn run(
    name: &str,
    open: Opener,
    catalog: Arc<Catalog>,
    options: Options,
) -> Result<(), TuiError> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(TuiError::NoTerminal);
    }
    crate::workspace::share_with_group();
    let start = Instant::now();
    let opened = match &options.drafts_folder {
        Some(folder) => Journal::at(folder),
        None => Journal::open(),
    };
    let (journal, _passing, no_drafts) = match opened {
        Ok(journal) => (journal, None, None),
        Err(error) => {
            // Somebody may read and write a workspace without a home that can be written.
            let passing = tempfile::Builder::new().prefix("qbr-").tempdir()?;
            (Journal::at(&passing.path().join("drafts"))?, Some(passing), Some(error.to_string()))
        }
    };
    let state_folder = journal.folder().parent().map_or_else(std::env::temp_dir, PathBuf::from);
    let (sender, incoming) = mpsc::channel();

    let remembered = state_folder.join(memory::FILE);
    // A recording begins as for somebody who comes for the first time: it is all there is.
    let fresh = options.record.is_some();
    let memory = if fresh { Memory::default() } else { Memory::load(&remembered) };
    let keeper = MemoryWriter::start(remembered)?;
    let drafts = JournalWriter::start(journal.clone())?;
    let saves = Saves::beside(&journal)?;
    let unopened = store::Unopened::default();
    let say = sender.clone();
    let told = sender.clone();
    let tell: store::Tell = Arc::new(move |event| told.send(Incoming::Event(event)).is_ok());
    let (worker, worker_thread) = {
        let (catalog, unopened) = (Arc::clone(&catalog), Arc::clone(&unopened));
        let (identity, read_only) = (options.identity.clone(), options.read_only);
        let folders = options.content_folders.clone();
        let saves = saves.clone();
        Worker::spawn(
            move || {
                Store::new(open, read_only, unopened, catalog, identity, tell, folders)
                    .keeping(saves)
            },
            move |said| {
                let _ = say.send(Incoming::Worker(said));
            },
        )?
    };

    let recorder = match options.record {
        None => None,
        Some((path, head)) => {
            let (width, height) = crossterm::terminal::size()?;
            let head = recording::Head { size: (width, height), ..head };
            let begun = Recorder::begin(&path, &head);
            Some(begun.map_err(|source| TuiError::Recording { path, source })?)
        }
    };
    let rites = LastRites { drafts: drafts.clone(), worker: worker.clone() };
    let screen = Screen::enter(&state_folder)?;
    exit::end_on_panic(rites.clone(), state_folder);
    let signals = sender.clone();
    exit::watch_signals(rites.clone(), move |signal| {
        let _ = signals.send(Incoming::Signal(signal));
    })?;
    let keys = sender.clone();
    let keyboard = input::spawn(
        move |inputs, at_ms| keys.send(Incoming::Event(Event::Input { inputs, at_ms })).is_ok(),
        start,
        move || rites.hung_up(),
    )?;

    let theme = options.theme.or_else(|| app::remembered_theme(&memory)).unwrap_or_default();
    let setup = Setup {
        catalog,
        look: Look { theme: Theme::begins(theme, options.background), glyphs: options.glyphs },
        background: options.background,
        keymap: options.keymap,
        told_first: options.told_first,
        name: name.to_owned(),
        folder: options.export_folder,
        home: etcetera::home_dir().ok(),
        import: options.import,
        memory,
        resume: options.resume && !fresh,
        session: format!("{}-{}", chrono::Utc::now().format("%Y%m%d%H%M%S"), std::process::id()),
    };
    let (app, first) = App::new(setup, screen.size()?);
    let runner = Runner {
        app,
        screen,
        keyboard,
        worker: worker.clone(),
        journal,
        drafts: drafts.clone(),
        keeper,
        recorder,
        incoming,
        sender,
        over_ssh: std::env::var_os("SSH_CONNECTION").is_some(),
        no_drafts,
    };
    let ended = runner.run(first);
    drafts.flush(FLUSH);
    worker.close();
    // A save that was under way is carried out before the process ends.
    let _ = worker_thread.join();
    let _ = std::panic::take_hook();
    ended?;
    let error = unopened.lock().unwrap_or_else(PoisonError::into_inner).take();
    match error {
        None | Some(OpenError::Stopped) => Ok(()),
        Some(OpenError::Workspace(error)) => Err(error.into()),
        Some(OpenError::Unready(error)) => Err(TuiError::Unready(error)),
    }
}
