//! The columns of a file: what each was taken for, why, and samples; as values
//! and for people.

use std::collections::BTreeMap;

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FileColumn {
    /// The first column is 1.
    pub place: usize,
    pub header: String,
    /// Our columns that come from it; empty: it is not used.
    pub taken_for: Vec<String>,
    /// Why it was taken for that.
    pub why: Option<String>,
    /// As in the readings of the report.
    pub read_as: Option<String>,
    pub because: Option<String>,
    pub samples: Vec<Sample>,
}

/// A value of a file and what it became.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sample {
    pub before: String,
    /// `None`: nothing, which is what words for a missing value become.
    pub after: Option<String>,
    /// Its row was rejected or left out.
    pub lost: bool,
}

/// One of the first rows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SampleRow {
    /// The first row below the headers is 1.
    pub row: u64,
    /// One text per column of the file; empty where there is none.
    pub before: Vec<String>,
    /// Our columns that have a value; `None`: the row was rejected or left out.
    pub after: Option<BTreeMap<String, String>>,
}

/// A line or two for each column, with how far they are indented.
pub fn lines(columns: &[FileColumn]) -> Vec<(usize, String)> {
    columns.iter().flat_map(column).collect()
}

fn column(column: &FileColumn) -> Vec<(usize, String)> {
    let header =
        if column.header.is_empty() { "(no header)".to_owned() } else { column.header.clone() };
    let samples: Vec<String> = column.samples.iter().map(|one| sample(column, one)).collect();
    if column.taken_for.is_empty() {
        let samples =
            if samples.is_empty() { String::new() } else { format!(": {}", samples.join(", ")) };
        return vec![(0, format!("{header} is not used{samples}"))];
    }
    let mut first = format!("{header} is {}", column.taken_for.join(" and "));
    if let Some(why) = &column.why {
        first += &format!(" ({why})");
    }
    if let Some(read_as) = &column.read_as {
        first += &format!(", read as {read_as}");
    }
    let mut out = vec![(0, first)];
    if !samples.is_empty() {
        out.push((2, samples.join(", ")));
    }
    out
}

/// `"03/04/2025" becomes 2025-04-03`
pub fn sample(column: &FileColumn, sample: &Sample) -> String {
    let before = format!("\"{}\"", sample.before);
    if column.taken_for.is_empty() {
        return before;
    }
    match &sample.after {
        Some(after) if *after == sample.before => before,
        Some(after) => format!("{before} becomes {after}"),
        None if sample.lost => format!("{before} (row not taken)"),
        None => format!("{before} counts as missing"),
    }
}
