//! Which win-rate alerts are open (domain M8.2).

use crate::domain::Table;

/// The figure that fires them.
pub const ALERTS: &str = "win-rate-alerts";

/// How many rows of the alerts figure stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlertCounts {
    /// Three or more months below, and no plan or dismissal that holds. One that is only taken on
    /// stays open, and so does one that a better month has ended.
    pub open: usize,
    /// Three or more months below, with a plan or a dismissal.
    pub answered: usize,
    /// Two months below, up to the newest complete one.
    pub watch: usize,
}

/// Counts the rows of [`ALERTS`] by their status.
pub fn count_alerts(table: &Table) -> AlertCounts {
    let mut counts = AlertCounts::default();
    for row in 0..table.len() {
        let open = table.get(row, "open").as_bool() == Some(true);
        match table.get(row, "status").as_text() {
            _ if open => counts.open += 1,
            Some("firing") => counts.answered += 1,
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
    fn an_alert_is_open_until_something_is_planned_or_it_is_dismissed() {
        let column = |name: &str| TableColumn { name: name.into(), type_name: "VARCHAR".into() };
        let row = |status: &str, open: bool| vec![Value::from(status), Value::Bool(open)];
        let table = Table {
            columns: vec![column("status"), column("open")],
            rows: vec![
                row("firing", true),
                row("ended", true),
                row("firing", false),
                row("ended", false),
                row("watch", false),
                row("interrupted", false),
            ],
        };
        assert_eq!(count_alerts(&table), AlertCounts { open: 2, answered: 1, watch: 1 });
    }
}
