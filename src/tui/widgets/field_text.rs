//! A field's value as people read it: the one place where the JSON of a record
//! becomes text for the screen.
//!
//! A value that does not fit its field is shown as it stands, so that nothing
//! that somebody wrote is ever hidden.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::catalog::form::{Choice, Field, FieldKind};
use crate::domain::Formats;

/// The value in words; empty when there is none. Rows give one line each.
pub fn show(field: &Field, value: &Value) -> String {
    match (&field.kind, value) {
        (_, Value::Null) => String::new(),
        (FieldKind::Choice { options }, Value::String(chosen)) => label(options, chosen),
        (FieldKind::Choices { options }, Value::Array(chosen)) => {
            let labels = chosen.iter().map(|one| label(options, &plain(one)));
            labels.collect::<Vec<_>>().join(", ")
        }
        (FieldKind::Money, _) => {
            decimal(value).map_or_else(|| plain(value), |amount| Formats::default().money(amount))
        }
        (FieldKind::Percent, _) => decimal(value).map_or_else(|| plain(value), percent),
        (FieldKind::Rows { fields, .. }, Value::Array(rows)) => {
            rows.iter().map(|row| self::row(fields, row)).collect::<Vec<_>>().join("\n")
        }
        _ => plain(value),
    }
}

/// One of the repeating rows on one line: what is known of it, in order.
pub fn row(fields: &[Field], row: &Value) -> String {
    let cell = |field: &Field| show(field, row.get(&field.id).unwrap_or(&Value::Null));
    let known = fields.iter().map(cell).filter(|text| !text.is_empty());
    known.collect::<Vec<_>>().join(" | ")
}

/// The label of an option, or the value itself where the form has none for it.
pub fn label(options: &[Choice], value: &str) -> String {
    let option = options.iter().find(|option| option.value == value);
    option.map_or_else(|| value.to_owned(), |option| option.label.clone())
}

/// A share as percent, exactly: 0.125 is `12.5%`.
pub fn percent(share: Decimal) -> String {
    let percent = share.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(share);
    format!("{}%", percent.normalize())
}

/// The number that a text of the record holds.
pub fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

/// Any JSON as text without its quotes.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tui::widgets::testing::field;

    #[test]
    fn each_kind_reads_its_own_way() {
        for (kind, value, shown) in [
            ("money", json!("1250.5"), "1,250.50"),
            ("money", json!("12 or so"), "12 or so"),
            ("percent", json!("0.125"), "12.5%"),
            ("percent", json!("1"), "100%"),
            ("number", json!("4"), "4"),
            ("date", json!("2025-11-03"), "2025-11-03"),
            ("choice", json!("no"), "No decision"),
            ("choice", json!("else"), "else"),
            ("choices", json!(["no", "lost"]), "No decision, Lost to a competitor"),
            ("text", json!(null), ""),
        ] {
            assert_eq!(show(&field("x", kind), &value), shown, "{kind}");
        }
    }

    #[test]
    fn rows_are_lines() {
        let rows = json!([{"name": "a", "amount": "1"}, {"amount": "2"}]);
        assert_eq!(show(&field("x", "rows"), &rows), "a | 1.00\n2.00");
    }
}
