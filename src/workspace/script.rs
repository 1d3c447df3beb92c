//! A figure as text that any DuckDB shell runs.

use std::fmt::Write;

use super::model::Model;
use super::parameters::Variable;
use crate::catalog::Figure;

/// Variables, the definitions that the figure needs, and its SQL, in an order
/// in which they run.
pub(super) fn script(
    figure: &Figure,
    model: &Model,
    standard: &[Variable],
    own: &[Variable],
) -> String {
    let mut text = format!(
        "-- {}: {}\n-- duckdb -readonly WORKSPACE -f THIS_FILE\n\n",
        figure.name, figure.title
    );
    for variable in standard.iter().chain(own) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "SET VARIABLE \"{}\" = {};", variable.name, variable.literal());
    }
    let mut origin = None;
    for place in model.needed_by(&figure.sql) {
        let definition = model.definition(place);
        if origin != Some(&definition.origin) {
            let _ = write!(text, "\n-- {}", definition.origin);
            origin = Some(&definition.origin);
        }
        let _ = writeln!(text, "\n{};", definition.sql);
    }
    let sql = figure.sql.trim();
    let end = if sql.ends_with(';') { "" } else { ";" };
    let _ = writeln!(text, "\n-- {}\n{sql}\n{end}", figure.name);
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
