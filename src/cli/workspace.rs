//! `qbr WORKSPACE`: the terminal workspace; asks before it makes a new one.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use super::{CliError, Outcome, content};
use crate::catalog::Catalog;
use crate::ingest::preview::PreviewRequest;
use crate::tui;
use crate::workspace::{CreateOptions, Identity, Workspace, WorkspaceError};

pub fn run(path: &Path, read_only: bool) -> Result<Outcome, CliError> {
    let catalog = Arc::new(content::catalog_for(path)?);
    if !path.exists() {
        if !agrees_to_create(path)? {
            return Err(WorkspaceError::Missing { path: path.to_owned() }.into());
        }
        Workspace::create(path, &CreateOptions::default(), &catalog, &Identity::current())?;
    }
    open(path, read_only, catalog)
}

/// The terminal workspace on a file that exists.
pub fn open(path: &Path, read_only: bool, catalog: Arc<Catalog>) -> Result<Outcome, CliError> {
    show(path, read_only, catalog, None)
}

/// The same, with what an import would do with a file in front.
pub fn review(
    path: &Path,
    catalog: Arc<Catalog>,
    asked: PreviewRequest,
) -> Result<Outcome, CliError> {
    show(path, false, catalog, Some(asked))
}

fn show(
    path: &Path,
    read_only: bool,
    catalog: Arc<Catalog>,
    import: Option<PreviewRequest>,
) -> Result<Outcome, CliError> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(CliError::Usage(
            "the workspace opens in a terminal, and this is none; `qbr show` answers without one"
                .to_owned(),
        ));
    }
    let content_folders = content::folders(Some(path));
    let options = tui::Options { read_only, content_folders, import, ..tui::Options::default() };
    let name = path.display().to_string();
    let opener = tui::opener(path.to_owned(), Arc::clone(&catalog));
    match tui::run(&name, opener, catalog, options) {
        // A file that can't be opened has its own exit status, and its remedy.
        Err(tui::TuiError::Workspace(error)) => Err(error.into()),
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
