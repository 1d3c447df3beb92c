//! `qbr WORKSPACE`: the terminal workspace; asks before it makes a new one.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::config::Config;
use super::{CliError, Outcome, content};
use crate::catalog::Catalog;
use crate::ingest::preview::PreviewRequest;
use crate::tui;
use crate::tui::theme::ThemeName;
use crate::workspace::{CreateOptions, Identity, Workspace, WorkspaceError};

/// How the workspace is shown.
#[derive(Clone, Debug, Default, Args)]
pub struct Looks {
    /// How everything looks: terminal, dark, light, high-contrast, colour-blind, monochrome
    #[arg(long, value_name = "NAME")]
    theme: Option<ThemeName>,
}

impl Looks {
    /// What was asked for, as `--set` takes it.
    pub fn settings(&self) -> Option<String> {
        self.theme.map(|theme| format!("theme={theme}"))
    }
}

pub fn run(path: &Path, read_only: bool, config: &Config) -> Result<Outcome, CliError> {
    let catalog = Arc::new(content::catalog_for(path)?);
    if !path.exists() {
        if !agrees_to_create(path)? {
            return Err(WorkspaceError::Missing { path: path.to_owned() }.into());
        }
        Workspace::create(path, &CreateOptions::default(), &catalog, &Identity::current())?;
    }
    at(path, catalog, tui::Options { read_only, ..config.options() })
}

/// The terminal workspace, with what an import would do with a file in front.
pub fn review(
    path: &Path,
    catalog: Arc<Catalog>,
    asked: PreviewRequest,
    config: &Config,
) -> Result<Outcome, CliError> {
    at(path, catalog, tui::Options { import: Some(asked), ..config.options() })
}

fn at(path: &Path, catalog: Arc<Catalog>, options: tui::Options) -> Result<Outcome, CliError> {
    let options = tui::Options { content_folders: content::folders(Some(path)), ..options };
    let opener = tui::opener(path.to_owned(), Arc::clone(&catalog));
    show(&path.display().to_string(), options, opener, catalog)
}

/// The terminal workspace on what `opener` opens, called `name` until then.
pub fn show(
    name: &str,
    options: tui::Options,
    opener: tui::Opener,
    catalog: Arc<Catalog>,
) -> Result<Outcome, CliError> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(CliError::Usage(
            "the workspace opens in a terminal, and this is none; `qbr show` answers without one"
                .to_owned(),
        ));
    }
    match tui::run(name, opener, catalog, options) {
        // A file that can't be opened has its own exit status, and its remedy.
        Err(tui::TuiError::Workspace(error)) => Err(error.into()),
        Err(tui::TuiError::Unready(error)) => Err(match error.downcast::<CliError>() {
            Ok(error) => *error,
            Err(error) => tui::TuiError::Unready(error).into(),
        }),
        ended => Ok(ended.map(|()| Outcome::Done)?),
    }
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
