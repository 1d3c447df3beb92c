//! What is wrong with a content file, and where.
//!
//! Invariant: every error names file, line and column, and shows the line with
//! a caret under the word at fault, so that nobody has to search for it.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::domain::text;

/// One mistake in one file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CatalogError {
    pub file: PathBuf,
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// What is wrong and, where it can be known, what to write instead.
    pub message: String,
    /// The line as it stands in the file; empty when there is none to show.
    pub source_line: String,
    /// Characters at fault, at least 1.
    pub length: usize,
}

impl CatalogError {
    /// An error about a range of bytes of the file's text.
    pub fn at(file: &Path, source: &str, range: Range<usize>, message: impl Into<String>) -> Self {
        let start = floor_char(source, range.start);
        let end = floor_char(source, range.end).max(start);
        let line_start = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |newline| start + newline);
        let source_line = source[line_start..line_end].trim_end_matches('\r');
        CatalogError {
            file: file.to_owned(),
            line: source[..line_start].matches('\n').count() + 1,
            column: source[line_start..start].chars().count() + 1,
            message: message.into(),
            source_line: source_line.to_owned(),
            length: source[start..end.min(line_end).max(start)].chars().count().max(1),
        }
    }

    /// An error about a file as a whole: one that cannot be read, say.
    pub fn whole(file: &Path, message: impl Into<String>) -> Self {
        CatalogError {
            file: file.to_owned(),
            line: 1,
            column: 1,
            message: message.into(),
            source_line: String::new(),
            length: 1,
        }
    }
}

/// The nearest place at or before `at` where a character begins.
fn floor_char(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)?;
        if self.source_line.is_empty() {
            return Ok(());
        }
        // Tabs become one blank each, so that the caret stands where it should.
        let line = text::harmless(&self.source_line);
        let before: String = self.source_line.chars().take(self.column - 1).collect();
        let marked: String =
            self.source_line.chars().skip(self.column - 1).take(self.length).collect();
        let gutter = self.line.to_string();
        write!(
            f,
            "\n  {gutter} | {line}\n  {:blank$} | {:indent$}{}",
            "",
            "",
            "^".repeat(text::width(&text::harmless(&marked)).max(1)),
            blank = gutter.len(),
            indent = text::width(&text::harmless(&before)),
        )
    }
}

/// Every mistake that was found, in the order of the files and their lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct CatalogErrors(pub Vec<CatalogError>);

impl CatalogErrors {
    /// `Ok` with the value when there is no mistake.
    pub fn or<T>(self, value: T) -> Result<T, CatalogErrors> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for CatalogErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, error) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl From<CatalogError> for CatalogErrors {
    fn from(error: CatalogError) -> Self {
        CatalogErrors(vec![error])
    }
}

/// Collects mistakes in one file while it is read.
pub(crate) struct Report<'a> {
    file: &'a Path,
    pub source: &'a str,
    errors: Vec<CatalogError>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(file: &'a Path, source: &'a str) -> Self {
        Report { file, source, errors: Vec::new() }
    }

    /// Notes a mistake in these bytes.
    pub(crate) fn at(&mut self, range: Range<usize>, message: impl Into<String>) {
        self.errors.push(CatalogError::at(self.file, self.source, range, message));
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// What was found, from the top of the file to its end.
    pub(crate) fn finish(mut self) -> CatalogErrors {
        self.errors.sort_by_key(|error| (error.line, error.column));
        self.errors.dedup();
        CatalogErrors(self.errors)
    }
}

/// `; did you mean money?` when one of the known words is near, else
/// `; choose a, b or c` when they are few enough to say, else nothing.
pub(crate) fn suggestion<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let lower = given.to_lowercase();
    // A third of the word may be wrong; of a very short word nothing but capitals.
    let nearest = known
        .iter()
        .map(|word| (distance(&lower, &word.to_lowercase()), *word))
        .filter(|(distance, word)| *distance <= word.chars().count() / 3)
        .min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((_, word)) => format!("; did you mean {word}?"),
        None if (1..=16).contains(&known.len()) => format!("; choose {}", listed(&known)),
        None => String::new(),
    }
}

/// `a, b or c`.
pub(crate) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// How many characters must be added, left out or exchanged (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_word() {
        let source = "-- title: x\n--\twön  mony  amount\nSELECT 1";
        let start = source.find("mony").expect("there");
        let error = CatalogError::at(
            Path::new("queries/review/x.sql"),
            source,
            start..start + 4,
            "unknown unit \"mony\"; did you mean money?",
        );
        assert_eq!(
            error.to_string(),
            "queries/review/x.sql:2:9: unknown unit \"mony\"; did you mean money?\n  \
             2 | -- wön  mony  amount\n    |         ^^^^"
        );
    }

    #[test]
    fn ranges_outside_the_text_do_no_harm() {
        for range in [0..0, 3..99, 99..120, 1..2] {
            let _ = CatalogError::at(Path::new("x"), "ä\nb", range, "m").to_string();
        }
    }

    #[test]
    fn near_words_are_offered() {
        assert_eq!(suggestion("mony", ["money", "month"]), "; did you mean money?");
        assert_eq!(suggestion("xyz", ["money", "month"]), "; choose money or month");
        assert_eq!(suggestion("Draft", ["draft"]), "; did you mean draft?");
    }
}
