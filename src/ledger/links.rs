//! The records that a record names.

use super::body::{Body, rows, text};
use crate::catalog::Form;
use crate::catalog::form::{Field, FieldKind};

/// A field of a body that names another record.
#[derive(Clone, Debug, PartialEq)]
pub struct Link<'a> {
    /// Path of the field: `link`, `evidence/0/record`.
    pub path: String,
    /// What the field is called; of repeating rows, what the group is called.
    pub label: &'a str,
    /// The record named.
    pub record: &'a str,
    /// Kinds that may be named; none: any.
    pub kinds: &'a [String],
    /// The record named comes of this one; else this one rests on it.
    pub changes: bool,
}

/// Every link of a body that is filled in, in the order of the form.
pub fn links<'a>(form: &'a Form, body: &'a Body) -> Vec<Link<'a>> {
    let mut found = Vec::new();
    let mut look = |path: String, label: &'a str, field: &'a Field, body: &'a Body| {
        if let FieldKind::Link { kinds, changes } = &field.kind
            && let Some(record) = text(body, &field.id)
        {
            found.push(Link { path, label, record, kinds, changes: *changes });
        }
    };
    for field in form.fields() {
        if let FieldKind::Rows { fields: columns, .. } = &field.kind {
            for (place, row) in rows(body, &field.id).into_iter().enumerate() {
                for column in columns {
                    let path = format!("{}/{place}/{}", field.id, column.id);
                    look(path, &field.label, column, row);
                }
            }
        } else {
            look(field.id.clone(), &field.label, field, body);
        }
    }
    found
}
