//! Rows of an answer as a table needs to know them: which comes first, which is
//! which, what they say, how wide it is.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::catalog::figure::{Figure, Unit};
use crate::domain::{Table, Value, text};
use crate::tui::glyphs::Glyphs;
use crate::tui::widgets::cell::Plan;
use crate::tui::widgets::columns::Measure;

/// Which value comes first; texts whatever their case.
pub fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => {
            a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| a.cmp(b))
        }
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => match (a.as_decimal(), b.as_decimal(), a.as_f64(), b.as_f64()) {
            (Some(a), Some(b), _, _) => a.cmp(&b),
            (_, _, Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.plain().cmp(&b.plain()),
        },
    }
}

/// What each row is, to find it again in the next answer: its texts and dates.
pub fn keys(figure: &Figure, table: &Table, plans: &[Plan]) -> Vec<u64> {
    let naming: Vec<usize> = figure
        .columns
        .iter()
        .zip(plans)
        .filter(|(column, _)| {
            matches!(column.unit, Unit::Text | Unit::Id | Unit::Month | Unit::Date)
        })
        .filter_map(|(_, plan)| plan.source)
        .collect();
    let key = |row: &Vec<Value>| {
        let mut hasher = DefaultHasher::new();
        for at in &naming {
            row.get(*at).map(Value::plain).hash(&mut hasher);
        }
        hasher.finish()
    };
    table.rows.iter().map(key).collect()
}

/// Each row as text of small letters, to be searched.
pub fn haystack(figure: &Figure, table: &Table, plans: &[Plan]) -> Vec<String> {
    let row = |row: usize| {
        let mut text = String::new();
        for (column, plan) in figure.columns.iter().zip(plans) {
            text.push_str(&plan.show(&column.unit, table, row, &Glyphs::ASCII).text);
            text.push('\n');
        }
        text.to_lowercase()
    };
    (0..table.len()).map(row).collect()
}

/// How wide each column is. Of most numbers only the largest and the smallest are
/// written out: no other is wider, and an answer may have many rows.
pub fn measure(figure: &Figure, table: &Table, plans: &[Plan]) -> Vec<Measure> {
    let content = |unit: &Unit, plan: &Plan| {
        let Some(at) = plan.source else { return 1 };
        let shown = |row: usize| text::width(&plan.show(unit, table, row, &Glyphs::UNICODE).text);
        if matches!(unit, Unit::Text | Unit::Id) {
            let wide = |row: &Vec<Value>| {
                row.get(at).and_then(Value::as_text).map_or(1, |t| text::width(&text::harmless(t)))
            };
            return table.rows.iter().map(wide).max().unwrap_or(1);
        }
        // As many decimals in each row, so the extremes are the widest.
        if matches!(unit, Unit::Count | Unit::Money | Unit::Share | Unit::Points | Unit::Days) {
            let size = |row: &usize| table.rows[*row].get(at).and_then(Value::as_f64);
            let rows = || (0..table.len()).filter(|row| size(row).is_some());
            let by_size = |a: &usize, b: &usize| {
                size(a).unwrap_or_default().total_cmp(&size(b).unwrap_or_default())
            };
            let widest = rows().max_by(by_size).into_iter().chain(rows().min_by(by_size));
            return widest.map(shown).max().unwrap_or(1);
        }
        (0..table.len()).map(shown).max().unwrap_or(1)
    };
    figure
        .columns
        .iter()
        .zip(plans)
        .map(|(column, plan)| Measure {
            content: content(&column.unit, plan),
            heading: text::width(&column.heading),
        })
        .collect()
}

/// The rows of each value of a column, in the order in which the values come;
/// within each, in the order given.
pub fn grouped(table: &Table, column: usize, rows: Vec<usize>) -> Vec<Vec<usize>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for row in rows {
        let Some(value) = table.rows.get(row).and_then(|cells| cells.get(column)) else { continue };
        let place = *places.entry(value.plain()).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(row);
    }
    groups
}
