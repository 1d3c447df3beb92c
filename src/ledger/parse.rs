//! A document that a person wrote, as the body of a record.
//!
//! Invariant: what is wrong is named with its field and its line, all of it at
//! once; what the program fills in by itself is not taken from a document.

use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

use super::body::Body;
use super::check::{fields, normalised};
use super::error::{LedgerError, Problem};
use super::places::{Places, line_of};
use crate::catalog::Form;

/// Reads a document: TOML as [`super::template`] prints it, or a JSON object,
/// also one that `records show --format json` printed. Facts that the form fills
/// in are left out: the figure says what they are. Whether anything is missing
/// is checked when it is written.
///
/// # Errors
/// `Problems`, each with field and line.
pub fn parse_document(form: &Form, text: &str) -> Result<Body, LedgerError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (given, places) =
        if text.trim_start().starts_with('{') { from_json(form, text)? } else { from_toml(text)? };
    let (mut body, mut problems) = normalised(form, &given);
    if problems.is_empty() {
        for field in fields(form).filter(|field| field.is_fact()) {
            body.remove(&field.id);
        }
        return Ok(body);
    }
    for problem in &mut problems {
        problem.line = places.line(&problem.field);
    }
    problems.sort_by_key(|problem| problem.line);
    Err(LedgerError::Problems(problems))
}

fn wrong(line: Option<usize>, message: impl Into<String>) -> LedgerError {
    LedgerError::Problems(vec![Problem { field: String::new(), message: message.into(), line }])
}

fn from_json(form: &Form, text: &str) -> Result<(Body, Places), LedgerError> {
    let read: Json = serde_json::from_str(text)
        .map_err(|error| wrong(Some(error.line()), format!("this is not JSON: {error}")))?;
    let Json::Object(mut object) = read else {
        return Err(wrong(Some(1), "a document is a JSON object"));
    };
    let places = Places::of_json(text);
    // A record as `records show` prints it holds the document.
    let own = |id: &str| fields(form).any(|field| field.id == id);
    let (false, Some(Json::String(kind))) = (own("kind"), object.get("kind")) else {
        return Ok((object, places));
    };
    if *kind != form.kind {
        let message = format!("this is a {kind}, not a {}", form.kind);
        return Err(wrong(places.line("kind"), message));
    }
    match object.remove("body") {
        Some(Json::Object(body)) => Ok((body, places.below("body"))),
        _ => Err(wrong(places.line("body"), "the record has no body")),
    }
}

fn from_toml(text: &str) -> Result<(Body, Places), LedgerError> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let problems = errors.iter().map(|error| Problem {
            field: String::new(),
            message: format!("this is not TOML: {}", error.message()),
            line: error.span().map(|span| line_of(text, span.start)),
        });
        return Err(LedgerError::Problems(problems.collect()));
    }
    let mut places = Places::default();
    let body = of_table(text, "", table.get_ref(), &mut places);
    Ok((body, places))
}

fn of_table(text: &str, above: &str, table: &DeTable<'_>, places: &mut Places) -> Body {
    let mut body = Body::new();
    for (key, value) in table {
        let path = format!("{above}{}", key.get_ref());
        places.note(&path, line_of(text, key.span().start));
        body.insert(key.get_ref().to_string(), of_value(text, &path, value.get_ref(), places));
    }
    body
}

/// Numbers and dates stay the text that was written: no float ever carries money.
fn of_value(text: &str, path: &str, value: &DeValue<'_>, places: &mut Places) -> Json {
    match value {
        DeValue::String(string) => Json::from(string.as_ref()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Json::from(number.to_string()),
            Err(_) => Json::from(number.as_str()),
        },
        DeValue::Float(number) => Json::from(number.as_str().replace('_', "")),
        DeValue::Boolean(flag) => Json::from(*flag),
        DeValue::Datetime(datetime) => Json::from(datetime.to_string()),
        DeValue::Array(items) => {
            let mut list = Vec::new();
            for (place, item) in items.iter().enumerate() {
                let path = format!("{path}/{place}");
                places.note(&path, line_of(text, item.span().start));
                list.push(of_value(text, &path, item.get_ref(), places));
            }
            Json::Array(list)
        }
        DeValue::Table(table) => Json::Object(of_table(text, &format!("{path}/"), table, places)),
    }
}
