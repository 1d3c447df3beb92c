//! The lines of a figure's header, told apart: keys, values and list entries.
//!
//! Owns the layout only (`-- key: value`, deeper lines continue); what the
//! values mean is `figure_parse`'s business.

use std::ops::Range;

/// A piece of the file, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub text: &'a str,
    /// Byte of the file on which it starts.
    pub start: usize,
}

impl<'a> Piece<'a> {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The part of this piece between two of its bytes, blanks around it left out.
    pub(crate) fn part(&self, range: Range<usize>) -> Piece<'a> {
        let text = &self.text[range.clone()];
        let start = self.start + range.start + (text.len() - text.trim_start().len());
        Piece { text: text.trim(), start }
    }

    /// Pieces between runs of two or more blanks; at most `most`, the last takes the rest.
    pub(crate) fn fields(&self, most: usize) -> Vec<Piece<'a>> {
        let mut out = Vec::new();
        let mut rest = self.part(0..self.text.len());
        while out.len() + 1 < most {
            let Some(gap) = rest.text.find("  ") else { break };
            out.push(rest.part(0..gap));
            rest = rest.part(gap..rest.text.len());
        }
        out.push(rest);
        out
    }

    /// Pieces between blanks.
    pub(crate) fn words(&self) -> Vec<Piece<'a>> {
        self.split(char::is_whitespace)
    }

    /// Pieces between commas.
    pub(crate) fn listed(&self) -> Vec<Piece<'a>> {
        self.split(|c| c == ',')
    }

    fn split(&self, at: impl Fn(char) -> bool) -> Vec<Piece<'a>> {
        let mut out = Vec::new();
        let mut start = 0;
        for (end, c) in self.text.char_indices() {
            if at(c) {
                out.push(self.part(start..end));
                start = end + c.len_utf8();
            }
        }
        out.push(self.part(start..self.text.len()));
        out.retain(|piece| !piece.text.is_empty());
        out
    }
}

/// A key with everything that belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Item<'a> {
    pub key: Piece<'a>,
    /// What stands on the key's own line; may be empty.
    pub value: Piece<'a>,
    /// Lines below that are deeper than the key.
    pub below: Vec<Line<'a>>,
}

/// A line below a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// Blanks after `--`.
    pub indent: usize,
    pub piece: Piece<'a>,
}

/// An entry of a list: its line, and the lines that continue it.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    pub piece: Piece<'a>,
    pub more: Vec<Piece<'a>>,
}

impl<'a> Item<'a> {
    /// Value and continuation lines as one text.
    pub(crate) fn text(&self) -> String {
        join(self.value, self.below.iter().map(|line| line.piece))
    }

    /// The lines below as entries: those as deep as the first begin one, deeper ones continue it.
    pub(crate) fn entries(&self) -> Vec<Entry<'a>> {
        let depth = self.below.first().map_or(0, |line| line.indent);
        let mut out: Vec<Entry<'a>> = Vec::new();
        for line in &self.below {
            match out.last_mut() {
                Some(entry) if line.indent > depth => entry.more.push(line.piece),
                _ => out.push(Entry { piece: line.piece, more: Vec::new() }),
            }
        }
        out
    }
}

/// Pieces as one text, one blank between them.
pub(crate) fn join<'a>(first: Piece<'a>, more: impl IntoIterator<Item = Piece<'a>>) -> String {
    std::iter::once(first)
        .chain(more)
        .map(|piece| piece.text)
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The header of a file and where its SQL begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header<'a> {
    pub items: Vec<Item<'a>>,
    /// Byte on which the SQL starts: the first line that is neither comment nor empty, or the
    /// first comment after an empty line.
    pub end: usize,
    /// Lines that are neither a key nor below one.
    pub strays: Vec<Piece<'a>>,
}

impl<'a> Header<'a> {
    pub(crate) fn item(&self, key: &str) -> Option<&Item<'a>> {
        self.items.iter().find(|item| item.key.text == key)
    }

    /// The entry of a list whose first field is `name`.
    pub(crate) fn entry(&self, key: &str, name: &str) -> Option<Piece<'a>> {
        let entries = self.item(key)?.entries();
        entries.iter().map(|entry| entry.piece.fields(2)[0]).find(|field| field.text == name)
    }
}

/// Reads the comment lines at the head of a file.
pub(crate) fn scan(source: &str) -> Header<'_> {
    let mut header = Header::default();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let Some(comment) = line.strip_prefix("--") else { break };
        read_line(&mut header, Piece { text: comment.trim_end(), start: start + 2 });
        start += line.len();
    }
    // Empty lines between header and SQL belong to the header, so that the SQL
    // starts where its first line is.
    for line in source[start..].split_inclusive('\n') {
        if !line.trim().is_empty() {
            break;
        }
        start += line.len();
    }
    header.end = start;
    header
}

fn read_line<'a>(header: &mut Header<'a>, comment: Piece<'a>) {
    let indent = comment.text.len() - comment.text.trim_start_matches(' ').len();
    let piece = comment.part(0..comment.text.len());
    if piece.text.is_empty() {
        return;
    }
    if indent >= 2 {
        match header.items.last_mut() {
            Some(item) => item.below.push(Line { indent, piece }),
            None => header.strays.push(piece),
        }
        return;
    }
    let key = piece.text.find(':').map(|colon| (piece.part(0..colon), colon));
    match key {
        Some((key, colon)) if key.text.bytes().all(|b| b.is_ascii_lowercase()) => {
            let value = piece.part(colon + 1..piece.text.len());
            header.items.push(Item { key, value, below: Vec::new() });
        }
        _ => header.strays.push(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_values_and_entries_are_told_apart() {
        let source = "-- figure:  x\r\n-- question: Of the deals\n--     how many?\n--\n\
                      -- columns:\n--   a  text  first,\n--      and more\n--   b  count  second\n\nSELECT 1";
        let header = scan(source);
        assert_eq!(header.items.len(), 3);
        assert_eq!(header.item("figure").expect("there").text(), "x");
        assert_eq!(header.item("question").expect("there").text(), "Of the deals how many?");
        let entries = header.item("columns").expect("there").entries();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].piece.fields(3)[1].text, "text");
        assert_eq!(entries[0].more[0].text, "and more");
        assert_eq!(&source[header.end..], "SELECT 1");
        let b = header.entry("columns", "b").expect("there");
        assert_eq!(&source[b.range()], "b");
    }

    #[test]
    fn a_comment_after_an_empty_line_is_sql() {
        let source = "-- figure: x\n\n-- why\nSELECT 1";
        assert_eq!(&source[scan(source).end..], "-- why\nSELECT 1");
    }

    #[test]
    fn lines_that_fit_nowhere_are_kept_for_a_message() {
        let header = scan("--   a  b\n-- no key here\n-- Figure: x\n");
        assert_eq!(header.strays.len(), 3);
    }
}
