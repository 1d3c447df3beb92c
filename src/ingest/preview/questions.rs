//! What a person has to settle, and what can be answered.
//!
//! Invariant: a question is what the import itself would refuse the file for;
//! nothing is asked that it would not ask.

use chrono::Datelike;

use crate::catalog::facts::FactColumn;
use crate::catalog::preset::{TakenOn, WORKSPACE};

use super::super::draft::{Change, Draft};
use super::super::error::ImportError;
use super::super::occurrence::Occurrence;
use super::super::pick::Sheet;
use super::super::shape::comparable;
use super::super::unclear::{Unclear, What};
use super::ways::{Offer, Word};

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Which sheet of a workbook.
    Sheet,
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

/// Several sheets of a workbook can be taken in.
pub fn sheet(sheets: &[Sheet], open: bool) -> Option<Question> {
    let fitting = sheets.iter().filter_map(|sheet| {
        let fits = sheet.fits.as_ref()?;
        Some(format!("\"{}\" as {fits}", sheet.name))
    });
    open.then(|| Question {
        about: About::Sheet,
        text: format!("several sheets can be taken in: {}", fitting.collect::<Vec<_>>().join(", ")),
        offers: Vec::new(),
    })
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
        ImportError::HistoryWithoutCurrency { .. } => Some(Question {
            about: About::Currency,
            text: error.to_string(),
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
    let comes_from = |place: &usize| draft.taken_for(*place).contains(&unclear.field);
    let place = draft.headers.iter().position(same);
    let place = place.or_else(|| (0..draft.headers.len()).find(comes_from))?;
    let text = unclear.what.to_string();
    Some(Question { about: About::Column(place), text, offers: offers(unclear) })
}

/// The answers that are at hand for a column.
fn offers(unclear: &Unclear) -> Vec<Offer> {
    let ours = || unclear.field.to_owned();
    let date = |pattern: &str| {
        let change = Change::Date { ours: ours(), pattern: Some(pattern.to_owned()) };
        Offer::new(change, pattern)
    };
    let long = |date: chrono::NaiveDate| date.format("%-d %B %Y").to_string();
    match &unclear.what {
        What::Date { sample, readings, .. } => readings
            .iter()
            .map(|reading| {
                let detail = format!("{} is {}", sample.text, long(reading.date));
                date(&reading.pattern).detail(detail)
            })
            .collect(),
        What::DateMixed { first, second } => [first, second]
            .into_iter()
            .map(|(sample, pattern)| {
                let detail = format!("as {}; rows written otherwise are rejected", sample.text);
                date(pattern).detail(detail)
            })
            .collect(),
        What::DateNumber { sample, reading, .. } => {
            let detail = format!("{} is {}", sample.text, long(reading.date));
            vec![date(&reading.pattern).detail(detail)]
        }
        What::DateYears { sample, date: far, years, .. } => {
            let (first, last) = (years.0.min(far.year()), years.1.max(far.year()));
            let change = Change::Years(Some((first, last)));
            let label = format!("dates from {first} to {last}");
            vec![Offer::new(change, label).detail(format!("{} among them", sample.text))]
        }
        What::DateShifted { date: written, hours, .. } => {
            let change = |hours| Change::Hours { ours: ours(), hours: Some(hours) };
            let next = written.succ_opt().map(long).unwrap_or_default();
            vec![
                Offer::new(change(*hours), format!("{hours} hours later, the next day"))
                    .detail(next),
                Offer::new(change(0), "the day that is written").detail(long(*written)),
            ]
        }
        What::DatesBackwards { closed, .. } => {
            let turned = day_and_month_turned(closed);
            let turned = (turned != *closed).then(|| date(&turned).detail("the other order"));
            let as_it_is = date(closed).detail("and these deals close before they were created");
            turned.into_iter().chain([as_it_is]).collect()
        }
        What::Decimal { whole, divided, sample } => {
            let pointed = sample.text.contains('.');
            let (point, comma) = if pointed { (divided, whole) } else { (whole, divided) };
            let mark = |mark, label: &str, number: &String| {
                let change = Change::Decimal(Some(mark));
                Offer::new(change, label).detail(format!("{} is {number}", sample.text))
            };
            vec![mark('.', "decimal point", point), mark(',', "decimal comma", comma)]
        }
        What::DecimalMixed { .. } => vec![
            Offer::new(Change::Decimal(Some('.')), "decimal point"),
            Offer::new(Change::Decimal(Some(',')), "decimal comma"),
        ],
        What::Percent { sample, .. } => {
            [(1, "0.7 is 70 %"), (100, "70 is 70 %"), (1000, "700 is 70 %")]
                .into_iter()
                .map(|(of, label)| {
                    let change = Change::Whole { ours: ours(), of: Some(of) };
                    Offer::new(change, label).detail(format!("as in {}", sample.text))
                })
                .collect()
        }
        What::Unit { sample, factor } => units(&ours(), &sample.text, &[*factor, 1]),
        What::Magnitude { bare, .. } => units(&ours(), &bare.text, &[1, 1000, 1_000_000]),
        What::FlagUnreadable { samples } => flags(&ours(), samples),
        What::DateUnreadable { .. } | What::NumberUnreadable { .. } | What::Words(_) => Vec::new(),
    }
}

/// What a number without a word such as `k` is multiplied by.
fn units(ours: &str, sample: &str, factors: &[u32]) -> Vec<Offer> {
    let offer = |factor: &u32| {
        let label = match factor {
            1 => "written out",
            1000 => "thousands",
            _ => "millions",
        };
        let change = Change::Unit { ours: ours.to_owned(), unit: Some(*factor) };
        Offer::new(change, label).detail(match factor {
            1 => format!("{sample} is {sample}"),
            factor => format!("{sample} times {factor}"),
        })
    };
    factors.iter().map(offer).collect()
}

/// Which of two words is yes; where there are more, they have to be typed.
fn flags(ours: &str, samples: &[Occurrence]) -> Vec<Offer> {
    let change = |yes: &[&str], no: &[&str]| Change::Flag {
        ours: ours.to_owned(),
        yes: yes.iter().map(|word| (*word).to_owned()).collect(),
        no: no.iter().map(|word| (*word).to_owned()).collect(),
    };
    let texts: Vec<&str> = samples.iter().map(|seen| seen.text.as_str()).collect();
    match texts.as_slice() {
        [only] => vec![
            Offer::new(change(&[only], &[]), format!("\"{only}\" yes")),
            Offer::new(change(&[], &[only]), format!("\"{only}\" no")),
        ],
        [one, other] => vec![
            Offer::new(change(&[one], &[other]), format!("\"{one}\" yes, \"{other}\" no")),
            Offer::new(change(&[other], &[one]), format!("\"{other}\" yes, \"{one}\" no")),
        ],
        _ => Vec::new(),
    }
}

/// `%d/%m/%Y` for `%m/%d/%Y`, and the other way round.
fn day_and_month_turned(pattern: &str) -> String {
    pattern.replace("%d", "\0").replace("%m", "%d").replace('\0', "%m")
}
