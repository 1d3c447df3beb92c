//! Workspaces and figures that the tests make.

use std::path::{Path, PathBuf};

use qbr::catalog::figure::{Figure, Parameter, ParameterKind};
use qbr::catalog::{Catalog, ModelFile};
use qbr::domain::Value;
use qbr::workspace::{Access, CreateOptions, Identity, Workspace, WorkspaceError};

/// A folder with an empty workspace in it.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub path: PathBuf,
}

/// Makes a workspace and closes it.
pub fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("acme.duckdb");
    create(&path).close();
    Place { folder, path }
}

#[track_caller]
pub fn create(path: &Path) -> Workspace {
    let options = CreateOptions::default();
    Workspace::create(path, &options, &Catalog::default(), &Identity::current())
        .expect("a workspace")
}

#[track_caller]
pub fn open(path: &Path) -> Workspace {
    Workspace::open(path, Access::ReadWrite, &Catalog::default()).expect("a workspace")
}

pub fn try_open(path: &Path) -> Result<Workspace, WorkspaceError> {
    Workspace::open(path, Access::ReadWrite, &Catalog::default())
}

/// One row more in a table of the facts that needs nothing else.
pub fn add(workspace: &mut Workspace, id: &str) -> Result<(), WorkspaceError> {
    workspace.write("adding", |session| {
        let sql = "INSERT INTO facts.competitor (competitor_id, import_id) VALUES (?, 1)";
        session.execute(sql, &[id.into()]).map(drop)
    })
}

pub fn count(workspace: &mut Workspace) -> Result<i64, WorkspaceError> {
    workspace.read("counting", |session| {
        let table = session.query("SELECT count(*) AS n FROM facts.competitor", &[])?;
        Ok(table.get(0, "n").as_int().unwrap_or(-1))
    })
}

/// The single value of a query.
#[track_caller]
pub fn value(workspace: &mut Workspace, sql: &str) -> Value {
    let table = workspace.read::<_, WorkspaceError>("looking", |session| session.query(sql, &[]));
    table.expect(sql).rows[0][0].clone()
}

/// A figure with this SQL, on line 21 of its file.
pub fn figure(name: &str, parameters: &[(&str, ParameterKind, bool)], sql: &str) -> Figure {
    Figure {
        name: name.into(),
        area: "review".into(),
        title: format!("Title of {name}"),
        question: String::new(),
        curriculum: vec![],
        source: String::new(),
        grain: String::new(),
        parameters: parameters
            .iter()
            .map(|(name, kind, optional)| Parameter {
                name: (*name).into(),
                kind: *kind,
                optional: *optional,
                meaning: String::new(),
            })
            .collect(),
        columns: vec![],
        chart: None,
        drill: None,
        opens: None,
        needs: vec!["opportunities".into()],
        header: String::new(),
        sql: sql.into(),
        file: format!("queries/review/{name}.sql").into(),
        sql_line: 21,
    }
}

/// A catalog with these model files and nothing else.
pub fn model(files: &[(&str, &str)]) -> Catalog {
    let model = files
        .iter()
        .map(|(name, sql)| ModelFile {
            name: (*name).into(),
            sql: (*sql).into(),
            file: format!("queries/model/{name}.sql").into(),
        })
        .collect();
    Catalog { model, ..Catalog::default() }
}
