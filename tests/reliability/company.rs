//! A company of its own for each test, and what the tests have in common.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use chrono::Utc;

pub const ACTION: &str =
    "title = \"Call Acme\"\nowner = \"Ann\"\ndue_on = 2025-12-01\nartefact = \"play\"\n";

/// A number from the environment, or this one.
pub fn many(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

pub struct Company {
    folder: tempfile::TempDir,
}

impl Company {
    pub fn new() -> Company {
        let company = Company { folder: tempfile::tempdir().expect("a folder") };
        company.write("action.toml", ACTION);
        company.run(&["init", "a.duckdb"], 0);
        company
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qbr"));
        command.args(arguments).current_dir(self.folder.path());
        for variable in ["XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"] {
            command.env(variable, self.path("home"));
        }
        command
    }

    #[track_caller]
    pub fn run(&self, arguments: &[&str], status: i32) -> String {
        let output: Output = self.command(arguments).output().expect("qbr runs");
        let (out, err) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
        let out = String::from_utf8_lossy(out).into_owned();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{out}\n{err}");
        out + &err
    }

    pub fn save(&self) -> Vec<&'static str> {
        vec!["records", "a.duckdb", "new", "action", "--from", "action.toml"]
    }

    /// Opportunities of a day, so many of them.
    pub fn export(&self, day: u32, deals: u32) -> String {
        let mut text = String::from("opportunity_id,stage,state,amount,currency,close_date\n");
        for deal in 0..deals {
            text += &format!("O-{deal},Proposal,open,{}.00,USD,2025-12-{:02}\n", deal + day, day);
        }
        let name = format!("opportunities-2025-11-{day:02}.csv");
        self.write(&name, &text);
        name
    }

    /// Revisions that are there; the chain and the file are sound.
    #[track_caller]
    pub fn revisions(&self) -> usize {
        let said = self.run(&["verify", "a.duckdb"], 0);
        let line = said.lines().find(|line| line.starts_with("ledger:")).expect("the ledger");
        let count = line.split_whitespace().nth(1).and_then(|count| count.parse().ok());
        count.unwrap_or_else(|| panic!("{said}"))
    }
}

/// Numbers that differ from run to run; which it was is told when it fails.
pub struct Chance(u64);

impl Chance {
    pub fn new() -> Self {
        Chance(u64::from(std::process::id()) ^ Utc::now().timestamp_micros() as u64)
    }

    /// Which run it was, to be told when it fails.
    pub fn seed(&self) -> u64 {
        self.0
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

/// How long a command takes when nobody kills it.
pub fn lasts(command: &mut Command) -> Duration {
    let begun = Instant::now();
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("runs").success());
    begun.elapsed()
}
