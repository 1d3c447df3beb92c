//! Copies, putting one back, and reading out a damaged file.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, Utc};
use qbr::workspace::{
    Occasion, Patience, Workspace, WorkspaceError, backups, look, loss, rescue, restore,
};

use crate::child::start;
use crate::content::{add, count, open, place, try_open, value};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_204_000, 0).expect("a time")
}

fn copy_of(workspace: &mut Workspace, occasion: Occasion, minutes: i64) -> PathBuf {
    let at = now() + Duration::minutes(minutes);
    workspace.back_up(occasion, None, at).expect("copied").path
}

/// Everything in the folder but the lease files.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    let of_lease = [".lease", ".waiting", ".queue"];
    names.retain(|name| !of_lease.iter().any(|ending| name.ends_with(ending)));
    names.sort();
    names
}

#[test]
fn a_copy_is_made_while_others_read_and_is_a_workspace() {
    let place = place();
    let mut workspace = open(&place.path);
    add(&mut workspace, "x").expect("added");
    let reader = start("reads", &place.path);
    let copy = copy_of(&mut workspace, Occasion::Asked, 0);
    reader.finish();
    add(&mut workspace, "y").expect("added");
    assert_eq!(count(&mut open(&copy)).expect("counted"), 1);
    // Nothing was made but the copy, and it is as accessible as the original.
    assert_eq!(names(place.path.parent().expect("a folder")).len(), 2);
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions();
    assert_eq!(mode(&copy), mode(&place.path));
}

#[test]
fn a_writer_is_waited_for() {
    let place = place();
    let mut workspace = open(&place.path);
    let colleague = start("writes", &place.path);
    workspace
        .set_patience(Patience { limit: std::time::Duration::from_millis(150), on_wait: None });
    let error = workspace.back_up(Occasion::Asked, None, now()).expect_err("busy");
    assert!(matches!(error, WorkspaceError::Busy { .. }), "{error}");
    colleague.finish();
    assert!(backups(&place.path).expect("listed").is_empty(), "nothing half done is left");
    assert_eq!(names(place.path.parent().expect("a folder")).len(), 1);
}

#[test]
fn only_the_newest_copies_of_an_occasion_stay_and_all_that_were_asked_for() {
    let place = place();
    let mut workspace = open(&place.path);
    for minutes in 0..8 {
        copy_of(&mut workspace, Occasion::Import, minutes);
        copy_of(&mut workspace, Occasion::Asked, minutes);
    }
    let found = backups(&place.path).expect("listed");
    let of = |occasion: &str| {
        let ours = found.iter().filter(|backup| backup.occasion == occasion);
        ours.map(|backup| (backup.at - now()).num_minutes()).collect::<Vec<_>>()
    };
    assert_eq!(of("import"), [7, 6, 5, 4, 3]);
    assert_eq!(of("asked").len(), 8);
}

#[test]
fn a_copy_is_never_put_over_a_file() {
    let place = place();
    let mut workspace = open(&place.path);
    let taken = place.path.with_file_name("taken");
    fs::write(&taken, "mine").expect("written");
    let error = workspace.back_up(Occasion::Asked, Some(&taken), now()).expect_err("taken");
    assert!(matches!(error, WorkspaceError::Exists { .. }), "{error}");
    assert_eq!(fs::read(&taken).expect("there"), b"mine");
    let named = place.path.with_file_name("copy.duckdb");
    workspace.back_up(Occasion::Asked, Some(&named), now()).expect("copied");
    assert_eq!(count(&mut open(&named)).expect("counted"), 0);
}

#[test]
fn a_copy_takes_the_place_and_what_was_there_is_kept() {
    let place = place();
    let mut workspace = open(&place.path);
    add(&mut workspace, "x").expect("added");
    let copy = copy_of(&mut workspace, Occasion::Asked, 0);
    add(&mut workspace, "y").expect("added");
    // Not while this process has it open.
    let error = restore(&place.path, &copy, now(), &mut Patience::default()).expect_err("open");
    assert!(matches!(error, WorkspaceError::Duplicate { .. }), "{error}");
    workspace.close();
    // Somebody else has it open between two turns, as everybody has.
    let colleague = start("open", &place.path);
    let done = restore(&place.path, &copy, now(), &mut Patience::default()).expect("restored");
    let kept = done.kept.expect("kept");
    assert_eq!(colleague.finish(), ["counted 1"], "he sees the copy from the next turn on");
    assert_eq!(count(&mut open(&place.path)).expect("counted"), 1);
    assert_eq!(count(&mut open(&kept)).expect("counted"), 2);
    assert!(copy.exists());
    // A file that is gone can be put back too.
    fs::remove_file(&place.path).expect("removed");
    let done = restore(&place.path, &kept, now(), &mut Patience::default()).expect("restored");
    assert_eq!((done.kept, count(&mut open(&place.path)).expect("counted")), (None, 2));
}

#[test]
fn what_would_go_is_told_before() {
    let place = place();
    let mut workspace = open(&place.path);
    let write = |workspace: &mut Workspace, seq: i64, hash: &str| {
        let sql = format!(
            "INSERT INTO ledger.revision VALUES ({seq}, 'PM-{seq}', 'post-mortem', 1, NULL, 'create',
             NULL, 'draft', '{{}}', 'ann', TIMESTAMP '2025-12-31 18:00:00', NULL, '', '{hash}')"
        );
        workspace.write::<_, WorkspaceError>("testing", |s| s.batch(&sql)).expect("written");
    };
    write(&mut workspace, 1, "one");
    let copy = copy_of(&mut workspace, Occasion::Asked, 0);
    write(&mut workspace, 2, "two");
    workspace.close();
    let then = look(&copy).expect("looked");
    assert_eq!((then.revisions, then.head.as_deref(), then.imports), (1, Some("one"), 0));
    let gone = loss(&place.path, &then).expect("compared");
    assert_eq!((gone.all, gone.differ), (1, false));
    assert_eq!(
        (gone.revisions[0].record.as_str(), gone.revisions[0].author.as_str()),
        ("PM-2", "ann")
    );
    // A copy of another history.
    let mut other = open(&copy);
    let sql = "UPDATE ledger.revision SET hash = 'other'";
    other.write::<_, WorkspaceError>("testing", |s| s.batch(sql)).expect("changed");
    other.close();
    let then = look(&copy).expect("looked");
    assert!(loss(&place.path, &then).expect("compared").differ);
}

/// Many rows, so that some blocks hold nothing else.
fn filled(path: &Path) -> i64 {
    let mut workspace = open(path);
    workspace
        .write::<_, WorkspaceError>("filling", |session| {
            session.batch(
                "INSERT INTO facts.competitor
                 SELECT md5(i::VARCHAR), md5((i + 1)::VARCHAR), 1, NULL, 1 FROM range(60000) r(i)",
            )
        })
        .expect("filled");
    count(&mut workspace).expect("counted")
}

/// Flips a byte in the middle of every block from the fourth on, the first two blocks and the header
/// left alone.
fn damage(path: &Path, every: usize) {
    let mut bytes = fs::read(path).expect("read");
    let block = 262_144;
    let mut at = 12_288 + 3 * block + block / 2;
    while at < bytes.len() {
        bytes[at] ^= 0x40;
        at += every * block;
    }
    fs::write(path, bytes).expect("written");
}

#[test]
fn a_damaged_copy_never_takes_the_place_and_no_copy_is_made_of_a_damaged_file() {
    let place = place();
    let rows = filled(&place.path);
    let mut workspace = open(&place.path);
    let copy = copy_of(&mut workspace, Occasion::Asked, 0);
    damage(&copy, 1);
    workspace.close();
    let before = fs::read(&place.path).expect("there");
    let error = restore(&place.path, &copy, now(), &mut Patience::default()).expect_err("damaged");
    assert!(matches!(&error, WorkspaceError::Damaged { path, .. } if *path == copy), "{error}");
    assert_eq!(fs::read(&place.path).expect("there"), before);
    assert_eq!(names(place.path.parent().expect("a folder")).len(), 2, "nothing half done is left");

    // Damaged where the directory of tables lies it does not even open; elsewhere it is found in the
    // copy.
    damage(&place.path, 3);
    let error = match try_open(&place.path) {
        Ok(mut workspace) => workspace.back_up(Occasion::Import, None, now()).expect_err("damaged"),
        Err(error) => error,
    };
    assert!(matches!(error, WorkspaceError::Damaged { .. }), "{error}");
    assert!(backups(&place.path).expect("listed").iter().all(|one| one.occasion == "asked"));
    assert!(rows > 0);
}

#[test]
fn of_a_damaged_file_everything_that_can_be_read_is_in_a_new_one() {
    let place = place();
    let rows = filled(&place.path);
    let mut workspace = open(&place.path);
    let kept =
        "INSERT INTO ledger.revision VALUES (1, 'PM-1', 'post-mortem', 1, NULL, 'create', NULL,
         'draft', '{}', 'ann', TIMESTAMP '2025-12-31 18:00:00', NULL, '', 'h')";
    workspace.write::<_, WorkspaceError>("testing", |s| s.batch(kept)).expect("written");
    workspace.close();
    damage(&place.path, 3);
    let before = fs::read(&place.path).expect("there");
    let to = place.path.with_file_name("new.duckdb");
    let rescued = rescue(&place.path, &to, &mut Patience::default()).expect("read out");
    assert_eq!(fs::read(&place.path).expect("there"), before, "the damaged file is as it was");
    let table = |name: &str| {
        let found = rescued.tables.iter().find(|table| table.name == name);
        found.map(|table| (table.rows, table.lost)).expect(name)
    };
    let (taken, lost) = table("facts.competitor");
    assert_eq!(taken + lost, rows);
    assert!(taken > 0 && lost > 0, "{taken} of {rows}");
    assert_eq!(table("ledger.revision"), (1, 0));
    let mut new = open(&to);
    assert_eq!(count(&mut new).expect("counted"), taken);
    assert_eq!(value(&mut new, "SELECT record_id FROM ledger.revision").plain(), "PM-1");
    assert_eq!(new.verify_file().expect("verified").problems, Vec::<String>::new());
    // A second time there is a file in the way.
    let again = rescue(&place.path, &to, &mut Patience::default());
    assert!(matches!(again, Err(WorkspaceError::Exists { .. })));
}

#[test]
fn of_a_sound_file_all_is_read_out_and_of_none_nothing() {
    let place = place();
    let rows = filled(&place.path);
    let to = place.path.with_file_name("new.duckdb");
    let rescued = rescue(&place.path, &to, &mut Patience::default()).expect("read out");
    let lost: Vec<_> = rescued.tables.iter().filter(|table| table.lost > 0).collect();
    assert!(lost.is_empty() && !rescued.without_log, "{lost:?}");
    assert_eq!(count(&mut open(&to)).expect("counted"), rows);
    let broken = place.path.with_file_name("broken.duckdb");
    let mut bytes = fs::read(&place.path).expect("read");
    bytes[..12_288].fill(7);
    fs::write(&broken, bytes).expect("written");
    let to = place.path.with_file_name("other.duckdb");
    assert!(rescue(&broken, &to, &mut Patience::default()).is_err());
    assert!(!to.exists() && try_open(&to).is_err());
}
