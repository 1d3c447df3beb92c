//! SQL files as statements, and what those name and make.

use crate::catalog::sql_scan::{Token, TokenKind, tokens};

/// One statement of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement<'a> {
    /// Without the semicolon and the comments before it.
    pub(super) text: &'a str,
    /// The line on which `text` starts, 1-based.
    pub(super) line: usize,
}

/// The statements of a text, those that hold nothing but comments left out.
pub(super) fn statements(sql: &str) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    let mut first = None;
    for token in tokens(sql) {
        if token.is_sign(";") {
            found.extend(first.take().map(|start| statement(sql, start, token.start)));
        } else if first.is_none() {
            // The text of a quoted piece starts behind its quote.
            first = Some(match token.kind {
                TokenKind::Word | TokenKind::Sign => token.start,
                TokenKind::Name | TokenKind::Text => token.start - 1,
            });
        }
    }
    found.extend(first.map(|start| statement(sql, start, sql.len())));
    found
}

fn statement(sql: &str, start: usize, end: usize) -> Statement<'_> {
    Statement { text: sql[start..end].trim_end(), line: sql[..start].matches('\n').count() + 1 }
}

/// Every name and keyword outside strings and comments, in lower case.
pub(super) fn words(sql: &str) -> impl Iterator<Item = String> {
    tokens(sql).into_iter().filter(is_name).map(|token| token.text.to_lowercase())
}

fn is_name(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Name)
}

/// The name that a `CREATE … MACRO|FUNCTION|VIEW|TABLE name` makes, in lower case.
pub(super) fn created(statement: &str) -> Option<String> {
    let mut words = words(statement);
    (words.next()? == "create").then_some(())?;
    let makes = ["macro", "function", "view", "table"];
    words.by_ref().take(4).find(|word| makes.contains(&word.as_str()))?;
    let name = words.next()?;
    if name == "if" { words.nth(2) } else { Some(name) }
}

/// Whether what it creates is a table.
pub(super) fn makes_table(statement: &str) -> bool {
    let makes = ["macro", "function", "view", "table"];
    words(statement).find(|word| makes.contains(&word.as_str())).as_deref() == Some("table")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn statements_know_their_lines() {
        let sql = "-- a; comment\nCREATE VIEW a AS SELECT ';' ;\n\n/* x; /* y; */ */\n;\nSELECT \"b;\"\nFROM a;\n-- end\n";
        let found: Vec<_> = statements(sql).iter().map(|s| (s.line, s.text)).collect();
        assert_eq!(found, [(2, "CREATE VIEW a AS SELECT ';'"), (6, "SELECT \"b;\"\nFROM a")]);
    }

    #[test]
    fn words_are_not_found_in_strings_and_comments() {
        let found: Vec<_> =
            words("SELECT Deals_At($$ no $$, 'no''no') -- no\n FROM \"My View\"").collect();
        assert_eq!(found, ["select", "deals_at", "from", "my view"]);
    }

    #[test]
    fn created_names() {
        let name = |sql: &str| created(sql).unwrap_or_default();
        assert_eq!(name("CREATE OR REPLACE TEMP MACRO deals_at(day) AS 1"), "deals_at");
        assert_eq!(name("create temp view \"Record_PM\" as select 1"), "record_pm");
        assert_eq!(name("CREATE TABLE IF NOT EXISTS x (a INT)"), "x");
        assert_eq!(created("SET VARIABLE view = 1"), None);
        assert!(makes_table("CREATE OR REPLACE TEMP TABLE x AS SELECT 1"));
        assert!(!makes_table("CREATE OR REPLACE TEMP MACRO x() AS TABLE SELECT 1"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart(sql in "[\\PC'\"$;/*\\n-]{0,60}") {
            let _ = (statements(&sql), words(&sql).count(), created(&sql));
        }
    }
}
