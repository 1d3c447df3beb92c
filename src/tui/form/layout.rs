//! A form as rows of the screen, for a given width.
//!
//! ```text
//! The deal ------------------------------------------   a section
//!   Account   Acme             Amount   120,000.00       what the program filled in
//! > Outcome * lost to competitor                         the focus; * is required
//!             x must be one of the choices               what is wrong
//!   Drivers
//!     1. competitive: new entrant | primary              repeating rows
//!     + add a row
//! ```
//!
//! Made anew from the state for each drawing; nothing is kept.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::catalog::form::{Field, FieldKind, Section};
use crate::domain::text;
use crate::ledger;
use crate::ledger::typed::placeholder;
use crate::tui::form::editor::NoteEditor;
use crate::tui::form::note_area::NoteArea;
use crate::tui::form::open_field::Editing;
use crate::tui::form::pane::FormPane;
use crate::tui::form::stops::{self, Part, Stop};
use crate::tui::theme::Look;
use crate::tui::widgets::{one_line, wrap};
use ratatui::style::Style;

/// Rows of a long text that is not being edited.
const PREVIEW: usize = 6;
/// Where long texts and the cells of rows begin.
const INDENT: usize = 4;

/// Text at a column, in at most `width` columns.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub x: usize,
    pub width: usize,
    pub text: String,
    pub style: Style,
}

/// One row of the form.
#[derive(Clone, Debug)]
pub(super) enum FormRow {
    Section(String),
    Pieces(Vec<Piece>),
}

/// The whole form, and where in it the focus and the caret are.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub rows: Vec<FormRow>,
    pub focus: Range<usize>,
    /// What should be seen with the focus if it fits: the whole row it is in.
    around: Range<usize>,
    /// Row and column.
    pub caret: Option<(usize, usize)>,
}

impl Layout {
    /// The first row on a screen of `height` rows, as near to `offset` as lets
    /// the focus, or at least the caret, be seen.
    pub fn window(&self, offset: usize, height: usize) -> usize {
        let height = height.max(1);
        let mut wanted = self.focus.clone();
        if wanted.len() > height {
            let row = self.caret.map_or(wanted.start, |(row, _)| row);
            wanted = row..row + 1;
        }
        let follow = |offset: usize, rows: &Range<usize>| {
            offset.max(rows.end.saturating_sub(height)).min(rows.start)
        };
        let mut offset = offset;
        if !self.around.is_empty() && self.around.len() <= height {
            offset = follow(offset, &self.around);
        }
        follow(offset, &wanted).min(self.rows.len().saturating_sub(height))
    }
}

/// What the rows are built with.
struct Builder<'a> {
    pane: &'a FormPane,
    look: &'a Look,
    width: usize,
    problems: BTreeMap<String, String>,
    out: Layout,
}

impl FormPane {
    pub(super) fn layout(&self, width: usize, look: &Look) -> Layout {
        let problems = self.all_problems();
        let mut builder =
            Builder { pane: self, look, width: width.max(1), problems, out: Layout::default() };
        if let Some(message) = builder.problems.get("").cloned() {
            builder.problem(&message, 0);
        }
        let mut at = 0;
        for section in &self.form.sections {
            builder.section(section, at);
            at += section.fields.len();
        }
        // Above the first field there may be facts that cannot have the focus.
        if self.stops().first() == Some(&self.focus) {
            builder.out.focus.start = 0;
        }
        builder.out
    }

    /// Columns of the value at the focus, for going up and down by rows.
    pub(super) fn field_columns(&self) -> usize {
        let width = usize::from(self.area.width);
        match stops::field_at(&self.form, self.focus).map(|field| &field.kind) {
            Some(FieldKind::LongText) => note_columns(width),
            _ => width.saturating_sub(self.value_x(width)).max(1),
        }
    }

    fn label_width(&self, width: usize) -> usize {
        let fields = stops::fields(&self.form);
        let labels = fields.flat_map(|field| std::iter::once(field).chain(stops::cells(field)));
        let long =
            |field: &&Field| !matches!(field.kind, FieldKind::LongText | FieldKind::Rows { .. });
        let widest = labels.filter(long).map(|field| text::width(&field.label)).max();
        (widest.unwrap_or(0) + 2).clamp(8, 26).min(width / 3)
    }

    /// The column in which values begin.
    fn value_x(&self, width: usize) -> usize {
        2 + self.label_width(width) + 1
    }

    pub(super) fn is_required_now(&self, field: &Field) -> bool {
        ledger::is_required(&self.form, &field.required, &self.header.state)
    }
}

/// Columns of a long text; the last is for the caret after the last letter.
fn note_columns(width: usize) -> usize {
    width.saturating_sub(INDENT + 1).max(1)
}

impl Builder<'_> {
    fn push(&mut self, pieces: Vec<Piece>) {
        self.out.rows.push(FormRow::Pieces(pieces));
    }

    fn piece(&self, x: usize, width: usize, text: &str, style: Style) -> Piece {
        let width = width.min(self.width.saturating_sub(x));
        Piece { x, width, text: text.to_owned(), style }
    }

    fn section(&mut self, section: &Section, first: usize) {
        if !self.out.rows.is_empty() {
            self.push(Vec::new());
        }
        self.out.rows.push(FormRow::Section(section.title.clone()));
        let mut facts = Vec::new();
        for (at, field) in (first..).zip(&section.fields) {
            let is_fact = !self.pane.read_only && !self.pane.may_edit(field);
            let stop = Stop::whole(at);
            match &field.kind {
                FieldKind::LongText => {
                    self.facts(&mut facts);
                    self.note(field, stop);
                }
                FieldKind::Rows { fields, .. } => {
                    self.facts(&mut facts);
                    self.rows(field, fields, stop);
                }
                _ if is_fact => facts.push((field.label.clone(), self.shown(field, stop))),
                _ => {
                    self.facts(&mut facts);
                    self.field(field, stop, 2);
                }
            }
        }
        self.facts(&mut facts);
    }

    fn shown(&self, field: &Field, stop: Stop) -> String {
        ledger::value_text(field, stops::value(&self.pane.form, &self.pane.body, stop))
    }

    /// What the program filled in, two on a row where there is room.
    fn facts(&mut self, facts: &mut Vec<(String, String)>) {
        let per_row = if self.width >= 60 { 2 } else { 1 };
        let each = (self.width.saturating_sub(2)) / per_row;
        let (muted, style) = (self.look.theme.muted, self.look.theme.text);
        let widest = facts.iter().map(|(label, _)| text::width(label)).max().unwrap_or(0);
        let label_width = widest.min(each / 2);
        for pair in facts.chunks(per_row) {
            let mut pieces = Vec::new();
            for (column, (label, value)) in pair.iter().enumerate() {
                let x = 2 + column * each;
                pieces.push(self.piece(x, label_width, label, muted));
                let room = each.saturating_sub(label_width + 2);
                let value = if value.is_empty() { self.look.glyphs.none } else { value };
                pieces.push(self.piece(x + label_width + 1, room, value, style));
            }
            self.push(pieces);
        }
        facts.clear();
    }

    fn begin(&self) -> usize {
        self.out.rows.len()
    }

    /// Marks the rows since `start` as those of the focus, if it is there.
    fn end(&mut self, start: usize, stop: Stop) {
        if self.pane.focus == stop {
            // The heading above belongs to the first field of its section.
            let has_heading = start > 0 && matches!(self.out.rows[start - 1], FormRow::Section(_));
            self.out.focus = start - usize::from(has_heading)..self.out.rows.len();
        }
    }

    /// The label, with the marker of the focus and the sign of what is required.
    fn label(&self, field: &Field, stop: Stop, indent: usize, width: usize) -> Vec<Piece> {
        let theme = &self.look.theme;
        let focused = self.pane.focus == stop;
        let star = if self.pane.is_required_now(field) { " *" } else { "" };
        let label = self.look.glyphs.clip(&field.label, width.saturating_sub(star.len()));
        let style = if focused { theme.accent } else { theme.label };
        let mut pieces = vec![self.piece(indent, width, &format!("{label}{star}"), style)];
        if focused {
            pieces.push(self.piece(indent.saturating_sub(2), 1, self.look.glyphs.marker, style));
        }
        pieces
    }

    /// A field of one row.
    fn field(&mut self, field: &Field, stop: Stop, indent: usize) {
        let start = self.begin();
        let value_x = self.pane.value_x(self.width);
        let room = self.width.saturating_sub(value_x);
        let mut pieces = self.label(field, stop, indent, value_x.saturating_sub(indent + 1));
        match &self.pane.editing {
            Some(Editing::Note { area, stop: at, .. }) if *at == stop => {
                let line = area.text();
                let seen = one_line::window(&line, area.caret().byte, room, &self.look.glyphs);
                pieces.push(self.piece(value_x, room, &seen.text, self.look.theme.text));
                self.out.caret = Some((start, value_x + seen.caret));
                self.push(pieces);
            }
            _ => {
                let value = self.shown(field, stop);
                let (value, style) = if value.is_empty() && self.pane.focus == stop {
                    (placeholder(&field.kind, &self.pane.header.currency), self.look.theme.muted)
                } else {
                    (value, self.look.theme.text)
                };
                pieces.push(self.piece(value_x, room, &value, style));
                self.push(pieces);
            }
        }
        self.problem_at(stop, value_x);
        self.end(start, stop);
    }

    /// A text of several rows, below its label.
    fn note(&mut self, field: &Field, stop: Stop) {
        let start = self.begin();
        let indent = if matches!(stop.part, Part::Cell(..)) { INDENT } else { 2 };
        let label = self.label(field, stop, indent, self.width.saturating_sub(indent));
        self.push(label);
        let columns = note_columns(self.width);
        let style = self.look.theme.text;
        match &self.pane.editing {
            Some(Editing::Note { area, stop: at, .. }) if *at == stop => {
                self.typed_rows(area, columns);
            }
            _ => {
                let written = self.shown(field, stop);
                let rows = if written.is_empty() {
                    Vec::new()
                } else {
                    wrap::paragraphs(&written, columns)
                };
                let all = self.pane.read_only || rows.len() <= PREVIEW;
                let seen = if all { rows.len() } else { PREVIEW - 1 };
                for row in &rows[..seen] {
                    let piece = self.piece(INDENT, columns, row, style);
                    self.push(vec![piece]);
                }
                if !all {
                    let more = format!(".. {} more rows", rows.len() - seen);
                    let piece = self.piece(INDENT, columns, &more, self.look.theme.muted);
                    self.push(vec![piece]);
                }
                if rows.is_empty() && self.pane.focus == stop {
                    let hint = placeholder(&field.kind, "");
                    let piece = self.piece(INDENT, columns, &hint, self.look.theme.muted);
                    self.push(vec![piece]);
                }
            }
        }
        self.problem_at(stop, INDENT);
        self.end(start, stop);
    }

    fn typed_rows(&mut self, area: &NoteArea, columns: usize) {
        let first = self.begin();
        let (row, column) = area.caret_on_screen(columns);
        self.out.caret = Some((first + row, INDENT + column));
        for row in area.rows(columns) {
            let words = &area.lines()[row.line][row.bytes];
            let piece = self.piece(INDENT, columns + 1, words, self.look.theme.text);
            self.push(vec![piece]);
        }
    }

    /// A group of repeating rows: one line each, the one with the focus opened.
    fn rows(&mut self, field: &Field, cells: &[Field], whole: Stop) {
        let theme = &self.look.theme;
        let label = self.label(field, whole, 2, self.width.saturating_sub(2));
        self.push(label);
        let id = &field.id;
        if let Some(message) = self.problems.get(id).cloned() {
            self.problem(&message, INDENT);
        }
        let rows = stops::rows(&self.pane.body, field);
        for (at, row) in rows.iter().enumerate() {
            let start = self.begin();
            let stop = whole.row(at);
            let summary = ledger::row_text(cells, row).replace('\n', " ");
            let summary = if summary.is_empty() { "(empty)" } else { &summary };
            let focused = self.pane.focus == stop;
            let style = if focused { theme.accent } else { theme.text };
            let line = format!("{}. {summary}", at + 1);
            let mut pieces = vec![self.piece(INDENT, self.width, &line, style)];
            if focused {
                pieces.push(self.piece(INDENT - 2, 1, self.look.glyphs.marker, style));
            }
            self.push(pieces);
            let below = format!("{id}/{at}/");
            let wrong = self.problems.keys().filter(|path| path.starts_with(&below)).count();
            if let Some(message) = self.problems.get(&format!("{id}/{at}")).cloned() {
                self.problem(&message, INDENT + 3);
            }
            let is_open = self.pane.focus.field == whole.field
                && matches!(self.pane.focus.part, Part::Cell(open, _) if open == at);
            if wrong > 0 && !is_open {
                let places = if wrong == 1 { "1 field" } else { &format!("{wrong} fields") };
                self.problem(&format!("{places} of this row"), INDENT + 3);
            }
            self.end(start, stop);
            if is_open {
                self.cells(cells, whole, at);
                self.out.around = start..self.out.rows.len();
            }
        }
        let add = whole.add();
        if self.pane.stops().contains(&add) {
            let start = self.begin();
            let focused = self.pane.focus == add;
            let style = if focused { theme.accent } else { theme.muted };
            let mut pieces = vec![self.piece(INDENT, self.width, "+ add a row", style)];
            if focused {
                pieces.push(self.piece(INDENT - 2, 1, self.look.glyphs.marker, style));
            }
            self.push(pieces);
            self.end(start, add);
        }
    }

    fn cells(&mut self, cells: &[Field], whole: Stop, row: usize) {
        for (at, cell) in cells.iter().enumerate() {
            let stop = whole.cell(row, at);
            match cell.kind {
                FieldKind::LongText => self.note(cell, stop),
                _ => self.field(cell, stop, INDENT + 2),
            }
        }
    }

    fn problem_at(&mut self, stop: Stop, x: usize) {
        let path = stops::path(&self.pane.form, stop);
        if let Some(message) = self.problems.get(&path).cloned() {
            self.problem(&message, x);
        }
    }

    fn problem(&mut self, message: &str, x: usize) {
        let style = self.look.theme.problem;
        let room = self.width.saturating_sub(x + 2).max(1);
        for (line, words) in wrap::paragraphs(message, room).into_iter().enumerate() {
            let sign = if line == 0 { self.look.glyphs.bad } else { " " };
            let piece = self.piece(x, self.width, &format!("{sign} {words}"), style);
            self.push(vec![piece]);
        }
    }
}
