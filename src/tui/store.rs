//! Requests carried out on the workspace: the worker's real side.
//!
//! Owns the workspace of the screen. Turns every error into words once, here;
//! the app above knows replies only.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::Utc;

use crate::catalog::Catalog;
use crate::domain::{Dimension, Period};
use crate::ledger::{self, Body, LedgerError, Signature};
use crate::pack;
use crate::review;
use crate::tui::form::Wanted;
use crate::tui::message::{Failure, FailureKind, Opened, Reply, Request};
use crate::tui::widgets::list_picker::PickItem;
use crate::tui::worker::{Answers, Interrupt};
use crate::workspace::{Identity, Stamp, Workspace, WorkspaceError};

/// Opens the workspace, on the worker's thread.
pub type Opener = Box<dyn Fn() -> Result<Workspace, WorkspaceError> + Send>;

/// Where the error of a workspace that can't be opened is left for the caller of the screen.
pub type Unopened = Arc<Mutex<Option<WorkspaceError>>>;

/// The figure that knows every value of every dimension.
const SLICES: &str = "win-rate";
const SLICE_COLUMN: &str = "slice";

/// Answers requests from a workspace.
pub struct Store {
    opener: Opener,
    unopened: Unopened,
    catalog: Arc<Catalog>,
    identity: Identity,
    workspace: Option<Workspace>,
    /// The file as we last saw it.
    stamp: Option<Stamp>,
}

impl Store {
    pub fn new(
        opener: Opener,
        unopened: Unopened,
        catalog: Arc<Catalog>,
        identity: Identity,
    ) -> Self {
        Self { opener, unopened, catalog, identity, workspace: None, stamp: None }
    }

    fn open(&mut self) -> Reply {
        match (self.opener)() {
            Ok(workspace) => {
                let opened = Opened {
                    name: file_name(workspace.path()),
                    path: workspace.path().to_owned(),
                    settings: workspace.settings().clone(),
                    defaults: workspace.defaults(),
                    read_only: workspace.read_only(),
                };
                self.stamp = workspace.stamp().ok();
                self.workspace = Some(workspace);
                Reply::Opened(Box::new(opened))
            }
            Err(error) => {
                let mut failure = Failure::from(&error);
                if failure.kind != FailureKind::Busy {
                    failure.kind = FailureKind::Unopenable;
                    *self.unopened.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                }
                Reply::Failed(failure)
            }
        }
    }

    fn try_answer(&mut self, request: Request) -> Result<Reply, Failure> {
        let catalog = Arc::clone(&self.catalog);
        let form = |kind: &str| {
            catalog.forms.get(kind).ok_or_else(|| missing("form", kind))
        };
        let figure = |name: &str| {
            catalog.figures.get(name).ok_or_else(|| missing("figure", name))
        };
        let signature = Signature { author: self.identity.user.clone(), at: Utc::now() };
        // What needs no workspace.
        match &request {
            Request::Open => return Ok(self.open()),
            Request::Export { figure: name, answer, format, folder } => {
                let figure = figure(name)?;
                let text = pack::render(figure, answer, *format);
                let stem = file_stem(name, answer);
                return write_new(folder, &stem, format.extension(), &text).map(Reply::Written);
            }
            Request::Write { name, text, folder } => {
                let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "txt"));
                return write_new(folder, stem, extension, text).map(Reply::Written);
            }
            _ => {}
        }
        let workspace = self.workspace.as_mut().ok_or_else(not_open)?;
        Ok(match request {
            Request::Figure { figure: name, parameters } => {
                Reply::Figure(Arc::new(workspace.run(figure(&name)?, &parameters)?))
            }
            Request::Brief { parameters } => {
                Reply::Brief(review::brief(workspace, &catalog, &parameters)?.items)
            }
            Request::Slices { dimension, mut parameters } => {
                parameters.by = dimension;
                parameters.period = Period::All;
                parameters.scope.clear();
                let answer = workspace.run(figure(SLICES)?, &parameters)?;
                Reply::Picks(slices(&answer.table, dimension))
            }
            Request::Candidates(Wanted::People) => Reply::Picks(people(workspace)?),
            Request::Candidates(Wanted::Records { kinds }) => {
                let mut items = Vec::new();
                for summary in ledger::list(workspace, None)? {
                    if kinds.is_empty() || kinds.contains(&summary.kind) {
                        let detail = format!("{} · {}", summary.name, summary.state);
                        items.push(PickItem::new(summary.record.clone(), summary.record).detail(detail));
                    }
                }
                Reply::Picks(items)
            }
            Request::Records { kind } => Reply::Records(ledger::list(workspace, Some(&kind))?),
            Request::Record { record } => Reply::Record(ledger::history(workspace, &record)?),
            Request::Blank { kind, seed } => {
                let form = form(&kind)?;
                let mut body = ledger::blank(form);
                body.extend(seed);
                ledger::fill(workspace, &catalog, form, &mut body)?;
                Reply::Blank(body)
            }
            Request::Save { kind, record, body } => {
                let form = form(&kind)?;
                let saved = match &record {
                    None => ledger::create(workspace, form, body, &signature, None),
                    Some((id, based_on)) => {
                        ledger::revise(workspace, form, id, *based_on, body, &signature, None)
                    }
                };
                match saved {
                    Ok(revision) => Reply::Saved(Box::new(revision)),
                    Err(error) => refused(workspace, error)?,
                }
            }
            Request::Move { kind, record, to, reason } => {
                let form = form(&kind)?;
                match ledger::move_to(workspace, form, &record, &to, &signature, reason.as_deref()) {
                    Ok(moved) => Reply::Moved {
                        missing: moved.missing,
                        revision: Box::new(moved.revision),
                    },
                    Err(error) => refused(workspace, error)?,
                }
            }
            Request::Script { figure: name, parameters } => {
                Reply::Script(workspace.script(figure(&name)?, &parameters)?)
            }
            Request::Open | Request::Export { .. } | Request::Write { .. } => return Err(not_open()),
        })
    }
}

impl Answers for Store {
    fn answer(&mut self, request: Request) -> Reply {
        let writes = request.writes();
        let reply = self.try_answer(request).unwrap_or_else(Reply::Failed);
        if writes && let Some(workspace) = &self.workspace {
            // Our own change is no news.
            self.stamp = workspace.stamp().ok();
        }
        reply
    }

    fn interrupter(&self) -> Option<Interrupt> {
        let interrupter = self.workspace.as_ref()?.interrupter();
        Some(Arc::new(move || interrupter.interrupt()))
    }

    fn changed(&mut self) -> bool {
        let Some(workspace) = &self.workspace else { return false };
        // A file that can't be looked at now says so when it is next asked.
        let Ok(stamp) = workspace.stamp() else { return false };
        let changed = self.stamp.as_ref().is_some_and(|seen| *seen != stamp);
        self.stamp = Some(stamp);
        changed
    }
}

/// A save or a move that the ledger refused, as an answer where it is one.
fn refused(workspace: &mut Workspace, error: LedgerError) -> Result<Reply, Failure> {
    match error {
        LedgerError::Problems(problems) => Ok(Reply::Problems(problems)),
        LedgerError::Conflict { record, based_on, .. } => {
            let history = ledger::history(workspace, &record)?;
            let base: Option<Body> =
                history.iter().find(|r| r.revision == based_on).map(|r| r.body.clone());
            match history.into_iter().next_back() {
                Some(newest) => Ok(Reply::Conflict { base, newest: Box::new(newest) }),
                None => Err(missing("record", &record)),
            }
        }
        other => Err(other.into()),
    }
}

fn slices(table: &crate::domain::Table, dimension: Dimension) -> Vec<PickItem> {
    let mut values: Vec<String> = (0..table.len())
        .filter_map(|row| table.get(row, SLICE_COLUMN).as_text().map(str::to_owned))
        .collect();
    values.sort();
    values.dedup();
    values
        .into_iter()
        .map(|value| PickItem::new(value.clone(), value).detail(dimension.to_string()))
        .collect()
}

fn people(workspace: &mut Workspace) -> Result<Vec<PickItem>, Failure> {
    let table = workspace.read("the list of people", |session| {
        session.query(
            "SELECT DISTINCT name, role FROM facts.person WHERE name IS NOT NULL ORDER BY name",
            &[],
        )
    })?;
    Ok((0..table.len())
        .map(|row| {
            let name = table.get(row, "name").plain();
            PickItem::new(name.clone(), name).detail(table.get(row, "role").plain())
        })
        .collect())
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// `win-rate-2025-Q4-east`: the figure and what it was asked for.
fn file_stem(figure: &str, answer: &crate::workspace::Answer) -> String {
    let mut stem = figure.to_owned();
    for name in ["quarter", "region", "segment", "product", "owner", "manager", "slice"] {
        if let Some((_, value)) = answer.parameters.iter().find(|(n, v)| n == name && !v.is_null())
        {
            stem.push('-');
            stem.push_str(&value.plain());
        }
    }
    stem.chars()
        .map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' })
        .take(80)
        .collect()
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
            other => {
                Failure { kind: FailureKind::Other, message: other.to_string(), remedy: None }
            }
        }
    }
}

impl From<review::ReviewError> for Failure {
    fn from(error: review::ReviewError) -> Self {
        match error {
            review::ReviewError::Workspace(error) => error.into(),
            other => {
                Failure { kind: FailureKind::Other, message: other.to_string(), remedy: None }
            }
        }
    }
}

impl From<ledger::drafts::DraftError> for Failure {
    fn from(error: ledger::drafts::DraftError) -> Self {
        Failure { kind: FailureKind::Other, message: error.to_string(), remedy: None }
    }
}
