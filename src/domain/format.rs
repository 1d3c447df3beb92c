//! Values as people read them: grouped, rounded, with their unit.
//!
//! Invariant: rounding happens here, for display, and nowhere else; a missing
//! value is `—`, never 0 and never empty.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::Value;

/// What stands for a value that is not known or not defined.
pub const MISSING: &str = "—";

/// Below this many cases a rate is shown as counts only: a percentage would
/// claim more than it knows (domain §0.4).
pub const FEWEST_FOR_PERCENT: i64 = 5;

/// How numbers are written. The default is `1,234.50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// Between groups of three digits.
    pub group: char,
    /// Before the decimals.
    pub point: char,
}

impl Default for Formats {
    fn default() -> Self {
        Formats { group: ',', point: '.' }
    }
}

impl Formats {
    /// `1,234.50`: always two decimals, half rounded away from zero.
    pub fn money(&self, amount: Decimal) -> String {
        self.decimal(amount, 2)
    }

    /// `1,235`: without cents. For a column whose amounts are all whole.
    pub fn whole_money(&self, amount: Decimal) -> String {
        self.decimal(amount, 0)
    }

    /// `1.24M`, `310k`, `-7.5B`, `950`: three digits for an axis or a tile.
    pub fn compact_money(&self, amount: Decimal) -> String {
        const SCALES: [(i64, &str); 5] = [
            (1, ""),
            (1_000, "k"),
            (1_000_000, "M"),
            (1_000_000_000, "B"),
            (1_000_000_000_000, "T"),
        ];
        // From the smallest: 999,950 rounds to 1000k, which then belongs to the next scale.
        for (divisor, sign) in SCALES {
            let scaled = amount / Decimal::from(divisor);
            let size = scaled.abs();
            let places = if divisor == 1 || size >= Decimal::ONE_HUNDRED {
                0
            } else if size >= Decimal::TEN {
                1
            } else {
                2
            };
            let rounded = round(scaled, places);
            if rounded.abs() < Decimal::ONE_THOUSAND || divisor == SCALES[4].0 {
                let digits = self.group_digits(&rounded.normalize().to_string());
                return format!("{digits}{sign}");
            }
        }
        self.whole_money(amount)
    }

    /// `1,234`.
    pub fn count(&self, count: i64) -> String {
        self.group_digits(&count.to_string())
    }

    /// A share with one decimal: 0.4138 is `41.4%`.
    pub fn percent(&self, share: f64) -> String {
        self.float(share * 100.0, 1, "%")
    }

    /// A share without decimals: 0.4138 is `41%`.
    pub fn whole_percent(&self, share: f64) -> String {
        self.float(share * 100.0, 0, "%")
    }

    /// A rate with what it was counted from: `41% 12/29`; `2/3` when too few for
    /// a percentage; `—` over nothing.
    pub fn rate(&self, won: i64, n: i64) -> String {
        match crate::domain::rate(won, n) {
            None => MISSING.to_owned(),
            Some(_) if n < FEWEST_FOR_PERCENT => {
                format!("{}/{}", self.count(won), self.count(n))
            }
            Some(share) => {
                format!("{} {}/{}", self.whole_percent(share), self.count(won), self.count(n))
            }
        }
    }

    /// A difference of shares with its sign: 0.05 is `+5.0 pts`.
    pub fn points(&self, difference: f64) -> String {
        let text = self.float(difference * 100.0, 1, " pts");
        if text.starts_with(['-', '0', '—']) { text } else { format!("+{text}") }
    }

    /// At most `places` decimals, without zeros at the end: `1,234.5`.
    pub fn number(&self, number: f64, places: usize) -> String {
        let text = self.float(number, places, "");
        if !text.contains(self.point) {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches(self.point).to_owned()
    }

    /// `2025-10-06`: the one order that nobody reads the wrong way round.
    pub fn date(&self, day: NaiveDate) -> String {
        day.format("%Y-%m-%d").to_string()
    }

    /// `2025-10`.
    pub fn month(&self, day: NaiveDate) -> String {
        day.format("%Y-%m").to_string()
    }

    /// `2025-10-06 09:12 UTC`.
    pub fn instant(&self, at: DateTime<Utc>) -> String {
        at.format("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// A value of which no unit is known. Text is returned as it is; making it
    /// harmless is left to whoever shows it.
    pub fn value(&self, value: &Value) -> String {
        match value {
            Value::Null => MISSING.to_owned(),
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            Value::Int(number) => self.count(*number),
            Value::Decimal(number) => self.group_digits(&number.to_string()),
            Value::Float(number) => self.number(*number, 4),
            Value::Text(text) => text.clone(),
            Value::Date(day) => self.date(*day),
            Value::Instant(at) => self.instant(*at),
            Value::List(items) => {
                items.iter().map(|item| self.value(item)).collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn decimal(&self, number: Decimal, places: u32) -> String {
        let rounded = round(number, places);
        self.group_digits(&format!("{rounded:.*}", places as usize))
    }

    fn float(&self, number: f64, places: usize, unit: &str) -> String {
        if !number.is_finite() {
            return MISSING.to_owned();
        }
        let text = format!("{number:.places$}");
        // No minus before a number that rounds to zero.
        let zero = text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
        let text = if zero { text.trim_start_matches('-') } else { &text };
        format!("{}{unit}", self.group_digits(text))
    }

    /// Groups the digits before the point of a number written `-1234.5`.
    fn group_digits(&self, number: &str) -> String {
        let (sign, number) = match number.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", number),
        };
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let mut out = String::from(sign);
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                out.push(self.group);
            }
            out.push(digit);
        }
        if !decimals.is_empty() {
            out.push(self.point);
            out.push_str(decimals);
        }
        out
    }
}

/// Half away from zero, as an invoice rounds; never `-0`.
fn round(number: Decimal, places: u32) -> Decimal {
    let rounded = number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    if rounded.is_zero() { rounded.abs() } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn money_is_grouped_and_keeps_its_cents() {
        let formats = Formats::default();
        for (amount, shown) in [
            ("0", "0.00"),
            ("-0.001", "0.00"),
            ("1234.5", "1,234.50"),
            ("-1234567.895", "-1,234,567.90"),
            ("999.994", "999.99"),
            ("9999999999999999.99", "9,999,999,999,999,999.99"),
        ] {
            assert_eq!(formats.money(decimal(amount)), shown);
        }
        assert_eq!(formats.whole_money(decimal("1234567")), "1,234,567");
    }

    #[test]
    fn compact_money_keeps_three_digits() {
        let formats = Formats::default();
        for (amount, shown) in [
            ("0", "0"),
            ("950.4", "950"),
            ("999.6", "1k"),
            ("1240000", "1.24M"),
            ("310000", "310k"),
            ("12340", "12.3k"),
            ("999950", "1M"),
            ("-7500000000", "-7.5B"),
            ("1234567000000000", "1,235T"),
        ] {
            assert_eq!(formats.compact_money(decimal(amount)), shown, "{amount}");
        }
    }

    #[test]
    fn rates_carry_what_they_were_counted_from() {
        let formats = Formats::default();
        assert_eq!(formats.rate(12, 29), "41% 12/29");
        assert_eq!(formats.rate(0, 1200), "0% 0/1,200");
        assert_eq!(formats.rate(2, 3), "2/3");
        assert_eq!(formats.rate(0, 0), "—");
    }

    #[test]
    fn shares_and_differences() {
        let formats = Formats::default();
        assert_eq!(formats.percent(0.4138), "41.4%");
        assert_eq!(formats.percent(12.5), "1,250.0%");
        assert_eq!(formats.points(0.05), "+5.0 pts");
        assert_eq!(formats.points(-0.1234), "-12.3 pts");
        assert_eq!(formats.points(-0.0001), "0.0 pts");
        assert_eq!(formats.percent(f64::NAN), "—");
        assert_eq!(formats.number(1234.50, 2), "1,234.5");
        assert_eq!(formats.number(1200.0, 2), "1,200");
    }

    #[test]
    fn other_marks() {
        let formats = Formats { group: '.', point: ',' };
        assert_eq!(formats.money(decimal("1234.5")), "1.234,50");
        assert_eq!(formats.number(0.25, 4), "0,25");
    }
}
