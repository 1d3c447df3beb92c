//! The body of a revision: what was filled in, field by field.
//!
//! Invariant: a body has one canonical text, whatever order its fields were
//! filled in; the chain is computed over that text.

use serde_json::{Map, Value as Json};

use crate::catalog::Form;

/// Field id → value. Text, choices of one, dates (`2025-12-31`), money
/// (`1250.00`), numbers (`4`), percent (`0.12` is 12 %), people and links are
/// strings; `choices` an array of strings; repeating rows an array of objects
/// of the same kind. What is not filled in is not there: no null, no empty text.
pub type Body = Map<String, Json>;

/// The body as it is stored and hashed: JSON without blanks, the keys of every
/// object in the order of their bytes.
pub fn canonical(body: &Body) -> String {
    sorted(&Json::Object(body.clone())).to_string()
}

fn sorted(value: &Json) -> Json {
    match value {
        Json::Object(object) => {
            let mut pairs: Vec<(&String, &Json)> = object.iter().collect();
            pairs.sort_by_key(|(key, _)| key.as_bytes());
            Json::Object(pairs.into_iter().map(|(key, v)| (key.clone(), sorted(v))).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// The text of a field that is filled in and is neither `choices` nor rows.
pub(super) fn text<'a>(body: &'a Body, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Json::as_str)
}

/// What a record is about, by the fields of its form that say so: `Northwind · Enterprise`. `None` while
/// the first of them is empty, and for a form whose records stand for themselves.
pub fn about(form: &Form, body: &Body) -> Option<String> {
    let (first, others) = form.about.split_first()?;
    let mut said = text(body, first)?.to_owned();
    for value in others.iter().filter_map(|field| text(body, field)) {
        said.push_str(" · ");
        said.push_str(value);
    }
    Some(said)
}

/// Whether two bodies are about the same: each of the fields says the same, whatever the case, or nothing.
pub(super) fn same_thing(form: &Form, one: &Body, other: &Body) -> bool {
    let said = |body: &Body, field: &str| text(body, field).map(str::to_lowercase);
    form.about.iter().all(|field| said(one, field) == said(other, field))
}

/// The rows of a repeating group; none when it is not filled in.
pub(super) fn rows<'a>(body: &'a Body, field: &str) -> Vec<&'a Body> {
    let rows = body.get(field).and_then(Json::as_array);
    rows.into_iter().flatten().filter_map(Json::as_object).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_filling_in_does_not_matter() {
        let body = |value: Json| value.as_object().cloned().expect("an object");
        let one = body(json!({"b": "2", "a": [{"y": "1", "x": "\n"}], "é": "ü"}));
        let two = body(json!({"é": "ü", "a": [{"x": "\n", "y": "1"}], "b": "2"}));
        assert_eq!(canonical(&one), canonical(&two));
        assert_eq!(canonical(&one), r#"{"a":[{"x":"\n","y":"1"}],"b":"2","é":"ü"}"#);
    }
}
