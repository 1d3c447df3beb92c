//! What others did to a workspace since one last looked, in words.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::ReviewError;
use crate::domain::{Formats, Table, Value};
use crate::workspace::Workspace;

/// How far somebody has seen what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Place of the last revision in the chain of the file.
    revision: i64,
    /// The last import.
    import: i64,
}

impl Seen {
    /// Whether a revision comes right after what was seen.
    pub fn is_before(&self, seq: i64) -> bool {
        seq == self.revision + 1
    }

    /// With this revision seen as well.
    #[must_use]
    pub fn after(self, seq: i64) -> Self {
        Seen { revision: seq, ..self }
    }
}

/// One step of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    who: String,
    at: Option<DateTime<Utc>>,
    /// `revised PM-14`, `imported deals.csv`
    did: String,
    /// The record, for counting.
    record: Option<String>,
}

/// How far the workspace is at this moment.
///
/// # Errors
/// Those of [`Workspace::read`].
pub fn seen(workspace: &mut Workspace) -> Result<Seen, ReviewError> {
    let found = workspace.read("looking what changed", |session| {
        session.query(
            "SELECT (SELECT coalesce(max(seq), 0) FROM ledger.revision) AS revision,
                    (SELECT coalesce(max(import_id), 0) FROM meta.import) AS import",
            &[],
        )
    })?;
    let number = |column: &str| found.get(0, column).as_int().unwrap_or_default();
    Ok(Seen { revision: number("revision"), import: number("import") })
}

/// What was done after `since`, as one sentence, and how far the workspace is now; no sentence
/// where all of it was done here. `user` is who looks: their other terminals are they themselves.
/// `here` are the places of the revisions that this terminal has written.
///
/// # Errors
/// Those of [`Workspace::read`].
pub fn news(
    workspace: &mut Workspace,
    since: Seen,
    user: &str,
    here: &BTreeSet<i64>,
) -> Result<(Option<String>, Seen), ReviewError> {
    let (revisions, imports) = workspace.read("looking what changed", |session| {
        let revisions = session.query(
            "SELECT seq, action, record_id, state, author, \"at\" FROM ledger.revision
             WHERE seq > ? ORDER BY seq",
            &[since.revision.into()],
        )?;
        let imports = session.query(
            "SELECT import_id, file_name, imported_by, imported_at FROM meta.import
             WHERE import_id > ? ORDER BY import_id",
            &[since.import.into()],
        )?;
        Ok::<_, ReviewError>((revisions, imports))
    })?;
    let of_others = |row: &usize| {
        let seq = revisions.get(*row, "seq").as_int();
        seq.is_none_or(|seq| !here.contains(&seq))
    };
    let mut steps: Vec<Step> =
        (0..revisions.len()).filter(of_others).map(|row| revised(&revisions, row)).collect();
    steps.extend((0..imports.len()).map(|row| imported(&imports, row)));
    let only_ours = steps.is_empty() && !revisions.is_empty();
    let last = |table: &Table, column: &str, before: i64| {
        let newest = table.len().checked_sub(1);
        newest.and_then(|row| table.get(row, column).as_int()).unwrap_or(before)
    };
    let now = Seen {
        revision: last(&revisions, "seq", since.revision),
        import: last(&imports, "import_id", since.import),
    };
    Ok(((!only_ours).then(|| told(&steps, user, |at| Formats::here().clock(at))), now))
}

fn revised(table: &Table, row: usize) -> Step {
    let text = |column: &str| table.get(row, column).plain();
    let record = text("record_id");
    let did = match text("action").as_str() {
        "create" => format!("wrote {record}"),
        "move" => format!("moved {record} to {}", text("state")),
        "approve" => format!("approved {record}"),
        _ => format!("revised {record}"),
    };
    Step { who: text("author"), at: instant(table.get(row, "at")), did, record: Some(record) }
}

fn imported(table: &Table, row: usize) -> Step {
    let text = |column: &str| table.get(row, column).plain();
    Step {
        who: text("imported_by"),
        at: instant(table.get(row, "imported_at")),
        did: format!("imported {}", text("file_name")),
        record: None,
    }
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Instant(at) => Some(*at),
        _ => None,
    }
}

fn told(steps: &[Step], own: &str, clock: impl Fn(DateTime<Utc>) -> String) -> String {
    let name = |who: &str| {
        if who == own { "You, elsewhere,".to_owned() } else { who.to_owned() }
    };
    // The last in time, whichever came from where; those without a time first. What is added up at
    // an import, and accepted spellings, leave no step.
    let Some(last) = steps.iter().max_by_key(|step| step.at) else {
        return "Somebody changed the workspace.".to_owned();
    };
    let at = last.at.map(|at| format!(" at {}", clock(at))).unwrap_or_default();
    let people: BTreeSet<&str> = steps.iter().map(|step| step.who.as_str()).collect();
    let records: BTreeSet<&str> = steps.iter().filter_map(|step| step.record.as_deref()).collect();
    let others = match people.len() - 1 {
        0 => String::new(),
        1 => "; another person was at work, too".to_owned(),
        n => format!("; {n} other people were at work, too"),
    };
    let more = match records.len() {
        0 | 1 => String::new(),
        n => format!(" ({n} records in all)"),
    };
    format!("{} {}{at}{more}{others}.", name(&last.who), last.did)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(who: &str, did: &str, record: Option<&str>) -> Step {
        Step {
            who: who.into(),
            at: DateTime::from_timestamp(0, 0),
            did: did.into(),
            record: record.map(Into::into),
        }
    }

    fn said(steps: &[Step]) -> String {
        told(steps, "ann", |at| at.format("%H:%M").to_string())
    }

    #[test]
    fn who_did_what_and_when() {
        assert_eq!(
            said(&[step("ben", "revised PM-14", Some("PM-14"))]),
            "ben revised PM-14 at 00:00."
        );
        assert_eq!(
            said(&[step("ann", "wrote PM-15", Some("PM-15"))]),
            "You, elsewhere, wrote PM-15 at 00:00."
        );
        assert_eq!(said(&[]), "Somebody changed the workspace.");
    }

    #[test]
    fn the_last_in_time_is_told_wherever_it_stands() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        let revised = step("ben", "revised PM-14", Some("PM-14"));
        // Imports are listed after the revisions.
        let imported = step("ops", "imported deals.csv", None);
        let steps =
            [Step { at: at(120), ..revised.clone() }, Step { at: at(60), ..imported.clone() }];
        assert!(said(&steps).starts_with("ben revised PM-14 at 00:02"), "{}", said(&steps));
        let steps =
            [Step { at: at(120), ..revised.clone() }, Step { at: at(180), ..imported.clone() }];
        assert!(said(&steps).starts_with("ops imported deals.csv at 00:03"), "{}", said(&steps));
        let steps = [revised, Step { at: None, ..imported }];
        assert!(said(&steps).starts_with("ben revised PM-14"), "{}", said(&steps));
    }

    #[test]
    fn many_steps_are_one_sentence() {
        let steps = [
            step("ben", "wrote PM-14", Some("PM-14")),
            step("cid", "wrote PM-15", Some("PM-15")),
            step("ops", "imported deals.csv", None),
        ];
        assert_eq!(
            said(&steps),
            "ops imported deals.csv at 00:00 (2 records in all); 2 other people were at work, too."
        );
        assert_eq!(
            said(&steps[..2]),
            "cid wrote PM-15 at 00:00 (2 records in all); another person was at work, too."
        );
    }
}
