//! The form as a state machine: keys in, what is asked for out.
//!
//! Two ways to be: walking from field to field, or editing one. Letters typed
//! on a field begin editing it. Going back never loses what was typed: it stays
//! in the body, and undo takes it out again.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use serde_json::{Map, Value};

use crate::catalog::form::{Field, FieldKind, Form};
use crate::tui::form::editor::NoteEditor;
use crate::tui::form::open_field::Editing;
use crate::tui::form::stops::{self, Part, Stop};
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
    /// The day from which `next fri` is counted.
    pub today: NaiveDate,
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
    /// The person's own editor is to have this text; [`FormPane::take_text`] takes it back.
    AskEditor(String),
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
    pub(super) undos: Vec<(Body, Stop)>,
    pub(super) redos: Vec<(Body, Stop)>,
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

    /// The record was saved with this body; what was typed since stays, and is not saved yet.
    pub fn saved_but_for_more(&mut self, body: Body, header: FormHeader) {
        self.saved = body;
        self.header = header;
        self.problems.clear();
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
            KeyCode::F(3) => self.ask_editor(),
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
            | FieldKind::Evidence { again: None }
    )
}
