//! The files, and the workspace that the demo makes of them.

use std::path::Path;
use std::process::Command;

use qbr::cli::demo;
use qbr::ledger;

use crate::support::company;

#[test]
fn the_files_are_what_the_generator_writes() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/generate.py");
    match Command::new("python3").arg(&script).arg("--check").output() {
        Ok(output) => assert!(
            output.status.success(),
            "change the generator, not the files:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => println!("skipped: python3 cannot be run ({error})"),
    }
}

#[test]
fn the_demo_opens_on_the_newest_quarter() {
    let mut company = company();
    let parameters = company.workspace.defaults().expect("defaults");
    assert_eq!(parameters.period.to_string(), "2025-Q4");
    assert_eq!(parameters.as_of, demo::LAST_DAY);
    assert_eq!(company.workspace.settings().currency, "USD");
}

#[test]
fn the_ledger_verifies() {
    let mut company = company();
    let verification = ledger::verify(&mut company.workspace).expect("it can be verified");
    assert!(verification.finding.is_none(), "{:?}", verification.finding);
    assert!(verification.revisions > 150);
}
