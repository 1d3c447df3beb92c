//! `qbr seal`: the end of the chain, to be kept away from the workspace.

use std::io::Write;
use std::path::PathBuf;

use chrono::Utc;
use clap::Args;

use super::{CliError, Outcome, content, output};
use crate::ledger::{self, Signature};
use crate::workspace::{Access, Identity, Workspace};

#[derive(Debug, Args)]
pub struct SealArguments {
    workspace: PathBuf,
    /// Write the seal to this file, which must not exist yet
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(arguments: &SealArguments) -> Result<Outcome, CliError> {
    let catalog = content::catalog_for(&arguments.workspace)?;
    let mut workspace = Workspace::open(&arguments.workspace, Access::ReadOnly, &catalog)?;
    let chain = ledger::verify(&mut workspace)?;
    if !chain.is_sound() {
        // What is broken is not sealed: the seal would say that it was so.
        output::print(&chain.to_string())?;
        return Ok(Outcome::Finding);
    }
    let signature = Signature { author: Identity::current().user, at: Utc::now() };
    let Some(seal) = ledger::seal(&mut workspace, &signature)? else {
        return Err(CliError::Input("nothing is written yet that could be sealed".to_owned()));
    };
    match &arguments.out {
        None => output::print(&seal.to_string())?,
        Some(path) => {
            let failed = |error| CliError::io(path.display().to_string(), error);
            let mut file = std::fs::File::create_new(path).map_err(failed)?;
            file.write_all(seal.to_string().as_bytes()).map_err(failed)?;
            file.sync_all().map_err(failed)?;
            output::print(&format!(
                "{}: {} revisions sealed. Keep it where nobody who can write the workspace can write; \
                 qbr verify {} --seal {} compares.",
                path.display(),
                seal.revisions,
                arguments.workspace.display(),
                path.display()
            ))?;
        }
    }
    Ok(Outcome::Done)
}
