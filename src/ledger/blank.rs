//! A record before anybody wrote anything into it.

use serde_json::Value as Json;

use super::body::Body;
use super::normal::normal;
use crate::catalog::Form;
use crate::catalog::form::{Field, FieldKind};

/// The body of a new record: the defaults of the form. Groups of rows start empty.
pub fn blank(form: &Form) -> Body {
    defaults(form.sections.iter().flat_map(|section| &section.fields))
}

/// A new row of a group: the defaults of its fields.
fn defaults<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Body {
    let mut body = Body::new();
    for field in fields {
        let Some(default) = &field.default else { continue };
        if matches!(field.kind, FieldKind::Rows { .. }) {
            continue;
        }
        // The catalog has checked that defaults fit.
        if let Ok(Some(value)) = normal(field, &Json::from(default.as_str())) {
            body.insert(field.id.clone(), value);
        }
    }
    body
}
