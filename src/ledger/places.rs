//! On which line of a document each of its values stands.
//!
//! Never judges a document: it is given one that its parser has accepted.

use std::collections::BTreeMap;

/// Path of a value (`drivers/0/quote`) → line, 1-based.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Places(BTreeMap<String, usize>);

impl Places {
    pub(super) fn note(&mut self, path: &str, line: usize) {
        self.0.insert(path.to_owned(), line);
    }

    /// The line of a value or, where it is not there, of what should hold it.
    pub(super) fn line(&self, path: &str) -> Option<usize> {
        let mut path = path;
        loop {
            if let Some(line) = self.0.get(path) {
                return Some(*line);
            }
            path = path.rsplit_once('/')?.0;
        }
    }

    /// The places of what lies below a value, by their paths from there.
    pub(super) fn below(self, path: &str) -> Places {
        let above = format!("{path}/");
        let rest =
            |(path, line): (String, usize)| Some((path.strip_prefix(&above)?.to_owned(), line));
        Places(self.0.into_iter().filter_map(rest).collect())
    }

    /// Where the values of a valid JSON document stand.
    pub(super) fn of_json(text: &str) -> Places {
        let mut scan = Scan { bytes: text.as_bytes(), at: 0, line: 1, places: Places::default() };
        scan.value("");
        scan.places
    }
}

/// Line of a byte of a text, 1-based.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    places: Places,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        self.line += usize::from(byte == b'\n');
        Some(byte)
    }

    /// Up to the next byte that means something.
    fn skip(&mut self) {
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':'))
        {
            self.next();
        }
    }

    fn value(&mut self, path: &str) {
        self.skip();
        if !path.is_empty() {
            self.places.note(path, self.line);
        }
        let below = |part: &str| {
            if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") }
        };
        match self.peek() {
            Some(b'{') => {
                self.next();
                self.skip();
                while self.peek() == Some(b'"') {
                    let key = self.string();
                    self.value(&below(&key));
                    self.skip();
                }
                self.next();
            }
            Some(b'[') => {
                self.next();
                for place in 0.. {
                    self.skip();
                    if matches!(self.peek(), Some(b']') | None) {
                        self.next();
                        break;
                    }
                    self.value(&below(&place.to_string()));
                }
            }
            Some(b'"') => {
                self.string();
            }
            _ => {
                while self.peek().is_some_and(|byte| !matches!(byte, b',' | b']' | b'}' | b'\n')) {
                    self.next();
                }
            }
        }
    }

    /// A quoted string, without its quotes; escapes are kept as they are written.
    fn string(&mut self) -> String {
        self.next();
        let start = self.at;
        while let Some(byte) = self.next() {
            match byte {
                b'\\' => {
                    self.next();
                }
                b'"' => break,
                _ => {}
            }
        }
        let end = self.at.saturating_sub(1).max(start);
        String::from_utf8_lossy(self.bytes.get(start..end).unwrap_or_default()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_values_are_found() {
        let text = "{\n \"a\": \"x\\\"{\",\n \"rows\": [\n  {\"b\": 1},\n  {\n   \"c\": [true,\n null]}]\n}";
        let places = Places::of_json(text);
        for (path, line) in
            [("a", 2), ("rows", 3), ("rows/0/b", 4), ("rows/1", 5), ("rows/1/c/1", 7)]
        {
            assert_eq!(places.line(path), Some(line), "{path}");
        }
        assert_eq!(places.line("rows/1/d"), Some(5), "the row stands for a field it lacks");
        assert_eq!(places.line("z"), None);
    }

    #[test]
    fn any_text_ends() {
        for text in ["", "{", "[[[", "\"", "{\"a\"", "{\"a\":\\", "[1,2", "]", "}{"] {
            let _ = Places::of_json(text);
        }
    }
}
