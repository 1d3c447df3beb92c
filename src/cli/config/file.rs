//! The file: what it says, where it says so, and what is wrong with it.
//!
//! Invariant: a mistake costs its own line alone. What can be read is read, even
//! where the file as a whole is no TOML.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::items::{self, ITEMS, Item, KEYS};
use crate::catalog::{CatalogError, suggestion};
use crate::tui::keymap::{Binding, Clash, Key, Keymap, written};

/// What a file says.
#[derive(Debug, Default)]
pub struct Said {
    /// Values that are sound, with the line they stand in.
    pub values: Vec<(&'static Item, String, usize)>,
    pub bindings: Vec<Binding>,
    /// Where each binding stands: the name of its action.
    places: Vec<Range<usize>>,
    pub problems: Vec<CatalogError>,
    file: PathBuf,
    text: String,
    /// Lines that are no TOML.
    broken: Vec<usize>,
}

impl Said {
    /// Reads the text of a file. `keymap` knows what the actions are called.
    pub fn read(file: &Path, text: &str, keymap: &Keymap) -> Said {
        let (file, text) = (file.to_owned(), text.to_owned());
        let mut said = Said { file, text: text.clone(), ..Said::default() };
        let (table, faults) = DeTable::parse_recoverable(&text);
        for fault in faults {
            said.wrong(fault.span().unwrap_or(0..0), fault.message().replace('\n', "; "));
        }
        // What stands in a line that is no TOML would be a guess.
        said.broken = said.problems.iter().map(|problem| problem.line).collect();
        for (key, value) in table.get_ref() {
            let name: &str = key.get_ref();
            if said.is_broken(&key.span()) {
                continue;
            }
            if name == KEYS {
                match value.get_ref() {
                    DeValue::Table(table) => said.keys(table, keymap),
                    _ => said.wrong(value.span(), "[keys] is a table: action = \"key\""),
                }
                continue;
            }
            match items::item(name) {
                Some(item) => said.item(item, value),
                None => {
                    let known = ITEMS.iter().map(|item| item.name).chain([KEYS]);
                    let offer = suggestion(name, known);
                    said.wrong(key.span(), format!("there is nothing called {name}{offer}"));
                }
            }
        }
        said.problems.sort_by_key(|problem| (problem.line, problem.column));
        said
    }

    /// A file that is there and cannot be read.
    pub fn unreadable(file: &Path, why: &str) -> Said {
        let problems = vec![CatalogError::whole(file, why)];
        Said { file: file.to_owned(), problems, ..Said::default() }
    }

    fn wrong(&mut self, range: Range<usize>, message: impl Into<String>) {
        self.problems.push(CatalogError::at(&self.file, &self.text, range, message));
    }

    /// The line in which these bytes begin.
    fn line(&self, range: &Range<usize>) -> usize {
        CatalogError::at(&self.file, &self.text, range.clone(), "").line
    }

    fn is_broken(&self, range: &Range<usize>) -> bool {
        !self.broken.is_empty() && self.broken.contains(&self.line(range))
    }

    fn item(&mut self, item: &'static Item, value: &Spanned<DeValue<'_>>) {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            _ => {
                let name = item.name;
                return self.wrong(value.span(), format!("{name} is a text in quotes"));
            }
        };
        match item.check(&text) {
            Ok(text) => self.values.push((item, text, self.line(&value.span()))),
            Err(message) => self.wrong(value.span(), message),
        }
    }

    fn keys(&mut self, table: &DeTable<'_>, keymap: &Keymap) {
        for (name, value) in table {
            if self.is_broken(&name.span()) {
                continue;
            }
            let asked = name.get_ref().replace(['_', ' '], "-").to_lowercase();
            let Some(entry) = keymap.named(&asked) else {
                let known: Vec<String> = keymap.entries().map(|e| written(e.name)).collect();
                let offer = suggestion(&asked, known.iter().map(String::as_str));
                let message = format!("there is no action {}{offer}", name.get_ref());
                self.wrong(name.span(), message);
                continue;
            };
            let keys = self.key_list(value);
            // A key that is wrong is told; the others of the action hold all the same.
            if !keys.is_empty() {
                self.bindings.push(Binding { action: entry.action, keys });
                self.places.push(name.span());
            }
        }
    }

    fn key_list(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<Key> {
        let items: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(items) if items.is_empty() => {
                self.wrong(value.span(), "an action needs a key; leave the line out for its own");
                return Vec::new();
            }
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut keys = Vec::new();
        for item in items {
            let DeValue::String(text) = item.get_ref() else {
                self.wrong(item.span(), "a key is a text in quotes: \"s\", \"F7\", \"Ctrl-P\"");
                continue;
            };
            match text.parse::<Key>() {
                Ok(key) if keys.contains(&key) => {
                    self.wrong(item.span(), format!("{} stands here twice", key.label()));
                }
                Ok(key) => keys.push(key),
                Err(message) => self.wrong(item.span(), message),
            }
        }
        keys
    }

    /// Notes the bindings that were not taken; each points at both ends.
    pub fn refused(&mut self, clashes: &[Clash]) {
        for clash in clashes {
            let Some(place) = self.places.get(clash.binding).cloned() else { continue };
            let (key, name) = (clash.key.label(), written(clash.name));
            let message = match clash.other.and_then(|other| self.places.get(other)) {
                Some(other) => {
                    let line = self.line(&other.clone());
                    format!(
                        "{key} is given to {name} in line {line} already; choose another key for one of them"
                    )
                }
                None => format!(
                    "{key} is the key of {name}; give that one another key as well, as in {name} = \"…\""
                ),
            };
            self.wrong(place, message);
        }
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
    }

    /// The line of a binding.
    pub fn line_of(&self, binding: usize) -> usize {
        self.places.get(binding).map_or(0, |place| self.line(place))
    }
}
