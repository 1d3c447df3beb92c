//! HTML for browsers and printers: one file that loads nothing and runs nothing.
//!
//! Every text goes through the template's own escaping; none is ever put together with
//! tags here. The page forbids scripts and anything from elsewhere by its own header,
//! so that even a text that found a way through would do nothing.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use super::sheet::{Sheet, line};
use crate::domain::text::harmless_lines;
use crate::ledger::Line;

#[derive(Serialize)]
struct Page {
    title: String,
    asked: String,
    blocks: Vec<Block>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Block {
    Heading { text: String },
    Value { label: String, text: String },
    Text { label: String, text: String },
    Missing { label: String },
    Note { text: String },
    Table { label: String, headings: Vec<Cell>, rows: Vec<Vec<Cell>> },
}

#[derive(Clone, Serialize)]
struct Cell {
    text: String,
    /// Stands at the right.
    number: bool,
}

/// A figure: its title, what was asked, the table, the notes.
pub(super) fn answer(title: &str, asked: &str, sheet: &Sheet, notes: &[String]) -> String {
    let mut blocks = vec![table(sheet)];
    blocks.extend(notes.iter().map(|note| Block::Note { text: line(note) }));
    written(&Page { title: line(title), asked: asked.to_owned(), blocks })
}

/// A record, as [`crate::ledger::document`] has it.
pub(super) fn record(lines: &[Line]) -> String {
    let mut page = Page { title: String::new(), asked: String::new(), blocks: Vec::new() };
    for piece in lines {
        let block = match piece {
            Line::Title(title) => {
                page.title = line(title);
                continue;
            }
            Line::Status(status) => {
                page.asked = line(status);
                continue;
            }
            Line::Section(title) => Block::Heading { text: line(title) },
            Line::Value { label, text } => Block::Value { label: line(label), text: line(text) },
            Line::Text { label, lines } => Block::Text {
                label: line(label),
                text: harmless_lines(&lines.join("\n")).into_owned(),
            },
            Line::Missing { label } => Block::Missing { label: line(label) },
            Line::Rows { label, columns, rows } => {
                let cell =
                    |text: &str| Cell { text: harmless_lines(text).into_owned(), number: false };
                let row = |row: &crate::ledger::RowLines| {
                    let of = |column: &String| row.iter().find(|(label, _)| label == column);
                    columns.iter().map(|c| cell(of(c).map_or("", |(_, text)| text))).collect()
                };
                Block::Table {
                    label: line(label),
                    headings: columns.iter().map(|column| cell(column)).collect(),
                    rows: rows.iter().map(row).collect(),
                }
            }
        };
        page.blocks.push(block);
    }
    written(&page)
}

fn table(sheet: &Sheet) -> Block {
    if sheet.rows.is_empty() {
        return Block::Note { text: "No rows.".to_owned() };
    }
    let cells = |texts: &[String]| -> Vec<Cell> {
        let pairs = texts.iter().zip(&sheet.numeric);
        pairs.map(|(text, number)| Cell { text: text.clone(), number: *number }).collect()
    };
    Block::Table {
        label: String::new(),
        headings: cells(&sheet.headings),
        rows: sheet.rows.iter().map(|row| cells(row)).collect(),
    }
}

fn written(page: &Page) -> String {
    let mut environment = Environment::new();
    // The name's end turns escaping on.
    let written = environment
        .add_template("page.html", include_str!("page.html"))
        .and_then(|()| environment.get_template("page.html"))
        .and_then(|template| template.render(Serde(page)));
    // The template is part of the program, and a test reads it.
    written.unwrap_or_default()
}
