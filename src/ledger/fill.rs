//! Facts that a form takes from a figure.

use serde_json::Value as Json;

use super::body::{Body, text};
use super::check::fields;
use super::error::{LedgerError, Problem};
use super::normal::normal;
use crate::catalog::form::{Field, FieldKind};
use crate::catalog::{Catalog, Form};
use crate::domain::{Period, Table, Value};
use crate::workspace::Workspace;

/// Fills the fields that the form takes from the first row of its figure, over
/// all periods, as of the workspace's own day. Read-only ones are replaced by
/// what the figure says, also by nothing; editable ones only when they are
/// empty. Does nothing while a field that the figure asks for is empty.
///
/// # Errors
/// `Problems` when the figure has no row for what was asked, or the catalog no
/// such figure.
pub fn fill(
    ws: &mut Workspace,
    catalog: &Catalog,
    form: &Form,
    body: &mut Body,
) -> Result<(), LedgerError> {
    let Some(fill) = &form.fill else { return Ok(()) };
    let problem =
        |field: &str, message: String| LedgerError::Problems(vec![Problem::new(field, message)]);
    let figure = catalog.figures.get(&fill.figure).ok_or_else(|| {
        problem("", format!("there is no figure {} to fill it from", fill.figure))
    })?;
    let mut parameters = ws.defaults()?;
    parameters.period = Period::All;
    let mut asked: Vec<String> = Vec::new();
    for (parameter, field) in &fill.bind {
        let Some(value) = text(body, field) else { return Ok(()) };
        asked.push(value.to_owned());
        parameters =
            parameters.with(parameter, value.into()).map_err(|message| problem(field, message))?;
    }
    let answer = ws.run(figure, &parameters)?;
    if answer.table.is_empty() {
        let field = fill.bind.first().map_or("", |(_, field)| field.as_str());
        let message = format!("{} knows nothing about {}", fill.figure, asked.join(", "));
        return Err(problem(field, message));
    }
    for field in fields(form) {
        let Some(column) = &field.filled_from else { continue };
        if field.editable && body.contains_key(&field.id) {
            continue;
        }
        match fact(field, &answer.table, column) {
            Some(value) => body.insert(field.id.clone(), value),
            None => body.remove(&field.id),
        };
    }
    Ok(())
}

/// The cell as the field stores it; what does not fit is left out, as the CRM's
/// data is not the writer's fault.
fn fact(field: &Field, table: &Table, column: &str) -> Option<Json> {
    let cell = table.get(0, column);
    let given = match (cell, &field.kind) {
        (Value::Null, _) => return None,
        (Value::List(items), FieldKind::Choices { .. }) => {
            Json::Array(items.iter().map(|item| Json::from(item.plain())).collect())
        }
        // A name with a line break in it is still a name.
        (Value::Text(text), FieldKind::Text { .. } | FieldKind::Person) => {
            Json::from(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        (cell, _) => Json::from(cell.plain()),
    };
    normal(field, &given).ok().flatten()
}
