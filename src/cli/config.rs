//! What a person has configured: one TOML file, the environment above it, `--set`
//! above both.
//!
//! ```text
//! items    everything there is to configure; the file, the document and `show` read it
//! file     what the file says, and what is wrong with it, by line and column
//! command  qbr config check, show, path
//! ```
//!
//! A mistake in the file costs its own line alone and is told; one in the environment
//! or on the command line ends the command, because somebody just made it. Nothing
//! below this module knows the file: it is handed down as values.

mod command;
mod file;
mod items;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::CliError;
use crate::catalog::{CatalogError, suggestion};
use crate::domain::{DateStyle, Formats, Region};
use crate::tui;
use crate::tui::glyphs::Glyphs;
use crate::tui::keymap::{Binding, Key, KeySet, Keymap, written};
use crate::tui::panes;
use crate::tui::recording::{self, Head};
use crate::tui::theme::{Background, ThemeName};

pub use command::{ConfigArguments, document, run};
use file::Said;
use items::ITEMS;

/// The variable that names another file.
pub const FILE_VARIABLE: &str = "QBR_CONFIG";
/// The name of the file in the person's configuration folder.
const FILE: &str = "config.toml";

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Default,
    /// This line of the file.
    File(usize),
    Environment(&'static str),
    /// The command line.
    Flag,
}

/// A value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: &'static str,
    pub value: String,
    pub source: Source,
}

/// Everything that is in force.
#[derive(Debug)]
pub struct Config {
    /// In the order of the table of items.
    pub settings: Vec<Setting>,
    pub keymap: Keymap,
    /// Actions with other keys than those of the set, and the lines that say so.
    pub bound: Vec<(String, usize)>,
    /// The file, there or not.
    pub file: Option<PathBuf>,
    pub exists: bool,
    pub problems: Vec<CatalogError>,
}

impl Config {
    /// What is in force for this process; `flags` are `NAME=VALUE` of the command line.
    ///
    /// # Errors
    /// [`CliError::Usage`] for a mistake in the environment or in a flag.
    pub fn load(flags: &[String]) -> Result<Config, CliError> {
        let var = |name: &str| std::env::var(name).ok();
        let file = path(&var);
        let text = match file.as_deref().map(std::fs::read_to_string) {
            Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                // A file that somebody names is there, or they are told.
                if var(FILE_VARIABLE).is_some_and(|name| !name.is_empty()) {
                    let file = file.unwrap_or_default();
                    return Err(CliError::Usage(format!(
                        "{FILE_VARIABLE}: there is no {}",
                        file.display()
                    )));
                }
                None
            }
            read => read,
        };
        Config::of(file, text, var, flags)
    }

    fn of(
        file: Option<PathBuf>,
        text: Option<std::io::Result<String>>,
        var: impl Fn(&str) -> Option<String>,
        flags: &[String],
    ) -> Result<Config, CliError> {
        let exists = text.is_some();
        let path = file.clone().unwrap_or_default();
        let mut said = match text {
            None => Said::default(),
            Some(Ok(text)) => Said::read(&path, &text, &panes::keymap()),
            Some(Err(error)) => Said::unreadable(&path, &format!("cannot be read: {error}")),
        };
        let mut settings = Vec::with_capacity(ITEMS.len());
        for item in ITEMS {
            let mut setting = Setting {
                name: item.name,
                value: item.default.to_owned(),
                source: Source::Default,
            };
            if let Some((_, value, line)) = said.values.iter().find(|(of, ..)| of.name == item.name)
            {
                (setting.value, setting.source) = (value.clone(), Source::File(*line));
            }
            for variable in item.variables {
                let Some(value) = var(variable).filter(|value| !value.is_empty()) else { continue };
                let value = item
                    .check(&value)
                    .map_err(|error| CliError::Usage(format!("{variable}: {error}")))?;
                (setting.value, setting.source) = (value, Source::Environment(variable));
                break;
            }
            settings.push(setting);
        }
        for flag in flags {
            let (setting, value) = flagged(&mut settings, flag)?;
            (setting.value, setting.source) = (value, Source::Flag);
        }
        let set = settings.iter().find(|setting| setting.name == items::KEY_SET);
        let set = set.and_then(|set| KeySet::named(&set.value)).unwrap_or_default();
        let mut keymap = panes::keymap().with(set);
        let clashes = keymap.bind(&said.bindings);
        said.refused(&clashes);
        let taken = |place: &usize| clashes.iter().all(|clash| clash.binding != *place);
        let bound = (0..said.bindings.len()).filter(taken).filter_map(|place| {
            let entry = keymap.entry(said.bindings[place].action)?;
            Some((entry.name.to_owned(), said.line_of(place)))
        });
        let bound = bound.collect();
        let problems = std::mem::take(&mut said.problems);
        Ok(Config { settings, keymap, bound, file, exists, problems })
    }

    /// What was in force where something was recorded, with `flags` above it.
    ///
    /// # Errors
    /// [`CliError::Usage`] where this program knows a value or a name no more.
    pub fn recorded(head: &Head, flags: &[String]) -> Result<Config, CliError> {
        let was = head.settings.iter().map(|(name, value)| format!("{name}={value}"));
        let flags: Vec<String> = was.chain(flags.iter().cloned()).collect();
        let mut config = Config::of(None, None, |_| None, &flags)?;
        let bindings = head.keys.iter().map(|(name, keys)| {
            let unknown = || CliError::Usage(format!("there is no action {name} any more"));
            let action = config.keymap.named(name).ok_or_else(unknown)?.action;
            let keys = keys.iter().map(|key| key.parse::<Key>()).collect::<Result<_, _>>();
            Ok(Binding { action, keys: keys.map_err(CliError::Usage)? })
        });
        let bindings = bindings.collect::<Result<Vec<_>, CliError>>()?;
        config.keymap.bind(&bindings);
        Ok(config)
    }

    /// The first line of a recording, but for the size of the screen. Folders are the
    /// person's own and stay here.
    pub fn head(&self, read_only: bool) -> Head {
        let told = |setting: &&Setting| setting.name != items::EXPORT_FOLDER;
        let settings = self.settings.iter().filter(told);
        let keys = self.bound.iter().filter_map(|(name, _)| {
            let entry = self.keymap.entries().find(|entry| entry.name == name)?;
            Some((written(name), entry.keys.iter().map(|key| key.label()).collect()))
        });
        Head {
            recording: recording::VERSION,
            qbr: env!("CARGO_PKG_VERSION").to_owned(),
            size: (0, 0),
            read_only,
            settings: settings.map(|s| (s.name.to_owned(), self.settled(s))).collect(),
            keys: keys.collect(),
        }
    }

    /// A value that means the same on another machine.
    fn settled(&self, setting: &Setting) -> String {
        match setting.name {
            items::TIME_ZONE => {
                items::zone(&setting.value).map_or("UTC", |zone| zone.name()).to_owned()
            }
            items::GLYPHS => if self.glyphs().ascii { "ascii" } else { "unicode" }.to_owned(),
            _ => setting.value.clone(),
        }
    }

    /// The value of an item.
    pub fn get(&self, name: &str) -> &str {
        self.settings
            .iter()
            .find(|setting| setting.name == name)
            .map_or("", |setting| setting.value.as_str())
    }

    /// How numbers, days and points in time are written.
    pub fn formats(&self) -> Formats {
        let region = self.get(items::REGION).parse::<Region>().unwrap_or_default();
        let dates = match self.get(items::DATES) {
            "region" => DateStyle::Region,
            _ => DateStyle::Iso,
        };
        let zone = items::zone(self.get(items::TIME_ZONE)).unwrap_or(chrono_tz::Tz::UTC);
        Formats::of(region).with(dates, zone)
    }

    /// A variable of the environment, or what is in force in its place.
    fn variable(&self, name: &str) -> Option<String> {
        match ITEMS.iter().find(|item| item.variables.contains(&name)) {
            Some(item) => Some(self.get(item.name).to_owned()),
            None => std::env::var(name).ok(),
        }
    }

    /// Signs for this terminal.
    pub fn glyphs(&self) -> Glyphs {
        Glyphs::from_vars(|name| self.variable(name))
    }

    /// The theme that somebody asked for, before the one chosen last on the screen.
    fn theme(&self) -> Option<ThemeName> {
        let theme = self.settings.iter().find(|setting| setting.name == items::THEME)?;
        if theme.source == Source::Default { None } else { theme.value.parse().ok() }
    }

    /// How the screen is started.
    pub fn options(&self) -> tui::Options {
        let mut options = tui::Options {
            theme: self.theme(),
            background: Background::from_vars(|name| self.variable(name)),
            glyphs: self.glyphs(),
            keymap: self.keymap.clone(),
            told_first: self.told_first(),
            resume: self.get(items::RESUME) == "true",
            ..tui::Options::default()
        };
        match self.get(items::EXPORT_FOLDER) {
            "" => {}
            folder => options.export_folder = at_home(folder),
        }
        options
    }

    /// One line about mistakes in the file.
    fn told_first(&self) -> Option<String> {
        let first = self.problems.first()?;
        let file = first.file.file_name().unwrap_or_default().to_string_lossy();
        let more = match self.problems.len() {
            1 => String::new(),
            count => format!(" ({} more: qbr config check)", count - 1),
        };
        Some(format!("{file}, line {}: {}{more}", first.line, first.message))
    }

    /// The mistakes of the file on standard error, for a command without a screen.
    pub fn warn(&self) {
        for problem in &self.problems {
            eprintln!("{problem}");
        }
    }
}

/// The file of this person: named by a variable, or in its usual place.
fn path(var: &impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    if let Some(named) = var(FILE_VARIABLE).filter(|name| !name.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("qbr").join(FILE))
}

/// `~` is the person's home.
fn at_home(folder: &str) -> PathBuf {
    match (folder.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ if folder == "~" => etcetera::home_dir().unwrap_or_else(|_| PathBuf::from(folder)),
        _ => Path::new(folder).to_owned(),
    }
}

/// What `--set NAME=VALUE` is about.
fn flagged<'a>(
    settings: &'a mut [Setting],
    flag: &str,
) -> Result<(&'a mut Setting, String), CliError> {
    let Some((name, value)) = flag.split_once('=') else {
        return Err(CliError::Usage(format!("--set {flag}: expected NAME=VALUE")));
    };
    let name = name.trim().replace('-', "_");
    let known = ITEMS.iter().zip(settings).find(|(item, _)| item.name == name);
    let Some((item, setting)) = known else {
        let offer = suggestion(&name, ITEMS.iter().map(|item| item.name));
        return Err(CliError::Usage(format!(
            "--set {flag}: there is nothing called {name}{offer}"
        )));
    };
    let value = item.check(value).map_err(|error| CliError::Usage(format!("--set: {error}")))?;
    Ok((setting, value))
}
