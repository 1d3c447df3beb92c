//! Reads what a mapping says about columns that have no header, and about
//! periods that are told by their first day alone.

use chrono::NaiveDate;

use crate::catalog::error::Report;
use crate::catalog::facts::FactKind;
use crate::catalog::preset::{ColumnSource, Last, Reading, Until, nameless};
use crate::catalog::toml_read::{Node, one_of};

/// `position = 3`, of a file that has no header.
pub(crate) fn position(
    report: &mut Report<'_>,
    node: &Node<'_>,
    reading: Reading,
    headerless: bool,
) -> Option<ColumnSource> {
    let position = node.whole(report, "position")?;
    if !headerless {
        report
            .at(position.range, "columns have positions only where the table says header = false");
        return None;
    }
    if position.value == 0 {
        report.at(position.range, "the first column is 1");
        return None;
    }
    Some(ColumnSource::Header { names: vec![nameless(position.value).as_str().into()], reading })
}

const LASTING: [&str; 5] = ["next", "next round", "end of month", "end of quarter", "end of year"];

/// `until = "next"` with `last = "3 months"`: how long a period lasts that is told by its first day.
pub(crate) fn until(report: &mut Report<'_>, node: &Node<'_>, kind: FactKind) -> Option<Until> {
    let given = node.text(report, "until")?;
    if kind != FactKind::Period {
        report.at(
            given.range,
            format!("only a period lasts until something, and this is a {}", kind.name()),
        );
        return None;
    }
    let word = one_of(report, "end of a period", &given, &LASTING)?;
    let last = last(report, node);
    match (word, last) {
        ("end of month", _) => Some(Until::Month),
        ("end of quarter", _) => Some(Until::Quarter),
        ("end of year", _) => Some(Until::Year),
        (_, Some(last)) if word == "next" => Some(Until::Next(last)),
        (_, Some(last)) => Some(Until::NextRound(last)),
        (_, None) if node.has("last") => None,
        (_, None) => {
            report.at(
                given.range,
                "say how long the last one lasts: last = \"3 months\", or its last day",
            );
            None
        }
    }
}

fn last(report: &mut Report<'_>, node: &Node<'_>) -> Option<Last> {
    let text = node.text(report, "last")?;
    if let Ok(day) = text.value.parse::<NaiveDate>() {
        return Some(Last::On(day));
    }
    let months = text.value.strip_suffix("months").or(text.value.strip_suffix("month"));
    match months.and_then(|count| count.trim().parse::<u32>().ok()) {
        Some(count) if (1..=120).contains(&count) => Some(Last::Months(count)),
        _ => {
            report
                .at(text.range, "write a number of months, \"3 months\", or a day, \"2025-12-31\"");
            None
        }
    }
}
