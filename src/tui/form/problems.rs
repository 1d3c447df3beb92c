//! What is wrong with which field: what the ledger said, and what cannot be read.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalog::form::FieldKind;
use crate::ledger::typed;
use crate::tui::form::pane::FormPane;
use crate::tui::form::stops::{self, Part, Stop};

impl FormPane {
    /// Numbers and dates that cannot be read, in the order of the form.
    pub(super) fn typed_problems(&self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let body = self.body();
        for (at, field) in stops::fields(&self.form).enumerate() {
            let whole = Stop::whole(at);
            let mut places = vec![whole];
            for row in 0..stops::rows(&body, field).len() {
                places.extend((0..stops::cells(field).len()).map(|cell| whole.cell(row, cell)));
            }
            for stop in places {
                let kind = stops::field_at(&self.form, stop).map(|field| &field.kind);
                let value = stops::value(&self.form, &body, stop).as_str();
                if let Some(message) = kind.zip(value).and_then(|(k, v)| typed::problem(k, v)) {
                    out.push((stops::path(&self.form, stop), message));
                }
            }
        }
        out
    }

    /// What is wrong where: what the ledger said, and what cannot be read.
    pub(super) fn all_problems(&self) -> BTreeMap<String, String> {
        let mut problems = self.problems.clone();
        problems.extend(self.typed_problems());
        problems
    }

    pub(super) fn go_to_first_problem(&mut self) {
        let order =
            |path: &String| stops::at_path(&self.form, path).map_or(usize::MAX, |stop| stop.field);
        if let Some(first) = self.problems.keys().min_by_key(|path| order(path))
            && let Some(stop) = stops::at_path(&self.form, first)
        {
            self.finish();
            self.go(stop);
            self.scroll();
        }
    }

    /// Goes to the field at a path, as the ledger names it.
    pub fn go_to(&mut self, path: &str) {
        if let Some(stop) = stops::at_path(&self.form, path) {
            self.finish();
            self.go(stop);
            self.scroll();
        }
    }

    /// How many of the fields that people fill in have something in them.
    pub fn progress(&self) -> (usize, usize) {
        let body = self.body();
        let asked: Vec<bool> = stops::fields(&self.form)
            .filter(|field| self.may_edit(field))
            .filter(|field| !matches!(field.kind, FieldKind::Evidence { again: Some(_) }))
            .map(|field| body.get(&field.id).is_some_and(|value| !is_empty(value)))
            .collect();
        (asked.iter().filter(|filled| **filled).count(), asked.len())
    }

    /// What the ledger said about a place is no longer about what stands there.
    pub(super) fn forget_problems(&mut self, stop: Stop) {
        let id = stops::field(&self.form, stop.field).map_or("", |field| field.id.as_str());
        let path = stops::path(&self.form, stop);
        let is_cell = matches!(stop.part, Part::Cell(..));
        self.problems.retain(|known, _| {
            let of_field = known == id || known.starts_with(&format!("{id}/"));
            if is_cell { *known != path && known != id } else { !of_field }
        });
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
