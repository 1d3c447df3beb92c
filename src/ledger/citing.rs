//! Figures read for evidence: at first, and once more on the data as it was.
//!
//! Invariant: "the same" means the same hash over the whole result, computed
//! from what was known then; what cannot be computed again is said to be so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::body::Body;
use super::check::fields;
use super::error::{LedgerError, Problem, or};
use super::evidence::{Evidence, Taken};
use crate::catalog::figure::{Figure, Unit};
use crate::catalog::form::FieldKind;
use crate::catalog::{Catalog, Form};
use crate::domain::{Period, Table, Value};
use crate::workspace::{Answer, Parameters, Session, Workspace, WorkspaceError};

/// What came of reading a figure once more on the data as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// The same bytes.
    Same,
    /// Another result, and in which cells of the row that was cited.
    Differs { row: Vec<Difference>, why: Vec<String> },
    /// It cannot be computed at all.
    Impossible(String),
}

/// A cell of the row that was cited, and what stands there now; empty for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub column: String,
    pub was: String,
    pub is: String,
}

/// Reads the figures of all evidence in a body that the program has not read yet.
///
/// # Errors
/// `Problems`, each with its field: no such figure, parameter, row or column.
pub fn cite(
    ws: &mut Workspace,
    catalog: &Catalog,
    form: &Form,
    body: &mut Body,
) -> Result<(), LedgerError> {
    let open: Vec<(Place, Evidence)> =
        evidence(form, body).into_iter().filter(|(_, cited)| cited.taken.is_none()).collect();
    if open.is_empty() {
        return Ok(());
    }
    let defaults = ws.defaults()?;
    let mut problems = Vec::new();
    ws.read("reading what is cited", |session| {
        for (place, asked) in open {
            match read(session, catalog, &asked, &defaults, Several::Refuse) {
                Ok(cited) => place.put(body, cited.to_json()),
                Err(Unread::Wrong(message)) => problems.push(Problem::new(place.path(), message)),
                Err(Unread::Workspace(error)) => return Err(error),
            }
        }
        Ok(())
    })?;
    if problems.is_empty() { Ok(()) } else { Err(LedgerError::Problems(problems)) }
}

/// Reads evidence once more, on the data as it was.
///
/// # Errors
/// Those of the workspace that are no fault of the figure.
pub fn repeat(
    ws: &mut Workspace,
    catalog: &Catalog,
    cited: &Evidence,
) -> Result<Repeated, WorkspaceError> {
    let impossible = |why: String| Ok(Repeated::Impossible(why));
    let Some(taken) = &cited.taken else {
        return impossible("it was never read by the program".to_owned());
    };
    let Some(figure) = catalog.figures.get(&cited.figure) else {
        return impossible(format!("there is no figure {} any more", cited.figure));
    };
    ws.read("reading evidence again", |session| {
        let base = Parameters::new(Period::All, NaiveDate::default());
        let parameters = match parameters(&base, &cited.asked) {
            Ok(parameters) => parameters,
            Err(why) => return impossible(why),
        };
        let answer = match session.run_as_known(figure, &parameters, taken.known) {
            Err(error) if of_figure(&error) => return impossible(error.to_string()),
            answer => answer?,
        };
        if result_hash(&answer.table) == taken.result {
            return Ok(Repeated::Same);
        }
        let row = differences(cited, taken, &answer.table);
        Ok(Repeated::Differs { row, why: reasons(session, figure, taken)? })
    })
}

/// What the cited row reads differently with all that is known today; `None` where it cannot be
/// read.
///
/// # Errors
/// Those of the workspace that are no fault of the figure.
pub fn changed_since(
    ws: &mut Workspace,
    catalog: &Catalog,
    cited: &Evidence,
) -> Result<Option<Vec<Difference>>, WorkspaceError> {
    let (Some(taken), Some(figure)) = (&cited.taken, catalog.figures.get(&cited.figure)) else {
        return Ok(None);
    };
    let base = Parameters::new(Period::All, NaiveDate::default());
    let Ok(parameters) = parameters(&base, &cited.asked) else { return Ok(None) };
    match ws.run(figure, &parameters) {
        Err(error) if of_figure(&error) => Ok(None),
        answer => Ok(Some(differences(cited, taken, &answer?.table))),
    }
}

/// Cells of the cited row that read differently in another answer; a row that is gone has none.
fn differences(cited: &Evidence, taken: &Taken, table: &Table) -> Vec<Difference> {
    let now = rows_with(table, &cited.row).last().map(|row| cells(table, *row)).unwrap_or_default();
    let columns: BTreeSet<&String> = taken.read.keys().chain(now.keys()).collect();
    let cell = |cells: &BTreeMap<String, String>, column: &String| {
        cells.get(column).cloned().unwrap_or_default()
    };
    columns
        .into_iter()
        .filter(|_| !taken.read.is_empty())
        .map(|column| Difference {
            column: column.clone(),
            was: cell(&taken.read, column),
            is: cell(&now, column),
        })
        .filter(|difference| difference.was != difference.is)
        .collect()
}

/// SHA-256 in lower-case hex over the result in one form: a JSON array of the names of the columns
/// and one of the cells of each row, as texts or null, each on a line. Numbers that are no exact
/// decimals have twelve digits: the order in which a database adds them up may change the last.
pub fn result_hash(table: &Table) -> String {
    let mut hash = Sha256::new();
    let mut line = |cells: Vec<Json>| {
        hash.update(Json::Array(cells).to_string());
        hash.update("\n");
    };
    line(table.columns.iter().map(|column| Json::from(column.name.as_str())).collect());
    for row in &table.rows {
        line(row.iter().map(cell).collect());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cell(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::List(items) => Json::Array(items.iter().map(cell).collect()),
        other => Json::from(shown(other)),
    }
}

/// A cell as evidence holds it.
fn shown(value: &Value) -> String {
    match value {
        Value::Float(number) => {
            let rounded: f64 = format!("{number:.11e}").parse().unwrap_or(*number);
            // No minus before a zero.
            Value::Float(if rounded == 0.0 { 0.0 } else { rounded }).plain()
        }
        other => other.plain(),
    }
}

/// Why a figure could not be read for evidence.
pub(super) enum Unread {
    /// What was asked does not fit the figure.
    Wrong(String),
    Workspace(WorkspaceError),
}

impl From<WorkspaceError> for Unread {
    fn from(error: WorkspaceError) -> Self {
        if of_figure(&error) { Unread::Wrong(error.to_string()) } else { Unread::Workspace(error) }
    }
}

/// What was asked is at fault, or the figure.
fn of_figure(error: &WorkspaceError) -> bool {
    error.is_of_figure() || matches!(error, WorkspaceError::BadParameter { .. })
}

/// What to do when several rows have the values of the key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Several {
    Refuse,
    /// A trend ends with its newest row.
    Last,
}

pub(super) fn read(
    session: &Session<'_>,
    catalog: &Catalog,
    asked: &Evidence,
    base: &Parameters,
    several: Several,
) -> Result<Evidence, Unread> {
    let figure = figure(catalog, &asked.figure).map_err(Unread::Wrong)?;
    let parameters = parameters(base, &asked.asked).map_err(Unread::Wrong)?;
    let answer = session.run(figure, &parameters)?;
    if let Some(column) = asked.row.keys().chain(&asked.column).find(|c| figure.column(c).is_none())
    {
        let names = or(figure.columns.iter().map(|column| column.name.as_str()));
        let message = format!("{} has no column {column}; there are {names}", figure.name);
        return Err(Unread::Wrong(message));
    }
    let row = the_row(&answer, asked, several).map_err(Unread::Wrong)?;
    let mut evidence = Evidence {
        asked: parameters.named().into_iter().collect(),
        taken: Some(Taken {
            known: session.known()?,
            result: result_hash(&answer.table),
            sql: session.fingerprint(figure),
            read: row.map(|row| cells(&answer.table, row)).unwrap_or_default(),
        }),
        ..asked.clone()
    };
    if evidence.says.is_none() {
        evidence.says = Some(evidence.short());
    }
    Ok(evidence)
}

fn figure<'c>(catalog: &'c Catalog, name: &str) -> Result<&'c Figure, String> {
    catalog.figures.get(name).ok_or_else(|| {
        let names: Vec<&str> = catalog.figures.keys().map(String::as_str).collect();
        let near = similar::get_close_matches(name, &names, 1, 0.6);
        let near = near.first().map_or(String::new(), |near| format!("; did you mean {near}?"));
        format!("there is no figure {name}{near}")
    })
}

fn parameters(base: &Parameters, asked: &BTreeMap<String, String>) -> Result<Parameters, String> {
    asked.iter().try_fold(base.clone(), |parameters, (name, value)| {
        parameters
            .with(name, value.as_str().into())
            .map_err(|message| format!("{name} = {value}: {message}"))
    })
}

fn rows_with(table: &Table, key: &BTreeMap<String, String>) -> Vec<usize> {
    let fits =
        |row: &usize| key.iter().all(|(column, value)| shown(table.get(*row, column)) == *value);
    if key.is_empty() { Vec::new() } else { (0..table.len()).filter(fits).collect() }
}

/// The row that is meant; `None` for the whole figure.
fn the_row(answer: &Answer, asked: &Evidence, several: Several) -> Result<Option<usize>, String> {
    if asked.row.is_empty() {
        return match (&asked.column, answer.table.len()) {
            (None, _) => Ok(None),
            (Some(_), 1) => Ok(Some(0)),
            (Some(column), rows) => Err(format!(
                "{} has {rows} rows; say of which one {column} is meant: row = {{ column = \"value\" }}",
                asked.figure
            )),
        };
    }
    let rows = rows_with(&answer.table, &asked.row);
    let key = || {
        let pairs = asked.row.iter().map(|(column, value)| format!("{column} = {value}"));
        pairs.collect::<Vec<_>>().join(", ")
    };
    match rows.as_slice() {
        [] => Err(format!("{} has no row with {}", asked.asked_in_words(), key())),
        [.., last] if several == Several::Last => Ok(Some(*last)),
        [only] => Ok(Some(*only)),
        more => Err(format!(
            "{} has {} rows with {}; name one more column that tells them apart",
            asked.asked_in_words(),
            more.len(),
            key()
        )),
    }
}

/// The cells of a row that hold something, as evidence holds them.
pub fn cells(table: &Table, row: usize) -> BTreeMap<String, String> {
    let cell = |column: &crate::domain::TableColumn| {
        let value = table.get(row, &column.name);
        (!value.is_null()).then(|| (column.name.clone(), shown(value)))
    };
    table.columns.iter().filter_map(cell).collect()
}

fn reasons(
    session: &Session<'_>,
    figure: &Figure,
    taken: &Taken,
) -> Result<Vec<String>, WorkspaceError> {
    let mut why = Vec::new();
    if session.fingerprint(figure) != taken.sql {
        why.push(format!("the SQL of {} or of the model has changed since", figure.name));
    }
    let replaced = session.query(
        "SELECT DISTINCT import_id FROM meta.replaced
         WHERE table_name = 'settings.fiscal_month' AND import_id > ? ORDER BY 1",
        &[taken.known.import.into()],
    )?;
    for row in &replaced.rows {
        why.push(format!("import {} has replaced the fiscal calendar", row[0].plain()));
    }
    if why.is_empty() {
        why.push(
            "facts or records are not what they were, though no import says so: somebody changed \
             rows of the file, or another version of the program took a file in; qbr verify looks \
             at the records"
                .to_owned(),
        );
    }
    Ok(why)
}

/// Where evidence stands in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    field: String,
    /// Row of a group, and the column there.
    cell: Option<(usize, String)>,
}

impl Place {
    fn path(&self) -> String {
        match &self.cell {
            None => self.field.clone(),
            Some((row, column)) => format!("{}/{row}/{column}", self.field),
        }
    }

    fn put(&self, body: &mut Body, value: Json) {
        let target = match &self.cell {
            None => body.get_mut(&self.field),
            Some((row, column)) => body
                .get_mut(&self.field)
                .and_then(|rows| rows.get_mut(row))
                .and_then(|row| row.get_mut(column)),
        };
        if let Some(target) = target {
            *target = value;
        }
    }
}

/// All evidence of a body that cites a figure.
fn evidence(form: &Form, body: &Body) -> Vec<(Place, Evidence)> {
    let is = |kind: &FieldKind| matches!(kind, FieldKind::Evidence { .. });
    let mut found = Vec::new();
    let mut look = |place: Place, value: Option<&Json>| {
        if let Some(cited) = value.and_then(|value| Evidence::read(value).ok()) {
            found.push((place, cited));
        }
    };
    for field in fields(form) {
        let at = |cell| Place { field: field.id.clone(), cell };
        match &field.kind {
            FieldKind::Rows { fields: columns, .. } => {
                let rows = super::body::rows(body, &field.id);
                for (number, row) in rows.into_iter().enumerate() {
                    for column in columns.iter().filter(|column| is(&column.kind)) {
                        look(at(Some((number, column.id.clone()))), row.get(&column.id));
                    }
                }
            }
            kind if is(kind) => look(at(None), body.get(&field.id)),
            _ => {}
        }
    }
    found
}

/// All evidence of a body that cites a figure, each under the path of its field.
pub fn cited(form: &Form, body: &Body) -> Vec<(String, Evidence)> {
    evidence(form, body).into_iter().map(|(place, cited)| (place.path(), cited)).collect()
}

/// Columns that tell a row of an answer from every other one, with its values: as few as do it, in
/// the order of the figure. Empty when two rows are alike in all that is no measure.
pub fn key_of(figure: &Figure, table: &Table, row: usize) -> BTreeMap<String, String> {
    let rank = |unit: &Unit| match unit {
        Unit::Id | Unit::Text => Some(0),
        Unit::Month | Unit::Date | Unit::Instant => Some(1),
        // A state passes.
        Unit::State => Some(2),
        _ => None,
    };
    let mut columns: Vec<_> = figure
        .columns
        .iter()
        .filter_map(|column| Some((rank(&column.unit)?, column)))
        .filter(|(_, column)| !table.get(row, &column.name).is_null())
        .collect();
    columns.sort_by_key(|(rank, _)| *rank);
    let mut key = BTreeMap::new();
    let mut alike = table.len();
    for (_, column) in columns {
        let value = shown(table.get(row, &column.name));
        key.insert(column.name.clone(), value);
        let now = rows_with(table, &key).len();
        if now == alike && table.len() > 1 {
            key.remove(&column.name);
        }
        alike = now;
        if alike == 1 {
            return key;
        }
    }
    BTreeMap::new()
}

#[cfg(test)]
mod tests;
