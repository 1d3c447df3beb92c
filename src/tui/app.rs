//! The app: everything that is on the screen, and how events change it.
//!
//! ```text
//! App ── Phase     opening, busy, open
//!   │ ── Tab       one per pane of the review: a stack of panes, the top one shown
//!   │ ── lens      quarter, dimension, scope: chosen once, the same for all
//!   │ ── Overlay   a list or a line in front, at most one
//!   │ ── drafts    what this user has not saved yet
//! ```
//!
//! Invariants: [`App::update`] reads no clock, no file and no database, so the
//! same events always lead to the same screen; `draw` changes nothing; a pane
//! changes another only through the app.

mod commands;
mod importing;
mod presenting;
mod resume;
mod review;
mod saving;
mod steps;
#[cfg(test)]
mod tests;
mod themes;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyModifiers};

use crate::catalog::Catalog;
use crate::ingest::preview::PreviewRequest;
use crate::ledger::drafts::Draft;
use crate::tui::input::Input;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::layout;
use crate::tui::memory::Memory;
use crate::tui::message::{
    Effect, Event, Failure, FailureKind, Notice, Opened, Reply, Request, Ticket, Tone,
};
use crate::tui::overlay::{Overlay, OverlayOutcome};
use crate::tui::pane::{Desk, Pane, Scene, Step};
use crate::tui::panes::PANES;
use crate::tui::present::Presentation;
use crate::tui::theme::{Background, Look};
use crate::workspace::Parameters;

pub use themes::remembered as remembered_theme;

/// What is settled before the screen is up.
#[derive(Clone, Debug)]
pub struct Setup {
    pub catalog: Arc<Catalog>,
    pub look: Look,
    /// What the terminal's own letters stand on.
    pub background: Background,
    /// Which keys do what.
    pub keymap: Keymap,
    /// What is to be told first: mistakes in the configuration.
    pub told_first: Option<String>,
    /// What is being opened, for the first frame.
    pub name: String,
    /// Where exports go, and where a path of somebody's begins.
    pub folder: PathBuf,
    /// What `~` stands for.
    pub home: Option<PathBuf>,
    /// What was remembered of the person.
    pub memory: Memory,
    /// Go on where the workspace was left.
    pub resume: bool,
    /// Tells this session's drafts from those of another.
    pub session: String,
    /// A file to look at first.
    pub import: Option<PreviewRequest>,
}

/// How far the workspace is.
pub enum Phase {
    Opening {
        ticket: Ticket,
        /// What takes so long, where something does.
        progress: Option<String>,
    },
    /// Somebody holds it; it can be tried again.
    Busy(Failure),
    Open(Box<Opened>),
    /// It can't be opened at all, and the screen is about to end.
    Ended,
}

/// One pane of the review with what was opened from it.
pub struct Tab {
    pub stack: Vec<Box<dyn Pane>>,
}

/// The state of the screen.
pub struct App {
    pub setup: Setup,
    pub keymap: Keymap,
    pub size: (u16, u16),
    pub phase: Phase,
    pub lens: Option<Parameters>,
    pub tabs: Vec<Tab>,
    pub current: usize,
    pub overlay: Option<Overlay>,
    pub notice: Option<Notice>,
    pub drafts: BTreeMap<String, Draft>,
    /// Saves that wait for the workspace, by the request they answer.
    pub saves: BTreeMap<Ticket, Draft>,
    pub memory: Memory,
    pub zoomed: bool,
    /// The pane is on the wall.
    pub present: Option<Presentation>,
    /// Values to filter by that were asked for.
    scope_asked: Option<(Ticket, crate::domain::Dimension)>,
    tickets: u64,
    /// Steps that panes have asked for, with the place of the pane (tab, level).
    steps: VecDeque<(Place, Step)>,
    effects: Vec<Effect>,
}

/// Tab and level of a pane.
type Place = (usize, usize);

impl App {
    /// The app before anything is open, and what it wants done first.
    pub fn new(setup: Setup, size: (u16, u16)) -> (Self, Vec<Effect>) {
        let memory = setup.memory.clone();
        let mut app = Self {
            keymap: setup.keymap.clone(),
            setup,
            size,
            phase: Phase::Ended,
            lens: None,
            tabs: Vec::new(),
            current: 0,
            overlay: None,
            notice: None,
            drafts: BTreeMap::new(),
            saves: BTreeMap::new(),
            memory,
            zoomed: false,
            present: None,
            scope_asked: None,
            tickets: 0,
            steps: VecDeque::new(),
            effects: Vec::new(),
        };
        app.open();
        let effects = std::mem::take(&mut app.effects);
        (app, effects)
    }

    /// Takes note of an event and says what is to be done about it.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Input { inputs, at_ms } => self.inputs(inputs, at_ms),
            Event::Resize(width, height) => self.size = (width, height),
            Event::Reply(ticket, reply) => self.reply(ticket, &reply),
            Event::Changed(news) => {
                self.notice = Some(Notice::plain(news));
                self.outdate_all();
            }
            Event::Drafts(drafts) => self.offer_drafts(drafts),
            Event::Told(notice) => self.notice = Some(notice),
            Event::EditedElsewhere(Ok(text)) => {
                self.with_top(0, |pane, desk| pane.edited_elsewhere(&text, desk));
            }
            Event::EditedElsewhere(Err(why)) => {
                self.notice = Some(Notice::bad(format!("The text is as it was: {why}.")));
            }
            Event::Progress(words) => {
                if let Phase::Opening { progress, .. } = &mut self.phase {
                    *progress = Some(words);
                }
            }
        }
        self.carry_out();
        self.hold_notices();
        self.fit();
        self.note_place();
        std::mem::take(&mut self.effects)
    }

    fn open(&mut self) {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.phase = Phase::Opening { ticket, progress: None };
        self.effects.push(Effect::Ask(ticket, Request::Open));
    }

    /// The pane that is shown.
    pub fn top(&self) -> Option<&dyn Pane> {
        self.tabs.get(self.current)?.stack.last().map(|pane| pane.as_ref())
    }

    /// Lets the pane that is shown do something.
    fn with_top<R>(
        &mut self,
        now_ms: u64,
        work: impl FnOnce(&mut dyn Pane, &mut Desk<'_>) -> R,
    ) -> Option<R> {
        let level = self.tabs.get(self.current)?.stack.len().checked_sub(1)?;
        self.with_pane((self.current, level), now_ms, work)
    }

    fn with_pane<R>(
        &mut self,
        place: Place,
        now_ms: u64,
        work: impl FnOnce(&mut dyn Pane, &mut Desk<'_>) -> R,
    ) -> Option<R> {
        let Phase::Open(opened) = &self.phase else { return None };
        let pane = self.tabs.get_mut(place.0)?.stack.get_mut(place.1)?;
        let mut desk = Desk {
            catalog: &self.setup.catalog,
            keymap: &self.keymap,
            lens: self.lens.as_ref()?,
            opened,
            drafts: &self.drafts,
            memory: &self.memory,
            folder: &self.setup.folder,
            session: &self.setup.session,
            now_ms,
            tickets: &mut self.tickets,
            steps: Vec::new(),
        };
        let result = work(pane.as_mut(), &mut desk);
        self.steps.extend(desk.steps.into_iter().map(|step| (place, step)));
        Some(result)
    }

    fn show_top(&mut self) {
        self.with_top(0, |pane, desk| pane.show(desk));
    }

    fn hide_top(&mut self) {
        self.with_top(0, |pane, desk| pane.hide(desk));
    }

    fn outdate_all(&mut self) {
        for pane in self.tabs.iter_mut().flat_map(|tab| &mut tab.stack) {
            pane.outdate();
        }
        self.show_top();
    }

    fn fit(&mut self) {
        let area = layout::body(self.size, self.zoomed);
        let scene =
            Scene { catalog: &self.setup.catalog, look: &self.setup.look, zoomed: self.zoomed };
        if let Some(pane) = self.tabs.get_mut(self.current).and_then(|tab| tab.stack.last_mut()) {
            pane.fit(area, &scene);
        }
    }

    /// What came in one read, with a paste that the terminal did not mark as one made whole.
    pub fn whole(&self, inputs: Vec<Input>) -> Vec<Input> {
        let takes_text = self.overlay.as_ref().is_some_and(Overlay::is_line)
            || self.overlay.is_none() && self.top().is_some_and(Pane::takes_text);
        match unmarked_paste(&inputs) {
            Some(text) if takes_text => vec![Input::Paste(text)],
            _ => inputs,
        }
    }

    /// May what is typed now be the words of a record, or name something of the company?
    pub fn takes_words(&self) -> bool {
        match &self.overlay {
            Some(overlay) => !overlay.offers_our_words(),
            None => self.top().is_some_and(Pane::owns_letters),
        }
    }

    fn inputs(&mut self, inputs: Vec<Input>, at_ms: u64) {
        self.notice = None;
        for input in self.whole(inputs) {
            self.input(&input, at_ms);
            // The next key may belong to what this one has opened.
            self.carry_out();
            self.fit();
        }
    }

    fn input(&mut self, input: &Input, at_ms: u64) {
        if self.presented(input) {
            return;
        }
        if let Some(overlay) = &mut self.overlay {
            let outcome = overlay.typed(input);
            return self.overlay_says(outcome);
        }
        if self.with_top(at_ms, |pane, desk| pane.typed(input, desk)) == Some(true) {
            return;
        }
        if let Input::Key(key) = input {
            match self.keymap.action(key) {
                Some(action) => self.act(action, at_ms),
                None => self.hint_at_help(key.code, key.modifiers),
            }
        }
    }

    /// A key that means nothing here is answered all the same.
    fn hint_at_help(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        if let KeyCode::Char(c) = code
            && !modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
        {
            let help = self.keymap.label(Action::Help);
            self.notice = Some(if c == char::REPLACEMENT_CHARACTER {
                Notice::bad("This terminal does not send UTF-8: set it to UTF-8 to write accents.")
            } else {
                Notice::plain(format!("{c} does nothing here. {help} shows all keys."))
            });
        }
    }

    fn overlay_says(&mut self, outcome: OverlayOutcome) {
        match outcome {
            OverlayOutcome::Open => {}
            OverlayOutcome::Changed(text) => self.answered(&text, false),
            OverlayOutcome::Answered(answer) => self.answered(&answer, true),
            OverlayOutcome::Cancelled => self.cancelled(),
        }
    }

    fn reply(&mut self, ticket: Ticket, reply: &Reply) {
        self.notice.take_if(|notice| notice.tone == Tone::Passing);
        if matches!(self.phase, Phase::Opening { ticket: asked, .. } if asked == ticket) {
            return self.opened(reply);
        }
        if let Some((asked, dimension)) = self.scope_asked
            && asked == ticket
        {
            self.scope_asked = None;
            return self.offer_scope(dimension, reply);
        }
        let waited = self.waits_or_waited(ticket, reply);
        let mut taken = false;
        let places: Vec<Place> = (self.tabs.iter().enumerate())
            .flat_map(|(tab, t)| (0..t.stack.len()).map(move |level| (tab, level)))
            .collect();
        for place in places {
            if self.with_pane(place, 0, |pane, desk| pane.replied(ticket, reply, desk))
                == Some(true)
            {
                taken = true;
                break;
            }
        }
        if let Some(save) = waited.filter(|_| !taken) {
            self.came_late(save, reply);
        }
        if let Reply::Imported(imported) = reply {
            self.imported(imported);
        }
        if matches!(reply, Reply::Saved(_) | Reply::Moved { .. } | Reply::Imported(_)) {
            // Lists, queues and the brief count what was just written.
            self.carry_out();
            self.outdate_all();
        }
    }

    fn opened(&mut self, reply: &Reply) {
        match reply {
            Reply::Opened(opened) => {
                if let Some(why) = &opened.read_only {
                    self.notice = Some(Notice::plain(format!("Read-only: {why}.")));
                }
                if let Some(words) = self.setup.told_first.take() {
                    self.notice = Some(Notice::bad(words));
                }
                self.saves = opened.waiting.iter().cloned().collect();
                self.lens = Some(opened.defaults.clone());
                self.phase = Phase::Open(opened.clone());
                self.tabs = PANES.iter().map(|pane| Tab { stack: vec![pane.build()] }).collect();
                self.go_back();
                match self.setup.import.take() {
                    Some(asked) => self.show_mapping(asked),
                    None => self.show_top(),
                }
            }
            Reply::Failed(failure) if failure.kind == FailureKind::Busy => {
                self.phase = Phase::Busy(failure.clone());
            }
            _ => {
                self.phase = Phase::Ended;
                self.effects.push(Effect::Quit);
            }
        }
    }
}

/// The text of a paste that the terminal did not mark as one: several keys in
/// one read, with an Enter among them that is not the last.
fn unmarked_paste(inputs: &[Input]) -> Option<String> {
    if inputs.len() < 3 {
        return None;
    }
    let mut text = String::new();
    for input in inputs {
        let Input::Key(key) = input else { return None };
        match key.code {
            KeyCode::Char(c)
                if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
            {
                text.push(c);
            }
            KeyCode::Enter => text.push('\n'),
            KeyCode::Tab => text.push('\t'),
            _ => return None,
        }
    }
    text.trim_end_matches('\n').contains('\n').then_some(text)
}
