//! In which currency the money of a file is.
//!
//! Owns the refusal of money without one. The reporting currency of the
//! workspace is taken only where the mapping says so, never for want of another.

use crate::catalog::preset::WORKSPACE;
use crate::workspace::Session;

use super::choose::Choice;
use super::error::ImportError;
use super::profile::{Column, Style};
use super::source::Source;
use super::stage::{Staged, quoted};

/// Where the currency of a row comes from, beyond its own column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrencyRule {
    /// For rows that name none.
    pub given: Option<String>,
    /// For rows that name none and have no money either: the only one in the file.
    pub without_money: Option<String>,
}

/// Decides for one file.
///
/// # Errors
/// `CurrencyMissing` where there is money and nothing says in what.
pub fn rule(
    session: &Session<'_>,
    source: &Source,
    choice: &Choice<'_>,
    staged: &Staged,
    columns: &[Column],
    reporting: &str,
) -> Result<CurrencyRule, ImportError> {
    if choice.fact.column("currency").is_none() {
        return Ok(CurrencyRule::default());
    }
    let given = choice.rules.currency.as_deref();
    let given = given.map(|code| if code == WORKSPACE { reporting } else { code }.to_owned());
    if choice.fact.is_log() {
        // What it does not say is known from the export of the opportunity.
        return Ok(CurrencyRule { without_money: given.clone(), given });
    }
    let money = columns.iter().filter(|column| column.fact.kind.is_money());
    let money: Vec<&Column> = money.filter(|column| column.style != Style::Empty).collect();
    let [first, ..] = money.as_slice() else {
        // No money, so no figure can depend on it.
        let without_money = given.clone().or_else(|| Some(reporting.to_owned()));
        return Ok(CurrencyRule { given, without_money });
    };
    let Some(column) = columns.iter().find(|column| column.fact.name == "currency") else {
        return match given {
            Some(code) => Ok(CurrencyRule { without_money: Some(code.clone()), given: Some(code) }),
            None => Err(missing(source, choice, first, "it has no column for it")),
        };
    };
    let found = session.query(
        &format!(
            "SELECT count(c), count(DISTINCT upper(c)), any_value(upper(c)), \
             count(*) FILTER (c IS NULL AND m IS NOT NULL) \
             FROM (SELECT {} AS c, {} AS m FROM {})",
            column.text,
            any(&money),
            staged.table
        ),
        &[],
    )?;
    let number = |place: usize| found.rows.first().and_then(|row| row[place].as_int()).unwrap_or(0);
    if number(0) == 0 && number(3) > 0 && given.is_none() {
        let why = format!("its column \"{}\" is empty", column.header);
        return Err(missing(source, choice, first, &why));
    }
    let only = (number(1) == 1).then(|| found.rows.first().map(|row| row[2].plain())).flatten();
    Ok(CurrencyRule { without_money: given.clone().or(only), given })
}

/// SQL that is NULL for a row without any money.
fn any(money: &[&Column]) -> String {
    let texts: Vec<&str> = money.iter().map(|column| column.text.as_str()).collect();
    format!("coalesce({})", texts.join(", "))
}

fn missing(source: &Source, choice: &Choice<'_>, money: &Column, why: &str) -> ImportError {
    ImportError::CurrencyMissing {
        file: source.path.clone(),
        preset: choice.preset.name.clone(),
        table: choice.fact.name.to_owned(),
        why: format!("\"{}\" is money, and {why}", money.header),
    }
}

impl CurrencyRule {
    /// SQL of the code: over the text and the code that was read from it, and the text of the
    /// money, where there is any.
    pub fn sql(&self, text: &str, code: &str, money: Option<&str>) -> String {
        let literal = |code: &Option<String>| code.as_deref().map_or("NULL".into(), quoted);
        let (given, without) = (literal(&self.given), literal(&self.without_money));
        let otherwise = match money {
            Some(money) => format!("CASE WHEN {money} IS NULL THEN {without} ELSE {given} END"),
            None => without,
        };
        format!("CASE WHEN {text} IS NULL THEN {otherwise} ELSE {code} END")
    }
}

/// Currencies whose sign is a dollar.
const DOLLARS: &str =
    "'USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'TWD', 'MXN', 'BRL', 'ARS', 'CLP', 'COP'";

/// SQL: a currency sign or code within an amount is that of its row, or there is none.
pub fn agrees(amount: &str, code: &str) -> String {
    let letters = format!(
        "upper(regexp_extract({amount}, '(?:^|[^A-Za-z])([A-Za-z]{{3}})(?:[^A-Za-z]|$)', 1))"
    );
    format!(
        "CASE WHEN {amount} IS NULL OR {code} IS NULL THEN true
              WHEN contains({amount}, '€') THEN {code} = 'EUR'
              WHEN contains({amount}, '£') THEN {code} = 'GBP'
              WHEN contains({amount}, '₹') THEN {code} = 'INR'
              WHEN contains({amount}, '¥') THEN {code} IN ('JPY', 'CNY')
              WHEN contains({amount}, '$') THEN {code} IN ({DOLLARS})
              WHEN {letters} IN ('', 'MIO') THEN true
              ELSE {letters} = {code} END"
    )
}
