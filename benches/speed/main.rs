//! What a person waits for, measured: `cargo speed`, or `cargo speed figures import` for some of it.
//!
//! Ratios are taken within one run, the two sides in turn, so that they hold
//! when the machine's speed drifts; those of processor time hold when others use it, too. Nothing here passes or fails; the figures
//! of one run stand in `docs/performance.md`. `QBR_ROWS=10000000` measures
//! growth up to ten million opportunities.

mod figures;
mod growth;
mod import;
mod screen;

use std::path::Path;
use std::time::Instant;

use duckdb::Connection;
use qbr::catalog::{Catalog, Figure};
use qbr::workspace::{Parameters, Workspace};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` must not measure anything.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let asked: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|asked| *asked == part);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let catalog = Catalog::embedded().expect("the content files are sound");
    println!("qbr {}, {}", env!("CARGO_PKG_VERSION"), machine());
    if wanted("figures") {
        figures::figures(folder.path(), &catalog);
    }
    if wanted("growth") {
        growth::growth(folder.path(), &catalog);
    }
    if wanted("import") {
        import::import(folder.path());
    }
    if wanted("screen") {
        screen::screen(folder.path());
    }
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

/// The same in time of the processors, over all threads of this process: what others do on the
/// machine does not count. Where the system does not tell it, the time that passed.
fn processor_milliseconds<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let before = processor_time();
    let (passed, result) = milliseconds(work);
    match (before, processor_time()) {
        (Some(before), Some(after)) => ((after - before) / 1e6, result),
        _ => (passed, result),
    }
}

/// Nanoseconds.
fn processor_time() -> Option<f64> {
    let mut sum = 0.0;
    for thread in std::fs::read_dir("/proc/self/task").ok()? {
        let told = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        sum += told.split_whitespace().next()?.parse::<f64>().ok()?;
    }
    Some(sum)
}

/// A figure's SQL run through the bare `duckdb` crate, on a file that stays attached.
struct Raw {
    connection: Connection,
    sql: String,
}

impl Raw {
    /// Attaches the file and makes everything that the figure needs. The file must be another one
    /// than the workspace that is open: two instances on one file in one process are not sound.
    fn of(
        file: &Path,
        workspace: &mut Workspace,
        figure: &Figure,
        parameters: &Parameters,
    ) -> Self {
        let script = workspace.script(figure, parameters).expect("a script");
        let sql = figure.sql.trim();
        let head = &script[..script.find(sql).expect("the script holds the figure's SQL")];
        let connection = Connection::open_in_memory().expect("an instance");
        connection.execute_batch("SET enable_progress_bar = false").expect("set");
        connection
            .execute_batch(&format!("ATTACH '{}' AS ws (READ_ONLY); USE ws;", file.display()))
            .expect("attached");
        connection.execute_batch(head).expect("the script's head runs");
        Raw { connection, sql: sql.to_owned() }
    }

    /// Runs it and copies every value; the number of rows.
    fn rows(&self) -> usize {
        let mut statement = self.connection.prepare(&self.sql).expect("prepared");
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
}
