//! The typed views of the records of a kind, made from its form: what lets a
//! figure query post-mortems as if they were a table.
//!
//! Invariant: nothing that stands in a body can make a query fail; what does not
//! fit its type reads as NULL.

use crate::catalog::form::{Field, FieldKind, Form};

/// Statements that make `record_<kind>` and, for every group of repeating rows,
/// `record_<kind>_<group>` as temporary views over `ledger.revision`.
///
/// Each record stands there once, as of its newest revision that was made at or
/// before the session variable `known_at` (NULL: the newest there is). Columns
/// besides the fields: `record_id`, `revision`, `state`, `created_at` and
/// `created_by` of revision 1, `updated_at`, `updated_by` and `reason` of the
/// newest; in the views of rows `record_id` and `row_number` from 1.
pub fn record_views(form: &Form) -> Vec<String> {
    let fields: Vec<&Field> = form.sections.iter().flat_map(|section| &section.fields).collect();
    let name = format!("record_{}", form.kind.replace('-', "_"));
    let mut views = vec![record_view(&name, &form.kind, &fields)];
    for field in fields {
        if let FieldKind::Rows { fields, .. } = &field.kind {
            views.push(rows_view(&name, &form.kind, &field.id, fields));
        }
    }
    views
}

fn record_view(name: &str, kind: &str, fields: &[&Field]) -> String {
    let columns: String = fields.iter().filter_map(|field| column(field)).collect();
    format!(
        "CREATE OR REPLACE TEMP VIEW {} AS\n\
         SELECT record_id, revision, state, created_at, created_by,\n    \
         \"at\" AS updated_at, author AS updated_by, reason{columns}\n\
         FROM ({}) AS newest;",
        quoted(name),
        newest(kind)
    )
}

fn rows_view(name: &str, kind: &str, group: &str, fields: &[Field]) -> String {
    let columns: String = fields.iter().filter_map(column).collect();
    let list = format!("from_json(body -> '$.{group}', '[\"JSON\"]')");
    // Unnested side by side, both lists keep in step, and a body that holds no
    // list there gives no rows.
    format!(
        "CREATE OR REPLACE TEMP VIEW {} AS\n\
         SELECT record_id, row_number{columns}\n\
         FROM (\n    SELECT record_id, unnest({list}) AS body,\n        \
         generate_subscripts({list}, 1)::INTEGER AS row_number\n    \
         FROM ({}) AS newest\n) AS rows;",
        quoted(&format!("{name}_{group}")),
        newest(kind)
    )
}

/// The newest known revision of every record of a kind, its body as JSON.
fn newest(kind: &str) -> String {
    format!(
        "SELECT record_id, revision, state, author, \"at\", reason,\n        \
         TRY_CAST(body AS JSON) AS body,\n        \
         first_value(\"at\") OVER (PARTITION BY record_id ORDER BY seq) AS created_at,\n        \
         first_value(author) OVER (PARTITION BY record_id ORDER BY seq) AS created_by\n    \
         FROM ledger.revision\n    \
         WHERE kind = {}\n        \
         AND (getvariable('known_at') IS NULL OR \"at\" <= getvariable('known_at'))\n    \
         QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY seq DESC) = 1",
        text(kind)
    )
}

/// `,\n    … AS "id"`; `None` for repeating rows, which have views of their own.
fn column(field: &Field) -> Option<String> {
    // Ids hold only small letters, digits and _, so they need no escaping in a path.
    let value = format!("body ->> '$.{}'", field.id);
    let typed = match &field.kind {
        FieldKind::Rows { .. } => return None,
        FieldKind::Evidence { .. } => return Some(evidence(&field.id)),
        FieldKind::Text { .. }
        | FieldKind::LongText
        | FieldKind::Choice { .. }
        | FieldKind::Person
        | FieldKind::Link { .. } => format!("({value})"),
        FieldKind::Date => format!("TRY_CAST({value} AS DATE)"),
        FieldKind::Money => format!("TRY_CAST({value} AS DECIMAL(18,2))"),
        FieldKind::Number { .. } | FieldKind::Percent => format!("TRY_CAST({value} AS DOUBLE)"),
        FieldKind::Choices { .. } => {
            format!("from_json(body -> '$.{}', '[\"VARCHAR\"]')", field.id)
        }
    };
    Some(format!(",\n    {typed} AS {}", quoted(&field.id)))
}

/// What evidence says under the name of its field, then its figure, the day it was read as of, and
/// the value of the cell where it is about one. The older way of citing, in words, gives the words.
fn evidence(id: &str) -> String {
    let says = format!(
        "CASE WHEN json_type(body -> '$.{id}') = 'OBJECT' THEN body ->> '$.{id}.says' \
         ELSE body ->> '$.{id}' END"
    );
    let columns = [
        (String::new(), says),
        ("_figure".into(), format!("(body ->> '$.{id}.figure')")),
        ("_as_of".into(), format!("TRY_CAST(body ->> '$.{id}.asked.as_of' AS DATE)")),
        ("_value".into(), format!("TRY_CAST(body ->> '$.{id}.value' AS DOUBLE)")),
    ];
    let column =
        |(end, sql): (String, String)| format!(",\n    {sql} AS {}", quoted(&format!("{id}{end}")));
    columns.into_iter().map(column).collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
