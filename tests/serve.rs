//! A workspace that one process serves and others work in by its address.
//!
//! Needs DuckDB's extensions httpfs and quack in the folder that `QBR_EXTENSIONS` names, as
//! `.ci/run` puts them there; without them these tests skip, and say so.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use qbr::catalog::Catalog;
use qbr::domain::Value;
use qbr::workspace::{Access, Workspace};
use rustix::process::{Pid, Signal, kill_process};

const ACTION: &str =
    "title = \"Call Acme\"\nowner = \"Ann\"\ndue_on = 2025-12-01\nartefact = \"play\"\n";

fn extensions() -> Option<PathBuf> {
    let folder = std::env::var_os("QBR_EXTENSIONS").map(PathBuf::from);
    let found = folder.filter(|folder| folder.join("quack.duckdb_extension").exists());
    if found.is_none() {
        eprintln!("skipped: QBR_EXTENSIONS names no folder with quack.duckdb_extension");
    }
    found
}

/// The sample company on the machine that serves it, and folders of people elsewhere.
struct Company {
    folder: tempfile::TempDir,
}

impl Company {
    fn new() -> Option<Company> {
        extensions()?;
        let company = Company { folder: tempfile::tempdir().expect("a folder") };
        company.write("action.toml", ACTION);
        static SAMPLE: OnceLock<tempfile::TempDir> = OnceLock::new();
        let sample = SAMPLE.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let catalog = Catalog::embedded().expect("the catalog");
            qbr::cli::demo::build(&folder.path().join("a.duckdb"), &catalog).expect("a company");
            folder
        });
        fs::copy(sample.path().join("a.duckdb"), company.path("a.duckdb")).expect("copied");
        Some(company)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
    }

    /// By somebody of this name: with folders of their own.
    fn command(&self, who: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qbr"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("QBR_TOKEN_FILE");
        for variable in ["XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(variable, self.path(who));
        }
        command
    }

    #[track_caller]
    fn run(&self, who: &str, arguments: &[&str], status: i32) -> String {
        let output: Output = self.command(who, arguments).output().expect("qbr runs");
        let (out, err) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
        let out = String::from_utf8_lossy(out).into_owned();
        assert_eq!(output.status.code(), Some(status), "{who}: {arguments:?}\n{out}\n{err}");
        out + &err
    }

    /// Serves the company, on a port that was free a moment ago.
    #[track_caller]
    fn serve(&self, more: &[&str]) -> Server {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port()
            .to_string();
        let mut arguments = vec!["serve", "a.duckdb", "--port", &port];
        arguments.extend(more);
        let mut process =
            self.command("keeper", &arguments).stdout(Stdio::piped()).spawn().expect("qbr serves");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        assert!(line.starts_with("Serving a.duckdb at quack:127.0.0.1:"), "{line}");
        let token = self.path("keeper/qbr/served").join(format!("127.0.0.1-{port}.token"));
        assert!(line.contains(token.to_str().expect("UTF-8")), "{line}");
        Server { process, address: format!("quack:127.0.0.1:{port}"), token, port }
    }

    /// Gives somebody the token.
    fn give(&self, server: &Server, who: &str) {
        let to = self.path(who).join("qbr/served");
        fs::create_dir_all(&to).expect("made");
        fs::copy(&server.token, to.join(server.token.file_name().expect("a name")))
            .expect("copied");
    }
}

/// Ends when it is dropped.
struct Server {
    process: Child,
    address: String,
    token: PathBuf,
    port: String,
}

impl Server {
    #[track_caller]
    fn stop(mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).expect("signalled");
        let begun = Instant::now();
        while self.process.try_wait().expect("asked").is_none() {
            assert!(begun.elapsed() < Duration::from_secs(20), "it goes on serving");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Any DuckDB as a client: what it is told to send to the server, and whether that was done.
fn duckdb_client(
    extensions: &Path,
    address: &str,
    token: &str,
) -> impl Fn(&str) -> Result<(), String> + use<> {
    let connection = duckdb::Connection::open_in_memory().expect("DuckDB");
    for name in ["httpfs", "quack"] {
        let file = extensions.join(format!("{name}.duckdb_extension"));
        connection.execute_batch(&format!("LOAD '{}'", file.display())).expect("loaded");
    }
    let attach = format!("ATTACH '{address}' AS server (TYPE quack, TOKEN '{token}')");
    connection.execute_batch(&attach).expect("let in");
    move |sql| {
        let sent = format!("FROM quack_query_by_name('server', '{}')", sql.replace('\'', "''"));
        connection.execute_batch(&sent).map_err(|error| error.to_string())
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

// ---- reading --------------------------------------------------------------------------------------

const PART: &str = "QBR_TEST_READER";

/// What a child process of these tests runs; nothing when run as a test.
#[test]
fn a_reader() {
    let Some(path) = std::env::var_os(PART).map(PathBuf::from) else { return };
    let catalog = Catalog::embedded().expect("the catalog");
    let mut workspace = Workspace::open(&path, Access::ReadOnly, &catalog).expect("opened");
    let parameters = workspace.defaults().expect("defaults");
    for figure in catalog.figures.values() {
        match workspace.run(figure, &parameters) {
            Ok(answer) => {
                let rows: Vec<Vec<String>> =
                    answer.table.rows.iter().map(|row| row.iter().map(told).collect()).collect();
                println!("@{} {:?} {rows:?} {:?}", figure.name, answer.table.columns, answer.notes);
            }
            Err(error) => println!("@{} {error}", figure.name),
        }
    }
}

/// The last digits of a binary fraction depend on the order in which rows are added up.
fn told(value: &Value) -> String {
    match value {
        Value::Float(number) => format!("{number:.11e}"),
        other => format!("{other:?}"),
    }
}

/// What every figure says, read by another process of this binary as somebody.
#[track_caller]
fn all_figures(company: &Company, who: &str, workspace: &str) -> Vec<String> {
    let output = Command::new(std::env::current_exe().expect("this binary"))
        .args(["a_reader", "--exact", "--nocapture", "--test-threads=1"])
        .current_dir(company.folder.path())
        .env_remove("QBR_TOKEN_FILE")
        .env("XDG_STATE_HOME", company.path(who))
        .env(PART, workspace)
        .output()
        .expect("a child process");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said.lines().filter_map(|line| line.split_once('@')).map(|(_, said)| said.to_owned()).collect()
}

#[test]
fn every_figure_says_the_same_by_way_of_a_server() {
    let Some(company) = Company::new() else { return };
    let here = all_figures(&company, "keeper", "a.duckdb");
    assert!(here.len() > 40, "{} figures", here.len());
    let server = company.serve(&["--read-only"]);
    let there = all_figures(&company, "keeper", &server.address);
    for (here, there) in here.iter().zip(&there) {
        assert_eq!(there, here);
    }
    assert_eq!(here.len(), there.len());
    let verified = company.run("keeper", &["verify", &server.address], 0);
    assert!(verified.contains("chain unbroken"), "{verified}");
    let refused = company.run(
        "keeper",
        &["records", &server.address, "new", "action", "--from", "action.toml"],
        3,
    );
    assert!(refused.contains("cannot be written: it was opened for reading only"), "{refused}");
    server.stop(Signal::TERM);
}

// ---- writing --------------------------------------------------------------------------------------

#[test]
fn records_are_written_revised_and_found_by_way_of_a_server() {
    let Some(company) = Company::new() else { return };
    let before = company.run("keeper", &["verify", "a.duckdb"], 0);
    let server = company.serve(&[]);
    company.give(&server, "ann");
    let at = server.address.as_str();
    let made = company.run("ann", &["records", at, "new", "action", "--from", "action.toml"], 0);
    let id = made.split_whitespace().next().expect("an id").to_owned();
    assert!(id.starts_with("AC-"), "{made}");
    let listed = company.run("ann", &["records", at, "list", "action"], 0);
    assert!(listed.contains(&id) && listed.contains("Call Acme"), "{listed}");
    // Words that would be SQL, if anybody took them for it.
    let hostile = "O'Brien; DROP TABLE x; COMMIT; -- quack_stop(\\\"a\\\") $1 ?";
    company.write("second.toml", &ACTION.replace("Call Acme", hostile));
    let revise = ["records", at, "revise", &id, "--from", "second.toml", "--reason", "it's so"];
    company.run("ann", &revise, 0);
    let shown = company.run("ann", &["records", at, "show", &id], 0);
    assert!(shown.contains("O'Brien; DROP TABLE x; COMMIT; -- quack_stop("), "{shown}");
    // Somebody who started from the first revision has not seen the second.
    let stale = ["records", at, "revise", &id, "--from", "action.toml", "--reason", "no"];
    let stale = company.run("ann", &[&stale[..], &["--based-on", "1"]].concat(), 1);
    assert!(stale.contains("revision 2"), "{stale}");
    let alerts = company.command("ann", &["alerts", at]).output().expect("qbr runs");
    assert!(matches!(alerts.status.code(), Some(0 | 1)), "{alerts:?}");
    // Steps that read what they have just written themselves: the first role must be one that can
    // give roles.
    let grant = ["records", at, "new", "role", "--from", "role.toml"];
    company.write("role.toml", "who = \"some clerk\"\nroles = [\"viewer\"]\n");
    let refused = company.run("ann", &grant, 4);
    assert!(refused.contains("somebody must have the role operations"), "{refused}");
    company.write("role.toml", "who = \"the keeper\"\nroles = [\"operations\"]\n");
    company.run("ann", &grant, 0);
    let refused = company.run("ann", &revise, 4);
    assert!(refused.contains("has no role here"), "{refused}");
    company.run("ann", &["verify", at], 0);
    server.stop(Signal::INT);
    // In the file, with nothing beside it that a crash would leave.
    assert!(!company.path("a.duckdb.wal").exists());
    let after = company.run("keeper", &["verify", "a.duckdb"], 0);
    let count = |text: &str| -> usize {
        let line = text.lines().find(|line| line.starts_with("ledger:")).expect("the ledger");
        line.split_whitespace().nth(1).and_then(|count| count.parse().ok()).expect("a number")
    };
    assert_eq!(count(&after), count(&before) + 3);
}

#[test]
fn what_several_write_at_once_is_all_there() {
    let Some(company) = Company::new() else { return };
    let server = company.serve(&[]);
    let save = ["records", &server.address, "new", "action", "--from", "action.toml"];
    let saving: Vec<Child> = (0..4)
        .map(|_| {
            let mut command = company.command("keeper", &save);
            command.stdout(Stdio::piped()).spawn().expect("qbr runs")
        })
        .collect();
    let mut ids: Vec<String> = saving
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().expect("gone");
            assert!(output.status.success(), "{output:?}");
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            said.split_whitespace().next().expect("an id").to_owned()
        })
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4, "each has a name of its own");
    company.run("keeper", &["verify", &server.address], 0);
    server.stop(Signal::TERM);
}

#[test]
fn a_client_that_is_killed_while_it_writes_holds_nobody_up() {
    let Some(company) = Company::new() else { return };
    let server = company.serve(&[]);
    let save = ["records", &server.address, "new", "action", "--from", "action.toml"];
    let begun = Instant::now();
    company.run("keeper", &save, 0);
    let lasts = begun.elapsed();
    for part in 1..6 {
        let mut child =
            company.command("keeper", &save).stdout(Stdio::null()).spawn().expect("runs");
        std::thread::sleep(lasts * part / 6);
        child.kill().expect("killed");
        child.wait().expect("gone");
        company.run("keeper", &save, 0);
    }
    company.run("keeper", &["verify", &server.address], 0);
    // Killed itself, the server loses nothing that was said to be written.
    let last = company.run("keeper", &save, 0);
    let id = last.split_whitespace().next().expect("an id").to_owned();
    server.stop(Signal::KILL);
    let shown = company.run("keeper", &["records", "a.duckdb", "show", &id], 0);
    assert!(shown.contains("Call Acme"), "{shown}");
    company.run("keeper", &["verify", "a.duckdb"], 0);
}

// ---- who is let in, and what is refused -----------------------------------------------------------

#[test]
fn without_the_token_nobody_is_let_in() {
    let Some(company) = Company::new() else { return };
    let server = company.serve(&[]);
    assert_eq!(
        (mode(&server.token), mode(server.token.parent().expect("a folder"))),
        (0o600, 0o700)
    );
    let (port, address) = (server.port.clone(), server.address.clone());
    let show = ["show", &address, "win-rate"];
    let refused = company.run("eve", &show, 3);
    assert!(
        refused.contains("there is no token for quack:") && refused.contains("eve"),
        "{refused}"
    );
    company.give(&server, "eve");
    let own = company.path("eve/qbr/served").join(server.token.file_name().expect("a name"));
    fs::write(&own, "0123456789abcdef0123456789abcdef").expect("written");
    let refused = company.run("eve", &show, 3);
    assert!(refused.contains("lets nobody in with this token"), "{refused}");
    company.give(&server, "ann");
    let own = company.path("ann/qbr/served").join(server.token.file_name().expect("a name"));
    fs::set_permissions(&own, fs::Permissions::from_mode(0o644)).expect("changed");
    let refused = company.run("ann", &show, 3);
    assert!(refused.contains("others can read it"), "{refused}");
    fs::set_permissions(&own, fs::Permissions::from_mode(0o600)).expect("changed");
    company.run("ann", &show, 0);
    // The token stays good when it is served anew; a free port is not needed for that.
    let token = fs::read(&server.token).expect("read");
    server.stop(Signal::TERM);
    let gone = company.run("ann", &show, 3);
    assert!(gone.contains("no workspace is served at") && gone.contains("qbr serve"), "{gone}");
    let again = company
        .command("keeper", &["serve", "a.duckdb", "--port", &port])
        .stdout(Stdio::piped())
        .spawn()
        .expect("qbr serves");
    let mut again =
        Server { process: again, address: address.clone(), token: PathBuf::new(), port };
    let mut line = String::new();
    let output = again.process.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut line).expect("a line");
    company.run("ann", &show, 0);
    let kept = company.path("keeper/qbr/served").join(format!("127.0.0.1-{}.token", again.port));
    assert_eq!(fs::read(kept).expect("read"), token);
}

/// Runs everywhere: what somebody sees who has installed nothing.
#[test]
fn without_the_extensions_it_is_said_which_file_goes_where() {
    let company = Company { folder: tempfile::tempdir().expect("a folder") };
    company.run("keeper", &["init", "a.duckdb"], 0);
    let nothing = company.path("nothing");
    let token = company.path("token");
    fs::write(&token, "0123456789abcdef0123456789abcdef").expect("written");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("changed");
    for arguments in
        [&["serve", "a.duckdb", "--port", "1"][..], &["show", "quack:127.0.0.1:1", "win-rate"]]
    {
        let output = company
            .command("keeper", arguments)
            .env("QBR_EXTENSIONS", &nothing)
            .env("QBR_TOKEN_FILE", &token)
            .output()
            .expect("qbr runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{said}");
        let file = format!(
            "put httpfs.duckdb_extension of DuckDB {} for this platform into {}",
            qbr::workspace::duckdb_version(),
            nothing.display()
        );
        assert!(
            said.contains("extension httpfs is not installed") && said.contains(&file),
            "{said}"
        );
    }
    let wrong = company.run("keeper", &["show", "quack:9494", "win-rate"], 3);
    assert!(
        wrong.contains("is not an address") && wrong.contains("quack:127.0.0.1:9494"),
        "{wrong}"
    );
    // A name that only looks like an address is a file in its folder.
    let file = company.run("keeper", &["show", "./quack:9494", "win-rate"], 3);
    assert!(file.contains("there is no workspace at"), "{file}");
}

#[test]
fn what_needs_the_file_says_so_and_the_file_is_the_servers_alone() {
    let Some(company) = Company::new() else { return };
    let server = company.serve(&[]);
    let at = server.address.as_str();
    company.write("opportunities-2026-01-31.csv", "opportunity_id,stage\n");
    for (command, status) in [
        (&["import", at, "opportunities-2026-01-31.csv"][..], 2),
        (&["backup", at], 2),
        (&["restore", at, "b.duckdb"], 2),
        (&["rescue", at, "b.duckdb"], 2),
        (&["init", at], 2),
        (&["serve", at], 2),
    ] {
        let refused = company.run("keeper", command, status);
        let words = format!("qbr {} works on the file itself", command[0]);
        assert!(refused.contains(&words) && refused.contains(at), "{refused}");
    }
    let busy = company.run("keeper", &["show", "a.duckdb", "win-rate"], 3);
    assert!(busy.contains(&format!("serving it at {at}")), "{busy}");
    assert!(busy.contains(&format!("name {at} in the place of the file")), "{busy}");
    server.stop(Signal::TERM);
    company.run("keeper", &["show", "a.duckdb", "win-rate"], 0);
}

#[test]
fn a_client_reaches_nothing_but_the_workspace() {
    let Some(company) = Company::new() else { return };
    let server = company.serve(&[]);
    let token = fs::read_to_string(&server.token).expect("read");
    let extensions = extensions().expect("there");
    let client = duckdb_client(&extensions, &server.address, token.trim());
    let ask = |sql: &str| client(sql);
    assert_eq!(ask("SELECT count(*) > 0 FROM ws.facts.opportunity"), Ok(()));
    for sql in [
        "SET VARIABLE x = 1",
        "INSERT INTO facts.competitor FROM ws.facts.competitor",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "DETACH ws",
        "SET enable_external_access = true",
        "CALL quack_stop('quack:127.0.0.1')",
        "SELECT * FROM quack_active_connections()",
        "CREATE OR REPLACE MACRO memory.main.allowed(session, query) AS true",
        "LOAD httpfs",
        "SELECT 1; DROP TABLE ws.ledger.revision",
        "DELETE FROM ws.ledger.revision",
        "WITH x AS (SELECT 1) DELETE FROM ws.ledger.revision",
        "PREPARE asked AS DELETE FROM ws.ledger.revision; EXECUTE asked",
        "UPDATE ws.ledger.revision SET author = 'eve'",
        "INSERT OR REPLACE INTO ws.ledger.revision FROM ws.ledger.revision",
    ] {
        assert!(ask(sql).is_err(), "{sql}");
    }
    // A statement is run once: a second time would be a duplicate.
    let insert = "USE ws; BEGIN; INSERT INTO ledger.revision SELECT * REPLACE (99999 AS seq)
                  FROM ws.ledger.revision WHERE seq = 1; ROLLBACK";
    ask(insert).expect("once");
    // Words in a text are no statements.
    assert_eq!(ask("SELECT 'a; DROP TABLE x; quack_stop' -- DETACH ws;"), Ok(()));
    server.stop(Signal::TERM);
}
