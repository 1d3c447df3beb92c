//! What changed between two revisions of a record.
//!
//! ```text
//! Learning                                      <- the field
//! - Qualify the budget before the demo.         <- as it was
//! + Qualify the budget holder before the demo.  <- as it is, the new words emphasised
//! ```
//!
//! From a hundred columns on, the two stand side by side. Lines that went and
//! came carry their sign, so the comparison needs no colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use serde_json::{Map, Value};
use similar::{ChangeTag, DiffOp, TextDiff};

use crate::catalog::form::Form;
use crate::domain::text;
use crate::tui::theme::Look;
use crate::tui::widgets::document::{self, DocumentView};
use crate::tui::widgets::{field_text, wrap};

/// From this many columns on the two revisions stand side by side.
pub const SIDE_BY_SIDE: u16 = 100;
/// Unchanged lines kept around a change.
const CONTEXT: usize = 2;

/// One field that differs, in words; `None`: there was, or is, nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub label: String,
    /// The id of the field.
    pub path: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// The fields that differ, in the order of the form; keys that the form does
/// not know (any more) come last.
pub fn changes(
    form: &Form,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Vec<FieldChange> {
    let fields = form.sections.iter().flat_map(|section| &section.fields);
    let mut out = Vec::new();
    let mut known = Vec::new();
    for field in fields {
        known.push(field.id.as_str());
        let show = |body: &Map<String, Value>| {
            let value = body.get(&field.id)?;
            Some(field_text::show(field, value)).filter(|text| !text.is_empty())
        };
        // Compared as stored: two values may read alike and differ.
        if old.get(&field.id) != new.get(&field.id) {
            let label = field.label.clone();
            out.push(FieldChange { label, path: field.id.clone(), old: show(old), new: show(new) });
        }
    }
    let mut others: Vec<&String> = old.keys().chain(new.keys()).collect();
    others.retain(|key| !known.contains(&key.as_str()) && old.get(*key) != new.get(*key));
    others.sort_unstable();
    others.dedup();
    out.extend(others.into_iter().map(|key| FieldChange {
        label: key.clone(),
        path: key.clone(),
        old: old.get(key).map(field_text::plain),
        new: new.get(key).map(field_text::plain),
    }));
    out
}

/// A line with its changed words apart: (text, emphasised).
type Words = Vec<(String, bool)>;

/// One line of a comparison.
enum Pair {
    Same(String),
    Changed {
        old: Option<Words>,
        new: Option<Words>,
    },
    /// So many lines that are the same.
    Gap(usize),
}

fn compare(old: &str, new: &str) -> Vec<Pair> {
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) =
        (old.split('\n').collect(), new.split('\n').collect());
    // Nothing has no lines, not one that is empty.
    let old_lines = if old.is_empty() { Vec::new() } else { old_lines };
    let new_lines = if new.is_empty() { Vec::new() } else { new_lines };
    let diff = TextDiff::from_slices(&old_lines, &new_lines);
    let mut out = Vec::new();
    for op in diff.ops() {
        match *op {
            DiffOp::Equal { old_index, len, .. } => {
                let at_start = out.is_empty();
                let at_end = old_index + len == old_lines.len();
                let lines = &old_lines[old_index..old_index + len];
                out.extend(context(lines, at_start, at_end));
            }
            _ => {
                let (old, new) = (op.old_range(), op.new_range());
                for at in 0..old.len().max(new.len()) {
                    let old = old_lines[old.clone()].get(at);
                    let new = new_lines[new.clone()].get(at);
                    out.push(changed(old.copied(), new.copied()));
                }
            }
        }
    }
    out
}

fn context(lines: &[&str], at_start: bool, at_end: bool) -> Vec<Pair> {
    let before = if at_start { 0 } else { CONTEXT };
    let after = if at_end { 0 } else { CONTEXT };
    let same = |line: &&str| Pair::Same((*line).to_owned());
    // A line that says "1 line" takes as much room as the line.
    if lines.len() <= before + after + 1 {
        return lines.iter().map(same).collect();
    }
    let mut out: Vec<Pair> = lines[..before].iter().map(same).collect();
    out.push(Pair::Gap(lines.len() - before - after));
    out.extend(lines[lines.len() - after..].iter().map(same));
    out
}

fn changed(old: Option<&str>, new: Option<&str>) -> Pair {
    let (Some(before), Some(after)) = (old, new) else {
        let plain = |line: &str| vec![(line.to_owned(), false)];
        return Pair::Changed { old: old.map(plain), new: new.map(plain) };
    };
    let diff = TextDiff::from_unicode_words(before, after);
    let (mut old, mut new): (Words, Words) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        let word = change.value().to_string();
        match change.tag() {
            ChangeTag::Equal => {
                old.push((word.clone(), false));
                new.push((word, false));
            }
            ChangeTag::Delete => old.push((word, true)),
            ChangeTag::Insert => new.push((word, true)),
        }
    }
    Pair::Changed { old: Some(old), new: Some(new) }
}

/// The comparison as rows of at most `width` columns.
pub fn lines(
    changes: &[FieldChange],
    old_title: &str,
    new_title: &str,
    width: u16,
    look: &Look,
) -> Vec<Line<'static>> {
    let shown = |title: &str| look.glyphs.shown(title).into_owned();
    let (old_title, new_title) = (shown(old_title), shown(new_title));
    if changes.is_empty() {
        let note = format!("No difference between {old_title} and {new_title}.");
        return vec![Line::styled(note, look.theme.muted)];
    }
    let sides = Sides { width: usize::from(width).max(3), both: width >= SIDE_BY_SIDE, look };
    let mut out = Vec::new();
    sides.push(
        &mut out,
        (Some(("-", vec![(old_title, false)])), Some(("+", vec![(new_title, false)]))),
        look.theme.title,
    );
    for change in changes {
        out.push(Line::default());
        let label = look.glyphs.clip(&change.label, usize::from(width)).into_owned();
        out.push(Line::styled(label, look.theme.heading));
        let (old, new) = (change.old.as_deref(), change.new.as_deref());
        let pairs = compare(old.unwrap_or_default(), new.unwrap_or_default());
        sides.push_pairs(&mut out, pairs);
    }
    out
}

/// Draws the comparison, scrolled like a document.
pub fn draw(
    buf: &mut Buffer,
    area: Rect,
    changes: &[FieldChange],
    (old_title, new_title): (&str, &str),
    view: &DocumentView,
    look: &Look,
) {
    let lines = lines(changes, old_title, new_title, area.width, look);
    document::draw_lines(buf, area, &lines, view, look);
}

/// How lines of the two revisions are put on the screen.
struct Sides<'a> {
    width: usize,
    both: bool,
    look: &'a Look,
}

type Side = Option<(&'static str, Words)>;

impl Sides<'_> {
    fn push_pairs(&self, out: &mut Vec<Line<'static>>, pairs: Vec<Pair>) {
        let theme = &self.look.theme;
        // One below the other, all that went comes before all that came.
        let mut waiting = Vec::new();
        for pair in pairs {
            if !matches!(pair, Pair::Changed { .. }) {
                for side in waiting.drain(..) {
                    self.push(out, (None, Some(side)), theme.added);
                }
            }
            match pair {
                Pair::Same(line) => {
                    let words = vec![(line, false)];
                    let copy = self.both.then(|| (" ", words.clone()));
                    self.push(out, (Some((" ", words)), copy), theme.text);
                }
                Pair::Gap(count) => {
                    out.push(Line::styled(format!("  .. {count} lines alike"), theme.muted));
                }
                Pair::Changed { old, new } => {
                    let (old, new) = (old.map(|words| ("-", words)), new.map(|words| ("+", words)));
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
    fn push(&self, out: &mut Vec<Line<'static>>, (old, new): (Side, Side), style: Style) {
        if !self.both {
            for (sign, words) in old.into_iter().chain(new) {
                out.extend(self.rows(sign, &words, self.width, style).into_iter().map(Line::from));
            }
            return;
        }
        let half = (self.width - 3) / 2;
        let theme = &self.look.theme;
        let rows = |side: Side| {
            side.map_or(Vec::new(), |(sign, words)| {
                let style = match sign {
                    "-" => style.patch(theme.removed),
                    "+" => style.patch(theme.added),
                    _ => style,
                };
                self.rows(sign, &words, half, style)
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
        words: &Words,
        width: usize,
        style: Style,
    ) -> Vec<Vec<Span<'static>>> {
        let emphasis = style.patch(self.look.theme.emphasis);
        let mut line = String::new();
        let mut pieces = Vec::new();
        for (word, changed) in words {
            let start = line.len();
            line.push_str(&self.look.glyphs.shown(word));
            pieces.push((start..line.len(), if *changed { emphasis } else { style }));
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
