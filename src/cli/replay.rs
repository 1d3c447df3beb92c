//! `qbr replay`: what somebody did on the screen, done again on a copy of a workspace.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use clap::Args;

use super::config::Config;
use super::{CliError, Outcome, content, output};
use crate::tui::recording::Recording;
use crate::tui::{self, replay};
use crate::workspace::{Access, Occasion, Workspace};

#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// What `qbr WORKSPACE --record FILE` wrote
    pub file: PathBuf,
    /// The workspace to do it on; a copy is taken, the file itself stays as it is
    workspace: PathBuf,
}

/// The recording, before anything else is configured: it says how it was.
pub fn read(file: &Path) -> Result<Recording, CliError> {
    let shown = file.display();
    let text =
        std::fs::read_to_string(file).map_err(|error| CliError::io(shown.to_string(), error))?;
    Recording::read(&text).map_err(|error| CliError::Input(format!("{shown}: {error}")))
}

pub fn run(arguments: &ReplayArguments, config: &Config) -> Result<Outcome, CliError> {
    let recording = read(&arguments.file)?;
    let catalog = Arc::new(content::catalog_for(&arguments.workspace)?);
    let folder = tempfile::tempdir().map_err(|error| CliError::io("temporary folder", error))?;
    let name = arguments.workspace.file_name().unwrap_or_default();
    let copy = folder.path().join(name);
    // One process has one workspace open: this one is closed before the copy is opened.
    let mut original = Workspace::open(&arguments.workspace, Access::ReadOnly, &catalog)?;
    original.back_up(Occasion::Asked, Some(&copy), Utc::now())?;
    original.close();
    let opener = tui::opener(copy, Arc::clone(&catalog));
    let options = tui::Options {
        export_folder: folder.path().to_owned(),
        content_folders: content::folders(Some(&arguments.workspace)),
        ..config.options()
    };
    let played = replay::replay(&recording, opener, &catalog, options)?;
    output::print(&played.screen)?;
    let of = recording.entries.len();
    let left = if played.left { "; then the person left" } else { "" };
    eprintln!("qbr {}: {} of {of} events done again{left}", recording.head.qbr, played.steps);
    for words in &played.astray {
        eprintln!("{words}");
    }
    let ours = env!("CARGO_PKG_VERSION");
    if recording.head.qbr != ours {
        eprintln!("it was recorded with qbr {}, this is {ours}", recording.head.qbr);
    }
    Ok(if played.astray.is_empty() { Outcome::Done } else { Outcome::Finding })
}
