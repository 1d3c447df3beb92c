//! The records, blank lines and broken lines of a text, one by one.
//!
//! Owns the window that moves over the file and what a record is by the shape
//! of the header. Memory is a few blocks, whatever the file holds.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::super::progress::Watched;
use super::super::source::Layout;
use super::window::{Record, Window};
use super::{Division, ENOUGH, Fault, Flow, LONGEST, ON};

const BLOCK: usize = 4 << 20;

/// What is kept of a line that is too long.
const KEPT: usize = 1000;

/// One stretch of text, and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    pub(super) kind: Kind,
    pub(super) line: u64,
    pub(super) bytes: &'a [u8],
    /// Its line end; empty at the end of a file that has none.
    pub(super) end: &'a [u8],
    /// Fields with something in them.
    pub(super) filled: usize,
}

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `rewrite` when DuckDB could read it otherwise than its names were read: a quote in it is not
    /// closed, stands behind blanks, or goes around the whole line.
    Header {
        rewrite: bool,
    },
    Row(Shape),
    Blank,
    Broken(Fault),
    /// At the end of the text, and no data.
    Footer,
}

/// How a record differs from what DuckDB takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    pub(super) fields: usize,
    pub(super) breaks: bool,
    pub(super) padded: bool,
    /// More than one blank stands before an opening quote.
    pub(super) indented: bool,
    pub(super) ends_empty: bool,
    /// Its whole line is quoted once more, and was opened.
    pub(super) wrapped: bool,
    /// It has fewer fields than the header.
    pub(super) short: bool,
    /// Where it is cut, because it has more.
    pub(super) cut: Option<usize>,
    /// What is cut off holds something.
    pub(super) beyond: bool,
}

/// Gives each piece in the order of the text, until one of them is enough.
pub(super) fn walk(
    division: &Division<'_>,
    short_rows: bool,
    mut each: impl FnMut(Piece<'_>) -> Flow,
) -> Flow {
    let mut file = File::open(division.path)?;
    file.seek(SeekFrom::Start(division.start))?;
    let file = division.progress.watch(file);
    let mut buffer = Buffer { file, bytes: Vec::new(), position: 0, ended: false };
    buffer.fill()?;
    let mut line = division.line;
    let mut header = true;
    let mut opened = Vec::new();
    while let Some(mut record) = buffer.record(division)? {
        let rewrite = header && buffer.as_its_names_were_read(&mut record, division);
        let mut bytes = &buffer.bytes[record.range.clone()];
        let mut filled = record.filled;
        let kind = if header {
            Kind::Header { rewrite }
        } else {
            let kind = division.kind(&record, bytes, short_rows);
            match division.unwrapped(kind, bytes, &mut opened) {
                Some((shape, inner)) => {
                    (bytes, filled) = (&opened, inner);
                    Kind::Row(shape)
                }
                None => kind,
            }
        };
        header = false;
        let end = &buffer.bytes[record.range.end..record.next];
        if each(Piece { kind, line, bytes, end, filled })?.is_break() {
            return ENOUGH;
        }
        line += match division.layout {
            Layout::Lines => record.breaks as u64 + 1,
            Layout::Records { .. } => 1,
        };
        buffer.position = record.next;
    }
    ON
}

impl Division<'_> {
    fn kind(&self, record: &Record, bytes: &[u8], short_rows: bool) -> Kind {
        if let Some(fault) = record.fault {
            return Kind::Broken(fault);
        }
        if record.fields == 1 && self.columns > 1 && bytes.iter().all(u8::is_ascii_whitespace) {
            return Kind::Blank;
        }
        let shape = Shape {
            fields: record.fields,
            breaks: record.breaks > 0,
            padded: record.padded,
            indented: record.indented,
            ends_empty: record.ends_empty,
            ..Shape::default()
        };
        let written_by_us = self.layout != Layout::Lines;
        let cut = record.surplus.map(|place| place - record.range.start);
        match record.fields.cmp(&self.columns) {
            std::cmp::Ordering::Equal => Kind::Row(shape),
            std::cmp::Ordering::Less if written_by_us || (short_rows && record.fields > 1) => {
                Kind::Row(Shape { short: true, ..shape })
            }
            std::cmp::Ordering::Greater if record.surplus_is_empty => {
                Kind::Row(Shape { cut, ..shape })
            }
            std::cmp::Ordering::Greater if written_by_us => {
                Kind::Row(Shape { cut, beyond: true, ..shape })
            }
            _ => Kind::Broken(Fault::Fields(record.fields)),
        }
    }

    /// The record within a line that is quoted once more: `"1,""Acme, Inc"",5"`. Spreadsheets
    /// write such lines when a file was opened with another delimiter, mostly those alone that
    /// have quotes in them; a text with commas is another matter.
    fn unwrapped(&self, kind: Kind, bytes: &[u8], out: &mut Vec<u8>) -> Option<(Shape, usize)> {
        let lone = matches!(kind, Kind::Broken(Fault::Fields(1))) && self.columns > 1;
        let doubled = || memchr::memmem::find(bytes, b"\"\"").is_some();
        if !lone || bytes.first() != Some(&b'"') || !(self.wrapped || doubled()) {
            return None;
        }
        open(bytes, out);
        let window = Window {
            bytes: out,
            whole: true,
            delimiter: self.delimiter,
            columns: self.columns,
            doubtful: true,
        };
        let record = window.record(0)?;
        match self.kind(&record, &out[record.range.clone()], false) {
            Kind::Row(shape) if record.next == out.len() => {
                Some((Shape { wrapped: true, ..shape }, record.filled))
            }
            _ => None,
        }
    }
}

/// Takes the outer quotes away.
fn open(bytes: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let bytes = bytes.trim_ascii();
    let inside = bytes.strip_prefix(b"\"").and_then(|bytes| bytes.strip_suffix(b"\""));
    let mut quote = false;
    for byte in inside.unwrap_or(bytes) {
        quote = *byte == b'"' && !quote;
        if !quote {
            out.push(*byte);
        }
    }
}

/// A window over the file that holds one whole record, or the start of one that is too long.
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

    /// The header ends where the reading of its names ended, at the end of that line; whether it
    /// has to be rewritten, so that it ends there for DuckDB too.
    fn as_its_names_were_read(&self, header: &mut Record, division: &Division<'_>) -> bool {
        let (start, within) = (self.position, division.header.max(1) - 1);
        let from = self.bytes.len().min(start + within as usize);
        let end = memchr::memchr(b'\n', &self.bytes[from..]);
        let end = end.map_or(self.bytes.len(), |offset| from + offset);
        let next = (end + 1).min(self.bytes.len());
        let same = header.next == next && header.fields == division.columns;
        if same && header.fault.is_none() && !header.indented {
            return false;
        }
        let content = end - usize::from(end > start && self.bytes[end - 1] == b'\r');
        let breaks = memchr::memchr_iter(b'\n', &self.bytes[start..content]).count();
        *header = Record { breaks, ..Record::plain(start..content, next) };
        true
    }

    fn record(&mut self, division: &Division<'_>) -> io::Result<Option<Record>> {
        loop {
            if self.position == self.bytes.len() && self.ended {
                return Ok(None);
            }
            let seen = Window {
                bytes: &self.bytes,
                whole: self.ended,
                delimiter: division.delimiter,
                columns: division.columns,
                doubtful: division.layout == Layout::Lines,
            };
            if let Some(record) = seen.record(self.position) {
                return Ok(Some(record));
            }
            let left = &self.bytes[self.position..];
            if left.len() > 2 * LONGEST && memchr::memchr(b'\n', left).is_none() {
                return self.endless().map(Some);
            }
            self.fill()?;
        }
    }

    /// A line without an end in sight: its start is kept, and the rest is read and forgotten.
    fn endless(&mut self) -> io::Result<Record> {
        let start = self.position;
        let kept = start + KEPT;
        loop {
            let rest = &self.bytes[kept..];
            if let Some(end) = memchr::memchr(b'\n', rest) {
                self.bytes.drain(kept..kept + end);
                return Ok(Record::broken(start..kept, kept + 1, Fault::Long));
            }
            self.bytes.truncate(kept);
            if self.ended {
                return Ok(Record::broken(start..kept, kept, Fault::Long));
            }
            let read = (&mut self.file).take(BLOCK as u64).read_to_end(&mut self.bytes)?;
            self.ended = read < BLOCK;
        }
    }
}
