//! Why something could not be written or read, in words for the person who tried.

use std::fmt;

use super::revision::Revision;
use crate::domain::Formats;
use crate::workspace::WorkspaceError;

/// Whatever the error, the ledger holds what it held before.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Somebody wrote a newer revision than the one this started from.
    #[error(
        "{record} was changed meanwhile: revision {} is by {} of {}; yours started from revision {}. \
         Nothing was written: compare the two and save again on top of the newest",
        newest.revision,
        newest.author,
        Formats::here().instant(newest.at),
        based_on.revision
    )]
    Conflict { record: String, based_on: Box<Revision>, newest: Box<Revision> },
    /// What was filled in does not keep the rules of its form.
    #[error("{}", listed(.0))]
    Problems(Vec<Problem>),
    /// The rules of the form forbid it to this person, or in this state.
    #[error("{record}: {why}")]
    NotAllowed { record: String, why: String },
    /// The roles of the workspace do not let this person do it.
    #[error(
        "{who} {has} and may not {wanted}: that takes the role {needed}; {by} can give it (kind role)"
    )]
    Role {
        who: String,
        /// `is viewer here`
        has: String,
        wanted: &'static str,
        needed: String,
        /// Who can give roles.
        by: String,
    },
    /// The body is the same as that of the newest revision.
    #[error("{record}: nothing differs from revision {revision}; nothing was written")]
    Unchanged { record: String, revision: u32 },
    /// Another record about the same thing is not finished yet.
    #[error("{record} is about {about} already and is {state}; write there instead")]
    Taken { record: String, about: String, state: String },
    #[error("there is no record {record}")]
    NoSuchRecord { record: String },
    #[error("{record} has no revision {revision}; its newest is {newest}")]
    NoSuchRevision { record: String, revision: u32, newest: u32 },
    #[error("{record} is {from}; from there it cannot become {to}{}", ways(possible))]
    NoSuchMove {
        record: String,
        from: String,
        to: String,
        /// States that it can be moved to.
        possible: Vec<String>,
    },
    /// The form is not the one of the record.
    #[error("{record} is of the kind {kind}, not {given}")]
    OtherKind { record: String, kind: String, given: String },
    /// A row of the ledger is not what this program writes.
    #[error("revision {seq} of the ledger ({record}) is damaged: {why}; qbr verify says more")]
    Damaged { seq: i64, record: String, why: String },
    /// A step of a file of records.
    #[error("line {line}: {error}")]
    Replay { line: usize, error: Box<LedgerError> },
    /// A line of a file of records that is no step at all.
    #[error("{0}")]
    NotAStep(String),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

/// One thing that is wrong with what was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Field id; in repeating rows `drivers/0/quote`, rows counted from 0.
    /// Empty when it is about no one field.
    pub field: String,
    /// What is wrong and what to write instead; no capital, no full stop.
    pub message: String,
    /// Line of the document it was read from, 1-based.
    pub line: Option<usize>,
}

impl Problem {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Problem { field: field.into(), message: message.into(), line: None }
    }
}

impl fmt::Display for Problem {
    /// `line 12: drivers, row 1, quote: …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        for (place, part) in self.field.split('/').enumerate() {
            match part.parse::<usize>() {
                _ if part.is_empty() => {}
                Ok(row) if place > 0 => write!(f, ", row {}", row + 1)?,
                _ if place > 0 => write!(f, ", {part}")?,
                _ => f.write_str(part)?,
            }
        }
        if !self.field.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn ways(possible: &[String]) -> String {
    match possible {
        [] => ", nor anything else".to_owned(),
        states => format!(", only {}", or(states.iter().map(String::as_str))),
    }
}

/// `a, b or c`.
pub(super) fn or<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_where() {
        let mut problem = Problem::new("drivers/0/quote", "too long");
        assert_eq!(problem.to_string(), "drivers, row 1, quote: too long");
        problem.line = Some(12);
        assert_eq!(problem.to_string(), "line 12: drivers, row 1, quote: too long");
        assert_eq!(Problem::new("", "not TOML").to_string(), "not TOML");
    }
}
