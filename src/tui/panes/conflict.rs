//! Two people changed the same record: yours and theirs, field by field.
//!
//! Fields that only one of the two changed are taken over without a question.
//! Where both changed the same field, the person chooses; nothing is written
//! before that, and both texts stay readable whatever is chosen.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::catalog::form::Form;
use crate::domain::Formats;
use crate::ledger::{self, Body, Revision};
use crate::tui::pane::Scene;
use crate::tui::widgets::paint;

/// A record in two versions.
pub struct Conflict {
    /// What both were based on, with what only one side changed already in it.
    merged: Body,
    mine: Body,
    newest: Revision,
    clashes: Vec<Clash>,
    selected: usize,
    /// First line shown.
    offset: usize,
    /// Fields that were taken over from them without a question.
    taken: usize,
}

/// A field that both changed.
struct Clash {
    field: String,
    label: String,
    mine: String,
    theirs: String,
    keep_mine: bool,
}

/// What the person made of it.
pub enum Settled {
    Not,
    /// Back to the form, as it was.
    Back,
    Merged {
        body: Body,
        newest: Box<Revision>,
    },
}

impl Conflict {
    pub fn new(form: &Form, base: &Body, mine: Body, newest: Revision) -> Self {
        let theirs = &newest.body;
        let mut merged = theirs.clone();
        let mut clashes = Vec::new();
        let mut taken = 0;
        for field in form.sections.iter().flat_map(|section| &section.fields) {
            let (b, m, t) = (base.get(&field.id), mine.get(&field.id), theirs.get(&field.id));
            if m == t {
                continue;
            }
            if b == m {
                taken += 1;
            } else if b == t {
                set(&mut merged, &field.id, m.cloned());
            } else {
                clashes.push(Clash {
                    field: field.id.clone(),
                    label: field.label.clone(),
                    mine: shown(form, &field.id, &mine),
                    theirs: shown(form, &field.id, theirs),
                    keep_mine: true,
                });
            }
        }
        Self { merged, mine, newest, clashes, selected: 0, offset: 0, taken }
    }

    pub fn key(&mut self, key: KeyEvent) -> Settled {
        let last = self.clashes.len().saturating_sub(1);
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => self.selected = self.selected.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.selected = (self.selected + 1).min(last),
            KeyCode::Left => self.choose(true),
            KeyCode::Right => self.choose(false),
            KeyCode::Tab | KeyCode::Char(' ') => {
                let mine = self.clashes.get(self.selected).is_some_and(|c| !c.keep_mine);
                self.choose(mine);
            }
            KeyCode::F(2) | KeyCode::Enter => {
                return Settled::Merged {
                    body: self.result(),
                    newest: Box::new(self.newest.clone()),
                };
            }
            KeyCode::Esc | KeyCode::F(10) => return Settled::Back,
            _ => {}
        }
        Settled::Not
    }

    fn choose(&mut self, mine: bool) {
        if let Some(clash) = self.clashes.get_mut(self.selected) {
            clash.keep_mine = mine;
        }
    }

    /// Both versions together, as chosen.
    fn result(&self) -> Body {
        let mut body = self.merged.clone();
        for clash in self.clashes.iter().filter(|clash| clash.keep_mine) {
            set(&mut body, &clash.field, self.mine.get(&clash.field).cloned());
        }
        body
    }

    pub fn hints() -> Vec<(String, String)> {
        [
            ("Left", "keep yours"),
            ("Right", "take theirs"),
            ("F2", "save both together"),
            ("Esc", "back to the form"),
        ]
        .map(|(key, word)| (key.to_owned(), word.to_owned()))
        .to_vec()
    }

    pub fn fit(&mut self, area: Rect, scene: &Scene<'_>) {
        let lines = self.lines(area.width, scene);
        let place = |wanted: bool| {
            let found = if wanted {
                lines.iter().position(|line| line.clash == Some(self.selected))
            } else {
                lines.iter().rposition(|line| line.clash == Some(self.selected))
            };
            found.unwrap_or(0)
        };
        let (first, last) = (place(true), place(false));
        let height = usize::from(area.height).max(1);
        if last >= self.offset + height {
            self.offset = last + 1 - height;
        }
        self.offset = self.offset.min(first);
    }

    pub fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        let half = usize::from(area.width / 2);
        let lines = self.lines(area.width, scene);
        for (row, line) in (0..area.height).zip(lines.iter().skip(self.offset)) {
            let row = paint::row(area, row);
            let (left, style) = &line.left;
            match &line.right {
                None => {
                    paint::text(buf, row, left, *style, scene.look);
                }
                Some((right, right_style)) => {
                    let left_half = paint::columns(row, 0, half.saturating_sub(1));
                    paint::text(buf, left_half, left, *style, scene.look);
                    let right_half = paint::columns(row, half, usize::MAX);
                    paint::text(buf, right_half, right, *right_style, scene.look);
                }
            }
        }
    }

    fn lines(&self, width: u16, scene: &Scene<'_>) -> Vec<Line> {
        let (theme, glyphs) = (&scene.look.theme, &scene.look.glyphs);
        let newest = &self.newest;
        let when = Formats::here().instant(newest.at);
        let mut lines = vec![
            Line::whole(
                format!(
                    "{} saved {} while you were writing ({when}).",
                    newest.author, newest.record
                ),
                theme.problem,
            ),
            Line::whole(
                match (self.clashes.len(), self.taken) {
                    (0, _) => "You changed different fields: F2 saves both together.".to_owned(),
                    (n, 0) => {
                        format!("{n} field(s) were changed by both. Choose for each; F2 saves.")
                    }
                    (n, t) => format!(
                        "{n} field(s) were changed by both: choose for each. {t} of theirs are taken over. F2 saves."
                    ),
                },
                theme.text,
            ),
        ];
        let half = usize::from(width / 2).saturating_sub(4).max(8);
        for (place, clash) in self.clashes.iter().enumerate() {
            let marker = if place == self.selected { glyphs.marker } else { " " };
            let mark = |kept: bool| if kept { glyphs.checked } else { glyphs.unchecked };
            let style = |kept: bool| if kept { theme.text } else { theme.muted };
            lines.push(Line::whole(String::new(), theme.text));
            lines.push(Line {
                clash: Some(place),
                ..Line::whole(format!("{marker} {}", clash.label), theme.heading)
            });
            lines.push(Line {
                left: (format!("  {} yours", mark(clash.keep_mine)), theme.label),
                right: Some((format!("{} theirs", mark(!clash.keep_mine)), theme.label)),
                clash: Some(place),
            });
            let wrap = |text: &str| -> Vec<String> {
                text.lines()
                    .flat_map(|line| textwrap::wrap(line, half))
                    .map(|line| line.into_owned())
                    .collect()
            };
            let (mine, theirs) = (wrap(&clash.mine), wrap(&clash.theirs));
            for row in 0..mine.len().max(theirs.len()) {
                let cell = |lines: &[String]| lines.get(row).cloned().unwrap_or_default();
                lines.push(Line {
                    left: (format!("    {}", cell(&mine)), style(clash.keep_mine)),
                    right: Some((format!("  {}", cell(&theirs)), style(!clash.keep_mine))),
                    clash: Some(place),
                });
            }
        }
        lines
    }
}

struct Line {
    left: (String, Style),
    right: Option<(String, Style)>,
    clash: Option<usize>,
}

impl Line {
    fn whole(text: String, style: Style) -> Self {
        Line { left: (text, style), right: None, clash: None }
    }
}

fn set(body: &mut Body, field: &str, value: Option<serde_json::Value>) {
    match value {
        Some(value) => drop(body.insert(field.to_owned(), value)),
        None => drop(body.shift_remove(field)),
    }
}

/// A field as people read it.
fn shown(form: &Form, field: &str, body: &Body) -> String {
    let known = form.sections.iter().flat_map(|section| &section.fields).find(|f| f.id == field);
    match (known, body.get(field)) {
        (Some(known), Some(value)) => ledger::value_text(known, value),
        (None, Some(value)) => ledger::plain_text(value),
        (_, None) => "(empty)".to_owned(),
    }
}

#[cfg(test)]
mod tests;
