//! The bytes of a file: their hash, their encoding, their line ends.
//!
//! Owns the way from whatever was exported to UTF-8 text with one kind of line
//! end, in a temporary file only when the file is not that already. Never looks
//! at what the text says.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};
use sha2::{Digest, Sha256};

use super::error::ImportError;
use super::progress::{FileProgress, Phase};

/// How the bytes of a file stand for characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Encoding {
    #[default]
    #[serde(rename = "UTF-8")]
    Utf8,
    #[serde(rename = "UTF-16LE")]
    Utf16Le,
    #[serde(rename = "UTF-16BE")]
    Utf16Be,
    /// What is left when the bytes are no UTF-8.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl Encoding {
    /// The name that is known for it.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Windows1252 => "windows-1252",
        }
    }
}

/// A file that was given, and the text in it.
#[derive(Debug)]
pub struct Source {
    /// As it was given.
    pub path: PathBuf,
    /// The file's own name.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub hash: String,
    /// Length in bytes.
    pub bytes: u64,
    pub encoding: Encoding,
    pub text: Text,
    /// Told of what is read of it.
    pub progress: FileProgress,
}

/// UTF-8 text in a file, with LF or CRLF throughout and no other line end.
#[derive(Debug)]
pub struct Text {
    path: PathBuf,
    /// Bytes of a byte-order mark in front of the text.
    pub mark: u64,
    /// Lines at its start that the file does not have.
    pub above: u64,
    /// Removes the temporary file, if it is one.
    _temporary: Option<tempfile::TempPath>,
}

impl Text {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text of a temporary file of ours, without a byte-order mark.
    pub fn temporary(file: tempfile::TempPath) -> Self {
        Text { path: file.to_path_buf(), mark: 0, above: 0, _temporary: Some(file) }
    }
}

const BLOCK: usize = 1 << 20;
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

impl Source {
    /// Reads the file once for its hash and its encoding, and a second time
    /// only to bring it into shape.
    ///
    /// # Errors
    /// When it cannot be read, is empty, is no text, or mixes two encodings.
    pub fn read(path: &Path, progress: FileProgress) -> Result<Source, ImportError> {
        let io = |source: io::Error| ImportError::Io { file: path.to_owned(), source };
        if path.is_dir() {
            return Err(ImportError::Folder { file: path.to_owned() });
        }
        progress.enter(Phase::Reading)?;
        let file = progress.watch(File::open(path).map_err(io)?);
        let survey = Survey::of(file).map_err(io)?;
        if survey.bytes == survey.mark() {
            return Err(ImportError::Empty { file: path.to_owned() });
        }
        if let Some(what) = not_text(&survey.head) {
            return Err(ImportError::NotText { file: path.to_owned(), what });
        }
        let encoding = match survey.by_mark() {
            Some(encoding) => encoding,
            None if survey.valid_utf8 => Encoding::Utf8,
            None => guess_single_byte(path)?,
        };
        let text = if encoding == Encoding::Utf8 && survey.one_line_end() {
            // An absolute path, so that no part of it can be taken for anything else.
            let path = std::path::absolute(path).map_err(io)?;
            Text { path, mark: survey.mark(), above: 0, _temporary: None }
        } else {
            rewrite(path, encoding, survey.mark())?
        };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let (hash, bytes) = (survey.hash, survey.bytes);
        Ok(Source { path: path.to_owned(), name, hash, bytes, encoding, text, progress })
    }
}

/// What one pass over the bytes tells.
struct Survey {
    hash: String,
    bytes: u64,
    head: Vec<u8>,
    valid_utf8: bool,
    line_feeds: u64,
    returns: u64,
    pairs: u64,
}

impl Survey {
    fn of(mut file: impl Read) -> io::Result<Survey> {
        let mut survey = Survey {
            hash: String::new(),
            bytes: 0,
            head: Vec::new(),
            valid_utf8: true,
            line_feeds: 0,
            returns: 0,
            pairs: 0,
        };
        let mut hasher = Sha256::new();
        let mut block = vec![0; BLOCK];
        // The first bytes of a character whose end is in the next block.
        let mut kept = 0;
        let mut last = 0;
        loop {
            let read = file.read(&mut block[kept..])?;
            if read == 0 {
                survey.valid_utf8 &= kept == 0;
                break;
            }
            let new = &block[kept..kept + read];
            hasher.update(new);
            survey.bytes += read as u64;
            survey.line_ends(new, last);
            last = new[read - 1];
            if survey.head.len() < 4096 {
                survey.head.extend_from_slice(&new[..read.min(4096)]);
            }
            let filled = kept + read;
            kept = 0;
            if survey.valid_utf8
                && let Err(error) = std::str::from_utf8(&block[..filled])
            {
                if error.error_len().is_some() {
                    survey.valid_utf8 = false;
                } else {
                    block.copy_within(error.valid_up_to()..filled, 0);
                    kept = filled - error.valid_up_to();
                }
            }
        }
        survey.hash = hex(&hasher.finalize());
        Ok(survey)
    }

    fn line_ends(&mut self, block: &[u8], before: u8) {
        self.line_feeds += memchr::memchr_iter(b'\n', block).count() as u64;
        self.pairs += u64::from(before == b'\r' && block[0] == b'\n');
        for at in memchr::memchr_iter(b'\r', block) {
            self.returns += 1;
            self.pairs += u64::from(block.get(at + 1) == Some(&b'\n'));
        }
    }

    fn by_mark(&self) -> Option<Encoding> {
        match self.head.as_slice() {
            [0xff, 0xfe, ..] => Some(Encoding::Utf16Le),
            [0xfe, 0xff, ..] => Some(Encoding::Utf16Be),
            _ => None,
        }
    }

    fn mark(&self) -> u64 {
        match self.by_mark() {
            Some(_) => 2,
            None if self.head.starts_with(UTF8_MARK) => UTF8_MARK.len() as u64,
            None => 0,
        }
    }

    /// LF throughout or CRLF throughout. DuckDB's reader stops at a mixture, or
    /// worse: told which end to use, it reads no row at all and says nothing.
    fn one_line_end(&self) -> bool {
        self.returns == 0 || (self.pairs == self.line_feeds && self.pairs == self.returns)
    }
}

/// Kinds of file that people take for CSV, by their first bytes.
fn not_text(head: &[u8]) -> Option<&'static str> {
    let begins = |with: &[u8]| head.starts_with(with);
    if begins(b"PK\x03\x04") {
        Some("an Excel workbook or another zip archive")
    } else if begins(b"\xd0\xcf\x11\xe0") {
        Some("an old Excel workbook")
    } else if begins(b"\x1f\x8b") {
        Some("compressed with gzip")
    } else if begins(b"PAR1") {
        Some("a Parquet file")
    } else if begins(b"%PDF") {
        Some("a PDF")
    } else if head.get(8..12) == Some(b"DUCK") {
        Some("a DuckDB database")
    } else if !begins(b"\xff\xfe") && !begins(b"\xfe\xff") && head.contains(&0) {
        Some("binary, or UTF-16 without the mark at its start")
    } else {
        None
    }
}

/// Windows-1252 when nothing in the file speaks for UTF-8: one file that holds
/// both would come out with broken letters wherever the guess is wrong.
fn guess_single_byte(path: &Path) -> Result<Encoding, ImportError> {
    let io = |source: io::Error| ImportError::Io { file: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(io)?;
    let (mut good, mut bad, mut line) = (0_u64, 0_u64, 1);
    let mut first_bad = None;
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|byte| byte & 0xc0 == 0xc0).count() as u64;
        line += chunk.valid().matches('\n').count() as u64;
        if !chunk.invalid().is_empty() {
            bad += 1;
            first_bad.get_or_insert(line);
        }
    }
    match first_bad {
        Some(line) if good >= bad => {
            Err(ImportError::MixedEncoding { file: path.to_owned(), line, good, bad })
        }
        _ => Ok(Encoding::Windows1252),
    }
}

/// Brings the file to UTF-8 with LF, in a temporary file that only its owner can read.
fn rewrite(path: &Path, encoding: Encoding, mark: u64) -> Result<Text, ImportError> {
    let io = |source: io::Error| ImportError::Io { file: path.to_owned(), source };
    let mut file = File::open(path).map_err(io)?;
    let mut temporary = tempfile::NamedTempFile::new().map_err(io)?;
    let mut out = LineFeeds { out: BufWriter::new(&mut temporary), held: false };
    io::copy(&mut (&mut file).take(mark), &mut io::sink()).map_err(io)?;
    let decoder = match encoding {
        Encoding::Utf8 => None,
        Encoding::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
        Encoding::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
        Encoding::Windows1252 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
    };
    let damaged = match decoder {
        None => io::copy(&mut file, &mut out).map(|_| false),
        Some(decoder) => decode(decoder, &mut file, &mut out),
    };
    if damaged.map_err(io)? {
        return Err(ImportError::NotText { file: path.to_owned(), what: "damaged UTF-16 text" });
    }
    out.finish().map_err(io)?;
    Ok(Text::temporary(temporary.into_temp_path()))
}

/// Decodes to the end; true when some bytes meant nothing.
fn decode(mut decoder: Decoder, from: &mut impl Read, to: &mut impl Write) -> io::Result<bool> {
    let mut block = vec![0; BLOCK];
    let mut text = vec![0; BLOCK * 3 + 16];
    let mut damaged = false;
    loop {
        let read = from.read(&mut block)?;
        let (_, taken, written, bad) = decoder.decode_to_utf8(&block[..read], &mut text, read == 0);
        debug_assert_eq!(taken, read, "the text buffer holds what a block can become");
        to.write_all(&text[..written])?;
        damaged |= bad;
        if read == 0 {
            return Ok(damaged);
        }
    }
}

/// Writes CRLF and CR as LF.
struct LineFeeds<W: Write> {
    out: W,
    /// The last byte was a CR, already written as LF; an LF right after it is part of it.
    held: bool,
}

impl<W: Write> LineFeeds<W> {
    fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> Write for LineFeeds<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        if self.held && rest.first() == Some(&b'\n') {
            rest = &rest[1..];
        }
        self.held = false;
        while let Some(at) = memchr::memchr(b'\r', rest) {
            self.out.write_all(&rest[..at])?;
            self.out.write_all(b"\n")?;
            rest = &rest[at + 1..];
            match rest.first() {
                Some(b'\n') => rest = &rest[1..],
                Some(_) => {}
                None => self.held = true,
            }
        }
        self.out.write_all(rest)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// SHA-256 of a text, lower-case hex.
pub fn hash_of(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(Encoding, String), ImportError> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes).expect("written");
        let source = Source::read(file.path(), FileProgress::default())?;
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
        let cases: [(Vec<u8>, Encoding); 5] = [
            (expected.clone().into_bytes(), Encoding::Utf8),
            ([UTF8_MARK, expected.as_bytes()].concat(), Encoding::Utf8),
            (utf16(b"\xff\xfe", u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(b"\xfe\xff", u16::to_be_bytes), Encoding::Utf16Be),
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
        for (bytes, word) in
            [(&b"PK\x03\x04rest"[..], "Excel"), (b"a\0b\0c\0", "UTF-16"), (b"\x1f\x8b\x08", "gzip")]
        {
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
    fn characters_over_block_borders_stay_whole() {
        let text = "ä".repeat(BLOCK);
        assert_eq!(read(format!("x{text}").as_bytes()).expect("text").0, Encoding::Utf8);
    }
}
