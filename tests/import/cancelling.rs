//! An import that is stopped leaves the workspace as it was.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use qbr::ingest::{self, ImportError, Phase, Progress, Seen};

use super::support::{CATALOG, Desk};

const HEADER: &str = "opportunity_id,owner_id,state,amount,currency,close_date";

fn rows(count: u32, amount: u32) -> String {
    let row = |id: u32| format!("O{id},p{},open,{}.50,EUR,2025-11-01\n", id % 7, amount + id);
    format!("{HEADER}\n{}", (0..count).map(row).collect::<String>())
}

/// A workspace with one snapshot, and two files to take in.
fn prepared() -> (Desk, Vec<PathBuf>) {
    let mut desk = Desk::new();
    desk.import_text("opportunities-2025-10-06.csv", &rows(200, 10)).expect("imported");
    let people = "person_id,name,manager_id,region\np1,Pat Poe,,EMEA\np2,Ann Ash,p1,EMEA\n";
    let files = vec![
        desk.write("opportunities-2025-10-13.csv", rows(300, 20).as_bytes()),
        desk.write("people.csv", people.as_bytes()),
    ];
    (desk, files)
}

fn import(desk: &mut Desk, files: &[PathBuf], progress: &Progress) -> Result<(), ImportError> {
    let files: Vec<_> = files.iter().map(PathBuf::as_path).collect();
    let request = desk.request(&files);
    ingest::import_with(&mut desk.workspace, &CATALOG, &request, progress).map(drop)
}

#[test]
fn the_phases_come_in_their_order_and_the_percentage_never_goes_back() {
    let (mut desk, files) = prepared();
    let told: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let sink = told.clone();
    let progress = Progress::told(move |seen| sink.lock().expect("told").push(seen.clone()));
    import(&mut desk, &files, &progress).expect("imported");
    let told = told.lock().expect("told");
    assert!(told.windows(2).all(|pair| pair[0].percent <= pair[1].percent));
    let phases = |file: &str| {
        let mut phases: Vec<Phase> =
            told.iter().filter(|seen| seen.file == file).map(|seen| seen.phase).collect();
        phases.dedup();
        phases
    };
    let alone =
        [Phase::Reading, Phase::Dividing, Phase::Loading, Phase::Examining, Phase::Converting];
    assert_eq!(phases("people.csv"), alone);
    assert_eq!(phases(""), [Phase::Comparing, Phase::Storing, Phase::Closing]);
    assert_eq!(told.last().map(|seen| (seen.rows, seen.percent > 90)), Some((302, true)));
}

/// Cancels when it is told for the so-manieth time.
fn stops_after(told: usize) -> (Progress, Arc<AtomicUsize>) {
    let handle: Arc<OnceLock<Progress>> = Arc::default();
    let count: Arc<AtomicUsize> = Arc::default();
    let (inner, counted) = (handle.clone(), count.clone());
    let progress = Progress::told(move |_| {
        if counted.fetch_add(1, Ordering::SeqCst) + 1 == told
            && let Some(progress) = inner.get()
        {
            progress.cancel();
        }
    });
    handle.set(progress.clone()).expect("once");
    (progress, count)
}

#[test]
fn cancelled_at_any_step_it_leaves_everything_as_it_was() {
    let (mut desk, files) = prepared();
    let (never, count) = stops_after(0);
    // A run on the side says how many steps there are.
    let (mut side, side_files) = prepared();
    import(&mut side, &side_files, &never).expect("imported");
    let steps = count.load(Ordering::SeqCst);
    assert!(steps > 10, "{steps} steps");
    let before = desk.contents();
    for step in 1..=steps {
        let (progress, _) = stops_after(step);
        let error = import(&mut desk, &files, &progress).expect_err("cancelled");
        assert!(matches!(error, ImportError::Cancelled), "step {step}: {error}");
        assert_eq!(desk.contents(), before, "step {step}");
        assert_eq!(
            desk.rows(
                "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name LIKE 'ingest%'"
            ),
            ["0"],
            "step {step}"
        );
    }
    // Nothing of it is in the way of the real one.
    import(&mut desk, &files, &Progress::default()).expect("imported");
    assert_eq!(desk.rows("SELECT count(*) FROM facts.opportunity WHERE valid_to IS NULL"), ["300"]);
}

#[test]
fn cancelled_at_any_time_it_is_as_before_or_as_after() {
    let (mut desk, files) = prepared();
    let before = desk.contents();
    let (mut side, side_files) = prepared();
    let began = std::time::Instant::now();
    import(&mut side, &side_files, &Progress::default()).expect("imported");
    let took = began.elapsed();
    for part in 0..12_u32 {
        let progress = Progress::default();
        let other = progress.clone();
        let canceller = std::thread::spawn(move || {
            std::thread::sleep(took * part / 12);
            other.cancel();
        });
        let taken = import(&mut desk, &files, &progress);
        canceller.join().expect("cancelled");
        match taken {
            Err(ImportError::Cancelled) => assert_eq!(desk.contents(), before, "part {part}"),
            Err(other) => panic!("part {part}: {other}"),
            Ok(()) => {
                let stored =
                    desk.rows("SELECT count(*) FROM facts.opportunity WHERE valid_to IS NULL");
                assert_eq!(stored, ["300"], "part {part}");
                return;
            }
        }
    }
}
