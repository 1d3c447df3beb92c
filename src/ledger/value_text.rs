//! A stored value as people read it: the one place where the JSON of a record
//! becomes words.
//!
//! A value that does not fit its field is shown as it stands, so that nothing
//! that somebody wrote is ever hidden.

use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::evidence::Evidence;
use super::normal::decimal;
use crate::catalog::form::{Choice, Field, FieldKind};
use crate::domain::Formats;

/// The value in words: `1,250.00`, `12.5%`, the label of a choice; empty when
/// there is none. Rows give one line each.
pub fn value_text(field: &Field, value: &Json) -> String {
    match (&field.kind, value) {
        (_, Json::Null) => String::new(),
        (FieldKind::Choice { options }, Json::String(chosen)) => label(options, chosen),
        (FieldKind::Choices { options }, Json::Array(chosen)) => {
            let labels = chosen.iter().map(|one| label(options, &plain_text(one)));
            labels.collect::<Vec<_>>().join(", ")
        }
        (FieldKind::Evidence { .. }, Json::Object(_)) => {
            Evidence::read(value).map_or_else(|_| plain_text(value), |cited| cited.in_words())
        }
        (FieldKind::Money, _) => {
            number(value).map_or_else(|| plain_text(value), |n| Formats::here().money(n))
        }
        (FieldKind::Percent, _) => number(value).map_or_else(|| plain_text(value), percent_text),
        (FieldKind::Rows { fields, .. }, Json::Array(rows)) => {
            rows.iter().map(|row| row_text(fields, row)).collect::<Vec<_>>().join("\n")
        }
        _ => plain_text(value),
    }
}

/// One of the repeating rows on one line: what is known of it, in order.
pub fn row_text(fields: &[Field], row: &Json) -> String {
    let cell = |field: &Field| value_text(field, row.get(&field.id).unwrap_or(&Json::Null));
    let known = fields.iter().map(cell).filter(|text| !text.is_empty());
    known.collect::<Vec<_>>().join(" | ")
}

/// A share as percent, exactly: 0.125 is `12.5%`.
pub fn percent_text(share: Decimal) -> String {
    let percent = share.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(share);
    format!("{}%", percent.normalize())
}

/// Any JSON as text without its quotes.
pub fn plain_text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(plain_text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The label of an option, or the value itself where the form has none for it.
fn label(options: &[Choice], value: &str) -> String {
    let option = options.iter().find(|option| option.value == value);
    option.map_or_else(|| value.to_owned(), |option| option.label.clone())
}

fn number(value: &Json) -> Option<Decimal> {
    match value {
        Json::String(text) => decimal(text),
        Json::Number(number) => decimal(&number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::form::Required;

    fn field(id: &str, kind: FieldKind) -> Field {
        Field {
            id: id.into(),
            label: id.into(),
            help: String::new(),
            kind,
            required: Required::No,
            filled_from: None,
            editable: true,
            default: None,
        }
    }

    fn options() -> Vec<Choice> {
        let option = |value: &str, label: &str| Choice { value: value.into(), label: label.into() };
        vec![option("no", "No decision"), option("lost", "Lost to a competitor")]
    }

    #[test]
    fn each_kind_reads_its_own_way() {
        for (kind, value, shown) in [
            (FieldKind::Money, json!("1250.5"), "1,250.50"),
            (FieldKind::Money, json!("12 or so"), "12 or so"),
            (FieldKind::Percent, json!("0.125"), "12.5%"),
            (FieldKind::Percent, json!("1"), "100%"),
            (FieldKind::Number { min: None, max: None }, json!("4"), "4"),
            (FieldKind::Date, json!("2025-11-03"), "2025-11-03"),
            (FieldKind::Choice { options: options() }, json!("no"), "No decision"),
            (FieldKind::Choice { options: options() }, json!("else"), "else"),
            (
                FieldKind::Choices { options: options() },
                json!(["no", "lost"]),
                "No decision, Lost to a competitor",
            ),
            (FieldKind::Text { max: None }, json!(null), ""),
        ] {
            assert_eq!(value_text(&field("x", kind.clone()), &value), shown, "{kind:?}");
        }
    }

    #[test]
    fn rows_are_lines() {
        let fields =
            vec![field("name", FieldKind::Text { max: None }), field("amount", FieldKind::Money)];
        let rows = json!([{"name": "a", "amount": "1"}, {"amount": "2"}]);
        let kind = FieldKind::Rows { fields, min: 0, max: None };
        assert_eq!(value_text(&field("x", kind), &rows), "a | 1.00\n2.00");
    }
}
