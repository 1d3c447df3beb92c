//! Cells of an answer as people read them, by the units of the figure's header.
//!
//! Owns the one place where a unit becomes a text, so that the screen, a table
//! and a document show a number alike. Every text that is returned is harmless.

use crate::catalog::figure::{FigureColumn, Unit};
use crate::domain::format::MISSING;
use crate::domain::{Formats, Table, Value, text};

/// An answer's table seen through the columns of its figure.
#[derive(Clone, Debug)]
pub struct Cells<'a> {
    columns: &'a [FigureColumn],
    table: &'a Table,
    formats: Formats,
    /// Place in the table of each column of the figure.
    places: Vec<Option<usize>>,
    /// Money columns without cents anywhere.
    whole: Vec<bool>,
}

impl<'a> Cells<'a> {
    pub fn new(columns: &'a [FigureColumn], table: &'a Table, formats: Formats) -> Self {
        let places: Vec<Option<usize>> =
            columns.iter().map(|column| table.index_of(&column.name)).collect();
        let whole = places.iter().map(|place| place.is_some_and(|i| is_whole(table, i))).collect();
        Cells { columns, table, formats, places, whole }
    }

    /// The value of a row in a column of the figure; `Null` where there is none.
    pub fn value(&self, row: usize, column: usize) -> &'a Value {
        let place = self.places.get(column).copied().flatten();
        place.and_then(|i| self.table.rows.get(row)?.get(i)).unwrap_or(&Value::Null)
    }

    /// The cell as text, `—` for what is missing.
    pub fn text(&self, row: usize, column: usize) -> String {
        let Some(shown) = self.columns.get(column) else { return MISSING.to_owned() };
        let value = self.value(row, column);
        if let Unit::Rate { numerator, denominator } = &shown.unit {
            return self.rate(row, value, numerator, denominator);
        }
        let whole = self.whole.get(column).copied().unwrap_or(false);
        cell(value, &shown.unit, whole, &self.formats)
    }

    fn rate(&self, row: usize, value: &Value, numerator: &str, denominator: &str) -> String {
        let count = |name: &str| self.table.get(row, name).as_int();
        match (count(numerator), count(denominator), value.as_f64()) {
            (Some(won), Some(n), _) => self.formats.rate(won, n),
            (_, _, Some(share)) => self.formats.whole_percent(share),
            _ => MISSING.to_owned(),
        }
    }
}

/// One value as text by its unit. `whole`: money without cents. A rate is shown
/// without its counts, which only [`Cells`] knows.
pub fn cell(value: &Value, unit: &Unit, whole: bool, formats: &Formats) -> String {
    let shown = match (unit, value) {
        (_, Value::Null) => return MISSING.to_owned(),
        (Unit::Money, value) => value
            .as_decimal()
            .map(|amount| if whole { formats.whole_money(amount) } else { formats.money(amount) }),
        (Unit::Month, value) => value.as_date().map(|day| formats.month(day)),
        (Unit::Date, value) => value.as_date().map(|day| formats.date(day)),
        (Unit::Rate { .. }, value) => value.as_f64().map(|share| formats.whole_percent(share)),
        (Unit::Share, value) => value.as_f64().map(|share| formats.percent(share)),
        (Unit::Points, value) => value.as_f64().map(|difference| formats.points(difference)),
        (Unit::Number, Value::Float(number)) => Some(formats.number(*number, 2)),
        _ => None,
    };
    // A value that does not fit its unit is shown as it is rather than not at all.
    let shown = shown.unwrap_or_else(|| formats.value(value));
    text::harmless(&shown).into_owned()
}

fn is_whole(table: &Table, column: usize) -> bool {
    table
        .rows
        .iter()
        .filter_map(|row| row.get(column)?.as_decimal())
        .all(|amount| amount.is_integer())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TableColumn;

    fn column(name: &str, unit: Unit) -> FigureColumn {
        FigureColumn {
            name: name.into(),
            unit,
            meaning: "m".into(),
            heading: name.into(),
            private: false,
        }
    }

    fn table(names: &[&str], rows: Vec<Vec<Value>>) -> Table {
        let columns = names
            .iter()
            .map(|name| TableColumn { name: (*name).to_owned(), type_name: String::new() })
            .collect();
        Table { columns, rows }
    }

    #[test]
    fn a_rate_takes_its_counts_from_their_columns() {
        let rate = Unit::Rate { numerator: "won".into(), denominator: "closed".into() };
        let columns = [column("rate", rate)];
        let table = table(
            &["won", "closed", "rate"],
            vec![
                vec![Value::Int(12), Value::Int(29), Value::Float(0.41)],
                vec![Value::Int(0), Value::Int(0), Value::Null],
                vec![Value::Null, Value::Null, Value::Float(0.5)],
            ],
        );
        let cells = Cells::new(&columns, &table, Formats::default());
        assert_eq!(cells.text(0, 0), "41% 12/29");
        assert_eq!(cells.text(1, 0), "—");
        assert_eq!(cells.text(2, 0), "50%");
        assert_eq!(cells.text(9, 9), "—");
    }

    #[test]
    fn money_shows_cents_when_any_amount_of_the_column_has_some() {
        let columns = [column("a", Unit::Money), column("b", Unit::Money)];
        let money = |text: &str| Value::Decimal(text.parse().expect("a decimal"));
        let table = table(
            &["a", "b"],
            vec![vec![money("1200.00"), money("1200.50")], vec![Value::Null, money("3.00")]],
        );
        let cells = Cells::new(&columns, &table, Formats::default());
        assert_eq!([cells.text(0, 0), cells.text(1, 0)], ["1,200", "—"]);
        assert_eq!([cells.text(0, 1), cells.text(1, 1)], ["1,200.50", "3.00"]);
    }

    #[test]
    fn text_from_data_is_harmless() {
        let shown = cell(&Value::from("a\u{1b}[2J\nb"), &Unit::Text, false, &Formats::default());
        assert_eq!(shown, "a␛[2J b");
        assert_eq!(cell(&Value::from("odd"), &Unit::Money, false, &Formats::default()), "odd");
    }
}
