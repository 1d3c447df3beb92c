//! Lines of the brief about win rates: alerts that nobody has answered, corrections whose day has come.

use super::{Said, counted, names, rate, rows, some};
use crate::domain::Table;
use crate::review::count_alerts;
use crate::workspace::Answer;

pub(super) fn alerts(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let counts = count_alerts(table);
    let open: Vec<String> = (0..table.len())
        .filter(|row| table.get(*row, "open").as_bool() == Some(true))
        .map(|row| alert(answer, row))
        .collect();
    let named = |status: &'static str| {
        rows(table, "status", &[status]).map(|row| alert(answer, row)).collect::<Vec<_>>()
    };
    Some(if counts.open > 0 {
        Said::act(format!("{} open", counted(counts.open, "win-rate alert")), some(&open))
    } else if counts.answered > 0 {
        Said::watch(
            format!(
                "{} firing, with a plan or dismissed",
                counted(counts.answered, "win-rate alert")
            ),
            some(&named("firing")),
        )
    } else if counts.watch > 0 {
        Said::watch(
            format!("{} two months below the threshold", counted(counts.watch, "segment")),
            some(&named("watch")),
        )
    } else {
        Said::fine("No segment below its win-rate threshold".to_owned(), String::new())
    })
}

/// `Mid-Market 3 months, 18% 7/39 (strong evidence; acknowledged by Mia)`.
fn alert(answer: &Answer, row: usize) -> String {
    let table = &answer.table;
    let said = |column: &str| table.get(row, column).plain();
    let stands =
        match (table.get(row, "answer").as_text(), table.get(row, "acknowledge_by").as_date()) {
            (_, Some(day)) if day < answer.as_of => format!("; nobody took it on by {day}"),
            (_, Some(day)) => format!("; to be taken on by {day}"),
            (Some(state), None) => format!("; {state}{}", by(table, row)),
            (None, None) => String::new(),
        };
    format!(
        "{} {} months, {} ({} evidence{stands})",
        said("slice"),
        said("months"),
        rate(table, row),
        said("grade")
    )
}

fn by(table: &Table, row: usize) -> String {
    match table.get(row, "owner").as_text() {
        Some(owner) => format!(" by {owner}"),
        None => String::new(),
    }
}

/// Says nothing while there are none: then the alerts say enough.
pub(super) fn corrections(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let due = names(table, "segment", rows(table, "verdict", &["review"]));
    let behind = names(table, "segment", rows(table, "verdict", &["behind"]));
    let running = rows(table, "verdict", &["on course", "too early"]).count();
    if !due.is_empty() {
        let headline = format!("{} to be looked at again", counted(due.len(), "course correction"));
        return Some(Said::act(headline, some(&due)));
    }
    if !behind.is_empty() {
        let headline = format!("{} behind its target", counted(behind.len(), "course correction"));
        return Some(Said::watch(headline, some(&behind)));
    }
    (running > 0).then(|| {
        Said::fine(format!("{} under way", counted(running, "course correction")), String::new())
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, text};
    use super::*;
    use crate::domain::Value;
    use crate::review::Severity;

    const COLUMNS: [&str; 10] = [
        "slice",
        "status",
        "answer",
        "open",
        "months",
        "grade",
        "won",
        "closed",
        "owner",
        "acknowledge_by",
    ];

    fn row(status: &str, answered: Value, open: bool, by: Option<&str>) -> Vec<Value> {
        vec![
            text("Mid-Market"),
            text(status),
            answered,
            Value::Bool(open),
            Value::Int(3),
            text("strong"),
            Value::Int(7),
            Value::Int(39),
            text("Mia"),
            by.map_or(Value::Null, |day| day.parse::<chrono::NaiveDate>().expect("a day").into()),
        ]
    }

    #[test]
    fn an_open_alert_says_who_has_it_or_that_nobody_has() {
        let untouched =
            alerts(&answer(&COLUMNS, vec![row("firing", Value::Null, true, Some("1969-12-09"))]));
        let said = untouched.expect("a line");
        assert_eq!(said.severity, Severity::Act);
        assert_eq!(
            said.detail,
            "Mid-Market 3 months, 18% 7/39 (strong evidence; nobody took it on by 1969-12-09)"
        );
        let taken = alerts(&answer(&COLUMNS, vec![row("ended", text("acknowledged"), true, None)]));
        let said = taken.expect("a line");
        assert_eq!(
            (said.severity, said.headline.as_str()),
            (Severity::Act, "1 win-rate alert open")
        );
        assert!(said.detail.ends_with("(strong evidence; acknowledged by Mia)"), "{}", said.detail);
        let planned = alerts(&answer(&COLUMNS, vec![row("firing", text("planned"), false, None)]));
        assert_eq!(planned.expect("a line").severity, Severity::Watch);
    }

    #[test]
    fn a_correction_asks_when_its_day_has_come() {
        let of = |verdicts: &[&str]| {
            let rows = verdicts.iter().map(|verdict| vec![text("Mid-Market"), text(verdict)]);
            corrections(&answer(&["segment", "verdict"], rows.collect()))
        };
        assert_eq!(of(&["behind", "review"]).map(|said| said.severity), Some(Severity::Act));
        assert_eq!(of(&["behind", "on course"]).map(|said| said.severity), Some(Severity::Watch));
        assert_eq!(of(&["too early"]).map(|said| said.severity), Some(Severity::Fine));
        assert!(of(&["waits"]).is_none());
    }
}
