//! In which way a column writes its dates, by the evidence of all its values.
//!
//! Owns the patterns that are tried and the rule that a column has one of them.
//! Never guesses: where two patterns read every value and differ about one,
//! where the values mix two patterns, or where the years cannot be, it says so,
//! and the import stops.

mod clock;
mod reads;
mod sql;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::DatePattern;
use crate::domain::date_pattern::Part;

use super::occurrence::{self, Occurrence, Why};
use super::unclear::{DateReading, What};

pub use clock::{Clock, Years};
pub use sql::{CLOCK, timeless, within};

use reads::{Made, Reads};

pub use reads::PATTERNS;

/// How one column writes its dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateStyle {
    pub pattern: DatePattern,
    pub clock: Clock,
    pub years: Years,
    /// Hours that are added before the day is taken.
    pub hours: u8,
}

/// Everything that is known of a column of dates.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Its different texts, without times of day and without words for a missing value.
    pub values: &'a [Occurrence],
    pub clock: Clock,
    /// Patterns that a mapping or a preset names; none: all that are known are tried.
    pub given: &'a [DatePattern],
    pub years: Years,
    /// Its heading speaks of a date: `45123` may be one.
    pub named_date: bool,
    /// Hours that a mapping adds before the day is taken.
    pub hours: Option<u8>,
}

/// What the values say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// `None`: no value at all.
    pub style: Option<DateStyle>,
    pub why: Why,
    /// Texts that stand for no date.
    pub placeholders: Vec<Occurrence>,
}

/// Decides over all the values of a column.
///
/// # Errors
/// What is not clear about it.
pub fn decide(question: &Question<'_>) -> Result<Answer, What> {
    let (zeros, values): (Vec<&Occurrence>, Vec<&Occurrence>) =
        question.values.iter().partition(|value| is_zero(&value.text));
    let placeholders = |best: Option<&Reads<'_>>| {
        let made = best.into_iter().flat_map(|best| best.made.iter().zip(&values));
        let found = made.filter(|(made, _)| **made == Made::Placeholder).map(|(_, value)| *value);
        found.chain(zeros.iter().copied()).cloned().collect::<Vec<Occurrence>>()
    };
    let all = occurrence::rows(values.iter().copied());
    if all == 0 {
        let why = Why::words("it has no date at all");
        return Ok(Answer { style: None, why, placeholders: placeholders(None) });
    }
    let candidates = if question.given.is_empty() { PATTERNS.as_slice() } else { question.given };
    let mut reads: Vec<Reads<'_>> = candidates
        .iter()
        .map(|pattern| Reads::of(pattern, &values, question.years))
        .filter(|reads| reads.rows + reads.beyond > 0 || question.given.len() == 1)
        .collect();
    reads.sort_by_key(|reads| std::cmp::Reverse((reads.rows, reads.beyond)));
    let Some(best) = reads.first() else {
        return Err(What::DateUnreadable { samples: samples(&values, None) });
    };
    let guessed = best.pattern.is_number() && question.given.is_empty();
    if guessed {
        refuse_number(best, &values, all, question)?;
    }
    refuse_years(best, &values, all, question)?;
    refuse_shift(best, &values, question)?;
    let mut why = Why::words(match question.given {
        [_] => "as the mapping or the preset says".to_owned(),
        _ => format!("no other pattern reads {}", texts(values.len())),
    });
    if question.given.len() != 1 {
        if best.rows * 2 < all {
            return Err(mostly_unread(&reads, &values, all));
        }
        if guessed {
            why = Why::words("its heading speaks of a date, and every value is one");
        }
        if let Some(decided_by) = against_rivals(&reads, &values, all)? {
            why = decided_by;
        }
    }
    let days = best.made.iter().any(|made| matches!(made, Made::Day(_)));
    let style = (days || question.given.len() == 1).then(|| DateStyle {
        pattern: best.pattern.clone(),
        clock: question.clock,
        years: question.years,
        hours: question.hours.unwrap_or(0),
    });
    Ok(Answer { style, why, placeholders: placeholders(Some(best)) })
}

/// Compares the best pattern with every other that reads something; the value that decided, where
/// another was possible.
fn against_rivals(
    reads: &[Reads<'_>],
    values: &[&Occurrence],
    all: u64,
) -> Result<Option<Why>, What> {
    let [best, rest @ ..] = reads else { return Ok(None) };
    let mut decided_by: Option<Why> = None;
    for other in rest.iter().filter(|other| other.rows > 0) {
        let found = best.against(other, values);
        let theirs = occurrence::rows(found.theirs.iter().copied());
        if theirs > 0 && (swapped(best.pattern, other.pattern) || theirs * 100 >= all) {
            let ours = occurrence::first(found.ours.iter().copied()).cloned().unwrap_or_default();
            let theirs =
                occurrence::first(found.theirs.iter().copied()).cloned().unwrap_or_default();
            return Err(What::DateMixed {
                first: (ours, best.pattern.to_string()),
                second: (theirs, other.pattern.to_string()),
            });
        }
        let Some((place, sample)) = found.both else { continue };
        match occurrence::first(found.ours.iter().copied()) {
            None if theirs == 0 => {
                let rivals = reads.iter().filter(|reads| reads.rows == best.rows);
                return Err(unclear(sample, place, rivals));
            }
            Some(ours) if decided_by.is_none() => {
                decided_by = Some(Why {
                    words: format!("cannot be {}", other.pattern),
                    seen: Some(ours.clone()),
                });
            }
            _ => {}
        }
    }
    Ok(decided_by)
}

fn unclear<'a, 'b: 'a>(
    sample: &Occurrence,
    place: usize,
    rivals: impl Iterator<Item = &'a Reads<'b>>,
) -> What {
    // One pattern per different reading of the sample.
    let readings: BTreeMap<NaiveDate, String> = rivals
        .filter_map(|reads| match reads.made[place] {
            Made::Day(date) => Some((date, reads.pattern.to_string())),
            _ => None,
        })
        .collect();
    let readings =
        readings.into_iter().map(|(date, pattern)| DateReading { pattern, date, backwards: None });
    What::Date { sample: sample.clone(), readings: readings.collect(), sibling: None }
}

/// Years that cannot be, in more than one of twenty rows, are no typing errors; neither is the one
/// of two.
fn refuse_years(
    best: &Reads<'_>,
    values: &[&Occurrence],
    all: u64,
    question: &Question<'_>,
) -> Result<(), What> {
    let many = (best.beyond > 1 && best.beyond * 20 > all) || best.beyond * 2 >= all;
    if !many || (best.rows + best.beyond) * 2 < all {
        return Ok(());
    }
    let Some((sample, date)) = best.beyond_sample(values) else { return Ok(()) };
    let years = (question.years.first, question.years.last);
    let pattern = best.pattern.to_string();
    Err(What::DateYears { sample, date, pattern, rows: best.beyond, years })
}

/// `2025-03-31T22:00:00Z` is the first of April in Berlin.
fn refuse_shift(
    best: &Reads<'_>,
    values: &[&Occurrence],
    question: &Question<'_>,
) -> Result<(), What> {
    let Some((hour, hours)) = question.clock.midnight_elsewhere() else { return Ok(()) };
    let days = best.made.iter().zip(values).filter_map(|(made, value)| match made {
        Made::Day(date) => Some((*value, *date)),
        _ => None,
    });
    let days: Vec<_> = days.collect();
    // Two or three of the same time are chance.
    let first = days.iter().min_by_key(|(value, _)| value.row);
    match first {
        Some((sample, date)) if days.len() > 3 && question.hours.is_none() => {
            Err(What::DateShifted { sample: (*sample).clone(), date: *date, hour, hours })
        }
        _ => Ok(()),
    }
}

/// A number is taken for a date only where the heading speaks of one and every value can be one.
fn refuse_number(
    best: &Reads<'_>,
    values: &[&Occurrence],
    all: u64,
    question: &Question<'_>,
) -> Result<(), What> {
    if question.named_date && best.rows == all {
        return Ok(());
    }
    let read = best.made.iter().zip(values).filter_map(|(made, value)| match made {
        Made::Day(date) => Some((*value, *date)),
        _ => None,
    });
    let Some((sample, date)) = read.min_by_key(|(value, _)| value.row) else { return Ok(()) };
    let reading = DateReading { pattern: best.pattern.to_string(), date, backwards: None };
    Err(What::DateNumber { sample: sample.clone(), reading, others: all - best.rows })
}

/// No pattern reads half of the rows.
fn mostly_unread(reads: &[Reads<'_>], values: &[&Occurrence], all: u64) -> What {
    if let [best, rest @ ..] = reads {
        for other in rest {
            let found = best.against(other, values);
            let theirs = occurrence::rows(found.theirs.iter().copied());
            if let (Some(ours), Some(first)) = (
                occurrence::first(found.ours.iter().copied()),
                occurrence::first(found.theirs.iter().copied()),
            ) && (best.rows + theirs) * 2 >= all
            {
                return What::DateMixed {
                    first: (ours.clone(), best.pattern.to_string()),
                    second: (first.clone(), other.pattern.to_string()),
                };
            }
        }
    }
    What::DateUnreadable { samples: samples(values, reads.first()) }
}

/// The first values that are not read, three at most.
fn samples(values: &[&Occurrence], best: Option<&Reads<'_>>) -> Vec<Occurrence> {
    let unread = values
        .iter()
        .enumerate()
        .filter(|(place, _)| best.is_none_or(|best| !best.made[*place].fits()));
    let mut unread: Vec<Occurrence> = unread.map(|(_, value)| (*value).clone()).collect();
    unread.sort_by_key(|value| value.row);
    unread.truncate(3);
    unread
}

/// The same separators and digits in another order: what one reads wrongly the other may read.
fn swapped(one: &DatePattern, other: &DatePattern) -> bool {
    let shape = |pattern: &DatePattern| match pattern {
        DatePattern::Written(parts) => parts
            .iter()
            .map(|part| match part {
                Part::Month | Part::Day | Part::ShortYear => 'n',
                Part::Year => 'Y',
                Part::MonthName | Part::Weekday => 'w',
                Part::Text(letter) => *letter,
            })
            .collect(),
        _ => String::new(),
    };
    one != other && shape(one) == shape(other)
}

/// `0000-00-00`, with anything between the noughts.
fn is_zero(text: &str) -> bool {
    text.len() >= 8
        && text.bytes().all(|byte| matches!(byte, b'0' | b'-' | b'/' | b'.' | b' '))
        && text.bytes().filter(|byte| *byte == b'0').count() >= 6
}

fn texts(count: usize) -> String {
    if count == 1 { "its value".into() } else { format!("its {count} different values") }
}

/// The value up to its time of day.
pub fn without_time(value: &str) -> &str {
    let Some(colon) = value.find(':') else { return value };
    let hour = value[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    let date = hour.strip_suffix(['T', ' ']).map(|date| date.trim_end_matches([' ', ',']));
    date.filter(|date| !date.is_empty() && colon > hour.len()).unwrap_or(value)
}

/// A heading that speaks of a date or a time, in the languages of the months.
pub fn speaks_of_a_date(heading: &str) -> bool {
    const WORDS: [&str; 22] = [
        "date", "datum", "fecha", "data", "time", "zeit", "tempo", "heure", "hora", "day", "tag",
        "jour", "dia", "created", "closed", "entered", "exited", "modified", "started", "ended",
        "erstellt", "criado",
    ];
    let small = heading.to_lowercase();
    let mut words = small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.any(|word| {
        WORDS.contains(&word)
            || ["on", "at"].contains(&word)
            || ["date", "datum", "fecha", "time"]
                .iter()
                .any(|end| word.ends_with(end) && word != "update")
            || word == "día"
    })
}

#[cfg(test)]
mod tests;
