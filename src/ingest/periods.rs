//! Texts such as `2025-Q4`, `2025-10` and `2025` become a first and a last day,
//! by the fiscal calendar of the workspace.

use chrono::{Months, NaiveDate};

use crate::domain::{FiscalCalendar, Period};
use crate::workspace::Session;

use super::error::ImportError;
use super::profile::{Column, Style};
use super::stage::{Staged, quoted};

/// Makes the temporary table `t, s, e` for the column of periods, if there is one.
pub fn make(
    session: &Session<'_>,
    staged: &Staged,
    columns: &[Column],
    fiscal: FiscalCalendar,
    table: &str,
) -> Result<Option<String>, ImportError> {
    let Some(column) = columns.iter().find(|column| column.style == Style::Period) else {
        return Ok(None);
    };
    let found = session.query(
        &format!("SELECT DISTINCT {} AS t FROM {} ORDER BY 1", column.text, staged.table),
        &[],
    )?;
    session.batch(&format!("CREATE OR REPLACE TEMP TABLE {table} (t VARCHAR, s DATE, e DATE)"))?;
    let rows = found.rows.iter().filter_map(|row| {
        let text = row[0].as_text()?;
        let (first, last) = bounds(text, fiscal)?;
        Some(format!("({}, DATE '{first}', DATE '{last}')", quoted(text)))
    });
    let rows: Vec<String> = rows.collect();
    if !rows.is_empty() {
        session.batch(&format!("INSERT INTO {table} VALUES {}", rows.join(", ")))?;
    }
    Ok(Some(table.to_owned()))
}

/// First and last day, both inclusive; `None` when it is no period, or all of time.
fn bounds(text: &str, fiscal: FiscalCalendar) -> Option<(NaiveDate, NaiveDate)> {
    if let Some((year, month)) = text.split_once('-')
        && month.len() == 2
        && year.len() == 4
        && month.bytes().all(|byte| byte.is_ascii_digit())
    {
        let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
        return Some((first, (first + Months::new(1)).pred_opt()?));
    }
    fiscal.period_bounds(text.parse::<Period>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_of_the_fiscal_calendar() {
        let february = FiscalCalendar { start_month: 2 };
        let of = |text: &str| bounds(text, february).map(|(first, last)| format!("{first} {last}"));
        assert_eq!(of("2025-10").as_deref(), Some("2025-10-01 2025-10-31"));
        assert_eq!(of("2025-Q1").as_deref(), Some("2024-02-01 2024-04-30"));
        assert_eq!(of("FY2025").as_deref(), Some("2024-02-01 2025-01-31"));
        assert_eq!(of("all"), None);
        assert_eq!(of("2025-13"), None);
        assert_eq!(of("soon"), None);
    }
}
