//! What an import did, in figures: the closing report.
//!
//! Owns the shape that is written as JSON and kept with each import. [`text`]
//! makes it readable; nothing here decides anything.

mod columns;
mod words;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::history::Changes;
use super::money::{Account, Reconciliation};
use super::nearest::Near;
use super::occurrence::Occurrence;
use super::source::{Encoding, Format};
use super::typed::Reject;

pub use columns::{FileColumn, Sample, SampleRow, lines as columns, sample};
pub use words::{PRESET_NOTE, text, unknown_text};

/// The report of one import: of every file that was given, and of what is now in the workspace.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ImportReport {
    /// Nothing was written.
    pub dry_run: bool,
    /// Rows rejected, over all files.
    pub rejected: u64,
    pub files: Vec<FileReport>,
    /// One for each table and day, in the order in which they were taken in.
    pub changes: Vec<TableReport>,
    /// Values that match no known product, person, account … Nothing was dropped for them.
    pub unknown: Vec<UnknownKeys>,
    /// The figures that the data of this workspace can answer: their titles, by name.
    pub can_answer: BTreeMap<String, String>,
    /// What it cannot.
    pub cannot_answer: Vec<Gap>,
    /// The copy of the workspace as it was before, by the name of its file.
    pub backup: Option<String>,
    /// What should be looked at: a partial export, say.
    pub warnings: Vec<String>,
}

/// One file.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct FileReport {
    pub file: String,
    /// SHA-256, hex.
    pub hash: String,
    pub bytes: u64,
    pub table: String,
    pub preset: String,
    /// Where the preset lies, when it is a mapping that somebody saved.
    pub saved: Option<String>,
    /// Fingerprint of the rules by which its rows were read.
    pub rules: String,
    /// Of the headers that the table is known by, how many are there, and how many there are.
    pub headers_found: usize,
    pub headers_known: usize,
    pub format: Format,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    pub encoding: Encoding,
    /// comma, semicolon, tab or pipe.
    pub delimiter: String,
    /// The line that holds the headers; of a workbook, the row.
    pub header_line: u64,
    /// How columns were read, by the header of the file.
    pub readings: Vec<ColumnReading>,
    /// Every column of the file: what it was taken for and why, with samples.
    pub columns: Vec<FileColumn>,
    /// The first rows before and after; in a dry run only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<SampleRow>,
    /// Headers that no column comes from.
    pub unused: Vec<String>,
    pub taken_on: Option<NaiveDate>,
    pub taken_on_why: Option<String>,
    /// Records in the file, the header not counted; `taken + rejected + duplicates + left_out`.
    pub read: u64,
    pub taken: u64,
    pub rejected: u64,
    /// Rows that repeat an earlier one exactly.
    pub duplicates: u64,
    /// Rows without any value, and footers.
    pub left_out: u64,
    pub totals: Vec<Total>,
    /// Where every amount of the file went, by currency.
    pub accounts: Vec<Account>,
    /// Amounts in rejected rows that cannot be read, and so are in no account.
    pub unread_amounts: u64,
    /// The total that the file itself states below its rows, against them.
    pub own_totals: Vec<Reconciliation>,
    /// What else a reader should know about the file.
    pub notes: Vec<String>,
    /// The first of the rejects; all of them are in `meta.reject`.
    pub rejects: Vec<Reject>,
    /// The day on which the same file was taken in before: nothing was changed now.
    pub already: Option<NaiveDate>,
    /// The import it became; `None` when nothing was changed, and in a dry run.
    pub import_id: Option<i64>,
}

/// How the values of one column were read, and what speaks for it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ColumnReading {
    /// By the header of the file.
    pub column: String,
    /// The column of the table.
    #[serde(default)]
    pub field: String,
    /// `date`, `money`, …: a word of the templates.
    #[serde(default)]
    pub kind: String,
    /// `%d/%m/%Y`, `decimal comma`, `70 is 70 %`.
    pub read_as: String,
    pub because: String,
    /// The value that decided, and where it stands.
    #[serde(default)]
    pub decided_by: Option<Occurrence>,
    /// Texts that were taken for a missing value.
    #[serde(default)]
    pub missing: Vec<Occurrence>,
    /// Texts that may have been meant for a missing value, and were kept as they are.
    #[serde(default)]
    pub kept: Vec<Occurrence>,
    /// It could have been read otherwise, or something was left out: worth a line for people.
    #[serde(default)]
    pub notable: bool,
}

/// Money taken in, in one currency and, for opportunities, one state.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Total {
    pub currency: String,
    pub state: Option<String>,
    pub rows: u64,
    pub amount: Decimal,
}

/// What one table became.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct TableReport {
    pub table: String,
    /// The day of the snapshot, for opportunities.
    pub taken_on: Option<NaiveDate>,
    pub files: Vec<String>,
    #[serde(flatten)]
    pub changes: Changes,
}

/// Values of one column that ought to be keys of a list, and are not.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct UnknownKeys {
    /// products, people, accounts, regions …
    pub list: String,
    /// One of them: product.
    pub one: String,
    /// The table and the column that name them.
    pub table: String,
    pub column: String,
    /// Different values.
    pub keys: u64,
    /// Rows that name them; all of them count in every total.
    pub rows: u64,
    /// The money of these rows.
    pub money: Vec<Total>,
    /// The list is empty.
    pub none_imported: bool,
    /// Those with the most rows.
    pub most: Vec<UnknownKey>,
}

/// A value that no list has.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct UnknownKey {
    pub key: String,
    pub rows: u64,
    pub money: Vec<Total>,
    /// The known one that is nearest in spelling, if one is near.
    pub nearest: Option<Near>,
}

/// A figure, or a kind of question, that the data cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Gap {
    /// The figures' names; empty for a general question.
    pub figures: Vec<String>,
    pub what: String,
    pub because: String,
    pub remedy: String,
}

/// Rejects that the report shows; the rest is only stored.
const SHOWN: usize = 20;

impl FileReport {
    /// Shows the first of these rejects.
    pub fn show(&mut self, rejects: &[Reject]) {
        self.rejects = rejects.iter().take(SHOWN).cloned().collect();
    }
}

impl ImportReport {
    /// Rows rejected, over all files.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// True when every file had been taken in before.
    pub fn nothing_changed(&self) -> bool {
        !self.files.is_empty() && self.files.iter().all(|file| file.already.is_some())
    }
}
