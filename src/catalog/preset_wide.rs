//! Reads `[table.wide]`: a column for each period, of which each cell is a row.

use std::collections::BTreeMap;

use crate::catalog::error::{Report, suggestion};
use crate::catalog::facts::{FactKind, FactTable};
use crate::catalog::preset::{ColumnSource, Wide};
use crate::catalog::preset_columns::reading;
use crate::catalog::toml_read::{Node, plain};

/// `[table.wide]`: a column for each period.
pub(crate) fn wide(report: &mut Report<'_>, node: &Node<'_>, fact: &FactTable) -> Option<Wide> {
    let node = node.table(report, "wide")?;
    let period = fact.columns.iter().find(|column| column.kind == FactKind::Period);
    if period.is_none() {
        report.at(node.key_range("into"), format!("{} have no period", fact.name));
        return None;
    }
    let into = node.needed(report, "[table.wide]", "into")?;
    let Some(column) = fact.column(&into.value) else {
        let offer = suggestion(&into.value, fact.columns.iter().map(|column| column.name));
        report.at(into.range, format!("{} has no column \"{}\"{offer}", fact.name, into.value));
        return None;
    };
    let keys = ["into", "year", "periods", "unit"];
    node.only(report, "[table.wide]", &keys);
    let year = plain(node.texts(report, "year"));
    let Some(listed) = node.table(report, "periods") else {
        report.at(node.key_range("into"), "[table.wide.periods] says which column is which period");
        return None;
    };
    let mut periods = Vec::new();
    for (theirs, ours) in listed.entries() {
        let same = |(known, _): &(String, String)| known.eq_ignore_ascii_case(&theirs.value);
        if periods.iter().any(same) {
            report.at(theirs.range, "the column is named twice, and its cells would count twice");
        } else if let Some(ours) = ours.text(report, &theirs.value) {
            periods.push((theirs.value, ours.value));
        }
    }
    if periods.is_empty() {
        report.at(node.key_range("periods"), "name a column and its period: \"Jan\" = \"01\"");
        return None;
    }
    let reading = reading(report, &node, column.name, column.kind);
    Some(Wide { into: column.name.to_owned(), year, periods, reading })
}

impl Wide {
    /// Whether a column of the fact table is told by the shape of the file.
    pub fn gives(&self, column: &str, kind: FactKind) -> bool {
        kind == FactKind::Period || column == self.into
    }
}

/// Columns that a wide table need not map.
pub(crate) fn given(
    wide: Option<&Wide>,
    fact: &FactTable,
    columns: &BTreeMap<String, ColumnSource>,
) -> Vec<&'static str> {
    let given = fact.columns.iter().filter(|column| {
        wide.is_some_and(|wide| wide.gives(column.name, column.kind))
            && !columns.contains_key(column.name)
    });
    given.map(|column| column.name).collect()
}
