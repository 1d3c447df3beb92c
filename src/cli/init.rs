//! `qbr init`: an empty workspace.

use std::path::PathBuf;

use clap::Args;

use super::{CliError, Outcome, content, output};
use crate::workspace::{CreateOptions, Identity, Workspace};

#[derive(Debug, Args)]
pub struct InitArguments {
    /// Where the workspace is made; must not exist yet
    workspace: PathBuf,
    /// Reporting currency, three letters
    #[arg(long, default_value = "USD")]
    currency: String,
    /// Month in which the fiscal year starts
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=12))]
    fiscal_year_start: u32,
}

pub fn run(arguments: &InitArguments) -> Result<Outcome, CliError> {
    content::own_file(&arguments.workspace, "init")?;
    let catalog = content::catalog_for(&arguments.workspace)?;
    let options = CreateOptions {
        currency: arguments.currency.to_uppercase(),
        fiscal_year_start: arguments.fiscal_year_start,
        as_of: None,
    };
    Workspace::create(&arguments.workspace, &options, &catalog, &Identity::current())?;
    let path = arguments.workspace.display();
    output::print(&format!(
        "{path}: an empty workspace in {}.\nNext: qbr import {path} EXPORT.csv, then qbr {path}",
        options.currency
    ))?;
    Ok(Outcome::Done)
}
