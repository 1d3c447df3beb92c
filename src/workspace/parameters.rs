//! What a figure is asked with, and the session variables it becomes.
//!
//! Invariant: every standard variable is always set, typed even when it is
//! NULL, so that a figure never sees what an earlier one was asked with.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::error::WorkspaceError;
use super::literal::literal;
use super::settings::Settings;
use crate::catalog::figure::{
    Figure, Parameter, ParameterKind, STANDARD_PARAMETERS, standard_parameter,
};
use crate::domain::{Dimension, Period, Value};

/// The question that is put to a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// What the review looks at.
    pub period: Period,
    /// The day on which one looks; nothing after it is known.
    pub as_of: NaiveDate,
    /// Ledger revisions written after it are not seen; `None`: the newest.
    pub known_at: Option<DateTime<Utc>>,
    /// By what rows are told apart.
    pub by: Dimension,
    /// Only what has this value: `region` → `East`.
    pub scope: BTreeMap<Dimension, String>,
    /// Parameters of the figure's own, by name.
    pub extra: BTreeMap<String, Value>,
}

/// A session variable.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) value: Value,
    pub(super) kind: ParameterKind,
}

impl Variable {
    /// The value as SQL.
    pub(super) fn literal(&self) -> String {
        literal(&self.value, self.kind)
    }
}

impl Parameters {
    /// By region, unfiltered, the newest revisions.
    pub fn new(period: Period, as_of: NaiveDate) -> Self {
        Parameters {
            period,
            as_of,
            known_at: None,
            by: Dimension::default(),
            scope: BTreeMap::new(),
            extra: BTreeMap::new(),
        }
    }

    /// The same with one more value, under the name that SQL knows it by: the
    /// way in for a drill-down and for `--where`. Standard names change the
    /// fields they stand for; NULL takes a filter or an own parameter away.
    ///
    /// # Errors
    /// Says what is accepted, when the value is not of the parameter's type.
    pub fn with(mut self, name: &str, value: Value) -> Result<Self, String> {
        let text = || value.plain();
        match name {
            "quarter" => self.period = text().parse().map_err(|error| format!("{error}"))?,
            "by" => self.by = text().parse().map_err(|error| format!("{error}"))?,
            "as_of" => self.as_of = date(&value)?,
            "known_at" if value.is_null() => self.known_at = None,
            "known_at" => self.known_at = Some(instant(&value)?),
            "period_start" | "period_end" | "currency" => {
                return Err("it follows from the period and the workspace; it cannot be set".into());
            }
            _ => match Dimension::SCOPES.into_iter().find(|dimension| dimension.name() == name) {
                Some(dimension) if value.is_null() => drop(self.scope.remove(&dimension)),
                Some(dimension) => drop(self.scope.insert(dimension, text())),
                None if value.is_null() => drop(self.extra.remove(name)),
                None => drop(self.extra.insert(name.to_owned(), value)),
            },
        }
        Ok(self)
    }

    /// By name, as [`Parameters::with`] takes them back: what was asked, and nothing that follows
    /// from it.
    pub fn named(&self) -> Vec<(String, String)> {
        let mut named = vec![
            ("quarter".to_owned(), self.period.to_string()),
            ("by".to_owned(), self.by.name().to_owned()),
            ("as_of".to_owned(), self.as_of.to_string()),
        ];
        if let Some(known_at) = self.known_at {
            named.push(("known_at".to_owned(), known_at.to_rfc3339()));
        }
        let scope = self.scope.iter();
        named.extend(scope.map(|(scope, value)| (scope.name().to_owned(), value.clone())));
        let extra = self.extra.iter().filter(|(_, value)| !value.is_null());
        named.extend(extra.map(|(name, value)| (name.clone(), value.plain())));
        named
    }

    /// The standard variables. `bounds` are the first and last day of the period.
    pub(super) fn standard(
        &self,
        settings: &Settings,
        bounds: (NaiveDate, NaiveDate),
    ) -> Vec<Variable> {
        STANDARD_PARAMETERS
            .iter()
            .map(|(name, kind)| {
                let value = match *name {
                    "quarter" => self.period.to_string().into(),
                    "period_start" => bounds.0.into(),
                    "period_end" => bounds.1.into(),
                    "as_of" => self.as_of.into(),
                    "by" => self.by.name().into(),
                    "currency" => settings.currency.as_str().into(),
                    "known_at" => self.known_at.into(),
                    scope => self.scope_of(scope).map(str::to_owned).into(),
                };
                Variable { name: (*name).to_owned(), value, kind: *kind }
            })
            .collect()
    }

    fn scope_of(&self, name: &str) -> Option<&str> {
        self.scope.iter().find(|(scope, _)| scope.name() == name).map(|(_, value)| value.as_str())
    }

    /// The standard variables, all NULL, each of its type.
    pub(super) fn untold() -> Vec<Variable> {
        STANDARD_PARAMETERS
            .iter()
            .map(|(name, kind)| Variable {
                name: (*name).to_owned(),
                value: Value::Null,
                kind: *kind,
            })
            .collect()
    }

    /// The figure's own parameters, all NULL, each of its type.
    pub(super) fn absent(figure: &Figure) -> Vec<Variable> {
        own_of(figure)
            .map(|parameter| Variable {
                name: parameter.name.clone(),
                value: Value::Null,
                kind: parameter.kind,
            })
            .collect()
    }

    /// The figure's own parameters, each of the type that its header declares.
    ///
    /// # Errors
    /// `BadParameter`: missing, of another type, or not known to the figure.
    pub(super) fn own(&self, figure: &Figure) -> Result<Vec<Variable>, WorkspaceError> {
        let bad = |name: &str, message: String| WorkspaceError::BadParameter {
            figure: figure.name.clone(),
            name: name.to_owned(),
            message,
        };
        let declared = || own_of(figure);
        if let Some(name) = self.extra.keys().find(|name| declared().all(|own| own.name != **name))
        {
            let known: Vec<&str> = declared().map(|own| own.name.as_str()).collect();
            let known = if known.is_empty() {
                "the figure has none of its own".to_owned()
            } else {
                format!("the figure's own are {}", known.join(", "))
            };
            return Err(bad(name, format!("unknown; {known}")));
        }
        declared()
            .map(|parameter| {
                let given = self.extra.get(&parameter.name).unwrap_or(&Value::Null);
                if given.is_null() && !parameter.optional {
                    return Err(bad(&parameter.name, "a value is needed".into()));
                }
                let value = typed(parameter.kind, given)
                    .map_err(|message| bad(&parameter.name, message))?;
                Ok(Variable { name: parameter.name.clone(), value, kind: parameter.kind })
            })
            .collect()
    }
}

/// What a figure's header declares beyond the standard parameters.
fn own_of(figure: &Figure) -> impl Iterator<Item = &Parameter> {
    figure.parameters.iter().filter(|parameter| standard_parameter(&parameter.name).is_none())
}

/// The value in the parameter's own type.
fn typed(kind: ParameterKind, value: &Value) -> Result<Value, String> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let shown = value.plain();
    Ok(match kind {
        ParameterKind::Text => Value::Text(shown),
        ParameterKind::Date => Value::Date(date(value)?),
        ParameterKind::Instant => Value::Instant(instant(value)?),
        ParameterKind::Count => shown
            .trim()
            .parse()
            .map(Value::Int)
            .map_err(|_| format!("\"{shown}\" is not a whole number"))?,
        ParameterKind::Number => match value.as_f64().or_else(|| shown.trim().parse().ok()) {
            Some(number) if number.is_finite() => Value::Float(number),
            _ => return Err(format!("\"{shown}\" is not a number")),
        },
    })
}

fn date(value: &Value) -> Result<NaiveDate, String> {
    value
        .as_date()
        .or_else(|| value.as_text()?.trim().parse().ok())
        .ok_or_else(|| format!("\"{}\" is not a date; write it as 2025-12-31", value.plain()))
}

/// A time without a zone is UTC; a date alone is its end, so that the day is seen.
fn instant(value: &Value) -> Result<DateTime<Utc>, String> {
    if let Value::Instant(instant) = value {
        return Ok(*instant);
    }
    let text = value.plain();
    let text = text.trim();
    let zoned = DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc()).ok();
    let plain = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok();
    let day = || text.parse::<NaiveDate>().ok()?.and_hms_micro_opt(23, 59, 59, 999_999);
    zoned
        .or_else(|| plain().or_else(day).map(|time| time.and_utc()))
        .ok_or_else(|| format!("\"{text}\" is not a time; write it as 2025-12-31T18:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FiscalCalendar, Quarter};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn parameters() -> Parameters {
        Parameters::new(Period::Quarter(Quarter { year: 2025, quarter: 4 }), day("2025-12-31"))
    }

    fn figure(own: &[(&str, ParameterKind, bool)]) -> Figure {
        Figure {
            name: "deals".into(),
            area: "review".into(),
            title: "Deals".into(),
            question: String::new(),
            curriculum: vec![],
            source: String::new(),
            grain: String::new(),
            parameters: own
                .iter()
                .map(|(name, kind, optional)| Parameter {
                    name: (*name).into(),
                    kind: *kind,
                    optional: *optional,
                    meaning: String::new(),
                })
                .collect(),
            columns: vec![],
            chart: None,
            drill: None,
            opens: None,
            needs: vec![],
            header: String::new(),
            sql: String::new(),
            file: "queries/review/deals.sql".into(),
            sql_line: 1,
        }
    }

    #[test]
    fn standard_variables_are_always_there_and_typed() {
        let settings =
            Settings { currency: "EUR".into(), fiscal: FiscalCalendar::default(), as_of: None };
        let asked = parameters().with("region", "East".into()).expect("a filter");
        let found: Vec<String> = asked
            .standard(&settings, (day("2025-10-01"), day("2025-12-31")))
            .iter()
            .map(|variable| format!("{} = {}", variable.name, variable.literal()))
            .collect();
        assert_eq!(
            found,
            [
                "quarter = '2025-Q4'",
                "period_start = DATE '2025-10-01'",
                "period_end = DATE '2025-12-31'",
                "as_of = DATE '2025-12-31'",
                "by = 'region'",
                "region = 'East'",
                "segment = NULL::VARCHAR",
                "product = NULL::VARCHAR",
                "owner = NULL::VARCHAR",
                "manager = NULL::VARCHAR",
                "currency = 'EUR'",
                "known_at = NULL::TIMESTAMP",
            ]
        );
        assert!(
            asked
                .standard(&settings, (day("2025-10-01"), day("2025-12-31")))
                .iter()
                .all(|v| standard_parameter(&v.name).is_some())
        );
    }

    #[test]
    fn a_row_leads_into_another_figure_by_name() {
        let asked = parameters()
            .with("quarter", "2024-Q1".into())
            .and_then(|p| p.with("owner", "Ann".into()))
            .and_then(|p| p.with("as_of", Value::Date(day("2024-03-31"))))
            .and_then(|p| p.with("known_at", "2024-03-31".into()))
            .and_then(|p| p.with("month", Value::Date(day("2024-02-01"))))
            .expect("known names");
        assert_eq!(asked.period.to_string(), "2024-Q1");
        assert_eq!(asked.scope[&Dimension::Owner], "Ann");
        assert_eq!(asked.as_of, day("2024-03-31"));
        assert!(
            asked.known_at.is_some_and(|at| at.to_rfc3339().starts_with("2024-03-31T23:59:59"))
        );
        assert_eq!(asked.extra["month"], Value::Date(day("2024-02-01")));
        let without = asked.with("owner", Value::Null).expect("taken away");
        assert!(without.scope.is_empty());
        assert!(parameters().with("quarter", "Q9".into()).is_err());
        assert!(parameters().with("currency", "EUR".into()).is_err());
    }

    #[test]
    fn own_parameters_take_the_type_of_the_header() {
        use ParameterKind::{Count, Date, Number, Text};
        let figure = figure(&[
            ("slice", Text, true),
            ("month", Date, true),
            ("top", Count, true),
            ("share", Number, true),
            ("as_of", Date, false),
        ]);
        let asked = parameters()
            .with("month", "2025-11-01".into())
            .and_then(|p| p.with("top", "10".into()))
            .and_then(|p| p.with("share", Value::Decimal("0.25".parse().expect("a number"))))
            .expect("own names");
        let found: Vec<String> = asked
            .own(&figure)
            .expect("typed")
            .iter()
            .map(|v| format!("{}={}", v.name, v.literal()))
            .collect();
        assert_eq!(
            found,
            [
                "slice=NULL::VARCHAR",
                "month=DATE '2025-11-01'",
                "top=CAST(10 AS BIGINT)",
                "share=CAST('2.5e-1' AS DOUBLE)"
            ]
        );
    }

    #[test]
    fn wrong_parameters_are_named() {
        use ParameterKind::{Count, Date};
        let figure = figure(&[("month", Date, false), ("top", Count, true)]);
        let error =
            |parameters: Parameters| parameters.own(&figure).expect_err("refused").to_string();
        assert_eq!(error(parameters()), "deals: parameter month: a value is needed");
        let asked = parameters().with("month", "May".into()).expect("own name");
        assert!(error(asked).contains("write it as 2025-12-31"));
        let asked = parameters()
            .with("month", "2025-11-01".into())
            .and_then(|p| p.with("top", "1.5".into()));
        assert!(error(asked.expect("own")).contains("not a whole number"));
        let asked = parameters().with("colour", "red".into()).expect("own name");
        assert_eq!(
            error(asked),
            "deals: parameter colour: unknown; the figure's own are month, top"
        );
    }
}
