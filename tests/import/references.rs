//! Figures of real exports, worked out from the raw files by an independent way,
//! where these exports are at hand.

use std::path::{Path, PathBuf};

use qbr::ingest::{ImportError, ImportReport};

use super::support::{Desk, day, fixture, real};

/// A desk on which files of a folder have been imported.
struct Reference {
    desk: Desk,
    folder: PathBuf,
    json: serde_json::Value,
}

impl Reference {
    fn of(name: &str) -> Option<Reference> {
        let folder = real(name)?;
        let text = std::fs::read_to_string(folder.join("reference.json")).unwrap_or("{}".into());
        let json = serde_json::from_str(&text).expect("JSON");
        Some(Reference { desk: Desk::new(), folder, json })
    }

    fn import(&mut self, file: &str, mapping: Option<&str>, on: Option<&str>) -> ImportReport {
        let path = self.folder.join(file);
        let mut request = self.desk.request(&[&path]);
        request.mapping = mapping.map(|name| fixture("mappings").join(name));
        request.taken_on = on.map(day);
        let report = self.desk.run(&request).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(report.rejected, 0, "{file}: {:?}", report.files[0].rejects);
        report
    }

    /// Cells of these columns of a figure, numbers with six places.
    fn figure(&self, id: &str, columns: &[&str]) -> Vec<String> {
        let figures = self.json["figures"].as_array().expect("figures");
        let found = figures.iter().find(|figure| figure["id"] == id).expect(id);
        let names = found["columns"].as_array().expect("columns");
        let places: Vec<usize> = columns
            .iter()
            .map(|column| names.iter().position(|name| name == column).expect(column))
            .collect();
        let cell = |cell: &serde_json::Value| match cell {
            serde_json::Value::Null => "-".to_owned(),
            serde_json::Value::String(text) => text.clone(),
            number => format!("{:.6}", number.as_f64().expect("a number")),
        };
        let row = |row: &serde_json::Value| {
            let cells = places.iter().map(|place| cell(&row[*place]));
            cells.collect::<Vec<_>>().join(" | ")
        };
        let mut rows: Vec<String> =
            found["rows"].as_array().expect("rows").iter().map(row).collect();
        rows.sort();
        rows
    }

    /// The same from the facts; `sql` gives keys as text and numbers as DOUBLE.
    #[track_caller]
    fn check(&mut self, id: &str, columns: &[&str], sql: &str) {
        let expected = self.figure(id, columns);
        let table = self.desk.ask(sql);
        let mut found: Vec<String> = table
            .rows
            .iter()
            .map(|row| {
                let cells = row.iter().map(|value| match (value.is_null(), value.as_f64()) {
                    (true, _) => "-".to_owned(),
                    (_, Some(number)) => format!("{number:.6}"),
                    _ => value.plain(),
                });
                cells.collect::<Vec<_>>().join(" | ")
            })
            .collect();
        found.sort();
        assert_eq!(found, expected, "{id}");
    }
}

const RATES: &str = "count(*)::DOUBLE, count(*) FILTER (state = 'won')::DOUBLE,
    count(*) FILTER (state IN ('won', 'lost'))::DOUBLE,
    round(count(*) FILTER (state = 'won') / nullif(count(*) FILTER (state IN ('won', 'lost')), 0)::DOUBLE, 6),
    (sum(amount) FILTER (state = 'won'))::DOUBLE";

#[test]
fn a_salesforce_demo_org_gives_its_reference_figures() {
    let Some(mut org) = Reference::of("salesforce_dtc") else { return };
    org.import("DTC_Account.csv", None, None);
    let report = org.import("DTC_Opportunity.csv", Some("dtc.toml"), Some("2015-07-09"));
    assert_eq!(report.files[0].preset, "dtc");
    let deals =
        "facts.opportunity o LEFT JOIN facts.account a USING (account_id) WHERE valid_to IS NULL";
    let theirs = "CASE forecast_category WHEN 'closed' THEN 'Closed' WHEN 'commit' THEN 'Forecast'
                  WHEN 'best case' THEN 'BestCase' WHEN 'pipeline' THEN 'Pipeline' ELSE 'Omitted' END";
    org.check(
        "stages",
        &["stage", "fc", "n", "amount"],
        &format!("SELECT stage, {theirs}, count(*)::DOUBLE, sum(amount)::DOUBLE FROM {deals} GROUP BY 1, 2"),
    );
    for (id, key, column) in [
        ("overall", "'all'", "scope"),
        ("by_owner", "o.owner_id", "owner"),
        ("by_lead_source", "lead_source", "lead_source"),
        ("by_type", "deal_type", "type"),
        ("by_segment", "a.segment", "segment"),
        ("by_country", "a.country", "country"),
        ("by_close_quarter", "year(close_date) || '-Q' || quarter(close_date)", "q"),
        ("by_close_month", "strftime(date_trunc('month', close_date), '%Y-%m-%d')", "m"),
    ] {
        org.check(
            id,
            &[column, "n", "won", "closed", "win_rate", "won_amount"],
            &format!("SELECT {key}, {RATES} FROM {deals} GROUP BY 1"),
        );
    }
    org.check(
        "cycle",
        &["stage", "n", "avg_days", "med", "mn", "mx"],
        &format!(
            "SELECT stage, count(*)::DOUBLE, round(avg(close_date - created_on), 2),
                    median(close_date - created_on)::DOUBLE, min(close_date - created_on)::DOUBLE,
                    max(close_date - created_on)::DOUBLE
             FROM {deals} AND state IN ('won', 'lost') GROUP BY 1"
        ),
    );
    assert!(report.unknown.iter().all(|unknown| unknown.list != "accounts"));
}

#[test]
fn the_history_of_a_demo_org_tells_what_was_known_on_a_day() {
    let as_of = |days: &[&str]| {
        let each = days.iter().map(|day| {
            format!(
                "SELECT '{day}', CASE forecast_category WHEN 'closed' THEN 'Closed' WHEN 'commit' THEN 'Forecast'
                        WHEN 'best case' THEN 'BestCase' WHEN 'pipeline' THEN 'Pipeline' ELSE 'Omitted' END,
                        count(*)::DOUBLE, sum(amount)::DOUBLE
                 FROM facts.opportunity
                 WHERE valid_from <= DATE '{day}' AND (valid_to IS NULL OR valid_to > DATE '{day}')
                 GROUP BY 2"
            )
        });
        each.collect::<Vec<_>>().join(" UNION ALL ")
    };
    let columns = ["as_of", "fc", "n", "amount"];
    // The history alone, by the names of the deals.
    let Some(mut org) = Reference::of("salesforce_dtc") else { return };
    org.import("DTC_OpportunityHistory.csv", Some("dtc.toml"), None);
    org.check("snapshot_as_of", &columns, &as_of(&["2015-05-31", "2015-06-30", "2015-07-31"]));
    assert_eq!(org.desk.rows("SELECT DISTINCT origin FROM facts.snapshot"), ["derived"]);
    assert_eq!(
        org.desk.rows("SELECT count(DISTINCT opportunity_id) FROM facts.opportunity"),
        ["291"]
    );
    // With an export first the names are looked up, and the time before it is the same.
    let Some(mut org) = Reference::of("salesforce_dtc") else { return };
    org.import("DTC_Opportunity.csv", Some("dtc.toml"), Some("2015-07-09"));
    org.import("DTC_OpportunityHistory.csv", Some("dtc.toml"), None);
    let expected = org.figure("snapshot_as_of", &columns);
    let expected: Vec<String> =
        expected.into_iter().filter(|row| !row.starts_with("2015-07-31")).collect();
    let days = as_of(&["2015-05-31", "2015-06-30"]);
    let mut found = org
        .desk
        .rows(&format!("SELECT #1, #2, printf('%.6f', #3), printf('%.6f', #4) FROM ({days})"));
    found.sort();
    assert_eq!(found, expected);
    // The export is as it was: every deal, and nothing of the history.
    assert_eq!(
        org.desk
            .rows("SELECT origin, row_count FROM facts.snapshot ORDER BY taken_on DESC LIMIT 1"),
        ["export | 1999"]
    );
    assert_eq!(
        org.desk.rows(
            "SELECT count(*), count(DISTINCT opportunity_id) FROM facts.opportunity
                       WHERE valid_from <= DATE '2015-07-09' AND valid_to IS NULL"
        ),
        ["1999 | 1999"]
    );
}

#[test]
fn a_salesforce_data_export_gives_its_reference_figures() {
    let Some(mut org) = Reference::of("salesforce_data_export") else { return };
    org.import("Account.csv", None, None);
    org.import("Opportunity.csv", Some("dtc.toml"), Some("2020-03-24"));
    let deals =
        "facts.opportunity o LEFT JOIN facts.account a USING (account_id) WHERE o.valid_to IS NULL";
    org.check(
        "stages",
        &["StageName", "n", "amount", "expected"],
        &format!(
            "SELECT stage, count(*)::DOUBLE, sum(amount)::DOUBLE, sum(amount * probability)::DOUBLE
             FROM {deals} GROUP BY 1"
        ),
    );
    org.check(
        "by_account",
        &["account", "n", "amount"],
        &format!("SELECT a.name, count(*)::DOUBLE, sum(amount)::DOUBLE FROM {deals} GROUP BY 1"),
    );
    org.check(
        "by_lead_source",
        &["LeadSource", "n", "won"],
        &format!(
            "SELECT lead_source, count(*)::DOUBLE, (sum(amount) FILTER (state = 'won'))::DOUBLE
             FROM {deals} GROUP BY 1"
        ),
    );
    org.check(
        "dup_names",
        &["Name", "n", "amount"],
        &format!(
            "SELECT o.name, count(*)::DOUBLE, sum(amount)::DOUBLE FROM {deals} GROUP BY 1 HAVING count(*) > 1"
        ),
    );
    org.import("Contact.csv", None, None);
    org.import("Lead.csv", None, None);
    org.check(
        "leads",
        &["Status", "n"],
        "SELECT status, count(*)::DOUBLE FROM facts.lead GROUP BY 1",
    );
    assert_eq!(
        org.desk.rows(
            "SELECT count(*), count(a.name) FROM facts.contact c LEFT JOIN facts.account a USING (account_id)"
        ),
        ["35 | 20"]
    );
    // Its history has two lines for each deal, both of the day of creation: the later holds.
    let report = org.import("OpportunityHistory.csv", Some("dtc.toml"), None);
    assert_eq!(report.changes[0].changes.new, 31);
    assert_eq!(
        org.desk.rows(
            "SELECT count(*), count(*) FILTER (close_date = DATE '2013-09-16') FROM facts.opportunity
             WHERE valid_from < DATE '2020-03-24'"
        ),
        ["31 | 0"]
    );
}

#[test]
fn tables_of_a_salesforce_warehouse_are_taken_or_their_fault_is_named() {
    let Some(mut org) = Reference::of("salesforce_fivetran") else { return };
    // Every deal of it was deleted in Salesforce: nothing is taken, and the reason is told.
    let path = org.folder.join("sf_opportunity_data.csv");
    let mut request = org.desk.request(&[&path]);
    request.mapping = Some(fixture("mappings/warehouse.toml"));
    let error = org.desk.run(&request).expect_err("all are deleted");
    let ImportError::NothingTaken { rows: 10, reasons, .. } = &error else { panic!("{error}") };
    assert_eq!(reasons, &["left out: is_deleted is yes (10)"]);
    // With the deleted ones the preset asks what the hidden words for categories mean.
    let mapping = "extends = \"salesforce-fivetran\"\n[[table]]\nname = \"opportunities\"\n\
                   currency = \"USD\"\nleave_out = []\n";
    request.mapping = Some(org.desk.write("all.toml", mapping.as_bytes()));
    let error = org.desk.run(&request).expect_err("its categories are hidden").to_string();
    assert!(error.contains("forecast category"), "{error}");
    // Without categories, the states and amounts are those of the file.
    let mapping = std::fs::read_to_string(fixture("mappings/warehouse.toml")).expect("a mapping");
    let mapping = mapping.replace("leave_out = [{ \"is_deleted\" = true }]\n", "");
    request.mapping = Some(org.desk.write("ours.toml", mapping.as_bytes()));
    request.taken_on = Some(day("2019-10-18"));
    org.desk.run(&request).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        org.desk.rows(
            "SELECT state, count(*), coalesce(sum(amount), 0)::DECIMAL(18,2) FROM facts.opportunity GROUP BY 1 ORDER BY 1"
        ),
        counted(&org.folder)
    );
    for (file, table) in [("sf_account_data.csv", "accounts"), ("sf_user_data.csv", "people")] {
        let report = org.import(file, None, None);
        assert_eq!(
            (report.files[0].table.as_str(), report.files[0].preset.as_str()),
            (table, "salesforce-fivetran")
        );
    }
}

/// State, number and amount, by reading the file alone.
fn counted(folder: &Path) -> Vec<String> {
    let mut reader =
        csv::Reader::from_path(folder.join("sf_opportunity_data.csv")).expect("a file");
    let headers = reader.headers().expect("headers").clone();
    let place = |name: &str| headers.iter().position(|header| header == name).expect("a column");
    let (closed, won, amount) = (place("is_closed"), place("is_won"), place("amount"));
    let mut sums = std::collections::BTreeMap::<&str, (u64, u64)>::new();
    for record in reader.records() {
        let record = record.expect("a record");
        let state = match (&record[closed], &record[won]) {
            ("true", "true") => "won",
            ("true", _) => "lost",
            _ => "open",
        };
        let sum = sums.entry(state).or_default();
        sum.0 += 1;
        sum.1 += record[amount].parse::<u64>().unwrap_or_default();
    }
    sums.iter().map(|(state, (n, sum))| format!("{state} | {n} | {sum}.00")).collect()
}

#[test]
fn a_hubspot_warehouse_without_stages_is_refused_by_name() {
    let Some(mut org) = Reference::of("hubspot_fivetran") else { return };
    let path = org.folder.join("deal_data.csv");
    let mut request = org.desk.request(&[&path]);
    let error = org.desk.run(&request).expect_err("no deal has a stage");
    let ImportError::NothingTaken { rows: 44, reasons, .. } = &error else { panic!("{error}") };
    assert!(reasons[0].starts_with("deal_pipeline_stage_id: missing"), "{reasons:?}");
    // The stages it logs are hidden: asked about, with their counts.
    let path = org.folder.join("deal_stage_data.csv");
    request.files = vec![path];
    let error = org.desk.run(&request).expect_err("unknown stages");
    assert!(error.to_string().contains("(7 rows)"), "{error}");
    let mapping = "extends = \"hubspot-fivetran\"\n[[table]]\nname = \"opportunity-history\"\n\
                   currency = \"EUR\"\n[table.states]\n\
                   open = [\"09a969da1d61b38bd3746f0f49c1475a\"]\nlost = [\"6e81db225a3757a3fc20cc9b1b3d9e1b\"]\n\
                   won = [\"f66ca9bc5a02c2f1513ce83f0a0e117d\"]\n";
    request.mapping = Some(org.desk.write("ours.toml", mapping.as_bytes()));
    org.desk.run(&request).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        org.desk.rows(
            "SELECT valid_from, state, count(*) FROM facts.opportunity GROUP BY ALL ORDER BY ALL"
        ),
        [
            "2021-01-07 | open | 1",
            "2021-01-07 | won | 1",
            "2021-01-08 | open | 1",
            "2021-01-08 | won | 2",
            "2021-01-09 | lost | 1",
            "2021-01-09 | open | 4",
            "2021-01-09 | won | 1",
            "2021-01-12 | open | 1",
            "2021-01-12 | won | 2",
        ]
    );
}
