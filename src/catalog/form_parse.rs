//! Reads a form: `forms/<area>/<kind>.toml`.
//!
//! The shape. Everything that may be left out says so; every key that is not
//! named here is a mistake.
//!
//! ```toml
//! title      = "Battle card"
//! plural     = "Battle cards"       # may be left out: the title with an s
//! prefix     = "BC"                 # records are BC-1, BC-2, …; 1 to 4 capitals, no other form's
//! curriculum = ["M8.4"]             # may be left out
//! help       = "What a seller needs before a deal against this competitor."
//! name       = "{competitor}"       # how a record is called: ids of fields in braces
//! about      = "competitor"         # may be left out: one open record for each value of this field,
//!                                   # or of several: ["competitor", "segment"]
//!
//! [fill]                            # may be left out: fields are filled from a figure's first row
//! figure = "deals"
//! with   = { opportunity_id = "opportunity_id" }   # parameter of the figure = field
//!
//! [[section]]
//! title = "Pricing"
//! id    = "pricing"                 # may be left out: made from the title
//! help  = "Public prices only."     # may be left out
//!
//! [[section.field]]
//! id       = "amount"               # small letters, digits and _; once in the form
//! type     = "money"                # text, long text, choice, choices, date, number, money,
//!                                   # percent, person, link, evidence or rows
//! label    = "Amount"               # may be left out: made from the id; so may everything below
//! help     = "Without tax."
//! required = "published"            # from this state on; true: always
//! from     = "amount"               # column of the fill figure; read-only …
//! editable = true                   # … unless so
//! default  = "0.00"                 # of a new record, as a text
//!
//! [[section.field]]
//! id      = "tier"
//! type    = "choice"                # or "choices", for several
//! options = ["1", { value = "2", label = "2: met now and then" }]
//!
//! # text: max (characters) · number: min, max · link: kinds = ["play"], changes = true ·
//! # evidence: again, on, period (read again: see docs/forms.md) · rows: min, max and
//! [[section.field]]
//! id   = "objections"
//! type = "rows"
//! [[section.field.field]]           # the fields of one row, never rows again
//! id   = "objection"
//! type = "long text"
//!
//! # [[rule]]: what must hold over several fields, see `form_rules`
//!
//! [[state]]                         # in order; a record starts in the first
//! id    = "draft"
//! title = "Draft"                   # may be left out: made from the id
//! open  = true                      # may be changed here; left out: true for the first state only
//! [[state]]
//! id    = "published"
//! done  = true                      # nothing more is expected; left out: false
//!
//! [[move]]
//! action    = "publish"             # the word on the key
//! from      = "draft"               # a state, or several: ["draft", "stale"]
//! to        = "published"
//! approvals = 1                     # people who must agree, no author among them; left out: 0
//! reason    = true                  # a reason must be given; left out: false
//! restores  = "published"           # what it said when last in that state, before the present text,
//!                                   # comes back; left out: the text stays as it is
//! ```

use std::collections::BTreeSet;
use std::path::Path;

use crate::catalog::error::{Report, suggestion};
use crate::catalog::figure_parse::is_curriculum_line;
use crate::catalog::form::{Field, FieldKind, Fill, Form, Move, Section, State};
use crate::catalog::toml_read::{Located, Node, Places, document, plain};
use crate::catalog::{form_field, form_rules};

const KEYS: [&str; 12] = [
    "title",
    "plural",
    "prefix",
    "curriculum",
    "help",
    "name",
    "about",
    "fill",
    "section",
    "rule",
    "state",
    "move",
];

/// Reads a form and checks it as far as the file alone allows. The form is only
/// of use when the report stays clean.
pub(crate) fn parse(
    report: &mut Report<'_>,
    file: &Path,
    kind: &str,
    area: &str,
) -> Option<(Form, Places)> {
    let document = document(report)?;
    let root = Node::root(&document);
    let mut places = Places::new();
    root.only(report, "a form", &KEYS);
    let title = root.needed(report, "the form", "title").map(|text| text.value)?;
    let states = states(report, &root);
    let ids: Vec<&str> = states.iter().map(|state| state.id.as_str()).collect();
    let fill = fill(report, &root, &mut places);
    let sections = sections(report, &root, &ids, &mut places);
    // A field that could not be read would be missed by the rules that name it.
    let rules =
        if report.is_clean() { form_rules::read(report, &root, &sections, &ids) } else { vec![] };
    let form = Form {
        kind: kind.to_owned(),
        area: area.to_owned(),
        plural: root.text(report, "plural").map_or_else(|| format!("{title}s"), |text| text.value),
        title,
        prefix: prefix(report, &root, &mut places),
        curriculum: curriculum(report, &root),
        help: root.needed(report, "the form", "help").map(|t| t.value).unwrap_or_default(),
        name: root.needed(report, "the form", "name").map(|t| t.value).unwrap_or_default(),
        about: plain(root.texts(report, "about")),
        fill,
        moves: moves(report, &root, &states),
        sections,
        rules,
        states,
        file: file.to_owned(),
    };
    // A field that could not be read would be missed by all that speak of it.
    if report.is_clean() {
        check_fields(report, &root, &form, &places);
    }
    Some((form, places))
}

fn prefix(report: &mut Report<'_>, root: &Node<'_>, places: &mut Places) -> String {
    let Some(prefix) = root.needed(report, "the form", "prefix") else { return String::new() };
    if !(1..=4).contains(&prefix.value.len())
        || !prefix.value.bytes().all(|b| b.is_ascii_uppercase())
    {
        report.at(prefix.range.clone(), "a prefix is 1 to 4 capitals, such as PM");
    }
    places.insert("prefix".to_owned(), prefix.range);
    prefix.value
}

fn curriculum(report: &mut Report<'_>, root: &Node<'_>) -> Vec<String> {
    let lines = root.texts(report, "curriculum");
    for line in &lines {
        if !is_curriculum_line(&line.value) {
            report.at(
                line.range.clone(),
                format!("\"{}\" is no line of the curriculum such as M8.2", line.value),
            );
        }
    }
    lines.into_iter().map(|line| line.value).collect()
}

fn fill(report: &mut Report<'_>, root: &Node<'_>, places: &mut Places) -> Option<Fill> {
    let node = root.table(report, "fill")?;
    node.only(report, "[fill]", &["figure", "with"]);
    let figure = node.needed(report, "[fill]", "figure")?;
    places.insert("fill.figure".to_owned(), figure.range);
    let mut bind = Vec::new();
    if let Some(with) = node.table(report, "with") {
        for (parameter, field) in with.entries() {
            let Some(field) = field.text(report, &parameter.value) else { continue };
            places.insert(format!("fill.parameter.{}", parameter.value), parameter.range);
            places.insert(format!("fill.field.{}", field.value), field.range);
            bind.push((parameter.value, field.value));
        }
    }
    Some(Fill { figure: figure.value, bind })
}

fn sections(
    report: &mut Report<'_>,
    root: &Node<'_>,
    states: &[&str],
    places: &mut Places,
) -> Vec<Section> {
    let mut out: Vec<Section> = Vec::new();
    let mut seen = BTreeSet::new();
    let nodes = root.tables(report, "section");
    if nodes.is_empty() {
        report.at(0..0, "the form has no [[section]]");
    }
    for node in nodes {
        node.only(report, "a section", &["id", "title", "help", "field"]);
        let Some(title) = node.needed(report, "the section", "title") else { continue };
        let id = match node.text(report, "id") {
            Some(id) => id,
            None => Located { value: made_id(&title.value), range: title.range.clone() },
        };
        if out.iter().any(|section| section.id == id.value) {
            report.at(id.range, format!("there are two sections \"{}\"", id.value));
        }
        let mut fields = Vec::new();
        for inner in node.tables(report, "field") {
            let read = form_field::read(report, &inner, states, None, places);
            let Some((place, field)) = read else { continue };
            if !seen.insert(field.id.clone()) {
                report.at(place, format!("there are two fields \"{}\"", field.id));
            }
            fields.push(field);
        }
        if fields.is_empty() {
            report.at(title.range.clone(), "the section has no [[section.field]]");
        }
        let help = node.text(report, "help").map(|text| text.value).unwrap_or_default();
        out.push(Section { id: id.value, title: title.value, help, fields });
    }
    out
}

/// `Where we win` becomes `where_we_win`.
fn made_id(title: &str) -> String {
    let id: String = title
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    id.trim_matches('_').to_owned()
}

fn states(report: &mut Report<'_>, root: &Node<'_>) -> Vec<State> {
    let mut out: Vec<State> = Vec::new();
    for node in root.tables(report, "state") {
        node.only(report, "a state", &["id", "title", "open", "done"]);
        let Some(id) = node.needed(report, "the state", "id") else { continue };
        if !is_state_id(&id.value) {
            report.at(id.range, "the id of a state has small letters, digits and - only");
            continue;
        }
        if out.iter().any(|state| state.id == id.value) {
            report.at(id.range, format!("there are two states \"{}\"", id.value));
            continue;
        }
        let title = node.text(report, "title").map(|text| text.value);
        out.push(State {
            title: title.unwrap_or_else(|| form_field::label_of(&id.value)),
            open: node.flag(report, "open").unwrap_or(out.is_empty()),
            done: node.flag(report, "done").unwrap_or(false),
            id: id.value,
        });
    }
    if out.is_empty() {
        report.at(0..0, "the form has no [[state]]; a record starts in the first");
    }
    out
}

fn is_state_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn moves(report: &mut Report<'_>, root: &Node<'_>, states: &[State]) -> Vec<Move> {
    let mut out: Vec<Move> = Vec::new();
    let ids: Vec<&str> = states.iter().map(|state| state.id.as_str()).collect();
    let known = |report: &mut Report<'_>, state: &Located<String>| {
        let found = ids.contains(&state.value.as_str());
        if !found {
            let offer = suggestion(&state.value, ids.iter().copied());
            report.at(state.range.clone(), format!("there is no state \"{}\"{offer}", state.value));
        }
        found
    };
    for node in root.tables(report, "move") {
        node.only(report, "a move", &["action", "from", "to", "approvals", "reason", "restores"]);
        let action = node.needed(report, "the move", "action");
        let to = node.needed(report, "the move", "to").filter(|to| known(report, to));
        let from = node.texts(report, "from");
        if from.is_empty() {
            report.at(node.range.clone(), "the move has no from; write from = \"state\"");
        }
        let from: Vec<Located<String>> =
            from.into_iter().filter(|state| known(report, state)).collect();
        let approvals = node.whole(report, "approvals").map_or(0, |number| number.value);
        let needs_reason = node.flag(report, "reason").unwrap_or(false);
        let restores = node.text(report, "restores").filter(|state| known(report, state));
        let (Some(action), Some(to)) = (action, to) else { continue };
        for state in &from {
            if state.value == to.value {
                report.at(state.range.clone(), "the move leads back to where it starts");
            }
            let same =
                |known: &Move| known.action == action.value && known.from.contains(&state.value);
            if out.iter().any(same) {
                report.at(
                    action.range.clone(),
                    format!("two moves \"{}\" start from {}", action.value, state.value),
                );
            }
        }
        let from = from.into_iter().map(|state| state.value).collect();
        let restores = restores.map(|state| state.value);
        out.push(Move {
            from,
            to: to.value,
            action: action.value,
            approvals,
            needs_reason,
            restores,
        });
    }
    check_ways(report, root, states, &out);
    out
}

/// Every state can be reached, and there is a way on from every state that is not done.
fn check_ways(report: &mut Report<'_>, root: &Node<'_>, states: &[State], moves: &[Move]) {
    let Some(first) = states.first() else { return };
    if !report.is_clean() {
        return;
    }
    let mut reached = vec![first.id.as_str()];
    let mut next = 0;
    while next < reached.len() {
        let here = reached[next];
        for step in moves.iter().filter(|step| step.from.iter().any(|from| from == here)) {
            if !reached.contains(&step.to.as_str()) {
                reached.push(&step.to);
            }
        }
        next += 1;
    }
    let nodes = root.tables(report, "state");
    for (state, node) in states.iter().zip(nodes) {
        let place = node.text(report, "id").map_or(0..0, |id| id.range);
        if !reached.contains(&state.id.as_str()) {
            report.at(place, format!("no move leads from {} to {}", first.id, state.id));
        } else if !state.done && !moves.iter().any(|step| step.from.contains(&state.id)) {
            report.at(
                place,
                format!("no move leads on from {}; add one, or say done = true", state.id),
            );
        }
    }
}

/// `name`, `about` and `[fill]` speak of fields that are there and hold one value.
fn check_fields(report: &mut Report<'_>, root: &Node<'_>, form: &Form, places: &Places) {
    let plain: Vec<&Field> = form
        .sections
        .iter()
        .flat_map(|section| &section.fields)
        .filter(|field| !matches!(field.kind, FieldKind::Rows { .. }))
        .collect();
    let unknown = |id: &str| {
        let offer = suggestion(id, plain.iter().map(|field| field.id.as_str()));
        format!("\"{id}\" is no field of this form that holds one value{offer}")
    };
    let known = |id: &str| plain.iter().any(|field| field.id == id);
    if let Some(name) = root.text(report, "name") {
        match name_fields(&name.value) {
            Err(message) => report.at(name.range, message),
            Ok(ids) => {
                for id in ids.into_iter().filter(|id| !known(id)) {
                    report.at(name.range.clone(), unknown(id));
                }
            }
        }
    }
    for about in root.texts(report, "about").into_iter().filter(|field| !known(&field.value)) {
        report.at(about.range, unknown(&about.value));
    }
    let bound = form.fill.iter().flat_map(|fill| &fill.bind);
    for (_, field) in bound.filter(|(_, field)| !known(field)) {
        let place = places.get(&format!("fill.field.{field}")).cloned().unwrap_or(0..0);
        report.at(place, unknown(field));
    }
    for field in plain.iter().filter(|field| field.filled_from.is_some() && form.fill.is_none()) {
        let place = places.get(&format!("from.{}", field.id)).cloned().unwrap_or(0..0);
        report.at(place, "a field is filled only when the form has [fill] figure = \"…\"");
    }
}

/// The ids in braces of a name such as `{account} · {opportunity}`.
fn name_fields(name: &str) -> Result<Vec<&str>, &'static str> {
    let mut out = Vec::new();
    let mut rest = name;
    while let Some(start) = rest.find(['{', '}']) {
        let end = rest[start..].find('}').filter(|_| rest[start..].starts_with('{'));
        let end = end.ok_or("braces come in pairs around the id of a field: {account}")?;
        out.push(&rest[start + 1..start + end]);
        rest = &rest[start + end + 1..];
    }
    if out.is_empty() {
        return Err("the name of a record holds at least one field in braces: {account}");
    }
    Ok(out)
}
