//! Values that no list knows, and which known one each is to stand for.
//!
//! Nothing is accepted that was not chosen here, and only once the file is
//! taken in; until then such a value stays as it is, under "unmapped".

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::{Formats, text};
use crate::ingest::preview::Preview;
use crate::ingest::{self, UnknownKey, Wish};
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::paint;

use super::{MappingPane, View};

/// One of them.
#[derive(Clone, Debug)]
pub struct Key {
    /// The list that it ought to stand in: `products`.
    list: String,
    /// One of that list: `product`.
    one: String,
    unknown: UnknownKey,
}

impl Key {
    fn wish(&self) -> Option<Wish> {
        let near = self.unknown.nearest.as_ref()?;
        let (list, theirs) = (self.list.clone(), self.unknown.key.clone());
        Some(Wish { list, theirs, ours: Some(near.key.clone()) })
    }
}

/// Each value once for each list, those near a known one first.
pub fn all(preview: &Preview) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for unknown in preview.report.iter().flat_map(|report| &report.unknown) {
        for key in &unknown.most {
            let same = |known: &Key| known.list == unknown.list && known.unknown.key == key.key;
            if !keys.iter().any(same) {
                let (list, one) = (unknown.list.clone(), unknown.one.clone());
                keys.push(Key { list, one, unknown: key.clone() });
            }
        }
    }
    keys.sort_by_key(|key| key.unknown.nearest.is_none());
    keys
}

impl MappingPane {
    pub(super) fn show_keys(&mut self) {
        self.view = View::Keys;
        self.word = 0;
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        self.preview.as_ref().map(|preview| all(preview)).unwrap_or_default()
    }

    /// Letters of this list; false for every other key.
    pub(super) fn key_key(&mut self, key: &KeyEvent) -> bool {
        let held = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Char('a') if !held => self.accept_spellings(),
            KeyCode::Char(' ') if !held => self.accept_or_not(),
            _ => return false,
        }
        true
    }

    /// The selected one is to stand for its nearest, or no longer.
    pub(super) fn accept_or_not(&mut self) {
        let wish = self.keys().get(self.word).and_then(Key::wish);
        if let Some(wish) = wish {
            let had = self.accepted.len();
            self.accepted.retain(|accepted| *accepted != wish);
            if self.accepted.len() == had {
                self.accepted.push(wish);
            }
        }
        self.word = (self.word + 1).min(self.keys().len().saturating_sub(1));
    }

    /// Those that differ from a known one in nothing but the way of writing it.
    fn accept_spellings(&mut self) {
        let reports = self.preview.iter().flat_map(|preview| &preview.report);
        let wishes: Vec<Wish> =
            reports.flat_map(|report| ingest::mere_spellings(&report.unknown)).collect();
        let new: Vec<Wish> =
            wishes.into_iter().filter(|wish| !self.accepted.contains(wish)).collect();
        self.accepted.extend(new);
    }

    pub(super) fn draw_keys(&self, buf: &mut Buffer, area: Rect, look: &Look) {
        let (theme, keys) = (&look.theme, self.keys());
        let accepted = counted(self.accepted.len(), "is accepted", "are accepted");
        let title = format!(
            "{} Values that no list knows; {accepted} once the file is taken in",
            look.glyphs.marker
        );
        paint::text(buf, area, &title, theme.title, look);
        let widest = keys.iter().map(|key| text::width(&key.unknown.key)).max().unwrap_or(0);
        let wide = widest.clamp(12, usize::from(area.width) * 2 / 5);
        let heading = paint::row(area, 1);
        for (at, words) in [(4, "value"), (wide + 6, "of"), (wide + 24, "rows")] {
            paint::text(buf, paint::columns(heading, at, 12), words, theme.muted, look);
        }
        let at = paint::columns(heading, wide + 31, usize::MAX);
        paint::text(buf, at, "nearest known value", theme.muted, look);
        let below = 3;
        let list = paint::above(paint::below(area, 2), below);
        let shown = usize::from(list.height).max(1);
        let first = (self.word + 1).saturating_sub(shown);
        for (place, key) in keys.iter().enumerate().skip(first).take(shown) {
            let row = paint::row(list, u16::try_from(place - first).unwrap_or(u16::MAX));
            let selected = place == self.word;
            let style = if selected { theme.selected } else { theme.text };
            let marker = if selected { look.glyphs.marker } else { " " };
            paint::text(buf, paint::columns(row, 0, 1), marker, theme.text, look);
            let taken = key.wish().is_some_and(|wish| self.accepted.contains(&wish));
            let sign = if taken { look.glyphs.good } else { " " };
            paint::text(buf, paint::columns(row, 2, 1), sign, theme.good, look);
            let name = &key.unknown.key;
            paint::text(buf, paint::columns(row, 4, wide), name, style, look);
            paint::text(buf, paint::columns(row, wide + 6, 12), &key.one, theme.muted, look);
            let rows = rows_of(key);
            paint::text_right(buf, paint::columns(row, wide + 19, 9), &rows, theme.text, look);
            let (words, tone) = match (&key.unknown.nearest, taken) {
                (Some(near), true) => (near.key.clone(), Tone::Good),
                (Some(near), false) => (format!("{}?", near.key), Tone::Warn),
                (None, _) => ("none is near".to_owned(), Tone::Muted),
            };
            let at = paint::columns(row, wide + 31, usize::MAX);
            paint::text(buf, at, &words, theme.tone(tone), look);
        }
        if let Some(key) = keys.get(self.word) {
            let place = Rect {
                y: area.bottom().saturating_sub(below),
                height: below.min(area.height),
                ..area
            };
            self.draw_key(key, buf, place, look);
        }
    }

    /// What is known of the selected one.
    fn draw_key(&self, key: &Key, buf: &mut Buffer, area: Rect, look: &Look) {
        let theme = &look.theme;
        let place = format!("{} of {}", self.word + 1, self.keys().len());
        paint::heading(buf, area, &key.unknown.key, &place, theme.heading, look);
        let money = key.unknown.money.iter().filter(|total| !total.amount.is_zero()).map(|total| {
            let state = total.state.as_deref().map(|s| format!(" {s}")).unwrap_or_default();
            let amount = Formats::default().money(total.amount);
            format!("{amount} {}{state}", total.currency)
        });
        let money: Vec<String> = money.collect();
        let money = if money.is_empty() { "no money".to_owned() } else { money.join(", ") };
        let rows = counted_rows(key);
        paint::text(buf, paint::row(area, 1), &format!("{rows}; {money}"), theme.text, look);
        let near = key.unknown.nearest.as_ref().map_or_else(
            || "No known value is written like it: import it, or leave it unmapped.".to_owned(),
            |near| {
                let name = near.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
                format!("{}{name}: {}", near.key, near.likeness.words())
            },
        );
        paint::text(buf, paint::row(area, 2), &near, theme.muted, look);
    }
}

fn rows_of(key: &Key) -> String {
    Formats::default().count(i64::try_from(key.unknown.rows).unwrap_or(i64::MAX))
}

fn counted_rows(key: &Key) -> String {
    let what = if key.unknown.rows == 1 { "row" } else { "rows" };
    format!("{} {what}", rows_of(key))
}

/// `1 value`, `3 values`.
pub fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
