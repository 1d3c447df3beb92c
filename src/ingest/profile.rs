//! How each column of a file is read: decided once per column, over all of its
//! values, before any row is taken.
//!
//! Owns the questions to the staged table and the evidence that the report
//! shows. Never looks at one row alone.

use std::collections::BTreeMap;

use crate::catalog::facts::{FactColumn, FactKind};
use crate::catalog::preset::Ids;
use crate::domain::Value;
use crate::workspace::Session;

use super::choose::{Choice, From, Mapped, Place};
use super::conditions;
use super::dates::{self, DateStyle};
use super::error::{ImportError, Unclear, What};
use super::numbers::{self, NumberStyle, PLAIN, Scale};
use super::source::Source;
use super::stage::{Staged, quoted};
use super::words;

/// Different values of a column that are looked at, at most.
const VALUES: usize = 50_000;

/// A column of the fact table, and how the file's text becomes it.
#[derive(Debug)]
pub struct Column {
    pub fact: &'static FactColumn,
    /// The header it comes from; the fact column's own name where it is a constant.
    pub header: String,
    /// SQL over the staged table: the text, trimmed, NULL where it stands for nothing.
    pub text: String,
    pub style: Style,
    /// The states of an opportunity in which it means something; empty: all.
    pub states: Vec<String>,
    /// Amounts with more than two places.
    pub rounded: u64,
    /// Comes from the file and not from the mapping.
    pub in_file: bool,
}

/// How the text is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    Text,
    Date(DateStyle),
    Number(NumberStyle),
    Share(NumberStyle, Scale),
    Flag,
    Period,
    /// No value at all.
    Empty,
}

/// Looks at every mapped column.
///
/// # Errors
/// `Unclear` for the first column that can be read in more ways than one, or in none.
pub fn profile(
    session: &Session<'_>,
    source: &Source,
    choice: &Choice<'_>,
    staged: &Staged,
) -> Result<Vec<Column>, ImportError> {
    let asked = Asked { session, choice, staged };
    let mut columns: Vec<Column> =
        choice.columns.iter().map(|mapped| asked.column(mapped)).collect();
    let counts = asked.counts(&columns)?;
    // A pattern found for one column is a hint, no more, for another of the same file.
    let mut sibling: Option<(String, String)> = None;
    let mut unclear: Option<Unclear> = None;
    for (column, counts) in columns.iter_mut().zip(counts) {
        let mapped = choice.columns.iter().find(|mapped| mapped.column.name == column.fact.name);
        let Some(mapped) = mapped else { continue };
        match asked.style(mapped, column, &counts)? {
            Ok(style) => {
                if matches!(style, Style::Number(number) if number.decimal == '.') {
                    column.rounded = counts.fine as u64;
                }
                if let Style::Date(date) = &style {
                    sibling.get_or_insert((column.header.clone(), date.pattern.clone()));
                }
                column.style = style;
            }
            Err(what) => {
                let (file, column) = (source.path.clone(), column.header.clone());
                unclear.get_or_insert(Unclear { file, column, what });
            }
        }
    }
    match unclear {
        None => Ok(columns),
        Some(mut unclear) => {
            if let What::Date { sibling: hint, .. } = &mut unclear.what {
                *hint = sibling;
            }
            Err(ImportError::Unclear(Box::new(unclear)))
        }
    }
}

struct Asked<'a> {
    session: &'a Session<'a>,
    choice: &'a Choice<'a>,
    staged: &'a Staged,
}

/// What one pass over the table tells of a column.
#[derive(Default)]
struct Counts {
    values: i64,
    /// Of them, digits with at most a sign and a point.
    plain: i64,
    pointed: i64,
    /// Of them, `1.234`, which may be grouped.
    either: i64,
    /// Of them, with more than two places.
    fine: i64,
    /// Some value holds a colon: a time of day.
    timed: bool,
}

impl Asked<'_> {
    fn column(&self, mapped: &Mapped<'_>) -> Column {
        let kind = mapped.column.kind;
        let (text, states, in_file) = match &mapped.from {
            From::Constant(value) => (quoted(value.trim()), Vec::new(), false),
            From::Columns(places, reading) => {
                let name = mapped.column.name.trim_end_matches("_before");
                let is_id = kind == FactKind::Text && name.ends_with("_id");
                let cleaned = places.iter().map(|place| self.cleaned(place, kind, is_id));
                let cleaned: Vec<String> = cleaned.collect();
                let text = match cleaned.as_slice() {
                    [only] => only.clone(),
                    several => format!("coalesce({})", several.join(", ")),
                };
                (text, reading.states.clone(), true)
            }
        };
        Column {
            fact: mapped.column,
            header: self.choice.header_of(mapped.column.name),
            text,
            style: if kind == FactKind::Text { Style::Text } else { Style::Empty },
            states,
            rounded: 0,
            in_file,
        }
    }

    /// What a log says was there before a change is written as what was there after it: each is
    /// evidence for the other.
    fn twin(&self, name: &str) -> Option<Column> {
        let other = match name.strip_suffix("_before") {
            Some(after) => after.to_owned(),
            None => format!("{name}_before"),
        };
        let mut columns = self.choice.columns.iter();
        columns.find(|mapped| mapped.column.name == other).map(|mapped| self.column(mapped))
    }

    /// SQL of what one place holds: NULL where it is missing or its conditions are not met.
    fn cleaned(&self, place: &Place<'_>, kind: FactKind, is_id: bool) -> String {
        let rules = self.choice.rules;
        let parts = place.columns.iter().map(|column| {
            let mut text = self.trimmed(&format!("c{column}"));
            if is_id && rules.ids == Some(Ids::Salesforce) {
                text = words::long_id(&text);
            }
            words::without_missing(&text, rules, kind)
        });
        let parts: Vec<String> = parts.collect();
        let text = match parts.as_slice() {
            [only] => only.clone(),
            several => format!("nullif(concat_ws(' ', {}), '')", several.join(", ")),
        };
        if place.when.is_empty() {
            return text;
        }
        format!("CASE WHEN {} THEN {text} END", conditions::fits(&place.when))
    }

    /// Trimming costs more than reading, so it is left out where the file has no outer blanks.
    fn trimmed(&self, raw: &str) -> String {
        if self.staged.structure.padded {
            let blanks = " \t\n\r\u{b}\u{c}\u{a0}\u{2007}\u{2009}\u{200b}\u{202f}\u{3000}\u{feff}";
            format!("trim({raw}, {})", quoted(blanks))
        } else {
            raw.to_owned()
        }
    }

    /// One pass for all columns that are not text.
    fn counts(&self, columns: &[Column]) -> Result<Vec<Counts>, ImportError> {
        let mut asked = Vec::new();
        for column in columns.iter().filter(|column| column.fact.kind != FactKind::Text) {
            let (name, text) = (column.fact.name, &column.text);
            let numeric = is_numeric(column.fact.kind);
            let when = |condition: String| {
                if numeric { format!("count(*) FILTER ({condition})") } else { "0".into() }
            };
            asked.push(format!(
                "count({text}) AS \"{name} values\", {} AS \"{name} plain\", {} AS \"{name} pointed\", \
                 {} AS \"{name} fine\", {} AS \"{name} either\", {} AS \"{name} timed\"",
                when(format!("regexp_full_match({text}, '{PLAIN}')")),
                when(format!("contains({text}, '.')")),
                if column.fact.kind == FactKind::Money {
                    when(format!("regexp_matches({text}, '[.][0-9]{{2}}[0-9]*[1-9][0-9]*$')"))
                } else {
                    "0".into()
                },
                when(format!("regexp_full_match({text}, '[-+]?[1-9][0-9]{{0,2}}[.][0-9]{{3}}')")),
                if is_dated(column.fact.kind) {
                    format!("coalesce(bool_or(contains({text}, ':')), false)")
                } else {
                    "false".into()
                },
            ));
        }
        if asked.is_empty() {
            return Ok(columns.iter().map(|_| Counts::default()).collect());
        }
        let sql = format!("SELECT {} FROM {}", asked.join(", "), self.staged.table);
        let found = self.session.query(&sql, &[])?;
        let number = |name: &str, what: &str| {
            found.get(0, &format!("{name} {what}")).as_int().unwrap_or_default()
        };
        Ok(columns
            .iter()
            .map(|column| {
                let name = column.fact.name;
                Counts {
                    values: number(name, "values"),
                    plain: number(name, "plain"),
                    pointed: number(name, "pointed"),
                    either: number(name, "either"),
                    fine: number(name, "fine"),
                    timed: found.get(0, &format!("{name} timed")).as_bool() == Some(true),
                }
            })
            .collect())
    }

    /// Inner error: what is not clear.
    fn style(
        &self,
        mapped: &Mapped<'_>,
        column: &Column,
        counts: &Counts,
    ) -> Result<Result<Style, What>, ImportError> {
        let kind = mapped.column.kind;
        let fixed = match kind {
            FactKind::Text => Some(Style::Text),
            _ if counts.values == 0 => Some(Style::Empty),
            FactKind::Flag => Some(Style::Flag),
            FactKind::Period if self.choice.until(mapped.column.name).is_none() => {
                Some(Style::Period)
            }
            _ => None,
        };
        if let Some(style) = fixed {
            return Ok(Ok(style));
        }
        let default = Default::default();
        let reading = match &mapped.from {
            From::Columns(_, reading) => *reading,
            From::Constant(_) => &default,
        };
        if is_dated(kind) {
            let text =
                if counts.timed { dates::timeless(&column.text) } else { column.text.clone() };
            let mut values = self.values(&text, "true", "1", VALUES)?;
            if let Some(twin) = self.twin(column.fact.name) {
                let text = dates::timeless(&twin.text);
                values.extend(self.values(&text, "true", "1", VALUES)?);
            }
            let own = reading.date.iter().cloned().collect::<Vec<_>>();
            let given = if own.is_empty() { &self.choice.rules.dates } else { &own };
            return Ok(match dates::decide(&values, given) {
                dates::Verdict::Empty => Ok(Style::Empty),
                dates::Verdict::Style(mut style) => {
                    style.time |= counts.timed;
                    Ok(Style::Date(style))
                }
                dates::Verdict::Unclear(what) => Err(what),
            });
        }
        let number = match self.number(column, counts)? {
            Ok(number) => number,
            Err(what) => return Ok(Err(what)),
        };
        if kind != FactKind::Percent {
            return Ok(Ok(Style::Number(number)));
        }
        let scale = match reading.of {
            Some(1) => Ok(Scale::One),
            Some(_) => Ok(Scale::Hundred),
            None => {
                let values = self.values(&column.text, "true", "1", VALUES)?;
                numbers::decide_scale(&values, number)
            }
        };
        Ok(scale.map(|scale| Style::Share(number, scale)))
    }

    fn number(
        &self,
        column: &Column,
        counts: &Counts,
    ) -> Result<Result<NumberStyle, What>, ImportError> {
        let given = self.choice.rules.decimal;
        let all_plain = counts.plain == counts.values;
        let decided = counts.either == 0 || counts.pointed > counts.either || given == Some('.');
        if all_plain && decided && given != Some(',') {
            return Ok(Ok(NumberStyle { decimal: '.', plain: true }));
        }
        let whole = column.fact.kind == FactKind::Whole;
        let text = &column.text;
        // Values that say something about the mark, and the longest of those that do not.
        let telling = format!("NOT regexp_full_match({text}, '{PLAIN}') OR contains({text}, '.')");
        let mut values = self.values(text, &telling, "1", VALUES)?;
        let bare = format!("NOT ({telling})");
        values.extend(self.values(text, &bare, "length(v) DESC, v", 1000)?);
        Ok(match numbers::decide(&values, counts.values as u64, given, whole) {
            numbers::Verdict::Style(style) => Ok(NumberStyle { plain: false, ..style }),
            numbers::Verdict::Unclear(what) => Err(what),
        })
    }

    /// Different values, and how many rows have each.
    fn values(
        &self,
        text: &str,
        condition: &str,
        order: &str,
        limit: usize,
    ) -> Result<Vec<(String, u64)>, ImportError> {
        let sql = format!(
            "SELECT v, count(*) FROM (SELECT {text} AS v FROM {} WHERE {condition}) \
             WHERE v IS NOT NULL GROUP BY v ORDER BY {order} LIMIT {limit}",
            self.staged.table
        );
        let found = self.session.query(&sql, &[])?;
        let pair = |row: Vec<Value>| {
            let rows = row.get(1).and_then(Value::as_int).unwrap_or_default() as u64;
            row.into_iter().next().map(|value| (plain(value), rows))
        };
        Ok(found.rows.into_iter().filter_map(pair).collect())
    }
}

fn plain(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        other => other.plain(),
    }
}

fn is_numeric(kind: FactKind) -> bool {
    kind.is_money() || matches!(kind, FactKind::Number | FactKind::Percent | FactKind::Whole)
}

fn is_dated(kind: FactKind) -> bool {
    matches!(kind, FactKind::Date | FactKind::Moment | FactKind::Period)
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
