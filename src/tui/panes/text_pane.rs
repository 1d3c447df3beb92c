//! A plain text that is read and can be written to a file: the SQL of a figure.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::keymap::Action;
use crate::tui::message::{Reply, Request, Ticket};
use crate::tui::pane::{Desk, Pane, Scene, Step};
use crate::tui::panes::reader::Reader;
use crate::tui::widgets::document::{Block, Document};

pub struct TextPane {
    title: String,
    /// What the file would be called.
    name: String,
    text: String,
    reader: Reader,
    writing: Option<Ticket>,
}

impl TextPane {
    pub fn new(title: String, name: String, text: &str) -> Self {
        let blocks = text
            .lines()
            .map(|line| match line {
                "" => Block::Blank,
                line => Block::Text(line.to_owned()),
            })
            .collect();
        let reader = Reader::new(Document { blocks });
        Self { title, name, text: text.to_owned(), reader, writing: None }
    }
}

impl Pane for TextPane {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn show(&mut self, _desk: &mut Desk<'_>) {}

    fn hide(&mut self, _desk: &mut Desk<'_>) {}

    fn outdate(&mut self) {}

    fn act(&mut self, action: Action, desk: &mut Desk<'_>) -> bool {
        if action == Action::Export {
            let request = Request::Write {
                name: self.name.clone(),
                text: self.text.clone(),
                folder: desk.folder.clone(),
            };
            self.writing = Some(desk.ask(request));
            return true;
        }
        if action == Action::Copy {
            let (what, text) = (self.title.clone(), self.text.clone());
            desk.step(Step::Copy { what, text });
            return true;
        }
        self.reader.act(action)
    }

    fn replied(&mut self, ticket: Ticket, reply: &Reply, desk: &mut Desk<'_>) -> bool {
        if self.writing != Some(ticket) {
            return false;
        }
        self.writing = None;
        desk.say_written(reply);
        true
    }

    fn actions(&self) -> Vec<Action> {
        vec![Action::Copy, Action::Export, Action::Down, Action::Up, Action::Back]
    }

    fn fit(&mut self, area: Rect, scene: &Scene<'_>) {
        self.reader.fit(area, scene);
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        self.reader.draw(buf, area, scene);
    }
}
