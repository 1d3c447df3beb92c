//! A presentation of the pane that is shown: begun, turned, left.

use crossterm::event::{KeyCode, KeyModifiers};

use crate::tui::input::Input;
use crate::tui::message::{Effect, Notice, Tone};
use crate::tui::overlay::{Overlay, Purpose};
use crate::tui::pane::Scene;
use crate::tui::present::{self, Page, Presentation, Turn};
use crate::tui::theme::{Look, Theme, ThemeName};
use crate::tui::widgets::list_picker::PickItem;

use super::App;

impl App {
    pub(super) fn begin_presentation(&mut self) {
        self.present = Some(Presentation::default());
        self.with_top(0, |pane, desk| pane.set_presented(true, desk));
        if self.page().is_none() {
            self.with_top(0, |pane, desk| pane.set_presented(false, desk));
            self.present = None;
            self.notice =
                Some(Notice::plain("The brief and the figures can be presented, this can not."));
        }
    }

    /// The page that is shown.
    pub fn page(&self) -> Option<Page> {
        let look = self.wall();
        let scene = Scene { catalog: &self.setup.catalog, look: &look, zoomed: true };
        self.top()?.page(self.present.as_ref()?.at, &scene)
    }

    /// Bright on black, unless there are to be no colours.
    pub fn wall(&self) -> Look {
        let own = self.setup.look;
        if own.theme == Theme::plain() {
            return own;
        }
        Look { theme: Theme::named(ThemeName::HighContrast, self.setup.background), ..own }
    }

    /// True when the key was the presentation's, as every key is.
    pub(super) fn presented(&mut self, input: &Input) -> bool {
        if self.present.is_none() {
            return false;
        }
        let Input::Key(key) = input else { return true };
        if key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL) {
            self.effects.push(Effect::Suspend);
            return true;
        }
        let turn = present::turn(key);
        let pages = self.page().map_or(0, |page| page.pages);
        if turn == Turn::Leave {
            self.leave_presentation();
        } else if let Some(shown) = &mut self.present {
            shown.turn(turn, pages);
        }
        true
    }

    /// What others did, and what failed, is not for the wall: it waits.
    pub(super) fn hold_notices(&mut self) {
        if let Some(shown) = &mut self.present
            && let Some(notice) = self.notice.take()
            && notice.tone != Tone::Passing
            && !shown.held.contains(&notice)
        {
            shown.held.push(notice);
        }
    }

    fn leave_presentation(&mut self) {
        let Some(shown) = self.present.take() else { return };
        self.with_top(0, |pane, desk| pane.set_presented(false, desk));
        let mut held = shown.held;
        match held.len() {
            0 | 1 => self.notice = held.pop(),
            _ if self.overlay.is_none() => {
                let items = held.iter().map(|notice| PickItem::new("", &notice.text)).collect();
                self.overlay = Some(Overlay::list(Purpose::Notices, "While you presented", items));
            }
            // A list that came meanwhile is in front: the newest of all, and how many more.
            more => {
                self.notice = held.pop().map(|newest| Notice {
                    text: format!("{} (and {} more before)", newest.text, more - 1),
                    ..newest
                });
            }
        }
    }
}
