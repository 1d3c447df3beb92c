//! Proof that nobody rewrote what was written.
//!
//! Every hash is computed again from its row; each row must continue the one
//! before; and the end must be where the file says it is. What this cannot see
//! is a file replaced as a whole, or a chain computed anew by somebody who knows
//! how: against that, keep the head that `qbr verify` prints somewhere else.

use std::fmt;

use super::chain::{GENESIS, digest};
use super::error::LedgerError;
use super::store::{self, Row};
use crate::workspace::Workspace;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Revisions that are there.
    pub revisions: usize,
    /// Place and hash of the last one, as the file notes it: `42 1f3a…`.
    pub head: Option<String>,
    /// The first thing that is wrong.
    pub finding: Option<Finding>,
}

/// The first thing that is wrong with the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Place in the chain.
    pub seq: i64,
    /// The record, as its row names it; `None` when the row is not there.
    pub record: Option<String>,
    pub fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no revision with this number, though later ones are there.
    Missing,
    /// There are two revisions with this number.
    Twice,
    /// Revisions from this one on were cut off the end.
    CutOff,
    /// Its hash is not the one of what it says: a field was changed.
    Content,
    /// What it says fits the revision after it, its own hash does not.
    Hash,
    /// It does not continue the revision before it.
    Link,
    /// It was added by something other than this program.
    Foreign,
    /// The file does not say where the chain ends.
    NoHead,
}

impl Verification {
    pub fn is_sound(&self) -> bool {
        self.finding.is_none()
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.finding {
            Some(finding) => write!(f, "ledger: {finding}"),
            None => {
                let plural = if self.revisions == 1 { "" } else { "s" };
                write!(f, "ledger: {} revision{plural}, chain unbroken", self.revisions)?;
                match &self.head {
                    Some(head) => write!(f, "; head {head}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "revision {}", self.seq)?;
        if let Some(record) = &self.record {
            write!(f, " (record {record})")?;
        }
        f.write_str(match self.fault {
            Fault::Missing => " is missing: it was deleted",
            Fault::Twice => " is there twice: one of the two was not written by this program",
            Fault::CutOff => " is missing: it was cut off the end of the ledger",
            Fault::Content => {
                " was changed after it was written: its hash does not fit what it says"
            }
            Fault::Hash => " had its hash changed: what it says fits the revision after it",
            Fault::Link => " does not continue the revision before it",
            Fault::Foreign => " was added by something other than this program",
            Fault::NoHead => " is there, but the file does not note where the ledger ends",
        })
    }
}

/// Computes the whole chain again.
///
/// # Errors
/// Only when the file cannot be read; what is wrong with the chain is a finding.
pub fn verify(ws: &mut Workspace) -> Result<Verification, LedgerError> {
    let (rows, head) = ws.read("verifying the ledger", |session| {
        Ok::<_, LedgerError>((store::all(session)?, store::head(session)?))
    })?;
    let finding = first_fault(&rows, head.as_deref());
    Ok(Verification { revisions: rows.len(), head, finding })
}

fn first_fault(rows: &[Row], head: Option<&str>) -> Option<Finding> {
    let noted = head.and_then(|head| {
        let (seq, hash) = head.split_once(' ')?;
        Some((seq.parse::<i64>().ok()?, hash))
    });
    let mut before = GENESIS;
    for (place, row) in rows.iter().enumerate() {
        let found = |fault| Some(Finding { seq: row.seq, record: Some(row.record.clone()), fault });
        let expected = place as i64 + 1;
        if row.seq < expected {
            return found(Fault::Foreign);
        }
        if rows.get(place + 1).is_some_and(|next| next.seq == row.seq) {
            return found(Fault::Twice);
        }
        if row.seq > expected {
            return Some(Finding { seq: expected, record: None, fault: Fault::Missing });
        }
        if row.prev_hash != before {
            return found(Fault::Link);
        }
        let computed = digest(row);
        if row.hash != computed {
            // Whoever comes after knows what the hash was.
            let after = rows.get(place + 1).map(|next| next.prev_hash.as_str());
            let known = after.or(noted.map(|(_, hash)| hash));
            return found(if known == Some(&computed) { Fault::Hash } else { Fault::Content });
        }
        before = &row.hash;
    }
    let last = rows.last();
    match (last, noted) {
        (None, None) if head.is_none() => None,
        (Some(row), Some((seq, hash))) if row.seq == seq && row.hash == hash => None,
        (Some(row), Some((seq, _))) if row.seq == seq => {
            Some(Finding { seq, record: Some(row.record.clone()), fault: Fault::Content })
        }
        (last, Some((seq, _))) if last.map_or(0, |row| row.seq) < seq => {
            let seq = last.map_or(0, |row| row.seq) + 1;
            Some(Finding { seq, record: None, fault: Fault::CutOff })
        }
        (Some(_), Some((seq, _))) => {
            let added = rows.iter().find(|row| row.seq == seq + 1);
            let record = added.map(|row| row.record.clone());
            Some(Finding { seq: seq + 1, record, fault: Fault::Foreign })
        }
        (last, None) => Some(Finding {
            seq: last.map_or(0, |row| row.seq),
            record: last.map(|row| row.record.clone()),
            fault: Fault::NoHead,
        }),
        (None, Some((seq, _))) => Some(Finding { seq, record: None, fault: Fault::CutOff }),
    }
}
