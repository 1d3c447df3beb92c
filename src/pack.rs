//! What leaves the building: an answer as a table for people, as Markdown, as a page
//! for browsers and as a mail file, and as CSV and JSON for machines; a record and a
//! chain of evidence in the same ways.
//!
//! Invariant: the forms for people round and group and are harmless to print;
//! the forms for machines round nothing, and say a missing value as such. Never
//! colours anything and never asks how wide the terminal is.

mod chain;
mod evidence;
mod json;
mod machine;
mod mail;
mod markdown;
mod page;
mod sheet;

use std::fmt;
use std::str::FromStr;

use crate::catalog::{Figure, Form};
use crate::domain::{Formats, Table};
use crate::ledger::{self, Revision};
use crate::workspace::Answer;
use sheet::Sheet;

pub use chain::{chain_json, chain_markdown, chain_text, steps};
pub use evidence::{repeated_text, since, verdict};
pub use json::escaped;

/// How an answer is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns with their headings, for reading.
    #[default]
    Table,
    /// RFC 4180 with the names of the columns; machine form, empty when missing.
    Csv,
    /// One object: figure, parameters, as_of, columns and rows. Decimals are strings.
    Json,
    /// A title, the parameters, a GitHub table and the notes.
    Markdown,
    /// The same as one page that loads nothing, for a browser or a printer.
    Html,
    /// The same as a mail that nobody has sent yet.
    Mail,
}

impl Format {
    /// All of them, in the order in which they are offered.
    pub const EACH: [Format; 6] =
        [Format::Table, Format::Csv, Format::Json, Format::Markdown, Format::Html, Format::Mail];

    /// The word on the command line, which is the file's extension too (save for `table`).
    pub fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Markdown => "md",
            Format::Html => "html",
            Format::Mail => "eml",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A format that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{given}\" is not a format; choose table, csv, json, md, html or eml")]
pub struct FormatError {
    /// What was written.
    pub given: String,
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        Format::EACH
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| FormatError { given: text.to_owned() })
    }
}

/// The answer to a figure in one of the formats; ends with a line break.
pub fn render(figure: &Figure, answer: &Answer, format: Format) -> String {
    match format {
        Format::Csv => machine::csv(&answer.table),
        Format::Json => json::answer(figure, answer),
        Format::Table => {
            let sheet = Sheet::of_figure(figure, &answer.table, Formats::here());
            let mut out = format!("{}\n{}\n\n", sheet::line(&figure.title), asked(answer));
            out.push_str(&sheet.grid());
            for (place, note) in answer.notes.iter().enumerate() {
                out.push_str(if place == 0 { "\n" } else { "" });
                out.push_str(&format!("Note: {}\n", sheet::line(note)));
            }
            out
        }
        Format::Markdown => {
            let sheet = Sheet::of_figure(figure, &answer.table, Formats::here());
            markdown::answer(&figure.title, &asked(answer), &sheet, &answer.notes)
        }
        Format::Html => {
            let sheet = Sheet::of_figure(figure, &answer.table, Formats::here());
            page::answer(&figure.title, &asked(answer), &sheet, &answer.notes)
        }
        Format::Mail => {
            let [text, page] = [Format::Table, Format::Html].map(|f| render(figure, answer, f));
            let day = answer.as_of.and_time(chrono::NaiveTime::MIN).and_utc();
            let subject = format!("{}, {}", figure.title, asked(answer));
            let id = format!("{}-{}", figure.name, answer.as_of);
            mail::message(&subject, &id, &text, &page, day)
        }
    }
}

/// A revision of a record for people; `None` for a form that has none for records.
///
/// A mail says that it is internal: what may leave the house of a battle card is the
/// figure `card-handout`.
pub fn render_record(form: &Form, revision: &Revision, format: Format) -> Option<String> {
    Some(match format {
        Format::Table | Format::Markdown => ledger::document_text(form, revision),
        Format::Html => page::record(&ledger::document(form, revision)),
        Format::Mail => {
            let text = ledger::document_text(form, revision);
            let page = page::record(&ledger::document(form, revision));
            let name = ledger::name_of(form, &revision.record, &revision.body);
            let subject = format!("[internal] {} {}: {name}", form.title, revision.record);
            let id = format!("{}-{}", revision.record, revision.revision);
            mail::message(&subject, &id, &text, &page, revision.at)
        }
        Format::Csv | Format::Json => return None,
    })
}

/// Any table that is no figure's answer, such as a list of records.
pub fn render_table(table: &Table, format: Format) -> String {
    match format {
        Format::Csv => machine::csv(table),
        Format::Json => json::table(table),
        // A list has neither a day nor a name to be sent by.
        Format::Table | Format::Mail => Sheet::of_table(table, Formats::here()).grid(),
        Format::Markdown => markdown::table(&Sheet::of_table(table, Formats::here())),
        Format::Html => page::answer("Table", "", &Sheet::of_table(table, Formats::here()), &[]),
    }
}

/// `2025-Q4 · as of 2025-12-31 · by region · segment Enterprise`: what was asked,
/// for people. Bounds of a period are left out where its name is given.
fn asked(answer: &Answer) -> String {
    let formats = Formats::here();
    let has_quarter =
        answer.parameters.iter().any(|(name, value)| name == "quarter" && !value.is_null());
    let mut parts = Vec::new();
    for (name, value) in &answer.parameters {
        let bound = has_quarter && matches!(name.as_str(), "period_start" | "period_end");
        if value.is_null() || bound || name == "as_of" {
            continue;
        }
        let shown = sheet::line(&formats.value(value));
        match name.as_str() {
            "quarter" => parts.push(if shown == "all" { "all periods".to_owned() } else { shown }),
            _ => parts.push(format!("{} {shown}", sheet::line(&name.replace('_', " ")))),
        }
    }
    let as_of = format!("as of {}", formats.date(answer.as_of));
    parts.insert(usize::from(has_quarter).min(parts.len()), as_of);
    parts.join(" · ")
}

#[cfg(test)]
mod tests;
