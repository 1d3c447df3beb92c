//! A form as a document to fill in with an editor.
//!
//! Invariant: what [`template`] prints, [`super::parse_document`] reads, filled
//! in or not. Repeating rows come last, because in TOML a table ends what stands
//! before it.

use std::fmt::Write;

use crate::catalog::Form;
use crate::catalog::form::{Field, FieldKind, Required, RuleHolds};

/// Width of comments.
const WIDTH: usize = 96;

/// The commented TOML document of a kind of record: every field with its help,
/// the defaults filled in, the rest empty.
pub fn template(form: &Form) -> String {
    let mut out = String::new();
    comment(&mut out, &format!("{}: {}", form.title, form.help));
    comment(
        &mut out,
        "An empty value (\"\") is not filled in. Lines that begin with # are not read.",
    );
    let mut groups: Vec<&Field> = Vec::new();
    for section in &form.sections {
        let mut plain = Vec::new();
        for field in &section.fields {
            match field.kind {
                FieldKind::Rows { .. } => groups.push(field),
                _ => plain.push(field),
            }
        }
        if plain.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n# ==== {} ====", section.title);
        if !section.help.is_empty() {
            comment(&mut out, &section.help);
        }
        for field in plain {
            entry(&mut out, field);
        }
    }
    for group in groups {
        let FieldKind::Rows { fields, min, max } = &group.kind else { continue };
        let section = form.sections.iter().find(|s| s.fields.iter().any(|f| f.id == group.id));
        let _ = writeln!(out, "\n# ==== {} ====", group.label);
        for help in [section.map_or("", |section| section.help.as_str()), &group.help] {
            if !help.is_empty() {
                comment(&mut out, help);
            }
        }
        let mut rows = match max {
            Some(max) => format!("Repeat the block for each row, at most {max} times"),
            None => "Repeat the block for each row".to_owned(),
        };
        match needed(&group.required) {
            Some(when) => {
                let _ = write!(rows, "; {when}, at least {} of them.", (*min).max(1));
            }
            None => rows.push_str("; leave it as it is if there is none."),
        }
        comment(&mut out, &rows);
        let _ = writeln!(out, "[[{}]]", group.id);
        for field in fields {
            entry(&mut out, field);
        }
    }
    rules(&mut out, form);
    out
}

/// A field with what to know about it.
fn entry(out: &mut String, field: &Field) {
    let filled = field.filled_from.is_some();
    if field.is_fact() {
        comment(out, &format!("{} ({}): filled in by the program.", field.label, field.id));
        return;
    }
    let mut about = format!("{} ({}", field.label, kind(&field.kind));
    if let Some(when) = needed(&field.required) {
        let _ = write!(about, "; {when}");
    }
    about.push(')');
    if filled {
        about.push_str(" Filled in by the program if left empty.");
    }
    if !field.help.is_empty() {
        let _ = write!(about, " {}", field.help);
    }
    comment(out, &about);
    let _ = match (&field.kind, &field.default) {
        (FieldKind::Choices { .. }, None) => writeln!(out, "{} = []", field.id),
        (FieldKind::LongText, None) => writeln!(out, "{} = \"\"\"\n\"\"\"", field.id),
        (FieldKind::Choices { .. }, Some(value)) => {
            writeln!(out, "{} = [{}]", field.id, quoted(value))
        }
        (_, default) => {
            writeln!(out, "{} = {}", field.id, quoted(default.as_deref().unwrap_or("")))
        }
    };
}

fn rules(out: &mut String, form: &Form) {
    if form.rules.is_empty() {
        return;
    }
    out.push_str("\n# ==== Rules ====\n");
    for rule in &form.rules {
        let when = match &rule.holds {
            RuleHolds::Always => String::new(),
            RuleHolds::From(state) => format!(" (before it is {state})"),
            RuleHolds::In(states) => format!(" (before it is {})", states.join(" or ")),
        };
        comment(out, &format!("- {}{when}", rule.message));
    }
}

fn kind(kind: &FieldKind) -> String {
    let words = |options: &[crate::catalog::form::Choice]| {
        options.iter().map(|option| option.value.as_str()).collect::<Vec<_>>().join(" | ")
    };
    match kind {
        FieldKind::Text { max: Some(max) } => format!("one line, at most {max} characters"),
        FieldKind::Text { max: None } => "one line".to_owned(),
        FieldKind::LongText => "text".to_owned(),
        FieldKind::Choice { options } => format!("one of: {}", words(options)),
        FieldKind::Choices { options } => format!("any of: {}", words(options)),
        FieldKind::Date => "date, 2025-12-31".to_owned(),
        FieldKind::Number { min: Some(min), max: Some(max) } => format!("number, {min} to {max}"),
        FieldKind::Number { min: Some(min), max: None } => format!("number, {min} or more"),
        FieldKind::Number { min: None, max: Some(max) } => format!("number, at most {max}"),
        FieldKind::Number { min: None, max: None } => "number".to_owned(),
        FieldKind::Money => "amount, 1250.00".to_owned(),
        FieldKind::Percent => "12% or 0.12".to_owned(),
        FieldKind::Person => "person".to_owned(),
        FieldKind::Link { kinds, .. } if kinds.is_empty() => "id of a record".to_owned(),
        FieldKind::Link { kinds, .. } => format!("id of a {}", kinds.join(" or ")),
        FieldKind::Evidence { .. } => {
            "words; or figure, asked and row: see docs/forms.md".to_owned()
        }
        FieldKind::Rows { .. } => "rows".to_owned(),
    }
}

fn needed(required: &Required) -> Option<String> {
    match required {
        Required::No => None,
        Required::Always => Some("required".to_owned()),
        Required::From(state) => Some(format!("required before it is {state}")),
    }
}

fn comment(out: &mut String, text: &str) {
    let options = textwrap::Options::new(WIDTH).initial_indent("# ").subsequent_indent("#   ");
    for line in textwrap::wrap(text, options) {
        out.push_str(&line);
        out.push('\n');
    }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
