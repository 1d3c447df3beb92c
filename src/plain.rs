//! The review line by line: for screen readers, and for terminals that show
//! nothing else.
//!
//! ```text
//! run ── talk      lines out, lines in; nothing is ever painted over
//!   │ ── figures   the brief, a figure, its rows, a row
//!   │ ── records   what was written, and its next states
//!   └── writing    a form: drafts, saving, what others saved meanwhile
//!         └── answering   one question of it
//! ```
//!
//! Every choice has a number or a letter, every value its name before it. Must
//! never move the cursor, use a colour, draw a line or put two things side by
//! side; and never lose what was typed: each answer is in a draft on the disk
//! before the next question.

mod answering;
mod figures;
mod records;
mod talk;
mod writing;

use std::io::{self, BufRead, Write};

use crate::catalog::Catalog;
use crate::domain::{Dimension, Formats};
use crate::ledger::LedgerError;
use crate::ledger::drafts::Journal;
use crate::review::ReviewError;
use crate::workspace::{Identity, Parameters, Workspace, WorkspaceError};

use talk::Talk;

/// What a review in lines needs.
pub struct Setting<'a> {
    pub workspace: &'a mut Workspace,
    pub catalog: &'a Catalog,
    pub identity: &'a Identity,
    /// Why nothing can be written, where it can't.
    pub read_only: Option<String>,
    /// Where drafts are kept; `None`: they can not be.
    pub journal: Option<Journal>,
}

/// Why something was not carried through.
enum Stop {
    /// The person leaves, or nobody types any more.
    Leave,
    /// One step back.
    Back,
    /// What went wrong, for the person; the review goes on.
    Trouble(String),
    Io(io::Error),
}

type Go<T = ()> = Result<T, Stop>;

/// A review under way.
struct Review<'a, 't> {
    workspace: &'a mut Workspace,
    catalog: &'a Catalog,
    identity: &'a Identity,
    read_only: Option<String>,
    journal: Option<Journal>,
    lens: Parameters,
    talk: Talk<'t>,
}

/// Asks and answers until the person leaves.
///
/// # Errors
/// Those of the workspace before the first question, and of the two ends of the
/// conversation.
pub fn run(
    setting: Setting<'_>,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<(), PlainError> {
    let lens = setting.workspace.defaults()?;
    let mut review = Review {
        workspace: setting.workspace,
        catalog: setting.catalog,
        identity: setting.identity,
        read_only: setting.read_only,
        journal: setting.journal,
        lens,
        talk: Talk::new(input, output),
    };
    match review.begin() {
        Err(Stop::Io(error)) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        Err(Stop::Trouble(words)) => Err(PlainError::Trouble(words)),
        _ => Ok(()),
    }
}

/// Why a review in lines ended without being asked to.
#[derive(Debug, thiserror::Error)]
pub enum PlainError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("{0}")]
    Trouble(String),
    #[error("the conversation: {0}")]
    Io(#[from] io::Error),
}

impl Review<'_, '_> {
    fn begin(&mut self) -> Go {
        let name = self.workspace.path().file_name().unwrap_or_default().to_string_lossy();
        self.talk.say(&format!("qbr, {name}, line by line."))?;
        if let Some(why) = &self.read_only {
            self.talk.say(&format!("Read-only: {why}."))?;
        }
        self.talk.say("Type a number or a letter, then Enter. ? says what can be typed.")?;
        let drafts = self.drafts().len();
        if drafts > 0 {
            self.talk.say(&format!("You have unsaved drafts: {drafts}. d lists them."))?;
        }
        self.about()?;
        self.carry_on(|review| review.brief())?;
        loop {
            let heard = self.talk.ask(
                "Main menu. b brief, f figures, r records, d drafts, p period, c cut, q leave.",
            )?;
            self.carry_on(|review| match heard.as_str() {
                "b" | "" => review.brief(),
                "f" => review.figures(),
                "r" => review.kinds(),
                "d" => review.choose_draft(),
                "p" => review.choose_period(),
                "c" => review.choose_cut(),
                other => review.talk.unknown(other),
            })?;
        }
    }

    /// Whatever ends a branch of the conversation short of leaving, it goes on above.
    fn carry_on(&mut self, branch: impl FnOnce(&mut Self) -> Go) -> Go {
        match branch(self) {
            Err(Stop::Trouble(words)) => self.talk.say(&words),
            Err(Stop::Back) => Ok(()),
            other => other,
        }
    }

    /// What all figures are about now.
    fn about(&mut self) -> Go {
        let day = Formats::here().date(self.lens.as_of);
        let only: String =
            self.lens.scope.values().map(|value| format!(", only {value}")).collect();
        let cut = match self.lens.by {
            Dimension::All => "not cut".to_owned(),
            by => format!("by {by}"),
        };
        self.talk.say(&format!("Period {}, {cut}{only}, as of {day}.", self.lens.period))
    }

    fn choose_period(&mut self) -> Go {
        let heard = self.talk.ask("Period: a quarter as 2025-Q4, a year as 2025, or all.")?;
        match heard.parse() {
            Ok(period) => self.lens.period = period,
            Err(_) => return self.talk.say(&format!("\"{heard}\" is no period. Nothing changed.")),
        }
        self.about()
    }

    fn choose_cut(&mut self) -> Go {
        let names = Dimension::EACH.map(|dimension| match dimension {
            Dimension::All => "Not cut at all".to_owned(),
            other => format!("By {other}"),
        });
        let chosen = self.talk.choose("Cut the figures.", &names, "")?;
        if let Some(dimension) = chosen.number.and_then(|number| Dimension::EACH.get(number)) {
            self.lens.by = *dimension;
        }
        self.about()
    }

    /// Says why not, where nothing can be written.
    fn may_write(&mut self) -> Go {
        match &self.read_only {
            None => Ok(()),
            Some(why) => Err(Stop::Trouble(format!("Nothing can be written here: {why}."))),
        }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Io(error)
    }
}

impl From<WorkspaceError> for Stop {
    fn from(error: WorkspaceError) -> Self {
        Stop::Trouble(match error.remedy() {
            Some(remedy) => format!("That did not work: {error}. {remedy}."),
            None => format!("That did not work: {error}."),
        })
    }
}

impl From<ReviewError> for Stop {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Workspace(error) => error.into(),
            other => Stop::Trouble(format!("That did not work: {other}.")),
        }
    }
}

impl From<LedgerError> for Stop {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Workspace(error) => error.into(),
            LedgerError::Problems(problems) => {
                let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
                Stop::Trouble(format!("That was refused. {}.", said.join(". ")))
            }
            other => Stop::Trouble(format!("That was refused: {other}.")),
        }
    }
}
