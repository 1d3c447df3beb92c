//! A person at the form, for its tests.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use serde_json::Value;

use crate::tui::form::{Body, FormHeader, FormOutcome, FormPane};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Look, Theme};
use crate::tui::widgets::testing::{self, Screen};

pub const AREA: Rect = Rect::new(0, 0, 80, 24);

fn body(value: Value) -> Body {
    value.as_object().cloned().unwrap_or_default()
}

/// A person at the form.
pub struct Person {
    pub pane: FormPane,
    pub now: u64,
}

impl Person {
    pub fn with(value: Value) -> Person {
        Person::at(value, "draft", false)
    }

    pub fn at(value: Value, state: &str, read_only: bool) -> Person {
        let header = FormHeader {
            record: Some("PM-3".into()),
            state: state.into(),
            revision: Some(2),
            author: Some("mara".into()),
            currency: "EUR".into(),
            ..FormHeader::default()
        };
        let mut pane = FormPane::new(Arc::new(testing::form()), body(value), header, read_only);
        pane.fit(AREA);
        Person { pane, now: 0 }
    }

    pub fn press(&mut self, code: KeyCode) -> FormOutcome {
        self.with_modifiers(code, KeyModifiers::NONE)
    }

    pub fn ctrl(&mut self, letter: char) -> FormOutcome {
        self.with_modifiers(KeyCode::Char(letter), KeyModifiers::CONTROL)
    }

    pub fn with_modifiers(&mut self, code: KeyCode, held: KeyModifiers) -> FormOutcome {
        self.now += 50;
        self.pane.handle_key(KeyEvent::new(code, held), self.now)
    }

    pub fn write(&mut self, words: &str) {
        for letter in words.chars() {
            self.press(KeyCode::Char(letter));
        }
    }

    /// Puts the focus on a field.
    #[track_caller]
    pub fn go(&mut self, path: &str) -> &mut Person {
        let kept = self.pane.body();
        self.pane.restore(kept, Some(path));
        assert_eq!(self.pane.focus_path(), path);
        self
    }

    pub fn stored(&self, path: &str) -> Value {
        let body = Value::Object(self.pane.body());
        body.pointer(&format!("/{path}")).cloned().unwrap_or(Value::Null)
    }

    pub fn screen(&self) -> Screen {
        self.drawn(&Look { theme: Theme::plain(), glyphs: Glyphs::ASCII })
    }

    pub fn drawn(&self, look: &Look) -> Screen {
        let mut screen = Screen::new(80, 24);
        self.pane.draw(&mut screen.buf, AREA, look, true);
        screen
    }
}
