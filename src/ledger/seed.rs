//! What a new record begins with: the row of a figure that it is written from.

use crate::catalog::Form;
use crate::catalog::form::FieldKind;

use super::body::Body;
use super::evidence::Evidence;

/// The row in the first evidence of the form. What the figure binds to that field stays with it
/// in words: by it the figure finds the record again.
pub fn seed_evidence(form: &Form, seed: &mut Body, cited: Evidence) {
    let first = |kind: &FieldKind| matches!(kind, FieldKind::Evidence { again: None });
    let Some(field) = form.fields().find(|field| first(&field.kind)) else { return };
    let says = seed.get(&field.id).and_then(|words| words.as_str()).map(str::to_owned);
    seed.insert(field.id.clone(), Evidence { says, ..cited }.to_json());
}
