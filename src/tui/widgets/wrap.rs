//! Breaking text into rows of the screen.
//!
//! Invariant: every byte of the text is in exactly one row, so that a place in
//! the text is a place on the screen and back. Where a row may end is known by
//! the line breaking rules of Unicode; widths are those of graphemes.

use std::ops::Range;

use textwrap::WordSeparator;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text;

/// Byte ranges of the rows that one line of text takes in `columns` columns; an
/// empty line takes one row. Blanks at the end of a row may stick out of it.
pub fn rows(line: &str, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    // No letter is wider than its bytes are many.
    if line.len() <= columns {
        return std::iter::once(0..line.len()).collect();
    }
    let mut rows = Vec::new();
    let (mut start, mut used, mut at) = (0, 0, 0);
    for word in WordSeparator::UnicodeBreakProperties.find_words(line) {
        let wide = text::width(word.word);
        let length = word.word.len() + word.whitespace.len();
        if used + wide > columns && at > start {
            rows.push(start..at);
            (start, used) = (at, 0);
        }
        if wide > columns {
            // A word that is wider than a row is broken between its letters.
            for (offset, grapheme) in word.word.grapheme_indices(true) {
                let wide = text::width(grapheme);
                if used + wide > columns && at + offset > start {
                    rows.push(start..at + offset);
                    (start, used) = (at + offset, 0);
                }
                used += wide;
            }
        } else {
            used += wide;
        }
        used += text::width(word.whitespace);
        at += length;
    }
    rows.push(start..line.len());
    rows
}

/// The rows of a text of several lines, made harmless, without the blanks at
/// their ends: for reading, not for editing.
pub fn paragraphs(raw: &str, columns: usize) -> Vec<String> {
    text::harmless_lines(raw)
        .split('\n')
        .flat_map(|line| {
            rows(line, columns).into_iter().map(|range| line[range].trim_end().to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrapped(line: &str, columns: usize) -> Vec<&str> {
        rows(line, columns).into_iter().map(|range| &line[range]).collect()
    }

    #[test]
    fn rows_end_between_words() {
        assert_eq!(wrapped("we lost on price again", 10), ["we lost on ", "price ", "again"]);
        assert_eq!(wrapped("", 10), [""]);
        assert_eq!(wrapped("incomprehensible", 6), ["incomp", "rehens", "ible"]);
        assert_eq!(wrapped("an incomprehensible x", 6), ["an ", "incomp", "rehens", "ible x"]);
    }

    #[test]
    fn wide_letters_take_two_columns() {
        assert_eq!(wrapped("東京都庁", 4), ["東京", "都庁"]);
        assert_eq!(wrapped("東京", 1), ["東", "京"], "never less than a letter");
    }

    #[test]
    fn paragraphs_are_for_reading() {
        assert_eq!(
            paragraphs("one two\n\nthree\u{1b}[31m", 4),
            ["one", "two", "", "thre", "e␛[3", "1m"]
        );
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_and_no_row_too_wide(line in "[a-z 東e\u{301}👍\u{200d}-]{0,60}", columns in 1usize..20) {
            let rows = rows(&line, columns);
            prop_assert_eq!(rows[0].start, 0);
            prop_assert_eq!(rows[rows.len() - 1].end, line.len());
            for pair in rows.windows(2) {
                prop_assert_eq!(pair[0].end, pair[1].start);
                prop_assert!(!pair[0].is_empty());
            }
            for range in rows {
                let row = line[range].trim_end();
                let letters = row.graphemes(true).count();
                prop_assert!(text::width(row) <= columns || letters == 1, "{row:?} in {columns}");
            }
        }
    }
}
