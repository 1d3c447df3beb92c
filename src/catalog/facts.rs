//! What can be imported: the fact tables and their columns, as files have them.
//!
//! Invariant: a column named here is a column of the table in the schema, save
//! `period`, which becomes `period_start` and `period_end`. Columns of the
//! schema that no file has (`valid_from`, `import_id` …) are not named here.

mod tables;
mod template;

pub use tables::TABLES;
pub use template::template;

/// A table that files can be imported into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactTable {
    /// As people and presets name it: `opportunities`.
    pub name: &'static str,
    /// Where it is stored: `facts.opportunity`.
    pub table: &'static str,
    pub title: &'static str,
    /// What one row is, and what to know before filling the file.
    pub help: &'static str,
    pub columns: &'static [FactColumn],
    /// Columns that together tell rows apart; a later row of the same file with the same key
    /// is a duplicate.
    pub key: &'static [&'static str],
    /// A file shows everything there was on one day, and is kept as changes since the last.
    pub history: bool,
}

/// A column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactColumn {
    /// The heading in our own files; the column of the table as well, save for [`FactKind::Period`].
    pub name: &'static str,
    pub kind: FactKind,
    /// A row without it is rejected.
    pub required: bool,
    pub help: &'static str,
    /// A value for the example row, in the machine form; may be empty.
    pub example: &'static str,
}

/// How a field is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    Text,
    Date,
    /// Decimal with two places.
    Money,
    /// Any decimal.
    Number,
    /// Stored as a share from 0 to 1; `70`, `70%` and `0.7` mean the same.
    Percent,
    /// yes or no, true or false, 1 or 0.
    Flag,
    /// A whole number.
    Whole,
    /// `2025-Q4`, `2025-10` or `2025`.
    Period,
}

impl FactKind {
    /// The word for it in templates and messages.
    pub fn name(self) -> &'static str {
        match self {
            FactKind::Text => "text",
            FactKind::Date => "date",
            FactKind::Money => "money",
            FactKind::Number => "number",
            FactKind::Percent => "percent",
            FactKind::Flag => "yes/no",
            FactKind::Whole => "whole number",
            FactKind::Period => "period",
        }
    }
}

/// The table of this name.
pub fn table(name: &str) -> Option<&'static FactTable> {
    TABLES.iter().find(|table| table.name == name)
}

impl FactTable {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static FactColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = include_str!("../workspace/schema/0001.sql");

    /// Columns of a table as the schema declares them, with their types.
    fn declared(table: &str) -> Vec<(String, String)> {
        let start = SCHEMA.find(&format!("CREATE TABLE {table} (")).expect(table);
        let body = &SCHEMA[start..];
        let body = &body[body.find('\n').expect("lines")..body.find("\n);").expect("an end")];
        body.lines()
            .map(|line| line.split("--").next().unwrap_or_default().trim())
            .filter(|line| !line.is_empty())
            .map(|line| {
                let mut words = line.trim_end_matches(',').split_whitespace();
                let name = words.next().unwrap_or_default().trim_matches('"').to_owned();
                (name, words.collect::<Vec<_>>().join(" "))
            })
            .collect()
    }

    #[test]
    fn columns_are_those_of_the_schema_in_its_order() {
        for table in TABLES {
            let ours: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
            let mut theirs: Vec<String> = Vec::new();
            for (name, _) in declared(table.table) {
                match name.as_str() {
                    "valid_from" | "valid_to" | "import_id" | "period_end" | "version"
                    | "author" | "at" => {}
                    "period_start" => theirs.push("period".into()),
                    _ => theirs.push(name),
                }
            }
            assert_eq!(ours, theirs, "{}", table.name);
        }
    }

    #[test]
    fn kinds_fit_the_types_of_the_schema() {
        for table in TABLES {
            let declared = declared(table.table);
            for column in table.columns {
                let Some((_, found)) = declared.iter().find(|(name, _)| name == column.name) else {
                    assert_eq!(column.kind, FactKind::Period, "{}.{}", table.name, column.name);
                    continue;
                };
                let fits = match column.kind {
                    FactKind::Text => found.starts_with("VARCHAR"),
                    FactKind::Date => found.starts_with("DATE"),
                    FactKind::Money => found.starts_with("DECIMAL(18,2)"),
                    FactKind::Number | FactKind::Percent => found.starts_with("DECIMAL"),
                    FactKind::Flag => found.starts_with("BOOLEAN"),
                    FactKind::Whole => found.starts_with("BIGINT") || found.starts_with("INTEGER"),
                    FactKind::Period => false,
                };
                assert!(fits, "{}.{} is {found}", table.name, column.name);
            }
        }
    }

    #[test]
    fn keys_are_columns_and_are_required_or_may_be_empty_by_design() {
        for table in TABLES {
            for key in table.key {
                assert!(table.column(key).is_some(), "{}.{key}", table.name);
            }
            assert!(table.columns.iter().any(|c| c.required), "{}", table.name);
        }
    }
}
