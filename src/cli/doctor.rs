//! `qbr doctor`: what is known of the terminal, the workspace's place, drafts and
//! configuration, one finding a line, to be read or to be sent to somebody who helps.
//!
//! Asks the terminal nothing and writes nothing to the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{Local, Utc};
use clap::Args;

use super::backup::size;
use super::config::Config;
use super::content::folders;
use super::{CliError, Outcome, output};
use crate::catalog::Catalog;
use crate::domain::Formats;
use crate::domain::text::harmless;
use crate::ledger::drafts::Journal;
use crate::tui::clipboard::Route;
use crate::tui::theme::{Theme, ThemeName};
use crate::workspace::{self, Surroundings, WorkspaceError};

#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Left out: the terminal and the configuration alone
    workspace: Option<PathBuf>,
    /// Read every block of the workspace as well
    #[arg(long, requires = "workspace")]
    probe: bool,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    Ok,
    Warn,
    Fail,
}

#[derive(Default)]
struct Findings(Vec<(Option<Grade>, String)>);

impl Findings {
    fn note(&mut self, words: impl Into<String>) {
        self.0.push((None, words.into()));
    }

    fn add(&mut self, grade: Grade, words: impl Into<String>) {
        self.0.push((Some(grade), words.into()));
    }

    /// Fine, or worth a look.
    fn check(&mut self, fine: bool, good: impl Into<String>, bad: impl Into<String>) {
        if fine { self.add(Grade::Ok, good) } else { self.add(Grade::Warn, bad) }
    }

    fn text(&self) -> String {
        let line = |(grade, words): &(Option<Grade>, String)| {
            let grade = match grade {
                None => "     ",
                Some(Grade::Ok) => "OK   ",
                Some(Grade::Warn) => "WARN ",
                Some(Grade::Fail) => "FAIL ",
            };
            format!("{grade}{}\n", harmless(words))
        };
        self.0.iter().map(line).collect()
    }
}

pub fn run(arguments: &DoctorArguments, config: &Config) -> Result<Outcome, CliError> {
    if let Some(path) = &arguments.workspace {
        super::content::own_file(path, "doctor")?;
    }
    let mut found = Findings::default();
    found.note(format!(
        "qbr {}, DuckDB {}",
        env!("CARGO_PKG_VERSION"),
        workspace::duckdb_version()
    ));
    let (local, formats) = (Local::now(), Formats::here());
    found.note(format!(
        "now {}, {} on this machine; numbers as {}",
        formats.instant(Utc::now()),
        local.format("%H:%M %:z"),
        formats.number(1234.5, 2)
    ));
    terminal(&mut found, config);
    configured(&mut found, config);
    content(&mut found, arguments.workspace.as_deref());
    if let Some(path) = &arguments.workspace {
        place(&mut found, path);
        contents(&mut found, path, arguments.probe);
    }
    drafts(&mut found, arguments.workspace.as_deref());
    output::print(&found.text())?;
    let worst = found.0.iter().filter_map(|(grade, _)| *grade).max();
    Ok(if worst > Some(Grade::Ok) { Outcome::Finding } else { Outcome::Done })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn terminal(found: &mut Findings, config: &Config) {
    let said = |name: &str| match variable(name) {
        Some(value) => format!("{name}={value}"),
        None => format!("{name} is not set"),
    };
    let names = ["TERM", "COLORTERM", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG"];
    found.note(names.map(said).join(", "));
    match crossterm::terminal::size() {
        Ok((width, height)) => found.check(
            width >= 60 && height >= 15,
            format!("{width} columns, {height} rows"),
            format!("{width} columns, {height} rows: less than the 60 by 15 that panes need"),
        ),
        Err(_) => found.note("standard output is no terminal"),
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable).unwrap_or_default();
    let utf8 = locale.to_lowercase().replace('-', "").contains("utf8");
    found.check(
        utf8,
        "the locale is UTF-8",
        "the locale is not UTF-8: letters beyond ASCII are shown as ?; set LANG=C.UTF-8 where the \
         terminal can show more",
    );
    let glyphs = if config.glyphs().ascii { "ASCII" } else { "Unicode" };
    let plain = Theme::from_env(ThemeName::Terminal) == Theme::plain();
    let colours = if plain { "no colours" } else { "colours" };
    found.note(format!("signs in {glyphs}, {colours}; qbr config show says why"));
    let route = match Route::from_env() {
        Route::Tmux => "what is copied is given to tmux",
        Route::Screen => "what is copied is sent through GNU screen to your terminal",
        Route::Plain => "what is copied is sent to your terminal (OSC 52), which may ignore it",
    };
    found.note(route);
    if let Some(connection) = variable("SSH_CONNECTION") {
        found.note(format!("over SSH: {connection}"));
    }
    if variable("TMUX").is_some() {
        tmux(found);
    }
}

/// What tmux is set to that the screen depends on.
fn tmux(found: &mut Findings) {
    let ask = |option: &str| {
        let said = Command::new("tmux").args(["show-options", "-gsv", option]).output().ok()?;
        let text = String::from_utf8_lossy(&said.stdout).trim().to_owned();
        (said.status.success() && !text.is_empty()).then_some(text)
    };
    if let Some(time) = ask("escape-time") {
        let fine = time.parse::<u32>().is_ok_and(|ms| ms <= 100);
        found.check(
            fine,
            format!("tmux waits {time} ms behind Esc"),
            format!("tmux waits {time} ms behind Esc: set -sg escape-time 25"),
        );
    }
    if let Some(clipboard) = ask("set-clipboard") {
        found.check(
            clipboard != "off",
            format!("tmux set-clipboard is {clipboard}"),
            "tmux set-clipboard is off: what is copied stays in tmux",
        );
    }
}

/// The file, and each mistake in it.
fn configured(found: &mut Findings, config: &Config) {
    let file = config.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    if !config.exists {
        return found.note(format!("no configuration at {file}: the defaults are in force"));
    }
    if config.problems.is_empty() {
        found.add(Grade::Ok, format!("the configuration {file} is sound"));
    }
    for problem in &config.problems {
        let (line, column) = (problem.line, problem.column);
        found.add(Grade::Warn, format!("{file}:{line}:{column}: {}", problem.message));
    }
}

fn content(found: &mut Findings, workspace: Option<&Path>) {
    let folders = folders(workspace);
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        found.note(format!("content of your own from {}", folder.display()));
    }
    match Catalog::load(&folders) {
        Ok(loaded) if loaded.warnings.is_empty() => found.add(
            Grade::Ok,
            format!(
                "{} figures, {} forms, {} presets",
                loaded.catalog.figures.len(),
                loaded.catalog.forms.len(),
                loaded.catalog.presets.len()
            ),
        ),
        Ok(loaded) => {
            for warning in &loaded.warnings.0 {
                found.add(Grade::Warn, warning.to_string());
            }
        }
        Err(errors) => found.add(Grade::Fail, errors.to_string()),
    }
}

/// Where the workspace lies.
fn place(found: &mut Findings, path: &Path) {
    let there = match workspace::surroundings(path) {
        Ok(there) => there,
        Err(error) => return fail(found, &error),
    };
    let Surroundings { path, bytes, read_only, file_system, network, free, log, holder, .. } =
        &there;
    found.note(format!("{}, {}", path.display(), size(*bytes)));
    match read_only {
        None => found.add(Grade::Ok, "you may write it"),
        Some(why) => found.add(Grade::Warn, format!("opened for reading only: {why}")),
    }
    let kind = file_system.unwrap_or("a file system that is not known here");
    found.check(
        !network,
        format!("on {kind}"),
        format!("on {kind}: locks among machines cannot be relied on; keep it on a local disk"),
    );
    if let Some(free) = free {
        // A migration or an import may need a copy of it, and its log as much again.
        let enough = *free > bytes.saturating_mul(3);
        let free = size(*free);
        found.check(
            enough,
            format!("{free} free"),
            format!("{free} free: backups and imports need three times the size of the file"),
        );
    }
    if let Some(log) = log {
        let words = "a write-ahead log of {log} bytes lies beside it: a process crashed, or another \
                     program has it open; the next who writes folds it in";
        found.add(Grade::Warn, words.replace("{log}", &log.to_string()));
    }
    match holder {
        None => found.add(Grade::Ok, "nobody is writing at the moment"),
        Some(holder) => found.add(Grade::Warn, format!("held by {holder}")),
    }
    match there.backups.first() {
        None => found.add(Grade::Warn, "no copy lies beside it: qbr backup makes one"),
        Some(newest) => {
            let (count, at) = (there.backups.len(), Formats::here().instant(newest.at));
            found.add(Grade::Ok, format!("{count} copies beside it, the newest of {at}"));
        }
    }
}

/// What the file holds, read without bringing it up to date.
fn contents(found: &mut Findings, path: &Path, probe: bool) {
    match workspace::look(path) {
        Ok(look) => found.add(
            Grade::Ok,
            format!(
                "schema {}, {} imports, {} revisions of records",
                look.schema, look.imports, look.revisions
            ),
        ),
        Err(error) => return fail(found, &error),
    }
    if probe {
        match workspace::read_through(path) {
            Ok(()) => found.add(Grade::Ok, "every block of it can be read"),
            Err(error) => {
                fail(found, &error);
                let rescue =
                    format!("qbr rescue {} NEW reads out what can be read", path.display());
                found.note(rescue);
            }
        }
    }
}

fn fail(found: &mut Findings, error: &WorkspaceError) {
    found.add(Grade::Fail, error.to_string());
    if let Some(remedy) = error.remedy() {
        found.note(remedy);
    }
}

fn drafts(found: &mut Findings, workspace: Option<&Path>) {
    let journal = match Journal::open() {
        Ok(journal) => journal,
        Err(error) => return found.add(Grade::Fail, format!("drafts cannot be kept: {error}")),
    };
    found.add(Grade::Ok, format!("drafts are kept in {}", journal.folder().display()));
    let Some(path) = workspace.and_then(|path| path.canonicalize().ok()) else { return };
    match journal.list(&path) {
        Ok(offered) if offered.drafts.is_empty() => {}
        Ok(offered) => found.note(format!("{} drafts of yours wait here", offered.drafts.len())),
        Err(error) => found.add(Grade::Warn, error.to_string()),
    }
}
