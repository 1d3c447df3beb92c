//! How a text is divided: its delimiter, and which line holds the headers.
//!
//! Owns the candidates; which of them is meant is decided by the preset that
//! knows the most of the headers (`choose`). Never reads beyond the head.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::OnceLock;

use crate::catalog::preset::nameless;

use super::error::ImportError;
use super::scratch::Scratch;
use super::source::{Layout, Source, Text};

/// Delimiters, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Above the header there may be a title and the filters of a report.
const LINES_ABOVE: usize = 30;
const HEAD: u64 = 256 << 10;
/// The most columns a file may have: DuckDB's reader needs memory for each of them.
pub const COLUMNS: usize = 2000;

/// A line that may hold the headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRow {
    pub delimiter: u8,
    /// As the file has them, trimmed.
    pub names: Vec<String>,
    /// Line of the file, or row of the sheet; the first is 1.
    pub line: u64,
    /// Where it starts, in bytes of the text file.
    pub start: u64,
    /// How many bytes were read for its names.
    pub length: u64,
    /// The whole line is quoted once more.
    pub wrapped: bool,
    /// The first column of each [`comparable`] name: a header is looked for under every name that
    /// any preset knows.
    places: OnceLock<HashMap<String, usize>>,
}

impl HeaderRow {
    /// `comma`, for people.
    pub fn delimiter_name(&self) -> &'static str {
        match self.delimiter {
            b',' => "comma",
            b';' => "semicolon",
            b'\t' => "tab",
            b'|' => "pipe",
            _ => "the delimiter of its first line",
        }
    }

    /// Names with a letter in them.
    pub fn words(&self) -> usize {
        self.names.iter().filter(|name| name.chars().any(char::is_alphabetic)).count()
    }

    /// Column of this header, from 0. Case, blanks and marks around do not count.
    pub fn find(&self, header: &str) -> Option<usize> {
        let places = self.places.get_or_init(|| {
            let mut places = HashMap::with_capacity(self.names.len());
            for (place, name) in self.names.iter().enumerate() {
                places.entry(comparable(name)).or_insert(place);
            }
            places
        });
        places.get(&comparable(header)).copied()
    }
}

/// Two headers are the same when this is: lower case, one blank for any run of blanks.
pub fn comparable(header: &str) -> String {
    let bare =
        header.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    bare.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Every line of the head that may hold the headers, in every way of dividing it
/// that gives more than one field; the likeliest division first.
///
/// # Errors
/// `Io`; `NoColumns`, `EndlessLine` and `TooManyColumns` for what no table looks like.
pub fn header_rows(source: &Source) -> Result<Vec<HeaderRow>, ImportError> {
    let file = || source.path.clone();
    let io = |source: io::Error| ImportError::Io { file: file(), source };
    let (head, whole) = head(&source.text).map_err(io)?;
    if !whole && !head.contains(&b'\n') {
        return Err(ImportError::EndlessLine { file: file(), most: HEAD });
    }
    let rows = candidates(&source.text, &head, whole);
    match rows.iter().find(|row| row.names.len() > COLUMNS) {
        None if rows.is_empty() => Err(ImportError::NoColumns { file: file() }),
        // A long text may hold many commas; what is divided like that throughout is meant so.
        Some(wide) if rows[0].names.len() > COLUMNS => {
            Err(ImportError::TooManyColumns { file: file(), line: wide.line, most: COLUMNS })
        }
        _ => Ok(rows.into_iter().filter(|row| row.names.len() <= COLUMNS).collect()),
    }
}

fn candidates(text: &Text, head: &[u8], whole: bool) -> Vec<HeaderRow> {
    let (said, above) = match text.layout {
        Layout::Lines => separator_line(head),
        Layout::Records { .. } => (Some(b','), 0),
    };
    let head = Head {
        bytes: &head[above..],
        whole,
        start: text.mark + above as u64,
        lines_above: u64::from(above > 0),
        layout: text.layout,
    };
    let delimiters = said.map_or(DELIMITERS.to_vec(), |said| vec![said]);
    let mut found: Vec<(usize, Vec<HeaderRow>)> =
        delimiters.into_iter().map(|delimiter| head.rows(delimiter)).collect();
    // A stable sort: where two divisions are as regular, the likelier delimiter stays first.
    found.sort_by_key(|(regular, _)| std::cmp::Reverse(*regular));
    let rows = found.into_iter().flat_map(|(_, rows)| rows);
    rows.map(|row| HeaderRow { line: row.line - text.above, ..row }).collect()
}

/// The text with a line above it that names its columns by their positions.
pub fn with_positions(text: &Text, scratch: &Scratch) -> io::Result<Text> {
    let (head, whole) = head(text)?;
    let rows = candidates(text, &head, whole);
    let Some(first) = rows.first() else { return copied(text, scratch, b"") };
    let same = rows.iter().filter(|row| row.delimiter == first.delimiter);
    let widths: Vec<usize> = same.map(|row| row.names.len()).collect();
    let commonest = |width: &usize| widths.iter().filter(|other| *other == width).count();
    let width = widths.iter().copied().max_by_key(commonest).unwrap_or_default();
    let names: Vec<String> = (1..=width).map(nameless).collect();
    // One kind of line end throughout.
    let end = if head.contains(&b'\r') { "\r\n" } else { "\n" };
    let line = names.join(&char::from(first.delimiter).to_string()) + end;
    let mut named = copied(text, scratch, line.as_bytes())?;
    named.above = 1;
    Ok(named)
}

fn copied(text: &Text, scratch: &Scratch, above: &[u8]) -> io::Result<Text> {
    let mut file = File::open(text.path())?;
    file.seek(SeekFrom::Start(text.mark))?;
    let mut temporary = scratch.file()?;
    temporary.write_all(above)?;
    io::copy(&mut file, &mut temporary)?;
    temporary.flush()?;
    let mut copy = Text::temporary(temporary.into_temp_path());
    copy.layout = text.layout;
    Ok(copy)
}

/// The first bytes without the mark; true when there are no more.
fn head(text: &Text) -> io::Result<(Vec<u8>, bool)> {
    let mut file = File::open(text.path())?;
    file.seek(SeekFrom::Start(text.mark))?;
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head)?;
    let whole = (head.len() as u64) < HEAD;
    if !whole && let Some(end) = head.iter().rposition(|byte| *byte == b'\n') {
        head.truncate(end + 1);
    }
    Ok((head, whole))
}

/// `sep=;` on the first line, which Excel writes and reads; and how long that line is.
fn separator_line(head: &[u8]) -> (Option<u8>, usize) {
    let end = head.iter().position(|byte| *byte == b'\n').map_or(head.len(), |end| end + 1);
    let line = head[..end].trim_ascii_end();
    let quoted = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\""));
    match quoted.unwrap_or(line) {
        [s, e, p, b'=', delimiter]
            if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && delimiter.is_ascii_punctuation() =>
        {
            (Some(*delimiter), end)
        }
        // A tab is blank and was trimmed.
        [s, e, p, b'='] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => (Some(b'\t'), end),
        _ => (None, 0),
    }
}

/// The first lines of a text.
struct Head<'a> {
    bytes: &'a [u8],
    /// There are no more.
    whole: bool,
    /// Where they start in the file.
    start: u64,
    lines_above: u64,
    layout: Layout,
}

impl Head<'_> {
    /// The rows of one division, and how many of the first hundred records have the
    /// commonest number of fields times that number.
    fn rows(&self, delimiter: u8) -> (usize, Vec<HeaderRow>) {
        let mut lines = reader(self.bytes, delimiter);
        let (mut record, mut inner) = (csv::ByteRecord::new(), csv::ByteRecord::new());
        let (mut out, mut widths) = (Vec::new(), Vec::new());
        let mut blank = 0;
        // The last record of a cut head is cut as well when a quote is open at its end.
        while widths.len() < 100 && matches!(lines.read_byte_record(&mut record), Ok(true)) {
            let Some(position) = record.position() else { continue };
            // The reader counts a blank line before a record to the record.
            let bytes = &self.bytes[position.byte() as usize..];
            let is_last = lines.position().byte() as usize >= self.bytes.len();
            if !self.whole && is_last && memchr::memchr_iter(b'"', bytes).count() % 2 == 1 {
                break;
            }
            let (skipped, breaks) = leading_breaks(bytes);
            blank += breaks;
            let line = match self.layout {
                Layout::Lines => position.line() + self.lines_above + breaks,
                Layout::Records { .. } => widths.len() as u64 + 1 + blank,
            };
            let wrapped = record.len() == 1
                && bytes.get(skipped as usize) == Some(&b'"')
                && is_one_record(&record[0], delimiter, &mut inner)
                && inner.len() > 1;
            let fields = if wrapped { &inner } else { &record };
            widths.push(fields.len());
            if fields.len() < 2 || out.len() >= LINES_ABOVE {
                continue;
            }
            let names = fields.iter().map(|field| String::from_utf8_lossy(field).trim().to_owned());
            let start = self.start + position.byte() + skipped;
            out.push(HeaderRow {
                delimiter,
                names: names.collect(),
                line,
                start,
                length: lines.position().byte() - position.byte() - skipped,
                wrapped,
                places: OnceLock::new(),
            });
        }
        let commonest =
            widths.iter().map(|width| widths.iter().filter(|w| *w == width).count() * (width - 1));
        (commonest.max().unwrap_or(0), out)
    }
}

/// A text of several records in one pair of quotes is a text, not a line quoted once more.
fn is_one_record(bytes: &[u8], delimiter: u8, record: &mut csv::ByteRecord) -> bool {
    let mut lines = reader(bytes, delimiter);
    matches!(lines.read_byte_record(record), Ok(true))
        && lines.position().byte() as usize == bytes.len()
}

fn reader(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(bytes)
}

fn leading_breaks(bytes: &[u8]) -> (u64, u64) {
    let breaks = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let skipped = breaks.clone().count() as u64;
    (skipped, breaks.filter(|byte| **byte == b'\n').count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(bytes: &[u8]) -> HeaderRow {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes).expect("written");
        let text = Text::temporary(file.into_temp_path());
        let (head, whole) = head(&text).expect("read");
        candidates(&text, &head, whole).into_iter().next().expect("a row")
    }

    #[test]
    fn the_delimiter_that_divides_regularly_comes_first() {
        for (bytes, delimiter) in [
            (&b"id,name\n1,a;b;c\n2,d\n"[..], b','),
            (b"id;amount;note\n1;1,50;a\n2;2,50;b\n", b';'),
            (b"id\tname, first\n1\ta\n2\tc, d, e\n", b'\t'),
            (b"id|name\n1|a\n", b'|'),
        ] {
            assert_eq!(first(bytes).delimiter, delimiter);
        }
    }

    #[test]
    fn the_separator_line_of_excel_is_believed() {
        let row = first(b"sep=;\r\na,b;c,d\r\n1,2;3,4\r\n");
        assert_eq!((row.delimiter, row.line, row.start), (b';', 2, 7));
        assert_eq!(row.names, ["a,b", "c,d"]);
    }

    #[test]
    fn a_file_without_a_header_is_given_one_above_its_first_line() {
        for (text, delimiter) in [("1\ta, b\tx\n2\tc\ty\n", b'\t'), ("1|a|x\r\n2|b|y\r\n", b'|')] {
            let mut file = tempfile::NamedTempFile::new().expect("a file");
            file.write_all(text.as_bytes()).expect("written");
            let bare = Text::temporary(file.into_temp_path());
            let scratch = Scratch::new().expect("a folder");
            let named = with_positions(&bare, &scratch).expect("read");
            let (head, whole) = head(&named).expect("read");
            let row = candidates(&named, &head, whole).into_iter().next().expect("a row");
            assert_eq!((row.delimiter, row.line), (delimiter, 0));
            assert_eq!(row.names, ["column 1", "column 2", "column 3"]);
            assert!(std::fs::read_to_string(named.path()).expect("text").ends_with(text));
        }
    }

    #[test]
    fn lines_above_the_header_are_counted() {
        let row = first(b"Report\n\nid,name\n1,a\n");
        assert_eq!((row.line, row.start), (3, 8));
    }

    #[test]
    fn a_line_that_is_quoted_once_more_is_opened() {
        let row = first(b"Report\n\"id,name\"\n\"1,\"\"Acme, Inc\"\"\"\n");
        assert_eq!((row.line, row.wrapped), (2, true));
        assert_eq!(row.names, ["id", "name"]);
        // Quotes around several lines hold a text.
        let row = first(b"\"a,b\n1,2\"\nid,name,amount\n1,a,5\n");
        assert_eq!(row.names, ["id", "name", "amount"]);
    }

    #[test]
    fn headers_compare_without_case_and_blanks() {
        let row = first(" Close  Date ,ID\n1,2\n".as_bytes());
        assert_eq!(row.find("close date"), Some(0));
        assert_eq!(row.find("Close_Date"), None);
    }
}
