//! What a file says about itself below its rows: totals and counts.
//!
//! Owns finding them among the footers; that a row is a footer was decided
//! before. Nothing here is ever taken in.

use crate::workspace::Session;

use super::choose::From;
use super::column::{Column, Style};
use super::error::ImportError;
use super::money::{self, OwnTotal};
use super::numbers::NumberStyle;
use super::stage::quoted;
use super::typed::{Reader, sql_type};

/// The totals that stand in the file's footers, in their order: rows first, then lines that have
/// fewer fields than a row.
pub fn own_totals(reader: &Reader<'_>) -> Result<Vec<OwnTotal>, ImportError> {
    let mut found = Vec::new();
    if let Some(is_footer) = reader.is_footer() {
        let amount = amount(reader, "t").unwrap_or_else(|| "NULL".into());
        let text = money_column(reader).map_or("NULL", |column| &column.text);
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
        let fields = fields_of(&line.text, reader.choice.row.delimiter);
        found.extend(of_fields(reader, &fields)?);
    }
    for footer in &reader.staged.structure.footers {
        found.extend(of_fields(reader, &footer.fields)?);
    }
    Ok(found)
}

fn fields_of(line: &str, delimiter: u8) -> Vec<String> {
    let mut lines = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(line.as_bytes());
    let fields = lines.records().next().and_then(Result::ok).unwrap_or_default();
    fields.iter().map(|field| field.trim().to_owned()).collect()
}

/// `Grand Totals (3 records),"1,234.00"`: the amount in the column of amounts, or, where the line
/// is no row, the only one behind the label.
fn of_fields(reader: &Reader<'_>, fields: &[String]) -> Result<Option<OwnTotal>, ImportError> {
    let Some(label) = fields.iter().position(|field| !field.is_empty()) else { return Ok(None) };
    let as_a_row = fields.len() >= reader.staged.header_width();
    let column = money_places(reader).find(|place| as_a_row && fields.get(*place).is_some());
    let texts: Vec<&String> = match column {
        Some(place) => vec![&fields[place]],
        None => fields.iter().skip(label + 1).collect(),
    };
    let mut amounts = Vec::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        if let Some(sql) = amount(reader, &quoted(text)) {
            amounts.extend(asked(reader.session, &sql)?);
        }
    }
    let amount = if let [only] = amounts.as_slice() { Some(*only) } else { None };
    Ok(money::own_total(&fields[label], amount))
}

/// The column whose money is accounted for, where the file has it.
pub fn money_column<'a>(reader: &'a Reader<'_>) -> Option<&'a Column> {
    let money = money::column_of(reader.choice.fact)?;
    reader.columns.iter().find(|column| column.fact.name == money.name)
}

/// SQL of the amount in a text; `None` where no column of money is read. A total may be grouped
/// where no row is.
pub fn amount(reader: &Reader<'_>, text: &str) -> Option<String> {
    let column = money_column(reader)?;
    let Style::Number(style) = column.style else { return None };
    let number = NumberStyle { plain: false, ..style }.sql(text);
    Some(format!("TRY_CAST({number} AS {})", sql_type(column.fact.kind)))
}

/// Columns of the file that amounts come from.
fn money_places<'a>(reader: &'a Reader<'_>) -> impl Iterator<Item = usize> + 'a {
    let money = money::column_of(reader.choice.fact).map(|money| money.name);
    let mapped = reader.choice.columns.iter().find(|mapped| Some(mapped.column.name) == money);
    let places = match mapped.map(|mapped| &mapped.from) {
        Some(From::Columns(places, _)) => places.as_slice(),
        _ => &[],
    };
    places.iter().flat_map(|place| place.columns.iter().copied())
}

fn asked(session: &Session<'_>, sql: &str) -> Result<Option<rust_decimal::Decimal>, ImportError> {
    let found = session.query(&format!("SELECT {sql}"), &[])?;
    Ok(found.rows.first().and_then(|row| row[0].as_decimal()))
}
