//! `qbr template`: what a file of our own format looks like.

use clap::Args;

use super::{CliError, Outcome, output};
use crate::catalog::facts;

#[derive(Debug, Args)]
pub struct TemplateArguments {
    /// The table: opportunities, accounts, targets, …; left out: which there are.
    table: Option<String>,
}

pub fn run(arguments: &TemplateArguments) -> Result<Outcome, CliError> {
    let Some(table) = &arguments.table else {
        output::print(&facts::listed())?;
        return Ok(Outcome::Done);
    };
    let Some(text) = facts::template(table) else {
        return Err(CliError::Usage(format!(
            "there is no table \"{table}\"; qbr template lists those there are"
        )));
    };
    output::print(&text)?;
    Ok(Outcome::Done)
}
