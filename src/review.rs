//! Meaning that is more than SQL: what needs a decision, and which alerts are open.
//!
//! Takes its numbers from figures and never computes a rate or a sum that a
//! figure defines: this floor chooses, counts and puts into words.

mod alerts;
mod brief;

pub use alerts::{ALERTS, AlertCounts, count_alerts};
pub use brief::{Brief, BriefItem, Severity, brief};

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
