//! What records rest on: the chain, figures that are cited, and measures.

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::{form, print_list, said, signature, text_table};
use crate::catalog::Catalog;
use crate::catalog::form::FieldKind;
use crate::cli::output::{self, ListFormat};
use crate::cli::show::{SliceArguments, find_figure};
use crate::cli::{CliError, Outcome};
use crate::domain::Value;
use crate::ledger::{self, Difference, Evidence, Repeated};
use crate::pack;
use crate::review;
use crate::workspace::Workspace;

/// How a chain is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ChainFormat {
    #[default]
    Table,
    Json,
    Md,
}

#[derive(Debug, Args)]
pub(super) struct CiteArguments {
    id: String,
    /// Field of the record: finding, metric
    field: String,
    /// Name of the figure; `qbr figures` lists them
    figure: String,
    #[command(flatten)]
    slice: SliceArguments,
    /// Which row is meant: slice=Europe; can be given again [default: the whole figure]
    #[arg(long = "row", value_name = "COLUMN=VALUE")]
    row: Vec<String>,
    /// The cell that it is about
    #[arg(long)]
    column: Option<String>,
    #[arg(long)]
    reason: Option<String>,
}

pub(super) fn chain(
    ws: &mut Workspace,
    catalog: &Catalog,
    id: &str,
    format: ChainFormat,
) -> Result<Outcome, CliError> {
    let chain = review::chain(ws, catalog, &review::Start::Record(id.to_owned()))?;
    match format {
        ChainFormat::Table => output::print(&pack::chain_text(&chain))?,
        ChainFormat::Md => output::print(&pack::chain_markdown(&chain))?,
        ChainFormat::Json => output::print_json(&pack::chain_json(&chain))?,
    }
    Ok(Outcome::Done)
}

pub(super) fn cite(
    ws: &mut Workspace,
    catalog: &Catalog,
    arguments: &CiteArguments,
) -> Result<Outcome, CliError> {
    let newest = ledger::newest(ws, &arguments.id)?;
    let form = form(catalog, &newest.kind)?;
    let evidence = |kind: &FieldKind| matches!(kind, FieldKind::Evidence { again: None });
    if form.fields().all(|field| field.id != arguments.field || !evidence(&field.kind)) {
        let fields = form.fields().filter(|field| evidence(&field.kind));
        let fields: Vec<&str> = fields.map(|field| field.id.as_str()).collect();
        return Err(CliError::Usage(format!(
            "{} has no field {} that cites a figure; there {}",
            form.title,
            arguments.field,
            if fields.is_empty() {
                "is none".to_owned()
            } else {
                format!("is {}", fields.join(", "))
            }
        )));
    }
    let figure = find_figure(catalog, &arguments.figure)?;
    let parameters = arguments.slice.parameters(ws, Some(figure))?;
    let pair = |text: &String| {
        let (column, value) = text.split_once('=').ok_or_else(|| {
            CliError::Usage(format!("--row {text}: expected COLUMN=VALUE, as in --row slice=East"))
        })?;
        Ok((column.trim().to_owned(), value.trim().to_owned()))
    };
    let cited = Evidence {
        figure: figure.name.clone(),
        asked: parameters.named().into_iter().collect(),
        row: arguments.row.iter().map(pair).collect::<Result<_, CliError>>()?,
        column: arguments.column.clone(),
        ..Evidence::default()
    };
    let mut body = newest.body;
    body.insert(arguments.field.clone(), cited.to_json());
    ledger::cite(ws, catalog, form, &mut body)?;
    let reason = arguments.reason.as_deref();
    let revision =
        ledger::revise(ws, form, &arguments.id, newest.revision, body, &signature(), reason)?;
    said(&revision, "written")
}

pub(super) fn repeat(
    ws: &mut Workspace,
    catalog: &Catalog,
    id: &str,
    format: ListFormat,
) -> Result<Outcome, CliError> {
    let newest = ledger::newest(ws, id)?;
    let cited = ledger::cited(form(catalog, &newest.kind)?, &newest.body);
    if cited.is_empty() {
        return Err(CliError::Usage(format!(
            "{id} cites no figure; qbr records WORKSPACE cite {id} FIELD FIGURE does"
        )));
    }
    let mut outcome = Outcome::Done;
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for (field, cited) in cited {
        let then = ledger::repeat(ws, catalog, &cited)?;
        let since = ledger::changed_since(ws, catalog, &cited)?;
        if then != Repeated::Same {
            outcome = Outcome::Finding;
        }
        objects.push(repeated_json(&field, &cited, &then, since.as_deref()));
        rows.push(vec![
            Value::from(field),
            Value::from(cited.in_words()),
            Value::from(pack::verdict(&then)),
            Value::from(pack::since(since.as_deref())),
        ]);
    }
    match format {
        ListFormat::Json => output::print_json(&objects)?,
        ListFormat::Table => {
            let columns =
                ["field", "cited", "on the data as it was", "with all that is known today"];
            print_list(&text_table(&columns, rows), format)?;
        }
    }
    Ok(outcome)
}

fn repeated_json(
    field: &str,
    cited: &Evidence,
    then: &Repeated,
    since: Option<&[Difference]>,
) -> Json {
    let row = |row: &[Difference]| {
        let cell = |d: &Difference| json!({ "column": d.column, "was": d.was, "is": d.is });
        row.iter().map(cell).collect::<Vec<_>>()
    };
    let (word, differences, why) = match then {
        Repeated::Same => ("same", vec![], vec![]),
        Repeated::Differs { row: cells, why } => ("differs", row(cells), why.clone()),
        Repeated::Impossible(why) => ("impossible", vec![], vec![why.clone()]),
    };
    json!({
        "field": field,
        "evidence": cited.to_json(),
        "as_it_was": word,
        "differences": differences,
        "why": why,
        "since": since.map(row),
    })
}

pub(super) fn measure(
    ws: &mut Workspace,
    catalog: &Catalog,
    id: Option<&str>,
) -> Result<Outcome, CliError> {
    let today = ws.defaults()?.as_of;
    let due = match id {
        Some(id) => vec![ledger::newest(ws, id)?],
        None => ledger::to_measure(ws, catalog, today)?,
    };
    if due.is_empty() {
        output::print("nothing is to be measured yet that has not been")?;
    }
    for record in due {
        let form = form(catalog, &record.kind)?;
        let measured = ledger::measure(ws, catalog, form, &record.record, today, &signature())?;
        let reason = measured.reason.unwrap_or_default();
        output::print(&format!("{} revision {}: {reason}", measured.record, measured.revision))?;
    }
    Ok(Outcome::Done)
}
