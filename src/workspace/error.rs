//! What can go wrong with a workspace, in words that say what happened to what.
//!
//! Owns the reading of DuckDB's messages: no other file compares their text.
//! Never decides what to do about an error; that is the front ends' business.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::holder::Holder;

/// What somebody does who serves a workspace, before the address.
pub(super) const SERVING: &str = "serving it at ";

/// Why something with a workspace could not be done. Whatever the error, the
/// file holds what it held before.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("there is no workspace at {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} exists already", path.display())]
    Exists { path: PathBuf },
    #[error("another workspace lies at {} since it was opened here; nothing was written to it", path.display())]
    Replaced { path: PathBuf },
    #[error("{} is not a DuckDB database", path.display())]
    NotADatabase { path: PathBuf },
    #[error("{} is a DuckDB database, but not a workspace of qbr", path.display())]
    NotAWorkspace { path: PathBuf },
    #[error(
        "{} was made by a newer qbr: it has schema {found}, and this program knows up to {known}",
        path.display()
    )]
    NewerSchema { path: PathBuf, found: u32, known: u32 },
    #[error(
        "{} was made by an older qbr: it has schema {found}, this program works with {known}, and \
         the file is opened for reading only",
        path.display()
    )]
    OlderSchema { path: PathBuf, found: u32, known: u32 },
    #[error("{} was written by a newer DuckDB: {detail}", path.display())]
    NewerFormat { path: PathBuf, detail: String },
    #[error("{} is in use{}; waited {}", path.display(), by(holder.as_deref()), seconds(*waited))]
    Busy { path: PathBuf, holder: Option<Box<Holder>>, waited: Duration },
    #[error("{} cannot be written: {why}", path.display())]
    ReadOnly { path: PathBuf, why: ReadOnly },
    #[error("the disk that holds {} is full: this change was not saved, everything before it was", path.display())]
    DiskFull { path: PathBuf },
    #[error("{} is damaged: {detail}", path.display())]
    Damaged { path: PathBuf, detail: String },
    #[error("stopped before it was done")]
    Interrupted,
    #[error("{} is open in this process already", path.display())]
    Duplicate { path: PathBuf },
    /// The SQL of a figure, of the model or of a record view is wrong.
    #[error("{}{}: {figure}: {message}", file.display(), at_line(*line))]
    BadFigure {
        figure: String,
        file: PathBuf,
        /// Line of the file, 1-based, where DuckDB could tell.
        line: Option<usize>,
        message: String,
    },
    /// The SQL is right, and says itself why this data has no answer.
    #[error("{figure} has no answer: {message}")]
    Unanswerable { figure: String, message: String },
    #[error("{figure}: parameter {name}: {message}")]
    BadParameter { figure: String, name: String, message: String },
    #[error("{name} cannot be \"{value}\": {message}")]
    BadSetting { name: &'static str, value: String, message: String },
    #[error(
        "{} could not be brought from schema {from} to {to}: {source}; it was left as it was",
        path.display()
    )]
    Migration { path: PathBuf, from: u32, to: u32, backup: PathBuf, source: Box<WorkspaceError> },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is not an address: write quack:HOST:PORT", path.display())]
    BadAddress { path: PathBuf },
    #[error("no workspace is served at {}: {detail}", path.display())]
    Unreachable { path: PathBuf, detail: String },
    #[error("{} lets nobody in with this token", path.display())]
    WrongToken { path: PathBuf },
    #[error("there is no token for {} in {}: {why}", address.display(), file.display())]
    NoToken { address: PathBuf, file: PathBuf, why: String },
    #[error(
        "DuckDB's extension {name} is not installed, which the way to a served workspace needs"
    )]
    NoExtension { name: String, version: String, folders: Vec<PathBuf> },
    /// Only the file itself has it.
    #[error("{what} is not possible by way of {}", path.display())]
    NotServed { path: PathBuf, what: &'static str },
    /// Nothing was written; whoever looks again sees what the other one wrote.
    #[error("somebody else wrote to {} at the same moment", path.display())]
    Overtaken { path: PathBuf },
    #[error("{message}")]
    Sql { message: String },
}

/// What keeps a workspace from being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// The file's mode, or the file system it lies on.
    File,
    /// The folder's mode: DuckDB writes a log beside the file.
    Folder,
    /// It was opened for reading.
    Opened,
}

impl std::fmt::Display for ReadOnly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ReadOnly::File => "you have no permission to write the file",
            ReadOnly::Folder => "you have no permission to write in its folder",
            ReadOnly::Opened => "it was opened for reading only",
        })
    }
}

fn by(holder: Option<&Holder>) -> String {
    holder.map_or_else(String::new, |holder| format!(" by {holder}"))
}

fn at_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(":{line}"))
}

/// `10 s`, `0.2 s`.
fn seconds(waited: Duration) -> String {
    if waited.as_secs() >= 1 {
        format!("{} s", waited.as_secs())
    } else {
        format!("{:.1} s", waited.as_secs_f64())
    }
}

impl WorkspaceError {
    /// A figure's own SQL is at fault, or the facts that it meets; others can still be asked.
    pub fn is_of_figure(&self) -> bool {
        matches!(self, WorkspaceError::BadFigure { .. } | WorkspaceError::Unanswerable { .. })
    }

    /// SQL says that the data do not allow an answer.
    pub(super) fn is_said_of_data(&self) -> bool {
        matches!(self, WorkspaceError::Sql { message } if message.starts_with(SAID))
    }

    /// What to do next, as one sentence without a full stop; `None` when there
    /// is nothing better than what the message says.
    pub fn remedy(&self) -> Option<String> {
        use WorkspaceError::*;
        Some(match self {
            Missing { path } => format!("make one with: qbr init {}", path.display()),
            Exists { .. } => "choose another name, or move the file away first".into(),
            Replaced { .. } => {
                "put the file back and try again, or start qbr again to work with the other one"
                    .into()
            }
            NotADatabase { .. } => {
                "name the workspace file; a CRM export is taken in with: qbr import WORKSPACE FILE"
                    .into()
            }
            NotAWorkspace { .. } => "name a file made by qbr init; this one was not touched".into(),
            NewerSchema { .. } => {
                "install the newer qbr that made it; the file was not touched".into()
            }
            OlderSchema { .. } => {
                "let someone who may write it open it once: it is then brought up to date, after a \
                 backup"
                    .into()
            }
            NewerFormat { .. } => {
                "export it with the DuckDB that wrote it, at storage version v1.5.0 or older".into()
            }
            Busy { holder, .. } => match holder.as_deref() {
                Some(Holder { doing: Some(doing), .. }) if doing.starts_with(SERVING) => {
                    format!("name {} in the place of the file", &doing[SERVING.len()..])
                }
                Some(holder) => format!("ask {} to close it, or try again", holder.who()),
                None => "try again in a moment".into(),
            },
            ReadOnly { why: self::ReadOnly::Opened, .. } => {
                "open it again for writing, with a user who may write the file".into()
            }
            ReadOnly { path, why } => {
                let folder = path.parent().unwrap_or(path);
                let what = if *why == self::ReadOnly::Folder { folder } else { path };
                format!("ask for write permission on {}, or work on a copy", what.display())
            }
            DiskFull { .. } => "make room on the disk, then save again".into(),
            Damaged { path, detail } if detail.contains("WAL") => format!(
                "keep a copy, then move {}.wal away: the file opens as of its last checkpoint, \
                 without what that log held",
                path.display()
            ),
            Damaged { .. } => {
                "keep a copy and restore a backup; what can still be read can be exported".into()
            }
            Interrupted => return None,
            Duplicate { .. } => {
                "use the one that is open: two would erase each other's changes".into()
            }
            BadFigure { .. } => {
                "correct the file, or remove it from the folder that adds it".into()
            }
            Unanswerable { .. } => return None,
            BadParameter { figure, .. } => {
                format!("qbr show WORKSPACE {figure} --sql lists its parameters")
            }
            BadSetting { .. } => return None,
            Migration { backup, .. } => format!("a backup from before is at {}", backup.display()),
            Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                "ask for permission to read it".into()
            }
            BadAddress { .. } => "for example quack:127.0.0.1:9494".into(),
            Unreachable { .. } => {
                "start it with qbr serve where the file lies; from another machine, forward the \
                 port: ssh -N -L 9494:127.0.0.1:9494 HOST. A change that was under way may have \
                 been made: look before you repeat it"
                    .into()
            }
            WrongToken { .. } => {
                "copy the token again from the file that qbr serve names, or name another with \
                 QBR_TOKEN_FILE"
                    .into()
            }
            NoToken { .. } => {
                "copy there the file that qbr serve names, for you alone (chmod 600), or name \
                 another with QBR_TOKEN_FILE"
                    .into()
            }
            NoExtension { name, version, folders } => {
                let folders: Vec<String> =
                    folders.iter().map(|folder| folder.display().to_string()).collect();
                format!(
                    "put {name}.duckdb_extension of DuckDB {version} for this platform into {}; no \
                     network is needed (docs/serve.md)",
                    folders.join(" or ")
                )
            }
            NotServed { path, .. } => {
                format!("do it with the file itself, on the machine that serves {}", path.display())
            }
            Overtaken { .. } => "try again".into(),
            Io { .. } | Sql { .. } => return None,
        })
    }
}

/// A `Busy` before it is known how long was waited: DuckDB's own lock is held
/// by another program. `None` when the message is about something else.
pub(super) fn is_conflict(message: &str) -> bool {
    message.contains("Could not set lock on file")
}

/// The typed error behind a message of DuckDB about this workspace.
pub(super) fn classify(message: &str, path: &Path) -> WorkspaceError {
    let path = path.to_owned();
    let has = |text: &str| message.contains(text);
    if has("INTERRUPT") {
        WorkspaceError::Interrupted
    } else if has("No space left on device") || has("Disk quota exceeded") || has("File too large")
    {
        WorkspaceError::DiskFull { path }
    } else if is_conflict(message) {
        WorkspaceError::Busy {
            path,
            holder: Holder::in_message(message).map(Box::new),
            waited: Duration::ZERO,
        }
    } else if has("not a valid DuckDB database file") || has("Is a directory") {
        WorkspaceError::NotADatabase { path }
    } else if has("but we can only read version") {
        WorkspaceError::NewerFormat { path, detail: without_kind(first_line(message)).to_owned() }
    } else if has("Failure while replaying WAL") {
        WorkspaceError::Damaged {
            path,
            detail: format!("its write-ahead log (WAL) cannot be read: {}", first_line(message)),
        }
    } else if has("Corrupt database file") || has("Could not read enough bytes") || has("checksum")
    {
        WorkspaceError::Damaged { path, detail: without_kind(first_line(message)).to_owned() }
    } else if has("database does not exist") || has("No such file or directory") {
        WorkspaceError::Missing { path }
    } else if has("Read-only file system") {
        WorkspaceError::ReadOnly { path, why: ReadOnly::File }
    } else if has("Permission denied") {
        let why = if has(".wal") { ReadOnly::Folder } else { ReadOnly::File };
        WorkspaceError::ReadOnly { path, why }
    } else if has("attached in read-only mode") {
        WorkspaceError::ReadOnly { path, why: ReadOnly::Opened }
    } else if has("already attached by database") || has("Unique file handle conflict") {
        WorkspaceError::Duplicate { path }
    } else {
        WorkspaceError::Sql { message: message.trim_end().to_owned() }
    }
}

/// What SQL says about the data, by `error(…)`.
const SAID: &str = "Invalid Input Error: ";

/// The error of a figure's SQL (or of a model file's): what is wrong with it,
/// or what it says about the data itself. `sql` starts on line `sql_line` of `file`.
pub(super) fn classify_figure(
    error: WorkspaceError,
    figure: &str,
    file: &Path,
    sql: &str,
    sql_line: usize,
) -> WorkspaceError {
    let WorkspaceError::Sql { message } = error else { return error };
    if let Some(said) = message.strip_prefix(SAID) {
        return WorkspaceError::Unanswerable {
            figure: figure.to_owned(),
            message: said.to_owned(),
        };
    }
    let (message, line) = pointed(&message, sql, sql_line);
    WorkspaceError::BadFigure { figure: figure.to_owned(), file: file.to_owned(), line, message }
}

/// DuckDB counts lines from the start of the SQL: `LINE 3: …` and a caret under
/// it. Shows the line as the file counts, and says which it is. A macro brings
/// lines of its own, so the excerpt must be found on the line, or it has no number.
fn pointed(message: &str, sql: &str, sql_line: usize) -> (String, Option<usize>) {
    let parts = message.split_once("\nLINE ").and_then(|(said, rest)| {
        let (number, rest) = rest.split_once(": ")?;
        let (excerpt, caret) = rest.split_once('\n').unwrap_or((rest, ""));
        let indent = caret.find('^')?.checked_sub("LINE : ".len() + number.len())?;
        Some((said.trim_end(), number.parse::<usize>().ok()?, excerpt, indent))
    });
    let Some((said, number, excerpt, indent)) = parts else {
        return (message.trim_end().to_owned(), None);
    };
    let bare = excerpt.trim().trim_start_matches("...").trim_end_matches("...").trim();
    let found = number
        .checked_sub(1)
        .and_then(|place| sql.lines().nth(place))
        .is_some_and(|line| line.contains(bare));
    let line = found.then(|| sql_line + number - 1);
    let gutter = line.map(|line| line.to_string()).unwrap_or_default();
    let blank = gutter.len();
    let shown = format!("{said}\n  {gutter} | {excerpt}\n  {:blank$} | {:indent$}^", "", "");
    (shown, line)
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or(message).trim()
}

/// `IO Error: Corrupt …` without the kind.
fn without_kind(message: &str) -> &str {
    match message.split_once(" Error: ") {
        Some((kind, rest)) if !kind.contains(' ') => rest,
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &str) -> WorkspaceError {
        classify(message, Path::new("/tmp/acme.duckdb"))
    }

    #[test]
    fn messages_of_duckdb_become_typed_errors() {
        use WorkspaceError::*;
        assert!(matches!(of("INTERRUPT Error: Interrupted!"), Interrupted));
        assert!(matches!(
            of(
                "TransactionContext Error: Failed to commit: Could not write file \"a.wal\": No space left on device"
            ),
            DiskFull { .. }
        ));
        assert!(matches!(
            of("IO Error: The file \"a\" exists, but it is not a valid DuckDB database file!"),
            NotADatabase { .. }
        ));
        assert!(matches!(
            of(
                "IO Error: Trying to read a database file with version number 999, but we can only read versions between 64 and 68."
            ),
            NewerFormat { .. }
        ));
        let wal = of(
            "IO Error: Failure while replaying WAL file \"a.wal\": Corrupt WAL file: entry at byte position 68 computed checksum 1 does not match stored checksum 2",
        );
        assert!(matches!(&wal, Damaged { .. }));
        assert!(wal.remedy().is_some_and(|remedy| remedy.contains("/tmp/acme.duckdb.wal")));
        assert!(matches!(
            of("IO Error: Cannot open file \"/x/a.duckdb.wal\": Permission denied"),
            ReadOnly { why: super::ReadOnly::Folder, .. }
        ));
        assert!(matches!(of("Binder Error: nothing known"), Sql { .. }));
    }

    #[test]
    fn a_lock_of_another_program_names_it() {
        let error = of(
            "IO Error: Could not set lock on file \"/tmp/acme.duckdb\": Conflicting lock is held in /usr/bin/duckdb (PID 4242). See also https://duckdb.org/docs/stable/connect/concurrency",
        );
        let WorkspaceError::Busy { holder: Some(holder), .. } = &error else { panic!("{error}") };
        assert_eq!((holder.process.as_str(), holder.pid), ("duckdb", 4242));
    }

    #[test]
    fn an_error_of_a_figure_points_into_its_file() {
        let sql = "SELECT a\nFROM b\n  WHERE c";
        let error = |message: &str| {
            classify_figure(
                WorkspaceError::Sql { message: message.into() },
                "win-rate",
                Path::new("queries/review/win-rate.sql"),
                sql,
                20,
            )
        };
        let found = error(
            "Catalog Error: Table with name b does not exist!\n\nLINE 2: FROM b\n             ^",
        );
        assert!(
            found.to_string().starts_with("queries/review/win-rate.sql:21: win-rate: Catalog"),
            "{found}"
        );
        let elsewhere = error("Binder Error: no\n\nLINE 2: of a macro\n        ^");
        assert!(matches!(elsewhere, WorkspaceError::BadFigure { line: None, .. }));
        let said = error("Invalid Input Error: no rate from EUR to USD; import exchange-rates");
        assert_eq!(
            said.to_string(),
            "win-rate has no answer: no rate from EUR to USD; import exchange-rates"
        );
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        let path = PathBuf::from("/w/acme.duckdb");
        for error in [
            WorkspaceError::Missing { path: path.clone() },
            WorkspaceError::NotADatabase { path: path.clone() },
            WorkspaceError::NotAWorkspace { path: path.clone() },
            WorkspaceError::NewerSchema { path: path.clone(), found: 9, known: 1 },
            WorkspaceError::Busy {
                path: path.clone(),
                holder: None,
                waited: Duration::from_secs(10),
            },
            WorkspaceError::ReadOnly { path: path.clone(), why: ReadOnly::Folder },
            WorkspaceError::DiskFull { path },
        ] {
            assert!(error.remedy().is_some(), "{error}");
            assert!(error.to_string().contains("/w/acme.duckdb"), "{error}");
        }
    }
}
