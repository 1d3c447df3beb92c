//! JSON for machines. The shape is a promise to scripts: keys are only ever added.

use serde_json::{Map, Value as Json, json};

use crate::catalog::Figure;
use crate::catalog::figure::Unit;
use crate::domain::text::is_command;
use crate::domain::{Table, Value};
use crate::workspace::Answer;

/// `{"figure", "parameters", "as_of", "columns": [{"name", "type", "unit"}], "rows": [{…}]}`.
pub(super) fn answer(figure: &Figure, answer: &Answer) -> String {
    let parameters: Map<String, Json> =
        answer.parameters.iter().map(|(name, value)| (name.clone(), value_of(value))).collect();
    let columns = answer.table.columns.iter().map(|column| {
        let unit = figure.column(&column.name).map(|column| unit_of(&column.unit));
        json!({ "name": column.name, "type": column.type_name, "unit": unit })
    });
    let head = [
        ("figure", json!(figure.name)),
        ("parameters", Json::Object(parameters)),
        ("as_of", json!(answer.as_of.to_string())),
    ];
    written(&head, columns, &answer.table)
}

/// `{"columns": [{"name", "type"}], "rows": [{…}]}`.
pub(super) fn table(table: &Table) -> String {
    let columns =
        table.columns.iter().map(|column| json!({ "name": column.name, "type": column.type_name }));
    written(&[], columns, table)
}

/// One line for each key, column and row, so that two answers can be compared line by line.
fn written(head: &[(&str, Json)], columns: impl Iterator<Item = Json>, table: &Table) -> String {
    let rows = table.rows.iter().map(|row| {
        let cells = table
            .columns
            .iter()
            .enumerate()
            .map(|(i, column)| (column.name.clone(), row.get(i).map_or(Json::Null, value_of)));
        Json::Object(cells.collect())
    });
    let mut out = String::from("{\n");
    for (key, value) in head {
        out.push_str(&format!("  \"{key}\": {value},\n"));
    }
    push_list(&mut out, "columns", columns);
    out.push_str(",\n");
    push_list(&mut out, "rows", rows);
    out.push_str("\n}\n");
    escaped(out)
}

/// The same JSON with everything escaped that a terminal would obey: JSON itself asks it of the
/// first 32 characters only.
pub fn escaped(json: String) -> String {
    // Between its strings JSON has line breaks, but none of the others.
    if !json.contains(is_command) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if is_command(c) {
            // All of them have four digits.
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn push_list(out: &mut String, key: &str, items: impl Iterator<Item = Json>) {
    out.push_str(&format!("  \"{key}\": ["));
    let mut any = false;
    for item in items {
        out.push_str(if any { ",\n    " } else { "\n    " });
        out.push_str(&item.to_string());
        any = true;
    }
    out.push_str(if any { "\n  ]" } else { "]" });
}

fn unit_of(unit: &Unit) -> String {
    match unit {
        Unit::Rate { numerator, denominator } => format!("rate({numerator}/{denominator})"),
        other => other.name().to_owned(),
    }
}

fn value_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => json!(number),
        // What is not finite has no number in JSON and becomes null.
        Value::Float(number) => json!(number),
        Value::Decimal(_) | Value::Text(_) | Value::Date(_) | Value::Instant(_) => {
            Json::String(value.plain())
        }
        Value::List(items) => Json::Array(items.iter().map(value_of).collect()),
    }
}
