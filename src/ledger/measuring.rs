//! What was expected, read again when its day has come.
//!
//! Invariant: what was measured is computed and never typed, as of the day that
//! the record named, however late somebody asks.

use chrono::NaiveDate;

use super::body::Body;
use super::citing::{Several, Unread, read};
use super::error::{LedgerError, Problem};
use super::evidence::Evidence;
use super::read::{newest, newest_of_all};
use super::revision::{Revision, Signature};
use super::write::revise;
use crate::catalog::figure::Unit;
use crate::catalog::form::FieldKind;
use crate::catalog::{Catalog, Form};
use crate::domain::Period;
use crate::workspace::{Parameters, Session, Workspace};

/// Reads again what a record expects, and writes the reading down as a revision.
///
/// # Errors
/// `NotAllowed` when nothing of it can be read by `today`, with what is missing; `Unchanged` when
/// it reads as it did the last time; `Problems` when the figure no longer gives such a row.
pub fn measure(
    ws: &mut Workspace,
    catalog: &Catalog,
    form: &Form,
    id: &str,
    today: NaiveDate,
    by: &Signature,
) -> Result<Revision, LedgerError> {
    let newest = newest(ws, id)?;
    let readings = read_again(ws, catalog, form, &newest.body, today)?;
    if readings.is_empty() {
        let why = why_not(form, &newest.body, today);
        return Err(LedgerError::NotAllowed { record: id.to_owned(), why });
    }
    let mut body = newest.body;
    let mut said = Vec::new();
    for (field, evidence) in readings {
        said.push(format!("Measured: {}.", evidence.in_words()));
        body.insert(field, evidence.to_json());
    }
    revise(ws, form, id, newest.revision, body, by, Some(&said.join(" ")))
}

/// Records whose day to be measured has come by `today` and that have no reading yet, in states in
/// which they can take one.
///
/// # Errors
/// As [`newest_of_all`].
pub fn to_measure(
    ws: &mut Workspace,
    catalog: &Catalog,
    today: NaiveDate,
) -> Result<Vec<Revision>, LedgerError> {
    let mut found = newest_of_all(ws)?;
    found.retain(|revision| {
        let Some(form) = catalog.forms.get(&revision.kind) else { return false };
        form.states.iter().any(|state| state.id == revision.state && state.open)
            && due(form, &revision.body, today)
                .any(|(field, ..)| !revision.body.contains_key(field))
    });
    Ok(found)
}

/// Of each evidence that is read again and whose day has come: its field, the first reading, the
/// day, and a day of the period to be read.
fn due<'a>(
    form: &'a Form,
    body: &'a Body,
    today: NaiveDate,
) -> impl Iterator<Item = (&'a str, Evidence, NaiveDate, NaiveDate)> {
    let day = |field: &str| body.get(field)?.as_str()?.parse::<NaiveDate>().ok();
    form.fields().filter_map(move |field| {
        let FieldKind::Evidence { again: Some(again) } = &field.kind else { return None };
        let first = body.get(&again.field).filter(|value| value.is_object())?;
        let on = day(&again.on).filter(|on| *on <= today)?;
        let within = again.period.as_deref().and_then(day).unwrap_or(on);
        Some((field.id.as_str(), Evidence::read(first).ok()?, on, within))
    })
}

fn why_not(form: &Form, body: &Body, today: NaiveDate) -> String {
    let label = |id: &str| {
        form.fields()
            .find(|field| field.id == id)
            .map_or(id, |field| field.label.as_str())
            .to_owned()
    };
    let again = form.fields().find_map(|field| match &field.kind {
        FieldKind::Evidence { again } => again.as_ref(),
        _ => None,
    });
    let Some(again) = again else {
        return "its form has nothing that is measured again".to_owned();
    };
    match (body.get(&again.field), body.get(&again.on).and_then(|day| day.as_str())) {
        (None, _) => {
            format!("\"{}\" is empty: there is nothing to read again", label(&again.field))
        }
        (Some(first), _) if !first.is_object() => format!(
            "\"{}\" is in words; cite the row of a figure there, then it can be read again",
            label(&again.field)
        ),
        (_, None) => format!("\"{}\" says no day", label(&again.on)),
        (_, Some(day)) => format!("its day is {day}, and today is {today}"),
    }
}

fn read_again(
    ws: &mut Workspace,
    catalog: &Catalog,
    form: &Form,
    body: &Body,
    today: NaiveDate,
) -> Result<Vec<(String, Evidence)>, LedgerError> {
    let mut found = Vec::new();
    for (field, first, on, within) in due(form, body, today) {
        let read = ws.read("measuring again", |session| {
            let base = Parameters::new(Period::All, on);
            let asked = asked_on(session, catalog, &first, on, within);
            read(session, catalog, &asked, &base, Several::Last)
        });
        match read {
            Ok(evidence) => found.push((field.to_owned(), evidence)),
            Err(Unread::Wrong(message)) => {
                return Err(LedgerError::Problems(vec![Problem::new(field, message)]));
            }
            Err(Unread::Workspace(error)) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// The same question, as of another day: for the quarter or the year that holds `within`, and for
/// the same row, whatever its month was.
fn asked_on(
    session: &Session<'_>,
    catalog: &Catalog,
    first: &Evidence,
    on: NaiveDate,
    within: NaiveDate,
) -> Evidence {
    let fiscal = &session.settings().fiscal;
    let mut again = Evidence { taken: None, says: None, ..first.clone() };
    again.asked.insert("as_of".into(), on.to_string());
    // What people wrote after that day was not known on it.
    again.asked.insert("known_at".into(), on.to_string());
    let period = again.asked.get("quarter").and_then(|text| text.parse::<Period>().ok());
    let period = match period {
        Some(Period::Quarter(_)) => Some(Period::Quarter(fiscal.quarter_of(within))),
        Some(Period::Year(_)) => Some(Period::Year(fiscal.year_of(within))),
        other => other,
    };
    again.asked.extend(period.map(|period| ("quarter".to_owned(), period.to_string())));
    if let Some(figure) = catalog.figures.get(&first.figure) {
        again.row.retain(|column, _| {
            let unit = figure.column(column).map(|column| &column.unit);
            !matches!(unit, Some(Unit::Date | Unit::Month | Unit::Instant))
        });
    }
    again
}
