//! Totals are never lost: for any small export, every amount stands in exactly one place.
//!
//! The expectation is worked out here, row by row, with nothing of the import's own.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;

use super::support::Desk;

const HEADER: &str = "opportunity_id,owner_id,product_id,state,amount,currency,close_date";
const CURRENCIES: [&str; 2] = ["EUR", "USD"];
const STATES: [&str; 3] = ["open", "won", "lost"];
/// Two that are on the list, one that is not, one that is written otherwise, and none.
const PRODUCTS: [&str; 5] = ["Rover", "Scout", "Zenith", "RO-VER", ""];

#[derive(Clone, Copy, Debug)]
enum Kind {
    Good,
    UnknownState,
    NoCurrency,
    NoAmount,
    NoId,
    /// The same as the first row once more.
    Repeated,
    /// The key of the first row with another amount.
    Contradicting,
    Blank,
    TooShort,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    kind: Kind,
    cents: i64,
    currency: usize,
    product: usize,
    state: usize,
}

/// By currency: taken, rejected, repeated; and of the taken ones, what no list knows.
#[derive(Debug, Default, PartialEq)]
struct Money {
    taken: BTreeMap<String, Decimal>,
    rejected: BTreeMap<String, Decimal>,
    repeated: BTreeMap<String, Decimal>,
    unmapped: BTreeMap<String, Decimal>,
}

#[derive(Debug, Default, PartialEq)]
struct Rows {
    read: u64,
    taken: u64,
    rejected: u64,
    repeated: u64,
    left_out: u64,
}

fn row() -> impl Strategy<Value = Row> {
    let kind = prop_oneof![
        6 => Just(Kind::Good),
        1 => Just(Kind::UnknownState),
        1 => Just(Kind::NoCurrency),
        1 => Just(Kind::NoAmount),
        1 => Just(Kind::NoId),
        1 => Just(Kind::Repeated),
        1 => Just(Kind::Contradicting),
        1 => Just(Kind::Blank),
        1 => Just(Kind::TooShort),
    ];
    (kind, -9_999..9_999_999i64, 0..2usize, 0..5usize, 0..3usize).prop_map(
        |(kind, cents, currency, product, state)| Row { kind, cents, currency, product, state },
    )
}

fn add(sums: &mut BTreeMap<String, Decimal>, currency: &str, cents: i64) {
    *sums.entry(currency.to_owned()).or_default() += Decimal::new(cents, 2);
}

fn written(cents: i64) -> String {
    Decimal::new(cents, 2).to_string()
}

/// The file, and what must come of it.
fn export(rows: &[Row], with_list: bool) -> (String, Money, Rows) {
    let (mut text, mut money, mut counts) =
        (format!("{HEADER}\n"), Money::default(), Rows::default());
    // Enough sound rows for the columns to be read by.
    let sound = (0..12).map(|place| Row {
        kind: Kind::Good,
        cents: 100 + place,
        currency: 0,
        product: 0,
        state: 0,
    });
    for (place, row) in sound.chain(rows.iter().copied()).enumerate() {
        let (currency, product) = (CURRENCIES[row.currency], PRODUCTS[row.product]);
        let (id, state, amount) = (format!("O{place}"), STATES[row.state], written(row.cents));
        let line = |id: &str, product: &str, state: &str, amount: &str, currency: &str| {
            format!("{id},p,{product},{state},{amount},{currency},2025-11-01\n")
        };
        counts.read += 1;
        text += &match row.kind {
            Kind::Good => {
                counts.taken += 1;
                add(&mut money.taken, currency, row.cents);
                if with_list && matches!(product, "Zenith" | "RO-VER") {
                    add(&mut money.unmapped, currency, row.cents);
                }
                line(&id, product, state, &amount, currency)
            }
            Kind::UnknownState => {
                counts.rejected += 1;
                add(&mut money.rejected, currency, row.cents);
                line(&id, product, "lukewarm", &amount, currency)
            }
            Kind::NoCurrency => {
                counts.rejected += 1;
                add(&mut money.rejected, "-", row.cents);
                line(&id, product, state, &amount, "Euro")
            }
            Kind::NoAmount => {
                counts.taken += 1;
                line(&id, "Rover", state, "", currency)
            }
            Kind::NoId => {
                counts.rejected += 1;
                add(&mut money.rejected, currency, row.cents);
                line("", product, state, &amount, currency)
            }
            Kind::Repeated => {
                counts.repeated += 1;
                add(&mut money.repeated, "EUR", 100);
                line("O0", "Rover", "open", "1.00", "EUR")
            }
            Kind::Contradicting => {
                counts.rejected += 1;
                // Never the amount of the first row itself.
                let cents = row.cents + if row.cents == 100 { 1 } else { 0 };
                add(&mut money.rejected, currency, cents);
                line("O0", "Rover", "open", &written(cents), currency)
            }
            Kind::Blank => {
                counts.left_out += 1;
                ",,,,,,\n".into()
            }
            Kind::TooShort => {
                counts.rejected += 1;
                format!("{id},p,Rover\n")
            }
        };
    }
    (text, money, counts)
}

fn without_nothing(mut sums: BTreeMap<String, Decimal>) -> BTreeMap<String, Decimal> {
    sums.retain(|_, amount| !amount.is_zero());
    sums
}

#[test]
fn totals_are_never_lost() {
    let rows = prop::collection::vec(row(), 0..24);
    let cases = std::env::var("QBR_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16);
    let configuration = ProptestConfig { cases, failure_persistence: None, ..Default::default() };
    TestRunner::new(configuration)
        .run(&(rows, any::<bool>(), prop::option::of(-2..3i64)), |(rows, with_list, total)| {
            check(&rows, with_list, total)
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

/// `total`: the file ends with its own total, which is so many cents off.
fn check(rows: &[Row], with_list: bool, total: Option<i64>) -> Result<(), TestCaseError> {
    let (mut text, expected, counts) = export(rows, with_list);
    let in_file: Decimal = [&expected.taken, &expected.rejected, &expected.repeated]
        .iter()
        .flat_map(|sums| sums.values())
        .sum();
    if let Some(off) = total {
        text += &format!("Total,,,,{},,\n", in_file + Decimal::new(off, 2));
    }
    let mut desk = Desk::new();
    if with_list {
        let products = "product_id,name,family,list_price,currency\nRover,Rover,V,1,EUR\nScout,Scout,V,1,EUR\n";
        desk.import_text("products.csv", products).expect("products");
    }
    let file = desk.write("opportunities-2025-10-06.csv", text.as_bytes());
    let mut request = desk.request(&[&file]);
    let mapping = "extends = \"qbr\"\n[[table]]\nname = \"opportunities\"\nfooters = [\"Total\"]\n";
    request.mapping = Some(desk.write("ours.toml", mapping.as_bytes()));
    let report =
        desk.run(&request).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
    let told = &report.files[0];

    // Every row in one place.
    let footers = u64::from(total.is_some());
    let found = Rows {
        read: told.read - footers,
        taken: told.taken,
        rejected: told.rejected,
        repeated: told.duplicates,
        left_out: told.left_out - footers,
    };
    prop_assert_eq!(&found, &counts, "{}", text);
    prop_assert_eq!(told.read, told.taken + told.rejected + told.duplicates + told.left_out);

    // Every amount in one place.
    let mut found = Money::default();
    for account in &told.accounts {
        let currency = account.currency.clone().unwrap_or_else(|| "-".into());
        found.taken.insert(currency.clone(), account.taken);
        found.rejected.insert(currency.clone(), account.rejected);
        found.repeated.insert(currency, account.repeated);
        prop_assert!(account.disregarded.is_zero());
    }
    for unknown in report.unknown.iter().filter(|unknown| unknown.list == "products" && with_list) {
        for total in &unknown.money {
            *found.unmapped.entry(total.currency.clone()).or_default() += total.amount;
        }
    }
    for (found, expected) in [
        (found.taken, expected.taken),
        (found.rejected, expected.rejected),
        (found.repeated, expected.repeated),
        (found.unmapped, expected.unmapped),
    ] {
        prop_assert_eq!(without_nothing(found), without_nothing(expected), "{}", text);
    }
    prop_assert_eq!(told.unread_amounts, 0);

    // What is stored is what was taken, mapped and unmapped together.
    let sums = |condition: &str| {
        format!("SELECT coalesce(sum(amount), 0)::DECIMAL(28,2) FROM facts.opportunity {condition}")
    };
    let stored = desk.ask(&sums("")).rows[0][0].as_decimal();
    let taken: Decimal = told.accounts.iter().map(|account| account.taken).sum();
    prop_assert_eq!(stored, Some(taken));
    if with_list {
        let unmapped = "WHERE product_id NOT IN (SELECT product_id FROM products() WHERE product_id IS NOT NULL)";
        let mapped =
            "WHERE product_id IN (SELECT product_id FROM products()) OR product_id IS NULL";
        let parts: Decimal = [unmapped, mapped]
            .iter()
            .map(|part| desk.ask(&sums(part)).rows[0][0].as_decimal().unwrap_or_default())
            .sum();
        prop_assert_eq!(parts, taken);
    }

    // And the file's own total is told to differ by as much as it does.
    prop_assert_eq!(told.own_totals.len(), usize::from(total.is_some()));
    if let (Some(own), Some(off)) = (told.own_totals.first(), total) {
        let named = told.accounts.iter().filter(|account| account.currency.is_some()).count();
        if named <= 1 {
            prop_assert_eq!(own.difference, Some(-Decimal::new(off, 2)));
            prop_assert_eq!(own.reconciles, off == 0);
        } else {
            prop_assert_eq!(own.difference, None);
        }
    }
    Ok(())
}
