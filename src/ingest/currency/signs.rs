//! Signs and codes of currencies, in amounts and in headings.
//!
//! Owns which sign means which currency. `$` is never taken for one of the
//! currencies that use it.

use std::fmt;

use crate::ingest::stage::quoted;

/// Signs that mean one currency.
const CERTAIN: [(&str, &str); 22] = [
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("AU$", "AUD"),
    ("A$", "AUD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("S$", "SGD"),
    ("SG$", "SGD"),
    ("NT$", "TWD"),
    ("MX$", "MXN"),
    ("R$", "BRL"),
    ("JP¥", "JPY"),
    ("CN¥", "CNY"),
    ("RMB", "CNY"),
    ("Fr", "CHF"),
];

/// Signs of several currencies.
const VAGUE: [(&str, &[&str]); 3] = [
    ("$", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "ARS", "CLP", "COP"]),
    ("¥", &["JPY", "CNY"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
];

/// Codes that a heading may name; other three capitals there may be a word (NET, ARR, ACV).
const CODES: [&str; 48] = [
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP",
    "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "KWD", "MAD",
    "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RUB", "SAR",
    "SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "USD", "ZAR",
];

/// What a sign or a code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// This currency.
    Code(String),
    /// One of several.
    Vague(&'static str, &'static [&'static str]),
}

impl Sign {
    /// Of a sign or code as it stands in an amount.
    pub fn of(token: &str) -> Self {
        if let Some((_, code)) = CERTAIN.iter().find(|(sign, _)| *sign == token) {
            return Sign::Code((*code).to_owned());
        }
        match VAGUE.iter().find(|(sign, _)| *sign == token) {
            Some((sign, codes)) => Sign::Vague(sign, codes),
            None => Sign::Code(token.to_uppercase()),
        }
    }

    /// The code, where it is a single one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Sign::Code(code) => Some(code),
            Sign::Vague(..) => None,
        }
    }

    /// Both can be the same currency.
    pub fn agrees(&self, other: &Sign) -> bool {
        match (self, other) {
            (Sign::Code(one), Sign::Code(other)) => one == other,
            (Sign::Code(code), Sign::Vague(_, codes))
            | (Sign::Vague(_, codes), Sign::Code(code)) => codes.contains(&code.as_str()),
            (Sign::Vague(one, _), Sign::Vague(other, _)) => one == other,
        }
    }

    /// SQL: an expression that holds a code agrees with it.
    pub fn sql(&self, code: &str) -> String {
        match self {
            Sign::Code(own) => format!("({code} = {})", quoted(own)),
            Sign::Vague(_, codes) => format!("({code} IN ({}))", listed(codes)),
        }
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sign::Code(code) => code,
            Sign::Vague(sign, _) => sign,
        })
    }
}

/// The currency that a heading names: `Amount (EUR)`, `Betrag in €`, `Revenue $k`, `TEUR`.
pub fn in_heading(heading: &str) -> Option<Sign> {
    let letters = |c: char| !c.is_alphanumeric();
    for word in heading.split(letters).filter(|word| !word.is_empty()) {
        // `TEUR`, `kUSD`.
        let short = word.strip_prefix(['T', 'k', 'K', 'M']).unwrap_or(word);
        if let Some(code) = CODES.iter().find(|code| **code == word || **code == short) {
            return Some(Sign::Code((*code).to_owned()));
        }
    }
    let sign = heading.find(['$', '€', '£', '¥', '₹', '₽'])?;
    let before = heading[..sign]
        .rfind(letters)
        .map_or(0, |at| at + heading[at..].chars().next().map_or(1, char::len_utf8));
    let end = sign + heading[sign..].chars().next().map_or(1, char::len_utf8);
    let with_letters = &heading[before..end];
    let known = CERTAIN.iter().any(|(known, _)| *known == with_letters);
    Some(Sign::of(if known { with_letters } else { &heading[sign..end] }))
}

/// A code or a sign in an amount, as its first group.
const TOKEN: &str = "(zł|Kč|kr|Fr|[A-Z]{0,3}[$€£¥₹₽]|[A-Z]{3})";

/// SQL: the sign or code within an amount; empty where there is none.
fn token(amount: &str) -> String {
    format!("regexp_extract({amount}, '(?:^|[^A-Za-z]|[kM]){TOKEN}(?:[^A-Za-z]|$)', 1)")
}

/// SQL: the code of the currency that an amount names; NULL where it names none, or one of several.
pub fn code_in(amount: &str) -> String {
    let token = token(amount);
    let arms = CERTAIN.iter().map(|(sign, code)| format!("WHEN {} THEN '{code}'", quoted(sign)));
    let arms = arms.collect::<Vec<_>>().join(" ");
    // The sign behind the M of `5 M€`.
    let single = CERTAIN.iter().filter(|(sign, _)| sign.chars().count() == 1);
    let single = single.map(|(sign, code)| format!("WHEN {} THEN '{code}'", quoted(sign)));
    let single = single.collect::<Vec<_>>().join(" ");
    format!(
        "CASE {token} {arms} ELSE CASE WHEN regexp_full_match({token}, '[A-Z]{{3}}') \
         AND {token} NOT IN ('MIO', 'MRD', 'TSD') THEN {token} \
         ELSE CASE right({token}, 1) {single} END END END"
    )
}

/// SQL: a currency sign or code within an amount is that of its row, or there is none.
pub fn agrees(amount: &str, code: &str) -> String {
    let (own, token) = (code_in(amount), token(amount));
    let vague = VAGUE
        .iter()
        .map(|(sign, codes)| format!("WHEN {} THEN {code} IN ({})", quoted(sign), listed(codes)));
    let vague: Vec<String> = vague.collect();
    format!(
        "CASE WHEN {amount} IS NULL OR {code} IS NULL THEN true \
         ELSE CASE {token} {} ELSE coalesce({own} = {code}, true) END END",
        vague.join(" ")
    )
}

fn listed(codes: &[&str]) -> String {
    codes.iter().map(|code| quoted(code)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_name_currencies() {
        for (heading, expected) in [
            ("Amount (EUR)", Some("EUR")),
            ("Betrag in €", Some("EUR")),
            ("Umsatz TEUR", Some("EUR")),
            ("Amount USD", Some("USD")),
            ("Revenue (US$)", Some("USD")),
            ("Amount ($)", Some("$")),
            ("Amount", None),
            ("Amount (converted)", None),
            ("ACV (NET)", None),
            ("Deal - Value", None),
        ] {
            let found = in_heading(heading).map(|sign| sign.to_string());
            assert_eq!(found.as_deref(), expected, "{heading}");
        }
    }

    #[test]
    fn a_dollar_agrees_with_those_that_use_it() {
        assert!(Sign::of("$").agrees(&Sign::of("CAD")));
        assert!(!Sign::of("$").agrees(&Sign::of("€")));
        assert!(Sign::of("US$").agrees(&Sign::of("USD")));
        assert!(Sign::of("$").code().is_none());
    }
}
