//! Who keeps a workspace busy: the note in the lease file, the kernel's list of
//! locks, or DuckDB's own message. Only ever used to tell a person; no decision
//! about a lock depends on it.

use std::fmt;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;

use chrono::{DateTime, Local, Utc};
use serde::{Deserialize, Serialize};

use super::identity::{Identity, user_name};

/// A process that holds a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Empty where it could not be found out.
    #[serde(default)]
    pub user: String,
    #[serde(default)]
    pub host: String,
    pub pid: u32,
    /// `qbr`, `duckdb`, `python3`, …
    pub process: String,
    #[serde(default)]
    pub since: Option<DateTime<Utc>>,
    /// `import of opportunities.csv`
    #[serde(default)]
    pub doing: Option<String>,
}

impl Holder {
    /// This process, from now on.
    pub(super) fn this_process(identity: &Identity, doing: &str) -> Self {
        Holder {
            user: identity.user.clone(),
            host: identity.host.clone(),
            pid: std::process::id(),
            process: process_name(std::process::id()).unwrap_or_else(|| "qbr".into()),
            since: Some(Utc::now()),
            doing: Some(doing.to_owned()),
        }
    }

    /// The user, or the program where the user is not known.
    pub fn who(&self) -> &str {
        if self.user.is_empty() { &self.process } else { &self.user }
    }

    /// The holder that DuckDB names: `Conflicting lock is held in /usr/bin/duckdb (PID 42)`.
    pub(super) fn in_message(message: &str) -> Option<Self> {
        let (_, rest) = message.split_once("Conflicting lock is held in ")?;
        let (program, rest) = rest.split_once(" (PID ")?;
        let pid: u32 = rest.split_once(')')?.0.trim().parse().ok()?;
        let process = program.rsplit('/').next().unwrap_or(program).to_owned();
        Some(Holder {
            user: process_user(pid).unwrap_or_default(),
            host: String::new(),
            pid,
            process,
            since: None,
            doing: None,
        })
    }

    /// Whoever holds the lock on this lease file, as far as it can be found out.
    pub(super) fn of(file: &mut File) -> Option<Self> {
        Holder::noted_in(file).or_else(|| Holder::by_kernel(file))
    }

    /// The note a writer left in the lease file; `None` where there is none,
    /// or where its process on this host is gone.
    pub(super) fn noted_in(file: &mut File) -> Option<Self> {
        let mut text = String::new();
        file.seek(SeekFrom::Start(0)).ok()?;
        file.take(4096).read_to_string(&mut text).ok()?;
        let holder: Holder = serde_json::from_str(&text).ok()?;
        let here = holder.host == Identity::current().host;
        let alive = !here || !has_proc() || process_name(holder.pid).is_some();
        alive.then_some(holder)
    }

    /// Leaves this note in the lease file. Best effort: a disk that is full
    /// must not keep anybody from working.
    pub(super) fn note_in(&self, file: &mut File) {
        let text = serde_json::to_string(self).unwrap_or_default();
        let written = wipe(file).and_then(|()| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::debug!(%error, "lease note not written");
        }
    }

    /// Another process that holds a lock on this open file, by the kernel's list.
    /// `None` where the list cannot be read or names no process of this machine.
    pub(super) fn by_kernel(file: &File) -> Option<Self> {
        let metadata = file.metadata().ok()?;
        let wanted = format!(":{}", metadata.ino());
        let locks = fs::read_to_string("/proc/locks").ok()?;
        let pid = locks.lines().find_map(|line| {
            // "3: FLOCK  ADVISORY  READ 6757 fe:00:10133508 0 EOF"
            let mut words = line.split_whitespace().skip(1);
            let (kind, pid, place) = (words.next()?, words.nth(2)?, words.next()?);
            let pid: u32 = pid.parse().ok()?;
            (kind == "FLOCK" && place.ends_with(&wanted) && pid != std::process::id())
                .then_some(pid)
        })?;
        Some(Holder {
            user: process_user(pid).unwrap_or_default(),
            host: String::new(),
            pid,
            process: process_name(pid)?,
            since: None,
            doing: None,
        })
    }
}

impl fmt::Display for Holder {
    /// `ann on jump1 (qbr, PID 4242) since 14:02: import of opportunities.csv`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.user.is_empty() {
            write!(f, "{}", self.user)?;
            if !self.host.is_empty() {
                write!(f, " on {}", self.host)?;
            }
            write!(f, " ({}, PID {})", self.process, self.pid)?;
        } else {
            write!(f, "{} (PID {})", self.process, self.pid)?;
        }
        if let Some(since) = self.since {
            write!(f, " since {}", since.with_timezone(&Local).format("%H:%M:%S"))?;
        }
        if let Some(doing) = &self.doing {
            write!(f, ": {doing}")?;
        }
        Ok(())
    }
}

/// Empties the file and goes back to its start.
pub(super) fn wipe(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0)).map(|_| ())
}

fn has_proc() -> bool {
    fs::metadata("/proc/self").is_ok()
}

fn process_name(pid: u32) -> Option<String> {
    Some(fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim_end().to_owned())
}

fn process_user(pid: u32) -> Option<String> {
    Some(user_name(fs::metadata(format!("/proc/{pid}")).ok()?.uid()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duckdb_names_program_and_process() {
        let found = Holder::in_message(
            "IO Error: Could not set lock on file \"/w/a.duckdb\": Conflicting lock is held in \
             /opt/my tools/harlequin (PID 11628). See also https://duckdb.org",
        )
        .expect("a holder");
        assert_eq!((found.process.as_str(), found.pid), ("harlequin", 11_628));
        assert_eq!(Holder::in_message("IO Error: Could not set lock on file \"a\""), None);
    }

    #[test]
    fn a_note_is_read_back_while_its_process_lives() {
        let mut file = tempfile::tempfile().expect("a file");
        assert_eq!(Holder::noted_in(&mut file), None);
        let identity = Identity::current();
        let holder = Holder::this_process(&identity, "import of x.csv");
        holder.note_in(&mut file);
        assert_eq!(Holder::noted_in(&mut file).as_ref(), Some(&holder));
        assert!(holder.to_string().ends_with("import of x.csv"), "{holder}");

        let gone = Holder { pid: u32::MAX - 1, ..holder };
        gone.note_in(&mut file);
        if has_proc() {
            assert_eq!(Holder::noted_in(&mut file), None);
        }
        let elsewhere = Holder { host: "another-host".into(), ..gone };
        elsewhere.note_in(&mut file);
        assert_eq!(Holder::noted_in(&mut file), Some(elsewhere));
    }
}
