//! What somebody is typing, kept outside the workspace until it is saved.
//!
//! Owns one small file per draft under `$XDG_STATE_HOME/qbr/drafts`, readable by
//! its user alone. A draft is there a second after the last key, whatever becomes
//! of the link, the process or the workspace; it goes when it is saved or thrown
//! away, and by nothing else.
//!
//! Invariants: a draft file is replaced as a whole and synced before it counts;
//! one that cannot be read is set aside, never deleted and never fatal; the
//! workspace is not touched from here.

mod journal;
mod session;
mod writer;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::body::Body;

pub use journal::{DraftError, Journal, Offered};
pub use writer::JournalWriter;

/// An unsaved body and where it belongs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Name of its file; letters, digits and `-` ([`Draft::new_id`]).
    pub id: String,
    /// The workspace file, as it was opened.
    pub workspace: PathBuf,
    /// `post-mortem`
    pub kind: String,
    /// The record that is being revised; `None`: a new one.
    pub record: Option<String>,
    /// The revision that the editing started from.
    pub based_on: Option<u32>,
    /// What to call it in an offer to go on: the name of the deal, say.
    pub about: Option<String>,
    /// May hold what no record may: half a number, a date without its year.
    pub body: Body,
    /// Path of the field in which the cursor was.
    pub field: Option<String>,
    pub saved_at: DateTime<Utc>,
}

impl Draft {
    /// A name that no other draft of this user has.
    pub fn new_id(now: DateTime<Utc>) -> String {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        format!("{}-{}-{count}", now.format("%Y%m%dT%H%M%S%6f"), std::process::id())
    }
}
