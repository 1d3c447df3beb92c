//! Where the records of a text begin and end, read independently of DuckDB.
//!
//! Owns the count that the staged rows are checked against, the lines that are
//! no records, and the way from a row back to its line. Needed because DuckDB's
//! reader, split over threads, can start a record inside a quoted text with
//! line breaks, and because after a quote that is never closed it drops every
//! line up to the next quote: here only the line with the quote is lost, and it
//! is named.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow::{self, Break, Continue};
use std::ops::Range;
use std::path::Path;

use memchr::{memchr, memchr3};

use super::progress::{FileProgress, Watched};

/// A record longer than this is a quote that was never closed. DuckDB's own limit is 2 MB.
const LONGEST: usize = 1 << 20;
const BLOCK: usize = 4 << 20;

/// What is wrong with a line that is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More or fewer fields than the header.
    Fields(usize),
    /// A quoted field goes on after its closing quote, or the quote is never closed.
    Quote,
    /// A quote that opens on this line swallows lines each of which looks like a record.
    Swallows,
}

/// One stretch of text between two line ends that count.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    /// Bytes within the buffer, without the line end.
    range: Range<usize>,
    /// Where the next one starts.
    next: usize,
    fields: usize,
    /// Line breaks within.
    breaks: usize,
    /// There are more fields than the header has, and those are empty.
    surplus_is_empty: bool,
    padded: bool,
    fault: Option<Fault>,
}

/// A line that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Line of the file, the first is 1.
    pub line: u64,
    /// The line, shortened.
    pub text: String,
    pub fault: Fault,
}

/// What a text consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// Records that have the header's shape, the header not counted.
    pub records: u64,
    /// Lines with nothing but blanks.
    pub blank: u64,
    /// Some of `blank` are not quite empty, which DuckDB would take for records.
    pub padded_blanks: bool,
    /// Some field may begin or end with a blank.
    pub padded: bool,
    /// A quoted text goes over a line end: DuckDB must not split the file over threads.
    pub quoted_breaks: bool,
    pub broken: Vec<Broken>,
}

/// Which text, and how it is divided.
#[derive(Clone, Copy, Debug)]
pub struct Division<'a> {
    pub path: &'a Path,
    /// Told of every block that is read.
    pub progress: &'a FileProgress,
    /// Where the header starts, in bytes.
    pub start: u64,
    /// The line it starts on, the first is 1.
    pub line: u64,
    pub delimiter: u8,
    pub columns: usize,
}

impl Division<'_> {
    /// Reads the whole text.
    pub fn structure(&self) -> io::Result<Structure> {
        let mut found = Structure::default();
        self.walk(|piece, line, bytes, _| {
            match piece {
                Piece::Header => {}
                Piece::Blank => {
                    found.blank += 1;
                    found.padded_blanks |= !bytes.is_empty();
                }
                Piece::Row { breaks, padded } => {
                    found.records += 1;
                    found.quoted_breaks |= breaks;
                    found.padded |= padded;
                }
                Piece::Broken(fault) => {
                    found.broken.push(Broken { line, text: shortened(bytes), fault });
                }
            }
            Ok(Continue(()))
        })?;
        Ok(found)
    }

    /// The lines on which the rows with these numbers start; numbers count from 0 and ascend.
    pub fn lines_of(&self, rows: &[u64]) -> io::Result<Vec<u64>> {
        let mut lines = Vec::with_capacity(rows.len());
        let mut number = 0;
        self.walk(|piece, line, _, _| {
            if let Piece::Row { .. } = piece {
                if rows.get(lines.len()) == Some(&number) {
                    lines.push(line);
                }
                number += 1;
            }
            Ok(if lines.len() == rows.len() { Break(()) } else { Continue(()) })
        })?;
        Ok(lines)
    }

    /// The header and the records alone, so that DuckDB has nothing to object to.
    pub fn copy_clean(&self, out: &mut impl Write) -> io::Result<()> {
        self.walk(|piece, _, bytes, end| match piece {
            Piece::Header | Piece::Row { .. } => {
                out.write_all(bytes)?;
                out.write_all(end)?;
                Ok(Continue(()))
            }
            Piece::Blank | Piece::Broken(_) => Ok(Continue(())),
        })
    }

    /// Gives each piece with its line, its bytes, and its line end, to the end or to a break.
    fn walk(
        &self,
        mut each: impl FnMut(Piece, u64, &[u8], &[u8]) -> io::Result<ControlFlow<()>>,
    ) -> io::Result<()> {
        let mut file = File::open(self.path)?;
        file.seek(SeekFrom::Start(self.start))?;
        let file = self.progress.watch(file);
        let mut buffer = Buffer { file, bytes: Vec::new(), position: 0, ended: false };
        buffer.fill()?;
        let mut line = self.line;
        let mut header = true;
        while let Some(record) = buffer.record(self.delimiter, self.columns)? {
            let bytes = &buffer.bytes[record.range.clone()];
            let piece = match record.fault {
                _ if header => Piece::Header,
                Some(fault) => Piece::Broken(fault),
                None if record.fields == 1 && blank(bytes) && (self.columns > 1) => Piece::Blank,
                None if record.fields == self.columns || record.surplus_is_empty => {
                    Piece::Row { breaks: record.breaks > 0, padded: record.padded }
                }
                None => Piece::Broken(Fault::Fields(record.fields)),
            };
            header = false;
            if each(piece, line, bytes, &buffer.bytes[record.range.end..record.next])?.is_break() {
                break;
            }
            line += record.breaks as u64 + 1;
            buffer.position = record.next;
        }
        Ok(())
    }
}

#[derive(Clone, Copy, Debug)]
enum Piece {
    Header,
    Row { breaks: bool, padded: bool },
    Blank,
    Broken(Fault),
}

/// A window over the file that always holds one whole record.
struct Buffer {
    file: Watched<File>,
    bytes: Vec<u8>,
    position: usize,
    ended: bool,
}

impl Buffer {
    /// Moves what is left to the front and reads another block behind it.
    fn fill(&mut self) -> io::Result<()> {
        self.bytes.drain(..self.position);
        self.position = 0;
        let read = (&mut self.file).take(BLOCK as u64).read_to_end(&mut self.bytes)?;
        self.ended = read < BLOCK;
        Ok(())
    }

    fn record(&mut self, delimiter: u8, columns: usize) -> io::Result<Option<Record>> {
        loop {
            if self.position == self.bytes.len() && self.ended {
                return Ok(None);
            }
            let seen = Window { bytes: &self.bytes, whole: self.ended, delimiter, columns };
            if let Some(record) = seen.record(self.position) {
                return Ok(Some(record));
            }
            self.fill()?;
        }
    }
}

/// The bytes at hand; `whole` when nothing comes behind them.
struct Window<'a> {
    bytes: &'a [u8],
    whole: bool,
    delimiter: u8,
    columns: usize,
}

impl Window<'_> {
    /// The record that starts here; `None` when its end is not in the window.
    fn record(&self, start: usize) -> Option<Record> {
        let bytes = self.bytes;
        let (mut fields, mut field, mut at, mut breaks) = (1, start, start, 0);
        let (mut surplus, mut padded) = (false, false);
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
                            breaks += memchr::memchr_iter(b'\n', &bytes[found..next]).count();
                            padded |= self.quoted_is_padded(found, next);
                            at = next;
                        }
                        Quoted::Wrong => return self.first_line(start, Fault::Quote),
                        Quoted::OutOfSight => return None,
                    }
                }
                b'"' => at = found + 1,
                b'\n' => break found,
                _ => {
                    surplus |= fields > self.columns && found > field;
                    padded |= is_padded(&bytes[field..found]);
                    fields += 1;
                    field = found + 1;
                    at = found + 1;
                }
            }
        };
        let content = end - usize::from(end > start && bytes[end - 1] == b'\r');
        surplus |= fields > self.columns && content > field;
        padded |= is_padded(&bytes[field..content.max(field)]);
        if breaks > 0 && self.every_line_is_a_record(&bytes[start..content]) {
            return self.first_line(start, Fault::Swallows);
        }
        let next = (end + 1).min(bytes.len());
        let surplus_is_empty = fields > self.columns && !surplus;
        let range = start..content;
        Some(Record { range, next, fields, breaks, surplus_is_empty, padded, fault: None })
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
        let next = (end + 1).min(self.bytes.len());
        Some(Record {
            range: start..content,
            next,
            fields: 0,
            breaks: 0,
            surplus_is_empty: false,
            padded: false,
            fault: Some(fault),
        })
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

fn blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

/// At most 200 characters.
fn shortened(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(text: &str, columns: usize, look: impl FnOnce(&Division<'_>) -> T) -> T {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        let progress = &FileProgress::default();
        let path = file.path();
        look(&Division { path, progress, start: 0, line: 1, delimiter: b',', columns })
    }

    fn structure(text: &str) -> Structure {
        with(text, 3, |division| division.structure().expect("read"))
    }

    fn broken(text: &str) -> Vec<(u64, Fault)> {
        structure(text).broken.into_iter().map(|broken| (broken.line, broken.fault)).collect()
    }

    #[test]
    fn records_blanks_and_line_breaks_are_told_apart() {
        let found = structure("id,name,amount\n1,\"a\nb\",5\n\n2,x,6\n   \n3,,\n");
        assert_eq!((found.records, found.blank), (3, 2));
        assert!(found.quoted_breaks && found.padded_blanks && found.broken.is_empty());
        let found = structure("id,name,amount\r\n1,\"a, b\",5\r\n");
        assert!(!found.quoted_breaks && !found.padded);
        for text in ["1, a,2", "1,\"a \",2", "1,a,2 ", " 1,a,2", "1,\u{a0}a,2"] {
            assert!(structure(&format!("id,name,amount\n{text}\n")).padded, "{text}");
        }
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let text = "id,name,amount\r\n1,\"a\r\nb\",5\r\n\r\nshort\r\n2,x,6\r\n3,y,7";
        with(text, 3, |division| {
            assert_eq!(division.lines_of(&[0, 1, 2]).expect("read"), [2, 6, 7]);
            assert_eq!(division.lines_of(&[2]).expect("read"), [7]);
        });
    }

    #[test]
    fn a_wrong_number_of_fields_is_a_fault_unless_the_surplus_is_empty() {
        let text = "id,name,amount\n2,x\n3,y,6,7\n4,y,6,,\n5,a,b,,c\n";
        assert_eq!(
            broken(text),
            [(2, Fault::Fields(2)), (3, Fault::Fields(4)), (5, Fault::Fields(5))]
        );
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_its_own_line_only() {
        let text = "id,name,amount\n4,\"q,7\n5,z,9\n\n6,\"a \"\"q\"\" b\",1\n7,p,2\n";
        assert_eq!(broken(text), [(2, Fault::Quote)]);
        assert_eq!(structure(text).records, 3);
        assert_eq!(broken("id,name,amount\n1,\"a,2\n2,b,3\n3,c,4"), [(2, Fault::Quote)]);
        assert_eq!(
            broken("id,name,amount\n1,\"a \"b\" c\",2\n2,\"x\"y,3\n"),
            [(2, Fault::Quote), (3, Fault::Quote)]
        );
    }

    #[test]
    fn two_records_joined_by_stray_quotes_are_not_one() {
        assert_eq!(broken("id,name,amount\n4,\"q,7\n5,z\",9\n6,x,1\n"), [(2, Fault::Swallows)]);
        // A real text over two lines has the delimiters of one record, not of two.
        assert_eq!(broken("id,name,amount\n4,\"q\nz\",9\n"), []);
    }

    #[test]
    fn quotes_within_a_text_are_letters() {
        let found = structure("id,name,amount\n1,12\" disk,2\n4, \"lead\",5\n5,\"trail\" ,6\n");
        assert_eq!((found.records, found.broken.len()), (3, 0));
    }

    #[test]
    fn a_clean_copy_holds_the_records_alone() {
        with("id,name,amount\r\n1,\"a\r\nb\",5\r\n \r\nx\r\n2,x,6", 3, |division| {
            let mut out = Vec::new();
            division.copy_clean(&mut out).expect("written");
            assert_eq!(String::from_utf8_lossy(&out), "id,name,amount\r\n1,\"a\r\nb\",5\r\n2,x,6");
        });
    }

    #[test]
    fn records_over_block_borders_stay_whole() {
        let text = format!("{},\"{}\nend\",5\n", "i".repeat(40), "x".repeat(100_000));
        let found = structure(&format!("id,name,amount\n{}", text.repeat(100)));
        assert_eq!((found.records, found.broken.len()), (100, 0));
        let unclosed = format!("id,name,amount\n1,\"{}\n2,b,c\n", "y".repeat(5 << 20));
        assert_eq!(broken(&unclosed), [(2, Fault::Quote)]);
    }
}
