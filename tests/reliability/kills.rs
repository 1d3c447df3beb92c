//! Killed at any moment: what was acknowledged is there, and nothing half done.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::company::{Chance, Company, lasts, many};

#[test]
fn whoever_is_killed_what_was_acknowledged_is_there_and_nothing_half_done() {
    let mut chance = Chance::new();
    let seed = chance.seed();
    let company = Company::new();
    let whole = {
        let first = company.export(1, 500);
        let import = lasts(&mut company.command(&["import", "a.duckdb", &first]));
        let save = lasts(&mut company.command(&company.save()));
        let backup = lasts(&mut company.command(&["backup", "a.duckdb"]));
        [save, import, backup]
    };
    let mut acknowledged = 1;
    let (mut taken, mut killed) = (1, 0);
    for round in 0..many("QBR_KILLS", 6) {
        let what = round % 3;
        let export = company.export(2 + (round % 27) as u32, 500 + round as u32);
        let arguments = match what {
            0 => company.save(),
            1 => vec!["import", "a.duckdb", export.as_str(), "--no-backup"],
            _ => vec!["backup", "a.duckdb"],
        };
        let mut child = company
            .command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        // Up to a little longer than it takes: some end by themselves.
        let after = whole[what].as_micros() as u64 * 6 / 5;
        std::thread::sleep(Duration::from_micros(chance.below(after)));
        child.kill().expect("killed");
        let output = child.wait_with_output().expect("gone");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        killed += usize::from(!output.status.success());
        let told = format!("seed {seed}, round {round}: {arguments:?} said {said:?}");
        let revisions = company.revisions();
        match what {
            // What was said is there; what was not said may be, whole.
            0 if said.contains("AC-") => assert_eq!(revisions, acknowledged + 1, "{told}"),
            0 => assert!((acknowledged..=acknowledged + 1).contains(&revisions), "{told}"),
            _ => assert_eq!(revisions, acknowledged, "{told}"),
        }
        acknowledged = revisions;
        let listed = company.run(&["imports", "a.duckdb", "--format", "json"], 0);
        let now = listed.matches("\"import_id\"").count();
        assert!((taken..=taken + usize::from(what == 1)).contains(&now), "{told}");
        taken = now;
        // A copy that was not finished has no name.
        let copies = company.run(&["backup", "a.duckdb", "--list", "--format", "json"], 0);
        let copies: serde_json::Value = serde_json::from_str(&copies).expect("JSON");
        for copy in copies.as_array().expect("a list") {
            let name = copy["path"].as_str().expect("a path");
            company.run(&["verify", name], 0);
            fs::remove_file(company.path(name)).expect("removed");
        }
    }
    eprintln!("{killed} of them were killed before they ended");
}
