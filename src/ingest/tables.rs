//! Tables without history: a row of the file takes the place of the stored row
//! with the same key. Rows that the file does not name stay, or go where the
//! table says that a file tells everything about a part of it.
//!
//! Invariant: what is overwritten or removed is kept in `meta.replaced`.
//! Assumptions are the exception: they are never overwritten, a different value
//! is a new version.

use crate::catalog::facts::{FactKind, FactTable, Taking};
use crate::domain::Value;
use crate::workspace::{Session, WorkspaceError};

use super::history::{Changes, Stores};
use super::stage::name;
use super::typed::stored_columns;

/// Who imports, and when; for assumptions.
#[derive(Clone, Debug)]
pub struct Author<'a> {
    pub name: &'a str,
    pub at: chrono::DateTime<chrono::Utc>,
}

/// Takes in one file: `incoming` holds its rows, one per key, with the stored columns and
/// `import_id`. Columns that the file does not have (not in `given`) keep what they hold.
pub fn take_in(
    session: &Session<'_>,
    stores: &Stores,
    fact: &FactTable,
    incoming: &str,
    given: &[&str],
) -> Result<Changes, WorkspaceError> {
    let stored = stores.of(fact.table);
    let key = key_columns(fact);
    let same = alike(&key);
    let changing: Vec<String> = stored_columns(fact)
        .into_iter()
        .map(|(column, _)| name(column))
        .filter(|column| !key.contains(column))
        .filter(|column| given.iter().any(|given| name(given) == *column))
        .collect();
    let keep = Keep { session, log: stores.of("meta.replaced"), fact };
    let mut changed = 0;
    if !changing.is_empty() {
        let differ = changing.iter().map(|c| format!("s.{c} IS DISTINCT FROM i.{c}"));
        let differ = differ.collect::<Vec<_>>().join(" OR ");
        let set = changing.iter().map(|c| format!("{c} = i.{c}")).collect::<Vec<_>>().join(", ");
        keep.rows(&format!(
            "SELECT i.import_id, s AS was FROM {stored} s JOIN {incoming} i ON {same} WHERE {differ}"
        ))?;
        changed = session.execute(
            &format!(
                "UPDATE {stored} AS s SET {set}, import_id = i.import_id FROM {incoming} i \
                 WHERE {same} AND ({differ})"
            ),
            &[],
        )?;
    }
    let removed = match fact.taking {
        Taking::Within(columns) => {
            let part = alike(&columns_of(fact, columns));
            let gone = format!(
                "FROM {stored} s WHERE EXISTS (SELECT 1 FROM {incoming} i WHERE {part}) \
                 AND NOT EXISTS (SELECT 1 FROM {incoming} i WHERE {same})"
            );
            keep.rows(&format!(
                "SELECT (SELECT min(import_id) FROM {incoming}) AS import_id, s AS was {gone}"
            ))?;
            let gone = format!("DELETE FROM {stored} WHERE rowid IN (SELECT s.rowid {gone})");
            session.execute(&gone, &[])?
        }
        Taking::Merge | Taking::Versions | Taking::Calendar => 0,
    };
    let all = stored_columns(fact).into_iter().map(|(column, _)| name(column)).collect::<Vec<_>>();
    let all = all.join(", ");
    let new = session.execute(
        &format!(
            "INSERT INTO {stored} ({all}, import_id) SELECT {all}, import_id FROM {incoming} i \
             WHERE NOT EXISTS (SELECT 1 FROM {stored} s WHERE {same})"
        ),
        &[],
    )?;
    let rows = session.query(&format!("SELECT count(*) FROM {incoming}"), &[])?;
    let rows = rows.rows.first().and_then(|row| row[0].as_int()).unwrap_or_default() as usize;
    Ok(Changes {
        new: new as u64,
        changed: changed as u64,
        unchanged: rows.saturating_sub(new + changed) as u64,
        vanished: removed as u64,
        ..Changes::default()
    })
}

/// Puts stored rows aside before they are changed.
struct Keep<'a> {
    session: &'a Session<'a>,
    log: String,
    fact: &'a FactTable,
}

impl Keep<'_> {
    /// `sql` gives the import and the row.
    fn rows(&self, sql: &str) -> Result<(), WorkspaceError> {
        let table = self.fact.table;
        self.session.execute(
            &format!(
                "INSERT INTO {} (import_id, table_name, was) \
                 SELECT import_id, '{table}', CAST(to_json(was) AS VARCHAR) FROM ({sql})",
                self.log
            ),
            &[],
        )?;
        Ok(())
    }
}

/// SQL: a stored row `s` and an incoming row `i` have the same values in these columns.
fn alike(columns: &[String]) -> String {
    let same = columns.iter().map(|c| format!("s.{c} IS NOT DISTINCT FROM i.{c}"));
    same.collect::<Vec<_>>().join(" AND ")
}

/// Takes in assumptions: a row whose value is not that of the newest version for the same name,
/// scope and day becomes the next version.
pub fn take_in_assumptions(
    session: &Session<'_>,
    stores: &Stores,
    incoming: &str,
    author: &Author<'_>,
) -> Result<Changes, WorkspaceError> {
    let stored = stores.of("settings.assumption");
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE ingest_assumptions AS
         WITH newest AS (
             SELECT name, scope, effective_from, arg_max(value, version) AS value
             FROM {stored} GROUP BY ALL
         )
         SELECT i.name, i.scope, i.effective_from, i.reason, n.name IS NOT NULL AS known,
                CAST(i.value AS DECIMAL(18,4)) AS value
         FROM {incoming} i LEFT JOIN newest n USING (name, scope, effective_from)
         WHERE n.value IS DISTINCT FROM CAST(i.value AS DECIMAL(18,4))"
    ))?;
    let counted = session.query(
        &format!(
            "SELECT count(*) FILTER (NOT known), count(*) FILTER (known), \
             (SELECT count(*) FROM {incoming}) FROM ingest_assumptions"
        ),
        &[],
    )?;
    let number = |place: usize| {
        counted.rows.first().and_then(|row| row[place].as_int()).unwrap_or_default() as u64
    };
    session.execute(
        &format!(
            "INSERT INTO {stored} (name, scope, value, effective_from, version, author, \"at\", reason)
             SELECT a.name, a.scope, a.value, a.effective_from,
                    coalesce((SELECT max(version) FROM {stored} s
                              WHERE s.name = a.name AND s.scope = a.scope), 0)
                    + row_number() OVER (PARTITION BY a.name, a.scope ORDER BY a.effective_from),
                    ?, ?, a.reason
             FROM ingest_assumptions a"
        ),
        &[Value::from(author.name), Value::from(author.at)],
    )?;
    session.batch("DROP TABLE ingest_assumptions")?;
    let (new, changed) = (number(0), number(1));
    let unchanged = number(2).saturating_sub(new + changed);
    Ok(Changes { new, changed, unchanged, ..Changes::default() })
}

/// Columns of the stored table that make up the key, quoted.
pub fn key_columns(fact: &FactTable) -> Vec<String> {
    columns_of(fact, fact.key)
}

/// Columns of the stored table for these columns of a file, quoted.
fn columns_of(fact: &FactTable, columns: &[&str]) -> Vec<String> {
    columns
        .iter()
        .flat_map(|column| match fact.column(column).map(|column| column.kind) {
            Some(FactKind::Period) => vec![name("period_start"), name("period_end")],
            _ => vec![name(column)],
        })
        .collect()
}
