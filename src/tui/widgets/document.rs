//! Text with headings, labels and small tables, to be read and scrolled.
//!
//! Owns how a record looks when nobody edits it. Rows of the screen are made
//! from the document for a given width; nothing is kept between two drawings.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::text;
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::{paint, wrap};

pub use crate::tui::widgets::document_block::{Block, Document};
pub use crate::tui::widgets::document_record::record;

/// Labels wider than this are cut.
const WIDEST_LABEL: usize = 24;
/// Cells wider than this make a table's rows stand one cell below the other.
const WIDEST_CELL: usize = 32;

/// How far a document is scrolled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DocumentView {
    /// The first row on the screen.
    pub offset: usize,
}

impl DocumentView {
    /// Scrolls by rows; `total` are the rows of the document, `height` those of
    /// its area.
    pub fn scroll(&mut self, rows: isize, total: usize, height: u16) {
        let last = last_offset(total, height);
        self.offset = self.offset.min(last).saturating_add_signed(rows).min(last);
    }

    pub fn home(&mut self) {
        self.offset = 0;
    }

    pub fn end(&mut self, total: usize, height: u16) {
        self.offset = last_offset(total, height);
    }
}

/// Rows of an area that show a document of `total` rows: one less when it does
/// not fit, for the row that says where one is.
fn page(total: usize, height: u16) -> usize {
    let height = usize::from(height);
    if total > height && height > 1 { height - 1 } else { height }
}

fn last_offset(total: usize, height: u16) -> usize {
    total.saturating_sub(page(total, height))
}

/// The document as rows of at most `width` columns, all of it harmless.
pub fn lines(document: &Document, width: u16, look: &Look) -> Vec<Line<'static>> {
    let width = usize::from(width).max(1);
    let label_width = document
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Pair { label, .. } => Some(text::width(label)),
            _ => None,
        })
        .max()
        .unwrap_or(0)
        .min(WIDEST_LABEL)
        .min(width / 2);
    let mut out = Vec::new();
    for block in &document.blocks {
        match block {
            Block::Heading(title) => {
                if !out.is_empty() {
                    out.push(Line::default());
                }
                let title = look.glyphs.clip(title, width).into_owned();
                out.push(Line::styled(title, look.theme.heading));
            }
            Block::Text(words) => out.extend(text_lines(words, width, "", look.theme.text, look)),
            Block::Note(words) => out.extend(text_lines(words, width, "", look.theme.muted, look)),
            Block::Blank => out.push(Line::default()),
            Block::Pair { label, value, tone } => {
                pair(&mut out, label, value, *tone, (label_width, width), look);
            }
            Block::Rows { columns, rows } => table(&mut out, columns, rows, width, look),
        }
    }
    out
}

fn text_lines(
    words: &str,
    width: usize,
    indent: &str,
    style: Style,
    look: &Look,
) -> Vec<Line<'static>> {
    let room = width.saturating_sub(indent.len()).max(1);
    let line = |row: String| Line::styled(format!("{indent}{}", look.glyphs.shown(&row)), style);
    wrap::paragraphs(words, room).into_iter().map(line).collect()
}

fn pair(
    out: &mut Vec<Line<'static>>,
    label: &str,
    value: &str,
    tone: Tone,
    (label_width, width): (usize, usize),
    look: &Look,
) {
    let name = look.glyphs.clip(label, label_width).into_owned();
    let gap = label_width + 2;
    let pad = " ".repeat(gap - text::width(&name));
    let sign = look.sign(tone).map_or(String::new(), |sign| format!("{sign} "));
    let rows = wrap::paragraphs(&format!("{sign}{value}"), width.saturating_sub(gap).max(1));
    for (at, row) in rows.into_iter().enumerate() {
        let row = Span::styled(look.glyphs.shown(&row).into_owned(), look.theme.tone(tone));
        let start = if at == 0 {
            Span::styled(format!("{name}{pad}"), look.theme.muted)
        } else {
            Span::raw(" ".repeat(gap))
        };
        out.push(Line::from(vec![start, row]));
    }
}

fn table(
    out: &mut Vec<Line<'static>>,
    columns: &[String],
    rows: &[Vec<String>],
    width: usize,
    look: &Look,
) {
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, heading)| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            cells.chain([heading]).map(|cell| text::width(&look.glyphs.shown(cell))).max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    let total: usize = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    if total > width || widths.iter().any(|wide| *wide > WIDEST_CELL) {
        return stacked(out, columns, rows, width, look);
    }
    let line = |cells: &[String], style: Style| {
        let mut row = String::new();
        for (cell, wide) in cells.iter().zip(&widths) {
            let cell = look.glyphs.shown(cell);
            let pad = wide.saturating_sub(text::width(&cell)) + 2;
            row.push_str(&cell);
            row.push_str(&" ".repeat(pad));
        }
        row.truncate(row.trim_end().len());
        Line::styled(row, style)
    };
    out.push(line(columns, look.theme.muted));
    out.extend(rows.iter().map(|row| line(row, look.theme.text)));
}

fn stacked(
    out: &mut Vec<Line<'static>>,
    columns: &[String],
    rows: &[Vec<String>],
    width: usize,
    look: &Look,
) {
    for (number, row) in rows.iter().enumerate() {
        let mut cells = columns.iter().zip(row).filter(|(_, cell)| !cell.trim().is_empty());
        let start = format!("{:>2}. ", number + 1);
        let first = cells.next().map_or("", |(_, cell)| cell.as_str());
        let mut lines = text_lines(first, width, "    ", look.theme.text, look);
        if let Some(line) = lines.first_mut() {
            let words: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
            *line = Line::styled(format!("{start}{}", words.trim_start()), look.theme.text);
        }
        out.extend(lines);
        for (label, cell) in cells {
            let words = format!("{label}: {cell}");
            out.extend(text_lines(&words, width, "    ", look.theme.text, look));
        }
    }
}

/// Draws the document; where it does not fit, the last row says which part is seen.
pub fn draw(buf: &mut Buffer, area: Rect, document: &Document, view: &DocumentView, look: &Look) {
    let lines = lines(document, area.width, look);
    draw_lines(buf, area, &lines, view, look);
}

/// As [`draw`], for rows that were made already.
pub fn draw_lines(
    buf: &mut Buffer,
    area: Rect,
    lines: &[Line<'_>],
    view: &DocumentView,
    look: &Look,
) {
    let area = paint::within(buf, area);
    let page = page(lines.len(), area.height);
    let first = view.offset.min(last_offset(lines.len(), area.height));
    for (at, line) in lines.iter().skip(first).take(page).enumerate() {
        let row = paint::row(area, u16::try_from(at).unwrap_or(u16::MAX));
        buf.set_line(row.x, row.y, line, row.width);
    }
    if page < usize::from(area.height) && lines.len() > page {
        let last = (first + page).min(lines.len());
        let up = if first > 0 { look.glyphs.more_up } else { " " };
        let down = if last < lines.len() { look.glyphs.more_down } else { " " };
        let note = format!("lines {}-{last} of {} {up}{down}", first + 1, lines.len());
        paint::text(buf, paint::row(area, area.height - 1), &note, look.theme.muted, look);
    }
}
