//! `qbr verify`: is the file sound, and has anyone rewritten what was written?

use std::path::{Path, PathBuf};

use clap::Args;

use super::{CliError, Outcome, content, output};
use crate::domain::Formats;
use crate::domain::text::harmless;
use crate::ledger::{self, Seal};
use crate::workspace::{Access, Workspace};

#[derive(Debug, Args)]
pub struct VerifyArguments {
    workspace: PathBuf,
    /// A file with a seal that `qbr seal` gave: is what it seals still there?
    #[arg(long)]
    seal: Option<PathBuf>,
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
    let mut sound = chain.is_sound() && file.problems.is_empty();
    text.push_str(&chain.to_string());
    if let Some(path) = &arguments.seal {
        let seal = read_seal(path)?;
        let (at, by) = (Formats::here().instant(seal.at), harmless(&seal.by).into_owned());
        text.push_str(&match ledger::holds(&mut workspace, &seal)? {
            Ok(()) => format!("\nseal: {} revisions of {at} by {by} hold", seal.revisions),
            Err(broken) => {
                sound = false;
                format!("\nseal of {at} by {by}: {broken}")
            }
        });
    }
    output::print(&text)?;
    Ok(if sound { Outcome::Done } else { Outcome::Finding })
}

fn read_seal(path: &Path) -> Result<Seal, CliError> {
    let failed = |error| CliError::io(path.display().to_string(), error);
    let text = std::fs::read_to_string(path).map_err(failed)?;
    text.parse().map_err(|why: String| CliError::Input(format!("{}: {why}", path.display())))
}
