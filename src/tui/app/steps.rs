//! Carrying out what panes have asked for, one step after the other.

use crate::tui::message::Effect;
use crate::tui::overlay::{Overlay, Purpose};
use crate::tui::pane::{Pane, Step};
use crate::tui::panes::PANES;
use crate::tui::panes::figure_pane::FigurePane;
use crate::tui::panes::record_pane::RecordPane;

use super::{App, Place};

impl App {
    pub(super) fn carry_out(&mut self) {
        while let Some((place, step)) = self.steps.pop_front() {
            self.step(place, step);
        }
    }

    fn step(&mut self, place: Place, step: Step) {
        match step {
            Step::Effect(effect) => self.effects.push(effect),
            Step::Say(notice) => self.notice = Some(notice),
            Step::Open(pane) => self.open_pane(place.0, pane),
            Step::Record(record) => {
                self.open_pane(place.0, Box::new(RecordPane::new(record)));
            }
            Step::Replace(pane) => {
                self.close(place);
                self.open_pane(place.0, pane);
            }
            Step::Close => self.close(place),
            Step::Go { pane, figure, values } => {
                match PANES.iter().position(|spec| spec.id == pane) {
                    Some(tab) => {
                        self.go(tab);
                        self.truncate(tab);
                        self.with_top(0, |pane, desk| {
                            pane.seek(&figure, values, desk);
                            pane.show(desk);
                        });
                    }
                    None => {
                        let pane = FigurePane::behind(&self.setup.catalog, &figure, values);
                        self.open_pane(place.0, Box::new(pane));
                    }
                }
            }
            Step::Choose { question, title, items } => {
                self.overlay = Some(Overlay::list(Purpose::Pane(question), &title, items));
            }
            Step::ChooseMany { question, title, items, chosen } => {
                let purpose = Purpose::Pane(question);
                self.overlay = Some(Overlay::list_of_many(purpose, &title, items, &chosen));
            }
            Step::Line { question, label, text } => {
                self.overlay = Some(Overlay::line(Purpose::Pane(question), &label, &text));
            }
            Step::Keep(draft) => {
                self.drafts.insert(draft.id.clone(), (*draft).clone());
                self.effects.push(Effect::Keep(draft));
            }
            Step::Copy { what, text } => self.effects.push(Effect::Copy { what, text }),
            Step::Remember { key, value } => {
                if self.memory.set(&key, value.clone()) {
                    self.effects.push(Effect::Remember { key, value });
                }
            }
            Step::Forget(id) => {
                self.drafts.remove(&id);
                self.effects.push(Effect::Forget(id));
            }
        }
    }

    pub(super) fn open_pane(&mut self, tab: usize, pane: Box<dyn Pane>) {
        let shown = tab == self.current;
        if shown {
            self.hide_top();
        }
        self.tabs[tab].stack.push(pane);
        if shown {
            self.show_top();
        }
    }

    /// Takes a pane away, with what was opened from it; never the first level.
    pub(super) fn close(&mut self, (tab, level): Place) {
        if level == 0 || level >= self.tabs[tab].stack.len() {
            return;
        }
        for level in (level..self.tabs[tab].stack.len()).rev() {
            self.with_pane((tab, level), 0, |pane, desk| pane.hide(desk));
        }
        self.tabs[tab].stack.truncate(level);
        if tab == self.current {
            self.show_top();
        }
    }

    /// Back to the first level, unless that would hide unsaved text.
    fn truncate(&mut self, tab: usize) {
        if self.tabs[tab].stack.iter().all(|pane| pane.unsaved().is_none()) {
            self.close((tab, 1));
        }
    }
}
