//! What an import would do with a file, and changing it until it is right.
//!
//! ```text
//! MappingPane ── lines      the list: settings, columns of the file
//!     │       ── asking     what can be chosen for the selected line
//!     │       ── words      the words for states
//!     │       ── keys       values that no list knows, and what they are taken for
//!     │       ── rows       first rows before and after, rejects, totals
//!     │       ── draw       list, and what is known of the selected line
//! ```
//!
//! Invariant: nothing is imported that was not shown; the last step names what
//! it will do and asks. The mapping changes at once; what it makes of the file
//! is looked at by the worker, and the keyboard never waits for it.

mod asking;
mod draw;
mod keys;
mod lines;
mod rows;
mod words;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ingest::Wish;
use crate::ingest::draft::Change;
use crate::ingest::preview::{Preview, PreviewRequest};
use crate::ingest::report;
use crate::tui::input::Input;
use crate::tui::keymap::Action;
use crate::tui::message::{Failure, FailureKind, Imported, Notice, Reply, Request, Ticket};
use crate::tui::pane::{Desk, Pane, Question, Scene, Step};
use crate::tui::panes::figure_draw::say;
use crate::tui::panes::reader::Reader;
use crate::tui::panes::text_pane::TextPane;

use asking::{Answer, Wanted};
use lines::Line;

/// A file on its way into the workspace.
pub struct MappingPane {
    /// What is looked at next; its draft is what the person has settled.
    asked: PreviewRequest,
    preview: Option<Box<Preview>>,
    failure: Option<Failure>,
    looking: Option<Ticket>,
    importing: Option<Ticket>,
    view: View,
    lines: Vec<Line>,
    selected: usize,
    /// In the list of words, or of values that no list knows.
    word: usize,
    /// Spellings that are to stand for a known key, once the file is taken in.
    accepted: Vec<Wish>,
    /// The selected line was a question when it was changed: go on to the next one.
    answering: bool,
    reader: Reader,
    /// What the list in front offers.
    answers: Vec<Answer>,
    /// What the line in front is for.
    wanted: Option<Wanted>,
    height: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Columns,
    /// First rows before and after, and the report.
    Rows,
    Words(Kind),
    /// Values that no list knows.
    Keys,
}

/// What words stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    State,
    Category,
}

impl MappingPane {
    pub fn new(asked: PreviewRequest) -> Self {
        Self {
            asked,
            preview: None,
            failure: None,
            looking: None,
            importing: None,
            view: View::Columns,
            lines: Vec::new(),
            selected: 0,
            word: 0,
            accepted: Vec::new(),
            answering: false,
            reader: Reader::default(),
            answers: Vec::new(),
            wanted: None,
            height: 0,
        }
    }

    fn file_name(&self) -> String {
        let name = self.asked.file.file_name().unwrap_or(self.asked.file.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// Looks at the file again, as it is settled now.
    fn look(&mut self, desk: &mut Desk<'_>) {
        desk.cancel(self.looking.take());
        self.looking = Some(desk.ask(Request::Preview(Box::new(self.asked.clone()))));
    }

    fn change(&mut self, change: &Change, desk: &mut Desk<'_>) {
        let Some(preview) = &mut self.preview else { return };
        let line = self.lines.get(self.selected);
        self.answering = line.is_some_and(|line| lines::question(preview, line).is_some());
        preview.draft.apply(change);
        self.asked.draft = Some(Box::new(preview.draft.clone()));
        self.arrange();
        if !matches!(self.view, View::Words(_)) {
            self.look(desk);
        }
    }

    /// Begins anew with another table or line of headers.
    fn begin_again(&mut self, change: impl FnOnce(&mut PreviewRequest), desk: &mut Desk<'_>) {
        self.asked.draft = None;
        self.asked.preset = None;
        self.asked.mapping = None;
        self.accepted.clear();
        change(&mut self.asked);
        self.look(desk);
    }

    fn arrange(&mut self) {
        let Some(preview) = &self.preview else { return };
        let was = self.lines.get(self.selected).cloned();
        self.lines = lines::lines(preview);
        let place = was.and_then(|was| self.lines.iter().position(|line| *line == was));
        self.selected = place.unwrap_or(self.selected).min(self.lines.len().saturating_sub(1));
    }

    fn looked(&mut self, preview: &Preview) {
        let first = self.preview.is_none();
        // A look at a settled file says neither how it was known nor what other sheets there are.
        let before = self.preview.take().map(|before| (before.known_by, before.sheets));
        let (known_by, sheets) = before.unwrap_or_default();
        let mut preview = Box::new(preview.clone());
        if preview.known_by.is_empty() {
            preview.known_by = known_by;
        }
        if preview.sheets.len() < sheets.len() {
            preview.sheets = sheets;
        }
        self.asked.sheet.clone_from(&preview.sheet);
        self.asked.draft = Some(Box::new(preview.draft.clone()));
        self.reader.replace(rows::document(&preview));
        self.preview = Some(preview);
        self.failure = None;
        self.arrange();
        if first || std::mem::take(&mut self.answering) {
            self.select_question();
        }
    }

    /// Goes to the next line that is a question, this one included; after the last, to the first.
    fn select_question(&mut self) {
        let Some(preview) = &self.preview else { return };
        let asks = |place: &usize| lines::question(preview, &self.lines[*place]).is_some();
        let mut below = self.selected..self.lines.len();
        if let Some(place) = below.find(asks).or_else(|| (0..self.lines.len()).find(asks)) {
            self.selected = place;
        }
    }

    fn move_to(&mut self, place: usize) {
        match self.view {
            View::Words(_) | View::Keys => {
                self.word = place.min(self.count().saturating_sub(1));
            }
            _ => self.selected = place.min(self.count().saturating_sub(1)),
        }
    }

    fn count(&self) -> usize {
        match self.view {
            View::Words(kind) => self.words(kind).len(),
            View::Keys => self.keys().len(),
            _ => self.lines.len(),
        }
    }

    fn walk(&mut self, action: Action) -> bool {
        if self.view == View::Rows {
            return self.reader.act(action);
        }
        let in_front = matches!(self.view, View::Words(_) | View::Keys);
        let now = if in_front { self.word } else { self.selected };
        let page = usize::from(self.height / 2).max(1);
        let to = match action {
            Action::Up => now.saturating_sub(1),
            Action::Down => now + 1,
            Action::PageUp => now.saturating_sub(page),
            Action::PageDown => now + page,
            Action::First => 0,
            Action::Last => usize::MAX,
            _ => return false,
        };
        self.move_to(to);
        true
    }

    /// The last step: says what it will do, and asks.
    fn ask_to_import(&mut self, desk: &mut Desk<'_>) {
        let Some(preview) = &self.preview else { return };
        if self.looking.is_some() {
            return desk.say(Notice::plain("Still looking at the file; a moment."));
        }
        if !desk.may_write() {
            return;
        }
        match preview.questions.len() {
            0 => {}
            1 => {
                let text = preview.questions[0].text.clone();
                self.view = View::Columns;
                self.select_question();
                return desk.say(Notice::bad(format!("First: {text}. Enter answers it.")));
            }
            n => {
                self.view = View::Columns;
                self.select_question();
                return desk.say(Notice::bad(format!(
                    "{n} questions are open; this is the first. Enter answers it."
                )));
            }
        }
        if let Some((message, remedy)) = &preview.refused {
            let remedy = remedy.as_deref().unwrap_or_default();
            return desk.say(Notice::bad(format!("{message}. {remedy}")));
        }
        self.offer_import(desk);
    }

    fn imported(&mut self, imported: &Imported, desk: &mut Desk<'_>) {
        let rejected = imported.report.rejected();
        let taken: u64 = imported.report.files.iter().map(|file| file.taken).sum();
        let kept = imported
            .kept
            .as_ref()
            .map(|path| format!(" The mapping is kept in {}.", path.display()))
            .unwrap_or_default();
        let text = report::text(&imported.report);
        let kept = match &imported.accepted {
            Ok(accepted) if accepted.is_empty() => kept,
            Ok(accepted) => format!(" Spellings accepted: {}.{kept}", accepted.len()),
            Err(why) => format!(" No spelling was accepted: {why}.{kept}"),
        };
        let said = if imported.report.nothing_changed() {
            format!("Nothing changed: the file was imported before.{kept}")
        } else if rejected > 0 {
            format!("{taken} rows taken, {rejected} rejected.{kept}")
        } else {
            format!("{taken} rows taken.{kept}")
        };
        let name = format!("import-{}.txt", self.file_name());
        let pane = TextPane::new(format!("Imported {}", self.file_name()), name, &text);
        desk.step(Step::Replace(Box::new(pane)));
        desk.say(Notice::good(said));
    }

    fn back(&mut self, desk: &mut Desk<'_>) {
        match self.view {
            View::Words(_) => {
                self.view = View::Columns;
                self.look(desk);
            }
            View::Rows | View::Keys => self.view = View::Columns,
            View::Columns if self.unsaved().is_some() => self.ask_to_leave(desk),
            View::Columns => desk.step(Step::Close),
        }
    }
}

impl Pane for MappingPane {
    fn title(&self) -> String {
        let view = match self.view {
            View::Columns => "",
            View::Rows => ": rows and report",
            View::Words(Kind::State) => ": words for states",
            View::Words(Kind::Category) => ": words for categories",
            View::Keys => ": values on no list",
        };
        format!("Import {}{view}", self.file_name())
    }

    fn show(&mut self, desk: &mut Desk<'_>) {
        if self.preview.is_none() && self.looking.is_none() && self.failure.is_none() {
            self.look(desk);
        }
    }

    fn hide(&mut self, desk: &mut Desk<'_>) {
        if self.preview.is_none() {
            desk.cancel(self.looking.take());
        }
    }

    fn outdate(&mut self) {}

    fn owns_letters(&self) -> bool {
        matches!(self.view, View::Words(_) | View::Keys)
    }

    fn typed(&mut self, input: &Input, desk: &mut Desk<'_>) -> bool {
        match (input, self.view) {
            (Input::Key(key), View::Words(Kind::State)) => self.word_key(key, desk),
            (Input::Key(key), View::Keys) => self.key_key(key),
            _ => false,
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk<'_>) -> bool {
        match action {
            Action::Stop if self.importing.is_some() => {
                desk.cancel(self.importing);
                desk.say(Notice::plain("Stopping; the workspace stays as it was."));
            }
            Action::Stop if self.looking.is_some() => {
                desk.cancel(self.looking.take());
                let key = desk.key(Action::Refresh);
                desk.say(Notice::plain(format!("Stopped. {key} looks at the file again.")));
            }
            _ if self.importing.is_some() => {
                desk.say(Notice::plain("The import is under way. X stops it."));
            }
            Action::Back => self.back(desk),
            Action::Refresh => self.look(desk),
            Action::Toggle | Action::NextPart | Action::PreviousPart => {
                self.view = if self.view == View::Rows { View::Columns } else { View::Rows };
            }
            Action::Save | Action::Import => self.ask_to_import(desk),
            Action::Open if self.view == View::Columns => self.ask(desk),
            Action::Open if self.view == View::Rows => return false,
            Action::Open if self.view == View::Keys => self.accept_or_not(),
            Action::Open => self.ask_about_word(desk),
            _ => return self.walk(action),
        }
        true
    }

    fn answered(&mut self, question: &Question, answer: &str, desk: &mut Desk<'_>) {
        match question {
            Question::Mapping => self.take_answer(answer, desk),
            Question::MappingText => self.take_typed(answer.trim(), desk),
            Question::Leave if answer == "discard" => {
                self.preview = None;
                desk.step(Step::Close);
            }
            _ => {}
        }
    }

    fn replied(&mut self, ticket: Ticket, reply: &Reply, desk: &mut Desk<'_>) -> bool {
        if self.looking == Some(ticket) {
            self.looking = None;
            match reply {
                Reply::Preview(preview) => self.looked(preview),
                Reply::Failed(failure) if failure.kind == FailureKind::Stopped => {
                    self.failure = self.preview.is_none().then(|| failure.clone());
                }
                Reply::Failed(failure) => {
                    if self.preview.is_some() {
                        desk.say(Notice::from(failure));
                    }
                    self.failure = Some(failure.clone());
                }
                _ => {}
            }
        } else if self.importing == Some(ticket) {
            self.importing = None;
            match reply {
                Reply::Imported(imported) => self.imported(imported, desk),
                Reply::Failed(failure) if failure.kind == FailureKind::Stopped => {
                    desk.say(Notice::plain("Stopped: the workspace is as it was."));
                }
                Reply::Failed(failure) => desk.say(Notice::bad(format!(
                    "Nothing was imported. {}{}",
                    failure.message,
                    failure.remedy.as_ref().map_or_else(String::new, |r| format!(". {r}"))
                ))),
                _ => {}
            }
        } else {
            return false;
        }
        true
    }

    fn actions(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.looking.is_some() || self.importing.is_some() {
            actions.push(Action::Stop);
        }
        if !self.owns_letters() {
            actions.push(Action::Refresh);
        }
        actions
    }

    fn hints(&self) -> Vec<(String, String)> {
        let hints: &[(&str, &str)] = match self.view {
            _ if self.importing.is_some() => &[("X", "stop")],
            View::Columns => &[
                ("Enter", "change"),
                ("t", "rows, rejects, totals"),
                ("F2", "import"),
                ("Esc", "back"),
            ],
            View::Rows => &[("t", "columns"), ("F2", "import"), ("Esc", "back")],
            View::Keys => &[
                ("Enter", "take it for the nearest, or not"),
                ("a", "all mere spellings"),
                ("Esc", "done"),
            ],
            View::Words(Kind::Category) => &[("Enter", "say what it is"), ("Esc", "done")],
            View::Words(Kind::State) => &[
                ("o", "open"),
                ("w", "won"),
                ("l", "lost"),
                ("c", "cancelled"),
                ("a", "take all proposals"),
                ("Esc", "done"),
            ],
        };
        hints.iter().map(|(key, word)| ((*key).to_owned(), (*word).to_owned())).collect()
    }

    fn fit(&mut self, area: Rect, scene: &Scene<'_>) {
        self.height = area.height;
        self.reader.fit(area, scene);
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        let look = scene.look;
        let Some(preview) = &self.preview else {
            return match &self.failure {
                Some(failure) => {
                    let remedy = failure.remedy.as_deref().unwrap_or("refresh looks again");
                    let message = format!("{}.\n\n{remedy}.", failure.message);
                    say(buf, area, &message, look.theme.problem, look);
                }
                None => {
                    let message = format!("Looking at {}…", self.file_name());
                    say(buf, area, &message, look.theme.muted, look);
                }
            };
        };
        match self.view {
            View::Columns => self.draw_columns(preview, buf, area, look),
            View::Rows => self.reader.draw(buf, area, scene),
            View::Words(kind) => self.draw_words(preview, kind, buf, area, look),
            View::Keys => self.draw_keys(buf, area, look),
        }
    }

    fn unsaved(&self) -> Option<String> {
        if self.importing.is_some() {
            return Some(format!("the import of {} is under way", self.file_name()));
        }
        let changed = self.preview.as_ref().is_some_and(|preview| preview.draft.changed);
        (changed || !self.accepted.is_empty())
            .then(|| format!("the mapping of {}", self.file_name()))
    }
}
