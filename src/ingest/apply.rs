//! What is ready goes into the workspace: one transaction for the whole import.
//!
//! Owns the log of imports and the rule that the same file twice changes
//! nothing. Reads no file.

use chrono::{DateTime, NaiveDate, Utc};

use crate::catalog::facts::Taking;
use crate::domain::Value;
use crate::workspace::{Session, WorkspaceError};

use super::error::ImportError;
use super::fiscal;
use super::group::Group;
use super::history::{self, Changes, Foreseen, Stores};
use super::rebuild::{self, Rebuilt};
use super::report::{FileReport, ImportReport, TableReport};
use super::stage::quoted;
use super::tables::{self, Author};
use super::typed::Reject;

/// An earlier import of the same bytes into the same table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub taken_on: Option<NaiveDate>,
    pub imported_at: Option<DateTime<Utc>>,
    /// Nothing has taken its place since.
    pub current: bool,
    /// No other file was taken in together with it.
    pub alone: bool,
}

impl Known {
    /// The day on which it was imported.
    pub fn day(&self) -> NaiveDate {
        self.imported_at.map(|at| at.date_naive()).unwrap_or_default()
    }
}

/// Looks a file up in the log of imports; with a day, only imports as of that day count, and with
/// rules only those by the same. A log that does not know the rules yet is believed.
pub fn known(
    session: &Session<'_>,
    stores: &Stores,
    hash: &str,
    table: &str,
    day: Option<NaiveDate>,
    rules: Option<&str>,
) -> Result<Option<Known>, WorkspaceError> {
    let (log, snapshots) = (stores.of("meta.import"), stores.of("facts.snapshot"));
    let found = session.query(
        &format!(
            "SELECT i.taken_on, i.imported_at,
                    CASE WHEN i.taken_on IS NULL
                         THEN NOT EXISTS (SELECT 1 FROM {log} l WHERE l.table_name = i.table_name
                                          AND l.import_id > i.import_id)
                         ELSE i.import_id >= (SELECT s.import_id FROM {snapshots} s
                                              WHERE s.taken_on = i.taken_on) END AS is_current,
                    (SELECT count(*) FROM {log} l WHERE l.imported_at = i.imported_at
                     AND l.table_name = i.table_name
                     AND l.taken_on IS NOT DISTINCT FROM i.taken_on) = 1 AS is_alone
             FROM {log} i
             WHERE i.file_hash = ? AND i.table_name = ? AND (?::DATE IS NULL OR i.taken_on = ?::DATE)
                   AND (?::VARCHAR IS NULL
                        OR coalesce(json_extract_string(i.report, '$.files[0].rules'), '') IN ('', ?))
             ORDER BY i.import_id DESC LIMIT 1"
        ),
        &[hash.into(), table.into(), day.into(), day.into(), rules.into(), rules.into()],
    )?;
    Ok(found.rows.first().map(|row| Known {
        taken_on: row[0].as_date(),
        imported_at: match row[1] {
            Value::Instant(at) => Some(at),
            _ => None,
        },
        current: row[2].as_bool() == Some(true),
        alone: row[3].as_bool() == Some(true),
    }))
}

/// A group with what its files' reports say and which of their rows were rejected.
pub struct Ready<'g, 'p, 'a> {
    pub group: &'g Group<'p, 'a>,
    pub reports: Vec<FileReport>,
    pub rejects: Vec<Vec<Reject>>,
}

/// Takes one group in, and fills in what its reports did not know yet.
///
/// # Errors
/// Those of the workspace; the transaction is then rolled back by whoever began it.
pub fn take_in(
    session: &Session<'_>,
    stores: &Stores,
    ready: &mut Ready<'_, '_, '_>,
    author: &Author<'_>,
    foreseen: Option<&Foreseen>,
) -> Result<TableReport, ImportError> {
    let group = ready.group;
    let log = stores.of("meta.import");
    let mut earlier = Vec::new();
    for file in &group.files {
        earlier.push(known(session, stores, &file.source.hash, group.fact.name, group.day, None)?);
    }
    let first_import = next_import(session, stores)?;
    let incoming = group.incoming(first_import);
    let mut rebuilt = Rebuilt::default();
    let changes = match (group.day, group.fact.taking) {
        (Some(day), _) => {
            let this =
                |foreseen: &&Foreseen| (foreseen.day, foreseen.import_id) == (day, first_import);
            history::take_in(session, stores, &incoming, day, foreseen.filter(this))?
        }
        (None, Taking::Calendar) => fiscal::take_in(session, stores, &incoming)?,
        (None, Taking::Versions) => {
            tables::take_in_assumptions(session, stores, &incoming, author)?
        }
        (None, _) if group.fact.is_log() => {
            rebuilt = rebuild::take_in(session, stores, group, first_import)?;
            rebuilt.changes
        }
        (None, _) => {
            let mut given: Vec<&str> = group.files.iter().flat_map(|file| file.given()).collect();
            given.sort_unstable();
            given.dedup();
            tables::take_in(session, stores, group.fact, &incoming, &given)?
        }
    };
    let report = TableReport {
        table: group.fact.name.to_owned(),
        taken_on: group.day,
        files: group.files.iter().map(|file| file.source.name.clone()).collect(),
        changes,
    };
    let no_effect = changes
        == Changes {
            unchanged: changes.unchanged,
            open_before: changes.open_before,
            ..Changes::default()
        };
    if no_effect && earlier.iter().all(Option::is_some) {
        for (file, earlier) in ready.reports.iter_mut().zip(earlier) {
            file.already = earlier.map(|known| known.day());
        }
        return Ok(report);
    }
    if let Some(day) = group.day {
        let snapshots = stores.of("facts.snapshot");
        session.batch(&format!(
            "INSERT INTO {} (import_id, table_name, was)
             SELECT {first_import}, 'facts.snapshot', CAST(to_json(s) AS VARCHAR)
             FROM {snapshots} s WHERE taken_on = DATE '{day}';
             DELETE FROM {snapshots} WHERE taken_on = DATE '{day}';
             INSERT INTO {snapshots} (taken_on, import_id, origin, row_count)
             SELECT DATE '{day}', {first_import}, 'export', count(*) FROM {}",
            stores.of("meta.replaced"),
            group.rows
        ))?;
        rebuilt = rebuild::take_in_entered(session, stores, group, first_import)?;
    }
    tell(ready, rebuilt)?;
    for (place, file) in ready.reports.iter_mut().enumerate() {
        let import_id = first_import + place as i64;
        write_log(session, &log, import_id, file, author)?;
        write_rejects(session, &stores.of("meta.reject"), import_id, &ready.rejects[place])?;
        file.import_id = Some(import_id);
    }
    Ok(report)
}

/// The number of the next import.
pub fn next_import(session: &Session<'_>, stores: &Stores) -> Result<i64, WorkspaceError> {
    let log = stores.of("meta.import");
    let next = session.query(&format!("SELECT coalesce(max(import_id), 0) + 1 FROM {log}"), &[])?;
    Ok(next.rows.first().and_then(|row| row[0].as_int()).unwrap_or(1))
}

/// Puts what came of a history into the report of its file.
fn tell(ready: &mut Ready<'_, '_, '_>, rebuilt: Rebuilt) -> Result<(), ImportError> {
    let (Some(file), Some(report)) = (ready.group.files.first(), ready.reports.first_mut()) else {
        return Ok(());
    };
    report.notes.extend(rebuilt.notes);
    if rebuilt.refused.is_empty() {
        return Ok(());
    }
    let refused = rebuilt.refused.len() as u64;
    report.rejected += refused;
    report.taken = report.taken.saturating_sub(refused);
    ready.rejects[0] = file.rejects(&rebuilt.refused)?;
    report.show(&ready.rejects[0]);
    Ok(())
}

fn write_log(
    session: &Session<'_>,
    log: &str,
    import_id: i64,
    file: &FileReport,
    author: &Author<'_>,
) -> Result<(), WorkspaceError> {
    let count = |count: u64| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
    session.execute(
        &format!(
            "INSERT INTO {log} (import_id, table_name, file_name, file_hash, file_bytes, preset, \
             taken_on, imported_at, imported_by, rows_read, rows_taken, rows_rejected, report) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ),
        &[
            Value::Int(import_id),
            file.table.as_str().into(),
            file.file.as_str().into(),
            file.hash.as_str().into(),
            count(file.bytes),
            file.preset.as_str().into(),
            file.taken_on.into(),
            author.at.into(),
            author.name.into(),
            count(file.read),
            count(file.taken),
            count(file.rejected),
            // The closing report is known at the end.
            "{}".into(),
        ],
    )?;
    Ok(())
}

/// Keeps the closing report with each import that it is about: of its own file, and of the
/// workspace as it was then.
pub fn keep_reports(
    session: &Session<'_>,
    stores: &Stores,
    report: &ImportReport,
    ready: &[Ready<'_, '_, '_>],
) -> Result<(), WorkspaceError> {
    let log = stores.of("meta.import");
    for file in ready.iter().flat_map(|ready| &ready.reports) {
        let Some(import_id) = file.import_id else { continue };
        let about = |change: &&TableReport| {
            change.table == file.table
                && change.taken_on == file.taken_on
                && change.files.contains(&file.file)
        };
        let kept = ImportReport {
            rejected: file.rejected,
            files: vec![file.clone()],
            changes: report.changes.iter().filter(about).cloned().collect(),
            ..report.clone()
        };
        let json = serde_json::to_string(&kept)
            .map_err(|error| WorkspaceError::Sql { message: error.to_string() })?;
        let update = format!("UPDATE {log} SET report = ? WHERE import_id = ?");
        session.execute(&update, &[json.into(), Value::Int(import_id)])?;
    }
    Ok(())
}

fn write_rejects(
    session: &Session<'_>,
    table: &str,
    import_id: i64,
    rejects: &[Reject],
) -> Result<(), WorkspaceError> {
    let text = |text: &Option<String>| text.as_deref().map_or("NULL".into(), quoted);
    for some in rejects.chunks(500) {
        let rows = some.iter().map(|reject| {
            format!(
                "({import_id}, {}, {}, {}, {})",
                reject.line,
                text(&reject.column),
                text(&reject.value),
                quoted(&reject.reason)
            )
        });
        session.batch(&format!(
            "INSERT INTO {table} (import_id, line, column_name, value, reason) VALUES {}",
            rows.collect::<Vec<_>>().join(", ")
        ))?;
    }
    Ok(())
}
