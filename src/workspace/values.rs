//! Cells between DuckDB and the rest of the program.
//!
//! Invariant: nothing is rounded on the way. A number that a `Value` cannot
//! hold exactly is an error, never the nearest one.

use chrono::{DateTime, Days, NaiveDate, NaiveTime};
use duckdb::core::{LogicalTypeHandle, LogicalTypeId};
use duckdb::types::{Decimal as DuckDecimal, TimeUnit, ToSqlOutput, Value as DuckValue, ValueRef};
use rust_decimal::Decimal;

use crate::domain::Value;

/// A cell as DuckDB gives it. The error says what cannot be taken over, without
/// naming the column.
pub(super) fn from_duckdb(value: ValueRef<'_>) -> Result<Value, String> {
    Ok(match value {
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Enum(..) => {
            Value::Text(value.as_str().map_err(|error| error.to_string())?.into())
        }
        other => from_owned(other.to_owned())?,
    })
}

fn from_owned(value: DuckValue) -> Result<Value, String> {
    Ok(match value {
        DuckValue::Null => Value::Null,
        DuckValue::Boolean(flag) => Value::Bool(flag),
        DuckValue::TinyInt(number) => Value::Int(number.into()),
        DuckValue::SmallInt(number) => Value::Int(number.into()),
        DuckValue::Int(number) => Value::Int(number.into()),
        DuckValue::BigInt(number) => Value::Int(number),
        DuckValue::UTinyInt(number) => Value::Int(number.into()),
        DuckValue::USmallInt(number) => Value::Int(number.into()),
        DuckValue::UInt(number) => Value::Int(number.into()),
        DuckValue::UBigInt(number) => whole(number.into())?,
        DuckValue::HugeInt(number) => whole(number)?,
        DuckValue::UHugeInt(number) => {
            whole(i128::try_from(number).map_err(|_| too_large(&number.to_string()))?)?
        }
        DuckValue::Float(number) => finite(number.into()),
        DuckValue::Double(number) => finite(number),
        DuckValue::Decimal(number) => Value::Decimal(decimal(number)?),
        DuckValue::Text(text) | DuckValue::Enum(text) => Value::Text(text),
        DuckValue::Date32(days) => Value::Date(date(days)?),
        DuckValue::Timestamp(unit, count) => instant(unit, count)?,
        DuckValue::Time64(unit, count) => {
            let micros = unit.to_micros(count);
            let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
            NaiveTime::from_num_seconds_from_midnight_opt(seconds as u32, rest as u32 * 1000)
                .map_or(Value::Null, |time| Value::Text(time.to_string()))
        }
        DuckValue::List(items) | DuckValue::Array(items) => {
            Value::List(items.into_iter().map(from_owned).collect::<Result<_, _>>()?)
        }
        other => {
            return Err(format!("{:?} cannot be shown; cast it to text in the SQL", kind(&other)));
        }
    })
}

/// The name of a kind of value that has no place in [`Value`].
fn kind(value: &DuckValue) -> &'static str {
    match value {
        DuckValue::Blob(_) => "BLOB",
        DuckValue::Interval { .. } => "INTERVAL",
        DuckValue::Struct(_) => "STRUCT",
        DuckValue::Map(_) => "MAP",
        DuckValue::Union(_) => "UNION",
        _ => "a value of this type",
    }
}

fn whole(number: i128) -> Result<Value, String> {
    if let Ok(small) = i64::try_from(number) {
        return Ok(Value::Int(small));
    }
    Decimal::try_from_i128_with_scale(number, 0)
        .map(Value::Decimal)
        .map_err(|_| too_large(&number.to_string()))
}

/// Not a number and infinity are no answers.
fn finite(number: f64) -> Value {
    if number.is_finite() { Value::Float(number) } else { Value::Null }
}

/// Exactly, with its scale; a number of more than 28 digits loses zeros at its
/// end if it has them, and is refused if it has not.
fn decimal(number: DuckDecimal) -> Result<Decimal, String> {
    let (mut value, mut scale) = (number.value(), u32::from(number.scale()));
    loop {
        if let Ok(exact) = Decimal::try_from_i128_with_scale(value, scale) {
            return Ok(exact);
        }
        if scale == 0 || value % 10 != 0 {
            return Err(too_large(&number.to_string()));
        }
        (value, scale) = (value / 10, scale - 1);
    }
}

fn too_large(number: &str) -> String {
    format!("{number} has more digits than a number may have here")
}

fn date(days: i32) -> Result<NaiveDate, String> {
    let epoch = NaiveDate::default();
    let distance = Days::new(days.unsigned_abs().into());
    if days < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) }
        .ok_or_else(|| "a date is out of range".to_owned())
}

fn instant(unit: TimeUnit, count: i64) -> Result<Value, String> {
    match unit {
        TimeUnit::Second => DateTime::from_timestamp(count, 0),
        TimeUnit::Millisecond => DateTime::from_timestamp_millis(count),
        TimeUnit::Microsecond => DateTime::from_timestamp_micros(count),
        TimeUnit::Nanosecond => Some(DateTime::from_timestamp_nanos(count)),
    }
    .map(Value::Instant)
    .ok_or_else(|| "a time is out of range".to_owned())
}

/// A value as a bound parameter. Lists cannot be bound; pass their parts.
pub(super) fn to_duckdb(value: &Value) -> Result<ToSqlOutput<'_>, String> {
    Ok(match value {
        Value::Null => ToSqlOutput::Owned(DuckValue::Null),
        Value::Bool(flag) => ToSqlOutput::Owned(DuckValue::Boolean(*flag)),
        Value::Int(number) => ToSqlOutput::Owned(DuckValue::BigInt(*number)),
        Value::Decimal(number) => {
            let scale = number.scale() as u8;
            // Rust's decimals have at most 28 digits behind the point and 29 in all.
            let bound = DuckDecimal::new(DuckDecimal::MAX_WIDTH, scale, number.mantissa())
                .map_err(|error| error.to_string())?;
            ToSqlOutput::Owned(DuckValue::Decimal(bound))
        }
        Value::Float(number) if number.is_finite() => {
            ToSqlOutput::Owned(DuckValue::Double(*number))
        }
        Value::Float(_) => ToSqlOutput::Owned(DuckValue::Null),
        Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Value::Date(date) => {
            let days = date.signed_duration_since(NaiveDate::default()).num_days();
            let days = i32::try_from(days).map_err(|_| format!("{date} is out of range"))?;
            ToSqlOutput::Owned(DuckValue::Date32(days))
        }
        Value::Instant(instant) => ToSqlOutput::Owned(DuckValue::Timestamp(
            TimeUnit::Microsecond,
            instant.timestamp_micros(),
        )),
        Value::List(_) => return Err("a list cannot be a bound parameter".to_owned()),
    })
}

/// DuckDB's name of a type: `DECIMAL(18,2)`, `VARCHAR[]`.
pub(super) fn type_name(logical: &LogicalTypeHandle) -> String {
    match logical.id() {
        LogicalTypeId::Decimal => {
            format!("DECIMAL({},{})", logical.decimal_width(), logical.decimal_scale())
        }
        LogicalTypeId::List => format!("{}[]", type_name(&logical.child(0))),
        LogicalTypeId::TimestampTZ => "TIMESTAMP WITH TIME ZONE".to_owned(),
        LogicalTypeId::TimestampS => "TIMESTAMP_S".to_owned(),
        LogicalTypeId::TimestampMs => "TIMESTAMP_MS".to_owned(),
        LogicalTypeId::TimestampNs => "TIMESTAMP_NS".to_owned(),
        LogicalTypeId::SqlNull => "\"NULL\"".to_owned(),
        other => format!("{other:?}").to_uppercase(),
    }
}
