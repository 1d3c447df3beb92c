//! Where the focus can be in a form, and what each place is called.
//!
//! A place has a path that outlives the program (it is kept with a draft):
//! `learning`, `drivers/0`, `drivers/0/quote`, and `drivers/+` for the place
//! where a row is added. Rows count from 0.

use serde_json::{Map, Value};

use crate::catalog::form::{Field, FieldKind, Form};

/// A place in a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stop {
    /// Which field, counted through all sections.
    pub field: usize,
    pub part: Part,
}

/// Which part of the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    #[default]
    Whole,
    /// One of its rows.
    Row(usize),
    /// A field of one of its rows.
    Cell(usize, usize),
    /// Where a row is added.
    Add,
}

impl Stop {
    pub fn whole(field: usize) -> Stop {
        Stop { field, part: Part::Whole }
    }

    pub fn row(self, row: usize) -> Stop {
        Stop { part: Part::Row(row), ..self }
    }

    pub fn cell(self, row: usize, cell: usize) -> Stop {
        Stop { part: Part::Cell(row, cell), ..self }
    }

    pub fn add(self) -> Stop {
        Stop { part: Part::Add, ..self }
    }
}

/// The fields of a form in their order, those of rows not counted.
pub fn fields(form: &Form) -> impl Iterator<Item = &Field> {
    form.sections.iter().flat_map(|section| &section.fields)
}

pub fn field(form: &Form, at: usize) -> Option<&Field> {
    fields(form).nth(at)
}

/// The fields of a group of rows; none for any other field.
pub fn cells(field: &Field) -> &[Field] {
    match &field.kind {
        FieldKind::Rows { fields, .. } => fields,
        _ => &[],
    }
}

/// The field that holds the value at a place: the cell's own for a cell.
pub fn field_at(form: &Form, stop: Stop) -> Option<&Field> {
    let field = field(form, stop.field)?;
    match stop.part {
        Part::Cell(_, cell) => cells(field).get(cell),
        _ => Some(field),
    }
}

/// The rows of a group.
pub fn rows<'b>(body: &'b Map<String, Value>, field: &Field) -> &'b [Value] {
    body.get(&field.id).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The value at a place, `Null` where there is none.
pub fn value<'b>(form: &Form, body: &'b Map<String, Value>, stop: Stop) -> &'b Value {
    let found = field(form, stop.field).and_then(|field| match stop.part {
        Part::Whole | Part::Add => body.get(&field.id),
        Part::Row(row) => rows(body, field).get(row),
        Part::Cell(row, cell) => {
            let cell = cells(field).get(cell)?;
            rows(body, field).get(row)?.get(&cell.id)
        }
    });
    found.unwrap_or(&Value::Null)
}

/// Stores a value at a field or a cell; nothing to store takes the key away.
pub fn store(form: &Form, body: &mut Map<String, Value>, stop: Stop, new: Option<Value>) {
    let Some(field) = field(form, stop.field) else { return };
    let (target, id) = match stop.part {
        Part::Cell(row, cell) => {
            let row = body.get_mut(&field.id).and_then(|rows| rows.get_mut(row));
            match (row.and_then(Value::as_object_mut), cells(field).get(cell)) {
                (Some(row), Some(cell)) => (row, &cell.id),
                _ => return,
            }
        }
        _ => (body, &field.id),
    };
    match new {
        Some(new) => {
            target.insert(id.clone(), new);
        }
        // Keeps the order of the others: two bodies are compared as text, too.
        None => {
            target.shift_remove(id);
        }
    }
}

/// The places that keys go through, first to last. The cells of a row are among
/// them only while the focus is in that row.
pub fn stops(
    form: &Form,
    body: &Map<String, Value>,
    focus: Stop,
    may_edit: impl Fn(&Field) -> bool,
) -> Vec<Stop> {
    let mut out = Vec::new();
    for (at, field) in fields(form).enumerate() {
        let whole = Stop::whole(at);
        let FieldKind::Rows { fields: cells, max, .. } = &field.kind else {
            if may_edit(field) {
                out.push(whole);
            }
            continue;
        };
        let count = rows(body, field).len();
        for row in 0..count {
            out.push(whole.row(row));
            let is_open =
                focus.field == at && matches!(focus.part, Part::Cell(open, _) if open == row);
            if is_open {
                out.extend((0..cells.len()).map(|cell| whole.cell(row, cell)));
            }
        }
        if may_edit(field) && max.is_none_or(|max| count < max) {
            out.push(whole.add());
        }
    }
    out
}

/// The path of a place.
pub fn path(form: &Form, stop: Stop) -> String {
    let Some(field) = field(form, stop.field) else { return String::new() };
    match stop.part {
        Part::Whole => field.id.clone(),
        Part::Row(row) => format!("{}/{row}", field.id),
        Part::Cell(row, cell) => {
            let cell = cells(field).get(cell).map_or("", |cell| cell.id.as_str());
            format!("{}/{row}/{cell}", field.id)
        }
        Part::Add => format!("{}/+", field.id),
    }
}

/// The place that a path names, or the nearest above it; `None` if the form has
/// no such field. Takes `drivers[0].quote` for `drivers/0/quote`.
pub fn at_path(form: &Form, path: &str) -> Option<Stop> {
    let path = path.replace(['[', '.'], "/").replace(']', "");
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let id = parts.next()?;
    let (at, field) = fields(form).enumerate().find(|(_, field)| field.id == id)?;
    let whole = Stop::whole(at);
    let Some(row) = parts.next() else { return Some(whole) };
    if row == "+" {
        return Some(whole.add());
    }
    let Ok(row) = row.parse::<usize>() else { return Some(whole) };
    let cell = parts.next().and_then(|id| cells(field).iter().position(|cell| cell.id == id));
    Some(cell.map_or(whole.row(row), |cell| whole.cell(row, cell)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tui::widgets::testing::form;

    #[test]
    fn every_place_has_a_path_and_back() {
        let form = form();
        let body = json!({"drivers": [{"name": "a"}, {"name": "b"}]});
        let body = body.as_object().expect("an object");
        let open = at_path(&form, "drivers/1/quote").expect("a place");
        let stops = stops(&form, body, open, |_| true);
        for stop in &stops {
            assert_eq!(at_path(&form, &path(&form, *stop)), Some(*stop));
        }
        let paths: Vec<String> = stops.iter().map(|stop| path(&form, *stop)).collect();
        let from = paths.iter().position(|path| path == "drivers/0").expect("the first row");
        let rows = [
            "drivers/0",
            "drivers/1",
            "drivers/1/name",
            "drivers/1/amount",
            "drivers/1/quote",
            "drivers/+",
        ];
        assert_eq!(paths[from..from + 6], rows);
        assert_eq!(at_path(&form, "drivers[1].quote"), Some(open));
        assert_eq!(at_path(&form, "no_such"), None);
        assert_eq!(at_path(&form, ""), None);
    }

    #[test]
    fn a_full_group_takes_no_more_rows() {
        let form = form();
        let body = json!({"drivers": [{}, {}, {}, {}]});
        let stops = stops(&form, body.as_object().expect("an object"), Stop::default(), |_| true);
        assert!(!stops.iter().any(|stop| stop.part == Part::Add));
    }

    #[test]
    fn values_go_where_their_path_says() {
        let form = form();
        let mut body = json!({"drivers": [{"name": "a"}]}).as_object().expect("an object").clone();
        let cell = at_path(&form, "drivers/0/quote").expect("a cell");
        store(&form, &mut body, cell, Some("said".into()));
        assert_eq!(value(&form, &body, cell), "said");
        store(&form, &mut body, cell, None);
        assert_eq!(Value::Object(body.clone()), json!({"drivers": [{"name": "a"}]}));
        let gone = at_path(&form, "drivers/7/quote").expect("a path");
        store(&form, &mut body, gone, Some("lost".into()));
        assert_eq!(value(&form, &body, gone), &Value::Null);
    }
}
