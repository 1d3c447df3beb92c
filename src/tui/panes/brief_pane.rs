//! The first screen: what needs a decision this quarter, and where to take it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::{Dimension, Value};
use crate::review::{Brief, BriefItem, BriefPart, Severity};
use crate::tui::keymap::Action;
use crate::tui::message::{Failure, Notice, Reply, Request, Ticket};
use crate::tui::pane::{Desk, Pane, Scene, Step};
use crate::tui::panes::figure_draw::say;
use crate::tui::present::Page;
use crate::tui::theme::Tone;
use crate::tui::widgets::paint;

/// Columns before the headline: the marker and the severity.
const INDENT: usize = 9;

/// The brief of the quarter.
#[derive(Default)]
pub struct BriefPane {
    items: Option<Vec<BriefItem>>,
    /// The lines of each part of what is being asked, as they come.
    parts: [Option<Vec<BriefItem>>; BriefPart::EACH.len()],
    selected: usize,
    /// The questions under way, and the place of the part that each asks for.
    tickets: Vec<(Ticket, usize)>,
    failure: Option<Failure>,
    /// True once an answer of this quarter is on its way or here.
    fresh: bool,
    height: u16,
    /// The review is cut by people: details name some.
    of_persons: bool,
}

impl BriefPane {
    fn item(&self) -> Option<&BriefItem> {
        self.items.as_ref()?.get(self.selected)
    }

    fn cancel(&mut self, desk: &mut Desk<'_>) {
        for (ticket, _) in self.tickets.drain(..) {
            desk.cancel(Some(ticket));
        }
    }

    fn count(&self) -> usize {
        self.items.as_ref().map_or(0, Vec::len)
    }
}

/// The word stands beside the colour: nobody has to tell red from green.
fn severity(severity: Severity) -> (&'static str, Tone) {
    match severity {
        Severity::Act => ("ACT", Tone::Bad),
        Severity::Watch => ("WATCH", Tone::Warn),
        Severity::Fine => ("FINE", Tone::Good),
    }
}

impl Pane for BriefPane {
    fn title(&self) -> String {
        "Brief".into()
    }

    fn show(&mut self, desk: &mut Desk<'_>) {
        if self.fresh {
            return;
        }
        self.cancel(desk);
        self.parts = Default::default();
        self.of_persons = matches!(desk.lens.by, Dimension::Owner | Dimension::Manager);
        for (place, part) in BriefPart::EACH.into_iter().enumerate() {
            let parameters = Box::new(desk.lens.clone());
            self.tickets.push((desk.ask(Request::Brief { parameters, part }), place));
        }
        self.fresh = true;
    }

    fn hide(&mut self, desk: &mut Desk<'_>) {
        if !self.tickets.is_empty() {
            self.cancel(desk);
            self.fresh = false;
        }
    }

    fn outdate(&mut self) {
        self.fresh = false;
    }

    fn act(&mut self, action: Action, desk: &mut Desk<'_>) -> bool {
        let last = self.count().saturating_sub(1);
        let page = usize::from(self.height / 2).max(1);
        match action {
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = (self.selected + 1).min(last),
            Action::PageUp => self.selected = self.selected.saturating_sub(page),
            Action::PageDown => self.selected = (self.selected + page).min(last),
            Action::First => self.selected = 0,
            Action::Last => self.selected = last,
            Action::Open => {
                let Some(item) = self.item() else { return false };
                desk.step(Step::Go {
                    pane: item.pane.clone(),
                    figure: item.figure.clone(),
                    values: item
                        .bind
                        .iter()
                        .map(|(name, value)| (name.clone(), Value::Text(value.clone())))
                        .collect(),
                });
            }
            Action::Refresh => {
                self.outdate();
                self.show(desk);
            }
            Action::Stop if !self.tickets.is_empty() => {
                self.hide(desk);
                let key = desk.key(Action::Refresh);
                desk.say(Notice::plain(format!("Stopped. {key} asks again.")));
            }
            _ => return false,
        }
        true
    }

    fn replied(&mut self, ticket: Ticket, reply: &Reply, _desk: &mut Desk<'_>) -> bool {
        let Some(at) = self.tickets.iter().position(|(asked, _)| *asked == ticket) else {
            return false;
        };
        let (_, part) = self.tickets.remove(at);
        match reply {
            Reply::Brief(items) => {
                self.parts[part] = Some(items.clone());
                // Lines of one quarter never stand among those of another: a brief that is there
                // stays whole until the next one is.
                if self.items.is_some() && self.parts.iter().any(Option::is_none) {
                    return true;
                }
                let items = Brief::of(self.parts.iter().flatten().flatten().cloned()).items;
                // The same line stays selected, wherever it stands now.
                let was = self
                    .item()
                    .map(|item| (item.pane.clone(), item.figure.clone(), item.bind.clone()));
                let place = was.and_then(|was| {
                    items
                        .iter()
                        .position(|i| (&i.pane, &i.figure, &i.bind) == (&was.0, &was.1, &was.2))
                });
                self.selected = place.unwrap_or(self.selected.min(items.len().saturating_sub(1)));
                self.items = Some(items);
                self.failure = None;
            }
            Reply::Failed(failure) => self.failure = Some(failure.clone()),
            _ => {}
        }
        true
    }

    fn actions(&self) -> Vec<Action> {
        let mut actions = vec![Action::Open];
        if !self.tickets.is_empty() {
            actions.push(Action::Stop);
        }
        actions.extend([
            Action::Present,
            Action::Quarter,
            Action::Dimension,
            Action::Scope,
            Action::Refresh,
        ]);
        actions
    }

    fn page(&self, at: usize, _scene: &Scene<'_>) -> Option<Page> {
        let title = "What needs a decision".to_owned();
        let Some(items) = self.items.as_ref().filter(|items| !items.is_empty()) else {
            let note = match self.tickets.is_empty() {
                true => "Nothing needs a decision in this quarter.",
                false => "Asking the workspace…",
            };
            return Some(Page { title, note: note.into(), ..Page::default() });
        };
        let at = at.min(items.len() - 1);
        let (word, tone) = severity(items[at].severity);
        let sentence = Some((tone, items[at].headline.clone()));
        let detail = if self.of_persons { "" } else { items[at].detail.as_str() };
        let (name, note) = (word.to_owned(), detail.to_owned());
        Some(Page { title, name, sentence, note, at, pages: items.len(), ..Page::default() })
    }

    fn fit(&mut self, area: Rect, _scene: &Scene<'_>) {
        self.height = area.height;
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        let look = scene.look;
        let title = match (&self.failure, &self.items) {
            (Some(failure), Some(_)) => format!("The brief of before; now: {}", failure.message),
            (None, Some(_)) if !self.tickets.is_empty() => {
                "What needs a decision (more is being asked)".to_owned()
            }
            _ => "What needs a decision".to_owned(),
        };
        paint::text(buf, area, &format!("{} {title}", look.glyphs.marker), look.theme.title, look);
        let inner = paint::below(area, 1);
        let items = match (&self.items, &self.failure) {
            (Some(items), _) => items,
            (None, Some(failure)) => {
                return say(buf, inner, &failure.message, look.theme.problem, look);
            }
            (None, None) => {
                return say(buf, inner, "Asking the workspace…", look.theme.muted, look);
            }
        };
        if items.is_empty() && !self.tickets.is_empty() {
            return say(buf, inner, "Asking the workspace…", look.theme.muted, look);
        }
        if items.is_empty() {
            return say(
                buf,
                inner,
                "Nothing needs a decision in this quarter.",
                look.theme.good,
                look,
            );
        }
        // Two lines each where there is room for all of them, else one.
        let per_item = if items.len() * 2 <= usize::from(inner.height) { 2 } else { 1 };
        let shown = usize::from(inner.height) / per_item;
        let offset = (self.selected + 1).saturating_sub(shown);
        for (place, item) in items.iter().enumerate().skip(offset).take(shown) {
            let row = u16::try_from((place - offset) * per_item).unwrap_or(u16::MAX);
            let (first, second) =
                (paint::row(inner, row), paint::row(inner, row.saturating_add(1)));
            let (word, tone) = severity(item.severity);
            let selected = place == self.selected;
            let style = if selected { look.theme.selected } else { look.theme.text };
            let word_style = if selected { style } else { look.theme.tone(tone) };
            let marker = if selected { look.glyphs.marker } else { " " };
            paint::text(buf, first, &format!("{marker} {word:<6}"), word_style, look);
            let used = paint::text(
                buf,
                paint::columns(first, INDENT, usize::MAX),
                &item.headline,
                style,
                look,
            );
            let place = match per_item {
                2 => paint::columns(second, INDENT, usize::MAX),
                _ => paint::columns(first, INDENT + used + 2, usize::MAX),
            };
            paint::text(buf, place, &item.detail, look.theme.muted, look);
        }
    }
}
