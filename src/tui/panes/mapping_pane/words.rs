//! The words of the stage, the state or the forecast category, and what each
//! stands for.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::preset::{CATEGORIES, STATES};
use crate::domain::text;
use crate::ingest::draft::{Change, Draft};
use crate::ingest::preview::{Preview, Word};
use crate::tui::pane::{Desk, Question, Step};
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::list_picker::PickItem;
use crate::tui::widgets::paint;

use super::asking::Answer;
use super::{Kind, MappingPane, View};

impl MappingPane {
    pub(super) fn show_words(&mut self, kind: Kind) {
        self.view = View::Words(kind);
        let Some(preview) = &self.preview else { return };
        let open = |word: &Word| stands_for(&preview.draft, kind, &word.word).is_none();
        self.word = self.words(kind).iter().position(open).unwrap_or(0);
    }

    pub(super) fn words(&self, kind: Kind) -> &[Word] {
        match (&self.preview, kind) {
            (Some(preview), Kind::State) => &preview.words,
            (Some(preview), Kind::Category) => &preview.categories,
            (None, _) => &[],
        }
    }

    /// Letters that set a state at once; false for every other key.
    pub(super) fn word_key(&mut self, key: &KeyEvent, desk: &mut Desk<'_>) -> bool {
        if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return false;
        }
        let state = match key.code {
            KeyCode::Char('o') => "open",
            KeyCode::Char('w') => "won",
            KeyCode::Char('l') => "lost",
            KeyCode::Char('c') => "cancelled",
            KeyCode::Char('a') => {
                self.take_proposals(desk);
                return true;
            }
            _ => return false,
        };
        if let Some(word) = self.selected_word() {
            self.change(&Change::State { word, state: Some(state.to_owned()) }, desk);
            self.move_to(self.word + 1);
        }
        true
    }

    fn selected_word(&self) -> Option<String> {
        let View::Words(kind) = self.view else { return None };
        self.words(kind).get(self.word).map(|word| word.word.clone())
    }

    /// Every word that stands for nothing yet gets the state it usually means.
    fn take_proposals(&mut self, desk: &mut Desk<'_>) {
        let Some(preview) = &self.preview else { return };
        let open: Vec<String> = preview
            .words
            .iter()
            .map(|word| word.word.clone())
            .filter(|word| preview.draft.state_of(word).is_none())
            .collect();
        for word in open {
            let state = Some(Draft::proposed_state(&word).to_owned());
            self.change(&Change::State { word, state }, desk);
        }
    }

    pub(super) fn ask_about_word(&mut self, desk: &mut Desk<'_>) {
        let (View::Words(kind), Some(word)) = (self.view, self.selected_word()) else { return };
        let change = |ours: Option<&str>| {
            let (word, ours) = (word.clone(), ours.map(str::to_owned));
            Answer::Make(match kind {
                Kind::State => Change::State { word, state: ours },
                Kind::Category => Change::Category { word, category: ours },
            })
        };
        let known: &[&str] = match kind {
            Kind::State => &STATES,
            Kind::Category => &CATEGORIES,
        };
        let named = known.iter().map(|ours| (change(Some(ours)), *ours));
        let none = (change(None), "nothing that is known yet");
        let (answers, labels): (Vec<_>, Vec<_>) = named.chain([none]).unzip();
        self.answers = answers;
        let items = labels.iter().enumerate();
        let items = items.map(|(place, label)| PickItem::new(place.to_string(), *label)).collect();
        let title = format!("What \"{word}\" stands for");
        desk.step(Step::Choose { question: Question::Mapping, title, items });
    }

    pub(super) fn draw_words(
        &self,
        preview: &Preview,
        kind: Kind,
        buf: &mut Buffer,
        area: Rect,
        look: &Look,
    ) {
        let theme = &look.theme;
        let (column, what) = match kind {
            Kind::State => (preview.draft.state_column(), "states"),
            Kind::Category => (preview.draft.category_column(), "forecast categories"),
        };
        let from = preview.draft.sources(column.unwrap_or_default()).join(", ");
        let title =
            format!("{} Words of \"{from}\" and the {what} they stand for", look.glyphs.marker);
        paint::text(buf, area, &title, theme.title, look);
        let words = self.words(kind);
        let widest = words.iter().map(|word| text::width(&word.word)).max().unwrap_or(0);
        let wide = widest.clamp(12, usize::from(area.width / 2));
        let list = paint::below(area, 2);
        let heading = paint::row(area, 1);
        paint::text(buf, paint::columns(heading, 2, wide), "word", theme.muted, look);
        paint::text(buf, paint::columns(heading, wide + 5, 6), "rows", theme.muted, look);
        paint::text(buf, paint::columns(heading, wide + 13, 30), "stands for", theme.muted, look);
        let shown = usize::from(list.height).max(1);
        let first = (self.word + 1).saturating_sub(shown);
        for (place, word) in words.iter().enumerate().skip(first).take(shown) {
            let row = paint::row(list, u16::try_from(place - first).unwrap_or(u16::MAX));
            let selected = place == self.word;
            let style = if selected { theme.selected } else { theme.text };
            let marker = if selected { look.glyphs.marker } else { " " };
            paint::text(buf, paint::columns(row, 0, 1), marker, theme.text, look);
            paint::text(buf, paint::columns(row, 2, wide), &word.word, style, look);
            let rows = word.rows.to_string();
            paint::text_right(buf, paint::columns(row, wide + 3, 7), &rows, theme.text, look);
            let warn = look.glyphs.warn;
            let (words, tone) = match (stands_for(&preview.draft, kind, &word.word), kind) {
                (Some(ours), _) => (ours.to_owned(), Tone::Plain),
                (None, Kind::State) => {
                    let proposed = Draft::proposed_state(&word.word);
                    (format!("{warn} nothing yet; {proposed}?"), Tone::Warn)
                }
                (None, Kind::Category) => (format!("{warn} nothing: rejected"), Tone::Warn),
            };
            let at = paint::columns(row, wide + 13, usize::MAX);
            paint::text(buf, at, &words, theme.tone(tone), look);
        }
    }
}

fn stands_for<'a>(draft: &'a Draft, kind: Kind, word: &str) -> Option<&'a str> {
    match kind {
        Kind::State => draft.state_of(word),
        Kind::Category => draft.category_of(word),
    }
}
