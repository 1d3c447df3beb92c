//! What a person types into a field becomes the value that is stored.
//!
//! Invariant: nothing is guessed. What could mean two things is refused with
//! both, what is refused stays on the screen as it was typed, and no text that
//! was refused can be taken for a stored value ([`refused`]). Days said in words are
//! counted from the day that the caller looks from.

mod short;
mod words;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::catalog::form::FieldKind;
use crate::domain::{DayOrder, Formats, NumberFault};

/// The value to store, `None` for nothing.
///
/// # Errors
/// What is wrong and what to write instead: no capital, no full stop.
pub fn read(kind: &FieldKind, typed: &str, today: NaiveDate) -> Result<Option<String>, String> {
    let trimmed = typed.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let value = match kind {
        FieldKind::LongText => typed.trim_matches('\n').trim_end().to_owned(),
        FieldKind::Date => match words::day(trimmed, today) {
            Some(day) => day.to_string(),
            None => date(trimmed)?.to_string(),
        },
        FieldKind::Number { min, max } => number(trimmed, *min, *max)?,
        FieldKind::Money => match short::parts(trimmed) {
            Some((number, factor)) => short_money(trimmed, number, factor)?,
            None => money(trimmed)?,
        },
        FieldKind::Percent => percent(trimmed)?,
        _ => trimmed.to_owned(),
    };
    Ok(Some(value))
}

/// The stored value as one types it; what is no such value stays as it is.
pub fn for_typing(kind: &FieldKind, stored: &str) -> String {
    let formats = Formats::here();
    match (kind, stored.parse::<Decimal>()) {
        (FieldKind::Percent, Ok(share)) => formats.typed(&super::percent_text(share)),
        (FieldKind::Money | FieldKind::Number { .. }, Ok(_)) => formats.typed(stored),
        _ => stored.to_owned(),
    }
}

/// How text that was refused is kept: as typed, and with a question mark where
/// it would otherwise read as a stored value with another meaning.
pub fn refused(kind: &FieldKind, typed: &str) -> String {
    if problem(kind, typed).is_none() { format!("{typed}?") } else { typed.to_owned() }
}

/// What is wrong with a value as it is stored, if anything.
pub fn problem(kind: &FieldKind, stored: &str) -> Option<String> {
    let read_as_typed = !matches!(
        kind,
        FieldKind::Date | FieldKind::Money | FieldKind::Percent | FieldKind::Number { .. }
    );
    // A question mark at the end of a text is the writer's own.
    if stored.is_empty() || read_as_typed {
        return None;
    }
    let typed = stored.strip_suffix('?').unwrap_or(stored);
    let marked = typed.len() < stored.len();
    let fits = !marked
        && match kind {
            FieldKind::Date => stored.parse::<NaiveDate>().is_ok(),
            FieldKind::Money | FieldKind::Percent => stored.parse::<Decimal>().is_ok(),
            FieldKind::Number { min, max } => number(stored, *min, *max).is_ok(),
            _ => return None,
        };
    if fits {
        return None;
    }
    let unclear = || format!("\"{typed}\" cannot be read; write it anew");
    Some(read(kind, typed, NaiveDate::default()).err().unwrap_or_else(unclear))
}

/// A day as ISO has it, or as it is written with points or slashes where only
/// one day can be meant.
fn date(typed: &str) -> Result<NaiveDate, String> {
    let wrong = || format!("\"{typed}\" is not a date; write it as 2025-12-31, or as next fri");
    let separator =
        ['-', '.', '/'].into_iter().find(|sign| typed.contains(*sign)).ok_or_else(wrong)?;
    let parts: Vec<&str> = typed.split(separator).map(str::trim).collect();
    let [a, b, c] = parts.as_slice() else { return Err(wrong()) };
    let number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| digits).ok_or_else(wrong)
    };
    let day = |year: u32, month: u32, day: u32| {
        let year = i32::try_from(year).map_err(|_| wrong())?;
        NaiveDate::from_ymd_opt(year, month, day)
            .ok_or_else(|| format!("\"{typed}\" is not a day of any calendar"))
    };
    if a.len() == 4 {
        return day(number(a)?, number(b)?, number(c)?);
    }
    if c.len() != 4 {
        return Err(format!("write the year of \"{typed}\" with four digits: 2025-12-31"));
    }
    let (first, second, year) = (number(a)?, number(b)?, number(c)?);
    // With points the day comes first everywhere; with slashes that depends on
    // where one learnt to write.
    if separator == '.' || first > 12 || first == second {
        return day(year, second, first);
    }
    if second > 12 {
        return day(year, first, second);
    }
    match Formats::here().day_order() {
        Some(DayOrder::DayFirst) => return day(year, second, first),
        Some(DayOrder::MonthFirst) => return day(year, first, second),
        None => {}
    }
    Err(format!(
        "\"{typed}\" could be {year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}; write the one you mean"
    ))
}

/// A number as the person's region writes it.
fn decimal(typed: &str, example: &str) -> Result<Decimal, String> {
    let formats = Formats::here();
    let example = formats.typed(example);
    formats.read(typed).map_err(|fault| match fault {
        NumberFault::NoNumber => format!("\"{typed}\" is not a number; write it as {example}"),
        NumberFault::Groups => {
            let mark = if formats.point == ',' { "comma" } else { "point" };
            format!("\"{typed}\": write a {mark} before the decimals only: {example}")
        }
        NumberFault::TooLong => format!("{typed} has more digits than can be kept"),
    })
}

fn number(typed: &str, min: Option<f64>, max: Option<f64>) -> Result<String, String> {
    let number = decimal(typed, "1250 or 0.5")?;
    let size = number.to_f64().unwrap_or(f64::NAN);
    if min.is_none_or(|min| size >= min) && max.is_none_or(|max| size <= max) {
        return Ok(number.normalize().to_string());
    }
    Err(match (min, max) {
        (Some(min), Some(max)) => format!("{typed} is not between {min} and {max}"),
        (Some(min), None) => format!("{typed} is less than {min}"),
        (_, Some(max)) => format!("{typed} is more than {max}"),
        (None, None) => format!("{typed} is not a number"),
    })
}

/// `45k`. A number with three decimals could be one whose thousands are parted.
fn short_money(typed: &str, number: &str, factor: Decimal) -> Result<String, String> {
    let amount = decimal(number, "45")?;
    let whole = amount.checked_mul(factor).filter(|_| amount.scale() != 3);
    let Some(mut whole) = whole.map(|whole| whole.normalize()) else {
        return Err(format!("\"{typed}\" could mean two amounts; write it out"));
    };
    if whole.scale() > 2 {
        return Err(format!("{typed} has more than two decimals"));
    }
    whole.rescale(2);
    Ok(whole.to_string())
}

fn money(typed: &str) -> Result<String, String> {
    if typed.chars().any(|c| c.is_alphabetic() || matches!(c, '$' | '€' | '£' | '¥')) {
        let example = Formats::here().typed("1250.00");
        return Err(format!("write the amount alone, as {example}; the currency is known"));
    }
    let amount = decimal(typed, "1250.00")?;
    if amount.scale() == 3 {
        // Elsewhere the same mark parts the thousands.
        let grouped = typed.replace(['.', ','], "");
        let rounded = Formats::here().typed(&amount.round_dp(2).to_string());
        return Err(format!(
            "\"{typed}\" could be {rounded} or {grouped}; an amount has two decimals"
        ));
    }
    if amount.scale() > 2 {
        return Err(format!("{typed} has more than two decimals"));
    }
    let mut amount = amount;
    amount.rescale(2);
    Ok(amount.to_string())
}

fn percent(typed: &str) -> Result<String, String> {
    let (digits, signed) = match typed.strip_suffix('%') {
        Some(digits) => (digits.trim_end(), true),
        None => (typed, false),
    };
    let percent = decimal(digits, "12% or 12.5%")?;
    let share = percent / Decimal::ONE_HUNDRED;
    if !signed && percent.fract() == percent && !percent.is_zero() {
        // Some write a share, some write percent.
        let whole = super::percent_text(percent);
        return Err(format!("is {typed} meant as {whole} or as {digits}%? Write it with its %"));
    }
    Ok(share.normalize().to_string())
}

/// What stands in an empty field that has the focus: how it is filled in.
pub fn placeholder(kind: &FieldKind, currency: &str) -> String {
    match kind {
        FieldKind::Text { .. } | FieldKind::LongText => "type, or Enter".to_owned(),
        FieldKind::Evidence { .. } => {
            "type it, or write the record from a row of the figure".to_owned()
        }
        FieldKind::Date => "2025-12-31, or next fri".to_owned(),
        FieldKind::Number { min: Some(min), max: Some(max) } => format!("{min} to {max}"),
        FieldKind::Number { .. } => "a number".to_owned(),
        FieldKind::Money if currency.is_empty() => "1250.00, or 45k".to_owned(),
        FieldKind::Money => format!("1250.00, or 45k ({currency})"),
        FieldKind::Percent => "12.5%".to_owned(),
        FieldKind::Choice { .. } | FieldKind::Person | FieldKind::Link { .. } => {
            "Enter chooses".to_owned()
        }
        FieldKind::Choices { .. } => "Enter chooses, any number".to_owned(),
        FieldKind::Rows { .. } => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(kind: &str) -> FieldKind {
        match kind {
            "money" => FieldKind::Money,
            "percent" => FieldKind::Percent,
            "date" => FieldKind::Date,
            "number" => FieldKind::Number { min: Some(1.0), max: Some(5.0) },
            "long" => FieldKind::LongText,
            _ => FieldKind::Text { max: Some(60) },
        }
    }

    fn typed(kind: &str, text: &str) -> Result<Option<String>, String> {
        // A Wednesday.
        let today = NaiveDate::from_ymd_opt(2025, 12, 31).expect("a day");
        read(&kind_of(kind), text, today)
    }

    #[test]
    fn what_is_clear_is_taken() {
        for (kind, text, stored) in [
            ("money", "1250", "1250.00"),
            ("money", "1,250.5", "1250.50"),
            ("money", "45k", "45000.00"),
            ("money", "1.2 M", "1200000.00"),
            ("money", "-0.5k", "-500.00"),
            ("money", "1,250k", "1250000.00"),
            ("date", "next fri", "2026-01-02"),
            ("date", "in 2 weeks", "2026-01-14"),
            ("money", "-12 000 000", "-12000000.00"),
            ("money", "1'250", "1250.00"),
            ("percent", "12", "0.12"),
            ("percent", "12.5 %", "0.125"),
            ("percent", "-3%", "-0.03"),
            ("percent", "0.5%", "0.005"),
            ("percent", "0", "0"),
            ("number", "4.0", "4"),
            ("date", "2025-12-31", "2025-12-31"),
            ("date", "2025-1-5", "2025-01-05"),
            ("date", "31.12.2025", "2025-12-31"),
            ("date", "3.4.2025", "2025-04-03"),
            ("date", "31/12/2025", "2025-12-31"),
            ("date", "12/31/2025", "2025-12-31"),
            ("date", "4/4/2025", "2025-04-04"),
            ("text", "  Acme ", "Acme"),
            ("long", "\n a\n\nb \n", " a\n\nb"),
        ] {
            assert_eq!(typed(kind, text), Ok(Some(stored.to_owned())), "{kind} {text}");
            assert_eq!(problem(&kind_of(kind), stored), None, "{kind} {stored}");
        }
        for kind in ["money", "date", "text", "long", "percent", "number"] {
            assert_eq!(typed(kind, "  "), Ok(None));
        }
    }

    #[test]
    fn what_could_mean_two_things_is_refused_with_both() {
        for (kind, text, words) in [
            ("date", "03/04/2025", "2025-04-03 or 2025-03-04"),
            ("percent", "0.12", "12% or as 0.12%"),
            ("money", "1.050", "1.05 or 1050"),
            ("money", "1.250k", "two amounts"),
        ] {
            let error = typed(kind, text).expect_err(text);
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_is_refused_with_what_is_right() {
        for (kind, text, words) in [
            ("date", "some day", "write it as 2025-12-31"),
            ("money", "1.2345k1", "alone"),
            ("money", "0.000001k", "two decimals"),
            ("money", "12q", "alone"),
            ("money", "k", "not a number"),
            ("date", "2025-02-30", "not a day"),
            ("date", "31.12.25", "four digits"),
            ("date", "1-2-3-4", "not a date"),
            ("money", "1.250,00", "point before the decimals"),
            ("money", "12,50", "point before the decimals"),
            ("money", "$12", "alone"),
            ("money", "12 USD", "alone"),
            ("money", "1.2345", "two decimals"),
            ("number", "6", "between 1 and 5"),
            ("number", "1e3", "not a number"),
            ("number", "-", "not a number"),
            ("percent", "much", "not a number"),
        ] {
            let error = typed(kind, text).expect_err(text);
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn refused_text_is_never_taken_for_a_value() {
        for (kind, text) in
            [("percent", "0.12"), ("money", "1.050"), ("date", "soon"), ("number", "9")]
        {
            let kind = kind_of(kind);
            let kept = refused(&kind, text);
            assert!(problem(&kind, &kept).is_some(), "{kept}");
            assert!(kept.starts_with(text));
        }
        assert_eq!(refused(&FieldKind::Percent, "0.12"), "0.12?");
    }

    #[test]
    fn a_value_comes_back_as_it_is_typed() {
        assert_eq!(for_typing(&FieldKind::Percent, "0.125"), "12.5%");
        assert_eq!(for_typing(&FieldKind::Percent, "0.12?"), "0.12?");
        assert_eq!(for_typing(&FieldKind::Money, "1250.00"), "1250.00");
    }
}
