//! Which letters the bytes of a text stand for, and one kind of line end.
//!
//! Owns the survey of the bytes and the way to UTF-8. Decides by marks and by
//! bytes that cannot be otherwise; never looks at what the text says. Reads in
//! blocks: memory does not grow with the file.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};
use sha2::{Digest, Sha256};

use super::super::error::ImportError;
use super::super::scratch::Scratch;
use super::Text;

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
    /// What is left when the bytes are no UTF-8. Latin-1 is the part of it without the letters
    /// from 0x80 to 0x9F, and reads the same.
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

pub(super) const BLOCK: usize = 1 << 20;
const HEAD: usize = 4096;
pub(super) const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// What one pass over the bytes tells.
pub(super) struct Survey {
    pub(super) hash: String,
    pub(super) bytes: u64,
    pub(super) head: Vec<u8>,
    pub(super) valid_utf8: bool,
    line_feeds: u64,
    returns: u64,
    pairs: u64,
    /// Where the first NUL is, counted in line feeds before it.
    nul: Option<u64>,
}

impl Survey {
    pub(super) fn of(mut file: impl Read) -> io::Result<Survey> {
        let mut survey = Survey {
            hash: String::new(),
            bytes: 0,
            head: Vec::new(),
            valid_utf8: true,
            line_feeds: 0,
            returns: 0,
            pairs: 0,
            nul: None,
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
            let wanted = HEAD.saturating_sub(survey.head.len());
            survey.head.extend_from_slice(&new[..read.min(wanted)]);
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
        if self.nul.is_none()
            && let Some(at) = memchr::memchr(0, block)
        {
            let above = memchr::memchr_iter(b'\n', &block[..at]).count() as u64;
            self.nul = Some(self.line_feeds + above);
        }
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

    /// UTF-16 without a mark: delimiters and line ends have a zero byte, and all of them on the
    /// same side.
    fn by_zeros(&self) -> Option<Encoding> {
        let zeros =
            |side: usize| self.head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
        // A zero here and there is a damaged byte and no encoding.
        let enough = |count: usize| count >= 4 && count * 40 >= self.head.len();
        match (zeros(0), zeros(1)) {
            (0, odd) if odd > 0 && enough(odd) => Some(Encoding::Utf16Le),
            (even, 0) if even > 0 && enough(even) => Some(Encoding::Utf16Be),
            _ => None,
        }
    }

    /// The encoding of the file.
    ///
    /// # Errors
    /// `NulByte`, `MixedEncoding`, `NotText`.
    pub(super) fn encoding(&self, path: &Path) -> Result<Encoding, ImportError> {
        if let Some(encoding) = self.by_mark().or_else(|| self.by_zeros()) {
            return Ok(encoding);
        }
        if let Some(above) = self.nul {
            let what = "binary: it has a NUL byte where a text has none";
            let file = path.to_owned();
            // The first line of a text has letters before it; a binary file has not.
            return Err(if above == 0 {
                ImportError::NotText { file, what }
            } else {
                ImportError::NulByte { file, line: above + 1 }
            });
        }
        if self.valid_utf8 { Ok(Encoding::Utf8) } else { single_byte(path) }
    }

    pub(super) fn mark(&self) -> u64 {
        match self.by_mark() {
            Some(_) => 2,
            None if self.head.starts_with(UTF8_MARK) => UTF8_MARK.len() as u64,
            None => 0,
        }
    }

    /// LF throughout or CRLF throughout. DuckDB's reader stops at a mixture, or
    /// worse: told which end to use, it reads no row at all and says nothing.
    pub(super) fn one_line_end(&self) -> bool {
        self.returns == 0 || (self.pairs == self.line_feeds && self.pairs == self.returns)
    }
}

/// Windows-1252 when nothing in the file speaks for UTF-8: one file that holds
/// both would come out with broken letters wherever the guess is wrong.
fn single_byte(path: &Path) -> Result<Encoding, ImportError> {
    let io = |source: io::Error| ImportError::Io { file: path.to_owned(), source };
    let mut file = File::open(path).map_err(io)?;
    let mut seen = Letters { line: 1, ..Letters::default() };
    let mut block = vec![0; BLOCK];
    let mut kept = 0;
    loop {
        let read = file.read(&mut block[kept..]).map_err(io)?;
        let filled = kept + read;
        // The end of a block may cut a letter; at the end of the file it is no letter.
        let whole = if read == 0 { filled } else { filled - cut_letter(&block[..filled]) };
        seen.look_at(&block[..whole]);
        block.copy_within(whole..filled, 0);
        kept = filled - whole;
        if read == 0 {
            break;
        }
    }
    let file = path.to_owned();
    match (seen.first_bad, seen.undefined) {
        (Some(line), _) if seen.good >= seen.bad => {
            Err(ImportError::MixedEncoding { file, line, good: seen.good, bad: seen.bad })
        }
        (_, Some((line, byte))) => Err(ImportError::UnknownEncoding { file, line, byte }),
        _ => Ok(Encoding::Windows1252),
    }
}

/// How many bytes at the end begin a letter whose rest is not there.
fn cut_letter(bytes: &[u8]) -> usize {
    for (back, byte) in bytes.iter().rev().take(3).enumerate() {
        let needed = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf => continue,
            _ => return 0,
        };
        return if needed > back + 1 { back + 1 } else { 0 };
    }
    0
}

/// What speaks for UTF-8 and what against it.
#[derive(Default)]
struct Letters {
    line: u64,
    good: u64,
    bad: u64,
    first_bad: Option<u64>,
    /// A byte that no letter of Windows-1252 has, and its line.
    undefined: Option<(u64, u8)>,
}

impl Letters {
    fn look_at(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            let valid = chunk.valid().as_bytes();
            self.good += valid.iter().filter(|byte| **byte & 0xc0 == 0xc0).count() as u64;
            self.line += memchr::memchr_iter(b'\n', valid).count() as u64;
            let Some(byte) = chunk.invalid().first() else { continue };
            self.bad += 1;
            self.first_bad.get_or_insert(self.line);
            if matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d) {
                self.undefined.get_or_insert((self.line, *byte));
            }
        }
    }
}

/// Brings the file to UTF-8 with LF, in a file of the scratch folder.
pub(super) fn rewrite(
    path: &Path,
    encoding: Encoding,
    mark: u64,
    scratch: &Scratch,
) -> Result<Text, ImportError> {
    let io = |source: io::Error| ImportError::Io { file: path.to_owned(), source };
    let mut file = File::open(path).map_err(io)?;
    let mut temporary = scratch.file().map_err(io)?;
    let mut out =
        LineFeeds { out: BufWriter::new(&mut temporary), held: false, lines: 0, nul: None };
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
    if let Some(line) = out.finish().map_err(io)? {
        return Err(ImportError::NulByte { file: path.to_owned(), line });
    }
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
    /// Line feeds written so far.
    lines: u64,
    /// The line of the first NUL: decoded UTF-16 can hold one.
    nul: Option<u64>,
}

impl<W: Write> LineFeeds<W> {
    /// The line of the first NUL, if there is one.
    fn finish(mut self) -> io::Result<Option<u64>> {
        self.out.flush()?;
        Ok(self.nul)
    }

    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.nul.is_none()
            && let Some(at) = memchr::memchr(0, bytes)
        {
            let above = memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64;
            self.nul = Some(self.lines + above + 1);
        }
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.out.write_all(bytes)
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
            self.pass(&rest[..at])?;
            self.pass(b"\n")?;
            rest = &rest[at + 1..];
            match rest.first() {
                Some(b'\n') => rest = &rest[1..],
                Some(_) => {}
                None => self.held = true,
            }
        }
        self.pass(rest)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
