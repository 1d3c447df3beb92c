//! The revisions of a record, and any two of them side by side.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::form::Form;
use crate::domain::{Formats, text};
use crate::ledger::{self, RecordDiff, Revision};
use crate::tui::keymap::Action;
use crate::tui::message::{Failure, Reply, Request, Ticket};
use crate::tui::pane::{Desk, Pane, Scene};
use crate::tui::panes::chain_pane::ChainPane;
use crate::tui::panes::figure_draw::say;
use crate::tui::panes::moving::state_title;
use crate::tui::widgets::diff;
use crate::tui::widgets::document::DocumentView;
use crate::tui::widgets::paint;

/// The history of one record.
pub struct HistoryPane {
    record: String,
    /// Oldest first.
    history: Vec<Revision>,
    form: Option<Arc<Form>>,
    /// Place in `history`.
    selected: usize,
    /// The revision that the selected one is compared with, instead of the one before it.
    base: Option<usize>,
    comparison: Option<Comparison>,
    /// Opened to compare: back leaves at once.
    compare_only: bool,
    ticket: Option<Ticket>,
    failure: Option<Failure>,
    stale: bool,
}

struct Comparison {
    diff: RecordDiff,
    old: usize,
    new: usize,
    view: DocumentView,
    total: usize,
    height: u16,
}

impl HistoryPane {
    /// `compare`: show the newest revision beside the one before it at once.
    pub fn new(record: String, compare: bool) -> Self {
        Self {
            record,
            history: Vec::new(),
            form: None,
            selected: 0,
            base: None,
            comparison: None,
            compare_only: compare,
            ticket: None,
            failure: None,
            stale: true,
        }
    }

    fn arrived(&mut self, history: &[Revision], desk: &mut Desk<'_>) {
        let first = self.history.is_empty();
        self.history = history.to_vec();
        let Some(newest) = self.history.last() else { return };
        self.form = desk.catalog.forms.get(&newest.kind).map(|form| Arc::new(form.clone()));
        if first {
            self.selected = self.history.len() - 1;
            if self.compare_only {
                // The last step that changed the text, not only the state.
                let place = (1..self.history.len())
                    .rev()
                    .find(|&i| self.history[i].body != self.history[i - 1].body);
                self.selected = place.unwrap_or(self.selected);
                self.compare();
            }
        }
    }

    fn compare(&mut self) {
        let new = self.selected;
        let old = self.base.unwrap_or_else(|| new.saturating_sub(1));
        let (old, new) = (old.min(new), old.max(new));
        let (Some(form), Some(a), Some(b)) =
            (&self.form, self.history.get(old), self.history.get(new))
        else {
            return;
        };
        self.comparison = Some(Comparison {
            diff: ledger::diff(form, a, b),
            old,
            new,
            view: DocumentView::default(),
            total: 0,
            height: 0,
        });
    }

    fn act_on_list(&mut self, action: Action) -> bool {
        let last = self.history.len().saturating_sub(1);
        // The newest stands on top.
        match action {
            Action::Up => self.selected = (self.selected + 1).min(last),
            Action::Down => self.selected = self.selected.saturating_sub(1),
            Action::First | Action::PageUp => self.selected = last,
            Action::Last | Action::PageDown => self.selected = 0,
            Action::Toggle => {
                self.base =
                    if self.base == Some(self.selected) { None } else { Some(self.selected) };
            }
            Action::Open | Action::Compare => self.compare(),
            _ => return false,
        }
        true
    }

    fn act_on_comparison(&mut self, action: Action) -> bool {
        let Some(comparison) = &mut self.comparison else { return false };
        let (total, height) = (comparison.total, comparison.height);
        let page = isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1);
        match action {
            Action::Up => comparison.view.scroll(-1, total, height),
            Action::Down => comparison.view.scroll(1, total, height),
            Action::PageUp => comparison.view.scroll(-page, total, height),
            Action::PageDown => comparison.view.scroll(page, total, height),
            Action::First => comparison.view.home(),
            Action::Last => comparison.view.end(total, height),
            Action::Left if self.selected > 1 => {
                self.selected -= 1;
                self.base = None;
                self.compare();
            }
            Action::Right if self.selected + 1 < self.history.len() => {
                self.selected += 1;
                self.base = None;
                self.compare();
            }
            Action::Back if !self.compare_only => self.comparison = None,
            Action::History => {
                self.comparison = None;
                self.compare_only = false;
            }
            _ => return false,
        }
        true
    }

    fn revision_title(&self, place: usize) -> String {
        self.history.get(place).map_or_else(String::new, |r| {
            format!(
                "revision {} · {} · {}",
                r.revision,
                r.author,
                Formats::here().date(r.at.date_naive())
            )
        })
    }

    fn draw_list(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        let look = scene.look;
        let Some(form) = &self.form else { return };
        let count = self.history.len();
        // Scrolled just as far as the selected line needs.
        let line_of = |place: usize| count - 1 - place;
        let offset =
            (line_of(self.selected) + 1).saturating_sub(usize::from(area.height.saturating_sub(1)));
        let header = format!(
            "    {:>3}  {:<8} {:<12} {:<14} {:<20} reason",
            "rev", "step", "state", "by", "at"
        );
        paint::text(buf, area, &header, look.theme.heading, look);
        for (row, line) in (1..area.height).zip(offset..count) {
            let place = count - 1 - line;
            let revision = &self.history[place];
            let selected = place == self.selected;
            let text = format!(
                "{} {} {:>3}  {:<8} {:<12} {:<14} {:<20} {}",
                if selected { look.glyphs.marker } else { " " },
                if self.base == Some(place) { look.glyphs.checked } else { " " },
                revision.revision,
                revision.action,
                text::truncate(state_title(form, &revision.state), 12),
                text::truncate(&revision.author, 14),
                Formats::here().instant(revision.at),
                revision.reason.as_deref().unwrap_or(""),
            );
            let style = if selected { look.theme.selected } else { look.theme.text };
            paint::text(buf, paint::row(area, row), &text, style, look);
        }
    }
}

impl Pane for HistoryPane {
    fn title(&self) -> String {
        match &self.comparison {
            None => format!("{} history", self.record),
            Some(c) => format!(
                "{} revisions {} and {}",
                self.record,
                self.history.get(c.old).map_or(0, |r| r.revision),
                self.history.get(c.new).map_or(0, |r| r.revision)
            ),
        }
    }

    fn show(&mut self, desk: &mut Desk<'_>) {
        if self.stale && self.ticket.is_none() {
            self.ticket = Some(desk.ask(Request::Record { record: self.record.clone() }));
            self.stale = false;
        }
    }

    fn hide(&mut self, desk: &mut Desk<'_>) {
        if self.ticket.is_some() {
            desk.cancel(self.ticket.take());
            self.stale = true;
        }
    }

    fn outdate(&mut self) {
        self.stale = true;
    }

    fn act(&mut self, action: Action, desk: &mut Desk<'_>) -> bool {
        if action == Action::Chain {
            desk.open(ChainPane::of_record(&self.record));
            return true;
        }
        if self.comparison.is_some() {
            self.act_on_comparison(action)
        } else {
            self.act_on_list(action)
        }
    }

    fn replied(&mut self, ticket: Ticket, reply: &Reply, desk: &mut Desk<'_>) -> bool {
        if self.ticket != Some(ticket) {
            return false;
        }
        self.ticket = None;
        match reply {
            Reply::Record(history) => {
                self.failure = None;
                self.arrived(history, desk);
            }
            Reply::Failed(failure) => self.failure = Some(failure.clone()),
            _ => {}
        }
        true
    }

    fn actions(&self) -> Vec<Action> {
        if self.comparison.is_some() {
            vec![Action::Left, Action::Right, Action::Down, Action::History, Action::Back]
        } else {
            vec![Action::Open, Action::Toggle, Action::Chain, Action::Back]
        }
    }

    fn hints(&self) -> Vec<(String, String)> {
        let hint = |key: &str, word: &str| (key.to_owned(), word.to_owned());
        if self.comparison.is_some() {
            vec![hint("Left", "older"), hint("Right", "newer")]
        } else {
            vec![hint("Enter", "compare"), hint("t", "compare with this")]
        }
    }

    fn fit(&mut self, area: Rect, scene: &Scene<'_>) {
        let titles = self
            .comparison
            .as_ref()
            .map(|c| (self.revision_title(c.old), self.revision_title(c.new)));
        if let (Some(comparison), Some((old, new))) = (&mut self.comparison, titles) {
            let lines = diff::lines(&comparison.diff, (&old, &new), area.width, scene.look);
            comparison.total = lines.len();
            comparison.height = area.height;
            comparison.view.scroll(0, comparison.total, area.height);
        }
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        match (&self.comparison, &self.failure, self.history.is_empty()) {
            (_, Some(failure), true) => {
                say(buf, area, &failure.message, scene.look.theme.problem, scene.look)
            }
            (_, None, true) => {
                say(buf, area, "Asking the workspace…", scene.look.theme.muted, scene.look)
            }
            (Some(c), _, _) if c.diff.is_empty() => {
                let same = if self.history.len() < 2 {
                    "There is only one revision yet."
                } else {
                    "Nothing differs between the two revisions."
                };
                say(buf, area, same, scene.look.theme.muted, scene.look);
            }
            (Some(c), _, _) => {
                let (old, new) = (self.revision_title(c.old), self.revision_title(c.new));
                diff::draw(buf, area, &c.diff, (&old, &new), &c.view, scene.look);
            }
            (None, _, _) => self.draw_list(buf, area, scene),
        }
    }
}
