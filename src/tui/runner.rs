//! The loop: events in, effects out, a frame when something has changed.
//!
//! Blocks on one channel and has no tick: idle, it neither wakes nor writes.
//! Everything that waits is taken before one frame is drawn, so that a hundred
//! keys that come at once cost one frame and not a hundred.

use std::io;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use crate::ledger::drafts::{Draft, Journal, JournalWriter};
use crate::tui::app::App;
use crate::tui::clipboard::{self, Route};
use crate::tui::draw;
use crate::tui::elsewhere;
use crate::tui::exit::{self, Signalled};
use crate::tui::input::{Input, Keyboard};
use crate::tui::keymap::Action;
use crate::tui::memory::MemoryWriter;
use crate::tui::message::{Effect, Event, FailureKind, Notice, Reply};
use crate::tui::recording::{Entry, Recorder, Typed, shape, unsaid};
use crate::tui::screen::Screen;
use crate::tui::worker::{Said, Worker};

/// How long the end of a text may take to reach the disk before a stop.
const FLUSH: Duration = Duration::from_millis(500);
/// The least time between two frames, so that a fast key repeat does not flood a slow link.
const FRAME: Duration = Duration::from_millis(50);
/// The same over SSH after a frame of this many bytes or more.
const FRAME_SSH: Duration = Duration::from_millis(100);
const LARGE_FRAME: usize = 2048;
/// An answer that comes this fast is drawn at once, without a "loading" before it.
const ANSWER_PATIENCE: Duration = Duration::from_millis(40);

/// What reaches the loop.
pub enum Incoming {
    Event(Event),
    Worker(Said),
    Signal(Signalled),
}

/// Carries out what the app wants.
pub struct Runner {
    pub app: App,
    pub screen: Screen,
    pub keyboard: Keyboard,
    pub worker: Worker,
    pub journal: Journal,
    pub drafts: JournalWriter,
    pub keeper: MemoryWriter,
    /// Writes down what is done.
    pub recorder: Option<Recorder>,
    pub incoming: Receiver<Incoming>,
    /// Keeps the channel open, whoever else has left.
    pub sender: Sender<Incoming>,
    pub over_ssh: bool,
    /// Why drafts will not outlast this session; told once.
    pub no_drafts: Option<String>,
}

impl Runner {
    /// Runs until the app wants to quit.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub fn run(mut self, first: Vec<Effect>) -> io::Result<()> {
        let mut state = LoopState {
            waiting_answers: 0,
            just_asked: false,
            dirty: true,
            stopped: false,
            quit: false,
        };
        // The first frame goes out before the workspace is even looked for.
        let mut last_frame = self.frame()?;
        state.dirty = false;
        self.carry_out(first, &mut state);
        while !state.quit {
            let deadline = state.dirty.then(|| self.next_frame_at(&last_frame, &state));
            match self.next(deadline) {
                Some(incoming) => {
                    let changed_at = Instant::now();
                    self.take(incoming, &mut state)?;
                    while let Ok(incoming) = self.incoming.try_recv() {
                        self.take(incoming, &mut state)?;
                    }
                    last_frame.change(changed_at, state.dirty);
                }
                None if !state.stopped => {
                    last_frame = self.frame()?;
                    state.dirty = false;
                    state.just_asked = false;
                }
                None => state.dirty = false,
            }
        }
        Ok(())
    }

    fn next(&self, deadline: Option<Instant>) -> Option<Incoming> {
        match deadline {
            None => self.incoming.recv().ok(),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return self.incoming.try_recv().ok();
                }
                self.incoming.recv_timeout(left).ok()
            }
        }
    }

    fn next_frame_at(&self, last: &LastFrame, state: &LoopState) -> Instant {
        let pause = if self.over_ssh && last.bytes >= LARGE_FRAME { FRAME_SSH } else { FRAME };
        let allowed = last.drawn_at + pause;
        if state.just_asked && state.waiting_answers > 0 {
            allowed.max(last.changed_at + ANSWER_PATIENCE)
        } else {
            allowed
        }
    }

    fn frame(&mut self) -> io::Result<LastFrame> {
        let app = &self.app;
        let bytes = self.screen.draw(|frame| draw::draw(app, frame))?;
        let now = Instant::now();
        Ok(LastFrame { drawn_at: now, changed_at: now, bytes, waits: false })
    }

    fn take(&mut self, incoming: Incoming, state: &mut LoopState) -> io::Result<()> {
        let event = match incoming {
            Incoming::Event(Event::Input { inputs, at_ms }) if self.recorder.is_some() => {
                self.recorded(inputs, at_ms, state);
                return Ok(());
            }
            Incoming::Event(event) => event,
            Incoming::Worker(Said::Changed(news)) => {
                self.note(&Entry::News);
                Event::Changed(news)
            }
            Incoming::Worker(Said::Reply(ticket, reply)) => {
                let stopped = matches!(&reply, Reply::Failed(f) if f.kind == FailureKind::Stopped);
                self.note(&Entry::Answer { number: ticket.0, stopped });
                state.waiting_answers = state.waiting_answers.saturating_sub(1);
                if let Reply::Opened(opened) = &reply {
                    let (path, reads) = (opened.path.clone(), opened.read_only.is_some());
                    self.feed(Event::Reply(ticket, reply), state);
                    match self.no_drafts.take() {
                        Some(why) => Event::Told(without_drafts(&why, reads)),
                        None => self.left_behind(&path),
                    }
                } else {
                    Event::Reply(ticket, reply)
                }
            }
            Incoming::Signal(Signalled::Resized) => {
                let (width, height) = self.screen.size()?;
                self.note(&Entry::Size(width, height));
                Event::Resize(width, height)
            }
            Incoming::Signal(Signalled::Suspend) => {
                self.suspend(state);
                return Ok(());
            }
            Incoming::Signal(Signalled::Continued) => {
                state.stopped = false;
                self.screen.enter_again()?;
                let (width, height) = self.screen.size()?;
                Event::Resize(width, height)
            }
        };
        self.feed(event, state);
        Ok(())
    }

    /// One by one, and written down before each is carried out: what a fault is about
    /// is the last line of the recording.
    fn recorded(&mut self, inputs: Vec<Input>, at: u64, state: &mut LoopState) {
        for input in self.app.whole(inputs) {
            let kept = if self.app.takes_words() { unsaid(&input) } else { input.clone() };
            if let Some(typed) = Typed::of(&kept) {
                self.note(&Entry::Input { at, inputs: vec![typed] });
            }
            self.feed(Event::Input { inputs: vec![input], at_ms: at }, state);
        }
    }

    fn note(&mut self, entry: &Entry) {
        if let Some(recorder) = &mut self.recorder {
            recorder.add(entry);
        }
    }

    fn feed(&mut self, event: Event, state: &mut LoopState) {
        let effects = self.app.update(event);
        state.dirty = true;
        self.carry_out(effects, state);
    }

    fn carry_out(&mut self, effects: Vec<Effect>, state: &mut LoopState) {
        for effect in effects {
            match effect {
                Effect::Ask(ticket, request) => {
                    state.waiting_answers += 1;
                    state.just_asked = true;
                    self.worker.ask(ticket, request);
                }
                Effect::Cancel(ticket) => {
                    if self.worker.cancel(ticket) {
                        state.waiting_answers = state.waiting_answers.saturating_sub(1);
                    }
                }
                Effect::Keep(draft) => {
                    self.drafts.save(Draft { saved_at: chrono::Utc::now(), ..*draft });
                }
                Effect::Forget(id) => self.drafts.discard(&id),
                Effect::Copy { what, text } => self.copy(what, text),
                Effect::Remember { key, value } => self.keeper.remember(key, value),
                Effect::EditElsewhere(text) => self.edit_elsewhere(&text, state),
                Effect::Suspend => self.suspend(state),
                Effect::Quit => state.quit = true,
            }
        }
    }

    /// By the way that the terminal has. tmux is another program and may take its
    /// time: no key waits for it.
    fn copy(&mut self, what: String, text: String) {
        let route = Route::from_env();
        let page = self.app.keymap.label(Action::Page);
        let sender = self.sender.clone();
        let tell = move |done: Result<(), String>| {
            let notice = match done {
                Ok(()) => Notice::good(route.words(&what, &page)),
                Err(error) => Notice::bad(format!("Not copied: {error}.")),
            };
            // Nobody listens any more when the person has left.
            let _ = sender.send(Incoming::Event(Event::Told(notice)));
        };
        if route == Route::Tmux {
            std::thread::spawn(move || {
                tell(clipboard::give_to_tmux(&text).map_err(|error| error.to_string()));
            });
            return;
        }
        let sent = clipboard::sequence(route, &text).map_err(|error| error.to_string());
        tell(
            sent.and_then(|bytes| {
                crate::tui::screen::send(&bytes).map_err(|error| error.to_string())
            }),
        );
    }

    /// What earlier sessions of this user left behind for this workspace.
    fn left_behind(&mut self, workspace: &std::path::Path) -> Event {
        match self.journal.list(workspace) {
            Ok(offered) => {
                if !offered.drafts.is_empty() {
                    self.note(&Entry::Drafts(offered.drafts.len()));
                }
                Event::Drafts(offered.drafts)
            }
            Err(error) => {
                Event::Told(Notice::bad(format!("Your drafts could not be read: {error}")))
            }
        }
    }

    /// Gives the terminal to the person's editor until it ends.
    fn edit_elsewhere(&mut self, text: &str, state: &mut LoopState) {
        self.drafts.flush(FLUSH);
        let edited = self.keyboard.lend(|| {
            crate::tui::screen::restore();
            elsewhere::edit(text)
        });
        let size = self.screen.enter_again().and_then(|()| self.screen.size());
        match size {
            Ok((width, height)) => {
                self.note(&Entry::Size(width, height));
                self.feed(Event::Resize(width, height), state);
                self.note(&Entry::Elsewhere(edited.as_deref().ok().map(shape)));
                self.feed(Event::EditedElsewhere(edited), state);
            }
            // Nobody is there any more; drafts are on the disk.
            Err(_) => state.quit = true,
        }
    }

    /// Gives the terminal back and stops; SIGCONT brings everything back.
    fn suspend(&mut self, state: &mut LoopState) {
        self.drafts.flush(FLUSH);
        crate::tui::screen::restore();
        if exit::stop_process() {
            state.stopped = true;
            return;
        }
        if self.screen.enter_again().is_ok() {
            let quit = self.app.keymap.label(Action::Quit);
            let words = format!("There is no shell to go back to. {quit} leaves the program.");
            let notice = Notice::plain(words);
            self.feed(Event::Told(notice), state);
        }
    }
}

fn without_drafts(why: &str, reads: bool) -> Notice {
    Notice::bad(if reads {
        format!("Read-only, and nothing is remembered of you: {why}")
    } else {
        format!("Drafts cannot be kept; save often. {why}")
    })
}

struct LoopState {
    /// Requests that have not been answered yet.
    waiting_answers: usize,
    /// Something was asked since the last frame: its answer may be here at once.
    just_asked: bool,
    dirty: bool,
    /// Stopped by Ctrl-Z: the terminal is the shell's.
    stopped: bool,
    quit: bool,
}

struct LastFrame {
    drawn_at: Instant,
    /// When the first change came that is not drawn yet.
    changed_at: Instant,
    bytes: usize,
    waits: bool,
}

impl LastFrame {
    fn change(&mut self, at: Instant, dirty: bool) {
        if dirty && !self.waits {
            self.changed_at = at;
            self.waits = true;
        }
    }
}
