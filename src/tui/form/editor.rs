//! What a text field can do, whoever does it.
//!
//! [`NoteEditor`] is our contract with a text editing crate: letters are whole
//! graphemes, undo goes by words, a paste is one step, rows are those of the
//! screen. The keys are mapped here once, over a few operations that an
//! implementation gives; `tests_editor` holds every implementation to it.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text;
use crate::tui::widgets::{keys, wrap};

/// A place between two letters: the line, and the byte in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Caret {
    pub line: usize,
    pub byte: usize,
}

/// One row of the screen: a part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub line: usize,
    pub bytes: Range<usize>,
}

/// What a key did to the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The key means nothing here.
    Ignored,
    /// The caret moved, or could have.
    Moved,
    Changed,
    /// Nothing was changed, and why.
    Refused(String),
}

/// How deletions and letters are grouped for undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Joins the step before it: letters of a word, letters deleted one by one.
    Join,
    /// A step of its own.
    Apart,
}

/// A text with a caret, edited by keys. See the module for what it promises.
pub trait NoteEditor {
    /// The lines of the text; at least one, none holding a line break.
    fn lines(&self) -> &[String];

    fn caret(&self) -> Caret;

    /// Puts the caret at a place, or at the nearest there is.
    fn place(&mut self, caret: Caret);

    /// Inserts what was typed. `now`: milliseconds of any clock that does not
    /// go back; a pause begins a new step of undo.
    fn write(&mut self, typed: &str, now: u64) -> Edited;

    /// Inserts as one step of undo; refuses what is too long as a whole.
    fn paste(&mut self, text: &str, now: u64) -> Edited;

    /// Removes what is between two places, the first before the second.
    fn remove(&mut self, from: Caret, to: Caret, grouping: Grouping, now: u64) -> Edited;

    fn undo(&mut self) -> Edited;

    fn redo(&mut self) -> Edited;

    /// Enter makes a new line; otherwise the whole text is one line.
    fn is_multiline(&self) -> bool;

    /// The whole text, lines joined by `\n`.
    fn text(&self) -> String {
        self.lines().join("\n")
    }

    /// The rows of the text on a screen of `columns` columns.
    fn rows(&self, columns: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for (line, words) in self.lines().iter().enumerate() {
            let parts = wrap::rows(words, columns);
            rows.extend(parts.into_iter().map(|bytes| Row { line, bytes }));
        }
        rows
    }

    /// Row and column of the caret on a screen of `columns` columns.
    fn caret_on_screen(&self, columns: usize) -> (usize, usize) {
        let rows = self.rows(columns);
        let row = row_of(&rows, self.caret());
        (row, column_of(self.lines(), &rows[row], self.caret(), columns))
    }

    /// Does what a key means. `columns` is the width of the field: Up and Down
    /// go by the rows on the screen.
    fn handle_key(&mut self, key: KeyEvent, now: u64, columns: usize) -> Edited {
        if !keys::is_press(&key) {
            return Edited::Ignored;
        }
        if let Some(letter) = keys::typed(&key) {
            return self.write(letter.encode_utf8(&mut [0; 4]), now);
        }
        let caret = self.caret();
        if keys::is_delete_word(&key) {
            let from = word_before(self.lines(), caret);
            return self.remove(from, caret, Grouping::Apart, now);
        }
        if keys::is_backspace(&key) {
            let from = letter_before(self.lines(), caret);
            return self.remove(from, caret, Grouping::Join, now);
        }
        let by_word = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let target = match key.code {
            KeyCode::Enter if self.is_multiline() => return self.write("\n", now),
            KeyCode::Delete => {
                let to = letter_after(self.lines(), caret);
                return self.remove(caret, to, Grouping::Join, now);
            }
            KeyCode::Left if by_word => word_before(self.lines(), caret),
            KeyCode::Right if by_word => word_after(self.lines(), caret),
            KeyCode::Left => letter_before(self.lines(), caret),
            KeyCode::Right => letter_after(self.lines(), caret),
            KeyCode::Home if by_word => Caret::default(),
            KeyCode::End if by_word => last(self.lines()),
            KeyCode::Home => Caret { byte: 0, ..caret },
            KeyCode::End => Caret { byte: self.lines()[caret.line].len(), ..caret },
            KeyCode::Up => self.up_or_down(-1, columns),
            KeyCode::Down => self.up_or_down(1, columns),
            KeyCode::PageUp => self.up_or_down(-10, columns),
            KeyCode::PageDown => self.up_or_down(10, columns),
            _ if keys::is_ctrl(&key, 'z') => return self.undo(),
            _ if keys::is_ctrl(&key, 'y') => return self.redo(),
            _ if keys::is_ctrl(&key, 'a') => Caret { byte: 0, ..caret },
            _ if keys::is_ctrl(&key, 'e') => {
                Caret { byte: self.lines()[caret.line].len(), ..caret }
            }
            _ => return Edited::Ignored,
        };
        self.place(target);
        Edited::Moved
    }

    /// Where the caret comes to some rows up or down, in the same column.
    fn up_or_down(&self, by: isize, columns: usize) -> Caret {
        let rows = self.rows(columns);
        let at = row_of(&rows, self.caret());
        let column = column_of(self.lines(), &rows[at], self.caret(), columns);
        let to = at.saturating_add_signed(by).min(rows.len() - 1);
        if to == at {
            // Beyond the first and the last row lie the ends of the text.
            return if by < 0 { Caret::default() } else { last(self.lines()) };
        }
        place_in(self.lines(), &rows, to, column)
    }
}

/// The row that holds the caret: at the seam of two rows, the later one.
pub fn row_of(rows: &[Row], caret: Caret) -> usize {
    let holds = |row: &Row| row.line == caret.line && row.bytes.start <= caret.byte;
    rows.iter().rposition(holds).unwrap_or(0)
}

/// The column of the caret in its row; within the row also after blanks that
/// stick out of it.
fn column_of(lines: &[String], row: &Row, caret: Caret, columns: usize) -> usize {
    let before = lines[row.line].get(row.bytes.start..caret.byte).unwrap_or_default();
    shown_width(before).min(columns.saturating_sub(1))
}

/// The width of text as it is shown: what is shown of a letter may be wider.
fn shown_width(words: &str) -> usize {
    words.graphemes(true).map(|letter| text::width(&text::harmless(letter))).sum()
}

fn place_in(lines: &[String], rows: &[Row], at: usize, column: usize) -> Caret {
    let row = &rows[at];
    let words = &lines[row.line][row.bytes.clone()];
    let mut used = 0;
    for (byte, letter) in words.grapheme_indices(true) {
        used += shown_width(letter);
        if used > column {
            return Caret { line: row.line, byte: row.bytes.start + byte };
        }
    }
    // The end of a row that goes on belongs to the next: stay before its last letter.
    let goes_on = rows.get(at + 1).is_some_and(|next| next.line == row.line);
    let end = if goes_on {
        words.grapheme_indices(true).next_back().map_or(0, |(byte, _)| byte)
    } else {
        words.len()
    };
    Caret { line: row.line, byte: row.bytes.start + end }
}

fn last(lines: &[String]) -> Caret {
    let line = lines.len().saturating_sub(1);
    Caret { line, byte: lines.get(line).map_or(0, String::len) }
}

/// The place one letter back; a line break counts as one.
pub fn letter_before(lines: &[String], caret: Caret) -> Caret {
    let line = &lines[caret.line];
    match line[..caret.byte].grapheme_indices(true).next_back() {
        Some((byte, _)) => Caret { byte, ..caret },
        None => end_of_line_before(lines, caret),
    }
}

fn letter_after(lines: &[String], caret: Caret) -> Caret {
    let line = &lines[caret.line];
    match line[caret.byte..].graphemes(true).next() {
        Some(letter) => Caret { byte: caret.byte + letter.len(), ..caret },
        None if caret.line + 1 < lines.len() => Caret { line: caret.line + 1, byte: 0 },
        None => caret,
    }
}

fn end_of_line_before(lines: &[String], caret: Caret) -> Caret {
    match caret.line.checked_sub(1) {
        Some(line) => Caret { line, byte: lines[line].len() },
        None => caret,
    }
}

/// The start of the word before the caret; blanks between are passed over.
fn word_before(lines: &[String], caret: Caret) -> Caret {
    let before = &lines[caret.line][..caret.byte];
    if before.is_empty() {
        return end_of_line_before(lines, caret);
    }
    let words = before.split_word_bound_indices().rev();
    let start = words.into_iter().find(|(_, word)| !word.trim().is_empty());
    Caret { byte: start.map_or(0, |(byte, _)| byte), ..caret }
}

fn word_after(lines: &[String], caret: Caret) -> Caret {
    let after = &lines[caret.line][caret.byte..];
    if after.is_empty() {
        return letter_after(lines, caret);
    }
    let word = after.split_word_bound_indices().find(|(_, word)| !word.trim().is_empty());
    let end = word.map_or(after.len(), |(at, word)| at + word.len());
    Caret { byte: caret.byte + end, ..caret }
}
