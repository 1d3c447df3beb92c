//! The sample company for each test, and its figures looked up by what stands in them.

use std::sync::OnceLock;

use qbr::catalog::Catalog;
use qbr::cli::demo;
use qbr::domain::{Table, Value};
use qbr::ledger;
use qbr::workspace::{Access, Parameters, Workspace};
use tempfile::TempDir;

/// The sample company, opened by one test. Built once, then copied: a process
/// opens a file once, and tests run beside each other.
pub struct Company {
    pub catalog: &'static Catalog,
    pub workspace: Workspace,
    _folder: TempDir,
}

pub fn company() -> Company {
    static BUILT: OnceLock<(Catalog, TempDir)> = OnceLock::new();
    let (catalog, built) = BUILT.get_or_init(|| {
        let catalog = Catalog::embedded().expect("the embedded content is sound");
        let folder = tempfile::tempdir().expect("a temporary folder");
        demo::build(&folder.path().join("company.duckdb"), &catalog).expect("the demo is built");
        (catalog, folder)
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("company.duckdb");
    std::fs::copy(built.path().join("company.duckdb"), &path).expect("copied");
    let workspace = Workspace::open(&path, Access::ReadOnly, catalog).expect("it opens");
    Company { catalog, workspace, _folder: folder }
}

impl Company {
    /// A figure of 2025-Q4, as the demo shows it first, with some parameters set.
    pub fn figure(&mut self, name: &str, set: &[(&str, &str)]) -> Rows {
        let mut parameters: Parameters = self.workspace.defaults().expect("defaults");
        for (name, value) in set {
            parameters = parameters.with(name, (*value).into()).expect("a parameter");
        }
        let figure = &self.catalog.figures[name];
        let answer = self.workspace.run(figure, &parameters).expect("the figure runs");
        Rows(answer.table)
    }

    pub fn state(&mut self, record: &str) -> String {
        ledger::newest(&mut self.workspace, record).expect("the record is there").state
    }
}

/// The rows of an answer, looked up by what stands in them.
pub struct Rows(pub Table);

impl Rows {
    /// The number of the one row in which a column has a value.
    #[track_caller]
    pub fn find(&self, column: &str, value: &str) -> usize {
        let found: Vec<usize> =
            (0..self.0.len()).filter(|&row| self.0.get(row, column).plain() == value).collect();
        assert_eq!(found.len(), 1, "rows with {column} = {value} in {:#?}", self.0);
        found[0]
    }

    #[track_caller]
    pub fn row(&self, column: &str, value: &str) -> Row<'_> {
        Row { table: &self.0, row: self.find(column, value) }
    }

    pub fn column(&self, column: &str) -> Vec<String> {
        (0..self.0.len()).map(|row| self.0.get(row, column).plain()).collect()
    }
}

pub struct Row<'a> {
    pub table: &'a Table,
    pub row: usize,
}

impl Row<'_> {
    pub fn value(&self, column: &str) -> &Value {
        self.table.get(self.row, column)
    }

    pub fn text(&self, column: &str) -> String {
        self.value(column).plain()
    }

    #[track_caller]
    pub fn number(&self, column: &str) -> f64 {
        self.value(column)
            .as_f64()
            .unwrap_or_else(|| panic!("{column} is {:?}", self.value(column)))
    }

    /// In whole per cent.
    #[track_caller]
    pub fn percent(&self, column: &str) -> i64 {
        (self.number(column) * 100.0).round() as i64
    }
}
