//! The days on which derived snapshots stand: the last day of each week that
//! the log tells of, and the last day of the log.
//!
//! Never marks a day that has an export.

use chrono::NaiveDate;

use crate::workspace::{Session, WorkspaceError};

use super::super::history::Stores;

/// Lists the snapshots of the days that the events tell of. Gives their number.
pub fn mark(
    session: &Session<'_>,
    stores: &Stores,
    before: Option<NaiveDate>,
    import_id: i64,
) -> Result<u64, WorkspaceError> {
    let (snapshots, stored) = (stores.of("facts.snapshot"), stores.of("facts.opportunity"));
    let last = before.map_or("max(day)".into(), |day| {
        format!("least(max(day), DATE '{day}' - INTERVAL 1 DAY)::DATE")
    });
    let there = |day: &str| {
        format!(
            "(SELECT count(*) FROM {stored} v WHERE v.valid_from <= {day} \
             AND (v.valid_to IS NULL OR v.valid_to > {day}))"
        )
    };
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE ingest_weeks AS
         WITH told AS (
             SELECT min(day) AS first_day, {last} AS last_day FROM ingest_events WHERE from_file
         ), days AS (
             SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day, last_day FROM told
         )
         SELECT day, {} AS row_count FROM days WHERE isodow(day) = {} OR day = last_day;
         DELETE FROM ingest_weeks WHERE row_count = 0
             OR day IN (SELECT taken_on FROM {snapshots} WHERE origin = 'export');
         INSERT INTO {snapshots} (taken_on, import_id, origin, row_count)
         SELECT day, {import_id}, 'derived', row_count FROM ingest_weeks
         WHERE day NOT IN (SELECT taken_on FROM {snapshots});
         UPDATE {snapshots} AS s SET row_count = {}
         WHERE origin = 'derived' AND row_count <> {}",
        there("day"),
        lock_weekday(session)?,
        there("s.taken_on"),
        there("s.taken_on"),
    ))?;
    let counted = session.query("SELECT count(*) FROM ingest_weeks", &[])?;
    session.batch("DROP TABLE ingest_weeks")?;
    Ok(counted.rows.first().and_then(|row| row[0].as_int()).unwrap_or_default() as u64)
}

/// The weekday on which a week of forecasting ends: 1 is Monday. Sunday, unless an assumption says
/// otherwise.
fn lock_weekday(session: &Session<'_>) -> Result<i64, WorkspaceError> {
    let found = session.query(
        "SELECT arg_max(value, ROW(effective_from, version))::BIGINT FROM settings.assumption \
         WHERE name = 'lock_weekday' AND scope = '*'",
        &[],
    )?;
    let weekday = found.rows.first().and_then(|row| row[0].as_int());
    Ok(weekday.filter(|day| (1..=7).contains(day)).unwrap_or(7))
}
