//! What a workbook's archive would become, before anything is made of it.
//!
//! Owns the bounds: each part is unpacked once, in a stream and into nothing, so
//! that a small file that unpacks to a huge one is known before its memory is
//! asked for. Notes on the way what the sheets hide.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::refused::Refused;

/// All parts of a workbook together, unpacked.
const LARGEST: u64 = 3 << 30;

/// Text and numbers become a tenth when packed; hardly any sheet becomes less than a hundredth.
const DENSEST: u64 = 300;

/// Up to here a part may be as dense as it likes.
const SMALL: u64 = 64 << 20;

/// Which program's workbook it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xlsb,
    Ods,
}

/// What is known of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Survey {
    pub(super) kind: Kind,
    pub(super) hidden_rows: u64,
    pub(super) hidden_columns: u64,
    /// Formulas that were never computed: their cells have no value.
    pub(super) uncomputed: u64,
}

/// Looks through every part.
///
/// # Errors
/// `NoWorkbook`, `TooLarge`, `Damaged`.
pub(super) fn survey(path: &Path) -> Result<Survey, Refused> {
    let damaged = |error: &dyn std::fmt::Display| Refused::Damaged(error.to_string());
    let file = File::open(path).map_err(|error| damaged(&error))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(&error))?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    let kind = if has("xl/workbook.bin") {
        Kind::Xlsb
    } else if has("content.xml") {
        Kind::Ods
    } else if has("[Content_Types].xml") {
        Kind::Xlsx
    } else {
        return Err(Refused::NoWorkbook);
    };
    let mut found = Survey { kind, hidden_rows: 0, hidden_columns: 0, uncomputed: 0 };
    let mut total = 0;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|error| damaged(&error))?;
        let packed = part.compressed_size();
        let name = part.name().map_err(|error| damaged(&error))?;
        let is_sheet = kind == Kind::Xlsx && name.contains("worksheets/") && name.ends_with(".xml");
        drop(name);
        let mut counted = Counted { inner: part, read: 0, packed, before: total };
        let read = if is_sheet {
            look_for_hidden(BufReader::new(&mut counted), &mut found)
        } else {
            io::copy(&mut counted, &mut io::sink()).map(drop)
        };
        match read {
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                return Err(Refused::TooLarge(error.to_string()));
            }
            Err(error) => return Err(damaged(&error)),
            Ok(()) => total += counted.read,
        }
    }
    Ok(found)
}

/// Counts what is unpacked, and stops where it is too much.
struct Counted<R> {
    inner: R,
    read: u64,
    packed: u64,
    before: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        let too_large = |what: String| io::Error::new(io::ErrorKind::FileTooLarge, what);
        if self.before + self.read > LARGEST {
            return Err(too_large(format!("it unpacks to more than {} GiB", LARGEST >> 30)));
        }
        if self.read > SMALL && self.read / DENSEST > self.packed.max(1) {
            return Err(too_large(format!(
                "a part of it unpacks to more than {DENSEST} times its size"
            )));
        }
        Ok(read)
    }
}

/// Counts hidden rows and columns of one sheet, and formulas without a value.
fn look_for_hidden(sheet: impl io::BufRead, found: &mut Survey) -> io::Result<()> {
    let mut reader = quick_xml::Reader::from_reader(sheet);
    let mut buffer = Vec::new();
    // Of the cell at hand: whether it has a formula, whether a value begins, whether it has letters.
    let (mut formula, mut begun, mut value) = (false, false, false);
    loop {
        buffer.clear();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(quick_xml::Error::Io(error)) => {
                return Err(io::Error::new(error.kind(), error.to_string()));
            }
            // The reader of the workbook says what is wrong with it.
            Err(_) => return Ok(()),
        };
        match event {
            Event::Eof => return Ok(()),
            Event::Start(element) | Event::Empty(element) => match local(&element).as_str() {
                "row" => found.hidden_rows += u64::from(is_hidden(&element)),
                "col" if is_hidden(&element) => found.hidden_columns += columns(&element),
                "c" => (formula, begun, value) = (false, false, false),
                "f" => formula = true,
                "v" | "is" => begun = true,
                _ => {}
            },
            Event::Text(text) => value |= begun && !text.trim_ascii().is_empty(),
            Event::End(element) if element.local_name().as_ref() == "c" => {
                found.uncomputed += u64::from(formula && !value);
            }
            _ => {}
        }
    }
}

fn local(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_owned()
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok().flatten()?;
    Some(found.value.into_owned())
}

fn is_hidden(element: &BytesStart<'_>) -> bool {
    matches!(attribute(element, "hidden").as_deref(), Some("1" | "true"))
}

/// `<col min="3" max="5">` stands for three columns. One that goes to the edge of the sheet hides
/// what nobody uses.
fn columns(element: &BytesStart<'_>) -> u64 {
    let number = |name: &str| attribute(element, name).and_then(|text| text.parse::<u64>().ok());
    match (number("min"), number("max")) {
        (Some(min), Some(max)) if max >= min && max < 16_384 => max - min + 1,
        _ => 0,
    }
}
