//! Collections of awkward CSV files that others made: the same cells as the JSON beside each file,
//! or a refusal whose words name the fault.

use std::path::{Path, PathBuf};

use qbr::ingest::decoded;
use serde_json::Value as Json;

use super::support::real;

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

/// What the JSON beside a file says its cells are, header first: a list of lists, or of objects.
fn expected(json: &Path) -> Option<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(json).ok()?;
    let rows: Vec<Json> = serde_json::from_str(&text).expect("JSON");
    // A line break in a cell is one, however it is written.
    let cell = |cell: &Json| {
        cell.as_str().map_or_else(|| cell.to_string(), |text| text.replace("\r\n", "\n"))
    };
    let mut out = Vec::new();
    for row in rows {
        match row {
            Json::Array(cells) => out.push(cells.iter().map(cell).collect()),
            Json::Object(fields) => {
                if out.is_empty() {
                    out.push(fields.keys().cloned().collect());
                }
                out.push(fields.values().map(cell).collect());
            }
            other => panic!("{other}"),
        }
    }
    Some(out)
}

/// No good CSV, and read nevertheless, as every reader of CSV reads it.
const READ_ALL_THE_SAME: (&str, &str) = ("bad-unescaped-quote", "This \"quotes\" must be escaped");

#[test]
fn every_file_gives_its_cells_or_says_what_is_wrong() {
    let Some(folder) = real("messy_csv") else { return };
    let mut same = 0;
    for (csvs, jsons) in
        [("csv-spectrum/csvs", "csv-spectrum/json"), ("csv-test-data/csv", "csv-test-data/json")]
    {
        for file in files(&folder.join(csvs)) {
            let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
            let json = folder.join(jsons).join(format!("{name}.json"));
            match (decoded(&file), expected(&json)) {
                (Ok(found), Some(expected)) => {
                    assert!(found.broken.is_empty(), "{name}: {:?}", found.broken);
                    let mut cells = vec![found.header];
                    cells.extend(found.rows);
                    // Of a header without rows some of the JSON has nothing at all.
                    if !expected.is_empty() || cells.len() > 1 {
                        assert_eq!(cells, expected, "{name}");
                    }
                    same += 1;
                }
                (Ok(found), None) if name == READ_ALL_THE_SAME.0 => {
                    assert_eq!(found.rows[0][1], READ_ALL_THE_SAME.1);
                }
                (Ok(found), None) => {
                    let rejected = found.broken.iter().any(|(_, why)| !why.is_empty());
                    assert!(rejected || found.rows.is_empty(), "{name}: {found:?}");
                }
                (Err(error), _) => {
                    assert!(!error.to_string().is_empty() && error.remedy().is_some(), "{name}");
                }
            }
        }
    }
    // All of csv-spectrum, and those of csv-test-data that have more than one column.
    assert!(same >= 24, "{same} with the same cells");
}

#[test]
fn awkward_files_give_so_many_rows_and_name_the_rest() {
    let Some(folder) = real("messy_csv") else { return };
    let folder = folder.join("csvkit/examples");
    for (name, rows, broken) in [
        ("dummy.csv", 1, 0),
        ("dummy.tsv", 1, 0),
        ("dummy.xls", 1, 0),
        ("dummy.xlsx", 1, 0),
        ("bad.csv", 1, 2),
        ("bad_skip_lines.csv", 1, 2),
        ("join_a_short.csv", 1, 2),
        ("mac_newlines.csv", 2, 0),
        ("optional_quote_characters.csv", 1, 0),
        ("test_latin1.csv", 2, 0),
        ("test_utf16_big.csv", 2, 0),
        ("test_utf16_little.csv", 2, 0),
        ("test_utf8_bom.csv", 2, 0),
    ] {
        let found = decoded(&folder.join(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((found.rows.len(), found.broken.len()), (rows, broken), "{name}: {found:?}");
    }
    for (name, word) in
        [("dummy.csv.gz", "gzip"), ("dummy.csv.bz2", "bzip2"), ("null_byte.csv", "NUL")]
    {
        let error = decoded(&folder.join(name)).expect_err(name);
        assert!(error.to_string().contains(word) && error.remedy().is_some(), "{name}: {error}");
    }
    // Whatever the rest of them is, it ends, in cells or in words.
    for file in files(&folder) {
        if let Err(error) = decoded(&file) {
            assert!(error.remedy().is_some(), "{error}");
        }
    }
}
