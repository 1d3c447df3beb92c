//! A record as a document: its form's sections, what was written, what is missing.

use serde_json::{Map, Value};

use crate::catalog::form::{Field, FieldKind, Form, Required};
use crate::tui::theme::Tone;
use crate::tui::widgets::document_block::{Block, Document};
use crate::tui::widgets::field_text;

/// The record as it is read. With a `state` it also says which fields should
/// have been filled in by then; empty fields are left out otherwise.
pub fn record(form: &Form, body: &Map<String, Value>, state: Option<&str>) -> Document {
    let mut blocks = Vec::new();
    for section in &form.sections {
        let mut inside = Vec::new();
        for field in &section.fields {
            inside.extend(field_blocks(form, field, body.get(&field.id), state));
        }
        if !inside.is_empty() {
            blocks.push(Block::Heading(section.title.clone()));
            blocks.extend(inside);
        }
    }
    if blocks.is_empty() {
        blocks.push(Block::Note("Nothing has been written yet.".to_owned()));
    }
    Document { blocks }
}

fn field_blocks(
    form: &Form,
    field: &Field,
    value: Option<&Value>,
    state: Option<&str>,
) -> Vec<Block> {
    let value = value.unwrap_or(&Value::Null);
    let shown = field_text::show(field, value);
    if shown.trim().is_empty() {
        if !state.is_some_and(|state| is_required(form, &field.required, state)) {
            return Vec::new();
        }
        let missing = "not given yet".to_owned();
        return vec![Block::Pair { label: field.label.clone(), value: missing, tone: Tone::Warn }];
    }
    match (&field.kind, value) {
        (FieldKind::LongText, _) => {
            vec![Block::Note(field.label.clone()), Block::Text(shown)]
        }
        (FieldKind::Rows { fields, .. }, Value::Array(rows)) => {
            let cell = |row: &Value, field: &Field| {
                field_text::show(field, row.get(&field.id).unwrap_or(&Value::Null))
            };
            // Columns that no row uses would only take room.
            let used: Vec<&Field> = fields
                .iter()
                .filter(|field| rows.iter().any(|row| !cell(row, field).is_empty()))
                .collect();
            let columns = used.iter().map(|field| field.label.clone()).collect();
            let rows = rows.iter().map(|row| used.iter().map(|f| cell(row, f)).collect()).collect();
            vec![Block::Note(field.label.clone()), Block::Rows { columns, rows }]
        }
        _ => {
            vec![Block::Pair { label: field.label.clone(), value: shown, tone: Tone::Plain }]
        }
    }
}

/// Whether a field that is required in this way must be filled in when the
/// record is in `state`. States count in the order of the form.
pub fn is_required(form: &Form, required: &Required, state: &str) -> bool {
    let place = |id: &str| form.states.iter().position(|state| state.id == id);
    match required {
        Required::No => false,
        Required::Always => true,
        Required::From(from) => match (place(from), place(state)) {
            (Some(from), Some(now)) => now >= from,
            _ => false,
        },
    }
}
