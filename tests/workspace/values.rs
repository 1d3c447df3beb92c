//! Cells there and back.

use chrono::NaiveDate;
use qbr::domain::Value;
use qbr::workspace::WorkspaceError;
use rust_decimal::Decimal;

use crate::content::{open, place, value};

fn decimal(text: &str) -> Value {
    Value::Decimal(text.parse::<Decimal>().expect("a number"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn bound_values_come_back_as_they_were() {
    let place = place();
    let mut workspace = open(&place.path);
    let instant =
        day("2025-12-31").and_hms_micro_opt(23, 59, 59, 123_456).expect("a time").and_utc();
    let cases = [
        ("BIGINT", Value::Int(i64::MIN)),
        ("DECIMAL(18,2)", decimal("-1234567890123456.78")),
        ("DECIMAL(38,10)", decimal("1234567890123456789.0123456789")),
        ("VARCHAR", Value::from("O'Brien; DROP TABLE x -- 😀\n\u{0}end")),
        ("VARCHAR", Value::from("")),
        ("DATE", Value::Date(day("0001-01-01"))),
        ("DATE", Value::Date(day("2024-02-29"))),
        ("TIMESTAMP", Value::Instant(instant)),
        ("DOUBLE", Value::Float(0.1)),
        ("BOOLEAN", Value::Bool(true)),
        ("VARCHAR", Value::Null),
        ("DECIMAL(18,2)", Value::Null),
    ];
    for (sql_type, given) in cases {
        let back = workspace.write::<_, WorkspaceError>("trying", |session| {
            session.batch(&format!("CREATE OR REPLACE TEMP TABLE t (v {sql_type})"))?;
            session.execute("INSERT INTO t VALUES (?)", std::slice::from_ref(&given))?;
            session.query("SELECT v FROM t", &[])
        });
        let back = back.unwrap_or_else(|error| panic!("{sql_type} {given:?}: {error}"));
        assert_eq!(back.rows, [[given]], "{sql_type}");
        assert_eq!(back.columns[0].type_name, sql_type);
    }
}

#[test]
fn every_type_of_an_answer_has_its_value() {
    let place = place();
    let mut workspace = open(&place.path);
    for (sql, expected) in [
        ("42::HUGEINT", Value::Int(42)),
        ("sum(x) FROM (VALUES (1), (2)) t(x)", Value::Int(3)),
        ("12345678901234567890::HUGEINT", decimal("12345678901234567890")),
        ("18446744073709551615::UBIGINT", decimal("18446744073709551615")),
        ("1.50::DECIMAL(38,2)", decimal("1.50")),
        // More digits than a Decimal has, but zeros at the end.
        (
            "1234567890123456789012345678.5000000000::DECIMAL(38,10)",
            decimal("1234567890123456789012345678.5"),
        ),
        ("sum(x) FROM (VALUES (1.25::DECIMAL(18,2)), (2)) t(x)", decimal("3.25")),
        ("'nan'::DOUBLE", Value::Null),
        ("'-inf'::DOUBLE", Value::Null),
        ("0.5::FLOAT", Value::Float(0.5)),
        (
            "TIMESTAMP '2025-12-31 10:00:00'",
            Value::Instant(day("2025-12-31").and_hms_opt(10, 0, 0).expect("a time").and_utc()),
        ),
        (
            "TIMESTAMP_S '2025-12-31 10:00:00'",
            Value::Instant(day("2025-12-31").and_hms_opt(10, 0, 0).expect("a time").and_utc()),
        ),
        ("['a', NULL, 'b']", Value::List(vec!["a".into(), Value::Null, "b".into()])),
        ("[1.5, 2]::DECIMAL(18,2)[]", Value::List(vec![decimal("1.50"), decimal("2.00")])),
        ("[]::VARCHAR[]", Value::List(vec![])),
        ("NULL::VARCHAR[]", Value::Null),
        ("'won'::ENUM ('won', 'lost')", "won".into()),
        ("TIME '10:05:00'", "10:05:00".into()),
        ("NULL", Value::Null),
    ] {
        assert_eq!(value(&mut workspace, &format!("SELECT {sql}")), expected, "{sql}");
    }
    let types = workspace.read::<_, WorkspaceError>("looking", |session| {
        session.query("SELECT 1::HUGEINT a, 1.5::DECIMAL(18,2) b, ['x'] c, DATE '2025-01-01' d, now()::TIMESTAMP e", &[])
    });
    let names: Vec<String> =
        types.expect("typed").columns.into_iter().map(|column| column.type_name).collect();
    assert_eq!(names, ["HUGEINT", "DECIMAL(18,2)", "VARCHAR[]", "DATE", "TIMESTAMP"]);
}

#[test]
fn what_has_no_value_is_an_error_and_not_a_guess() {
    let place = place();
    let mut workspace = open(&place.path);
    for sql in [
        "{'a': 1}",
        "'x'::BLOB",
        "INTERVAL 1 DAY",
        "99999999999999999999999999999999999999::HUGEINT",
    ] {
        let refused = workspace.read::<_, WorkspaceError>("looking", |session| {
            session.query(&format!("SELECT {sql} AS odd"), &[])
        });
        let error = refused.expect_err(sql);
        assert!(error.to_string().contains("column odd"), "{error}");
    }
    let bound = workspace.read::<_, WorkspaceError>("looking", |session| {
        session.query("SELECT ?", &[Value::List(vec![])])
    });
    assert!(bound.is_err());
}
