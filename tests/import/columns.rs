//! How columns are read, by the evidence of all their values.

use qbr::ingest::{ImportError, ImportReport, Unclear, What};
use qbr::workspace::CreateOptions;

use super::support::Desk;

/// Imports opportunities with one column of the given name and values.
fn column(desk: &mut Desk, name: &str, values: &[&str]) -> Result<ImportReport, ImportError> {
    let mut text = format!("opportunity_id;state;currency;{name}\n");
    for (place, value) in values.iter().enumerate() {
        text += &format!("A{place};open;EUR;{value}\n");
    }
    let file = desk.write("opportunities-2025-10-06.csv", text.as_bytes());
    let mut request = desk.request(&[&file]);
    request.table = Some("opportunities".into());
    request.preset = Some("qbr".into());
    desk.run(&request)
}

fn read(name: &str, values: &[&str]) -> Vec<String> {
    let mut desk = Desk::new();
    column(&mut desk, name, values).unwrap_or_else(|error| panic!("{values:?}: {error}"));
    desk.rows(&format!("SELECT {name} FROM facts.opportunity ORDER BY opportunity_id"))
}

fn unclear(name: &str, values: &[&str]) -> Unclear {
    let mut desk = Desk::new();
    match column(&mut desk, name, values) {
        Err(ImportError::Unclear(unclear)) => *unclear,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("clear: {values:?}"),
    }
}

#[test]
fn amounts_are_read_as_they_are_written() {
    for (values, expected) in [
        (&["1234.5", "7"][..], &["1234.50", "7.00"][..]),
        (&["$1,234.50", "$1,234"], &["1234.50", "1234.00"]),
        (&["1.234,50", "1.234"], &["1234.50", "1234.00"]),
        (&["1.234,50 €", "-0,50 €"], &["1234.50", "-0.50"]),
        (&["(500)", "500-", "-500", "−500"], &["-500.00", "-500.00", "-500.00", "-500.00"]),
        (
            &["45k", "1.2M", "3 Mio", "0.5bn"],
            &["45000.00", "1200000.00", "3000000.00", "500000000.00"],
        ),
        (&["EUR 1,000.00", "1,000.00 EUR"], &["1000.00", "1000.00"]),
        (&["1'234.50", "12"], &["1234.50", "12.00"]),
        (&["1\u{a0}234,50", "12"], &["1234.50", "12.00"]),
        (&[".5", "2.25"], &["0.50", "2.25"]),
        (&["12,500", "950", "1,100"], &["12500.00", "950.00", "1100.00"]),
        (&["0", "", "N/A", "-"], &["0.00", "-", "-", "-"]),
        // Plain ones, which take a shorter way: rounded once, and as long as an amount may be.
        (
            &["12345678901.25", "0.005", "+7", "-0.014", "0.00499999999", "9999999999999999.99"],
            &["12345678901.25", "0.01", "7.00", "-0.01", "0.00", "9999999999999999.99"],
        ),
    ] {
        // A dollar sign beside the code EUR is no amount in EUR.
        let values: Vec<String> = values.iter().map(|value| value.replace('$', "€")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        assert_eq!(read("amount", &values), expected, "{values:?}");
    }
}

#[test]
fn a_mark_that_can_be_either_stops_the_import() {
    let unclear = unclear("amount", &["1.234", "2.345"]);
    assert!(matches!(unclear.what, What::Decimal { .. }));
    let error = ImportError::Unclear(Box::new(unclear));
    assert!(error.to_string().contains("1234 or as 1.234"), "{error}");
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("decimal = \",\"")));
}

#[test]
fn the_line_of_the_remedy_settles_it() {
    let mut desk = Desk::new();
    let file = desk.write(
        "opportunities-2025-10-06.csv",
        b"opportunity_id;state;currency;amount;close_date\nA1;open;EUR;1.234;03/04/2025\n",
    );
    let mapping = desk.write(
        "ours.toml",
        b"extends = \"qbr\"\n[[table]]\nname = \"opportunities\"\ndecimal = \",\"\n[table.columns]\n\
          close_date = { column = \"close_date\", date = \"%d/%m/%Y\" }\n",
    );
    let mut request = desk.request(&[&file]);
    assert!(matches!(desk.run(&request), Err(ImportError::Unclear(_))));
    request.mapping = Some(mapping);
    desk.run(&request).expect("imported");
    assert_eq!(
        desk.rows("SELECT amount, close_date FROM facts.opportunity"),
        ["1234.00 | 2025-04-03"]
    );
}

#[test]
fn dates_have_one_way_of_writing() {
    for (values, expected) in [
        (&["20-10-2016", "01-03-2017"][..], &["2016-10-20", "2017-03-01"][..]),
        (&["10/20/2016", "3/1/2017"], &["2016-10-20", "2017-03-01"]),
        (&["20.10.16", "1.3.17"], &["2016-10-20", "2017-03-01"]),
        (&["2016-10-20T23:59:00.000Z", "2017-03-01T00:00:00.000Z"], &["2016-10-20", "2017-03-01"]),
        (&["10/20/2016, 9:05 AM", "3/1/2017, 11:10 PM"], &["2016-10-20", "2017-03-01"]),
        (&["Oct 20, 2016", "Mar 1, 2017"], &["2016-10-20", "2017-03-01"]),
        (&["20 October 2016", "1 March 2017"], &["2016-10-20", "2017-03-01"]),
        (&["42663", "42795"], &["2016-10-20", "2017-03-01"]),
        (&["20161020", "20170301"], &["2016-10-20", "2017-03-01"]),
        (&["2016-10-20", "none"], &["2016-10-20", "-"]),
    ] {
        assert_eq!(read("close_date", values), expected, "{values:?}");
    }
}

#[test]
fn a_date_that_can_be_either_stops_the_import() {
    let unclear = unclear("close_date", &["03/04/2025", "05/06/2025"]);
    let error = ImportError::Unclear(Box::new(unclear));
    let message = error.to_string();
    for part in ["close_date", "3 April 2025 (%d/%m/%Y)", "4 March 2025 (%m/%d/%Y)"] {
        assert!(message.contains(part), "{message}");
    }
    let remedy = error.remedy().expect("a remedy");
    assert!(remedy.contains("{ column = \"close_date\", date = \"%d/%m/%Y\" }"), "{remedy}");
}

#[test]
fn two_ways_of_writing_dates_in_one_column_stop_the_import() {
    let unclear = unclear("close_date", &["25/03/2025", "03/25/2025", "01/02/2025"]);
    assert!(matches!(unclear.what, What::DateMixed { .. }));
}

#[test]
fn probabilities_are_shares_by_the_evidence_of_the_column() {
    for values in
        [&["70", "5"][..], &["0.7", "0.05"], &["70%", "5%"], &["70 %", "5 %"], &["0,7", "0,05"]]
    {
        assert_eq!(read("probability", values), ["0.7000", "0.0500"], "{values:?}");
    }
    assert!(matches!(unclear("probability", &["0", "1"]).what, What::Percent { .. }));
    assert!(matches!(unclear("probability", &["0.5", "70"]).what, What::Percent { .. }));
}

#[test]
fn money_without_a_currency_is_refused_unless_the_mapping_says_which() {
    let options = CreateOptions { currency: "CHF".into(), ..CreateOptions::default() };
    let mut desk = Desk::with(&options);
    let file = desk.write(
        "opportunities-2025-10-06.csv",
        b"opportunity_id,state,amount,stage\nA1,open,5,Early\n",
    );
    let mut request = desk.request(&[&file]);
    match desk.run(&request) {
        Err(error @ ImportError::CurrencyMissing { .. }) => {
            assert!(
                error.remedy().is_some_and(|remedy| remedy.contains("currency = \"workspace\""))
            );
        }
        other => panic!("{other:?}"),
    }
    let mapping = |code: &str| {
        format!("extends = \"qbr\"\n[[table]]\nname = \"opportunities\"\ncurrency = \"{code}\"\n")
    };
    for (code, expected) in [("workspace", "CHF"), ("EUR", "EUR")] {
        request.mapping = Some(desk.write("ours.toml", mapping(code).as_bytes()));
        request.at += chrono::Duration::days(1);
        request.taken_on = Some(request.at.date_naive());
        desk.run(&request).expect("imported");
        assert_eq!(
            desk.rows("SELECT currency FROM facts.opportunity WHERE valid_to IS NULL"),
            [expected]
        );
    }
}

#[test]
fn an_amount_in_another_currency_than_its_row_is_rejected() {
    let mut desk = Desk::new();
    let report =
        column(&mut desk, "amount", &["€1.00", "$1.00", "1.00 CHF", "2.50"]).expect("imported");
    assert_eq!(report.rejected, 2);
    assert_eq!(desk.rows("SELECT amount FROM facts.opportunity ORDER BY 1"), ["1.00", "2.50"]);
}

#[test]
fn outer_blanks_do_not_count() {
    let mut desk = Desk::new();
    let text =
        "opportunity_id, State ,currency,amount,region\n A1 ,\u{a0}Open,eur , 5.00,\" EMEA \"\n";
    desk.import_text("opportunities-2025-10-06.csv", text).expect("imported");
    assert_eq!(
        desk.rows("SELECT opportunity_id, state, currency, amount, region FROM facts.opportunity"),
        ["A1 | open | EUR | 5.00 | EMEA"]
    );
}

#[test]
fn amounts_are_rounded_to_cents_and_it_is_said() {
    let mut desk = Desk::new();
    let report = column(&mut desk, "amount", &["1.005", "1100.04", "7.50"]).expect("imported");
    assert!(report.files[0].notes.iter().any(|note| note.contains("1 amounts are rounded")));
}
