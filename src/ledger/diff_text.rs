//! A whole difference as text fit for a terminal.

use std::fmt::Write;

use super::diff::{Change, FieldDiff, RecordDiff, RowDiff, diff};
use super::revision::Revision;
use super::text_lines::Side;
use crate::catalog::Form;
use crate::domain::text::{harmless, harmless_lines};

/// What differs, as text fit for a terminal: `-` before what was, `+` before what is.
pub fn diff_text(form: &Form, from: &Revision, to: &Revision) -> String {
    let difference = diff(form, from, to);
    let mut out = format!(
        "{} revision {} ({}) → {} ({})\n",
        difference.record,
        from.revision,
        harmless(&from.author),
        to.revision,
        harmless(&to.author)
    );
    print(&difference, &mut out);
    out
}

fn print(difference: &RecordDiff, out: &mut String) {
    // Writing into a String cannot fail.
    if difference.is_empty() {
        out.push_str("\nnothing differs\n");
    }
    if let Some((before, after)) = &difference.state {
        let _ = write!(out, "\nState\n- {before}\n+ {after}\n");
    }
    for field in &difference.fields {
        let _ = writeln!(out, "\n{}", harmless(&field.label));
        print_field(field, "", out);
    }
}

fn print_field(field: &FieldDiff, indent: &str, out: &mut String) {
    let mut line = |sign: char, text: &str| {
        for part in harmless_lines(text).split('\n') {
            let _ = writeln!(out, "{}", format!("{indent}{sign} {part}").trim_end());
        }
    };
    match &field.change {
        Change::Value { before, after } => {
            before.iter().for_each(|text| line('-', text));
            after.iter().for_each(|text| line('+', text));
        }
        Change::Text(lines) => {
            for text in lines {
                let sign = match text.side {
                    Side::Both => ' ',
                    Side::Before => '-',
                    Side::After => '+',
                };
                line(sign, &text.text());
            }
        }
        Change::Choices { removed, added } => {
            removed.iter().for_each(|text| line('-', text));
            added.iter().for_each(|text| line('+', text));
        }
        Change::Rows(rows) => rows.iter().for_each(|row| print_row(row, out)),
    }
}

fn print_row(row: &RowDiff, out: &mut String) {
    let mut values = |head: String, sign: char, values: &[(String, String)]| {
        let _ = writeln!(out, "  {head}");
        for (label, text) in values {
            let text = harmless_lines(text).replace('\n', &format!("\n  {sign}   "));
            let _ = writeln!(out, "  {sign} {}: {text}", harmless(label));
        }
    };
    match row {
        RowDiff::Added { to, values: added } => {
            values(format!("row {} is new", to + 1), '+', added);
        }
        RowDiff::Removed { from, values: removed } => {
            values(format!("row {} is gone", from + 1), '-', removed);
        }
        RowDiff::Changed { from, to, fields } => {
            let place = if from == to {
                format!("row {}", to + 1)
            } else {
                format!("row {}, was row {}", to + 1, from + 1)
            };
            let _ = writeln!(out, "  {place}");
            for field in fields {
                let _ = writeln!(out, "    {}", harmless(&field.label));
                print_field(field, "    ", out);
            }
        }
    }
}
