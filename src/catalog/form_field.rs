//! Reads one field of a form; part of [`super::form_parse`].

use std::ops::Range;

use rust_decimal::Decimal;

use crate::catalog::error::{Report, suggestion};
use crate::catalog::form::{Again, Choice, Field, FieldKind, Required};
use crate::catalog::toml_read::{Located, Node, Places, one_of};

const TYPES: [&str; 12] = [
    "text",
    "long text",
    "choice",
    "choices",
    "date",
    "number",
    "money",
    "percent",
    "person",
    "link",
    "evidence",
    "rows",
];

/// Columns that the views of the records have besides the fields.
const TAKEN: [&str; 9] = [
    "record_id",
    "revision",
    "state",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "reason",
    "row_number",
];

/// The field and where its id stands; `None` when the report says why not.
pub(crate) fn read(
    report: &mut Report<'_>,
    node: &Node<'_>,
    states: &[&str],
    group: Option<&str>,
    places: &mut Places,
) -> Option<(Range<usize>, Field)> {
    let id = node.needed(report, "the field", "id")?;
    check_id(report, &id);
    let word = node.needed(report, "the field", "type")?;
    let word = Located { value: one_of(report, "type", &word, &TYPES)?, range: word.range };
    let own: &[&str] = match word.value {
        "text" => &["max"],
        "choice" | "choices" => &["options"],
        "number" => &["min", "max"],
        "link" => &["kinds", "changes"],
        "evidence" => &["again", "on", "period"],
        "rows" => &["min", "max", "field"],
        _ => &[],
    };
    let mut keys = vec!["id", "type", "label", "help", "required"];
    if group.is_none() && word.value != "rows" {
        keys.extend(["from", "editable"]);
    }
    if !matches!(word.value, "rows" | "evidence") {
        keys.push("default");
    }
    keys.extend(own);
    node.only(report, &format!("a field of type {}", word.value), &keys);
    let path = group.map_or(id.value.clone(), |group| format!("{group}.{}", id.value));
    let kind = kind(report, node, word.value, states, &path, &id, places)?;
    let filled_from = filled_from(report, node, &path, places);
    let default = default(report, node, &kind);
    let field = Field {
        label: node.text(report, "label").map_or_else(|| label_of(&id.value), |text| text.value),
        help: node.text(report, "help").map(|text| text.value).unwrap_or_default(),
        required: required(report, node, states),
        editable: node.flag(report, "editable").unwrap_or(filled_from.is_none()),
        filled_from,
        default,
        kind,
        id: id.value,
    };
    Some((id.range, field))
}

/// `first_sign` becomes `First sign`.
pub(crate) fn label_of(id: &str) -> String {
    let words = id.replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn check_id(report: &mut Report<'_>, id: &Located<String>) {
    let plain = id.value.starts_with(|c: char| c.is_ascii_lowercase())
        && id.value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !plain {
        report.at(id.range.clone(), "the id of a field has small letters, digits and _ only");
    } else if TAKEN.contains(&id.value.as_str()) {
        report.at(
            id.range.clone(),
            format!("\"{}\" is what every record has already; choose another id", id.value),
        );
    }
}

fn kind(
    report: &mut Report<'_>,
    node: &Node<'_>,
    word: &str,
    states: &[&str],
    path: &str,
    id: &Located<String>,
    places: &mut Places,
) -> Option<FieldKind> {
    Some(match word {
        "text" => FieldKind::Text { max: node.whole(report, "max").map(|max| max.value) },
        "long text" => FieldKind::LongText,
        "choice" => FieldKind::Choice { options: options(report, node, id) },
        "choices" => FieldKind::Choices { options: options(report, node, id) },
        "date" => FieldKind::Date,
        "number" => {
            let min = node.number(report, "min").map(|min| min.value);
            let max = node.number(report, "max").map(|max| max.value);
            check_limits(report, node, min, max);
            FieldKind::Number { min, max }
        }
        "money" => FieldKind::Money,
        "percent" => FieldKind::Percent,
        "person" => FieldKind::Person,
        "link" => {
            let kinds = node.texts(report, "kinds");
            for kind in &kinds {
                places.insert(format!("kinds.{path}.{}", kind.value), kind.range.clone());
            }
            FieldKind::Link {
                kinds: kinds.into_iter().map(|kind| kind.value).collect(),
                changes: node.flag(report, "changes").unwrap_or(false),
            }
        }
        "evidence" => FieldKind::Evidence { again: again(report, node, path, places) },
        _ => return rows(report, node, states, path, id, places),
    })
}

fn rows(
    report: &mut Report<'_>,
    node: &Node<'_>,
    states: &[&str],
    path: &str,
    id: &Located<String>,
    places: &mut Places,
) -> Option<FieldKind> {
    if path != id.value {
        report.at(id.range.clone(), "rows stand in a section, never inside of other rows");
        return None;
    }
    let mut fields: Vec<Field> = Vec::new();
    for inner in node.tables(report, "field") {
        let Some((place, field)) = read(report, &inner, states, Some(path), places) else {
            continue;
        };
        if fields.iter().any(|known| known.id == field.id) {
            report.at(place, format!("there are two fields \"{}\" in {path}", field.id));
        }
        fields.push(field);
    }
    if fields.is_empty() {
        report.at(id.range.clone(), "rows need fields: [[section.field.field]]");
    }
    let min = node.whole(report, "min").map(|min| min.value);
    let max = node.whole(report, "max").map(|max| max.value);
    check_limits(report, node, min.map(|min| min as f64), max.map(|max| max as f64));
    Some(FieldKind::Rows { fields, min: min.unwrap_or(0), max })
}

/// Another field's evidence, taken again: `again` and `on` come together.
fn again(
    report: &mut Report<'_>,
    node: &Node<'_>,
    path: &str,
    places: &mut Places,
) -> Option<Again> {
    match (node.text(report, "again"), node.text(report, "on")) {
        (Some(field), Some(on)) => {
            places.insert(format!("again.{path}"), field.range);
            places.insert(format!("on.{path}"), on.range);
            let period = node.text(report, "period").map(|period| {
                places.insert(format!("period.{path}"), period.range);
                period.value
            });
            Some(Again { field: field.value, on: on.value, period })
        }
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => {
            report
                .at(one.range, "evidence is read again with both: again = field, on = date field");
            None
        }
    }
}

fn check_limits(report: &mut Report<'_>, node: &Node<'_>, min: Option<f64>, max: Option<f64>) {
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        report.at(node.key_range("max"), format!("max is less than min, which is {min}"));
    }
}

fn options(report: &mut Report<'_>, node: &Node<'_>, id: &Located<String>) -> Vec<Choice> {
    let mut out: Vec<Choice> = Vec::new();
    for item in node.items(report, "options") {
        let choice = if item.is_text() {
            let text = item.text(report, "options").map(|text| text.value).unwrap_or_default();
            Choice { label: text.clone(), value: text }
        } else if let Some(table) = item.as_table() {
            table.only(report, "an option", &["value", "label"]);
            let Some(value) = table.needed(report, "the option", "value") else { continue };
            let label = table.text(report, "label").map(|text| text.value);
            Choice { label: label.unwrap_or_else(|| value.value.clone()), value: value.value }
        } else {
            report.at(item.range(), "an option is a text or { value = \"…\", label = \"…\" }");
            continue;
        };
        if choice.value.trim().is_empty() {
            report.at(
                item.range(),
                "an option is empty; leave it out: nothing chosen is always possible",
            );
        } else if out.iter().any(|known| known.value == choice.value) {
            report.at(item.range(), format!("the option \"{}\" stands here twice", choice.value));
        } else {
            out.push(choice);
        }
    }
    if out.is_empty() {
        report.at(id.range.clone(), "a choice needs options = [\"…\", \"…\"]");
    }
    out
}

fn required(report: &mut Report<'_>, node: &Node<'_>, states: &[&str]) -> Required {
    let entry = node.entries().into_iter().find(|(key, _)| key.value == "required");
    let Some((_, value)) = entry else { return Required::No };
    match value.as_flag() {
        Some(true) => Required::Always,
        Some(false) => Required::No,
        None if value.is_text() => {
            let state = value.text(report, "required").map(|text| text.value).unwrap_or_default();
            if !states.contains(&state.as_str()) {
                let offer = suggestion(&state, states.iter().copied());
                report.at(value.range(), format!("there is no state \"{state}\"{offer}"));
            }
            Required::From(state)
        }
        None => {
            report.at(value.range(), "required is true, false or the state from which on it is");
            Required::No
        }
    }
}

fn filled_from(
    report: &mut Report<'_>,
    node: &Node<'_>,
    path: &str,
    places: &mut Places,
) -> Option<String> {
    let from = node.text(report, "from");
    if from.is_none() && node.has("editable") {
        report.at(
            node.key_range("editable"),
            "editable belongs to a field with from; any other can be changed anyhow",
        );
    }
    let from = from?;
    places.insert(format!("from.{path}"), from.range);
    Some(from.value)
}

fn default(report: &mut Report<'_>, node: &Node<'_>, kind: &FieldKind) -> Option<String> {
    let default = node.text(report, "default")?;
    let value = default.value.as_str();
    let number = || value.parse::<Decimal>().ok();
    let fault = match kind {
        FieldKind::Choice { options } | FieldKind::Choices { options } => {
            let known = options.iter().map(|option| option.value.as_str());
            let found = options.iter().any(|option| option.value == value);
            (!found)
                .then(|| format!("\"{value}\" is none of the options{}", suggestion(value, known)))
        }
        FieldKind::Date => value
            .parse::<chrono::NaiveDate>()
            .is_err()
            .then(|| format!("\"{value}\" is no date; write it as 2025-10-06")),
        FieldKind::Money | FieldKind::Percent => {
            number().is_none().then(|| format!("\"{value}\" is no number; write it as 1250.00"))
        }
        FieldKind::Number { min, max } => match value.parse::<f64>() {
            Ok(n) if min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max) => None,
            Ok(_) => Some(format!("{value} is outside of min and max")),
            Err(_) => Some(format!("\"{value}\" is no number")),
        },
        FieldKind::Text { max } => max
            .is_some_and(|max| value.chars().count() > max)
            .then(|| "the default is longer than max".to_owned()),
        FieldKind::LongText
        | FieldKind::Person
        | FieldKind::Link { .. }
        | FieldKind::Evidence { .. }
        | FieldKind::Rows { .. } => None,
    };
    if let Some(fault) = fault {
        report.at(default.range, fault);
        return None;
    }
    Some(default.value)
}
