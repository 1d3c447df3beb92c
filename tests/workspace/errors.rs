//! Files that are not what they should be.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};

use qbr::catalog::Catalog;
use qbr::workspace::{Access, CreateOptions, Identity, ReadOnly, Workspace, WorkspaceError};

use crate::child::{result, result_as_nobody, start};
use crate::content::{add, count, create, open, place, try_open};

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_missing_file_is_missing_and_stays_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("none.duckdb");
    let error = try_open(&path).expect_err("missing");
    assert!(matches!(&error, WorkspaceError::Missing { .. }), "{error}");
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("qbr init")));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing was made");
}

#[test]
fn a_file_that_goes_away_is_not_made_again() {
    let place = place();
    let mut workspace = open(&place.path);
    fs::remove_file(&place.path).expect("removed");
    assert!(matches!(add(&mut workspace, "x"), Err(WorkspaceError::Missing { .. })));
    assert!(matches!(count(&mut workspace), Err(WorkspaceError::Missing { .. })));
    assert!(!place.path.exists());
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in [
        ("empty.duckdb", Vec::new()),
        ("export.csv", b"Opportunity,Stage\nA-1,Won\n".repeat(1000)),
        ("other.sqlite", [b"SQLite format 3\0".to_vec(), vec![0; 8192]].concat()),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, &bytes).expect("written");
        let error = try_open(&path).expect_err(name);
        assert!(matches!(&error, WorkspaceError::NotADatabase { .. }), "{name}: {error}");
        assert!(error.remedy().is_some());
        assert_eq!(fs::read(&path).expect("there"), bytes, "{name}");
    }
    assert!(matches!(try_open(folder.path()), Err(WorkspaceError::NotADatabase { .. })));
}

#[test]
fn a_database_of_someone_else_is_no_workspace() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("other.duckdb");
    result("duckdb-makes", &path);
    let before = fs::read(&path).expect("there");
    let error = try_open(&path).expect_err("refused");
    assert!(matches!(&error, WorkspaceError::NotAWorkspace { .. }), "{error}");
    assert_eq!(fs::read(&path).expect("there"), before);
}

#[test]
fn a_newer_schema_is_refused_also_while_open() {
    let place = place();
    let mut workspace = open(&place.path);
    let newer = workspace.write::<_, WorkspaceError>("aging", |session| {
        session.execute("UPDATE meta.info SET value = '99' WHERE key = 'schema_version'", &[])
    });
    newer.expect("written");
    let error = count(&mut workspace).expect_err("newer");
    assert!(matches!(error, WorkspaceError::NewerSchema { found: 99, .. }), "{error}");
    workspace.close();
    let before = fs::read(&place.path).expect("there");
    assert!(matches!(try_open(&place.path), Err(WorkspaceError::NewerSchema { found: 99, .. })));
    assert_eq!(fs::read(&place.path).expect("there"), before);
}

#[test]
fn a_read_only_workspace_is_never_written() {
    let place = place();
    let mut workspace =
        Workspace::open(&place.path, Access::ReadOnly, &Catalog::default()).expect("opened");
    assert_eq!(count(&mut workspace).expect("counted"), 0);
    let error = add(&mut workspace, "x").expect_err("refused");
    assert!(matches!(error, WorkspaceError::ReadOnly { why: ReadOnly::Opened, .. }), "{error}");
    let sneaked = workspace.read::<_, WorkspaceError>("sneaking", |session| {
        session
            .execute("INSERT INTO facts.competitor (competitor_id, import_id) VALUES ('x', 1)", &[])
    });
    assert!(matches!(sneaked, Err(WorkspaceError::ReadOnly { .. })), "{sneaked:?}");
}

#[test]
fn missing_rights_are_named() {
    if !is_root() {
        eprintln!("skipped: only root can play another user");
        return;
    }
    let place = place();
    let folder = place.folder.path();
    let mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changed");
    };
    let lease_files = || {
        for name in [".acme.duckdb.lease", ".acme.duckdb.waiting"] {
            let _ = fs::remove_file(folder.join(name));
        }
    };
    // The file and its folder may be read only; with and without lease files in it.
    mode(folder, 0o755);
    mode(&place.path, 0o644);
    assert_eq!(result_as_nobody("tries", &place.path), ["ReadOnly File", "ok", "ReadOnly Opened"]);
    lease_files();
    assert_eq!(result_as_nobody("tries", &place.path), ["ReadOnly File", "ok", "ReadOnly Opened"]);
    // The file may be written and the folder not: DuckDB alone would find out at the first commit.
    mode(&place.path, 0o666);
    assert_eq!(
        result_as_nobody("tries", &place.path),
        ["ReadOnly Folder", "ok", "ReadOnly Opened"]
    );
    // Not even read.
    mode(folder, 0o777);
    mode(&place.path, 0o600);
    assert_eq!(result_as_nobody("tries", &place.path), ["Io", "Io"]);
    // A log left by a crash of someone who keeps it to himself.
    mode(&place.path, 0o666);
    start("duckdb-crashes", &place.path).kill();
    let log = place.path.with_extension("duckdb.wal");
    mode(&log, 0o600);
    assert_eq!(result_as_nobody("tries", &place.path), ["Io", "Io"]);
    mode(&log, 0o666);
    assert_eq!(result_as_nobody("tries", &place.path)[0], "ok");
    // No right to make one.
    mode(folder, 0o755);
    assert_eq!(result_as_nobody("creates", &folder.join("new.duckdb")), ["ReadOnly Folder"]);
    assert!(!folder.join("new.duckdb").exists());
}

#[test]
fn without_lease_files_the_lock_of_duckdb_has_to_do() {
    if !is_root() {
        eprintln!("skipped: only root can play another user");
        return;
    }
    let place = place();
    fs::set_permissions(place.folder.path(), fs::Permissions::from_mode(0o755)).expect("opened");
    fs::set_permissions(&place.path, fs::Permissions::from_mode(0o644)).expect("opened");
    for name in [".acme.duckdb.lease", ".acme.duckdb.waiting"] {
        fs::remove_file(place.folder.path().join(name)).expect("removed");
    }
    let other = start("duckdb-writes", &place.path);
    // Told apart from a missing right: the file is in use.
    assert_eq!(result_as_nobody("tries", &place.path)[1], "Busy");
    other.finish();
}

#[test]
fn a_flipped_byte_is_found_and_said() {
    let place = place();
    let mut workspace = open(&place.path);
    let filled = workspace.write::<_, WorkspaceError>("filling", |session| {
        session.batch(
            "INSERT INTO facts.competitor SELECT md5(i::VARCHAR), md5((i + 1)::VARCHAR), 1, NULL, 1 FROM range(60000) r(i)",
        )
    });
    filled.expect("filled");
    assert_eq!(workspace.verify_file().expect("verified").problems, Vec::<String>::new());
    workspace.close();

    // One byte in each block but the first few, which hold what opening needs.
    let file = fs::OpenOptions::new().read(true).write(true).open(&place.path).expect("there");
    let length = file.metadata().expect("there").len();
    let mut damaged = 0;
    for block in (3 * 4096 + 4 * 262_144..length).step_by(262_144) {
        let mut byte = [0];
        file.read_exact_at(&mut byte, block + 5000).expect("read");
        file.write_all_at(&[byte[0] ^ 0x40], block + 5000).expect("written");
        damaged += 1;
    }
    drop(file);
    assert!(damaged > 2);
    match try_open(&place.path) {
        Ok(mut workspace) => {
            let check = workspace.verify_file().expect("verified");
            assert!(check.problems.iter().any(|problem| problem.contains("checksum")), "{check:?}");
            let read = workspace.read::<_, WorkspaceError>("reading", |session| {
                session.query("SELECT max(competitor_id || name) FROM facts.competitor", &[])
            });
            assert!(matches!(read, Err(WorkspaceError::Damaged { .. })), "{read:?}");
        }
        Err(error) => assert!(matches!(error, WorkspaceError::Damaged { .. }), "{error}"),
    }
}

#[test]
fn a_truncated_file_is_damaged() {
    let place = place();
    let length = fs::metadata(&place.path).expect("there").len();
    let file = fs::OpenOptions::new().write(true).open(&place.path).expect("there");
    file.set_len(length / 2).expect("cut");
    drop(file);
    let refused = try_open(&place.path).map(|mut workspace| workspace.verify_file());
    match refused {
        Ok(check) => assert!(!check.expect("verified").problems.is_empty()),
        Err(error) => {
            assert!(matches!(error, WorkspaceError::Damaged { .. }), "{error}");
            assert!(error.remedy().is_some());
        }
    }
}

#[test]
fn a_damaged_log_says_what_to_move_away() {
    let place = place();
    start("duckdb-crashes", &place.path).kill();
    let log = place.path.with_extension("duckdb.wal");
    let mut bytes = fs::read(&log).expect("a log");
    let middle = bytes.len() * 3 / 4;
    bytes[middle] ^= 0x40;
    fs::write(&log, bytes).expect("damaged");
    let error = try_open(&place.path).expect_err("damaged");
    assert!(matches!(&error, WorkspaceError::Damaged { .. }), "{error}");
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("acme.duckdb.wal")), "{error}");
    fs::rename(&log, log.with_extension("away")).expect("moved");
    assert_eq!(count(&mut open(&place.path)).expect("as of the last checkpoint"), 0);
}

#[test]
fn an_existing_file_is_never_made_anew() {
    let place = place();
    let before = fs::read(&place.path).expect("there");
    let options = CreateOptions::default();
    let made = Workspace::create(&place.path, &options, &Catalog::default(), &Identity::current());
    assert!(matches!(made, Err(WorkspaceError::Exists { .. })));
    assert_eq!(fs::read(&place.path).expect("there"), before);

    let dangling = place.folder.path().join("link.duckdb");
    std::os::unix::fs::symlink("/nowhere/x.duckdb", &dangling).expect("linked");
    let made = Workspace::create(&dangling, &options, &Catalog::default(), &Identity::current());
    assert!(matches!(made, Err(WorkspaceError::Exists { .. })));
}

#[test]
fn what_cannot_be_made_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("acme.duckdb");
    let identity = Identity::current();
    let options = |currency: &str, start| CreateOptions {
        currency: currency.into(),
        fiscal_year_start: start,
        as_of: None,
    };
    for options in [options("Euro", 1), options("EUR", 13)] {
        let made = Workspace::create(&path, &options, &Catalog::default(), &identity);
        assert!(matches!(made, Err(WorkspaceError::BadSetting { .. })));
    }
    let nowhere = folder.path().join("none/acme.duckdb");
    let made = Workspace::create(&nowhere, &options("EUR", 1), &Catalog::default(), &identity);
    assert!(matches!(made, Err(WorkspaceError::Io { .. })));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    create(&path).close();
}
