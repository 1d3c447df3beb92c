//! Files that mean harm, and files that are merely broken: each ends in words, within bounds.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use qbr::ingest::ImportError;

use super::support::{Desk, fixture};

const HEADER: &str = "opportunity_id,name,state,amount,currency,close_date";

/// The program itself, with this much address space, on a workspace of its own.
fn import_within(kilobytes: u64, desk: &Desk, file: &Path) -> Output {
    let qbr = env!("CARGO_BIN_EXE_qbr");
    let workspace = desk.folder.path().join("bounded.duckdb");
    if !workspace.exists() {
        let made = Command::new(qbr).arg("init").arg(&workspace).status().expect("started");
        assert!(made.success());
    }
    let script = format!("ulimit -v {kilobytes}; exec \"$0\" import \"$1\" \"$2\" --dry-run");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg(qbr).arg(workspace).arg(file);
    shell.output().expect("started")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// More than DuckDB and the program need, less than the files below would take in memory.
const BOUND: u64 = 1_500_000;

#[test]
fn a_line_without_an_end_is_refused_within_bounded_memory() {
    let desk = Desk::new();
    // Without a header, and below one.
    for (head, words) in [("", "hold no line end"), ("header", "longer than a row can be")] {
        let path = desk.folder.path().join("endless.csv");
        let mut file = std::fs::File::create(&path).expect("made");
        if !head.is_empty() {
            writeln!(file, "{HEADER}").expect("written");
        }
        let block = vec![b'x'; 1 << 20];
        for _ in 0..1600 {
            file.write_all(&block).expect("written");
        }
        drop(file);
        let output = import_within(BOUND, &desk, &path);
        assert_eq!(output.status.code(), Some(4), "{}", said(&output));
        assert!(said(&output).contains(words), "{}", said(&output));
        std::fs::remove_file(path).expect("removed");
    }
}

#[test]
fn ten_thousand_columns_are_refused() {
    let mut desk = Desk::new();
    let names: Vec<String> = (0..10_000).map(|place| format!("c{place}")).collect();
    let text = format!("{}\n{}\n", names.join(","), vec!["1"; 10_000].join(","));
    let error = desk.import_text("wide.csv", &text).expect_err("refused");
    assert!(matches!(error, ImportError::TooManyColumns { line: 1, .. }), "{error}");
    let output = import_within(BOUND, &desk, &desk.folder.path().join("wide.csv"));
    assert!(said(&output).contains("more than 2000 fields"), "{}", said(&output));
}

#[test]
fn nul_bytes_and_letters_of_no_encoding_are_named() {
    let mut desk = Desk::new();
    let good = format!("{HEADER}\n{}", "A1,n,open,1,EUR,2025-11-28\n".repeat(2000));
    for (bytes, line, words) in [
        (&b"A2,n\0,open,1,EUR,2025-11-28\n"[..], "line 2002", "NUL"),
        (b"A2,M\xfc\x90ller,open,1,EUR,2025-11-28\n", "line 2002", "0x90"),
    ] {
        let path = desk.write("deals.csv", &[good.as_bytes(), bytes].concat());
        let request = desk.request(&[&path]);
        let error = desk.run(&request).expect_err("refused").to_string();
        assert!(error.contains(line) && error.contains(words), "{error}");
    }
}

/// An archive with one part of so many bytes that are all the same.
fn bomb(path: &Path, name: &str, head: &str, megabytes: usize) {
    let mut archive = zip::ZipWriter::new(std::fs::File::create(path).expect("made"));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("[Content_Types].xml", options).expect("begun");
    archive.write_all(b"<Types/>").expect("written");
    archive.start_file(name, options).expect("begun");
    archive.write_all(head.as_bytes()).expect("written");
    let block = vec![b' '; 1 << 20];
    for _ in 0..megabytes {
        archive.write_all(&block).expect("written");
    }
    archive.finish().expect("finished");
}

#[test]
fn a_small_file_that_unpacks_to_a_huge_one_is_refused() {
    let mut desk = Desk::new();
    let path = desk.folder.path().join("bomb.xlsx");
    bomb(&path, "xl/worksheets/sheet1.xml", "<worksheet>", 100);
    assert!(std::fs::metadata(&path).expect("there").len() < 200_000);
    let request = desk.request(&[&path]);
    match desk.run(&request) {
        Err(ImportError::TooLarge { why, .. }) => assert!(why.contains("300 times"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_workbook_that_asks_for_all_memory_ends_the_helper_and_not_the_program() {
    let desk = Desk::new();
    // Its list of texts claims to be a thousand billion long.
    let path = desk.folder.path().join("greedy.xlsx");
    let plain = std::fs::File::open(fixture("fixtures/formats/pipeline.xlsx")).expect("opened");
    let mut plain = zip::ZipArchive::new(plain).expect("an archive");
    let mut greedy = zip::ZipWriter::new(std::fs::File::create(&path).expect("made"));
    let options = zip::write::SimpleFileOptions::default();
    for place in 0..plain.len() {
        let mut part = plain.by_index(place).expect("a part");
        let name = part.name().expect("a name").into_owned();
        greedy.start_file(name, options).expect("begun");
        std::io::copy(&mut part, &mut greedy).expect("copied");
    }
    greedy.start_file("xl/sharedStrings.xml", options).expect("begun");
    greedy.write_all(b"<sst uniqueCount=\"1000000000000\"></sst>").expect("written");
    greedy.finish().expect("finished");
    let output = import_within(8 * BOUND, &desk, &path);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("needs more than"), "{}", said(&output));
}

#[test]
fn damaged_workbooks_are_refused_by_name() {
    let mut desk = Desk::new();
    for name in
        ["pipeline.xlsx", "pipeline.xlsb", "pipeline.xls", "pipeline.ods", "pipeline.parquet"]
    {
        let whole = std::fs::read(fixture("fixtures/formats").join(name)).expect("read");
        let path = desk.write(name, &whole[..whole.len() / 2]);
        let request = desk.request(&[&path]);
        let error = desk.run(&request).expect_err("refused");
        assert!(matches!(error, ImportError::Damaged { .. }), "{name}: {error}");
        assert!(error.remedy().is_some(), "{name}");
    }
    let path = desk.folder.path().join("pages.zip");
    bomb(&path, "index.html", "", 0);
    let request = desk.request(&[&path]);
    assert!(desk.run(&request).is_err());
}

fn refused(desk: &mut Desk, sql: &str) {
    let asked = desk.workspace.read("testing", |session| session.batch(sql));
    let message = asked.expect_err(sql).to_string();
    assert!(message.contains("disabled by configuration"), "{sql}: {message}");
}

#[test]
fn sql_reads_no_file_but_the_workspace() {
    let mut desk = Desk::new();
    let file = desk.write(
        "opportunities-2025-10-06.csv",
        format!("{HEADER}\nA1,n,open,1,EUR,2025-11-28\n").as_bytes(),
    );
    // While it is imported it can be read, and not a moment longer.
    assert_eq!(desk.import(&[&file]).files[0].taken, 1);
    let file = file.display().to_string();
    let out = desk.folder.path().join("out.csv").display().to_string();
    for sql in [
        "FROM read_csv('/etc/passwd')".to_owned(),
        "FROM read_text('/etc/passwd')".to_owned(),
        "FROM '/etc/passwd.csv'".to_owned(),
        format!("FROM read_csv('{file}')"),
        format!("FROM read_csv('{}/*.csv')", desk.folder.path().display()),
        format!("COPY (SELECT 1) TO '{out}'"),
        format!("ATTACH '{out}' AS other"),
        "LOAD httpfs".to_owned(),
    ] {
        let asked = desk.workspace.read("testing", |session| session.batch(&sql));
        let message = asked.expect_err(&sql).to_string();
        assert!(message.contains("disabled"), "{sql}: {message}");
    }
    assert!(!PathBuf::from(out).exists());
    let open = desk
        .workspace
        .read("testing", |session| session.batch("SET enable_external_access = true"));
    assert!(open.is_err(), "what is closed stays closed");
    refused(&mut desk, "FROM read_blob('/etc/passwd')");
}

#[test]
fn nothing_that_stands_in_a_file_is_followed() {
    let mut desk = Desk::new();
    let hostile = [
        "=HYPERLINK(\"http://example.invalid\")",
        "file:///etc/passwd",
        "'); DROP TABLE facts.opportunity; --",
        "@SUM(1+1)",
        "read_csv('/etc/passwd')",
    ];
    let rows: Vec<String> = hostile
        .iter()
        .enumerate()
        .map(|(place, text)| {
            format!("A{place},\"{}\",open,1,EUR,2025-11-28", text.replace('"', "\"\""))
        })
        .collect();
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    assert_eq!((report.files[0].taken, report.rejected), (5, 0));
    assert_eq!(desk.rows("SELECT name FROM facts.opportunity ORDER BY opportunity_id"), hostile);
}
