//! What a person asks for who imports: the files, and what is known of them already.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};

/// What to take in, and how.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    pub files: Vec<PathBuf>,
    /// Name of the preset; left out: by the headers.
    pub preset: Option<String>,
    /// A mapping file, in place of a preset.
    pub mapping: Option<PathBuf>,
    /// Name of the table; left out: by the headers.
    pub table: Option<String>,
    /// Name of the sheet, where the files are workbooks; left out: the one whose headers are known.
    pub sheet: Option<String>,
    /// The day that exports with history show; left out: by the preset, the file's name, or today.
    pub taken_on: Option<NaiveDate>,
    /// Does everything, on copies, and writes nothing; the workspace may be open for reading only.
    pub dry_run: bool,
    /// Keeps a copy of the workspace before anything is written to it.
    pub back_up: bool,
    /// Who imports.
    pub author: String,
    /// When. The local day of it is "today".
    pub at: DateTime<Utc>,
}
