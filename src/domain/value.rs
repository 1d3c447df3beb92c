//! One cell and one table of an answer, free of any database or screen.
//!
//! Invariant: money is `Decimal`, never a float; a missing value is `Null`,
//! never zero and never an empty text.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;

/// One cell of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not known, or not defined (a rate over nothing). Shown as "—".
    Null,
    Bool(bool),
    Int(i64),
    /// Money and other exact decimals.
    Decimal(Decimal),
    /// Shares, rates and statistics; never money.
    Float(f64),
    Text(String),
    Date(NaiveDate),
    /// A point in time, in UTC.
    Instant(DateTime<Utc>),
    List(Vec<Value>),
}

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Value::Decimal(number) => Some(*number),
            Value::Int(number) => Some(Decimal::from(*number)),
            _ => None,
        }
    }

    /// The number for drawing and statistics; money loses its exactness here,
    /// so the result is never stored or added up as money.
    pub fn as_f64(&self) -> Option<f64> {
        use rust_decimal::prelude::ToPrimitive;
        match self {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            Value::Decimal(number) => number.to_f64(),
            _ => None,
        }
    }

    pub fn as_date(&self) -> Option<NaiveDate> {
        match self {
            Value::Date(date) => Some(*date),
            Value::Instant(instant) => Some(instant.date_naive()),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The plain machine form: ISO dates, a point as decimal mark, no grouping,
    /// an empty text for a missing value.
    pub fn plain(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Bool(flag) => flag.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Decimal(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::Date(date) => date.to_string(),
            Value::Instant(instant) => instant.to_rfc3339_opts(SecondsFormat::Secs, true),
            Value::List(items) => items.iter().map(Value::plain).collect::<Vec<_>>().join(", "),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}
impl From<NaiveDate> for Value {
    fn from(date: NaiveDate) -> Self {
        Value::Date(date)
    }
}
impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Value::Decimal(number)
    }
}
impl From<DateTime<Utc>> for Value {
    fn from(instant: DateTime<Utc>) -> Self {
        Value::Instant(instant)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Rows with named columns: what a query gives back, copied out of the database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub columns: Vec<TableColumn>,
    pub rows: Vec<Vec<Value>>,
}

/// Name and DuckDB type name (`DECIMAL(18,2)`, `VARCHAR`, …) of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    pub name: String,
    pub type_name: String,
}

impl Table {
    pub fn index_of(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// The cell, or `Null` where the row or the column does not exist.
    pub fn get(&self, row: usize, column: &str) -> &Value {
        self.index_of(column)
            .and_then(|i| self.rows.get(row).and_then(|r| r.get(i)))
            .unwrap_or(&Value::Null)
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }
}
