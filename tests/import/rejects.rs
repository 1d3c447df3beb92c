//! What is not taken, with its line, column, value and reason.

use qbr::ingest::{ImportError, Reject};

use super::support::Desk;

const HEADER: &str = "opportunity_id,name,state,amount,currency,probability,close_date";

fn shown(rejects: &[Reject]) -> Vec<String> {
    rejects
        .iter()
        .map(|reject| {
            let column = reject.column.as_deref().unwrap_or("*");
            format!(
                "{} {column} [{}] {}",
                reject.line,
                reject.value.as_deref().unwrap_or("-"),
                reject.reason
            )
        })
        .collect()
}

#[test]
fn every_reject_names_its_line_column_value_and_reason() {
    let mut desk = Desk::new();
    let text = format!(
        "{HEADER}\n\
         A1,\"two\nlines\",open,5,EUR,0.5,2025-11-28\n\
         A2,n,lukewarm,5,EUR,0.5,2025-11-28\n\
         \n\
         A3,n,open,five,EUR,0.5,2025-11-28\n\
         A4,n,open,5,EUR,0.5,2025-13-45\n\
         A5,n,open,5,EUR,0.5,2125-01-01\n\
         A6,short,open\n\
         A7,n,open,5,Euro,0.5,2025-11-28\n\
         ,n,open,5,EUR,0.5,2025-11-28\n\
         A8,n,open,5,,0.5,2025-11-28\n\
         A9,\"never closed,open,5,EUR,0.5,2025-11-28\n\
         B1,n,won,5,EUR,0.25,2025-11-28\n\
         ,,,,,,\n\
         B2,n,open,5,EUR,-0.5,2025-11-28\n"
    );
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    let expected = [
        "4 state [lukewarm] not known; known are open, won, lost or cancelled",
        "6 amount [five] no number",
        "7 close_date [2025-13-45] no date written %Y-%m-%d",
        "8 close_date [2125-01-01] the year is not from 1990 to 2041",
        "9 * [A6,short,open] 3 fields, and the header has 7",
        "10 currency [Euro] no three-letter code of a currency",
        "11 opportunity_id [-] missing, and every row needs it",
        "12 currency [-] missing, and every row needs it",
        "13 * [A9,\"never closed,open,5,EUR,0.5,2025-11-28] a quoted text does not end where it should",
        "16 probability [-0.5] no share from 0 to 100 %",
    ];
    assert_eq!(shown(&report.files[0].rejects), expected);
    let file = &report.files[0];
    assert_eq!(
        (file.read, file.taken, file.rejected, file.duplicates, file.left_out),
        (13, 2, 10, 0, 1)
    );
    assert_eq!(desk.rows("SELECT opportunity_id FROM facts.opportunity ORDER BY 1"), ["A1", "B1"]);
    let stored = desk.rows("SELECT line || ' ' || coalesce(column_name, '*') || ' [' || coalesce(value, '-') || '] ' || reason FROM meta.reject ORDER BY line");
    assert_eq!(stored, expected);
    assert_eq!(
        desk.rows("SELECT rows_read, rows_taken, rows_rejected FROM meta.import"),
        ["13 | 2 | 10"]
    );
}

#[test]
fn lines_count_from_the_top_of_the_file_as_it_was_given() {
    let mut desk = Desk::new();
    let text = format!(
        "Report\r\n\r\n{HEADER}\r\nA1,\"a\r\nb\",open,5,EUR,0.5,2025-11-28\r\nA2,n,what,5,EUR,0.5,2025-11-28\r\n"
    );
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    assert_eq!(report.files[0].header_line, 3);
    assert_eq!(report.files[0].rejects[0].line, 6);
}

#[test]
fn repetitions_are_left_out_and_contradictions_rejected() {
    let mut desk = Desk::new();
    let text = format!(
        "{HEADER}\nA1,n,open,5,EUR,0.5,2025-11-28\nA2,n,open,5,EUR,0.5,2025-11-28\n\
         A1,n,open,5,EUR,0.5,2025-11-28\nA2,n,won,5,EUR,0.5,2025-11-28\n"
    );
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    let file = &report.files[0];
    assert_eq!((file.read, file.taken, file.rejected, file.duplicates), (4, 2, 1, 1));
    assert_eq!(
        shown(&file.rejects),
        ["5 opportunity_id [A2] line 3 has the same key and other values"]
    );
    assert_eq!(
        desk.rows("SELECT opportunity_id, state FROM facts.opportunity ORDER BY 1"),
        ["A1 | open", "A2 | open"]
    );
}

#[test]
fn an_id_that_a_spreadsheet_has_shortened_is_no_id() {
    let mut desk = Desk::new();
    let text = format!(
        "{HEADER}\n1.23457E+11,n,open,5,EUR,0.5,2025-11-28\n123456789012,n,open,5,EUR,0.5,2025-11-28\n"
    );
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    assert_eq!(
        shown(&report.files[0].rejects),
        ["2 opportunity_id [1.23457E+11] a spreadsheet has shortened this id to a number"]
    );
}

#[test]
fn a_file_of_which_nothing_can_be_taken_is_refused() {
    let mut desk = Desk::new();
    let text =
        format!("{HEADER}\nA1,n,what,5,EUR,0.5,2025-11-28\nA2,n,what,5,EUR,0.5,2025-11-28\n");
    match desk.import_text("opportunities-2025-10-06.csv", &text) {
        Err(ImportError::NothingTaken { rows: 2, reasons, .. }) => {
            assert!(reasons[0].starts_with("state: not known"), "{reasons:?}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(desk.rows("SELECT count(*) FROM meta.import"), ["0"]);
}

#[test]
fn footers_that_the_mapping_names_are_no_rejects() {
    let mut desk = Desk::new();
    let text = format!(
        "{HEADER}\nA1,n,open,5,EUR,0.5,2025-11-28\nTotal,,,5,EUR,,\n\"Copyright (c) Acme\"\n"
    );
    let file = desk.write("opportunities-2025-10-06.csv", text.as_bytes());
    let mut request = desk.request(&[&file]);
    let mapping = "extends = \"qbr\"\n[[table]]\nname = \"opportunities\"\nfooters = [\"Total\", \"Copyright\"]\n";
    request.mapping = Some(desk.write("ours.toml", mapping.as_bytes()));
    let report = desk.run(&request).expect("imported");
    assert_eq!((report.rejected, report.files[0].taken, report.files[0].left_out), (0, 1, 2));
}
