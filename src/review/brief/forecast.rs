//! Lines of the brief about the forecast: was it met, was it right, is it explained.

use rust_decimal::Decimal;

use super::{Said, missing, rows, some};
use crate::domain::Formats;
use crate::workspace::Answer;

/// A share of the target that may be missing before it asks for action (domain M1.5: 10 % is
/// what most forecasts miss by; domain M8.1).
pub(super) const SHORTFALL: f64 = 0.10;

/// Bias within which a forecast is well called: the index of domain M8.1, green from 85 to 115.
const WELL_CALLED: f64 = 0.15;

pub(super) fn attainment(answer: &Answer) -> Option<Said> {
    let formats = Formats::here();
    let table = &answer.table;
    let actual = table.get(0, "actual").as_decimal().unwrap_or_default();
    let Some(share) = table.get(0, "attainment").as_f64() else {
        return Some(Said::watch(
            format!("Booked {}, no target to hold it against", formats.compact_money(actual)),
            missing(answer, "import targets: qbr template targets"),
        ));
    };
    let gap = table.get(0, "gap").as_decimal().unwrap_or_default();
    let headline = format!(
        "Attainment {}: {} booked, {} {}",
        formats.percent(share),
        formats.compact_money(actual),
        formats.compact_money(gap.abs()),
        if gap < Decimal::ZERO { "short of target" } else { "over target" }
    );
    let detail = match table.get(0, "coverage").as_f64() {
        Some(coverage) if gap < Decimal::ZERO => format!(
            "open in the period {}, {} times what is missing",
            formats.compact_money(table.get(0, "open").as_decimal().unwrap_or_default()),
            formats.number(coverage, 1)
        ),
        _ => String::new(),
    };
    Some(if share < 1.0 - SHORTFALL {
        Said::act(headline, detail)
    } else if share < 1.0 {
        Said::watch(headline, detail)
    } else {
        Said::fine(headline, detail)
    })
}

/// By region, because a total hides what its parts did against each other.
pub(super) fn variance(answer: &Answer) -> Option<Said> {
    let formats = Formats::here();
    let table = &answer.table;
    let called: Vec<usize> =
        (0..table.len()).filter(|row| !table.get(*row, "call").is_null()).collect();
    if called.is_empty() {
        return Some(Said::watch(
            "No calls to hold the actual against".to_owned(),
            missing(answer, "import forecasts: qbr template forecasts"),
        ));
    }
    let sum = |column: &str| -> Decimal {
        called.iter().filter_map(|row| table.get(*row, column).as_decimal()).sum()
    };
    let (call, actual) = (sum("call"), sum("actual"));
    let off: Vec<String> = {
        let mut off: Vec<(f64, String)> = called
            .iter()
            .filter_map(|row| {
                let bias = table.get(*row, "bias").as_f64()?;
                let word = if bias > 0.0 { "over-called" } else { "under-called" };
                let slice = table.get(*row, "slice").plain();
                (bias.abs() > WELL_CALLED).then(|| {
                    (bias.abs(), format!("{slice} {word} by {}", formats.whole_percent(bias.abs())))
                })
            })
            .collect();
        off.sort_by(|a, b| b.0.total_cmp(&a.0));
        off.into_iter().map(|(_, text)| text).collect()
    };
    let headline =
        format!("Called {}, booked {}", formats.compact_money(call), formats.compact_money(actual));
    Some(if off.is_empty() {
        Said::fine(headline, "every region within 15 % of its call".to_owned())
    } else {
        Said::act(headline, some(&off))
    })
}

/// What is material and has not been explained yet; nothing to say where nothing is material.
pub(super) fn unexplained(answer: &Answer) -> Option<Said> {
    let formats = Formats::here();
    let table = &answer.table;
    let all = rows(table, "cause", &["(all)"]).next()?;
    let left = rows(table, "cause", &["(not explained)"]).next();
    let size = table.get(all, "size").as_decimal().unwrap_or_default();
    let share = table.get(all, "share").as_f64().unwrap_or_default();
    let headline = format!(
        "{} of {} off the calls is explained",
        formats.whole_percent(share),
        formats.compact_money(size)
    );
    let detail = left.map_or(String::new(), |row| {
        let lines = table.get(row, "lines").as_int().unwrap_or_default();
        let number = usize::try_from(lines).unwrap_or_default();
        let lines = super::counted(number, "line");
        format!(
            "{lines} with {} left; e on a line of the forecast explains it",
            formats.compact_money(table.get(row, "size").as_decimal().unwrap_or_default())
        )
    });
    Some(match table.get(all, "verdict").as_text() {
        Some("enough") => Said::fine(headline, detail),
        _ => Said::act(headline, detail),
    })
}

/// Says something only when the bridge does not close: then no line above can be trusted.
pub(super) fn residual(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let row = (0..table.len()).find(|row| table.get(*row, "line").as_text() == Some("Residual"))?;
    let left: Decimal = ["amount", "booked"]
        .iter()
        .filter_map(|column| table.get(row, column).as_decimal())
        .map(|amount| amount.abs())
        .sum();
    (!left.is_zero()).then(|| {
        Said::act(
            format!("The pipeline bridge leaves {} unexplained", Formats::here().money(left)),
            "that is an error in the data or the program: see the bridge's lines".to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, text};
    use super::*;
    use crate::domain::Value;
    use crate::review::Severity;

    #[test]
    fn regions_that_miss_in_opposite_directions_are_both_named() {
        let money = |amount: i64| Value::Decimal(Decimal::from(amount));
        let said = variance(&answer(
            &["slice", "call", "actual", "bias"],
            vec![
                vec![text("East"), money(120), money(100), Value::Float(0.2)],
                vec![text("West"), money(60), money(100), Value::Float(-0.4)],
                vec![text("North"), Value::Null, money(50), Value::Null],
            ],
        ))
        .expect("a line");
        assert_eq!(said.severity, Severity::Act);
        assert_eq!(said.headline, "Called 180, booked 200");
        assert_eq!(said.detail, "West under-called by 40%; East over-called by 20%");
    }

    #[test]
    fn a_bridge_that_closes_says_nothing() {
        let zero = Value::Decimal(Decimal::ZERO);
        let closed =
            answer(&["line", "amount", "booked"], vec![vec![text("Residual"), zero.clone(), zero]]);
        assert!(residual(&closed).is_none());
        let open = answer(
            &["line", "amount", "booked"],
            vec![vec![text("Residual"), Value::Decimal(Decimal::NEGATIVE_ONE), Value::Null]],
        );
        assert_eq!(residual(&open).map(|said| said.severity), Some(Severity::Act));
    }

    #[test]
    fn what_nobody_has_explained_asks_for_it() {
        let money = |amount: i64| Value::Decimal(Decimal::from(amount));
        let causes = |verdict: &str, share: f64, left: i64| {
            unexplained(&answer(
                &["cause", "verdict", "lines", "size", "share"],
                vec![
                    vec![
                        text("(all)"),
                        text(verdict),
                        Value::Int(2),
                        money(200),
                        Value::Float(share),
                    ],
                    vec![
                        text("(not explained)"),
                        Value::Null,
                        Value::Int(1),
                        money(left),
                        Value::Null,
                    ],
                ],
            ))
            .expect("a line")
        };
        let said = causes("too little", 0.45, 110);
        assert_eq!(said.severity, Severity::Act);
        assert_eq!(said.headline, "45% of 200 off the calls is explained");
        assert!(said.detail.starts_with("1 line with 110 left"), "{}", said.detail);
        assert_eq!(causes("enough", 0.9, 20).severity, Severity::Fine);
        assert!(unexplained(&answer(&["cause", "verdict"], Vec::new())).is_none());
    }
}
