//! Choosing from a list by typing a few letters of what is meant.
//!
//! The command palette, the options of a choice, people and records to link all
//! are this one list. Typing narrows it, arrows move, Enter chooses.

use std::collections::BTreeSet;

use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::text;
use crate::tui::theme::Look;
use crate::tui::widgets::prompt::{Prompt, PromptOutcome};
use crate::tui::widgets::{keys, paint, popup};

/// One thing that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PickItem {
    /// What is given back.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Said beside it: a key, a state, a date.
    pub detail: String,
}

impl PickItem {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> PickItem {
        PickItem { value: value.into(), label: label.into(), detail: String::new() }
    }

    pub fn detail(self, detail: impl Into<String>) -> PickItem {
        PickItem { detail: detail.into(), ..self }
    }
}

/// What a key did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PickOutcome {
    Nothing,
    /// The list or the query changed.
    Moved,
    Picked(String),
    PickedMany(Vec<String>),
    Cancelled,
}

/// The state of the list.
#[derive(Clone, Debug, Default)]
pub struct ListPicker {
    title: String,
    items: Vec<PickItem>,
    query: Prompt,
    /// Items that match the query, best first.
    matches: Vec<usize>,
    selected: usize,
    /// Values chosen so far; `None`: one is chosen and that is all.
    chosen: Option<BTreeSet<String>>,
    free_text: bool,
    waiting: bool,
}

impl ListPicker {
    pub fn new(title: &str, items: Vec<PickItem>) -> ListPicker {
        let matches = (0..items.len()).collect();
        ListPicker {
            title: title.to_owned(),
            items,
            query: Prompt::new("", ""),
            matches,
            ..ListPicker::default()
        }
    }

    /// Any number may be chosen; these already are. Values that the list does
    /// not have are kept.
    pub fn multiple(mut self, chosen: &[String]) -> ListPicker {
        self.chosen = Some(chosen.iter().cloned().collect());
        self
    }

    /// What was typed may be taken as it is.
    pub fn free_text(mut self, allowed: bool) -> ListPicker {
        self.free_text = allowed;
        self
    }

    /// The items are still being looked up; typing works meanwhile.
    pub fn waiting(mut self) -> ListPicker {
        self.waiting = true;
        self
    }

    /// The items that were looked up.
    pub fn set_items(&mut self, items: Vec<PickItem>) {
        self.items = items;
        self.waiting = false;
        self.search();
    }

    /// Selects an item, if it is in the list.
    pub fn select_value(&mut self, value: &str) {
        if let Some(at) = self.matches.iter().position(|item| self.items[*item].value == value) {
            self.selected = at;
        }
    }

    pub fn query(&self) -> &str {
        self.query.text()
    }

    pub fn handle_key(&mut self, key: KeyEvent) -> PickOutcome {
        if !keys::is_press(&key) {
            return PickOutcome::Nothing;
        }
        let last = self.rows().saturating_sub(1);
        match key.code {
            KeyCode::Down | KeyCode::Tab => self.select((self.selected + 1).min(last)),
            KeyCode::Up | KeyCode::BackTab => self.select(self.selected.saturating_sub(1)),
            KeyCode::PageDown => self.select((self.selected + 10).min(last)),
            KeyCode::PageUp => self.select(self.selected.saturating_sub(10)),
            KeyCode::Home => self.select(0),
            KeyCode::End => self.select(last),
            KeyCode::Char(' ') if self.chosen.is_some() => self.toggle(),
            _ if keys::is_ctrl(&key, 'n') => self.select((self.selected + 1).min(last)),
            _ if keys::is_ctrl(&key, 'p') => self.select(self.selected.saturating_sub(1)),
            _ => match self.query.handle_key(key) {
                PromptOutcome::Nothing => PickOutcome::Nothing,
                PromptOutcome::Moved => PickOutcome::Moved,
                PromptOutcome::Changed => {
                    self.search();
                    PickOutcome::Moved
                }
                PromptOutcome::Accepted(_) => self.accept(),
                PromptOutcome::Cancelled => PickOutcome::Cancelled,
            },
        }
    }

    pub fn paste(&mut self, text: &str) -> PickOutcome {
        self.query.paste(text);
        self.search();
        PickOutcome::Moved
    }

    fn select(&mut self, row: usize) -> PickOutcome {
        self.selected = row;
        PickOutcome::Moved
    }

    /// The text typed, where it may be taken and is not an item already.
    fn own_words(&self) -> Option<&str> {
        let typed = self.query.text().trim();
        let known = |item: &PickItem| item.value == typed || item.label == typed;
        (self.free_text && !typed.is_empty() && !self.items.iter().any(known)).then_some(typed)
    }

    /// Items that match, and one row for what was typed.
    fn rows(&self) -> usize {
        self.matches.len() + usize::from(self.own_words().is_some())
    }

    fn selected_value(&self) -> Option<String> {
        match self.matches.get(self.selected) {
            Some(item) => Some(self.items[*item].value.clone()),
            None => self.own_words().map(str::to_owned),
        }
    }

    fn toggle(&mut self) -> PickOutcome {
        if let (Some(value), Some(chosen)) = (self.selected_value(), &mut self.chosen)
            && !chosen.remove(&value)
        {
            chosen.insert(value);
        }
        PickOutcome::Moved
    }

    fn accept(&mut self) -> PickOutcome {
        if let Some(chosen) = &self.chosen {
            // In the order of the list; what it does not know comes last.
            let known = self.items.iter().map(|item| &item.value);
            let mut values: Vec<String> = known.filter(|v| chosen.contains(*v)).cloned().collect();
            values
                .extend(chosen.iter().filter(|v| !values.contains(v)).cloned().collect::<Vec<_>>());
            return PickOutcome::PickedMany(values);
        }
        self.selected_value().map_or(PickOutcome::Nothing, PickOutcome::Picked)
    }

    fn search(&mut self) {
        self.matches = matches(&self.items, self.query.text());
        self.selected = 0;
    }

    /// Where the popup stands in `area`.
    fn place(&self, area: Rect) -> Rect {
        let wide = |item: &PickItem| text::width(&item.label) + text::width(&item.detail) + 12;
        let widest = self.items.iter().map(wide).max().unwrap_or(0).clamp(44, 76);
        let rows = self.items.len().clamp(3, 16) + 4;
        // Both are small.
        popup::centred(area, widest as u16, rows as u16)
    }

    /// Draws the list as a popup inside `area`.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, look: &Look) {
        let hint = if self.chosen.is_some() {
            "Space marks  Enter takes the marked  Esc back"
        } else {
            "type to find  Enter chooses  Esc back"
        };
        let inside = popup::draw(buf, self.place(area), &self.title, hint, look);
        paint::text(buf, inside, look.glyphs.path, look.theme.accent, look);
        self.query.draw(buf, paint::columns(paint::row(inside, 0), 2, usize::MAX), look);
        let list = paint::below(inside, if inside.height > 3 { 2 } else { 1 });
        if self.rows() == 0 {
            let note = if self.waiting { "Looking them up .." } else { "Nothing matches." };
            paint::text(buf, list, note, look.theme.muted, look);
        }
        let height = usize::from(list.height);
        let first = (self.selected + 1).saturating_sub(height);
        for line in 0..list.height {
            let row = first + usize::from(line);
            if row >= self.rows() {
                break;
            }
            self.draw_row(buf, paint::row(list, line), row, look);
        }
    }

    fn draw_row(&self, buf: &mut Buffer, area: Rect, row: usize, look: &Look) {
        let own;
        let item = match self.matches.get(row) {
            Some(item) => &self.items[*item],
            None => {
                let typed = self.own_words().unwrap_or_default();
                own = PickItem::new(typed, format!("\"{typed}\"")).detail("as typed");
                &own
            }
        };
        let mark = match &self.chosen {
            Some(chosen) if chosen.contains(&item.value) => look.glyphs.checked,
            Some(_) => look.glyphs.unchecked,
            None => "",
        };
        let mut x = 2;
        x += paint::text(buf, paint::columns(area, x, 3), mark, look.theme.text, look);
        x += usize::from(!mark.is_empty());
        let detail = text::width(&look.glyphs.shown(&item.detail));
        let room = usize::from(area.width).saturating_sub(x + 1 + detail);
        let label = if room > 8 { room } else { usize::MAX };
        let used =
            paint::text(buf, paint::columns(area, x, label), &item.label, look.theme.text, look);
        let at = paint::columns(area, x + used + 1, usize::MAX);
        paint::text_right(buf, at, &item.detail, look.theme.muted, look);
        if row == self.selected {
            paint::text(buf, area, look.glyphs.marker, look.theme.text, look);
            paint::style(buf, paint::columns(area, 0, x + used), look.theme.selected);
        }
    }

    /// Where the terminal's own cursor belongs: in the query.
    pub fn cursor(&self, area: Rect) -> Option<(u16, u16)> {
        let inside = popup::inner(self.place(area));
        self.query.cursor(paint::columns(paint::row(inside, 0), 2, usize::MAX))
    }
}

/// Items in which the letters of the query occur in their order, best first.
fn matches(items: &[PickItem], query: &str) -> Vec<usize> {
    if query.trim().is_empty() {
        return (0..items.len()).collect();
    }
    let fuzzy = AtomKind::Fuzzy;
    let pattern = Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut score = |item: &PickItem| {
        // A hit in the label counts for more than one in what is said beside it.
        let label = pattern.score(Utf32Str::new(&item.label, &mut letters), &mut matcher);
        let all = format!("{} {} {}", item.label, item.value, item.detail);
        let any = pattern.score(Utf32Str::new(&all, &mut letters), &mut matcher);
        label.map(|score| score + 1000).or(any)
    };
    let mut found: Vec<(usize, u32)> =
        items.iter().enumerate().filter_map(|(at, item)| Some((at, score(item)?))).collect();
    found.sort_by_key(|(at, score)| (std::cmp::Reverse(*score), *at));
    found.into_iter().map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;
    use crate::tui::widgets::testing::{self, HOSTILE, Screen};

    fn drivers() -> Vec<PickItem> {
        vec![
            PickItem::new("price", "Commercial: price"),
            PickItem::new("new-entrant", "Competitive: new entrant"),
            PickItem::new("champion", "People: champion left").detail("often"),
        ]
    }

    fn press(picker: &mut ListPicker, code: KeyCode) -> PickOutcome {
        picker.handle_key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn write(picker: &mut ListPicker, text: &str) {
        for letter in text.chars() {
            press(picker, KeyCode::Char(letter));
        }
    }

    #[test]
    fn a_few_letters_find_it() {
        let mut picker = ListPicker::new("Driver", drivers());
        write(&mut picker, "newent");
        assert_eq!(press(&mut picker, KeyCode::Enter), PickOutcome::Picked("new-entrant".into()));
        let mut picker = ListPicker::new("Driver", drivers());
        press(&mut picker, KeyCode::Down);
        press(&mut picker, KeyCode::Down);
        press(&mut picker, KeyCode::Down);
        assert_eq!(press(&mut picker, KeyCode::Enter), PickOutcome::Picked("champion".into()));
        assert_eq!(press(&mut picker, KeyCode::Esc), PickOutcome::Cancelled);
    }

    #[test]
    fn nothing_matched_is_nothing_chosen_unless_own_words_are_allowed() {
        let mut picker = ListPicker::new("Owner", drivers());
        write(&mut picker, "zzz");
        assert_eq!(press(&mut picker, KeyCode::Enter), PickOutcome::Nothing);
        let mut picker = ListPicker::new("Owner", drivers()).free_text(true);
        write(&mut picker, "M. Ortiz");
        assert_eq!(press(&mut picker, KeyCode::Enter), PickOutcome::Picked("M. Ortiz".into()));
    }

    #[test]
    fn several_are_marked_and_given_in_the_order_of_the_list() {
        let chosen = ["champion".to_owned(), "gone".to_owned()];
        let mut picker = ListPicker::new("Areas", drivers()).multiple(&chosen);
        press(&mut picker, KeyCode::Char(' '));
        let taken = ["price", "champion", "gone"].map(str::to_owned).to_vec();
        assert_eq!(press(&mut picker, KeyCode::Enter), PickOutcome::PickedMany(taken));
        press(&mut picker, KeyCode::Char(' '));
        let taken = ["champion", "gone"].map(str::to_owned).to_vec();
        assert_eq!(press(&mut picker, KeyCode::Enter), PickOutcome::PickedMany(taken));
    }

    #[test]
    fn items_that_come_late_meet_what_was_typed() {
        let mut picker = ListPicker::new("Link", Vec::new()).waiting();
        write(&mut picker, "champ");
        let mut screen = Screen::new(80, 24);
        let area = screen.area();
        picker.draw(&mut screen.buf, area, &Look::plain_ascii());
        assert!(screen.has("Looking them up"));
        picker.set_items(drivers());
        assert_eq!(press(&mut picker, KeyCode::Enter), PickOutcome::Picked("champion".into()));
    }

    #[test]
    fn it_reads_without_colour() {
        let mut picker = ListPicker::new("Driver", drivers()).multiple(&["price".to_owned()]);
        press(&mut picker, KeyCode::Down);
        let mut screen = Screen::new(80, 24);
        let area = screen.area();
        picker.draw(&mut screen.buf, area, &Look::plain_ascii());
        assert!(screen.row_with("price").contains("[x]"));
        assert!(screen.row_with("new entrant").contains("> [ ]"));
        assert_eq!(screen.reversed_rows().len(), 1);
        assert!(screen.reversed_rows()[0].contains("new entrant"));
        assert!(screen.text().is_ascii());
    }

    #[test]
    fn no_size_and_no_item_breaks_it() {
        let items = HOSTILE.iter().map(|t| PickItem::new(*t, *t).detail(*t)).collect::<Vec<_>>();
        let mut picker = ListPicker::new(HOSTILE[0], items).multiple(&[]);
        for _ in 0..4 {
            press(&mut picker, KeyCode::Down);
            testing::every_small_size(|buf, area| {
                picker.draw(buf, area, &Look::plain_ascii());
                picker.cursor(area);
            });
        }
        let mut screen = Screen::new(60, 20);
        let area = screen.area();
        picker.draw(&mut screen.buf, area, &Look::plain_ascii());
        screen.assert_harmless();
        let mut framed = screen.rows();
        framed.retain(|row| row.trim_start().starts_with('|'));
        assert!(framed.len() > 9 && framed.iter().all(|row| row.ends_with('|')), "{framed:?}");
    }
}
