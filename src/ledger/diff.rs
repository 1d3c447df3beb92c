//! What changed between two revisions of a record, field by field.
//!
//! Invariant: pure, and complete: applying every difference to the older body
//! gives the newer one. Fields come in the order of the form; values of fields
//! that the form no longer has are compared as text.

use serde_json::Value as Json;

use super::body::{Body, rows};
use super::diff_rows::{Pairing, pair};
use super::document::row_lines;
use super::revision::Revision;
use super::text_lines::{TextLine, text_lines};
use super::value_text::value_text;
use crate::catalog::Form;
use crate::catalog::form::{Field, FieldKind, Required};

/// Everything that differs between two revisions.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordDiff {
    pub record: String,
    pub from: u32,
    pub to: u32,
    /// The states, when they differ.
    pub state: Option<(String, String)>,
    pub fields: Vec<FieldDiff>,
}

impl RecordDiff {
    /// True when neither the body nor the state differs.
    pub fn is_empty(&self) -> bool {
        self.state.is_none() && self.fields.is_empty()
    }
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDiff {
    pub id: String,
    pub label: String,
    pub change: Change,
}

/// How a field differs. Values are as people read them.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A value of one line; `None`: not filled in.
    Value {
        before: Option<String>,
        after: Option<String>,
    },
    /// A text of several lines.
    Text(Vec<TextLine>),
    /// A field of several choices.
    Choices {
        removed: Vec<String>,
        added: Vec<String>,
    },
    Rows(Vec<RowDiff>),
}

/// A row that differs. Rows are counted from 0, `from` in the older, `to` in the newer body.
#[derive(Clone, Debug, PartialEq)]
pub enum RowDiff {
    Added {
        to: usize,
        values: Vec<(String, String)>,
    },
    Removed {
        from: usize,
        values: Vec<(String, String)>,
    },
    /// The same row with other values. No fields: it only stands elsewhere.
    Changed {
        from: usize,
        to: usize,
        fields: Vec<FieldDiff>,
    },
}

/// Compares two revisions of one record, the older one first.
pub fn diff(form: &Form, from: &Revision, to: &Revision) -> RecordDiff {
    let known: Vec<&Field> = form.sections.iter().flat_map(|section| &section.fields).collect();
    let other: Vec<Field> = unknown(&known, &from.body, &to.body);
    RecordDiff {
        record: to.record.clone(),
        from: from.revision,
        to: to.revision,
        state: (from.state != to.state).then(|| (from.state.clone(), to.state.clone())),
        fields: bodies(known.into_iter().chain(&other), &from.body, &to.body),
    }
}

fn bodies<'a>(
    fields: impl IntoIterator<Item = &'a Field>,
    from: &Body,
    to: &Body,
) -> Vec<FieldDiff> {
    fields.into_iter().filter_map(|field| field_diff(field, from, to)).collect()
}

fn field_diff(field: &Field, from: &Body, to: &Body) -> Option<FieldDiff> {
    let (before, after) = (from.get(&field.id), to.get(&field.id));
    if before == after {
        return None;
    }
    let shown = |value: Option<&Json>| value.map(|value| value_text(field, value));
    let change = match &field.kind {
        FieldKind::Rows { fields, .. } => Change::Rows(rows_diff(field, fields, from, to)),
        FieldKind::LongText => {
            let (before, after) = (shown(before), shown(after));
            Change::Text(text_lines(&before.unwrap_or_default(), &after.unwrap_or_default()))
        }
        FieldKind::Choices { .. } => {
            let items = |value: Option<&Json>| match value {
                Some(Json::Array(items)) => items.clone(),
                _ => vec![],
            };
            let (before, after) = (items(before), items(after));
            let label = |item: &&Json| value_text(field, &Json::Array(vec![(*item).clone()]));
            Change::Choices {
                removed: before
                    .iter()
                    .filter(|item| !after.contains(item))
                    .map(|i| label(&i))
                    .collect(),
                added: after
                    .iter()
                    .filter(|item| !before.contains(item))
                    .map(|i| label(&i))
                    .collect(),
            }
        }
        _ => Change::Value { before: shown(before), after: shown(after) },
    };
    Some(FieldDiff { id: field.id.clone(), label: field.label.clone(), change })
}

fn rows_diff(group: &Field, fields: &[Field], from: &Body, to: &Body) -> Vec<RowDiff> {
    let (old, new) = (rows(from, &group.id), rows(to, &group.id));
    let mut found = Vec::new();
    for pairing in pair(&old, &new) {
        match pairing {
            Pairing::Removed { from } => {
                found.push(RowDiff::Removed { from, values: row_lines(fields, old[from]) });
            }
            Pairing::Added { to } => {
                found.push(RowDiff::Added { to, values: row_lines(fields, new[to]) });
            }
            Pairing::Same { from, to, moved } => {
                let changes = bodies(fields, old[from], new[to]);
                if moved || !changes.is_empty() {
                    found.push(RowDiff::Changed { from, to, fields: changes });
                }
            }
        }
    }
    found
}

/// Fields that a body has and the form does not: an older form wrote them.
fn unknown(known: &[&Field], from: &Body, to: &Body) -> Vec<Field> {
    let mut ids: Vec<&String> = from.keys().chain(to.keys()).collect();
    ids.sort();
    ids.dedup();
    ids.into_iter()
        .filter(|id| known.iter().all(|field| field.id != **id))
        .map(|id| Field {
            id: id.clone(),
            label: id.clone(),
            help: String::new(),
            kind: FieldKind::Text { max: None },
            required: Required::No,
            filled_from: None,
            editable: false,
            default: None,
        })
        .collect()
}
