//! Values as SQL, for `SET VARIABLE`, which takes no bound parameters.
//!
//! Invariant: whatever a text holds, its literal is one string literal and
//! nothing else.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use crate::catalog::figure::ParameterKind;
use crate::domain::Value;

/// The value as a constant of its own type. NULL is one of the given type, so
/// that SQL binds the same with and without a value.
pub(super) fn literal(value: &Value, null: ParameterKind) -> String {
    match value {
        Value::Null => format!("NULL::{}", null.sql_type()),
        Value::Bool(flag) => if *flag { "true" } else { "false" }.to_owned(),
        Value::Int(number) => format!("CAST({number} AS BIGINT)"),
        Value::Decimal(number) => decimal(*number),
        Value::Float(number) if number.is_finite() => format!("CAST('{number:e}' AS DOUBLE)"),
        Value::Float(_) => "NULL::DOUBLE".to_owned(),
        Value::Text(text) => quoted(text),
        Value::Date(date) => format!("DATE '{}'", iso_date(*date)),
        Value::Instant(instant) => format!("TIMESTAMP '{}'", iso_instant(*instant)),
        Value::List(items) if items.is_empty() => format!("[]::{}[]", null.sql_type()),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| literal(item, null)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// A string literal: quotes doubled. DuckDB reads no escapes in it.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn decimal(number: Decimal) -> String {
    format!("CAST('{number}' AS DECIMAL(38,{}))", number.scale())
}

/// Years beyond four digits are written without a sign, as DuckDB reads them.
fn iso_date(date: NaiveDate) -> String {
    date.to_string().trim_start_matches('+').to_owned()
}

fn iso_instant(instant: DateTime<Utc>) -> String {
    format!("{} {}", iso_date(instant.date_naive()), instant.format("%H:%M:%S%.6f"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use duckdb::Connection;
    use proptest::prelude::*;

    #[test]
    fn literals_are_typed() {
        let day: NaiveDate = "2025-12-31".parse().expect("a date");
        let instant = day.and_hms_micro_opt(9, 5, 0, 12).expect("a time").and_utc();
        for (value, sql) in [
            (Value::Null, "NULL::VARCHAR"),
            (Value::Int(-7), "CAST(-7 AS BIGINT)"),
            (
                Value::Decimal("-12.50".parse().expect("a number")),
                "CAST('-12.50' AS DECIMAL(38,2))",
            ),
            (Value::Float(0.5), "CAST('5e-1' AS DOUBLE)"),
            (Value::Float(f64::NAN), "NULL::DOUBLE"),
            (Value::from("O'Brien"), "'O''Brien'"),
            (Value::Date(day), "DATE '2025-12-31'"),
            (Value::Instant(instant), "TIMESTAMP '2025-12-31 09:05:00.000012'"),
            (Value::List(vec![]), "[]::VARCHAR[]"),
            (Value::List(vec!["a".into(), Value::Null]), "['a', NULL::VARCHAR]"),
        ] {
            assert_eq!(literal(&value, ParameterKind::Text), sql);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_comes_back_as_it_was(text in "[^\\x00]{0,40}|['\\\\;$\\-/* \n]{0,12}") {
            let connection = Connection::open_in_memory().expect("DuckDB");
            let set = format!("SET VARIABLE x = {}", literal(&Value::from(text.as_str()), ParameterKind::Text));
            connection.execute_batch(&set).expect("a literal");
            let back: String =
                connection.query_row("SELECT getvariable('x')", [], |row| row.get(0)).expect("a row");
            prop_assert_eq!(back, text);
        }

        #[test]
        fn any_number_comes_back_as_it_was(float in any::<f64>(), mantissa in any::<i64>(), scale in 0u32..=18) {
            let connection = Connection::open_in_memory().expect("DuckDB");
            let decimal = Decimal::new(mantissa, scale);
            let finite = if float.is_finite() { float } else { 0.0 };
            let sql = format!(
                "SELECT {}, ({})::VARCHAR",
                literal(&Value::Float(finite), ParameterKind::Number),
                literal(&Value::Decimal(decimal), ParameterKind::Number)
            );
            let (float, text): (f64, String) = connection
                .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
                .expect("a row");
            prop_assert_eq!(float, finite);
            prop_assert_eq!(text.parse::<Decimal>().expect("a decimal"), decimal);
        }
    }
}
