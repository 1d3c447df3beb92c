//! Where every amount of a file went.
//!
//! Owns the sums by currency of what was taken, rejected, left out as a
//! repetition, or not asked for by the preset; and the comparison with the
//! total that the file itself states. Exact decimals throughout; amounts in
//! unlike currencies are never added.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::catalog::facts::{FactColumn, FactKind, FactTable};
use crate::domain::Value;
use crate::workspace::{Session, WorkspaceError};

/// The column whose money is accounted for: the amount, else the first one, where rows name a
/// currency. The amounts of a log are those of the same deals over and over: their sum means nothing.
pub fn column_of(fact: &FactTable) -> Option<&'static FactColumn> {
    fact.column("currency").filter(|_| !fact.is_log())?;
    fact.amount().or_else(|| fact.columns.iter().find(|column| column.kind == FactKind::Money))
}

/// Sums by currency; no currency: that of the row is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<Option<String>, Decimal>);

impl Sums {
    /// Adds the amount, if it is one.
    pub fn add(&mut self, currency: &Value, amount: &Value) {
        if let Some(amount) = amount.as_decimal() {
            let currency = currency.as_text().map(str::to_owned);
            *self.0.entry(currency).or_default() += amount;
        }
    }

    pub fn extend(&mut self, more: &Sums) {
        for (currency, amount) in &more.0 {
            *self.0.entry(currency.clone()).or_default() += amount;
        }
    }

    /// From a query that gives a currency and an amount in each row.
    pub fn asked(session: &Session<'_>, sql: &str) -> Result<Sums, WorkspaceError> {
        let mut sums = Sums::default();
        for row in &session.query(sql, &[])?.rows {
            sums.add(&row[0], &row[1]);
        }
        Ok(sums)
    }

    fn of(&self, currency: &Option<String>) -> Decimal {
        self.0.get(currency).copied().unwrap_or_default()
    }
}

/// What came of the amounts of one file, other than being taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotTaken {
    /// In rows that were rejected, as far as they can be read.
    pub rejected: Sums,
    /// How many of the amounts in rejected rows cannot be read.
    pub unread: u64,
    /// In rows that repeat an earlier one exactly.
    pub repeated: Sums,
    /// In rows in whose state the preset does not ask for an amount.
    pub disregarded: Sums,
}

/// Every amount of a file, in one currency: each stands in one of the four.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Account {
    /// Three letters; missing for rejected rows whose currency is not known.
    pub currency: Option<String>,
    pub taken: Decimal,
    pub rejected: Decimal,
    /// In rows that repeat an earlier one exactly.
    pub repeated: Decimal,
    /// In rows in whose state the preset does not ask for an amount.
    pub disregarded: Decimal,
}

impl Account {
    /// Everything that the rows of the file hold in this currency.
    pub fn in_file(&self) -> Decimal {
        self.taken + self.rejected + self.repeated + self.disregarded
    }
}

/// One account for each currency of the file.
pub fn accounts(taken: &Sums, not_taken: &NotTaken) -> Vec<Account> {
    let all = [taken, &not_taken.rejected, &not_taken.repeated, &not_taken.disregarded];
    let mut currencies: Vec<&Option<String>> = all.iter().flat_map(|sums| sums.0.keys()).collect();
    currencies.sort();
    currencies.dedup();
    let account = |currency: &Option<String>| Account {
        currency: currency.clone(),
        taken: taken.of(currency),
        rejected: not_taken.rejected.of(currency),
        repeated: not_taken.repeated.of(currency),
        disregarded: not_taken.disregarded.of(currency),
    };
    currencies.into_iter().map(account).collect()
}

/// A line below the rows in which the file states how many there are, or what they come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OwnTotal {
    /// The line's first text: `Grand Totals (120 records)`.
    pub label: String,
    pub amount: Option<Decimal>,
    pub records: Option<u64>,
}

/// Whether the file's own total is that of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reconciliation {
    #[serde(flatten)]
    pub own: OwnTotal,
    /// What the rows come to, rejected ones and repetitions included; `None` where they are in
    /// several currencies, whose sum means nothing.
    pub rows_amount: Option<Decimal>,
    pub rows: u64,
    /// The rows less what the file says.
    pub difference: Option<Decimal>,
    pub reconciles: bool,
}

/// Compares. Amounts of rejected rows that cannot be read are missing on our side.
pub fn reconcile(own: OwnTotal, accounts: &[Account], rows: u64) -> Reconciliation {
    // Rows whose currency is not known are in the file's sum all the same.
    let named = accounts.iter().filter(|account| account.currency.is_some()).count();
    let rows_amount = (named <= 1).then(|| accounts.iter().map(Account::in_file).sum::<Decimal>());
    let difference = own.amount.and_then(|amount| rows_amount.map(|rows| rows - amount));
    let amounts_agree = match own.amount {
        Some(_) => difference.is_some_and(|difference| difference.is_zero()),
        None => true,
    };
    let reconciles = amounts_agree && own.records.is_none_or(|records| records == rows);
    Reconciliation { own, rows_amount, rows, difference, reconciles }
}

/// Words with which such a line begins, in lower case.
const TOTALS: &[&str] = &[
    "total",
    "grand total",
    "sum",
    "summe",
    "gesamt",
    "somme",
    "suma",
    "soma",
    "totaal",
    "totale",
    "insgesamt",
    "celkem",
    "razem",
];

/// A footer's first text as the head of a total; its count of records is read from it.
pub fn own_total(label: &str, amount: Option<Decimal>) -> Option<OwnTotal> {
    let lower = label.trim().to_lowercase();
    let word = lower.split(|c: char| !c.is_alphabetic() && c != ' ').next().unwrap_or_default();
    let is_total = TOTALS.iter().any(|total| {
        word.strip_prefix(total).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', 's']))
    });
    if !is_total {
        return None;
    }
    let records = records(&lower);
    (amount.is_some() || records.is_some()).then(|| OwnTotal {
        label: label.trim().to_owned(),
        amount,
        records,
    })
}

/// The number in `(1,480 records)`.
fn records(label: &str) -> Option<u64> {
    let (inside, _) = label.split_once('(')?.1.split_once(')')?;
    let digits: String = inside.chars().filter(char::is_ascii_digit).collect();
    let letters = inside.trim_start_matches(|c: char| !c.is_alphabetic()).trim_end();
    let counted = ["record", "row", "datens", "zeile", "enregistrement", "ligne", "registro"];
    (counted.iter().any(|word| letters.starts_with(word))).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(pairs: &[(&str, i64)]) -> Sums {
        let mut sums = Sums::default();
        for (currency, cents) in pairs {
            sums.add(&Value::from(*currency), &Value::Decimal(Decimal::new(*cents, 2)));
        }
        sums
    }

    #[test]
    fn every_currency_has_its_account() {
        let not_taken = NotTaken {
            rejected: sums(&[("EUR", 150)]),
            unread: 0,
            repeated: sums(&[("USD", 5)]),
            disregarded: Sums::default(),
        };
        let accounts = accounts(&sums(&[("EUR", 1000), ("EUR", 1)]), &not_taken);
        let shown: Vec<String> = accounts
            .iter()
            .map(|a| {
                let currency = a.currency.as_deref().unwrap_or("-");
                format!("{currency} {} {} {} {}", a.taken, a.rejected, a.repeated, a.in_file())
            })
            .collect();
        assert_eq!(shown, ["EUR 10.01 1.50 0 11.51", "USD 0 0 0.05 0.05"]);
    }

    #[test]
    fn a_total_is_known_by_its_first_word() {
        let is = |label: &str| own_total(label, Some(Decimal::ONE)).is_some();
        for label in
            ["Total", "TOTAL:", "Grand Totals (3 records)", "Summe", "Total general", "Totals"]
        {
            assert!(is(label), "{label}");
        }
        for label in
            ["Totality Ltd", "Subtotal", "Confidential", "Sumitomo", "", "Copyright (c) 2026"]
        {
            assert!(!is(label), "{label}");
        }
        assert_eq!(own_total("Total", None), None);
        let of = |label: &str| own_total(label, None).and_then(|own| own.records);
        assert_eq!(of("Grand Totals (1,480 records)"), Some(1480));
        assert_eq!(of("Gesamt (12 Datensätze)"), Some(12));
        assert_eq!(of("Total (USD)"), None);
    }

    #[test]
    fn the_files_own_total_is_compared_with_all_its_rows() {
        let accounts = accounts(
            &sums(&[("EUR", 1000)]),
            &NotTaken { rejected: sums(&[("EUR", 150)]), ..NotTaken::default() },
        );
        let own = |cents, records| OwnTotal {
            label: "Total".into(),
            amount: Some(Decimal::new(cents, 2)),
            records,
        };
        assert!(reconcile(own(1150, Some(3)), &accounts, 3).reconciles);
        assert!(!reconcile(own(1150, Some(4)), &accounts, 3).reconciles);
        let less = reconcile(own(1200, None), &accounts, 3);
        assert_eq!((less.reconciles, less.difference), (false, Some(Decimal::new(-50, 2))));
        let two = super::accounts(&sums(&[("EUR", 1), ("USD", 1)]), &NotTaken::default());
        assert_eq!(reconcile(own(2, None), &two, 2).rows_amount, None);
    }
}
