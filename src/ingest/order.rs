//! Whether deals would close before they were created, by the way in which two
//! columns of dates are read.
//!
//! Owns that one comparison. It never chooses: it stops the import where a
//! reading that could be mistaken puts many deals backwards, and tells how many
//! where the import has stopped already.

use crate::domain::DatePattern;
use crate::workspace::Session;

use super::choose::Choice;
use super::column::{Column, Style};
use super::dates::{DateStyle, within};
use super::error::ImportError;
use super::occurrence::Occurrence;
use super::unclear::{DateReading, What};

/// A deal is created in the one and closed in the other.
const COLUMNS: (&str, &str) = ("created_on", "close_date");

/// Rows with both days, those in which the second is before the first, and the first of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Order {
    rows: u64,
    backwards: u64,
    first: u64,
}

impl Order {
    /// More than one in five, and not one or two by themselves.
    fn is_strange(self) -> bool {
        self.backwards > 2 && self.backwards * 5 > self.rows
    }
}

/// Adds what the order of the days says to what is unclear.
pub fn judge(
    session: &Session<'_>,
    table: &str,
    choice: &Choice<'_>,
    columns: &[Column],
    unclear: &mut Vec<(usize, What)>,
) -> Result<(), ImportError> {
    let place = |name: &str| columns.iter().position(|column| column.fact.name == name);
    let (Some(created), Some(closed)) = (place(COLUMNS.0), place(COLUMNS.1)) else {
        return Ok(());
    };
    let pair = Pair { session, table, columns: (&columns[created], &columns[closed]) };
    if let (Style::Date(from), Style::Date(to)) = (&columns[created].style, &columns[closed].style)
    {
        // Where the mapping names the patterns, somebody has looked; others cannot be mistaken.
        let told = |column: &Column| {
            let reading = choice.rules.columns.get(column.fact.name);
            let own = reading.and_then(|source| source.reading()).is_some_and(|r| r.date.is_some());
            own || !choice.rules.dates.is_empty()
        };
        let doubtful =
            |column: &Column, style: &DateStyle| style.pattern.is_mistakable() && !told(column);
        let doubt = if doubtful(&columns[closed], to) {
            closed
        } else if doubtful(&columns[created], from) {
            created
        } else {
            return Ok(());
        };
        let order = pair.order(from, to)?;
        if order.is_strange() {
            let sample = pair.sample(order.first)?;
            unclear.push((
                doubt,
                What::DatesBackwards {
                    sample: sample.0,
                    created: (sample.1, from.pattern.to_string()),
                    closed: to.pattern.to_string(),
                    backwards: order.backwards,
                    rows: order.rows,
                },
            ));
        }
        return Ok(());
    }
    for (place, what) in unclear.iter_mut() {
        let What::Date { readings, .. } = what else { continue };
        let other = if *place == created { closed } else { created };
        let Style::Date(fixed) = &columns[other].style else { continue };
        if *place != created && *place != closed {
            continue;
        }
        for reading in readings {
            let Ok(pattern) = reading.pattern.parse::<DatePattern>() else { continue };
            let style = DateStyle { pattern, ..fixed.clone() };
            let order = if *place == created {
                pair.order(&style, fixed)?
            } else {
                pair.order(fixed, &style)?
            };
            *reading =
                DateReading { backwards: Some((order.backwards, order.rows)), ..reading.clone() };
        }
    }
    Ok(())
}

struct Pair<'a> {
    session: &'a Session<'a>,
    table: &'a str,
    columns: (&'a Column, &'a Column),
}

impl Pair<'_> {
    fn order(&self, from: &DateStyle, to: &DateStyle) -> Result<Order, ImportError> {
        let found = self.session.query(
            &format!(
                "SELECT count(*), count(*) FILTER (b < a), min(r) FILTER (b < a) FROM \
                 (SELECT {} AS a, {} AS b, r FROM (SELECT {} AS a, {} AS b, r FROM \
                 (SELECT {} AS x, {} AS y, rowid AS r FROM {}))) \
                 WHERE a IS NOT NULL AND b IS NOT NULL",
                within("a", from.years),
                within("b", to.years),
                from.sql("x"),
                to.sql("y"),
                self.columns.0.text,
                self.columns.1.text,
                self.table
            ),
            &[],
        )?;
        let Some(row) = found.rows.first() else { return Ok(Order::default()) };
        let number = |place: usize| row[place].as_int().unwrap_or_default() as u64;
        Ok(Order { rows: number(0), backwards: number(1), first: number(2) })
    }

    /// The closing and the creation of one row.
    fn sample(&self, row: u64) -> Result<(Occurrence, String), ImportError> {
        let found = self.session.query(
            &format!(
                "SELECT {}, {} FROM {} WHERE rowid = {row}",
                self.columns.1.text, self.columns.0.text, self.table
            ),
            &[],
        )?;
        let text =
            |place: usize| found.rows.first().map(|row| row[place].plain()).unwrap_or_default();
        Ok((Occurrence::new(text(0), 1, row), text(1)))
    }
}
