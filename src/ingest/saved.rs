//! Mappings that people save by name: in the folder of presets beside the
//! workspace, for all who use it; where that cannot be written, in their own.
//!
//! Invariant: a saved mapping reads back as it was settled, and never takes the
//! place of a preset of the program or, unasked, of another mapping.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Preset};
use crate::domain::text::harmless;

/// The folder of presets within a folder of content.
const PRESETS: &str = "presets";

/// Why a mapping was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("\"{name}\" cannot be the name of a mapping: use letters, digits, - and _")]
    Name { name: String },
    #[error("{name} is a preset of the program: choose another name")]
    Preset { name: String },
    #[error("there is a mapping {name} already: {}", path.display())]
    Exists { name: String, path: PathBuf },
    #[error("the mapping could not be written to {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("there is no folder to keep mappings in")]
    NoFolder,
}

/// Saves a mapping under its name in the first of these folders that takes it, and gives it back
/// as the catalog is to know it. `file`: the export that it was made for; `replace`: an
/// earlier mapping of that name may go.
///
/// # Errors
/// See [`SaveError`]; nothing was changed then.
pub fn save(
    folders: &[PathBuf],
    catalog: &Catalog,
    mapping: &Preset,
    file: &Path,
    replace: bool,
) -> Result<Preset, SaveError> {
    let name = &mapping.name;
    let fine = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 80 || !name.chars().all(fine) {
        return Err(SaveError::Name { name: name.clone() });
    }
    let known = catalog.presets.get(name);
    if known.is_some_and(|known| !known.saved) {
        return Err(SaveError::Preset { name: name.clone() });
    }
    let export = file.file_name().unwrap_or_default().to_string_lossy();
    let text = format!("# For exports like {}.\n{}", harmless(&export), mapping.to_toml());
    // Where it lies already it stays.
    let own = known.and_then(|known| known.file.parent().map(Path::to_owned));
    let beside = folders.iter().map(|folder| folder.join(PRESETS));
    let mut failed = None;
    for folder in own.into_iter().chain(beside) {
        let path = folder.join(format!("{name}.toml"));
        if path.exists() && !replace {
            return Err(SaveError::Exists { name: name.clone(), path });
        }
        match write(&folder, &path, &text) {
            Ok(()) => return Ok(Preset { file: path, saved: true, ..mapping.clone() }),
            Err(source) => failed.get_or_insert(SaveError::Io { path, source }),
        };
    }
    Err(failed.unwrap_or(SaveError::NoFolder))
}

/// Whole or not at all.
fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = atomic_write_file::AtomicWriteFile::open(path)?;
    file.write_all(text.as_bytes())?;
    file.commit()
}
