//! What the columns of a staged table hold: one question for all of them.
//!
//! Owns the SQL. Texts that mean the same for how a column is read come as one,
//! with their number of rows and the first of them, so that no column is looked
//! at twice and no value is left out. Decides nothing.

use crate::domain::Table;
use crate::workspace::{Session, WorkspaceError};

use super::dates::{CLOCK, timeless};
use super::missing::listed;
use super::numbers::SHAPE;
use super::occurrence::Occurrence;
use super::shares::Spread;

/// Different texts of a column that are looked at, those of the most rows first. There are fewer
/// days than that in the years that can be, and far fewer shapes of numbers.
const MOST: usize = 50_000;

/// A column, and what is asked of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// SQL of its text.
    pub text: String,
    pub way: Way,
}

/// Which texts are wanted, and which of them are one.
#[derive(Clone, Debug)]
pub enum Way {
    /// Those of a list.
    Words(Vec<String>),
    /// All, without the time of day.
    Dates,
    /// One of each shape of a number.
    Shapes,
    /// All.
    Whole,
}

/// What a column holds.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub values: Vec<Occurrence>,
    /// Bits of [`CLOCK`].
    pub clock: u64,
}

/// Asks for all columns in one statement; answers in their order.
pub fn collect(
    session: &Session<'_>,
    table: &str,
    asked: &[Asked],
) -> Result<Vec<Found>, WorkspaceError> {
    let mut out = vec![Found::default(); asked.len()];
    let parts: Vec<String> =
        asked.iter().enumerate().map(|(place, asked)| asked.sql(table, place)).collect();
    if parts.is_empty() {
        return Ok(out);
    }
    let found = session.query(&parts.join(" UNION ALL "), &[])?;
    for row in &found.rows {
        let number = |place: usize| row[place].as_int().unwrap_or_default() as u64;
        let Some(column) = out.get_mut(number(0) as usize) else { continue };
        let text = row[1].as_text().unwrap_or_default();
        column.values.push(Occurrence::new(text, number(2), number(3)));
        column.clock |= number(4);
    }
    Ok(out)
}

impl Asked {
    fn sql(&self, table: &str, place: usize) -> String {
        let from = format!("(SELECT {} AS x, rowid AS r FROM {table})", self.text);
        let most = format!("ORDER BY n DESC, v LIMIT {MOST}");
        match &self.way {
            Way::Words(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                format!(
                    "(SELECT {place} AS k, x AS v, count(*) AS n, min(r) AS r, 0 AS z FROM {from} \
                     WHERE x IN ({}) GROUP BY x)",
                    listed(&words)
                )
            }
            Way::Dates => format!(
                "(SELECT {place} AS k, v, count(*) AS n, min(r) AS r, bit_or(z) AS z FROM \
                 (SELECT {date} AS v, {CLOCK} AS z, r FROM {from} WHERE x IS NOT NULL) \
                 GROUP BY v {most})",
                date = timeless("x")
            ),
            Way::Shapes => format!(
                "(SELECT {place} AS k, arg_min(x, r) AS v, count(*) AS n, min(r) AS r, 0 AS z \
                 FROM {from} WHERE x IS NOT NULL GROUP BY {SHAPE} {most})"
            ),
            Way::Whole => format!(
                "(SELECT {place} AS k, x AS v, count(*) AS n, min(r) AS r, 0 AS z FROM {from} \
                 WHERE x IS NOT NULL GROUP BY x {most})"
            ),
        }
    }
}

/// The values of a column of shares by size: over its text, and the number read from it.
pub fn spread(
    session: &Session<'_>,
    table: &str,
    text: &str,
    number: &str,
) -> Result<Spread, WorkspaceError> {
    let groups = "CASE WHEN contains(x, '%') THEN 0 WHEN n < 1 THEN 1 WHEN n = 1 THEN 2 \
                  WHEN n <= 100 THEN 3 ELSE 4 END";
    let found = session.query(
        &format!(
            // Each text once: a column of shares has few, and DECIMAL(38,8) is slow.
            "SELECT {groups} AS k, arg_min(x, r) AS v, sum(c)::BIGINT AS rows, min(r) AS row FROM \
             (SELECT x, abs({number}) AS n, c, r FROM \
             (SELECT {text} AS x, count(*) AS c, min(rowid) AS r FROM {table} GROUP BY x)) \
             WHERE n > 0 GROUP BY k"
        ),
        &[],
    )?;
    let of = |group: i64| of_group(&found, group);
    Ok(Spread { signed: of(0), fraction: of(1), one: of(2), large: of(3), beyond: of(4) })
}

fn of_group(found: &Table, group: i64) -> Option<Occurrence> {
    let row = found.rows.iter().find(|row| row[0].as_int() == Some(group))?;
    let number = |place: usize| row[place].as_int().unwrap_or_default() as u64;
    Some(Occurrence::new(row[1].as_text()?, number(2), number(3)))
}
