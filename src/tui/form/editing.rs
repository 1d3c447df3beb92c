//! Editing one field: what keys do to the text that is typed, or to the list
//! that is open.

use crossterm::event::{KeyCode, KeyEvent};
use serde_json::Value;

use crate::catalog::form::{Choice, FieldKind};
use crate::ledger;
use crate::ledger::typed;
use crate::tui::form::editor::{Edited, NoteEditor};
use crate::tui::form::note_area::NoteArea;
use crate::tui::form::open_field::Editing;
use crate::tui::form::pane::{FormOutcome, FormPane, Wanted, takes_typing};
use crate::tui::form::stops::{self, Part, Stop};
use crate::tui::widgets::keys;
use crate::tui::widgets::list_picker::{ListPicker, PickItem, PickOutcome};

impl FormPane {
    /// Begins to edit the field that has the focus.
    pub(super) fn begin(&mut self) -> FormOutcome {
        let stop = self.focus;
        let Some(field) = stops::field_at(&self.form, stop) else { return FormOutcome::Nothing };
        if !self.may_edit(field) {
            return FormOutcome::Nothing;
        }
        let value = stops::value(&self.form, &self.body, stop).clone();
        let stored = ledger::plain_text(&value);
        let title = field.label.clone();
        if matches!(field.kind, FieldKind::Evidence { .. }) && value.is_object() {
            let note = "Taken from a figure; it is not typed. Del takes it away.";
            self.notice = Some(note.to_owned());
            return FormOutcome::Moved;
        }
        if takes_typing(&field.kind) {
            let text = typed::for_typing(&field.kind, &stored);
            if NoteArea::is_too_long(&text) {
                let note = "This is too long for the screen; revise it from a file.";
                self.notice = Some(note.to_owned());
                return FormOutcome::Moved;
            }
            let area = match &field.kind {
                FieldKind::LongText => NoteArea::new(&text),
                FieldKind::Text { max } => NoteArea::single_line(&text, *max),
                _ => NoteArea::single_line(&text, Some(60)),
            };
            self.editing = Some(Editing::Note { began: area.text(), area: Box::new(area), stop });
            return FormOutcome::Moved;
        }
        let (picker, outcome) = match &field.kind {
            FieldKind::Choice { options } => {
                (ListPicker::new(&title, items(options)), FormOutcome::Moved)
            }
            FieldKind::Choices { options } => {
                let chosen: Vec<String> =
                    value.as_array().into_iter().flatten().map(ledger::plain_text).collect();
                let picker = ListPicker::new(&title, items(options)).multiple(&chosen);
                (picker, FormOutcome::Moved)
            }
            FieldKind::Person => {
                let picker = ListPicker::new(&title, Vec::new()).waiting().free_text(true);
                (picker, FormOutcome::NeedCandidates(Wanted::People))
            }
            FieldKind::Link { kinds, .. } => {
                let picker = ListPicker::new(&title, Vec::new()).waiting().free_text(true);
                let wanted = Wanted::Records { kinds: kinds.clone() };
                (picker, FormOutcome::NeedCandidates(wanted))
            }
            _ => return FormOutcome::Nothing,
        };
        let mut picker = picker;
        picker.select_value(&stored);
        self.editing = Some(Editing::Pick { picker, stop });
        outcome
    }

    pub(super) fn edit_key(&mut self, key: KeyEvent, now: u64) -> FormOutcome {
        let columns = self.field_columns();
        match &mut self.editing {
            None => FormOutcome::Nothing,
            Some(Editing::Pick { picker, .. }) => {
                let picked = picker.handle_key(key);
                self.picked(picked)
            }
            Some(Editing::Note { area, .. }) => {
                let one_line = !area.is_multiline();
                match key.code {
                    _ if keys::is_back(&key) => self.finish(),
                    KeyCode::Tab => self.finish_and_walk(1),
                    KeyCode::BackTab => self.finish_and_walk(-1),
                    KeyCode::Enter | KeyCode::Down if one_line => self.finish_and_walk(1),
                    KeyCode::Up if one_line => self.finish_and_walk(-1),
                    _ => {
                        let edited = area.handle_key(key, now, columns);
                        self.edited(edited)
                    }
                }
            }
        }
    }

    pub(super) fn edit_paste(&mut self, text: &str, now: u64) -> FormOutcome {
        match &mut self.editing {
            None => FormOutcome::Nothing,
            Some(Editing::Pick { picker, .. }) => {
                let picked = picker.paste(text);
                self.picked(picked)
            }
            Some(Editing::Note { area, .. }) => {
                let edited = area.paste(text, now);
                self.edited(edited)
            }
        }
    }

    fn edited(&mut self, edited: Edited) -> FormOutcome {
        match edited {
            Edited::Ignored => FormOutcome::Nothing,
            Edited::Moved => FormOutcome::Moved,
            Edited::Changed => FormOutcome::Changed,
            Edited::Refused(reason) => {
                self.notice = Some(reason);
                FormOutcome::Moved
            }
        }
    }

    fn picked(&mut self, picked: PickOutcome) -> FormOutcome {
        let value = match picked {
            PickOutcome::Nothing | PickOutcome::Moved => return FormOutcome::Moved,
            PickOutcome::Cancelled => {
                self.editing = None;
                return FormOutcome::Moved;
            }
            PickOutcome::Picked(value) => Some(Value::String(value)).filter(|v| *v != ""),
            PickOutcome::PickedMany(values) => {
                (!values.is_empty()).then(|| values.into_iter().map(Value::String).collect())
            }
        };
        let Some(Editing::Pick { stop, .. }) = self.editing.take() else {
            return FormOutcome::Moved;
        };
        let outcome = self.change(stop, value);
        self.walk(1);
        outcome
    }

    /// The long text that has the focus, for the person's own editor.
    pub(super) fn ask_editor(&mut self) -> FormOutcome {
        let long = stops::field_at(&self.form, self.focus)
            .is_some_and(|field| matches!(field.kind, FieldKind::LongText));
        if long && self.editing.is_none() && !self.read_only {
            self.begin();
        }
        match &self.editing {
            Some(Editing::Note { area, .. }) if area.is_multiline() => {
                FormOutcome::AskEditor(area.text())
            }
            _ => FormOutcome::Nothing,
        }
    }

    /// The text as the editor gave it back, in the place of the one it got.
    pub fn take_text(&mut self, text: &str) -> FormOutcome {
        let Some(Editing::Note { area, .. }) = &mut self.editing else {
            return FormOutcome::Nothing;
        };
        if NoteArea::is_too_long(text) {
            self.notice = Some("This is too long for one field; the text is as it was.".to_owned());
            return FormOutcome::Moved;
        }
        **area = NoteArea::new(&keys::pasted(text));
        self.finish()
    }

    /// Takes what was typed into the body; it stays, also if it cannot be read.
    pub(super) fn finish(&mut self) -> FormOutcome {
        match self.editing.take() {
            Some(Editing::Note { area, stop, began }) if area.text() != began => {
                let value = self.typed_value(stop, &area);
                self.change(stop, value)
            }
            _ => FormOutcome::Moved,
        }
    }

    fn finish_and_walk(&mut self, by: isize) -> FormOutcome {
        let outcome = self.finish();
        self.walk(by);
        outcome
    }

    /// The value that the text of a field stands for now.
    pub(super) fn typed_value(&self, stop: Stop, area: &NoteArea) -> Option<Value> {
        let kind = &stops::field_at(&self.form, stop)?.kind;
        let text = area.text();
        let read = match typed::read(kind, &text, self.header.today) {
            Ok(read) => read,
            Err(_) => Some(typed::refused(kind, text.trim())),
        };
        read.map(Value::String)
    }

    /// The keys that do something now, for the footer.
    pub fn hints(&self) -> Vec<(&'static str, &'static str)> {
        let kind = stops::field_at(&self.form, self.focus).map(|field| &field.kind);
        let mut hints = match (&self.editing, self.focus.part) {
            (Some(Editing::Pick { .. }), _) => return vec![("Enter", "choose"), ("Esc", "back")],
            (Some(Editing::Note { area, .. }), _) if area.is_multiline() => {
                vec![("Esc", "done"), ("Tab", "next field"), ("Ctrl-Z", "undo"), ("F3", "editor")]
            }
            (Some(Editing::Note { .. }), _) => vec![("Enter", "done"), ("Ctrl-Z", "undo")],
            _ if self.read_only => return vec![("Esc", "back")],
            (None, Part::Row(_)) => {
                vec![("Enter", "open row"), ("a", "add"), ("d", "remove"), ("J/K", "move")]
            }
            (None, Part::Add) => vec![("Enter", "add a row"), ("Tab", "next field")],
            (None, _) if kind.is_some_and(takes_typing) => {
                vec![("Enter", "edit"), ("Tab", "next field")]
            }
            (None, _) => vec![("Enter", "choose"), ("Tab", "next field"), ("Del", "empty")],
        };
        hints.push(("F2", "save"));
        if self.editing.is_none() {
            hints.push(("F4", "move on"));
            hints.push(("Esc", "back"));
        }
        hints
    }
}

fn items(options: &[Choice]) -> Vec<PickItem> {
    options.iter().map(|option| PickItem::new(&option.value, &option.label)).collect()
}
