//! Money and the currency it is in.
//!
//! Invariant: amounts of unlike currencies are never added; converting them is
//! the business of the exchange rates in the facts (domain §0.5).

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

/// A currency by its three-letter ISO 4217 code, in capitals: `EUR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The code.
    pub fn code(&self) -> &str {
        // Three ASCII capitals by construction.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    /// Reads a code in either case; it need not be one that ISO 4217 lists.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let error = || MoneyError::NotACurrency { given: text.to_owned() };
        let code: [u8; 3] =
            text.trim().to_ascii_uppercase().into_bytes().try_into().map_err(|_| error())?;
        if code.iter().all(u8::is_ascii_uppercase) { Ok(Currency(code)) } else { Err(error()) }
    }
}

/// An exact amount in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    pub amount: Decimal,
    pub currency: Currency,
}

/// What cannot be done with money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("\"{given}\" is not a currency; write its three-letter code, such as EUR or USD")]
    NotACurrency { given: String },
    #[error("{left} and {right} cannot be added; convert one of them first")]
    UnlikeCurrencies { left: Currency, right: Currency },
    #[error("the sum is larger than an amount can be")]
    TooLarge,
}

impl Money {
    /// The sum, if both are in one currency.
    pub fn plus(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::UnlikeCurrencies {
                left: self.currency,
                right: other.currency,
            });
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::TooLarge)?;
        Ok(Money { amount, currency: self.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", crate::domain::Formats::default().money(self.amount), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, currency: &str) -> Money {
        Money {
            amount: amount.parse().expect("an amount"),
            currency: currency.parse().expect("a currency"),
        }
    }

    #[test]
    fn one_currency_adds_up_exactly() {
        let sum = money("0.10", "EUR").plus(money("0.20", "eur")).expect("one currency");
        assert_eq!(sum, money("0.30", "EUR"));
        assert_eq!(sum.to_string(), "0.30 EUR");
    }

    #[test]
    fn unlike_currencies_are_refused() {
        let error = money("1", "EUR").plus(money("1", "USD")).expect_err("two currencies");
        assert_eq!(error.to_string(), "EUR and USD cannot be added; convert one of them first");
    }

    #[test]
    fn a_sign_is_not_a_code() {
        for text in ["€", "EURO", "E1R", "", "$"] {
            assert!(text.parse::<Currency>().is_err(), "{text}");
        }
    }
}
