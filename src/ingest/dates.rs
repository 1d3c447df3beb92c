//! In which way a column writes its dates, by the evidence of all its values.
//!
//! Owns the patterns that are known and the rule that a column has one of them.
//! Never guesses: where two patterns read every value and differ about one, it
//! says so, and the import stops.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::error::What;

/// Days outside of these years are typing errors or placeholders, not dates of a deal.
pub const YEARS: std::ops::RangeInclusive<i32> = 1990..=2060;

/// How one column writes its dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateStyle {
    /// A `strftime` pattern without a time of day; [`SERIAL`] for Excel's day numbers.
    pub pattern: String,
    /// Values may carry a time of day behind the date, which is left out.
    pub time: bool,
    /// How many different values were looked at.
    pub values: usize,
    /// A value that only this pattern reads, where another was possible.
    pub decided_by: Option<String>,
}

/// Days since 30 December 1899, as a spreadsheet stores them.
pub const SERIAL: &str = "serial";

/// Patterns by shape: what stands for a run of digits or letters, and what is between.
pub const PATTERNS: &[&str] = &[
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%m.%d.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d %m %Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%y/%m/%d",
    "%d.%m.%y",
    "%m.%d.%y",
    "%d-%m-%y",
    "%m-%d-%y",
    "%y-%m-%d",
    "%d%m%Y",
    "%m%d%Y",
    "%d-%b-%Y",
    "%d/%b/%Y",
    "%d %b %Y",
    "%d. %b %Y",
    "%d-%b-%y",
    "%d/%b/%y",
    "%d %b %y",
    "%b %d, %Y",
    "%b %d %Y",
    "%d-%B-%Y",
    "%d %B %Y",
    "%d. %B %Y",
    "%B %d, %Y",
    "%B %d %Y",
    "%Y-%b-%d",
    "%d%b%Y",
    SERIAL,
];

/// What a column's values say.
pub enum Verdict {
    /// No value at all.
    Empty,
    Style(DateStyle),
    Unclear(What),
}

/// Decides over the different values of a column, trimmed, with the number of rows that have
/// each. `given` are the patterns a mapping or a preset names; where there are none, all that are
/// known are tried.
pub fn decide(values: &[(String, u64)], given: &[String]) -> Verdict {
    let dated: Vec<(&str, bool)> = values.iter().map(|(value, _)| without_time(value)).collect();
    let rows: u64 = values.iter().map(|(_, rows)| rows).sum();
    if dated.is_empty() {
        return Verdict::Empty;
    }
    let time = dated.iter().any(|(_, time)| *time);
    let given: Vec<String> = given.iter().map(|pattern| date_part(pattern)).collect();
    let candidates: Vec<&str> = if given.is_empty() {
        PATTERNS.to_vec()
    } else {
        given.iter().map(String::as_str).collect()
    };
    // A shape is judged once: a pattern that reads none of its values never will.
    let mut reads: Vec<Reads<'_>> = candidates
        .into_iter()
        .map(|pattern| Reads::of(pattern, &dated))
        .filter(|reads| reads.count > 0)
        .collect();
    reads.sort_by_key(|reads| std::cmp::Reverse(reads.count));
    let style = |reads: &Reads<'_>, decided_by: Option<&str>| {
        Verdict::Style(DateStyle {
            pattern: reads.pattern.to_owned(),
            time,
            values: dated.len(),
            decided_by: decided_by.map(str::to_owned),
        })
    };
    match reads.as_slice() {
        // Told how to read it: what cannot be read so is rejected row by row.
        [] if given.len() == 1 => Verdict::Style(DateStyle {
            pattern: given[0].clone(),
            time,
            values: dated.len(),
            decided_by: None,
        }),
        [best, ..] if given.len() == 1 => style(best, None),
        [best, rest @ ..] if best.rows(values) * 2 >= rows => {
            let mut decided_by = None;
            for other in rest {
                match best.against(other, &dated) {
                    Against::Differ { at, mixed: None, .. } if other.count == best.count => {
                        let rivals = reads.iter().filter(|reads| reads.count == best.count);
                        return Verdict::Unclear(unclear(&dated, at, rivals));
                    }
                    Against::Differ { mixed: Some(theirs), ours, .. } if best.alike(other) => {
                        return Verdict::Unclear(What::DateMixed {
                            first: (ours.unwrap_or_default(), best.pattern.to_owned()),
                            second: (theirs, other.pattern.to_owned()),
                        });
                    }
                    Against::Differ { ours: Some(ours), .. } => {
                        decided_by.get_or_insert(ours);
                    }
                    _ => {}
                }
            }
            style(best, decided_by.as_deref())
        }
        _ => {
            let unread = dated.iter().filter(|(value, _)| {
                reads.first().is_none_or(|best| read(value, best.pattern).is_none())
            });
            let samples = unread.take(3).map(|(value, _)| (*value).to_owned()).collect();
            match reads.as_slice() {
                // Not enough for either, and each reads what the other cannot.
                [best, other, ..] if best.alike(other) => {
                    if let Against::Differ { mixed: Some(theirs), ours: Some(ours), .. } =
                        best.against(other, &dated)
                    {
                        return Verdict::Unclear(What::DateMixed {
                            first: (ours, best.pattern.to_owned()),
                            second: (theirs, other.pattern.to_owned()),
                        });
                    }
                    Verdict::Unclear(What::DateUnreadable { samples })
                }
                _ => Verdict::Unclear(What::DateUnreadable { samples }),
            }
        }
    }
}

fn unclear<'a, 'b: 'a>(
    dated: &[(&str, bool)],
    at: usize,
    rivals: impl Iterator<Item = &'a Reads<'b>>,
) -> What {
    let sample = dated[at].0;
    // One pattern per different reading of the sample.
    let readings: BTreeMap<NaiveDate, String> =
        rivals.filter_map(|reads| Some((reads.dates[at]?, reads.pattern.to_owned()))).collect();
    let readings = readings.into_iter().map(|(date, pattern)| (pattern, date)).collect();
    What::Date { sample: sample.to_owned(), readings, sibling: None }
}

/// What one pattern makes of every value.
struct Reads<'a> {
    pattern: &'a str,
    dates: Vec<Option<NaiveDate>>,
    count: usize,
}

enum Against {
    Agree,
    Differ {
        /// A value that both read, differently; else 0.
        at: usize,
        /// A value that only this one reads.
        ours: Option<String>,
        /// A value that only the other reads.
        mixed: Option<String>,
    },
}

impl<'a> Reads<'a> {
    fn of(pattern: &'a str, dated: &[(&str, bool)]) -> Self {
        let dates: Vec<_> = dated.iter().map(|(value, _)| read(value, pattern)).collect();
        let count = dates.iter().flatten().count();
        Reads { pattern, dates, count }
    }

    /// Rows whose value it reads.
    fn rows(&self, values: &[(String, u64)]) -> u64 {
        let read = self.dates.iter().zip(values).filter(|(date, _)| date.is_some());
        read.map(|(_, (_, rows))| rows).sum()
    }

    fn against(&self, other: &Reads<'_>, dated: &[(&str, bool)]) -> Against {
        let only = |a: &Reads<'_>, b: &Reads<'_>| {
            let mut pairs = a.dates.iter().zip(&b.dates);
            let at = pairs.position(|(a, b)| a.is_some() && b.is_none());
            at.map(|at| dated[at].0.to_owned())
        };
        let (ours, mixed) = (only(self, other), only(other, self));
        let mut pairs = self.dates.iter().zip(&other.dates);
        let differ = pairs.position(|(a, b)| a.is_some() && b.is_some() && a != b);
        match (differ, &ours, &mixed) {
            (None, None, None) => Against::Agree,
            (None, _, None) => Against::Agree,
            _ => Against::Differ { at: differ.unwrap_or_default(), ours, mixed },
        }
    }

    /// Same separators, so that a value may be read by either.
    fn alike(&self, other: &Reads<'_>) -> bool {
        let bare = |pattern: &str| pattern.replace(|c: char| c.is_ascii_alphabetic(), "");
        bare(self.pattern) == bare(other.pattern)
    }
}

/// Reads a date in a pattern; `None` when it is none, or outside of [`YEARS`].
pub fn read(value: &str, pattern: &str) -> Option<NaiveDate> {
    let date = if pattern == SERIAL {
        let days: u64 = value.parse().ok().filter(|_| value.len() == 5)?;
        NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(chrono::Days::new(days))?
    } else {
        if !same_shape(value, pattern) {
            return None;
        }
        NaiveDate::parse_from_str(value, pattern).ok()?
    };
    YEARS.contains(&date.year()).then_some(date)
}

/// `%Y` has four digits, `%y` two, `%m` and `%d` one or two (two without separators), `%b` three
/// letters or four, `%B` more; all else is itself.
fn same_shape(value: &str, pattern: &str) -> bool {
    let glued = !pattern.contains(|c: char| !c.is_ascii_alphabetic() && c != '%');
    let mut rest = value;
    let mut parts = pattern.chars();
    while let Some(part) = parts.next() {
        if part != '%' {
            match rest.strip_prefix(part) {
                Some(behind) => rest = behind,
                None => return false,
            }
            continue;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest.chars().take_while(|c| c.is_alphabetic()).count();
        let length = match parts.next() {
            Some('Y') if digits >= 4 && (glued || digits == 4) => 4,
            Some('y') if digits == 2 => 2,
            Some('m' | 'd') if glued && digits >= 2 => 2,
            Some('m' | 'd' | 'e') if !glued && (1..=2).contains(&digits) => digits,
            Some('b') if (3..=4).contains(&letters) => letters,
            Some('B') if letters >= 3 => letters,
            // Anything else a mapping may name is left to the reading itself.
            Some('Y' | 'y' | 'm' | 'd' | 'e' | 'b' | 'B') | None => return false,
            Some(_) => return true,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    rest.is_empty()
}

/// The value up to its time of day, and whether there is one.
pub fn without_time(value: &str) -> (&str, bool) {
    let Some(colon) = value.find(':') else { return (value, false) };
    let hour = value[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    let date = hour.strip_suffix(['T', ' ']).map(|date| date.trim_end_matches([' ', ',']));
    match date {
        Some(date) if !date.is_empty() && colon > hour.len() => (date, true),
        _ => (value, false),
    }
}

/// A pattern without its time of day, and with the short forms written out.
pub fn date_part(pattern: &str) -> String {
    let long = pattern.replace("%F", "%Y-%m-%d").replace("%D", "%m/%d/%y").replace("%-", "%");
    let time = ["%H", "%I", "%k", "%l", "%T", "%R", "%r", "%X"];
    let end = time.iter().filter_map(|part| long.find(part)).min().unwrap_or(long.len());
    long[..end].trim_end_matches(['T', ' ', ',']).to_owned()
}

impl DateStyle {
    /// SQL of type DATE over a text expression: NULL where the text is no date in this style.
    /// Days outside of [`YEARS`] are left to [`within_years`].
    pub fn sql(&self, text: &str) -> String {
        let date = if self.time { timeless(text) } else { text.to_owned() };
        if self.pattern == SERIAL {
            return format!(
                "CASE WHEN regexp_full_match({date}, '[0-9]{{5}}') \
                 THEN DATE '1899-12-30' + TRY_CAST({date} AS INTEGER) END"
            );
        }
        // DuckDB reads one digit or two for %d, and does not know %e.
        let pattern = self.pattern.replace("%e", "%d").replace('\'', "''");
        format!("CAST(try_strptime({date}, '{pattern}') AS DATE)")
    }
}

/// A date with a time of day; the date is the first group.
const TIME: &str = "^(.*?)(?:T| |, ?)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)? \
                    ?(?:[AaPp][.]?[Mm][.]?)? ?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?$";

/// SQL: the text without the time of day behind a date; as it is where there is none.
pub fn timeless(text: &str) -> String {
    format!("regexp_replace({text}, '{TIME}', '\\1')")
}

/// SQL: the DATE expression where it is a day that can be, else NULL.
pub fn within_years(date: &str) -> String {
    let (first, last) = (YEARS.start(), YEARS.end());
    format!("CASE WHEN {date} BETWEEN DATE '{first}-01-01' AND DATE '{last}-12-31' THEN {date} END")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(texts: &[&str]) -> Vec<(String, u64)> {
        texts.iter().map(|text| ((*text).to_owned(), 1)).collect()
    }

    fn style(texts: &[&str]) -> DateStyle {
        match decide(&values(texts), &[]) {
            Verdict::Style(style) => style,
            Verdict::Empty => panic!("empty: {texts:?}"),
            Verdict::Unclear(what) => panic!("{what:?}: {texts:?}"),
        }
    }

    fn what(texts: &[&str]) -> What {
        match decide(&values(texts), &[]) {
            Verdict::Unclear(what) => what,
            _ => panic!("clear: {texts:?}"),
        }
    }

    #[test]
    fn every_known_way_of_writing_is_recognised() {
        for (text, pattern) in [
            ("2017-03-25", "%Y-%m-%d"),
            ("2017/3/25", "%Y/%m/%d"),
            ("20170325", "%Y%m%d"),
            ("25/3/2017", "%d/%m/%Y"),
            ("3/25/2017", "%m/%d/%Y"),
            ("25.03.2017", "%d.%m.%Y"),
            ("25-03-2017", "%d-%m-%Y"),
            ("25.03.17", "%d.%m.%y"),
            ("3/25/17", "%m/%d/%y"),
            ("25-Mar-2017", "%d-%b-%Y"),
            ("25-Mar-17", "%d-%b-%y"),
            ("25 March 2017", "%d %B %Y"),
            ("Mar 25, 2017", "%b %d, %Y"),
            ("42819", "serial"),
        ] {
            assert_eq!(style(&[text]).pattern, pattern, "{text}");
        }
    }

    #[test]
    fn one_value_can_decide_for_the_column() {
        let style = style(&["01-03-2017", "05-06-2017", "20-10-2016"]);
        assert_eq!(style.pattern, "%d-%m-%Y");
        assert_eq!(style.decided_by.as_deref(), Some("20-10-2016"));
    }

    #[test]
    fn where_nothing_decides_the_import_stops() {
        match what(&["01/03/2017", "05/06/2017"]) {
            What::Date { sample, readings, .. } => {
                assert_eq!(sample, "01/03/2017");
                let patterns: Vec<_> =
                    readings.iter().map(|(pattern, _)| pattern.as_str()).collect();
                assert_eq!(patterns, ["%m/%d/%Y", "%d/%m/%Y"]);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn where_both_readings_are_the_same_day_nothing_needs_deciding() {
        assert!(style(&["03/03/2017", "05/05/2017"]).pattern.ends_with("/%Y"));
    }

    #[test]
    fn two_ways_in_one_column_are_told() {
        match what(&["25/03/2017", "03/25/2017", "01/02/2017"]) {
            What::DateMixed { first, second } => {
                assert_eq!((first.0.as_str(), second.0.as_str()), ("25/03/2017", "03/25/2017"));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_stray_value_is_left_to_be_rejected() {
        let many = ["2017-01-13", "2017-01-14", "2017-01-15", "2017-01-16", "TBD"];
        assert_eq!(style(&many).pattern, "%Y-%m-%d");
        assert!(matches!(what(&["soon", "later", "2017-01-01"]), What::DateUnreadable { .. }));
    }

    #[test]
    fn times_of_day_are_left_out() {
        for text in ["2017-03-25 23:10:00", "2017-03-25T23:10:00.000Z", "2017-03-25T23:10:00+02:00"]
        {
            let style = style(&[text]);
            assert_eq!((style.pattern.as_str(), style.time), ("%Y-%m-%d", true));
        }
        assert_eq!(style(&["3/25/2017, 9:05 AM"]).pattern, "%m/%d/%Y");
    }

    #[test]
    fn a_given_pattern_is_believed_and_its_time_left_out() {
        let given = ["%d/%m/%Y %H:%M".to_owned()];
        match decide(&values(&["01/03/2017 10:00", "05/06/2017 10:00"]), &given) {
            Verdict::Style(style) => assert_eq!(style.pattern, "%d/%m/%Y"),
            _ => panic!("clear"),
        }
    }

    #[test]
    fn years_that_no_deal_has_are_no_dates() {
        assert_eq!(read("2061-01-01", "%Y-%m-%d"), None);
        assert_eq!(read("1989-12-31", "%Y-%m-%d"), None);
        assert_eq!(read("0016-10-20", "%Y-%m-%d"), None);
        assert_eq!(read("2017-02-29", "%Y-%m-%d"), None);
    }
}
