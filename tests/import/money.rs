//! Where every row and every amount went, and what the file itself says it comes to.

use super::support::Desk;

const HEADER: &str = "opportunity_id,owner_id,product_id,state,amount,currency,close_date";

/// Accounts of the first file: currency, taken, rejected, repeated, disregarded.
fn accounts(report: &qbr::ingest::ImportReport) -> Vec<String> {
    let shown = report.files[0].accounts.iter().map(|account| {
        format!(
            "{} {} {} {} {}",
            account.currency.as_deref().unwrap_or("-"),
            account.taken,
            account.rejected,
            account.repeated,
            account.disregarded
        )
    });
    shown.collect()
}

#[test]
fn rejected_and_repeated_money_is_told_by_currency() {
    let mut desk = Desk::new();
    let text = format!(
        "{HEADER}\n\
         A,p,x,open,10.50,EUR,2025-11-01\n\
         B,p,x,won,100,USD,2025-10-01\n\
         C,p,x,lukewarm,7.25,EUR,2025-11-01\n\
         D,p,x,open,3,Euro,2025-11-01\n\
         E,p,x,open,five,EUR,2025-11-01\n\
         A,p,x,open,10.50,EUR,2025-11-01\n\
         B,p,x,won,101,USD,2025-10-01\n"
    );
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    // C, D (no currency that is one) and the second B are rejected, E's amount is none.
    assert_eq!(
        accounts(&report),
        ["- 0 3.00 0 0", "EUR 10.50 7.25 10.50 0", "USD 100.00 101.00 0 0"]
    );
    assert_eq!(report.files[0].unread_amounts, 1);
    let words = qbr::ingest::report::text(&report);
    for line in [
        "  not taken: 7.25 EUR rejected, 10.50 EUR in exact repetitions\n",
        "  not taken: 101.00 USD rejected\n",
        "  1 of the rejected rows have an amount that cannot be read\n",
    ] {
        assert!(words.contains(line), "{line}: {words}");
    }
}

#[test]
fn amounts_that_the_preset_does_not_ask_for_are_counted() {
    let mut desk = Desk::new();
    let text = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n\
                A,p,x,c,Won,2017-01-05,2017-03-01,100\n\
                B,p,x,c,Engaging,2017-01-05,,40\n";
    let report = desk.import_text("sales_pipeline.csv", text).expect("imported");
    assert_eq!(accounts(&report), ["USD 100.00 0 0 40.00"]);
}

fn with_footers(desk: &mut Desk, rows: &str) -> qbr::ingest::ImportReport {
    let text = format!("{HEADER}\n{rows}");
    let file = desk.write("opportunities-2025-10-06.csv", text.as_bytes());
    let mapping = "extends = \"qbr\"\n[[table]]\nname = \"opportunities\"\nfooters = [\"Total\", \"Grand Total\", \"Confidential\"]\n";
    let mut request = desk.request(&[&file]);
    request.mapping = Some(desk.write("ours.toml", mapping.as_bytes()));
    desk.run(&request).expect("imported")
}

#[test]
fn the_files_own_total_is_held_against_its_rows() {
    let mut desk = Desk::new();
    let rows = "A,p,x,open,10.50,EUR,2025-11-01\nB,p,x,won,1000,EUR,2025-10-01\n\
                C,p,x,what,5,EUR,2025-10-01\nTotal,,,,\"1,015.50\",,\n\
                Grand Totals (3 records)\nConfidential Information - Do Not Distribute\n";
    let report = with_footers(&mut desk, rows);
    let own = &report.files[0].own_totals;
    assert_eq!(own.len(), 2);
    assert!(own.iter().all(|own| own.reconciles), "{own:?}");
    assert_eq!(
        (own[0].own.amount.map(|a| a.to_string()).as_deref(), own[1].own.records),
        (Some("1015.50"), Some(3))
    );
    let words = qbr::ingest::report::text(&report);
    assert!(words.contains("the file's own \"Total\": 1,015.50, as its rows"), "{words}");
    assert!(words.contains("3 records, as counted"), "{words}");
}

#[test]
fn a_total_that_differs_is_told_with_the_difference() {
    let mut desk = Desk::new();
    let rows = "A,p,x,open,10.50,EUR,2025-11-01\nB,p,x,won,1000,EUR,2025-10-01\n\
                Total,,,,1010.75,,\nGrand Totals (4 records)\n";
    let report = with_footers(&mut desk, rows);
    let own = &report.files[0].own_totals;
    assert!(own.iter().all(|own| !own.reconciles), "{own:?}");
    assert_eq!(own[0].difference.map(|d| d.to_string()).as_deref(), Some("-0.25"));
    let words = qbr::ingest::report::text(&report);
    assert!(words.contains("but its rows come to 1,010.50, 0.25 less"), "{words}");
    assert!(words.contains("4 records, but 2 were counted"), "{words}");
}

#[test]
fn a_total_over_several_currencies_is_not_compared() {
    let mut desk = Desk::new();
    let rows = "A,p,x,open,10,EUR,2025-11-01\nB,p,x,won,10,USD,2025-10-01\nTotal,,,,20,,\n";
    let report = with_footers(&mut desk, rows);
    let own = &report.files[0].own_totals[0];
    assert_eq!((own.reconciles, own.difference), (false, None));
}
