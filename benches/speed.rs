//! What a person waits for, measured: `cargo bench --profile dev`.
//!
//! Ratios are taken within one run, the two sides in turn, so that they hold
//! when the machine's speed drifts. Nothing here passes or fails; the figures
//! of one run stand in `docs/performance.md`.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use chrono::Utc;
use duckdb::Connection;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use qbr::catalog::Catalog;
use qbr::ingest::{self, ImportRequest};
use qbr::workspace::{Access, CreateOptions, Identity, Workspace};

fn main() {
    // `cargo test --benches` must not measure anything.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let catalog = Catalog::embedded().expect("the content files are sound");
    println!("qbr {}, {}", env!("CARGO_PKG_VERSION"), machine());
    figures(folder.path(), &catalog);
    import(folder.path(), &catalog);
    screen(folder.path());
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{} {}, {cores} cores", std::env::consts::OS, std::env::consts::ARCH)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn milliseconds<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64() * 1000.0, result)
}

/// Each figure through the engine (attach, set parameters, run, copy out, detach)
/// against its SQL run raw on a connection that keeps the file attached.
fn figures(folder: &Path, catalog: &Catalog) {
    println!("\nFigures on the sample company, milliseconds, median of 15 pairs");
    println!("{:24} {:>8} {:>8} {:>7} {:>6}", "figure", "qbr", "raw", "ratio", "rows");
    let path = folder.join("figures.duckdb");
    qbr::cli::demo::build(&path, catalog).expect("the sample company is built");
    // The raw side reads a copy: two instances on one file in one process are not sound.
    let copy = folder.join("raw.duckdb");
    fs::copy(&path, &copy).expect("copied");
    let mut workspace =
        Workspace::open(&path, Access::ReadOnly, catalog).expect("the workspace opens");
    let parameters = workspace.defaults().expect("defaults");
    for figure in catalog.figures.values() {
        let script = workspace.script(figure, &parameters).expect("a script");
        let Some(body) = script.find(figure.sql.trim()) else {
            println!("{:24} the script does not hold the figure's SQL", figure.name);
            continue;
        };
        let raw = Connection::open_in_memory().expect("an instance");
        raw.execute_batch("SET enable_progress_bar = false").expect("set");
        raw.execute_batch(&format!("ATTACH '{}' AS ws (READ_ONLY); USE ws;", copy.display()))
            .expect("attached");
        raw.execute_batch(&script[..body]).expect("the script's head runs");
        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        let mut rows = 0;
        for _ in 0..16 {
            let (time, answer) =
                milliseconds(|| workspace.run(figure, &parameters).expect("the figure runs"));
            ours.push(time);
            rows = answer.table.len();
            let (time, count) = milliseconds(|| raw_rows(&raw, &figure.sql));
            theirs.push(time);
            assert_eq!(rows, count, "{}: both sides give the same rows", figure.name);
        }
        // The first pair warms up.
        let (ours, theirs) = (median(ours.split_off(1)), median(theirs.split_off(1)));
        println!("{:24} {ours:8.2} {theirs:8.2} {:7.2} {rows:6}", figure.name, ours / theirs);
    }
}

fn raw_rows(connection: &Connection, sql: &str) -> usize {
    let mut statement = connection.prepare(sql).expect("prepared");
    let mut rows = statement.query([]).expect("runs");
    let mut count = 0;
    while let Some(row) = rows.next().expect("a row") {
        let width = row.as_ref().column_count();
        for column in 0..width {
            let _: duckdb::types::Value = row.get(column).expect("a value");
        }
        count += 1;
    }
    count
}

/// A CSV of a million opportunities through the whole import, against DuckDB's own
/// `read_csv` with explicit types into the same table.
fn import(folder: &Path, catalog: &Catalog) {
    const ROWS: usize = 1_000_000;
    println!("\nImport of {ROWS} opportunities");
    let csv = folder.join("opportunities-2025-12-31.csv");
    write_opportunities(&csv, ROWS);
    let size = fs::metadata(&csv).map_or(0, |data| data.len()) as f64 / 1e6;

    let raw = folder.join("raw-import.duckdb");
    let connection = Connection::open(&raw).expect("a database");
    connection.execute_batch("SET enable_progress_bar = false").expect("set");
    connection.execute_batch(include_str!("../src/workspace/schema/0001.sql")).expect("schema");
    let (raw_time, ()) = milliseconds(|| {
        connection
            .execute_batch(&format!(
                "INSERT INTO facts.opportunity BY NAME
                 SELECT DATE '2025-12-31' AS valid_from, 1 AS import_id, *
                 FROM read_csv('{}', header = true, auto_detect = false, columns = {{
                    'opportunity_id': 'VARCHAR', 'name': 'VARCHAR', 'account_id': 'VARCHAR',
                    'owner_id': 'VARCHAR', 'product_id': 'VARCHAR', 'segment': 'VARCHAR',
                    'region': 'VARCHAR', 'stage': 'VARCHAR', 'state': 'VARCHAR',
                    'forecast_category': 'VARCHAR', 'amount': 'DECIMAL(18,2)',
                    'currency': 'VARCHAR', 'probability': 'DECIMAL(5,4)', 'created_on': 'DATE',
                    'close_date': 'DATE'}});
                 CHECKPOINT;",
                csv.display()
            ))
            .expect("raw import");
    });
    drop(connection);

    let path = folder.join("import.duckdb");
    let mut workspace =
        Workspace::create(&path, &CreateOptions::default(), catalog, &Identity::current())
            .expect("a workspace");
    let request = ImportRequest {
        files: vec![csv],
        preset: Some("qbr".to_owned()),
        mapping: None,
        table: None,
        taken_on: None,
        dry_run: false,
        author: Identity::current().user,
        at: Utc::now(),
    };
    let (time, report) = milliseconds(|| {
        ingest::import(&mut workspace, catalog, &request).expect("the import succeeds")
    });
    assert_eq!(report.rejected(), 0, "no row is rejected");
    let rate = |time: f64| ROWS as f64 / time * 1000.0;
    println!("file {size:.0} MB");
    println!("qbr  {time:8.0} ms {:10.0} rows/s", rate(time));
    println!("raw  {raw_time:8.0} ms {:10.0} rows/s", rate(raw_time));
    println!("rows/s against raw {:.2}", raw_time / time);
}

fn write_opportunities(path: &Path, rows: usize) {
    let mut out = std::io::BufWriter::new(fs::File::create(path).expect("created"));
    writeln!(
        out,
        "opportunity_id,name,account_id,owner_id,product_id,segment,region,stage,state,\
         forecast_category,amount,currency,probability,created_on,close_date"
    )
    .expect("written");
    let segments = ["Enterprise", "Mid-market", "Small business", "Public sector"];
    let regions = ["North", "South", "East", "West"];
    for row in 0..rows {
        let (stage, state, category, probability) = match row % 10 {
            0..4 => ("Closed Won", "won", "closed", "1.0"),
            4..8 => ("Closed Lost", "lost", "omitted", "0.0"),
            _ => ("Proposal", "open", "commit", "0.5"),
        };
        writeln!(
            out,
            "O-{row:07},Deal {row},A-{},P-{},Core,{},{},{stage},{state},{category},{}.{:02},USD,\
             {probability},2024-{:02}-{:02},2025-{:02}-{:02}",
            row % 5000,
            row % 120,
            segments[row % 4],
            regions[row / 7 % 4],
            1000 + row % 90_000,
            row % 100,
            1 + row % 12,
            1 + row % 28,
            1 + row / 3 % 12,
            1 + row / 5 % 28,
        )
        .expect("written");
    }
}

/// The demo in a pseudo-terminal of 80×24: time to its first frame, bytes of a
/// row move, of an idle stretch, and of a burst of keys.
fn screen(folder: &Path) {
    println!("\nThe demo in a terminal of 80x24");
    let cold = Demo::start(folder);
    let (_, first, whole) = cold.first_paint();
    println!(
        "first demo ever (builds the sample company): first byte {first:.0} ms, brief {whole:.0} ms"
    );
    cold.stop();
    let mut firsts = Vec::new();
    let mut wholes = Vec::new();
    for _ in 0..5 {
        let demo = Demo::start(folder);
        let (_, first, whole) = demo.first_paint();
        firsts.push(first);
        wholes.push(whole);
        demo.stop();
    }
    println!(
        "first byte {:.0} ms, brief complete {:.0} ms, median of 5",
        median(firsts),
        median(wholes)
    );

    let mut demo = Demo::start(folder);
    let (bytes, _, _) = demo.first_paint();
    println!("first paint {bytes} bytes");
    println!("idle for 5 s: {} bytes", demo.quiet_for(Duration::from_secs(5)));
    demo.send(b"4");
    demo.settle();
    let mut moves = Vec::new();
    let mut delays = Vec::new();
    for step in 0..10 {
        let start = Instant::now();
        demo.send(if step % 2 == 0 { b"\x1b[B" } else { b"\x1b[A" });
        let (bytes, last) = demo.settle();
        moves.push(bytes as f64);
        delays.push(last.duration_since(start).as_secs_f64() * 1000.0);
    }
    println!(
        "row move: {:.0} bytes, last byte after {:.1} ms, median of 10",
        median(moves),
        median(delays)
    );
    demo.send(&b"\x1b[B".repeat(100));
    println!("100 keys at once: {} bytes", demo.settle().0);
    demo.stop();
}

struct Demo {
    started: Instant,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: mpsc::Receiver<(Instant, Vec<u8>)>,
}

impl Demo {
    fn start(folder: &Path) -> Demo {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_qbr"));
        command.arg("demo");
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("XDG_CACHE_HOME", folder.join("cache"));
        command.env("XDG_STATE_HOME", folder.join("state"));
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the demo starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        let (send, output) = mpsc::channel();
        std::thread::spawn(move || {
            let _master = pair.master;
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || send.send((Instant::now(), buffer[..count].to_vec())).is_err() {
                    break;
                }
            }
        });
        Demo { started, child, keys, output }
    }

    /// Bytes, milliseconds to the first byte, milliseconds to the last before a quiet stretch.
    fn first_paint(&self) -> (usize, f64, f64) {
        let (first, chunk) =
            self.output.recv_timeout(Duration::from_secs(60)).expect("the demo draws");
        let (more, last) = self.settle_for(Duration::from_millis(700));
        let since = |at: Instant| at.duration_since(self.started).as_secs_f64() * 1000.0;
        (chunk.len() + more, since(first), since(last.max(first)))
    }

    fn send(&mut self, keys: &[u8]) {
        self.keys.write_all(keys).expect("sent");
        self.keys.flush().expect("sent");
    }

    fn settle(&self) -> (usize, Instant) {
        self.settle_for(Duration::from_millis(300))
    }

    fn settle_for(&self, quiet: Duration) -> (usize, Instant) {
        let mut last = self.started;
        let mut bytes = 0;
        while let Ok((at, chunk)) = self.output.recv_timeout(quiet) {
            bytes += chunk.len();
            last = at;
        }
        (bytes, last)
    }

    fn quiet_for(&self, time: Duration) -> usize {
        let end = Instant::now() + time;
        let mut bytes = 0;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if let Ok((_, chunk)) = self.output.recv_timeout(left) {
                bytes += chunk.len();
            }
        }
        bytes
    }

    fn stop(mut self) {
        let _ = self.keys.write_all(b"q");
        let _ = self.keys.flush();
        std::thread::sleep(Duration::from_millis(300));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
