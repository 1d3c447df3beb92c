//! Reads where the columns of a table come from: `[table.columns]` of a preset.

use std::collections::BTreeMap;

use crate::catalog::error::{Report, suggestion};
use crate::catalog::facts::{FactKind, FactTable};
use crate::catalog::preset::{ColumnSource, Origin, Reading, STATES, When};
use crate::catalog::preset_rules::when_of;
use crate::catalog::preset_shape;
use crate::catalog::toml_read::{Entry, Located, Node, one_of, plain};
use crate::domain::DatePattern;

/// Every column that the table maps.
pub(crate) fn columns(
    report: &mut Report<'_>,
    node: &Node<'_>,
    fact: &FactTable,
    headerless: bool,
) -> BTreeMap<String, ColumnSource> {
    let mut out = BTreeMap::new();
    let Some(columns) = node.table(report, "columns") else {
        report.at(node.range.clone(), format!("the table {} has no [table.columns]", fact.name));
        return out;
    };
    for (ours, theirs) in columns.entries() {
        let Some(column) = fact.column(&ours.value) else {
            let offer = suggestion(&ours.value, fact.columns.iter().map(|column| column.name));
            report.at(ours.range, format!("{} has no column \"{}\"{offer}", fact.name, ours.value));
            continue;
        };
        if let Some(source) = source(report, &theirs, &ours.value, column.kind, headerless) {
            out.insert(ours.value, source);
        }
    }
    out
}

/// Every column of the table from the header of its own name.
pub(crate) fn own_columns(fact: &FactTable) -> impl Iterator<Item = (String, ColumnSource)> {
    fact.columns.iter().map(|column| {
        let names = vec![column.name.into()];
        (column.name.to_owned(), ColumnSource::Header { names, reading: Reading::default() })
    })
}

fn source(
    report: &mut Report<'_>,
    entry: &Entry<'_>,
    ours: &str,
    kind: FactKind,
    headerless: bool,
) -> Option<ColumnSource> {
    let Some(node) = entry.as_table() else {
        let names = origins(report, entry, ours)?;
        return Some(ColumnSource::Header { names, reading: Reading::default() });
    };
    let keys = [
        "column", "first", "join", "value", "position", "when", "until", "last", "date", "hours",
        "decimal", "of", "unit", "yes", "no", "nulls", "states",
    ];
    node.only(report, "where a column comes from", &keys);
    let reading = reading(report, &node, ours, kind);
    let when = when_of(report, &node);
    let ways = ["column", "first", "join", "value", "position"];
    let ways = ways.into_iter().filter(|way| node.has(way));
    match ways.collect::<Vec<_>>().as_slice() {
        [way @ ("column" | "first")] => {
            let entry = node.entry(way)?;
            let mut names = origins(report, &entry, way)?;
            for name in &mut names {
                name.when.0.extend(when.0.iter().cloned());
            }
            Some(if *way == "first" {
                ColumnSource::FirstFilled { names, reading }
            } else {
                ColumnSource::Header { names, reading }
            })
        }
        ["join"] => {
            let names = vec![joined(report, &node, when)?];
            Some(ColumnSource::Header { names, reading })
        }
        ["position"] => preset_shape::position(report, &node, reading, headerless),
        ["value"] => node.text(report, "value").map(|text| ColumnSource::Constant(text.value)),
        _ => {
            report.at(entry.range(), "give exactly one of column, first, join, value and position");
            None
        }
    }
}

/// One place or a list of them: a header in quotes, or `{ column | join = …, when = { … } }`.
fn origins(report: &mut Report<'_>, entry: &Entry<'_>, key: &str) -> Option<Vec<Origin>> {
    let items = entry.list();
    if items.is_empty() {
        report.at(entry.range(), NO_HEADER);
        return None;
    }
    items.iter().map(|item| origin(report, item, key)).collect()
}

const NO_HEADER: &str = "name the header of the file that it comes from";

fn origin(report: &mut Report<'_>, item: &Entry<'_>, key: &str) -> Option<Origin> {
    let Some(node) = item.as_table() else {
        let header = item.text(report, key)?;
        if header.value.trim().is_empty() {
            report.at(item.range(), NO_HEADER);
            return None;
        }
        return Some(header.value.as_str().into());
    };
    node.only(report, "a place of the file", &["column", "join", "when"]);
    let when = when_of(report, &node);
    match (node.has("column"), node.has("join")) {
        (false, true) => joined(report, &node, when),
        (true, false) => {
            let header = node.needed(report, "the place", "column")?;
            Some(Origin { headers: vec![header.value], when })
        }
        _ => {
            report.at(item.range(), "give exactly one of column and join");
            None
        }
    }
}

fn joined(report: &mut Report<'_>, node: &Node<'_>, when: When) -> Option<Origin> {
    let headers = node.texts(report, "join");
    if headers.len() < 2 || headers.iter().any(|header| header.value.trim().is_empty()) {
        report.at(node.key_range("join"), "join takes two headers or more");
        return None;
    }
    Some(Origin { headers: plain(headers), when })
}

pub(crate) fn reading(
    report: &mut Report<'_>,
    node: &Node<'_>,
    ours: &str,
    kind: FactKind,
) -> Reading {
    let date = node.text(report, "date");
    if let Some(pattern) = &date {
        check_pattern(report, pattern);
        if !matches!(kind, FactKind::Date | FactKind::Moment | FactKind::Period) {
            report.at(pattern.range.clone(), format!("{ours} is {} and no date", kind.name()));
        }
    }
    let hours = node.whole(report, "hours");
    if let Some(hours) = &hours {
        if kind != FactKind::Date {
            report.at(hours.range.clone(), format!("{ours} is {} and no date", kind.name()));
        } else if hours.value > 14 {
            report.at(hours.range.clone(), "hours is from 0 to 14");
        }
    }
    let of = node.whole(report, "of");
    if let Some(whole) = &of {
        if kind != FactKind::Percent {
            report.at(whole.range.clone(), format!("{ours} is {} and no share", kind.name()));
        } else if ![1, 100, 1000].contains(&whole.value) {
            report.at(
                whole.range.clone(),
                "of is 1 (0.7 is 70 %), 100 (70 is 70 %) or 1000 (700 is 70 %)",
            );
        }
    }
    let number = kind.is_money() || matches!(kind, FactKind::Number | FactKind::Whole);
    let unit = node.whole(report, "unit");
    if let Some(unit) = &unit {
        if !number {
            report.at(unit.range.clone(), format!("{ours} is {} and no number", kind.name()));
        } else if ![1, 1_000, 1_000_000].contains(&unit.value) {
            report.at(unit.range.clone(), "unit is 1, 1000 (45 is 45,000) or 1000000");
        }
    }
    if node.has("decimal") && !number && kind != FactKind::Percent {
        report.at(node.key_range("decimal"), format!("{ours} is {} and no number", kind.name()));
    }
    for key in ["yes", "no"] {
        if node.has(key) && kind != FactKind::Flag {
            report.at(node.key_range(key), format!("{ours} is {} and not yes or no", kind.name()));
        }
    }
    let mut states = Vec::new();
    for state in node.texts(report, "states") {
        states.extend(one_of(report, "state", &state, &STATES).map(str::to_owned));
    }
    Reading {
        date: date.map(|pattern| pattern.value),
        hours: hours.and_then(|hours| u8::try_from(hours.value).ok()),
        decimal: decimal(report, node),
        of: of.and_then(|whole| u16::try_from(whole.value).ok()),
        unit: unit.and_then(|unit| u32::try_from(unit.value).ok()),
        yes: plain(node.texts(report, "yes")),
        no: plain(node.texts(report, "no")),
        nulls: node.has("nulls").then(|| plain(node.texts(report, "nulls"))),
        states,
        until: preset_shape::until(report, node, kind),
    }
}

/// A decimal mark, of a column or of a table.
pub(crate) fn decimal(report: &mut Report<'_>, node: &Node<'_>) -> Option<char> {
    let mark = node.text(report, "decimal")?;
    let word = one_of(report, "decimal mark", &mark, &[".", ","])?;
    word.chars().next()
}

/// Notes a pattern that no date could be written in.
pub(crate) fn check_pattern(report: &mut Report<'_>, pattern: &Located<String>) {
    if let Err(error) = pattern.value.parse::<DatePattern>() {
        report.at(pattern.range.clone(), error.to_string());
    }
}
