//! A table as people read it: headings, cells as text, which columns are numbers.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, TableStyle};

use crate::catalog::Figure;
use crate::catalog::show::Cells;
use crate::domain::{Formats, Table, Value, text};

/// Every text in it is harmless and on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    pub headings: Vec<String>,
    /// Aligned to the right.
    pub numeric: Vec<bool>,
    pub rows: Vec<Vec<String>>,
}

/// Text on one line that is harmless to print.
pub(super) fn line(value: &str) -> String {
    text::harmless(value).into_owned()
}

impl Sheet {
    pub(super) fn of_figure(figure: &Figure, table: &Table, formats: Formats) -> Self {
        let cells = Cells::new(&figure.columns, table, formats);
        Sheet {
            headings: figure.columns.iter().map(|column| line(&column.heading)).collect(),
            numeric: figure.columns.iter().map(|column| column.unit.is_numeric()).collect(),
            rows: (0..table.len())
                .map(|row| {
                    (0..figure.columns.len()).map(|column| cells.text(row, column)).collect()
                })
                .collect(),
        }
    }

    pub(super) fn of_table(table: &Table, formats: Formats) -> Self {
        let numeric = |column: usize| {
            let mut values =
                table.rows.iter().filter_map(|row| row.get(column)).filter(|v| !v.is_null());
            let is_number =
                |v: &Value| matches!(v, Value::Int(_) | Value::Decimal(_) | Value::Float(_));
            values.clone().next().is_some() && values.all(is_number)
        };
        Sheet {
            headings: table.columns.iter().map(|c| line(&c.name.replace('_', " "))).collect(),
            numeric: (0..table.columns.len()).map(numeric).collect(),
            rows: table
                .rows
                .iter()
                .map(|row| row.iter().map(|value| line(&formats.value(value))).collect())
                .collect(),
        }
    }

    /// Aligned columns under their headings, two blanks apart.
    pub(super) fn grid(&self) -> String {
        if self.rows.is_empty() {
            return "No rows.\n".to_owned();
        }
        let mut grid = comfy_table::Table::new();
        let rule = LineStyle::none().fill('─');
        grid.load_style(TableStyle::new().header_separator(rule))
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(&self.headings)
            .add_rows(&self.rows);
        let last = self.headings.len().saturating_sub(1);
        for (place, (column, numeric)) in grid.column_iter_mut().zip(&self.numeric).enumerate() {
            column.set_padding((0, if place == last { 0 } else { 2 }));
            if *numeric {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut out = String::new();
        for line in grid.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}
