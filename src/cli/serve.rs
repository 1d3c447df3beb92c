//! `qbr serve`: a workspace for people on other machines, through this one.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGTERM};

use super::{CliError, Outcome, content, output, waiting};
use crate::workspace::{Access, Address, Workspace};

#[derive(Debug, Args)]
pub struct ServeArguments {
    workspace: PathBuf,
    /// The port of this machine, on its loopback address
    #[arg(long, default_value_t = 9494, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// Let nobody write
    #[arg(long)]
    read_only: bool,
}

pub fn run(arguments: &ServeArguments) -> Result<Outcome, CliError> {
    content::own_file(&arguments.workspace, "serve")?;
    let catalog = content::catalog_for(&arguments.workspace)?;
    let access = if arguments.read_only { Access::ReadOnly } else { Access::ReadWrite };
    let patience = waiting::patience(waiting::SAVE, false);
    let mut workspace =
        Workspace::open_patiently(&arguments.workspace, access, &catalog, patience)?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&stop))
            .map_err(|error| CliError::io("signals", error))?;
    }
    let mut told = Ok(());
    workspace.serve(
        &Address::here(arguments.port),
        |serving| {
            told = output::print(&format!(
                "Serving {} at {}. Its token is in {}. Ctrl-C ends it.",
                arguments.workspace.display(),
                serving.address,
                serving.token.display()
            ));
        },
        || stop.load(Ordering::SeqCst),
    )?;
    told?;
    Ok(Outcome::Done)
}
