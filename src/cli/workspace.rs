//! `qbr WORKSPACE`: the terminal workspace; asks before it makes a new one.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::config::Config;
use super::{CliError, Outcome, content, waiting};
use crate::catalog::Catalog;
use crate::ingest::preview::PreviewRequest;
use crate::ledger::drafts::Journal;
use crate::ledger::{self, Right};
use crate::plain;
use crate::tui;
use crate::tui::theme::ThemeName;
use crate::workspace::{Access, CreateOptions, Identity, Workspace, WorkspaceError};

/// How the workspace is shown.
#[derive(Clone, Debug, Default, Args)]
pub struct Looks {
    /// How everything looks: terminal, dark, light, high-contrast, colour-blind, monochrome
    #[arg(long, value_name = "NAME")]
    theme: Option<ThemeName>,
    /// Line by line, for screen readers and for pipes: nothing is painted
    #[arg(long)]
    pub plain: bool,
}

impl Looks {
    /// What was asked for, as `--set` takes it.
    pub fn settings(&self) -> Option<String> {
        self.theme.map(|theme| format!("theme={theme}"))
    }
}

pub fn run(
    path: &Path,
    read_only: bool,
    looks: &Looks,
    record: Option<PathBuf>,
    config: &Config,
) -> Result<Outcome, CliError> {
    let catalog = Arc::new(content::catalog_for(path)?);
    if !content::is_served(path) && !path.exists() {
        if !agrees_to_create(path)? {
            return Err(WorkspaceError::Missing { path: path.to_owned() }.into());
        }
        Workspace::create(path, &CreateOptions::default(), &catalog, &Identity::current())?;
    }
    let record = record.map(|file| (file, config.head(read_only)));
    at(path, catalog, tui::Options { read_only, record, ..config.options() }, looks.plain)
}

/// The terminal workspace, with what an import would do with a file in front.
pub fn review(
    path: &Path,
    catalog: Arc<Catalog>,
    asked: PreviewRequest,
    config: &Config,
) -> Result<Outcome, CliError> {
    at(path, catalog, tui::Options { import: Some(asked), ..config.options() }, false)
}

fn at(
    path: &Path,
    catalog: Arc<Catalog>,
    options: tui::Options,
    plain: bool,
) -> Result<Outcome, CliError> {
    let options = tui::Options { content_folders: content::folders(Some(path)), ..options };
    let opener = tui::opener(path.to_owned(), Arc::clone(&catalog));
    show(&path.display().to_string(), options, opener, catalog, plain)
}

/// The terminal workspace on what `opener` opens, called `name` until then.
pub fn show(
    name: &str,
    options: tui::Options,
    opener: tui::Opener,
    catalog: Arc<Catalog>,
    plain: bool,
) -> Result<Outcome, CliError> {
    if plain {
        return plainly(&options, opener, &catalog);
    }
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(CliError::Usage(
            "the workspace opens in a terminal, and this is none; `--plain` and `qbr show` need none"
                .to_owned(),
        ));
    }
    match tui::run(name, opener, catalog, options) {
        // A file that can't be opened has its own exit status, and its remedy.
        Err(tui::TuiError::Workspace(error)) => Err(error.into()),
        Err(tui::TuiError::Unready(error)) => Err(unready(error)),
        ended => Ok(ended.map(|()| Outcome::Done)?),
    }
}

fn unready(error: Box<dyn std::error::Error + Send + Sync>) -> CliError {
    match error.downcast::<CliError>() {
        Ok(error) => *error,
        Err(error) => tui::TuiError::Unready(error).into(),
    }
}

/// The same as a conversation in lines, on standard input and output.
fn plainly(
    options: &tui::Options,
    mut opener: tui::Opener,
    catalog: &Catalog,
) -> Result<Outcome, CliError> {
    if let Some(words) = &options.told_first {
        eprintln!("{words}");
    }
    let mut open = |access: Access| {
        let tell = |words: String| {
            eprintln!("{}", words.replace('\n', " "));
            true
        };
        opener(access, waiting::patience(waiting::SAVE, false), &tell).map_err(
            |error| match error {
                tui::OpenError::Workspace(error) => error.into(),
                tui::OpenError::Unready(error) => unready(error),
                tui::OpenError::Stopped => CliError::Input("stopped".to_owned()),
            },
        )
    };
    let mut read_only = options.read_only.then(|| "it was opened for reading only".to_owned());
    let access = if options.read_only { Access::ReadOnly } else { Access::ReadWrite };
    let mut workspace = match open(access) {
        Err(CliError::Workspace(WorkspaceError::ReadOnly { why, .. })) => {
            read_only = Some(why.to_string());
            open(Access::ReadOnly)?
        }
        opened => opened?,
    };
    let identity = &options.identity;
    // Nobody writes at length what they then may not save.
    if read_only.is_none()
        && let Err(error) = ledger::roles(&mut workspace)?.demand(&identity.user, Right::Write)
    {
        read_only = Some(error.to_string());
    }
    let journal = match &options.drafts_folder {
        Some(folder) => Journal::at(folder),
        None => Journal::open(),
    };
    let journal = journal.inspect_err(|error| eprintln!("Drafts can not be kept: {error}.")).ok();
    let workspace = &mut workspace;
    let setting = plain::Setting { workspace, catalog, identity, read_only, journal };
    plain::run(setting, &mut io::stdin().lock(), &mut io::stdout().lock())?;
    Ok(Outcome::Done)
}

fn agrees_to_create(path: &Path) -> Result<bool, CliError> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("There is no {}. Make an empty workspace there? [y/N] ", path.display());
    io::stderr().flush().map_err(|error| CliError::io("standard error", error))?;
    let mut answer = String::new();
    io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| CliError::io("standard input", error))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
