//! What the report says about how a file is laid out, where that is unusual.

use super::choose::Choice;
use super::scan::Structure;
use super::shape::comparable;
use super::source::Source;

/// Footers that are shown.
const SHOWN: usize = 5;

/// One sentence for each thing that a person would want to know was noticed.
pub fn notes(source: &Source, choice: &Choice<'_>, structure: &Structure) -> Vec<String> {
    let place = source.place();
    let mut out = source.notes.clone();
    let repeated = repeated(&choice.row.names);
    if !repeated.is_empty() {
        out.push(format!(
            "more than one column is called {}; none of them is used",
            repeated.join(", ")
        ));
    }
    let wrapped = structure.wrapped;
    if choice.row.wrapped || wrapped > 0 {
        out.push(format!(
            "{wrapped} lines are quoted as a whole once more, and were read without those quotes"
        ));
    }
    if structure.short > 0 {
        out.push(format!(
            "{} lines have fewer fields than the header: empty ones at the end are left out \
             throughout the file",
            structure.short
        ));
    }
    if structure.beyond > 0 {
        out.push(format!(
            "{} rows have cells to the right of the last header, which were not read",
            structure.beyond
        ));
    }
    for footer in structure.footers.iter().take(SHOWN) {
        let filled: Vec<&str> =
            footer.fields.iter().map(String::as_str).filter(|field| !field.is_empty()).collect();
        out.push(format!("{place} {} is no data: {}", footer.line, filled.join(" | ")));
    }
    if structure.footers.len() > SHOWN {
        let more = structure.footers.len() - SHOWN;
        out.push(format!("{more} more {place}s at the end are no data"));
    }
    out
}

/// Headers that several columns have. Those that are used have been refused before.
fn repeated(names: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let same = comparable(name);
        let first = !names[..place].iter().any(|other| comparable(other) == same);
        let again = names[place + 1..].iter().any(|other| comparable(other) == same);
        if !same.is_empty() && first && again {
            out.push(format!("\"{name}\""));
        }
    }
    out
}
