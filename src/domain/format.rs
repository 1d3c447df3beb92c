//! Values as people read them: grouped, rounded, with their unit.
//!
//! Invariant: rounding happens here, for display, and nowhere else; a missing
//! value is `—`, never 0 and never empty.

mod reading;
mod region;

use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::Value;

pub use reading::NumberFault;
pub use region::{DateStyle, DayOrder, Region};

/// What stands for a value that is not known or not defined.
pub const MISSING: &str = "—";

/// Below this many cases a rate is shown as counts only: a percentage would
/// claim more than it knows (domain §0.4).
pub const FEWEST_FOR_PERCENT: i64 = 5;

/// How numbers, days and points in time are written. The default is `1,234.50`,
/// `2025-10-06` and UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// Between groups of digits.
    pub group: char,
    /// Before the decimals.
    pub point: char,
    /// Between a number and its percent sign.
    percent: &'static str,
    /// Groups of two above the thousands, and short amounts by lakh and crore.
    lakh: bool,
    region: Region,
    dates: DateStyle,
    zone: Tz,
}

impl Default for Formats {
    fn default() -> Self {
        Formats::of(Region::default())
    }
}

/// The person's, for the whole program.
static HERE: OnceLock<Formats> = OnceLock::new();

impl Formats {
    /// As they are written in a region.
    pub const fn of(region: Region) -> Self {
        let (group, point, percent, lakh) = match region {
            Region::EnUs => (',', '.', "", false),
            Region::DeDe => ('.', ',', "\u{a0}", false),
            Region::DeCh => ('’', '.', "", false),
            Region::FrFr => ('\u{202f}', ',', "\u{202f}", false),
            Region::EnIn => (',', '.', "", true),
        };
        let (dates, zone) = (DateStyle::Iso, Tz::UTC);
        Formats { group, point, percent, lakh, region, dates, zone }
    }

    /// The same with days written in this style, and points in time in this zone.
    #[must_use]
    pub const fn with(self, dates: DateStyle, zone: Tz) -> Self {
        Formats { dates, zone, ..self }
    }

    /// As this person reads them: what [`Formats::choose`] was told, else the default.
    /// Files for programs do not depend on it.
    pub fn here() -> Self {
        HERE.get().copied().unwrap_or_default()
    }

    /// Says once, before the first number is shown, how the person reads.
    pub fn choose(formats: Formats) {
        // A second choice would let one screen show numbers in two ways.
        let _ = HERE.set(formats);
    }

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
        const LAKH: [(i64, &str); 4] = [(1, ""), (1_000, "k"), (100_000, "L"), (10_000_000, "Cr")];
        let scales: &[(i64, &str)] = if self.lakh { &LAKH } else { &SCALES };
        // From the smallest: 999,950 rounds to 1000k, which then belongs to the next scale.
        for (place, (divisor, sign)) in scales.iter().enumerate() {
            let divisor = *divisor;
            let limit = scales.get(place + 1).map(|(next, _)| Decimal::from(next / divisor));
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
            if limit.is_none_or(|limit| rounded.abs() < limit) {
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
        self.signed_percent(share, 1)
    }

    /// A share without decimals: 0.4138 is `41%`.
    pub fn whole_percent(&self, share: f64) -> String {
        self.signed_percent(share, 0)
    }

    fn signed_percent(&self, share: f64, places: usize) -> String {
        let number = self.float(share * 100.0, places, "");
        if number == MISSING { number } else { format!("{number}{}%", self.percent) }
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

    /// Exactly so many decimals, to stand in a column: `1,234.50`.
    pub fn fixed(&self, number: f64, places: usize) -> String {
        self.float(number, places, "")
    }

    /// At most `places` decimals, without zeros at the end: `1,234.5`.
    pub fn number(&self, number: f64, places: usize) -> String {
        let text = self.float(number, places, "");
        if !text.contains(self.point) {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches(self.point).to_owned()
    }

    /// `2025-10-06`, the one order that nobody reads the wrong way round, unless
    /// the person chose that of their region.
    pub fn date(&self, day: NaiveDate) -> String {
        day.format(self.region.date_pattern(self.dates)).to_string()
    }

    /// `2025-10`.
    pub fn month(&self, day: NaiveDate) -> String {
        day.format(self.dates.month_pattern()).to_string()
    }

    /// `2025-10-06 09:12 UTC`: in the person's zone, which it names.
    pub fn instant(&self, at: DateTime<Utc>) -> String {
        let here = at.with_timezone(&self.zone);
        format!("{} {}", self.date(here.date_naive()), here.format("%H:%M %Z"))
    }

    /// `09:12`, of a moment of today.
    pub fn clock(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%H:%M").to_string()
    }

    /// Which comes first where somebody writes `3/4/2025`; `None`: nobody can know.
    pub fn day_order(&self) -> Option<DayOrder> {
        (self.dates == DateStyle::Region).then(|| self.region.day_order())
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

    /// Exactly so many decimals, half rounded away from zero: `1,234.5`.
    pub fn decimal(&self, number: Decimal, places: u32) -> String {
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
            let left = whole.len() - place;
            let parts = if self.lakh && left > 3 {
                (left - 3).is_multiple_of(2)
            } else {
                left.is_multiple_of(3)
            };
            if place > 0 && parts {
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

    /// What CLDR has for these regions (decimal, percent), written out by hand.
    #[test]
    fn each_region_reads_its_own_numbers() {
        let shown = |region: Region| {
            let formats = Formats::of(region);
            [
                formats.money(decimal("-1234567.5")),
                formats.whole_money(decimal("1234567")),
                formats.money(decimal("999.999")),
                formats.count(98_765_432),
                formats.percent(0.4138),
                formats.rate(1_012, 2_900),
                formats.number(0.25, 4),
                formats.compact_money(decimal("12345678")),
                formats.compact_money(decimal("456000")),
            ]
        };
        let wanted = [
            (
                Region::EnUs,
                [
                    "-1,234,567.50",
                    "1,234,567",
                    "1,000.00",
                    "98,765,432",
                    "41.4%",
                    "35% 1,012/2,900",
                    "0.25",
                    "12.3M",
                    "456k",
                ],
            ),
            (
                Region::DeDe,
                [
                    "-1.234.567,50",
                    "1.234.567",
                    "1.000,00",
                    "98.765.432",
                    "41,4\u{a0}%",
                    "35\u{a0}% 1.012/2.900",
                    "0,25",
                    "12,3M",
                    "456k",
                ],
            ),
            (
                Region::DeCh,
                [
                    "-1’234’567.50",
                    "1’234’567",
                    "1’000.00",
                    "98’765’432",
                    "41.4%",
                    "35% 1’012/2’900",
                    "0.25",
                    "12.3M",
                    "456k",
                ],
            ),
            (
                Region::FrFr,
                [
                    "-1\u{202f}234\u{202f}567,50",
                    "1\u{202f}234\u{202f}567",
                    "1\u{202f}000,00",
                    "98\u{202f}765\u{202f}432",
                    "41,4\u{202f}%",
                    "35\u{202f}% 1\u{202f}012/2\u{202f}900",
                    "0,25",
                    "12,3M",
                    "456k",
                ],
            ),
            (
                Region::EnIn,
                [
                    "-12,34,567.50",
                    "12,34,567",
                    "1,000.00",
                    "9,87,65,432",
                    "41.4%",
                    "35% 1,012/2,900",
                    "0.25",
                    "1.23Cr",
                    "4.56L",
                ],
            ),
        ];
        for (region, wanted) in wanted {
            assert_eq!(shown(region), wanted, "{region}");
            assert_eq!(region.name().parse(), Ok(region));
        }
        assert_eq!("de_ch".parse(), Ok(Region::DeCh));
        assert!("en-GB".parse::<Region>().unwrap_err().contains("en-US, de-DE"));
    }

    #[test]
    fn days_and_moments_are_written_as_chosen() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        // Two hours after midnight in Kolkata is still the day before in Greenwich.
        let at: DateTime<Utc> = "2025-10-05T20:42:00Z".parse().expect("a moment");
        for (region, date, month, instant) in [
            (Region::EnUs, "10/06/2025", "10/2025", "10/06/2025 02:12 IST"),
            (Region::DeDe, "06.10.2025", "10/2025", "06.10.2025 02:12 IST"),
            (Region::DeCh, "06.10.2025", "10/2025", "06.10.2025 02:12 IST"),
            (Region::FrFr, "06/10/2025", "10/2025", "06/10/2025 02:12 IST"),
            (Region::EnIn, "06/10/2025", "10/2025", "06/10/2025 02:12 IST"),
        ] {
            let iso = Formats::of(region);
            let formats = iso.with(DateStyle::Region, Tz::Asia__Kolkata);
            assert_eq!(formats.date(day("2025-10-06")), date, "{region}");
            assert_eq!(formats.month(day("2025-10-06")), month, "{region}");
            assert_eq!(formats.instant(at), instant, "{region}");
            assert_eq!(formats.clock(at), "02:12", "{region}");
            assert_eq!(iso.date(day("2025-10-06")), "2025-10-06", "{region}");
            assert_eq!(iso.instant(at), "2025-10-05 20:42 UTC", "{region}");
            assert_eq!(iso.day_order(), None, "nobody can know");
        }
        let berlin = Formats::default().with(DateStyle::Iso, Tz::Europe__Berlin);
        assert_eq!(berlin.instant(at), "2025-10-05 22:42 CEST");
        let winter: DateTime<Utc> = "2025-12-31T23:30:00Z".parse().expect("a moment");
        assert_eq!(berlin.instant(winter), "2026-01-01 00:30 CET");
    }

    #[test]
    fn indian_amounts_change_their_scale_where_they_should() {
        let formats = Formats::of(Region::EnIn);
        for (amount, shown) in
            [("99999", "1L"), ("99400", "99.4k"), ("9999999", "1Cr"), ("123456789012", "12,346Cr")]
        {
            assert_eq!(formats.compact_money(decimal(amount)), shown, "{amount}");
        }
    }
}
