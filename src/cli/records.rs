//! `qbr records`: the ledger without a screen.

mod evidence;
mod left_behind;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{SecondsFormat, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::output::{self, FormatArgument, ListFormat};
use super::show::nearest;
use super::{CliError, Outcome, content, waiting};
use crate::catalog::{Catalog, Form};
use crate::domain::{Table, TableColumn, Value};
use crate::ledger::{self, Moved, Revision, Signature};
use crate::pack;
use crate::workspace::{Access, Identity, Workspace};

#[derive(Debug, Args)]
pub struct RecordsArguments {
    workspace: PathBuf,
    #[command(subcommand)]
    command: RecordsCommand,
}

#[derive(Debug, Subcommand)]
enum RecordsCommand {
    /// The kinds of record, their states and how many there are
    Kinds {
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// A commented document for `new --from`
    Template { kind: String },
    /// The records, newest change first
    List {
        kind: Option<String>,
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// A record as it stands
    Show {
        id: String,
        /// An earlier revision
        #[arg(long)]
        revision: Option<u32>,
        #[arg(long, value_enum, default_value_t)]
        format: FormatArgument,
    },
    /// Every revision of a record: who, when, what and why
    History {
        id: String,
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// What changed between two revisions [default: the last two]
    Diff { id: String, from: Option<u32>, to: Option<u32> },
    /// Write a new record
    New {
        kind: String,
        /// A document as `template` prints it (TOML), or JSON; - is standard input
        #[arg(long)]
        from: PathBuf,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Write a new revision of a record
    Revise {
        id: String,
        /// A document as `template` prints it (TOML), or JSON; - is standard input
        #[arg(long)]
        from: PathBuf,
        #[arg(long)]
        reason: String,
        /// The revision the document started from [default: the newest]
        #[arg(long)]
        based_on: Option<u32>,
    },
    /// Move a record to another state, or approve such a move
    Move {
        id: String,
        state: String,
        #[arg(long)]
        reason: Option<String>,
    },
    /// What a record rests on and what came of it, as far as it goes
    Chain {
        id: String,
        #[arg(long, value_enum, default_value_t)]
        format: evidence::ChainFormat,
    },
    /// Read the figures that a record cites once more, on the data as it was; exit 1 if one differs
    Evidence {
        id: String,
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Cite the row of a figure in a field of a record: --row slice=Europe --column attainment
    Cite(evidence::CiteArguments),
    /// Read again what a decision was to change, when its day has come [default: all that are due]
    Measure { id: Option<String> },
}

pub fn run(arguments: &RecordsArguments) -> Result<Outcome, CliError> {
    let catalog = content::catalog_for(&arguments.workspace)?;
    let access = match arguments.command {
        RecordsCommand::New { .. }
        | RecordsCommand::Revise { .. }
        | RecordsCommand::Cite(_)
        | RecordsCommand::Measure { .. }
        | RecordsCommand::Move { .. } => Access::ReadWrite,
        _ => Access::ReadOnly,
    };
    let patience = waiting::patience(waiting::SAVE, false);
    let mut workspace =
        Workspace::open_patiently(&arguments.workspace, access, &catalog, patience)?;
    let ws = &mut workspace;
    if access == Access::ReadWrite {
        left_behind::save(ws, &catalog);
    }
    match &arguments.command {
        RecordsCommand::Kinds { format } => kinds(ws, &catalog, *format),
        RecordsCommand::Template { kind } => {
            output::print(&ledger::template(form(&catalog, kind)?))?;
            Ok(Outcome::Done)
        }
        RecordsCommand::List { kind, format } => {
            if let Some(kind) = kind {
                form(&catalog, kind)?;
            }
            list(ws, &catalog, kind.as_deref(), *format)
        }
        RecordsCommand::Show { id, revision, format } => show(ws, &catalog, id, *revision, *format),
        RecordsCommand::History { id, format } => history(ws, id, *format),
        RecordsCommand::Diff { id, from, to } => diff(ws, &catalog, id, *from, *to),
        RecordsCommand::New { kind, from, reason } => {
            let form = form(&catalog, kind)?;
            let mut body = ledger::parse_document(form, &read_document(from)?)?;
            ledger::fill(ws, &catalog, form, &mut body)?;
            ledger::cite(ws, &catalog, form, &mut body)?;
            let revision = ledger::create(ws, form, body, &signature(), reason.as_deref())?;
            said(&revision, "written")
        }
        RecordsCommand::Revise { id, from, reason, based_on } => {
            let newest = ledger::newest(ws, id)?;
            let form = form(&catalog, &newest.kind)?;
            let mut body = ledger::parse_document(form, &read_document(from)?)?;
            ledger::cite(ws, &catalog, form, &mut body)?;
            let based_on = based_on.unwrap_or(newest.revision);
            let revision =
                ledger::revise(ws, form, id, based_on, body, &signature(), Some(reason))?;
            said(&revision, "written")
        }
        RecordsCommand::Chain { id, format } => evidence::chain(ws, &catalog, id, *format),
        RecordsCommand::Evidence { id, format } => evidence::repeat(ws, &catalog, id, *format),
        RecordsCommand::Cite(arguments) => evidence::cite(ws, &catalog, arguments),
        RecordsCommand::Measure { id } => evidence::measure(ws, &catalog, id.as_deref()),
        RecordsCommand::Move { id, state, reason } => {
            let newest = ledger::newest(ws, id)?;
            let form = form(&catalog, &newest.kind)?;
            match ledger::move_to(ws, form, id, state, &signature(), reason.as_deref())? {
                Moved::Moved(revision) => said(&revision, "moved"),
                Moved::Approved { revision, given, needed } => {
                    output::print(&format!(
                        "{} revision {}: approved by {}, {given} of {needed}; it stays {} until then",
                        revision.record, revision.revision, revision.author, revision.state
                    ))?;
                    Ok(Outcome::Done)
                }
            }
        }
    }
}

fn signature() -> Signature {
    Signature { author: Identity::current().user, at: Utc::now() }
}

fn form<'a>(catalog: &'a Catalog, kind: &str) -> Result<&'a Form, CliError> {
    catalog.forms.get(kind).ok_or_else(|| {
        let names: Vec<&str> = catalog.forms.keys().map(String::as_str).collect();
        let hint = nearest(kind, names.iter().copied())
            .map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        CliError::Usage(format!(
            "there is no kind of record \"{kind}\"{hint}; there are {}",
            names.join(", ")
        ))
    })
}

fn read_document(from: &Path) -> Result<String, CliError> {
    let text = if from.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        fs::read_to_string(from)
    };
    text.map_err(|error| CliError::io(from.display().to_string(), error))
}

fn said(revision: &Revision, what: &str) -> Result<Outcome, CliError> {
    output::print(&format!(
        "{} revision {} {what}, state {}",
        revision.record, revision.revision, revision.state
    ))?;
    Ok(Outcome::Done)
}

fn text_table(columns: &[&str], rows: Vec<Vec<Value>>) -> Table {
    Table {
        columns: columns
            .iter()
            .map(|name| TableColumn { name: (*name).to_owned(), type_name: "VARCHAR".to_owned() })
            .collect(),
        rows,
    }
}

fn print_list(table: &Table, format: ListFormat) -> Result<Outcome, CliError> {
    output::print(&pack::render_table(table, format.into()))?;
    Ok(Outcome::Done)
}

fn kinds(ws: &mut Workspace, catalog: &Catalog, format: ListFormat) -> Result<Outcome, CliError> {
    let all = ledger::list(ws, catalog, None)?;
    let rows = catalog
        .forms
        .values()
        .map(|form| {
            let count = all.iter().filter(|record| record.kind == form.kind).count();
            let states: Vec<&str> = form.states.iter().map(|state| state.id.as_str()).collect();
            vec![
                Value::from(form.kind.as_str()),
                Value::from(form.prefix.as_str()),
                Value::Int(count as i64),
                Value::from(states.join(" > ")),
                Value::from(form.help.as_str()),
            ]
        })
        .collect();
    print_list(&text_table(&["kind", "ids", "records", "states", "what for"], rows), format)
}

fn list(
    ws: &mut Workspace,
    catalog: &Catalog,
    kind: Option<&str>,
    format: ListFormat,
) -> Result<Outcome, CliError> {
    let rows = ledger::list(ws, catalog, kind)?
        .into_iter()
        .map(|record| {
            vec![
                Value::from(record.record),
                Value::from(record.kind),
                Value::from(record.state),
                Value::Int(i64::from(record.revision)),
                Value::from(record.name),
                Value::from(record.author),
                Value::from(record.at),
            ]
        })
        .collect();
    let columns = ["record", "kind", "state", "revision", "name", "by", "at"];
    print_list(&text_table(&columns, rows), format)
}

fn revision_json(revision: &Revision) -> Json {
    json!({
        "record": revision.record,
        "kind": revision.kind,
        "revision": revision.revision,
        "parent": revision.parent,
        "action": revision.action.to_string(),
        "state": revision.state,
        "author": revision.author,
        "at": revision.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "reason": revision.reason,
        "hash": revision.hash,
        "body": revision.body,
    })
}

fn find_revision(
    history: Vec<Revision>,
    id: &str,
    wanted: Option<u32>,
) -> Result<Revision, CliError> {
    let newest = history.last().map_or(0, |revision| revision.revision);
    let wanted = wanted.unwrap_or(newest);
    history.into_iter().find(|revision| revision.revision == wanted).ok_or_else(|| {
        CliError::Usage(format!("{id} has no revision {wanted}; its newest is {newest}"))
    })
}

fn show(
    ws: &mut Workspace,
    catalog: &Catalog,
    id: &str,
    revision: Option<u32>,
    format: FormatArgument,
) -> Result<Outcome, CliError> {
    let revision = find_revision(ledger::history(ws, id)?, id, revision)?;
    if format == FormatArgument::Json {
        output::print_json(&revision_json(&revision))?;
        return Ok(Outcome::Done);
    }
    let form = form(catalog, &revision.kind)?;
    let Some(text) = pack::render_record(form, &revision, format.into()) else {
        return Err(CliError::Usage(
            "a record has no rows for csv; choose table, md, html, eml or json".to_owned(),
        ));
    };
    output::print(&text)?;
    Ok(Outcome::Done)
}

fn history(ws: &mut Workspace, id: &str, format: ListFormat) -> Result<Outcome, CliError> {
    let history = ledger::history(ws, id)?;
    if format == ListFormat::Json {
        let revisions: Vec<Json> = history.iter().map(revision_json).collect();
        output::print_json(&revisions)?;
        return Ok(Outcome::Done);
    }
    let rows = history
        .into_iter()
        .map(|revision| {
            vec![
                Value::Int(i64::from(revision.revision)),
                Value::from(revision.action.to_string()),
                Value::from(revision.state),
                Value::from(revision.author),
                Value::from(revision.at),
                Value::from(revision.reason),
                Value::from(revision.hash.chars().take(12).collect::<String>()),
            ]
        })
        .collect();
    let columns = ["revision", "action", "state", "by", "at", "reason", "hash"];
    print_list(&text_table(&columns, rows), format)
}

fn diff(
    ws: &mut Workspace,
    catalog: &Catalog,
    id: &str,
    from: Option<u32>,
    to: Option<u32>,
) -> Result<Outcome, CliError> {
    let history = ledger::history(ws, id)?;
    let newest = history.last().map_or(1, |revision| revision.revision);
    // One number alone is compared with the newest.
    let from = from.unwrap_or_else(|| newest.saturating_sub(1).max(1));
    let from = find_revision(history.clone(), id, Some(from))?;
    let to = find_revision(history, id, Some(to.unwrap_or(newest)))?;
    let form = form(catalog, &to.kind)?;
    output::print(&ledger::diff_text(form, &from, &to))?;
    Ok(Outcome::Done)
}
