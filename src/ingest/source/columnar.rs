//! Parquet as a text, through DuckDB's own reader.
//!
//! Every value becomes exact text: decimals and dates as they are stored,
//! instants in UTC, structures opened one level (`Account.Name`); what is deeper,
//! and lists, become JSON.

use std::io;
use std::path::Path;

use crate::domain::TableColumn;
use crate::workspace::{Session, WorkspaceError};

use super::super::error::ImportError;
use super::super::shape::COLUMNS;
use super::super::stage::{name, quoted};
use super::{Opening, Text};

/// A file of a few kilobytes can claim any number of rows.
const ROWS: i64 = 50_000_000;

/// Copies the file into a text. Gives what there is to say as well.
///
/// # Errors
/// `Damaged`, `TooLarge`, `Io`, `Workspace`.
pub(super) fn read(path: &Path, with: Opening<'_>) -> Result<(Text, Vec<String>), ImportError> {
    let io = |source: io::Error| ImportError::Io { file: path.to_owned(), source };
    let Some(session) = with.session else {
        let what = "a Parquet file, which only an open workspace can read";
        return Err(ImportError::NotText { file: path.to_owned(), what });
    };
    let temporary = with.scratch.file().map_err(io)?;
    // DuckDB takes stars and brackets of a path for a pattern, and reads another file.
    let absolute = std::path::absolute(path).map_err(io)?;
    let copied;
    let from = if absolute.to_str().is_some_and(|path| !path.contains(['*', '?', '['])) {
        absolute.as_path()
    } else {
        copied = with.scratch.file().map_err(io)?;
        std::fs::copy(path, copied.path()).map_err(io)?;
        copied.path()
    };
    let file = Parquet { session, path, from: quoted(&from.to_string_lossy()) };
    let notes = file.copy_to(temporary.path())?;
    Ok((Text::of_records(temporary.into_temp_path(), 1), notes))
}

struct Parquet<'a> {
    session: &'a Session<'a>,
    path: &'a Path,
    /// The path as an SQL string.
    from: String,
}

/// A column of the text: its name and the SQL of its values.
struct Field {
    name: String,
    sql: String,
    kept_as_json: bool,
}

impl Parquet<'_> {
    fn copy_to(&self, to: &Path) -> Result<Vec<String>, ImportError> {
        let counted = self.asked(&format!(
            "SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({})",
            self.from
        ))?;
        let rows = counted.first().and_then(|row| row[0].as_int()).unwrap_or_default();
        if rows > ROWS {
            let why = format!("it says that it has {rows} rows, and {ROWS} are the most");
            return Err(ImportError::TooLarge { file: self.path.to_owned(), why });
        }
        if rows == 0 {
            return Err(ImportError::NoRows { file: self.path.to_owned() });
        }
        let mut columns = self.described("*", "")?;
        // Older programs write texts without saying that they are texts.
        let options = if columns.iter().any(|column| column.type_name == "BLOB") {
            columns = self.described("*", ", binary_as_string = true")?;
            ", binary_as_string = true"
        } else {
            ""
        };
        let mut fields = Vec::new();
        for column in columns {
            let quoted_name = name(&column.name);
            if !column.type_name.starts_with("STRUCT(") || column.type_name.ends_with(']') {
                fields.push(Field::of(&column, quoted_name));
                continue;
            }
            for inner in self.described(&format!("{quoted_name}.*"), options)? {
                let sql = format!("{quoted_name}.{}", name(&inner.name));
                let full = TableColumn { name: format!("{}.{}", column.name, inner.name), ..inner };
                fields.push(Field::of(&full, sql));
            }
        }
        if fields.len() > COLUMNS {
            let why = format!("it has {} columns, and {COLUMNS} are the most", fields.len());
            return Err(ImportError::TooLarge { file: self.path.to_owned(), why });
        }
        let list = fields.iter().map(|field| format!("{} AS {}", field.sql, name(&field.name)));
        self.said(self.session.batch(&format!(
            "COPY (SELECT {} FROM read_parquet({}{options})) TO {} (FORMAT csv, HEADER true, \
             DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '')",
            list.collect::<Vec<_>>().join(", "),
            self.from,
            quoted(&to.to_string_lossy()),
        )))?;
        let kept = fields.into_iter().filter(|field| field.kept_as_json);
        Ok(kept
            .map(|field| {
                format!(
                    "\"{}\" holds lists or nested values; they are read as JSON text",
                    field.name
                )
            })
            .collect())
    }

    fn described(&self, what: &str, options: &str) -> Result<Vec<TableColumn>, ImportError> {
        let sql = format!("SELECT {what} FROM read_parquet({}{options})", self.from);
        self.said(self.session.describe(&sql))
    }

    fn asked(&self, sql: &str) -> Result<Vec<Vec<crate::domain::Value>>, ImportError> {
        Ok(self.said(self.session.query(sql, &[]))?.rows)
    }

    /// What DuckDB says about the SQL is about the file: the SQL is ours.
    fn said<T>(&self, done: Result<T, WorkspaceError>) -> Result<T, ImportError> {
        done.map_err(|error| match error {
            WorkspaceError::Sql { message } => ImportError::Damaged {
                file: self.path.to_owned(),
                what: "Parquet file",
                why: message.lines().next().unwrap_or_default().to_owned(),
            },
            other => other.into(),
        })
    }
}

impl Field {
    fn of(column: &TableColumn, value: String) -> Self {
        let kind = column.type_name.as_str();
        let nested = kind.ends_with(']')
            || ["STRUCT(", "MAP(", "UNION("].iter().any(|start| kind.starts_with(start));
        let sql = if nested {
            format!("CAST(to_json({value}) AS VARCHAR)")
        } else if matches!(kind, "FLOAT" | "DOUBLE") {
            // 1e+16 is no number of a report.
            format!(
                "CASE WHEN contains(CAST({value} AS VARCHAR), 'e') \
                 THEN CAST(TRY_CAST({value} AS DECIMAL(38,8)) AS VARCHAR) \
                 ELSE CAST({value} AS VARCHAR) END"
            )
        } else if kind == "VARCHAR" {
            // One kind of line end throughout.
            format!("regexp_replace({value}, '\\r\\n?', chr(10), 'g')")
        } else {
            format!("CAST({value} AS VARCHAR)")
        };
        Field { name: column.name.clone(), sql, kept_as_json: nested }
    }
}
