//! Values that no list knows: nothing is lost for them, and an accepted spelling holds for all rows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use qbr::domain::Period;
use qbr::ingest::{self, Author, ImportError, Wish};
use qbr::workspace::Parameters;
use rust_decimal::Decimal;

use super::support::{CATALOG, Desk, day, fixture, real};

const DEALS: &str =
    "opportunity_id,owner_id,product_id,account_id,region,state,amount,currency,close_date
A,p1,GTXPro,A1,,won,10,USD,2025-10-01
B,Pat Poe,GTX Pro,ACME Corp,Emea,won,20,USD,2025-10-02
C,nobody,Zzz,A9,,won,40,USD,2025-10-03
D,,,,,won,80,USD,2025-10-04
E,p1,GTXPro,A1,EMEA,lost,160,USD,2025-10-05
";
const PRODUCTS: &str = "product_id,name,family,list_price,currency\nGTX Pro,GTX Pro,GTX,5,USD\nMG,MG Special,MG,5,USD\n";
const PEOPLE: &str = "person_id,name,manager_id,region\np1,Pat Poe,m1,EMEA\nm1,Max May,,EMEA\n";
const ACCOUNTS: &str = "account_id,name,segment,industry,region,country
A1,Acme Inc.,Enterprise,Retail,EMEA,France
A2,Bolt,SMB,Retail,APAC,Japan
";

fn import(desk: &mut Desk) {
    desk.import_text("opportunities-2025-10-06.csv", DEALS).expect("deals");
}

fn import_lists(desk: &mut Desk) {
    for (name, text) in [("products", PRODUCTS), ("people", PEOPLE), ("accounts", ACCOUNTS)] {
        desk.import_text(&format!("{name}.csv"), text).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Won money by slice, as the win rate tells it.
fn won(desk: &mut Desk, by: &str, period: &str) -> BTreeMap<String, Decimal> {
    let period: Period = period.parse().expect("a period");
    let parameters = Parameters::new(period, day("2025-12-31")).with("by", by.into());
    let figure = &CATALOG.figures["win-rate"];
    let answer = desk.workspace.run(figure, &parameters.expect("by")).expect("the win rate").table;
    let mut out: BTreeMap<String, Decimal> = BTreeMap::new();
    for row in 0..answer.len() {
        if let Some(amount) = answer.get(row, "won_amount").as_decimal() {
            *out.entry(answer.get(row, "slice").plain()).or_default() += amount;
        }
    }
    out
}

fn slices(desk: &mut Desk, by: &str) -> Vec<String> {
    let won = won(desk, by, "2025-Q4");
    won.into_iter().map(|(slice, amount)| format!("{slice} {amount}")).collect()
}

fn wish(list: &str, theirs: &str, ours: Option<&str>) -> Wish {
    Wish { list: list.into(), theirs: theirs.into(), ours: ours.map(str::to_owned) }
}

fn author<'a>() -> Author<'a> {
    Author { name: "pat", at: DateTime::<Utc>::from_timestamp(1_767_300_000, 0).expect("a time") }
}

#[test]
fn the_total_is_the_same_whatever_the_lists_know() {
    const DIMENSIONS: [&str; 6] = ["all", "product", "owner", "manager", "region", "segment"];
    let total = |desk: &mut Desk, by: &str| won(desk, by, "2025-Q4").values().sum::<Decimal>();
    let mut desk = Desk::new();
    import(&mut desk);
    for by in DIMENSIONS {
        assert_eq!(total(&mut desk, by), Decimal::new(15_000, 2), "{by}, without lists");
    }
    import_lists(&mut desk);
    for by in DIMENSIONS {
        assert_eq!(total(&mut desk, by), Decimal::new(15_000, 2), "{by}, with lists");
    }
    assert_eq!(
        slices(&mut desk, "product"),
        ["(not set) 80.00", "GTX Pro 20.00", "GTXPro (unmapped) 10.00", "Zzz (unmapped) 40.00"]
    );
    assert_eq!(
        slices(&mut desk, "owner"),
        ["(not set) 80.00", "Pat Poe 10.00", "Pat Poe (unmapped) 20.00", "nobody (unmapped) 40.00"]
    );
    assert_eq!(
        slices(&mut desk, "manager"),
        ["(not set) 80.00", "(unmapped) 60.00", "Max May 10.00"]
    );
    assert_eq!(
        slices(&mut desk, "region"),
        ["(not set) 80.00", "(unmapped) 40.00", "EMEA 10.00", "Emea 20.00"]
    );
    assert_eq!(
        slices(&mut desk, "segment"),
        ["(not set) 80.00", "(unmapped) 60.00", "Enterprise 10.00"]
    );
}

#[test]
fn an_accepted_spelling_holds_for_rows_that_are_there_and_for_those_to_come() {
    let mut desk = Desk::new();
    import(&mut desk);
    import_lists(&mut desk);
    let facts = desk.rows("FROM facts.opportunity ORDER BY ALL");
    let wishes = [
        wish("products", "GTXPro", None),
        wish("people", "Pat Poe", Some("p1")),
        wish("accounts", "ACME Corp", None),
        wish("regions", "Emea", None),
    ];
    let accepted = ingest::accept(&mut desk.workspace, &wishes, &author(), Some("typing"));
    let accepted = accepted.unwrap_or_else(|error| panic!("{error}"));
    let shown: Vec<String> = accepted
        .iter()
        .map(|a| format!("{} {} = {} v{}", a.list, a.theirs, a.ours, a.version))
        .collect();
    assert_eq!(
        shown,
        [
            "products GTXPro = GTX Pro v1",
            "people Pat Poe = p1 v1",
            "accounts ACME Corp = A1 v1",
            "regions Emea = EMEA v1"
        ]
    );
    assert_eq!(desk.rows("FROM facts.opportunity ORDER BY ALL"), facts, "facts stay as they came");
    assert_eq!(
        slices(&mut desk, "product"),
        ["(not set) 80.00", "GTX Pro 30.00", "Zzz (unmapped) 40.00"]
    );
    assert_eq!(
        slices(&mut desk, "owner"),
        ["(not set) 80.00", "Pat Poe 30.00", "nobody (unmapped) 40.00"]
    );
    assert_eq!(slices(&mut desk, "region"), ["(not set) 80.00", "(unmapped) 40.00", "EMEA 30.00"]);
    assert_eq!(
        slices(&mut desk, "segment"),
        ["(not set) 80.00", "(unmapped) 40.00", "Enterprise 30.00"]
    );
    // Only what is really unknown is told from now on.
    let more = DEALS.replace("D,,,,,won,80", "F,p1,GTXPro,A1,,won,80");
    let report = desk.import_text("opportunities-2025-10-13.csv", &more).expect("imported");
    let keys: Vec<&str> =
        report.unknown.iter().flat_map(|u| u.most.iter().map(|key| key.key.as_str())).collect();
    assert_eq!(keys, ["Zzz", "nobody", "A9"]);
    assert_eq!(slices(&mut desk, "product"), ["GTX Pro 110.00", "Zzz (unmapped) 40.00"]);

    // Accepting again is nothing new; a withdrawal undoes it and is a version of its own.
    let again = ingest::accept(&mut desk.workspace, &wishes, &author(), None).expect("accepted");
    assert!(again.is_empty());
    ingest::withdraw(&mut desk.workspace, "products", "GTXPro", &author(), None)
        .expect("withdrawn");
    assert_eq!(
        slices(&mut desk, "product"),
        ["GTX Pro 20.00", "GTXPro (unmapped) 90.00", "Zzz (unmapped) 40.00"]
    );
    assert_eq!(
        desk.rows(
            "SELECT theirs, ours, active, version, author, reason FROM settings.alias
             WHERE column_name = 'product_id' ORDER BY version"
        ),
        ["GTXPro | GTX Pro | true | 1 | pat | typing", "GTXPro | GTX Pro | false | 2 | pat | -"]
    );
    let kept = ingest::aliases(&mut desk.workspace, false).expect("aliases");
    assert_eq!(kept.len(), 3);
    assert_eq!(ingest::aliases(&mut desk.workspace, true).expect("aliases").len(), 5);
}

#[test]
fn only_mere_spellings_are_taken_without_asking() {
    let mut desk = Desk::new();
    import(&mut desk);
    import_lists(&mut desk);
    let unknown = ingest::unknown(&mut desk.workspace).expect("unknown keys");
    let mut wishes: Vec<String> =
        ingest::mere_spellings(&unknown).into_iter().map(|wish| wish.theirs).collect();
    wishes.sort();
    // "ACME Corp" and "Acme Inc." differ in more than spelling.
    assert_eq!(wishes, ["Emea", "GTXPro", "Pat Poe"]);
}

#[test]
fn what_makes_no_sense_is_not_accepted() {
    let mut desk = Desk::new();
    import(&mut desk);
    import_lists(&mut desk);
    let mut told = |wish: Wish| -> String {
        let refused = ingest::accept(&mut desk.workspace, &[wish], &author(), None);
        refused.expect_err("refused").to_string()
    };
    assert_eq!(
        told(wish("products", "MG", Some("GTX Pro"))),
        "\"MG\" is a known product itself: its rows would change their meaning"
    );
    assert_eq!(
        told(wish("products", "GTXPro", Some("GTXpro"))),
        "\"GTXpro\" is no product that is known; the nearest is \"GTX Pro\""
    );
    assert_eq!(told(wish("products", "Zzz", None)), "no known product is near \"Zzz\"");
    assert!(
        told(wish("planets", "Zzz", None))
            .starts_with("there is no list \"planets\"; there are products")
    );
    // All of a call or nothing.
    let both = [wish("products", "GTXPro", None), wish("products", "Zzz", None)];
    let refused = ingest::accept(&mut desk.workspace, &both, &author(), None);
    assert!(matches!(refused, Err(ImportError::NothingNear { .. })));
    assert_eq!(desk.rows("SELECT count(*) FROM settings.alias"), ["0"]);
    let refused = ingest::withdraw(&mut desk.workspace, "products", "GTXPro", &author(), None);
    assert_eq!(
        refused.expect_err("refused").to_string(),
        "\"GTXPro\" is not accepted as a spelling of any product"
    );
}

/// The preset without the spelling that it knows.
fn plain_maven(desk: &Desk) -> std::path::PathBuf {
    let preset = std::fs::read_to_string(fixture("../../presets/maven.toml")).expect("the preset");
    let (before, after) = preset.split_once("[table.aliases.product_id]").expect("aliases");
    let after = after.split_once("\n\n").map_or("", |(_, after)| after);
    desk.write("plain.toml", format!("{before}\n{after}").as_bytes())
}

fn check_maven(folder: &std::path::Path, rows: u64, money: &str, period: &str) {
    let mut desk = Desk::new();
    let mapping = plain_maven(&desk);
    let files = ["sales_pipeline.csv", "products.csv", "sales_teams.csv"];
    let files = files.map(|name| folder.join(name));
    let files: Vec<&std::path::Path> = files.iter().map(|file| file.as_path()).collect();
    let mut request = desk.request(&files);
    request.mapping = Some(mapping);
    let report = desk.run(&request).unwrap_or_else(|error| panic!("{error}"));
    let products = report.unknown.iter().find(|unknown| unknown.list == "products");
    let products = products.expect("unknown products");
    assert_eq!((products.keys, products.rows), (1, rows));
    let key = &products.most[0];
    assert_eq!(key.key, "GTXPro");
    let near = key.nearest.as_ref().expect("a nearest one");
    assert_eq!((near.key.as_str(), near.likeness), ("GTX Pro", ingest::Likeness::Spelling));
    let won_money = key.money.iter().find(|total| total.state.as_deref() == Some("won"));
    assert_eq!(won_money.map(|total| total.amount.to_string()).as_deref(), Some(money));
    let before = won(&mut desk, "product", period);
    ingest::accept(&mut desk.workspace, &ingest::mere_spellings(&report.unknown), &author(), None)
        .expect("accepted");
    let after = won(&mut desk, "product", period);
    assert_eq!(before.values().sum::<Decimal>(), after.values().sum::<Decimal>());
    assert_eq!(before.get("GTXPro (unmapped)"), after.get("GTX Pro"));
    assert!(!after.keys().any(|slice| slice.contains("unmapped")), "{after:?}");
}

#[test]
fn a_product_that_is_written_otherwise_in_a_third_of_the_deals_is_found() {
    // Of the three deals with it in the fixture one is won.
    let desk_money = {
        let mut desk = Desk::new();
        desk.import(&[&fixture("fixtures/maven/sales_pipeline.csv")]);
        desk.rows("SELECT sum(amount) FROM facts.opportunity WHERE product_id = 'GTX Pro' AND state = 'won'")
    };
    check_maven(&fixture("fixtures/maven"), 3, &desk_money[0], "all");
    let Some(folder) = real("maven_crm") else { return };
    check_maven(&folder, 1480, "3510578.00", "all");
}

#[test]
fn lists_of_other_tables_are_checked_too() {
    let mut desk = Desk::new();
    import_lists(&mut desk);
    let targets = "period,owner_id,product_id,amount,currency\n2025-Q4,p1,MG,100,USD\n2025-Q4,p7,M G,50,USD\n";
    let report = desk.import_text("targets.csv", targets).expect("imported");
    let shown: Vec<String> = report
        .unknown
        .iter()
        .map(|u| {
            let money: Vec<String> =
                u.money.iter().map(|t| format!("{} {}", t.amount, t.currency)).collect();
            format!("{}.{} {} {:?}", u.table, u.column, u.list, money)
        })
        .collect();
    assert_eq!(
        shown,
        ["targets.product_id products [\"50.00 USD\"]", "targets.owner_id people [\"50.00 USD\"]"]
    );
}
