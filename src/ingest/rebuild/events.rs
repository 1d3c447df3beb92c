//! The rows of a log as events: which deal, when, in which order, and what the
//! row says. They stand in `ingest_events` while one file is taken in.

use chrono::NaiveDate;

use crate::domain::DatePattern;
use crate::workspace::{Session, WorkspaceError};

use super::super::choose::From;
use super::super::conditions::fits;
use super::super::dates::{self, Clock};
use super::super::error::ImportError;
use super::super::group::Group;
use super::super::history::Stores;
use super::super::occurrence::Occurrence;
use super::super::prepare::Prepared;
use super::super::stage::quoted;
use super::super::typed::Fault;
use super::super::unclear::{UnknownWords, What};
use super::super::words;
use super::versions::{ATTRIBUTES, Tracked};

/// Different days of the columns of an export that are looked at.
const DAYS: usize = 50_000;

/// Makes the events of a log. Gives what it tells.
pub fn of_log(
    session: &Session<'_>,
    stores: &Stores,
    file: &Prepared<'_>,
) -> Result<Vec<Tracked>, ImportError> {
    let choice = file.choice;
    let mapped = |name: &str| choice.columns.iter().find(|mapped| mapped.column.name == name);
    let given = |name: &str| match mapped(name).map(|mapped| &mapped.from) {
        Some(From::Columns(places, _)) if places.iter().all(|place| !place.when.is_empty()) => {
            let any: Vec<String> = places.iter().map(|place| fits(&place.when)).collect();
            format!("({})", any.join(" OR "))
        }
        _ => "true".to_owned(),
    };
    let (mut tracked, mut columns) = (Vec::new(), Vec::new());
    for attribute in ATTRIBUTES {
        let name = attribute.name;
        let before = format!("{name}_before");
        let (there, value, earlier, when) = match name {
            "state" => (
                mapped("stage").is_some() || mapped("state").is_some(),
                "t.state".to_owned(),
                mapped("stage_before").map(|_| words::state("t.stage_before", choice.rules)),
                if mapped("stage").is_some() { given("stage") } else { "true".into() },
            ),
            // What the mapping gives counts as said.
            "currency" => (true, "t.currency".into(), None, "t.currency IS NOT NULL".into()),
            _ => (
                mapped(name).is_some(),
                format!("t.{name}"),
                mapped(&before).map(|_| format!("t.{before}")),
                given(name),
            ),
        };
        if !there {
            columns.extend(attribute.untold());
            continue;
        }
        tracked.push(Tracked { name, before: earlier.is_some() });
        let known = if earlier.is_some() { when.clone() } else { "false".into() };
        columns.push(format!("CAST({value} AS {}) AS {name}", attribute.kind));
        columns.push(format!("{when} AS given_{name}"));
        let earlier = earlier.unwrap_or_else(|| "NULL".into());
        columns.push(format!("CAST({earlier} AS {}) AS {name}_before", attribute.kind));
        columns.push(format!("{known} AS told_{name}_before"));
    }
    let time = file.columns.iter().find(|column| column.fact.name == "changed_on");
    let seconds = time.map_or_else(|| "0".into(), |column| seconds(&column.text));
    let gone = choice.row_rules.no_data().unwrap_or_else(|| "false".into());
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE ingest_events AS
         SELECT t.opportunity_id AS deal, t.name AS deal_name, t.account_id AS deal_account,
                t.changed_on AS day, {seconds} AS seconds, t.row_number AS place,
                {gone} AS gone, true AS from_file, {}
         FROM {} t JOIN {} s ON s.rowid = t.row_number",
        columns.join(", "),
        file.typed,
        file.staged.table
    ))?;
    by_name(session, stores)?;
    in_order(session)?;
    Ok(tracked)
}

/// SQL: seconds since midnight of the time in a text; 0 without one.
fn seconds(text: &str) -> String {
    let part = |place: u8| {
        format!(
            "regexp_extract({text}, '([0-9]{{1,2}}):([0-9]{{2}})(:[0-9]{{2}}([.][0-9]+)?)?', {place})"
        )
    };
    let half = format!("upper(regexp_extract({text}, '[0-9] ?([AaPp])[.]?[Mm]', 1))");
    let hour = format!("TRY_CAST({} AS INTEGER)", part(1));
    format!(
        "coalesce((CASE {half} WHEN 'P' THEN {hour} % 12 + 12 WHEN 'A' THEN {hour} % 12 ELSE {hour} END)
                  * 3600 + TRY_CAST({} AS INTEGER) * 60
                  + coalesce(TRY_CAST(substr({}, 2) AS DOUBLE), 0), 0)",
        part(2),
        part(3)
    )
}

/// Deals that a log knows by name alone get the id that an export gives them. In a workspace that
/// knows no deal yet the name stands for the id.
fn by_name(session: &Session<'_>, stores: &Stores) -> Result<(), WorkspaceError> {
    let stored = stores.of("facts.opportunity");
    session.batch(&format!(
        "UPDATE ingest_events SET deal = found.id FROM (
             SELECT e.place, min(k.opportunity_id) AS id
             FROM ingest_events e JOIN (
                 SELECT DISTINCT opportunity_id, name, account_id FROM {stored}
             ) k ON lower(k.name) = lower(e.deal_name)
                 AND (e.deal_account IS NULL OR k.account_id IS NULL OR k.account_id = e.deal_account)
             WHERE e.deal IS NULL GROUP BY e.place HAVING count(DISTINCT k.opportunity_id) = 1
         ) found WHERE ingest_events.place = found.place;
         UPDATE ingest_events SET deal = concat_ws(' ', deal_account, deal_name)
         WHERE deal IS NULL AND deal_name IS NOT NULL AND NOT EXISTS (FROM {stored})"
    ))
}

/// Changes of one day without a time stand in the order of the file, which begins with the oldest
/// or with the newest.
fn in_order(session: &Session<'_>) -> Result<(), WorkspaceError> {
    session.batch(
        "UPDATE ingest_events SET place = -place WHERE (
             SELECT count(*) FILTER (day < earlier) > count(*) FILTER (day > earlier) FROM (
                 SELECT day, lag(day) OVER (PARTITION BY deal ORDER BY place) AS earlier
                 FROM ingest_events
             )
         )",
    )
}

/// Takes out the rows whose deal is not known, and tells them.
pub fn refuse_unknown(
    session: &Session<'_>,
    stores: &Stores,
    file: &Prepared<'_>,
) -> Result<Vec<Fault>, ImportError> {
    let stored = stores.of("facts.opportunity");
    let found = session.query(
        &format!(
            "SELECT abs(place) AS row, deal_name,
                    (SELECT count(DISTINCT opportunity_id) FROM {stored} k
                     WHERE lower(k.name) = lower(deal_name)) AS n
             FROM ingest_events WHERE deal IS NULL ORDER BY 1"
        ),
        &[],
    )?;
    session.execute("DELETE FROM ingest_events WHERE deal IS NULL", &[])?;
    let fault = |row: usize| {
        let name = found.get(row, "deal_name").as_text().map(str::to_owned);
        let reason = match (&name, found.get(row, "n").as_int().unwrap_or_default()) {
            (None, _) => "it has neither an id nor a name".to_owned(),
            (_, 0) => {
                "no known opportunity is called so; import the export that has it, then this \
                       file again"
                    .to_owned()
            }
            (_, many) => format!("{many} known opportunities are called so, and it has no id"),
        };
        let row = found.get(row, "row").as_int().unwrap_or_default() as u64;
        Fault { row, column: Some(file.choice.header_of("name")), value: name, reason }
    };
    Ok((0..found.len()).map(fault).collect())
}

/// The state of a stage that no word tells, where every opportunity in it has the same.
pub fn learn_states(session: &Session<'_>, stores: &Stores) -> Result<(), WorkspaceError> {
    let stored = stores.of("facts.opportunity");
    let learned = format!(
        "(SELECT lower(stage) AS known, min(state) AS said FROM {stored} WHERE stage IS NOT NULL
          GROUP BY 1 HAVING count(DISTINCT state) = 1)"
    );
    session.batch(&format!(
        "UPDATE ingest_events SET state = said FROM {learned} learned
         WHERE state IS NULL AND lower(stage) = known;
         UPDATE ingest_events SET state_before = said FROM {learned} learned
         WHERE state_before IS NULL AND lower(stage_before) = known"
    ))
}

/// Stages without a state, with the number of events, the commonest first.
fn unknown_stages(session: &Session<'_>) -> Result<Vec<(String, u64)>, WorkspaceError> {
    let found = session.query(
        "SELECT stage, count(*) FROM (
             SELECT stage FROM ingest_events WHERE given_state AND state IS NULL AND NOT gone
             UNION ALL
             SELECT stage_before FROM ingest_events
             WHERE told_state_before AND state_before IS NULL AND NOT gone
         ) WHERE stage IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
        &[],
    )?;
    let pair = |row: &Vec<crate::domain::Value>| {
        (row[0].plain(), row[1].as_int().unwrap_or_default() as u64)
    };
    Ok(found.rows.iter().map(pair).collect())
}

/// # Errors
/// `Unclear` where the state of a stage is not known.
pub fn check_stages(session: &Session<'_>, file: &Prepared<'_>) -> Result<(), ImportError> {
    let words = unknown_stages(session)?;
    if words.is_empty() {
        return Ok(());
    }
    let (preset, table) = (file.choice.preset.name.clone(), file.choice.fact.name.to_owned());
    let what = What::Words(UnknownWords { of: "states", words, preset, table });
    let header = file.choice.header_of("stage");
    let unclear = file.choice.unclear(&file.source.path, "stage", &header, what);
    Err(ImportError::Unclear(Box::new(unclear)))
}

/// The columns of an export hold stages in which no deal is now: their deals get no history.
pub fn leave_out_unknown_stages(session: &Session<'_>) -> Result<Option<String>, ImportError> {
    let unknown = unknown_stages(session)?;
    if unknown.is_empty() {
        return Ok(None);
    }
    session.execute(
        "DELETE FROM ingest_events WHERE deal IN (
             SELECT deal FROM ingest_events WHERE given_state AND state IS NULL)",
        &[],
    )?;
    let stages: Vec<String> = unknown.iter().map(|(stage, _)| format!("\"{stage}\"")).collect();
    Ok(Some(format!(
        "opportunities that were in these stages get no history, for nothing says which state they \
         stand for: {}; name them in [table.states] of a mapping",
        stages.join(", ")
    )))
}

/// Makes the events of the columns that hold the day on which a stage was entered, for deals that
/// have no history yet.
pub fn of_columns(
    session: &Session<'_>,
    stores: &Stores,
    group: &Group<'_, '_>,
) -> Result<Vec<Tracked>, ImportError> {
    let mut events = Vec::new();
    for file in &group.files {
        let columns = &file.choice.entered;
        if columns.is_empty() {
            continue;
        }
        let all = columns.iter().map(|(place, stage)| {
            format!(
                "SELECT rowid AS row_number, {place} AS place, {} AS stage, trim(c{place}) AS text \
                 FROM {} WHERE trim(c{place}) <> ''",
                quoted(stage),
                file.staged.table
            )
        });
        let all = all.collect::<Vec<_>>().join(" UNION ALL ");
        let Some(day) = day_style(session, file, &all)? else { continue };
        let state = words::state("e.stage", file.choice.rules);
        events.push(format!(
            "SELECT t.opportunity_id AS deal, {day} AS day, {} AS seconds, e.place AS place, e.stage AS stage, \
             {state} AS state FROM ({all}) e JOIN {} t USING (row_number)",
            seconds("e.text"),
            file.typed
        ));
    }
    let none = "SELECT NULL::VARCHAR AS deal, NULL::DATE AS day, 0.0 AS seconds, 0 AS place, \
                NULL::VARCHAR AS stage, NULL::VARCHAR AS state WHERE false";
    events.push(none.into());
    let mut columns = Vec::new();
    for attribute in ATTRIBUTES {
        let name = attribute.name;
        if ["stage", "state"].contains(&name) {
            columns.push(format!("{name}, true AS given_{name}"));
            columns.push(format!("NULL::VARCHAR AS {name}_before, false AS told_{name}_before"));
        } else {
            columns.extend(attribute.untold());
        }
    }
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE ingest_events AS
         SELECT deal, NULL::VARCHAR AS deal_name, NULL::VARCHAR AS deal_account, day, seconds,
                place::BIGINT AS place, false AS gone, true AS from_file, {}
         FROM ({}) WHERE day IS NOT NULL
           AND deal NOT IN (SELECT opportunity_id FROM {} WHERE valid_from < DATE '{}')",
        columns.join(", "),
        events.join(" UNION ALL "),
        stores.of("facts.opportunity"),
        group.day.unwrap_or_default()
    ))?;
    let of = |name| Tracked { name, before: false };
    Ok(vec![of("stage"), of("state")])
}

/// SQL of the day in `text`; all columns are read in one way. `None` where they are empty.
fn day_style(
    session: &Session<'_>,
    file: &Prepared<'_>,
    all: &str,
) -> Result<Option<String>, ImportError> {
    let text = dates::timeless("text");
    let found = session.query(
        &format!("SELECT {text} AS v, count(*) FROM ({all}) GROUP BY 1 ORDER BY 1 LIMIT {DAYS}"),
        &[],
    )?;
    let values = found.rows.iter().filter_map(|row| {
        Some(Occurrence::new(row[0].as_text()?, u64::try_from(row[1].as_int()?).ok()?, 0))
    });
    let values: Vec<Occurrence> = values.collect();
    let given = &file.choice.rules.dates;
    let given: Vec<DatePattern> = given.iter().filter_map(|text| text.parse().ok()).collect();
    let answer = dates::decide(&dates::Question {
        values: &values,
        // Whether there is a time of day is not asked; where there is one it is cut off.
        clock: Clock { local: true, ..Clock::default() },
        given: &given,
        years: file.years,
        named_date: true,
        hours: None,
    });
    match answer {
        Ok(answer) => {
            Ok(answer.style.map(|style| dates::within(&style.sql("e.text"), style.years)))
        }
        Err(what) => {
            let column = file.choice.entered.first().map(|(place, _)| *place).unwrap_or_default();
            let header = &file.choice.row.names[column];
            let unclear = file.choice.unclear(&file.source.path, "entered", header, what);
            Err(ImportError::Unclear(Box::new(unclear)))
        }
    }
}

/// Takes out what the exports tell better. Gives the number of events.
pub fn keep_those_before(
    session: &Session<'_>,
    day: Option<NaiveDate>,
) -> Result<u64, WorkspaceError> {
    let Some(day) = day else { return Ok(0) };
    let late =
        session.execute(&format!("DELETE FROM ingest_events WHERE day >= DATE '{day}'"), &[]);
    late.map(|late| late as u64)
}
