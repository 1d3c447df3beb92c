//! How a date is written: `%d/%m/%Y`, `%d %b %Y`, `serial`, `epoch ms`.
//!
//! Owns the names of the months in five languages, and the strictness: a
//! pattern reads what is written that way and nothing else. Which pattern a
//! column has, and which years can be, is decided elsewhere.

mod months;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate};

pub use months::{MONTHS, month};

/// One way of writing a date, without a time of day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatePattern {
    /// Day, month and year, and what stands between them.
    Written(Vec<Part>),
    /// Days since 30 December 1899, as a spreadsheet counts them: `45123`, `45123.5`.
    Serial,
    /// Milliseconds since 1970 in UTC, thirteen digits.
    EpochMillis,
    /// Seconds since 1970 in UTC, ten digits.
    EpochSeconds,
}

/// A piece of a written date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `%Y`: four digits.
    Year,
    /// `%y`: two digits; 00 to 68 are of this century.
    ShortYear,
    /// `%m`: one digit or two; two where no separator is beside it.
    Month,
    /// `%d`: likewise.
    Day,
    /// `%b` or `%B`: a name of a month, short or long, in any of the languages of [`MONTHS`].
    MonthName,
    /// `%a` or `%A`: a word that is not looked at.
    Weekday,
    /// Itself.
    Text(char),
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatePatternError {
    #[error("\"{given}\" is no pattern of a date such as %d/%m/%Y; it has no {lacks}")]
    Lacks { given: String, lacks: &'static str },
    #[error(
        "\"{given}\" is no pattern of a date: {part} is none of %Y, %y, %m, %d, %b, %B, %a and %A"
    )]
    Unknown { given: String, part: String },
    #[error("\"{given}\" is no pattern of a date: it has {part} twice")]
    Twice { given: String, part: &'static str },
}

/// Words for the patterns that are numbers.
const NUMBERS: [(&str, DatePattern); 3] = [
    ("serial", DatePattern::Serial),
    ("epoch ms", DatePattern::EpochMillis),
    ("epoch s", DatePattern::EpochSeconds),
];

impl FromStr for DatePattern {
    type Err = DatePatternError;

    /// Reads a `strftime` pattern; what it says of a time of day is left out.
    fn from_str(given: &str) -> Result<Self, DatePatternError> {
        if let Some((_, pattern)) = NUMBERS.iter().find(|(word, _)| *word == given.trim()) {
            return Ok(pattern.clone());
        }
        let text = date_part(given);
        let mut parts = Vec::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                parts.push(Part::Text(letter));
                continue;
            }
            parts.push(match letters.next() {
                Some('Y') => Part::Year,
                Some('y') => Part::ShortYear,
                Some('m') => Part::Month,
                Some('d' | 'e') => Part::Day,
                Some('b' | 'B' | 'h') => Part::MonthName,
                Some('a' | 'A') => Part::Weekday,
                other => {
                    let part = format!("%{}", other.map(String::from).unwrap_or_default());
                    return Err(DatePatternError::Unknown { given: given.to_owned(), part });
                }
            });
        }
        for (lacks, wanted) in [
            ("year", &[Part::Year, Part::ShortYear][..]),
            ("month", &[Part::Month, Part::MonthName]),
            ("day", &[Part::Day]),
        ] {
            match parts.iter().filter(|part| wanted.contains(part)).count() {
                1 => {}
                0 => return Err(DatePatternError::Lacks { given: given.to_owned(), lacks }),
                _ => {
                    return Err(DatePatternError::Twice { given: given.to_owned(), part: lacks });
                }
            }
        }
        Ok(DatePattern::Written(parts))
    }
}

/// A pattern up to its time of day, with the short forms written out.
fn date_part(given: &str) -> String {
    let long = given.replace("%F", "%Y-%m-%d").replace("%D", "%m/%d/%y");
    let long = ["%-", "%_", "%0"].iter().fold(long, |text, pad| text.replace(pad, "%"));
    let times = ["%H", "%I", "%k", "%l", "%T", "%R", "%r", "%X"];
    let end = times.iter().filter_map(|part| long.find(part)).min().unwrap_or(long.len());
    long[..end].trim_end_matches(['T', ' ', ',']).to_owned()
}

impl fmt::Display for DatePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = match self {
            DatePattern::Written(parts) => parts,
            DatePattern::Serial => return f.write_str("serial"),
            DatePattern::EpochMillis => return f.write_str("epoch ms"),
            DatePattern::EpochSeconds => return f.write_str("epoch s"),
        };
        for part in parts {
            match part {
                Part::Year => f.write_str("%Y")?,
                Part::ShortYear => f.write_str("%y")?,
                Part::Month => f.write_str("%m")?,
                Part::Day => f.write_str("%d")?,
                Part::MonthName => f.write_str("%b")?,
                Part::Weekday => f.write_str("%a")?,
                Part::Text(letter) => write!(f, "{letter}")?,
            }
        }
        Ok(())
    }
}

impl DatePattern {
    /// The day that a text without a time of day names; `None` when it is not written so.
    pub fn read(&self, text: &str) -> Option<NaiveDate> {
        match self {
            DatePattern::Written(parts) => read_parts(parts, text),
            DatePattern::Serial => {
                let (days, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
                let fits = (1..=6).contains(&days.len()) && is_digits(days) && is_digits(part);
                let days: u64 = days.parse().ok().filter(|_| fits)?;
                NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
            }
            DatePattern::EpochMillis => {
                let at = DateTime::from_timestamp_millis(instant(text, 13)?)?;
                Some(at.date_naive())
            }
            DatePattern::EpochSeconds => {
                Some(DateTime::from_timestamp(instant(text, 10)?, 0)?.date_naive())
            }
        }
    }

    /// Digits alone, of which any column of numbers could hold some.
    pub fn is_number(&self) -> bool {
        !matches!(self, DatePattern::Written(_))
    }

    /// The year has two digits.
    pub fn is_short(&self) -> bool {
        matches!(self, DatePattern::Written(parts) if parts.contains(&Part::ShortYear))
    }

    /// The order of its parts can be mistaken for another: digits alone, and the year not in
    /// front with all four of them.
    pub fn is_mistakable(&self) -> bool {
        match self {
            DatePattern::Written(parts) => {
                !parts.contains(&Part::MonthName) && parts.first() != Some(&Part::Year)
            }
            _ => false,
        }
    }
}

/// A count of so many digits; a single 0 is the beginning of the count.
fn instant(text: &str, digits: usize) -> Option<i64> {
    let fits = is_digits(text) && (text.len() == digits || text == "0");
    text.parse().ok().filter(|_| fits)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_parts(parts: &[Part], text: &str) -> Option<NaiveDate> {
    let glued = !parts.iter().any(|part| matches!(part, Part::Text(_) | Part::MonthName));
    let (mut year, mut month_number, mut day) = (0, 0, 0);
    let mut rest = text;
    for part in parts {
        match part {
            Part::Text(letter) => rest = rest.strip_prefix(*letter)?,
            Part::Weekday => (_, rest) = word(rest)?,
            Part::MonthName => {
                let name;
                (name, rest) = word(rest)?;
                rest = rest.strip_prefix('.').unwrap_or(rest);
                month_number = month(name)?;
            }
            Part::Year => (year, rest) = number(rest, 4, 4)?,
            Part::ShortYear => {
                let short;
                (short, rest) = number(rest, 2, 2)?;
                year = if short < 69 { 2000 + short } else { 1900 + short };
            }
            Part::Month => (month_number, rest) = number(rest, if glued { 2 } else { 1 }, 2)?,
            Part::Day => (day, rest) = number(rest, if glued { 2 } else { 1 }, 2)?,
        }
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month_number, day)?;
    rest.is_empty().then_some(date)
}

/// So many digits from the front, as many as there are.
fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    (digits >= least).then_some(())?;
    Some((number.parse().ok()?, rest))
}

/// The letters in front.
fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> String {
        let pattern: DatePattern = pattern.parse().expect("a pattern");
        pattern.read(text).map_or_else(|| "-".into(), |date| date.to_string())
    }

    #[test]
    fn a_pattern_reads_what_is_written_so_and_nothing_else() {
        for (pattern, text, expected) in [
            ("%Y-%m-%d", "2017-03-25", "2017-03-25"),
            ("%Y-%m-%d", "2017-3-5", "2017-03-05"),
            ("%Y-%m-%d", "17-03-25", "-"),
            ("%Y-%m-%d", "2017-03-25x", "-"),
            ("%Y-%m-%d", "2017-02-29", "-"),
            ("%d/%m/%y", "25/03/17", "2017-03-25"),
            ("%d/%m/%y", "25/03/2017", "-"),
            ("%d/%m/%y", "01/01/68", "2068-01-01"),
            ("%d/%m/%y", "01/01/69", "1969-01-01"),
            ("%Y%m%d", "20170325", "2017-03-25"),
            ("%Y%m%d", "2017325", "-"),
            ("%d%b%Y", "5Mar2017", "2017-03-05"),
            ("%a, %d %b %Y", "Sat, 25 Mar 2017", "2017-03-25"),
            ("%d/%m/%Y %H:%M", "25/03/2017", "2017-03-25"),
            ("%-d.%-m.%Y", "5.3.2017", "2017-03-05"),
            ("serial", "42819", "2017-03-25"),
            ("serial", "42819.75", "2017-03-25"),
            ("serial", "-42819", "-"),
            ("epoch ms", "1490400000000", "2017-03-25"),
            ("epoch ms", "1490399999999", "2017-03-24"),
            ("epoch ms", "149040000000", "-"),
            ("epoch s", "1490400000", "2017-03-25"),
        ] {
            assert_eq!(read(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn months_have_names_in_five_languages() {
        for text in [
            "14 July 2025",
            "14 Jul 2025",
            "14 JULI 2025",
            "14 juil. 2025",
            "14 juillet 2025",
            "14 julio 2025",
            "14 Julho 2025",
        ] {
            assert_eq!(read("%d %b %Y", text), "2025-07-14", "{text}");
        }
        assert_eq!(read("%d. %B %Y", "3. März 2025"), "2025-03-03");
        assert_eq!(read("%d de %B de %Y", "3 de março de 2025"), "2025-03-03");
        assert_eq!(read("%d %b %Y", "14 Smarch 2025"), "-");
    }

    #[test]
    fn what_is_no_pattern_is_told_from_what_is() {
        for (given, message) in [
            ("dd.mm.yyyy", "it has no year"),
            ("%Y", "it has no month"),
            ("%d/%m/%Q", "%Q is none of"),
            ("%Y-%m-%d %d", "it has day twice"),
        ] {
            let error = given.parse::<DatePattern>().expect_err(given);
            assert!(error.to_string().contains(message), "{given}: {error}");
        }
        for given in ["%d/%m/%Y", "%d %b %Y", "serial", "epoch ms", "epoch s"] {
            let pattern: DatePattern = given.parse().expect(given);
            assert_eq!(pattern.to_string(), given);
        }
    }
}
