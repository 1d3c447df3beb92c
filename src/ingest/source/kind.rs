//! What kind of file it is, by its first bytes; never by its name.

/// Kinds of file that are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Fields with a delimiter between them.
    #[default]
    Delimited,
    /// One object to a line, or one list of objects.
    Json,
    /// XLSX, XLSM, XLSB and ODS: a zip archive of parts.
    Workbook,
    /// XLS.
    OldWorkbook,
    Parquet,
}

impl Format {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Format::Delimited => "delimited text",
            Format::Json => "JSON",
            Format::Workbook | Format::OldWorkbook => "workbook",
            Format::Parquet => "Parquet",
        }
    }

    /// What one record of it is called.
    pub fn place(self) -> &'static str {
        match self {
            Format::Delimited => "line",
            Format::Workbook | Format::OldWorkbook => "row",
            Format::Json | Format::Parquet => "record",
        }
    }
}

/// The kind; inner error: a kind that is not read, by its name.
pub(super) fn kind(head: &[u8]) -> Result<Format, &'static str> {
    let begins = |with: &[u8]| head.starts_with(with);
    if begins(b"PK\x03\x04") {
        return Ok(Format::Workbook);
    }
    if begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") || begins(b"\x09\x08\x10\0\0\x06\x05\0") {
        return Ok(Format::OldWorkbook);
    }
    if begins(b"PAR1") {
        return Ok(Format::Parquet);
    }
    let others: [(&[u8], &str); 11] = [
        (b"PK\x05\x06", "an empty zip archive"),
        (b"PARE", "an encrypted Parquet file"),
        (b"\x1f\x8b", "compressed with gzip"),
        (b"BZh", "compressed with bzip2"),
        (b"\xfd7zXZ\0", "compressed with xz"),
        (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!", "a RAR archive"),
        (b"%PDF", "a PDF"),
        (b"{\\rtf", "an RTF document"),
        (b"SQLite format 3\0", "an SQLite database"),
    ];
    if let Some((_, what)) = others.iter().find(|(with, _)| begins(with)) {
        return Err(what);
    }
    if begins(b"\xff\xfe\0\0") || begins(b"\0\0\xfe\xff") {
        return Err("UTF-32, which no spreadsheet writes");
    }
    if head.get(8..12) == Some(b"DUCK") {
        return Err("a DuckDB database");
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if markup(text) {
        // Reports "as Excel" are often a page with a table, under the name of a workbook.
        return Err("a page of HTML or XML and no table of fields");
    }
    if json(text) { Ok(Format::Json) } else { Ok(Format::Delimited) }
}

fn markup(text: &[u8]) -> bool {
    let begins =
        |with: &[u8]| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    [&b"<html"[..], b"<!doctype", b"<?xml", b"<table", b"<head", b"<meta"].into_iter().any(begins)
}

/// An object whose first key is quoted, or a list of such objects. A header may
/// begin with a bracket, but hardly goes on like that.
fn json(text: &[u8]) -> bool {
    let object = |text: &[u8]| {
        text.strip_prefix(b"{")
            .is_some_and(|inside| matches!(inside.trim_ascii_start().first(), Some(b'"' | b'}')))
    };
    let list = |text: &[u8]| {
        let inside = text.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
        inside.is_some_and(|inside| object(inside) || inside == b"]")
    };
    object(text) || list(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_kind() {
        for (head, expected) in [
            (&b"id,name\n1,a\n"[..], Ok(Format::Delimited)),
            (b"PK\x03\x04rest", Ok(Format::Workbook)),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Ok(Format::OldWorkbook)),
            (b"PAR1\x15\0", Ok(Format::Parquet)),
            (b"{\"id\": 1}\n", Ok(Format::Json)),
            (b"\xef\xbb\xbf [ {\n \"id\": 1}]", Ok(Format::Json)),
            (b"[ ]", Ok(Format::Json)),
            (b"[id],{name}\n", Ok(Format::Delimited)),
            (b"{id},name\n", Ok(Format::Delimited)),
            (b"", Ok(Format::Delimited)),
        ] {
            assert_eq!(kind(head), expected, "{}", String::from_utf8_lossy(head));
        }
        for (head, word) in [
            (&b"\x1f\x8b\x08"[..], "gzip"),
            (b"BZh91AY", "bzip2"),
            (b"\r\n<HTML><body>", "HTML"),
            (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
            (b"12345678DUCK", "DuckDB"),
        ] {
            let what = kind(head).expect_err("not read");
            assert!(what.contains(word), "{what}");
        }
    }
}
