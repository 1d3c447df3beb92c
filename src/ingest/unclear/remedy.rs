//! The lines of a mapping that settle what is unclear.

use std::fmt::Write as _;

use crate::catalog::preset::{ColumnSource, Origin, Reading};

use super::{Unclear, What};

/// A line, and what it means.
type Line = (String, String);

impl Unclear {
    /// What to do: the mapping to write, one line to choose for each column.
    pub(in crate::ingest) fn remedy(&self) -> String {
        if let What::Words(words) = &self.what {
            return words.remedy();
        }
        let advice: Vec<&str> = self.all().filter_map(|one| one.what.advice()).collect();
        let mut out = advice.join("; ");
        let table: Vec<Line> = self.all().flat_map(Unclear::table_lines).collect();
        let columns: Vec<Line> = self.all().flat_map(Unclear::column_lines).collect();
        if table.is_empty() && columns.is_empty() {
            return out;
        }
        if !out.is_empty() {
            out += "; or\n";
        }
        let _ = write!(
            out,
            "keep one line for each column of this mapping in a file, and give it with --mapping:\n\
             extends = {}\n[[table]]\nname = {}",
            quoted(&self.preset),
            quoted(self.table)
        );
        let mut put = |(line, meaning): &Line| {
            let meaning = if meaning.is_empty() { String::new() } else { format!("  # {meaning}") };
            let _ = write!(out, "\n{line}{meaning}");
        };
        table.iter().for_each(&mut put);
        if !columns.is_empty() {
            put(&("[table.columns]".into(), String::new()));
            columns.iter().for_each(put);
        }
        out
    }

    /// Lines of the table.
    fn table_lines(&self) -> Vec<Line> {
        match &self.what {
            What::Decimal { sample, whole, divided } => {
                let pointed = sample.text.contains('.');
                let (point, comma) = if pointed { (divided, whole) } else { (whole, divided) };
                let said = |number: &String| format!("{} is {number}", sample.text);
                vec![
                    ("decimal = \".\"".into(), said(point)),
                    ("decimal = \",\"".into(), said(comma)),
                ]
            }
            What::DecimalMixed { .. } => ["decimal = \".\"", "decimal = \",\""]
                .map(|line| (line.to_owned(), "rows written otherwise are rejected".to_owned()))
                .into(),
            What::DateYears { date, years, .. } => {
                use chrono::Datelike;
                let (first, last) = (years.0.min(date.year()), years.1.max(date.year()));
                vec![(format!("years = [{first}, {last}]"), "in which a date can lie".into())]
            }
            _ => Vec::new(),
        }
    }

    /// Lines of `[table.columns]`.
    fn column_lines(&self) -> Vec<Line> {
        let line = |key: &str, value: String, meaning: String| (self.line(key, &value), meaning);
        match &self.what {
            What::Date { readings, .. } => readings
                .iter()
                .map(|reading| {
                    let meaning = reading.date.format("%-d %B %Y").to_string();
                    line("date", quoted(&reading.pattern), meaning)
                })
                .collect(),
            What::DateMixed { first, second } => [first, second]
                .map(|(_, pattern)| {
                    line("date", quoted(pattern), "rows written otherwise are rejected".into())
                })
                .into(),
            What::DateUnreadable { .. } => {
                vec![line("date", quoted("%d/%m/%Y"), "or as they are written".into())]
            }
            What::DateNumber { reading, .. } => {
                let meaning = reading.date.format("%-d %B %Y").to_string();
                vec![line("date", quoted(&reading.pattern), meaning)]
            }
            What::DateShifted { date, hours, .. } => {
                let day = |date: Option<chrono::NaiveDate>| {
                    date.map(|date| date.format("%-d %B %Y").to_string()).unwrap_or_default()
                };
                vec![
                    line("hours", hours.to_string(), day(date.succ_opt())),
                    line("hours", "0".into(), day(Some(*date))),
                ]
            }
            What::DatesBackwards { closed, .. } => {
                vec![line("date", quoted(closed), "or the other order of day and month".into())]
            }
            What::Magnitude { bare, .. } => {
                let said = |unit: &str| format!("{} times {unit}", bare.text);
                vec![line("unit", "1".into(), said("1")), line("unit", "1000".into(), said("1000"))]
            }
            What::Unit { factor, sample } => vec![
                line("unit", factor.to_string(), format!("{} times {factor}", sample.text)),
                line("unit", "1".into(), "written out".into()),
            ],
            What::Percent { .. } => vec![
                line("of", "1".into(), "0.7 is 70 %".into()),
                line("of", "100".into(), "70 is 70 %".into()),
                line("of", "1000".into(), "700 is 70 %".into()),
            ],
            What::FlagUnreadable { .. } => {
                vec![(self.line_of("yes = [\"…\"], no = [\"…\"]"), "its words".into())]
            }
            _ => Vec::new(),
        }
    }

    fn line(&self, key: &str, value: &str) -> String {
        self.line_of(&format!("{key} = {value}"))
    }

    /// The line of this column as the preset has it, with one thing more.
    fn line_of(&self, more: &str) -> String {
        let from = match &self.source {
            Some(ColumnSource::FirstFilled { names, .. }) => {
                let names: Vec<String> = names.iter().map(place).collect();
                format!("first = [{}]", names.join(", "))
            }
            _ => format!("column = {}", quoted(&self.column)),
        };
        let kept = self.source.as_ref().and_then(ColumnSource::reading).map(|reading| {
            let key = more.split(' ').next().unwrap_or_default();
            kept(reading, key)
        });
        format!("{} = {{ {from}, {}{more} }}", self.field, kept.unwrap_or_default())
    }
}

/// A place of the file, as a preset names it.
fn place(origin: &Origin) -> String {
    let list = origin.headers.iter().map(|header| quoted(header)).collect::<Vec<_>>();
    match (list.as_slice(), origin.when.0.is_empty()) {
        ([only], true) => only.clone(),
        // Conditions are copied from the preset by hand.
        ([only], false) => format!("{{ column = {only}, when = {{ … }} }}"),
        (several, _) => format!("{{ join = [{}] }}", several.join(", ")),
    }
}

/// What the preset says of the column beside the key that is given anew.
fn kept(reading: &Reading, key: &str) -> String {
    let list = |texts: &[String]| {
        format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
    };
    let mut parts = Vec::new();
    if !reading.states.is_empty() {
        parts.push(("states", list(&reading.states)));
    }
    parts.extend(reading.date.as_ref().map(|date| ("date", quoted(date))));
    parts.extend(reading.hours.map(|hours| ("hours", hours.to_string())));
    parts.extend(reading.decimal.map(|mark| ("decimal", quoted(&mark.to_string()))));
    parts.extend(reading.of.map(|of| ("of", of.to_string())));
    parts.extend(reading.unit.map(|unit| ("unit", unit.to_string())));
    parts.extend(reading.nulls.as_ref().map(|nulls| ("nulls", list(nulls))));
    let parts = parts.into_iter().filter(|(name, _)| *name != key);
    parts.map(|(name, value)| format!("{name} = {value}, ")).collect()
}

/// A TOML string.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    let escaped: String = escaped.chars().filter(|c| !c.is_control()).collect();
    format!("\"{escaped}\"")
}

impl What {
    /// What else can be done than to say it in a mapping.
    fn advice(&self) -> Option<&'static str> {
        Some(match self {
            What::DateMixed { .. } => "export it again with one way of writing dates",
            What::DateUnreadable { .. } | What::NumberUnreadable { .. } => "map another column",
            What::DatesBackwards { .. } => {
                "check that the columns are not mapped the wrong way round"
            }
            _ => return None,
        })
    }
}
