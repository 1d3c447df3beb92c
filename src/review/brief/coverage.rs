//! The lines of the brief about the quarters to come: people against pipeline,
//! plans that no longer hold, moves that have not brought what they should.

use rust_decimal::Decimal;

use super::forecast::SHORTFALL;
use super::{Said, counted, names, rows, some};
use crate::domain::Formats;
use crate::workspace::Answer;

/// What holds the coming quarters back. Nothing, where nobody has a quota or a target yet.
pub(super) fn capacity(answer: &Answer) -> Option<Said> {
    let formats = Formats::here();
    let table = &answer.table;
    let mut short: Vec<usize> = rows(table, "binding", &["people", "pipeline"])
        .filter(|row| table.get(*row, "gap").as_decimal().is_some_and(|gap| gap > Decimal::ZERO))
        .collect();
    let gap = |row: usize| table.get(row, "gap").as_decimal().unwrap_or_default();
    // The quarter that lacks most is the headline.
    short.sort_by_key(|row| std::cmp::Reverse(gap(*row)));
    let Some(first) = short.first().copied() else {
        let planned = rows(table, "binding", &["none"]).count();
        return (planned > 0).then(|| {
            let text =
                format!("People and pipeline reach the target in {}", counted(planned, "quarter"));
            Said::fine(text, String::new())
        });
    };
    let what = |row: usize| match table.get(row, "binding").as_text() {
        Some("people") => "too few people",
        _ => "too little pipeline",
    };
    let headline = format!(
        "{}: {} short of target, {}",
        table.get(first, "quarter").plain(),
        formats.compact_money(gap(first)),
        what(first)
    );
    let detail: Vec<String> = short
        .iter()
        .skip(1)
        .map(|row| {
            let quarter = table.get(*row, "quarter").plain();
            format!("{quarter} {} short, {}", formats.compact_money(gap(*row)), what(*row))
        })
        .collect();
    let target = table.get(first, "target").as_f64().unwrap_or_default();
    let large = gap(first) >= Decimal::try_from(target * SHORTFALL).unwrap_or_default();
    Some(if large {
        Said::act(headline, some(&detail))
    } else {
        Said::watch(headline, some(&detail))
    })
}

/// Says something only when a plan no longer holds.
pub(super) fn plans(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let mut broken: Vec<String> = Vec::new();
    for row in rows(table, "verdict", &["revise"]) {
        let title = table.get(row, "title").plain();
        if !broken.iter().any(|known| known.starts_with(&title)) {
            broken.push(format!("{title}: {}", table.get(row, "why").plain()));
        }
    }
    (!broken.is_empty()).then(|| {
        Said::act(
            format!("{} no longer holds", counted(broken.len(), "capacity plan")),
            some(&broken),
        )
    })
}

/// Says something only when a move has not brought what it should have by now.
pub(super) fn moves(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let behind = names(table, "move", rows(table, "verdict", &["behind"]));
    (!behind.is_empty()).then(|| {
        Said::act(
            format!("{} behind what was expected", counted(behind.len(), "move")),
            some(&behind),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::*;
    use crate::domain::{Table, TableColumn, Value};
    use chrono::NaiveDate;

    fn answer(columns: &[&str], rows: Vec<Vec<Value>>) -> Answer {
        let column = |name: &&str| TableColumn { name: (*name).into(), type_name: String::new() };
        Answer {
            figure: "test".into(),
            parameters: Vec::new(),
            as_of: NaiveDate::default(),
            table: Table { columns: columns.iter().map(column).collect(), rows },
            notes: Vec::new(),
        }
    }

    fn text(value: &str) -> Value {
        Value::from(value)
    }

    #[test]
    fn what_holds_the_coming_quarters_back_is_the_headline() {
        let money = |amount: i64| Value::Decimal(Decimal::from(amount));
        let row = |quarter: &str, binding: &str, target: i64, gap: i64| {
            vec![text(quarter), text(binding), money(target), money(gap)]
        };
        let columns = ["quarter", "binding", "target", "gap"];
        let rows = vec![
            row("2026-Q1", "none", 100, -5),
            row("2026-Q2", "pipeline", 1000, 200),
            row("2026-Q3", "people", 1000, 50),
        ];
        let said = capacity(&answer(&columns, rows)).expect("a line");
        assert_eq!(said.severity, Severity::Act);
        assert_eq!(said.headline, "2026-Q2: 200 short of target, too little pipeline");
        assert_eq!(said.detail, "2026-Q3 50 short, too few people");
        let unknown = vec![vec![text("2026-Q1"), text("unknown"), Value::Null, Value::Null]];
        assert!(
            capacity(&answer(&columns, unknown)).is_none(),
            "nothing is known: nothing is said"
        );
    }
}
