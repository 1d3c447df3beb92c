//! Taking turns: waiting, being told who is in the way, losing nothing.

use std::time::{Duration, Instant};

use qbr::catalog::Catalog;
use qbr::workspace::{Access, Patience, Verdict, Workspace, WorkspaceError};

use crate::child::{result, start};
use crate::content::{add, count, open, place, try_open, value};

fn short() -> Patience {
    Patience { limit: Duration::from_millis(150), on_wait: None }
}

fn open_shortly(path: &std::path::Path) -> Result<Workspace, WorkspaceError> {
    Workspace::open_patiently(path, Access::ReadWrite, &Catalog::default(), short())
}

#[test]
fn a_colleague_who_writes_is_named() {
    let place = place();
    let colleague = start("writes", &place.path);
    let error = open_shortly(&place.path).expect_err("busy");
    let WorkspaceError::Busy { holder: Some(holder), waited, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(holder.pid, colleague.id());
    assert_eq!(holder.user, qbr::workspace::Identity::current().user);
    assert_eq!(holder.doing.as_deref(), Some("import of x.csv"));
    assert!(holder.since.is_some() && *waited >= Duration::from_millis(150));
    assert!(error.to_string().contains("import of x.csv"), "{error}");

    colleague.finish();
    let mut workspace = open_shortly(&place.path).expect("free again");
    assert_eq!(count(&mut workspace).expect("counted"), 1);
}

#[test]
fn a_colleague_who_reads_keeps_writers_out_and_readers_not() {
    let place = place();
    let mut workspace = open(&place.path);
    let colleague = start("reads", &place.path);
    assert_eq!(count(&mut workspace).expect("among readers"), 0);
    workspace.set_patience(short());
    let error = add(&mut workspace, "x").expect_err("busy");
    let WorkspaceError::Busy { holder: Some(holder), .. } = &error else { panic!("{error}") };
    assert_eq!(holder.pid, colleague.id());
    colleague.finish();
    add(&mut workspace, "x").expect("free again");
}

#[test]
fn other_programs_are_waited_for_and_named() {
    let place = place();
    let mut workspace = open(&place.path);
    for (part, may_read) in [("duckdb-writes", false), ("duckdb-reads", true)] {
        let other = start(part, &place.path);
        workspace.set_patience(short());
        assert_eq!(count(&mut workspace).is_ok(), may_read, "{part}");
        let error = add(&mut workspace, "x").expect_err("busy");
        let WorkspaceError::Busy { holder: Some(holder), .. } = &error else { panic!("{error}") };
        assert_eq!(holder.pid, other.id());
        assert!(error.remedy().is_some_and(|remedy| remedy.contains(holder.who())));

        // A program that closes the file while one waits is no error at all.
        workspace.set_patience(Patience::default());
        let closing = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(120));
            other.finish();
        });
        add(&mut workspace, part).expect("after waiting");
        closing.join().expect("closed");
    }
    assert_eq!(count(&mut workspace).expect("counted"), 2);
}

#[test]
fn who_waits_is_told_after_a_second() {
    let place = place();
    let colleague = start("writes", &place.path);
    let (told, heard) = std::sync::mpsc::channel();
    let patience = Patience {
        limit: Duration::from_secs(30),
        on_wait: Some(Box::new(move |waiting| {
            told.send((waiting.holder.as_ref().map(|holder| holder.pid), waiting.waited))
                .expect("heard");
            Verdict::GiveUp
        })),
    };
    let started = Instant::now();
    let opened =
        Workspace::open_patiently(&place.path, Access::ReadWrite, &Catalog::default(), patience);
    assert!(matches!(opened, Err(WorkspaceError::Busy { .. })));
    assert!(started.elapsed() < Duration::from_secs(10));
    let (holder, waited) = heard.recv().expect("told once");
    assert_eq!(holder, Some(colleague.id()));
    assert!(waited >= Duration::from_secs(1));
}

#[test]
fn a_killed_writer_leaves_the_turn_and_no_rows() {
    let place = place();
    start("writes", &place.path).kill();
    let started = Instant::now();
    let mut workspace = open(&place.path);
    add(&mut workspace, "next").expect("the turn is free");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(count(&mut workspace).expect("counted"), 1);
}

#[test]
fn what_a_crash_left_in_the_log_is_kept() {
    let place = place();
    start("duckdb-crashes", &place.path).kill();
    let log = place.path.with_extension("duckdb.wal");
    assert!(log.exists(), "the commit is in the log");
    let mut workspace = open(&place.path);
    assert_eq!(count(&mut workspace).expect("read through the log"), 1);
    add(&mut workspace, "next").expect("written");
    assert!(!log.exists(), "the log is empty at rest");
    assert_eq!(count(&mut workspace).expect("counted"), 2);
}

#[test]
fn writers_and_readers_of_many_processes_lose_nothing() {
    const EACH: usize = 25;
    let place = place();
    let path = place.path.as_path();
    std::thread::scope(|scope| {
        let mut parts = Vec::new();
        for part in [format!("appends={EACH}"), format!("counts={EACH}")] {
            for _ in 0..3 {
                let part = part.clone();
                parts.push(scope.spawn(move || result(&part, path)));
            }
        }
        for part in parts {
            assert_eq!(part.join().expect("done"), ["done"]);
        }
    });
    let mut workspace = open(path);
    assert_eq!(count(&mut workspace).expect("counted"), 3 * EACH as i64);
    let distinct =
        value(&mut workspace, "SELECT count(DISTINCT competitor_id) FROM facts.competitor");
    assert_eq!(distinct.as_int(), Some(3 * EACH as i64));
}

#[test]
fn readers_who_overlap_do_not_starve_a_writer() {
    let place = place();
    let mut workspace = open(&place.path);
    // Each holds the file for 20 ms, again and again, so that it is never free by itself.
    let readers: Vec<_> = (0..4).map(|_| start("reads-on=500", &place.path)).collect();
    let started = Instant::now();
    for place in 0..5 {
        add(&mut workspace, &place.to_string()).expect("not starved");
    }
    let took = started.elapsed();
    drop(readers);
    assert!(took < Duration::from_secs(8), "five writes took {took:?}");
}

#[test]
fn between_two_turns_the_file_is_free() {
    let place = place();
    let mut workspace = open(&place.path);
    assert_eq!(count(&mut workspace).expect("counted"), 0);
    start("duckdb-writes", &place.path).finish();
    add(&mut workspace, "x").expect("written");
    start("duckdb-writes", &place.path).finish();
}

#[test]
fn a_turn_ends_when_the_work_panics() {
    let place = place();
    let mut workspace = open(&place.path);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        workspace.write::<(), WorkspaceError>("panicking", |session| {
            session.execute(
                "INSERT INTO facts.competitor (competitor_id, import_id) VALUES ('x', 1)",
                &[],
            )?;
            panic!("on purpose");
        })
    }));
    assert!(panicked.is_err());
    start("duckdb-writes", &place.path).finish();
    assert_eq!(count(&mut workspace).expect("usable"), 0);
    add(&mut workspace, "x").expect("usable");
}

#[test]
fn an_error_rolls_everything_back() {
    let place = place();
    let mut workspace = open(&place.path);
    let before = workspace.stamp();
    let failed: Result<(), WorkspaceError> = workspace.write("failing", |session| {
        session.execute(
            "INSERT INTO facts.competitor (competitor_id, import_id) VALUES ('x', 1)",
            &[],
        )?;
        session.execute("INSERT INTO facts.nothing VALUES (1)", &[]).map(drop)
    });
    assert!(matches!(failed, Err(WorkspaceError::Sql { .. })));
    assert_eq!(count(&mut workspace).expect("counted"), 0);
    assert_eq!(workspace.stamp(), before, "nothing was written");
    add(&mut workspace, "x").expect("written");
    assert_ne!(workspace.stamp(), before);
}

#[test]
fn a_second_open_in_one_process_is_refused() {
    let place = place();
    let link = place.folder.path().join("link.duckdb");
    std::fs::hard_link(&place.path, &link).expect("linked");
    let first = open(&place.path);
    for path in [&place.path, &link] {
        assert!(matches!(try_open(path), Err(WorkspaceError::Duplicate { .. })));
    }
    first.close();
    open(&link).close();
}

#[test]
fn an_endless_query_is_interrupted() {
    let place = place();
    let mut workspace = open(&place.path);
    let interrupter = workspace.interrupter();
    let asking = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        let asked = Instant::now();
        interrupter.interrupt();
        asked
    });
    let endless = workspace.read::<_, WorkspaceError>("for ever", |session| {
        session.query("SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = b.range % 11", &[])
    });
    assert!(matches!(endless, Err(WorkspaceError::Interrupted)), "{endless:?}");
    let took = asking.join().expect("asked").elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(count(&mut workspace).expect("usable"), 0);
}

#[test]
fn an_interrupted_write_leaves_nothing() {
    let place = place();
    let mut workspace = open(&place.path);
    let interrupter = workspace.interrupter();
    let written = workspace.write::<_, WorkspaceError>("writing", |session| {
        session.execute(
            "INSERT INTO facts.competitor (competitor_id, import_id) VALUES ('x', 1)",
            &[],
        )?;
        interrupter.interrupt();
        Ok(())
    });
    assert!(matches!(written, Err(WorkspaceError::Interrupted)));
    assert_eq!(count(&mut workspace).expect("usable"), 0);
}
