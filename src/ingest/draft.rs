//! A mapping while a person settles it: how one file is to be read.
//!
//! Owns what can be changed about it and why each column was taken for what it
//! is. Knows the headers of the file and nothing of its rows; reads no file and
//! asks no database, so that every change can be tried at once.

mod change;
mod guess;
mod meanings;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::catalog::Preset;
use crate::catalog::facts::{self, FactColumn, FactTable};
use crate::catalog::preset::{
    CATEGORIES, ColumnSource, Detect, Origin, PresetTable, STATES, Words,
};

use super::choose::Choice;
use super::shape::comparable;

pub use change::Change;

/// How one file is to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The saved mapping or the preset that it began as; `None`: it was guessed.
    pub began_as: Option<String>,
    /// It began as a mapping that somebody saved.
    pub saved: bool,
    pub title: String,
    pub crm: String,
    pub notes: Vec<String>,
    /// As the file has them, in order.
    pub headers: Vec<String>,
    pub fact: &'static FactTable,
    pub rules: PresetTable,
    /// Our column → why it comes from where it does.
    why: BTreeMap<String, Why>,
    /// Something was changed by hand.
    pub changed: bool,
}

/// Why one of our columns comes from where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A preset or a saved mapping says so.
    Told { saved: bool, by: String },
    /// Guessed: a preset knows this header.
    Known { by: String, as_header: String },
    /// Guessed: it is called as our column is.
    Called,
    /// Guessed: its words mostly mean this.
    Meant,
    /// The person said so.
    Chosen,
}

impl Why {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Why::Told { saved: true, by } => format!("the mapping {by} says so"),
            Why::Told { saved: false, by } => format!("the preset {by} says so"),
            Why::Known { by, as_header } => {
                format!("a guess: the preset {by} knows \"{as_header}\"")
            }
            Why::Called => "a guess: it is called like our column".into(),
            Why::Meant => "a guess by its words".into(),
            Why::Chosen => "you said so".into(),
        }
    }
}

impl Draft {
    /// The rules that a file was recognised by.
    pub(super) fn of(choice: &Choice<'_>) -> Draft {
        let Preset { name, title, crm, notes, saved, .. } = choice.preset;
        let why = Why::Told { saved: *saved, by: name.clone() };
        let mut draft = Draft {
            began_as: Some(name.clone()),
            saved: *saved,
            title: title.clone(),
            crm: crm.clone(),
            notes: notes.clone(),
            headers: choice.row.names.clone(),
            fact: choice.fact,
            rules: choice.rules.clone(),
            why: choice.rules.columns.keys().map(|ours| (ours.clone(), why.clone())).collect(),
            changed: false,
        };
        // What this file does not have is no part of what is settled about it.
        draft.rules.columns.retain(|_, source| match source {
            ColumnSource::Constant(_) => true,
            source => source.origins().iter().any(|origin| there(origin, &choice.row.names)),
        });
        draft
    }

    /// A guess by the headers alone. `table`: what the rows are, where that is known.
    pub fn guess(
        headers: &[String],
        presets: &BTreeMap<String, Preset>,
        table: Option<&'static FactTable>,
    ) -> Draft {
        let (fact, found) = guess::guess(headers, presets, table);
        let mut rules = PresetTable::empty(fact.name);
        let mut why = BTreeMap::new();
        for guess::Found { ours, header, because } in found {
            rules.columns.insert(ours.to_owned(), from_header(header));
            why.insert(ours.to_owned(), because);
        }
        Draft {
            began_as: None,
            saved: false,
            title: String::new(),
            crm: String::new(),
            notes: Vec::new(),
            headers: headers.to_vec(),
            fact,
            rules,
            why,
            changed: false,
        }
    }

    /// The mapping under a name: for this table alone, recognised by these headers.
    pub fn preset(&self, name: &str) -> Preset {
        let or_name = |text: &str| if text.trim().is_empty() { name } else { text }.to_owned();
        let headers: Vec<String> =
            self.headers.iter().filter(|header| !header.is_empty()).cloned().collect();
        let used = (0..self.headers.len()).filter(|place| !self.taken_for(*place).is_empty());
        let minimum = used.count().clamp(1, headers.len().max(1));
        let mut rules = PresetTable {
            name: self.fact.name.to_owned(),
            detect: Detect { headers, minimum, ..Detect::default() },
            ..self.rules.clone()
        };
        if self.derives_state() && !rules.tells_state() {
            // A stage tells the state by words that are named, also where they are ours.
            rules.states = plain_states();
        }
        Preset {
            name: name.to_owned(),
            title: or_name(&self.title),
            crm: or_name(&self.crm),
            detect: Detect::default(),
            notes: self.notes.clone(),
            tables: vec![rules],
            file: PathBuf::from(format!("{name}.toml")),
            saved: true,
            extends: None,
        }
    }

    /// The mapping as it stands, called as a report is to call it; it is kept nowhere.
    pub fn unkept(&self) -> Preset {
        let name = match &self.began_as {
            Some(name) if self.changed => format!("{name}, changed by hand"),
            Some(name) => name.clone(),
            None => "settled by hand".into(),
        };
        Preset { saved: self.saved && !self.changed, ..self.preset(&name) }
    }

    /// Our columns that come from this column of the file; the state with the stage it is told by.
    pub fn taken_for(&self, place: usize) -> Vec<&'static str> {
        let Some(header) = self.headers.get(place) else { return Vec::new() };
        let comes_from = |column: &&FactColumn| {
            self.sources(column.name).iter().any(|name| comparable(name) == comparable(header))
        };
        let mut ours: Vec<&'static str> =
            self.fact.columns.iter().filter(comes_from).map(|column| column.name).collect();
        if let Some(wide) = &self.rules.wide
            && wide.periods.iter().any(|(name, _)| comparable(name) == comparable(header))
        {
            let given = |column: &&FactColumn| wide.gives(column.name, column.kind);
            ours.extend(self.fact.columns.iter().filter(given).map(|column| column.name));
        }
        if self.derives_state() && ours.contains(&"stage") {
            ours.push("state");
        }
        ours
    }

    /// The headers of the file that one of our columns comes from.
    pub fn sources(&self, ours: &str) -> Vec<&str> {
        let Some(source) = self.rules.columns.get(ours) else { return Vec::new() };
        let mut places = source.origins().iter().filter(|origin| there(origin, &self.headers));
        let places: Vec<&Origin> = match source {
            ColumnSource::FirstFilled { .. } => places.collect(),
            _ => places.next().into_iter().collect(),
        };
        places.into_iter().flat_map(|origin| &origin.headers).map(String::as_str).collect()
    }

    /// Why one of our columns comes from where it does.
    pub fn why(&self, ours: &str) -> Option<&Why> {
        self.why.get(ours)
    }

    /// The value that every row gets in this column.
    pub fn constant(&self, ours: &str) -> Option<&str> {
        match self.rules.columns.get(ours) {
            Some(ColumnSource::Constant(value)) => Some(value),
            _ => None,
        }
    }

    /// The state is told by the stage.
    pub fn derives_state(&self) -> bool {
        let required = self.fact.column("state").is_some_and(|column| column.required);
        required && self.sources("state").is_empty() && self.constant("state").is_none()
    }

    /// The column whose words stand for states, if it is mapped.
    pub fn state_column(&self) -> Option<&'static str> {
        let column = self.fact.column("state").filter(|column| column.required)?;
        if self.constant(column.name).is_some() {
            return None;
        }
        let column = if self.derives_state() { "stage" } else { "state" };
        (!self.sources(column).is_empty()).then_some(column)
    }

    /// Columns that every row needs and that come from nowhere.
    pub fn needed(&self) -> Vec<&'static str> {
        let lacks = |column: &&FactColumn| {
            let by_stage = column.name == "state"
                && (!self.sources("stage").is_empty() || !self.rules.state_rules.is_empty());
            let by_shape =
                self.rules.wide.as_ref().is_some_and(|wide| wide.gives(column.name, column.kind));
            column.required
                && !by_shape
                && self.sources(column.name).is_empty()
                && self.constant(column.name).is_none()
                && !by_stage
        };
        self.fact.columns.iter().filter(lacks).map(|column| column.name).collect()
    }

    /// Columns that come from nowhere and that no row needs, but without which next to nothing can
    /// be said of the rows.
    pub fn lacking(&self) -> Vec<&'static str> {
        let open = self.open_columns();
        let of_deals = ["amount", "close_date"].into_iter();
        let lacking = of_deals.filter(|ours| open.iter().any(|column| column.name == *ours));
        lacking.filter(|_| self.fact.name == "opportunities").collect()
    }

    /// Our columns that come from nowhere.
    pub fn open_columns(&self) -> Vec<&'static FactColumn> {
        let open = |column: &&FactColumn| {
            self.sources(column.name).is_empty() && self.constant(column.name).is_none()
        };
        self.fact.columns.iter().filter(open).collect()
    }

    /// The state that a word stands for; `None`: rows with it would be rejected.
    pub fn state_of(&self, word: &str) -> Option<&str> {
        let own;
        let words = if self.rules.states.is_empty() && self.rules.other_state.is_none() {
            own = plain_states();
            &own
        } else {
            &self.rules.states
        };
        let says = |theirs: &Vec<String>| theirs.iter().any(|their| means(their, word));
        let told = words.iter().find(|(_, theirs)| says(theirs));
        let known = told.and_then(|(ours, _)| STATES.into_iter().find(|state| state == ours));
        known.or(self.rules.other_state.as_deref())
    }

    /// The column whose words stand for forecast categories, if it is mapped.
    pub fn category_column(&self) -> Option<&'static str> {
        let named = |column: &&FactColumn| matches!(column.name, "forecast_category" | "category");
        let column = self.fact.columns.iter().find(named)?;
        let ours = self.fact.name == "opportunities" || self.fact.name == "forecasts";
        (ours && !self.sources(column.name).is_empty()).then_some(column.name)
    }

    /// The forecast category that a word stands for; `None`: rows with it would be rejected.
    pub fn category_of(&self, word: &str) -> Option<&'static str> {
        let bare = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
        let says = |ours: &str| {
            let theirs = self.rules.categories.get(ours);
            theirs.is_some_and(|theirs| theirs.iter().any(|their| means(their, word)))
        };
        CATEGORIES.into_iter().find(|ours| bare(ours) == bare(word) || says(ours))
    }

    /// A state for a word that has none, by what such words usually mean.
    pub fn proposed_state(word: &str) -> &'static str {
        guess::state(word)
    }
}

/// The states under their own names.
fn plain_states() -> Words {
    let mut words: Words =
        STATES.iter().map(|state| ((*state).to_owned(), vec![(*state).to_owned()])).collect();
    words.entry("cancelled".into()).or_default().push("canceled".into());
    words
}

fn same_word(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// A word of a preset, which may end in a `*`, means this one.
fn means(known: &str, word: &str) -> bool {
    match known.trim().strip_suffix('*') {
        Some(start) => word.trim().to_lowercase().starts_with(&start.to_lowercase()),
        None => same_word(known, word),
    }
}

fn from_header(header: &str) -> ColumnSource {
    ColumnSource::Header { names: vec![header.into()], reading: Default::default() }
}

/// The file has all headers of a place.
fn there(origin: &Origin, headers: &[String]) -> bool {
    let has = |name: &String| headers.iter().any(|header| comparable(header) == comparable(name));
    origin.headers.iter().all(has)
}

/// The tables that a file may be taken for, in the order of the templates.
pub fn tables() -> impl Iterator<Item = &'static FactTable> {
    facts::TABLES.iter()
}

#[cfg(test)]
mod tests;
