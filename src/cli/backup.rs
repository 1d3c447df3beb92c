//! `qbr backup`, `qbr restore`, `qbr rescue`: copies of a workspace, putting one back, and reading out
//! a damaged file.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Args;

use super::output::{self, ListFormat};
use super::{CliError, Outcome, content};
use crate::domain::Formats;
use crate::domain::text::harmless;
use crate::ledger::{self, Right};
use crate::workspace::{
    self, Access, Backup, Identity, Look, Loss, Occasion, Patience, Workspace, WorkspaceError,
    backups,
};

#[derive(Debug, Args)]
pub struct BackupArguments {
    workspace: PathBuf,
    /// A name for the copy, or a folder; otherwise beside the workspace
    #[arg(long, conflicts_with = "list")]
    to: Option<PathBuf>,
    /// List the copies that lie beside it
    #[arg(long)]
    list: bool,
    #[arg(long, value_enum, default_value_t, requires = "list")]
    format: ListFormat,
}

#[derive(Debug, Args)]
pub struct RestoreArguments {
    workspace: PathBuf,
    /// The copy that is to take its place
    backup: PathBuf,
    /// Do it without asking; otherwise it is asked, and without a terminal only looked at
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub struct RescueArguments {
    /// The damaged workspace; it is not written to
    workspace: PathBuf,
    /// Where the new workspace is made; must not exist yet
    to: PathBuf,
}

pub fn run(arguments: &BackupArguments) -> Result<Outcome, CliError> {
    content::own_file(&arguments.workspace, "backup")?;
    if arguments.list {
        return list(arguments);
    }
    let catalog = content::catalog_for(&arguments.workspace)?;
    // Who may only read may keep a copy elsewhere.
    let opened = Workspace::open(&arguments.workspace, Access::ReadWrite, &catalog);
    let mut workspace = match opened {
        Err(WorkspaceError::ReadOnly { .. }) => {
            Workspace::open(&arguments.workspace, Access::ReadOnly, &catalog)?
        }
        opened => opened?,
    };
    let made = workspace.back_up(Occasion::Asked, arguments.to.as_deref(), Utc::now())?;
    output::print(&format!(
        "{}: {}, every block of it read.\nqbr restore {} {} puts it back.",
        made.path.display(),
        size(made.bytes),
        arguments.workspace.display(),
        made.path.display()
    ))?;
    Ok(Outcome::Done)
}

fn list(arguments: &BackupArguments) -> Result<Outcome, CliError> {
    let found = backups(&arguments.workspace)?;
    match arguments.format {
        ListFormat::Json => {
            let one = |backup: &Backup| {
                serde_json::json!({
                    "path": backup.path, "occasion": backup.occasion, "at": backup.at,
                    "bytes": backup.bytes,
                })
            };
            output::print_json(&found.iter().map(one).collect::<Vec<_>>())?;
        }
        ListFormat::Table if found.is_empty() => {
            output::print("No copy lies beside it. qbr backup makes one.")?;
        }
        ListFormat::Table => {
            let line = |backup: &Backup| {
                let name = backup.path.file_name().unwrap_or_default().to_string_lossy();
                let at = Formats::here().instant(backup.at);
                format!("{at}  {:8}  {:>9}  {name}\n", backup.occasion, size(backup.bytes))
            };
            output::print(&found.iter().map(line).collect::<String>())?;
        }
    }
    Ok(Outcome::Done)
}

pub fn restore(arguments: &RestoreArguments) -> Result<Outcome, CliError> {
    let RestoreArguments { workspace: path, backup, yes } = arguments;
    content::own_file(path, "restore")?;
    may_restore(path)?;
    let copy = workspace::look(backup)?;
    let now = workspace::look(path);
    let lost = now.as_ref().ok().map(|_| workspace::loss(path, &copy)).transpose()?;
    output::print(&looked(path, &now, backup, &copy, lost.as_ref()))?;
    if !yes && !agrees(path)? {
        output::print("Nothing was changed.")?;
        return Ok(Outcome::Finding);
    }
    let done = workspace::restore(path, backup, Utc::now(), &mut Patience::default())?;
    let kept = done.kept.map(|kept| format!(" What was there is kept as {}.", kept.display()));
    output::print(&format!("{} is now as that copy.{}", path.display(), kept.unwrap_or_default()))?;
    Ok(Outcome::Done)
}

/// Who may import may put a copy back; of a file that cannot be opened nobody knows who may.
fn may_restore(path: &Path) -> Result<(), CliError> {
    let catalog = content::catalog_for(path)?;
    if let Ok(mut workspace) = Workspace::open(path, Access::ReadOnly, &catalog) {
        let user = Identity::current().user;
        ledger::roles(&mut workspace)?.demand(&user, Right::Operate)?;
    }
    Ok(())
}

/// Both, side by side, and what would go.
fn looked(
    path: &Path,
    now: &Result<Look, WorkspaceError>,
    backup: &Path,
    copy: &Look,
    lost: Option<&Loss>,
) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    match now {
        Ok(now) => drop(writeln!(out, "now    {}\n       {}", path.display(), told(now))),
        Err(error) => drop(writeln!(out, "now    {error}")),
    }
    let _ = writeln!(out, "copy   {}\n       {}", backup.display(), told(copy));
    let Some(lost) = lost else { return out };
    if lost.differ {
        out += "The records of the two differ from some revision on: the copy is no earlier state of \
                what is there now.\n";
    }
    match lost.all {
        0 => out += "No revision of a record would go.\n",
        all => {
            let _ = writeln!(out, "These would go, {all} revisions in all:");
            for one in &lost.revisions {
                let at = one.at.map(|at| Formats::here().instant(at)).unwrap_or_default();
                let (record, author) = (harmless(&one.record), harmless(&one.author));
                let _ = writeln!(out, "  {record} revision {}  {author}  {at}", one.revision);
            }
            if all > lost.revisions.len() as i64 {
                out += "  and older ones\n";
            }
        }
    }
    out
}

fn told(look: &Look) -> String {
    let newest = look.newest_import.as_ref().map_or_else(String::new, |(file, at, by)| {
        let at = at.map(|at| Formats::here().instant(at)).unwrap_or_default();
        format!(", the newest {} at {at} by {}", harmless(file), harmless(by))
    });
    format!(
        "schema {}, {} imports{newest}; {} revisions of records",
        look.schema, look.imports, look.revisions
    )
}

fn agrees(path: &Path) -> Result<bool, CliError> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("Put the copy in the place of {}? [y/N] ", path.display());
    io::stderr().flush().map_err(|error| CliError::io("standard error", error))?;
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.map_err(|error| CliError::io("standard input", error))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

pub fn rescue(arguments: &RescueArguments) -> Result<Outcome, CliError> {
    let RescueArguments { workspace: path, to } = arguments;
    content::own_file(path, "rescue")?;
    let rescued = workspace::rescue(path, to, &mut Patience::default())?;
    let mut out = String::new();
    let mut lost = 0;
    for table in rescued.tables.iter().filter(|table| table.rows + table.lost > 0) {
        let _ = write!(out, "{}: {} rows", table.name, table.rows);
        if table.lost > 0 {
            let _ = write!(out, ", {} LOST", table.lost);
        }
        out.push('\n');
        lost += table.lost;
    }
    if rescued.without_log {
        out += "The write-ahead log could not be read: what was saved last is not in it.\n";
    }
    if !rescued.others.is_empty() {
        let names: Vec<String> = rescued.others.iter().map(|name| harmless(name).into()).collect();
        let _ = writeln!(out, "Not ours, and left out: {}", names.join(", "));
    }
    let sound = lost == 0 && !rescued.without_log;
    let said = if sound { "everything could be read" } else { "not everything could be read" };
    let _ = write!(
        out,
        "{}: a new workspace; {said}. {} was not written to.\nNext: qbr verify {}",
        to.display(),
        path.display(),
        to.display()
    );
    output::print(&out)?;
    Ok(if sound { Outcome::Done } else { Outcome::Finding })
}

/// `12.3 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000_000.. => format!("{:.1} GB", bytes as f64 / 1e9),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
