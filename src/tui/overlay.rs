//! What stands in front of a pane for a moment: a list to choose from, or a
//! line of text. There is one at a time, and Esc always takes it away.

use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::domain::Dimension;
use crate::tui::input::Input;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::pane::Question;
use crate::tui::theme::Look;
use crate::tui::widgets::list_picker::{ListPicker, PickItem, PickOutcome};
use crate::tui::widgets::prompt::{Prompt, PromptOutcome};

/// What the answer is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Carry out the action of this name.
    Command,
    Quarter,
    Dimension,
    /// Which dimension to filter by; then, which value of it.
    ScopeBy,
    Scope(Dimension),
    /// Any figure of the catalog, by its name.
    Figure,
    Draft,
    /// How everything looks.
    Theme,
    /// What there was to say while nothing could be said; no answer means anything.
    Notices,
    Quit,
    /// The file to import.
    Import,
    /// The pane on top asked.
    Pane(Question),
}

/// A list or a line in front of the pane.
pub struct Overlay {
    pub purpose: Purpose,
    widget: Widget,
}

enum Widget {
    List(ListPicker),
    Line(Prompt),
}

/// What a key made of it.
pub enum OverlayOutcome {
    Open,
    /// The text as it stands, while it is still being typed.
    Changed(String),
    Answered(String),
    Cancelled,
}

impl Overlay {
    pub fn list(purpose: Purpose, title: &str, items: Vec<PickItem>) -> Self {
        Self { purpose, widget: Widget::List(ListPicker::new(title, items)) }
    }

    /// Of which any number can be chosen; the answer has one value a line.
    pub fn list_of_many(
        purpose: Purpose,
        title: &str,
        items: Vec<PickItem>,
        chosen: &[String],
    ) -> Self {
        Self { purpose, widget: Widget::List(ListPicker::new(title, items).multiple(chosen)) }
    }

    /// The same, standing on this value at first.
    pub fn on(mut self, value: &str) -> Self {
        if let Widget::List(picker) = &mut self.widget {
            picker.select_value(value);
        }
        self
    }

    pub fn line(purpose: Purpose, label: &str, text: &str) -> Self {
        Self { purpose, widget: Widget::Line(Prompt::new(label, text)) }
    }

    pub fn typed(&mut self, input: &Input) -> OverlayOutcome {
        match (&mut self.widget, input) {
            (Widget::List(picker), Input::Key(key)) => match picker.handle_key(*key) {
                PickOutcome::Picked(value) => OverlayOutcome::Answered(value),
                PickOutcome::PickedMany(values) => OverlayOutcome::Answered(values.join("\n")),
                PickOutcome::Cancelled => OverlayOutcome::Cancelled,
                PickOutcome::Nothing if matches!(key.code, KeyCode::Esc | KeyCode::F(10)) => {
                    OverlayOutcome::Cancelled
                }
                PickOutcome::Nothing | PickOutcome::Moved => OverlayOutcome::Open,
            },
            (Widget::List(picker), Input::Paste(text)) => {
                picker.paste(text);
                OverlayOutcome::Open
            }
            (Widget::Line(prompt), input) => {
                let outcome = match input {
                    Input::Key(key) => prompt.handle_key(*key),
                    Input::Paste(text) => prompt.paste(text),
                };
                match outcome {
                    PromptOutcome::Changed => OverlayOutcome::Changed(prompt.text().to_owned()),
                    PromptOutcome::Accepted(text) => OverlayOutcome::Answered(text),
                    PromptOutcome::Cancelled => OverlayOutcome::Cancelled,
                    PromptOutcome::Nothing | PromptOutcome::Moved => OverlayOutcome::Open,
                }
            }
        }
    }

    /// A line is typed on the last line of the screen, a list stands in the body.
    pub fn is_line(&self) -> bool {
        matches!(self.widget, Widget::Line(_))
    }

    /// Everything that can be typed here is a word of the program's own.
    pub fn offers_our_words(&self) -> bool {
        let own_list = match &self.purpose {
            Purpose::Command
            | Purpose::Quarter
            | Purpose::Dimension
            | Purpose::ScopeBy
            | Purpose::Theme
            | Purpose::Figure
            | Purpose::Notices
            | Purpose::Quit => true,
            Purpose::Pane(question) => matches!(question, Question::Format | Question::Copy),
            Purpose::Scope(_) | Purpose::Draft | Purpose::Import => false,
        };
        own_list && !self.is_line()
    }

    pub fn draw(&self, buf: &mut Buffer, area: Rect, look: &Look) {
        match &self.widget {
            Widget::List(picker) => picker.draw(buf, area, look),
            Widget::Line(prompt) => prompt.draw(buf, area, look),
        }
    }

    pub fn cursor(&self, area: Rect) -> Option<Position> {
        match &self.widget {
            Widget::List(picker) => picker.cursor(area),
            Widget::Line(prompt) => prompt.cursor(area),
        }
        .map(Position::from)
    }
}

/// Every action as a line to choose from: the help and the palette are the same
/// list, the help with keys first.
pub fn commands(keymap: &Keymap, help: bool) -> Overlay {
    let items = keymap
        .entries()
        .map(|entry| {
            let keys: Vec<String> = entry.keys.iter().map(|key| key.label()).collect();
            let keys = keys.join(" ");
            if help {
                let item = PickItem::new(entry.name, format!("{keys:<16} {}", entry.name));
                if entry.help == entry.name { item } else { item.detail(entry.help) }
            } else {
                PickItem::new(entry.name, entry.name).detail(&keys)
            }
        })
        .collect();
    let title = if help { "Keys: type to search, Enter does it" } else { "Commands" };
    Overlay::list(Purpose::Command, title, items)
}

/// The action that an answer of [`commands`] names.
pub fn command(keymap: &Keymap, name: &str) -> Option<Action> {
    keymap.entries().find(|entry| entry.name == name).map(|entry| entry.action)
}
