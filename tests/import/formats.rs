//! Workbooks, JSON and Parquet, from the file to the facts.

use std::path::Path;

use qbr::ingest::{FileReport, ImportError, ImportReport};
use serde_json::Value as Json;

use super::support::{Desk, day, fixture, real};

const DEALS: &str = "SELECT opportunity_id, name, state, probability, amount, created_on, close_date \
                     FROM facts.opportunity WHERE valid_to IS NULL ORDER BY 1";

/// What `fixtures/formats/make.py` writes, worked out by hand.
const EXPECTED: [&str; 3] = [
    "D1 | Müller, Süd | won | 1.0000 | 1234.56 | 2025-01-15 | 2025-03-31",
    "D2 | =cmd|' /C calc'!A0 | open | 0.2500 | 1000.00 | 2025-02-01 | 2025-12-24",
    "D3 | two\nlines | lost | 0.0000 | 0.30 | 2024-02-29 | 2025-05-01",
];

fn take(desk: &mut Desk, file: &Path, sheet: Option<&str>) -> Result<ImportReport, ImportError> {
    let mut request = desk.request(&[file]);
    request.mapping = Some(fixture("mappings/pipeline.toml"));
    request.taken_on = Some(day("2025-12-31"));
    request.sheet = sheet.map(str::to_owned);
    desk.run(&request)
}

fn format(name: &str) -> std::path::PathBuf {
    fixture("fixtures/formats").join(name)
}

fn notes(file: &FileReport) -> String {
    file.notes.join("\n")
}

#[test]
fn every_kind_of_workbook_leads_to_the_same_facts() {
    for name in ["pipeline.xlsx", "pipeline.xlsm", "pipeline.xlsb", "pipeline.xls", "pipeline.ods"]
    {
        let mut desk = Desk::new();
        let report = take(&mut desk, &format(name), None).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(desk.rows(DEALS), EXPECTED, "{name}");
        let file = &report.files[0];
        assert_eq!((file.header_line, file.sheet.as_deref()), (3, Some("Pipeline")), "{name}");
        // Rows are those of the sheet, and the total is no data.
        let reject = &file.rejects[0];
        assert_eq!((reject.line, reject.column.as_deref()), (7, Some("Phase")), "{name}");
        assert_eq!((file.read, file.taken, file.rejected, file.left_out), (5, 3, 1, 1), "{name}");
        assert!(
            notes(file).contains("row 9 is no data: Total | 2239.86"),
            "{name}: {}",
            notes(file)
        );
    }
}

#[test]
fn what_a_workbook_hides_and_how_its_cells_are_formatted_is_seen() {
    let mut desk = Desk::new();
    let report = take(&mut desk, &format("pipeline.xlsx"), None).expect("taken");
    let file = &report.files[0];
    for words in [
        "\"Pipeline\" is the one sheet of 3 whose headers fit pipeline/opportunities",
        "the workbook hides 1 rows and 1 columns",
    ] {
        assert!(notes(file).contains(words), "{}", notes(file));
    }
    let text = qbr::ingest::report::text(&report);
    assert!(text.contains("sheet \"Pipeline\", headers in row 3"), "{text}");
    assert!(text.contains("row 7, Phase"), "{text}");
}

#[test]
fn errors_and_formulas_without_a_value_are_named() {
    let mut desk = Desk::new();
    let report = take(&mut desk, &format("faults.xlsx"), None).expect("taken");
    assert_eq!(
        desk.rows("SELECT opportunity_id, amount, strategic FROM facts.opportunity ORDER BY 1"),
        ["D1 | 5.00 | true", "D2 | - | false", "D3 | - | true", "D4 | 12.00 | true"]
    );
    let file = &report.files[0];
    for words in ["#N/A in E3", "1 formulas of the workbook were never computed"] {
        assert!(notes(file).contains(words), "{}", notes(file));
    }
}

#[test]
fn of_several_sheets_that_fit_none_is_guessed() {
    let mut desk = Desk::new();
    let several = format("several.xlsx");
    match take(&mut desk, &several, None) {
        Err(error @ ImportError::SeveralSheets { .. }) => {
            let text = error.to_string();
            assert!(text.contains("\"2024\" as ") && text.contains("\"2025\" as "), "{text}");
            assert!(error.remedy().is_some_and(|remedy| remedy.contains("--sheet")));
        }
        other => panic!("{other:?}"),
    }
    // Sheet by sheet; the second is not the first again.
    for sheet in ["2024", "2025"] {
        let report = take(&mut desk, &several, Some(sheet)).expect("taken");
        assert_eq!((report.files[0].taken, report.files[0].already), (1, None), "{sheet}");
    }
    let again = take(&mut desk, &several, Some("2025")).expect("known");
    assert!(again.nothing_changed());
    match take(&mut desk, &several, Some("2026")) {
        Err(ImportError::NoSheet { known, .. }) => assert_eq!(known, ["2024", "2025"]),
        other => panic!("{other:?}"),
    }
    let csv = desk.write("deals.csv", b"Deal,Phase\n1,Won\n");
    assert!(matches!(take(&mut desk, &csv, Some("2025")), Err(ImportError::NoSheet { .. })));
}

#[test]
fn a_hidden_sheet_comes_after_those_that_are_shown() {
    let mut desk = Desk::new();
    let report = take(&mut desk, &format("one-hidden.xlsx"), None).expect("taken");
    assert_eq!(report.files[0].sheet.as_deref(), Some("2025"));
}

#[test]
fn a_workbook_of_which_no_sheet_fits_says_what_comes_nearest() {
    let mut desk = Desk::new();
    let file = format("several.xlsx");
    let request = desk.request(&[&file]);
    let error = desk.run(&request).expect_err("no preset knows it");
    assert!(error.to_string().contains("none of its 2 sheets"), "{error}");
    assert!(error.remedy().is_some());
}

const OBJECTS: [&str; 3] = [
    r#"{"Deal": "D1", "Account": {"Name": "Müller, Süd"}, "Phase": "Won", "Chance": 1.0, "Value": 1234.56, "Made": "2025-01-15", "Close": "2025-03-31T10:00:00"}"#,
    r#"{"Deal": "D2", "Account": {"Name": "=cmd|' /C calc'!A0"}, "Phase": "Open", "Chance": 0.25, "Value": 1e3, "Made": "2025-02-01", "Close": "2025-12-24T00:00:00", "Tags": []}"#,
    r#"{"Deal": "D3", "Account": {"Name": "two\nlines"}, "Phase": "Lost", "Chance": 0, "Value": 0.30, "Made": "2024-02-29", "Close": "2025-05-01T00:00:00"}"#,
];

#[test]
fn json_lines_and_a_list_lead_to_the_same_facts() {
    let bad = r#"{"Deal": "D4", "Phase": null, "Value": 5}"#;
    let lines = format!("{}\n{bad}\n", OBJECTS.join("\n"));
    let list = format!("[\n  {},\n  {bad}\n]\n", OBJECTS.join(",\n  "));
    for (name, text) in [("deals.jsonl", lines), ("deals.json", list)] {
        let mut desk = Desk::new();
        let path = desk.write(name, text.as_bytes());
        let report = take(&mut desk, &path, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(desk.rows(DEALS), EXPECTED, "{name}");
        let reject = &report.files[0].rejects[0];
        assert_eq!((reject.line, reject.column.as_deref()), (4, Some("Phase")), "{name}");
        assert!(notes(&report.files[0]).contains("\"Tags\" holds lists"), "{name}");
    }
}

#[test]
fn parquet_is_read_by_its_types() {
    let mut desk = Desk::new();
    // A path that DuckDB would take for a pattern.
    let path =
        desk.write("deals[1].parquet", &std::fs::read(format("pipeline.parquet")).expect("read"));
    let report = take(&mut desk, &path, None).expect("taken");
    assert_eq!(
        desk.rows(DEALS),
        [
            EXPECTED[0],
            "D2 | Acme | open | 0.2500 | 1000.00 | 2025-02-01 | 2025-12-24",
            "D3 | - | lost | 0.0000 | - | 2024-02-29 | 2025-05-01",
        ]
    );
    assert!(notes(&report.files[0]).contains("\"Tags\" holds lists"));
    let damaged = desk.write("cut.parquet", b"PAR1 and no more");
    assert!(matches!(take(&mut desk, &damaged, None), Err(ImportError::Damaged { .. })));
}

/// The rows of one figure of a `reference.json`, cells as text.
fn reference(figures: &Json, id: &str) -> Vec<Vec<String>> {
    let figure = figures["figures"].as_array().expect("figures").iter().find(|one| one["id"] == id);
    let cell = |cell: &Json| match cell {
        Json::Null => "-".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let rows = figure.expect("the figure")["rows"].as_array().expect("rows");
    rows.iter().map(|row| row.as_array().expect("a row").iter().map(cell).collect()).collect()
}

/// Compares numbers as numbers: 876400.0 and 876400.00 are one.
fn same(found: &[String], expected: &[Vec<String>], what: &str) {
    let tidy = |cell: &str| {
        cell.parse::<f64>().map_or_else(|_| cell.to_owned(), |number| format!("{number:.6}"))
    };
    let found: Vec<Vec<String>> =
        found.iter().map(|row| row.split(" | ").map(tidy).collect()).collect();
    let expected: Vec<Vec<String>> =
        expected.iter().map(|row| row.iter().map(|cell| tidy(cell)).collect()).collect();
    assert_eq!(found, expected, "{what}");
}

#[test]
fn a_real_workbook_gives_its_reference_figures() {
    let Some(folder) = real("dach_pipeline_xlsx") else { return };
    let text = std::fs::read_to_string(folder.join("reference.json")).expect("read");
    let figures: Json = serde_json::from_str(&text).expect("JSON");
    let mut desk = Desk::new();
    let file = folder.join("Sales_Pipeline.xlsx");
    let mut request = desk.request(&[&file]);
    request.mapping = Some(fixture("mappings/dach.toml"));
    request.taken_on = Some(day("2025-06-13"));
    let report = desk.run(&request).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((report.files[0].taken, report.rejected), (150, 0));
    assert_eq!(report.files[0].sheet.as_deref(), Some("Sales Pipeline"));
    let from = "FROM facts.opportunity";
    for (id, sql) in [
        (
            "stages",
            format!(
                "SELECT stage, count(*), sum(amount), round(sum(amount * probability), 2), \
                 min(probability), max(probability) {from} GROUP BY 1 ORDER BY 1"
            ),
        ),
        (
            "win_rate_rep",
            format!(
                "SELECT owner_id, count(*), count(*) FILTER (state = 'won'), \
                 count(*) FILTER (state = 'lost'), round(count(*) FILTER (state = 'won')::DOUBLE / \
                 count(*) FILTER (state IN ('won', 'lost')), 6), \
                 sum(amount) FILTER (state = 'won') {from} GROUP BY 1 ORDER BY 1"
            ),
        ),
        (
            "win_rate_country",
            format!(
                "SELECT region, count(*) FILTER (state = 'won'), count(*) FILTER (state = 'lost'), \
                 sum(amount) FILTER (state = 'won') {from} GROUP BY 1 ORDER BY 1"
            ),
        ),
        (
            "by_expected_close_month",
            format!(
                "SELECT date_trunc('month', close_date)::DATE, count(*), sum(amount) {from} \
                 GROUP BY 1 ORDER BY 1"
            ),
        ),
        (
            "loss_reasons",
            format!(
                "SELECT loss_reason, state = 'lost', count(*) {from} GROUP BY 1, 2 \
                 ORDER BY 3 DESC, 1"
            ),
        ),
    ] {
        same(&desk.rows(&sql), &reference(&figures, id), id);
    }
}
