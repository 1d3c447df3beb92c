//! `qbr demo`: the sample company, built from the very files a user could import.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::config::Config;
use super::{CliError, Outcome, workspace as terminal};
use crate::catalog::Catalog;
use crate::ingest::{self, ImportRequest};
use crate::ledger;
use crate::tui::{self, OpenError, Opener};
use crate::workspace::{self, CreateOptions, Identity, Workspace};

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Make the sample company's workspace here and keep it, instead of a throw-away copy
    #[arg(long, value_name = "PATH")]
    keep: Option<PathBuf>,
    #[command(flatten)]
    pub(super) looks: terminal::Looks,
}

/// What people of the sample company wrote.
const RECORDS: &str = "records.jsonl";

#[derive(RustEmbed)]
#[folder = "sample-data/"]
struct Sample;

/// The sample company's last day; nothing in it depends on today's date.
pub const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2025, 12, 31) {
    Some(day) => day,
    None => panic!("2025-12-31 is a day"),
};

pub fn run(arguments: &DemoArguments, config: &Config) -> Result<Outcome, CliError> {
    let catalog = Arc::new(Catalog::embedded()?);
    let keep = arguments.keep.clone();
    let name = match &keep {
        Some(path) => path.display().to_string(),
        None => "sample company".to_owned(),
    };
    let mut place: Option<PathBuf> = None;
    let of = Arc::clone(&catalog);
    // Made behind the screen, which is up at once, says how far it is, and can be left.
    let opener: Opener = Box::new(move |access, patience, tell| {
        let path = match &place {
            Some(path) => path,
            None => place.insert(match &keep {
                Some(path) if path.exists() => path.clone(),
                Some(path) => make(path, &of, tell).map(|()| path.clone())?,
                None => throw_away_copy(&of, tell)?,
            }),
        };
        Ok(Workspace::open_patiently(path, access, &of, patience)?)
    });
    // A throw-away copy is new each time: the tour begins at its beginning.
    let options = config.options();
    let resume = options.resume && arguments.keep.is_some();
    let options = tui::Options { resume, ..options };
    terminal::show(&name, options, opener, catalog, arguments.looks.plain)
}

impl From<CliError> for OpenError {
    fn from(error: CliError) -> Self {
        match error {
            CliError::Workspace(error) => OpenError::Workspace(error),
            other => OpenError::Unready(Box::new(other)),
        }
    }
}

/// Hears how far the making is; false stops it.
type Tell<'a> = &'a dyn Fn(String) -> bool;

/// Makes a workspace of the sample company at a path where there is none yet.
///
/// # Errors
/// When the path can't be written to.
pub fn build(path: &Path, catalog: &Catalog) -> Result<(), CliError> {
    match build_telling(path, catalog, &|_| true) {
        Ok(()) | Err(OpenError::Stopped) => Ok(()),
        Err(OpenError::Workspace(error)) => Err(error.into()),
        Err(OpenError::Unready(error)) => Err(CliError::Input(error.to_string())),
    }
}

fn build_telling(path: &Path, catalog: &Catalog, tell: Tell<'_>) -> Result<(), OpenError> {
    let options =
        CreateOptions { currency: "USD".to_owned(), fiscal_year_start: 1, as_of: Some(LAST_DAY) };
    let mut workspace = Workspace::create(path, &options, catalog, &Identity::current())?;
    let files = tempfile::tempdir().map_err(|error| CliError::io("temporary folder", error))?;
    let imported_at: DateTime<Utc> =
        LAST_DAY.and_hms_opt(18, 0, 0).map(|time| time.and_utc()).unwrap_or_default();

    let contents = sample_files();
    let total: usize = contents.iter().map(|(_, content)| content.len()).sum();
    let mut done = 0;
    for (name, content) in &contents {
        let percent = done * 100 / total.max(1);
        let said = format!("Making the sample company, once: {percent} %\n{name}");
        if !tell(said) {
            return Err(OpenError::Stopped);
        }
        done += content.len();
        if name == RECORDS {
            ledger::replay(&mut workspace, catalog, &String::from_utf8_lossy(content))
                .map_err(CliError::from)?;
            continue;
        }
        let file = files.path().join(name.replace('/', "-"));
        fs::write(&file, content)
            .map_err(|error| CliError::io(file.display().to_string(), error))?;
        let request = ImportRequest {
            files: vec![file],
            preset: Some("qbr".to_owned()),
            mapping: None,
            table: None,
            sheet: None,
            taken_on: None,
            dry_run: false,
            back_up: false,
            author: "sales-operations".to_owned(),
            at: imported_at,
        };
        ingest::import(&mut workspace, catalog, &request).map_err(CliError::from)?;
    }
    workspace.close();
    Ok(())
}

/// What the sample company is made of, in the order in which it is taken in:
/// accounts, people and products, the snapshots by their days, what people wrote.
fn sample_files() -> Vec<(String, Cow<'static, [u8]>)> {
    let mut names: Vec<String> = Sample::iter()
        .map(|name| name.into_owned())
        .filter(|name| name.ends_with(".csv") || name == RECORDS)
        .collect();
    names.sort_by_key(|name| (name == RECORDS, name.starts_with("opportunities/"), name.clone()));
    names.into_iter().filter_map(|name| Sample::get(&name).map(|file| (name, file.data))).collect()
}

/// Makes the workspace beside its place and moves it there when it is whole: who
/// leaves in the middle leaves nothing behind.
fn make(path: &Path, catalog: &Catalog, tell: Tell<'_>) -> Result<(), OpenError> {
    let failed = |error| CliError::io(path.display().to_string(), error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let nest = tempfile::Builder::new()
        .prefix(".qbr-making-")
        .tempdir_in(folder.unwrap_or(Path::new(".")))
        .map_err(failed)?;
    let made = nest.path().join("sample-company.duckdb");
    build_telling(&made, catalog, tell)?;
    let made = tempfile::TempPath::try_from_path(made).map_err(failed)?;
    made.persist_noclobber(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A fresh copy in the user's cache. Its path stays the same from demo to demo,
/// so that a draft left behind by a dropped connection is offered again.
fn throw_away_copy(catalog: &Catalog, tell: Tell<'_>) -> Result<PathBuf, OpenError> {
    let folder = cache_folder()?;
    let made = folder.join(format!("sample-company-{}.duckdb", fingerprint()));
    if !made.exists() {
        match make(&made, catalog, tell) {
            // Another demo of the same person was faster.
            Err(_) if made.exists() => {}
            done => done?,
        }
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
                        return Err(CliError::io(leftover.display().to_string(), error).into());
                    }
                    _ => {}
                }
            }
            fs::copy(&made, &copy)
                .map_err(|error| CliError::io(copy.display().to_string(), error))?;
            return Ok(copy);
        }
    }
    Err(CliError::Input(format!("{}: a hundred demos are open already", folder.display())).into())
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
