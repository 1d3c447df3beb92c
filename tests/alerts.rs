//! What rules open, from the first export to its end: an alert (domain M8.2) and the case of a lost deal (M8.7) are
//! the same however and however often the exports come, and open until somebody has answered them; and assumptions
//! that change leave the past alone.

use std::cell::RefCell;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use qbr::catalog::Catalog;
use qbr::domain::Table;
use qbr::ingest::{self, ImportRequest};
use qbr::ledger::{self, LedgerError, Moved, Revision, Signature};
use qbr::review::{ALERTS, AlertCounts, count_alerts};
use qbr::workspace::{CreateOptions, Identity, Parameters, Workspace, WorkspaceError};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

const AS_OF: &str = "2025-06-30";

/// A workspace in US dollars and calendar years, with the segment Enterprise in it.
struct Company {
    catalog: Catalog,
    workspace: Workspace,
    folder: TempDir,
    seconds: i64,
}

impl Company {
    fn new() -> Self {
        let catalog = Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = CreateOptions {
            as_of: Some(AS_OF.parse().expect("a day")),
            ..CreateOptions::default()
        };
        let path = folder.path().join("company.duckdb");
        let workspace = Workspace::create(&path, &options, &catalog, &Identity::current())
            .expect("the workspace is made");
        Company { catalog, workspace, folder, seconds: 0 }
    }

    fn ask(&mut self, figure: &str, quarter: &str) -> Table {
        let asked =
            Parameters::new(quarter.parse().expect("a quarter"), AS_OF.parse().expect("a day"))
                .with("by", "segment".into())
                .expect("a dimension");
        self.workspace.run(&self.catalog.figures[figure], &asked).expect("the figure runs").table
    }

    fn alerts(&mut self) -> Table {
        self.ask(ALERTS, "2025-Q2")
    }

    /// Alerts and cases in the one way that does not depend on when they were asked for.
    fn told(&mut self) -> Vec<Vec<String>> {
        let tables = [self.alerts(), self.cases()];
        let rows = tables.iter().flat_map(|table| &table.rows);
        rows.map(|row| row.iter().map(qbr::domain::Value::plain).collect()).collect()
    }

    fn cases(&mut self) -> Table {
        self.ask("post-mortems", "2025-Q2")
    }

    /// The export of a day: id, won or lost or open, closing day.
    fn import(&mut self, taken_on: &str, deals: &[(usize, &str, &str)]) {
        let mut text =
            String::from("opportunity_id,segment,state,amount,currency,created_on,close_date\n");
        for (id, state, closed) in deals {
            let _ = writeln!(text, "D{id},Enterprise,{state},150000,USD,2024-06-01,{closed}");
        }
        let file = self.folder.path().join(format!("opportunities-{taken_on}.csv"));
        std::fs::write(&file, text).expect("written");
        let request = ImportRequest {
            files: vec![file],
            preset: Some("qbr".to_owned()),
            mapping: None,
            table: None,
            sheet: None,
            taken_on: None,
            dry_run: false,
            back_up: false,
            author: "sales-operations".to_owned(),
            at: "2025-06-30T18:00:00Z".parse().expect("a time"),
        };
        ingest::import(&mut self.workspace, &self.catalog, &request).expect("imported");
    }

    /// Each step at a later second.
    fn by(&mut self, author: &str) -> Signature {
        self.seconds += 1;
        let at: DateTime<Utc> = "2025-06-10T09:00:00Z".parse().expect("a time");
        Signature { author: author.into(), at: at + chrono::Duration::seconds(self.seconds) }
    }

    fn create(&mut self, kind: &str, body: &Json) -> Result<Revision, LedgerError> {
        let by = self.by("mia");
        let body = body.as_object().cloned().expect("an object");
        ledger::create(&mut self.workspace, &self.catalog.forms[kind], body, &by, None)
    }

    fn revise(&mut self, kind: &str, record: &str, body: &Json) -> Result<Revision, LedgerError> {
        let by = self.by("mia");
        let newest = ledger::newest(&mut self.workspace, record).expect("there").revision;
        let body = body.as_object().cloned().expect("an object");
        let form = &self.catalog.forms[kind];
        ledger::revise(&mut self.workspace, form, record, newest, body, &by, None)
    }

    fn to(
        &mut self,
        kind: &str,
        record: &str,
        state: &str,
        author: &str,
    ) -> Result<Moved, LedgerError> {
        let by = self.by(author);
        let form = &self.catalog.forms[kind];
        ledger::move_to(&mut self.workspace, form, record, state, &by, Some("because"))
    }
}

/// Three of twelve in each month from February to May.
fn losing() -> Vec<(usize, &'static str, &'static str)> {
    let days = ["2025-02-10", "2025-03-10", "2025-04-10", "2025-05-10"];
    let deal = |id: usize| (id, if id % 12 < 3 { "won" } else { "lost" }, days[id / 12]);
    (0..48).map(deal).collect()
}

#[test]
fn an_alert_stays_open_until_it_has_a_plan_or_is_dismissed_for_a_reason() {
    let mut company = Company::new();
    company.import("2025-06-09", &losing());
    let alerts = company.alerts();
    let identity = alerts.get(0, "alert_id").plain();
    assert_eq!(identity, "win-rate/segment/Enterprise/2025-02");
    let counts = |company: &mut Company| count_alerts(&company.alerts());
    let (open, answered) = (
        AlertCounts { open: 1, answered: 0, watch: 0 },
        AlertCounts { open: 0, answered: 1, watch: 0 },
    );
    assert_eq!(counts(&mut company), open);

    let kind = "course-correction";
    let begun =
        json!({"finding": identity, "segment": "Enterprise", "won_then": 12, "closed_then": 48});
    let record = company.create(kind, &begun).expect("written").record;
    assert_eq!(counts(&mut company), open, "begun is not answered");
    let second = company.create(kind, &begun).expect_err("one record for one alert").to_string();
    assert!(second.contains(&record), "{second}");

    // Neither resolved nor closed without a plan: there is no such way.
    for state in ["resolved", "closed", "monitoring"] {
        assert!(company.to(kind, &record, state, "mia").is_err(), "{state}");
    }
    // Dismissed with a day on which that ends, and without a plan.
    assert!(company.to(kind, &record, "dismissed", "mia").is_err(), "until when?");
    let mut body = begun.clone();
    body["dismissed_until"] = json!("2025-07-31");
    company.revise(kind, &record, &body).expect("revised");
    company.to(kind, &record, "dismissed", "mia").expect("dismissed");
    assert_eq!(counts(&mut company), answered);
    company.to(kind, &record, "open", "mia").expect("taken up again");
    assert_eq!(counts(&mut company), open);

    body["owner"] = json!("Mia");
    company.revise(kind, &record, &body).expect("revised");
    company.to(kind, &record, "acknowledged", "mia").expect("taken on");
    company.to(kind, &record, "diagnosing", "mia").expect("looked into");
    assert!(company.to(kind, &record, "planned", "mia").is_err(), "no plan is written");
    assert_eq!(counts(&mut company), open);
    for (field, value) in [
        ("looked_at", json!(["loss reasons"])),
        ("hypothesis", json!("The price.")),
        ("plan", json!("pricing")),
        ("action", json!("A price per site.")),
        ("effective_on", json!("2025-07-01")),
        ("target_rate", json!("0.35")),
        ("review_on", json!("2025-10-01")),
    ] {
        body[field] = value;
    }
    company.revise(kind, &record, &body).expect("revised");
    company.to(kind, &record, "planned", "mia").expect("planned");
    assert_eq!(counts(&mut company), answered);

    // The next export makes the run longer; it is the same alert, and answered.
    let mut longer = losing();
    longer.extend((48..60).map(|id| (id, "lost", "2025-06-05")));
    company.import("2025-06-30", &longer);
    let alerts = company.alerts();
    assert_eq!((alerts.len(), alerts.get(0, "alert_id").plain()), (1, identity));
    assert_eq!(counts(&mut company), answered);
}

#[test]
fn streaks_and_cases_are_the_same_in_whatever_order_the_exports_come() {
    let configuration =
        ProptestConfig { cases: 8, failure_persistence: None, ..Default::default() };
    // What becomes of each deal by the three exports: 0 open, 1 won, 2 lost.
    let fate = prop::collection::vec((0..3usize, 0..3usize, 0..3usize, 0..5usize), 10..60);
    let order = Just(vec![0usize, 1, 2]).prop_shuffle();
    TestRunner::new(configuration)
        .run(&(fate, order, 0..3usize), |(fates, order, again)| {
            const DAYS: [&str; 3] = ["2025-03-10", "2025-05-12", "2025-06-30"];
            const CLOSED: [&str; 5] =
                ["2025-01-15", "2025-02-15", "2025-03-05", "2025-04-15", "2025-05-15"];
            let export = |place: usize| -> Vec<(usize, &str, &str)> {
                let state = |fate: &(usize, usize, usize, usize)| {
                    ["open", "won", "lost"][[fate.0, fate.1, fate.2][place]]
                };
                fates
                    .iter()
                    .enumerate()
                    .map(|(id, fate)| (id, state(fate), CLOSED[fate.3]))
                    .collect()
            };
            let mut straight = Company::new();
            for (place, day) in DAYS.iter().enumerate() {
                straight.import(day, &export(place));
            }
            let mut shuffled = Company::new();
            for place in order.iter().chain([&again]) {
                shuffled.import(DAYS[*place], &export(*place));
            }
            prop_assert_eq!(straight.told(), shuffled.told());
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_case_stands_from_the_import_on_and_does_not_leave_without_a_word() {
    let mut company = Company::new();
    company.import("2025-05-12", &[(1, "open", "2025-05-30")]);
    assert_eq!(company.cases().len(), 0);
    company.import("2025-05-19", &[(1, "lost", "2025-05-16")]);
    let said = |company: &mut Company| {
        let cases = company.cases();
        assert_eq!(cases.len(), 1);
        ["case_id", "status", "due_on", "record", "since_then"].map(|c| cases.get(0, c).plain())
    };
    let case = "post-mortem/D1";
    assert_eq!(said(&mut company), [case, "overdue", "2025-05-23", "", ""]);

    let begun = json!({"opportunity_id": "D1"});
    let record = company.create("post-mortem", &begun).expect("written").record;
    assert_eq!(said(&mut company), [case, "overdue", "2025-05-23", &record, ""]);

    // Opened again: nothing is due, which is said, and the record can be given up as it is.
    company.import("2025-06-02", &[(1, "open", "2025-07-31")]);
    let word = "opened again 2025-06-02, 17 days after the loss";
    assert_eq!(said(&mut company), [case, "lifted", "", &record, word]);
    company.to("post-mortem", &record, "withdrawn", "mia").expect("given up");

    // Lost after all: the same case, its days anew, and nobody has answered it.
    company.import("2025-06-16", &[(1, "lost", "2025-06-13")]);
    assert_eq!(said(&mut company), [case, "overdue", "2025-06-20", "", ""]);
    company.import("2025-06-16", &[(1, "lost", "2025-06-13")]);
    assert_eq!(said(&mut company), [case, "overdue", "2025-06-20", "", ""]);
    company.create("post-mortem", &begun).expect("a new one, for the first is done with");
}

/// The table of domain M8.2 was made by 4,000 runs; here it is computed, so it agrees to within what so many
/// runs are sure of.
#[test]
fn the_odds_of_a_false_alarm_are_those_of_the_simulation() {
    let mut company = Company::new();
    let table: [(u32, [f64; 4]); 5] = [
        (2, [77.0, 53.0, 40.0, 27.0]),
        (5, [92.0, 62.0, 43.0, 25.0]),
        (10, [97.0, 61.0, 31.0, 14.0]),
        (25, [100.0, 59.0, 20.0, 3.0]),
        (60, [100.0, 59.0, 7.0, 0.0]),
    ];
    let asked =
        Parameters::new("2025-Q2".parse().expect("a quarter"), AS_OF.parse().expect("a day"));
    for (closings, simulated) in table {
        let sql = format!(
            "SELECT 100 * false_alarm_odds({closings}, true_rate, 0.30) AS odds
             FROM (VALUES (1, 0.20), (2, 0.30), (3, 0.35), (4, 0.40)) AS rates (place, true_rate)
             ORDER BY place"
        );
        let computed = company
            .workspace
            .read::<_, WorkspaceError>("the odds", |session| {
                session.set(&asked)?;
                session.query(&sql, &[])
            })
            .expect("computed");
        for (row, simulated) in simulated.iter().enumerate() {
            let computed = computed.get(row, "odds").as_f64().expect("a number");
            assert!(
                (computed - simulated).abs() < 2.5,
                "{closings}: {computed} is not {simulated}"
            );
        }
    }
}

#[test]
fn a_changed_assumption_leaves_what_was_forecast_before_it_alone() {
    let mut company = Company::new();
    // One deal of 100 in Proposal at the start of both quarters, at 50 %.
    let facts = "INSERT INTO facts.snapshot VALUES ('2025-01-01', 1, 'export', 1), ('2025-04-01', 1, 'export', 1);
        INSERT INTO settings.assumption VALUES
            ('stage_probability', 'Proposal', 0.5, '2024-01-01', 1, 'ops', '2024-01-01', 'plan');
        INSERT INTO facts.opportunity (opportunity_id, valid_from, stage, state, segment, amount, currency,
            close_date, import_id)
        VALUES ('A', '2025-01-01', 'Proposal', 'open', 'Enterprise', 100, 'USD', '2025-03-15', 1),
               ('B', '2025-04-01', 'Proposal', 'open', 'Enterprise', 100, 'USD', '2025-06-15', 1);";
    company.workspace.write("facts", |session| session.batch(facts)).expect("written");
    let company = RefCell::new(company);
    let weighted = |quarter: &str| {
        company.borrow_mut().ask("forecast-variance", quarter).get(0, "weighted").plain()
    };
    assert_eq!((weighted("2025-Q1"), weighted("2025-Q2")), ("50.00".into(), "50.00".into()));
    {
        let mut company = company.borrow_mut();
        let body = json!({"name": "stage_probability", "scope": "Proposal", "value": "0.41",
            "effective_on": "2025-04-01", "because": "29 of 76."});
        let record = company.create("assumption", &body).expect("written").record;
        company.to("assumption", &record, "proposed", "mia").expect("proposed");
        let own = company.to("assumption", &record, "accepted", "mia");
        assert!(own.is_err(), "somebody else has to accept it");
        company.to("assumption", &record, "accepted", "max").expect("accepted");
    }
    assert_eq!((weighted("2025-Q1"), weighted("2025-Q2")), ("50.00".into(), "41.00".into()));
    let changes = company.borrow_mut().ask("assumption-changes", "2025-Q2");
    assert_eq!(changes.len(), 1);
    let told = |column: &str| changes.get(0, column).plain();
    assert_eq!(
        (told("change"), told("value_before"), told("value")),
        ("changed".into(), "0.5".into(), "0.41".into())
    );
}
