//! What is not clear about a column, and the line of a mapping that settles it.
//!
//! The figures would differ, so that the person who imports has to say which it
//! is. Owns the words; decides nothing.

mod remedy;
mod words;

use std::fmt;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::catalog::preset::ColumnSource;
use crate::domain::text::harmless;

use super::occurrence::Occurrence;

pub use words::UnknownWords;

/// A column that can be read in more than one way, or in none.
#[derive(Debug)]
pub struct Unclear {
    pub file: PathBuf,
    pub preset: String,
    /// The table that the file is taken for.
    pub table: &'static str,
    /// The column of the table.
    pub field: &'static str,
    /// As the file names it.
    pub column: String,
    /// Where the preset takes it from.
    pub source: Option<ColumnSource>,
    pub what: What,
    /// More of them in the same file.
    pub others: Vec<Unclear>,
}

/// One way of reading a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateReading {
    pub pattern: String,
    pub date: NaiveDate,
    /// Deals that would close before they were created, of how many.
    pub backwards: Option<(u64, u64)>,
}

/// What is not clear about a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Several date patterns read every value. `sibling`: another column and its pattern.
    Date {
        sample: Occurrence,
        readings: Vec<DateReading>,
        sibling: Option<(String, String)>,
    },
    /// Some values can only be read one way and some only another.
    DateMixed {
        first: (Occurrence, String),
        second: (Occurrence, String),
    },
    /// No pattern reads enough of the values.
    DateUnreadable {
        samples: Vec<Occurrence>,
    },
    /// Numbers that may count days or seconds; `others`: rows that cannot.
    DateNumber {
        sample: Occurrence,
        reading: DateReading,
        others: u64,
    },
    /// So many rows lie in years in which no date can lie.
    DateYears {
        sample: Occurrence,
        date: NaiveDate,
        pattern: String,
        rows: u64,
        years: (i32, i32),
    },
    /// Every time is the same hour in UTC: midnight some hours east of it, on the next day.
    DateShifted {
        sample: Occurrence,
        date: NaiveDate,
        hour: u32,
        hours: u8,
    },
    /// Deals would close before they were created.
    DatesBackwards {
        sample: Occurrence,
        created: (String, String),
        closed: String,
        backwards: u64,
        rows: u64,
    },
    /// `1.234` with nothing that tells whether the mark groups or divides.
    Decimal {
        sample: Occurrence,
        whole: String,
        divided: String,
    },
    DecimalMixed {
        point: Occurrence,
        comma: Occurrence,
    },
    NumberUnreadable {
        samples: Vec<Occurrence>,
    },
    /// `45k` beside `45`.
    Magnitude {
        bare: Occurrence,
        scaled: Occurrence,
    },
    /// The heading says that its numbers are thousands or millions.
    Unit {
        sample: Occurrence,
        factor: u32,
    },
    /// Words that the preset knows no meaning of.
    Words(UnknownWords),
    /// `1` among values from 0 to 1: all of it, or one in a hundred?
    Percent {
        sample: Occurrence,
        why: &'static str,
    },
    /// Most values are neither yes nor no.
    FlagUnreadable {
        samples: Vec<Occurrence>,
    },
}

impl What {
    /// The values that it shows.
    pub(super) fn seen(&mut self) -> Vec<&mut Occurrence> {
        match self {
            What::Date { sample, .. }
            | What::DateNumber { sample, .. }
            | What::DateYears { sample, .. }
            | What::DateShifted { sample, .. }
            | What::DatesBackwards { sample, .. }
            | What::Decimal { sample, .. }
            | What::Unit { sample, .. }
            | What::Percent { sample, .. } => vec![sample],
            What::DateMixed { first, second } => vec![&mut first.0, &mut second.0],
            What::DecimalMixed { point: first, comma: second }
            | What::Magnitude { bare: first, scaled: second } => vec![first, second],
            What::DateUnreadable { samples }
            | What::NumberUnreadable { samples }
            | What::FlagUnreadable { samples } => samples.iter_mut().collect(),
            What::Words(_) => Vec::new(),
        }
    }
}

impl Unclear {
    /// This one and the others.
    fn all(&self) -> impl Iterator<Item = &Unclear> {
        std::iter::once(self).chain(&self.others)
    }
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, one) in self.all().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            let (file, column) = (one.file.display(), harmless(&one.column));
            write!(f, "{file}: column \"{column}\": {}", one.what)?;
        }
        Ok(())
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Date { sample, readings, sibling } => {
                write!(f, "{sample} can be read as ")?;
                for (place, reading) in readings.iter().enumerate() {
                    let link = if place == 0 { "" } else { " or as " };
                    write!(f, "{link}{} ({})", reading.date.format("%-d %B %Y"), reading.pattern)?;
                }
                f.write_str(", and no value of the column tells which")?;
                for reading in readings {
                    if let Some((backwards, rows)) = reading.backwards {
                        write!(
                            f,
                            "; by {}, {backwards} of {rows} deals would close before they were created",
                            reading.pattern
                        )?;
                    }
                }
                if let Some((other, pattern)) = sibling {
                    write!(f, "; \"{}\" of the same file is {pattern}", harmless(other))?;
                }
                Ok(())
            }
            What::DateMixed { first, second } => write!(
                f,
                "{} can only be {}, and {} can only be {}: the column mixes two ways of writing \
                 dates, as a spreadsheet leaves them that has turned some of them round",
                first.0, first.1, second.0, second.1
            ),
            What::DateUnreadable { samples } => {
                write!(f, "most of its values are no dates: {}", listed(samples))
            }
            What::DateNumber { sample, reading, others } => {
                write!(
                    f,
                    "{sample} can be a number, or the {} ({})",
                    reading.date.format("%-d %B %Y"),
                    reading.pattern
                )?;
                match others {
                    0 => f.write_str(", and its heading does not speak of a date"),
                    _ => write!(f, ", and {others} rows of the column can be no such date"),
                }
            }
            What::DateYears { sample, date, pattern, rows, years } => write!(
                f,
                "{sample} is the {} by {pattern}, and {rows} rows are not from {} to {} by it",
                date.format("%-d %B %Y"),
                years.0,
                years.1
            ),
            What::DateShifted { sample, hour, .. } => write!(
                f,
                "every time of day is {hour} o'clock in UTC, or an hour later, at {sample} for one: that \
                 is midnight further east, and the day that was meant is the next"
            ),
            What::DatesBackwards { sample, created, closed, backwards, rows } => write!(
                f,
                "read as {closed}, {backwards} of {rows} deals close before they were created, {sample} \
                 among them, created \"{}\" ({})",
                harmless(&created.0),
                created.1
            ),
            What::Decimal { sample, whole, divided } => write!(
                f,
                "{sample} can be read as {whole} or as {divided}, and no value of the column tells which"
            ),
            What::DecimalMixed { point, comma } => write!(
                f,
                "{point} is written with a decimal point and {comma} with a decimal comma"
            ),
            What::NumberUnreadable { samples } => {
                write!(f, "most of its values are no numbers: {}", listed(samples))
            }
            What::Magnitude { bare, scaled } => write!(
                f,
                "{scaled} says what it is multiplied by, and {bare} does not: it may mean the same"
            ),
            What::Unit { sample, factor } => write!(
                f,
                "its heading speaks of {}: {sample} may be so many of them, or be written out",
                if *factor == 1000 { "thousands" } else { "millions" }
            ),
            What::Words(words) => write!(f, "{words}"),
            What::Percent { sample, why } => {
                write!(f, "{sample} can be a share or a percentage: {why}")
            }
            What::FlagUnreadable { samples } => {
                write!(f, "most of its values are neither yes nor no: {}", listed(samples))
            }
        }
    }
}

fn listed(samples: &[Occurrence]) -> String {
    samples.iter().map(Occurrence::to_string).collect::<Vec<_>>().join(", ")
}
