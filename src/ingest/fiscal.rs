//! A fiscal calendar takes the place of the one in the workspace.
//!
//! Invariant: every day that the workspace knows is in exactly one month
//! afterwards, or nothing is changed. Periods that are stored already keep
//! their names: a target of 2025-Q4 is one of the new 2025-Q4.

use chrono::Datelike;

use crate::catalog::facts::{FactKind, TABLES};
use crate::domain::{NamedMonth, continued, nearest_month};
use crate::workspace::{Session, WorkspaceError, known_days};

use super::error::ImportError;
use super::history::{Changes, Stores};
use super::stage::quoted;

/// Takes in whole fiscal years: `incoming` holds their months and `import_id`.
///
/// # Errors
/// `Calendar` where the months leave a gap, overlap, or are no whole years.
pub fn take_in(
    session: &Session<'_>,
    stores: &Stores,
    incoming: &str,
) -> Result<Changes, ImportError> {
    let stored = stores.of("settings.fiscal_month");
    let given = months(session, incoming)?;
    let before = months(session, &stored)?;
    // Fiscal years that were imported earlier stay, where this file says nothing about them.
    let years: Vec<i32> = given.iter().map(|month| month.quarter.year).collect();
    let settings = stores.of("settings.setting");
    let imported = session
        .query(&format!("SELECT value FROM {settings} WHERE name = 'fiscal_calendar'"), &[])?;
    let imported = imported.rows.first().map(|row| row[0].plain()).unwrap_or_default();
    let earlier: Vec<i32> = imported.split(' ').filter_map(|year| year.parse().ok()).collect();
    let kept = before.iter().filter(|month| {
        earlier.contains(&month.quarter.year) && !years.contains(&month.quarter.year)
    });
    let mut own: Vec<NamedMonth> = given.iter().chain(kept).cloned().collect();
    own.sort_by_key(|month| month.start);
    let all = continued(&own, known_days())?;
    let unchanged = given.iter().filter(|month| before.contains(month)).count() as u64;
    let new = given.len() as u64 - unchanged;
    if all != before {
        replace(session, stores, incoming, &all)?;
        let mut years: Vec<String> =
            own.iter().map(|month| month.quarter.year.to_string()).collect();
        years.dedup();
        let start = nearest_month(own[0].start).month();
        session.batch(&format!(
            "DELETE FROM {settings} WHERE name IN ('fiscal_calendar', 'fiscal_year_start');
             INSERT INTO {settings} VALUES ('fiscal_calendar', '{}'), ('fiscal_year_start', '{start}')",
            years.join(" ")
        ))?;
    }
    Ok(Changes { unchanged, new, ..Changes::default() })
}

fn months(session: &Session<'_>, table: &str) -> Result<Vec<NamedMonth>, WorkspaceError> {
    let found = session.query(
        &format!("SELECT month_start, month_end, month, quarter FROM {table} ORDER BY 1"),
        &[],
    )?;
    let month = |row: &Vec<crate::domain::Value>| {
        Some(NamedMonth {
            start: row[0].as_date()?,
            end: row[1].as_date()?,
            label: row[2].plain(),
            quarter: row[3].as_text()?.parse().ok()?,
        })
    };
    Ok(found.rows.iter().filter_map(month).collect())
}

/// Writes the months, and moves what is stored for periods of the old ones.
fn replace(
    session: &Session<'_>,
    stores: &Stores,
    incoming: &str,
    all: &[NamedMonth],
) -> Result<(), WorkspaceError> {
    let stored = stores.of("settings.fiscal_month");
    let rows = all.iter().map(|month| {
        format!(
            "(DATE '{}', DATE '{}', {}, '{}', {})",
            month.start,
            month.end,
            quoted(&month.label),
            month.quarter,
            month.quarter.year
        )
    });
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE ingest_periods_before AS {named};
         INSERT INTO {replaced} (import_id, table_name, was)
         SELECT (SELECT min(import_id) FROM {incoming}), 'settings.fiscal_month',
                CAST(to_json(s) AS VARCHAR) FROM {stored} s;
         DELETE FROM {stored};
         INSERT INTO {stored} (month_start, month_end, month, quarter, quarter_start, quarter_end,
                               fiscal_year, month_in_quarter)
         SELECT s, e, label, quarter, min(s) OVER q, max(e) OVER q, year,
                CAST(row_number() OVER (q ORDER BY s) AS INTEGER)
         FROM (VALUES {rows}) AS months(s, e, label, quarter, year)
         WINDOW q AS (PARTITION BY quarter) ORDER BY s;
         CREATE OR REPLACE TEMP TABLE ingest_periods_after AS {named}",
        named = named(&stored),
        replaced = stores.of("meta.replaced"),
        rows = rows.collect::<Vec<_>>().join(", "),
    ))?;
    let of_periods = TABLES
        .iter()
        .filter(|table| table.columns.iter().any(|column| column.kind == FactKind::Period));
    // In a dry run only what is shown needs to be right.
    for table in of_periods.filter(|_| stores.copied.is_empty()) {
        session.batch(&format!(
            "UPDATE {} SET period_start = a.s, period_end = a.e
             FROM ingest_periods_before b JOIN ingest_periods_after a USING (kind, label)
             WHERE period_start = b.s AND period_end = b.e AND (a.s <> b.s OR a.e <> b.e)",
            table.table
        ))?;
    }
    session.batch("DROP TABLE ingest_periods_before; DROP TABLE ingest_periods_after")
}

/// SQL: every month, quarter and year by its name, with its days.
fn named(table: &str) -> String {
    format!(
        "SELECT 'month' AS kind, month AS label, month_start AS s, month_end AS e FROM {table}
         UNION ALL SELECT 'quarter', quarter, min(month_start), max(month_end)
         FROM {table} GROUP BY quarter
         UNION ALL SELECT 'year', fiscal_year::VARCHAR, min(month_start), max(month_end)
         FROM {table} GROUP BY fiscal_year"
    )
}
