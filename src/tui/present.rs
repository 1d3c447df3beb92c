//! The presentation: one page at a time, in large figures, for a wall.
//!
//! Owns which page is shown and what waits until the presentation is left. What
//! stands on a page is the pane's ([`crate::tui::pane::Pane::page`]): figures that
//! were read off its answers, never reckoned for the occasion, and no column that
//! its figure marks as private. Nothing is said on the wall but what is on the
//! page: no notice, no draft of anybody, no error.

mod draw;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::message::Notice;
use crate::tui::theme::Tone;
use crate::workspace::Answer;

pub use draw::draw;

/// A presentation under way.
#[derive(Clone, Debug, Default)]
pub struct Presentation {
    /// The page, counted from 0.
    pub at: usize,
    /// The screen is dark.
    pub blank: bool,
    /// The keys are shown.
    pub help: bool,
    /// What there was to say meanwhile.
    pub held: Vec<Notice>,
}

/// What a key does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Next,
    Previous,
    First,
    Last,
    Blank,
    Help,
    Leave,
    /// Nothing at all.
    None,
}

/// The keys of a presentation, those of a remote control among them.
pub fn turn(key: &KeyEvent) -> Turn {
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return if key.code == KeyCode::Char('g') { Turn::Leave } else { Turn::None };
    }
    match key.code {
        KeyCode::PageDown | KeyCode::Right | KeyCode::Down | KeyCode::Enter => Turn::Next,
        KeyCode::Char(' ' | 'n') => Turn::Next,
        KeyCode::PageUp | KeyCode::Left | KeyCode::Up | KeyCode::Backspace => Turn::Previous,
        KeyCode::Char('p') => Turn::Previous,
        KeyCode::Home => Turn::First,
        KeyCode::End => Turn::Last,
        KeyCode::Char('b' | '.') => Turn::Blank,
        KeyCode::Char('?') | KeyCode::F(1) => Turn::Help,
        KeyCode::Esc | KeyCode::F(5 | 10) | KeyCode::Char('q') => Turn::Leave,
        _ => Turn::None,
    }
}

impl Presentation {
    /// Turns to another of so many pages.
    pub fn turn(&mut self, turn: Turn, pages: usize) {
        let last = pages.saturating_sub(1);
        // Whoever turns the page wants to see it.
        let was_blank = std::mem::take(&mut self.blank);
        let had_help = std::mem::take(&mut self.help);
        match turn {
            Turn::Next => self.at = (self.at + 1).min(last),
            Turn::Previous => self.at = self.at.min(last).saturating_sub(1),
            Turn::First => self.at = 0,
            Turn::Last => self.at = last,
            Turn::Blank => self.blank = !was_blank,
            Turn::Help => self.help = !had_help,
            Turn::Leave => {}
            Turn::None => (self.blank, self.help) = (was_blank, had_help),
        }
    }
}

/// One page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Of the figure or the pane.
    pub title: String,
    /// What the page is about: a region, a deal.
    pub name: String,
    /// Read from the back of the room.
    pub large: Vec<Fact>,
    /// A sentence to be read from there.
    pub sentence: Option<(Tone, String)>,
    /// Read from the front rows.
    pub small: Vec<Fact>,
    /// A chart of this figure's answer, with the line that is looked at.
    pub picture: Option<(Arc<Answer>, usize)>,
    /// Why there is nothing to see.
    pub note: String,
    /// Which page it is, counted from 0, of how many.
    pub at: usize,
    pub pages: usize,
}

/// A value with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// What it was counted from: `12/29`.
    pub counts: String,
    pub tone: Tone,
}
