//! Files that are not one row per fact under one header: without a header,
//! with a column for each month, with first days of periods only.

use std::path::Path;

use super::support::{Desk, fixture, real};
use qbr::ingest::{ImportError, ImportReport};

/// Writes a file and a mapping, and imports by it.
fn import(
    desk: &mut Desk,
    name: &str,
    bytes: &[u8],
    mapping: &str,
) -> Result<ImportReport, ImportError> {
    let file = desk.write(name, bytes);
    let mapping = desk.write("mapping.toml", mapping.as_bytes());
    by(desk, &file, &mapping)
}

fn by(desk: &mut Desk, file: &Path, mapping: &Path) -> Result<ImportReport, ImportError> {
    let mut request = desk.request(&[file]);
    request.mapping = Some(mapping.to_owned());
    desk.run(&request)
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

const TARGETS: &str =
    "SELECT owner_id, period_start, period_end, amount FROM facts.target ORDER BY ALL";

#[test]
fn a_cell_of_a_wide_file_is_a_row_and_an_empty_one_is_none() {
    let mapping = std::fs::read_to_string(fixture("mappings/wide-months.toml")).expect("a mapping");
    let text =
        "Year,EmployeeID,M01,M02,M03\r\n2019,E1,10,-,2.5\r\n2019,E2,,7,\r\n2020,E1,x,(1),-\r\n";
    let mut desk = Desk::new();
    let report = import(&mut desk, "targets.csv", &utf16(text), &mapping).expect("imported");
    let file = &report.files[0];
    assert_eq!((file.read, file.taken, file.rejected, file.left_out), (9, 4, 1, 4));
    assert_eq!(
        desk.rows(TARGETS),
        [
            "E1 | 2019-01-01 | 2019-01-31 | 10000.00",
            "E1 | 2019-03-01 | 2019-03-31 | 2500.00",
            "E1 | 2020-02-01 | 2020-02-29 | -1000.00",
            "E2 | 2019-02-01 | 2019-02-28 | 7000.00",
        ]
    );
    let reject = &file.rejects[0];
    assert_eq!((reject.line, reject.column.as_deref()), (4, Some("M01 … M03")));
    assert_eq!(reject.value.as_deref(), Some("x"));
}

const QUOTAS: &str = "E1|2025-01-01|10\nE2|2025-02-01|20\nE1|2025-04-01|30\n";

fn quotas(period: &str) -> String {
    format!(
        "title = \"Quotas\"\ncrm = \"ours\"\n[[table]]\nname = \"targets\"\nheader = false\n\
         currency = \"EUR\"\n[table.columns]\nowner_id = {{ position = 1 }}\n\
         period = {{ position = 2, {period} }}\namount = {{ position = 3 }}\n"
    )
}

#[test]
fn a_first_day_lasts_as_the_mapping_says() {
    for (period, expected) in [
        (
            "until = \"next\", last = \"3 months\"",
            [
                "E1 | 2025-01-01 | 2025-03-31 | 10.00",
                "E1 | 2025-04-01 | 2025-06-30 | 30.00",
                "E2 | 2025-02-01 | 2025-04-30 | 20.00",
            ],
        ),
        (
            "until = \"next round\", last = \"2025-12-31\"",
            [
                "E1 | 2025-01-01 | 2025-01-31 | 10.00",
                "E1 | 2025-04-01 | 2025-12-31 | 30.00",
                "E2 | 2025-02-01 | 2025-03-31 | 20.00",
            ],
        ),
        (
            "until = \"end of quarter\"",
            [
                "E1 | 2025-01-01 | 2025-03-31 | 10.00",
                "E1 | 2025-04-01 | 2025-06-30 | 30.00",
                "E2 | 2025-01-01 | 2025-03-31 | 20.00",
            ],
        ),
    ] {
        let mut desk = Desk::new();
        let report = import(&mut desk, "quotas.txt", QUOTAS.as_bytes(), &quotas(period));
        let report = report.unwrap_or_else(|error| panic!("{period}: {error}"));
        assert_eq!((report.files[0].header_line, report.rejected), (0, 0), "{period}");
        assert_eq!(desk.rows(TARGETS), expected, "{period}");
        let notes = &report.files[0].notes;
        assert!(notes.iter().any(|note| note.starts_with("column 2: each ")), "{notes:?}");
    }
}

#[test]
fn lines_of_a_file_without_a_header_count_from_its_first() {
    let mut desk = Desk::new();
    let text = "E1|2025-01-01|10\nE2|2025-02-01|much\nE1|2025-04-01|30\nE3|2025-04-01\n";
    let mapping = quotas("until = \"end of month\"");
    let report = import(&mut desk, "quotas.txt", text.as_bytes(), &mapping).expect("imported");
    let rejects: Vec<_> = report.files[0]
        .rejects
        .iter()
        .map(|reject| (reject.line, reject.column.as_deref()))
        .collect();
    // Empty fields at the end are left out here, so the last line is a row without an amount.
    assert_eq!(rejects, [(2, Some("column 3")), (4, Some("column 3"))]);
}

#[test]
fn quotas_by_rounds_are_not_those_of_the_calendar_quarter() {
    let Some(folder) = real("adventureworks") else { return };
    let mut desk = Desk::new();
    let file = folder.join("oltp/SalesPersonQuotaHistory.csv");
    let report = by(&mut desk, &file, &fixture("mappings/aw-quotas.toml")).expect("imported");
    assert_eq!((report.files[0].taken, report.rejected), (163, 0));
    // Counted and added up from the file by other means.
    assert_eq!(
        desk.rows(
            "SELECT period_start, period_end, count(*), sum(amount) FROM facts.target GROUP BY ALL ORDER BY 1"
        ),
        [
            "2022-05-30 | 2022-08-29 | 10 | 3886000.00",
            "2022-08-30 | 2022-11-29 | 10 | 5627000.00",
            "2022-11-30 | 2023-02-27 | 10 | 4750000.00",
            "2023-02-28 | 2023-05-29 | 10 | 5068000.00",
            "2023-05-30 | 2023-08-29 | 13 | 10537000.00",
            "2023-08-30 | 2023-11-29 | 14 | 8654000.00",
            "2023-11-30 | 2024-02-27 | 14 | 5913000.00",
            "2024-02-28 | 2024-05-28 | 14 | 8039000.00",
            "2024-05-29 | 2024-08-28 | 17 | 13733000.00",
            "2024-08-29 | 2024-11-28 | 17 | 11097000.00",
            "2024-11-29 | 2025-02-27 | 17 | 8051000.00",
            "2025-02-28 | 2025-05-27 | 17 | 10359000.00",
        ]
    );
}

#[test]
fn rates_prices_and_territories_without_a_header_come_in_whole() {
    let Some(folder) = real("adventureworks") else { return };
    let mut desk = Desk::new();
    for (file, mapping, rows, check, expected) in [
        (
            "CurrencyRate.csv",
            "aw-rates",
            13532,
            "SELECT count(DISTINCT to_currency), min(rate_date), max(rate_date), sum(rate)::DECIMAL(18,4)
             FROM facts.exchange_rate",
            "14 | 2022-05-30 | 2025-05-30 | 1072226.0991",
        ),
        (
            "ProductListPriceHistory.csv",
            "aw-prices",
            395,
            "SELECT count(DISTINCT product_id), sum(price)::DECIMAL(18,4),
                    count(*) FILTER (valid_to IS NULL) FROM facts.price",
            "293 | 295326.3961 | 195",
        ),
        (
            "SalesTerritoryHistory.csv",
            "aw-territories",
            17,
            "SELECT count(DISTINCT person_id), count(*) FILTER (valid_to IS NULL), min(valid_from)
             FROM facts.person_role",
            "14 | 13 | 2022-05-30",
        ),
    ] {
        let mapping = fixture(&format!("mappings/{mapping}.toml"));
        let report = by(&mut desk, &folder.join("oltp").join(file), &mapping);
        let report = report.unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!((report.files[0].taken, report.rejected), (rows, 0), "{file}");
        assert_eq!(desk.rows(check), [expected], "{file}");
    }
}
