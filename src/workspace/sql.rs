//! Just enough of SQL's lexical rules to tell statements and words apart.
//!
//! Knows strings, quoted names, comments and dollar quotes; knows no grammar.

/// One statement of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement<'a> {
    /// Without the semicolon.
    pub(super) text: &'a str,
    /// The line on which `text` starts, 1-based.
    pub(super) line: usize,
}

/// The statements of a text, those that hold nothing but comments left out.
pub(super) fn statements(sql: &str) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    let ends = tokens(sql).filter(|token| token.kind == Kind::Semicolon).map(|token| token.start);
    for end in ends.chain([sql.len()]) {
        let text = &sql[start..end];
        if tokens(text).next().is_some() {
            let skipped = text.len() - text.trim_start().len();
            let line = sql[..start + skipped].matches('\n').count() + 1;
            found.push(Statement { text: text.trim(), line });
        }
        start = (end + 1).min(sql.len());
    }
    found
}

/// Every name and keyword outside strings and comments, in lower case.
pub(super) fn words(sql: &str) -> impl Iterator<Item = String> + '_ {
    tokens(sql).filter_map(|token| match token.kind {
        Kind::Word => Some(sql[token.start..token.end].to_lowercase()),
        Kind::Quoted => Some(sql[token.start + 1..token.end - 1].replace("\"\"", "\"").to_lowercase()),
        _ => None,
    })
}

/// The name that a `CREATE … MACRO|FUNCTION|VIEW|TABLE name` makes, in lower case.
pub(super) fn created(statement: &str) -> Option<String> {
    let mut words = words(statement);
    (words.next()? == "create").then_some(())?;
    words.by_ref().take(4).find(|word| matches!(word.as_str(), "macro" | "function" | "view" | "table"))?;
    let name = words.next()?;
    if name == "if" { words.nth(2) } else { Some(name) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    /// `"…"`
    Quoted,
    /// `'…'` or `$$…$$`
    Text,
    Semicolon,
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

/// Everything but blanks and comments.
fn tokens(sql: &str) -> impl Iterator<Item = Token> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &sql[at..];
            let first = rest.chars().next()?;
            let start = at;
            if first.is_whitespace() {
                at += first.len_utf8();
                continue;
            }
            if rest.starts_with("--") {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            if rest.starts_with("/*") {
                at += block_comment(rest);
                continue;
            }
            let (kind, length) = match first {
                '\'' => (Kind::Text, enclosed(rest, '\'')),
                '"' => (Kind::Quoted, enclosed(rest, '"')),
                ';' => (Kind::Semicolon, 1),
                '$' if dollar_quote(rest).is_some() => (Kind::Text, dollar_quote(rest).unwrap_or(1)),
                c if c.is_alphanumeric() || c == '_' => {
                    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
                    (Kind::Word, end.unwrap_or(rest.len()))
                }
                c => (Kind::Other, c.len_utf8()),
            };
            // A quoted name that never ends is no name.
            let ends = length >= 2 && rest[..length].ends_with('"');
            let kind = if kind == Kind::Quoted && !ends { Kind::Other } else { kind };
            at += length;
            return Some(Token { kind, start, end: at });
        }
    })
}

/// Length of a quoted piece with its quotes; a doubled quote does not end it.
fn enclosed(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    rest.len()
}

/// Comments of this kind nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Length of `$tag$…$tag$`; `None` when it is none, as in `$1`.
fn dollar_quote(rest: &str) -> Option<usize> {
    let tag_end = rest[1..].find('$')? + 2;
    let tag = &rest[..tag_end];
    let name = &tag[1..tag_end - 1];
    let is_tag = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    let close = is_tag.then(|| rest[tag_end..].find(tag))??;
    Some(tag_end + close + tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn statements_know_their_lines() {
        let sql = "-- a; comment\nCREATE VIEW a AS SELECT ';' ;\n\n/* x; /* y; */ */\nSELECT \"b;\"\nFROM a;\n-- end\n";
        let found = statements(sql);
        let lines: Vec<_> = found.iter().map(|s| (s.line, s.text.lines().last().unwrap_or_default())).collect();
        assert_eq!(lines, [(1, "CREATE VIEW a AS SELECT ';'"), (4, "FROM a")]);
    }

    #[test]
    fn words_are_not_found_in_strings_and_comments() {
        let found: Vec<_> = words("SELECT Deals_At($$ no $$, 'no''no') -- no\n FROM \"My View\"").collect();
        assert_eq!(found, ["select", "deals_at", "from", "my view"]);
    }

    #[test]
    fn created_names() {
        assert_eq!(created("CREATE OR REPLACE TEMP MACRO deals_at(day) AS 1").as_deref(), Some("deals_at"));
        assert_eq!(created("create temp view \"Record_PM\" as select 1").as_deref(), Some("record_pm"));
        assert_eq!(created("CREATE TABLE IF NOT EXISTS x (a INT)").as_deref(), Some("x"));
        assert_eq!(created("SET VARIABLE view = 1"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart(sql in "[\\PC'\"$;/*\\n-]{0,60}") {
            let _ = (statements(&sql), words(&sql).count(), created(&sql));
        }
    }
}
