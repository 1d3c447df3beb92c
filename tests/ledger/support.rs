//! A workspace of its own for each test, and short words for the steps.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use qbr::catalog::{Catalog, Form};
use qbr::ledger::{self, Body, LedgerError, Moved, Problem, Revision, Signature};
use qbr::workspace::{CreateOptions, Identity, Workspace};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The forms of the program, the form of the tests, and a stand-in for `lost-deals`.
pub fn catalog() -> Catalog {
    let loaded = Catalog::of_folders(&[root(), root().join("tests/ledger/content")]);
    for form in ["proposal", "post-mortem", "battle-card", "play", "decision", "action", "feedback"]
    {
        assert!(loaded.catalog.forms.contains_key(form), "{form}: {}", loaded.warnings);
    }
    loaded.catalog
}

pub struct Desk {
    pub ws: Workspace,
    pub catalog: Catalog,
    /// Goes with the desk.
    _folder: TempDir,
}

impl Desk {
    pub fn new() -> Self {
        let catalog = catalog();
        let folder = tempfile::tempdir().expect("a folder");
        let options = CreateOptions {
            currency: "EUR".into(),
            fiscal_year_start: 1,
            as_of: Some("2025-12-31".parse().expect("a date")),
        };
        let identity = Identity { user: "ops".into(), host: "here".into() };
        let ws = Workspace::create(&folder.path().join("ws.duckdb"), &options, &catalog, &identity)
            .expect("a workspace");
        Desk { ws, catalog, _folder: folder }
    }

    pub fn form(&self) -> Form {
        self.catalog.forms["proposal"].clone()
    }

    pub fn create(&mut self, author: &str, given: Json) -> Result<Revision, LedgerError> {
        let form = self.form();
        ledger::create(&mut self.ws, &form, body(given), &by(author), None)
    }

    pub fn revise(
        &mut self,
        author: &str,
        id: &str,
        based_on: u32,
        given: Json,
    ) -> Result<Revision, LedgerError> {
        let form = self.form();
        let reason = Some("because");
        ledger::revise(&mut self.ws, &form, id, based_on, body(given), &by(author), reason)
    }

    pub fn move_to(&mut self, author: &str, id: &str, state: &str) -> Result<Moved, LedgerError> {
        let form = self.form();
        ledger::move_to(&mut self.ws, &form, id, state, &by(author), Some("because"))
    }

    pub fn history(&mut self, id: &str) -> Vec<Revision> {
        ledger::history(&mut self.ws, id).expect("a record")
    }

    /// Revisions in the whole file.
    pub fn count(&mut self) -> usize {
        ledger::verify(&mut self.ws).expect("read").revisions
    }

    pub fn execute(&mut self, sql: &str) {
        self.ws.write("tampering", |session| session.batch(sql)).expect("executed");
    }
}

/// At a different second of the day for each call, so that no two are alike.
pub fn by(author: &str) -> Signature {
    use std::sync::atomic::{AtomicI64, Ordering};
    static SECOND: AtomicI64 = AtomicI64::new(0);
    let second = SECOND.fetch_add(1, Ordering::Relaxed);
    let at = DateTime::<Utc>::from_timestamp_micros(1_762_161_120_000_007 + second * 1_000_000);
    Signature { author: author.into(), at: at.expect("a time") }
}

pub fn body(value: Json) -> Body {
    value.as_object().cloned().expect("an object")
}

/// May be sent to review.
pub fn full() -> Json {
    json!({
        "topic": "discounts", "owner": "olga", "words": "Fewer of them.\nAnd later.",
        "lines": [
            {"line": "They cost us 3 points", "rank": "primary"},
            {"line": "Reps give them early", "rank": "secondary", "quote": "It is easier."},
        ],
    })
}

pub fn with(mut value: Json, field: &str, to: Json) -> Json {
    value[field] = to;
    value
}

/// `field: message` of each problem.
pub fn problems<T: std::fmt::Debug>(result: Result<T, LedgerError>) -> Vec<String> {
    match result.expect_err("refused") {
        LedgerError::Problems(problems) => problems.iter().map(Problem::to_string).collect(),
        other => panic!("{other}"),
    }
}
