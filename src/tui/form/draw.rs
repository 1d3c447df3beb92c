//! The form on the screen: a line about the record, the fields, the help.
//!
//! Drawing changes nothing; where it scrolls to follows from the state.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::form::Required;
use crate::tui::form::layout::{FormRow, Layout};
use crate::tui::form::open_field::Editing;
use crate::tui::form::pane::FormPane;
use crate::tui::form::stops;
use crate::tui::theme::Look;
use crate::tui::widgets::{paint, wrap};

/// How an area is divided.
struct Parts {
    header: Rect,
    body: Rect,
    help: Rect,
}

fn parts(area: Rect) -> Parts {
    let (header, help) = match area.height {
        0..=3 => (0, 0),
        4..=9 => (1, 1),
        _ => (1, 2),
    };
    Parts {
        header: Rect { height: header, ..area },
        body: paint::above(paint::below(area, header), help),
        help: paint::below(area, area.height - help),
    }
}

impl FormPane {
    /// Draws the form; with a list open, the list over it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, look: &Look, focused: bool) {
        let area = paint::within(buf, area);
        if area.is_empty() {
            return;
        }
        let parts = parts(area);
        self.draw_header(buf, parts.header, look);
        self.draw_help(buf, parts.help, look);
        let layout = self.layout(usize::from(area.width), look);
        let first = layout.window(self.offset, usize::from(parts.body.height));
        for line in 0..parts.body.height {
            let Some(row) = layout.rows.get(first + usize::from(line)) else { break };
            draw_row(buf, paint::row(parts.body, line), row, look);
        }
        if let (Some(Editing::Pick { picker, .. }), true) = (&self.editing, focused) {
            picker.draw(buf, area, look);
        }
    }

    /// Where the terminal's own cursor belongs; `None`: nothing is being typed.
    pub fn cursor(&self, area: Rect) -> Option<(u16, u16)> {
        let look = Look::plain_ascii();
        match self.editing.as_ref()? {
            Editing::Pick { picker, .. } => picker.cursor(area),
            Editing::Note { .. } => {
                let layout = self.layout(usize::from(area.width), &look);
                let body = parts(area).body;
                let first = layout.window(self.offset, usize::from(body.height));
                let (row, x) = layout.caret?;
                let line = u16::try_from(row.checked_sub(first)?).ok()?;
                let at = paint::columns(paint::row(body, line), x, 1);
                (!at.is_empty()).then_some((at.x, at.y))
            }
        }
    }

    /// Follows the focus with the window, for the area that is known.
    pub(super) fn scroll(&mut self) {
        let layout: Layout = self.layout(usize::from(self.area.width), &Look::plain_ascii());
        let height = usize::from(parts(self.area).body.height);
        self.offset = layout.window(self.offset, height);
    }

    fn draw_header(&self, buf: &mut Buffer, area: Rect, look: &Look) {
        let header = &self.header;
        let theme = &look.theme;
        let name = match &header.record {
            Some(record) => format!("{} {record}", self.form.title),
            None => format!("New {}", self.form.title.to_lowercase()),
        };
        let state = self.form.states.iter().find(|state| state.id == header.state);
        let mut about = vec![state.map_or(header.state.clone(), |state| state.title.clone())];
        if let Some(revision) = header.revision {
            let by = header.author.as_ref().map_or(String::new(), |author| format!(" by {author}"));
            let at = header.at.as_ref().map_or(String::new(), |at| format!(", {at}"));
            about.push(format!("revision {revision}{by}{at}"));
        }
        about.extend(header.note.clone());
        about.retain(|words| !words.is_empty());
        let status = match (self.read_only, self.problem_count(), self.dirty()) {
            (true, ..) => "read only".to_owned(),
            (_, 1, _) => format!("{} 1 problem", look.glyphs.bad),
            (_, 2.., _) => format!("{} {} problems", look.glyphs.bad, self.problem_count()),
            (_, _, true) => format!("{} not saved", look.glyphs.warn),
            _ => String::new(),
        };
        let mut used = paint::text_right(buf, area, &status, theme.warn, look);
        if !self.read_only {
            let (filled, all) = self.progress();
            let gap = if used == 0 { 0 } else { used + 2 };
            let left = usize::from(area.width).saturating_sub(gap);
            let progress = format!("{filled} of {all}");
            let at = paint::columns(area, 0, left);
            used = gap + paint::text_right(buf, at, &progress, theme.muted, look);
        }
        let room = usize::from(area.width).saturating_sub(used + 1);
        let pieces = [(name, theme.title), (format!("  {}", about.join("  ")), theme.muted)];
        paint::pieces(buf, paint::columns(area, 0, room), &pieces, look);
    }

    /// What is to be said about the field that has the focus.
    fn draw_help(&self, buf: &mut Buffer, area: Rect, look: &Look) {
        let (words, style) = match &self.notice {
            Some(notice) => (notice.clone(), look.theme.accent),
            None => (self.help(), look.theme.muted),
        };
        let rows = wrap::paragraphs(&words, usize::from(area.width).max(1));
        for (line, words) in (0..area.height).zip(rows) {
            paint::text(buf, paint::row(area, line), &words, style, look);
        }
    }

    fn help(&self) -> String {
        let Some(field) = stops::field_at(&self.form, self.focus) else {
            return self.form.help.clone();
        };
        let required = match &field.required {
            Required::No => String::new(),
            Required::Always => " Required.".to_owned(),
            Required::From(from) => {
                let state = self.form.states.iter().find(|state| state.id == *from);
                let title = state.map_or(from.as_str(), |state| state.title.as_str());
                format!(" Required before it is {}.", title.to_lowercase())
            }
        };
        format!("{}{required}", field.help).trim().to_owned()
    }
}

fn draw_row(buf: &mut Buffer, area: Rect, row: &FormRow, look: &Look) {
    match row {
        FormRow::Section(title) => {
            paint::heading(buf, area, title, "", look.theme.heading, look);
        }
        FormRow::Pieces(pieces) => {
            for piece in pieces {
                let at = paint::columns(area, piece.x, piece.width);
                paint::text(buf, at, &piece.text, piece.style, look);
            }
        }
    }
}
