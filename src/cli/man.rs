//! `qbr man`: the manual, from the same definitions as the command line.

use std::path::PathBuf;

use clap::{Args, Command};

use super::{CliError, Outcome, output};

#[derive(Debug, Args)]
pub struct ManArguments {
    /// A folder for one page per command: qbr.1, qbr-import.1, …
    #[arg(long, value_name = "FOLDER")]
    all: Option<PathBuf>,
}

pub fn run(arguments: &ManArguments, command: &Command) -> Result<Outcome, CliError> {
    let Some(folder) = &arguments.all else {
        let page = page(command.clone())?;
        output::print(&String::from_utf8_lossy(&page))?;
        return Ok(Outcome::Done);
    };
    clap_mangen::generate_to(command.clone(), folder)
        .map_err(|error| CliError::io(folder.display().to_string(), error))?;
    Ok(Outcome::Done)
}

fn page(command: Command) -> Result<Vec<u8>, CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| CliError::io("the manual page", error))?;
    Ok(page)
}
