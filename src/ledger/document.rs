//! A record as it is read: labels and values in the order of the form.
//!
//! Invariant: what is not filled in is not shown, unless it should have been by
//! the state the record is in; nothing is shown that is not in the revision.
//! [`document`] hands text over as it was written;
//! [`document_text`] makes it harmless for a terminal.

use std::fmt::Write;

use super::body::{Body, rows};
use super::check::is_required;
use super::revision::Revision;
use super::value_text::value_text;
use crate::catalog::Form;
use crate::catalog::form::{Field, FieldKind, Section};
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
    /// A group of repeating rows, and the labels that any of them uses, in order.
    Rows { label: String, columns: Vec<String>, rows: Vec<RowLines> },
    /// Nothing is filled in, though it should be in this state.
    Missing { label: String },
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
        Formats::here().instant(revision.at),
    );
    let mut lines = vec![Line::Title(title), Line::Status(status)];
    for section in &form.sections {
        section_lines(form, section, revision, &mut lines);
    }
    lines
}

fn section_lines(form: &Form, section: &Section, revision: &Revision, lines: &mut Vec<Line>) {
    let body = &revision.body;
    let mut values = Vec::new();
    for field in &section.fields {
        let label = field.label.clone();
        if let FieldKind::Rows { fields, .. } = &field.kind {
            let rows: Vec<RowLines> =
                rows(body, &field.id).into_iter().map(|row| row_lines(fields, row)).collect();
            if !rows.is_empty() {
                let used =
                    |field: &&Field| rows.iter().flatten().any(|(label, _)| *label == field.label);
                let columns = long_last(fields).filter(used).map(|f| f.label.clone()).collect();
                values.push(Line::Rows { label, columns, rows });
                continue;
            }
        } else if let Some(value) = body.get(&field.id) {
            let text = value_text(field, value);
            values.push(if field.kind == FieldKind::LongText {
                Line::Text { label, lines: text.lines().map(str::to_owned).collect() }
            } else {
                Line::Value { label, text }
            });
            continue;
        }
        if is_required(form, &field.required, &revision.state) {
            values.push(Line::Missing { label });
        }
    }
    if !values.is_empty() {
        lines.push(Line::Section(section.title.clone()));
        lines.extend(values);
    }
}

/// The fields of a row, those of several lines last.
fn long_last(fields: &[Field]) -> impl Iterator<Item = &Field> {
    let long = |field: &&Field| field.kind == FieldKind::LongText;
    fields.iter().filter(move |field| !long(field)).chain(fields.iter().filter(long))
}

pub(super) fn row_lines(fields: &[Field], row: &Body) -> RowLines {
    let value = |field: &Field| Some((field.label.clone(), value_text(field, row.get(&field.id)?)));
    long_last(fields).filter_map(value).collect()
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
            Line::Missing { label } => writeln!(out, "- {}: not given yet", harmless(&label)),
            Line::Rows { label, rows, .. } => {
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
