//! In which other ways a column could be read, and what that would make of it.

use chrono::NaiveDate;

use crate::catalog::facts::FactKind;
use crate::catalog::preset::{ColumnSource, Last, STATES, Until};

use super::super::column::Column;
use super::super::dates;
use super::super::draft::{Change, Draft};
use super::super::error::ImportError;
use super::{Looked, places};

/// Different values that are looked at.
const VALUES: usize = 2000;
/// Different words that are shown.
const WORDS: usize = 300;

/// An answer that is at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub change: Change,
    pub label: String,
    /// What it would make of the file.
    pub detail: String,
}

impl Offer {
    pub fn new(change: Change, label: impl Into<String>) -> Offer {
        Offer { change, label: label.into(), detail: String::new() }
    }

    pub fn detail(self, detail: impl Into<String>) -> Offer {
        Offer { detail: detail.into(), ..self }
    }
}

/// What can be said about the reading of one column of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// The best first; empty where there is only one way to read it.
    pub offers: Vec<Offer>,
}

/// A word of the stage, the state or the forecast category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub word: String,
    pub rows: u64,
    /// The state or the category it stands for.
    pub stands_for: Option<&'static str>,
}

impl Looked<'_> {
    /// The words of the column that tells the state.
    pub fn states(&self, draft: &Draft) -> Result<Vec<Word>, ImportError> {
        let state = |word: &str| {
            let told = draft.state_of(word)?;
            STATES.into_iter().find(|state| *state == told)
        };
        self.words(draft.state_column(), state)
    }

    /// The words of the column that tells the forecast category.
    pub fn categories(&self, draft: &Draft) -> Result<Vec<Word>, ImportError> {
        self.words(draft.category_column(), |word| draft.category_of(word))
    }

    fn words(
        &self,
        ours: Option<&str>,
        stands_for: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Vec<Word>, ImportError> {
        let column = self.columns.iter().find(|column| Some(column.fact.name) == ours);
        let Some(column) = column else { return Ok(Vec::new()) };
        // A row whose state a rule tells, or that is no data, is not asked about.
        let rules = &self.choice.row_rules;
        let no_data = rules.no_data().map(|no_data| format!("NOT {no_data}"));
        let by_rule = rules.state().filter(|_| matches!(ours, Some("stage" | "state")));
        let by_rule = by_rule.map(|rule| format!("({rule}) IS NULL"));
        let asked: Vec<String> = no_data.into_iter().chain(by_rule).collect();
        let values = self.values(column, &asked, "2 DESC, 1", WORDS)?;
        Ok(values
            .into_iter()
            .map(|(word, rows)| Word { stands_for: stands_for(&word), word, rows })
            .collect())
    }

    /// For each column of the file.
    pub fn ways(&self, draft: &Draft) -> Result<Vec<Ways>, ImportError> {
        let mut out = vec![Ways::default(); self.choice.row.names.len()];
        for column in self.columns.iter().filter(|column| column.in_file) {
            let offers = match column.fact.kind {
                FactKind::Date => self.dates(column)?,
                FactKind::Percent => shares(column.fact.name),
                FactKind::Period => periods(column.fact.name),
                FactKind::Money | FactKind::Number | FactKind::Whole => marks(column.fact.name),
                _ => continue,
            };
            for place in places(self.choice, column.fact.name) {
                out[place].offers.clone_from(&offers);
            }
        }
        // Columns that are a question were left out; what can be said about them stands with it.
        for (place, ways) in out.iter_mut().enumerate() {
            if ways.offers.is_empty() {
                ways.offers = said(draft, place);
            }
        }
        Ok(out)
    }

    /// The patterns that read most of the values, with what they make of one that differs.
    fn dates(&self, column: &Column) -> Result<Vec<Offer>, ImportError> {
        let values = self.values(column, &[], "1", VALUES)?;
        let mut found: Vec<(usize, String, NaiveDate, String)> = Vec::new();
        for pattern in dates::PATTERNS.iter() {
            let mut read = values.iter().filter_map(|(value, _)| {
                let date = pattern.read(dates::without_time(value))?;
                Some((date, value))
            });
            let Some((date, sample)) = read.next() else { continue };
            let sample = sample.clone();
            found.push((1 + read.count(), pattern.to_string(), date, sample));
        }
        found.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
        let ours = column.fact.name;
        let offer = |(count, pattern, date, sample): (usize, String, NaiveDate, String)| {
            let change = Change::Date { ours: ours.to_owned(), pattern: Some(pattern.clone()) };
            Offer::new(change, pattern).detail(format!(
                "{sample} is {}; reads {count} of {}",
                date.format("%-d %b %Y"),
                values.len()
            ))
        };
        let by_evidence = Change::Date { ours: ours.to_owned(), pattern: None };
        let mut offers: Vec<Offer> = found.into_iter().take(8).map(offer).collect();
        offers.push(Offer::new(by_evidence, "by the evidence of its values"));
        Ok(offers)
    }

    /// Different values of a column, with the number of rows that have each; of rows that meet
    /// all conditions over the staged texts.
    fn values(
        &self,
        column: &Column,
        conditions: &[String],
        order: &str,
        limit: usize,
    ) -> Result<Vec<(String, u64)>, ImportError> {
        let only: String = conditions.iter().map(|condition| format!(" AND {condition}")).collect();
        let found = self.session.query(
            &format!(
                "SELECT v, count(*) FROM (SELECT {} AS v, * FROM {}) WHERE v IS NOT NULL{only} \
                 GROUP BY v ORDER BY {order} LIMIT {limit}",
                column.text, self.staged.table
            ),
            &[],
        )?;
        Ok(found
            .rows
            .iter()
            .map(|row| (row[0].plain(), row[1].as_int().unwrap_or_default() as u64))
            .collect())
    }
}

fn shares(ours: &str) -> Vec<Offer> {
    let whole = |of| Change::Whole { ours: ours.to_owned(), of };
    vec![
        Offer::new(whole(Some(100)), "70 is 70 %"),
        Offer::new(whole(Some(1)), "0.7 is 70 %"),
        Offer::new(whole(None), "by the evidence of its values"),
    ]
}

/// A column of first days, where it holds no periods.
fn periods(ours: &str) -> Vec<Offer> {
    let until = |until| Change::Until { ours: ours.to_owned(), until };
    let last = Last::Months(3);
    [
        (None, "periods", "2025-Q4, 2025-10 or 2025"),
        (
            Some(Until::NextRound(last)),
            "first days, each until the next round",
            "the last 3 months",
        ),
        (
            Some(Until::Next(last)),
            "first days, each until the next with its key",
            "the last 3 months",
        ),
        (Some(Until::Month), "days, each for its month", ""),
        (Some(Until::Quarter), "days, each for its quarter", ""),
        (Some(Until::Year), "days, each for its fiscal year", ""),
    ]
    .into_iter()
    .map(|(way, label, detail)| Offer::new(until(way), label).detail(detail))
    .collect()
}

/// The mark holds for the whole file, for one program wrote it; the unit for the column.
fn marks(ours: &str) -> Vec<Offer> {
    let unit = |unit| Change::Unit { ours: ours.to_owned(), unit: Some(unit) };
    vec![
        Offer::new(Change::Decimal(Some('.')), "decimal point in the whole file")
            .detail("1,234.50"),
        Offer::new(Change::Decimal(Some(',')), "decimal comma in the whole file")
            .detail("1.234,50"),
        Offer::new(Change::Decimal(None), "by the evidence of each column"),
        Offer::new(unit(1000), "thousands").detail("45 is 45,000"),
        Offer::new(unit(1_000_000), "millions").detail("1.2 is 1,200,000"),
        Offer::new(unit(1), "written out").detail("45 is 45"),
    ]
}

/// What was said about the reading of a column can be taken back.
fn said(draft: &Draft, place: usize) -> Vec<Offer> {
    let mut offers = Vec::new();
    for ours in draft.taken_for(place) {
        if let Some(
            ColumnSource::Header { reading, .. } | ColumnSource::FirstFilled { reading, .. },
        ) = draft.rules.columns.get(ours)
        {
            if reading.date.is_some() {
                let change = Change::Date { ours: ours.to_owned(), pattern: None };
                offers.push(Offer::new(change, "by the evidence of its values"));
            }
            if reading.unit.is_some() {
                let change = Change::Unit { ours: ours.to_owned(), unit: None };
                offers.push(Offer::new(change, "its heading and its values say"));
            }
            if reading.hours.is_some() {
                let change = Change::Hours { ours: ours.to_owned(), hours: None };
                offers.push(Offer::new(change, "the time of day says"));
            }
            if !reading.yes.is_empty() || !reading.no.is_empty() {
                let (yes, no) = (Vec::new(), Vec::new());
                let change = Change::Flag { ours: ours.to_owned(), yes, no };
                offers.push(Offer::new(change, "by the words for yes and no that are known"));
            }
            if reading.of.is_some() {
                let change = Change::Whole { ours: ours.to_owned(), of: None };
                offers.push(Offer::new(change, "by the evidence of its values"));
            }
        }
    }
    offers
}
