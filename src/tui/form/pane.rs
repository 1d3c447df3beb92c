//! The form as a state machine: keys in, what is asked for out.
//!
//! Two ways to be: walking from field to field, or editing one. Letters typed
//! on a field begin editing it. Going back never loses what was typed: it stays
//! in the body, and undo takes it out again.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use serde_json::{Map, Value};

use crate::catalog::form::{Field, FieldKind, Form};
use crate::tui::form::editing::Editing;
use crate::tui::form::editor::NoteEditor;
use crate::tui::form::stops::{self, Part, Stop};
use crate::tui::form::typed;
use crate::tui::widgets::keys;
use crate::tui::widgets::list_picker::PickItem;

/// What a record holds: field id to JSON.
pub type Body = Map<String, Value>;

/// What is known of the record beside its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormHeader {
    /// `PM-3`; `None`: it is new.
    pub record: Option<String>,
    /// The id of its state, which says what is required.
    pub state: String,
    pub revision: Option<u32>,
    pub author: Option<String>,
    /// When the revision was written, in words.
    pub at: Option<String>,
    /// Something more: `your draft`.
    pub note: Option<String>,
    /// The currency of amounts.
    pub currency: String,
}

/// What a key led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormOutcome {
    /// The key means nothing to the form.
    Nothing,
    /// Something on the screen changed, but not the body.
    Moved,
    /// The body changed: the draft is due.
    Changed,
    AskSave,
    /// The record should go to its next state.
    AskMove,
    AskLeave,
    /// A list is open and waits for [`FormPane::offer`].
    NeedCandidates(Wanted),
}

/// What an open list waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    People,
    /// Records of these kinds; of any, when empty.
    Records {
        kinds: Vec<String>,
    },
}

/// A form being filled in.
#[derive(Clone, Debug)]
pub struct FormPane {
    pub(super) form: Arc<Form>,
    pub(super) header: FormHeader,
    pub(super) read_only: bool,
    /// Without the text in [`FormPane::editing`], which [`FormPane::body`] adds.
    pub(super) body: Body,
    saved: Body,
    pub(super) focus: Stop,
    pub(super) editing: Option<Editing>,
    /// What the ledger said, by path; an empty path is about the whole.
    pub(super) problems: BTreeMap<String, String>,
    undos: Vec<(Body, Stop)>,
    redos: Vec<(Body, Stop)>,
    /// Said until the next key.
    pub(super) notice: Option<String>,
    /// The first row on the screen.
    pub(super) offset: usize,
    pub(super) area: Rect,
}

impl FormPane {
    pub fn new(form: Arc<Form>, body: Body, header: FormHeader, read_only: bool) -> FormPane {
        let mut pane = FormPane {
            form,
            header,
            read_only,
            saved: body.clone(),
            body,
            focus: Stop::default(),
            editing: None,
            problems: BTreeMap::new(),
            undos: Vec::new(),
            redos: Vec::new(),
            notice: None,
            offset: 0,
            area: Rect::new(0, 0, 80, 20),
        };
        pane.focus = pane.stops().first().copied().unwrap_or_default();
        pane
    }

    /// The body with the text that is being typed: what a draft keeps. Text that
    /// is no number or date yet stands there as it was typed.
    pub fn body(&self) -> Body {
        let mut body = self.body.clone();
        if let Some(Editing::Note { area, stop, began }) = &self.editing
            && area.text() != *began
        {
            stops::store(&self.form, &mut body, *stop, self.typed_value(*stop, area));
        }
        body
    }

    /// Where the focus is, as [`FormPane::restore`] takes it.
    pub fn focus_path(&self) -> String {
        stops::path(&self.form, self.focus)
    }

    /// Takes over a body that was kept, with the focus where it was. The saved
    /// one stays what [`FormPane::dirty`] compares with.
    pub fn restore(&mut self, body: Body, focus_path: Option<&str>) {
        self.editing = None;
        self.undos.clear();
        self.redos.clear();
        self.body = body;
        let stop = focus_path.and_then(|path| stops::at_path(&self.form, path));
        self.go(stop.unwrap_or(self.focus));
        self.scroll();
    }

    /// Whether there is anything that is not saved.
    pub fn dirty(&self) -> bool {
        self.body() != self.saved
    }

    /// The record was saved with this body.
    pub fn saved(&mut self, body: Body, header: FormHeader) {
        self.editing = None;
        self.saved.clone_from(&body);
        self.body = body;
        self.header = header;
        self.problems.clear();
        self.go(self.focus);
    }

    pub fn set_header(&mut self, header: FormHeader) {
        self.header = header;
    }

    /// What is wrong, by field path; the focus goes to the first of them.
    pub fn set_problems(&mut self, problems: Vec<(String, String)>) {
        self.problems.clear();
        for (path, message) in problems {
            let stop = stops::at_path(&self.form, &path);
            let key = stop.map_or(String::new(), |stop| stops::path(&self.form, stop));
            self.problems
                .entry(key)
                .and_modify(|known| *known = format!("{known}; {message}"))
                .or_insert(message);
        }
        self.go_to_first_problem();
    }

    /// How many places have something wrong with them.
    pub fn problem_count(&self) -> usize {
        self.all_problems().len()
    }

    /// Letters typed now are text, so they may come in a burst from a clipboard.
    pub fn editing(&self) -> bool {
        let typing = |field: &Field| takes_typing(&field.kind) && self.may_edit(field);
        let walking = || matches!(self.focus.part, Part::Whole | Part::Cell(..));
        self.editing.is_some()
            || walking() && stops::field_at(&self.form, self.focus).is_some_and(typing)
    }

    /// The area it will be drawn in, so that it scrolls no further than needed.
    pub fn fit(&mut self, area: Rect) {
        self.area = area;
        self.scroll();
    }

    /// Does what a key means. `now`: milliseconds of a clock that does not go back.
    pub fn handle_key(&mut self, key: KeyEvent, now: u64) -> FormOutcome {
        if !keys::is_press(&key) {
            return FormOutcome::Nothing;
        }
        self.notice = None;
        let outcome = match key.code {
            KeyCode::F(2) => self.ask(FormOutcome::AskSave),
            _ if keys::is_ctrl(&key, 's') => self.ask(FormOutcome::AskSave),
            KeyCode::F(4) => self.ask(FormOutcome::AskMove),
            _ if self.editing.is_some() => self.edit_key(key, now),
            _ => self.walk_key(key, now),
        };
        self.scroll();
        outcome
    }

    /// Takes text from the clipboard, into the field that has the focus.
    pub fn paste(&mut self, text: &str, now: u64) -> FormOutcome {
        self.notice = None;
        if self.editing.is_none() && self.editing() {
            self.begin();
        }
        let outcome = self.edit_paste(text, now);
        self.scroll();
        outcome
    }

    /// Saving and moving first take what is being typed, and go nowhere while a
    /// number or a date cannot be read.
    fn ask(&mut self, outcome: FormOutcome) -> FormOutcome {
        if self.read_only && outcome == FormOutcome::AskSave {
            return FormOutcome::Nothing;
        }
        self.finish();
        let unread = self.typed_problems();
        if let Some((path, _)) = unread.first() {
            let stop = stops::at_path(&self.form, path);
            self.go(stop.unwrap_or(self.focus));
            self.notice = Some("This cannot be read yet; the rest is kept.".to_owned());
            return FormOutcome::Changed;
        }
        outcome
    }

    fn walk_key(&mut self, key: KeyEvent, now: u64) -> FormOutcome {
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        if keys::is_back(&key) {
            return match self.focus.part {
                Part::Cell(row, _) => self.go(self.focus.row(row)),
                _ => FormOutcome::AskLeave,
            };
        }
        if let (Part::Row(row), false) = (self.focus.part, self.read_only)
            && let Some(outcome) = self.row_key(&key, row)
        {
            return outcome;
        }
        match key.code {
            KeyCode::Up if !shift => self.walk(-1),
            KeyCode::Down if !shift => self.walk(1),
            KeyCode::Tab => self.walk(1),
            KeyCode::BackTab => self.walk(-1),
            KeyCode::PageDown => self.walk_sections(1),
            KeyCode::PageUp => self.walk_sections(-1),
            KeyCode::Home => self.walk(isize::MIN),
            KeyCode::End => self.walk(isize::MAX),
            _ if self.read_only => FormOutcome::Nothing,
            _ if keys::is_ctrl(&key, 'z') => self.undo(),
            _ if keys::is_ctrl(&key, 'y') => self.redo(),
            KeyCode::Enter => self.open(),
            KeyCode::Delete | KeyCode::Backspace if !self.editing() => self.clear(),
            _ if keys::is_backspace(&key) => self.type_into(key, now),
            KeyCode::Char('a' | '+') if self.focus.part == Part::Add => self.add_row(),
            KeyCode::Char(' ') if !self.editing() => self.open(),
            _ if keys::typed(&key).is_some() => self.type_into(key, now),
            _ => FormOutcome::Nothing,
        }
    }

    fn row_key(&mut self, key: &KeyEvent, row: usize) -> Option<FormOutcome> {
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        Some(match key.code {
            KeyCode::Char('a' | '+') => self.add_row(),
            KeyCode::Char('d') | KeyCode::Delete => self.remove_row(row),
            KeyCode::Char('K') => self.move_row(row, -1),
            KeyCode::Char('J') => self.move_row(row, 1),
            KeyCode::Up if shift => self.move_row(row, -1),
            KeyCode::Down if shift => self.move_row(row, 1),
            KeyCode::Enter | KeyCode::Char(' ' | 'e') => self.go(self.focus.cell(row, 0)),
            _ => return None,
        })
    }

    // ---- walking ---------------------------------------------------------

    pub(super) fn may_edit(&self, field: &Field) -> bool {
        !self.read_only && (field.filled_from.is_none() || field.editable)
    }

    pub(super) fn stops(&self) -> Vec<Stop> {
        let reachable = |field: &Field| self.read_only || self.may_edit(field);
        stops::stops(&self.form, &self.body, self.focus, reachable)
    }

    /// Puts the focus at a place, or at the nearest that there is.
    pub(super) fn go(&mut self, stop: Stop) -> FormOutcome {
        self.focus = stop;
        let stops = self.stops();
        if !stops.contains(&stop) {
            let nearest = stops
                .iter()
                .filter(|known| known.field == stop.field)
                .find(|known| matches!((known.part, stop.part), (Part::Row(a), Part::Row(b) | Part::Cell(b, _)) if a + 1 >= b))
                .or_else(|| stops.iter().find(|known| known.field >= stop.field))
                .or(stops.last());
            self.focus = nearest.copied().unwrap_or_default();
        }
        FormOutcome::Moved
    }

    pub(super) fn walk(&mut self, by: isize) -> FormOutcome {
        let stops = self.stops();
        let at = stops.iter().position(|stop| *stop == self.focus).unwrap_or(0);
        let to = at.saturating_add_signed(by).min(stops.len().saturating_sub(1));
        if let Some(stop) = stops.get(to) {
            self.focus = *stop;
        }
        FormOutcome::Moved
    }

    /// To the first field of the next section, or of this or the one before.
    fn walk_sections(&mut self, by: isize) -> FormOutcome {
        let mut starts = vec![0];
        for section in &self.form.sections {
            starts.push(starts[starts.len() - 1] + section.fields.len());
        }
        let section = |field: usize| starts.iter().rposition(|start| *start <= field).unwrap_or(0);
        let stops = self.stops();
        let mut firsts: Vec<Stop> = Vec::new();
        for stop in stops {
            if firsts.last().is_none_or(|last| section(last.field) < section(stop.field)) {
                firsts.push(stop);
            }
        }
        let here = section(self.focus.field);
        let target = if by > 0 {
            firsts.iter().find(|stop| section(stop.field) > here)
        } else {
            let at_first = firsts.contains(&self.focus);
            firsts.iter().rfind(|stop| {
                let there = section(stop.field);
                there < here || (there == here && !at_first)
            })
        };
        match target {
            Some(stop) => {
                self.focus = *stop;
                FormOutcome::Moved
            }
            None => self.walk(if by > 0 { isize::MAX } else { isize::MIN }),
        }
    }

    // ---- problems --------------------------------------------------------

    /// Numbers and dates that cannot be read, in the order of the form.
    fn typed_problems(&self) -> Vec<(String, String)> {
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

    fn go_to_first_problem(&mut self) {
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

    /// What the ledger said about a place is no longer about what stands there.
    fn forget_problems(&mut self, stop: Stop) {
        let id = stops::field(&self.form, stop.field).map_or("", |field| field.id.as_str());
        let path = stops::path(&self.form, stop);
        let is_cell = matches!(stop.part, Part::Cell(..));
        self.problems.retain(|known, _| {
            let of_field = known == id || known.starts_with(&format!("{id}/"));
            if is_cell { *known != path && known != id } else { !of_field }
        });
    }

    // ---- changing --------------------------------------------------------

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

    fn remember(&mut self) {
        self.undos.push((self.body.clone(), self.focus));
        self.redos.clear();
    }

    fn undo(&mut self) -> FormOutcome {
        let Some((body, focus)) = self.undos.pop() else {
            self.notice = Some("Nothing to undo.".to_owned());
            return FormOutcome::Moved;
        };
        self.redos.push((std::mem::replace(&mut self.body, body), self.focus));
        self.go(focus);
        FormOutcome::Changed
    }

    fn redo(&mut self) -> FormOutcome {
        let Some((body, focus)) = self.redos.pop() else {
            self.notice = Some("Nothing to redo.".to_owned());
            return FormOutcome::Moved;
        };
        self.undos.push((std::mem::replace(&mut self.body, body), self.focus));
        self.go(focus);
        FormOutcome::Changed
    }

    fn clear(&mut self) -> FormOutcome {
        if !matches!(self.focus.part, Part::Whole | Part::Cell(..)) {
            return FormOutcome::Nothing;
        }
        let outcome = self.change(self.focus, None);
        if outcome == FormOutcome::Changed {
            self.notice = Some("Emptied. Ctrl-Z brings it back.".to_owned());
        }
        outcome
    }

    fn with_rows(&mut self, act: impl FnOnce(&mut Vec<Value>)) -> FormOutcome {
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

    fn add_row(&mut self) -> FormOutcome {
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

    fn remove_row(&mut self, row: usize) -> FormOutcome {
        let outcome = self.with_rows(|rows| {
            if row < rows.len() {
                rows.remove(row);
            }
        });
        self.go(self.focus);
        self.notice = Some("Row removed. Ctrl-Z brings it back.".to_owned());
        outcome
    }

    fn move_row(&mut self, row: usize, by: isize) -> FormOutcome {
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

    /// Enter: the thing to do where the focus is.
    fn open(&mut self) -> FormOutcome {
        match self.focus.part {
            Part::Add => self.add_row(),
            Part::Row(row) => self.go(self.focus.cell(row, 0)),
            Part::Whole | Part::Cell(..) => self.begin(),
        }
    }

    fn type_into(&mut self, key: KeyEvent, now: u64) -> FormOutcome {
        if !matches!(self.focus.part, Part::Whole | Part::Cell(..)) {
            return FormOutcome::Nothing;
        }
        let begun = self.begin();
        if self.editing.is_none() {
            return begun;
        }
        let typed = self.edit_key(key, now);
        // A list that has just opened still has to be looked up.
        if matches!(begun, FormOutcome::NeedCandidates(_)) { begun } else { typed }
    }

    /// The items that a list waits for.
    pub fn offer(&mut self, items: Vec<PickItem>) {
        if let Some(Editing::Pick { picker, .. }) = &mut self.editing {
            picker.set_items(items);
        }
    }
}

/// Fields into which one types; the others are chosen from a list.
pub(super) fn takes_typing(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Text { .. }
            | FieldKind::LongText
            | FieldKind::Date
            | FieldKind::Number { .. }
            | FieldKind::Money
            | FieldKind::Percent
    )
}
