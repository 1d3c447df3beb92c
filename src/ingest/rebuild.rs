//! A log of changes becomes versions of opportunities: the time before the first
//! full export, marked as derived.
//!
//! ```text
//! events    the rows of a log, or the days in the columns of an export
//! versions  what an opportunity was after each of them
//! weeks     the days on which derived snapshots stand
//! ```
//!
//! Invariants: what an export says is never touched; a version says only what
//! the log, an older log or the first export says; a deal without a known state
//! is not there. Reads no file.

mod events;
mod versions;
mod weeks;

use chrono::NaiveDate;

use crate::workspace::{Session, WorkspaceError};

use super::error::ImportError;
use super::group::Group;
use super::history::{Changes, Stores};
use super::typed::Fault;

use versions::Tracked;

/// What was rebuilt from one file.
#[derive(Debug, Default)]
pub struct Rebuilt {
    pub changes: Changes,
    /// Rows that belong to no opportunity.
    pub refused: Vec<Fault>,
    /// For the report of the file.
    pub notes: Vec<String>,
}

/// Takes in a log of changes.
///
/// # Errors
/// `Unclear` for stages that nobody knows the state of; those of the workspace.
pub fn take_in(
    session: &Session<'_>,
    stores: &Stores,
    group: &Group<'_, '_>,
    import_id: i64,
) -> Result<Rebuilt, ImportError> {
    let Some(file) = group.files.first() else { return Ok(Rebuilt::default()) };
    let before = first_export(session, stores)?;
    let tracked = events::of_log(session, stores, file)?;
    let refused = events::refuse_unknown(session, stores, file)?;
    events::learn_states(session, stores)?;
    events::check_stages(session, file)?;
    let mut rebuilt = rebuild(session, stores, &tracked, before, import_id)?;
    rebuilt.refused = refused;
    Ok(rebuilt)
}

/// Takes the days on which stages were entered out of the columns of an export that has just been
/// taken in. Only the first export brings any; from then on the exports tell.
///
/// # Errors
/// `Unclear` for dates that can be read in several ways; those of the workspace.
pub fn take_in_entered(
    session: &Session<'_>,
    stores: &Stores,
    group: &Group<'_, '_>,
    import_id: i64,
) -> Result<Rebuilt, ImportError> {
    let before = first_export(session, stores)?;
    if group.files.iter().all(|file| file.choice.entered.is_empty()) || before != group.day {
        return Ok(Rebuilt::default());
    }
    let tracked = events::of_columns(session, stores, group)?;
    events::learn_states(session, stores)?;
    let unknown = events::leave_out_unknown_stages(session)?;
    let mut rebuilt = rebuild(session, stores, &tracked, before, import_id)?;
    rebuilt.notes.extend(unknown);
    Ok(rebuilt)
}

fn rebuild(
    session: &Session<'_>,
    stores: &Stores,
    tracked: &[Tracked],
    before: Option<NaiveDate>,
    import_id: i64,
) -> Result<Rebuilt, ImportError> {
    let late = events::keep_those_before(session, before)?;
    versions::make(session, stores, tracked, before, import_id)?;
    let changes = versions::compare(session, stores, before)?;
    let mut rebuilt = Rebuilt { changes, ..Rebuilt::default() };
    if changes.new + changes.changed > 0 {
        versions::store(session, stores, import_id)?;
    }
    let snapshots = weeks::mark(session, stores, before, import_id)?;
    rebuilt.notes = notes(session, tracked, before, late, snapshots)?;
    if let Some(day) = before {
        rebuilt.notes.extend(without_history(session, stores, day)?);
    }
    session.batch("DROP TABLE ingest_events; DROP TABLE ingest_rebuilt")?;
    Ok(rebuilt)
}

/// The day of the first full export there is.
fn first_export(
    session: &Session<'_>,
    stores: &Stores,
) -> Result<Option<NaiveDate>, WorkspaceError> {
    let snapshots = stores.of("facts.snapshot");
    let found = session
        .query(&format!("SELECT min(taken_on) FROM {snapshots} WHERE origin = 'export'"), &[])?;
    Ok(found.rows.first().and_then(|row| row[0].as_date()))
}

/// How many opportunities of the first export have no history, if any has none.
fn without_history(
    session: &Session<'_>,
    stores: &Stores,
    day: NaiveDate,
) -> Result<Option<String>, WorkspaceError> {
    let stored = stores.of("facts.opportunity");
    let found = session.query(
        &format!(
            "SELECT count(*), count(*) FILTER (opportunity_id NOT IN (
                 SELECT opportunity_id FROM {stored} WHERE valid_from < DATE '{day}'))
             FROM {stored}
             WHERE valid_from <= DATE '{day}' AND (valid_to IS NULL OR valid_to > DATE '{day}')"
        ),
        &[],
    )?;
    let number = |place: usize| found.rows.first().and_then(|row| row[place].as_int()).unwrap_or(0);
    let (all, without) = (number(0), number(1));
    Ok((without > 0).then(|| {
        format!("{without} of {all} opportunities of the export of {day} have no history: they begin with it")
    }))
}

fn notes(
    session: &Session<'_>,
    tracked: &[Tracked],
    before: Option<NaiveDate>,
    late: u64,
    snapshots: u64,
) -> Result<Vec<String>, WorkspaceError> {
    let found = session.query(
        "SELECT count(DISTINCT deal), min(day), max(day) FROM ingest_events WHERE from_file",
        &[],
    )?;
    let mut notes = Vec::new();
    if let Some([deals, first, last]) = found.rows.first().map(Vec::as_slice)
        && let (Some(first), Some(last)) = (first.as_date(), last.as_date())
    {
        notes.push(format!(
            "derived: the history of {} opportunities from {first} to {last}, with {snapshots} \
             derived snapshots",
            deals.plain()
        ));
    }
    if let Some(day) = before
        && late > 0
    {
        notes.push(format!(
            "{late} changes are on or after {day}, the day of the first export, and change nothing: \
             from then on the exports tell"
        ));
    }
    let untold: Vec<&str> = ["amount", "close_date", "owner_id"]
        .into_iter()
        .filter(|name| !tracked.iter().any(|tracked| tracked.name == *name))
        .collect();
    if !untold.is_empty() {
        notes.push(format!(
            "the history does not tell {}: derived versions have them as in the first export",
            untold.join(", ")
        ));
    }
    Ok(notes)
}
