//! `qbr figures`: what can be asked.

use clap::Args;
use serde_json::json;

use super::output::{self, ListFormat};
use super::{CliError, Outcome, content};

use crate::catalog::FactUses;
use crate::domain::{Table, TableColumn, Value};
use crate::pack;

#[derive(Debug, Args)]
pub struct FiguresArguments {
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,
}

pub fn run(arguments: &FiguresArguments) -> Result<Outcome, CliError> {
    let catalog = content::catalog()?;
    let uses = FactUses::of(&catalog);
    match arguments.format {
        ListFormat::Json => {
            let figures: Vec<_> = catalog
                .figures
                .values()
                .map(|figure| {
                    json!({
                        "figure": figure.name,
                        "area": figure.area,
                        "title": figure.title,
                        "question": figure.question,
                        "curriculum": figure.curriculum,
                        "grain": figure.grain,
                        // Tables of `qbr template`: without these there is no answer …
                        "needs": figure.needs,
                        // … and these have a say in it.
                        "reads": uses.by(figure).iter().map(|table| table.name).collect::<Vec<_>>(),
                        "parameters": figure.parameters.iter().map(|parameter| json!({
                            "name": parameter.name,
                            "optional": parameter.optional,
                            "meaning": parameter.meaning,
                        })).collect::<Vec<_>>(),
                        "columns": figure.columns.iter().map(|column| json!({
                            "name": column.name,
                            "unit": column.unit.name(),
                            "meaning": column.meaning,
                        })).collect::<Vec<_>>(),
                    })
                })
                .collect();
            output::print_json(&figures)?;
        }
        ListFormat::Table => {
            let columns = ["figure", "area", "line", "needs", "question"];
            let table = Table {
                columns: columns
                    .iter()
                    .map(|name| TableColumn {
                        name: (*name).to_owned(),
                        type_name: "VARCHAR".to_owned(),
                    })
                    .collect(),
                rows: catalog
                    .figures
                    .values()
                    .map(|figure| {
                        vec![
                            Value::from(figure.name.as_str()),
                            Value::from(figure.area.as_str()),
                            Value::from(figure.curriculum.join(" ")),
                            Value::from(figure.needs.join(", ")),
                            Value::from(figure.question.as_str()),
                        ]
                    })
                    .collect(),
            };
            output::print(&pack::render_table(&table, pack::Format::Table))?;
        }
    }
    Ok(Outcome::Done)
}
