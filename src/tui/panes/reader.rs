//! A document that is read: scrolled by actions, drawn by the widget.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::keymap::Action;
use crate::tui::pane::Scene;
use crate::tui::widgets::document::{self, Document, DocumentView};

/// A document with the place up to which it was read.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub document: Document,
    view: DocumentView,
    /// Lines of the document at the present width, and of the screen for it.
    total: usize,
    height: u16,
}

impl Reader {
    pub fn new(document: Document) -> Self {
        Self { document, ..Self::default() }
    }

    /// Another text in the same place: what was read stays where it is.
    pub fn replace(&mut self, document: Document) {
        self.document = document;
    }

    pub fn act(&mut self, action: Action) -> bool {
        let page = isize::try_from(self.height.saturating_sub(2).max(1)).unwrap_or(1);
        match action {
            Action::Up => self.view.scroll(-1, self.total, self.height),
            Action::Down => self.view.scroll(1, self.total, self.height),
            Action::PageUp => self.view.scroll(-page, self.total, self.height),
            Action::PageDown => self.view.scroll(page, self.total, self.height),
            Action::First => self.view.home(),
            Action::Last => self.view.end(self.total, self.height),
            _ => return false,
        }
        true
    }

    pub fn fit(&mut self, area: Rect, scene: &Scene<'_>) {
        self.total = document::lines(&self.document, area.width, scene.look).len();
        self.height = area.height;
        self.view.scroll(0, self.total, self.height);
    }

    pub fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        document::draw(buf, area, &self.document, &self.view, scene.look);
    }
}
