//! `qbr demo`: the sample company, built from the very files a user could import.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::{CliError, Outcome, workspace as terminal};
use crate::catalog::Catalog;
use crate::ingest::{self, ImportRequest};
use crate::ledger;
use crate::workspace::{self, CreateOptions, Identity, Workspace};

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Make the sample company's workspace here and keep it, instead of a throw-away copy
    #[arg(long, value_name = "PATH")]
    keep: Option<PathBuf>,
}

#[derive(RustEmbed)]
#[folder = "sample-data/"]
struct Sample;

/// The sample company's last day; nothing in it depends on today's date.
pub const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2025, 12, 31) {
    Some(day) => day,
    None => panic!("2025-12-31 is a day"),
};

pub fn run(arguments: &DemoArguments) -> Result<Outcome, CliError> {
    let catalog = Arc::new(Catalog::embedded()?);
    match &arguments.keep {
        Some(path) => {
            if !path.exists() {
                build(path, &catalog)?;
            }
            terminal::open(path, false, catalog)
        }
        None => {
            let path = throw_away_copy(&catalog)?;
            terminal::open(&path, false, catalog)
        }
    }
}

/// Makes a workspace of the sample company at a path where there is none yet.
pub fn build(path: &Path, catalog: &Catalog) -> Result<(), CliError> {
    let options =
        CreateOptions { currency: "USD".to_owned(), fiscal_year_start: 1, as_of: Some(LAST_DAY) };
    let mut workspace = Workspace::create(path, &options, catalog, &Identity::current())?;
    let files = tempfile::tempdir().map_err(|error| CliError::io("temporary folder", error))?;
    let imported_at: DateTime<Utc> =
        LAST_DAY.and_hms_opt(18, 0, 0).map(|time| time.and_utc()).unwrap_or_default();

    let mut names: Vec<String> = Sample::iter()
        .map(|name| name.into_owned())
        .filter(|name| name.ends_with(".csv"))
        .collect();
    // Accounts, people and products first, the snapshots in the order of their days.
    names.sort_by_key(|name| (name.starts_with("opportunities/"), name.clone()));
    for name in &names {
        let Some(content) = Sample::get(name) else { continue };
        let file = files.path().join(name.replace('/', "-"));
        fs::write(&file, &content.data)
            .map_err(|error| CliError::io(file.display().to_string(), error))?;
        let request = ImportRequest {
            files: vec![file],
            preset: Some("qbr".to_owned()),
            mapping: None,
            table: None,
            sheet: None,
            taken_on: None,
            dry_run: false,
            author: "sales-operations".to_owned(),
            at: imported_at,
        };
        ingest::import(&mut workspace, catalog, &request)?;
    }
    if let Some(records) = Sample::get("records.jsonl") {
        ledger::replay(&mut workspace, catalog, &String::from_utf8_lossy(&records.data))?;
    }
    workspace.close();
    Ok(())
}

/// A fresh copy in the user's cache. Its path stays the same from demo to demo,
/// so that a draft left behind by a dropped connection is offered again.
fn throw_away_copy(catalog: &Catalog) -> Result<PathBuf, CliError> {
    let folder = cache_folder()?;
    let made = folder.join(format!("sample-company-{}.duckdb", fingerprint()));
    if !made.exists() {
        let building = folder.join(format!("building-{}.duckdb", std::process::id()));
        let _ = fs::remove_file(&building);
        build(&building, catalog)?;
        fs::rename(&building, &made)
            .map_err(|error| CliError::io(made.display().to_string(), error))?;
        remove_lease_files(&folder, &building);
    }
    // A second demo of the same person gets a copy of its own.
    for number in 1..100 {
        let seat = folder.join(format!("demo-{number}"));
        fs::create_dir_all(&seat)
            .map_err(|error| CliError::io(seat.display().to_string(), error))?;
        if take_seat(&seat)? {
            let copy = seat.join("sample-company.duckdb");
            for leftover in [copy.clone(), seat.join("sample-company.duckdb.wal")] {
                match fs::remove_file(&leftover) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(CliError::io(leftover.display().to_string(), error));
                    }
                    _ => {}
                }
            }
            fs::copy(&made, &copy)
                .map_err(|error| CliError::io(copy.display().to_string(), error))?;
            return Ok(copy);
        }
    }
    Err(CliError::Input(format!("{}: a hundred demos are open already", folder.display())))
}

/// True when no living demo uses the folder; it is then ours until we end.
fn take_seat(seat: &Path) -> Result<bool, CliError> {
    use rustix::fs::{FlockOperation, flock};
    let path = seat.join("in-use");
    let file =
        fs::File::create(&path).map_err(|error| CliError::io(path.display().to_string(), error))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {
            // The lock lives as long as the process: the file is left open on purpose.
            std::mem::forget(file);
            Ok(true)
        }
        Err(_) => Ok(false),
    }
}

fn remove_lease_files(folder: &Path, workspace: &Path) {
    let Some(name) = workspace.file_name().and_then(|name| name.to_str()) else { return };
    for kind in ["lease", "waiting"] {
        let _ = fs::remove_file(folder.join(format!(".{name}.{kind}")));
    }
}

fn cache_folder() -> Result<PathBuf, CliError> {
    use etcetera::BaseStrategy;
    let base = etcetera::choose_base_strategy()
        .map_err(|error| CliError::Input(format!("no home folder to keep the demo in: {error}")))?;
    let folder = base.cache_dir().join("qbr");
    fs::create_dir_all(&folder)
        .map_err(|error| CliError::io(folder.display().to_string(), error))?;
    Ok(folder)
}

/// Changes when the program or the sample company does.
fn fingerprint() -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    let mut names: Vec<_> = Sample::iter().collect();
    names.sort();
    for name in names.into_iter().filter(|name| name.ends_with(".csv") || name.ends_with(".jsonl"))
    {
        hash.update(name.as_bytes());
        if let Some(file) = Sample::get(&name) {
            hash.update(file.metadata.sha256_hash());
        }
    }
    for step in workspace::schema_steps() {
        hash.update(step);
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
