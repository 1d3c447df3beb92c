//! CSV for machines: names of columns, ISO dates, a point, nothing rounded.

use crate::domain::{Table, Value};

pub(super) fn csv(table: &Table) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory fails only for rows of unlike length, which are padded.
    let _ = writer.write_record(table.columns.iter().map(|column| column.name.as_str()));
    for row in &table.rows {
        let fields =
            (0..table.columns.len()).map(|i| row.get(i).map(Value::plain).unwrap_or_default());
        let _ = writer.write_record(fields);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
