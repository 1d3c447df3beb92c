//! Whether what was filled in keeps the rules of its form.
//!
//! Invariant: pure. What needs the file to know (does a linked record exist, is
//! there another about the same thing) is checked where it is written.

use serde_json::Value as Json;

use super::body::{Body, rows, text};
use super::error::{Problem, or};
use super::normal::normal;
use crate::catalog::Form;
use crate::catalog::form::{Field, FieldKind, Required, Rule, RuleHolds, RuleKind};

/// Everything that keeps a record with this body from being in this state, in
/// the order of the form; rules over several fields come last.
pub fn check(form: &Form, body: &Body, state: &str) -> Vec<Problem> {
    checked(form, body, state).err().unwrap_or_default()
}

/// Whether a field that is required in this way must be filled in when the
/// record is in `state`.
pub fn is_required(form: &Form, required: &Required, state: &str) -> bool {
    match required {
        Required::No => false,
        Required::Always => true,
        Required::From(from) => binds(form, from, state),
    }
}

/// Whether what holds from one state on holds in another. States count in the
/// order of the form; but an end that a record can come to without passing any
/// state that asks for it asks for nothing either: a proposal that is
/// superseded owes nothing that a decision owes.
fn binds(form: &Form, from: &str, state: &str) -> bool {
    let place = |id: &str| form.states.iter().position(|known| known.id == id);
    let (Some(from), Some(state)) = (place(from), place(state)) else { return false };
    if state <= from || !form.states[state].done {
        return state >= from;
    }
    let asks = |place: usize| place == from || place > from && !form.states[place].done;
    let mut reached: Vec<usize> = (0..form.states.len()).take(1).filter(|&at| !asks(at)).collect();
    let mut next = 0;
    while let Some(&at) = reached.get(next) {
        next += 1;
        for step in form.moves.iter().filter(|step| step.from.contains(&form.states[at].id)) {
            if let Some(to) = place(&step.to)
                && !asks(to)
                && !reached.contains(&to)
            {
                reached.push(to);
            }
        }
    }
    !reached.contains(&state)
}

/// The body as it is stored, if it may be in this state.
pub(super) fn checked(form: &Form, body: &Body, state: &str) -> Result<Body, Vec<Problem>> {
    let (stored, wrong) = normalised(form, body);
    let mut problems = Vec::new();
    let needed = |field: &Field| is_required(form, &field.required, state);
    // A value that is wrong is not missing as well.
    let mut missing = |path: String, message: &str| {
        if wrong.iter().all(|problem| !within(&problem.field, &path)) {
            problems.push(Problem::new(path, message));
        }
    };
    for field in fields(form) {
        let FieldKind::Rows { fields: columns, min, max } = &field.kind else {
            if needed(field) && !stored.contains_key(&field.id) {
                missing(field.id.clone(), "must be filled in");
            }
            continue;
        };
        let there = rows(&stored, &field.id);
        let least = if needed(field) { (*min).max(1) } else { 0 };
        if there.len() < least {
            missing(field.id.clone(), &format!("needs at least {}", counted(least, "row")));
        }
        if let Some(max) = max.filter(|max| there.len() > *max) {
            missing(field.id.clone(), &format!("holds {} rows; at most {max} fit", there.len()));
        }
        for (place, row) in there.iter().enumerate() {
            for column in columns {
                if needed(column) && !row.contains_key(&column.id) {
                    missing(format!("{}/{place}/{}", field.id, column.id), "must be filled in");
                }
            }
        }
    }
    problems.extend(wrong);
    let order = |problem: &Problem| {
        let top = problem.field.split('/').next().unwrap_or_default();
        fields(form).position(|field| field.id == top).unwrap_or(usize::MAX)
    };
    problems.sort_by_key(order);
    for rule in &form.rules {
        let holds = match &rule.holds {
            RuleHolds::Always => true,
            RuleHolds::From(from) => is_required(form, &Required::From(from.clone()), state),
            RuleHolds::In(states) => states.iter().any(|known| known == state),
        };
        let when = rule.when.as_ref();
        let applies =
            holds && when.is_none_or(|(field, value)| text(&stored, field) == Some(value.as_str()));
        if applies && let Some(broken) = broken(rule, &stored) {
            problems.push(broken);
        }
    }
    if problems.is_empty() { Ok(stored) } else { Err(problems) }
}

/// Every value in its one form, rows without anything in them left out; and
/// what could not be brought into it.
pub(super) fn normalised(form: &Form, body: &Body) -> (Body, Vec<Problem>) {
    let mut stored = Body::new();
    let mut problems = Vec::new();
    let known: Vec<&Field> = fields(form).collect();
    normalise("", &known, body, &mut stored, &mut problems);
    (stored, problems)
}

fn normalise(
    above: &str,
    known: &[&Field],
    given: &Body,
    stored: &mut Body,
    problems: &mut Vec<Problem>,
) {
    for field in known {
        let Some(value) = given.get(&field.id) else { continue };
        let path = format!("{above}{}", field.id);
        let kept = match &field.kind {
            FieldKind::Rows { fields, .. } => {
                let columns: Vec<&Field> = fields.iter().collect();
                group(&path, &columns, value, problems)
            }
            _ => normal(field, value).unwrap_or_else(|message| {
                problems.push(Problem::new(path, message));
                None
            }),
        };
        if let Some(kept) = kept {
            stored.insert(field.id.clone(), kept);
        }
    }
    for key in given.keys().filter(|key| known.iter().all(|field| field.id != **key)) {
        let near = nearest(key, known);
        problems
            .push(Problem::new(format!("{above}{key}"), format!("there is no such field{near}")));
    }
}

/// The rows of a group that have something in them.
fn group(
    path: &str,
    columns: &[&Field],
    given: &Json,
    problems: &mut Vec<Problem>,
) -> Option<Json> {
    let items = match given {
        Json::Array(items) => items.as_slice(),
        Json::Null => &[],
        Json::String(text) if text.trim().is_empty() => &[],
        _ => {
            problems.push(Problem::new(path, "must be a list of rows"));
            return None;
        }
    };
    let mut kept = Vec::new();
    for (place, item) in items.iter().enumerate() {
        match item {
            Json::Object(row) => {
                let mut stored = Body::new();
                let before = problems.len();
                normalise(&format!("{path}/{place}/"), columns, row, &mut stored, problems);
                // A default alone is nothing that anybody wrote.
                let written = stored.iter().any(|(key, value)| !is_default(columns, key, value));
                if written || problems.len() > before {
                    kept.push(Json::Object(stored));
                }
            }
            _ => problems.push(Problem::new(format!("{path}/{place}"), "must be a row of fields")),
        }
    }
    if kept.is_empty() { None } else { Some(Json::Array(kept)) }
}

fn is_default(columns: &[&Field], key: &str, value: &Json) -> bool {
    columns.iter().any(|column| column.id == key && column.default.as_deref() == value.as_str())
}

fn broken(rule: &Rule, body: &Body) -> Option<Problem> {
    match &rule.kind {
        RuleKind::OneOf(fields) => {
            let filled = fields.iter().any(|field| body.contains_key(field));
            let first = fields.first().map_or("", String::as_str);
            (!filled).then(|| Problem::new(first, rule.message.as_str()))
        }
        RuleKind::Apart(fields) => {
            let [first, others @ ..] = fields.as_slice() else { return None };
            let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
            let name = text(body, first)?;
            let clash = others.iter().any(|other| text(body, other).is_some_and(|b| same(name, b)));
            clash.then(|| Problem::new(first.as_str(), rule.message.as_str()))
        }
        RuleKind::Count { rows: group, with: (column, value), min, max } => {
            let with = |row: &&Body| text(row, column) == Some(value.as_str());
            let count = rows(body, group).into_iter().filter(with).count();
            let fits = count >= *min && max.is_none_or(|max| count <= max);
            (!fits).then(|| {
                let message = format!("{}; here {}", rule.message, are(count));
                Problem::new(group.as_str(), message)
            })
        }
    }
}

fn are(count: usize) -> String {
    match count {
        0 => "there is none".to_owned(),
        1 => "there is 1".to_owned(),
        _ => format!("there are {count}"),
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The fields of a form in order, those of rows not counted.
pub(super) fn fields(form: &Form) -> impl Iterator<Item = &Field> {
    form.sections.iter().flat_map(|section| &section.fields)
}

/// Whether a path is the same as another, or lies below it.
fn within(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `; did you mean owner?`, or the fields there are.
fn nearest(key: &str, known: &[&Field]) -> String {
    let ids: Vec<&str> = known.iter().map(|field| field.id.as_str()).collect();
    match similar::get_close_matches(key, &ids, 1, 0.7).first() {
        Some(near) => format!("; did you mean {near}?"),
        None => format!("; there are {}", or(ids)),
    }
}
