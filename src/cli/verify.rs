//! `qbr verify`: is the file sound, and has anyone rewritten what was written?

use std::path::PathBuf;

use clap::Args;

use super::{CliError, Outcome, content, output};
use crate::ledger;
use crate::workspace::{Access, Workspace};

#[derive(Debug, Args)]
pub struct VerifyArguments {
    workspace: PathBuf,
}

pub fn run(arguments: &VerifyArguments) -> Result<Outcome, CliError> {
    let catalog = content::catalog_for(&arguments.workspace)?;
    let mut workspace = Workspace::open(&arguments.workspace, Access::ReadOnly, &catalog)?;
    let file = workspace.verify_file()?;
    let chain = ledger::verify(&mut workspace)?;
    let mut text = String::new();
    for (table, rows) in &file.tables {
        text.push_str(&format!("{table}: {rows} rows read\n"));
    }
    for problem in &file.problems {
        text.push_str(&format!("PROBLEM {problem}\n"));
    }
    output::print(&format!("{text}{chain}"))?;
    Ok(if chain.is_sound() && file.problems.is_empty() { Outcome::Done } else { Outcome::Finding })
}
