//! What can be imported: the fact tables and their columns, as files have them.
//!
//! Invariant: a column named here is a column of the table in the schema, save
//! `period`, which becomes `period_start` and `period_end`. Columns of the
//! schema that no file has (`valid_from`, `import_id` …) are not named here.

mod column;
mod customers;
mod deals;
mod history;
mod marketing;
mod markets;
mod measures;
mod orders;
mod people;
mod plans;
mod products;
mod tables;
mod template;

pub use history::HISTORY;
pub use tables::TABLES;
pub use template::{listed, template};

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
    /// What a file does to the rows that are there, where there is no history.
    pub taking: Taking,
    /// Shares that must add up to the whole, or none of them is taken.
    pub whole: Option<Whole>,
    /// Rows without money need no currency.
    pub currency_with_money: bool,
    /// Rows of the template behind the first, where one alone would not be taken.
    pub more: &'static [&'static [&'static str]],
}

/// A column of shares of which those of one kind make up the whole of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    pub share: &'static str,
    /// Of what.
    pub of: &'static str,
    /// Column and word of the rows that count.
    pub only: (&'static str, &'static str),
}

/// What becomes of rows that are stored already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// A row takes the place of the one with its key; rows that the file does not name stay.
    Merge,
    /// The file says everything about the values it has in these columns: what is stored under
    /// them and is not in the file goes.
    Within(&'static [&'static str]),
    /// Nothing is overwritten; a different row is a new version.
    Versions,
    /// The file says everything about the fiscal years in it.
    Calendar,
}

impl Taking {
    /// For the person who fills the file.
    pub fn in_words(self) -> String {
        match self {
            Taking::Merge => {
                "A row takes the place of the one with its key; rows that a file does not name stay."
                    .into()
            }
            Taking::Within(columns) => {
                let columns = columns.iter().map(|column| column.replace('_', " "));
                let columns = columns.collect::<Vec<_>>().join(" and ");
                format!("A file replaces everything that is stored for each {columns} in it.")
            }
            Taking::Versions => {
                "Nothing is overwritten: a row takes the place of an earlier one from its day on."
                    .into()
            }
            Taking::Calendar => {
                "A file replaces the fiscal years in it; what is stored for a quarter keeps its name."
                    .into()
            }
        }
    }
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
    /// Name of the table of which it holds keys.
    pub links: Option<&'static str>,
    /// The only words it takes; empty: any text.
    pub words: &'static [&'static str],
}

/// How a field is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    Text,
    Date,
    /// Decimal with two places.
    Money,
    /// Money for one unit, which may be a fraction of a cent: decimal with six places.
    Price,
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
    /// A day with a time of day, stored as UTC.
    Moment,
}

impl FactKind {
    /// Means nothing without a currency.
    pub fn is_money(self) -> bool {
        matches!(self, FactKind::Money | FactKind::Price)
    }

    /// The word for it in templates and messages.
    pub fn name(self) -> &'static str {
        match self {
            FactKind::Text => "text",
            FactKind::Date => "date",
            FactKind::Money => "money",
            FactKind::Price => "price",
            FactKind::Number => "number",
            FactKind::Percent => "percent",
            FactKind::Flag => "yes/no",
            FactKind::Whole => "whole number",
            FactKind::Period => "period",
            FactKind::Moment => "date and time",
        }
    }
}

/// The table of this name.
pub fn table(name: &str) -> Option<&'static FactTable> {
    TABLES.iter().chain([&HISTORY]).find(|table| table.name == name)
}

impl FactTable {
    /// What most tables are: rows found again by their key.
    const MERGED: FactTable = FactTable {
        name: "",
        table: "",
        title: "",
        help: "",
        columns: &[],
        key: &[],
        history: false,
        taking: Taking::Merge,
        whole: None,
        currency_with_money: false,
        more: &[],
    };

    /// The file is a log of changes and no list of what there is.
    pub fn is_log(&self) -> bool {
        self.name == HISTORY.name
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static FactColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The money that can be added up over rows; prices of a unit cannot.
    pub fn amount(&self) -> Option<&'static FactColumn> {
        self.column("amount").filter(|column| column.kind == FactKind::Money)
    }

    /// Columns that hold keys of other tables, each with that table.
    pub fn links(&self) -> impl Iterator<Item = (&'static FactColumn, &'static FactTable)> {
        self.columns.iter().filter_map(|column| Some((column, table(column.links?)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: [&str; 2] = [
        include_str!("../workspace/schema/0001.sql"),
        include_str!("../workspace/schema/0002.sql"),
    ];

    /// Columns of a table as the schema declares them, with their types.
    fn declared(table: &str) -> Vec<(String, String)> {
        let create = format!("CREATE TABLE {table} (");
        let text = SCHEMA.iter().find(|text| text.contains(&create)).expect(table);
        let body = &text[text.find(&create).expect(table)..];
        let body = &body[body.find('\n').expect("lines")..body.find("\n);").expect("an end")];
        let add = format!("ALTER TABLE {table} ADD COLUMN ");
        let added = SCHEMA.iter().flat_map(|text| text.lines());
        let added = added.filter_map(|line| line.strip_prefix(&add));
        body.lines()
            .chain(added)
            .map(|line| line.split("--").next().unwrap_or_default().trim())
            .filter(|line| !line.is_empty())
            .map(|line| {
                let mut words = line.trim_end_matches([',', ';']).split_whitespace();
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
                    "valid_from" | "valid_to" if table.history => {}
                    "import_id" | "period_end" | "version" | "author" | "at" => {}
                    // Told from the months and quarters of the file.
                    "quarter_start" | "quarter_end" | "fiscal_year" | "month_in_quarter" => {}
                    "period_start" => theirs.push("period".into()),
                    _ => theirs.push(name),
                }
            }
            assert_eq!(ours, theirs, "{}", table.name);
        }
    }

    #[test]
    fn what_every_row_needs_is_not_null_in_the_schema() {
        for table in TABLES {
            for (name, kind) in declared(table.table) {
                let Some(column) = table.column(&name) else { continue };
                if name == "currency" {
                    let always = kind.contains("NOT NULL");
                    assert_eq!(always, !table.currency_with_money, "{}", table.name);
                } else if kind.contains("NOT NULL") {
                    assert!(column.required, "{}.{name}", table.name);
                }
            }
        }
    }

    #[test]
    fn links_lead_to_tables_that_are_told_apart_by_one_column() {
        for table in TABLES {
            for column in table.columns.iter().filter(|column| column.links.is_some()) {
                let to = column.links.and_then(super::table);
                let to = to.unwrap_or_else(|| panic!("{}.{}", table.name, column.name));
                assert_eq!(column.kind, FactKind::Text, "{}.{}", table.name, column.name);
                assert!(to.columns[0].required, "{}.{}", table.name, column.name);
                assert_eq!(to.key[0], to.columns[0].name, "{}.{}", table.name, column.name);
            }
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
                    FactKind::Price => found.starts_with("DECIMAL(18,6)"),
                    FactKind::Number | FactKind::Percent => found.starts_with("DECIMAL"),
                    FactKind::Flag => found.starts_with("BOOLEAN"),
                    FactKind::Whole => found.starts_with("BIGINT") || found.starts_with("INTEGER"),
                    FactKind::Period => false,
                    FactKind::Moment => found.starts_with("TIMESTAMP"),
                };
                assert!(fits, "{}.{} is {found}", table.name, column.name);
            }
        }
    }

    #[test]
    fn keys_are_columns_and_are_required_or_may_be_empty_by_design() {
        for table in TABLES {
            let within = match table.taking {
                Taking::Within(columns) => columns,
                _ => &[],
            };
            for key in table.key {
                assert!(table.column(key).is_some(), "{}.{key}", table.name);
            }
            for column in within {
                assert!(table.key.contains(column), "{}.{column}", table.name);
            }
            assert!(table.columns.iter().any(|c| c.required), "{}", table.name);
        }
    }
}
