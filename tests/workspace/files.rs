//! What is in the file and beside it: contents of a new one, modes, full disks.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use chrono::NaiveDate;
use qbr::catalog::Catalog;
use qbr::domain::Value;
use qbr::workspace::{Access, CreateOptions, Identity, Workspace, WorkspaceError};

use crate::child::result;
use crate::content::{add, count, create, open, place, value};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// More rows than a small disk has room for.
pub fn fill(workspace: &mut Workspace) -> Result<(), WorkspaceError> {
    workspace.write("filling", |session| {
        session.batch(
            "INSERT INTO facts.competitor
             SELECT md5(i::VARCHAR), md5((i + 1)::VARCHAR) || md5((i + 2)::VARCHAR), 1, NULL, 1
             FROM range(400000) r(i)",
        )
    })
}

#[test]
fn a_new_workspace_knows_its_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("acme.duckdb");
    let options = CreateOptions {
        currency: "eur".into(),
        fiscal_year_start: 2,
        as_of: Some(day("2025-12-31")),
    };
    let identity = Identity { user: "ann".into(), host: "jump1".into() };
    let mut workspace =
        Workspace::create(&path, &options, &Catalog::default(), &identity).expect("made");
    let settings = workspace.settings();
    assert_eq!((settings.currency.as_str(), settings.fiscal.start_month), ("EUR", 2));
    assert_eq!(settings.as_of, Some(day("2025-12-31")));

    let mut text = |sql: &str| value(&mut workspace, sql).plain();
    assert_eq!(text("SELECT value FROM meta.info WHERE key = 'created_by'"), "ann");
    assert_eq!(text("SELECT count(*) FROM settings.fiscal_month"), "600");
    assert_eq!(
        text("SELECT min(month) || ' ' || max(month) FROM settings.fiscal_month"),
        "2000-01 2049-12"
    );
    assert_eq!(
        text(
            "SELECT quarter || ' ' || quarter_start || ' ' || quarter_end || ' ' || fiscal_year || ' ' || month_in_quarter
             FROM settings.fiscal_month WHERE month = '2025-12'"
        ),
        "2026-Q4 2025-11-01 2026-01-31 2026 2"
    );
    assert_eq!(
        text(
            "SELECT count(*) > 0 AND count(*) = count(DISTINCT (name, scope)) FROM settings.assumption"
        ),
        "true"
    );
    assert_eq!(
        text(
            "SELECT DISTINCT author || ' ' || reason || ' ' || effective_from || ' ' || version FROM settings.assumption"
        ),
        "qbr default 1900-01-01 1"
    );
    assert_eq!(
        value(
            &mut workspace,
            "SELECT value FROM settings.assumption WHERE name = 'card_sla_days' AND scope = '2'"
        ),
        Value::Decimal("60.0000".parse().expect("a number"))
    );
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        3,
        "the file and its two lease files"
    );
}

#[test]
fn assumptions_that_an_older_program_did_not_know_are_added_and_no_decided_one_is_touched() {
    let place = place();
    let mut workspace = open(&place.path);
    let all = "SELECT count(*) FROM settings.assumption";
    let known = value(&mut workspace, all);
    workspace
        .write::<_, WorkspaceError>("going back", |session| {
            session.batch(
                "DELETE FROM settings.assumption WHERE name = 'alert_hysteresis';
                 UPDATE settings.assumption SET value = 0.25, author = 'ann'
                 WHERE name = 'win_rate_threshold'",
            )
        })
        .expect("written");
    workspace.close();
    let mut reader = Workspace::open(&place.path, Access::ReadOnly, &Catalog::default())
        .expect("opened to read");
    assert_ne!(value(&mut reader, all), known, "who reads changes nothing");
    reader.close();
    let mut workspace = open(&place.path);
    assert_eq!(value(&mut workspace, all), known);
    let told = |name: &str| {
        format!("SELECT author || ' ' || value FROM settings.assumption WHERE name = '{name}'")
    };
    let text = |workspace: &mut Workspace, name: &str| value(workspace, &told(name)).plain();
    assert_eq!(text(&mut workspace, "win_rate_threshold"), "ann 0.2500");
    assert_eq!(text(&mut workspace, "alert_hysteresis"), "qbr 0.0200");
}

#[test]
fn a_path_may_hold_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["O'Brien & Co.duckdb", "Größe 🙂.duckdb", "; DROP TABLE x --", "no ending"] {
        let path = folder.path().join(name);
        let mut workspace = create(&path);
        add(&mut workspace, "x").expect(name);
        workspace.close();
        assert_eq!(count(&mut open(&path)).expect(name), 1);
    }
}

#[test]
fn a_sound_file_verifies_and_a_changed_schema_does_not() {
    let place = place();
    let mut workspace = open(&place.path);
    add(&mut workspace, "x").expect("added");
    let check = workspace.verify_file().expect("verified");
    assert_eq!(check.problems, Vec::<String>::new());
    assert!(check.tables.contains(&("facts.competitor".into(), 1)));
    assert!(check.tables.contains(&("settings.fiscal_month".into(), 600)));

    let changed = workspace.write::<_, WorkspaceError>("breaking", |session| {
        session.batch(
            "DROP TABLE meta.reject;
             ALTER TABLE facts.product ADD COLUMN extra INTEGER;
             CREATE TABLE main.of_an_analyst (a INTEGER)",
        )
    });
    changed.expect("changed");
    let problems = workspace.verify_file().expect("verified").problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("facts.product has the columns"), "{problems:?}");
    assert_eq!(problems[1], "meta.reject is missing");
}

#[test]
fn files_are_shared_with_the_group_and_closed_to_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("acme.duckdb");
    result("shares", &path);
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).expect("a folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o660, "{:?}", entry.path());
        files += 1;
    }
    assert_eq!(files, 3);
}

#[test]
fn a_write_that_outgrows_its_quota_loses_nothing() {
    let place = place();
    let mut workspace = open(&place.path);
    add(&mut workspace, "before").expect("added");
    workspace.close();
    let said = result("outgrows=2000000", &place.path);
    assert_eq!(said[..2], ["DiskFull", "ok"], "{said:?}");
    let mut workspace = open(&place.path);
    let rows = count(&mut workspace).expect("counted");
    assert_eq!(rows, if said[2] == "ok" { 2 } else { 1 }, "{said:?}");
    assert_eq!(workspace.verify_file().expect("verified").problems, Vec::<String>::new());
}

/// A small file system in memory, gone when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mounted() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=12m", "none"])
            .arg(folder.path())
            .output();
        mounted.is_ok_and(|output| output.status.success()).then_some(SmallDisk(folder))
    }

    /// Takes this much room away, or all there is.
    fn use_up(&self, name: &str, bytes: usize) {
        let mut file = fs::File::create(self.0.path().join(name)).expect("a file");
        for _ in 0..bytes / 4096 {
            if std::io::Write::write_all(&mut file, &[1; 4096]).is_err() {
                break;
            }
        }
    }

    fn make_room(&self, name: &str) {
        fs::remove_file(self.0.path().join(name)).expect("room");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let Some(disk) = SmallDisk::mounted() else {
        eprintln!("skipped: no right to mount a small disk");
        return;
    };
    let path = disk.0.path().join("acme.duckdb");
    let mut workspace = create(&path);
    add(&mut workspace, "before").expect("added");

    disk.use_up("reserve", 4 << 20);
    let error = fill(&mut workspace).expect_err("too much");
    assert!(matches!(&error, WorkspaceError::DiskFull { .. }), "{error}");
    assert!(error.remedy().is_some());
    assert_eq!(count(&mut workspace).expect("usable"), 1);

    disk.use_up("rest", usize::MAX);
    let mut added = 0;
    for place in 0..200 {
        // Small rows may still fit into what the file has free.
        match add(&mut workspace, &format!("{place}{}", "x".repeat(20_000))) {
            Ok(()) => added += 1,
            Err(WorkspaceError::DiskFull { .. }) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(added < 200, "the disk was never full");
    assert_eq!(count(&mut workspace).expect("usable"), 1 + added);
    workspace.close();

    assert!(matches!(made_in(disk.0.path()), Err(WorkspaceError::DiskFull { .. })));
    assert!(!disk.0.path().join("second.duckdb").exists());

    let mut workspace = open(&path);
    assert_eq!(count(&mut workspace).expect("opens on a full disk"), 1 + added);
    disk.make_room("reserve");
    disk.make_room("rest");
    add(&mut workspace, "after").expect("room again");
    assert_eq!(count(&mut workspace).expect("counted"), 2 + added);
    assert_eq!(workspace.verify_file().expect("verified").problems, Vec::<String>::new());
}

fn made_in(folder: &Path) -> Result<Workspace, WorkspaceError> {
    let path = folder.join("second.duckdb");
    Workspace::create(&path, &CreateOptions::default(), &Catalog::default(), &Identity::current())
}
