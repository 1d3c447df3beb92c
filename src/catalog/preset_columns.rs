//! Reads where the columns of a table come from: `[table.columns]` of a preset.

use std::collections::BTreeMap;

use crate::catalog::error::{Report, suggestion};
use crate::catalog::facts::{FactKind, FactTable};
use crate::catalog::preset::{ColumnSource, Reading, STATES};
use crate::catalog::toml_read::{Entry, Located, Node, one_of, plain};

/// Every column that the table maps.
pub(crate) fn columns(
    report: &mut Report<'_>,
    node: &Node<'_>,
    fact: &FactTable,
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
        if let Some(source) = source(report, &theirs, &ours.value, column.kind) {
            out.insert(ours.value, source);
        }
    }
    out
}

/// Every column of the table from the header of its own name.
pub(crate) fn own_columns(fact: &FactTable) -> impl Iterator<Item = (String, ColumnSource)> {
    fact.columns.iter().map(|column| {
        let names = vec![column.name.to_owned()];
        (column.name.to_owned(), ColumnSource::Header { names, reading: Reading::default() })
    })
}

fn source(
    report: &mut Report<'_>,
    entry: &Entry<'_>,
    ours: &str,
    kind: FactKind,
) -> Option<ColumnSource> {
    let Some(node) = entry.as_table() else {
        let names = entry.texts(report, ours);
        return headers(report, names, entry, Reading::default(), false);
    };
    let keys = ["column", "first", "value", "date", "of", "states"];
    node.only(report, "where a column comes from", &keys);
    let reading = reading(report, &node, ours, kind);
    let ways = ["column", "first", "value"].into_iter().filter(|way| node.has(way));
    match ways.collect::<Vec<_>>().as_slice() {
        [way @ ("column" | "first")] => {
            let names = node.texts(report, way);
            headers(report, names, entry, reading, *way == "first")
        }
        ["value"] => node.text(report, "value").map(|text| ColumnSource::Constant(text.value)),
        _ => {
            report.at(entry.range(), "give exactly one of column, first and value");
            None
        }
    }
}

fn reading(report: &mut Report<'_>, node: &Node<'_>, ours: &str, kind: FactKind) -> Reading {
    let date = node.text(report, "date");
    if let Some(pattern) = &date {
        check_pattern(report, pattern);
        if kind != FactKind::Date {
            report.at(pattern.range.clone(), format!("{ours} is {} and no date", kind.name()));
        }
    }
    let of = node.whole(report, "of");
    if let Some(whole) = &of {
        if kind != FactKind::Percent {
            report.at(whole.range.clone(), format!("{ours} is {} and no share", kind.name()));
        } else if ![1, 100].contains(&whole.value) {
            report.at(whole.range.clone(), "of is 1 (0.7 is 70 %) or 100 (70 is 70 %)");
        }
    }
    let mut states = Vec::new();
    for state in node.texts(report, "states") {
        states.extend(one_of(report, "state", &state, &STATES).map(str::to_owned));
    }
    let of = of.and_then(|whole| u8::try_from(whole.value).ok());
    Reading { date: date.map(|pattern| pattern.value), of, states }
}

fn headers(
    report: &mut Report<'_>,
    names: Vec<Located<String>>,
    entry: &Entry<'_>,
    reading: Reading,
    first_filled: bool,
) -> Option<ColumnSource> {
    if names.is_empty() || names.iter().any(|name| name.value.trim().is_empty()) {
        report.at(entry.range(), "name the header of the file that it comes from");
        return None;
    }
    let names = plain(names);
    Some(if first_filled {
        ColumnSource::FirstFilled { names, reading }
    } else {
        ColumnSource::Header { names, reading }
    })
}

/// Notes a pattern that no date could be written in.
pub(crate) fn check_pattern(report: &mut Report<'_>, pattern: &Located<String>) {
    let faulty = chrono::format::StrftimeItems::new(&pattern.value)
        .any(|item| matches!(item, chrono::format::Item::Error));
    if faulty || !pattern.value.contains('%') {
        report.at(
            pattern.range.clone(),
            format!("\"{}\" is no pattern of a date such as %d/%m/%Y", pattern.value),
        );
    }
}
