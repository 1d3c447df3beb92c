//! Meaning that is more than SQL: what needs a decision, which alerts are open, and how
//! figures, decisions and what they changed hang together.
//!
//! Takes its numbers from figures and never computes a rate or a sum that a
//! figure defines: this floor chooses, counts and puts into words.

mod alerts;
mod asking;
mod brief;
mod chain;
mod news;

pub use alerts::{ALERTS, AlertCounts, count_alerts};
pub use asking::asking;
pub use brief::{Brief, BriefItem, BriefPart, Severity, brief};
pub use chain::{Branch, Chain, FigurePoint, Point, RecordPoint, Start, chain};
pub use news::{Seen, news, seen};

use crate::workspace::WorkspaceError;

/// Why a review could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The content files lack a figure that the review is built on.
    #[error("there is no figure \"{0}\" in queries/; the review is built on it")]
    NoFigure(&'static str),
}
