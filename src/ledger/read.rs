//! Records as they stand and as they stood.

use super::body::Body;
use super::document::name_of;
use super::error::LedgerError;
use super::revision::{Revision, Summary};
use super::store::{self, Row, body_of};
use crate::catalog::Catalog;
use crate::workspace::{Session, Workspace};

/// Every record, of one kind or of all; the one that changed last comes first.
/// Records of a kind without a form are listed under their id.
pub fn list(
    ws: &mut Workspace,
    catalog: &Catalog,
    kind: Option<&str>,
) -> Result<Vec<Summary>, LedgerError> {
    let rows =
        ws.read("listing records", |session| Ok::<_, LedgerError>(store::newest(session, kind)?))?;
    Ok(rows.into_iter().map(|row| summary(catalog, row)).collect())
}

/// A damaged row is listed all the same: hiding it would hide the damage.
fn summary(catalog: &Catalog, row: Row) -> Summary {
    let body: Body = body_of(&row.body).unwrap_or_default();
    let name = match catalog.forms.get(&row.kind) {
        Some(form) => name_of(form, &row.record, &body),
        None => row.record.clone(),
    };
    Summary {
        name,
        record: row.record,
        kind: row.kind,
        state: row.state,
        revision: u32::try_from(row.revision).unwrap_or_default(),
        author: row.author,
        at: row.at,
    }
}

/// The newest revision of every record, by kind and number.
///
/// # Errors
/// `Damaged` for a row that is nothing that this program writes.
pub fn newest_of_all(ws: &mut Workspace) -> Result<Vec<Revision>, LedgerError> {
    let rows = ws.read("reading the records", |session| {
        Ok::<_, LedgerError>(store::newest(session, None)?)
    })?;
    let mut newest: Vec<Revision> =
        rows.into_iter().map(Row::into_revision).collect::<Result<_, _>>()?;
    let number = |id: &str| id.split_once('-').and_then(|(_, n)| n.parse::<u64>().ok());
    newest.sort_by(|a, b| (&a.kind, number(&a.record)).cmp(&(&b.kind, number(&b.record))));
    Ok(newest)
}

/// The newest revision of a record.
///
/// # Errors
/// `NoSuchRecord`.
pub fn newest(ws: &mut Workspace, id: &str) -> Result<Revision, LedgerError> {
    let mut history = history(ws, id)?;
    history.pop().ok_or_else(|| LedgerError::NoSuchRecord { record: id.to_owned() })
}

/// Every revision of a record, oldest first; never none.
///
/// # Errors
/// `NoSuchRecord`.
pub fn history(ws: &mut Workspace, id: &str) -> Result<Vec<Revision>, LedgerError> {
    ws.read("reading a record", |session| revisions(session, id))
}

pub(super) fn revisions(session: &Session<'_>, id: &str) -> Result<Vec<Revision>, LedgerError> {
    let rows = store::of_record(session, id)?;
    if rows.is_empty() {
        return Err(LedgerError::NoSuchRecord { record: id.to_owned() });
    }
    rows.into_iter().map(Row::into_revision).collect()
}
