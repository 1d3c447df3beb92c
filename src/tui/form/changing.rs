//! What changes the body, and how it is taken back.
//!
//! Invariant: the body before every change is remembered first.

use serde_json::Value;

use crate::catalog::form::{Field, FieldKind};
use crate::tui::form::pane::{Body, FormOutcome, FormPane};
use crate::tui::form::stops::{self, Part, Stop};

impl FormPane {
    /// Stores a value; the body before it can be brought back.
    pub(super) fn change(&mut self, stop: Stop, new: Option<Value>) -> FormOutcome {
        let old = stops::value(&self.form, &self.body, stop);
        if new.as_ref().unwrap_or(&Value::Null) == old {
            return FormOutcome::Moved;
        }
        self.remember();
        stops::store(&self.form, &mut self.body, stop, new);
        self.forget_problems(stop);
        FormOutcome::Changed
    }

    pub(super) fn remember(&mut self) {
        self.undos.push((self.body.clone(), self.focus));
        self.redos.clear();
    }

    pub(super) fn undo(&mut self) -> FormOutcome {
        let Some((body, focus)) = self.undos.pop() else {
            self.notice = Some("Nothing to undo.".to_owned());
            return FormOutcome::Moved;
        };
        self.redos.push((std::mem::replace(&mut self.body, body), self.focus));
        self.go(focus);
        FormOutcome::Changed
    }

    pub(super) fn redo(&mut self) -> FormOutcome {
        let Some((body, focus)) = self.redos.pop() else {
            self.notice = Some("Nothing to redo.".to_owned());
            return FormOutcome::Moved;
        };
        self.undos.push((std::mem::replace(&mut self.body, body), self.focus));
        self.go(focus);
        FormOutcome::Changed
    }

    pub(super) fn clear(&mut self) -> FormOutcome {
        if !matches!(self.focus.part, Part::Whole | Part::Cell(..)) {
            return FormOutcome::Nothing;
        }
        let outcome = self.change(self.focus, None);
        if outcome == FormOutcome::Changed {
            self.notice = Some("Emptied. Ctrl-Z brings it back.".to_owned());
        }
        outcome
    }

    pub(super) fn with_rows(&mut self, act: impl FnOnce(&mut Vec<Value>)) -> FormOutcome {
        let Some(field) = stops::field(&self.form, self.focus.field) else {
            return FormOutcome::Nothing;
        };
        let id = field.id.clone();
        let mut rows = stops::rows(&self.body, field).to_vec();
        self.remember();
        act(&mut rows);
        let rows = (!rows.is_empty()).then_some(Value::Array(rows));
        let whole = Stop::whole(self.focus.field);
        stops::store(&self.form, &mut self.body, whole, rows);
        // Rows have other numbers now.
        self.problems.retain(|path, _| *path != id && !path.starts_with(&format!("{id}/")));
        FormOutcome::Changed
    }

    pub(super) fn add_row(&mut self) -> FormOutcome {
        let Some(field) = stops::field(&self.form, self.focus.field) else {
            return FormOutcome::Nothing;
        };
        let FieldKind::Rows { fields, max, .. } = &field.kind else { return FormOutcome::Nothing };
        let count = stops::rows(&self.body, field).len();
        if let Some(max) = max.filter(|max| count >= *max) {
            self.notice = Some(format!("At most {max} rows fit here."));
            return FormOutcome::Moved;
        }
        let default = |cell: &Field| Some((cell.id.clone(), cell.default.clone()?.into()));
        let row: Body = fields.iter().filter_map(default).collect();
        let outcome = self.with_rows(|rows| rows.push(Value::Object(row)));
        self.go(self.focus.cell(count, 0));
        outcome
    }

    pub(super) fn remove_row(&mut self, row: usize) -> FormOutcome {
        let outcome = self.with_rows(|rows| {
            if row < rows.len() {
                rows.remove(row);
            }
        });
        self.go(self.focus);
        self.notice = Some("Row removed. Ctrl-Z brings it back.".to_owned());
        outcome
    }

    pub(super) fn move_row(&mut self, row: usize, by: isize) -> FormOutcome {
        let Some(field) = stops::field(&self.form, self.focus.field) else {
            return FormOutcome::Nothing;
        };
        let to = row.saturating_add_signed(by);
        if to == row || to >= stops::rows(&self.body, field).len() {
            return FormOutcome::Moved;
        }
        let outcome = self.with_rows(|rows| rows.swap(row, to));
        self.go(self.focus.row(to));
        outcome
    }
}
