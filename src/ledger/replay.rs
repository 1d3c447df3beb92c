//! A file of steps, written into the ledger as if their authors had made them.
//!
//! For the sample company and for moving records from elsewhere. Every step goes
//! through the same checks as a person's; one that is refused undoes them all.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::body::Body;
use super::check::fields;
use super::citing::cite;
use super::error::LedgerError;
use super::fill::fill;
use super::revision::{Action, Moved, Revision, Signature};
use super::writer::Writer;
use crate::catalog::{Catalog, Form};
use crate::workspace::Workspace;

/// One line of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// The id that the record has or, for its first step, will get.
    record: String,
    kind: String,
    action: Verb,
    /// For a move: the state asked for.
    state: Option<String>,
    /// For a new record and a revision: the whole body.
    body: Option<Body>,
    author: String,
    at: DateTime<Utc>,
    reason: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Verb {
    Create,
    Revise,
    /// A move or, while approvals are missing, an approval.
    #[serde(alias = "approve")]
    Move,
}

/// Writes every step of a file of JSON lines, in one write lease; how many
/// revisions they made. A revision is based on the newest one; new records whose
/// facts are left out get them from the figure of their form, and figures that
/// are cited are read.
///
/// # Errors
/// `Replay` with the line of the first step that is refused. Nothing is written then.
pub fn replay(ws: &mut Workspace, catalog: &Catalog, jsonl: &str) -> Result<usize, LedgerError> {
    let mut steps = Vec::new();
    for (place, line) in jsonl.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let at = |error| LedgerError::Replay { line: place + 1, error: Box::new(error) };
        let step: Step = serde_json::from_str(line)
            .map_err(|error| at(LedgerError::NotAStep(error.to_string())))?;
        steps.push((place + 1, prepared(ws, catalog, step).map_err(at)?));
    }
    ws.write("writing records", |session| {
        let mut ledger = Writer::open(session)?;
        let mut newest: BTreeMap<String, u32> = BTreeMap::new();
        let mut written = 0;
        for (line, (step, form)) in &steps {
            let based_on = newest.get(&step.record).copied();
            let revision = take(&mut ledger, form, step, based_on)
                .map_err(|error| LedgerError::Replay { line: *line, error: Box::new(error) })?;
            if newest.insert(revision.record, revision.revision) != Some(revision.revision) {
                written += 1;
            }
        }
        ledger.close()?;
        Ok(written)
    })
}

/// The step with its form, and with the facts of a new record filled in.
fn prepared<'a>(
    ws: &mut Workspace,
    catalog: &'a Catalog,
    mut step: Step,
) -> Result<(Step, &'a Form), LedgerError> {
    let wrong = |message: &str| Err(LedgerError::NotAStep(format!("{}: {message}", step.record)));
    let Some(form) = catalog.forms.get(&step.kind) else {
        return wrong(&format!("there is no kind of record {}", step.kind));
    };
    match (step.action, step.body.is_some(), step.state.is_some()) {
        (Verb::Create | Verb::Revise, true, false) | (Verb::Move, false, true) => {}
        (Verb::Move, ..) => return wrong("a move has a state and no body"),
        _ => return wrong("a new body has a body and no state"),
    }
    if step.action == Verb::Create
        && let Some(body) = &mut step.body
        && !fields(form).any(|field| field.filled_from.is_some() && body.contains_key(&field.id))
    {
        fill(ws, catalog, form, body)?;
    }
    if let Some(body) = &mut step.body {
        cite(ws, catalog, form, body)?;
    }
    Ok((step, form))
}

fn take(
    ledger: &mut Writer<'_>,
    form: &Form,
    step: &Step,
    based_on: Option<u32>,
) -> Result<Revision, LedgerError> {
    let by = Signature { author: step.author.clone(), at: step.at };
    let reason = step.reason.as_deref();
    let known =
        || based_on.ok_or_else(|| LedgerError::NoSuchRecord { record: step.record.clone() });
    match (step.action, &step.body, &step.state) {
        (Verb::Create, Some(body), _) => {
            let made = ledger.create(form, body, &by, reason)?;
            if made.record == step.record {
                return Ok(made);
            }
            Err(LedgerError::NotAStep(format!(
                "{} would become {} here; the file is for a ledger without such records",
                step.record, made.record
            )))
        }
        (Verb::Revise, Some(body), _) => {
            ledger.revise(form, &step.record, known()?, body, &by, reason)
        }
        (Verb::Move, _, Some(state)) => {
            known()?;
            match ledger.move_to(form, &step.record, None, state, &by, reason)? {
                Moved::Moved(revision) | Moved::Approved { revision, .. } => Ok(revision),
            }
        }
        _ => Err(LedgerError::NotAStep(format!("{}: nothing to do", Action::Move))),
    }
}
