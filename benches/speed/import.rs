//! The import against DuckDB's own reader.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use duckdb::Connection;

use super::{median, milliseconds, processor_milliseconds};

const ROWS: usize = 1_000_000;

/// A CSV of a million opportunities through `qbr import`, from the start of the process to its
/// end, against DuckDB's own `read_csv` with explicit types into the same table; three pairs. Then
/// a week later's export in which one row in a hundred has changed, and that file again.
pub fn import(folder: &Path) {
    println!("\nImport of {ROWS} opportunities");
    let csv = folder.join("opportunities-2025-12-24.csv");
    write_opportunities(&csv, ROWS, 0);
    let later = folder.join("opportunities-2025-12-31.csv");
    write_opportunities(&later, ROWS, 100);
    let size = fs::metadata(&csv).map_or(0, |data| data.len()) as f64 / 1e6;
    println!("file {size:.0} MB");
    let workspace = folder.join("import.duckdb");
    let (mut ours, mut theirs, mut peak) = (Vec::new(), Vec::new(), 0);
    for _ in 0..3 {
        theirs.push(raw(folder, &csv));
        let _ = fs::remove_file(&workspace);
        run(&["init", text(&workspace)]);
        let run = run(&["import", text(&workspace), text(&csv)]);
        peak = peak.max(run.memory);
        ours.push((run.passed, run.processor));
    }
    let both = |times: Vec<(f64, f64)>| -> (f64, f64) {
        let (passed, processor): (Vec<_>, Vec<_>) = times.into_iter().unzip();
        (median(passed), median(processor))
    };
    let (ours, theirs) = (both(ours), both(theirs));
    let rate = |time: f64| ROWS as f64 / time * 1000.0;
    let tell = |name: &str, (passed, processor): (f64, f64), rest: &str| {
        println!(
            "{name}  {passed:8.0} ms {:10.0} rows/s, {processor:8.0} ms of processor time{rest}",
            rate(passed)
        );
    };
    tell("qbr", ours, &format!(", {peak} MB of memory at most"));
    tell("raw", theirs, "");
    println!(
        "rows/s against raw {:.2}, by processor time {:.2}",
        theirs.0 / ours.0,
        theirs.1 / ours.1
    );
    for (what, file) in [("a week later, 1 % changed", &later), ("the same file again", &later)] {
        let run = run(&["import", text(&workspace), text(file)]);
        println!(
            "{what}: {:.0} ms, {:.0} ms of processor time, {} MB of memory at most",
            run.passed, run.processor, run.memory
        );
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// What one run of the program took.
struct Run {
    /// Milliseconds.
    passed: f64,
    /// Milliseconds over all threads, in steps of ten.
    processor: f64,
    /// The most it had, in MB.
    memory: u64,
}

fn run(arguments: &[&str]) -> Run {
    let (mut memory, mut ticks) = (0, 0);
    let (passed, ()) = milliseconds(|| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_qbr"))
            .args(arguments)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("qbr starts");
        let id = child.id();
        let ended = loop {
            if let Some(ended) = child.try_wait().expect("a child") {
                break ended;
            }
            let told =
                |what: &str| fs::read_to_string(format!("/proc/{id}/{what}")).unwrap_or_default();
            memory = memory.max(most_memory(&told("status")).unwrap_or_default());
            ticks = ticks.max(processor_ticks(&told("stat")).unwrap_or_default());
            std::thread::sleep(Duration::from_millis(2));
        };
        assert!(ended.success(), "{arguments:?}: {ended}");
    });
    Run { passed, processor: ticks as f64 * 10.0, memory }
}

fn most_memory(status: &str) -> Option<u64> {
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(most.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

/// Hundredths of a second; the name of the program stands in parentheses before them.
fn processor_ticks(stat: &str) -> Option<u64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

/// Milliseconds that passed, and of processor time.
fn raw(folder: &Path, csv: &Path) -> (f64, f64) {
    let file = folder.join("raw-import.duckdb");
    let _ = fs::remove_file(&file);
    let connection = Connection::open(&file).expect("a database");
    connection.execute_batch("SET enable_progress_bar = false").expect("set");
    for step in qbr::workspace::schema_steps() {
        connection.execute_batch(step).expect("the schema");
    }
    let (passed, (processor, ())) = milliseconds(|| {
        processor_milliseconds(|| {
            connection
                .execute_batch(&format!(
                    "INSERT INTO facts.opportunity BY NAME
                 SELECT DATE '2025-12-24' AS valid_from, 1 AS import_id, *
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
                .expect("imported");
        })
    });
    (passed, processor)
}

/// Every `changed`-th row has another amount; 0: none has.
fn write_opportunities(path: &Path, rows: usize, changed: usize) {
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
            1000 + row % 90_000 + usize::from(changed > 0 && row % changed == 0),
            row % 100,
            1 + row % 12,
            1 + row % 28,
            1 + row / 3 % 12,
            1 + row / 5 % 28,
        )
        .expect("written");
    }
}
