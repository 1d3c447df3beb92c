//! Rows that the preset says are no data: deleted ones, leads among deals.
//!
//! Owns counting them and their money, so that the report accounts for them.
//! Never changes a row.

use super::conditions::fits;
use super::error::ImportError;
use super::footers;
use super::money::Sums;
use super::stage::quoted;
use super::typed::Reader;

/// How many rows each rule leaves out, in the words of the rule; rules that no row fits are not
/// told.
pub fn rows(reader: &Reader<'_>) -> Result<Vec<(String, u64)>, ImportError> {
    let rules = &reader.choice.row_rules.left_out;
    if rules.is_empty() || reader.choice.fact.is_log() {
        return Ok(Vec::new());
    }
    let counts = rules.iter().map(|(_, tests)| format!("count(*) FILTER ({})", fits(tests)));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let found =
        reader.session.query(&format!("SELECT {counts} FROM {}", reader.staged.table), &[])?;
    let number = |place: usize| {
        found.rows.first().and_then(|row| row[place].as_int()).unwrap_or_default() as u64
    };
    let counted = rules.iter().enumerate().map(|(place, (rule, _))| (rule.clone(), number(place)));
    Ok(counted.filter(|(_, rows)| *rows > 0).collect())
}

/// The amounts in these rows, by currency.
pub fn money(reader: &Reader<'_>) -> Result<Sums, ImportError> {
    let no_data = reader.choice.row_rules.no_data().filter(|_| !reader.choice.fact.is_log());
    let (Some(no_data), Some(amount), Some(text)) = (
        no_data,
        footers::amount(reader, "t"),
        footers::money_column(reader).map(|column| column.text.as_str()),
    ) else {
        return Ok(Sums::default());
    };
    let currency = reader.columns.iter().find(|column| column.fact.name == "currency");
    let currency = currency.map_or("NULL".into(), |column| format!("upper({})", column.text));
    let given = reader.currency.given.as_deref().map_or("NULL".into(), quoted);
    let sums = Sums::asked(
        reader.session,
        &format!(
            "SELECT k, sum({amount}) FROM (SELECT coalesce({currency}, {given}) AS k, {text} AS t
             FROM {} WHERE {no_data}) GROUP BY k",
            reader.staged.table
        ),
    )?;
    Ok(sums)
}
