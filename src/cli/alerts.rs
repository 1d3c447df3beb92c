//! `qbr alerts`: the win-rate alerts, for people and for cron.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::{self, FormatArgument};
use super::show::{SliceArguments, find_figure};
use super::{CliError, Outcome, content};
use crate::domain::Dimension;
use crate::pack;
use crate::review;
use crate::workspace::{Access, Workspace};

#[derive(Debug, Args)]
pub struct AlertsArguments {
    workspace: PathBuf,
    #[command(flatten)]
    slice: SliceArguments,
    /// Exit with 1 when there are such alerts
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,
    #[arg(long, value_enum, default_value_t)]
    format: FormatArgument,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Three consecutive months below the threshold, and neither a plan nor a dismissal
    Open,
    /// These, and streaks of two
    Watch,
}

pub fn run(arguments: &AlertsArguments) -> Result<Outcome, CliError> {
    let catalog = content::catalog_for(&arguments.workspace)?;
    let figure = find_figure(&catalog, review::ALERTS)?;
    let mut workspace = Workspace::open(&arguments.workspace, Access::ReadOnly, &catalog)?;
    let mut parameters = arguments.slice.parameters(&mut workspace, Some(figure))?;
    // The rule is about segments; another dimension has to be asked for.
    if arguments.slice.by.is_none() {
        parameters.by = Dimension::Segment;
    }
    let answer = workspace.run(figure, &parameters)?;
    output::print(&pack::render(figure, &answer, arguments.format.into()))?;
    let counts = review::count_alerts(&answer.table);
    let found = match arguments.fail_on {
        None => false,
        Some(FailOn::Open) => counts.open > 0,
        Some(FailOn::Watch) => counts.open + counts.watch > 0,
    };
    Ok(if found { Outcome::Finding } else { Outcome::Done })
}
