//! How each column of a file is read: decided once per column, over all of its
//! values, before any row is taken.
//!
//! Owns the way from what a column holds to how it is read, and the refusal
//! where that is not clear. Never looks at one row alone.

use std::collections::BTreeMap;

use crate::catalog::facts::FactKind;
use crate::catalog::preset::{Ids, Reading};
use crate::domain::DatePattern;
use crate::workspace::Session;

use super::choose::{Choice, From, Mapped, Place};
use super::column::{Column, Style};
use super::conditions;
use super::dates::{self, Clock, Years};
use super::error::ImportError;
use super::evidence::{self, Asked, Found, Way};
use super::flags;
use super::missing::{self, Words};
use super::numbers::{self, NumberStyle};
use super::occurrence::{Occurrence, Why};
use super::order;
use super::shares;
use super::source::Source;
use super::stage::{Staged, quoted};
use super::unclear::{Unclear, What};
use super::units;
use super::words;

/// Looks at every mapped column. `years` are those in which a date can lie.
///
/// # Errors
/// `Unclear` with every column that can be read in more ways than one, or in none.
pub fn profile(
    session: &Session<'_>,
    source: &Source,
    choice: &Choice<'_>,
    staged: &Staged,
    years: Years,
) -> Result<Vec<Column>, ImportError> {
    let profiler = Profiler { session, choice, staged, years };
    let mut drafts: Vec<Draft<'_>> =
        choice.columns.iter().map(|mapped| profiler.draft(mapped)).collect();
    ask_twins(&mut drafts);
    let asked: Vec<Asked> = drafts.iter().flat_map(|draft| draft.asked.clone()).collect();
    let mut found = evidence::collect(session, &staged.table, &asked)?.into_iter();
    let mut unclear: Vec<(usize, What)> = Vec::new();
    for (place, draft) in drafts.iter_mut().enumerate() {
        let found: Vec<Found> = found.by_ref().take(draft.asked.len()).collect();
        if let Err(what) = profiler.settle(draft, found)? {
            unclear.push((place, what));
        }
    }
    let mut columns: Vec<Column> = drafts.into_iter().map(|draft| draft.column).collect();
    order::judge(session, &staged.table, choice, &columns, &mut unclear)?;
    look_up_lines(source, staged, &mut columns, &mut unclear)?;
    if unclear.is_empty() {
        return Ok(columns);
    }
    Err(ImportError::Unclear(Box::new(told(source, choice, &columns, unclear))))
}

/// What a log says was there before a change is written as what was there after it: each is
/// evidence for the other.
fn ask_twins(drafts: &mut [Draft<'_>]) {
    let dates = drafts.iter().map(|draft| {
        let asked = draft.asked.iter().find(|asked| matches!(asked.way, Way::Dates));
        (draft.column.fact.name, asked.cloned())
    });
    let dates: Vec<(&str, Option<Asked>)> = dates.collect();
    for draft in drafts.iter_mut() {
        let name = draft.column.fact.name;
        let twin =
            name.strip_suffix("_before").map_or_else(|| format!("{name}_before"), str::to_owned);
        let twin = dates.iter().find(|(other, _)| *other == twin);
        if let (Some((_, Some(asked))), true) =
            (twin, draft.asked.iter().any(|asked| matches!(asked.way, Way::Dates)))
        {
            draft.asked.push(asked.clone());
        }
    }
}

/// The first unclear column, with the others behind it.
fn told(
    source: &Source,
    choice: &Choice<'_>,
    columns: &[Column],
    unclear: Vec<(usize, What)>,
) -> Unclear {
    // A pattern found for one column is a hint, no more, for another of the same file.
    let sibling = columns.iter().find_map(|column| match &column.style {
        Style::Date(style) => Some((column.header.clone(), style.pattern.to_string())),
        _ => None,
    });
    let mut all = unclear.into_iter().map(|(place, mut what)| {
        if let What::Date { sibling: hint, .. } = &mut what {
            hint.clone_from(&sibling);
        }
        let column = &columns[place];
        choice.unclear(&source.path, column.fact.name, &column.header, what)
    });
    let first = all.next();
    let others: Vec<Unclear> = all.collect();
    match first {
        Some(first) => Unclear { others, ..first },
        None => unreachable!("there is an unclear column"),
    }
}

/// Puts the line to every value that is shown.
fn look_up_lines(
    source: &Source,
    staged: &Staged,
    columns: &mut [Column],
    unclear: &mut [(usize, What)],
) -> Result<(), ImportError> {
    let mut shown: Vec<&mut Occurrence> = columns.iter_mut().flat_map(Column::shown).collect();
    shown.extend(unclear.iter_mut().flat_map(|(_, what)| what.seen()));
    let mut rows: Vec<u64> = shown.iter().map(|seen| seen.row).collect();
    rows.sort_unstable();
    rows.dedup();
    if rows.is_empty() {
        return Ok(());
    }
    let lines = staged.lines_of(source, &rows)?;
    let line_of: BTreeMap<u64, u64> = rows.into_iter().zip(lines).collect();
    for seen in shown {
        seen.line = line_of.get(&seen.row).copied().unwrap_or_default();
    }
    Ok(())
}

struct Profiler<'a> {
    session: &'a Session<'a>,
    choice: &'a Choice<'a>,
    staged: &'a Staged,
    years: Years,
}

/// A column that is not settled yet, and what is asked about it.
struct Draft<'a> {
    column: Column,
    reading: Option<&'a Reading>,
    words: Words,
    asked: Vec<Asked>,
    /// Its text is as the file has it: words for a missing value are still in it.
    raw: bool,
}

impl<'a> Profiler<'a> {
    fn draft(&self, mapped: &Mapped<'a>) -> Draft<'a> {
        let fact = mapped.column;
        let kind = fact.kind;
        let default = Reading::default();
        let (places, reading, constant) = match &mapped.from {
            From::Constant(value) => (&[][..], None, Some(quoted(value.trim()))),
            From::Columns(places, reading) => (places.as_slice(), Some(*reading), None),
        };
        let told = reading.unwrap_or(&default);
        let words = Words::of(fact, self.choice.rules, told);
        let spellings = words.spellings();
        let listed: Vec<&str> = spellings.iter().map(String::as_str).collect();
        let of_words =
            |text: &String| Asked { text: text.clone(), way: Way::Words(spellings.clone()) };
        let id = fact.name.trim_end_matches("_before").ends_with("_id") && kind == FactKind::Text;
        let raw = |column: &usize| self.raw(*column, id);
        // The words of a single column are found with its values, or alone where it is a text; of
        // several columns, each is cleaned before they are joined or the first is taken.
        let (text, mut asked, raw) = match (constant, places) {
            (Some(constant), _) => (constant, Vec::new(), false),
            (None, [Place { columns, when }]) if columns.len() == 1 && when.is_empty() => {
                let only = raw(&columns[0]);
                let asked = if kind == FactKind::Text { vec![of_words(&only)] } else { Vec::new() };
                (only, asked, true)
            }
            (None, several) => {
                let gone: Vec<&str> =
                    listed.iter().copied().filter(|text| words.is_missing(text)).collect();
                let clean: Vec<String> = several
                    .iter()
                    .map(|place| place_text(place, |column| missing::without(&raw(column), &gone)))
                    .collect();
                let asked = several.iter().flat_map(|place| &place.columns).map(raw);
                let asked = asked.map(|text| of_words(&text)).collect();
                match clean.as_slice() {
                    [only] => (only.clone(), asked, false),
                    several => (format!("coalesce({})", several.join(", ")), asked, false),
                }
            }
        };
        let way = match kind {
            FactKind::Period if self.choice.until(fact.name).is_some() => Some(Way::Dates),
            FactKind::Text | FactKind::Period => None,
            FactKind::Date | FactKind::Moment => Some(Way::Dates),
            FactKind::Flag => Some(Way::Whole),
            FactKind::Money
            | FactKind::Price
            | FactKind::Number
            | FactKind::Percent
            | FactKind::Whole => Some(Way::Shapes),
        };
        if way.is_none() && kind == FactKind::Period && asked.is_empty() && raw {
            asked.push(of_words(&text));
        }
        asked.extend(way.map(|way| Asked { text: text.clone(), way }));
        let column = Column {
            fact,
            header: self.choice.header_of(fact.name),
            text,
            style: if kind == FactKind::Text { Style::Text } else { Style::Empty },
            why: Why::default(),
            missing: Vec::new(),
            kept: Vec::new(),
            states: told.states.clone(),
            currencies: Vec::new(),
            rounded: 0,
            in_file: reading.is_some(),
        };
        Draft { column, reading, words, asked, raw }
    }

    /// SQL of one column of the file; an id in its longer form, where the preset says how it is
    /// written.
    fn raw(&self, column: usize, id: bool) -> String {
        let text = self.trimmed(&format!("c{column}"));
        match self.choice.rules.ids {
            Some(Ids::Salesforce) if id => words::long_id(&text),
            _ => text,
        }
    }

    /// Trimming costs more than reading, so it is left out where the file has no outer blanks.
    fn trimmed(&self, raw: &str) -> String {
        if self.staged.structure.padded {
            let blanks = " \t\n\r\u{b}\u{c}\u{a0}\u{2007}\u{2009}\u{200b}\u{202f}\u{3000}\u{feff}";
            format!("nullif(trim({raw}, {}), '')", quoted(blanks))
        } else {
            raw.to_owned()
        }
    }

    /// Decides by what was found. Inner error: what is not clear.
    fn settle(
        &self,
        draft: &mut Draft<'_>,
        found: Vec<Found>,
    ) -> Result<Result<(), What>, ImportError> {
        let mut values: Vec<Occurrence> = Vec::new();
        let (mut clock, mut own) = (0, true);
        for (asked, found) in std::mem::take(&mut draft.asked).into_iter().zip(found) {
            if let Way::Words(_) = asked.way {
                draft.take_words(found.values);
                continue;
            }
            let words = &draft.words;
            let (gone, left): (Vec<_>, Vec<_>) = found
                .values
                .into_iter()
                .partition(|seen| draft.raw && words.is_missing(&seen.text));
            values.extend(left);
            clock |= found.clock;
            // Behind its own come those of its twin.
            if std::mem::take(&mut own) {
                draft.column.missing.extend(gone);
            }
        }
        let column = &mut draft.column;
        if draft.raw {
            column.text = missing::without(&column.text, &texts(&column.missing));
        }
        let style = self.style(column, draft.reading, &values, Clock::of_bits(clock))?;
        Ok(style.map(|style| column.style = style))
    }

    /// How the values are read, which is noted with its reason. Inner error: what is not clear.
    fn style(
        &self,
        column: &mut Column,
        reading: Option<&Reading>,
        values: &[Occurrence],
        clock: Clock,
    ) -> Result<Result<Style, What>, ImportError> {
        let default = Reading::default();
        let reading = reading.unwrap_or(&default);
        let kind = column.fact.kind;
        Ok(match kind {
            FactKind::Text => Ok(Style::Text),
            FactKind::Period if self.choice.until(column.fact.name).is_none() => Ok(Style::Period),
            _ if values.is_empty() => Ok(Style::Empty),
            FactKind::Date | FactKind::Moment | FactKind::Period => {
                self.date(column, reading, values, clock)
            }
            FactKind::Flag => flags::decide(values, &reading.yes, &reading.no)
                .map(|(style, why)| (column.why = why, Style::Flag(style)).1),
            _ => match self.number(column, reading, values) {
                Err(what) => Err(what),
                Ok(number) if kind == FactKind::Percent => {
                    return self.share(column, reading, number);
                }
                Ok(number) => Ok(Style::Number(number)),
            },
        })
    }

    fn date(
        &self,
        column: &mut Column,
        reading: &Reading,
        values: &[Occurrence],
        clock: Clock,
    ) -> Result<Style, What> {
        let given = match &reading.date {
            Some(own) => std::slice::from_ref(own),
            None => self.choice.rules.dates.as_slice(),
        };
        // The catalog has checked them.
        let given: Vec<DatePattern> = given.iter().filter_map(|text| text.parse().ok()).collect();
        let answer = dates::decide(&dates::Question {
            values,
            clock,
            given: &given,
            years: self.years,
            named_date: dates::speaks_of_a_date(&column.header),
            // An instant is what it is; only a day can be meant otherwise.
            hours: if column.fact.kind == FactKind::Moment { Some(0) } else { reading.hours },
        })?;
        let style = answer.style.map_or(Style::Empty, Style::Date);
        if !answer.placeholders.is_empty() {
            let text = match &style {
                Style::Date(style) if style.clock.any() => dates::timeless(&column.text),
                _ => column.text.clone(),
            };
            let gone = missing::listed(&texts(&answer.placeholders));
            column.text =
                format!("CASE WHEN {text} IN ({gone}) THEN NULL ELSE {} END", column.text);
        }
        column.missing.extend(answer.placeholders);
        column.why = answer.why;
        Ok(style)
    }

    fn number(
        &self,
        column: &mut Column,
        reading: &Reading,
        shapes: &[Occurrence],
    ) -> Result<NumberStyle, What> {
        let kind = column.fact.kind;
        if let (Some(factor), None, FactKind::Money | FactKind::Price | FactKind::Number) =
            (units::in_heading(&column.header), reading.unit, kind)
        {
            let sample = shapes.iter().min_by_key(|seen| seen.row).cloned().unwrap_or_default();
            return Err(What::Unit { sample, factor });
        }
        let answer = numbers::decide(&numbers::Question {
            shapes,
            given: reading.decimal.or(self.choice.rules.decimal),
            unit: reading.unit,
            whole: kind == FactKind::Whole,
            percent: matches!(kind, FactKind::Percent | FactKind::Number),
        })?;
        if kind.is_money() {
            column.rounded = if kind == FactKind::Money { answer.fine } else { 0 };
            if !answer.style.plain {
                column.currencies = answer.currencies;
            }
        }
        column.why = answer.why;
        Ok(answer.style)
    }

    fn share(
        &self,
        column: &mut Column,
        reading: &Reading,
        number: NumberStyle,
    ) -> Result<Result<Style, What>, ImportError> {
        let spread = match reading.of {
            Some(_) => shares::Spread::default(),
            None => {
                let sql = number.sql("x");
                evidence::spread(self.session, &self.staged.table, &column.text, &sql)?
            }
        };
        // The share of a deal's chance; a price gap may be any size.
        let bounded = column.fact.name == "probability";
        Ok(shares::decide(&spread, reading.of, bounded).map(|(scale, why)| {
            column.why = why;
            Style::Share(number, scale)
        }))
    }
}

impl Draft<'_> {
    /// Sorts words that were found: missing, or kept.
    fn take_words(&mut self, found: Vec<Occurrence>) {
        for seen in found {
            if self.words.is_missing(&seen.text) {
                self.column.missing.push(seen);
            } else {
                self.column.kept.push(seen);
            }
        }
    }
}

/// SQL of what one place holds, over its columns: NULL where its conditions are not met.
fn place_text(place: &Place<'_>, text: impl Fn(&usize) -> String) -> String {
    let parts: Vec<String> = place.columns.iter().map(text).collect();
    let text = match parts.as_slice() {
        [only] => only.clone(),
        several => format!("nullif(concat_ws(' ', {}), '')", several.join(", ")),
    };
    if place.when.is_empty() {
        return text;
    }
    format!("CASE WHEN {} THEN {text} END", conditions::fits(&place.when))
}

fn texts(seen: &[Occurrence]) -> Vec<&str> {
    seen.iter().map(|seen| seen.text.as_str()).collect()
}

/// The file's spelling, the one that is stored, and in how many rows.
type Renamed = (String, String, u64);

/// Spellings of a column that were replaced, and how often.
pub fn aliased(
    session: &Session<'_>,
    choice: &Choice<'_>,
    staged: &Staged,
    columns: &[Column],
) -> Result<BTreeMap<String, Vec<Renamed>>, ImportError> {
    let mut out = BTreeMap::new();
    for column in columns {
        let Some(aliases) = choice.rules.aliases.get(column.fact.name) else { continue };
        let list = aliases.keys().map(|key| quoted(key)).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT v, count(*) FROM (SELECT {} AS v FROM {}) WHERE v IN ({list}) GROUP BY 1 ORDER BY 1",
            column.text, staged.table
        );
        let found = session.query(&sql, &[])?;
        let replaced = found.rows.iter().filter_map(|row| {
            let theirs = row[0].as_text()?;
            let count = u64::try_from(row[1].as_int()?).ok()?;
            Some((theirs.to_owned(), aliases.get(theirs)?.clone(), count))
        });
        out.insert(column.header.clone(), replaced.collect());
    }
    Ok(out)
}
