//! A record as it is read: labels and values in the order of the form.
//!
//! Invariant: what is not filled in is not shown; nothing is shown that is not
//! in the revision. [`document`] hands text over as it was written;
//! [`document_text`] makes it harmless for a terminal.

use std::fmt::Write;

use serde_json::Value as Json;

use super::body::{Body, rows};
use super::normal::decimal;
use super::revision::Revision;
use crate::catalog::Form;
use crate::catalog::form::{Choice, Field, FieldKind, Section};
use crate::domain::text::{harmless, harmless_lines};
use crate::domain::{Formats, format::MISSING};

/// One piece of a record as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `BC-1 · Northwind`
    Title(String),
    /// State, revision, who and when.
    Status(String),
    /// Heading of a section.
    Section(String),
    /// A value of one line.
    Value { label: String, text: String },
    /// A value of several lines.
    Text { label: String, lines: Vec<String> },
    /// A group of repeating rows.
    Rows { label: String, rows: Vec<RowLines> },
}

/// A row: its values as (label, text), those of several lines last.
pub type RowLines = Vec<(String, String)>;

/// How the record is called: the form's `name` with its fields filled in. Parts
/// of the name that stay empty are left out, with what joins them; when nothing
/// is left, the id.
pub fn name_of(form: &Form, id: &str, body: &Body) -> String {
    let mut parts = Vec::new();
    for part in form.name.split(" · ") {
        let (mut text, mut rest, mut asked, mut filled) = (String::new(), part, false, false);
        while let Some((before, field, after)) = placeholder(rest) {
            text.push_str(before);
            asked = true;
            let field = form.sections.iter().flat_map(|s| &s.fields).find(|f| f.id == field);
            if let Some((field, value)) = field.and_then(|f| Some((f, body.get(&f.id)?))) {
                text.push_str(&value_text(field, value).replace('\n', " "));
                filled = true;
            }
            rest = after;
        }
        text.push_str(rest);
        if filled || !asked {
            parts.push(text);
        }
    }
    let name = parts.join(" · ");
    if name.trim().is_empty() { id.to_owned() } else { name }
}

/// What stands before the first `{field}`, the field, and what comes after.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (field, after) = rest.split_once('}')?;
    Some((before, field, after))
}

/// A stored value for people: `1,250.00`, `12.0%`, the label of a choice. Not for rows.
pub fn value_text(field: &Field, value: &Json) -> String {
    let formats = Formats::default();
    let plain = match value {
        Json::String(text) => text.clone(),
        Json::Array(_) => String::new(),
        other => other.to_string(),
    };
    match (&field.kind, value) {
        (FieldKind::Choice { options }, _) => label(options, &plain),
        (FieldKind::Choices { options }, Json::Array(items)) => {
            let labels = items.iter().filter_map(Json::as_str).map(|item| label(options, item));
            labels.collect::<Vec<_>>().join(", ")
        }
        (FieldKind::Money, _) => decimal(&plain).map_or(plain, |amount| formats.money(amount)),
        (FieldKind::Percent, _) => {
            use rust_decimal::prelude::ToPrimitive;
            match decimal(&plain).and_then(|share| share.to_f64()) {
                Some(share) => formats.percent(share),
                None => plain,
            }
        }
        _ => plain,
    }
}

fn label(options: &[Choice], value: &str) -> String {
    let option = options.iter().find(|option| option.value == value);
    option.map_or_else(|| value.to_owned(), |option| option.label.clone())
}

/// The record as of a revision.
pub fn document(form: &Form, revision: &Revision) -> Vec<Line> {
    let name = name_of(form, &revision.record, &revision.body);
    let title = if name == revision.record {
        format!("{} {name}", form.title)
    } else {
        format!("{} · {name}", revision.record)
    };
    let state = form.states.iter().find(|state| state.id == revision.state);
    let status = format!(
        "{} · {} · revision {} by {}, {}",
        form.title,
        state.map_or(revision.state.as_str(), |state| state.title.as_str()),
        revision.revision,
        revision.author,
        Formats::default().instant(revision.at),
    );
    let mut lines = vec![Line::Title(title), Line::Status(status)];
    for section in &form.sections {
        section_lines(section, &revision.body, &mut lines);
    }
    lines
}

fn section_lines(section: &Section, body: &Body, lines: &mut Vec<Line>) {
    let mut values = Vec::new();
    for field in &section.fields {
        let label = field.label.clone();
        match &field.kind {
            FieldKind::Rows { fields, .. } => {
                let rows: Vec<RowLines> =
                    rows(body, &field.id).into_iter().map(|row| row_lines(fields, row)).collect();
                if !rows.is_empty() {
                    values.push(Line::Rows { label, rows });
                }
            }
            kind => {
                let Some(value) = body.get(&field.id) else { continue };
                let text = value_text(field, value);
                values.push(if *kind == FieldKind::LongText {
                    Line::Text { label, lines: text.lines().map(str::to_owned).collect() }
                } else {
                    Line::Value { label, text }
                });
            }
        }
    }
    if !values.is_empty() {
        lines.push(Line::Section(section.title.clone()));
        lines.extend(values);
    }
}

pub(super) fn row_lines(fields: &[Field], row: &Body) -> RowLines {
    let mut values: Vec<(bool, (String, String))> = fields
        .iter()
        .filter_map(|field| {
            let text = value_text(field, row.get(&field.id)?);
            Some((field.kind == FieldKind::LongText, (field.label.clone(), text)))
        })
        .collect();
    values.sort_by_key(|(long, _)| *long);
    values.into_iter().map(|(_, value)| value).collect()
}

/// The record as Markdown, fit for a terminal.
pub fn document_text(form: &Form, revision: &Revision) -> String {
    let mut out = String::new();
    for line in document(form, revision) {
        // Writing into a String cannot fail.
        let _ = match line {
            Line::Title(title) => writeln!(out, "# {}", harmless(&title)),
            Line::Status(status) => writeln!(out, "{}", harmless(&status)),
            Line::Section(title) => writeln!(out, "\n## {}\n", harmless(&title)),
            Line::Value { label, text } => {
                writeln!(out, "- {}: {}", harmless(&label), harmless(&text))
            }
            Line::Text { label, lines } => {
                let text = harmless_lines(&lines.join("\n")).replace('\n', "\n  ");
                writeln!(out, "- {}:\n\n  {text}\n", harmless(&label))
            }
            Line::Rows { label, rows } => {
                let _ = writeln!(out, "- {}:", harmless(&label));
                rows.iter().enumerate().try_for_each(|(place, row)| {
                    writeln!(out, "  {}. {}", place + 1, row_text(row))
                })
            }
        };
    }
    let mut text = out.replace("\n\n\n", "\n\n").trim_end().to_owned();
    text.push('\n');
    text
}

/// The first value alone, the others with their labels; each of several lines
/// on lines of its own.
fn row_text(row: &RowLines) -> String {
    let mut out = String::new();
    for (place, (label, text)) in row.iter().enumerate() {
        if text.contains('\n') {
            let text = harmless_lines(text).replace('\n', "\n       ");
            let _ = write!(out, "\n     {}:\n       {text}", harmless(label));
        } else if place == 0 {
            out.push_str(&harmless(text));
        } else {
            let _ = write!(out, " · {}: {}", harmless(label), harmless(text));
        }
    }
    if out.is_empty() { MISSING.to_owned() } else { out }
}
