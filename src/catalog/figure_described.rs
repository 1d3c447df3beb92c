//! Compares a figure's header with what the database says that its SQL gives.

use crate::catalog::error::{CatalogErrors, Report};
use crate::catalog::figure::{Figure, Unit};
use crate::catalog::figure_header::scan;
use crate::domain::TableColumn;

/// Checks names, order and types of the columns in the header against those of
/// a `DESCRIBE` of the figure's SQL. Every error points to a line of the header.
pub fn check_described(figure: &Figure, described: &[TableColumn]) -> Result<(), CatalogErrors> {
    let source = format!("{}{}", figure.header, figure.sql);
    let mut report = Report::new(&figure.file, &source);
    let header = scan(&figure.header);
    let place = |name: &str| header.entry("columns", name).map_or(0..0, |piece| piece.range());
    let heading = header.item("columns").map_or(0..0, |item| item.key.range());
    for column in described {
        if figure.column(&column.name).is_none() {
            report.at(
                heading.clone(),
                format!(
                    "the SQL gives a column {} ({}) that the header does not list",
                    column.name, column.type_name
                ),
            );
        }
    }
    for column in &figure.columns {
        match described.iter().find(|found| found.name == column.name) {
            None => {
                report.at(place(&column.name), format!("the SQL gives no column {}", column.name))
            }
            Some(found) => {
                if let Some(wanted) = misfit(&column.unit, &found.type_name) {
                    report.at(
                        place(&column.name),
                        format!(
                            "{} is {} and must then be {wanted}, but the SQL gives {}",
                            column.name,
                            column.unit.name(),
                            found.type_name
                        ),
                    );
                }
            }
        }
    }
    if report.is_clean() {
        for (column, found) in figure.columns.iter().zip(described) {
            if column.name != found.name {
                report.at(
                    place(&column.name),
                    format!("the SQL gives {} in this place, not {}", found.name, column.name),
                );
                break;
            }
        }
    }
    report.finish().or(())
}

/// The types that fit the unit, in words, when this one does not.
fn misfit(unit: &Unit, type_name: &str) -> Option<&'static str> {
    let type_name = type_name.to_ascii_uppercase();
    let whole = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"].contains(&type_name.as_str());
    let (fits, wanted) = match unit {
        Unit::Text | Unit::Id | Unit::State => {
            (type_name == "VARCHAR" || type_name.starts_with("ENUM("), "VARCHAR")
        }
        Unit::Date | Unit::Month => (type_name == "DATE", "DATE"),
        Unit::Instant => (type_name == "TIMESTAMP", "TIMESTAMP"),
        Unit::Count | Unit::Days => (whole, "INTEGER or BIGINT (cast a sum: ::BIGINT)"),
        Unit::Money => (is_money(&type_name), "DECIMAL(18,2) (cast a sum: ::DECIMAL(18,2))"),
        Unit::Rate { .. } | Unit::Share | Unit::Points => (type_name == "DOUBLE", "DOUBLE"),
        Unit::Number => (
            whole || type_name == "DOUBLE" || type_name.starts_with("DECIMAL("),
            "DOUBLE, DECIMAL or BIGINT",
        ),
        Unit::Flag => (type_name == "BOOLEAN", "BOOLEAN"),
        Unit::List => (type_name == "VARCHAR[]", "VARCHAR[]"),
    };
    (!fits).then_some(wanted)
}

/// Two places, and few enough digits to be held exactly.
fn is_money(type_name: &str) -> bool {
    type_name
        .strip_prefix("DECIMAL(")
        .and_then(|rest| rest.strip_suffix(",2)"))
        .and_then(|digits| digits.parse::<u32>().ok())
        .is_some_and(|digits| digits <= 18)
}
