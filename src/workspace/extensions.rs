//! The extensions of DuckDB that serving takes: where they are looked for.
//!
//! Nothing is ever fetched from the network. DuckDB itself refuses a file that
//! is not signed, or was built for another version or platform.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::error::WorkspaceError;

/// A folder of one's own.
const FOLDER: &str = "QBR_EXTENSIONS";

/// In the order in which they are loaded: the second needs the first.
const NEEDED: [&str; 2] = ["httpfs", "quack"];

/// The files.
///
/// # Errors
/// `NoExtension` for the first that is nowhere.
pub(super) fn found() -> Result<Vec<PathBuf>, WorkspaceError> {
    let folders = folders();
    NEEDED.iter().map(|name| find(name, &folders)).collect()
}

fn find(name: &str, folders: &[PathBuf]) -> Result<PathBuf, WorkspaceError> {
    let file = format!("{name}.duckdb_extension");
    let there = folders.iter().map(|folder| folder.join(&file)).find(|path| path.is_file());
    there.ok_or_else(|| WorkspaceError::NoExtension {
        name: name.to_owned(),
        version: super::duckdb_version(),
        folders: folders.to_vec(),
    })
}

/// That of the variable alone, where it is set; else the user's, then the one that DuckDB itself
/// installs into.
fn folders() -> Vec<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return vec![PathBuf::from(folder)];
    }
    let Ok(base) = etcetera::choose_base_strategy() else { return Vec::new() };
    let duckdbs = base.home_dir().join(".duckdb/extensions").join(super::duckdb_version());
    let mut folders = vec![base.data_dir().join("qbr/extensions")];
    let platforms = std::fs::read_dir(&duckdbs).into_iter().flatten().flatten();
    folders.extend(platforms.map(|entry| entry.path()));
    if folders.len() == 1 {
        folders.push(duckdbs.join(Path::new("PLATFORM")));
    }
    folders
}
