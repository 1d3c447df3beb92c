//! What a person has to settle, and what can be answered.
//!
//! Invariant: a question is what the import itself would refuse the file for;
//! nothing is asked that it would not ask.

use crate::catalog::facts::FactColumn;
use crate::catalog::preset::{TakenOn, WORKSPACE};

use super::super::draft::{Change, Draft};
use super::super::error::ImportError;
use super::super::shape::comparable;
use super::super::unclear::{Unclear, What};
use super::ways::{Offer, Word};

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A column of the file, counted from 0.
    Column(usize),
    /// A column that every row needs.
    Needed(&'static str),
    Currency,
    /// The day that the file shows.
    Day,
    /// Words of the stage that stand for no state.
    Words,
}

/// Something that has to be settled before the file can be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub about: About,
    pub text: String,
    /// Answers that are at hand; there may be others.
    pub offers: Vec<Offer>,
}

/// Columns that come from nowhere.
pub fn needed(draft: &Draft) -> Vec<Question> {
    let lacking = draft.needed();
    let column = |name: &&'static str| draft.fact.column(name);
    lacking
        .iter()
        .filter_map(column)
        .map(|column: &'static FactColumn| Question {
            about: About::Needed(column.name),
            text: format!("every row needs {}, and it comes from nowhere yet", column.name),
            offers: Vec::new(),
        })
        .collect()
}

/// Words that no state is named for.
pub fn words(words: &[Word], draft: &Draft) -> Option<Question> {
    let open: Vec<&Word> = words.iter().filter(|word| word.stands_for.is_none()).collect();
    if open.is_empty() || draft.state_column().is_none() {
        return None;
    }
    let rows: u64 = open.iter().map(|word| word.rows).sum();
    let some: Vec<String> = open.iter().take(3).map(|word| format!("\"{}\"", word.word)).collect();
    let more = if open.len() > some.len() { " ..." } else { "" };
    Some(Question {
        about: About::Words,
        text: format!(
            "{} for the state stand for none of ours ({rows} rows): {}{more}",
            if open.len() == 1 { "1 word".to_owned() } else { format!("{} words", open.len()) },
            some.join(", ")
        ),
        offers: Vec::new(),
    })
}

/// Words that no forecast category is named for, where the mapping names any.
pub fn categories(words: &[Word], draft: &Draft) -> Option<Question> {
    let open: Vec<&Word> = words.iter().filter(|word| word.stands_for.is_none()).collect();
    let column = draft.category_column().filter(|_| !draft.rules.categories.is_empty())?;
    let place = (0..draft.headers.len()).find(|place| draft.taken_for(*place).contains(&column))?;
    let some: Vec<String> = open.iter().take(3).map(|word| format!("\"{}\"", word.word)).collect();
    (!open.is_empty()).then(|| Question {
        about: About::Column(place),
        text: format!("nothing says which forecast category these are: {}", some.join(", ")),
        offers: Vec::new(),
    })
}

/// The question that an error puts, where it puts one.
pub fn of(error: &ImportError, draft: &Draft) -> Option<Question> {
    match error {
        ImportError::Unclear(unclear) => of_column(unclear, draft),
        ImportError::CurrencyMissing { why, .. } => Some(Question {
            about: About::Currency,
            text: format!("no currency: {why}"),
            offers: vec![Offer::new(
                Change::Currency(Some(WORKSPACE.to_owned())),
                "the reporting currency of the workspace",
            )],
        }),
        ImportError::DayUnknown { why, .. } => Some(Question {
            about: About::Day,
            text: why.clone(),
            offers: vec![
                Offer::new(Change::TakenOn(TakenOn::LatestDate), "the latest date in the file"),
                Offer::new(Change::TakenOn(TakenOn::FileName), "from the file's name, else today"),
            ],
        }),
        _ => None,
    }
}

fn of_column(unclear: &Unclear, draft: &Draft) -> Option<Question> {
    let same = |header: &String| comparable(header) == comparable(&unclear.column);
    let place = draft.headers.iter().position(same)?;
    let ours = (*draft.taken_for(place).first()?).to_owned();
    let offers = match &unclear.what {
        What::Date { sample, readings, .. } => readings
            .iter()
            .map(|reading| {
                let pattern = reading.pattern.clone();
                let change = Change::Date { ours: ours.clone(), pattern: Some(pattern) };
                Offer::new(change, &reading.pattern).detail(format!(
                    "{} is {}",
                    sample.text,
                    reading.date.format("%-d %B %Y")
                ))
            })
            .collect(),
        What::DateMixed { first, second } => [first, second]
            .into_iter()
            .map(|(sample, pattern)| {
                let change = Change::Date { ours: ours.clone(), pattern: Some(pattern.clone()) };
                Offer::new(change, pattern)
                    .detail(format!("as {}; rows written otherwise are rejected", sample.text))
            })
            .collect(),
        What::Decimal { whole, divided, sample } => {
            let sample = &sample.text;
            let point = if sample.contains('.') { divided } else { whole };
            let comma = if sample.contains('.') { whole } else { divided };
            vec![
                Offer::new(Change::Decimal(Some('.')), "decimal point")
                    .detail(format!("{sample} is {point}")),
                Offer::new(Change::Decimal(Some(',')), "decimal comma")
                    .detail(format!("{sample} is {comma}")),
            ]
        }
        What::DecimalMixed { .. } => vec![
            Offer::new(Change::Decimal(Some('.')), "decimal point"),
            Offer::new(Change::Decimal(Some(',')), "decimal comma"),
        ],
        What::Percent { sample, .. } => {
            [(1, "0.7 is 70 %"), (100, "70 is 70 %"), (1000, "700 is 70 %")]
                .into_iter()
                .map(|(of, label)| {
                    let change = Change::Whole { ours: ours.clone(), of: Some(of) };
                    Offer::new(change, label).detail(format!("as in {}", sample.text))
                })
                .collect()
        }
        _ => Vec::new(),
    };
    let text = unclear.what.to_string();
    Some(Question { about: About::Column(place), text, offers })
}
