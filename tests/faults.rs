//! What happens to a workspace when the world around it misbehaves: bytes that
//! flip, clocks that go back, disks that may only be read, files that go away.
//!
//! Counts are small, so that they run with every other test; `QBR_FLIPS` makes
//! them large (`docs/reliability.md`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use chrono::{DateTime, Duration, Utc};
use qbr::catalog::Catalog;
use qbr::domain::Table;
use qbr::ledger::{self, Signature};
use qbr::workspace::{Access, Occasion, Workspace, WorkspaceError, backups};
use rustix::fs::{FlockOperation, flock};

const ACTION: &str =
    "title = \"Call Acme\"\nowner = \"Ann\"\ndue_on = 2025-12-01\nartefact = \"play\"\n";

struct Company {
    folder: tempfile::TempDir,
}

impl Company {
    /// An empty workspace.
    fn new() -> Company {
        Company::within(tempfile::tempdir().expect("a folder"))
    }

    fn within(folder: tempfile::TempDir) -> Company {
        let company = Company { folder };
        company.write("action.toml", ACTION);
        company.run(&["init", "a.duckdb"], 0);
        company
    }

    /// Deals, lost ones among them, and records.
    fn at_work() -> Company {
        let company = Company::new();
        let mut deals = String::from(
            "opportunity_id,name,stage,state,amount,currency,created_on,close_date,owner,region,competitor\n",
        );
        for deal in 0..60 {
            let (stage, state) = match deal % 3 {
                0 => ("Closed Won", "won"),
                1 => ("Closed Lost", "lost"),
                _ => ("Proposal", "open"),
            };
            let (month, day) = (1 + deal % 12, 1 + deal % 28);
            deals += &format!(
                "O-{deal},Deal {deal},{stage},{state},{}.00,USD,2025-01-{day:02},2025-{month:02}-{day:02},Ann,East,Acme\n",
                1000 + 137 * deal,
            );
        }
        company.write("opportunities-2025-12-31.csv", &deals);
        company.run(&["import", "a.duckdb", "opportunities-2025-12-31.csv"], 0);
        for _ in 0..3 {
            company.run(&["records", "a.duckdb", "new", "action", "--from", "action.toml"], 0);
        }
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
}

// ---- a byte flips ---------------------------------------------------------------------------------

type Shown = BTreeMap<String, Result<Table, String>>;

/// What the workspace holds and what some of its figures say (`skip` and then one in `step`), or
/// the error that says that it is damaged.
fn shown(
    path: &Path,
    catalog: &Catalog,
    skip: usize,
    step: usize,
) -> Result<Shown, WorkspaceError> {
    let mut workspace = Workspace::open(path, Access::ReadOnly, catalog)?;
    let parameters = workspace.defaults()?;
    let mut shown = Shown::new();
    for figure in catalog.figures.values().skip(skip).step_by(step) {
        let answer = match workspace.run(figure, &parameters) {
            Err(error) if is_damage(&error) => return Err(error),
            answer => answer.map(|answer| answer.table).map_err(|error| error.to_string()),
        };
        shown.insert(figure.name.clone(), answer);
    }
    for table in ["ledger.revision", "facts.opportunity", "settings.assumption", "meta.import"] {
        let rows = workspace.read::<_, WorkspaceError>("reading", |session| {
            session.query(&format!("SELECT * FROM {table} ORDER BY ALL"), &[])
        })?;
        shown.insert(table.into(), Ok(rows));
    }
    Ok(shown)
}

/// Words that tell a person that the file is broken, and not that the question was wrong.
fn is_damage(error: &WorkspaceError) -> bool {
    matches!(
        error,
        WorkspaceError::Damaged { .. }
            | WorkspaceError::NotADatabase { .. }
            | WorkspaceError::NotAWorkspace { .. }
            | WorkspaceError::NewerFormat { .. }
    )
}

#[test]
fn a_flipped_byte_is_told_or_harmless_and_never_a_wrong_figure() {
    let company = Company::at_work();
    let catalog = Catalog::embedded().expect("the catalog");
    let sound = fs::read(company.path("a.duckdb")).expect("read");
    let right = shown(&company.path("a.duckdb"), &catalog, 0, 1).expect("sound");
    assert!(right.len() > 40, "{} figures", right.len());
    let answered = right.values().filter(|answer| answer.as_ref().is_ok_and(|t| !t.is_empty()));
    assert!(answered.count() > 10, "the figures have something to show");

    let many = std::env::var("QBR_FLIPS").ok().and_then(|n| n.parse().ok());
    // By default each flip has its own tenth of the figures.
    let (flips, step) = many.map_or((20, 10), |many: usize| (many, 1));
    let seed = u64::from(std::process::id()) ^ Utc::now().timestamp_micros() as u64;
    let (mut told, mut harmless, mut state) = (0, 0, seed);
    let mut below = |limit: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let flipped = company.path("flipped.duckdb");
    for flip in 0..flips {
        // Every fourth in the three headers, which are less than a hundredth of the file.
        let within = if flip % 4 == 0 { 3 * 4096 } else { sound.len() };
        let (place, bit) = (below(within), below(8));
        let mut bytes = sound.clone();
        bytes[place] ^= 1 << bit;
        fs::write(&flipped, &bytes).expect("written");
        let where_to = format!("bit {bit} of byte {place} of {}, seed {seed}", sound.len());
        match shown(&flipped, &catalog, flip % step, step) {
            Err(error) => {
                assert!(is_damage(&error), "{where_to}: {error}");
                told += 1;
            }
            Ok(shown) => {
                for (name, answer) in &shown {
                    assert_eq!(Some(answer), right.get(name), "{where_to}: {name}");
                }
                harmless += 1;
            }
        }
        assert_eq!(fs::read(&flipped).expect("there"), bytes, "{where_to}: it was written to");
    }
    eprintln!("{flips} bytes flipped: {told} told as damage, {harmless} without any effect");
}

// ---- clocks ---------------------------------------------------------------------------------------

fn signed(author: &str, at: &str) -> Signature {
    Signature { author: author.into(), at: at.parse().expect("a time") }
}

/// Two hosts whose clocks are a day apart, and one whose clock is set back by years.
#[test]
fn the_order_of_revisions_is_that_of_the_chain_whatever_the_clocks_say() {
    let company = Company::new();
    let catalog = Catalog::embedded().expect("the catalog");
    let form = &catalog.forms["action"];
    let path = company.path("a.duckdb");
    let mut workspace = Workspace::open(&path, Access::ReadWrite, &catalog).expect("opened");
    let body = |title: &str| {
        ledger::parse_document(form, &ACTION.replace("Call Acme", title)).expect("a body")
    };
    let first = signed("ann", "2026-03-02T10:00:00Z");
    let made = ledger::create(&mut workspace, form, body("1"), &first, None).expect("written");
    let id = made.record.clone();
    for (based_on, author, at) in [
        (1, "ben", "2026-03-01T10:00:00Z"),
        (2, "ann", "2026-03-02T10:00:01Z"),
        (3, "cid", "1999-12-31T23:59:59Z"),
        (4, "dee", "2099-01-01T00:00:00Z"),
        (5, "ann", "2026-03-02T10:00:02Z"),
    ] {
        let (by, title) = (signed(author, at), format!("{}", based_on + 1));
        ledger::revise(&mut workspace, form, &id, based_on, body(&title), &by, None)
            .expect("the newest is the last that was written, not the one with the latest time");
    }
    let titles: Vec<String> = ledger::history(&mut workspace, &id)
        .expect("read")
        .iter()
        .map(|revision| revision.body["title"].as_str().expect("a title").to_owned())
        .collect();
    assert_eq!(titles, ["1", "2", "3", "4", "5", "6"]);
    let newest = ledger::newest(&mut workspace, &id).expect("read");
    assert_eq!((newest.revision, newest.author.as_str()), (6, "ann"));
    // Somebody who saw the revision with the latest time has not seen the last one.
    let stale = ledger::revise(
        &mut workspace,
        form,
        &id,
        5,
        body("over it"),
        &signed("eve", "2100-01-01T00:00:00Z"),
        None,
    );
    assert!(matches!(stale, Err(ledger::LedgerError::Conflict { .. })), "{stale:?}");
    workspace.close();
    company.run(&["verify", "a.duckdb"], 0);
    let shown = company.run(&["records", "a.duckdb", "show", &id], 0);
    assert!(shown.contains('6'), "{shown}");
}

#[test]
fn a_note_from_a_clock_that_is_ahead_keeps_nobody_out_and_an_old_one_lets_nobody_in() {
    let company = Company::new();
    let lease = company.path(".a.duckdb.lease");
    let note = |host: &str, since: &str| {
        format!(
            r#"{{"user":"ben","host":"{host}","pid":1,"process":"qbr","since":"{since}","doing":"importing"}}"#
        )
    };
    let save = ["records", "a.duckdb", "new", "action", "--from", "action.toml"];
    // What a host that died has left: a note, and no lock.
    for since in ["2199-01-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
        fs::write(&lease, note("another-host", since)).expect("written");
        company.run(&save, 0);
    }
    // A lock that is held, noted by a clock that is years behind: nobody takes it for left behind.
    fs::write(&lease, note("another-host", "1970-01-01T00:00:00Z")).expect("written");
    let held = fs::OpenOptions::new().read(true).write(true).open(&lease).expect("there");
    flock(&held, FlockOperation::NonBlockingLockExclusive).expect("free");
    let mut waiting = company.command(&save).spawn().expect("qbr runs");
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert!(waiting.try_wait().expect("asked").is_none(), "it waits for the lock, not for a clock");
    let catalog = Catalog::embedded().expect("the catalog");
    drop(held);
    assert!(waiting.wait().expect("gone").success());
    let path = company.path("a.duckdb");
    let mut workspace = Workspace::open(&path, Access::ReadOnly, &catalog).expect("opened");
    let verification = ledger::verify(&mut workspace).expect("read");
    assert!(verification.is_sound() && verification.revisions == 3, "{verification}");
}

#[test]
fn a_copy_made_after_the_clock_went_back_is_not_taken_for_the_oldest() {
    let company = Company::new();
    let catalog = Catalog::embedded().expect("the catalog");
    let path = company.path("a.duckdb");
    let mut workspace = Workspace::open(&path, Access::ReadWrite, &catalog).expect("opened");
    let now: DateTime<Utc> = "2026-03-02T10:00:00Z".parse().expect("a time");
    for day in 0..6 {
        workspace.back_up(Occasion::Import, None, now + Duration::days(day)).expect("copied");
    }
    let back = now - Duration::days(400);
    let made = workspace.back_up(Occasion::Import, None, back).expect("copied");
    assert!(made.path.exists(), "the copy that was asked for just now is there");
    assert_eq!(backups(&path).expect("listed").len(), 5);
}

// ---- where nothing may be written -----------------------------------------------------------------

/// A file system in memory that can be shut for writing; gone when dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    fn mounted() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "none"])
            .arg(folder.path())
            .output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Disk(folder))
    }

    fn shut(&self) {
        let done = Command::new("mount").args(["-o", "remount,ro"]).arg(self.0.path()).status();
        assert!(done.is_ok_and(|status| status.success()), "remounted");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

#[test]
fn on_a_disk_that_may_only_be_read_everything_is_read_and_a_save_says_why_not() {
    let Some(disk) = Disk::mounted() else {
        eprintln!("skipped: no right to mount a small disk");
        return;
    };
    let company = Company::at_work();
    let file = disk.0.path().join("a.duckdb");
    fs::copy(company.path("a.duckdb"), &file).expect("copied");
    disk.shut();
    let file = file.to_str().expect("UTF-8");
    assert!(company.run(&["records", file, "list"], 0).contains("AC-3"));
    company.run(&["show", file, "win-rate"], 0);
    company.run(&["verify", file], 0);
    let refused = company.run(&["records", file, "new", "action", "--from", "action.toml"], 3);
    assert!(refused.contains("cannot be written"), "{refused}");
    let refused = company.run(&["import", file, "opportunities-2025-12-31.csv"], 3);
    assert!(refused.contains("cannot be written"), "{refused}");
}

// ---- a file that goes away or is another one ------------------------------------------------------

#[test]
fn who_has_a_workspace_open_never_writes_into_another_that_came_in_its_place() {
    let company = Company::new();
    let catalog = Catalog::embedded().expect("the catalog");
    let form = &catalog.forms["action"];
    let path = company.path("a.duckdb");
    company.run(&["init", "b.duckdb"], 0);
    let copy = company.path("copy.duckdb");
    fs::copy(&path, &copy).expect("copied");
    let mut workspace = Workspace::open(&path, Access::ReadWrite, &catalog).expect("opened");
    let save = |workspace: &mut Workspace| {
        let body = ledger::parse_document(form, ACTION).expect("a body");
        let by = signed("ann", "2026-03-02T10:00:00Z");
        ledger::create(workspace, form, body, &by, None)
    };
    save(&mut workspace).expect("saved");

    fs::rename(company.path("b.duckdb"), &path).expect("replaced");
    let other = fs::read(&path).expect("read");
    for _ in 0..2 {
        let refused = save(&mut workspace).expect_err("another workspace").to_string();
        assert!(refused.contains("another workspace lies at"), "{refused}");
    }
    let read = ledger::list(&mut workspace, &catalog, None);
    assert!(read.is_err(), "nor is the other one shown as this one");
    assert_eq!(fs::read(&path).expect("read"), other, "nothing was written to it");

    // An earlier copy of the same workspace is the same workspace: it was put back.
    fs::rename(&copy, &path).expect("put back");
    assert_eq!(save(&mut workspace).expect("saved").seq, 1);
    workspace.close();
    company.run(&["verify", "a.duckdb"], 0);
}
