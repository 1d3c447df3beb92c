//! [`NoteEditor`] on the text area of `ratatui-textarea`.
//!
//! That crate keeps the lines, the caret by `char`s and an undo step per edit;
//! this adapter adds places by byte, deletion of whole graphemes (by giving it
//! ranges) and undo by words (by counting its steps). It is drawn by the form,
//! not by the crate, so that hostile text is shown harmless.

use ratatui_textarea::{CursorMove, TextArea};

use crate::tui::form::editor::{Caret, Edited, Grouping, NoteEditor};
use crate::tui::widgets::keys;

/// A pause this long begins a new step of undo.
const PAUSE_MS: u64 = 1_000;
/// The text area counts lines and letters of a line in sixteen bits.
const MOST: usize = 60_000;
/// More than a hundred pages: a paste of more is a mistake.
const MOST_BYTES: usize = 500_000;

/// What an edit was, to see whether the next one belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Letter,
    Blank,
    Removal,
}

/// A text field of several lines, or of one.
#[derive(Clone, Debug)]
pub struct NoteArea {
    area: TextArea<'static>,
    multiline: bool,
    /// Letters that fit, if there is a limit.
    limit: Option<usize>,
    /// How many edits of the text area make up each step of undo, and of redo.
    undos: Vec<usize>,
    redos: Vec<usize>,
    /// The last edit, when it was, and where it left the caret.
    last: Option<(Kind, u64, Caret)>,
}

impl NoteArea {
    /// A field of several lines with the caret at its end.
    pub fn new(text: &str) -> NoteArea {
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        NoteArea::with(lines.split('\n').map(str::to_owned).collect(), true, None)
    }

    /// A field of one line, of at most `limit` letters.
    pub fn single_line(text: &str, limit: Option<usize>) -> NoteArea {
        let line = text.replace("\r\n", " ").replace(['\r', '\n'], " ");
        NoteArea::with(vec![line], false, limit)
    }

    fn with(lines: Vec<String>, multiline: bool, limit: Option<usize>) -> NoteArea {
        let mut area = TextArea::new(lines);
        area.set_max_histories(100_000);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        NoteArea { area, multiline, limit, undos: Vec::new(), redos: Vec::new(), last: None }
    }

    /// Whether this text is longer than the field can hold a caret in.
    pub fn is_too_long(text: &str) -> bool {
        text.len() > MOST_BYTES
            || text.lines().count() > MOST
            || text.lines().any(|line| line.len() > MOST && line.chars().count() > MOST)
    }

    /// Why this cannot be inserted, if it cannot.
    fn refusal(&self, inserted: &str) -> Option<String> {
        let letters = |text: &str| text.chars().count();
        if let Some(limit) = self.limit {
            let there = self.area.lines().iter().map(|line| letters(line)).sum::<usize>();
            if there + letters(inserted) > limit {
                return Some(format!("At most {limit} letters fit here."));
            }
        }
        // Short insertions are checked against the caret's line alone.
        let line = &self.area.lines()[self.caret().line];
        let longest = inserted.split('\n').map(letters).max().unwrap_or(0);
        let lines = self.area.lines().len() + inserted.matches('\n').count();
        let total = if inserted.len() > 64 { self.text().len() + inserted.len() } else { 0 };
        if line.len() + longest > MOST && letters(line) + longest > MOST
            || lines > MOST
            || total > MOST_BYTES
        {
            return Some(
                "This is too long for one field. Attach it elsewhere and name it here.".into(),
            );
        }
        None
    }

    /// Counts the edit just made as part of the last step of undo, or as a new one.
    fn edited(&mut self, kind: Option<Kind>, joins: bool, now: u64) -> Edited {
        self.redos.clear();
        match self.undos.last_mut() {
            Some(step) if joins => *step += 1,
            _ => self.undos.push(1),
        }
        self.last = kind.map(|kind| (kind, now, self.caret()));
        Edited::Changed
    }

    fn joins(&self, kind: Kind, now: u64) -> bool {
        self.last.is_some_and(|(before, then, caret)| {
            let same = match (before, kind) {
                // A word ends with its blanks; a letter after them begins a new one.
                (Kind::Blank, Kind::Letter) => false,
                (Kind::Letter | Kind::Blank, Kind::Letter | Kind::Blank) => true,
                (before, kind) => before == kind,
            };
            same && caret == self.caret() && now.saturating_sub(then) < PAUSE_MS
        })
    }

    /// Undoes or redoes one step of the text area's smaller ones.
    fn step(&mut self, back: bool) -> Edited {
        let (from, to) = if back {
            (&mut self.undos, &mut self.redos)
        } else {
            (&mut self.redos, &mut self.undos)
        };
        let Some(edits) = from.pop() else { return Edited::Moved };
        to.push(edits);
        for _ in 0..edits {
            let done = if back { self.area.undo() } else { self.area.redo() };
            if !done {
                break;
            }
        }
        self.last = None;
        Edited::Changed
    }
}

impl NoteEditor for NoteArea {
    fn lines(&self) -> &[String] {
        self.area.lines()
    }

    fn caret(&self) -> Caret {
        let cursor = self.area.cursor();
        let line = &self.area.lines()[cursor.0];
        let byte = line.char_indices().nth(cursor.1).map_or(line.len(), |(byte, _)| byte);
        Caret { line: cursor.0, byte }
    }

    fn place(&mut self, caret: Caret) {
        let row = caret.line.min(self.lines().len() - 1);
        let line = &self.lines()[row];
        let letters = line.char_indices().take_while(|(at, _)| *at < caret.byte).count();
        // Both fit: longer texts are refused.
        let to = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(to(row), to(letters)));
    }

    fn write(&mut self, typed: &str, now: u64) -> Edited {
        if let Some(reason) = self.refusal(typed) {
            return Edited::Refused(reason);
        }
        let kind = if typed.trim().is_empty() { Kind::Blank } else { Kind::Letter };
        let joins = self.joins(kind, now);
        self.area.insert_str(typed);
        self.edited(Some(kind), joins, now)
    }

    fn paste(&mut self, text: &str, now: u64) -> Edited {
        let mut text = keys::pasted(text);
        if !self.multiline {
            text = text.trim_matches('\n').replace('\n', " ");
        }
        if text.is_empty() {
            return Edited::Moved;
        }
        if let Some(reason) = self.refusal(&text) {
            return Edited::Refused(reason);
        }
        self.area.insert_str(&text);
        self.edited(None, false, now)
    }

    fn remove(&mut self, from: Caret, to: Caret, grouping: Grouping, now: u64) -> Edited {
        if from >= to {
            return Edited::Moved;
        }
        let joins = grouping == Grouping::Join && self.joins(Kind::Removal, now);
        let lines = self.lines();
        let letters: usize = if from.line == to.line {
            lines[from.line][from.byte..to.byte].chars().count()
        } else {
            let first = lines[from.line][from.byte..].chars().count();
            let between = lines[from.line + 1..to.line].iter().map(|line| line.chars().count() + 1);
            first + 1 + between.sum::<usize>() + lines[to.line][..to.byte].chars().count()
        };
        self.place(from);
        self.area.delete_str(letters);
        self.edited(Some(Kind::Removal), joins, now)
    }

    fn undo(&mut self) -> Edited {
        self.step(true)
    }

    fn redo(&mut self) -> Edited {
        self.step(false)
    }

    fn is_multiline(&self) -> bool {
        self.multiline
    }
}
