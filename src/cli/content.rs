//! Which content files hold: the embedded ones, over them those of the folder
//! `qbr.d` beside the workspace, over them those of the user's configuration.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::CliError;
use crate::catalog::Catalog;
use crate::workspace::Address;

/// The folder beside a workspace that adds figures, forms and presets for all who use it.
pub const BESIDE: &str = "qbr.d";

/// The catalog for a workspace. A mistake in someone's file costs that file
/// alone; it is told on standard error.
pub fn catalog_for(workspace: &Path) -> Result<Catalog, CliError> {
    let folders = folders(Some(workspace));
    told(&folders)
}

/// The catalog without a workspace: embedded files and the user's own.
pub fn catalog() -> Result<Catalog, CliError> {
    told(&folders(None))
}

fn told(folders: &[PathBuf]) -> Result<Catalog, CliError> {
    let loaded = Catalog::load(folders)?;
    if !loaded.warnings.is_empty() {
        eprintln!("{}", loaded.warnings);
    }
    Ok(loaded.catalog)
}

/// Whether this names a workspace that is served elsewhere, and not a file.
pub fn is_served(workspace: &Path) -> bool {
    !matches!(Address::of(workspace), Ok(None))
}

/// Says of a command that it needs the file itself where that is served elsewhere.
///
/// # Errors
/// `Usage`, with the place to run it at.
pub fn own_file(workspace: &Path, command: &str) -> Result<(), CliError> {
    if !is_served(workspace) {
        return Ok(());
    }
    Err(CliError::Usage(format!(
        "qbr {command} works on the file itself and not by way of {}; run it on the machine that \
         serves it, with the name of the file",
        workspace.display()
    )))
}

/// Folders of content of a workspace: that beside it, then the user's own.
pub fn folders(workspace: Option<&Path>) -> Vec<PathBuf> {
    let beside = workspace.filter(|path| !is_served(path)).map(|path| match path.parent() {
        Some(folder) => folder.join(BESIDE),
        None => PathBuf::from(BESIDE),
    });
    let own = etcetera::choose_base_strategy().ok().map(|base| base.config_dir().join("qbr"));
    beside.into_iter().chain(own).collect()
}
