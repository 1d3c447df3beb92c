//! Drafts survive what people and links do to them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use qbr::ledger::drafts::{Draft, DraftError, Journal, JournalWriter};
use serde_json::json;
use tempfile::TempDir;

use crate::support::body;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let drafts = folder.path().join("state/qbr/drafts");
    (folder, drafts)
}

fn draft(id: &str, words: &str) -> Draft {
    Draft {
        id: id.into(),
        workspace: PathBuf::from("/srv/reviews/emea.duckdb"),
        kind: "post-mortem".into(),
        record: Some("PM-3".into()),
        based_on: Some(2),
        about: Some("Acme".into()),
        body: body(json!({"words": words, "amount": "12,", "rows": [{}]})),
        field: Some("words".into()),
        saved_at: DateTime::<Utc>::from_timestamp(1_762_161_120, 0).expect("a time"),
    }
}

fn workspace() -> PathBuf {
    draft("x", "").workspace
}

fn offered(journal: &Journal) -> Vec<String> {
    let offered = journal.list(&workspace()).expect("listed");
    assert!(offered.set_aside.is_empty());
    offered.drafts.into_iter().map(|draft| draft.id).collect()
}

#[test]
fn a_draft_outlives_its_session_exactly() {
    let (_kept, folder) = folder();
    let written = draft("d-1", "Ünfinished \u{1b}[31m\n\n  and");
    let journal = Journal::at(&folder).expect("a journal");
    journal.save(&draft("d-1", "older")).expect("saved");
    journal.save(&written).expect("saved");
    journal
        .save(&Draft {
            saved_at: written.saved_at + Duration::from_secs(60),
            ..draft("d-2", "newer")
        })
        .expect("saved");
    journal
        .save(&Draft { workspace: "/elsewhere.duckdb".into(), ..draft("d-3", "") })
        .expect("saved");
    drop(journal);
    let journal = Journal::at(&folder).expect("a journal");
    assert_eq!(offered(&journal), ["d-2", "d-1"], "newest first, of this workspace");
    assert_eq!(journal.recover("d-1").expect("there"), written);
    journal.discard("d-1").expect("discarded");
    journal.discard("d-1").expect("twice is no error");
    assert_eq!(offered(&journal), ["d-2"]);
    assert!(matches!(journal.recover("d-1"), Err(DraftError::Gone(_))));
}

#[test]
fn nobody_else_reads_drafts() {
    let (_kept, folder) = folder();
    fs::create_dir_all(&folder).expect("made");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("opened to all");
    let journal = Journal::at(&folder).expect("a journal");
    journal.save(&draft("d-1", "secret")).expect("saved");
    let file = folder.join("d-1.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("opened to all");
    journal.save(&draft("d-1", "secret still")).expect("saved");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for entry in fs::read_dir(&folder).expect("listed") {
        assert_eq!(mode(&entry.expect("an entry").path()), 0o600);
    }
}

#[test]
fn a_folder_made_anew_is_shut() {
    let (_kept, folder) = folder();
    Journal::at(&folder).expect("a journal");
    for folder in [folder.clone(), folder.parent().expect("qbr").to_owned()] {
        assert_eq!(fs::metadata(&folder).expect("there").permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn an_unreadable_draft_is_set_aside() {
    let (_kept, folder) = folder();
    let journal = Journal::at(&folder).expect("a journal");
    journal.save(&draft("d-1", "good")).expect("saved");
    let whole = fs::read_to_string(folder.join("d-1.json")).expect("read");
    fs::write(folder.join("d-2.json"), &whole[..whole.len() / 2]).expect("a torn file");
    fs::write(folder.join("d-3.json"), whole.replace("\"format\": 1", "\"format\": 9"))
        .expect("a newer file");
    fs::write(folder.join("d-4.json"), b"\xff\xfe").expect("no text");
    fs::write(folder.join("d-5.json"), &whole).expect("another's name");
    fs::write(folder.join("notes.txt"), "mine").expect("no draft at all");
    let offered = journal.list(&workspace()).expect("not fatal");
    assert_eq!(offered.drafts.len(), 1);
    assert_eq!(offered.set_aside.len(), 4);
    assert!(offered.set_aside.iter().all(|path| path.exists()), "set aside, not deleted");
    assert!(journal.list(&workspace()).expect("listed").set_aside.is_empty(), "once");
    fs::write(folder.join("d-2.json"), "again").expect("torn again");
    assert_eq!(
        journal.list(&workspace()).expect("listed").set_aside,
        [folder.join("d-2.unreadable-1")],
        "the first one is not overwritten"
    );
}

#[test]
fn a_running_session_keeps_its_drafts() {
    let (_kept, folder) = folder();
    let here = Journal::at(&folder).expect("a journal");
    let there = Journal::at(&folder).expect("another session");
    here.save(&draft("d-1", "being typed")).expect("saved");
    assert!(offered(&there).is_empty());
    assert_eq!(offered(&here), ["d-1"]);
    drop(here);
    assert_eq!(offered(&there), ["d-1"]);
    there.recover("d-1").expect("taken over");
    let third = Journal::at(&folder).expect("a third session");
    assert!(offered(&third).is_empty(), "it has been taken over");
}

#[test]
fn names_lead_nowhere_else() {
    let (_kept, folder) = folder();
    let journal = Journal::at(&folder).expect("a journal");
    for id in ["", "../d", "a/b", ".", "a.b", &"x".repeat(101)] {
        assert!(matches!(journal.save(&draft(id, "")), Err(DraftError::BadName(_))), "{id}");
        assert!(matches!(journal.discard(id), Err(DraftError::BadName(_))));
    }
    let now = Utc::now();
    let (one, two) = (Draft::new_id(now), Draft::new_id(now));
    assert_ne!(one, two);
    journal.save(&draft(&one, "")).expect("its own names fit");
}

#[test]
fn the_writer_writes_by_itself() {
    let (_kept, folder) = folder();
    let journal = Journal::at(&folder).expect("a journal");
    let writer = JournalWriter::start(journal.clone()).expect("a thread");
    let started = Instant::now();
    // Steady typing must not put the write off.
    let mut seen = None;
    while seen.is_none() && started.elapsed() < Duration::from_secs(10) {
        writer.save(draft("d-1", &format!("{:?}", started.elapsed())));
        std::thread::sleep(Duration::from_millis(20));
        seen = journal.list(&workspace()).expect("listed").drafts.pop();
    }
    assert!(seen.is_some(), "nothing was written while somebody typed");
    assert_eq!(writer.failure(), None);
}

#[test]
fn flush_writes_at_once_and_the_last_state() {
    let (_kept, folder) = folder();
    let journal = Journal::at(&folder).expect("a journal");
    let writer = JournalWriter::start(journal.clone()).expect("a thread");
    for words in ["a", "ab", "abc"] {
        writer.save(draft("d-1", words));
    }
    writer.save(draft("d-2", "saved in the ledger meanwhile"));
    writer.discard("d-2");
    // From another thread, as the one that waits for signals does.
    let other = writer.clone();
    let flushed = std::thread::spawn(move || other.flush(Duration::from_secs(10)));
    assert!(flushed.join().expect("no panic"));
    assert_eq!(offered(&journal), ["d-1"]);
    assert_eq!(journal.recover("d-1").expect("there").body["words"], "abc");
}

#[test]
fn the_writer_ends_with_everything_written() {
    let (_kept, folder) = folder();
    let journal = Journal::at(&folder).expect("a journal");
    let writer = JournalWriter::start(journal.clone()).expect("a thread");
    writer.save(draft("d-1", "last words"));
    drop(writer);
    let started = Instant::now();
    while offered(&journal).is_empty() {
        assert!(started.elapsed() < Duration::from_secs(10), "never written");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_failed_write_is_told_and_tried_again() {
    let (_kept, folder) = folder();
    let journal = Journal::at(&folder).expect("a journal");
    let writer = JournalWriter::start(journal.clone()).expect("a thread");
    // In its place stands a folder: the draft cannot replace it.
    let in_the_way = folder.join("d-1.json");
    fs::create_dir(&in_the_way).expect("made");
    writer.save(draft("d-1", "kept in memory"));
    assert!(!writer.flush(Duration::from_secs(10)));
    assert!(writer.failure().is_some_and(|why| why.contains("d-1.json")));
    fs::remove_dir(&in_the_way).expect("removed");
    assert!(writer.flush(Duration::from_secs(10)));
    assert_eq!(writer.failure(), None);
    assert_eq!(offered(&journal), ["d-1"]);
}
