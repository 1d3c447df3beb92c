//! `qbr imports`: what was taken in, and the report of it, again.

use std::path::PathBuf;

use clap::Args;

use super::output::{self, FormatArgument};
use super::{CliError, Outcome, content};
use crate::domain::{Table, TableColumn, Value};
use crate::ingest::{self, Kept, Reject};
use crate::pack;
use crate::workspace::{Access, Workspace};

#[derive(Debug, Args)]
pub struct ImportsArguments {
    workspace: PathBuf,
    /// The number of an import: its closing report [default: the list of all]
    id: Option<i64>,
    /// Every rejected row of that import, with its line, column, value and reason
    #[arg(long, requires = "id")]
    rejects: bool,
    #[arg(long, value_enum, default_value_t)]
    format: FormatArgument,
}

pub fn run(arguments: &ImportsArguments) -> Result<Outcome, CliError> {
    let catalog = content::catalog_for(&arguments.workspace)?;
    let mut workspace = Workspace::open(&arguments.workspace, Access::ReadOnly, &catalog)?;
    let format = arguments.format;
    match arguments.id {
        None => {
            let kept = ingest::imports(&mut workspace)?;
            written(format, &kept, list(&kept))?;
        }
        Some(id) if arguments.rejects => {
            let rejects = ingest::rejects(&mut workspace, id)?;
            written(format, &rejects, faults(&rejects))?;
        }
        Some(id) => {
            let report = ingest::kept_report(&mut workspace, id)?;
            match format {
                FormatArgument::Table => output::print(&ingest::report::text(&report))?,
                FormatArgument::Json => output::print_json(&report)?,
                FormatArgument::Csv
                | FormatArgument::Md
                | FormatArgument::Html
                | FormatArgument::Eml => {
                    let words = "a report is no table: ask for it as table or as json";
                    return Err(CliError::Usage(words.into()));
                }
            }
        }
    }
    Ok(Outcome::Done)
}

fn written(
    format: FormatArgument,
    items: &impl serde::Serialize,
    table: Table,
) -> Result<(), CliError> {
    match format {
        FormatArgument::Json => output::print_json(items),
        FormatArgument::Eml => {
            let words = "a list is no mail: ask for it as table, csv, md, html or json";
            Err(CliError::Usage(words.into()))
        }
        other => output::print(&pack::render_table(&table, other.into())),
    }
}

fn table(columns: &[(&str, &str)], rows: Vec<Vec<Value>>) -> Table {
    let column = |(name, type_name): &(&str, &str)| TableColumn {
        name: (*name).to_owned(),
        type_name: (*type_name).to_owned(),
    };
    Table { columns: columns.iter().map(column).collect(), rows }
}

fn count(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn list(kept: &[Kept]) -> Table {
    let row = |kept: &Kept| {
        vec![
            Value::Int(kept.import_id),
            kept.file.as_str().into(),
            kept.table.as_str().into(),
            kept.taken_on.into(),
            kept.imported_at.map_or(Value::Null, Value::Instant),
            kept.imported_by.as_str().into(),
            count(kept.read),
            count(kept.taken),
            count(kept.rejected),
        ]
    };
    let columns = [
        ("import", "BIGINT"),
        ("file", "VARCHAR"),
        ("table", "VARCHAR"),
        ("as_of", "DATE"),
        ("imported_at", "TIMESTAMP"),
        ("by", "VARCHAR"),
        ("read", "BIGINT"),
        ("taken", "BIGINT"),
        ("rejected", "BIGINT"),
    ];
    table(&columns, kept.iter().map(row).collect())
}

fn faults(rejects: &[Reject]) -> Table {
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
    let row = |reject: &Reject| {
        vec![
            count(reject.line),
            text(&reject.column),
            text(&reject.value),
            reject.reason.as_str().into(),
        ]
    };
    let columns =
        [("line", "BIGINT"), ("column", "VARCHAR"), ("value", "VARCHAR"), ("reason", "VARCHAR")];
    table(&columns, rejects.iter().map(row).collect())
}
