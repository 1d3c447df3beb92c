//! One record within the bytes at hand.
//!
//! Owns what a quote, a delimiter and a line end mean. Looks at no more than
//! the bytes it is given, and says when the end of the record is not in them.

use std::ops::Range;

use memchr::{memchr, memchr3};

use super::{Fault, LONGEST};

/// One stretch of text between two line ends that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Bytes within the buffer, without the line end.
    pub(super) range: Range<usize>,
    /// Where the next one starts.
    pub(super) next: usize,
    pub(super) fields: usize,
    /// Fields with something in them.
    pub(super) filled: usize,
    /// Line breaks within.
    pub(super) breaks: usize,
    /// Where the surplus starts, when there are more fields than the header has.
    pub(super) surplus: Option<usize>,
    /// Of the surplus, nothing is filled.
    pub(super) surplus_is_empty: bool,
    pub(super) ends_empty: bool,
    pub(super) padded: bool,
    /// More than one blank stands before an opening quote.
    pub(super) indented: bool,
    pub(super) fault: Option<Fault>,
}

/// The bytes at hand; `whole` when nothing comes behind them.
pub(super) struct Window<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) whole: bool,
    pub(super) delimiter: u8,
    pub(super) columns: usize,
    /// Quotes may be wrong: the text was not written by us.
    pub(super) doubtful: bool,
}

impl Window<'_> {
    /// The record that starts here; `None` when its end is not in the window.
    pub(super) fn record(&self, start: usize) -> Option<Record> {
        let bytes = self.bytes;
        let (mut fields, mut field, mut at, mut breaks) = (1, start, start, 0);
        let (mut filled, mut surplus, mut surplus_is_empty) = (0, None, true);
        let (mut padded, mut indented) = (false, false);
        // Bytes of the field that are but quotes around nothing.
        let mut hollow = 0;
        let end = loop {
            if at - start > LONGEST {
                return self.first_line(start, Fault::Quote);
            }
            let Some(offset) = memchr3(self.delimiter, b'\n', b'"', &bytes[at..]) else {
                if self.whole {
                    break bytes.len();
                }
                return None;
            };
            let found = at + offset;
            match bytes[found] {
                b'"' if bytes[field..found].iter().all(|byte| *byte == b' ') => {
                    match self.quoted(found + 1) {
                        Quoted::Until(next) => {
                            indented |= found > field + 1;
                            breaks += memchr::memchr_iter(b'\n', &bytes[found..next]).count();
                            padded |= self.quoted_is_padded(found, next);
                            if bytes[field..next].trim_ascii() == b"\"\"" {
                                hollow = next - field;
                            }
                            at = next;
                        }
                        Quoted::Wrong => return self.first_line(start, Fault::Quote),
                        Quoted::OutOfSight => return None,
                    }
                }
                b'"' => at = found + 1,
                b'\n' => break found,
                _ => {
                    let is_filled = found > field + hollow;
                    filled += usize::from(is_filled);
                    surplus_is_empty &= fields <= self.columns || !is_filled;
                    padded |= is_padded(&bytes[field..found]);
                    if fields == self.columns {
                        surplus = Some(found);
                    }
                    fields += 1;
                    field = found + 1;
                    at = found + 1;
                    hollow = 0;
                }
            }
        };
        let content = end - usize::from(end > start && bytes[end - 1] == b'\r');
        let is_filled = content > field + hollow;
        filled += usize::from(is_filled);
        surplus_is_empty &= fields <= self.columns || !is_filled;
        padded |= is_padded(&bytes[field..content.max(field)]);
        if self.doubtful && breaks > 0 && self.every_line_is_a_record(&bytes[start..content]) {
            return self.first_line(start, Fault::Swallows);
        }
        Some(Record {
            range: start..content,
            next: (end + 1).min(bytes.len()),
            fields,
            filled,
            breaks,
            surplus,
            surplus_is_empty: surplus.is_some() && surplus_is_empty,
            ends_empty: fields > 1 && !is_filled,
            padded,
            indented,
            fault: None,
        })
    }

    /// Behind the closing quote of a quoted field and the blanks that follow it.
    fn quoted(&self, inside: usize) -> Quoted {
        let bytes = self.bytes;
        let mut at = inside;
        loop {
            let Some(offset) = memchr(b'"', &bytes[at..]) else {
                let too_long = bytes.len() - inside > LONGEST;
                return if self.whole || too_long { Quoted::Wrong } else { Quoted::OutOfSight };
            };
            let quote = at + offset;
            match bytes.get(quote + 1) {
                Some(b'"') => at = quote + 2,
                None if !self.whole => return Quoted::OutOfSight,
                _ => {
                    let mut next = quote + 1;
                    while bytes.get(next) == Some(&b' ') {
                        next += 1;
                    }
                    return match (bytes.get(next), bytes.get(next + 1)) {
                        (None | Some(b'\r'), None) if !self.whole => Quoted::OutOfSight,
                        (None | Some(b'\n'), _) | (Some(b'\r'), Some(b'\n')) => Quoted::Until(next),
                        (Some(byte), _) if *byte == self.delimiter => Quoted::Until(next),
                        _ => Quoted::Wrong,
                    };
                }
            }
        }
    }

    /// Blanks just inside the quotes.
    fn quoted_is_padded(&self, quote: usize, next: usize) -> bool {
        let inside = self.bytes[quote + 1..next].trim_ascii_end();
        is_padded(inside.strip_suffix(b"\"").unwrap_or(inside))
    }

    /// The line alone, so that reading goes on behind it.
    fn first_line(&self, start: usize, fault: Fault) -> Option<Record> {
        let end = match memchr(b'\n', &self.bytes[start..]) {
            Some(offset) => start + offset,
            None if self.whole => self.bytes.len(),
            None => return None,
        };
        let content = end - usize::from(end > start && self.bytes[end - 1] == b'\r');
        let fault = if content - start > LONGEST { Fault::Long } else { fault };
        Some(Record::broken(start..content, (end + 1).min(self.bytes.len()), fault))
    }

    /// Two records of which one opens a quote and the other closes it look like one record with
    /// a line break. In a real one the delimiters are spread over its lines.
    fn every_line_is_a_record(&self, bytes: &[u8]) -> bool {
        self.columns >= 3
            && bytes
                .split(|byte| *byte == b'\n')
                .all(|line| memchr::memchr_iter(self.delimiter, line).count() + 1 == self.columns)
    }
}

impl Record {
    pub(super) fn broken(range: Range<usize>, next: usize, fault: Fault) -> Self {
        Record { fault: Some(fault), ..Record::plain(range, next) }
    }

    /// A stretch of text of which nothing else is known.
    pub(super) fn plain(range: Range<usize>, next: usize) -> Self {
        Record {
            range,
            next,
            fields: 0,
            filled: 0,
            breaks: 0,
            surplus: None,
            surplus_is_empty: false,
            ends_empty: false,
            padded: false,
            indented: false,
            fault: None,
        }
    }
}

/// A record without the blanks before its opening quotes: DuckDB passes over one, and takes the
/// quote behind two for a part of the text.
pub(super) fn without_indents(record: &[u8], delimiter: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(record.len());
    let mut rest = record;
    loop {
        let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
        if rest.get(blanks) == Some(&b'"') {
            rest = &rest[blanks..];
            let mut end = 1;
            while let Some(offset) = memchr(b'"', &rest[end..]) {
                end += offset + 1;
                if rest.get(end) != Some(&b'"') {
                    break;
                }
                end += 1;
            }
            out.extend_from_slice(&rest[..end]);
            rest = &rest[end..];
        }
        let Some(offset) = memchr(delimiter, rest) else { break };
        out.extend_from_slice(&rest[..=offset]);
        rest = &rest[offset + 1..];
    }
    out.extend_from_slice(rest);
    out
}

enum Quoted {
    Until(usize),
    Wrong,
    OutOfSight,
}

/// The field may begin or end with a blank; letters beyond ASCII are not looked at closer.
fn is_padded(field: &[u8]) -> bool {
    let outer = |byte: Option<&u8>| byte.is_some_and(|b| *b <= b' ' || *b >= 0x80);
    outer(field.first()) || outer(field.last())
}
