//! Reads the rules of a form over more than one field; part of [`super::form_parse`].
//!
//! ```toml
//! [[rule]]
//! one_of  = ["actions", "no_change_because"]  # at least one of them is filled in
//! when    = { outcome = "lost to competitor" } # may be left out: only while a choice has this value
//! from    = "published"                       # from this state on; or in = ["declined"]: in these
//!                                             # states; neither: always
//! message = "name at least one action"        # may be left out: made from the labels
//!
//! [[rule]]
//! apart   = ["facilitator", "owner"]          # the first names something else than the others
//!
//! [[rule]]
//! count   = "drivers"                         # rows that have a value in a choice of theirs
//! where   = { rank = "primary" }
//! min     = 1                                 # one of them may be left out
//! max     = 1
//! ```

use std::ops::Range;

use crate::catalog::error::{Report, listed, suggestion};
use crate::catalog::form::{Choice, Field, FieldKind, Rule, RuleHolds, RuleKind, Section};
use crate::catalog::toml_read::{Located, Node};

const KEYS: [&str; 10] =
    ["one_of", "apart", "count", "when", "where", "min", "max", "from", "in", "message"];

/// The rules of a form whose sections and states are known.
pub(crate) fn read(
    report: &mut Report<'_>,
    root: &Node<'_>,
    sections: &[Section],
    states: &[&str],
) -> Vec<Rule> {
    let fields: Vec<&Field> = sections.iter().flat_map(|section| &section.fields).collect();
    let mut out = Vec::new();
    for node in root.tables(report, "rule") {
        node.only(report, "a rule", &KEYS);
        let when = pair(report, &node, "when", &fields);
        let holds = holds(report, &node, states);
        let Some((kind, made)) = kind(report, &node, &fields) else { continue };
        let message = node.text(report, "message").map_or(made, |text| text.value);
        out.push(Rule { when, kind, holds, message });
    }
    out
}

/// The rule, and what to say of it when the form does not.
fn kind(report: &mut Report<'_>, node: &Node<'_>, fields: &[&Field]) -> Option<(RuleKind, String)> {
    let given: Vec<&str> =
        ["one_of", "apart", "count"].into_iter().filter(|key| node.has(key)).collect();
    let [key] = given.as_slice() else {
        report.at(node.range.clone(), "a rule has one of one_of, apart and count");
        return None;
    };
    if *key != "count" {
        for foreign in ["where", "min", "max"].into_iter().filter(|foreign| node.has(foreign)) {
            report.at(node.key_range(foreign), format!("{foreign} belongs to count, not to {key}"));
        }
    }
    match *key {
        "one_of" => {
            let ids = known(report, node, key, fields, |_| true);
            if node.texts(report, key).is_empty() {
                report.at(node.key_range(key), "one_of names at least one field");
            }
            let message = format!("fill in {}", listed(&labels(&ids, fields)));
            Some((RuleKind::OneOf(ids), message))
        }
        "apart" => {
            let single = |field: &Field| {
                !matches!(field.kind, FieldKind::Rows { .. } | FieldKind::Choices { .. })
            };
            let ids = known(report, node, key, fields, single);
            if node.texts(report, key).len() < 2 {
                report.at(node.key_range(key), "apart names two fields or more");
            }
            if ids.len() < 2 {
                return None;
            }
            let labels = labels(&ids, fields);
            let message = format!("{} must not be {}", labels[0], listed(&labels[1..]));
            Some((RuleKind::Apart(ids), message))
        }
        _ => count(report, node, fields),
    }
}

fn count(
    report: &mut Report<'_>,
    node: &Node<'_>,
    fields: &[&Field],
) -> Option<(RuleKind, String)> {
    let rows = node.needed(report, "the rule", "count")?;
    let group = fields.iter().find(|field| field.id == rows.value);
    let Some(FieldKind::Rows { fields: columns, .. }) = group.map(|group| &group.kind) else {
        let groups = fields.iter().filter(|f| matches!(f.kind, FieldKind::Rows { .. }));
        let offer = suggestion(&rows.value, groups.map(|group| group.id.as_str()));
        report.at(rows.range, format!("\"{}\" is no group of rows{offer}", rows.value));
        return None;
    };
    let columns: Vec<&Field> = columns.iter().collect();
    if !node.has("where") {
        report.at(node.range.clone(), "count needs where = { field = \"value\" }");
    }
    let with = pair(report, node, "where", &columns)?;
    let min = node.whole(report, "min");
    let max = node.whole(report, "max");
    let range = node.key_range("count");
    let limits = (min.map(|min| min.value), max.map(|max| max.value));
    let how_many = match limits {
        (None, None) => {
            report.at(range, "count needs min, max or both");
            return None;
        }
        (Some(min), Some(max)) if min > max => {
            report.at(range, format!("min {min} is more than max {max}"));
            return None;
        }
        (Some(min), Some(max)) if min == max => format!("exactly {min}"),
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
    };
    let label = group.map_or("", |group| group.label.as_str());
    let message = format!("{label} must have {how_many} with {}", with.1);
    let (min, max) = (limits.0.unwrap_or(0), limits.1);
    Some((RuleKind::Count { rows: rows.value, with, min, max }, message))
}

/// Ids that name fields of the form which are fit for it.
fn known(
    report: &mut Report<'_>,
    node: &Node<'_>,
    key: &str,
    fields: &[&Field],
    fit: impl Fn(&Field) -> bool,
) -> Vec<String> {
    let mut ids = Vec::new();
    for id in node.texts(report, key) {
        if fields.iter().any(|field| field.id == id.value && fit(field)) {
            ids.push(id.value);
        } else {
            let fit = fields.iter().filter(|field| fit(field)).map(|field| field.id.as_str());
            let offer = suggestion(&id.value, fit);
            report.at(id.range, format!("\"{}\" is no field that {key} can name{offer}", id.value));
        }
    }
    ids
}

/// `{ field = "value" }`: a choice and one of its options.
fn pair(
    report: &mut Report<'_>,
    node: &Node<'_>,
    key: &str,
    fields: &[&Field],
) -> Option<(String, String)> {
    let table = node.table(report, key)?;
    let entries = table.entries();
    let [(field, value)] = entries.as_slice() else {
        report.at(table.range.clone(), format!("{key} names one field: {{ field = \"value\" }}"));
        return None;
    };
    let value = value.text(report, &field.value)?;
    match options(report, field, fields)? {
        options if options.iter().any(|option| option.value == value.value) => {
            Some((field.value.clone(), value.value))
        }
        options => {
            let offer = suggestion(&value.value, options.iter().map(|o| o.value.as_str()));
            let message = format!("\"{}\" is no option of {}{offer}", value.value, field.value);
            report.at(value.range, message);
            None
        }
    }
}

fn options<'a>(
    report: &mut Report<'_>,
    id: &Located<String>,
    fields: &[&'a Field],
) -> Option<&'a [Choice]> {
    let choice = |field: &&'a Field| match &field.kind {
        FieldKind::Choice { options } => Some((field.id.as_str(), options.as_slice())),
        _ => None,
    };
    let choices: Vec<(&str, &[Choice])> = fields.iter().filter_map(choice).collect();
    let found = choices.iter().find(|(known, _)| *known == id.value).map(|(_, options)| *options);
    if found.is_none() {
        let offer = suggestion(&id.value, choices.iter().map(|(known, _)| *known));
        report.at(
            id.range.clone(),
            format!("\"{}\" is no field of type choice here{offer}", id.value),
        );
    }
    found
}

fn holds(report: &mut Report<'_>, node: &Node<'_>, states: &[&str]) -> RuleHolds {
    match (node.has("from"), node.has("in")) {
        (true, true) => {
            let range: Range<usize> = node.key_range("in");
            report.at(range, "a rule has from or in, not both");
            RuleHolds::Always
        }
        (true, false) => match node.text(report, "from") {
            Some(state) => {
                let found = check_state(report, &state, states);
                if found { RuleHolds::From(state.value) } else { RuleHolds::Always }
            }
            None => RuleHolds::Always,
        },
        (false, true) => {
            let given = node.texts(report, "in");
            let named = given.into_iter().filter(|state| check_state(report, state, states));
            RuleHolds::In(named.map(|state| state.value).collect())
        }
        (false, false) => RuleHolds::Always,
    }
}

fn check_state(report: &mut Report<'_>, state: &Located<String>, states: &[&str]) -> bool {
    let found = states.contains(&state.value.as_str());
    if !found {
        let offer = suggestion(&state.value, states.iter().copied());
        report.at(state.range.clone(), format!("there is no state \"{}\"{offer}", state.value));
    }
    found
}

fn labels<'a>(ids: &[String], fields: &[&'a Field]) -> Vec<&'a str> {
    let label = |id: &String| fields.iter().find(|field| field.id == *id).map(|f| f.label.as_str());
    ids.iter().filter_map(label).collect()
}
