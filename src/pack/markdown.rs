//! Markdown for documents and tickets: tables as GitHub reads them.

use super::sheet::{Sheet, line};

/// A title, what was asked, the table and the notes.
pub(super) fn answer(title: &str, asked: &str, sheet: &Sheet, notes: &[String]) -> String {
    let mut out = format!("## {}\n\n{}\n\n", plain(&line(title)), plain(asked));
    out.push_str(&table(sheet));
    for (place, note) in notes.iter().enumerate() {
        out.push_str(if place == 0 { "\n" } else { "" });
        out.push_str(&format!("- {}\n", plain(&line(note))));
    }
    out
}

/// The table alone.
pub(super) fn table(sheet: &Sheet) -> String {
    if sheet.rows.is_empty() {
        return "No rows.\n".to_owned();
    }
    let mut out = row(&sheet.headings);
    let rule = sheet.numeric.iter().map(|numeric| if *numeric { "---:" } else { "---" });
    out.push_str(&format!("| {} |\n", rule.collect::<Vec<_>>().join(" | ")));
    for cells in &sheet.rows {
        out.push_str(&row(cells));
    }
    out
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Text in which no sign means anything to Markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '<' | '>' | '*' | '`' | '[' | ']' | '~' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
