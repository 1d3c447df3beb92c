//! The value of a cell as text that says exactly what the sheet shows in full.
//!
//! Dates come out as dates because their cells are formatted so; numbers as the
//! shortest decimal, to the fifteen digits that a spreadsheet keeps; formulas
//! by the value that was stored with them.

use calamine::{CellErrorType, DataRef, ExcelDateTime};
use rust_decimal::Decimal;

/// A cell that has something in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CellText {
    Text(String),
    /// `#N/A`; as the sheet shows it.
    Error(String),
}

/// The text of a cell; `None` where it is empty. `percent`: it is formatted as a percentage.
pub(super) fn text(value: &DataRef<'_>, percent: bool) -> Option<CellText> {
    let text = match value {
        DataRef::Empty => return None,
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => whole(*number as f64, percent),
        DataRef::Float(value) => whole(*value, percent),
        DataRef::Bool(true) => "TRUE".into(),
        DataRef::Bool(false) => "FALSE".into(),
        DataRef::DateTime(instant) => date(*instant),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => return Some(CellText::Error(shown(error))),
    };
    (!text.is_empty()).then_some(CellText::Text(text))
}

fn shown(error: &CellErrorType) -> String {
    match error {
        CellErrorType::GettingData => "#GETTING_DATA".into(),
        other => other.to_string(),
    }
}

fn whole(value: f64, percent: bool) -> String {
    if percent { shortest(value, 2) + "%" } else { shortest(value, 0) }
}

/// The decimal that a spreadsheet shows when it shows every digit it has: 0.1 + 0.2 is 0.3.
/// Shifted to the left by so many places.
fn shortest(value: f64, places: u32) -> String {
    // Beyond this, not every whole number can be stored, and digits of an id are lost already.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !value.is_finite() {
        return value.to_string();
    }
    if places == 0 && value.fract() == 0.0 && value.abs() <= EXACT {
        return format!("{}", value as i64);
    }
    let scientific = format!("{value:.14e}");
    let exact = Decimal::from_scientific(&scientific).ok();
    let shifted = exact.and_then(|exact| exact.checked_mul(Decimal::from(10_u64.pow(places))));
    match shifted {
        Some(decimal) if value.abs() < EXACT => decimal.normalize().to_string(),
        // As the sheet itself shows it: 1.23456789012346E+17.
        _ => format!("{value:.14E}").replace('E', "E+").replace("E+-", "E-"),
    }
}

/// `2025-10-06`, `2025-10-06 14:03:00`, and for what is no point in time `14:03:00`.
fn date(instant: ExcelDateTime) -> String {
    let days = instant.as_f64();
    if instant.is_duration() || (0.0..1.0).contains(&days) {
        let seconds = (days * 86_400.0).round() as i64;
        let sign = if seconds < 0 { "-" } else { "" };
        let (hours, rest) = (seconds.abs() / 3600, seconds.abs() % 3600);
        return format!("{sign}{hours:02}:{:02}:{:02}", rest / 60, rest % 60);
    }
    let Some(at) = instant.as_datetime() else { return shortest(days, 0) };
    let midnight = at.time() == chrono::NaiveTime::MIN;
    at.format(if midnight { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" }).to_string()
}

/// Whether a number format shows a percentage. Letters in quotes or behind a backslash are shown
/// and mean nothing.
pub(super) fn is_percent(format: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    // The first section is that of positive numbers.
    for letter in format.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => return false,
            '%' if !quoted => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn shown(value: DataRef<'_>) -> String {
        match text(&value, false) {
            Some(CellText::Text(text) | CellText::Error(text)) => text,
            None => String::new(),
        }
    }

    #[test]
    fn numbers_are_what_was_typed() {
        for (value, expected) in [
            (0.1 + 0.2, "0.3"),
            (1234.56, "1234.56"),
            (0.07 * 100.0, "7"),
            (-0.005, "-0.005"),
            (1e-7, "0.0000001"),
            (0.0, "0"),
            (-0.0, "0"),
            (5.0, "5"),
            (100_000_000_000_000.0, "100000000000000"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (123_456_789.123_456, "123456789.123456"),
            (1.0 / 3.0, "0.333333333333333"),
            // An id that was longer than a number can be.
            (12_345_678_901_234_567.0, "1.23456789012346E+16"),
        ] {
            assert_eq!(shown(DataRef::Float(value)), expected);
        }
        assert_eq!(whole(0.07, true), "7%");
        assert_eq!(whole(0.125, true), "12.5%");
        assert_eq!(whole(1.0, true), "100%");
        assert_eq!(whole(0.29, true), "29%");
    }

    #[test]
    fn dates_are_dates() {
        let at = |value| {
            DataRef::DateTime(ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false))
        };
        assert_eq!(shown(at(45_936.0)), "2025-10-06");
        assert_eq!(shown(at(45_936.5)), "2025-10-06 12:00:00");
        assert_eq!(shown(at(0.25)), "06:00:00");
        let since_1904 = ExcelDateTime::new(44_474.0, ExcelDateTimeType::DateTime, true);
        assert_eq!(shown(DataRef::DateTime(since_1904)), "2025-10-06");
        let long = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(shown(DataRef::DateTime(long)), "36:00:00");
    }

    #[test]
    fn the_rest_is_what_the_sheet_shows() {
        assert_eq!(shown(DataRef::Bool(true)), "TRUE");
        assert_eq!(shown(DataRef::Error(CellErrorType::NA)), "#N/A");
        assert_eq!(shown(DataRef::SharedString("=1+1")), "=1+1");
        assert_eq!(text(&DataRef::SharedString(""), false), None);
        assert_eq!(text(&DataRef::Empty, false), None);
    }

    #[test]
    fn percentages_are_told_by_their_format() {
        for (format, expected) in [
            ("0%", true),
            ("0.00%", true),
            ("General", false),
            ("0.00\"%\"", false),
            ("0\\%", false),
            ("0;-0%", false),
            ("[Red]0.0 %", true),
        ] {
            assert_eq!(is_percent(format), expected, "{format}");
        }
    }
}
