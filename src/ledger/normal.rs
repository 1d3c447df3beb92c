//! What people write, in the one form in which it is stored.
//!
//! Invariant: a value that leaves here reads the same for ever: money has two
//! decimals, a percentage is a share, a date is ISO, a choice is one of the
//! options. What does not fit is refused in words; nothing is guessed.

use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::error::or;
use super::evidence::Evidence;
use crate::catalog::form::{Choice, Field, FieldKind};

/// A share beyond this is a percentage that was written without its sign.
const LARGEST_SHARE: i64 = 10;
/// `DECIMAL(18,2)` holds sixteen digits before the point.
const MONEY_LIMIT: i64 = 10_000_000_000_000_000;

/// The value as it is stored; `None` when nothing is filled in. Not for rows.
///
/// # Errors
/// What is wrong and what to write instead.
pub(super) fn normal(field: &Field, given: &Json) -> Result<Option<Json>, String> {
    if let FieldKind::Choices { options } = &field.kind {
        return choices(options, given);
    }
    if let (FieldKind::Evidence { .. }, Json::Object(_)) = (&field.kind, given) {
        return Ok(Some(Evidence::read(given)?.to_json()));
    }
    let Some(text) = plain(given, &field.kind)? else { return Ok(None) };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let stored = match &field.kind {
        FieldKind::Text { max } => one_line(trimmed, *max)?,
        // In words, where no figure is cited.
        FieldKind::Person | FieldKind::Evidence { .. } => one_line(trimmed, None)?,
        FieldKind::LongText => long_text(&text),
        FieldKind::Choice { options } => choice(options, trimmed)?,
        FieldKind::Date => date(trimmed)?,
        FieldKind::Number { min, max } => number(trimmed, *min, *max)?,
        FieldKind::Money => money(trimmed)?,
        FieldKind::Percent => percent(trimmed)?,
        FieldKind::Link { .. } => link(trimmed)?,
        FieldKind::Choices { .. } | FieldKind::Rows { .. } => {
            return Err("must be a list".to_owned());
        }
    };
    Ok(Some(Json::String(stored)))
}

/// Text of any single value; numbers as they are written.
fn plain(given: &Json, kind: &FieldKind) -> Result<Option<String>, String> {
    match given {
        Json::Null => Ok(None),
        Json::String(text) if text.contains('\0') => {
            Err("holds a character that cannot be stored (U+0000)".to_owned())
        }
        Json::String(text) => Ok(Some(text.clone())),
        // Read as a float, more digits than these may not be the ones that were written.
        Json::Number(number) if number.is_f64() && digits(&number.to_string()) > 15 => {
            Err(format!("{number} has more digits than a bare number keeps; put it in quotes"))
        }
        Json::Number(number) => Ok(Some(number.to_string())),
        // `consent = true` is what a person writes for a choice of yes and no.
        Json::Bool(flag) if matches!(kind, FieldKind::Choice { .. }) => {
            Ok(Some(if *flag { "yes" } else { "no" }.to_owned()))
        }
        Json::Bool(_) => Err("cannot be true or false".to_owned()),
        Json::Array(items) if items.is_empty() => Ok(None),
        Json::Array(_) => Err("must be one value, not a list".to_owned()),
        Json::Object(_) => Err("must be one value, not a table".to_owned()),
    }
}

fn digits(number: &str) -> usize {
    number.bytes().filter(u8::is_ascii_digit).count()
}

fn one_line(text: &str, max: Option<usize>) -> Result<String, String> {
    if text.contains(['\n', '\r']) {
        return Err("must be one line".to_owned());
    }
    let length = text.chars().count();
    match max {
        Some(max) if length > max => Err(format!("is {length} characters long; at most {max} fit")),
        _ => Ok(text.to_owned()),
    }
}

/// Line ends as `\n`, no empty lines before or after, no blanks at the end of a line.
fn long_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn choice(options: &[Choice], text: &str) -> Result<String, String> {
    if let Some(exact) = options.iter().find(|option| option.value == text) {
        return Ok(exact.value.clone());
    }
    let lower = text.to_lowercase();
    let alike = |word: &str| word.to_lowercase() == lower;
    options
        .iter()
        .find(|option| alike(&option.value) || alike(&option.label))
        .map(|option| option.value.clone())
        .ok_or_else(|| {
            let values = or(options.iter().map(|option| option.value.as_str()));
            format!("\"{text}\" is not one of the choices: {values}")
        })
}

/// In the order of the options, each once.
fn choices(options: &[Choice], given: &Json) -> Result<Option<Json>, String> {
    let texts: Vec<&str> = match given {
        Json::Null => vec![],
        Json::String(text) => vec![text.as_str()],
        Json::Array(items) => items
            .iter()
            .map(|item| item.as_str().ok_or_else(|| "must be a list of texts".to_owned()))
            .collect::<Result<_, _>>()?,
        _ => return Err("must be a list of texts".to_owned()),
    };
    let mut chosen = Vec::new();
    for text in texts.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
        chosen.push(choice(options, text)?);
    }
    let kept: Vec<Json> = options
        .iter()
        .filter(|option| chosen.contains(&option.value))
        .map(|option| Json::from(option.value.as_str()))
        .collect();
    Ok(if kept.is_empty() { None } else { Some(Json::Array(kept)) })
}

fn date(text: &str) -> Result<String, String> {
    let day = NaiveDate::from_str(text)
        .map_err(|_| format!("\"{text}\" is not a date; write it as 2025-12-31"))?;
    if (1900..2200).contains(&day.year()) {
        Ok(day.to_string())
    } else {
        Err(format!("{day}: the year looks like a slip"))
    }
}

/// The exact decimal that a text stands for.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let number = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()?;
    // No minus before a zero.
    Some(if number.is_zero() { number.abs() } else { number })
}

fn number(text: &str, min: Option<f64>, max: Option<f64>) -> Result<String, String> {
    use rust_decimal::prelude::ToPrimitive;
    let number = decimal(text)
        .ok_or_else(|| format!("\"{text}\" is not a number; write it as 1250 or 0.5"))?;
    let size = number.to_f64().unwrap_or(f64::NAN);
    let within = min.is_none_or(|min| size >= min) && max.is_none_or(|max| size <= max);
    if within {
        return Ok(number.normalize().to_string());
    }
    Err(match (min, max) {
        (Some(min), Some(max)) => format!("{text} is not between {min} and {max}"),
        (Some(min), None) => format!("{text} is less than {min}"),
        (_, Some(max)) => format!("{text} is more than {max}"),
        (None, None) => format!("{text} is not a number"),
    })
}

fn money(text: &str) -> Result<String, String> {
    let amount = decimal(text).ok_or_else(|| {
        format!("\"{text}\" is not an amount; write it as 1250.00, without currency or grouping")
    })?;
    if amount.normalize().scale() > 2 {
        return Err(format!("{text} has more than two decimals"));
    }
    if amount.abs() >= Decimal::from(MONEY_LIMIT) {
        return Err(format!("{text} is too large"));
    }
    let mut amount = amount;
    amount.rescale(2);
    Ok(amount.to_string())
}

fn percent(text: &str) -> Result<String, String> {
    let wrong = || format!("\"{text}\" is not a percentage; write 12% or 0.12");
    let share = match text.strip_suffix('%') {
        Some(percent) => decimal(percent.trim()).ok_or_else(wrong)? / Decimal::ONE_HUNDRED,
        None => decimal(text).ok_or_else(wrong)?,
    };
    if share.abs() > Decimal::from(LARGEST_SHARE) {
        return Err(format!(
            "{text} would be {} %; write 12% or 0.12",
            share * Decimal::ONE_HUNDRED
        ));
    }
    Ok(share.normalize().to_string())
}

fn link(text: &str) -> Result<String, String> {
    let id = text.to_uppercase();
    let fits = id.split_once('-').is_some_and(|(prefix, number)| {
        !prefix.is_empty()
            && prefix.chars().all(|c| c.is_ascii_uppercase())
            && number.parse::<u64>().is_ok_and(|n| n > 0 && n.to_string() == number)
    });
    if fits { Ok(id) } else { Err(format!("\"{text}\" is not the id of a record, such as PM-12")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::form::Required;
    use serde_json::json;

    fn stored(kind: FieldKind, given: Json) -> Result<Option<Json>, String> {
        let field = Field {
            id: "field".into(),
            label: "Field".into(),
            help: String::new(),
            kind,
            required: Required::No,
            filled_from: None,
            editable: false,
            default: None,
        };
        normal(&field, &given)
    }

    fn options() -> Vec<Choice> {
        [("yes", "Yes, we could"), ("partly", "partly"), ("no", "no")]
            .map(|(value, label)| Choice { value: value.into(), label: label.into() })
            .into()
    }

    #[test]
    fn each_kind_has_one_form() {
        let number = FieldKind::Number { min: Some(1.0), max: Some(5.0) };
        for (kind, given, kept) in [
            (FieldKind::Text { max: None }, json!("  Acme  "), json!("Acme")),
            (FieldKind::Text { max: None }, json!(1.5), json!("1.5")),
            (FieldKind::LongText, json!("\r\n a \r\n\r\nb\n\n"), json!(" a\n\nb")),
            (FieldKind::Date, json!("2025-02-28"), json!("2025-02-28")),
            (number.clone(), json!("4.0"), json!("4")),
            (number, json!(3), json!("3")),
            (FieldKind::Money, json!("1250"), json!("1250.00")),
            (FieldKind::Money, json!(-0.1), json!("-0.10")),
            (FieldKind::Percent, json!("12%"), json!("0.12")),
            (FieldKind::Percent, json!("-2.5 %"), json!("-0.025")),
            (FieldKind::Percent, json!(0.12), json!("0.12")),
            (FieldKind::Choice { options: options() }, json!("YES"), json!("yes")),
            (FieldKind::Choice { options: options() }, json!("yes, we could"), json!("yes")),
            (FieldKind::Choice { options: options() }, json!(false), json!("no")),
            (
                FieldKind::Choices { options: options() },
                json!(["no", "yes", "no"]),
                json!(["yes", "no"]),
            ),
            (FieldKind::Link { kinds: vec![], changes: false }, json!("pm-12"), json!("PM-12")),
        ] {
            assert_eq!(stored(kind, given.clone()), Ok(Some(kept)), "{given}");
        }
    }

    #[test]
    fn nothing_is_nothing() {
        for given in [json!(null), json!(""), json!(" \n "), json!([])] {
            assert_eq!(stored(FieldKind::LongText, given.clone()), Ok(None), "{given}");
            assert_eq!(stored(FieldKind::Money, given), Ok(None));
        }
        assert_eq!(stored(FieldKind::Choices { options: options() }, json!(["", " "])), Ok(None));
    }

    #[test]
    fn what_does_not_fit_is_refused_in_words() {
        for (kind, given, word) in [
            (FieldKind::Text { max: Some(3) }, json!("four"), "4 characters long; at most 3"),
            (FieldKind::Text { max: None }, json!("a\nb"), "one line"),
            (FieldKind::Text { max: None }, json!("a\0b"), "U+0000"),
            (FieldKind::Date, json!("31.12.2025"), "write it as 2025-12-31"),
            (FieldKind::Date, json!("2025-02-30"), "not a date"),
            (FieldKind::Date, json!("0025-02-03"), "slip"),
            (FieldKind::Number { min: Some(1.0), max: Some(5.0) }, json!(6), "between 1 and 5"),
            (FieldKind::Number { min: None, max: None }, json!("NaN"), "not a number"),
            (FieldKind::Money, json!("1,250.00"), "without currency or grouping"),
            (FieldKind::Money, json!("0.001"), "two decimals"),
            (FieldKind::Money, json!("10000000000000000"), "too large"),
            (FieldKind::Percent, json!("12"), "1200 %; write 12% or 0.12"),
            (FieldKind::Choice { options: options() }, json!("maybe"), "yes, partly or no"),
            (FieldKind::Choices { options: options() }, json!([1]), "list of texts"),
            (FieldKind::Link { kinds: vec![], changes: false }, json!("PM-012"), "such as PM-12"),
            (FieldKind::Money, json!({"a": 1}), "not a table"),
            (FieldKind::Money, json!(12_345_678_901_234.56), "put it in quotes"),
        ] {
            let error = stored(kind, given.clone()).expect_err("refused");
            assert!(error.contains(word), "{given}: {error}");
        }
    }
}
