//! A workspace that another DuckDB serves: its address, the way to it, and
//! writing there.
//!
//! Invariants: a turn keeps no transaction open at the server between two
//! requests, so a client that dies holds nobody up; what a turn writes goes there
//! in one request, which is made as a whole or not at all, and only if nothing
//! was written since the turn began.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::address::Address;
use super::error::WorkspaceError;
use super::literal::{literal, quoted};
use super::schema::ALIAS;
use super::{extensions, token};
use crate::catalog::figure::ParameterKind;
use crate::domain::Value;
use duckdb::Connection;

/// A server and what it lets in by.
pub(super) struct Server {
    pub(super) address: Address,
    token: String,
}

impl std::fmt::Debug for Server {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({})", self.address)
    }
}

/// Finds what the way to a server takes, and says what is missing of it.
///
/// # Errors
/// `NoExtension`, `NoToken`.
pub(super) fn prepare(address: Address) -> Result<(Vec<PathBuf>, Server), WorkspaceError> {
    let token = token::read(&address)?;
    Ok((extensions::found()?, Server { address, token }))
}

/// Opens the session at the server that this instance works in.
///
/// # Errors
/// `Unreachable`, `WrongToken`, `NotAWorkspace`.
pub(super) fn attach(
    connection: &Connection,
    Server { address, token }: &Server,
) -> Result<(), WorkspaceError> {
    let failed = |error: duckdb::Error| told(&error.to_string(), &address.path());
    connection
        .execute_batch(&format!(
            "ATTACH {} AS {SERVER} (TYPE quack, TOKEN {})",
            quoted(&address.to_string()),
            quoted(token)
        ))
        .map_err(failed)?;
    // A DuckDB that serves something else has no database of this name.
    connection.execute_batch(&passed_on(&format!("USE {ALIAS}"))).map_err(|error| {
        match told(&error.to_string(), &address.path()) {
            WorkspaceError::Sql { .. } => WorkspaceError::NotAWorkspace { path: address.path() },
            other => other,
        }
    })
}

/// What a message that came by way of a server says. Every error of a server comes as an "Invalid
/// Input Error", with our own request as its place.
pub(super) fn told(message: &str, path: &Path) -> WorkspaceError {
    let has = |text: &str| message.contains(text);
    if has("Failed to send message") || forgot_us(message) {
        let detail = message.lines().next().unwrap_or_default().to_owned();
        return WorkspaceError::Unreachable { path: path.to_owned(), detail };
    }
    if has("Authentication failed") {
        return WorkspaceError::WrongToken { path: path.to_owned() };
    }
    if has("Conflict on") || has(OVERTAKEN) {
        return WorkspaceError::Overtaken { path: path.to_owned() };
    }
    let ours = message.rfind("\n\nLINE 1: ").filter(|at| message[*at..].contains("quack_query"));
    let said = ours.map_or(message, |at| &message[..at]).trim_end();
    match said.strip_prefix("Invalid Input Error: ") {
        // It has a place in the SQL: that is wrong, and not the data.
        Some(wrong) if wrong.contains("\n\nLINE ") => {
            super::error::classify(&format!("Binder Error: {wrong}"), path)
        }
        _ => super::error::classify(said, path),
    }
}

/// A server that was started anew knows no session of before.
pub(super) fn forgot_us(message: &str) -> bool {
    message.contains("Invalid connection id")
}

/// What the server says when somebody was quicker.
const OVERTAKEN: &str = "somebody wrote in between";

/// Everything that is only ever added to, as one text: the same text, the same workspace. First the
/// end of the ledger, then what else there is.
pub(super) const STATE: &str = "SELECT concat_ws('\n',
    coalesce((SELECT value FROM ws.meta.info WHERE key = 'ledger_head'), ''),
    (SELECT count(*) || '/' || coalesce(max(import_id), 0) FROM ws.meta.import),
    (SELECT count(*) FROM ws.settings.alias),
    (SELECT count(*) FROM ws.settings.assumption))";

/// What the server is called in this instance.
const SERVER: &str = "server";

/// SQL that has some other SQL run by the server. Only what is plain: the planner that runs it is
/// the extension's, and in 1.5.5 it counts nothing where a correlated subquery should count 0.
pub(super) fn passed_on(sql: &str) -> String {
    format!("FROM quack_query_by_name('{SERVER}', {})", quoted(sql))
}

/// One statement with its parameters written into it, however they are marked.
pub(super) fn written_out(sql: &str, parameters: &[Value]) -> String {
    if parameters.is_empty() {
        return sql.to_owned();
    }
    let written = |value: &Value| match value {
        // Of no type, it fits wherever a bound one does.
        Value::Null => "NULL".to_owned(),
        value => literal(value, ParameterKind::Text),
    };
    let values: Vec<String> = parameters.iter().map(written).collect();
    let sql = sql.trim_end().trim_end_matches(';');
    format!("PREPARE asked AS {sql}\n; EXECUTE asked({})", values.join(", "))
}

/// Makes all of it or nothing, in one request, if the workspace still is in the state that it was
/// in when the turn began.
///
/// # Errors
/// `Overtaken`; `Unreachable`, after which it may have been made all the same; `ReadOnly`, …
pub(super) fn commit(
    connection: &Connection,
    began_in: &str,
    statements: &[String],
    path: &Path,
) -> Result<(), WorkspaceError> {
    if statements.is_empty() {
        return Ok(());
    }
    // The first statement waits for nobody and fails when another writer is at it: nothing is
    // written yet then, so a client that dies at this moment leaves no lock behind.
    let mut request = format!(
        "USE {ALIAS}; BEGIN; UPDATE meta.info SET value = value WHERE key = 'schema_version';\n\
         SELECT CASE WHEN ({STATE}) <> {} THEN error('{OVERTAKEN}') END;\n",
        quoted(began_in)
    );
    for statement in statements {
        request += statement;
        request += "\n;\n";
    }
    request += "COMMIT";
    let done = connection
        .execute_batch(&passed_on(&request))
        .map_err(|error| told(&error.to_string(), path));
    if done.is_err() {
        // Mostly there is no transaction any more, and that is no error.
        let _ = connection.execute_batch(&passed_on("ROLLBACK"));
    }
    if let Err(WorkspaceError::Overtaken { .. }) = &done {
        // Not in step with the other one.
        std::thread::sleep(Duration::from_millis(2 + u64::from(std::process::id()) % 17));
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_written_out_as_the_statement_marks_them() {
        let connection = Connection::open_in_memory().expect("DuckDB");
        let hostile = "x'); DROP TABLE t; --";
        for sql in ["SELECT ?::VARCHAR || ?::BIGINT -- end", "SELECT $1::VARCHAR || $2::BIGINT;"] {
            let text = written_out(sql, &[hostile.into(), 7_i64.into()]);
            let (first, second) = text.split_once("\n; EXECUTE").expect("two statements");
            connection.execute_batch(first).expect("prepared");
            let said: String = connection
                .query_row(&format!("EXECUTE{second}"), [], |row| row.get(0))
                .expect("executed");
            assert_eq!(said, format!("{hostile}7"));
        }
        assert_eq!(written_out("FROM t", &[]), "FROM t");
        assert_eq!(passed_on("FROM t"), "FROM quack_query_by_name('server', 'FROM t')");
    }

    #[test]
    fn what_the_server_says_is_told_without_our_own_request() {
        let path = Path::new("quack:127.0.0.1:9494");
        let told = |message: &str| super::told(message, path);
        let own = "\n\nLINE 1: FROM quack_query_by_name('server', ...\n             ^";
        let error = told(&format!("Invalid Input Error: no targets{own}"));
        assert_eq!(error.to_string(), "Invalid Input Error: no targets");
        let error = told(&format!(
            "Invalid Input Error: Table with name x does not exist!\n\nLINE 1: FROM x\n{own}"
        ));
        assert!(error.to_string().starts_with("Binder Error: Table with name x"), "{error}");
        for (message, overtaken) in [
            ("Invalid Input Error: Conflict on update!", true),
            ("Invalid Input Error: somebody wrote in between", true),
            ("IO Error: Failed to send message: IO Error: Could not connect", false),
            ("Invalid Input Error: Invalid connection id", false),
        ] {
            let error = told(&format!("{message}{own}"));
            assert_eq!(matches!(error, WorkspaceError::Overtaken { .. }), overtaken, "{message}");
            assert_eq!(
                matches!(error, WorkspaceError::Unreachable { .. }),
                !overtaken,
                "{message}"
            );
        }
        let error = told("Invalid Input Error: Authentication failed");
        assert!(matches!(error, WorkspaceError::WrongToken { .. }));
    }
}
