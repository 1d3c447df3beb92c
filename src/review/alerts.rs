//! Which win-rate alerts are open (domain M8.2).

use crate::domain::Table;

/// The figure that fires them.
pub const ALERTS: &str = "win-rate-alerts";

/// How many rows of the alerts figure stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlertCounts {
    /// Three or more months below, up to the newest complete one, and nothing is decided about it.
    /// A decision that is only proposed leaves it open.
    pub firing: usize,
    /// The same, with a decision that is decided.
    pub answered: usize,
    /// Two months below, up to the newest complete one.
    pub watch: usize,
}

/// Counts the rows of [`ALERTS`] by their status.
pub fn count_alerts(table: &Table) -> AlertCounts {
    let mut counts = AlertCounts::default();
    for row in 0..table.len() {
        let answered = table.get(row, "answer").as_text() == Some("decided");
        match table.get(row, "status").as_text() {
            Some("firing") if answered => counts.answered += 1,
            Some("firing") => counts.firing += 1,
            Some("watch") => counts.watch += 1,
            _ => {}
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{TableColumn, Value};

    #[test]
    fn only_a_decided_decision_answers_an_alert() {
        let column = |name: &str| TableColumn { name: name.into(), type_name: "VARCHAR".into() };
        let table = Table {
            columns: vec![column("status"), column("answer")],
            rows: vec![
                vec![Value::from("firing"), Value::Null],
                vec![Value::from("firing"), Value::from("proposed")],
                vec![Value::from("firing"), Value::from("decided")],
                vec![Value::from("watch"), Value::Null],
                vec![Value::from("interrupted"), Value::from("decided")],
            ],
        };
        assert_eq!(count_alerts(&table), AlertCounts { firing: 2, answered: 1, watch: 1 });
    }
}
