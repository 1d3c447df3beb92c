//! What rows of a file must keep together: shares make up the whole.
//!
//! Invariant: of a deal whose shares do not, no row is taken; a part of its
//! credit would be a figure that nobody agreed to.

use rust_decimal::Decimal;

use crate::domain::Value;
use crate::workspace::Session;

use super::error::ImportError;
use super::group::Group;
use super::stage::{name, quoted};
use super::typed::Fault;

/// Takes out the rows of everything whose shares do not add up.
pub fn refuse_parts(session: &Session<'_>, group: &mut Group<'_, '_>) -> Result<(), ImportError> {
    let Some(whole) = group.fact.whole else { return Ok(()) };
    let (share, of) = (name(whole.share), name(whole.of));
    let (column, word) = whole.only;
    // Each share is rounded to a hundredth of a percent.
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE ingest_parts AS
         WITH sums AS (
             SELECT {of}, sum({share}) AS total, count(*) AS parts FROM {rows}
             WHERE {column} = {word} GROUP BY {of}
         )
         SELECT r.file, r.row_number, r.{of} AS whole, r.{share} AS share, s.total
         FROM {rows} r JOIN sums s USING ({of})
         WHERE r.{column} = {word} AND abs(s.total - 1) > 0.00005 * s.parts",
        rows = group.rows,
        column = name(column),
        word = quoted(word),
    ))?;
    let found = session.query("FROM ingest_parts ORDER BY file, row_number", &[])?;
    let percent = |value: &Value| value.as_decimal().unwrap_or_default() * Decimal::ONE_HUNDRED;
    for row in 0..found.len() {
        let file = found.get(row, "file").as_int().unwrap_or_default() as usize;
        let total = percent(found.get(row, "total")).normalize();
        group.repeated[file].refused.push(Fault {
            row: found.get(row, "row_number").as_int().unwrap_or_default() as u64,
            column: Some(group.files[file].choice.header_of(whole.share)),
            value: Some(format!("{} %", percent(found.get(row, "share")).normalize())),
            reason: format!(
                "the {word} shares of {} add up to {total} %, not to 100 %",
                found.get(row, "whole").plain()
            ),
        });
    }
    for file in 0..group.files.len() {
        group.repeated[file].refused.sort_by_key(|fault| fault.row);
        group.take_out(session, file, "SELECT file, row_number FROM ingest_parts")?;
    }
    session.batch("DROP TABLE ingest_parts")?;
    Ok(())
}
