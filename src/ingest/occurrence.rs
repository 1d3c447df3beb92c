//! A text that a column holds: in how many rows, and where first.
//!
//! Evidence is told by such values: whoever imports can look at the line.

use std::fmt;

use crate::domain::text::harmless;

/// A text of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Occurrence {
    /// As the file writes it, without outer blanks; of a date, without the time of day.
    pub text: String,
    /// Rows that hold it, or one of the same shape.
    pub rows: u64,
    /// The first of them, by its number in the staged table.
    #[serde(skip)]
    pub row: u64,
    /// The line of that row, once it is looked up; 0 before.
    pub line: u64,
}

impl Occurrence {
    /// For a text that stands in so many rows, the first of them given.
    pub fn new(text: impl Into<String>, rows: u64, row: u64) -> Self {
        Occurrence { text: text.into(), rows, row, line: 0 }
    }
}

impl fmt::Display for Occurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", harmless(&self.text))?;
        if self.line > 0 {
            write!(f, " (line {})", self.line)?;
        }
        Ok(())
    }
}

/// The one that stands first in the file.
pub fn first<'a>(seen: impl IntoIterator<Item = &'a Occurrence>) -> Option<&'a Occurrence> {
    seen.into_iter().min_by_key(|seen| seen.row)
}

/// Rows that hold any of them.
pub fn rows<'a>(seen: impl IntoIterator<Item = &'a Occurrence>) -> u64 {
    seen.into_iter().map(|seen| seen.rows).sum()
}

/// Why a column is read as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// `no other pattern reads it`; goes on after the value that decided, where there is one.
    pub words: String,
    /// The value that decided.
    pub seen: Option<Occurrence>,
}

impl Why {
    pub fn words(words: impl Into<String>) -> Self {
        Why { words: words.into(), seen: None }
    }
}
