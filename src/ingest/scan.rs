//! Where the records of a text begin and end, read independently of DuckDB.
//!
//! ```text
//! window   one record within the bytes at hand
//! pieces   the records, blank lines and broken lines of a text, one by one
//! tail     which lines at the end are no data: totals, footers
//! ```
//!
//! Owns the count that the staged rows are checked against, the lines that are
//! no records, and the way from a row back to its line. Needed because DuckDB's
//! reader, split over threads, can start a record inside a quoted text with
//! line breaks, and because after a quote that is never closed it drops every
//! line up to the next quote: here only the line with the quote is lost, and it
//! is named. Memory does not grow with the file, nor with a line of it.

mod pieces;
mod tail;
mod window;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::progress::FileProgress;
use super::source::Layout;
use pieces::{Kind, Piece};

/// Longer than this no record is: a quote was never closed, or it is no table. DuckDB's own limit
/// is 2 MB.
const LONGEST: usize = 1 << 20;

/// Whether more of a text is wanted.
type Flow = io::Result<ControlFlow<()>>;
const ON: Flow = Ok(ControlFlow::Continue(()));
const ENOUGH: Flow = Ok(ControlFlow::Break(()));

/// What is wrong with a line that is no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More or fewer fields than the header.
    Fields(usize),
    /// A quoted field goes on after its closing quote, or the quote is never closed.
    Quote,
    /// A quote that opens on this line swallows lines each of which looks like a record.
    Swallows,
    /// Longer than a record may be.
    Long,
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

/// A line below the data that is no data: a total, a count, who may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footer {
    pub line: u64,
    /// Its fields, each shortened.
    pub fields: Vec<String>,
}

/// What a text consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// Records that have the header's shape, the header not counted.
    pub records: u64,
    /// Lines with nothing but blanks.
    pub blank: u64,
    /// Some field may begin or end with a blank.
    pub padded: bool,
    /// A quoted text goes over a line end: DuckDB must not split the file over threads.
    pub quoted_breaks: bool,
    /// Records whose whole line is quoted once more.
    pub wrapped: u64,
    /// Records that lack their last fields, because whoever wrote the file leaves out empty ones.
    pub short: u64,
    /// Records of a sheet with cells to the right of the last header.
    pub beyond: u64,
    pub broken: Vec<Broken>,
    pub footers: Vec<Footer>,
    /// DuckDB would not take the text as it is.
    untidy: bool,
}

impl Structure {
    /// Every line from the header on is a record as DuckDB reads it.
    pub fn is_tidy(&self) -> bool {
        !self.untidy && self.broken.is_empty() && self.footers.is_empty()
    }
}

/// Which text, and how it is divided.
#[derive(Clone, Copy, Debug)]
pub struct Division<'a> {
    pub path: &'a Path,
    /// Told of every block that is read.
    pub progress: &'a FileProgress,
    pub layout: Layout,
    /// Where the header starts, in bytes.
    pub start: u64,
    /// How many bytes of it were read for its names; its line may go on.
    pub header: u64,
    /// The line it starts on, the first is 1.
    pub line: u64,
    pub delimiter: u8,
    pub columns: usize,
    /// The header's line is quoted once more.
    pub wrapped: bool,
}

impl Division<'_> {
    /// Reads the whole text.
    pub fn structure(&self) -> io::Result<Structure> {
        let mut found = Structure { untidy: self.wrapped, ..Structure::default() };
        let mut evidence = Evidence::default();
        self.walk(false, |piece| {
            evidence.see(&piece, self.columns);
            found.see(piece, self.delimiter);
            ON
        })?;
        if let Layout::Lines = self.layout
            && evidence.leaves_out_empty_ends()
        {
            // Lines with fewer fields are records after all.
            let short = |broken: &Broken| is_short(broken.fault, self.columns);
            found.short = found.broken.iter().filter(|broken| short(broken)).count() as u64;
            found.broken.retain(|broken| !short(broken));
            found.records += found.short;
            found.untidy |= found.short > 0;
        }
        Ok(found)
    }

    /// The lines on which the rows with these numbers start; numbers count from 0 and ascend.
    pub fn lines_of(&self, structure: &Structure, rows: &[u64]) -> io::Result<Vec<u64>> {
        let mut lines = Vec::with_capacity(rows.len());
        let mut number = 0;
        self.walk(structure.short > 0, |piece| {
            if let Kind::Row(_) = piece.kind {
                if rows.get(lines.len()) == Some(&number) {
                    lines.push(piece.line);
                }
                number += 1;
            }
            // Those of the first rows do not cost a walk through the whole file.
            if lines.len() == rows.len() { ENOUGH } else { ON }
        })?;
        Ok(lines)
    }

    /// The header and the records alone, each with as many fields as the header, so that DuckDB
    /// has nothing to object to.
    pub fn copy_clean(&self, structure: &Structure, out: &mut impl Write) -> io::Result<()> {
        self.walk(structure.short > 0, |piece| {
            let Kind::Row(shape) = piece.kind else {
                if let Kind::Header { rewrite } = piece.kind {
                    if rewrite {
                        // Its names are known already; only their number counts.
                        let names = vec![b"c".as_slice(); self.columns];
                        out.write_all(&names.join(&self.delimiter))?;
                    } else {
                        out.write_all(piece.bytes)?;
                    }
                    out.write_all(line_end(piece.end))?;
                }
                return ON;
            };
            let record = &piece.bytes[..shape.cut.unwrap_or(piece.bytes.len())];
            if shape.indented {
                out.write_all(&window::without_indents(record, self.delimiter))?;
            } else {
                out.write_all(record)?;
            }
            for _ in shape.fields..self.columns {
                out.write_all(&[self.delimiter])?;
            }
            out.write_all(line_end(piece.end))?;
            ON
        })
    }

    /// Gives each piece of the text, those at its end judged together, until one is enough.
    fn walk(&self, short_rows: bool, mut each: impl FnMut(Piece<'_>) -> Flow) -> io::Result<()> {
        let cells = self.layout != Layout::Lines;
        let mut tail = tail::Tail::new(self.columns, self.delimiter, cells);
        let flow = pieces::walk(self, short_rows, |piece| tail.pass(piece, &mut each))?;
        if flow.is_continue() {
            let _ = tail.end(&mut each)?;
        }
        Ok(())
    }
}

/// The last line may have none, and more may follow it.
fn line_end(end: &[u8]) -> &[u8] {
    if end.is_empty() { b"\n" } else { end }
}

fn is_short(fault: Fault, columns: usize) -> bool {
    matches!(fault, Fault::Fields(fields) if fields > 1 && fields < columns)
}

impl Structure {
    fn see(&mut self, piece: Piece<'_>, delimiter: u8) {
        match piece.kind {
            Kind::Header { rewrite } => self.untidy |= rewrite,
            Kind::Blank => {
                self.blank += 1;
                // DuckDB takes a line of blanks for a record.
                self.untidy |= !piece.bytes.is_empty();
            }
            Kind::Row(shape) => {
                self.records += 1;
                self.quoted_breaks |= shape.breaks;
                self.padded |= shape.padded;
                self.wrapped += u64::from(shape.wrapped);
                self.beyond += u64::from(shape.beyond);
                self.untidy |=
                    shape.wrapped || shape.short || shape.indented || shape.cut.is_some();
            }
            Kind::Broken(fault) => {
                let text = shortened(piece.bytes);
                self.broken.push(Broken { line: piece.line, text, fault });
            }
            Kind::Footer => {
                let fields = fields(piece.bytes, delimiter);
                self.footers.push(Footer { line: piece.line, fields });
            }
        }
    }
}

/// Whether whoever wrote the file leaves out empty fields at the end of a line.
#[derive(Default)]
struct Evidence {
    full: u64,
    short: u64,
    /// Some full line ends with an empty field: empty ones are written.
    ends_empty: bool,
    /// Two short lines follow each other that together are one record: a line break that was not
    /// quoted.
    split: bool,
    /// Fields of the last piece, if it was short.
    before: Option<usize>,
    /// The last line is short and has no end: the file was cut.
    cut: bool,
    /// Some line has too many fields: delimiters are not to be trusted.
    long: bool,
}

impl Evidence {
    fn see(&mut self, piece: &Piece<'_>, columns: usize) {
        self.cut = false;
        let before = self.before.take();
        match piece.kind {
            Kind::Row(shape) => {
                self.full += 1;
                self.ends_empty |= shape.ends_empty;
            }
            Kind::Broken(Fault::Fields(fields)) if fields < columns => {
                // A line with one field is part of a text, not a record.
                self.split |=
                    fields == 1 || before.is_some_and(|before| before + fields == columns + 1);
                self.short += u64::from(fields > 1);
                self.before = Some(fields);
                self.cut = piece.end.is_empty();
            }
            Kind::Broken(_) => self.long = true,
            _ => {}
        }
    }

    fn leaves_out_empty_ends(&self) -> bool {
        let doubtful = self.ends_empty || self.split || self.cut || self.long;
        self.short > 0 && self.full > 0 && !doubtful
    }
}

/// The fields of one line, each of at most 200 characters.
fn fields(line: &[u8], delimiter: u8) -> Vec<String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line);
    let mut record = csv::ByteRecord::new();
    match reader.read_byte_record(&mut record) {
        Ok(true) => record.iter().map(|field| shortened(field.trim_ascii())).collect(),
        _ => vec![shortened(line)],
    }
}

/// At most 200 characters.
fn shortened(bytes: &[u8]) -> String {
    // A letter has four bytes at most.
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]);
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests;
