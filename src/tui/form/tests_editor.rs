//! The contract of a text field, as tests: every implementation of
//! [`NoteEditor`] must pass [`keeps_the_contract`].

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;

use crate::domain::text;
use crate::tui::form::editor::{Caret, Edited, NoteEditor};
use crate::tui::form::note_area::NoteArea;

const COLUMNS: usize = 20;

/// A field and a clock that stands still unless it is moved.
struct Typist<E: NoteEditor> {
    field: E,
    now: u64,
}

impl<E: NoteEditor> Typist<E> {
    fn press(&mut self, code: KeyCode) -> Edited {
        self.field.handle_key(KeyEvent::new(code, KeyModifiers::NONE), self.now, COLUMNS)
    }

    fn ctrl(&mut self, letter: char) -> Edited {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        self.field.handle_key(key, self.now, COLUMNS)
    }

    fn write(&mut self, words: &str) {
        for letter in words.chars() {
            self.now += 50;
            match letter {
                '\n' => self.press(KeyCode::Enter),
                letter => self.press(KeyCode::Char(letter)),
            };
        }
    }

    fn pause(&mut self) {
        self.now += 5_000;
    }

    #[track_caller]
    fn reads(&self, wanted: &str) {
        assert_eq!(self.field.text(), wanted);
    }
}

/// Single letters to a person, several characters to a computer.
const LETTERS: [&str; 7] = ["e\u{301}", "👩\u{200d}💻", "🇩🇪", "❤\u{fe0f}", "👍🏽", "क्षि", "東"];

/// The contract; `make` gives a field of several lines with this text.
fn keeps_the_contract<E: NoteEditor>(make: impl Fn(&str) -> E) {
    let typist = |text: &str| Typist { field: make(text), now: 0 };

    for letter in LETTERS {
        let around = format!("a{letter}b");
        let mut t = typist(&around);
        t.press(KeyCode::Left);
        t.press(KeyCode::Backspace);
        t.reads("ab");
        let mut t = typist(&around);
        t.press(KeyCode::Left);
        t.ctrl('h');
        t.reads("ab");
        let mut t = typist(&around);
        t.press(KeyCode::Home);
        t.press(KeyCode::Right);
        t.press(KeyCode::Delete);
        t.reads("ab");
        // Left and Right step over the whole letter.
        let mut t = typist(&around);
        t.press(KeyCode::Left);
        t.press(KeyCode::Left);
        assert_eq!(t.field.caret().byte, 1, "{letter}");
        t.press(KeyCode::Right);
        assert_eq!(t.field.caret().byte, 1 + letter.len(), "{letter}");
    }

    // Undo goes by words, and by pauses.
    let mut t = typist("");
    t.write("hello world");
    t.ctrl('z');
    t.reads("hello ");
    t.ctrl('z');
    t.reads("");
    t.ctrl('y');
    t.ctrl('y');
    t.reads("hello world");
    t.write("s");
    t.pause();
    t.write("!");
    t.ctrl('z');
    t.reads("hello worlds");
    t.ctrl('z');
    t.reads("hello world");
    assert_eq!(t.ctrl('y'), Edited::Changed);
    t.reads("hello worlds");

    // Letters deleted one by one come back together; a word deleted is a step.
    for _ in 0..6 {
        t.press(KeyCode::Backspace);
    }
    t.reads("hello ");
    t.ctrl('z');
    t.reads("hello worlds");
    t.ctrl('w');
    t.reads("hello ");
    t.ctrl('w');
    t.reads("");
    t.ctrl('z');
    t.ctrl('z');
    t.reads("hello worlds");

    // What was undone is gone once something new is written.
    t.ctrl('z');
    t.write("x");
    assert_ne!(t.ctrl('y'), Edited::Changed);

    // A paste is one step, with one kind of line break and nothing that acts.
    let mut t = typist("ab");
    t.press(KeyCode::Left);
    assert_eq!(t.field.paste("1\r\n2\r3\u{1b}[31m\u{7}", 0), Edited::Changed);
    t.reads("a1\n2\n3[31mb");
    t.write("x y");
    t.ctrl('z');
    t.ctrl('z');
    t.reads("a1\n2\n3[31mb");
    t.ctrl('z');
    t.reads("ab");

    // Enter and both ends of a line.
    let mut t = typist("one");
    t.write("\ntwo");
    t.press(KeyCode::Home);
    t.press(KeyCode::Backspace);
    t.reads("onetwo");
    t.press(KeyCode::Enter);
    t.press(KeyCode::Left);
    t.press(KeyCode::Delete);
    t.reads("onetwo");

    // Up and Down go by the rows on the screen.
    let mut t = typist("a long line that is broken into rows");
    let rows = t.field.rows(COLUMNS);
    assert_eq!(rows.len(), 2);
    t.press(KeyCode::Home);
    t.press(KeyCode::Down);
    assert_eq!(t.field.caret_on_screen(COLUMNS), (1, 0));
    t.press(KeyCode::Right);
    t.press(KeyCode::Up);
    assert_eq!(t.field.caret_on_screen(COLUMNS), (0, 1));
    t.press(KeyCode::Up);
    assert_eq!(t.field.caret(), Caret::default());
    t.press(KeyCode::PageDown);
    t.press(KeyCode::Down);
    assert_eq!(t.field.caret_on_screen(COLUMNS).0, 1);
    assert_eq!(t.field.caret().byte, t.field.text().len());

    // The caret on the screen is where the letters end.
    let mut t = typist("");
    t.write("東京 ❤");
    assert_eq!(t.field.caret_on_screen(COLUMNS), (0, text::width("東京 ❤")));

    // A key with Ctrl or Alt that means nothing is not typed, nor is one let go.
    let mut t = typist("x");
    assert_eq!(t.ctrl('q'), Edited::Ignored);
    assert_eq!(t.press(KeyCode::F(5)), Edited::Ignored);
    t.reads("x");
}

#[test]
fn the_text_area_keeps_the_contract() {
    keeps_the_contract(NoteArea::new);
}

#[test]
fn one_line_stays_one_line() {
    let mut t = Typist { field: NoteArea::single_line("a\nb", None), now: 0 };
    t.reads("a b");
    assert_eq!(t.press(KeyCode::Enter), Edited::Ignored);
    t.field.paste("c\r\nd\n", 0);
    t.reads("a bc d");
    let mut t = Typist { field: NoteArea::single_line("abc", Some(4)), now: 0 };
    assert!(matches!(t.field.paste("de", 0), Edited::Refused(_)));
    assert_eq!(t.press(KeyCode::Char('d')), Edited::Changed);
    assert!(matches!(t.press(KeyCode::Char('e')), Edited::Refused(_)));
    t.reads("abcd");
}

#[test]
fn what_is_too_long_is_refused_whole() {
    let mut t = Typist { field: NoteArea::new("start"), now: 0 };
    assert!(matches!(t.field.paste(&"x".repeat(70_000), 0), Edited::Refused(_)));
    t.reads("start");
    assert!(NoteArea::is_too_long(&"x".repeat(70_000)));
    assert!(!NoteArea::is_too_long(&"x\n".repeat(30_000)));
}

#[test]
fn a_key_in_a_hundred_kilobytes_is_quick() {
    let words = "what the buyer said about the price of the second year\n".repeat(1_900);
    assert!(words.len() > 100_000);
    let mut t = Typist { field: NoteArea::new(&words), now: 0 };
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        t.press(KeyCode::Char('x'));
        t.field.caret_on_screen(76);
        best = best.min(start.elapsed());
    }
    // Five are promised; the rest is for a machine that does other things too.
    assert!(best < Duration::from_millis(20), "{best:?}");
}

proptest! {
    /// Whatever is pressed, the caret stands between two letters, undoing it
    /// all gives the text back, and redoing it all gives the last one.
    #[test]
    fn any_keys_can_be_undone(
        start in "[ab \n東e\u{301}]{0,12}",
        keys in proptest::collection::vec(0usize..14, 0..40),
        columns in 1usize..12,
    ) {
        let mut field = NoteArea::new(&start);
        let codes = [
            KeyCode::Char('x'), KeyCode::Char(' '), KeyCode::Char('\u{301}'), KeyCode::Char('京'),
            KeyCode::Enter, KeyCode::Backspace, KeyCode::Delete, KeyCode::Left, KeyCode::Right,
            KeyCode::Up, KeyCode::Down, KeyCode::Home, KeyCode::End, KeyCode::PageUp,
        ];
        for (now, key) in keys.into_iter().enumerate() {
            let event = KeyEvent::new(codes[key], KeyModifiers::NONE);
            field.handle_key(event, now as u64 * 300, columns);
            let caret = field.caret();
            prop_assert!(field.lines()[caret.line].is_char_boundary(caret.byte));
            let (row, column) = field.caret_on_screen(columns);
            prop_assert!(row < field.rows(columns).len() && column < columns.max(1));
        }
        let written = field.text();
        while field.undo() == Edited::Changed {}
        prop_assert_eq!(field.text(), start);
        while field.redo() == Edited::Changed {}
        prop_assert_eq!(field.text(), written);
    }
}
