//! How the columns of a file were read, for the report.
//!
//! Owns the words. Everything that was decided is among them, with the value
//! that decided it.

use super::column::{Column, Style};
use super::currency::CurrencyRule;
use super::numbers::NumberStyle;
use super::report::ColumnReading;

/// One reading for each column that comes from the file, and one for the currency where no column
/// holds it.
pub fn readings(columns: &[Column], currency: &CurrencyRule) -> Vec<ColumnReading> {
    let columns = columns.iter().filter(|column| column.in_file).map(reading);
    let currency = currency.told.as_ref().map(|(header, why)| {
        let read_as = match (&currency.given, currency.by_amount) {
            (Some(code), false) => code.clone(),
            _ => "each amount's own".to_owned(),
        };
        ColumnReading {
            column: format!("{header} (currency)"),
            field: "currency".to_owned(),
            kind: "text".to_owned(),
            read_as,
            because: why.words.clone(),
            decided_by: why.seen.clone(),
            missing: Vec::new(),
            kept: Vec::new(),
            notable: true,
        }
    });
    columns.chain(currency).collect()
}

fn reading(column: &Column) -> ColumnReading {
    let (read_as, notable) = match &column.style {
        Style::Text => ("text".to_owned(), false),
        Style::Period => ("period".to_owned(), false),
        Style::Empty => ("missing".to_owned(), true),
        Style::Flag(_) => ("yes or no".to_owned(), true),
        Style::Date(style) => {
            let rule = style.clock.rule().map(|rule| format!("; {rule}")).unwrap_or_default();
            let hours = match style.hours {
                0 => String::new(),
                hours => format!(", {hours} hours later"),
            };
            (format!("{}{rule}{hours}", style.pattern), true)
        }
        Style::Number(style) => (number(style), !style.plain || style.unit != 1),
        Style::Share(style, scale) => {
            let mark = if style.plain { String::new() } else { format!(", {}", number(style)) };
            (format!("{}{mark}", scale.words()), true)
        }
    };
    let told = !column.missing.is_empty() || !column.kept.is_empty();
    let because = match &column.style {
        Style::Empty if column.why.words.is_empty() => "it has no value at all".to_owned(),
        _ => column.why.words.clone(),
    };
    ColumnReading {
        column: column.header.clone(),
        field: column.fact.name.to_owned(),
        kind: column.fact.kind.name().to_owned(),
        read_as,
        because,
        decided_by: column.why.seen.clone(),
        missing: column.missing.clone(),
        kept: column.kept.clone(),
        notable: notable || told,
    }
}

fn number(style: &NumberStyle) -> String {
    let mark = if style.decimal == '.' { "decimal point" } else { "decimal comma" };
    match style.unit {
        1 => mark.to_owned(),
        unit => format!("{mark}, times {unit}"),
    }
}
