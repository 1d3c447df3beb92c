//! What a person can change about a draft.

use crate::catalog::facts::{self, FactKind};
use crate::catalog::preset::{CATEGORIES, ColumnSource, Reading, STATES, TakenOn, Until};

use super::{Draft, Why, comparable, from_header, plain_states, same_word};

/// One change. Those that name something unknown change nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A column of the file, counted from 0, is taken for this one of ours and for no other;
    /// `None`: it is not used.
    Take { place: usize, ours: Option<String> },
    /// It is taken for this one as well.
    TakeAlso { place: usize, ours: String },
    /// Every row gets this value in one of our columns; `None`: no longer.
    Same { ours: String, value: Option<String> },
    /// How the dates of one of our columns are written; `None`: by their evidence.
    Date { ours: String, pattern: Option<String> },
    /// What stands for the whole in a column of shares: 1 or 100; `None`: by its evidence.
    Whole { ours: String, of: Option<u16> },
    /// What the numbers of one of our columns are multiplied by, where they do not say it
    /// themselves; `None`: nothing is said.
    Unit { ours: String, unit: Option<u32> },
    /// Hours that are added to a time of day before its day is taken; `None`: nothing is said.
    Hours { ours: String, hours: Option<u8> },
    /// How long periods last of which the column holds the first day; `None`: it holds periods.
    Until { ours: String, until: Option<Until> },
    /// The words of a column for yes and no; both empty: those that are known.
    Flag { ours: String, yes: Vec<String>, no: Vec<String> },
    /// The first and the last year in which a date of the file can lie; `None`: the usual ones.
    Years(Option<(i32, i32)>),
    /// The decimal mark of the whole file; `None`: by the evidence of each column.
    Decimal(Option<char>),
    /// The currency of rows that name none.
    Currency(Option<String>),
    /// What a word of the stage or state column stands for; `None`: rows with it are rejected.
    State { word: String, state: Option<String> },
    /// The state of all words that are not named; `None`: such rows are rejected.
    OtherStates(Option<String>),
    /// The forecast category that a word stands for; `None`: rows with it are rejected.
    Category { word: String, category: Option<String> },
    /// How a value is to be spelt; `None`: as the file has it.
    Alias { ours: String, theirs: String, instead: Option<String> },
    /// How the day is known that the file shows.
    TakenOn(TakenOn),
}

impl Draft {
    /// Makes a change. What was said about a column before is forgotten with its source.
    pub fn apply(&mut self, change: &Change) {
        let before = self.clone();
        match change {
            Change::Take { place, ours } => {
                self.release(*place);
                if let Some(ours) = ours {
                    self.take(*place, ours);
                }
            }
            Change::TakeAlso { place, ours } => self.take(*place, ours),
            Change::Same { ours, value } => self.same(ours, value.as_deref()),
            Change::Date { ours, pattern } => {
                self.read(ours, has_a_date, |reading| reading.date.clone_from(pattern));
            }
            Change::Whole { ours, of } => {
                self.read(ours, |kind| kind == FactKind::Percent, |reading| reading.of = *of)
            }
            Change::Unit { ours, unit } => {
                self.read(ours, is_a_number, |reading| reading.unit = *unit)
            }
            Change::Hours { ours, hours } => {
                self.read(ours, |kind| kind == FactKind::Date, |reading| reading.hours = *hours)
            }
            Change::Flag { ours, yes, no } => self.read(
                ours,
                |kind| kind == FactKind::Flag,
                |reading| {
                    reading.yes.clone_from(yes);
                    reading.no.clone_from(no);
                },
            ),
            Change::Until { ours, until } => {
                self.read(ours, |kind| kind == FactKind::Period, |reading| reading.until = *until);
            }
            Change::Years(years) => self.rules.years = *years,
            Change::Decimal(mark) => self.rules.decimal = *mark,
            Change::Currency(code) => self.rules.currency.clone_from(code),
            Change::State { word, state } => self.state(word, state.as_deref()),
            Change::OtherStates(state) => {
                self.spell_states_out();
                self.rules.other_state.clone_from(state);
            }
            Change::Category { word, category } => self.category(word, category.as_deref()),
            Change::Alias { ours, theirs, instead } => {
                let spellings = self.rules.aliases.entry(ours.clone()).or_default();
                match instead {
                    Some(instead) => drop(spellings.insert(theirs.clone(), instead.clone())),
                    None => drop(spellings.remove(theirs)),
                }
                self.rules.aliases.retain(|_, spellings| !spellings.is_empty());
            }
            Change::TakenOn(way) => self.rules.taken_on = *way,
        }
        self.changed |= *self != before;
    }

    fn take(&mut self, place: usize, ours: &str) {
        let (Some(header), Some(column)) = (self.headers.get(place), self.fact.column(ours)) else {
            return;
        };
        self.rules.columns.insert(column.name.to_owned(), from_header(header));
        self.why.insert(column.name.to_owned(), Why::Chosen);
    }

    /// Nothing comes from this column of the file any more.
    fn release(&mut self, place: usize) {
        let Some(header) = self.headers.get(place).map(|header| comparable(header)) else { return };
        self.rules.columns.retain(|_, source| match source {
            ColumnSource::Constant(_) => true,
            ColumnSource::Header { names, .. } | ColumnSource::FirstFilled { names, .. } => {
                let had = names.len();
                names.retain(|origin| origin.headers.iter().all(|name| comparable(name) != header));
                had == names.len() || !names.is_empty()
            }
        });
        // Other headers that a preset had in reserve are not in this file.
        let there: Vec<&str> = facts_names(self.fact)
            .filter(|ours| !self.sources(ours).is_empty() || self.constant(ours).is_some())
            .collect();
        self.rules.columns.retain(|ours, _| there.contains(&ours.as_str()));
        self.why.retain(|ours, _| there.contains(&ours.as_str()));
    }

    fn same(&mut self, ours: &str, value: Option<&str>) {
        let Some(column) = self.fact.column(ours) else { return };
        match value.map(str::trim).filter(|value| !value.is_empty()) {
            Some(value) => {
                let source = ColumnSource::Constant(value.to_owned());
                self.rules.columns.insert(column.name.to_owned(), source);
                self.why.insert(column.name.to_owned(), Why::Chosen);
            }
            None => {
                self.rules.columns.remove(ours);
                self.why.remove(ours);
            }
        }
    }

    /// Changes how a column is read, where its kind has that to be read.
    fn read(
        &mut self,
        ours: &str,
        fits: impl FnOnce(FactKind) -> bool,
        change: impl FnOnce(&mut Reading),
    ) {
        if !self.fact.column(ours).is_some_and(|column| fits(column.kind)) {
            return;
        }
        if let Some(
            ColumnSource::Header { reading, .. } | ColumnSource::FirstFilled { reading, .. },
        ) = self.rules.columns.get_mut(ours)
        {
            change(reading);
        }
    }

    fn state(&mut self, word: &str, state: Option<&str>) {
        self.spell_states_out();
        for theirs in self.rules.states.values_mut() {
            theirs.retain(|their| !same_word(their, word));
        }
        if let Some(state) =
            state.and_then(|state| STATES.into_iter().find(|known| *known == state))
        {
            self.rules.states.entry(state.to_owned()).or_default().push(word.to_owned());
        }
        self.rules.states.retain(|_, theirs| !theirs.is_empty());
    }

    /// Our own words hold whatever else is named.
    fn category(&mut self, word: &str, category: Option<&str>) {
        for theirs in self.rules.categories.values_mut() {
            theirs.retain(|their| !same_word(their, word));
        }
        let known = category.and_then(|name| CATEGORIES.into_iter().find(|known| *known == name));
        if let Some(known) = known.filter(|_| self.category_of(word).is_none()) {
            self.rules.categories.entry(known.to_owned()).or_default().push(word.to_owned());
        }
        self.rules.categories.retain(|_, theirs| !theirs.is_empty());
    }

    /// Our own words hold only while no other is named.
    fn spell_states_out(&mut self) {
        if self.rules.states.is_empty() && self.rules.other_state.is_none() {
            self.rules.states = plain_states();
        }
    }
}

fn facts_names(fact: &'static facts::FactTable) -> impl Iterator<Item = &'static str> {
    fact.columns.iter().map(|column| column.name)
}

fn has_a_date(kind: FactKind) -> bool {
    matches!(kind, FactKind::Date | FactKind::Moment | FactKind::Period)
}

fn is_a_number(kind: FactKind) -> bool {
    kind.is_money() || matches!(kind, FactKind::Number | FactKind::Whole)
}
