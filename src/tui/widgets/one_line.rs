//! A line of text with a caret in it, seen through a window.
//!
//! The window is a function of the text, the caret and the width alone, so that
//! drawing needs no memory of how far it was scrolled.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text;
use crate::tui::glyphs::Glyphs;

/// What of the line is seen, and the caret's column in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub text: String,
    pub caret: usize,
}

/// The part of `line` around `caret` (in bytes) that is seen in `columns`
/// columns. The caret itself needs a column, also after the last letter.
pub fn window(line: &str, caret: usize, columns: usize, glyphs: &Glyphs) -> Window {
    let shown: Vec<(usize, String)> = line
        .grapheme_indices(true)
        .map(|(at, grapheme)| (at, glyphs.shown(grapheme).into_owned()))
        .collect();
    let before = shown.iter().take_while(|(at, _)| *at < caret);
    let caret_column: usize = before.clone().map(|(_, letter)| text::width(letter)).sum();
    let mut hidden = 0;
    let mut skip = 0;
    for (_, letter) in before {
        if caret_column - hidden < columns {
            break;
        }
        hidden += text::width(letter);
        skip += 1;
    }
    let mut seen = String::new();
    let mut used = 0;
    for (_, letter) in &shown[skip..] {
        let wide = text::width(letter);
        if used + wide > columns {
            break;
        }
        used += wide;
        seen.push_str(letter);
    }
    Window { text: seen, caret: caret_column - hidden }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_is_always_in_the_window() {
        let line = "win 東京 e\u{301} \u{1b}[31m deal";
        for caret in line.grapheme_indices(true).map(|(at, _)| at).chain([line.len()]) {
            for columns in 1..20 {
                let window = window(line, caret, columns, &Glyphs::UNICODE);
                assert!(window.caret < columns, "{caret} {columns} {window:?}");
                assert!(text::width(&window.text) <= columns);
            }
        }
    }

    #[test]
    fn what_fits_is_seen_whole() {
        let seen = window("abc", 3, 10, &Glyphs::UNICODE);
        assert_eq!(seen, Window { text: "abc".into(), caret: 3 });
        let seen = window("abcdefghij", 10, 5, &Glyphs::UNICODE);
        assert_eq!(seen, Window { text: "ghij".into(), caret: 4 });
    }
}
