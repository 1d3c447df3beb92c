//! Just enough of SQL to see which words, names and variables a text uses.
//!
//! Owns no grammar: DuckDB alone decides what is right. Comments and the insides
//! of texts are never taken for words.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A piece of SQL that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub kind: TokenKind,
    /// As written; without its quotes for a text and a quoted name.
    pub text: &'a str,
    /// Byte of the SQL on which `text` starts.
    pub start: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A keyword or a name.
    Word,
    /// A name in double quotes.
    Name,
    /// `'text'` or `$$text$$`.
    Text,
    /// Any other sign, one character.
    Sign,
}

impl Token<'_> {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_sign(&self, sign: &str) -> bool {
        self.kind == TokenKind::Sign && self.text == sign
    }
}

/// Every token of the SQL, in order.
pub(crate) fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = sql[at..].chars().next() {
        let rest = &sql[at..];
        if c.is_whitespace() {
            at += c.len_utf8();
        } else if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += block_comment(rest);
        } else if c == '\'' || c == '"' {
            let (inner, end) = quoted(rest, c, false);
            let kind = if c == '"' { TokenKind::Name } else { TokenKind::Text };
            out.push(Token { kind, text: &rest[1..inner], start: at + 1 });
            at += end;
        } else if let Some((tag, inner)) = dollar_quoted(rest) {
            out.push(Token { kind: TokenKind::Text, text: &rest[tag..inner], start: at + tag });
            at += (inner + tag).min(rest.len());
        } else if c.is_alphabetic() || c == '_' {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                .unwrap_or(rest.len());
            // e'…' is a text with backslash escapes.
            if rest[..end].eq_ignore_ascii_case("e") && rest[end..].starts_with('\'') {
                let (inner, length) = quoted(&rest[end..], '\'', true);
                let text = &rest[end + 1..end + inner];
                out.push(Token { kind: TokenKind::Text, text, start: at + end + 1 });
                at += end + length;
            } else {
                out.push(Token { kind: TokenKind::Word, text: &rest[..end], start: at });
                at += end;
            }
        } else {
            let end = c.len_utf8();
            out.push(Token { kind: TokenKind::Sign, text: &rest[..end], start: at });
            at += end;
        }
    }
    out
}

/// Length of a comment that starts here; comments nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// Where the inside of a quoted piece ends, and where the piece ends.
fn quoted(text: &str, quote: char, escapes: bool) -> (usize, usize) {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if escapes && c == '\\' {
            chars.next();
        } else if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return (at, at + 1);
            }
        }
    }
    (text.len(), text.len())
}

/// Length of the opening `$tag$`, and where the inside ends.
fn dollar_quoted(text: &str) -> Option<(usize, usize)> {
    let rest = text.strip_prefix('$')?;
    let tag = rest.find('$')?;
    if !rest[..tag].chars().all(|c| c.is_alphabetic() || c == '_') {
        return None;
    }
    let opening = &text[..tag + 2];
    let inner = text[opening.len()..].find(opening).map_or(text.len(), |at| opening.len() + at);
    Some((opening.len(), inner))
}

/// A `getvariable('name')`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VariableUse {
    /// `None` when it is not a plain text.
    pub name: Option<String>,
    pub range: Range<usize>,
}

/// Every variable that is read.
pub(crate) fn variables(tokens: &[Token<'_>]) -> Vec<VariableUse> {
    tokens
        .windows(3)
        .filter(|w| w[0].is_word("getvariable") && w[1].is_sign("("))
        .map(|w| match w[2].kind {
            TokenKind::Text => {
                VariableUse { name: Some(w[2].text.to_owned()), range: w[2].range() }
            }
            _ => VariableUse { name: None, range: w[0].range() },
        })
        .collect()
}

/// Words that read the clock or the dice, with what to say about them.
pub(crate) fn restless(tokens: &[Token<'_>]) -> Vec<(Range<usize>, String)> {
    const CLOCK_WORDS: [&str; 6] = [
        "current_date",
        "current_time",
        "current_timestamp",
        "localtime",
        "localtimestamp",
        "current_localtimestamp",
    ];
    const CLOCK_CALLS: [&str; 6] = [
        "now",
        "today",
        "get_current_time",
        "get_current_timestamp",
        "transaction_timestamp",
        "current_localtime",
    ];
    const DICE: [&str; 6] = ["random", "setseed", "uuid", "uuidv4", "uuidv7", "gen_random_uuid"];
    let mut out = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let lower = token.text.to_ascii_lowercase();
        let called = tokens.get(place + 1).is_some_and(|next| next.is_sign("("));
        let of_a_table = place > 0 && tokens[place - 1].is_sign(".");
        if token.kind != TokenKind::Word || of_a_table {
            continue;
        }
        let is = |list: &[&str]| list.contains(&lower.as_str());
        if is(&CLOCK_WORDS) || (called && is(&CLOCK_CALLS)) {
            out.push((
                token.range(),
                format!("{lower} reads the clock; use getvariable('as_of') instead"),
            ));
        } else if called && lower == "age" && arguments(&tokens[place + 1..]) == 1 {
            out.push((
                token.range(),
                "age of one date reads the clock; use age(getvariable('as_of'), …)".to_owned(),
            ));
        } else if called && is(&DICE) {
            out.push((token.range(), format!("{lower} gives another answer every time")));
        }
    }
    out
}

/// How many arguments stand in the parentheses that these tokens start with.
fn arguments(tokens: &[Token<'_>]) -> usize {
    let (mut depth, mut count) = (0usize, 1);
    for token in tokens {
        match token.text {
            "(" | "[" | "{" if token.kind == TokenKind::Sign => depth += 1,
            ")" | "]" | "}" if token.kind == TokenKind::Sign => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            "," if token.kind == TokenKind::Sign && depth == 1 => count += 1,
            _ => {}
        }
    }
    count
}

/// What the macros, views and tables of the model read, so that a figure which names one
/// of them is known to use its variables.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModelUses {
    objects: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
}

impl ModelUses {
    /// Adds the objects that a model file makes; gives back what is not a
    /// `CREATE OR REPLACE TEMP MACRO|VIEW|TABLE name` statement.
    pub(crate) fn add(&mut self, sql: &str) -> Vec<(Range<usize>, String)> {
        let mut errors = Vec::new();
        let tokens = tokens(sql);
        for statement in tokens.split(|token| token.is_sign(";")) {
            let Some(first) = statement.first() else { continue };
            let Some(name) = created(statement) else {
                errors.push((
                    first.range(),
                    "a model file holds only CREATE OR REPLACE TEMP MACRO, VIEW or TABLE statements"
                        .to_owned(),
                ));
                continue;
            };
            let object = self.objects.entry(name.to_lowercase()).or_default();
            object.0.extend(words(statement));
            object.1.extend(variables(statement).into_iter().filter_map(|used| used.name));
        }
        errors
    }

    /// Variables that are read by the objects which these tokens name, however far down.
    pub(crate) fn variables_of(&self, tokens: &[Token<'_>]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<String> = words(tokens).into_iter().collect();
        while let Some(word) = waiting.pop() {
            let Some((words, variables)) = self.objects.get(&word) else { continue };
            if seen.insert(word) {
                found.extend(variables.iter().cloned());
                waiting.extend(words.iter().cloned());
            }
        }
        found
    }
}

pub(crate) fn words(tokens: &[Token<'_>]) -> BTreeSet<String> {
    tokens
        .iter()
        .filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Name))
        .map(|token| token.text.to_lowercase())
        .collect()
}

/// The name of what this statement makes.
pub(crate) fn created<'a>(statement: &[Token<'a>]) -> Option<&'a str> {
    let mut rest = statement.iter();
    for word in ["create", "or", "replace"] {
        rest.next().filter(|token| token.is_word(word))?;
    }
    rest.next().filter(|token| token.is_word("temp") || token.is_word("temporary"))?;
    let makes = ["macro", "function", "view", "table"];
    rest.next().filter(|token| makes.iter().any(|word| token.is_word(word)))?;
    rest.next()
        .filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Name))
        .map(|token| token.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        tokens(sql).iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_texts_are_no_words() {
        let sql = "SELECT 'now()' , \"to\"\"day\" -- now()\n/* a /* b */ now() */ FROM e'it\\'s' $x$now()$x$";
        assert_eq!(texts(sql), ["SELECT", "now()", ",", "to\"\"day", "FROM", "it\\'s", "now()"]);
        assert_eq!(restless(&tokens(sql)), []);
    }

    #[test]
    fn unfinished_pieces_end_with_the_text() {
        for sql in ["'abc", "\"", "/* x", "$$ab", "-- x", "e'", "$", "ä'ö"] {
            let _ = tokens(sql);
        }
    }

    #[test]
    fn variables_are_found() {
        let found =
            variables(&tokens("SELECT getvariable('as_of'), GETVARIABLE ( 'by' ), getvariable(x)"));
        let names: Vec<_> = found.into_iter().map(|used| used.name).collect();
        assert_eq!(names, [Some("as_of".to_owned()), Some("by".to_owned()), None]);
    }

    #[test]
    fn the_clock_is_noticed() {
        let count = |sql: &str| restless(&tokens(sql)).len();
        assert_eq!(count("SELECT now(), current_date, today ( ), age(x.d), random()"), 5);
        assert_eq!(count("SELECT x.today, now, age(a, f(b, c)), opportunity.current_date"), 0);
    }

    #[test]
    fn the_model_hands_on_its_variables() {
        let mut model = ModelUses::default();
        assert!(
            model
                .add("CREATE OR REPLACE TEMP MACRO inner_one() AS getvariable('slice');\nCREATE OR REPLACE TEMP VIEW outer_one AS SELECT inner_one();")
                .is_empty()
        );
        let used = model.variables_of(&tokens("SELECT * FROM outer_one"));
        assert_eq!(used.into_iter().collect::<Vec<_>>(), ["slice"]);
        assert_eq!(model.add("DROP TABLE x; CREATE TABLE y(i INT)").len(), 2);
    }
}
