//! One row of a figure in full: every value with its meaning, and what the
//! figure is. The last stop of every drill-down.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::figure::Figure;
use crate::domain::Formats;
use crate::tui::glyphs::Glyphs;
use crate::tui::keymap::Action;
use crate::tui::message::{Reply, Ticket};
use crate::tui::pane::{Desk, Pane, Scene};
use crate::tui::panes::reader::Reader;
use crate::tui::theme::Tone;
use crate::tui::widgets::cell;
use crate::tui::widgets::document::{Block, Document};
use crate::workspace::Answer;

pub struct ExplainPane {
    title: String,
    reader: Reader,
}

impl ExplainPane {
    pub fn new(figure: &Figure, answer: &Answer, row: usize) -> Self {
        let name = figure
            .columns
            .iter()
            .find_map(|column| answer.table.get(row, &column.name).as_text())
            .unwrap_or(&figure.title);
        Self { title: name.to_owned(), reader: Reader::new(document(figure, answer, row)) }
    }
}

fn document(figure: &Figure, answer: &Answer, row: usize) -> Document {
    let mut blocks =
        vec![Block::Heading(figure.title.clone()), Block::Text(figure.question.clone())];
    blocks.push(Block::Blank);
    for (column, described) in figure.columns.iter().enumerate() {
        let shown = cell::show(figure, column, &answer.table, row, &Glyphs::UNICODE);
        blocks.push(Block::Pair {
            label: described.heading.clone(),
            value: shown.text,
            tone: shown.tone,
        });
    }
    blocks.extend([Block::Blank, Block::Heading("What the columns mean".into())]);
    for column in figure.columns.iter().filter(|column| !column.meaning.is_empty()) {
        blocks.push(Block::Pair {
            label: column.heading.clone(),
            value: column.meaning.clone(),
            tone: Tone::Plain,
        });
    }
    blocks.extend([Block::Blank, Block::Heading("The figure".into())]);
    let pair =
        |label: &str, value: String| Block::Pair { label: label.into(), value, tone: Tone::Plain };
    blocks.push(pair("Name", figure.name.clone()));
    blocks.push(pair("One row is", figure.grain.clone()));
    blocks.push(pair("Source", figure.source.clone()));
    blocks.push(pair("As of", Formats::here().date(answer.as_of)));
    for (name, value) in answer.parameters.iter().filter(|(_, value)| !value.is_null()) {
        blocks.push(pair(name, value.plain()));
    }
    blocks.extend(answer.notes.iter().map(|note| Block::Note(note.clone())));
    Document { blocks }
}

impl Pane for ExplainPane {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn show(&mut self, _desk: &mut Desk<'_>) {}

    fn hide(&mut self, _desk: &mut Desk<'_>) {}

    fn outdate(&mut self) {}

    fn act(&mut self, action: Action, _desk: &mut Desk<'_>) -> bool {
        self.reader.act(action)
    }

    fn replied(&mut self, _ticket: Ticket, _reply: &Reply, _desk: &mut Desk<'_>) -> bool {
        false
    }

    fn actions(&self) -> Vec<Action> {
        vec![Action::Down, Action::Up, Action::Back]
    }

    fn fit(&mut self, area: Rect, scene: &Scene<'_>) {
        self.reader.fit(area, scene);
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        self.reader.draw(buf, area, scene);
    }
}
