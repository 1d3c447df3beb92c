//! What a command came to, and the exit status that says so.

use std::io;

use crate::catalog::CatalogErrors;
use crate::ingest::ImportError;
use crate::ledger::LedgerError;
use crate::plain::PlainError;
use crate::review::ReviewError;
use crate::tui::TuiError;
use crate::workspace::WorkspaceError;

pub const FINDING: u8 = 1;
pub const WRONG_USAGE: u8 = 2;
pub const WORKSPACE: u8 = 3;
pub const INPUT: u8 = 4;

/// A command that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// It found something that asks for attention: exit status 1.
    Finding,
}

/// Why a command did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    Input(String),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Catalog(#[from] CatalogErrors),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Review(#[from] ReviewError),
    #[error(transparent)]
    Screen(#[from] TuiError),
    #[error("{what}: {error}")]
    Io { what: String, error: io::Error },
    /// By a signal, which the exit status tells as shells do.
    #[error("cancelled; the workspace is as it was")]
    Cancelled { signal: i32 },
}

impl From<PlainError> for CliError {
    fn from(error: PlainError) -> Self {
        match error {
            PlainError::Workspace(error) => error.into(),
            PlainError::Trouble(words) => CliError::Input(words),
            PlainError::Io(error) => CliError::io("the conversation", error),
        }
    }
}

impl CliError {
    pub fn io(what: impl Into<String>, error: io::Error) -> Self {
        CliError::Io { what: what.into(), error }
    }

    pub fn exit_status(&self) -> u8 {
        match self {
            CliError::Usage(_) => WRONG_USAGE,
            CliError::Cancelled { signal } => u8::try_from(128 + signal).unwrap_or(FINDING),
            CliError::Input(_) | CliError::Catalog(_) | CliError::Io { .. } => INPUT,
            CliError::Import(ImportError::Workspace(_)) => WORKSPACE,
            CliError::Import(
                ImportError::UnknownPreset { .. } | ImportError::UnknownTable { .. },
            ) => WRONG_USAGE,
            CliError::Import(_) => INPUT,
            CliError::Ledger(LedgerError::Conflict { .. }) => FINDING,
            CliError::Ledger(LedgerError::Workspace(_)) => WORKSPACE,
            CliError::Ledger(_) => INPUT,
            CliError::Screen(TuiError::NoTerminal) => WRONG_USAGE,
            CliError::Workspace(_) | CliError::Review(_) | CliError::Screen(_) => WORKSPACE,
        }
    }

    fn remedy(&self) -> Option<String> {
        match self {
            CliError::Workspace(error)
            | CliError::Ledger(LedgerError::Workspace(error))
            | CliError::Screen(TuiError::Workspace(error)) => error.remedy(),
            CliError::Import(error) => error.remedy(),
            CliError::Review(ReviewError::Workspace(error)) => error.remedy(),
            _ => None,
        }
    }

    /// What happened, to what, and what to do next, on standard error.
    pub fn print(&self) {
        eprintln!("qbr: {self}");
        if let Some(remedy) = self.remedy() {
            eprintln!("     {remedy}");
        }
    }
}
