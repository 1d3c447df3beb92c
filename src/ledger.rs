//! What people wrote, as append-only revisions in one hash chain.
//!
//! Owns `ledger.*` of a workspace: creating, revising, moving and approving
//! records, reading them back, and proving that nobody rewrote them. Knows
//! kinds of record by their forms only: no kind has code of its own.
//!
//! Invariants:
//! - nothing in `ledger.revision` is ever updated or deleted, by anybody;
//! - what is stored has passed the checks of its form for the state it is in;
//! - a revision that was not based on the newest one is refused, never merged
//!   in silence ([`LedgerError::Conflict`]);
//! - what somebody writes, their role allows ([`Roles`]);
//! - an approval is by somebody who did not write what is approved, and falls
//!   when the body changes.
//!
//! Never shows anything and never reads the clock: a [`Signature`] says who and when.

mod approvals;
mod blank;
mod body;
mod chain;
mod check;
mod citing;
mod diff;
mod diff_rows;
mod diff_text;
mod document;
pub mod drafts;
mod error;
mod evidence;
mod fill;
mod links;
mod measuring;
mod normal;
mod parse;
mod pending;
mod people;
mod places;
mod read;
mod replay;
mod revision;
mod roles;
mod seal;
mod seed;
mod store;
mod template;
mod text_lines;
pub mod typed;
mod value_text;
mod verify;
mod write;
mod writer;

pub use approvals::{Approvals, approvals};
pub use blank::blank;
pub use body::{Body, about, canonical};
pub use check::{check, is_required};
pub use citing::{
    Difference, Repeated, cells, changed_since, cite, cited, key_of, repeat, result_hash,
};
pub use diff::{Change, FieldDiff, RecordDiff, RowDiff, diff};
pub use diff_text::diff_text;
pub use document::{Line, RowLines, document, document_text, name_of};
pub use error::{LedgerError, Problem};
pub use evidence::{Evidence, Taken};
pub use fill::fill;
pub use links::{Link, links};
pub use measuring::{measure, to_measure};
pub use parse::parse_document;
pub use pending::{Saves, Tried};
pub use people::people;
pub use read::{history, list, newest, newest_of_all};
pub use replay::replay;
pub use revision::{Action, Moved, Revision, Signature, Summary};
pub use roles::{Right, Roles, roles};
pub use seal::{Broken, Seal, holds, seal};
pub use seed::seed_evidence;
pub use template::template;
pub use text_lines::{Side, Span, TextLine, side_by_side, text_lines};
pub use value_text::{percent_text, plain_text, row_text, value_text};
pub use verify::{Fault, Finding, Verification, verify};
pub use write::{create, move_seen, move_to, revise};
