//! The four steps of a record: create, revise, move, approve.
//!
//! Invariant: a step is checked and written inside one write lease, so what was
//! checked is what is there; the lease is short, and a refused step writes nothing.

use super::body::Body;
use super::error::LedgerError;
use super::revision::{Moved, Revision, Signature};
use super::writer::Writer;
use crate::catalog::Form;
use crate::workspace::{Workspace, WorkspaceError};

/// How often somebody may be quicker before it is an error.
const TRIES: u32 = 500;

/// Writes a new record in the first state of its form.
///
/// # Errors
/// `Problems`, `Taken` when another record about the same thing is not finished.
pub fn create(
    ws: &mut Workspace,
    form: &Form,
    body: Body,
    by: &Signature,
    reason: Option<&str>,
) -> Result<Revision, LedgerError> {
    step(ws, "writing a record", |ledger| ledger.create(form, &body, by, reason))
}

/// Writes a new body of a record. Facts that the form fills in and that the
/// body leaves out are kept as they were.
///
/// # Errors
/// `Conflict` when `based_on` is not the newest revision, `Problems`,
/// `NotAllowed` in a state in which the body may not change, `Unchanged`.
pub fn revise(
    ws: &mut Workspace,
    form: &Form,
    id: &str,
    based_on: u32,
    body: Body,
    by: &Signature,
    reason: Option<&str>,
) -> Result<Revision, LedgerError> {
    step(ws, "writing a record", |ledger| ledger.revise(form, id, based_on, &body, by, reason))
}

/// The name of a save that may be asked for more than once.
pub(super) struct Once(pub(super) String);

/// Like [`create`]; asked for again under the same name, gives what it became the first time.
pub(super) fn create_once(
    ws: &mut Workspace,
    form: &Form,
    body: Body,
    by: &Signature,
    Once(save): &Once,
) -> Result<Revision, LedgerError> {
    step(ws, "writing a record", |ledger| {
        ledger.once(save, |ledger| ledger.create(form, &body, by, None))
    })
}

/// Like [`revise`]; asked for again under the same name, gives what it became the first time.
pub(super) fn revise_once(
    ws: &mut Workspace,
    form: &Form,
    id: &str,
    based_on: u32,
    body: Body,
    by: &Signature,
    Once(save): &Once,
) -> Result<Revision, LedgerError> {
    step(ws, "writing a record", |ledger| {
        ledger.once(save, |ledger| ledger.revise(form, id, based_on, &body, by, None))
    })
}

/// Moves a record to another state, or approves such a move where the form asks
/// for approvals; with the last one that is needed, the record moves.
///
/// # Errors
/// `NoSuchMove`, `Problems` when something must be filled in first,
/// `NotAllowed` when the author would approve what they wrote.
pub fn move_to(
    ws: &mut Workspace,
    form: &Form,
    id: &str,
    state: &str,
    by: &Signature,
    reason: Option<&str>,
) -> Result<Moved, LedgerError> {
    step(ws, "moving a record", |ledger| ledger.move_to(form, id, None, state, by, reason))
}

/// Like [`move_to`], by somebody who has seen the record as of a revision:
/// nobody approves or publishes words that they have not read.
///
/// # Errors
/// `Conflict` when the body or the state changed after that revision; else as [`move_to`].
pub fn move_seen(
    ws: &mut Workspace,
    form: &Form,
    id: &str,
    seen: u32,
    state: &str,
    by: &Signature,
    reason: Option<&str>,
) -> Result<Moved, LedgerError> {
    step(ws, "moving a record", |ledger| ledger.move_to(form, id, Some(seen), state, by, reason))
}

fn step<T>(
    ws: &mut Workspace,
    doing: &str,
    mut work: impl FnMut(&mut Writer<'_>) -> Result<T, LedgerError>,
) -> Result<T, LedgerError> {
    let mut tries = TRIES;
    loop {
        let done = ws.write(doing, |session| {
            let mut ledger = Writer::open(session)?;
            let result = work(&mut ledger)?;
            ledger.close()?;
            Ok(result)
        });
        match done {
            // A server takes turns by turning away who was slower; what he wrote is looked at anew.
            Err(LedgerError::Workspace(WorkspaceError::Overtaken { .. })) if tries > 0 => {
                tries -= 1
            }
            done => return done,
        }
    }
}
