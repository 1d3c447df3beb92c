//! One step of a record, and who made it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::body::Body;

/// Who writes, and when. The author is the operating system's user, not what an
/// environment variable says; the time is cut to whole microseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub author: String,
    pub at: DateTime<Utc>,
}

/// What a revision did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// The first revision of a record.
    Create,
    /// The body changed.
    Revise,
    /// The state changed.
    Move,
    /// Somebody approved a move that needs more approvals than there are yet.
    Approve,
}

impl Action {
    /// As it is stored: `create`, `revise`, `move`, `approve`.
    pub fn name(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Revise => "revise",
            Action::Move => "move",
            Action::Approve => "approve",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Action {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Action::Create, Action::Revise, Action::Move, Action::Approve]
            .into_iter()
            .find(|action| action.name() == text)
            .ok_or(())
    }
}

/// One row of `ledger.revision`.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Place in the chain of the whole file, from 1.
    pub seq: i64,
    /// `PM-12`
    pub record: String,
    /// `post-mortem`
    pub kind: String,
    /// Place within the record, from 1. Moves and approvals count as well.
    pub revision: u32,
    /// The revision it started from; `None` for the first.
    pub parent: Option<u32>,
    pub action: Action,
    /// The state that an approval asks for; `None` for every other action.
    pub toward: Option<String>,
    /// The state the record is in after this revision.
    pub state: String,
    pub body: Body,
    pub author: String,
    pub at: DateTime<Utc>,
    pub reason: Option<String>,
    /// Hash of the revision before this one in the file; 64 zeros for the first.
    pub prev_hash: String,
    pub hash: String,
}

/// A record as a list shows it: its newest revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub record: String,
    pub kind: String,
    /// As the form says that such a record is called.
    pub name: String,
    pub state: String,
    pub revision: u32,
    /// Who wrote the newest revision.
    pub author: String,
    /// When the newest revision was written.
    pub at: DateTime<Utc>,
}

/// What asking for a move came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Moved {
    /// The record is in the state that was asked for.
    Moved(Revision),
    /// The approval counts, and more are needed. Asking again changes nothing.
    Approved {
        revision: Revision,
        /// By how many people, this one included.
        given: usize,
        needed: usize,
    },
}
