//! A figure that is cited gives the same bytes later, on the data as it was; and says so when it
//! does not.

use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use qbr::catalog::Catalog;
use qbr::ingest::{self, ImportRequest};
use qbr::ledger::{self, Body, Evidence, Repeated, Signature};
use qbr::workspace::{CreateOptions, Identity, Workspace};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

struct Desk {
    ws: Workspace,
    catalog: Catalog,
    folder: TempDir,
    hour: u32,
}

impl Desk {
    fn new() -> Self {
        let catalog = Catalog::embedded().expect("the embedded content is sound");
        let folder = tempfile::tempdir().expect("a folder");
        let options = CreateOptions {
            currency: "EUR".into(),
            fiscal_year_start: 1,
            as_of: Some("2026-03-31".parse().expect("a date")),
        };
        let identity = Identity { user: "ops".into(), host: "here".into() };
        let ws = Workspace::create(&folder.path().join("ws.duckdb"), &options, &catalog, &identity)
            .expect("a workspace");
        Desk { ws, catalog, folder, hour: 0 }
    }

    /// An hour later each time.
    fn now(&mut self) -> DateTime<Utc> {
        self.hour += 1;
        let day: chrono::NaiveDate = "2026-01-05".parse().expect("a date");
        let midnight = day.and_hms_opt(0, 0, 0).expect("a time").and_utc();
        midnight + chrono::Duration::hours(self.hour.into())
    }

    fn import(&mut self, name: &str, text: &str) {
        let file: PathBuf = self.folder.path().join(name);
        fs::write(&file, text).expect("written");
        let request = ImportRequest {
            files: vec![file],
            preset: Some("qbr".to_owned()),
            mapping: None,
            table: None,
            sheet: None,
            taken_on: None,
            dry_run: false,
            back_up: false,
            author: "ops".to_owned(),
            at: self.now(),
        };
        ingest::import(&mut self.ws, &self.catalog, &request).expect("taken in");
    }

    /// A snapshot of a day: the stage of deal B and the amount of deal A then.
    fn snapshot(&mut self, day: &str, b_state: &str, a_amount: u32) {
        let text = format!(
            "opportunity_id,name,owner_id,region,segment,stage,state,forecast_category,amount,currency,created_on,close_date\n\
             A,Alpha,E1,North,Enterprise,Closed,won,closed,{a_amount},EUR,2025-07-01,2025-11-10\n\
             B,Beta,E1,North,Enterprise,Proposal,{b_state},commit,500,EUR,2025-07-01,2025-12-20\n\
             C,Gamma,E2,South,Mid-Market,Closed,lost,omitted,300,EUR,2025-07-01,2025-10-10\n"
        );
        self.import(&format!("opportunities-{day}.csv"), &text);
    }

    fn decide(&mut self, body: Json) -> Result<ledger::Revision, ledger::LedgerError> {
        let form = &self.catalog.forms["decision"].clone();
        let mut body = body.as_object().cloned().expect("an object");
        ledger::cite(&mut self.ws, &self.catalog, form, &mut body)?;
        let by = Signature { author: "ann".into(), at: self.now() };
        ledger::create(&mut self.ws, form, body, &by, None)
    }

    fn repeat(&mut self, cited: &Evidence) -> Repeated {
        ledger::repeat(&mut self.ws, &self.catalog, cited).expect("read")
    }
}

fn evidence(body: &Body, field: &str) -> Evidence {
    Evidence::read(&body[field]).expect("evidence")
}

/// Everything a review reads, cited on the data of the first imports.
fn cite_all(desk: &mut Desk) -> Vec<Evidence> {
    desk.import("people.csv", "person_id,name,region,role\nE1,Ann,North,AE\nE2,Bob,South,AE\n");
    desk.import(
        "targets.csv",
        "period,region,amount,currency\n2025-Q4,North,1000,EUR\n2025-Q4,South,400,EUR\n",
    );
    desk.snapshot("2025-10-01", "open", 900);
    desk.snapshot("2025-12-31", "open", 1000);
    let cited = |figure: &str, by: &str| {
        json!({"title": figure, "finding": {
            "figure": figure, "asked": {"quarter": "2025-Q4", "by": by, "as_of": "2025-12-31"}}})
    };
    let figures = [
        "forecast-variance",
        "attainment",
        "win-rate",
        "pipeline-bridge",
        "deals",
        "snapshots",
        "assumptions",
        "decisions",
    ];
    figures
        .iter()
        .map(|figure| {
            let made = desk.decide(cited(figure, "region")).expect("written");
            evidence(&made.body, "finding")
        })
        .collect()
}

#[track_caller]
fn all_the_same(desk: &mut Desk, cited: &[Evidence]) {
    for cited in cited {
        assert_eq!(desk.repeat(cited), Repeated::Same, "{}", cited.figure);
    }
}

#[test]
fn the_same_bytes_whatever_came_in_since() {
    let mut desk = Desk::new();
    let cited = cite_all(&mut desk);
    all_the_same(&mut desk, &cited);

    // A later day: B is won, and its version of then has an end now.
    desk.snapshot("2026-01-31", "won", 1000);
    all_the_same(&mut desk, &cited);
    // Targets and people are replaced.
    desk.import("targets.csv", "period,region,amount,currency\n2025-Q4,North,1500,EUR\n");
    desk.import("people.csv", "person_id,name,region,role\nE1,Anna,West,AE\nE3,Cid,South,AE\n");
    all_the_same(&mut desk, &cited);
    // The last day and one before it are told anew, and then told once more.
    desk.snapshot("2025-12-31", "lost", 1100);
    all_the_same(&mut desk, &cited);
    desk.snapshot("2025-11-15", "open", 950);
    all_the_same(&mut desk, &cited);
    desk.snapshot("2025-12-31", "open", 1200);
    all_the_same(&mut desk, &cited);
    desk.import(
        "assumptions.csv",
        "name,scope,value,effective_from,reason\nwin_rate_threshold,Enterprise,0.5,2025-01-01,stricter\n",
    );
    all_the_same(&mut desk, &cited);

    // Not because nothing has changed: asked today, the same figures say something else.
    let today = cited.iter().map(|cited| {
        let mut asked = json!({"figure": cited.figure});
        asked["asked"] = cited.to_json()["asked"].clone();
        let made = desk.decide(json!({"title": "x", "finding": asked})).expect("written");
        evidence(&made.body, "finding")
    });
    let today: Vec<Evidence> = today.collect();
    for (then, now) in cited.iter().zip(&today) {
        let result = |cited: &Evidence| cited.taken.as_ref().map(|taken| taken.result.clone());
        assert_ne!(result(then), result(now), "{} should have changed", then.figure);
    }
}

#[test]
fn what_was_changed_behind_the_program_is_told() {
    let mut desk = Desk::new();
    let cited = cite_all(&mut desk);
    desk.ws
        .write("tampering", |session| {
            session.batch("UPDATE facts.opportunity SET amount = 1001 WHERE opportunity_id = 'A'")
        })
        .expect("written");
    let variance = cited.iter().find(|cited| cited.figure == "forecast-variance").expect("cited");
    match desk.repeat(variance) {
        Repeated::Differs { why, .. } => {
            assert!(why[0].contains("somebody changed rows"), "{why:?}")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_row_that_was_cited_says_how_it_differs() {
    let mut desk = Desk::new();
    cite_all(&mut desk);
    let made = desk
        .decide(json!({"title": "North", "finding": {
            "figure": "attainment", "row": {"slice": "North"}, "column": "attainment",
            "asked": {"quarter": "2025-Q4", "by": "region", "as_of": "2025-12-31"}}}))
        .expect("written");
    let cited = evidence(&made.body, "finding");
    assert_eq!(cited.value(), Some("1"), "1000 won of a target of 1000");
    assert_eq!(
        cited.in_words(),
        "attainment, 2025-Q4 by region: North, attainment 1, as of 2025-12-31"
    );

    // Since then the target of the North was raised: told as of today, not as of then.
    desk.import("targets.csv", "period,region,amount,currency\n2025-Q4,North,1250,EUR\n");
    assert_eq!(desk.repeat(&cited), Repeated::Same);
    let since = ledger::changed_since(&mut desk.ws, &desk.catalog, &cited).expect("read");
    let since = since.expect("it still runs");
    let attainment = since.iter().find(|d| d.column == "attainment").expect("changed");
    assert_eq!((attainment.was.as_str(), attainment.is.as_str()), ("1", "0.8"));

    // Another SQL is named as the reason.
    let figure = desk.catalog.figures.get_mut("attainment").expect("the figure");
    figure.sql = figure.sql.replacen("SELECT", "SELECT /* anew */", 1);
    assert_eq!(desk.repeat(&cited), Repeated::Same, "other words, the same answer");
    figure_of(&mut desk, "attainment", |sql| {
        format!("SELECT * FROM ({sql}) WHERE slice <> 'North'")
    });
    match desk.repeat(&cited) {
        Repeated::Differs { row, why } => {
            assert!(why[0].contains("SQL of attainment"), "{why:?}");
            assert!(row.iter().any(|d| d.column == "slice" && d.is.is_empty()), "{row:?}");
        }
        other => panic!("{other:?}"),
    }
    desk.catalog.figures.remove("attainment");
    assert!(matches!(desk.repeat(&cited), Repeated::Impossible(why) if why.contains("no figure")));
}

fn figure_of(desk: &mut Desk, name: &str, change: impl FnOnce(&str) -> String) {
    let figure = desk.catalog.figures.get_mut(name).expect("the figure");
    figure.sql = change(&figure.sql);
}

#[test]
fn what_cannot_be_cited_is_refused_with_its_place() {
    let mut desk = Desk::new();
    cite_all(&mut desk);
    for (finding, word) in [
        (json!({"figure": "attainmet"}), "did you mean attainment?"),
        (
            json!({"figure": "attainment", "row": {"slice": "Nowhere"}}),
            "no row with slice = Nowhere",
        ),
        (json!({"figure": "attainment", "row": {"place": "North"}}), "no column place"),
        (json!({"figure": "attainment", "asked": {"quarter": "Q9"}}), "quarter = Q9"),
        (json!({"figure": "deals", "row": {"segment": "Enterprise"}}), "2 rows"),
        (json!({"figure": "deals", "asked": {"colour": "red"}}), "colour"),
    ] {
        let mut finding = finding;
        if finding.get("asked").is_none() {
            finding["asked"] = json!({"quarter": "2025-Q4", "by": "region", "as_of": "2025-12-31"});
        }
        let refused = desk.decide(json!({"title": "x", "finding": finding.clone()}));
        let error = refused.expect_err("refused").to_string();
        assert!(error.starts_with("finding: "), "{error}");
        assert!(error.contains(word), "{finding}: {error}");
    }
    // In words, as before there was evidence.
    let made = desk.decide(json!({"title": "x", "finding": "We saw it."})).expect("written");
    assert_eq!(made.body["finding"], "We saw it.");
}

#[test]
fn what_was_expected_is_measured_on_its_day() {
    let mut desk = Desk::new();
    cite_all(&mut desk);
    let form = desk.catalog.forms["decision"].clone();
    let metric = json!({"figure": "attainment", "row": {"slice": "North"}, "column": "attainment",
                        "asked": {"quarter": "2025-Q4", "by": "region", "as_of": "2025-12-31"}});
    let made = desk
        .decide(json!({"title": "x", "decision": "y", "owner": "Ann", "approver": "Bob",
            "effective_on": "2026-01-05", "metric": metric, "expected_from": "1", "expected_to": "0.9",
            "expected_by": "2026-01-31", "review_on": "2026-02-15"}))
        .expect("written");
    desk.import("targets.csv", "period,region,amount,currency\n2026-Q1,North,1000,EUR\n");
    let by = Signature { author: "ann".into(), at: desk.now() };
    let day = |text: &str| text.parse().expect("a date");
    ledger::move_to(&mut desk.ws, &form, &made.record, "decided", &by, None).expect("decided");

    let early =
        ledger::measure(&mut desk.ws, &desk.catalog, &form, &made.record, day("2026-02-14"), &by);
    assert!(early.expect_err("too early").to_string().contains("its day is 2026-02-15"));
    assert!(
        ledger::to_measure(&mut desk.ws, &desk.catalog, day("2026-02-14"))
            .expect("read")
            .is_empty()
    );

    // What is known on the day counts, not what came in after it.
    let deal = |won: u32, close: &str| {
        format!(
            "opportunity_id,name,region,stage,state,amount,currency,created_on,close_date\n\
             A,Alpha,North,Closed,won,1000,EUR,2025-07-01,2025-11-10\n\
             D,Delta,North,Closed,won,{won},EUR,2025-12-01,{close}\n"
        )
    };
    desk.import("opportunities-2026-01-31.csv", &deal(850, "2026-01-20"));
    desk.import("opportunities-2026-03-01.csv", &deal(2000, "2026-02-20"));
    let due = ledger::to_measure(&mut desk.ws, &desk.catalog, day("2026-03-31")).expect("read");
    assert_eq!(due.iter().map(|r| r.record.as_str()).collect::<Vec<_>>(), [made.record.as_str()]);
    let by = Signature { author: "bob".into(), at: desk.now() };
    let measured =
        ledger::measure(&mut desk.ws, &desk.catalog, &form, &made.record, day("2026-03-31"), &by)
            .expect("measured");
    let reading = evidence(&measured.body, "reading");
    assert_eq!(reading.value(), Some("0.85"), "850 of 1000 by 15 February");
    assert_eq!(
        (reading.asked["quarter"].as_str(), reading.asked["as_of"].as_str()),
        ("2026-Q1", "2026-02-15")
    );
    assert!(measured.reason.expect("a reason").contains("attainment 0.85"));
    assert_eq!(desk.repeat(&reading), Repeated::Same);
    assert!(
        ledger::to_measure(&mut desk.ws, &desk.catalog, day("2026-03-31"))
            .expect("read")
            .is_empty()
    );

    // Nobody types a reading.
    let text = json!({"title": "x", "reading": "0.99"}).to_string();
    let typed = ledger::parse_document(&form, &text).expect("read");
    assert!(!typed.contains_key("reading"));
}
