//! A file of the oldest schema is killed on its way to the newest.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use duckdb::Connection;
use qbr::workspace::schema_steps;

use crate::company::{Chance, Company, lasts, many};

/// Makes `old.duckdb`: schema 1, with the ledger of a workspace that has three records.
fn oldest(company: &Company) {
    for _ in 0..3 {
        company.run(&company.save(), 0);
    }
    let file = Connection::open(company.path("old.duckdb")).expect("a file");
    let newest = company.path("a.duckdb");
    file.execute_batch(schema_steps()[0]).expect("the first schema");
    file.execute_batch(&format!(
        "INSERT INTO meta.info VALUES ('schema_version', '1');
         INSERT INTO settings.setting VALUES ('reporting_currency', 'USD'), ('fiscal_year_start', '1');
         ATTACH '{}' AS newest (READ_ONLY);
         INSERT INTO ledger.revision FROM newest.ledger.revision;
         INSERT INTO meta.info FROM newest.meta.info WHERE key = 'ledger_head';
         INSERT INTO settings.fiscal_month FROM newest.settings.fiscal_month;
         DETACH newest; CHECKPOINT",
        newest.display()
    ))
    .expect("filled");
    file.close().expect("closed");
}

/// Version of the file, and how many revisions are in it.
fn found(company: &Company, name: &str) -> (u32, i64) {
    let file = Connection::open(company.path(name)).expect("it opens");
    let number = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
    let version = "SELECT value::BIGINT FROM meta.info WHERE key = 'schema_version'";
    let version = u32::try_from(number(version)).expect("a version");
    (version, number("SELECT count(*) FROM ledger.revision"))
}

#[test]
fn a_migration_that_is_killed_is_made_by_the_next_one() {
    let company = Company::new();
    oldest(&company);
    let mut chance = Chance::new();
    let seed = chance.seed();
    let fresh = |company: &Company| {
        for entry in fs::read_dir(company.path(".")).expect("a folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("m.duckdb") || name.starts_with(".m.duckdb.backup") {
                fs::remove_file(entry.path()).expect("removed");
            }
        }
        fs::copy(company.path("old.duckdb"), company.path("m.duckdb")).expect("copied");
    };
    let save = ["records", "m.duckdb", "new", "action", "--from", "action.toml"];
    fresh(&company);
    let whole = lasts(&mut company.command(&save));
    let newest = schema_steps().len() as u32;
    assert_eq!(found(&company, "m.duckdb"), (newest, 4));
    let (mut killed, mut stayed) = (0, 0);
    for round in 0..many("QBR_KILLS", 4) {
        fresh(&company);
        let mut child = company
            .command(&save)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        std::thread::sleep(Duration::from_micros(chance.below(whole.as_micros() as u64)));
        child.kill().expect("killed");
        let output = child.wait_with_output().expect("gone");
        killed += usize::from(!output.status.success());
        let acknowledged = String::from_utf8_lossy(&output.stdout).contains("AC-4");
        let (version, revisions) = found(&company, "m.duckdb");
        let told = format!("seed {seed}, round {round}: schema {version}, {revisions} revisions");
        assert!(version == 1 || version == newest, "{told}");
        stayed += usize::from(version == 1);
        let least = if acknowledged { 4 } else { 3 };
        assert!((least..=4).contains(&revisions), "{told}");
        // A copy from before has its name only when it is whole.
        for entry in fs::read_dir(company.path(".")).expect("a folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("m.duckdb.backup-schema1-") {
                assert_eq!(found(&company, &name), (1, 3), "{told}");
            }
        }
        // The next one goes on from there, and all is sound.
        company.run(&save, 0);
        let said = company.run(&["verify", "m.duckdb"], 0);
        assert!(said.contains(&format!("{} revisions", revisions + 1)), "{told}: {said}");
    }
    eprintln!("{killed} migrations were killed before they ended, {stayed} before they counted");
}
