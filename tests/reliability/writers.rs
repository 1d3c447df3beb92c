//! Many who save at once, while an import runs.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::Utc;
use qbr::catalog::Catalog;
use qbr::domain::Value;
use qbr::ledger::{self, Signature};
use qbr::workspace::{Access, Identity, Patience, Workspace, WorkspaceError};

use crate::company::{ACTION, Company, many};

const PART: &str = "QBR_TEST_WRITER";

/// What a child process of these tests runs; nothing when run as a test.
#[test]
fn a_writer() {
    let Ok(part) = std::env::var(PART) else { return };
    let (records, path) = part.split_once(' ').expect("a part");
    let catalog = Catalog::embedded().expect("the catalog");
    let patience = || Patience { limit: Duration::from_secs(300), on_wait: None };
    let path = Path::new(path);
    let opened = Workspace::open_patiently(path, Access::ReadWrite, &catalog, patience());
    let mut workspace = opened.expect("opened");
    let form = &catalog.forms["action"];
    for _ in 0..records.parse().expect("a number") {
        let signature = Signature { author: Identity::current().user, at: Utc::now() };
        let body = ledger::parse_document(form, ACTION).expect("a body");
        let begun = Instant::now();
        let saved = ledger::create(&mut workspace, form, body, &signature, None).expect("saved");
        println!("@{} {}", saved.seq, begun.elapsed().as_millis());
    }
}

/// Another process of this binary that saves so many records.
fn writer(path: &Path, records: usize) -> Child {
    Command::new(std::env::current_exe().expect("this binary"))
        .args(["writers::a_writer", "--exact", "--nocapture", "--test-threads=1"])
        .env(PART, format!("{records} {}", path.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child process")
}

#[test]
fn everything_that_many_save_at_once_while_an_import_runs_is_there() {
    let (writers, records) = (many("QBR_WRITERS", 3), many("QBR_RECORDS", 4));
    let company = Company::new();
    let export = company.export(3, if writers > 3 { 200_000 } else { 2000 });
    let path = company.path("a.duckdb");
    let children: Vec<Child> = (0..writers).map(|_| writer(&path, records)).collect();
    let mut import = company
        .command(&["import", "a.duckdb", &export, "--quiet"])
        .stdout(Stdio::null())
        .spawn()
        .expect("an import");
    let (mut places, mut waits): (Vec<i64>, Vec<u64>) = (Vec::new(), Vec::new());
    for mut child in children {
        let mut text = String::new();
        child.stdout.take().expect("its output").read_to_string(&mut text).expect("read");
        assert!(child.wait().expect("gone").success(), "{text}");
        for (_, line) in text.lines().filter_map(|line| line.split_once('@')) {
            let (seq, wait) = line.split_once(' ').expect("two numbers");
            places.push(seq.parse().expect("a number"));
            waits.push(wait.parse().expect("a number"));
        }
    }
    assert!(import.wait().expect("gone").success());
    places.sort_unstable();
    let all: Vec<i64> = (1..=(writers * records) as i64).collect();
    assert_eq!(places, all, "each revision has a place of its own, and none is missing");
    assert_eq!(company.revisions(), writers * records);
    let deals = company.run(&["imports", "a.duckdb", "--format", "json"], 0);
    assert!(deals.contains(&export), "{deals}");
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() * share / 100).min(waits.len() - 1)];
    eprintln!("saves in ms: median {}, 99th percentile {}, longest {}", at(50), at(99), at(100));
}

/// Every version of every opportunity, but for the import that told it.
fn versions(path: &Path) -> Vec<Vec<Value>> {
    let catalog = Catalog::embedded().expect("the catalog");
    let mut workspace = Workspace::open(path, Access::ReadOnly, &catalog).expect("opened");
    let sql = "SELECT opportunity_id, valid_from, valid_to, amount, close_date
               FROM facts.opportunity ORDER BY ALL";
    let found = workspace.read::<_, WorkspaceError>("looking", |session| session.query(sql, &[]));
    found.expect("read").rows
}

/// What an import finds out before its turn is of no use once another import was quicker.
#[test]
fn imports_at_once_come_to_the_same_as_one_after_the_other() {
    let company = Company::new();
    let days = [4, 11, 18, 25];
    let exports: Vec<String> = days.iter().map(|day| company.export(*day, 900 + day)).collect();
    company.run(&["import", "a.duckdb", &exports[1]], 0);
    fs::copy(company.path("a.duckdb"), company.path("b.duckdb")).expect("copied");
    for export in [&exports[0], &exports[2], &exports[3]] {
        company.run(&["import", "b.duckdb", export, "--no-backup"], 0);
    }
    let children = [3, 0, 2].map(|place: usize| {
        company
            .command(&["import", "a.duckdb", &exports[place], "--quiet", "--no-backup"])
            .stdout(Stdio::null())
            .spawn()
            .expect("an import")
    });
    for mut child in children {
        assert!(child.wait().expect("gone").success());
    }
    let (at_once, one_by_one) =
        (versions(&company.path("a.duckdb")), versions(&company.path("b.duckdb")));
    assert_eq!(at_once.len(), one_by_one.len());
    assert!(at_once == one_by_one);
}
