//! Child processes: this test binary again, playing one part.
//!
//! A part says `@ready` when it holds what it is to hold, prints results as
//! `@…` lines, and ends when its standard input does.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use qbr::catalog::Catalog;
use qbr::workspace::{
    Access, CreateOptions, Identity, Patience, Workspace, WorkspaceError, share_with_group,
};

use crate::content::{add, count, open};

const PART: &str = "QBR_TEST_PART";

/// A child process at work; killed when dropped.
pub struct Child {
    process: std::process::Child,
    output: BufReader<std::process::ChildStdout>,
}

/// Starts a part and waits until it is ready.
#[track_caller]
pub fn start(part: &str, path: &Path) -> Child {
    let mut child = launch(command(&exe()), part, path);
    child.until("@ready");
    child
}

/// Starts a part that runs through, and gives its `@…` lines.
#[track_caller]
pub fn result(part: &str, path: &Path) -> Vec<String> {
    launch(command(&exe()), part, path).finish()
}

/// The same as a user without any rights; only root can do that.
#[track_caller]
pub fn result_as_nobody(part: &str, path: &Path) -> Vec<String> {
    // The build's folder may be closed to others.
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("opened");
    let copy = folder.path().join("part");
    fs::hard_link(exe(), &copy).or_else(|_| fs::copy(exe(), &copy).map(drop)).expect("copied");
    let mut command = command(&copy);
    command.uid(65_534).gid(65_534).current_dir("/");
    launch(command, part, path).finish()
}

fn exe() -> PathBuf {
    std::env::current_exe().expect("this binary")
}

fn command(exe: &Path) -> Command {
    let mut command = Command::new(exe);
    command.args(["child_process", "--exact", "--nocapture", "--test-threads=1"]);
    command
}

#[track_caller]
fn launch(mut command: Command, part: &str, path: &Path) -> Child {
    let mut process = command
        .env(PART, format!("{part} {}", path.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child process");
    let output = BufReader::new(process.stdout.take().expect("its output"));
    Child { process, output }
}

impl Child {
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    #[track_caller]
    fn until(&mut self, line: &str) {
        let mut said = String::new();
        while !said.trim_end().ends_with(line) {
            said.clear();
            assert_ne!(
                self.output.read_line(&mut said).expect("its output"),
                0,
                "child ended early"
            );
        }
    }

    /// As `kill -9`.
    pub fn kill(mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
    }

    /// Lets it end, and gives its `@…` lines.
    #[track_caller]
    pub fn finish(mut self) -> Vec<String> {
        drop(self.process.stdin.take());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("its output");
        assert!(self.process.wait().expect("gone").success(), "{rest}");
        let said = rest.lines().filter_map(|line| line.split_once('@'));
        said.map(|(_, text)| text.to_owned()).collect()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Already gone after `kill` and `finish`.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Says something to the parent. The harness may have begun the line.
fn say(text: impl std::fmt::Display) {
    println!("@{text}");
    let _ = std::io::stdout().flush();
}

/// Says that it holds now, and holds until the parent lets go.
fn hold() {
    say("ready");
    let _ = std::io::stdin().read(&mut [0]);
}

/// The kind of an error: `Busy`, `ReadOnly { … why: Folder }`.
fn told<T>(result: Result<T, WorkspaceError>) -> String {
    match result {
        Ok(_) => "ok".into(),
        Err(WorkspaceError::ReadOnly { why, .. }) => format!("ReadOnly {why:?}"),
        Err(error) => {
            let shown = format!("{error:?}");
            shown.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
        }
    }
}

/// Plays the part that the environment names, in a child process.
pub fn play() {
    let Ok(part) = std::env::var(PART) else { return };
    let (part, path) = part.split_once(' ').expect("a part and a path");
    let (part, number) = part.split_once('=').unwrap_or((part, "0"));
    let number: usize = number.parse().expect("a number");
    let path = Path::new(path);
    match part {
        // Other programs: plain DuckDB.
        "duckdb-writes" => {
            let _connection = duckdb::Connection::open(path).expect("opened");
            hold();
        }
        "duckdb-reads" => {
            let config = duckdb::Config::default().access_mode(duckdb::AccessMode::ReadOnly);
            let _connection =
                duckdb::Connection::open_with_flags(path, config.expect("a mode")).expect("opened");
            hold();
        }
        "duckdb-crashes" => {
            let connection = duckdb::Connection::open(path).expect("opened");
            let sql = "INSERT INTO facts.competitor (competitor_id, import_id) VALUES ('crash', 1)";
            connection.execute_batch(sql).expect("inserted");
            hold();
        }
        "duckdb-makes" => {
            let connection = duckdb::Connection::open(path).expect("opened");
            connection.execute_batch("CREATE TABLE t (a INT)").expect("made");
        }
        // Colleagues.
        "writes" => {
            let held = open(path).write::<_, WorkspaceError>("import of x.csv", |session| {
                let sql =
                    "INSERT INTO facts.competitor (competitor_id, import_id) VALUES ('held', 1)";
                session.execute(sql, &[])?;
                hold();
                Ok(())
            });
            held.expect("written");
        }
        "open" => {
            let mut workspace = open(path);
            hold();
            say(format!("counted {}", count(&mut workspace).expect("counted")));
        }
        "reads" => {
            let held = open(path).read::<_, WorkspaceError>("export", |_| {
                hold();
                Ok(())
            });
            held.expect("read");
        }
        "appends" => {
            let mut workspace = open(path);
            for place in 0..number {
                add(&mut workspace, &format!("{}-{place}", std::process::id())).expect("added");
            }
            say("done");
        }
        "counts" => {
            let mut workspace = open(path);
            let mut last = 0;
            for _ in 0..number {
                let now = count(&mut workspace).expect("counted");
                assert!(now >= last, "{now} after {last}: rows were lost");
                last = now;
            }
            say("done");
        }
        "reads-on" => {
            let mut workspace = open(path);
            say("ready");
            for _ in 0..number {
                let slow = workspace.read::<_, WorkspaceError>("reading on", |_| {
                    std::thread::sleep(Duration::from_millis(20));
                    Ok(())
                });
                slow.expect("read");
            }
        }
        // People without rights.
        "tries" => {
            let shortly = |access| {
                let patience = Patience { limit: Duration::from_millis(500), on_wait: None };
                Workspace::open_patiently(path, access, &Catalog::default(), patience)
            };
            say(told(shortly(Access::ReadWrite)));
            match shortly(Access::ReadOnly) {
                Ok(mut workspace) => {
                    say(told(count(&mut workspace)));
                    say(told(add(&mut workspace, "x")));
                }
                Err(error) => say(told::<()>(Err(error))),
            }
        }
        "creates" => {
            let options = CreateOptions::default();
            let made = Workspace::create(path, &options, &Catalog::default(), &Identity::current());
            say(told(made));
        }
        "shares" => {
            share_with_group();
            let mut workspace = crate::content::create(path);
            add(&mut workspace, "x").expect("added");
        }
        // A disk quota, by the limit of the process.
        "outgrows" => {
            let ignored = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
            signal_hook::flag::register(signal_hook::consts::SIGXFSZ, ignored).expect("ignored");
            let mut workspace = open(path);
            limit_file_size(path, number as u64);
            say(told(crate::files::fill(&mut workspace)));
            say(told(count(&mut workspace)));
            say(told(add(&mut workspace, "after")));
        }
        other => panic!("no such part: {other}"),
    }
}

/// Files may not grow by more than this beyond the size of the workspace.
fn limit_file_size(path: &Path, more: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let length = fs::metadata(path).expect("there").len();
    let limit =
        Rlimit { current: Some(length + more), maximum: getrlimit(Resource::Fsize).maximum };
    setrlimit(Resource::Fsize, limit).expect("limited");
}
