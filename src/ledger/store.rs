//! The rows of `ledger.revision`, read and added. The only file that knows their SQL.
//!
//! Invariant: rows are inserted and read; there is no update and no delete here.

use chrono::{DateTime, Utc};
use serde_json::Value as Json;

use super::body::Body;
use super::error::LedgerError;
use super::revision::Revision;
use crate::domain::{Table, Value};
use crate::workspace::{Session, WorkspaceError};

const COLUMNS: &str = "seq, record_id, kind, revision, parent, action, toward, state, body, author, \
                       \"at\", reason, prev_hash, hash";

/// A row as it stands in the file, whoever put it there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) seq: i64,
    pub(super) record: String,
    pub(super) kind: String,
    pub(super) revision: i64,
    pub(super) parent: Option<i64>,
    pub(super) action: String,
    pub(super) toward: Option<String>,
    pub(super) state: String,
    pub(super) body: String,
    pub(super) author: String,
    pub(super) at: DateTime<Utc>,
    pub(super) reason: Option<String>,
    pub(super) prev_hash: String,
    pub(super) hash: String,
}

impl Row {
    /// # Errors
    /// `Damaged`, when it is nothing that this program writes.
    pub(super) fn into_revision(self) -> Result<Revision, LedgerError> {
        let damaged = |why: &str| LedgerError::Damaged {
            seq: self.seq,
            record: self.record.clone(),
            why: why.to_owned(),
        };
        let action = self.action.parse().map_err(|()| damaged("its action is unknown"))?;
        let revision =
            u32::try_from(self.revision).map_err(|_| damaged("its revision is not a number"))?;
        let parent = self.parent.map(u32::try_from).transpose();
        let parent = parent.map_err(|_| damaged("its parent is not a number"))?;
        let body = body_of(&self.body).ok_or_else(|| damaged("its body is not a JSON object"))?;
        Ok(Revision {
            seq: self.seq,
            record: self.record,
            kind: self.kind,
            revision,
            parent,
            action,
            toward: self.toward,
            state: self.state,
            body,
            author: self.author,
            at: self.at,
            reason: self.reason,
            prev_hash: self.prev_hash,
            hash: self.hash,
        })
    }
}

pub(super) fn body_of(text: &str) -> Option<Body> {
    match serde_json::from_str(text) {
        Ok(Json::Object(body)) => Some(body),
        _ => None,
    }
}

/// Every row, in the order of the chain.
pub(super) fn all(session: &Session<'_>) -> Result<Vec<Row>, WorkspaceError> {
    select(session, "ORDER BY seq", &[])
}

/// The rows of a record, oldest first.
pub(super) fn of_record(session: &Session<'_>, id: &str) -> Result<Vec<Row>, WorkspaceError> {
    select(session, "WHERE record_id = ? ORDER BY revision, seq", &[id.into()])
}

/// The newest row of each record, of one kind or of all, newest change first.
pub(super) fn newest(
    session: &Session<'_>,
    kind: Option<&str>,
) -> Result<Vec<Row>, WorkspaceError> {
    select(
        session,
        "WHERE coalesce(kind = ?, true) \
         QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY revision DESC, seq DESC) = 1 \
         ORDER BY seq DESC",
        &[kind.map(str::to_owned).into()],
    )
}

/// The newest row of each record of the kind that has ever said this value, whatever the case, in
/// any field.
///
/// Every save asks for it while others wait: looking for the words anywhere in a body costs a tenth
/// of parsing each newest one.
pub(super) fn newest_saying(
    session: &Session<'_>,
    kind: &str,
    value: &str,
) -> Result<Vec<Row>, WorkspaceError> {
    let quoted = Json::from(value).to_string();
    let words = quoted.trim_matches('"');
    let found = session.query(
        "SELECT DISTINCT record_id FROM ledger.revision \
         WHERE kind = ? AND contains(lower(body), lower(?)) ORDER BY record_id",
        &[kind.into(), words.into()],
    )?;
    let mut rows = Vec::new();
    for row in 0..found.len() {
        rows.extend(of_record(session, &found.get(row, "record_id").plain())?.pop());
    }
    Ok(rows)
}

/// The kind of a record; `None` when there is no such record.
pub(super) fn kind_of(session: &Session<'_>, id: &str) -> Result<Option<String>, WorkspaceError> {
    let found = session
        .query("SELECT kind FROM ledger.revision WHERE record_id = ? LIMIT 1", &[id.into()])?;
    Ok(found.get(0, "kind").as_text().map(str::to_owned))
}

/// The highest number among ids with this prefix; 0 when there is none.
pub(super) fn highest(session: &Session<'_>, prefix: &str) -> Result<i64, WorkspaceError> {
    let found = session.query(
        "SELECT coalesce(max(try_cast(split_part(record_id, '-', 2) AS BIGINT)), 0) AS number \
         FROM ledger.revision WHERE split_part(record_id, '-', 1) = ?",
        &[prefix.into()],
    )?;
    Ok(found.get(0, "number").as_int().unwrap_or(0))
}

/// Place and hash of the last row; `None` when there is no row.
pub(super) fn last(session: &Session<'_>) -> Result<Option<(i64, String)>, WorkspaceError> {
    let found = session
        .query("SELECT max(seq) AS seq, arg_max(hash, seq) AS hash FROM ledger.revision", &[])?;
    Ok(match (found.get(0, "seq").as_int(), found.get(0, "hash").as_text()) {
        (Some(seq), Some(hash)) => Some((seq, hash.to_owned())),
        _ => None,
    })
}

pub(super) fn insert(session: &Session<'_>, row: &Row) -> Result<(), WorkspaceError> {
    let values: [Value; 14] = [
        row.seq.into(),
        row.record.clone().into(),
        row.kind.clone().into(),
        row.revision.into(),
        row.parent.into(),
        row.action.clone().into(),
        row.toward.clone().into(),
        row.state.clone().into(),
        row.body.clone().into(),
        row.author.clone().into(),
        row.at.into(),
        row.reason.clone().into(),
        row.prev_hash.clone().into(),
        row.hash.clone().into(),
    ];
    let sql = format!(
        "INSERT INTO ledger.revision ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    session.execute(&sql, &values)?;
    Ok(())
}

/// The revision that a save became; `None` when it has not arrived.
pub(super) fn arrived(session: &Session<'_>, save: &str) -> Result<Option<Row>, WorkspaceError> {
    let rows = select(
        session,
        "WHERE seq = (SELECT min(seq) FROM ledger.arrival WHERE save_id = ?)",
        &[save.into()],
    )?;
    Ok(rows.into_iter().next())
}

pub(super) fn arrives(session: &Session<'_>, save: &str, seq: i64) -> Result<(), WorkspaceError> {
    let sql = "INSERT INTO ledger.arrival (save_id, seq) VALUES (?, ?)";
    session.execute(sql, &[save.into(), seq.into()]).map(|_| ())
}

/// What the file says the last revision is: its place and hash.
pub(super) fn head(session: &Session<'_>) -> Result<Option<String>, WorkspaceError> {
    let found = session.query("SELECT value FROM meta.info WHERE key = 'ledger_head'", &[])?;
    Ok(found.get(0, "value").as_text().map(str::to_owned))
}

pub(super) fn set_head(session: &Session<'_>, seq: i64, hash: &str) -> Result<(), WorkspaceError> {
    session.execute(
        "INSERT OR REPLACE INTO meta.info (key, value) VALUES ('ledger_head', ?)",
        &[format!("{seq} {hash}").into()],
    )?;
    Ok(())
}

fn select(session: &Session<'_>, rest: &str, values: &[Value]) -> Result<Vec<Row>, WorkspaceError> {
    let sql = format!("SELECT {COLUMNS} FROM ledger.revision {rest}");
    let table = session.query(&sql, values)?;
    Ok((0..table.len()).map(|row| read(&table, row)).collect())
}

fn read(table: &Table, row: usize) -> Row {
    let text = |column: &str| table.get(row, column).as_text().map(str::to_owned);
    let number = |column: &str| table.get(row, column).as_int();
    Row {
        seq: number("seq").unwrap_or_default(),
        record: text("record_id").unwrap_or_default(),
        kind: text("kind").unwrap_or_default(),
        revision: number("revision").unwrap_or_default(),
        parent: number("parent"),
        action: text("action").unwrap_or_default(),
        toward: text("toward"),
        state: text("state").unwrap_or_default(),
        body: text("body").unwrap_or_default(),
        author: text("author").unwrap_or_default(),
        at: match table.get(row, "at") {
            Value::Instant(at) => *at,
            _ => DateTime::UNIX_EPOCH,
        },
        reason: text("reason"),
        prev_hash: text("prev_hash").unwrap_or_default(),
        hash: text("hash").unwrap_or_default(),
    }
}
