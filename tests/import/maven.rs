//! The practice data set of four files: a small one of our own in the same
//! shape, and the real one where it is at hand.

use std::path::{Path, PathBuf};

use super::support::{Desk, day, fixture, real};

const FILES: [&str; 4] = ["sales_pipeline.csv", "accounts.csv", "products.csv", "sales_teams.csv"];

fn import_in_order(desk: &mut Desk, folder: &Path, order: [usize; 4]) {
    for place in order {
        desk.import(&[&folder.join(FILES[place])]);
    }
}

#[test]
fn the_four_files_of_our_own_come_in_whole() {
    let mut desk = Desk::new();
    let folder = fixture("fixtures/maven");
    let files: Vec<PathBuf> = FILES.iter().map(|name| folder.join(name)).collect();
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let report = desk.import(&files);
    assert_eq!(report.rejected, 0);
    assert_eq!(report.files[0].taken_on, Some(day("2017-06-30")));
    assert_eq!(
        desk.rows(
            "SELECT state, count(*), sum(amount) FROM facts.opportunity GROUP BY 1 ORDER BY 1"
        ),
        ["lost | 2 | 0.00", "open | 3 | -", "won | 3 | 5642.00"]
    );
    assert_eq!(
        desk.rows("SELECT DISTINCT valid_from, valid_to, currency FROM facts.opportunity"),
        ["2017-06-30 | - | USD"]
    );
    // The product in one word is the one of the price list.
    assert_eq!(
        desk.rows(
            "SELECT p.name, count(*) FROM facts.opportunity o JOIN facts.product p USING (product_id)
             GROUP BY 1 ORDER BY 1"
        ),
        ["GTX Basic | 3", "GTX Pro | 3", "MG Special | 2"]
    );
    assert!(report.unknown.is_empty());
    assert_eq!(
        desk.rows("SELECT account_id, segment, industry, employees, parent_id FROM facts.account ORDER BY 1"),
        [
            "Alder Works | retail | retail | 120 | -",
            "Birch & Co | finance, insurance | finance, insurance | 5400 | Alder Works",
            "Cedarline | medical | medical | 45 | -",
        ]
    );
    assert_eq!(
        desk.rows("SELECT person_id, manager_id, region FROM facts.person ORDER BY 1"),
        [
            "Ada Ames | Mona Muir | East",
            "Ben Bold | Mona Muir | East",
            "Cleo Carr | Nils Noor | West"
        ]
    );
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let folder = fixture("fixtures/maven");
    let all = "SELECT * EXCLUDE (import_id) FROM facts.opportunity ORDER BY ALL";
    let mut first = Desk::new();
    import_in_order(&mut first, &folder, [0, 1, 2, 3]);
    let mut last = Desk::new();
    import_in_order(&mut last, &folder, [3, 2, 1, 0]);
    assert_eq!(first.ask(all), last.ask(all));
}

#[test]
fn importing_twice_changes_nothing() {
    let folder = fixture("fixtures/maven");
    let mut desk = Desk::new();
    import_in_order(&mut desk, &folder, [0, 1, 2, 3]);
    let before = std::fs::read(desk.workspace.path()).expect("the file");
    for name in FILES {
        let report = desk.import(&[&folder.join(name)]);
        assert!(report.nothing_changed(), "{name}");
    }
    assert_eq!(std::fs::read(desk.workspace.path()).expect("the file"), before);
}

/// Figures of the real data set, by an independent way: DuckDB on the raw files.
fn check_reference(desk: &mut Desk, folder: &Path, with_open: bool) {
    let text = std::fs::read_to_string(folder.join("reference.json")).expect("reference figures");
    let reference: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let figure = |id: &str| -> Vec<String> {
        let figures = reference["figures"].as_array().expect("figures");
        let found = figures.iter().find(|figure| figure["id"] == id).expect(id);
        let row = |row: &serde_json::Value| {
            let cells = row.as_array().expect("cells").iter().map(|cell| match cell {
                serde_json::Value::Null => "-".to_owned(),
                serde_json::Value::String(text) => text.clone(),
                number => format!("{:.2}", number.as_f64().expect("a number")),
            });
            cells.collect::<Vec<_>>().join(" | ")
        };
        found["rows"].as_array().expect("rows").iter().map(row).collect()
    };
    let two = |expression: &str| format!("printf('%.2f', {expression}::DOUBLE)");
    let (won, closed) = (two("count(*) FILTER (state = 'won')"), two("count(*)"));
    let value = two("sum(amount) FILTER (state = 'won')");
    let deals = "facts.opportunity o LEFT JOIN facts.person p ON p.person_id = o.owner_id
                 LEFT JOIN facts.account a USING (account_id) WHERE state IN ('won', 'lost')";
    let short = |rows: Vec<String>, cells: &[usize]| -> Vec<String> {
        let pick = |row: String| {
            let parts: Vec<&str> = row.split(" | ").collect();
            cells.iter().map(|cell| parts[*cell]).collect::<Vec<_>>().join(" | ")
        };
        rows.into_iter().map(pick).collect()
    };
    for (id, keys, cells) in [
        ("win_rate_by_region", "p.region", &[0, 1, 2, 4][..]),
        ("win_rate_by_manager", "p.region, p.manager_id", &[0, 1, 2, 3, 5]),
        ("win_rate_by_agent", "p.region, p.manager_id, o.owner_id", &[0, 1, 2, 3, 4, 6]),
        ("win_rate_by_sector", "a.segment", &[0, 1, 2, 4]),
        ("win_rate_by_office_location", "a.country", &[0, 1, 2, 4]),
        ("win_rate_by_close_month", "strftime(close_date, '%Y-%m')", &[0, 1, 2, 4]),
        ("win_rate_by_engage_month", "strftime(created_on, '%Y-%m')", &[0, 1, 2, 4]),
    ] {
        let groups: Vec<String> = (1..=cells.len() - 3).map(|place| place.to_string()).collect();
        let groups = groups.join(", ");
        let sql = format!(
            "SELECT {keys}, {won}, {closed}, {value} FROM {deals} GROUP BY {groups} ORDER BY {groups}"
        );
        let expected = short(figure(id), cells);
        let expected: Vec<String> =
            expected.iter().map(|row| row.replace("-01 | ", " | ")).collect();
        assert_eq!(desk.rows(&sql), expected, "{id}");
    }
    // As in the raw file, but with the product in the spelling of the price list.
    let products: Vec<String> = short(figure("win_rate_by_product_as_is"), &[0, 1, 2, 4]);
    let mut products: Vec<String> =
        products.iter().map(|row| row.replace("GTXPro", "GTX Pro")).collect();
    products.sort();
    let mut found =
        desk.rows(&format!("SELECT product_id, {won}, {closed}, {value} FROM {deals} GROUP BY 1"));
    found.sort();
    assert_eq!(found, products);
    assert_eq!(
        desk.rows("SELECT count(*) FILTER (state = 'won'), count(*) FILTER (state = 'lost'), sum(amount) FROM facts.opportunity"),
        ["4238 | 2473 | 10005534.00"]
    );
    let open = desk.rows(
        "SELECT stage, count(*), count(*) FILTER (account_id IS NULL), count(*) FILTER (created_on IS NULL), count(amount)
         FROM facts.opportunity WHERE state = 'open' GROUP BY 1 ORDER BY 1",
    );
    if with_open {
        assert_eq!(open, ["Engaging | 1589 | 1088 | 0 | 0", "Prospecting | 500 | 337 | 500 | 0"]);
    } else {
        assert!(open.is_empty());
    }
}

#[test]
fn the_reference_figures_come_out() {
    let Some(folder) = real("maven_crm") else { return };
    let mut desk = Desk::new();
    import_in_order(&mut desk, &folder, [3, 0, 2, 1]);
    assert_eq!(desk.rows("SELECT count(*) FROM facts.opportunity"), ["8800"]);
    assert_eq!(desk.rows("SELECT taken_on, row_count FROM facts.snapshot"), ["2017-12-31 | 8800"]);
    check_reference(&mut desk, &folder, true);
}

#[test]
fn copies_that_other_people_saved_give_the_same_figures() {
    let (Some(reference), Some(variants)) = (real("maven_crm"), real("maven_crm_variants")) else {
        return;
    };
    for (name, dates, with_open) in [
        ("v1_ddmmyyyy_crlf", "%d-%m-%Y", true),
        ("v3_us_mdyyyy", "%m/%d/%Y", true),
        ("v5_ddmmyyyy_null_strings", "%d-%m-%Y", true),
        ("v6_closed_only_float_values", "%Y-%m-%d", false),
    ] {
        let mapping =
            fixture(&format!("mappings/{}.toml", name.split('_').next().unwrap_or_default()));
        for mapping in [None, Some(mapping)] {
            let mut desk = Desk::new();
            for file in FILES {
                let mut request = desk.request(&[&variants.join(name).join(file)]);
                request.mapping = mapping.clone();
                let report = desk.run(&request).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(report.rejected, 0, "{name}");
                if file == FILES[0] {
                    let reading =
                        report.files[0].readings.iter().find(|r| r.column == "close_date");
                    assert_eq!(reading.map(|r| r.read_as.as_str()), Some(dates), "{name}");
                }
            }
            check_reference(&mut desk, &reference, with_open);
        }
    }
}
