//! Large letters, made of blocks: what is read from the back of a room.
//!
//! Every letter is a bitmap of eight by eight points of which the empty edges are
//! left out. Points are packed into cells: two by two, one by two, or each two
//! cells wide; where the terminal takes seven bits only, into `'`, `.` and `#`.
//! Blocks are of another width in East Asian fonts, whose locales get the signs
//! of seven bits ([`crate::tui::glyphs`]). Must never show half of a number: what
//! does not fit, or has a letter without a bitmap, is not drawn large at all.

use font8x8::{BASIC_FONTS, LATIN_FONTS, UnicodeFonts};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::domain::text;
use crate::tui::theme::Look;
use crate::tui::widgets::paint;

/// Points of a letter from top to bottom.
const TALL: usize = 8;
/// Points between two letters, and of a blank.
const SPACING: usize = 1;
const BLANK: usize = 3;

/// How points become cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// A point is two cells wide and one high: eight rows.
    Whole,
    /// Two points above each other in a cell: four rows.
    Half,
    /// Four points in a cell: four rows, half as wide.
    Quarter,
}

impl Packing {
    /// Largest first.
    const ALL: [Packing; 3] = [Packing::Whole, Packing::Half, Packing::Quarter];

    /// Rows of a line of large letters.
    pub fn rows(self) -> u16 {
        match self {
            Packing::Whole => 8,
            Packing::Half | Packing::Quarter => 4,
        }
    }

    fn columns(self, points: usize) -> usize {
        match self {
            Packing::Whole => points * 2,
            Packing::Half => points,
            Packing::Quarter => points.div_ceil(2),
        }
    }
}

/// A line of text as points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letters {
    rows: [Vec<bool>; TALL],
}

impl Letters {
    /// `None` where a letter has no bitmap.
    pub fn of(raw: &str) -> Option<Letters> {
        let mut rows: [Vec<bool>; TALL] = Default::default();
        for letter in text::harmless(raw).trim().chars() {
            let letter = plain(letter);
            if !rows[0].is_empty() {
                rows.iter_mut().for_each(|row| row.extend([false; SPACING]));
            }
            if letter == ' ' {
                rows.iter_mut().for_each(|row| row.extend([false; BLANK]));
                continue;
            }
            let bitmap = BASIC_FONTS.get(letter).or_else(|| LATIN_FONTS.get(letter))?;
            let used = bitmap.iter().fold(0u8, |all, row| all | row);
            let edge = (used.trailing_zeros(), 8 - used.leading_zeros());
            for (row, bits) in rows.iter_mut().zip(bitmap) {
                row.extend((edge.0..edge.1).map(|column| bits >> column & 1 == 1));
            }
        }
        (!rows[0].is_empty()).then_some(Letters { rows })
    }

    fn width(&self) -> usize {
        self.rows[0].len()
    }

    /// The largest packing in which the line fits, and how many columns it takes.
    pub fn fits(&self, width: u16, height: u16, ascii: bool) -> Option<Packing> {
        Packing::ALL.into_iter().find(|packing| {
            let known = !(ascii && *packing == Packing::Quarter);
            known && packing.rows() <= height && packing.columns(self.width()) <= usize::from(width)
        })
    }

    fn point(&self, x: usize, y: usize) -> bool {
        self.rows.get(y).and_then(|row| row.get(x)).copied().unwrap_or(false)
    }

    /// Draws the line from the top left corner of an area that it fits in.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, packing: Packing, style: Style, look: &Look) {
        let ascii = look.glyphs.ascii;
        for row in 0..packing.rows() {
            let y = usize::from(row);
            let line: String = (0..packing.columns(self.width()))
                .map(|x| match packing {
                    Packing::Whole if self.point(x / 2, y) => {
                        if ascii {
                            '#'
                        } else {
                            '█'
                        }
                    }
                    Packing::Whole => ' ',
                    Packing::Half => {
                        let pair = (self.point(x, y * 2), self.point(x, y * 2 + 1));
                        match (pair, ascii) {
                            ((false, false), _) => ' ',
                            ((true, false), false) => '▀',
                            ((false, true), false) => '▄',
                            ((true, true), false) => '█',
                            ((true, false), true) => '\'',
                            ((false, true), true) => '.',
                            ((true, true), true) => '#',
                        }
                    }
                    Packing::Quarter => {
                        let corner = |x, y, bit: usize| if self.point(x, y) { bit } else { 0 };
                        let (x, y) = (x * 2, y * 2);
                        QUARTERS[corner(x, y, 1)
                            + corner(x + 1, y, 2)
                            + corner(x, y + 1, 4)
                            + corner(x + 1, y + 1, 8)]
                    }
                })
                .collect();
            paint::text(buf, paint::row(area, row), line.trim_end(), style, look);
        }
    }
}

/// By the corners that are filled: upper left 1, upper right 2, lower left 4, lower right 8.
const QUARTERS: [char; 16] =
    [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

/// The letter that is drawn for one without a bitmap of its own.
fn plain(letter: char) -> char {
    match letter {
        '—' | '–' | '−' => '-',
        '’' | '‘' => '\'',
        '\u{a0}' | '\u{202f}' => ' ',
        other => other,
    }
}

/// A text as lines of large letters that fit the width; `None` where a word is too
/// wide, or a letter has no bitmap.
pub fn wrapped(raw: &str, width: u16, ascii: bool) -> Option<Vec<Letters>> {
    let mut lines: Vec<String> = Vec::new();
    for word in raw.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        let fits = |line: &str| {
            Some(Letters::of(line)?.fits(width, Packing::Half.rows(), ascii).is_some())
        };
        match longer {
            Some(longer) if fits(&longer)? => *lines.last_mut()? = longer,
            _ if fits(word)? => lines.push(word.to_owned()),
            _ => return None,
        }
    }
    lines.iter().map(|line| Letters::of(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::glyphs::Glyphs;
    use crate::tui::theme::Theme;
    use crate::tui::widgets::testing::{self, HOSTILE, Screen};

    const UNICODE: fn() -> Look = || Look { theme: Theme::plain(), glyphs: Glyphs::UNICODE };

    fn drawn(text: &str, packing: Packing, look: &Look) -> Vec<String> {
        let mut screen = Screen::new(60, packing.rows());
        let area = screen.area();
        let letters = Letters::of(text).expect("bitmaps");
        letters.draw(&mut screen.buf, area, packing, look.theme.text, look);
        screen.rows()
    }

    /// A one, read off as a person does.
    #[test]
    fn letters_are_drawn_in_every_packing() {
        assert_eq!(
            drawn("-1", Packing::Half, &Look::plain_ascii()),
            ["        .##", "......   ##", "         ##", "       ''''''"]
        );
        assert_eq!(
            drawn("-1", Packing::Half, &UNICODE()),
            ["        ▄██", "▄▄▄▄▄▄   ██", "         ██", "       ▀▀▀▀▀▀"]
        );
        // The same points, two by two.
        assert_eq!(
            drawn("-1", Packing::Quarter, &UNICODE()),
            ["    ▟▌", "▄▄▄ ▐▌", "    ▐▌", "   ▝▀▀▘"]
        );
    }

    #[test]
    fn what_does_not_fit_is_not_drawn() {
        let amount = Letters::of("-1,946,484").expect("bitmaps");
        assert_eq!(amount.fits(200, 50, false), Some(Packing::Whole));
        assert_eq!(amount.fits(80, 24, false), Some(Packing::Half));
        assert_eq!(amount.fits(40, 4, false), Some(Packing::Quarter));
        assert_eq!(amount.fits(40, 4, true), None, "seven bits have no quarters");
        assert_eq!(amount.fits(20, 24, false), None);
        assert_eq!(amount.fits(200, 3, false), None);
        assert_eq!(Letters::of("東京"), None);
        assert_eq!(Letters::of("  "), None);
        assert!(Letters::of("Müller—100 €").is_none_or(|letters| letters.width() > 0));
    }

    #[test]
    fn seven_bits_stay_seven_bits_and_nothing_hostile_gets_through() {
        for packing in [Packing::Whole, Packing::Half] {
            let rows = drawn("41% of -1,250.5", packing, &Look::plain_ascii());
            assert!(rows.iter().all(|row| row.is_ascii()), "{rows:?}");
            assert!(rows.iter().any(|row| row.contains('#')));
        }
        for text in HOSTILE {
            testing::every_small_size(|buf, area| {
                if let Some(letters) = Letters::of(text) {
                    letters.draw(buf, area, Packing::Half, UNICODE().theme.text, &UNICODE());
                }
            });
        }
    }

    #[test]
    fn a_sentence_is_broken_between_words() {
        let lines = wrapped("Europe 639,792 below the call", 80, false).expect("it fits");
        assert!(lines.len() > 1);
        let whole = lines.iter().all(|line| line.fits(80, 4, false).is_some());
        assert!(whole);
        assert_eq!(wrapped("Europe", 6, false), None);
    }
}
