//! One file and many processes: who saves at once, who is killed, what is put
//! back, and what nobody can rewrite unseen.
//!
//! Counts are small, so that they run with every other test; `QBR_WRITERS`,
//! `QBR_RECORDS` and `QBR_KILLS` make them large (`docs/reliability.md`).

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use chrono::Utc;
use qbr::catalog::Catalog;
use qbr::ledger::{self, Signature};
use qbr::workspace::{Access, Identity, Patience, Workspace};

const ACTION: &str =
    "title = \"Call Acme\"\nowner = \"Ann\"\ndue_on = 2025-12-01\nartefact = \"play\"\n";

/// A number from the environment, or this one.
fn many(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

struct Company {
    folder: tempfile::TempDir,
}

impl Company {
    fn new() -> Company {
        let company = Company { folder: tempfile::tempdir().expect("a folder") };
        company.write("action.toml", ACTION);
        company.run(&["init", "a.duckdb"], 0);
        company
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qbr"));
        command.args(arguments).current_dir(self.folder.path());
        for variable in ["XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"] {
            command.env(variable, self.path("home"));
        }
        command
    }

    #[track_caller]
    fn run(&self, arguments: &[&str], status: i32) -> String {
        let output: Output = self.command(arguments).output().expect("qbr runs");
        let (out, err) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
        let out = String::from_utf8_lossy(out).into_owned();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{out}\n{err}");
        out + &err
    }

    fn save(&self) -> Vec<&'static str> {
        vec!["records", "a.duckdb", "new", "action", "--from", "action.toml"]
    }

    /// Opportunities of a day, so many of them.
    fn export(&self, day: u32, deals: u32) -> String {
        let mut text = String::from("opportunity_id,stage,state,amount,currency,close_date\n");
        for deal in 0..deals {
            text += &format!("O-{deal},Proposal,open,{}.00,USD,2025-12-{:02}\n", deal + day, day);
        }
        let name = format!("opportunities-2025-11-{day:02}.csv");
        self.write(&name, &text);
        name
    }

    /// Revisions that are there; the chain and the file are sound.
    #[track_caller]
    fn revisions(&self) -> usize {
        let said = self.run(&["verify", "a.duckdb"], 0);
        let line = said.lines().find(|line| line.starts_with("ledger:")).expect("the ledger");
        let count = line.split_whitespace().nth(1).and_then(|count| count.parse().ok());
        count.unwrap_or_else(|| panic!("{said}"))
    }
}

// ---- many at once --------------------------------------------------------------------------------

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
        .args(["a_writer", "--exact", "--nocapture", "--test-threads=1"])
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

// ---- killed --------------------------------------------------------------------------------------

/// Numbers that differ from run to run; which it was is told when it fails.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

/// How long a command takes when nobody kills it.
fn lasts(command: &mut Command) -> Duration {
    let begun = Instant::now();
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("runs").success());
    begun.elapsed()
}

#[test]
fn whoever_is_killed_what_was_acknowledged_is_there_and_nothing_half_done() {
    let seed = u64::from(std::process::id()) ^ Utc::now().timestamp_micros() as u64;
    let mut chance = Chance(seed);
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

// ---- put back, sealed -----------------------------------------------------------------------------

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
