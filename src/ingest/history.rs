//! Opportunities as versions: what a full export of one day changes.
//!
//! Invariants: versions of one opportunity never overlap, and the versions that
//! hold on the day of an export are that export, in whatever order the exports
//! came; where an import changes what was told of an earlier day, the versions
//! from before it are kept in `meta.replaced`. Only whole-table SQL, no row is
//! looked at alone.

use chrono::NaiveDate;

use crate::catalog::facts::{self, FactTable};
use crate::domain::Value;
use crate::workspace::{Session, WorkspaceError};

use super::stage::name;

/// What one snapshot changed, in opportunities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Changes {
    pub unchanged: u64,
    pub new: u64,
    pub changed: u64,
    /// In the state before, and not in the file.
    pub vanished: u64,
    /// Of them, open ones.
    pub vanished_open: u64,
    /// Open ones in the state before.
    pub open_before: u64,
}

impl Changes {
    /// Whether anything is not as it was before.
    pub fn any(&self) -> bool {
        self.new + self.changed + self.vanished > 0
    }
}

/// What a snapshot changes, found out before its turn. What is to be stored stands in
/// `ingest_differences` and `ingest_versions`.
#[derive(Debug)]
pub struct Foreseen {
    pub day: NaiveDate,
    /// The number that its import was to have.
    pub import_id: i64,
    /// The imports that the workspace knew.
    pub imports: String,
    pub changes: Changes,
}

/// One text that is another after every import.
pub fn imports(session: &Session<'_>) -> Result<String, WorkspaceError> {
    let found = session.query(
        "SELECT concat_ws(' ', count(*), max(import_id), max(imported_at)) AS known FROM meta.import",
        &[],
    )?;
    Ok(found.rows.first().map(|row| &row[0]).map(Value::plain).unwrap_or_default())
}

/// Where things are stored: in the workspace, or in temporary copies for a dry run.
#[derive(Clone, Debug, Default)]
pub struct Stores {
    /// Tables of which there is a copy.
    pub copied: Vec<String>,
}

impl Stores {
    /// In the workspace, not in copies.
    pub fn are_real(&self) -> bool {
        self.copied.is_empty()
    }

    /// The table to read and write instead of this one.
    pub fn of(&self, table: &str) -> String {
        if self.copied.iter().any(|copied| copied == table) { copy_of(table) } else { table.into() }
    }

    /// Makes copies of these tables, which from then on stand for them.
    pub fn copy(session: &Session<'_>, tables: &[&str]) -> Result<Stores, WorkspaceError> {
        for table in tables {
            let copy = copy_of(table);
            session.batch(&format!("CREATE OR REPLACE TEMP TABLE {copy} AS FROM {table}"))?;
        }
        Ok(Stores { copied: tables.iter().map(|table| (*table).to_owned()).collect() })
    }
}

fn copy_of(table: &str) -> String {
    format!("temp.main.dry_run_{}", table.replace('.', "_"))
}

/// Attributes of a version, without its key and its days.
pub fn attributes() -> Vec<String> {
    let fact: Option<&FactTable> = facts::table("opportunities");
    let columns = fact.map(|fact| fact.columns).unwrap_or_default();
    columns.iter().filter(|c| c.name != "opportunity_id").map(|c| name(c.name)).collect()
}

/// Takes in one snapshot: `incoming` holds its rows, one per opportunity, with the stored columns
/// and `import_id`. The day of the snapshot need not be the newest.
pub fn take_in(
    session: &Session<'_>,
    stores: &Stores,
    incoming: &str,
    day: NaiveDate,
    foreseen: Option<&Foreseen>,
) -> Result<Changes, WorkspaceError> {
    let stored = stores.of("facts.opportunity");
    let next = next_snapshot(session, stores, day)?;
    if is_empty(session, stores)? {
        let columns = attributes().join(", ");
        let to = next.map_or("NULL::DATE".into(), |next| format!("DATE '{next}'"));
        let new = session.execute(
            &format!(
                "INSERT INTO {stored} (opportunity_id, valid_from, valid_to, {columns}, import_id) \
                 SELECT opportunity_id, DATE '{day}', {to}, {columns}, import_id FROM {incoming}"
            ),
            &[],
        )?;
        return Ok(Changes { new: new as u64, ..Changes::default() });
    }
    let changes = match foreseen {
        Some(foreseen) => foreseen.changes,
        None => {
            let held = holding(&stored, day);
            compare(session, &held, incoming)?;
            let changes = count(session, &held, incoming)?;
            if changes.any() {
                join(session, &stored, incoming, day, next)?;
            }
            changes
        }
    };
    if changes.any() {
        // What a later day adds to the end of a version tells by itself what was known before.
        if next.is_some() || has_snapshot(session, stores, day)? {
            let import_id = format!("(SELECT min(import_id) FROM {incoming})");
            put_aside(session, stores, "ingest_differences", &import_id)?;
        }
        replace(session, &stored)?;
    }
    session.batch("DROP TABLE ingest_differences")?;
    Ok(changes)
}

/// No opportunity is known yet.
pub fn is_empty(session: &Session<'_>, stores: &Stores) -> Result<bool, WorkspaceError> {
    let stored = stores.of("facts.opportunity");
    Ok(session.query(&format!("SELECT 1 FROM {stored} LIMIT 1"), &[])?.is_empty())
}

/// The day of the next later snapshot.
pub fn next_snapshot(
    session: &Session<'_>,
    stores: &Stores,
    day: NaiveDate,
) -> Result<Option<NaiveDate>, WorkspaceError> {
    let snapshots = stores.of("facts.snapshot");
    let found = session.query(
        &format!("SELECT min(taken_on) FROM {snapshots} WHERE taken_on > DATE '{day}'"),
        &[],
    )?;
    Ok(found.rows.first().and_then(|row| row[0].as_date()))
}

fn has_snapshot(
    session: &Session<'_>,
    stores: &Stores,
    day: NaiveDate,
) -> Result<bool, WorkspaceError> {
    let snapshots = stores.of("facts.snapshot");
    let sql = format!("SELECT 1 FROM {snapshots} WHERE taken_on = DATE '{day}'");
    Ok(!session.query(&sql, &[])?.is_empty())
}

/// Keeps all versions of the opportunities that a table lists, before an import says otherwise
/// about their past. What the same import has put aside already was there before it.
pub fn put_aside(
    session: &Session<'_>,
    stores: &Stores,
    listed: &str,
    import_id: &str,
) -> Result<(), WorkspaceError> {
    let (stored, log) = (stores.of("facts.opportunity"), stores.of("meta.replaced"));
    session.batch(&format!(
        "INSERT INTO {log} (import_id, table_name, was)
         SELECT {import_id}, 'facts.opportunity', CAST(to_json(s) AS VARCHAR) FROM {stored} s
         WHERE opportunity_id IN (SELECT opportunity_id FROM {listed})
           AND s.import_id < {import_id}
           AND opportunity_id NOT IN (
               SELECT was ->> '$.opportunity_id' FROM {log}
               WHERE table_name = 'facts.opportunity' AND import_id = {import_id})"
    ))
}

/// SQL: the versions that hold on a day.
pub fn holding(stored: &str, day: NaiveDate) -> String {
    format!(
        "(SELECT * FROM {stored} WHERE valid_from <= DATE '{day}' \
         AND (valid_to IS NULL OR valid_to > DATE '{day}'))"
    )
}

/// Makes `ingest_differences`: opportunities whose state on the day, in `held`, is not that of
/// the file.
pub fn compare(session: &Session<'_>, held: &str, incoming: &str) -> Result<(), WorkspaceError> {
    let differ = attributes()
        .iter()
        .map(|column| format!("i.{column} IS DISTINCT FROM h.{column}"))
        .collect::<Vec<_>>()
        .join(" OR ");
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE ingest_differences AS
         SELECT coalesce(i.opportunity_id, h.opportunity_id) AS opportunity_id,
                CASE WHEN h.opportunity_id IS NULL THEN 'new'
                     WHEN i.opportunity_id IS NULL THEN 'vanished' ELSE 'changed' END AS what,
                h.state AS state
         FROM {incoming} i FULL JOIN {held} h USING (opportunity_id)
         WHERE i.opportunity_id IS NULL OR h.opportunity_id IS NULL OR {differ}"
    ))
}

/// Counts what [`compare`] has found.
pub fn count(session: &Session<'_>, held: &str, incoming: &str) -> Result<Changes, WorkspaceError> {
    let found = session.query(
        &format!(
            "SELECT count(*) FILTER (what = 'new') AS new, count(*) FILTER (what = 'changed') AS changed,
                    count(*) FILTER (what = 'vanished') AS vanished,
                    count(*) FILTER (what = 'vanished' AND state = 'open') AS vanished_open,
                    (SELECT count(*) FROM {incoming}) AS incoming,
                    (SELECT count(*) FROM {held} WHERE state = 'open') AS open_before
             FROM ingest_differences"
        ),
        &[],
    )?;
    let number = |column: &str| found.get(0, column).as_int().unwrap_or_default() as u64;
    let (new, changed) = (number("new"), number("changed"));
    Ok(Changes {
        unchanged: number("incoming").saturating_sub(new + changed),
        new,
        changed,
        vanished: number("vanished"),
        vanished_open: number("vanished_open"),
        open_before: number("open_before"),
    })
}

/// SQL: all versions of the opportunities that differ.
pub fn differing(stored: &str) -> String {
    format!(
        "SELECT * FROM {stored} \
         WHERE opportunity_id IN (SELECT opportunity_id FROM ingest_differences)"
    )
}

/// Makes `ingest_versions`: of every opportunity that differs, what its versions in `stored` say
/// about the time from the day to the next snapshot is cut out, what the file says is put there,
/// and neighbours that say the same become one.
pub fn join(
    session: &Session<'_>,
    stored: &str,
    incoming: &str,
    day: NaiveDate,
    next: Option<NaiveDate>,
) -> Result<(), WorkspaceError> {
    let columns = attributes().join(", ");
    let day = format!("DATE '{day}'");
    let after = next.map_or_else(String::new, |next| {
        format!(
            "UNION ALL
             SELECT opportunity_id, greatest(valid_from, DATE '{next}'), valid_to, {columns}, import_id
             FROM old WHERE valid_to IS NULL OR valid_to > DATE '{next}'"
        )
    });
    let to = next.map_or("NULL::DATE".into(), |next| format!("DATE '{next}'"));
    let old = differing(stored);
    let pieces = format!(
        "WITH old AS ({old})
         SELECT opportunity_id, valid_from,
                CASE WHEN valid_to IS NULL OR valid_to > {day} THEN {day} ELSE valid_to END AS valid_to,
                {columns}, import_id
         FROM old WHERE valid_from < {day}
         {after}
         UNION ALL
         SELECT opportunity_id, {day}, {to}, {columns}, import_id
         FROM {incoming} WHERE opportunity_id IN (SELECT opportunity_id FROM ingest_differences)"
    );
    // In the order in which they will be stored: whoever stores them is waited for.
    session.batch(&format!(
        "{} ORDER BY opportunity_id, valid_from",
        joined("ingest_versions", &pieces)
    ))
}

/// Puts `ingest_versions` in the place of all versions of the opportunities that differ.
fn replace(session: &Session<'_>, stored: &str) -> Result<(), WorkspaceError> {
    let columns = attributes().join(", ");
    session.batch(&format!(
        "DELETE FROM {stored} WHERE opportunity_id IN (SELECT opportunity_id FROM ingest_differences);
         INSERT INTO {stored} (opportunity_id, valid_from, valid_to, {columns}, import_id)
         SELECT opportunity_id, valid_from, valid_to, {columns}, import_id FROM ingest_versions;
         DROP TABLE ingest_versions"
    ))
}

/// SQL that makes a table of versions from pieces of them: neighbours that say the same become one.
pub fn joined(table: &str, pieces: &str) -> String {
    let columns = attributes().join(", ");
    let firsts = attributes()
        .iter()
        .map(|column| format!("first({column} ORDER BY valid_from) AS {column}"))
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "CREATE OR REPLACE TEMP TABLE {table} AS
         WITH pieces AS ({pieces}), seen AS (
             SELECT *, lag(valid_to) OVER before AS end_before,
                    lag(ROW({columns})) OVER before AS row_before
             FROM pieces WINDOW before AS (PARTITION BY opportunity_id ORDER BY valid_from)
         ), numbered AS (
             SELECT * EXCLUDE (end_before, row_before),
                    count(*) FILTER (end_before IS DISTINCT FROM valid_from
                                     OR row_before IS DISTINCT FROM ROW({columns}))
                    OVER (PARTITION BY opportunity_id ORDER BY valid_from) AS island
             FROM seen
         )
         SELECT opportunity_id, min(valid_from) AS valid_from,
                CASE WHEN bool_or(valid_to IS NULL) THEN NULL ELSE max(valid_to) END AS valid_to,
                {firsts}, first(import_id ORDER BY valid_from) AS import_id
         FROM numbered GROUP BY opportunity_id, island"
    )
}
