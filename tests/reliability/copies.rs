//! Copies put back, chains sealed, damaged files read out.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::company::Company;

#[test]
fn a_backup_is_made_listed_looked_at_and_put_back() {
    let company = Company::new();
    company.run(&company.save(), 0);
    let made = company.run(&["backup", "a.duckdb"], 0);
    let copy = made.split(": ").next().expect("a name").to_owned();
    company.run(&company.save(), 0);
    let listed = company.run(&["backup", "a.duckdb", "--list"], 0);
    assert!(listed.contains("asked") && listed.contains("a.duckdb.backup-asked-"), "{listed}");
    // Without a terminal, and without being told to, it only looks.
    let looked = company.run(&["restore", "a.duckdb", &copy], 1);
    for part in
        ["2 revisions of records", "These would go, 1 revisions", "AC-2", "Nothing was changed"]
    {
        assert!(looked.contains(part), "{looked}");
    }
    assert_eq!(company.revisions(), 2);
    let done = company.run(&["restore", "a.duckdb", &copy, "--yes"], 0);
    assert!(
        done.contains("What was there is kept as") && done.contains(".backup-restore-"),
        "{done}"
    );
    assert_eq!(company.revisions(), 1);
}

#[test]
fn an_import_keeps_the_workspace_as_it_was_before() {
    let company = Company::new();
    let (first, second) = (company.export(3, 3), company.export(10, 4));
    let report = company.run(&["import", "a.duckdb", &first], 0);
    assert!(!report.contains("Kept as it was before"), "there was nothing to keep: {report}");
    let report = company.run(&["import", "a.duckdb", &second], 0);
    assert!(report.contains("Kept as it was before: a.duckdb.backup-import-"), "{report}");
    let again = company.run(&["import", "a.duckdb", &second], 0);
    assert!(!again.contains("Kept as it was before"), "nothing was written: {again}");
    let third = company.export(17, 5);
    let without = company.run(&["import", "a.duckdb", &third, "--no-backup"], 0);
    assert!(!without.contains("Kept as it was before"), "{without}");
    let listed = company.run(&["backup", "a.duckdb", "--list", "--format", "json"], 0);
    assert_eq!(listed.matches("\"import\"").count(), 1, "{listed}");
}

#[test]
fn a_chain_that_is_computed_anew_does_not_fit_the_seal() {
    let company = Company::new();
    let none = company.run(&["seal", "a.duckdb"], 4);
    assert!(none.contains("nothing is written yet"), "{none}");
    company.run(&company.save(), 0);
    fs::copy(company.path("a.duckdb"), company.path("early.duckdb")).expect("copied");
    company.run(&company.save(), 0);
    company.run(&["seal", "a.duckdb", "--out", "seal.txt"], 0);
    company.run(&["seal", "a.duckdb", "--out", "seal.txt"], 4);
    company.run(&company.save(), 0);
    let held = company.run(&["verify", "a.duckdb", "--seal", "seal.txt"], 0);
    assert!(held.contains("seal: 2 revisions"), "{held}");
    // An earlier state of the file, whose chain is sound in itself.
    let cut = company.run(&["verify", "early.duckdb", "--seal", "seal.txt"], 1);
    assert!(cut.contains("2 revisions were sealed, and 1 are there"), "{cut}");
    // And one that went on otherwise.
    let other = company.command(&[
        "records",
        "early.duckdb",
        "new",
        "action",
        "--from",
        "action.toml",
        "--reason",
        "other",
    ]);
    let mut other = other;
    assert!(other.stdout(Stdio::null()).status().expect("runs").success());
    let rewritten = company.run(&["verify", "early.duckdb", "--seal", "seal.txt"], 1);
    assert!(rewritten.contains("revision 2 (record AC-2) is not the one"), "{rewritten}");
    let mut file = fs::File::create(company.path("seal.txt")).expect("made");
    file.write_all(b"nothing").expect("written");
    company.run(&["verify", "a.duckdb", "--seal", "seal.txt"], 4);
}

#[test]
fn of_a_damaged_workspace_what_can_be_read_is_put_into_a_new_one() {
    let company = Company::new();
    company.run(&company.save(), 0);
    let said = company.run(&["rescue", "a.duckdb", "b.duckdb"], 0);
    assert!(said.contains("ledger.revision: 1 rows") && said.contains("everything"), "{said}");
    company.run(&["verify", "b.duckdb"], 0);
    let mut bytes = fs::read(company.path("a.duckdb")).expect("read");
    bytes[..12_288].fill(0);
    fs::write(company.path("a.duckdb"), &bytes).expect("written");
    company.run(&["rescue", "a.duckdb", "c.duckdb"], 3);
    assert!(!company.path("c.duckdb").exists());
}
