//! The folder in which one import keeps the texts it makes of other formats.
//!
//! Only its owner can read it, and it is gone when the import is over: what
//! lies in it are rows of customers. DuckDB is allowed to read from it, from the
//! files that were given, and from nowhere else.

use std::io;
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

/// The folder; removed with all that is in it when dropped.
#[derive(Debug)]
pub struct Scratch(TempDir);

impl Scratch {
    pub fn new() -> io::Result<Self> {
        tempfile::Builder::new().prefix("qbr-import-").tempdir().map(Scratch)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A new file in it.
    pub fn file(&self) -> io::Result<NamedTempFile> {
        tempfile::Builder::new().suffix(".csv").tempfile_in(self.path())
    }

    /// A new folder in it.
    pub fn folder(&self) -> io::Result<TempDir> {
        TempDir::new_in(self.path())
    }
}
