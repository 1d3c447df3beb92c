//! Reads what a preset says about rows: conditions, the state of rows that fit
//! them, and rows that are no data.

use crate::catalog::error::Report;
use crate::catalog::facts::FactTable;
use crate::catalog::preset::{Condition, Ids, Is, STATES, StateRule, When};
use crate::catalog::toml_read::{Entry, Node, one_of, plain};

/// The conditions under `when`; none where it is left out.
pub(crate) fn when_of(report: &mut Report<'_>, node: &Node<'_>) -> When {
    node.table(report, "when").map(|when| conditions(report, &when)).unwrap_or_default()
}

/// `{ "Status" = ["Lost"], "Closed" = true, "Reason" = "*", "Won on" = "" }`.
fn conditions(report: &mut Report<'_>, node: &Node<'_>) -> When {
    let mut out = Vec::new();
    for (header, wanted) in node.entries() {
        if header.value.trim().is_empty() {
            report.at(header.range, "name the header that the condition looks at");
            continue;
        }
        if let Some(is) = is(report, &wanted, &header.value) {
            out.push(Condition { header: header.value, is });
        }
    }
    if out.is_empty() {
        report
            .at(node.range.clone(), "name a header and what it must be: { \"Status\" = \"Lost\" }");
    }
    When(out)
}

fn is(report: &mut Report<'_>, wanted: &Entry<'_>, header: &str) -> Option<Is> {
    if let Some(flag) = wanted.as_flag() {
        return Some(Is::Flag(flag));
    }
    let words = plain(wanted.texts(report, header));
    match words.as_slice() {
        [] => {
            report.at(wanted.range(), "give words in quotes, or true or false");
            None
        }
        [only] if only == "*" => Some(Is::Filled),
        [only] if only.trim().is_empty() => Some(Is::Empty),
        _ => {
            for word in words.iter().filter(|word| early_star(word)) {
                report.at(wanted.range(), format!("a * stands at the end of a word: \"{word}\""));
            }
            Some(Is::Words(words))
        }
    }
}

/// A `*` that is not the last letter of the word.
pub(crate) fn early_star(word: &str) -> bool {
    let rest = word.trim().strip_suffix('*').unwrap_or(word);
    rest.contains('*') || rest.trim().is_empty()
}

/// `[[table.state]]`, in the order of the file.
pub(crate) fn state_rules(
    report: &mut Report<'_>,
    node: &Node<'_>,
    fact: &FactTable,
) -> Vec<StateRule> {
    let mut out = Vec::new();
    for rule in node.tables(report, "state") {
        rule.only(report, "a state", &["is", "when"]);
        if fact.column("state").is_none() {
            report.at(rule.range, format!("{} has no state", fact.name));
            return out;
        }
        let is = rule.needed(report, "the state", "is");
        let is = is.and_then(|is| one_of(report, "state", &is, &STATES));
        if !rule.has("when") {
            report.at(rule.range.clone(), "say for which rows: when = { \"Status\" = \"Lost\" }");
        }
        let when = when_of(report, &rule);
        out.extend(is.map(|is| StateRule { is: is.to_owned(), when }));
    }
    out
}

/// `leave_out = [{ "Deleted" = true }]`.
pub(crate) fn leave_out(report: &mut Report<'_>, node: &Node<'_>) -> Vec<When> {
    let mut out = Vec::new();
    for item in node.items(report, "leave_out") {
        match item.as_table() {
            Some(node) => out.push(conditions(report, &node)),
            None => report.at(item.range(), "a condition stands in braces: { \"Deleted\" = true }"),
        }
    }
    out
}

pub(crate) fn ids(report: &mut Report<'_>, node: &Node<'_>) -> Option<Ids> {
    let way = node.text(report, "ids")?;
    one_of(report, "way of writing ids", &way, &["salesforce"]).map(|_| Ids::Salesforce)
}

/// Headers with a `*` in the place of the stage.
pub(crate) fn entered(report: &mut Report<'_>, node: &Node<'_>, fact: &FactTable) -> Vec<String> {
    let patterns = node.texts(report, "entered");
    for pattern in &patterns {
        if pattern.value.matches('*').count() != 1 || pattern.value.trim() == "*" {
            report.at(
                pattern.range.clone(),
                "write the header with one * in the place of the stage: \"Date entered *\"",
            );
        }
    }
    if !patterns.is_empty() && fact.column("stage").is_none() {
        report.at(node.key_range("entered"), format!("{} has no stage", fact.name));
    }
    plain(patterns)
}
