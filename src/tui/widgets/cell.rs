//! One cell of an answer as people read it, by the unit its figure declares.
//!
//! Owns alignment, tone and sign of a value; its text is
//! [`catalog::show`]'s. A rate carries what it was counted
//! from: grey below twenty cases, counts only below five (domain §0.4).

use crate::catalog::{
    self,
    figure::{Figure, Unit},
};
use rust_decimal::Decimal;

use crate::domain::format::FEWEST_FOR_PERCENT;
use crate::domain::{Formats, Table, Value, text};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::Tone;

/// Below this many cases a rate is shown muted.
pub const FEW: i64 = 20;

/// A cell ready to be painted; the text still has to be made harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub text: String,
    pub tone: Tone,
    /// Numbers stand at the right of their column.
    pub right: bool,
}

/// What is known of a column of an answer before any of its cells is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Where the column stands in the table; `None`: the answer lacks it.
    pub source: Option<usize>,
    /// Of a rate: where its two counts stand.
    counts: Option<(usize, usize)>,
    /// Of amounts: shown without cents.
    whole: bool,
    /// Of a rate: digits of its largest counts, so that the strokes between them
    /// stand below each other.
    digits: (usize, usize),
    /// Of a number without a unit of its own: as many decimals as any needs, so
    /// that the points stand below each other.
    places: usize,
}

/// A number is shown with so many decimals at the most.
const MOST_PLACES: usize = 2;

impl Plan {
    /// Looks through the column once.
    pub fn new(figure: &Figure, column: usize, table: &Table) -> Plan {
        let Some(declared) = figure.columns.get(column) else { return Plan::default() };
        let source = table.index_of(&declared.name);
        let counts = match &declared.unit {
            Unit::Rate { numerator, denominator } => {
                table.index_of(numerator).zip(table.index_of(denominator))
            }
            _ => None,
        };
        let whole =
            declared.unit == Unit::Money && source.is_some_and(|at| needs_no_cents(table, at));
        let widest = |at: usize| {
            let counts = table.rows.iter().filter_map(|row| row.get(at)?.as_int());
            counts.map(|count| text::width(&Formats::here().count(count))).max().unwrap_or(1)
        };
        let digits = counts.map_or((0, 0), |(won, n)| (widest(won), widest(n)));
        let decimals = |value: &Value| match value {
            Value::Float(number) => {
                let shown = Formats::here().number(*number, MOST_PLACES);
                shown.rsplit_once(Formats::here().point).map_or(0, |(_, decimals)| decimals.len())
            }
            _ => 0,
        };
        let places = match (&declared.unit, source) {
            (Unit::Number, Some(at)) => {
                let cells = table.rows.iter().filter_map(|row| row.get(at));
                cells.map(decimals).max().unwrap_or(0)
            }
            _ => 0,
        };
        Plan { source, counts, whole, digits, places }
    }

    /// The two counts of a rate in this row.
    pub fn counts(&self, table: &Table, row: usize) -> Option<(i64, i64)> {
        let (won, n) = self.counts?;
        let cells = table.rows.get(row)?;
        Some((cells.get(won)?.as_int()?, cells.get(n)?.as_int()?))
    }

    /// The sum of a column of amounts or counts, with as many decimals as its cells.
    pub fn sum_text(&self, unit: &Unit, sum: Decimal) -> String {
        let places = if *unit == Unit::Money && !self.whole { 2 } else { 0 };
        Formats::here().decimal(sum, places)
    }

    /// A rate of these counts, as it stands in the column.
    pub fn rate(&self, won: i64, n: i64) -> String {
        let formats = Formats::here();
        let percent = match crate::domain::rate(won, n) {
            None => return formats.rate(won, n),
            Some(share) if n >= FEWEST_FOR_PERCENT => formats.whole_percent(share),
            Some(_) => String::new(),
        };
        let (won, n) = (formats.count(won), formats.count(n));
        let (left, right) = self.digits;
        // The tail is as wide in every row, so percent signs and strokes line up.
        format!("{percent} {won:>left$}/{n:<right$}").trim_start().to_owned()
    }

    /// Plans for all columns of a figure.
    pub fn all(figure: &Figure, table: &Table) -> Vec<Plan> {
        (0..figure.columns.len()).map(|column| Plan::new(figure, column, table)).collect()
    }

    /// The cell in this row of the table.
    pub fn show(&self, unit: &Unit, table: &Table, row: usize, glyphs: &Glyphs) -> Shown {
        let cell = |at: usize| table.rows.get(row).and_then(|cells| cells.get(at));
        let value = self.source.and_then(cell).unwrap_or(&Value::Null);
        let right = unit.is_numeric();
        if let (Unit::Rate { .. }, Some((won, n))) = (unit, self.counts(table, row)) {
            let tone = if n < FEW { Tone::Muted } else { Tone::Plain };
            return Shown { text: self.rate(won, n), tone, right };
        }
        if value.is_null() {
            return Shown { text: glyphs.none.to_owned(), tone: Tone::Muted, right };
        }
        let tone = if *unit == Unit::State {
            value.as_text().map_or(Tone::Plain, state_tone)
        } else {
            Tone::Plain
        };
        let mut text = match (unit, value) {
            (Unit::Number, Value::Float(number)) => Formats::here().fixed(*number, self.places),
            _ => catalog::show::cell(value, unit, self.whole, &Formats::here()),
        };
        let sign = match tone {
            Tone::Good => glyphs.good,
            Tone::Bad => glyphs.bad,
            Tone::Warn => glyphs.warn,
            Tone::Plain | Tone::Muted => "",
        };
        if !sign.is_empty() {
            text = format!("{sign} {text}");
        }
        Shown { text, tone, right }
    }
}

/// None of the amounts has cents, or all are in thousands, where nobody reads them on a screen;
/// an export has them.
fn needs_no_cents(table: &Table, column: usize) -> bool {
    let amounts = || table.rows.iter().filter_map(|row| row.get(column)?.as_decimal());
    let in_thousands = |amount: Decimal| amount.is_zero() || amount.abs() >= Decimal::ONE_THOUSAND;
    amounts().all(|amount| amount.is_integer()) || amounts().all(in_thousands)
}

/// One cell; for many, make the [`Plan`] of the column once.
pub fn show(figure: &Figure, column: usize, table: &Table, row: usize, glyphs: &Glyphs) -> Shown {
    let unit = figure.columns.get(column).map_or(&Unit::Text, |declared| &declared.unit);
    Plan::new(figure, column, table).show(unit, table, row, glyphs)
}

/// What a word of a state says, whatever the figure: won is good, stale is not.
/// Words not known here are shown plainly, so nothing is misjudged.
pub fn state_tone(word: &str) -> Tone {
    match word.trim().to_lowercase().replace(['_', '-'], " ").as_str() {
        "won" | "done" | "met" | "ok" | "on track" | "above" | "fresh" | "current" | "approved"
        | "published" | "reviewed" | "accepted" | "decided" | "told back" | "good" | "over"
        | "verified" | "closed won" => Tone::Good,
        "lost" | "stale" | "overdue" | "below" | "missed" | "expired" | "missing" | "off track"
        | "under" | "bad" | "closed lost" | "critical" | "firing" | "damaged" => Tone::Bad,
        "due" | "due soon" | "at risk" | "ageing" | "aging" | "watch" | "warning" | "expiring"
        | "in review" | "proposed" | "slipped" | "insufficient" => Tone::Warn,
        "archived" | "retired" | "superseded" | "dropped" | "declined" => Tone::Muted,
        _ => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{figure, table};

    fn shown(unit: &str, value: Value) -> Shown {
        let figure = figure(&[("x", unit)]);
        show(&figure, 0, &table(&["x"], vec![vec![value]]), 0, &Glyphs::UNICODE)
    }

    fn text(unit: &str, value: Value) -> String {
        shown(unit, value).text
    }

    #[test]
    fn cents_stand_in_all_rows_or_in_none() {
        let figure = figure(&[("x", "money")]);
        let column = |amounts: &[&str]| {
            let amount = |text: &&str| Value::Decimal(text.parse().expect("a decimal"));
            let rows = amounts.iter().map(|text| vec![amount(text)]).collect();
            let table = table(&["x"], rows);
            let shown = |row| show(&figure, 0, &table, row, &Glyphs::UNICODE).text;
            (0..amounts.len()).map(shown).collect::<Vec<_>>()
        };
        assert_eq!(column(&["1500.40", "0.00", "-2000.60"]), ["1,500", "0", "-2,001"]);
        assert_eq!(column(&["1500.40", "999.00"]), ["1,500.40", "999.00"]);
        assert_eq!(column(&["1500.00", "999.00"]), ["1,500", "999"]);
    }

    #[test]
    fn each_unit_is_shown_its_own_way() {
        let day = chrono::NaiveDate::from_ymd_opt(2025, 3, 1).expect("a day");
        let amount = |text: &str| text.parse::<rust_decimal::Decimal>().expect("a decimal").into();
        assert_eq!(text("money", amount("-234.5")), "-234.50");
        assert_eq!(text("money", amount("-1234567.5")), "-1,234,568", "in thousands without cents");
        assert_eq!(text("money", rust_decimal::Decimal::from(1_500).into()), "1,500");
        assert_eq!(text("count", Value::Int(12_345)), "12,345");
        assert_eq!(text("share", Value::Float(0.613)), "61.3%");
        assert_eq!(text("points", Value::Float(0.05)), "+5.0 pts");
        assert_eq!(text("month", day.into()), "2025-03");
        assert_eq!(text("date", day.into()), "2025-03-01");
        assert_eq!(text("flag", Value::Bool(true)), "yes");
        assert_eq!(text("list", Value::List(vec!["a".into(), "b".into()])), "a, b");
        assert_eq!(text("number", Value::Float(2.345)), "2.35");
    }

    #[test]
    fn nothing_known_is_a_dash_never_zero() {
        for unit in ["money", "count", "share", "text", "date", "state", "number", "list"] {
            assert_eq!(text(unit, Value::Null), "—", "{unit}");
        }
    }

    #[test]
    fn states_have_a_sign_beside_their_colour() {
        assert_eq!(shown("state", "won".into()).text, "✓ won");
        assert_eq!(shown("state", "LOST".into()).text, "✗ LOST");
        assert_eq!(shown("state", "due".into()).text, "! due");
        assert_eq!(shown("state", "something else".into()).text, "something else");
    }

    #[test]
    fn rates_carry_their_n_and_fade_when_it_is_small() {
        let figure = figure(&[("won", "count"), ("closed", "count"), ("rate", "rate(won/closed)")]);
        let rate = |won: i64, n: i64| {
            let value = if n == 0 { Value::Null } else { Value::Float(won as f64 / n as f64) };
            let rows = vec![vec![Value::Int(won), Value::Int(n), value]];
            show(&figure, 2, &table(&["won", "closed", "rate"], rows), 0, &Glyphs::UNICODE)
        };
        assert_eq!(rate(12, 29).text, "41% 12/29");
        assert_eq!(rate(12, 29).tone, Tone::Plain);
        assert_eq!(rate(12, 19).tone, Tone::Muted);
        assert_eq!(rate(2, 4).text, "2/4");
        assert_eq!(rate(0, 0).text, "—");
    }

    #[test]
    fn numbers_line_up_on_their_points_and_rates_on_their_strokes() {
        let figure = figure(&[
            ("won", "count"),
            ("closed", "count"),
            ("rate", "rate(won/closed)"),
            ("index", "number"),
        ]);
        let row = |won: i64, n: i64, index: f64| {
            vec![Value::Int(won), Value::Int(n), Value::Null, Value::Float(index)]
        };
        let rows = vec![row(12, 129, 113.9), row(7, 9, 85.0), row(2, 4, 1_000.25)];
        let table = table(&["won", "closed", "rate", "index"], rows);
        let column = |column: usize| {
            let shown = |row| show(&figure, column, &table, row, &Glyphs::UNICODE).text;
            (0..3).map(shown).collect::<Vec<_>>()
        };
        assert_eq!(column(2), ["9% 12/129", "78%  7/9  ", "2/4  "]);
        assert_eq!(column(3), ["113.90", "85.00", "1,000.25"]);
    }

    #[test]
    fn cents_show_in_a_column_that_has_any() {
        let figure = figure(&[("x", "money")]);
        let cents = "10.50".parse::<rust_decimal::Decimal>().expect("a decimal");
        let rows = vec![vec![rust_decimal::Decimal::from(7).into()], vec![cents.into()]];
        let table = table(&["x"], rows);
        assert_eq!(show(&figure, 0, &table, 0, &Glyphs::UNICODE).text, "7.00");
    }

    #[test]
    fn a_column_the_answer_lacks_is_empty_not_fatal() {
        let figure = figure(&[("gone", "text")]);
        assert_eq!(show(&figure, 0, &Table::default(), 3, &Glyphs::ASCII).text, "-");
        assert_eq!(show(&figure, 9, &Table::default(), 3, &Glyphs::ASCII).text, "-");
    }
}
