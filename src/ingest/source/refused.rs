//! Why a workbook was not read, as the helper says it to the import.

use std::io;

/// Why no sheet was read.
#[derive(Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Refused {
    /// A zip archive of something else.
    NoWorkbook,
    /// Opens only with a password.
    Password,
    Damaged(String),
    /// It would need more memory or disk than a file may.
    TooLarge(String),
    /// There is no sheet of the name that was asked for; there are these.
    NoSheet(Vec<String>),
    /// The disk, not the workbook.
    Io(String),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Refused::Io(error.to_string())
    }
}
