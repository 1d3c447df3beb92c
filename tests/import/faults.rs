//! An import that is killed, stopped by a signal, or has no room: the workspace is as before, or all
//! of the import is in it.
//!
//! A few moments each; `QBR_FAULTS=100` tries a hundred.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use qbr::workspace::{Access, Workspace, WorkspaceError};
use rustix::process::{Pid, Signal, kill_process};

use super::support::{CATALOG, Desk};

const HEADER: &str = "opportunity_id,owner_id,state,amount,currency,close_date";
const ROWS: u32 = 20_000;

fn rows(count: u32, amount: u32) -> String {
    let row =
        |id: u32| format!("O{id},p{},open,{}.50,EUR,2025-11-01\n", id % 7, amount + id % 1000);
    format!("{HEADER}\n{}", (0..count).map(row).collect::<String>())
}

fn moments() -> u32 {
    std::env::var("QBR_FAULTS").ok().and_then(|count| count.parse().ok()).unwrap_or(5)
}

/// A workspace with one snapshot, beside it the export to take in, and how long that takes.
struct Scene {
    folder: tempfile::TempDir,
    before: Vec<String>,
    after: Vec<String>,
    took: Duration,
}

/// Every table, by what it holds; the log of imports by its files, for it tells when they came.
fn contents(path: &Path) -> Vec<String> {
    let mut workspace = Workspace::open(path, Access::ReadWrite, &CATALOG).expect("it opens");
    let read = workspace.read::<_, WorkspaceError>("looking", |session| {
        let tables = session.query(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables()
             WHERE database_name = current_database() AND NOT temporary ORDER BY 1",
            &[],
        )?;
        let mut out = Vec::new();
        for row in &tables.rows {
            let table = row[0].plain();
            let what = match table.as_str() {
                "meta.import" => "SELECT import_id, file_hash, rows_taken FROM meta.import".into(),
                table => format!("FROM {table}"),
            };
            let found = session.query(
                &format!("SELECT count(*), sum(hash(t)::HUGEINT)::VARCHAR FROM ({what}) AS t"),
                &[],
            )?;
            out.push(format!("{table} {} {}", found.rows[0][0].plain(), found.rows[0][1].plain()));
        }
        Ok(out)
    });
    read.expect("it can be read")
}

impl Scene {
    fn new() -> Scene {
        let mut desk = Desk::new();
        desk.import_text("opportunities-2025-10-06.csv", &rows(500, 10)).expect("imported");
        let Desk { folder, workspace, .. } = desk;
        workspace.close();
        let mut scene =
            Scene { folder, before: Vec::new(), after: Vec::new(), took: Duration::ZERO };
        std::fs::write(scene.export(), rows(ROWS, 20)).expect("written");
        scene.before = contents(&scene.folder.path().join("acme.duckdb"));
        let whole = scene.copy();
        let began = Instant::now();
        let output = scene.import(&whole.path().join("acme.duckdb")).output().expect("it runs");
        scene.took = began.elapsed();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        scene.after = contents(&whole.path().join("acme.duckdb"));
        assert_ne!(scene.before, scene.after);
        scene
    }

    fn export(&self) -> PathBuf {
        self.folder.path().join("opportunities-2025-10-13.csv")
    }

    /// The workspace as it was, in a folder of its own.
    fn copy(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (self.folder.path(), folder.path());
        std::fs::copy(from.join("acme.duckdb"), to.join("acme.duckdb")).expect("copied");
        folder
    }

    fn import(&self, workspace: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qbr"));
        command.arg("import").arg(workspace).arg(self.export());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    #[track_caller]
    fn is_whole(&self, path: &Path, what: &str) -> bool {
        let now = contents(path);
        let done = now == self.after;
        assert!(done || now == self.before, "{what}: neither as before nor as after: {now:?}");
        done
    }
}

#[test]
fn killed_at_any_moment_it_is_as_before_or_as_after() {
    let scene = Scene::new();
    for moment in 0..moments() {
        let copy = scene.copy();
        let path = copy.path().join("acme.duckdb");
        let mut child = scene.import(&path).spawn().expect("it runs");
        std::thread::sleep(scene.took * (2 * moment + 1) / (2 * moments()));
        child.kill().expect("killed");
        child.wait().expect("gone");
        scene.is_whole(&path, &format!("moment {moment}"));
    }
}

#[test]
fn stopped_by_a_signal_it_says_so_and_leaves_nothing() {
    let scene = Scene::new();
    let mut stopped = 0;
    for (moment, signal) in [Signal::INT, Signal::TERM, Signal::HUP].into_iter().enumerate() {
        let copy = scene.copy();
        let path = copy.path().join("acme.duckdb");
        let child = scene.import(&path).spawn().expect("it runs");
        std::thread::sleep(scene.took * (moment as u32 + 2) / 6);
        let id = Pid::from_raw(child.id() as i32).expect("a process");
        kill_process(id, signal).expect("signalled");
        let output = child.wait_with_output().expect("gone");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let done = scene.is_whole(&path, &format!("{signal:?}"));
        if done {
            // It was over already.
            assert!(output.status.success(), "{said}");
            continue;
        }
        // Before it could listen, the signal ends it as any other program.
        if output.status.signal().is_some() {
            continue;
        }
        stopped += 1;
        assert_eq!(output.status.code(), Some(128 + signal.as_raw()), "{said}");
        assert!(said.contains("cancelled; the workspace is as it was"), "{said}");
        assert!(output.stdout.is_empty());
    }
    assert!(stopped > 0, "no signal came while it worked");
}

#[test]
fn on_a_full_disk_it_is_as_before_or_as_after() {
    let scene = Scene::new();
    let size = std::fs::metadata(scene.folder.path().join("acme.duckdb")).expect("there").len();
    let mut refused = 0;
    for moment in 0..moments() {
        let copy = scene.copy();
        let path = copy.path().join("acme.duckdb");
        let room = 200_000 + (size + 2_000_000) * u64::from(moment) / u64::from(moments());
        let import = scene.import(&path);
        // Files may not grow beyond this; asked to, the kernel refuses instead of killing.
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", room / 512);
        let mut command = Command::new("sh");
        command.arg0("sh").arg("-c").arg(script).arg("sh").arg(import.get_program());
        let output = command.args(import.get_args()).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let done = scene.is_whole(&path, &format!("{room} bytes: {said}"));
        assert_eq!(done, output.status.success(), "{room} bytes: {said}");
        refused += u32::from(!done);
    }
    assert!(refused > 0, "there was room enough every time");
}

#[test]
fn off_a_terminal_it_says_a_line_a_second_at_most() {
    let scene = Scene::new();
    let copy = scene.copy();
    std::fs::write(scene.export(), rows(ROWS * 4, 30)).expect("written");
    let began = Instant::now();
    let output = scene.import(&copy.path().join("acme.duckdb")).output().expect("it runs");
    let seconds = began.elapsed().as_secs();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines.len() as u64 <= seconds + 2, "{} lines in {seconds} s: {said}", lines.len());
    assert!(
        lines.iter().all(|line| line.starts_with("qbr: ") && !line.contains('\u{1b}')),
        "{said}"
    );
    if seconds >= 2 {
        assert!(said.contains(" %, "), "{said}");
        assert!(said.contains(" rows/s"), "{said}");
    }
}
