//! What goes to the app and what comes out of it. Plain values: no channel, no
//! clock and no database is needed to make one, so a test can play any of them.
//!
//! ```text
//!   keyboard ─┐                        ┌─ Effect::Ask ──▶ worker ─┐
//!   signals ──┼─▶ Event ─▶ App::update ┼─ Effect::Keep ─▶ keeper  │
//!   worker ───┘      ▲                 └─ …                       │
//!                    └────────────────── Event::Reply ◀───────────┘
//! ```

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::Dimension;
use crate::ingest::draft::Draft as MappingDraft;
use crate::ingest::preview::{Preview, PreviewRequest};
use crate::ingest::{Alias, ImportReport, Wish};
use crate::ledger::drafts::Draft;
use crate::ledger::{Body, Difference, Evidence, Problem, Repeated, Revision, Summary};
use crate::pack::Format;
use crate::review::{BriefItem, BriefPart, Chain, Start};
use crate::tui::form::Wanted;
use crate::tui::input::Input;
use crate::tui::widgets::list_picker::PickItem;
use crate::workspace::{Answer, Parameters, Settings};

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// What came from the keyboard in one read, and when, in milliseconds since
    /// the start: texts group their undo steps by it.
    Input { inputs: Vec<Input>, at_ms: u64 },
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// The worker's answer to the request with this ticket.
    Reply(Ticket, Reply),
    /// Somebody else wrote into the workspace: who did what, and when, as a sentence.
    Changed(String),
    /// Drafts of this user for this workspace that an earlier session left behind.
    Drafts(Vec<Draft>),
    /// Something to tell that no request asked for.
    Told(Notice),
    /// How far the opening of the workspace is, in words.
    Progress(String),
    /// The person's own editor has ended: what it made of the text, or why not.
    EditedElsewhere(Result<String, String>),
}

/// Numbers a request; a reply whose ticket nobody holds any more is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What the runner is to do.
#[derive(Clone, Debug)]
pub enum Effect {
    Ask(Ticket, Request),
    /// Nobody waits for this any more: take it from the queue, or stop it.
    Cancel(Ticket),
    /// Keep this draft on the disk, soon.
    Keep(Box<Draft>),
    /// The draft was saved or thrown away.
    Forget(String),
    /// Send this text to the person's clipboard; `what` it is, in words.
    Copy {
        what: String,
        text: String,
    },
    /// Keep this for the person's next session.
    Remember {
        key: String,
        value: serde_json::Value,
    },
    /// Give this text to the person's own editor.
    EditElsewhere(String),
    /// Back to the shell until SIGCONT.
    Suspend,
    Quit,
}

/// A question to the worker, which owns the workspace.
#[derive(Clone, Debug)]
pub enum Request {
    /// Try once more to open the workspace.
    Open,
    Figure {
        figure: String,
        parameters: Box<Parameters>,
    },
    Brief {
        parameters: Box<Parameters>,
        part: BriefPart,
    },
    /// The values of a dimension, to filter by.
    Slices {
        dimension: Dimension,
        parameters: Box<Parameters>,
    },
    /// What a field of a form may name.
    Candidates(Wanted),
    /// The records of a kind.
    Records {
        kind: String,
    },
    /// All revisions of a record.
    Record {
        record: String,
    },
    /// What a record or a row rests on, and what came of it.
    Chain(Start),
    /// Reads a figure once more, on the data as it was.
    Repeat(Box<Evidence>),
    /// Reads again what a record was to change, and writes it down.
    Measure {
        record: String,
    },
    /// The body of a new record: defaults, these values, what the program fills in.
    Blank {
        kind: String,
        seed: Body,
    },
    /// A new record (`record` absent), or a revision on top of `based_on`.
    Save {
        kind: String,
        record: Option<(String, u32)>,
        body: Body,
        /// The draft that is not needed any more once it is saved.
        draft: String,
    },
    /// `seen`: the revision that the person has read.
    Move {
        kind: String,
        record: String,
        seen: u32,
        to: String,
        reason: Option<String>,
    },
    /// Writes an answer to a file in this folder.
    Export {
        figure: String,
        answer: Arc<Answer>,
        format: Format,
        folder: PathBuf,
    },
    /// The SQL of a figure with its parameters.
    Script {
        figure: String,
        parameters: Box<Parameters>,
    },
    /// What an import would do with a file.
    Preview(Box<PreviewRequest>),
    /// Takes a file in as it was settled; stopped, the workspace is as before.
    Import(Box<ImportAsked>),
    /// Writes a text to a file of this name in this folder.
    Write {
        name: String,
        text: String,
        folder: PathBuf,
    },
}

/// A file whose mapping is settled.
#[derive(Clone, Debug)]
pub struct ImportAsked {
    pub file: PathBuf,
    pub draft: Box<MappingDraft>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    pub taken_on: Option<NaiveDate>,
    /// Spellings that are to stand for known keys, once the file is taken in.
    pub accept: Vec<Wish>,
    /// The name to keep the mapping by; `None`: it is not kept.
    pub keep: Option<String>,
    /// A mapping of that name may be replaced.
    pub replace: bool,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Imported {
    pub report: ImportReport,
    /// Where the mapping is kept.
    pub kept: Option<PathBuf>,
    /// The spellings that were accepted, or why they were not.
    pub accepted: Result<Vec<Alias>, String>,
    /// The quarter and day to begin with, now that there are these facts.
    pub defaults: Parameters,
}

impl Request {
    /// Writes into the workspace: goes ahead of the queue and is never interrupted.
    pub fn writes(&self) -> bool {
        matches!(self, Request::Save { .. } | Request::Move { .. } | Request::Measure { .. })
    }
}

/// What the worker answers.
#[derive(Clone, Debug)]
pub enum Reply {
    Opened(Box<Opened>),
    Figure(Arc<Answer>),
    Brief(Vec<BriefItem>),
    Picks(Vec<PickItem>),
    Records(Vec<Summary>),
    /// Oldest first; never empty.
    Record(Vec<Revision>),
    Blank(Body),
    Chain(Box<Chain>),
    Repeated {
        then: Repeated,
        /// What the row reads otherwise today; `None`: it cannot be read.
        since: Option<Vec<Difference>>,
    },
    Saved(Box<Revision>),
    /// Somebody has the workspace: the save is kept on the disk and goes in by itself; another
    /// reply to the same request says when. May come more than once.
    Waits {
        save: Box<Draft>,
        /// Who is in the way.
        why: String,
    },
    /// The state was not changed yet: this many approvals are still missing.
    Moved {
        revision: Box<Revision>,
        missing: usize,
    },
    /// Somebody saved the record after the revision this was based on.
    Conflict {
        base: Body,
        newest: Box<Revision>,
    },
    /// The record may not be saved or moved like this.
    Problems(Vec<Problem>),
    Script(String),
    Preview(Box<Preview>),
    Imported(Box<Imported>),
    Written(PathBuf),
    Failed(Failure),
}

/// What is known once the workspace is open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The name of the file.
    pub name: String,
    pub path: PathBuf,
    pub settings: Settings,
    /// The quarter, day and dimension to begin with.
    pub defaults: Parameters,
    /// Why nothing can be written, where it can't.
    pub read_only: Option<String>,
    /// Saves that an earlier session left waiting; the replies to them are still to come.
    pub waiting: Vec<(Ticket, Draft)>,
}

/// Why a request has no answer, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    /// What happened to what.
    pub message: String,
    /// What to do next.
    pub remedy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Somebody holds the workspace; trying again may help.
    Busy,
    /// The workspace can't be opened at all; the screen ends.
    Unopenable,
    /// Stopped because we asked for it.
    Stopped,
    Other,
}

/// A line for the person at the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub tone: Tone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Plain,
    Bad,
    /// How far something is; gone with the next answer.
    Passing,
}

impl Notice {
    pub fn good(text: impl Into<String>) -> Self {
        Notice { text: text.into(), tone: Tone::Good }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Notice { text: text.into(), tone: Tone::Plain }
    }

    pub fn passing(text: impl Into<String>) -> Self {
        Notice { text: text.into(), tone: Tone::Passing }
    }

    pub fn bad(text: impl Into<String>) -> Self {
        Notice { text: text.into(), tone: Tone::Bad }
    }
}

impl From<&Failure> for Notice {
    fn from(failure: &Failure) -> Self {
        Notice::bad(match &failure.remedy {
            Some(remedy) => format!("{}. {remedy}", failure.message),
            None => failure.message.clone(),
        })
    }
}
