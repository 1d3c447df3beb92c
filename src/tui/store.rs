//! Requests carried out on the workspace: the worker's real side.
//!
//! Owns the workspace of the screen. Turns every error into words once, here;
//! the app above knows replies only.

mod citing;
mod importing;
mod saving;

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::Utc;

use crate::catalog::Catalog;
use crate::domain::{Dimension, Period};
use crate::ingest::Progress;
use crate::ledger::drafts::Draft;
use crate::ledger::{self, LedgerError, Moved, Right, Saves, Signature};
use crate::pack::{self, Format};
use crate::review::{self, Seen};
use crate::tui::form::Wanted;
use crate::tui::message::{Event, Failure, FailureKind, Notice, Opened, Reply, Request, Ticket};
use crate::tui::widgets::list_picker::PickItem;
use crate::tui::worker::{Answers, Interrupt};
use crate::workspace::{
    Access, Answer, Identity, Patience, Stamp, Verdict, Waiting, Workspace, WorkspaceError,
};

/// Opens the workspace, on the worker's thread; more than once, if it is busy at first.
/// What takes long there is told with the last argument, in words for the screen;
/// false: nobody listens any more, and going on is of no use.
pub type Opener = Box<
    dyn FnMut(Access, Patience, &dyn Fn(String) -> bool) -> Result<Workspace, OpenError> + Send,
>;

/// Why there is no workspace to show.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// What had to be made first could not be.
    #[error("{0}")]
    Unready(Box<dyn std::error::Error + Send + Sync>),
    /// The person left meanwhile.
    #[error("stopped")]
    Stopped,
}

/// Opens the workspace at a path.
pub fn opener(path: PathBuf, catalog: Arc<Catalog>) -> Opener {
    Box::new(move |access, patience, _| {
        Ok(Workspace::open_patiently(&path, access, &catalog, patience)?)
    })
}

/// Hears who is in the way while the workspace is waited for, and how far its
/// opening is; false when nobody listens any more, and waiting is of no use.
pub type Tell = Arc<dyn Fn(Event) -> bool + Send + Sync>;

/// How long a turn at the workspace is waited for before the person is asked.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the error of a workspace that can't be opened is left for the caller of the screen.
pub type Unopened = Arc<Mutex<Option<OpenError>>>;

/// The figure that knows every value of every dimension.
const SLICES: &str = "win-rate";
const SLICE_COLUMN: &str = "slice";

/// Answers requests from a workspace.
pub struct Store {
    opener: Opener,
    read_only: bool,
    unopened: Unopened,
    catalog: Arc<Catalog>,
    identity: Identity,
    tell: Tell,
    workspace: Option<Workspace>,
    /// The file as we last saw it.
    stamp: Option<Stamp>,
    /// What was in it then.
    seen: Seen,
    /// Revisions since then that are ours.
    own: BTreeSet<i64>,
    /// Where saves are kept until the workspace has them.
    saves: Option<Saves>,
    /// Those that could not be made yet, in the order in which they were asked for.
    waiting: VecDeque<(Ticket, Draft)>,
    /// Where mappings are kept, the best first.
    folders: Vec<PathBuf>,
    /// The import or look at a file that is under way.
    under_way: UnderWay,
}

type UnderWay = Arc<Mutex<Option<Progress>>>;

impl Store {
    pub fn new(
        opener: Opener,
        read_only: bool,
        unopened: Unopened,
        catalog: Arc<Catalog>,
        identity: Identity,
        tell: Tell,
        folders: Vec<PathBuf>,
    ) -> Self {
        Self {
            opener,
            read_only,
            unopened,
            catalog,
            identity,
            tell,
            workspace: None,
            stamp: None,
            seen: Seen::default(),
            own: BTreeSet::new(),
            saves: None,
            waiting: VecDeque::new(),
            folders,
            under_way: UnderWay::default(),
        }
    }

    /// The same with a place to keep saves in, without which none can be made.
    #[must_use]
    pub fn keeping(self, saves: Saves) -> Self {
        Self { saves: Some(saves), ..self }
    }

    fn patience(&self) -> Patience {
        let tell = Arc::clone(&self.tell);
        Patience {
            limit: PATIENCE,
            on_wait: Some(Box::new(move |waiting: &Waiting| {
                if tell(Event::Told(Notice::plain(in_the_way(waiting)))) {
                    Verdict::Keep
                } else {
                    Verdict::GiveUp
                }
            })),
        }
    }

    /// Opens for writing where that is possible and wanted, else for reading,
    /// with the reason.
    fn try_open(&mut self) -> Result<Opened, OpenError> {
        let patience = self.patience();
        let tell = Arc::clone(&self.tell);
        let progress = move |words: String| tell(Event::Progress(words));
        let mut read_only = None;
        let mut workspace = if self.read_only {
            read_only = Some("it was opened for reading only".to_owned());
            (self.opener)(Access::ReadOnly, patience, &progress)?
        } else {
            match (self.opener)(Access::ReadWrite, patience, &progress) {
                Err(OpenError::Workspace(WorkspaceError::ReadOnly { why, .. })) => {
                    read_only = Some(why.to_string());
                    let patience = self.patience();
                    (self.opener)(Access::ReadOnly, patience, &progress)?
                }
                opened => opened?,
            }
        };
        // Nobody writes at length what they then may not save. Damage of the ledger is told where
        // the ledger is read.
        if read_only.is_none()
            && let Ok(roles) = ledger::roles(&mut workspace)
            && let Err(error) = roles.demand(&self.identity.user, Right::Write)
        {
            read_only = Some(error.to_string());
        }
        let may_write = read_only.is_none();
        let path = workspace.path().to_owned();
        let opened = Opened {
            name: file_name(&path),
            defaults: workspace.defaults()?,
            settings: workspace.settings().clone(),
            read_only,
            waiting: if may_write { self.take_over(&path) } else { Vec::new() },
            path,
        };
        self.seen = review::seen(&mut workspace).unwrap_or_default();
        self.stamp = Some(workspace.stamp());
        self.workspace = Some(workspace);
        Ok(opened)
    }

    fn open(&mut self) -> Reply {
        match self.try_open() {
            Ok(opened) => Reply::Opened(Box::new(opened)),
            Err(error) => {
                let mut failure = match &error {
                    OpenError::Workspace(error) => Failure::from(error),
                    other => Failure {
                        kind: FailureKind::Other,
                        message: other.to_string(),
                        remedy: None,
                    },
                };
                if failure.kind != FailureKind::Busy {
                    failure.kind = FailureKind::Unopenable;
                    *self.unopened.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                }
                Reply::Failed(failure)
            }
        }
    }

    fn try_answer(&mut self, ticket: Ticket, request: Request) -> Result<Reply, Failure> {
        let catalog = Arc::clone(&self.catalog);
        let form = |kind: &str| catalog.forms.get(kind).ok_or_else(|| missing("form", kind));
        let figure = |name: &str| catalog.figures.get(name).ok_or_else(|| missing("figure", name));
        let signature = Signature { author: self.identity.user.clone(), at: Utc::now() };
        // What needs no workspace, or more of the store than that.
        let request = match request {
            Request::Save { kind, record, body, draft } => {
                return self.save(ticket, saving::Asked { kind, record, body, draft });
            }
            other => other,
        };
        match &request {
            Request::Open => return Ok(self.open()),
            Request::Export { figure: name, answer, format, folder } => {
                let figure = figure(name)?;
                let text = pack::render(figure, answer, *format);
                let extension = if *format == Format::Table { "txt" } else { format.name() };
                return write_new(folder, &file_stem(name, answer), extension, &text)
                    .map(Reply::Written);
            }
            Request::Write { name, text, folder } => {
                let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "txt"));
                return write_new(folder, stem, extension, text).map(Reply::Written);
            }
            Request::Preview(asked) => return self.preview(asked),
            Request::Import(asked) => return self.import(asked),
            _ => {}
        }
        let workspace = self.workspace.as_mut().ok_or_else(not_open)?;
        Ok(match request {
            Request::Figure { figure: name, parameters } => {
                Reply::Figure(Arc::new(workspace.run(figure(&name)?, &parameters)?))
            }
            Request::Brief { parameters, part } => {
                Reply::Brief(review::brief(workspace, &catalog, &parameters, part)?.items)
            }
            Request::Slices { dimension, mut parameters } => {
                parameters.by = dimension;
                parameters.period = Period::All;
                parameters.scope.clear();
                let answer = workspace.run(figure(SLICES)?, &parameters)?;
                Reply::Picks(slices(&answer.table, dimension))
            }
            Request::Candidates(Wanted::People) => {
                let item =
                    |(name, role): (String, String)| PickItem::new(&name, &name).detail(role);
                Reply::Picks(ledger::people(workspace)?.into_iter().map(item).collect())
            }
            Request::Candidates(Wanted::Records { kinds }) => {
                let mut items = Vec::new();
                for summary in ledger::list(workspace, &catalog, None)? {
                    if kinds.is_empty() || kinds.contains(&summary.kind) {
                        let detail = format!("{} · {}", summary.name, summary.state);
                        items.push(PickItem::new(&summary.record, &summary.record).detail(&detail));
                    }
                }
                Reply::Picks(items)
            }
            Request::Records { kind } => {
                Reply::Records(ledger::list(workspace, &catalog, Some(&kind))?)
            }
            Request::Record { record } => Reply::Record(ledger::history(workspace, &record)?),
            Request::Blank { kind, seed } => {
                let form = form(&kind)?;
                let mut body = ledger::blank(form);
                body.extend(seed);
                ledger::fill(workspace, &catalog, form, &mut body)?;
                citing::cite(workspace, &catalog, form, &mut body)?;
                Reply::Blank(body)
            }
            Request::Chain(start) => citing::chain(workspace, &catalog, &start)?,
            Request::Repeat(cited) => citing::repeat(workspace, &catalog, &cited)?,
            Request::Measure { record } => {
                citing::measure(workspace, &catalog, &record, &self.identity.user)?
            }
            Request::Move { kind, record, seen, to, reason } => {
                let form = form(&kind)?;
                let reason = reason.as_deref();
                match ledger::move_seen(workspace, form, &record, seen, &to, &signature, reason) {
                    Ok(Moved::Moved(revision)) => {
                        Reply::Moved { revision: Box::new(revision), missing: 0 }
                    }
                    Ok(Moved::Approved { revision, given, needed }) => Reply::Moved {
                        revision: Box::new(revision),
                        missing: needed.saturating_sub(given),
                    },
                    Err(error) => refused(error)?,
                }
            }
            Request::Script { figure: name, parameters } => {
                Reply::Script(workspace.script(figure(&name)?, &parameters)?)
            }
            Request::Open
            | Request::Save { .. }
            | Request::Export { .. }
            | Request::Write { .. }
            | Request::Preview(_)
            | Request::Import(_) => return Err(not_open()),
        })
    }
}

impl Answers for Store {
    fn answer(&mut self, ticket: Ticket, request: Request) -> Reply {
        let imports = matches!(request, Request::Import(_));
        let reply = self.try_answer(ticket, request).unwrap_or_else(Reply::Failed);
        self.note_own(&reply);
        if imports && let Some(workspace) = &mut self.workspace {
            // Our own change is no news.
            self.seen = review::seen(workspace).unwrap_or(self.seen);
            self.stamp = Some(workspace.stamp());
        }
        reply
    }

    fn late(&mut self) -> Vec<(Ticket, Reply)> {
        self.try_again()
    }

    fn interrupter(&self) -> Option<Interrupt> {
        let interrupter = self.workspace.as_ref()?.interrupter();
        let under_way = Arc::clone(&self.under_way);
        Some(Arc::new(move || {
            match under_way.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                // More than the database works on a file.
                Some(progress) => progress.cancel(),
                None => interrupter.interrupt(),
            }
        }))
    }

    fn changed(&mut self) -> Option<String> {
        self.look()
    }
}

/// A save or a move that the ledger refused, as an answer where it is one.
fn refused(error: LedgerError) -> Result<Reply, Failure> {
    match error {
        LedgerError::Problems(problems) => Ok(Reply::Problems(problems)),
        LedgerError::Conflict { based_on, newest, .. } => {
            Ok(Reply::Conflict { base: based_on.body, newest })
        }
        other => Err(other.into()),
    }
}

/// `Waiting: anna on jump1 (qbr, PID 42) since 14:02: importing has the workspace; 2 come before you.`
fn in_the_way(waiting: &Waiting) -> String {
    let holder = waiting.holder.as_ref();
    let holder = holder.map_or_else(|| "somebody".to_owned(), ToString::to_string);
    let before = match waiting.ahead {
        0 => String::new(),
        1 => "; one comes before you".to_owned(),
        ahead => format!("; {ahead} come before you"),
    };
    format!("Waiting: {holder} has the workspace{before}.")
}

fn slices(table: &crate::domain::Table, dimension: Dimension) -> Vec<PickItem> {
    let mut values: Vec<String> = (0..table.len())
        .filter_map(|row| table.get(row, SLICE_COLUMN).as_text().map(str::to_owned))
        .collect();
    values.sort();
    values.dedup();
    values.into_iter().map(|value| PickItem::new(&value, &value).detail(dimension.name())).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// `win-rate-2025-Q4-east`: the figure and what it was asked for.
fn file_stem(figure: &str, answer: &Answer) -> String {
    let mut stem = figure.to_owned();
    for name in ["quarter", "region", "segment", "product", "owner", "manager", "slice"] {
        if let Some((_, value)) = answer.parameters.iter().find(|(n, v)| n == name && !v.is_null())
        {
            stem.push('-');
            stem.push_str(&value.plain());
        }
    }
    stem.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).take(80).collect()
}

/// Writes a file that does not exist yet: `stem.csv`, else `stem-2.csv` …
fn write_new(folder: &Path, stem: &str, extension: &str, text: &str) -> Result<PathBuf, Failure> {
    let failed = |path: &Path, error: std::io::Error| Failure {
        kind: FailureKind::Other,
        message: format!("{} could not be written: {error}", path.display()),
        remedy: Some("start qbr in a folder that you may write to".into()),
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for number in 1..1000 {
        let name = match number {
            1 => format!("{stem}.{extension}"),
            n => format!("{stem}-{n}.{extension}"),
        };
        let path = folder.join(name);
        match fs::File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes()).map_err(|error| failed(&path, error))?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(&path, error)),
        }
    }
    Err(failed(folder, std::io::Error::other("too many files of that name")))
}

fn missing(what: &str, name: &str) -> Failure {
    Failure {
        kind: FailureKind::Other,
        message: format!("there is no {what} called {name}"),
        remedy: None,
    }
}

fn not_open() -> Failure {
    Failure { kind: FailureKind::Other, message: "the workspace is not open".into(), remedy: None }
}

impl From<&WorkspaceError> for Failure {
    fn from(error: &WorkspaceError) -> Self {
        let kind = match error {
            WorkspaceError::Busy { .. } => FailureKind::Busy,
            WorkspaceError::Interrupted => FailureKind::Stopped,
            _ => FailureKind::Other,
        };
        Failure { kind, message: error.to_string(), remedy: error.remedy() }
    }
}

impl From<WorkspaceError> for Failure {
    fn from(error: WorkspaceError) -> Self {
        Failure::from(&error)
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Workspace(error) => error.into(),
            other => Failure { kind: FailureKind::Other, message: other.to_string(), remedy: None },
        }
    }
}

impl From<review::ReviewError> for Failure {
    fn from(error: review::ReviewError) -> Self {
        match error {
            review::ReviewError::Workspace(error) => error.into(),
            other => Failure { kind: FailureKind::Other, message: other.to_string(), remedy: None },
        }
    }
}
