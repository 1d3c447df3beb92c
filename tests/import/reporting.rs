//! The closing report: what it says, and that a dry run writes nothing.

use std::path::Path;

use qbr::ingest;

use super::support::{CATALOG, Desk, day, fixture};

const HEADER: &str = "opportunity_id,owner_id,product_id,state,amount,currency,close_date";

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let folder = fixture("fixtures/maven");
    let files = ["sales_pipeline.csv", "products.csv"].map(|name| folder.join(name));
    let files: Vec<&Path> = files.iter().map(|file| file.as_path()).collect();
    let mut desk = Desk::new();
    let request = desk.request(&files);
    let before = std::fs::read(desk.workspace.path()).expect("the file");
    let path = desk.workspace.path().to_owned();
    let (_folder, mut read_only) = desk.reopen_read_only();
    let dry = ingest::import(
        &mut read_only,
        &CATALOG,
        &ingest::ImportRequest { dry_run: true, ..request.clone() },
    );
    let dry = dry.expect("tried");
    assert_eq!(std::fs::read(&path).expect("the file"), before);
    let refused = ingest::import(&mut read_only, &CATALOG, &request).expect_err("read only");
    assert!(refused.workspace().is_some());
    read_only.close();

    let mut desk = Desk::new();
    let request = desk.request(&files);
    let wet = desk.run(&request).expect("imported");
    let json = |report: &ingest::ImportReport| {
        let mut json = serde_json::to_value(report).expect("JSON");
        json["dry_run"] = false.into();
        for file in json["files"].as_array_mut().expect("files") {
            file["import_id"] = serde_json::Value::Null;
            // What is shown besides, to a person who has still to decide.
            file.as_object_mut().expect("a file").remove("rows");
            for column in file["columns"].as_array_mut().expect("columns") {
                if column["taken_for"].as_array().is_some_and(Vec::is_empty) {
                    column["samples"] = serde_json::Value::Null;
                }
            }
        }
        json
    };
    assert!(dry.dry_run && !wet.dry_run);
    assert_eq!(json(&dry), json(&wet));
    assert!(ingest::report::text(&dry).contains("Dry run: nothing was written."));
}

#[test]
fn totals_are_those_of_the_file_per_currency_and_state() {
    let mut desk = Desk::new();
    let text = format!(
        "{HEADER}\nA,p,x,open,10.50,EUR,2025-11-01\nB,p,x,open,1.50,EUR,2025-11-01\nC,p,x,won,100,USD,2025-10-01\nD,p,x,open,,USD,2025-11-01\n"
    );
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    let totals: Vec<String> = report.files[0]
        .totals
        .iter()
        .map(|total| {
            format!(
                "{} {} {} {}",
                total.currency,
                total.state.as_deref().unwrap_or("-"),
                total.rows,
                total.amount
            )
        })
        .collect();
    assert_eq!(totals, ["EUR open 2 12.00", "USD won 1 100.00"]);
}

#[test]
fn unknown_keys_are_counted_and_the_nearest_known_one_is_offered() {
    let mut desk = Desk::new();
    desk.import_text(
        "products.csv",
        "product_id,name,family,list_price,currency\nGTX Pro,GTX Pro,GTX,5,USD\nMG,MG,MG,5,USD\n",
    )
    .expect("imported");
    desk.import_text("people.csv", "person_id,name,manager_id,region\np1,Pat Poe,m1,EMEA\n")
        .expect("imported");
    let text = format!(
        "{HEADER}\nA,Pat Poe,GTXPro,open,10,USD,2025-11-01\nB,p1,GTXPro,won,5,USD,2025-10-01\nC,p1,Nothing like it,won,5,USD,2025-10-01\n"
    );
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    let unknown: Vec<String> = report
        .unknown
        .iter()
        .flat_map(|of_column| {
            of_column.most.iter().map(|key| {
                let money = key.money.iter().map(|total| {
                    let state = total.state.as_deref().unwrap_or("-");
                    format!("{} {} {state}", total.amount, total.currency)
                });
                let money = money.collect::<Vec<_>>().join(", ");
                let near = key.nearest.as_ref();
                let near = near.map(|near| format!("{} {:?}", near.key, near.likeness));
                let near = near.unwrap_or_else(|| "-".into());
                format!("{}: {}, {} rows, {money}, {near}", of_column.list, key.key, key.rows)
            })
        })
        .collect();
    assert_eq!(
        unknown,
        [
            "products: GTXPro, 2 rows, 10.00 USD open, 5.00 USD won, GTX Pro Spelling",
            "products: Nothing like it, 1 rows, 5.00 USD won, -",
            "people: Pat Poe, 1 rows, 10.00 USD open, p1 Name",
        ]
    );
    let words = ingest::report::text(&report);
    for line in [
        "opportunities name 2 products on no list: 3 rows, 10.00 USD open, 10.00 USD won\n",
        "  GTXPro: 2 rows, 10.00 USD open, 5.00 USD won; meant GTX Pro? differs in case,\n",
        "  Pat Poe: 1 row, 10.00 USD open; meant p1 (Pat Poe)? its name\n",
        "To take them for",
    ] {
        assert!(words.contains(line), "{line}: {words}");
    }
    assert_eq!(desk.rows("SELECT count(*) FROM facts.opportunity"), ["3"]);
}

#[test]
fn regions_of_costs_are_looked_up_as_those_of_deals_are() {
    let mut desk = Desk::new();
    desk.import_text("people.csv", "person_id,name,region\np1,Pat Poe,EMEA\n").expect("imported");
    let costs = "period,kind,region,amount,currency\n\
                 2025-Q4,travel,Emea,70,USD\n2025-Q4,travel,EMEA,5,USD\n2025-Q4,other,,9,USD\n";
    let report = desk.import_text("costs.csv", costs).expect("imported");
    let words = ingest::report::text(&report);
    for line in [
        "costs name 1 region on no list: 1 row, 70.00 USD\n",
        "  Emea: 1 row, 70.00 USD; meant EMEA? differs in case,",
    ] {
        assert!(words.contains(line), "{line}: {words}");
    }
}

#[test]
fn what_the_data_cannot_answer_is_said_and_why() {
    let mut desk = Desk::new();
    let text = format!("{HEADER}\nA,p,x,open,,USD,2025-11-01\nB,p,x,won,5,USD,2025-10-01\n");
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    let because: Vec<&str> = report.cannot_answer.iter().map(|gap| gap.because.as_str()).collect();
    for expected in [
        "no targets have been imported",
        "no forecasts have been imported",
        "there is one snapshot, and a bridge leads from one to another",
        "no open deal has an amount",
    ] {
        assert!(because.contains(&expected), "{expected}: {because:?}");
    }
    let text = ingest::report::text(&report);
    assert!(text.contains("This data cannot answer:"), "{text}");
    let report =
        desk.import_text("opportunities-2025-10-13.csv", &text_with_amount()).expect("imported");
    let because: Vec<&str> = report.cannot_answer.iter().map(|gap| gap.because.as_str()).collect();
    assert!(
        !because.iter().any(|because| because.contains("snapshot") || because.contains("amount")),
        "{because:?}"
    );
}

fn text_with_amount() -> String {
    format!("{HEADER}\nA,p,x,open,7,USD,2025-11-01\nB,p,x,won,5,USD,2025-10-01\n")
}

#[test]
fn a_partial_export_is_warned_about() {
    let mut desk = Desk::new();
    let row = |id: u32| format!("O{id},p,x,open,7,USD,2025-11-01\n");
    let all: String = (0..10).map(row).collect();
    let some: String = (0..7).map(row).collect();
    desk.import_text("opportunities-2025-10-06.csv", &format!("{HEADER}\n{all}"))
        .expect("imported");
    let report = desk
        .import_text("opportunities-2025-10-13.csv", &format!("{HEADER}\n{some}"))
        .expect("imported");
    assert_eq!(report.changes[0].changes.vanished_open, 3);
    assert!(report.warnings[0].contains("3 of 10 open opportunities"), "{:?}", report.warnings);
}

#[test]
fn each_import_is_logged_with_its_report() {
    let mut desk = Desk::new();
    desk.import_text("opportunities-2025-10-06.csv", &text_with_amount()).expect("imported");
    assert_eq!(
        desk.rows("SELECT import_id, table_name, file_name, preset, taken_on, imported_by, rows_taken, length(file_hash) FROM meta.import"),
        ["1 | opportunities | opportunities-2025-10-06.csv | qbr | 2025-10-06 | pat | 2 | 64"]
    );
    let report = desk.rows("SELECT report FROM meta.import");
    let report: serde_json::Value = serde_json::from_str(&report[0]).expect("JSON");
    let file = &report["files"][0];
    assert_eq!(file["totals"][0]["amount"], "7.00");
    assert_eq!(file["taken_on"], day("2025-10-06").to_string());
    assert_eq!(
        desk.rows(
            "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name LIKE 'ingest%'"
        ),
        ["0"]
    );
}

#[test]
fn the_closing_report_can_be_read_again() {
    let mut desk = Desk::new();
    let deals = format!("{HEADER}\nA,p,x,open,7,USD,2025-11-01\nB,p,x,what,5,USD,2025-10-01\n");
    let products = "product_id,name,family,list_price,currency\nx,X,F,5,USD\n";
    let files = [
        desk.write("opportunities-2025-10-06.csv", deals.as_bytes()),
        desk.write("products.csv", products.as_bytes()),
    ];
    let report = desk.import(&[&files[0], &files[1]]);
    let kept = ingest::imports(&mut desk.workspace).expect("the log");
    let shown: Vec<String> = kept
        .iter()
        .map(|kept| {
            let (id, file, read) = (kept.import_id, &kept.file, kept.read);
            format!("{id} {file} {read} {} {}", kept.taken, kept.rejected)
        })
        .collect();
    assert_eq!(shown, ["2 opportunities-2025-10-06.csv 2 1 1", "1 products.csv 1 1 0"]);
    // Each with its own file, and with what the workspace knew at the end.
    let json = |report: &ingest::ImportReport| serde_json::to_value(report).expect("JSON");
    let again = ingest::kept_report(&mut desk.workspace, 2).expect("the report");
    assert_eq!(json(&again)["files"][0], json(&report)["files"][0]);
    assert_eq!(again.files.len(), 1);
    assert_eq!(again.rejected, 1);
    assert_eq!(json(&again)["cannot_answer"], json(&report)["cannot_answer"]);
    assert_eq!(again.changes.len(), 1);
    let words = ingest::report::text(&again);
    assert!(
        words.contains("1 row rejected; qbr imports WORKSPACE 2 --rejects lists them."),
        "{words}"
    );
    let rejects = ingest::rejects(&mut desk.workspace, 2).expect("rejects");
    assert_eq!(rejects, report.files[0].rejects);
    let error = ingest::kept_report(&mut desk.workspace, 7).expect_err("none");
    assert_eq!(error.to_string(), "there is no import 7; the newest is 2");
}

#[test]
fn what_can_be_answered_is_what_nothing_is_missing_for() {
    let mut desk = Desk::new();
    let report =
        desk.import_text("opportunities-2025-10-06.csv", &text_with_amount()).expect("imported");
    assert!(report.can_answer.contains_key("win-rate"), "{:?}", report.can_answer);
    assert!(!report.can_answer.contains_key("attainment"), "{:?}", report.can_answer);
    let lacking = report.cannot_answer.iter().flat_map(|gap| &gap.figures);
    let all: std::collections::BTreeSet<&String> =
        report.can_answer.keys().chain(lacking).collect();
    assert_eq!(all.len(), CATALOG.figures.len());
}

#[test]
fn the_words_fit_a_terminal_of_eighty_columns() {
    let mut desk = Desk::new();
    let report =
        desk.import_text("opportunities-2025-10-06.csv", &text_with_amount()).expect("imported");
    let words = ingest::report::text(&report);
    for line in words.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_dry_run_shows_every_column_before_and_after() {
    let mut desk = Desk::new();
    let file = desk.write(
        "opportunities-2025-10-06.csv",
        format!("{HEADER},Remarks\nA,p,x,open,\"1,250.50\",EUR,31/12/2025,call back\n").as_bytes(),
    );
    let mut request = desk.request(&[&file]);
    request.dry_run = true;
    let report = desk.run(&request).expect("tried");
    let text = ingest::report::text(&report);
    for line in [
        "  amount is amount (the preset qbr says so), read as decimal point",
        "    \"1,250.50\" becomes 1250.50",
        "    \"31/12/2025\" becomes 2025-12-31",
        "  Remarks is not used: \"call back\"",
    ] {
        assert!(text.lines().any(|shown| shown.starts_with(line)), "{line}:\n{text}");
    }
    let json = serde_json::to_value(&report).expect("JSON");
    let columns = json["files"][0]["columns"].as_array().expect("columns");
    assert_eq!(columns.len(), 8);
    assert_eq!(columns[4]["samples"][0]["after"], "1250.50");
    assert_eq!(json["files"][0]["rows"][0]["after"]["close_date"], "2025-12-31");
    assert_eq!(json["files"][0]["rows"][0]["before"][7], "call back");
}
