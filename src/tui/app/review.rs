//! What holds for all panes: the quarter, the dimension, the scope; and the drafts.

use crate::domain::{Dimension, Period, Quarter};
use crate::ledger::drafts::Draft;
use crate::tui::message::{Effect, Notice, Reply, Request, Ticket};
use crate::tui::overlay::{Overlay, Purpose};
use crate::tui::panes::edit_pane::EditPane;
use crate::tui::panes::figure_pane::FigurePane;
use crate::tui::widgets::list_picker::PickItem;
use crate::workspace::Parameters;

use super::{App, Phase};

/// Takes every filter away.
const EVERYTHING: &str = "everything";
/// Quarters that the list offers, before and after the day one looks from.
const QUARTERS: std::ops::RangeInclusive<i32> = -11..=2;

impl App {
    /// Changes what all panes look at, and asks again.
    fn look_at(&mut self, change: impl FnOnce(&mut Parameters)) {
        let Some(lens) = &mut self.lens else { return };
        let before = lens.clone();
        change(lens);
        if *lens == before {
            return;
        }
        // What was asked for the other quarter is of no use any more.
        self.hide_top();
        self.outdate_all();
    }

    fn quarter_now(&self) -> Option<Quarter> {
        let (Phase::Open(opened), Some(lens)) = (&self.phase, &self.lens) else { return None };
        Some(opened.settings.fiscal.quarter_of(lens.as_of))
    }

    pub(super) fn step_quarter(&mut self, by: i32) {
        let Some(now) = self.quarter_now() else { return };
        self.look_at(|lens| {
            lens.period = match lens.period {
                Period::Quarter(quarter) => Period::Quarter(quarter.plus(by)),
                Period::Year(year) => Period::Year(year + by),
                Period::All => Period::Quarter(now),
            };
        });
    }

    pub(super) fn choose_quarter(&mut self) {
        let (Some(now), Some(lens)) = (self.quarter_now(), &self.lens) else { return };
        let mut items: Vec<PickItem> = QUARTERS
            .rev()
            .map(|offset| now.plus(offset).to_string())
            .map(|quarter| PickItem::new(&quarter, &quarter))
            .collect();
        for year in [now.year, now.year - 1, now.year - 2] {
            items.push(PickItem::new(year.to_string(), format!("Fiscal year {year}")));
        }
        items.push(PickItem::new(Period::All.to_string(), "Everything there is"));
        let overlay = Overlay::list(Purpose::Quarter, "Quarter of the review", items);
        self.overlay = Some(overlay.on(&lens.period.to_string()));
    }

    pub(super) fn set_quarter(&mut self, answer: &str) {
        if let Ok(period) = answer.parse() {
            self.look_at(|lens| lens.period = period);
        }
    }

    pub(super) fn choose_dimension(&mut self) {
        let Some(lens) = &self.lens else { return };
        let items = Dimension::EACH
            .iter()
            .map(|dimension| match dimension {
                Dimension::All => PickItem::new(dimension.name(), "not cut at all"),
                other => PickItem::new(other.name(), format!("by {other}")),
            })
            .collect();
        let overlay = Overlay::list(Purpose::Dimension, "Cut the figures", items);
        self.overlay = Some(overlay.on(lens.by.name()));
    }

    pub(super) fn set_dimension(&mut self, answer: &str) {
        if let Ok(by) = answer.parse() {
            self.look_at(|lens| lens.by = by);
        }
    }

    /// Every figure there is, those that stand on no pane included.
    pub(super) fn choose_figure(&mut self) {
        if self.lens.is_none() {
            return;
        }
        let mut figures: Vec<_> = self.setup.catalog.figures.values().collect();
        figures.sort_by(|one, other| one.title.cmp(&other.title));
        let items = figures
            .iter()
            .map(|figure| {
                PickItem::new(figure.name.as_str(), figure.title.as_str())
                    .detail(figure.curriculum.join(" "))
            })
            .collect();
        self.overlay = Some(Overlay::list(Purpose::Figure, "Figures", items));
    }

    pub(super) fn open_figure(&mut self, name: &str) {
        if self.setup.catalog.figures.contains_key(name) {
            let pane = FigurePane::behind(&self.setup.catalog, name, Vec::new());
            self.open_pane(self.current, Box::new(pane));
        }
    }

    pub(super) fn choose_scope(&mut self) {
        let Some(lens) = &self.lens else { return };
        let mut items: Vec<PickItem> = Dimension::SCOPES
            .iter()
            .map(|dimension| {
                let now = lens.scope.get(dimension).map_or("all of them", String::as_str);
                PickItem::new(dimension.name(), format!("One {dimension}")).detail(now)
            })
            .collect();
        if !lens.scope.is_empty() {
            items.insert(0, PickItem::new(EVERYTHING, "Everything: take the filters away"));
        }
        self.overlay = Some(Overlay::list(Purpose::ScopeBy, "Look only at", items));
    }

    pub(super) fn ask_scope(&mut self, answer: &str) {
        if answer == EVERYTHING {
            return self.look_at(|lens| lens.scope.clear());
        }
        let (Ok(dimension), Some(lens)) = (answer.parse(), &self.lens) else { return };
        let parameters = Box::new(lens.clone());
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.scope_asked = Some((ticket, dimension));
        self.effects.push(Effect::Ask(ticket, Request::Slices { dimension, parameters }));
    }

    pub(super) fn offer_scope(&mut self, dimension: Dimension, reply: &Reply) {
        match reply {
            Reply::Picks(items) => {
                let mut items = items.clone();
                let now = self.lens.as_ref().and_then(|lens| lens.scope.get(&dimension)).cloned();
                if now.is_some() {
                    items.insert(0, PickItem::new("", format!("Every {dimension}")));
                }
                let title = format!("Look only at one {dimension}");
                let overlay = Overlay::list(Purpose::Scope(dimension), &title, items);
                self.overlay = Some(overlay.on(now.as_deref().unwrap_or_default()));
            }
            Reply::Failed(failure) => self.notice = Some(Notice::from(failure)),
            _ => {}
        }
    }

    pub(super) fn set_scope(&mut self, dimension: Dimension, answer: &str) {
        self.look_at(|lens| {
            if answer.is_empty() {
                lens.scope.remove(&dimension);
            } else {
                lens.scope.insert(dimension, answer.to_owned());
            }
        });
    }

    /// Drafts that an earlier session left behind are offered once, at the start.
    pub(super) fn offer_drafts(&mut self, drafts: Vec<Draft>) {
        let saved_soon = |draft: &Draft| self.saves.values().any(|save| save.id == draft.id);
        let drafts = drafts.into_iter().filter(|draft| !saved_soon(draft));
        self.drafts.extend(drafts.map(|draft| (draft.id.clone(), draft)).collect::<Vec<_>>());
        if !self.drafts.is_empty() && self.overlay.is_none() {
            self.show_drafts();
        }
    }

    pub(super) fn show_drafts(&mut self) {
        if self.drafts.is_empty() {
            self.notice = Some(Notice::plain("You have no unsaved drafts here."));
            return;
        }
        let catalog = &self.setup.catalog;
        let items = self
            .drafts
            .values()
            .rev()
            .map(|draft| {
                let form = catalog.forms.get(&draft.kind);
                let title = form.map_or(draft.kind.as_str(), |form| form.title.as_str());
                let what = draft.record.as_deref().or(draft.about.as_deref()).unwrap_or("new");
                let at = crate::domain::Formats::here().instant(draft.saved_at);
                let name = form.map(|form| named(&form.name, draft)).unwrap_or_default();
                PickItem::new(&draft.id, format!("{title} {what}  {name}"))
                    .detail(format!("kept {at}"))
            })
            .collect();
        let title = "Not saved yet: Enter goes on writing, Esc leaves it for later";
        self.overlay = Some(Overlay::list(Purpose::Draft, title, items));
    }

    pub(super) fn open_draft(&mut self, id: &str) {
        if let Some(draft) = self.drafts.get(id).cloned() {
            let home = crate::tui::panes::PANES
                .iter()
                .position(|pane| pane.kind == Some(draft.kind.as_str()));
            if let Some(tab) = home
                && tab != self.current
            {
                self.go(tab);
            }
            self.with_top(0, |_, desk| EditPane::resume(&draft, desk));
        }
    }
}

/// `{account} · {opportunity}` with the values of a draft.
fn named(pattern: &str, draft: &Draft) -> String {
    let mut name = pattern.to_owned();
    for (field, value) in &draft.body {
        if let Some(text) = value.as_str() {
            name = name.replace(&format!("{{{field}}}"), text);
        }
    }
    if name.contains('{') { String::new() } else { name }
}
