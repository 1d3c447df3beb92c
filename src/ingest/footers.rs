//! What a file says about itself below its rows: totals and counts.
//!
//! Owns finding them among the footers; that a row is a footer was decided
//! before. Nothing here is ever taken in.

use crate::workspace::Session;

use super::error::ImportError;
use super::money::{self, OwnTotal};
use super::stage::quoted;
use super::typed::Reader;

/// The totals that stand in the file's footers, in their order: rows first, then lines that have
/// fewer fields than a row.
pub fn own_totals(reader: &Reader<'_>) -> Result<Vec<OwnTotal>, ImportError> {
    let mut found = Vec::new();
    if let Some(is_footer) = reader.is_footer() {
        let amount = reader.amount("t").unwrap_or_else(|| "NULL".into());
        let text = reader.amount_text().unwrap_or("NULL");
        let rows = reader.session.query(
            &format!(
                "SELECT c0, {amount} FROM (SELECT rowid, c0, {text} AS t FROM {} WHERE {is_footer})
                 ORDER BY rowid",
                reader.staged.table
            ),
            &[],
        )?;
        for row in &rows.rows {
            found.extend(money::own_total(&row[0].plain(), row[1].as_decimal()));
        }
    }
    for line in reader.staged.footers(&reader.choice.rules.footers) {
        found.extend(of_line(reader, &line.text)?);
    }
    Ok(found)
}

/// `Grand Totals (3 records),"1,234.00"`: the only amount behind the label.
fn of_line(reader: &Reader<'_>, line: &str) -> Result<Option<OwnTotal>, ImportError> {
    let fields = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(reader.choice.row.delimiter)
        .from_reader(line.as_bytes())
        .records()
        .next();
    let Some(Ok(fields)) = fields else { return Ok(None) };
    let mut amounts = Vec::new();
    for text in fields.iter().skip(1).filter(|text| !text.trim().is_empty()) {
        if let Some(sql) = reader.amount(&quoted(text.trim())) {
            amounts.extend(asked(reader.session, &sql)?);
        }
    }
    let amount = if let [only] = amounts.as_slice() { Some(*only) } else { None };
    Ok(money::own_total(fields.get(0).unwrap_or_default(), amount))
}

fn asked(session: &Session<'_>, sql: &str) -> Result<Option<rust_decimal::Decimal>, ImportError> {
    let found = session.query(&format!("SELECT {sql}"), &[])?;
    Ok(found.rows.first().and_then(|row| row[0].as_decimal()))
}
