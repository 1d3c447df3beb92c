//! Why an import was refused: what happened, where, and what to do next.
//!
//! Invariant: whatever the error, the workspace holds what it held before.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalog::CatalogErrors;
use crate::domain::CalendarFault;
use crate::domain::text::harmless;
use crate::workspace::WorkspaceError;

use super::unclear::Unclear;

/// An import that was not made. `Display` says what and where, `remedy` what to do.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{}: {source}", file.display())]
    Io { file: PathBuf, source: io::Error },
    #[error("{} is a folder", file.display())]
    Folder { file: PathBuf },
    #[error("no file was given")]
    NoFiles,
    #[error("{} is empty", file.display())]
    Empty { file: PathBuf },
    #[error("{} is no file but a device or a pipe", file.display())]
    NotAFile { file: PathBuf },
    #[error("{} cannot be read: it is {what}", file.display())]
    NotText { file: PathBuf, what: &'static str },
    #[error("{}: line {line} holds a NUL byte, which no text does", file.display())]
    NulByte { file: PathBuf, line: u64 },
    #[error(
        "{}: line {line} holds the byte 0x{byte:X}, which is a letter neither in UTF-8 nor in \
         Windows-1252",
        file.display()
    )]
    UnknownEncoding { file: PathBuf, line: u64, byte: u8 },
    #[error("{} is no readable {what}: {}", file.display(), harmless(why))]
    Damaged { file: PathBuf, what: &'static str, why: String },
    #[error("{} is too large to read: {why}", file.display())]
    TooLarge { file: PathBuf, why: String },
    #[error("{} opens only with a password", file.display())]
    Password { file: PathBuf },
    #[error("{}: no sheet has anything in it", file.display())]
    NoSheets { file: PathBuf },
    #[error(
        "{} has no sheet \"{}\"{}", file.display(), harmless(sheet),
        if known.is_empty() { String::from(": it is no workbook") }
        else { format!("; it has {}", listed(known)) }
    )]
    NoSheet { file: PathBuf, sheet: String, known: Vec<String> },
    #[error("{}: several sheets can be taken in: {}", file.display(), harmless(&sheets.join(", ")))]
    SeveralSheets { file: PathBuf, sheets: Vec<String> },
    #[error("{}: none of its {} sheets can be taken in; {nearest}", file.display(), sheets)]
    NoSheetFits { file: PathBuf, sheets: usize, nearest: Box<ImportError> },
    #[error("{}: no line divides into fields at a comma, a semicolon, a tab or a |", file.display())]
    NoColumns { file: PathBuf },
    #[error("{}: line {line} has more than {most} fields", file.display())]
    TooManyColumns { file: PathBuf, line: u64, most: usize },
    #[error("{}: its first {most} bytes hold no line end", file.display())]
    EndlessLine { file: PathBuf, most: u64 },
    #[error(
        "{}: line {line} is not UTF-8, although {good} other letters of the file are: two \
         encodings in one file ({bad} bytes do not fit)",
        file.display()
    )]
    MixedEncoding { file: PathBuf, line: u64, good: u64, bad: u64 },
    #[error("there is no preset \"{name}\"; there are {}", known.join(", "))]
    UnknownPreset { name: String, known: Vec<String> },
    #[error("there is no table \"{name}\"; there are {}", known.join(", "))]
    UnknownTable { name: String, known: Vec<String> },
    #[error("{}", .0)]
    Mapping(CatalogErrors),
    #[error("{0}")]
    NotRecognised(Box<NotRecognised>),
    #[error(
        "{}: the headers fit {} equally well: {}",
        file.display(), if tables.len() == 2 { "two tables" } else { "several tables" },
        tables.join(", ")
    )]
    Ambiguous { file: PathBuf, tables: Vec<String> },
    #[error(
        "{}: line {line} holds the headers of {}: several tables side by side",
        file.display(), tables.join(" and ")
    )]
    SideBySide { file: PathBuf, line: u64, tables: Vec<String> },
    #[error("{}: two columns are called \"{}\" ({} and {})", file.display(), harmless(header), places.0, places.1)]
    DuplicateHeader { file: PathBuf, header: String, places: (usize, usize) },
    #[error("{0}")]
    Unclear(Box<Unclear>),
    #[error("{}: {table} has no currency: {why}", file.display())]
    CurrencyMissing { file: PathBuf, preset: String, table: String, why: String },
    #[error(
        "the history has amounts, and nothing says in which currency: {deals} opportunities, {example} \
         among them"
    )]
    HistoryWithoutCurrency { deals: u64, example: String },
    #[error("{}: the currency of {table} is said in two ways: {why}", file.display())]
    CurrencyConflict { file: PathBuf, table: String, why: String },
    #[error("{}: {why}", file.display())]
    DayUnknown { file: PathBuf, why: String },
    #[error("{}: there is no row of data below the header", file.display())]
    NoRows { file: PathBuf },
    #[error("{}: none of its {rows} rows can be taken: {}", file.display(), reasons.join("; "))]
    NothingTaken { file: PathBuf, rows: u64, reasons: Vec<String> },
    #[error(
        "{}: {counted} records were counted and {staged} could be read; nothing was taken in",
        file.display()
    )]
    CountsDiffer { file: PathBuf, counted: u64, staged: u64 },
    #[error("{}: {message}", file.display())]
    Unreadable { file: PathBuf, message: String },
    #[error("there is no list \"{name}\"; there are {}", known.join(", "))]
    NoSuchList { name: String, known: Vec<String> },
    #[error("\"{}\" is no {list} that is known{}", harmless(key), nearest.as_deref().map_or_else(
        String::new,
        |nearest| format!("; the nearest is \"{}\"", harmless(nearest))
    ))]
    NotAKey { list: String, key: String, nearest: Option<String> },
    #[error("\"{}\" is a known {list} itself: its rows would change their meaning", harmless(key))]
    IsAKey { list: String, key: String },
    #[error("no known {list} is near \"{}\"", harmless(key))]
    NothingNear { list: String, key: String },
    #[error("\"{}\" is not accepted as a spelling of any {list}", harmless(key))]
    NotAccepted { list: String, key: String },
    #[error("there is no import {import_id}{}", newest.map_or_else(
        || ": nothing has been imported".into(),
        |newest| format!("; the newest is {newest}")
    ))]
    NoSuchImport { import_id: i64, newest: Option<i64> },
    #[error("the report of import {import_id} cannot be read: {message}")]
    KeptReport { import_id: i64, message: String },
    #[error("the fiscal calendar is not complete: {0}")]
    Calendar(#[from] CalendarFault),
    #[error("the import was cancelled; the workspace is as it was")]
    Cancelled,
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

/// No preset fits well enough.
#[derive(Debug)]
pub struct NotRecognised {
    pub file: PathBuf,
    /// As the file has them, in order.
    pub headers: Vec<String>,
    /// The preset and table that come nearest: name, how many of how many headers it is known
    /// by were found, and those that were not.
    pub nearest: Option<(String, usize, usize, Vec<String>)>,
    /// Columns that every row needs and that the chosen table does not find in the file.
    pub needed: Vec<String>,
}

impl fmt::Display for NotRecognised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().take(40).map(|name| harmless(name)).collect();
        write!(f, "{}: ", self.file.display())?;
        match &self.nearest {
            Some((name, _, _, _)) if !self.needed.is_empty() => write!(
                f,
                "it looks like {name}, but a column that every row needs is missing: {}",
                self.needed.join(", ")
            )?,
            Some((name, found, of, missing)) => write!(
                f,
                "no preset fits; the nearest is {name}, of whose headers {found} of {of} are there \
                 (missing: {})",
                missing.join(", ")
            )?,
            None => f.write_str("no preset knows any of its headers")?,
        }
        write!(f, "\nThe file has: {}", headers.join(", "))
    }
}

fn listed(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("\"{}\"", harmless(text))).collect();
    quoted.join(", ")
}

impl ImportError {
    /// The workspace's own error, where it was the workspace and not the input.
    pub fn workspace(&self) -> Option<&WorkspaceError> {
        match self {
            ImportError::Workspace(error) => Some(error),
            _ => None,
        }
    }

    /// The file that a person could settle something about, if that is what stands in the way.
    /// `given`: all files of the import.
    pub fn asks_about<'a>(&'a self, given: &'a [PathBuf]) -> Option<&'a Path> {
        match self {
            // Which of several files says too little is not known.
            ImportError::HistoryWithoutCurrency { .. } => match given {
                [only] => Some(only),
                _ => None,
            },
            ImportError::NotRecognised(why) => Some(&why.file),
            ImportError::Unclear(why) => Some(&why.file),
            ImportError::Ambiguous { file, .. }
            | ImportError::CurrencyMissing { file, .. }
            | ImportError::DayUnknown { file, .. }
            | ImportError::SeveralSheets { file, .. }
            | ImportError::NoSheetFits { file, .. }
            | ImportError::NothingTaken { file, .. } => Some(file),
            _ => None,
        }
    }

    /// What to do next; may be several lines. `None` when the message says it all.
    pub fn remedy(&self) -> Option<String> {
        use ImportError as E;
        Some(match self {
            E::Io { .. } => "check the path and the permission to read it".into(),
            E::Folder { .. } => "name the files in it".into(),
            E::NoFiles => "name the CSV files to take in".into(),
            E::Empty { .. } => "export it again".into(),
            E::NotAFile { .. } => "write it to a file first".into(),
            E::NotText { .. } => "save it as CSV (UTF-8) or as a workbook, or unpack it".into(),
            E::NulByte { .. } | E::Damaged { .. } => "export it again".into(),
            E::UnknownEncoding { .. } => "save it again as CSV (UTF-8)".into(),
            E::TooLarge { .. } => "export less at a time, or export it as CSV".into(),
            E::Password { .. } => "save a copy without the password".into(),
            E::NoSheets { .. } => "export it again".into(),
            E::NoSheet { known, .. } if known.is_empty() => "leave out --sheet".into(),
            E::NoSheet { .. } | E::SeveralSheets { .. } => {
                "name one of them with --sheet; each sheet is an import of its own".into()
            }
            E::NoSheetFits { nearest, .. } => return nearest.remedy(),
            E::NoColumns { .. } | E::TooManyColumns { .. } | E::EndlessLine { .. } => {
                "check that it is the right file; export it again".into()
            }
            E::MixedEncoding { line, .. } => {
                format!("correct line {line} and those like it, then save the file as UTF-8")
            }
            E::UnknownPreset { .. } => "choose one of them, or write a mapping file".into(),
            E::UnknownTable { .. } => "choose one of them".into(),
            E::Mapping(_) => "correct the mapping file".into(),
            E::NotRecognised(_) => {
                "name the preset with --preset, or write a mapping file and give it with --mapping:\n\
                 title = \"Our CRM\"\ncrm = \"…\"\n[[table]]\nname = \"opportunities\"\n\
                 [table.columns]\nopportunity_id = \"header of the file\"\n…\n\
                 (qbr template opportunities lists the columns; docs/import.md has an example)"
                    .into()
            }
            E::Ambiguous { .. } => {
                "say which with --preset and --table, or with --mapping".into()
            }
            E::SideBySide { .. } => "save each table as a file of its own".into(),
            E::DuplicateHeader { .. } => "rename one of them in the file".into(),
            E::Unclear(unclear) => unclear.remedy(),
            E::CurrencyMissing { preset, table, .. } => format!(
                "say it in a mapping file and give that with --mapping (or currency = \
                 \"workspace\" for the reporting currency):\nextends = \"{preset}\"\n[[table]]\n\
                 name = \"{table}\"\ncurrency = \"USD\""
            ),
            E::HistoryWithoutCurrency { .. } => {
                "import the export that has these opportunities first, or put currency = \"USD\" in \
                 the [[table]] of opportunity-history of a mapping file"
                    .into()
            }
            E::CurrencyConflict { table, .. } => format!(
                "map the amount that is in the currency of its row; or say the currency of all rows \
                 in the mapping file, in [table.columns] of {table}: currency = {{ value = \"EUR\" }}"
            ),
            E::DayUnknown { .. } => "say the day the export shows with --taken-on 2025-12-31".into(),
            E::NoRows { .. } => "export it again, with its rows".into(),
            E::NothingTaken { .. } => {
                "check that the preset or the mapping is the right one for this file".into()
            }
            E::CountsDiffer { .. } | E::Unreadable { .. } => {
                "open it in a spreadsheet and save it again as CSV (UTF-8)".into()
            }
            E::NoSuchList { .. } => "choose one of them".into(),
            E::NotAKey { .. } | E::NothingNear { .. } => {
                "name the key as its list has it, or import it first".into()
            }
            E::IsAKey { .. } => "if it should not be one, take it off the list and import that again".into(),
            E::NotAccepted { .. } => "qbr aliases WORKSPACE list shows what is".into(),
            E::NoSuchImport { .. } => "qbr imports WORKSPACE lists them".into(),
            E::KeptReport { .. } => {
                "another version of qbr wrote it; that one can show it".into()
            }
            E::Calendar(_) => {
                "give every month of whole fiscal years, in one file, each with its first and last day"
                    .into()
            }
            E::Cancelled => return None,
            E::Workspace(error) => return error.remedy(),
        })
    }
}
