//! A record as the ledger reads it, as a document of the screen.

use crate::ledger::Line;
use crate::tui::theme::Tone;
use crate::tui::widgets::document_block::{Block, Document};

/// The record as it is read, from [`crate::ledger::document`].
pub fn record(lines: Vec<Line>) -> Document {
    let mut blocks = Vec::new();
    let mut written = false;
    for line in lines {
        written |= !matches!(line, Line::Title(_) | Line::Status(_));
        match line {
            Line::Title(title) | Line::Section(title) => blocks.push(Block::Heading(title)),
            Line::Status(status) => blocks.push(Block::Note(status)),
            Line::Value { label, text } => {
                blocks.push(Block::Pair { label, value: text, tone: Tone::Plain });
            }
            Line::Missing { label } => {
                let value = "not given yet".to_owned();
                blocks.push(Block::Pair { label, value, tone: Tone::Warn });
            }
            Line::Text { label, lines } => {
                blocks.extend([Block::Note(label), Block::Text(lines.join("\n"))]);
            }
            Line::Rows { label, columns, rows } => {
                let cell = |row: &[(String, String)], column: &String| {
                    let found = row.iter().find(|(label, _)| label == column);
                    found.map_or_else(String::new, |(_, text)| text.clone())
                };
                let rows =
                    rows.iter().map(|row| columns.iter().map(|c| cell(row, c)).collect()).collect();
                blocks.extend([Block::Note(label), Block::Rows { columns, rows }]);
            }
        }
    }
    if !written {
        blocks.push(Block::Note("Nothing has been written yet.".to_owned()));
    }
    Document { blocks }
}
