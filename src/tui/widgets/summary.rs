//! What rows come to: the sum or the mean of what stands in them.
//!
//! Sums are exact decimals. A rate is pooled from its counts, never averaged;
//! shares, differences and days have a mean and no sum. What is missing counts
//! neither as a value nor as a zero.

use rust_decimal::Decimal;

use crate::catalog::figure::{FigureColumn, Unit};
use crate::catalog::show;
use crate::domain::{Formats, Table, Value};
use crate::tui::widgets::arrangement::Summary;
use crate::tui::widgets::cell::Plan;

/// The column over these rows of the answer; `None` where there is nothing to say.
pub fn over(
    column: &FigureColumn,
    plan: &Plan,
    table: &Table,
    rows: &[usize],
    summary: Summary,
) -> Option<String> {
    if summary == Summary::None {
        return None;
    }
    if matches!(column.unit, Unit::Rate { .. }) {
        let counts = || rows.iter().filter_map(|row| plan.counts(table, *row));
        let (won, n) = counts().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        return (n > 0).then(|| plan.rate(won, n));
    }
    let values: Vec<&Value> = rows
        .iter()
        .filter_map(|row| table.rows.get(*row)?.get(plan.source?))
        .filter(|value| !value.is_null())
        .collect();
    if values.is_empty() {
        return None;
    }
    let formats = Formats::here();
    let sum = summary == Summary::Sum;
    match column.unit {
        Unit::Money | Unit::Count | Unit::Days => {
            let mut total = Decimal::ZERO;
            for value in &values {
                // Too large for any amount: better nothing than something wrong.
                total = total.checked_add(value.as_decimal()?)?;
            }
            match (&column.unit, sum) {
                (Unit::Days, true) => None,
                (_, true) => Some(plan.sum_text(&column.unit, total)),
                (unit, false) => {
                    let mean = total.checked_div(Decimal::from(values.len()))?;
                    Some(match unit {
                        Unit::Money => formats.money(mean),
                        _ => formats.decimal(mean, 1),
                    })
                }
            }
        }
        Unit::Share | Unit::Points | Unit::Number if !sum => {
            let numbers: Vec<f64> = values.iter().filter_map(|value| value.as_f64()).collect();
            let mean = Value::Float(numbers.iter().sum::<f64>() / numbers.len().max(1) as f64);
            Some(show::cell(&mean, &column.unit, false, &formats))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing;

    fn all(summary: Summary, rows: &[usize]) -> Vec<Option<String>> {
        let figure = testing::figure(&[
            ("name", "text"),
            ("won", "count"),
            ("closed", "count"),
            ("rate", "rate(won/closed)"),
            ("amount", "money"),
            ("late", "days"),
            ("share", "share"),
        ]);
        let row = |won: i64, n: i64, amount: Value, late: Value, share: f64| {
            let rate = Value::Float(won as f64 / n as f64);
            vec!["x".into(), won.into(), n.into(), rate, amount, late, Value::Float(share)]
        };
        let money = |text: &str| Value::Decimal(text.parse().expect("a decimal"));
        let rows_of = vec![
            row(1, 10, money("0.10"), Value::Int(3), 0.5),
            row(9, 20, money("0.20"), Value::Null, 0.25),
            row(0, 1, Value::Null, Value::Int(4), 0.75),
        ];
        let names = ["name", "won", "closed", "rate", "amount", "late", "share"];
        let table = testing::table(&names, rows_of);
        let plans = Plan::all(&figure, &table);
        let each = figure.columns.iter().zip(&plans);
        each.map(|(column, plan)| over(column, plan, &table, rows, summary)).collect()
    }

    fn texts(all: Vec<Option<String>>) -> Vec<String> {
        all.into_iter().map(Option::unwrap_or_default).collect()
    }

    #[test]
    fn sums_are_exact_and_rates_pooled() {
        // 0.10 + 0.20 is 0.30; 10 of 31 is 32 %, not the mean of 10, 45 and 0 %.
        let sums = texts(all(Summary::Sum, &[0, 1, 2]));
        assert_eq!(sums, ["", "10", "31", "32% 10/31", "0.30", "", ""]);
    }

    #[test]
    fn the_mean_leaves_out_what_is_missing() {
        let means = texts(all(Summary::Mean, &[0, 1, 2]));
        assert_eq!(means, ["", "3.3", "10.3", "32% 10/31", "0.15", "3.5", "50.0%"]);
        assert_eq!(
            texts(all(Summary::Mean, &[1])),
            ["", "9.0", "20.0", "45% 9/20", "0.20", "", "25.0%"]
        );
        assert!(all(Summary::Sum, &[]).iter().all(Option::is_none));
        assert!(all(Summary::None, &[0]).iter().all(Option::is_none));
    }
}
