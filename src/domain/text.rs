//! Text from data, made fit for a terminal.
//!
//! Invariant: what [`harmless`] returns holds no control character, no escape
//! sequence and no character that turns, hides or joins others; so a cell can
//! never move the cursor, recolour the screen or read differently than it is.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The text on one line, harmless. Line breaks and tabs become blanks; other
/// control characters become visible signs (`␛`), so that nothing disappears
/// unseen; characters without width that change their neighbours are left out.
pub fn harmless(text: &str) -> Cow<'_, str> {
    clean(text, false)
}

/// Like [`harmless`], with line breaks kept as `\n`: for text of several lines.
pub fn harmless_lines(text: &str) -> Cow<'_, str> {
    clean(text, true)
}

/// Like [`harmless_lines`], for programs: line breaks, tabs, and characters without width stay as
/// they are, only what a terminal or an editor would obey is replaced.
pub fn inert(text: &str) -> Cow<'_, str> {
    if !text.contains(is_command) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if is_command(c) { harmless_char(c).unwrap_or('\u{fffd}') } else { c };
    Cow::Owned(text.chars().map(shown).collect())
}

/// A control character that is no line break or tab, or one that turns the direction of a text.
pub fn is_command(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{206f}')
}

fn clean(text: &str, keep_lines: bool) -> Cow<'_, str> {
    let fine = |c: char| harmless_char(c) == Some(c) || (keep_lines && c == '\n');
    if text.chars().all(fine) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        // A carriage return with its line feed is one line break.
        if c == '\r' && chars.peek() == Some(&'\n') {
            continue;
        }
        if keep_lines && matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}') {
            out.push('\n');
        } else if let Some(c) = harmless_char(c) {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// What stands for this character; `None`: nothing does.
fn harmless_char(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some(' '),
        // The pictures of the control characters, in the same order.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('\u{2421}'),
        // C1: eight-bit forms of escape sequences.
        '\u{80}'..='\u{9f}' => Some('\u{fffd}'),
        // Marks, embeddings, overrides and isolates of text direction: shown, because text
        // that holds them may have been made to deceive.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => {
            Some('\u{fffd}')
        }
        // Joiners, variation selectors and other signs without width: terminals disagree
        // about how wide their neighbours then are.
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => None,
        _ => Some(c),
    }
}

/// Columns that the text takes in a terminal, measured by grapheme.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The text in at most `columns` columns; what is cut ends in `…`. Graphemes
/// stay whole, so the result may be a column narrower than asked.
pub fn truncate(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut taken = 0;
    let mut out = String::new();
    for grapheme in text.graphemes(true) {
        let wide = grapheme.width();
        if taken + wide > columns - 1 {
            break;
        }
        taken += wide;
        out.push_str(grapheme);
    }
    out.push('…');
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(harmless("Müller & Söhne GmbH — Ωmega 東京 👍"), Cow::Borrowed(_)));
    }

    #[test]
    fn escape_sequences_become_visible() {
        assert_eq!(harmless("\u{1b}[31mred\u{1b}]0;title\u{7}"), "␛[31mred␛]0;title␇");
        assert_eq!(harmless("\u{9b}2J"), "\u{fffd}2J");
    }

    #[test]
    fn line_breaks_become_blanks_or_stay() {
        assert_eq!(harmless("a\r\nb\tc"), "a b c");
        assert_eq!(harmless_lines("a\r\nb\rc\u{2028}d\te"), "a\nb\nc\nd e");
    }

    #[test]
    fn text_that_turns_or_joins_is_shown_as_it_is() {
        assert_eq!(harmless("invoice\u{202e}fdp.exe"), "invoice\u{fffd}fdp.exe");
        assert_eq!(inert("invoice\u{202e}fdp.exe"), "invoice\u{fffd}fdp.exe");
        assert_eq!(inert("\u{1b}[2J\u{9b}m\u{85}\n\ta\u{200d}b"), "␛[2J\u{fffd}m \n\ta\u{200d}b");
        assert_eq!(harmless("👩\u{200d}💻 ❤\u{fe0f}"), "👩💻 ❤");
    }

    #[test]
    fn width_and_cutting_go_by_grapheme() {
        assert_eq!(width("e\u{301}te\u{301}"), 3);
        assert_eq!(width("東京"), 4);
        assert_eq!(truncate("東京都", 4), "東…");
        assert_eq!(truncate("Enterprise", 5), "Ente…");
        assert_eq!(truncate("Enterprise", 10), "Enterprise");
        assert_eq!(truncate("Enterprise", 1), "…");
        assert_eq!(truncate("Enterprise", 0), "");
    }

    fn deceives(c: char) -> bool {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
                | '\u{fe0e}' | '\u{fe0f}' | '\u{61c}')
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left(text in proptest::collection::vec(any::<char>(), 0..40)) {
            let text: String = text.into_iter().collect();
            prop_assert!(!harmless(&text).chars().any(deceives));
            prop_assert!(!harmless_lines(&text).chars().any(|c| c != '\n' && deceives(c)));
        }

        #[test]
        fn controls_are_found_wherever_they_stand(
            before in ".{0,8}", c in proptest::char::range('\0', '\u{9f}'), after in ".{0,8}",
        ) {
            let text = format!("{before}{c}{after}");
            prop_assert!(!harmless(&text).chars().any(deceives));
            let once = harmless(&text);
            prop_assert_eq!(harmless(&once), once.as_ref());
        }

        #[test]
        fn truncated_text_fits(text in ".{0,40}", columns in 0usize..30) {
            prop_assert!(width(&truncate(&text, columns)) <= columns);
        }
    }
}
