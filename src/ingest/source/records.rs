//! Writes records as the text that the rest of the import reads: commas, line
//! feeds, quotes where they are needed, one record to each row of the origin.

use std::io::{self, Write};

/// Longer than this is no row of a table. The reader of the text has the same bound.
pub(super) const LONGEST: usize = 1 << 20;

/// What a text may grow to on disk.
const LARGEST: u64 = 4 << 30;

/// Why a record cannot be written.
#[derive(Debug)]
pub(super) enum Unwritable {
    Io(io::Error),
    /// The record is longer than [`LONGEST`].
    TooLong,
    /// The text would be larger than [`LARGEST`].
    TooLarge,
    /// A field holds a NUL character.
    Nul,
}

impl From<io::Error> for Unwritable {
    fn from(error: io::Error) -> Self {
        Unwritable::Io(error)
    }
}

/// Writes records one below the other.
#[derive(Debug)]
pub(super) struct Records<W> {
    out: W,
    line: Vec<u8>,
    /// Records and blank lines written so far.
    pub(super) rows: u64,
    bytes: u64,
}

impl<W: Write> Records<W> {
    pub(super) fn new(out: W) -> Self {
        Records { out, line: Vec::new(), rows: 0, bytes: 0 }
    }

    /// Leaves lines blank, so that the next record is this one, counted from 0.
    pub(super) fn skip_to(&mut self, row: u64) -> Result<(), Unwritable> {
        while self.rows < row {
            self.out.write_all(b"\n")?;
            self.rows += 1;
            self.bytes += 1;
        }
        Ok(())
    }

    /// One record.
    pub(super) fn record<'f>(
        &mut self,
        fields: impl IntoIterator<Item = &'f str>,
    ) -> Result<(), Unwritable> {
        self.line.clear();
        for (place, field) in fields.into_iter().enumerate() {
            if place > 0 {
                self.line.push(b',');
            }
            self.field(field)?;
        }
        if self.line.len() > LONGEST {
            return Err(Unwritable::TooLong);
        }
        self.line.push(b'\n');
        self.bytes += self.line.len() as u64;
        if self.bytes > LARGEST {
            return Err(Unwritable::TooLarge);
        }
        self.rows += 1;
        Ok(self.out.write_all(&self.line)?)
    }

    fn field(&mut self, field: &str) -> Result<(), Unwritable> {
        let bytes = field.as_bytes();
        if memchr::memchr(0, bytes).is_some() {
            return Err(Unwritable::Nul);
        }
        let plain = memchr::memchr3(b',', b'"', b'\n', bytes).is_none()
            && memchr::memchr(b'\r', bytes).is_none();
        if plain {
            self.line.extend_from_slice(bytes);
            return Ok(());
        }
        self.line.push(b'"');
        let mut before = 0;
        for byte in bytes {
            match byte {
                b'"' => self.line.extend_from_slice(b"\"\""),
                // One kind of line end throughout.
                b'\n' if before == b'\r' => {}
                b'\r' => self.line.push(b'\n'),
                byte => self.line.push(*byte),
            }
            before = *byte;
        }
        self.line.push(b'"');
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let mut out = Vec::new();
        let mut records = Records::new(&mut out);
        records.skip_to(1).expect("written");
        records.record(["a", "b,c", "say \"x\"", "two\r\nlines\rthree", ""]).expect("written");
        records.finish().expect("written");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "\na,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\nthree\",\n"
        );
    }

    #[test]
    fn what_no_reader_could_take_is_refused() {
        let mut records = Records::new(Vec::new());
        assert!(matches!(records.record(["a\0"]), Err(Unwritable::Nul)));
        let long = "x".repeat(LONGEST + 1);
        assert!(matches!(records.record([long.as_str()]), Err(Unwritable::TooLong)));
    }
}
