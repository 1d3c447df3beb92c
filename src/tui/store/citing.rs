//! Evidence for the screen: figures cited, read once more, measured again.

use chrono::Utc;

use crate::catalog::{Catalog, Form};
use crate::ledger::{self, Body, Evidence, LedgerError, Signature};
use crate::review::{self, Start};
use crate::tui::message::{Failure, Reply};
use crate::workspace::Workspace;

use super::missing;

pub(super) fn chain(
    workspace: &mut Workspace,
    catalog: &Catalog,
    start: &Start,
) -> Result<Reply, Failure> {
    Ok(Reply::Chain(Box::new(review::chain(workspace, catalog, start)?)))
}

pub(super) fn repeat(
    workspace: &mut Workspace,
    catalog: &Catalog,
    cited: &Evidence,
) -> Result<Reply, Failure> {
    let then = ledger::repeat(workspace, catalog, cited)?;
    let since = ledger::changed_since(workspace, catalog, cited)?;
    Ok(Reply::Repeated { then, since })
}

pub(super) fn measure(
    workspace: &mut Workspace,
    catalog: &Catalog,
    record: &str,
    author: &str,
) -> Result<Reply, Failure> {
    let today = workspace.defaults()?.as_of;
    let newest = ledger::newest(workspace, record)?;
    let form = catalog.forms.get(&newest.kind).ok_or_else(|| missing("form", &newest.kind))?;
    let by = Signature { author: author.to_owned(), at: Utc::now() };
    Ok(Reply::Saved(Box::new(ledger::measure(workspace, catalog, form, record, today, &by)?)))
}

/// The row that a record is opened from, as evidence. What can no longer be read (somebody
/// imported a moment ago) stays there in words, and says so: a record can be written all the same.
pub(super) fn cite(
    workspace: &mut Workspace,
    catalog: &Catalog,
    form: &Form,
    body: &mut Body,
) -> Result<(), Failure> {
    match ledger::cite(workspace, catalog, form, body) {
        Err(LedgerError::Problems(problems)) => {
            for problem in problems {
                let Some(value) = body.get_mut(&problem.field) else { continue };
                let words = Evidence::read(value).map(|cited| cited.in_words()).unwrap_or_default();
                *value = format!("{words} (not cited: {})", problem.message).into();
            }
            Ok(())
        }
        done => Ok(done?),
    }
}
