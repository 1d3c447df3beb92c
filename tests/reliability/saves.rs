//! A save that had to wait: kept, made later, never lost and never made twice.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::Utc;
use qbr::catalog::Catalog;
use qbr::ledger::drafts::{Draft, Journal};
use qbr::ledger::{self, Saves, Signature, Tried};
use qbr::workspace::{Access, Patience, Workspace};
use rustix::fs::{FlockOperation, flock};

use crate::company::{ACTION, Chance, Company, many};
use crate::post_mortem::write_post_mortem;
use crate::terminal::{self, Terminal, serial};

fn by() -> Signature {
    Signature { author: "ann".into(), at: Utc::now() }
}

fn open(path: &Path, catalog: &Catalog, seconds: u64) -> Workspace {
    let patience = Patience { limit: Duration::from_secs(seconds), on_wait: None };
    Workspace::open_patiently(path, Access::ReadWrite, catalog, patience).expect("opened")
}

fn saves(company: &Company) -> Saves {
    let drafts = Journal::at(&company.path("home/qbr/drafts")).expect("drafts");
    Saves::beside(&drafts).expect("saves")
}

/// A new action of this title.
fn save(workspace: &Path, catalog: &Catalog, title: &str) -> Draft {
    let text = ACTION.replace("Call Acme", title);
    Draft {
        id: format!("s-{}", title.replace(' ', "-")),
        workspace: workspace.to_owned(),
        kind: "action".into(),
        record: None,
        based_on: None,
        about: None,
        body: ledger::parse_document(&catalog.forms["action"], &text).expect("a body"),
        field: None,
        saved_at: Utc::now(),
    }
}

/// Names of the files in a folder that end like this.
fn files(folder: PathBuf, end: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(end)).collect()
}

/// Somebody has the workspace as long as the file lives.
fn held(workspace: &Path) -> fs::File {
    let name = format!(".{}.lease", workspace.file_name().expect("a name").to_string_lossy());
    let lease = workspace.with_file_name(name);
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(lease);
    let file = file.expect("the lease");
    flock(&file, FlockOperation::LockExclusive).expect("locked");
    file
}

#[test]
fn a_save_waits_for_its_turn_and_is_made_once_however_often_it_is_tried() {
    let company = Company::new();
    let catalog = Catalog::embedded().expect("the catalog");
    let path = company.path("a.duckdb");
    let mut workspace = open(&path, &catalog, 0);
    let saves = saves(&company);
    let save = save(workspace.path(), &catalog, "Call Bolt");
    saves.keep(&save).expect("kept");
    let other = held(workspace.path());
    for _ in 0..2 {
        let tried = saves.attempt(&mut workspace, &catalog, &save, &by());
        assert!(matches!(tried, Tried::Waits(_)), "{tried:?}");
        assert_eq!(files(company.path("home/qbr/saves"), ".json").len(), 1);
    }
    drop(other);
    let Tried::Saved(first) = saves.attempt(&mut workspace, &catalog, &save, &by()) else {
        panic!("the workspace is free")
    };
    assert!(files(company.path("home/qbr/saves"), ".json").is_empty());
    // Killed after the commit and before the file went: it is there at the next start.
    saves.keep(&save).expect("kept");
    let Tried::Saved(again) = saves.attempt(&mut workspace, &catalog, &save, &by()) else {
        panic!("it has arrived")
    };
    assert_eq!((first.seq, &first.record), (again.seq, &again.record));
    // Whoever goes on with the same draft and saves other words means another save.
    let mut other = save.clone();
    other.body.insert("title".into(), "Call Bolt again".into());
    saves.keep(&other).expect("kept");
    let Tried::Saved(second) = saves.attempt(&mut workspace, &catalog, &other, &by()) else {
        panic!("it is another save")
    };
    assert_eq!(second.seq, first.seq + 1);
    workspace.close();
    assert_eq!(company.revisions(), 2);
}

#[test]
fn a_save_that_meets_a_newer_revision_becomes_a_draft_again() {
    let company = Company::new();
    let catalog = Catalog::embedded().expect("the catalog");
    let mut workspace = open(&company.path("a.duckdb"), &catalog, 5);
    let saves = saves(&company);
    let first = save(workspace.path(), &catalog, "Call Cargo");
    let form = &catalog.forms["action"];
    let made = ledger::create(&mut workspace, form, first.body.clone(), &by(), None);
    let record = made.expect("made").record;
    let mut mine = save(workspace.path(), &catalog, "Call Cargo now");
    (mine.record, mine.based_on) = (Some(record.clone()), Some(1));
    saves.keep(&mine).expect("kept");
    let theirs = save(workspace.path(), &catalog, "Write to Cargo");
    ledger::revise(&mut workspace, form, &record, 1, theirs.body, &by(), None).expect("revised");
    let tried = saves.attempt(&mut workspace, &catalog, &mine, &by());
    assert!(
        matches!(tried, Tried::Refused(ledger::LedgerError::Conflict { .. })),
        "never merged in silence: {tried:?}"
    );
    assert!(files(company.path("home/qbr/saves"), ".json").is_empty());
    assert_eq!(files(company.path("home/qbr/drafts"), ".json"), [format!("{}.json", mine.id)]);
    let drafts = Journal::at(&company.path("home/qbr/drafts")).expect("drafts");
    assert_eq!(drafts.recover(&mine.id).expect("there").body, mine.body);
}

#[test]
fn a_later_command_makes_what_was_left_waiting() {
    let company = Company::new();
    let catalog = Catalog::embedded().expect("the catalog");
    let path = company.path("a.duckdb");
    {
        let saves = saves(&company);
        saves.keep(&save(&path, &catalog, "Call Delta")).expect("kept");
    }
    let said = company.run(&company.save(), 0);
    assert!(said.contains("AC-1 revision 1: saved now; it had waited since"), "{said}");
    assert!(said.contains("AC-2"), "{said}");
    assert_eq!(company.revisions(), 2);
    let said = company.run(&company.save(), 0);
    assert!(!said.contains("waited"), "{said}");
}

const PART: &str = "QBR_TEST_SAVER";

/// What a child process of the next test runs; nothing when run as a test.
#[test]
fn a_saver() {
    let Ok(part) = std::env::var(PART) else { return };
    let (from, folder) = part.split_once(' ').expect("a part");
    let folder = Path::new(folder);
    let catalog = Catalog::embedded().expect("the catalog");
    let mut workspace = open(&folder.join("a.duckdb"), &catalog, 60);
    let drafts = Journal::at(&folder.join("home/qbr/drafts")).expect("drafts");
    let saves = Saves::beside(&drafts).expect("saves");
    let from: usize = from.parse().expect("a number");
    for number in from.. {
        let save = save(workspace.path(), &catalog, &format!("T {number}"));
        drafts.save(&save).expect("a draft");
        saves.keep(&save).expect("kept");
        println!("@kept {number}");
        let tried = saves.attempt(&mut workspace, &catalog, &save, &by());
        assert!(matches!(tried, Tried::Saved(_)), "{tried:?}");
    }
}

#[test]
fn whenever_a_saver_is_killed_each_save_is_made_and_made_once() {
    let company = Company::new();
    let catalog = Catalog::embedded().expect("the catalog");
    let path = company.path("a.duckdb");
    let mut chance = Chance::new();
    let seed = chance.seed();
    let (mut next, mut left) = (0, 0);
    for round in 0..many("QBR_KILLS", 4) {
        let mut child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["saves::a_saver", "--exact", "--nocapture", "--test-threads=1"])
            .env(PART, format!("{next} {}", company.path("").display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child process");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let number = |line: String| {
            let (_, number) = line.split_once("@kept ")?;
            number.parse::<usize>().ok()
        };
        // Under way; then at any moment of the next saves.
        let first = lines.by_ref().map_while(Result::ok).find_map(number);
        std::thread::sleep(Duration::from_micros(chance.below(300_000)));
        child.kill().expect("killed");
        child.wait().expect("gone");
        let last = lines.map_while(Result::ok).filter_map(number).last().or(first);
        let last = last.unwrap_or_else(|| panic!("seed {seed}, round {round}: it never began"));
        // What the next start does.
        let mut workspace = open(&path, &catalog, 60);
        let saves = saves(&company);
        for save in saves.take_over(workspace.path()).expect("read") {
            left += 1;
            let tried = saves.attempt(&mut workspace, &catalog, &save, &by());
            assert!(matches!(tried, Tried::Saved(_)), "{tried:?}");
        }
        let titles = ledger::list(&mut workspace, &catalog, Some("action")).expect("listed");
        let mut titles: Vec<String> = titles.into_iter().map(|action| action.name).collect();
        titles.sort_by_key(|title| (title.len(), title.clone()));
        // One more may have been kept and not told.
        let made = titles.len();
        assert!(made == last + 1 || made == last + 2, "seed {seed}, round {round}: {titles:?}");
        let all: Vec<String> = (0..made).map(|number| format!("T {number}")).collect();
        assert_eq!(titles, all, "seed {seed}, round {round}");
        assert!(files(company.path("home/qbr/saves"), ".json").is_empty());
        next = made;
    }
    // A draft of a save that was made is not offered again, but for the one moment between.
    eprintln!("{next} saves, {left} of them after their writer was killed");
    assert_eq!(company.revisions(), next);
}

#[test]
fn a_form_can_be_left_and_the_terminal_closed_while_its_save_waits() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "Nobody called them back");
    let other = held(&home.workspace());
    qbr.keys("\x1bOQ");
    qbr.wait_for("1 save waits");
    qbr.wait_for("saved by itself");
    qbr.keys("\x1b");
    qbr.settle();
    qbr.keys("\x1b");
    qbr.wait_for("Why we lose");
    // The terminal is closed; nobody asks, nothing is lost.
    qbr.hang_up();
    assert!(qbr.ends_within(Duration::from_secs(30)).is_some());
    assert_eq!(files(home.path().join("state/qbr/saves"), ".json").len(), 1);

    // It goes in by itself at the next start.
    drop(other);
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("what had waited is in the workspace");
    qbr.never_sees("Not saved yet");
    qbr.never_sees("1 save waits");
    qbr.keys("q");
    assert_eq!(qbr.ends_within(Duration::from_secs(10)), Some(0));
    assert!(files(home.path().join("state/qbr/saves"), ".json").is_empty());
    assert!(files(home.path().join("state/qbr/drafts"), ".json").is_empty());
    let listed = terminal::without_terminal(&home, &["records", "acme.duckdb", "list"]);
    assert!(listed.contains("Kawasemi"), "{listed}");
}

#[test]
fn a_save_that_waits_completes_while_the_person_goes_on() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "They went silent");
    let other = held(&home.workspace());
    qbr.keys("\x1bOQ");
    qbr.wait_for("1 save waits");
    drop(other);
    qbr.wait_for("Saved as PM-");
    qbr.never_sees("1 save waits");
}
