//! A file that was given, and the text in it.
//!
//! ```text
//! kind       what kind of file it is
//! encoding   the letters of a text → UTF-8 with one kind of line end
//! workbook   the sheets of a workbook → a text for each
//! json       objects → a text
//! columnar   Parquet → a text
//! records    how such a text is written
//! ```
//!
//! Invariant: whatever was exported, what the rest of the import reads is
//! delimited UTF-8 text; a file that is that already is read where it lies, and
//! anything else is brought to it in the scratch folder. Nothing a file says is
//! ever followed or run: no path, no link, no formula, no SQL.

mod apart;
mod archive;
mod cells;
mod columnar;
mod encoding;
mod json;
mod kind;
mod records;
mod refused;
mod workbook;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::workspace::Session;

use super::error::ImportError;
use super::progress::{FileProgress, Phase};
use super::scratch::Scratch;
use encoding::Survey;

pub use apart::{HELPER, help};
pub use encoding::Encoding;
pub use kind::Format;

/// A file that was given, or one sheet of it, and the text in it.
#[derive(Debug)]
pub struct Source {
    /// As it was given.
    pub path: PathBuf,
    /// The file's own name.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hex; of a workbook, with the name of the sheet behind a
    /// `#`: two sheets of one file are two exports.
    pub hash: String,
    /// Length in bytes.
    pub bytes: u64,
    pub format: Format,
    pub encoding: Encoding,
    pub sheet: Option<Sheet>,
    pub text: Text,
    /// What the person who imports should know about how it was read.
    pub notes: Vec<String>,
    /// Told of what is read of it.
    pub progress: FileProgress,
}

/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    /// Not shown by the program that made it.
    pub hidden: bool,
}

/// UTF-8 text in a file, with LF or CRLF throughout and no other line end.
#[derive(Debug)]
pub struct Text {
    path: PathBuf,
    /// Bytes of a byte-order mark in front of the text.
    pub mark: u64,
    /// Lines at its start that the file does not have.
    pub above: u64,
    pub layout: Layout,
    /// Removes the temporary file, if it is one.
    _temporary: Option<tempfile::TempPath>,
}

/// What can be relied on in a text, and how places in it are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// As exported: its lines are counted, and quotes and delimiters may be wrong.
    #[default]
    Lines,
    /// Written by [`records`]: with commas; quotes are right, a record may lack its last fields,
    /// and records are counted, this many fewer than there are: a header that the file itself
    /// has no line for does not count.
    Records { less: u64 },
}

impl Text {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text of a temporary file of ours, without a byte-order mark.
    pub fn temporary(file: tempfile::TempPath) -> Self {
        Text {
            path: file.to_path_buf(),
            mark: 0,
            above: 0,
            layout: Layout::Lines,
            _temporary: Some(file),
        }
    }

    fn of_records(file: tempfile::TempPath, less: u64) -> Self {
        Text { layout: Layout::Records { less }, ..Text::temporary(file) }
    }
}

/// With what a file is opened.
#[derive(Clone, Copy)]
pub struct Opening<'a> {
    pub scratch: &'a Scratch,
    /// The instance, which reads Parquet; without it such files are refused.
    pub session: Option<&'a Session<'a>>,
    /// The sheet that was named; only it is read.
    pub sheet: Option<&'a str>,
    pub progress: &'a FileProgress,
}

impl Source {
    /// Reads a file: one source, or one for each sheet that has something in it.
    ///
    /// # Errors
    /// When it cannot be read, is empty, is of no kind that is read, is damaged, or would need
    /// more memory or disk than a file may.
    pub fn read(path: &Path, with: Opening<'_>) -> Result<Vec<Source>, ImportError> {
        let io = |source: io::Error| ImportError::Io { file: path.to_owned(), source };
        if path.is_dir() {
            return Err(ImportError::Folder { file: path.to_owned() });
        }
        // A pipe or a device would be read to its end, which it may not have.
        if !std::fs::metadata(path).map_err(io)?.is_file() {
            return Err(ImportError::NotAFile { file: path.to_owned() });
        }
        with.progress.enter(Phase::Reading)?;
        let file = with.progress.watch(File::open(path).map_err(io)?);
        let survey = Survey::of(file).map_err(io)?;
        if survey.bytes == survey.mark() {
            return Err(ImportError::Empty { file: path.to_owned() });
        }
        let format = kind::kind(&survey.head)
            .map_err(|what| ImportError::NotText { file: path.to_owned(), what })?;
        let source = |text: Text, encoding: Encoding| Source {
            path: path.to_owned(),
            name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            hash: survey.hash.clone(),
            bytes: survey.bytes,
            format,
            encoding,
            sheet: None,
            text,
            notes: Vec::new(),
            progress: with.progress.clone(),
        };
        match format {
            Format::Delimited => {
                let encoding = survey.encoding(path)?;
                let text = if encoding == Encoding::Utf8 && survey.one_line_end() {
                    // An absolute path, so that no part of it can be taken for anything else.
                    let path = std::path::absolute(path).map_err(io)?;
                    let mark = survey.mark();
                    Text { path, mark, above: 0, layout: Layout::Lines, _temporary: None }
                } else {
                    encoding::rewrite(path, encoding, survey.mark(), with.scratch)?
                };
                Ok(vec![source(text, encoding)])
            }
            Format::Json => {
                if survey.encoding(path)? != Encoding::Utf8 {
                    let what = "JSON in another encoding than UTF-8";
                    return Err(ImportError::NotText { file: path.to_owned(), what });
                }
                let (text, notes) = json::read(path, survey.mark(), with.scratch)?;
                Ok(vec![Source { notes, ..source(text, Encoding::Utf8) }])
            }
            Format::Parquet => {
                let (text, notes) = columnar::read(path, with)?;
                Ok(vec![Source { notes, ..source(text, Encoding::Utf8) }])
            }
            Format::Workbook | Format::OldWorkbook => {
                let sheets = apart::sheets(path, with)?;
                let one = |sheet: apart::SheetText| Source {
                    hash: format!("{}#{}", survey.hash, sheet.sheet.name),
                    sheet: Some(sheet.sheet),
                    notes: sheet.notes,
                    ..source(sheet.text, Encoding::Utf8)
                };
                Ok(sheets.into_iter().map(one).collect())
            }
        }
    }

    /// `line 5`, `row 5`, `record 5`.
    pub fn place(&self) -> &'static str {
        self.format.place()
    }
}

/// SHA-256 of a text, lower-case hex.
pub fn hash_of(text: &str) -> String {
    encoding::hex(&Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::encoding::{BLOCK, UTF8_MARK};
    use super::*;

    fn read(bytes: &[u8]) -> Result<(Encoding, String), ImportError> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes).expect("written");
        let scratch = Scratch::new().expect("a folder");
        let progress = &FileProgress::default();
        let with = Opening { scratch: &scratch, session: None, sheet: None, progress };
        let source = Source::read(file.path(), with)?.remove(0);
        let text = std::fs::read(source.text.path()).expect("text");
        let text = String::from_utf8(text[source.text.mark as usize..].to_vec()).expect("UTF-8");
        Ok((source.encoding, text))
    }

    #[test]
    fn encodings_come_to_the_same_text() {
        let expected = "name,note\nMüller,5 €\n".to_owned();
        let utf16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
            let units = expected.encode_utf16().flat_map(unit);
            mark.iter().copied().chain(units).collect::<Vec<u8>>()
        };
        let cases: [(Vec<u8>, Encoding); 7] = [
            (expected.clone().into_bytes(), Encoding::Utf8),
            ([UTF8_MARK, expected.as_bytes()].concat(), Encoding::Utf8),
            (utf16(b"\xff\xfe", u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(b"\xfe\xff", u16::to_be_bytes), Encoding::Utf16Be),
            (utf16(b"", u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(b"", u16::to_be_bytes), Encoding::Utf16Be),
            (b"name,note\nM\xfcller,5 \x80\n".to_vec(), Encoding::Windows1252),
        ];
        for (bytes, encoding) in cases {
            assert_eq!(read(&bytes).expect("text"), (encoding, expected.clone()));
        }
    }

    #[test]
    fn line_ends_become_one_kind() {
        let same = |bytes: &[u8]| read(bytes).expect("text").1;
        assert_eq!(same(b"a\r\nb\r\n"), "a\r\nb\r\n", "one kind stays");
        assert_eq!(same(b"a\r\n\"x\ny\"\r\n"), "a\n\"x\ny\"\n");
        assert_eq!(same(b"a\rb\r"), "a\nb\n");
        assert_eq!(same(b"a\r\nb\n\rc"), "a\nb\n\nc");
    }

    #[test]
    fn what_is_no_text_is_named() {
        let late = [b"id,name\n".repeat(10_000).as_slice(), b"1,a\0b\n"].concat();
        for (bytes, word) in [
            (&b"PK\x03\x04rest"[..], "no readable workbook"),
            (b"\xff\xfea\0b\0c", "UTF-16"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"\x7fELF\x02\x01\x01\0\0\0", "NUL"),
            (late.as_slice(), "line 10001 "),
            (b"id,name\n1,M\x81ller\n", "0x81"),
        ] {
            let error = read(bytes).expect_err("refused").to_string();
            assert!(error.contains(word), "{error}");
        }
        assert!(matches!(read(b""), Err(ImportError::Empty { .. })));
        assert!(matches!(read(UTF8_MARK), Err(ImportError::Empty { .. })));
    }

    #[test]
    fn two_encodings_in_one_file_are_refused() {
        let error =
            read("a\nMüller\n".bytes().chain(*b"M\xfcller\n").collect::<Vec<_>>().as_slice());
        assert!(matches!(error, Err(ImportError::MixedEncoding { line: 3, .. })));
    }

    #[test]
    fn a_single_byte_encoding_is_read_over_block_borders() {
        // All but one letter are whole UTF-8, and one of them lies over the border of two blocks.
        let text = [b"x".as_slice(), "ä".repeat(BLOCK).as_bytes(), b"\n\xfc\n"].concat();
        match read(&text) {
            Err(ImportError::MixedEncoding { line: 2, good, bad: 1, .. }) => {
                assert_eq!(good, BLOCK as u64);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn characters_over_block_borders_stay_whole() {
        let text = "ä".repeat(BLOCK);
        assert_eq!(read(format!("x{text}").as_bytes()).expect("text").0, Encoding::Utf8);
    }
}
