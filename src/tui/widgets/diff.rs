//! What changed between two revisions of a record, as rows of the screen.
//!
//! ```text
//! Learning                                      <- the field
//! - Qualify the budget before the demo.         <- as it was
//! + Qualify the budget holder before the demo.  <- as it is, the new words emphasised
//! ```
//!
//! From a hundred columns on, the two stand side by side. Lines that went and
//! came carry their sign, so the comparison needs no colour. What differs is the
//! ledger's to say; here it is only drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::text;
use crate::ledger::{self, Change, RecordDiff, RowDiff, TextLine};
use crate::tui::theme::Look;
use crate::tui::widgets::document::{self, DocumentView};
use crate::tui::widgets::wrap;

/// From this many columns on the two revisions stand side by side.
pub const SIDE_BY_SIDE: u16 = 100;
/// Unchanged lines kept around a change.
const CONTEXT: usize = 2;

/// What differs in one place.
struct Block {
    heading: String,
    lines: Vec<TextLine>,
}

fn blocks(diff: &RecordDiff) -> Vec<Block> {
    let mut out = Vec::new();
    if let Some((before, after)) = &diff.state {
        let lines = ledger::text_lines(before, after);
        out.push(Block { heading: "State".to_owned(), lines });
    }
    for field in &diff.fields {
        change_blocks(&field.label, &field.change, &mut out);
    }
    out
}

fn change_blocks(heading: &str, change: &Change, out: &mut Vec<Block>) {
    let whole = |texts: &[String], side: ledger::Side| -> Vec<TextLine> {
        texts.iter().flat_map(|text| lines_of(text, side)).collect()
    };
    let lines = match change {
        Change::Value { before, after } => ledger::text_lines(
            before.as_deref().unwrap_or_default(),
            after.as_deref().unwrap_or_default(),
        ),
        Change::Text(lines) => lines.clone(),
        Change::Choices { removed, added } => {
            let mut lines = whole(removed, ledger::Side::Before);
            lines.extend(whole(added, ledger::Side::After));
            lines
        }
        Change::Rows(rows) => return rows.iter().for_each(|row| row_blocks(heading, row, out)),
    };
    out.push(Block { heading: heading.to_owned(), lines });
}

fn row_blocks(group: &str, row: &RowDiff, out: &mut Vec<Block>) {
    let whole = |values: &[(String, String)], side: ledger::Side| -> Vec<TextLine> {
        values
            .iter()
            .flat_map(|(label, text)| lines_of(&format!("{label}: {text}"), side))
            .collect()
    };
    match row {
        RowDiff::Added { to, values } => out.push(Block {
            heading: format!("{group}, row {} is new", to + 1),
            lines: whole(values, ledger::Side::After),
        }),
        RowDiff::Removed { from, values } => out.push(Block {
            heading: format!("{group}, row {} is gone", from + 1),
            lines: whole(values, ledger::Side::Before),
        }),
        RowDiff::Changed { from, to, fields } => {
            let place = if from == to {
                format!("{group}, row {}", to + 1)
            } else {
                format!("{group}, row {}, was row {}", to + 1, from + 1)
            };
            if fields.is_empty() {
                out.push(Block { heading: place, lines: Vec::new() });
                return;
            }
            for field in fields {
                change_blocks(&format!("{place}: {}", field.label), &field.change, out);
            }
        }
    }
}

fn lines_of(text: &str, side: ledger::Side) -> Vec<TextLine> {
    let span = |line: &str| ledger::Span { text: line.to_owned(), changed: false };
    text.split('\n').map(|line| TextLine { side, spans: vec![span(line)] }).collect()
}

/// One line of a comparison.
enum Pair<'a> {
    Same(&'a TextLine),
    Changed(Option<&'a TextLine>, Option<&'a TextLine>),
    /// So many lines that are the same.
    Gap(usize),
}

/// The lines beside each other; long stretches that are the same become a gap.
fn pairs(lines: &[TextLine]) -> Vec<Pair<'_>> {
    let sides = ledger::side_by_side(lines);
    let same = |pair: &(Option<&TextLine>, Option<&TextLine>)| {
        pair.0.is_some_and(|line| line.side == ledger::Side::Both)
    };
    let mut out = Vec::new();
    let mut done = 0;
    for run in sides.chunk_by(|a, b| same(a) == same(b)) {
        let (at_start, at_end) = (done == 0, done + run.len() == sides.len());
        done += run.len();
        if !same(&run[0]) {
            out.extend(run.iter().map(|(old, new)| Pair::Changed(*old, *new)));
            continue;
        }
        let before = if at_start { 0 } else { CONTEXT };
        let after = if at_end { 0 } else { CONTEXT };
        // A line that says "1 line" takes as much room as the line.
        if run.len() <= before + after + 1 {
            out.extend(run.iter().filter_map(unchanged));
        } else {
            out.extend(run[..before].iter().filter_map(unchanged));
            out.push(Pair::Gap(run.len() - before - after));
            out.extend(run[run.len() - after..].iter().filter_map(unchanged));
        }
    }
    out
}

fn unchanged<'a>(pair: &(Option<&'a TextLine>, Option<&'a TextLine>)) -> Option<Pair<'a>> {
    pair.0.map(Pair::Same)
}

/// The comparison as rows of at most `width` columns.
pub fn lines(
    diff: &RecordDiff,
    (old_title, new_title): (&str, &str),
    width: u16,
    look: &Look,
) -> Vec<Line<'static>> {
    let shown = |title: &str| look.glyphs.shown(title).into_owned();
    let (old_title, new_title) = (shown(old_title), shown(new_title));
    if diff.is_empty() {
        let note = format!("No difference between {old_title} and {new_title}.");
        return vec![Line::styled(note, look.theme.muted)];
    }
    let sides = Sides { width: usize::from(width).max(3), both: width >= SIDE_BY_SIDE, look };
    let mut out = Vec::new();
    let titles = [(old_title, ledger::Side::Before), (new_title, ledger::Side::After)];
    let titles = titles.map(|(title, side)| lines_of(&title, side));
    sides.push(
        &mut out,
        (titles[0].first().map(|line| ("-", line)), titles[1].first().map(|line| ("+", line))),
        look.theme.title,
    );
    for block in blocks(diff) {
        out.push(Line::default());
        let heading = look.glyphs.clip(&block.heading, usize::from(width)).into_owned();
        out.push(Line::styled(heading, look.theme.heading));
        sides.push_pairs(&mut out, pairs(&block.lines));
    }
    out
}

/// Draws the comparison, scrolled like a document.
pub fn draw(
    buf: &mut Buffer,
    area: Rect,
    diff: &RecordDiff,
    titles: (&str, &str),
    view: &DocumentView,
    look: &Look,
) {
    let lines = lines(diff, titles, area.width, look);
    document::draw_lines(buf, area, &lines, view, look);
}

/// How lines of the two revisions are put on the screen.
struct Sides<'a> {
    width: usize,
    both: bool,
    look: &'a Look,
}

type Side<'a> = Option<(&'static str, &'a TextLine)>;

impl Sides<'_> {
    fn push_pairs(&self, out: &mut Vec<Line<'static>>, pairs: Vec<Pair<'_>>) {
        let theme = &self.look.theme;
        // One below the other, all that went comes before all that came.
        let mut waiting = Vec::new();
        for pair in pairs {
            if !matches!(pair, Pair::Changed(..)) {
                for side in waiting.drain(..) {
                    self.push(out, (None, Some(side)), theme.added);
                }
            }
            match pair {
                Pair::Same(line) => {
                    let copy = self.both.then_some((" ", line));
                    self.push(out, (Some((" ", line)), copy), theme.text);
                }
                Pair::Gap(count) => {
                    out.push(Line::styled(format!("  .. {count} lines alike"), theme.muted));
                }
                Pair::Changed(old, new) => {
                    let (old, new) = (old.map(|line| ("-", line)), new.map(|line| ("+", line)));
                    if self.both {
                        self.push(out, (old, new), theme.text);
                    } else {
                        if old.is_some() {
                            self.push(out, (old, None), theme.removed);
                        }
                        waiting.extend(new);
                    }
                }
            }
        }
        for side in waiting {
            self.push(out, (None, Some(side)), theme.added);
        }
    }

    /// One line of either or both, broken into rows.
    fn push(&self, out: &mut Vec<Line<'static>>, (old, new): (Side<'_>, Side<'_>), style: Style) {
        if !self.both {
            for (sign, line) in old.into_iter().chain(new) {
                out.extend(self.rows(sign, line, self.width, style).into_iter().map(Line::from));
            }
            return;
        }
        let half = (self.width - 3) / 2;
        let theme = &self.look.theme;
        let rows = |side: Side<'_>| {
            side.map_or(Vec::new(), |(sign, line)| {
                let style = match sign {
                    "-" => style.patch(theme.removed),
                    "+" => style.patch(theme.added),
                    _ => style,
                };
                self.rows(sign, line, half, style)
            })
        };
        let (left, right) = (rows(old), rows(new));
        for at in 0..left.len().max(right.len()) {
            let mut row = left.get(at).cloned().unwrap_or_default();
            let used: usize = row.iter().map(|span| text::width(&span.content)).sum();
            row.push(Span::raw(" ".repeat(half.saturating_sub(used) + 1)));
            row.push(Span::styled(self.look.glyphs.side, theme.border));
            row.push(Span::raw(" "));
            row.extend(right.get(at).cloned().unwrap_or_default());
            out.push(Line::from(row));
        }
    }

    /// The words of one line in rows of `width` columns, each with the sign of
    /// its line before it.
    fn rows(
        &self,
        sign: &'static str,
        words: &TextLine,
        width: usize,
        style: Style,
    ) -> Vec<Vec<Span<'static>>> {
        let emphasis = style.patch(self.look.theme.emphasis);
        let mut line = String::new();
        let mut pieces = Vec::new();
        for span in &words.spans {
            let start = line.len();
            line.push_str(&self.look.glyphs.shown(&span.text));
            pieces.push((start..line.len(), if span.changed { emphasis } else { style }));
        }
        let cut = |row: std::ops::Range<usize>| {
            let mut spans = vec![Span::styled(format!("{sign} "), style)];
            for (piece, style) in &pieces {
                let (start, end) = (piece.start.max(row.start), piece.end.min(row.end));
                if start < end {
                    spans.push(Span::styled(line[start..end].to_owned(), *style));
                }
            }
            spans
        };
        wrap::rows(&line, width.saturating_sub(2)).into_iter().map(cut).collect()
    }
}
