//! A workspace in a folder of its own, and short ways to import and to ask.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use qbr::catalog::Catalog;
use qbr::domain::{Table, Value};
use qbr::ingest::{self, ImportError, ImportReport, ImportRequest};
use qbr::workspace::{Access, CreateOptions, Identity, Workspace, WorkspaceError};

pub static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::embedded().expect("the catalog"));

/// Imports are dated one minute apart, from a fixed time on.
pub struct Desk {
    pub folder: tempfile::TempDir,
    pub workspace: Workspace,
    pub at: DateTime<Utc>,
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(name)
}

/// A folder of real exports beside the repository; `None`, with a message, where there is none.
pub fn real(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).find_map(|above| {
        let folder = above.join("shared/data").join(name);
        folder.is_dir().then_some(folder)
    });
    if folder.is_none() {
        eprintln!("skipped: there is no ../shared/data/{name}");
    }
    folder
}

impl Desk {
    pub fn new() -> Desk {
        Desk::with(&CreateOptions::default())
    }

    pub fn with(options: &CreateOptions) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("acme.duckdb");
        let workspace = Workspace::create(&path, options, &CATALOG, &Identity::current());
        let at = DateTime::from_timestamp(1_767_268_800, 0).expect("a time");
        Desk { folder, workspace: workspace.expect("a workspace"), at }
    }

    pub fn request(&mut self, files: &[&Path]) -> ImportRequest {
        self.at += chrono::Duration::minutes(1);
        ImportRequest {
            files: files.iter().map(|file| file.to_path_buf()).collect(),
            preset: None,
            mapping: None,
            table: None,
            sheet: None,
            taken_on: None,
            dry_run: false,
            back_up: false,
            author: "pat".into(),
            at: self.at,
        }
    }

    pub fn run(&mut self, request: &ImportRequest) -> Result<ImportReport, ImportError> {
        ingest::import(&mut self.workspace, &CATALOG, request)
    }

    pub fn import(&mut self, files: &[&Path]) -> ImportReport {
        let request = self.request(files);
        self.run(&request).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Writes a file and imports it.
    pub fn import_text(&mut self, name: &str, text: &str) -> Result<ImportReport, ImportError> {
        let path = self.write(name, text.as_bytes());
        let request = self.request(&[&path]);
        self.run(&request)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    }

    pub fn ask(&mut self, sql: &str) -> Table {
        let asked = self.workspace.read("testing", |session| session.query(sql, &[]));
        asked.unwrap_or_else(|error: WorkspaceError| panic!("{error}: {sql}"))
    }

    /// Rows as plain text, a missing value as `-`.
    pub fn rows(&mut self, sql: &str) -> Vec<String> {
        let cell = |value: &Value| if value.is_null() { "-".into() } else { value.plain() };
        let table = self.ask(sql);
        table.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" | ")).collect()
    }

    /// Everything that the workspace holds, table by table, in no order of its own.
    pub fn contents(&mut self) -> Vec<(String, Vec<String>)> {
        let tables = self.rows(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables()
             WHERE database_name = current_database() AND NOT temporary ORDER BY 1",
        );
        let rows = |table: String| {
            let rows = self.rows(&format!("FROM {table} ORDER BY ALL"));
            (table, rows)
        };
        tables.into_iter().map(rows).collect()
    }

    pub fn reopen_read_only(self) -> (tempfile::TempDir, Workspace) {
        let path = self.workspace.path().to_owned();
        self.workspace.close();
        let opened = Workspace::open(&path, Access::ReadOnly, &CATALOG);
        (self.folder, opened.expect("opened"))
    }
}
