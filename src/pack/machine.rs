//! CSV for machines: names of columns, ISO dates, a point, nothing rounded.
//!
//! Control characters of a text are written as their pictures: a file that is
//! shown in a terminal commands nothing there. A spreadsheet that opens it runs no text: what it would take for a formula is
//! written with an apostrophe in front, which it shows and does not run.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::domain::text::inert;
use crate::domain::{Table, Value};

pub(super) fn csv(table: &Table) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory fails only for rows of unlike length, which are padded.
    let _ = writer.write_record(table.columns.iter().map(|column| column.name.as_str()));
    for row in &table.rows {
        let fields = (0..table.columns.len()).map(|i| row.get(i).map(field).unwrap_or_default());
        let _ = writer.write_record(fields);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn field(value: &Value) -> String {
    match value {
        Value::Text(text) if is_formula(text) => format!("'{}", inert(text)),
        Value::Text(text) => inert(text).into_owned(),
        other => other.plain(),
    }
}

/// A number keeps its sign, also where it is stored as a text.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r']) && Decimal::from_str(text).is_err()
}
