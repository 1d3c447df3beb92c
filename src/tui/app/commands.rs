//! Actions that belong to the screen as a whole, and what comes back from the
//! lists and lines in front of it.

use crate::tui::keymap::Action;
use crate::tui::message::{Effect, Notice};
use crate::tui::overlay::{self, Overlay, Purpose};
use crate::tui::pane::Pane;
use crate::tui::widgets::list_picker::PickItem;

use super::{App, Phase};

impl App {
    /// Carries out an action: the pane first, unless it concerns the whole screen.
    pub(super) fn act(&mut self, action: Action, at_ms: u64) {
        if !matches!(self.phase, Phase::Open(_)) {
            return self.act_unopened(action);
        }
        match action {
            Action::Go(tab) => return self.go(tab),
            Action::Quit => return self.ask_to_quit(),
            Action::Help => return self.overlay = Some(overlay::commands(&self.keymap, true)),
            Action::Palette => return self.overlay = Some(overlay::commands(&self.keymap, false)),
            Action::Suspend => return self.effects.push(Effect::Suspend),
            Action::Present => return self.begin_presentation(),
            _ => {}
        }
        if self.with_top(at_ms, |pane, desk| pane.act(action, desk)) == Some(true) {
            return;
        }
        match action {
            Action::Back => self.back(),
            Action::Zoom => self.zoomed = !self.zoomed,
            Action::NextQuarter => self.step_quarter(1),
            Action::PreviousQuarter => self.step_quarter(-1),
            Action::Quarter => self.choose_quarter(),
            Action::Dimension => self.choose_dimension(),
            Action::Scope => self.choose_scope(),
            Action::AnyFigure => self.choose_figure(),
            Action::Theme => self.choose_theme(),
            Action::Drafts => self.show_drafts(),
            Action::Import => self.ask_for_file(),
            Action::Stop => {
                let quit = self.keymap.label(Action::Quit);
                let words = format!("Nothing is being computed. {quit} leaves the program.");
                self.notice = Some(Notice::plain(words));
            }
            other => {
                if let Some(entry) = self.keymap.entry(other)
                    && !matches!(other, Action::Up | Action::Down | Action::Left | Action::Right)
                {
                    self.notice =
                        Some(Notice::plain(format!("There is nothing to {} here.", entry.hint)));
                }
            }
        }
    }

    fn act_unopened(&mut self, action: Action) {
        match action {
            Action::Quit | Action::Stop => self.effects.push(Effect::Quit),
            Action::Suspend => self.effects.push(Effect::Suspend),
            Action::Refresh if matches!(self.phase, Phase::Busy(_)) => self.open(),
            Action::Help => self.overlay = Some(overlay::commands(&self.keymap, true)),
            _ if matches!(self.phase, Phase::Opening { .. }) => {
                let quit = self.keymap.label(Action::Quit);
                let words = format!("The workspace is not open yet. {quit} leaves.");
                self.notice = Some(Notice::plain(words));
            }
            _ => {}
        }
    }

    /// Shows another pane of the review; on the one that is shown, its first level.
    pub(super) fn go(&mut self, tab: usize) {
        if tab >= self.tabs.len() {
            return;
        }
        if tab == self.current {
            while self.tabs[tab].stack.len() > 1 && self.top().and_then(Pane::unsaved).is_none() {
                self.close((tab, self.tabs[tab].stack.len() - 1));
            }
            return;
        }
        self.hide_top();
        self.carry_out();
        self.current = tab;
        self.show_top();
    }

    fn back(&mut self) {
        let level = self.tabs[self.current].stack.len().saturating_sub(1);
        if level > 0 {
            self.close((self.current, level));
        } else if self.zoomed {
            self.zoomed = false;
        } else {
            let quit = self.keymap.label(Action::Quit);
            let words = format!("This is the first level. {quit} leaves the program.");
            self.notice = Some(Notice::plain(words));
        }
    }

    fn ask_to_quit(&mut self) {
        let unsaved: Vec<String> = (self.tabs.iter().flat_map(|tab| &tab.stack))
            .filter_map(|pane| pane.unsaved())
            .collect();
        if unsaved.is_empty() {
            return self.effects.push(Effect::Quit);
        }
        let what = unsaved.join(", ");
        let items = vec![
            PickItem::new("leave", "Leave; drafts of records are kept for next time").detail(&what),
            PickItem::new("stay", "Stay here"),
        ];
        self.overlay = Some(Overlay::list(Purpose::Quit, "Something is not saved yet", items));
    }

    /// An answer came from the list or the line in front; `done` when it was the last.
    pub(super) fn answered(&mut self, answer: &str, done: bool) {
        let Some(overlay) = &self.overlay else { return };
        let purpose = overlay.purpose.clone();
        if done {
            self.overlay = None;
        } else if !matches!(&purpose, Purpose::Pane(question) if question.is_live()) {
            return;
        }
        match purpose {
            Purpose::Command => {
                if let Some(action) = overlay::command(&self.keymap, answer) {
                    self.act(action, 0);
                }
            }
            Purpose::Quarter => self.set_quarter(answer),
            Purpose::Dimension => self.set_dimension(answer),
            Purpose::ScopeBy => self.ask_scope(answer),
            Purpose::Scope(dimension) => self.set_scope(dimension, answer),
            Purpose::Figure => self.open_figure(answer),
            Purpose::Draft => self.open_draft(answer),
            Purpose::Theme => self.set_theme(answer),
            Purpose::Import => self.look_at_file(answer),
            Purpose::Notices => {}
            Purpose::Quit => {
                if answer == "leave" {
                    self.effects.push(Effect::Quit);
                }
            }
            Purpose::Pane(question) => {
                self.with_top(0, |pane, desk| pane.answered(&question, answer, desk));
            }
        }
    }

    /// Esc took the list or the line away.
    pub(super) fn cancelled(&mut self) {
        let Some(overlay) = self.overlay.take() else { return };
        if let Purpose::Pane(question) = overlay.purpose
            && question.is_live()
        {
            self.with_top(0, |pane, desk| pane.answered(&question, "", desk));
        }
    }
}
