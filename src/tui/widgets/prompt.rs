//! One line that is typed: a filter, a name, a reason.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tui_input::{Input, InputRequest};

use crate::domain::text;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::Look;
use crate::tui::widgets::one_line::{self, Window};
use crate::tui::widgets::{keys, paint};

/// What a key did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptOutcome {
    Nothing,
    /// The caret moved.
    Moved,
    Changed,
    Accepted(String),
    Cancelled,
}

/// The state of a one-line input.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    label: String,
    input: Input,
}

impl Prompt {
    /// With the caret after `text`.
    pub fn new(label: &str, text: &str) -> Prompt {
        Prompt { label: label.to_owned(), input: Input::new(keys::pasted(text)) }
    }

    pub fn text(&self) -> &str {
        self.input.value()
    }

    pub fn set_text(&mut self, text: &str) {
        self.input = Input::new(keys::pasted(text));
    }

    pub fn handle_key(&mut self, key: KeyEvent) -> PromptOutcome {
        if !keys::is_press(&key) {
            return PromptOutcome::Nothing;
        }
        if keys::is_back(&key) {
            return PromptOutcome::Cancelled;
        }
        if key.code == KeyCode::Enter {
            return PromptOutcome::Accepted(self.text().to_owned());
        }
        request(&key).map_or(PromptOutcome::Nothing, |request| self.apply(request))
    }

    /// Text from the clipboard; its line breaks become blanks.
    pub fn paste(&mut self, text: &str) -> PromptOutcome {
        let text = keys::pasted(text).replace('\n', " ");
        let letters: usize = text.chars().count();
        if letters == 0 {
            return PromptOutcome::Nothing;
        }
        let (before, after) = self.input.value().split_at(self.caret());
        let caret = self.input.cursor() + letters;
        self.input = Input::new(format!("{before}{text}{after}")).with_cursor(caret);
        PromptOutcome::Changed
    }

    fn apply(&mut self, request: InputRequest) -> PromptOutcome {
        match self.input.handle(request) {
            Some(change) if change.value => PromptOutcome::Changed,
            Some(_) => PromptOutcome::Moved,
            None => PromptOutcome::Nothing,
        }
    }

    /// The caret in bytes.
    fn caret(&self) -> usize {
        let value = self.input.value();
        value.char_indices().nth(self.input.cursor()).map_or(value.len(), |(at, _)| at)
    }

    fn window(&self, area: Rect, glyphs: &Glyphs) -> (usize, Window) {
        let label = if self.label.is_empty() { 0 } else { text::width(&self.label) + 1 };
        let label = label.min(usize::from(area.width) / 2);
        let columns = usize::from(area.width).saturating_sub(label);
        (label, one_line::window(self.text(), self.caret(), columns, glyphs))
    }

    /// Draws label and text on the first row of the area.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, look: &Look) {
        let (label, window) = self.window(area, &look.glyphs);
        let at = paint::columns(area, 0, label.saturating_sub(1));
        paint::text(buf, at, &self.label, look.theme.label, look);
        let at = paint::columns(area, label, usize::MAX);
        paint::text(buf, at, &window.text, look.theme.text, look);
    }

    /// Where the terminal's own cursor belongs when the prompt is drawn in `area`.
    pub fn cursor(&self, area: Rect) -> Option<(u16, u16)> {
        if area.is_empty() {
            return None;
        }
        // A letter is as wide as its twin.
        let (label, window) = self.window(area, &Glyphs::UNICODE);
        let at = paint::columns(area, label + window.caret, 1);
        (at.width > 0).then_some((at.x, at.y))
    }
}

/// What a key asks of a one-line input.
pub(crate) fn request(key: &KeyEvent) -> Option<InputRequest> {
    if let Some(letter) = keys::typed(key) {
        return Some(InputRequest::InsertChar(letter));
    }
    if keys::is_delete_word(key) {
        return Some(InputRequest::DeletePrevWord);
    }
    if keys::is_backspace(key) {
        return Some(InputRequest::DeletePrevChar);
    }
    match key.code {
        KeyCode::Delete => Some(InputRequest::DeleteNextChar),
        KeyCode::Left => Some(InputRequest::GoToPrevChar),
        KeyCode::Right => Some(InputRequest::GoToNextChar),
        KeyCode::Home => Some(InputRequest::GoToStart),
        KeyCode::End => Some(InputRequest::GoToEnd),
        _ if keys::is_ctrl(key, 'a') => Some(InputRequest::GoToStart),
        _ if keys::is_ctrl(key, 'e') => Some(InputRequest::GoToEnd),
        _ if keys::is_ctrl(key, 'u') => Some(InputRequest::DeleteLine),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;
    use crate::tui::widgets::testing::{self, HOSTILE, Screen};

    fn press(prompt: &mut Prompt, code: KeyCode) -> PromptOutcome {
        prompt.handle_key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn ctrl(prompt: &mut Prompt, letter: char) -> PromptOutcome {
        prompt.handle_key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL))
    }

    #[test]
    fn what_is_typed_is_accepted() {
        let mut prompt = Prompt::new("/", "");
        for letter in "café".chars() {
            assert_eq!(press(&mut prompt, KeyCode::Char(letter)), PromptOutcome::Changed);
        }
        assert_eq!(press(&mut prompt, KeyCode::Enter), PromptOutcome::Accepted("café".into()));
        assert_eq!(press(&mut prompt, KeyCode::Esc), PromptOutcome::Cancelled);
        assert_eq!(ctrl(&mut prompt, 'g'), PromptOutcome::Cancelled);
    }

    #[test]
    fn both_backspaces_take_a_whole_letter() {
        for backspace in [KeyCode::Backspace, KeyCode::Char('h')] {
            let mut prompt = Prompt::new("/", "a👩\u{200d}💻");
            let held = if backspace == KeyCode::Backspace {
                KeyModifiers::NONE
            } else {
                KeyModifiers::CONTROL
            };
            prompt.handle_key(KeyEvent::new(backspace, held));
            assert_eq!(prompt.text(), "a");
        }
        let mut prompt = Prompt::new("/", "lost on price");
        ctrl(&mut prompt, 'w');
        assert_eq!(prompt.text(), "lost on ");
    }

    #[test]
    fn a_paste_stays_on_one_line() {
        let mut prompt = Prompt::new("/", "ac");
        press(&mut prompt, KeyCode::Left);
        prompt.paste("b\r\nb\u{1b}");
        assert_eq!(prompt.text(), "ab bc");
        press(&mut prompt, KeyCode::Char('!'));
        assert_eq!(prompt.text(), "ab b!c");
    }

    #[test]
    fn the_cursor_is_where_the_next_letter_goes() {
        let look = Look::plain_ascii();
        let prompt = Prompt::new("Find", "東京");
        let mut screen = Screen::new(20, 1);
        let area = screen.area();
        prompt.draw(&mut screen.buf, area, &Look { glyphs: Glyphs::UNICODE, ..look });
        assert_eq!(screen.rows()[0], "Find 東京");
        assert_eq!(prompt.cursor(area), Some((9, 0)));
    }

    #[test]
    fn no_size_and_no_text_breaks_it() {
        for text in HOSTILE {
            let prompt = Prompt::new(text, text);
            testing::every_small_size(|buf, area| {
                prompt.draw(buf, area, &Look::plain_ascii());
                prompt.cursor(area);
            });
        }
    }
}
