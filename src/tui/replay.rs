//! A recording done again: the same app and the same store, on a screen that nobody sees.
//!
//! Answers are asked for and handed over in the order in which they came when it was
//! recorded, whatever time they take, so the same recording on the same workspace ends
//! on the same screen. Must never be given the workspace that people work in: what was
//! saved then is saved again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::catalog::Catalog;
use crate::ledger::Saves;
use crate::ledger::drafts::Journal;
use crate::tui::app::{App, Setup};
use crate::tui::draw;
use crate::tui::input::Input;
use crate::tui::memory::Memory;
use crate::tui::message::{Effect, Event, Failure, FailureKind, Reply, Request, Ticket};
use crate::tui::recording::{Entry, Recording, Typed};
use crate::tui::store::{Opener, Store, Unopened};
use crate::tui::theme::{Background, Look, Theme};
use crate::tui::worker::Answers;
use crate::tui::{Options, TuiError};

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// The last screen, as lines of text.
    pub screen: String,
    /// Events that were done again.
    pub steps: usize,
    /// Where it went another way than when it was recorded, and why.
    pub astray: Vec<String>,
    /// The recording ends with the person leaving.
    pub left: bool,
}

/// Does a recording again on what `open` opens.
///
/// # Errors
/// When the screen cannot be drawn, which is a fault of the program.
pub fn replay(
    recording: &Recording,
    open: Opener,
    catalog: &Arc<Catalog>,
    options: Options,
) -> Result<Played, TuiError> {
    let head = &recording.head;
    // What is saved is kept first, as on the screen; this time only until the replay is over.
    let kept = tempfile::tempdir()?;
    let saves = Saves::beside(&Journal::at(&kept.path().join("drafts"))?)?;
    let store = Store::new(
        open,
        head.read_only,
        Unopened::default(),
        Arc::clone(catalog),
        options.identity.clone(),
        Arc::new(|_| true),
        options.content_folders.clone(),
    )
    .keeping(saves);
    let setup = Setup {
        catalog: Arc::clone(catalog),
        look: Look { theme: Theme::plain(), glyphs: options.glyphs },
        background: Background::Unknown,
        keymap: options.keymap,
        told_first: None,
        name: "recording".to_owned(),
        folder: options.export_folder,
        home: None,
        import: None,
        memory: Memory::default(),
        resume: false,
        session: "replay".to_owned(),
    };
    let (app, first) = App::new(setup, head.size);
    let mut stage = Stage {
        app,
        store,
        asked: BTreeMap::new(),
        answered: BTreeSet::new(),
        astray: Vec::new(),
        left: false,
    };
    stage.carry_out(first);
    let mut steps = 0;
    for (place, entry) in recording.entries.iter().enumerate() {
        if stage.left {
            break;
        }
        // The head is the first line of the file.
        stage.play(entry, place + 2);
        steps += 1;
    }
    let screen = stage.screen()?;
    Ok(Played { screen, steps, astray: stage.astray, left: stage.left })
}

struct Stage {
    app: App,
    store: Store,
    /// What was asked and is not answered.
    asked: BTreeMap<u64, Request>,
    answered: BTreeSet<u64>,
    astray: Vec<String>,
    left: bool,
}

impl Stage {
    fn play(&mut self, entry: &Entry, line: usize) {
        let event = match entry {
            Entry::Input { at, inputs } => {
                let known: Vec<Input> = inputs.iter().filter_map(Typed::input).collect();
                if known.len() < inputs.len() {
                    self.astray.push(format!("line {line}: this is no key"));
                }
                Event::Input { inputs: known, at_ms: *at }
            }
            Entry::Size(width, height) => Event::Resize(*width, *height),
            Entry::News => Event::Changed("Somebody else wrote here.".to_owned()),
            Entry::Elsewhere(text) => {
                Event::EditedElsewhere(text.clone().ok_or_else(|| "nothing was kept".to_owned()))
            }
            Entry::Drafts(count) => {
                let words = "drafts were offered, which a recording does not keep";
                return self.astray.push(format!("line {line}: {count} {words}"));
            }
            Entry::Answer { number, stopped } => {
                // A save that had to wait was answered twice; here nobody is in its way.
                if self.answered.contains(number) {
                    return;
                }
                let Some(request) = self.asked.remove(number) else {
                    let words = "an answer to what was not asked this time";
                    return self.astray.push(format!("line {line}: {words}"));
                };
                self.answered.insert(*number);
                let reply =
                    if *stopped { given_up() } else { self.store.answer(Ticket(*number), request) };
                Event::Reply(Ticket(*number), reply)
            }
        };
        let effects = self.app.update(event);
        self.carry_out(effects);
    }

    /// What concerns the workspace; nothing else leaves the stage.
    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(Ticket(number), request) => {
                    self.asked.insert(number, request);
                }
                Effect::Quit => self.left = true,
                Effect::Cancel(_)
                | Effect::Keep(_)
                | Effect::Forget(_)
                | Effect::Copy { .. }
                | Effect::Remember { .. }
                | Effect::EditElsewhere(_)
                | Effect::Suspend => {}
            }
        }
    }

    fn screen(&self) -> Result<String, TuiError> {
        let (width, height) = self.app.size;
        let mut terminal = match Terminal::new(TestBackend::new(width, height)) {
            Ok(terminal) => terminal,
            Err(never) => match never {},
        };
        match terminal.draw(|frame| draw::draw(&self.app, frame)) {
            Ok(_) => {}
            Err(never) => match never {},
        }
        let buffer = terminal.backend().buffer();
        let mut text = String::new();
        for row in 0..height {
            let mut line = String::new();
            let mut hidden = 0;
            for column in 0..width {
                // The cell behind a wide letter is part of it.
                if hidden > 0 {
                    hidden -= 1;
                    continue;
                }
                let symbol = buffer[(column, row)].symbol();
                hidden = crate::domain::text::width(symbol).saturating_sub(1);
                line.push_str(symbol);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        Ok(text)
    }
}

/// What an answer was when nobody wanted it any more.
fn given_up() -> Reply {
    Reply::Failed(Failure {
        kind: FailureKind::Stopped,
        message: "stopped".to_owned(),
        remedy: None,
    })
}
