//! `qbr show`: one figure, computed.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::output::{self, FormatArgument};
use super::{CliError, Outcome, content};
use crate::catalog::figure::ParameterKind;
use crate::catalog::{Catalog, Figure};
use crate::domain::{Dimension, Period, Value};
use crate::pack;
use crate::workspace::{Access, Parameters, Workspace};

#[derive(Debug, Args)]
pub struct ShowArguments {
    workspace: PathBuf,
    /// Name of the figure; `qbr figures` lists them
    figure: String,
    #[command(flatten)]
    pub(super) slice: SliceArguments,
    #[arg(long, value_enum, default_value_t)]
    format: FormatArgument,
    /// Print the SQL with its parameters instead: it runs in any DuckDB shell on the workspace
    #[arg(long)]
    sql: bool,
}

/// Which part of the company, and which time, a figure is asked for.
#[derive(Clone, Debug, Default, Args)]
pub struct SliceArguments {
    /// 2017-Q4 or FY2017-Q4, a fiscal year (2017), or all [default: the newest quarter with results]
    #[arg(long)]
    pub quarter: Option<String>,
    /// region, segment, product, owner, manager or all
    #[arg(long)]
    pub by: Option<String>,
    /// Only this part: region=East, or a parameter of the figure; can be given again
    #[arg(long = "where", value_name = "NAME=VALUE")]
    pub filter: Vec<String>,
    /// As the data stood on this day, YYYY-MM-DD
    #[arg(long)]
    pub as_of: Option<NaiveDate>,
}

impl SliceArguments {
    /// The parameters of a run: the workspace's defaults with what was asked laid over them.
    pub fn parameters(
        &self,
        workspace: &mut Workspace,
        figure: Option<&Figure>,
    ) -> Result<Parameters, CliError> {
        let mut parameters = workspace.defaults()?;
        if let Some(as_of) = self.as_of {
            parameters.as_of = as_of;
            // What people wrote after that day was not known on it.
            parameters.known_at = as_of.and_hms_opt(23, 59, 59).map(|time| time.and_utc());
        }
        if let Some(quarter) = &self.quarter {
            parameters.period = quarter
                .parse::<Period>()
                .map_err(|error| CliError::Usage(format!("--quarter {quarter}: {error}")))?;
        }
        if let Some(by) = &self.by {
            parameters.by = by
                .parse::<Dimension>()
                .map_err(|error| CliError::Usage(format!("--by {by}: {error}")))?;
        }
        for filter in &self.filter {
            let Some((name, value)) = filter.split_once('=') else {
                return Err(CliError::Usage(format!(
                    "--where {filter}: expected NAME=VALUE, as in --where region=East"
                )));
            };
            add_filter(&mut parameters, figure, name.trim(), value.trim())?;
        }
        Ok(parameters)
    }
}

fn add_filter(
    parameters: &mut Parameters,
    figure: Option<&Figure>,
    name: &str,
    value: &str,
) -> Result<(), CliError> {
    if let Ok(dimension) = name.parse::<Dimension>()
        && dimension != Dimension::All
    {
        parameters.scope.insert(dimension, value.to_owned());
        return Ok(());
    }
    let known = figure.and_then(|figure| {
        figure.parameters.iter().find(|parameter| parameter.name == name && parameter.optional)
    });
    let Some(parameter) = known else {
        let mut names: Vec<&str> = vec!["region", "segment", "product", "owner", "manager"];
        if let Some(figure) = figure {
            names.extend(
                figure
                    .parameters
                    .iter()
                    .filter(|parameter| parameter.optional)
                    .map(|parameter| parameter.name.as_str()),
            );
        }
        names.dedup();
        return Err(CliError::Usage(format!(
            "--where {name}=…: no such filter here; there are {}",
            names.join(", ")
        )));
    };
    let wrong = |what: &str| CliError::Usage(format!("--where {name}={value}: expected {what}"));
    let typed = match parameter.kind {
        ParameterKind::Text => Value::from(value),
        ParameterKind::Date => {
            Value::Date(value.parse().map_err(|_| wrong("a day as YYYY-MM-DD"))?)
        }
        ParameterKind::Instant => Value::Instant(
            value.parse().map_err(|_| wrong("a point in time as 2025-10-06T09:12:00Z"))?,
        ),
        ParameterKind::Count => Value::Int(value.parse().map_err(|_| wrong("a whole number"))?),
        ParameterKind::Number => Value::Float(value.parse().map_err(|_| wrong("a number"))?),
    };
    parameters.extra.insert(name.to_owned(), typed);
    Ok(())
}

/// The figure of that name, or an error that names the nearest.
pub fn find_figure<'a>(catalog: &'a Catalog, name: &str) -> Result<&'a Figure, CliError> {
    catalog.figures.get(name).ok_or_else(|| {
        let near = nearest(name, catalog.figures.keys().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        CliError::Usage(format!("there is no figure \"{name}\"{hint} `qbr figures` lists them"))
    })
}

/// The known name that shares most with a mistyped one.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| {
            let ratio = similar::TextDiff::from_chars(name, candidate).ratio();
            (candidate, ratio)
        })
        .filter(|(_, ratio)| *ratio > 0.6)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(candidate, _)| candidate)
}

pub fn run(arguments: &ShowArguments) -> Result<Outcome, CliError> {
    let catalog = content::catalog_for(&arguments.workspace)?;
    let figure = find_figure(&catalog, &arguments.figure)?;
    let mut workspace = Workspace::open(&arguments.workspace, Access::ReadOnly, &catalog)?;
    let parameters = arguments.slice.parameters(&mut workspace, Some(figure))?;
    if arguments.sql {
        output::print(&workspace.script(figure, &parameters)?)?;
        return Ok(Outcome::Done);
    }
    let answer = workspace.run(figure, &parameters)?;
    output::print(&pack::render(figure, &answer, arguments.format.into()))?;
    Ok(Outcome::Done)
}
