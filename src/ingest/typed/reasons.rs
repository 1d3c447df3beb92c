//! Why a text could not be read, in words for the person who imports.

use crate::catalog::facts::{FactColumn, FactKind};

use super::super::column::Style;
use super::super::dates;
use super::super::numbers::{NumberStyle, Written};
use super::super::words;
use super::{Reader, is_currency};

impl Reader<'_> {
    /// Why a text could not be read.
    pub(super) fn reason(&self, fact: &FactColumn, text: &str) -> String {
        let style = self.column(fact.name).map(|column| &column.style);
        match (style, fact.kind) {
            (Some(Style::Date(style)), _) => match style.pattern.read(dates::without_time(text)) {
                Some(_) => {
                    format!("the year is not from {} to {}", style.years.first, style.years.last)
                }
                None => format!("no date written {}", style.pattern),
            },
            (Some(Style::Share(..)), _) => "no share from 0 to 100 %".into(),
            (Some(Style::Number(style)), FactKind::Money | FactKind::Price) => {
                amount_reason(style, text)
            }
            (_, FactKind::Money | FactKind::Price | FactKind::Number) => "no number".into(),
            (_, FactKind::Whole) => "no whole number".into(),
            (_, FactKind::Flag) => "neither yes nor no".into(),
            (_, FactKind::Period) => "no period such as 2025-Q4, 2025-10 or 2025".into(),
            _ if is_currency(fact.name) => "no three-letter code of a currency".into(),
            _ if self.choice.fact.key.first() == Some(&fact.name) => {
                "a spreadsheet has shortened this id to a number".into()
            }
            _ => {
                let known = words::known(fact, self.choice.rules);
                format!("not known; known are {known}")
            }
        }
    }
}

/// Why a text is no amount.
fn amount_reason(style: &NumberStyle, text: &str) -> String {
    let mark = if style.decimal == '.' { "point" } else { "comma" };
    let Some(written) = Written::parse(text) else {
        let shortened = text.to_uppercase().contains("E+");
        let digits = text.contains(|c: char| c.is_ascii_digit());
        return if shortened && digits {
            "a spreadsheet has shortened this number".into()
        } else {
            "no number".into()
        };
    };
    if written.percent {
        return "a percentage, and no amount".into();
    }
    let digits = written.core.split(style.decimal).next().unwrap_or_default();
    let digits = digits.bytes().filter(u8::is_ascii_digit).count();
    // Sixteen digits before the mark.
    let zeros = written.factor.checked_ilog10().unwrap_or_default() as usize;
    if digits + zeros > 16 {
        return "larger than an amount can be".into();
    }
    match &written.currency {
        Some(currency) => {
            format!("no amount with a decimal {mark}, or {currency} is not the currency of its row")
        }
        None => format!("no amount with a decimal {mark}"),
    }
}
