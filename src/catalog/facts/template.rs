//! The file to start from when there is no export: header, meaning, one example row.

use super::{FactTable, TABLES, table};

/// Every table with its title, one a line.
pub fn listed() -> String {
    let width = TABLES.iter().map(|table| table.name.len()).max().unwrap_or(0);
    TABLES.iter().map(|table| format!("{:width$}  {}\n", table.name, table.title)).collect()
}

/// A CSV file for this table: comments that say what each column means (lines
/// that begin with `#`, skipped by the import), the header, and one example row
/// to be replaced. `None` when there is no table of this name.
pub fn template(name: &str) -> Option<String> {
    table(name).map(written)
}

fn written(table: &FactTable) -> String {
    let mut out = format!("# {}\n", table.title);
    for line in textwrap::wrap(table.help, 90) {
        out.push_str(&format!("# {line}\n"));
    }
    if !table.history {
        for line in textwrap::wrap(&table.taking.in_words(), 90) {
            out.push_str(&format!("# {line}\n"));
        }
    }
    let rows = if table.more.is_empty() { "row" } else { "rows" };
    out.push_str(&format!(
        "#\n# Lines that begin with # are not imported. Replace the example {rows}.\n#\n"
    ));
    let name_width = table.columns.iter().map(|c| c.name.len()).max().unwrap_or(0);
    let kind_width = table.columns.iter().map(|c| c.kind.name().len()).max().unwrap_or(0);
    for column in table.columns {
        out.push_str(&format!(
            "# {:name_width$}  {:kind_width$}  {:8}  {}\n",
            column.name,
            column.kind.name(),
            if column.required { "required" } else { "" },
            column.help
        ));
    }
    out.push_str(&row(table.columns.iter().map(|c| c.name)));
    out.push_str(&row(table.columns.iter().map(|c| c.example)));
    for more in table.more {
        out.push_str(&row(more.iter().copied()));
    }
    out
}

fn row<'a>(fields: impl Iterator<Item = &'a str>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(fields);
    writer
        .into_inner()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::facts::{FactKind, TABLES};

    #[test]
    fn a_template_reads_as_a_csv_file() {
        for table in TABLES {
            let text = template(table.name).expect("a template");
            let mut reader =
                csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
            let headers: Vec<String> =
                reader.headers().expect("a header").iter().map(str::to_owned).collect();
            assert_eq!(headers, table.columns.iter().map(|c| c.name).collect::<Vec<_>>());
            let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
            assert_eq!(rows.len(), 1 + table.more.len());
            for (column, field) in table.columns.iter().zip(rows[0].iter()) {
                assert!(!column.required || !field.is_empty(), "{}.{}", table.name, column.name);
                if column.kind == FactKind::Date && !field.is_empty() {
                    assert!(field.parse::<chrono::NaiveDate>().is_ok(), "{field}");
                }
            }
        }
        assert_eq!(template("nothing"), None);
    }
}
