//! Events become versions: what an opportunity was from each of them on.
//!
//! What an event does not say is as the event before said it, else as the next
//! one says it was before, else as in the first export. They stand in
//! `ingest_rebuilt`.

use chrono::NaiveDate;

use crate::workspace::{Session, WorkspaceError};

use super::super::error::ImportError;
use super::super::history::{Changes, Stores, attributes, joined, put_aside};

/// Something of an opportunity that a log may tell.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    pub name: &'static str,
    pub kind: &'static str,
    /// What stands for it where no log tells.
    otherwise: Otherwise,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Otherwise {
    /// As in the first export.
    Export,
    /// As in the first export while the stage is that of it; it says nothing about other stages.
    SameStage,
    /// Open, if it is so in the first export; closed only from the close date on.
    StillOpen,
}

const fn attribute(name: &'static str, kind: &'static str, otherwise: Otherwise) -> Attribute {
    Attribute { name, kind, otherwise }
}

/// What a log may tell, besides name and account.
pub const ATTRIBUTES: [Attribute; 11] = [
    attribute("stage", "VARCHAR", Otherwise::Export),
    attribute("state", "VARCHAR", Otherwise::StillOpen),
    attribute("forecast_category", "VARCHAR", Otherwise::SameStage),
    attribute("amount", "DECIMAL(18,2)", Otherwise::Export),
    attribute("currency", "VARCHAR", Otherwise::Export),
    attribute("probability", "DECIMAL(18,4)", Otherwise::SameStage),
    attribute("close_date", "DATE", Otherwise::Export),
    attribute("owner_id", "VARCHAR", Otherwise::Export),
    attribute("segment", "VARCHAR", Otherwise::Export),
    attribute("region", "VARCHAR", Otherwise::Export),
    attribute("loss_reason", "VARCHAR", Otherwise::SameStage),
];

/// What a log does tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracked {
    pub name: &'static str,
    /// And what was there before each change.
    pub before: bool,
}

impl Attribute {
    /// Columns of an event that says nothing of it.
    pub fn untold(&self) -> [String; 2] {
        let Attribute { name, kind, .. } = self;
        [
            format!("NULL::{kind} AS {name}, false AS given_{name}"),
            format!("NULL::{kind} AS {name}_before, false AS told_{name}_before"),
        ]
    }

    /// SQL of its value in a version, over `carried` and `base`.
    fn value(&self) -> String {
        let name = self.name;
        let otherwise = match self.otherwise {
            Otherwise::Export => format!("base.{name}"),
            Otherwise::SameStage => format!(
                "CASE WHEN {} IS NOT DISTINCT FROM base.stage THEN base.{name} END",
                said("stage", "base.stage")
            ),
            Otherwise::StillOpen => {
                "CASE WHEN base.state = 'open' OR day >= base.close_date THEN base.state END".into()
            }
        };
        said(name, &otherwise)
    }
}

/// SQL of what the events say of an attribute, else something else.
fn said(name: &str, otherwise: &str) -> String {
    format!(
        "CASE WHEN now_{name} IS NOT NULL THEN now_{name}.v \
         WHEN next_{name} IS NOT NULL THEN next_{name}.v ELSE {otherwise} END"
    )
}

/// Makes `ingest_rebuilt`, all versions of the deals that have an event.
pub fn make(
    session: &Session<'_>,
    stores: &Stores,
    tracked: &[Tracked],
    before: Option<NaiveDate>,
    import_id: i64,
) -> Result<(), ImportError> {
    add_older_versions(session, stores, tracked, before)?;
    add_creation(session, stores, tracked, before)?;
    let windows = ATTRIBUTES.iter().map(|Attribute { name, .. }| {
        format!(
            "last_value(CASE WHEN given_{name} THEN struct_pack(v := {name}) END IGNORE NULLS) OVER earlier AS now_{name},
             first_value(CASE WHEN told_{name}_before THEN struct_pack(v := {name}_before) END IGNORE NULLS) OVER later AS next_{name}"
        )
    });
    let windows = windows.collect::<Vec<_>>().join(", ");
    let values = ATTRIBUTES.iter().map(|attribute| match attribute.name {
        // Without an amount no figure depends on its currency.
        "currency" => format!(
            "coalesce({}, CASE WHEN {} IS NULL THEN (SELECT value FROM settings.setting \
             WHERE name = 'reporting_currency') END) AS currency",
            attribute.value(),
            said("amount", "base.amount")
        ),
        name => format!("{} AS {name}", attribute.value()),
    });
    let values = values.collect::<Vec<_>>().join(", ");
    let clip = before.map_or("valid_to".into(), |day| {
        format!("least(coalesce(valid_to, DATE '{day}'), DATE '{day}')")
    });
    let columns = attributes().join(", ");
    let stored = stores.of("facts.opportunity");
    let base = base(&stored, before);
    let rest = before.map_or_else(String::new, |day| {
        format!(
            "UNION ALL
             SELECT opportunity_id, greatest(valid_from, DATE '{day}'), valid_to, {columns}, import_id
             FROM {stored} WHERE opportunity_id IN (SELECT deal FROM ingest_events)
               AND (valid_to IS NULL OR valid_to > DATE '{day}')"
        )
    });
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE ingest_derived AS
         WITH ordered AS (
             SELECT *, row_number() OVER (PARTITION BY deal ORDER BY day, from_file, seconds, place) AS seq
             FROM ingest_events
         ), carried AS (
             SELECT deal, day, gone, seq,
                    last_value(deal_name IGNORE NULLS) OVER earlier AS now_name,
                    last_value(deal_account IGNORE NULLS) OVER earlier AS now_account, {windows}
             FROM ordered
             WINDOW earlier AS (PARTITION BY deal ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
                    later AS (PARTITION BY deal ORDER BY seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
         ), last_of_day AS (
             SELECT *, lead(day) OVER (PARTITION BY deal ORDER BY day) AS next_day
             FROM (SELECT * FROM carried QUALIFY row_number() OVER (PARTITION BY deal, day ORDER BY seq DESC) = 1)
         )
         SELECT deal AS opportunity_id, day AS valid_from, next_day AS valid_to,
                coalesce(now_name, base.name) AS name, coalesce(base.account_id, now_account) AS account_id,
                base.product_id, base.created_on, base.lead_source, base.deal_type, base.strategic, {values},
                {import_id}::INTEGER AS import_id
         FROM last_of_day LEFT JOIN {base} base ON base.opportunity_id = deal
         WHERE NOT gone"
    ))?;
    check_currency(session)?;
    let pieces = format!(
        "SELECT opportunity_id, valid_from, {clip} AS valid_to, {columns}, import_id
         FROM ingest_derived WHERE state IS NOT NULL {rest}"
    );
    session.batch(&format!("{}; DROP TABLE ingest_derived", joined("ingest_rebuilt", &pieces)))?;
    Ok(())
}

/// SQL of the version that says what no log says: that of the first export, else the newest.
fn base(stored: &str, before: Option<NaiveDate>) -> String {
    let (which, order) = match before {
        Some(day) => (format!("valid_to IS NULL OR valid_to > DATE '{day}'"), "valid_from"),
        None => ("true".to_owned(), "valid_from DESC"),
    };
    format!(
        "(SELECT * FROM {stored} WHERE {which}
          QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY {order}) = 1)"
    )
}

/// Money in no currency is refused.
fn check_currency(session: &Session<'_>) -> Result<(), ImportError> {
    let found = session.query(
        "SELECT count(DISTINCT opportunity_id), min(opportunity_id) FROM ingest_derived \
         WHERE state IS NOT NULL AND currency IS NULL",
        &[],
    )?;
    let Some([deals, example]) = found.rows.first().map(Vec::as_slice) else { return Ok(()) };
    match deals.as_int() {
        Some(deals) if deals > 0 => Err(ImportError::HistoryWithoutCurrency {
            deals: deals as u64,
            example: example.plain(),
        }),
        _ => Ok(()),
    }
}

/// What an older log said becomes events: of what this log does not tell, and of the time before it.
/// Where this log says what was there before its first change, the older one counts only if it ends
/// in the same; else it had the value of the export for want of a better.
fn add_older_versions(
    session: &Session<'_>,
    stores: &Stores,
    tracked: &[Tracked],
    before: Option<NaiveDate>,
) -> Result<(), WorkspaceError> {
    let stored = stores.of("facts.opportunity");
    // A currency is told only by some rows, so that an older one may be missing here.
    let told = |name: &str| tracked.iter().find(|t| t.name == name && name != "currency").copied();
    let columns = ATTRIBUTES.iter().map(|Attribute { name, kind, otherwise }| {
        let given = match told(name) {
            // What is as in the export was probably taken from it, for the stage it had then.
            None if *otherwise == Otherwise::SameStage => {
                format!("v.{name} IS NOT NULL AND v.{name} IS DISTINCT FROM base.{name}")
            }
            None => "true".to_owned(),
            Some(Tracked { before: false, .. }) => "v.valid_from < f.first_day".to_owned(),
            Some(Tracked { before: true, .. }) => format!(
                "v.valid_from < f.first_day AND (f.first_{name} IS NULL \
                 OR f.first_{name}.v IS NOT DISTINCT FROM newest.{name})"
            ),
        };
        format!(
            "v.{name} AS {name}, {given} AS given_{name}, NULL::{kind} AS {name}_before, \
             false AS told_{name}_before"
        )
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    let firsts = tracked.iter().filter(|tracked| tracked.before).map(|Tracked { name, .. }| {
        format!(
            ", arg_min(CASE WHEN told_{name}_before THEN struct_pack(v := {name}_before) END, \
             ROW(day, seconds, place)) AS first_{name}"
        )
    });
    let firsts = firsts.collect::<String>();
    let untold = ATTRIBUTES.iter().flat_map(Attribute::untold).collect::<Vec<_>>().join(", ");
    let zone = before.map_or("true".into(), |day| format!("v.valid_from < DATE '{day}'"));
    let ends = before.map_or("true".into(), |day| format!("v.valid_to < DATE '{day}'"));
    let base = base(&stored, before);
    session.batch(&format!(
        "INSERT INTO ingest_events BY NAME
         WITH f AS (
             SELECT deal, min(day) AS first_day {firsts} FROM ingest_events GROUP BY 1
         ), newest AS (
             SELECT v.* FROM {stored} v JOIN f ON f.deal = v.opportunity_id
             WHERE v.valid_from < f.first_day
             QUALIFY row_number() OVER (PARTITION BY v.opportunity_id ORDER BY v.valid_from DESC) = 1
         )
         SELECT v.opportunity_id AS deal, v.name AS deal_name, v.account_id AS deal_account,
                v.valid_from AS day, 0 AS seconds, 0 AS place, false AS gone, false AS from_file, {columns}
         FROM {stored} v JOIN f ON f.deal = v.opportunity_id
         LEFT JOIN newest ON newest.opportunity_id = v.opportunity_id
         LEFT JOIN {base} base ON base.opportunity_id = v.opportunity_id WHERE {zone}
         UNION ALL BY NAME
         SELECT v.opportunity_id AS deal, NULL AS deal_name, NULL AS deal_account,
                v.valid_to AS day, 0 AS seconds, 0 AS place, true AS gone, false AS from_file, {untold}
         FROM {stored} v JOIN f ON f.deal = v.opportunity_id
         WHERE v.valid_to < f.first_day AND {ends} AND NOT EXISTS (
             SELECT 1 FROM {stored} n WHERE n.opportunity_id = v.opportunity_id AND n.valid_from = v.valid_to)"
    ))
}

/// A log that says what was there before its first change tells of the time since the creation.
fn add_creation(
    session: &Session<'_>,
    stores: &Stores,
    tracked: &[Tracked],
    before: Option<NaiveDate>,
) -> Result<(), WorkspaceError> {
    if !tracked.iter().any(|tracked| tracked.before) {
        return Ok(());
    }
    let untold = ATTRIBUTES.iter().flat_map(Attribute::untold).collect::<Vec<_>>().join(", ");
    let base = base(&stores.of("facts.opportunity"), before);
    session.batch(&format!(
        "INSERT INTO ingest_events BY NAME
         SELECT f.deal, NULL AS deal_name, NULL AS deal_account, base.created_on AS day, -1 AS seconds,
                0 AS place, false AS gone, false AS from_file, {untold}
         FROM (SELECT deal, min(day) AS first_day FROM ingest_events GROUP BY 1) f
         JOIN {base} base ON base.opportunity_id = f.deal
         WHERE base.created_on < f.first_day"
    ))
}

/// Counts opportunities whose versions before the first export are new or different.
pub fn compare(
    session: &Session<'_>,
    stores: &Stores,
    before: Option<NaiveDate>,
) -> Result<Changes, WorkspaceError> {
    let stored = stores.of("facts.opportunity");
    let columns = attributes().join(", ");
    let zone = before.map_or("true".into(), |day| format!("valid_from < DATE '{day}'"));
    let deals = "(SELECT DISTINCT opportunity_id FROM ingest_rebuilt)";
    let found = session.query(
        &format!(
            "WITH old AS (
                 SELECT opportunity_id, valid_from, valid_to, {columns} FROM {stored}
                 WHERE opportunity_id IN {deals}
             ), new AS (
                 SELECT opportunity_id, valid_from, valid_to, {columns} FROM ingest_rebuilt
             ), different AS (
                 SELECT DISTINCT opportunity_id FROM (
                     (FROM old EXCEPT FROM new) UNION ALL (FROM new EXCEPT FROM old))
             ), known AS (SELECT DISTINCT opportunity_id FROM old WHERE {zone})
             SELECT (SELECT count(*) FROM different ANTI JOIN known USING (opportunity_id)),
                    (SELECT count(*) FROM different SEMI JOIN known USING (opportunity_id)),
                    (SELECT count(*) FROM {deals})"
        ),
        &[],
    )?;
    let number = |place: usize| {
        found.rows.first().and_then(|row| row[place].as_int()).unwrap_or_default() as u64
    };
    let (new, changed) = (number(0), number(1));
    let unchanged = number(2).saturating_sub(new + changed);
    Ok(Changes { new, changed, unchanged, ..Changes::default() })
}

/// Puts the rebuilt versions in the place of those that are stored.
pub fn store(session: &Session<'_>, stores: &Stores, import_id: i64) -> Result<(), WorkspaceError> {
    put_aside(session, stores, "ingest_rebuilt", &import_id.to_string())?;
    let stored = stores.of("facts.opportunity");
    let columns = attributes().join(", ");
    session.batch(&format!(
        "DELETE FROM {stored} WHERE opportunity_id IN (SELECT opportunity_id FROM ingest_rebuilt);
         INSERT INTO {stored} (opportunity_id, valid_from, valid_to, {columns}, import_id)
         SELECT opportunity_id, valid_from, valid_to, {columns}, import_id
         FROM ingest_rebuilt ORDER BY opportunity_id, valid_from"
    ))
}
