//! What a pane is: something that takes actions and answers, and can be drawn.
//!
//! A pane never reaches the workspace, the terminal or another pane. It says
//! what it wants as [`Step`]s on the [`Desk`]; the app carries them out after
//! the pane has returned, so that one change never runs into another.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::catalog::Catalog;
use crate::domain::Value;
use crate::ledger::drafts::Draft;
use crate::tui::input::Input;
use crate::tui::keymap::{Action, Keymap};
use crate::tui::memory::Memory;
use crate::tui::message::{Effect, Notice, Opened, Reply, Request, Ticket};
use crate::tui::present::Page;
use crate::tui::theme::Look;
use crate::tui::widgets::list_picker::PickItem;
use crate::workspace::Parameters;

/// One level of a tab: a figure with its parts, a record, a form, a comparison.
///
/// `act`, `typed` and the others that take a [`Desk`] change the pane's own
/// state only. `draw` changes nothing: what depends on the size is settled in
/// [`Pane::fit`] before.
pub trait Pane {
    /// Its name in the breadcrumbs.
    fn title(&self) -> String;

    /// It is on top now: ask for what is missing or stale.
    fn show(&mut self, desk: &mut Desk<'_>);

    /// It is covered or left: nobody waits for its answers any more.
    fn hide(&mut self, desk: &mut Desk<'_>);

    /// What it shows may have changed; [`Pane::show`] follows when it is visible.
    fn outdate(&mut self);

    /// Carries out an action; false when it means nothing here.
    fn act(&mut self, action: Action, desk: &mut Desk<'_>) -> bool;

    /// While this is true, keys go to [`Pane::typed`] first.
    fn takes_text(&self) -> bool {
        false
    }

    /// Letters may begin a text here, so that none of them is offered as a command.
    fn owns_letters(&self) -> bool {
        self.takes_text()
    }

    /// A key or a paste; false when it is none of the pane's.
    fn typed(&mut self, _input: &Input, _desk: &mut Desk<'_>) -> bool {
        false
    }

    /// The text that it had given to the person's editor, as it came back.
    fn edited_elsewhere(&mut self, _text: &str, _desk: &mut Desk<'_>) {}

    /// An answer to a question that it had put through [`Step::Choose`] or [`Step::Line`].
    fn answered(&mut self, _question: &Question, _answer: &str, _desk: &mut Desk<'_>) {}

    /// Puts the focus on a figure of the pane, and there on the row with these values.
    fn seek(&mut self, _figure: &str, _values: Vec<(String, Value)>, _desk: &mut Desk<'_>) {}

    /// The worker's reply, if `ticket` is one of the pane's.
    fn replied(&mut self, ticket: Ticket, reply: &Reply, desk: &mut Desk<'_>) -> bool;

    /// What can be done now, the most useful first.
    fn actions(&self) -> Vec<Action>;

    /// Hints of its own (key and word), before those of [`Pane::actions`].
    fn hints(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Takes note of its place on the screen.
    fn fit(&mut self, _area: Rect, _scene: &Scene<'_>) {}

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>);

    /// Where the hardware cursor belongs, if a text is being edited.
    fn cursor(&self, _area: Rect) -> Option<Position> {
        None
    }

    /// What it needs to know to be as it is in the next session.
    fn place(&self) -> Option<serde_json::Value> {
        None
    }

    /// Becomes as it was, from what [`Pane::place`] gave; before it is shown.
    fn go_back_to(&mut self, _place: &serde_json::Value) {}

    /// Its page of a presentation at this place, the last one beyond it; `None`: it
    /// can not be presented.
    fn page(&self, _at: usize, _scene: &Scene<'_>) -> Option<Page> {
        None
    }

    /// A presentation of it begins, or ends: ask for what only that needs.
    fn set_presented(&mut self, _begins: bool, _desk: &mut Desk<'_>) {}

    /// What would be lost from the screen by leaving, in words.
    fn unsaved(&self) -> Option<String> {
        None
    }
}

/// What a pane may look at while it is drawn.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub catalog: &'a Catalog,
    pub look: &'a Look,
    /// The focused part alone fills the screen.
    pub zoomed: bool,
}

/// What lies before a pane while it works.
pub struct Desk<'a> {
    pub catalog: &'a Arc<Catalog>,
    /// Which keys the person has for what.
    pub keymap: &'a Keymap,
    /// Quarter, dimension and scope, the same for all panes.
    pub lens: &'a Parameters,
    pub opened: &'a Opened,
    /// This user's drafts, by their id.
    pub drafts: &'a BTreeMap<String, Draft>,
    /// What is remembered of the person.
    pub memory: &'a Memory,
    /// Where exports go.
    pub folder: &'a PathBuf,
    /// Tells this session's drafts from those of another.
    pub session: &'a str,
    pub now_ms: u64,
    pub(super) tickets: &'a mut u64,
    pub(super) steps: Vec<Step>,
}

impl Desk<'_> {
    /// The key of an action, for a sentence.
    pub fn key(&self, action: Action) -> String {
        self.keymap.label(action)
    }

    /// Puts a request to the worker.
    pub fn ask(&mut self, request: Request) -> Ticket {
        let ticket = self.ticket();
        self.steps.push(Step::Effect(Effect::Ask(ticket, request)));
        ticket
    }

    /// Takes a request back.
    pub fn cancel(&mut self, ticket: Option<Ticket>) {
        if let Some(ticket) = ticket {
            self.steps.push(Step::Effect(Effect::Cancel(ticket)));
        }
    }

    /// A number that no request has had.
    pub fn ticket(&mut self) -> Ticket {
        *self.tickets += 1;
        Ticket(*self.tickets)
    }

    pub fn step(&mut self, step: Step) {
        self.steps.push(step);
    }

    pub fn say(&mut self, notice: Notice) {
        self.steps.push(Step::Say(notice));
    }

    pub fn open(&mut self, pane: impl Pane + 'static) {
        self.steps.push(Step::Open(Box::new(pane)));
    }

    /// Says where a file was written, or why it was not.
    pub fn say_written(&mut self, reply: &Reply) {
        match reply {
            Reply::Written(path) => {
                self.say(Notice::good(format!("Written to {}", path.display())));
            }
            Reply::Failed(failure) => self.say(Notice::from(failure)),
            _ => {}
        }
    }

    /// Why nothing can be written, said to the person; true when it can.
    pub fn may_write(&mut self) -> bool {
        match &self.opened.read_only {
            None => true,
            Some(why) => {
                self.say(Notice::bad(format!("Nothing can be changed here: {why}")));
                false
            }
        }
    }
}

/// What a pane wants done.
pub enum Step {
    Effect(Effect),
    /// Shows a pane on top of this one.
    Open(Box<dyn Pane>),
    /// Shows a record on top of this pane.
    Record(String),
    /// Shows a pane in the place of this one.
    Replace(Box<dyn Pane>),
    /// Goes one level back.
    Close,
    /// Goes to a tab by its id, and there to the row of a figure with these values.
    Go {
        pane: String,
        figure: String,
        values: Vec<(String, Value)>,
    },
    Say(Notice),
    /// Lets the person choose one of these; the answer comes to [`Pane::answered`].
    Choose {
        question: Question,
        title: String,
        items: Vec<PickItem>,
    },
    /// Lets the person choose any number of these; the answer has one value a line.
    ChooseMany {
        question: Question,
        title: String,
        items: Vec<PickItem>,
        chosen: Vec<String>,
    },
    /// Asks for a line of text.
    Line {
        question: Question,
        label: String,
        text: String,
    },
    /// Keeps what is being written on the disk.
    Keep(Box<Draft>),
    /// The draft has become a revision, or was thrown away.
    Forget(String),
    /// To the clipboard, by the way that the terminal has.
    Copy {
        what: String,
        text: String,
    },
    /// Keep this for the person's next session.
    Remember {
        key: String,
        value: serde_json::Value,
    },
}

/// What a pane asks the person; the answer comes back with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The words that rows must hold; every change of the line is an answer.
    Filter,
    /// What the row to go to begins with; every change of the line is an answer.
    Jump,
    /// Which figure stands in the place.
    Figure,
    /// Which columns are shown.
    Columns,
    /// The state to move a record to.
    MoveTo,
    /// Why the record is moved to this state.
    Reason {
        to: String,
    },
    /// The format of an export.
    Format,
    /// What is copied.
    Copy,
    /// What becomes of a changed form that is left.
    Leave,
    /// Which of the fields that are missing or wrong to go to.
    Problem,
    /// Is the record really to be moved to this state?
    Sure {
        to: String,
    },
    /// How a file is to be read, out of a list; and what is typed for it.
    Mapping,
    MappingText,
}

impl Question {
    /// Does it show its effect while the line is typed? Esc then answers with nothing.
    pub fn is_live(&self) -> bool {
        matches!(self, Question::Filter | Question::Jump)
    }
}
