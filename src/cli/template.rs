//! `qbr template`: what a file of our own format looks like.

use clap::Args;

use super::{CliError, Outcome, output};
use crate::catalog::facts;

#[derive(Debug, Args)]
pub struct TemplateArguments {
    /// The table: opportunities, accounts, products, people, targets, …
    table: String,
}

pub fn run(arguments: &TemplateArguments) -> Result<Outcome, CliError> {
    let Some(text) = facts::template(&arguments.table) else {
        let names: Vec<&str> = facts::TABLES.iter().map(|table| table.name).collect();
        return Err(CliError::Usage(format!(
            "there is no table \"{}\"; there are {}",
            arguments.table,
            names.join(", ")
        )));
    };
    output::print(&text)?;
    Ok(Outcome::Done)
}
