//! The signs the screen is drawn with, each with a twin of seven bits.
//!
//! Owns which sign stands for what, and when a terminal gets the plain twins.
//! Must never hold a sign whose width differs between terminals: the frames,
//! arrows and blocks that East Asian fonts draw two columns wide are not here,
//! so a table stays straight everywhere. The one exception is [`Glyphs::none`],
//! the dash of a missing value, and locales that draw it wide get the twins.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text;

/// One complete set of signs. Every one is a single column wide, unless its
/// comment says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Before the selected row or the focused field.
    pub marker: &'static str,
    /// Repeated: a horizontal line.
    pub rule: &'static str,
    /// A vertical line.
    pub side: &'static str,
    /// There is more to the left, right, above, below.
    pub more_left: &'static str,
    pub more_right: &'static str,
    pub more_up: &'static str,
    pub more_down: &'static str,
    pub sort_up: &'static str,
    pub sort_down: &'static str,
    /// Before a word that says something good, bad, or worth a look.
    pub good: &'static str,
    pub bad: &'static str,
    pub warn: &'static str,
    /// After a value below its limit.
    pub below: &'static str,
    /// A value that is missing or not defined.
    pub none: &'static str,
    /// Repeated: a bar; a step up; a step down; a start, end or total.
    pub bar: &'static str,
    pub bar_up: &'static str,
    pub bar_down: &'static str,
    pub bar_total: &'static str,
    /// Where a limit stands among bars.
    pub tick: &'static str,
    /// A point of a line chart.
    pub point: &'static str,
    /// Four heights of a small column, lowest first.
    pub levels: [&'static str; 4],
    /// Three columns: an option that is chosen, or not.
    pub checked: &'static str,
    pub unchecked: &'static str,
    /// Before an item of a list.
    pub bullet: &'static str,
    /// Leads from one step of a path to the next.
    pub path: &'static str,
    /// All signs are of seven bits, and line charts are drawn without Braille.
    pub ascii: bool,
    /// The terminal takes nothing but seven bits, so text from data is folded
    /// to it as well ([`Glyphs::shown`]).
    pub fold: bool,
}

impl Glyphs {
    /// Signs that are one column wide in every terminal with an ordinary font.
    pub const UNICODE: Glyphs = Glyphs {
        marker: "►",
        rule: "╌",
        side: "╎",
        more_left: "◂",
        more_right: "▸",
        more_up: "▴",
        more_down: "▾",
        sort_up: "▴",
        sort_down: "▾",
        good: "✓",
        bad: "✗",
        warn: "!",
        below: "▾",
        none: "—",
        bar: "▬",
        bar_up: "▬",
        bar_down: "░",
        bar_total: "▐",
        tick: "╎",
        point: "▪",
        levels: ["⣀", "⣤", "⣶", "⣿"],
        checked: "[✓]",
        unchecked: "[ ]",
        bullet: "▪",
        path: "▸",
        ascii: false,
        fold: false,
    };

    /// The same in seven bits.
    pub const ASCII: Glyphs = Glyphs {
        marker: ">",
        rule: "-",
        side: "|",
        more_left: "<",
        more_right: ">",
        more_up: "^",
        more_down: "v",
        sort_up: "^",
        sort_down: "v",
        good: "+",
        bad: "x",
        warn: "!",
        below: "v",
        none: "-",
        bar: "=",
        bar_up: "+",
        bar_down: "-",
        bar_total: "=",
        tick: "|",
        point: "o",
        levels: [".", ":", "|", "#"],
        checked: "[x]",
        unchecked: "[ ]",
        bullet: "*",
        path: ">",
        ascii: true,
        fold: false,
    };

    /// The set for this terminal: `QBR_GLYPHS=ascii|unicode` wins, else locale
    /// and `TERM` decide. Nothing is asked of the terminal.
    pub fn from_env() -> Glyphs {
        Glyphs::from_vars(|name| std::env::var(name).ok())
    }

    /// As [`Glyphs::from_env`], from any source of variables.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Glyphs {
        let term = var("TERM").unwrap_or_default();
        // The first that is set and not empty names the locale (POSIX).
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| var(name).filter(|value| !value.is_empty()))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let utf8 = locale.contains("utf-8") || locale.contains("utf8");
        let seven_bit = !utf8 || matches!(term.as_str(), "vt100" | "vt102" | "dumb");
        // Chinese, Japanese and Korean fonts draw some narrow signs wide.
        let wide = ["zh", "ja", "ko"].iter().any(|language| locale.starts_with(language));
        let ascii = match var("QBR_GLYPHS").as_deref() {
            Some("ascii") => true,
            Some("unicode") => return Glyphs::UNICODE,
            _ => seven_bit || wide || term == "linux",
        };
        if ascii { Glyphs { fold: seven_bit, ..Glyphs::ASCII } } else { Glyphs::UNICODE }
    }

    /// Text from data as this terminal may be given it: on one line, harmless,
    /// and of seven bits where the terminal takes no more.
    pub fn shown<'t>(&self, raw: &'t str) -> Cow<'t, str> {
        let clean = text::harmless(raw);
        if self.ascii && !clean.is_ascii() { Cow::Owned(self.plain(&clean)) } else { clean }
    }

    /// [`Glyphs::shown`] in at most `columns` columns; what is cut ends in `..`.
    pub fn clip<'t>(&self, raw: &'t str, columns: usize) -> Cow<'t, str> {
        let clean = self.shown(raw);
        if text::width(&clean) <= columns {
            return clean;
        }
        let dots = if columns > 3 { ".." } else { "" };
        let mut out = String::with_capacity(columns);
        let mut taken = dots.len();
        for grapheme in clean.graphemes(true) {
            let wide = text::width(grapheme);
            if taken + wide > columns {
                break;
            }
            taken += wide;
            out.push_str(grapheme);
        }
        out.push_str(dots);
        Cow::Owned(out)
    }

    /// The program's own typographic signs get their twins; letters are folded
    /// only where the terminal takes nothing else.
    fn plain(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for grapheme in text.graphemes(true) {
            let first = grapheme.chars().next().unwrap_or(' ');
            match twin(first) {
                Some(letter) if self.fold || is_typographic(first) => out.push(letter),
                None if self.fold && !grapheme.is_ascii() => {
                    out.push_str(&"?".repeat(text::width(grapheme)));
                }
                _ => out.push_str(grapheme),
            }
        }
        out
    }
}

fn is_typographic(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{202f}' | '\u{2010}'..='\u{2027}' | '\u{2190}'..='\u{21ff}' | '\u{2400}'..='\u{2421}' | '×' | '·' | '\u{fffd}')
}

/// One letter of seven bits that a reader takes for this one.
fn twin(c: char) -> Option<char> {
    Some(match c {
        'à'..='å' => 'a',
        'À'..='Å' => 'A',
        'è'..='ë' => 'e',
        'È'..='Ë' => 'E',
        'ì'..='ï' => 'i',
        'Ì'..='Ï' => 'I',
        'ò'..='ö' | 'ø' => 'o',
        'Ò'..='Ö' | 'Ø' => 'O',
        'ù'..='ü' => 'u',
        'Ù'..='Ü' => 'U',
        'ç' => 'c',
        'Ç' => 'C',
        'ñ' => 'n',
        'Ñ' => 'N',
        'ß' => 's',
        'ý' | 'ÿ' => 'y',
        '\u{2010}'..='\u{2015}' | '−' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '…' | '·' | '•' => '.',
        '×' => 'x',
        '→' | '⇒' => '>',
        '←' | '⇐' => '<',
        '↑' => '^',
        '↓' => 'v',
        '\u{a0}' | '\u{202f}' => ' ',
        '\u{2400}'..='\u{2421}' | '\u{fffd}' => '?',
        _ if c.is_ascii() => c,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn signs(glyphs: &Glyphs) -> Vec<&'static str> {
        let g = glyphs;
        let mut all = vec![
            g.marker,
            g.rule,
            g.side,
            g.more_left,
            g.more_right,
            g.more_up,
            g.more_down,
            g.sort_up,
            g.sort_down,
            g.good,
            g.bad,
            g.warn,
            g.below,
            g.bar,
            g.bar_up,
            g.bar_down,
            g.bar_total,
            g.tick,
            g.point,
            g.bullet,
            g.path,
            g.checked,
            g.unchecked,
        ];
        all.extend(g.levels);
        all
    }

    #[test]
    fn every_sign_is_as_wide_everywhere() {
        for sign in signs(&Glyphs::UNICODE) {
            assert_eq!(sign.width(), sign.width_cjk(), "{sign} differs in East Asian fonts");
        }
    }

    #[test]
    fn twins_are_as_wide_and_of_seven_bits() {
        let pairs = signs(&Glyphs::UNICODE).into_iter().zip(signs(&Glyphs::ASCII));
        for (sign, twin) in pairs {
            assert!(twin.is_ascii(), "{twin}");
            assert_eq!(sign.width(), twin.width(), "{sign} {twin}");
        }
        assert!(Glyphs::ASCII.none.is_ascii());
    }

    fn chosen(vars: &[(&str, &str)]) -> Glyphs {
        let find = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Glyphs::from_vars(find)
    }

    #[test]
    fn locale_and_terminal_choose_the_set() {
        let utf8 = ("LANG", "en_US.UTF-8");
        assert!(!chosen(&[utf8, ("TERM", "xterm-256color")]).ascii);
        assert!(chosen(&[("LANG", "C"), ("TERM", "xterm")]).fold);
        assert!(chosen(&[("TERM", "xterm")]).ascii);
        assert!(chosen(&[utf8, ("TERM", "linux")]).ascii);
        assert!(!chosen(&[utf8, ("TERM", "linux")]).fold, "the Linux console shows letters");
        assert!(chosen(&[utf8, ("TERM", "vt100")]).fold);
        assert!(chosen(&[("LANG", "ja_JP.UTF-8"), ("TERM", "xterm")]).ascii);
        assert!(chosen(&[utf8, ("LC_ALL", "POSIX"), ("TERM", "xterm")]).ascii, "LC_ALL wins");
        assert!(!chosen(&[("QBR_GLYPHS", "unicode"), ("TERM", "dumb")]).ascii);
        assert!(chosen(&[utf8, ("QBR_GLYPHS", "ascii"), ("TERM", "xterm")]).ascii);
    }

    #[test]
    fn seven_bits_means_every_byte() {
        let folding = Glyphs { fold: true, ..Glyphs::ASCII };
        let shown = folding.shown("Müller — 東京 \u{1b}[31m … naïve 👍");
        assert_eq!(shown, "Muller - ???? ?[31m . naive ??");
        assert_eq!(Glyphs::ASCII.shown("Müller — 2/3 …"), "Müller - 2/3 .");
        let amount = "1\u{202f}234,50 41,4\u{a0}% 1’234.50";
        assert_eq!(Glyphs::ASCII.shown(amount), "1 234,50 41,4 % 1'234.50");
    }

    #[test]
    fn clipped_text_says_so() {
        let g = Glyphs::UNICODE;
        assert_eq!(g.clip("Enterprise", 8), "Enterp..");
        assert_eq!(g.clip("Enterprise", 10), "Enterprise");
        assert_eq!(g.clip("Enterprise", 2), "En");
        assert_eq!(g.clip("東京都庁", 7), "東京..");
        assert_eq!(g.clip("anything", 0), "");
    }
}
