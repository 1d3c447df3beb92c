//! A preset: one TOML file that says how the exports of a CRM become facts.
//!
//! Invariant: names of our side are those of [`crate::catalog::facts`], checked
//! when the file is read; names of the other side are the CRM's and are only
//! ever compared.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// States of an opportunity (domain §0.1).
pub const STATES: [&str; 4] = ["open", "won", "lost", "cancelled"];

/// Forecast categories, the surest first.
pub const CATEGORIES: [&str; 5] = ["closed", "commit", "best case", "pipeline", "omitted"];

/// One file of `presets/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// `salesforce`; the file's stem.
    pub name: String,
    pub title: String,
    /// The CRM the exports come from, in its own spelling.
    pub crm: String,
    /// Headers by which any file of this preset is known; a table may have its own.
    pub detect: Detect,
    /// What the exports of this CRM cannot answer, in words for the person who imports.
    pub notes: Vec<String>,
    pub tables: Vec<PresetTable>,
    pub file: PathBuf,
    /// Somebody saved it in a folder of their own: for the very headers that it names it goes
    /// before what the program brings along.
    pub saved: bool,
    /// The preset from which it takes what it leaves out itself. For the files of both it goes
    /// before that one.
    pub extends: Option<String>,
}

/// How a file is recognised: by at least so many of these headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detect {
    pub headers: Vec<String>,
    pub minimum: usize,
    /// A file without any of these headers is of another kind; empty: any will do.
    pub with: Vec<String>,
    /// A file with one of these headers is of another kind.
    pub without: Vec<String>,
}

/// How one kind of file of the CRM becomes one fact table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PresetTable {
    /// A table of [`crate::catalog::facts::TABLES`]: `opportunities`.
    pub name: String,
    /// Headers that tell this table's file from others of the preset; the preset's when empty.
    pub detect: Detect,
    /// Where each column of the fact table comes from.
    pub columns: BTreeMap<String, ColumnSource>,
    /// Words of the CRM for the states of an opportunity: state → words. Looked for in
    /// `state` when that column is mapped, else in `stage`.
    pub states: Words,
    /// State of a row that no word fits; `None`: such a row is rejected.
    pub other_state: Option<String>,
    /// Looked at before the words: the first that fits a row says its state.
    pub state_rules: Vec<StateRule>,
    /// Rows that fit one of these are no data: deleted ones, say.
    pub leave_out: Vec<When>,
    /// How the ids of this CRM are written.
    pub ids: Option<Ids>,
    /// Headers of columns that hold the day on which the opportunity entered a stage, with a `*` in
    /// the place of the stage.
    pub entered: Vec<String>,
    /// Headers that look like one of these and are none.
    pub entered_except: Vec<String>,
    /// Words of the CRM for forecast categories: category → words.
    pub categories: Words,
    /// What stands for a missing value, besides an empty field.
    pub nulls: Vec<String>,
    /// Column → other spelling → the one to store.
    pub aliases: BTreeMap<String, BTreeMap<String, String>>,
    /// How dates are written, as [`crate::domain::DatePattern`] reads it; empty: by the evidence of
    /// the column.
    pub dates: Vec<String>,
    /// First and last year in which a date can lie; `None`: from 1990 to 15 years ahead.
    pub years: Option<(i32, i32)>,
    /// The decimal mark; `None`: by the evidence of the column.
    pub decimal: Option<char>,
    /// Currency of rows whose `currency` column is not mapped or empty: a code, or [`WORKSPACE`];
    /// `None`: a file without one is refused.
    pub currency: Option<String>,
    pub taken_on: TakenOn,
    /// Rows whose first field begins with one of these are footers, not data.
    pub footers: Vec<String>,
    /// The first line is data; columns are told by their position.
    pub headerless: bool,
    /// A column for each period.
    pub wide: Option<Wide>,
}

/// The name that a column without a header goes by; the first is 1.
pub fn nameless(position: usize) -> String {
    format!("column {position}")
}

/// A file with a column for each period: each of its cells is a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    /// Our column that the cells fill.
    pub into: String,
    /// The column that holds the year, by the first of these headers; empty: the periods name it.
    pub year: Vec<String>,
    /// Their header and the period, `2025-01` or, behind a year, `01`.
    pub periods: Vec<(String, String)>,
    /// How the cells are read.
    pub reading: Reading,
}

/// How long a period lasts that is told by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until the next one with the same key.
    Next(Last),
    /// Until the next day on which any of the file begins.
    NextRound(Last),
    /// To the end of the fiscal month, quarter or year that the day lies in, and from its start.
    Month,
    Quarter,
    Year,
}

impl Until {
    /// For the report of an import.
    pub fn in_words(self) -> String {
        let last = |last: Last| match last {
            Last::On(day) => format!("the last one to {day}"),
            Last::Months(1) => "the last one a month".to_owned(),
            Last::Months(months) => format!("the last one {months} months"),
        };
        match self {
            Until::Next(end) => {
                format!("each lasts until the next with the same key, {}", last(end))
            }
            Until::NextRound(end) => {
                format!("each lasts until the next day on which one begins, {}", last(end))
            }
            Until::Month => "each stands for the fiscal month it lies in".to_owned(),
            Until::Quarter => "each stands for the fiscal quarter it lies in".to_owned(),
            Until::Year => "each stands for the fiscal year it lies in".to_owned(),
        }
    }
}

/// How long the last one lasts, which has none behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// To this day, inclusive.
    On(chrono::NaiveDate),
    Months(u32),
}

/// Meaning → the words that stand for it, compared without regard to case. A `*` at the end of a
/// word stands for anything.
pub type Words = BTreeMap<String, Vec<String>>;

/// Where the value of a column comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnSource {
    /// From the first of these that the file has.
    Header { names: Vec<Origin>, reading: Reading },
    /// Row by row, from the first of these whose field is not empty.
    FirstFilled { names: Vec<Origin>, reading: Reading },
    /// The same for every row.
    Constant(String),
}

/// One place of the file that a value may come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// One header, or several whose fields are joined.
    pub headers: Vec<String>,
    /// Only in rows that fit; without conditions: in every row.
    pub when: When,
}

impl From<&str> for Origin {
    fn from(header: &str) -> Self {
        Origin { headers: vec![header.to_owned()], when: When::default() }
    }
}

/// Conditions of which a row fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When(pub Vec<Condition>);

/// What the field under one header must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub header: String,
    pub is: Is,
}

/// The test of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Is {
    /// One of these words, without regard to case; a `*` at the end of a word stands for anything.
    Words(Vec<String>),
    /// A word for yes, or for no.
    Flag(bool),
    Filled,
    Empty,
}

/// The state of the rows that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRule {
    pub is: String,
    pub when: When,
}

/// How ids are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// 15 letters and digits whose case matters, or the same with three more that make it safe to
    /// compare without case. Both mean one id; the longer is stored.
    Salesforce,
}

/// How the values of one column are read, where its table does not say or it differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// A pattern, as [`crate::domain::DatePattern`] reads it.
    pub date: Option<String>,
    /// Hours that are added to a time of day before its day is taken: 2 where midnight is told as
    /// 22:00 in UTC.
    pub hours: Option<u8>,
    /// The decimal mark, where this column has another than its table.
    pub decimal: Option<char>,
    /// What stands for the whole in a column of shares: 1 (0.7 is 70 %), 100 (70 is 70 %) or 1000.
    pub of: Option<u16>,
    /// What an amount without a word such as `k` is multiplied by: 1000 where 45 is 45,000.
    pub unit: Option<u32>,
    /// Words for yes and no; empty: those that are known.
    pub yes: Vec<String>,
    pub no: Vec<String>,
    /// What stands for a missing value, in place of what its table says; an empty list: nothing.
    pub nulls: Option<Vec<String>>,
    /// The column means something only for opportunities in these states; for others it is left
    /// empty, whatever the file has. Empty: for all.
    pub states: Vec<String>,
    /// The column holds first days of periods, which last until then.
    pub until: Option<Until>,
}

/// As the currency of a table: the reporting currency of the workspace.
pub const WORKSPACE: &str = "workspace";

/// How the day is known that an export with history shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TakenOn {
    /// From the file's name: `opportunities-2025-10-06.csv`.
    #[default]
    FileName,
    /// The latest date that the rows hold in a column of the past (created on, closed on).
    LatestDate,
    /// Only from the person who imports.
    Asked,
}

impl ColumnSource {
    /// How its values are read; `None` for a constant.
    pub fn reading(&self) -> Option<&Reading> {
        match self {
            ColumnSource::Header { reading, .. } | ColumnSource::FirstFilled { reading, .. } => {
                Some(reading)
            }
            ColumnSource::Constant(_) => None,
        }
    }

    /// The places it may come from; none for a constant.
    pub fn origins(&self) -> &[Origin] {
        match self {
            ColumnSource::Header { names, .. } | ColumnSource::FirstFilled { names, .. } => names,
            ColumnSource::Constant(_) => &[],
        }
    }
}

impl PresetTable {
    /// Something of the table says which state an opportunity is in.
    pub fn tells_state(&self) -> bool {
        let words = !self.states.is_empty() || self.other_state.is_some();
        self.columns.contains_key("state")
            || !self.state_rules.is_empty()
            || (words && self.columns.contains_key("stage"))
    }

    /// A table that says nothing yet.
    pub(crate) fn empty(name: &str) -> Self {
        PresetTable { name: name.to_owned(), ..PresetTable::default() }
    }
}
