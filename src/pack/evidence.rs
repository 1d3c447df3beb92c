//! What came of reading evidence again, in words.

use crate::domain::text::harmless;
use crate::ledger::{Difference, Evidence, Repeated};

/// What the figure gave on the data as it was.
pub fn verdict(then: &Repeated) -> String {
    match then {
        Repeated::Same => "the same bytes".to_owned(),
        Repeated::Impossible(why) => format!("cannot be read again: {why}"),
        Repeated::Differs { row, why } if row.is_empty() => {
            format!("differs, though not in the row cited: {}", why.join("; "))
        }
        Repeated::Differs { row, why } => format!("differs: {}; {}", changes(row), why.join("; ")),
    }
}

/// What the row reads with all that is known today.
pub fn since(since: Option<&[Difference]>) -> String {
    match since {
        None => "cannot be read".to_owned(),
        Some([]) => "reads the same".to_owned(),
        Some(row) => changes(row),
    }
}

/// All of it on a page: what was asked, what the row read, and what came of reading it again.
pub fn repeated_text(cited: &Evidence, then: &Repeated, today: Option<&[Difference]>) -> String {
    let mut out = format!("{}\n\n", cited.in_words());
    out.push_str(&format!("On the data as it was: {}.\n", verdict(then)));
    out.push_str(&format!("With all that is known today: {}.\n", since(today)));
    if let Some(taken) = &cited.taken {
        if !taken.read.is_empty() {
            out.push_str("\nThe row as it was cited:\n");
        }
        for (column, value) in &taken.read {
            out.push_str(&format!("  {}: {value}\n", column.replace('_', " ")));
        }
        let known = taken.known;
        out.push_str(&format!(
            "\nComputed from what was known after import {} and revision {} of the ledger.\n\
             Result (SHA-256): {}\nSQL: {}\n",
            known.import, known.revision, taken.result, taken.sql
        ));
    }
    out.lines().map(|line| format!("{}\n", harmless(line))).collect()
}

fn changes(row: &[Difference]) -> String {
    let shown = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    let change = |difference: &Difference| {
        let column = difference.column.replace('_', " ");
        format!("{column} {} became {}", shown(&difference.was), shown(&difference.is))
    };
    row.iter().map(change).collect::<Vec<_>>().join(", ")
}
