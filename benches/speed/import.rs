//! The import against DuckDB's own reader.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use duckdb::Connection;

use super::{median, milliseconds};

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
        let (time, memory) = run(&["import", text(&workspace), text(&csv)]);
        ours.push(time);
        peak = peak.max(memory);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let rate = |time: f64| ROWS as f64 / time * 1000.0;
    println!("qbr  {ours:8.0} ms {:10.0} rows/s, {peak} MB of memory at most", rate(ours));
    println!("raw  {theirs:8.0} ms {:10.0} rows/s", rate(theirs));
    println!("rows/s against raw {:.2}", theirs / ours);
    let (time, memory) = run(&["import", text(&workspace), text(&later)]);
    println!("a week later, 1 % changed: {time:.0} ms, {memory} MB of memory at most");
    let (time, _) = run(&["import", text(&workspace), text(&later)]);
    println!("the same file again: {time:.0} ms");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// Milliseconds, and the most memory it had in MB.
fn run(arguments: &[&str]) -> (f64, u64) {
    let mut peak = 0;
    let (time, ()) = milliseconds(|| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_qbr"))
            .args(arguments)
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("qbr starts");
        let status = format!("/proc/{}/status", child.id());
        let ended = loop {
            if let Some(ended) = child.try_wait().expect("a child") {
                break ended;
            }
            let now = fs::read_to_string(&status).unwrap_or_default();
            let most = now.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let most = most.and_then(|most| most.split_whitespace().next()?.parse::<u64>().ok());
            peak = peak.max(most.unwrap_or_default() / 1024);
            std::thread::sleep(Duration::from_millis(2));
        };
        assert!(ended.success(), "{arguments:?}: {ended}");
    });
    (time, peak)
}

fn raw(folder: &Path, csv: &Path) -> f64 {
    let file = folder.join("raw-import.duckdb");
    let _ = fs::remove_file(&file);
    let connection = Connection::open(&file).expect("a database");
    connection.execute_batch("SET enable_progress_bar = false").expect("set");
    for step in qbr::workspace::schema_steps() {
        connection.execute_batch(step).expect("the schema");
    }
    let (time, ()) = milliseconds(|| {
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
    });
    time
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
