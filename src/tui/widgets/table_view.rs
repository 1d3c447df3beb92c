//! What a person does to a table: select, scroll, sort, filter.
//!
//! Owns the order of the rows on the screen and which of them is selected; the
//! rows themselves stay in the answer. Must be refreshed when the answer is
//! replaced ([`TableView::refresh`]), which keeps the selection on its row.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use ratatui::layout::Rect;

use crate::catalog::figure::{Figure, Unit};
use crate::domain::{Table, Value, text};
use crate::tui::glyphs::Glyphs;
use crate::tui::widgets::cell::Plan;
use crate::tui::widgets::columns::{self, Measure};

/// By which column of the figure, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: usize,
    pub descending: bool,
}

/// The state of a table on the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableView {
    /// Position among the rows shown; always below [`TableView::len`] unless that is 0.
    pub selected: usize,
    /// Position of the first row on the screen.
    pub offset: usize,
    /// How many columns are scrolled out to the left.
    pub column_offset: usize,
    pub sort: Option<Sort>,
    pub filter: String,
    /// Rows of the answer in the order shown.
    rows: Vec<usize>,
    /// Rows of the answer, whatever the filter.
    total: usize,
    plans: Vec<Plan>,
    measures: Vec<Measure>,
    /// What each row is, to find it again in the next answer.
    keys: Vec<u64>,
    /// Each row as text, made when first filtered.
    haystack: Vec<String>,
}

impl TableView {
    /// Takes a new answer: measures it, sorts and filters as before, and finds
    /// the selected row again by its texts and dates.
    pub fn refresh(&mut self, figure: &Figure, table: &Table) {
        let key = self.selected_row().and_then(|row| self.keys.get(row).copied());
        self.total = table.len();
        self.plans = Plan::all(figure, table);
        self.measures = measure(figure, table, &self.plans);
        self.keys = keys(figure, table, &self.plans);
        self.haystack = Vec::new();
        if self.sort.is_some_and(|sort| sort.column >= figure.columns.len()) {
            self.sort = None;
        }
        self.arrange(figure, table);
        let found = key.and_then(|key| self.rows.iter().position(|row| self.keys[*row] == key));
        self.select(found.unwrap_or(self.selected));
    }

    /// Rows shown: after the filter.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows of the answer: before the filter.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The selected row as an index into the answer's rows.
    pub fn selected_row(&self) -> Option<usize> {
        self.row_at(self.selected)
    }

    /// The row at a position on the screen as an index into the answer's rows.
    pub fn row_at(&self, position: usize) -> Option<usize> {
        self.rows.get(position).copied()
    }

    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// Selects a position, or the nearest there is.
    pub fn select(&mut self, position: usize) {
        self.selected = position.min(self.rows.len().saturating_sub(1));
    }

    /// Selects a row of the answer if it is shown.
    pub fn select_row(&mut self, row: usize) -> bool {
        let position = self.rows.iter().position(|shown| *shown == row);
        if let Some(position) = position {
            self.selected = position;
        }
        position.is_some()
    }

    pub fn move_by(&mut self, rows: isize) {
        self.select(self.selected.saturating_add_signed(rows));
    }

    /// Moves by screens of a table that is `height` rows high, all included.
    pub fn page(&mut self, pages: isize, height: u16) {
        let rows = isize::try_from(body_height(height)).unwrap_or(1).max(1);
        self.move_by(pages.saturating_mul(rows));
    }

    pub fn home(&mut self) {
        self.select(0);
    }

    pub fn end(&mut self) {
        self.select(usize::MAX);
    }

    pub fn scroll_columns(&mut self, columns: isize) {
        let last = self.measures.len().saturating_sub(2);
        self.column_offset = self.column_offset.saturating_add_signed(columns).min(last);
    }

    /// Sorts by the next column; after the last one the figure's own order
    /// comes back. Numbers start with the largest, everything else with the first.
    pub fn sort_next(&mut self, figure: &Figure, table: &Table) {
        let mut order = vec![columns::label(figure)];
        order.extend(columns::by_importance(figure));
        let next = match self.sort {
            None => order.first(),
            Some(sort) => {
                order.iter().position(|c| *c == sort.column).and_then(|at| order.get(at + 1))
            }
        };
        let sort = next.filter(|column| **column < figure.columns.len()).map(|column| Sort {
            column: *column,
            descending: figure.columns[*column].unit.is_numeric(),
        });
        self.sort_by(figure, table, sort);
    }

    /// Turns the order round; without one, that of the label.
    pub fn sort_reverse(&mut self, figure: &Figure, table: &Table) {
        let sort = match self.sort {
            Some(sort) => Sort { descending: !sort.descending, ..sort },
            None => Sort { column: columns::label(figure), descending: true },
        };
        self.sort_by(figure, table, Some(sort));
    }

    /// Sorts, or with `None` goes back to the figure's own order. The selection
    /// stays on its row.
    pub fn sort_by(&mut self, figure: &Figure, table: &Table, sort: Option<Sort>) {
        let row = self.selected_row();
        self.sort = sort.filter(|sort| sort.column < figure.columns.len());
        self.arrange(figure, table);
        if !row.is_some_and(|row| self.select_row(row)) {
            self.select(self.selected);
        }
    }

    /// Shows only rows in which every word of `filter` occurs, in any column, as
    /// shown, whatever the case.
    pub fn set_filter(&mut self, figure: &Figure, table: &Table, filter: &str) {
        let row = self.selected_row();
        filter.clone_into(&mut self.filter);
        if !filter.trim().is_empty() && self.haystack.len() != table.len() {
            self.haystack = haystack(figure, table, &self.plans);
        }
        self.arrange(figure, table);
        if !row.is_some_and(|row| self.select_row(row)) {
            self.select(0);
        }
    }

    /// Moves the window so that the selected row is in it, and no further than
    /// needed. To be called when the area is known, before drawing.
    pub fn fit(&mut self, figure: &Figure, area: Rect) {
        self.offset = self.window(body_height(area.height));
        let width = usize::from(area.width);
        let layout = columns::lay_out(figure, &self.measures, self.column_offset, width);
        self.column_offset = layout.hidden_left;
    }

    /// The first row on the screen such that the selected one is among `height`.
    pub fn window(&self, height: usize) -> usize {
        let height = height.max(1);
        let last = self.rows.len().saturating_sub(height);
        let lowest = (self.selected + 1).saturating_sub(height);
        self.offset.clamp(lowest, self.selected.max(lowest)).min(last)
    }

    fn arrange(&mut self, figure: &Figure, table: &Table) {
        let words: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        let matches = |row: &usize| {
            let text = self.haystack.get(*row);
            words.iter().all(|word| text.is_none_or(|text| text.contains(word.as_str())))
        };
        let mut rows: Vec<usize> = (0..table.len()).filter(matches).collect();
        if let Some(sort) = self.sort
            && let Some(at) = figure.columns.get(sort.column).and_then(|c| table.index_of(&c.name))
        {
            rows.sort_by(|a, b| {
                let (a, b) = (&table.rows[*a][at], &table.rows[*b][at]);
                // What is not known comes last, whichever way the rest is sorted.
                match (a.is_null(), b.is_null()) {
                    (false, false) if sort.descending => compare(b, a),
                    (false, false) => compare(a, b),
                    (a, b) => a.cmp(&b),
                }
            });
        }
        self.rows = rows;
    }
}

/// Rows of a table `height` high that hold data: not the heading, not the footer.
pub fn body_height(height: u16) -> usize {
    usize::from(match height {
        0 | 1 => height,
        2 => 1,
        more => more - 2,
    })
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => {
            a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| a.cmp(b))
        }
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => match (a.as_decimal(), b.as_decimal(), a.as_f64(), b.as_f64()) {
            (Some(a), Some(b), _, _) => a.cmp(&b),
            (_, _, Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.plain().cmp(&b.plain()),
        },
    }
}

fn keys(figure: &Figure, table: &Table, plans: &[Plan]) -> Vec<u64> {
    let naming: Vec<usize> = figure
        .columns
        .iter()
        .zip(plans)
        .filter(|(column, _)| {
            matches!(column.unit, Unit::Text | Unit::Id | Unit::Month | Unit::Date)
        })
        .filter_map(|(_, plan)| plan.source)
        .collect();
    let key = |row: &Vec<Value>| {
        let mut hasher = DefaultHasher::new();
        for at in &naming {
            row.get(*at).map(Value::plain).hash(&mut hasher);
        }
        hasher.finish()
    };
    table.rows.iter().map(key).collect()
}

fn haystack(figure: &Figure, table: &Table, plans: &[Plan]) -> Vec<String> {
    let row = |row: usize| {
        let mut text = String::new();
        for (column, plan) in figure.columns.iter().zip(plans) {
            text.push_str(&plan.show(&column.unit, table, row, &Glyphs::ASCII).text);
            text.push('\n');
        }
        text.to_lowercase()
    };
    (0..table.len()).map(row).collect()
}

/// How wide each column is. Of most numbers only the largest and the smallest are
/// written out: no other is wider, and an answer may have many rows.
fn measure(figure: &Figure, table: &Table, plans: &[Plan]) -> Vec<Measure> {
    let content = |unit: &Unit, plan: &Plan| {
        let Some(at) = plan.source else { return 1 };
        let shown = |row: usize| text::width(&plan.show(unit, table, row, &Glyphs::UNICODE).text);
        if matches!(unit, Unit::Text | Unit::Id) {
            let wide = |row: &Vec<Value>| {
                row.get(at).and_then(Value::as_text).map_or(1, |t| text::width(&text::harmless(t)))
            };
            return table.rows.iter().map(wide).max().unwrap_or(1);
        }
        // As many decimals in each row, so the extremes are the widest.
        if matches!(unit, Unit::Count | Unit::Money | Unit::Share | Unit::Points | Unit::Days) {
            let size = |row: &usize| table.rows[*row].get(at).and_then(Value::as_f64);
            let rows = || (0..table.len()).filter(|row| size(row).is_some());
            let by_size = |a: &usize, b: &usize| {
                size(a).unwrap_or_default().total_cmp(&size(b).unwrap_or_default())
            };
            let widest = rows().max_by(by_size).into_iter().chain(rows().min_by(by_size));
            return widest.map(shown).max().unwrap_or(1);
        }
        (0..table.len()).map(shown).max().unwrap_or(1)
    };
    figure
        .columns
        .iter()
        .zip(plans)
        .map(|(column, plan)| Measure {
            content: content(&column.unit, plan),
            heading: text::width(&column.heading),
        })
        .collect()
}
