//! What a person does to a table: select, scroll, sort, filter, group, mark.
//!
//! Owns the order of the rows on the screen and which of them is selected; the
//! rows themselves stay in the answer. Must be refreshed when the answer is
//! replaced ([`TableView::refresh`]), which keeps the selection on its row.

use std::collections::BTreeSet;

use ratatui::layout::Rect;

use crate::catalog::figure::Figure;
use crate::domain::Table;
use crate::tui::glyphs::Glyphs;
use crate::tui::widgets::arrangement::{Arrangement, Choices, Summary};
use crate::tui::widgets::cell::Plan;
use crate::tui::widgets::columns::{self, Measure};
use crate::tui::widgets::table_rows::{compare, haystack, keys, measure};
use crate::tui::widgets::{summary, table_rows};

/// By which column of the figure, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: usize,
    pub descending: bool,
}

/// One line of the table's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A row of the answer.
    Row(usize),
    /// The name of the group of so many rows that follow.
    Group(usize),
}

/// The state of a table on the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableView {
    /// Position among the lines of the body; always below [`TableView::lines`]
    /// unless that is 0, and never on the name of a group.
    pub selected: usize,
    /// Position of the first line on the screen.
    pub offset: usize,
    /// How many columns are scrolled out to the left.
    pub column_offset: usize,
    pub sort: Option<Sort>,
    pub filter: String,
    /// Which columns, how, and what is reckoned.
    pub choices: Choices,
    /// The column that keys act on, once one was gone to.
    pub column: Option<usize>,
    entries: Vec<Entry>,
    /// Rows among the entries.
    count: usize,
    /// Rows of the answer, whatever the filter.
    total: usize,
    plans: Vec<Plan>,
    measures: Vec<Measure>,
    keys: Vec<u64>,
    /// Keys of the rows that are marked.
    marked: BTreeSet<u64>,
    /// Each row as text, made when first filtered.
    haystack: Vec<String>,
    /// What stands below each column.
    summary: Vec<Option<String>>,
}

impl TableView {
    /// A view as it was remembered.
    pub fn arranged(figure: &Figure, arrangement: &Arrangement) -> Self {
        let (choices, sort) = arrangement.choices(figure);
        let sort = sort.map(|(column, descending)| Sort { column, descending });
        Self { choices, sort, ..Self::default() }
    }

    /// How it is arranged, to be remembered.
    pub fn arrangement(&self, figure: &Figure) -> Arrangement {
        let sort = self.sort.map(|sort| (sort.column, sort.descending));
        Arrangement::of(figure, &self.choices, sort)
    }

    /// Takes a new answer: measures it, sorts and filters as before, and finds
    /// the selected row again by its texts and dates.
    pub fn refresh(&mut self, figure: &Figure, table: &Table) {
        let key = self.selected_row().and_then(|row| self.keys.get(row).copied());
        self.total = table.len();
        self.plans = Plan::all(figure, table);
        self.keys = keys(figure, table, &self.plans);
        self.haystack = Vec::new();
        if self.sort.is_some_and(|sort| sort.column >= figure.columns.len()) {
            self.sort = None;
        }
        self.arrange(figure, table);
        let found = key.and_then(|key| {
            let is_it = |entry: &Entry| matches!(entry, Entry::Row(row) if self.keys[*row] == key);
            self.entries.iter().position(is_it)
        });
        self.select(found.unwrap_or(self.selected));
    }

    /// Rows shown: after the filter.
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Lines of the body: rows, and names of groups.
    pub fn lines(&self) -> usize {
        self.entries.len()
    }

    /// Rows of the answer: before the filter.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Of the selected row among the rows shown, counted from 1.
    pub fn place(&self) -> usize {
        let rows =
            |entries: &[Entry]| entries.iter().filter(|e| matches!(e, Entry::Row(_))).count();
        self.entries.get(..=self.selected).map_or(0, rows)
    }

    /// The selected row as an index into the answer's rows.
    pub fn selected_row(&self) -> Option<usize> {
        self.row_at(self.selected)
    }

    /// The line at a position.
    pub fn entry(&self, position: usize) -> Option<Entry> {
        self.entries.get(position).copied()
    }

    /// The row at a position on the screen as an index into the answer's rows.
    pub fn row_at(&self, position: usize) -> Option<usize> {
        match self.entry(position)? {
            Entry::Row(row) => Some(row),
            Entry::Group(_) => None,
        }
    }

    /// The rows that are shown, as indexes into the answer's rows.
    pub fn rows(&self) -> Vec<usize> {
        (0..self.entries.len()).filter_map(|position| self.row_at(position)).collect()
    }

    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// Selects a position, or the nearest there is.
    pub fn select(&mut self, position: usize) {
        let position = position.min(self.entries.len().saturating_sub(1));
        let is_group = matches!(self.entry(position), Some(Entry::Group(_)));
        // A row of its own always follows the name of a group.
        let upwards = position > 0 && position < self.selected;
        self.selected = match (is_group, upwards) {
            (false, _) => position,
            (true, true) => position - 1,
            (true, false) => position + 1,
        };
    }

    /// Selects a row of the answer if it is shown.
    pub fn select_row(&mut self, row: usize) -> bool {
        let position = self.entries.iter().position(|shown| *shown == Entry::Row(row));
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
        let rows = isize::try_from(self.body_height(height)).unwrap_or(1).max(1);
        self.move_by(pages.saturating_mul(rows));
    }

    pub fn home(&mut self) {
        self.selected = 0;
        self.select(0);
    }

    pub fn end(&mut self) {
        self.select(usize::MAX);
    }

    /// Goes to the next column that is shown, or to the one before.
    pub fn move_column(&mut self, figure: &Figure, later: bool) {
        let visible = self.choices.visible(figure);
        let at = self.column.and_then(|column| visible.iter().position(|shown| *shown == column));
        let to = at.unwrap_or(0).saturating_add_signed(if later { 1 } else { -1 });
        self.column = visible.get(to.min(visible.len().saturating_sub(1))).copied();
    }

    /// Sorts by the column that was gone to, else by the next one: after both
    /// ways, or the last column, the figure's own order comes back. Numbers start
    /// with the largest, everything else with the first.
    pub fn sort_next(&mut self, figure: &Figure, table: &Table) {
        let first = |column: usize| {
            let numeric = figure.columns.get(column)?.unit.is_numeric();
            Some(Sort { column, descending: numeric })
        };
        let next = match (self.column, self.sort) {
            (Some(column), Some(sort)) if sort.column == column => {
                let begun = first(column).is_some_and(|first| first == sort);
                begun.then_some(Sort { column, descending: !sort.descending })
            }
            (Some(column), _) => first(column),
            (None, sort) => {
                let order = self.choices.visible(figure);
                let next = match sort {
                    None => order.first(),
                    Some(sort) => {
                        let at = order.iter().position(|c| *c == sort.column);
                        at.and_then(|at| order.get(at + 1))
                    }
                };
                next.and_then(|column| first(*column))
            }
        };
        self.sort_by(figure, table, next);
    }

    /// Turns the order round; without one, that of the label.
    pub fn sort_reverse(&mut self, figure: &Figure, table: &Table) {
        let sort = match self.sort {
            Some(sort) => Sort { descending: !sort.descending, ..sort },
            None => {
                let column = self.column.unwrap_or_else(|| columns::label(figure));
                Sort { column, descending: true }
            }
        };
        self.sort_by(figure, table, Some(sort));
    }

    /// Sorts, or with `None` goes back to the figure's own order. The selection
    /// stays on its row.
    pub fn sort_by(&mut self, figure: &Figure, table: &Table, sort: Option<Sort>) {
        self.sort = sort.filter(|sort| sort.column < figure.columns.len());
        self.rearrange(figure, table);
    }

    /// Shows only rows in which every word of `filter` occurs, in any column, as
    /// shown, whatever the case.
    pub fn set_filter(&mut self, figure: &Figure, table: &Table, filter: &str) {
        filter.clone_into(&mut self.filter);
        if !filter.trim().is_empty() && self.haystack.len() != table.len() {
            self.haystack = haystack(figure, table, &self.plans);
        }
        let row = self.selected_row();
        self.arrange(figure, table);
        if !row.is_some_and(|row| self.select_row(row)) {
            self.home();
        }
    }

    /// Groups by the column that was gone to (the label where none was), or not
    /// any more.
    pub fn toggle_group(&mut self, figure: &Figure, table: &Table) {
        let column = self.column.unwrap_or_else(|| columns::label(figure));
        self.choices.group = if self.choices.group == Some(column) { None } else { Some(column) };
        self.rearrange(figure, table);
    }

    /// Arranges the rows anew after the choices have changed; the selection stays
    /// on its row.
    pub fn rearrange(&mut self, figure: &Figure, table: &Table) {
        let row = self.selected_row();
        self.arrange(figure, table);
        if !row.is_some_and(|row| self.select_row(row)) {
            self.select(self.selected);
        }
    }

    /// Marks the selected row, or takes the mark away.
    pub fn toggle_mark(&mut self, figure: &Figure, table: &Table) {
        let Some(key) = self.selected_row().and_then(|row| self.keys.get(row).copied()) else {
            return;
        };
        if !self.marked.remove(&key) {
            self.marked.insert(key);
        }
        self.summarise(figure, table);
    }

    pub fn is_marked(&self, row: usize) -> bool {
        self.keys.get(row).is_some_and(|key| self.marked.contains(key))
    }

    /// The marked rows among those shown.
    pub fn marked_rows(&self) -> Vec<usize> {
        if self.marked.is_empty() {
            return Vec::new();
        }
        self.rows().into_iter().filter(|row| self.is_marked(*row)).collect()
    }

    /// Goes to the first row whose name begins with these letters, else to the
    /// first whose name holds them; false when there is none.
    pub fn jump(&mut self, figure: &Figure, table: &Table, letters: &str) -> bool {
        let wanted = letters.trim().to_lowercase();
        let label = columns::label(figure);
        let (Some(plan), Some(column)) = (self.plans.get(label), figure.columns.get(label)) else {
            return false;
        };
        let name = |row: &usize| {
            plan.show(&column.unit, table, *row, &Glyphs::UNICODE).text.to_lowercase()
        };
        let rows = self.rows();
        let found = rows
            .iter()
            .find(|row| name(row).starts_with(&wanted))
            .or_else(|| rows.iter().find(|row| name(row).contains(&wanted)))
            .copied();
        found.is_some_and(|row| self.select_row(row))
    }

    /// Moves the window so that the selected row and the column that was gone to
    /// are in it, and no further than needed. To be called when the area is
    /// known, before drawing.
    pub fn fit(&mut self, figure: &Figure, area: Rect) {
        self.offset = self.window(self.body_height(area.height));
        let width = usize::from(area.width);
        let lay_out =
            |offset: usize| columns::lay_out(figure, &self.measures, &self.choices, offset, width);
        let mut layout = lay_out(self.column_offset);
        if let Some(column) = self.column {
            let others: Vec<usize> = self.choices.visible(figure).into_iter().skip(1).collect();
            if let Some(at) = others.iter().position(|other| *other == column) {
                if at < layout.hidden_left {
                    layout = lay_out(at);
                }
                while layout.hidden_right > 0
                    && layout.hidden_left < at
                    && !layout.slots.iter().any(|slot| slot.column == column)
                {
                    layout = lay_out(layout.hidden_left + 1);
                }
            }
        }
        self.column_offset = layout.hidden_left;
    }

    /// The first line on the screen such that the selected one is among `height`,
    /// and the name of its group as well where it is the first of it.
    pub fn window(&self, height: usize) -> usize {
        let height = height.max(1);
        let last = self.entries.len().saturating_sub(height);
        let lowest = (self.selected + 1).saturating_sub(height);
        let named = self
            .selected
            .checked_sub(1)
            .filter(|above| height > 1 && matches!(self.entry(*above), Some(Entry::Group(_))));
        let highest = named.unwrap_or(self.selected).max(lowest);
        self.offset.clamp(lowest, highest).min(last)
    }

    /// Lines of a table `height` rows high that hold data: not the heading, not
    /// the summary, not the footer.
    pub fn body_height(&self, height: u16) -> usize {
        let body = body_height(height);
        if self.has_summary(height) { body - 1 } else { body }
    }

    /// Is there room for the summary, and anything to say in it?
    pub fn has_summary(&self, height: u16) -> bool {
        height > 4 && self.summary.iter().any(Option::is_some)
    }

    /// What the rows shown come to (the marked ones, where there are any): the
    /// words for it, and each column.
    pub fn summary(&self) -> (String, &[Option<String>]) {
        let marked = self.marked_rows().len();
        let word = if self.choices.summary == Summary::Mean { "Mean" } else { "Sum" };
        // The footer says how many are marked.
        let words = if marked > 0 { format!("{word}, marked") } else { word.to_owned() };
        (words, &self.summary)
    }

    fn summarise(&mut self, figure: &Figure, table: &Table) {
        let marked = self.marked_rows();
        let rows = if marked.is_empty() { self.rows() } else { marked };
        let kind = self.choices.summary;
        let each = figure.columns.iter().zip(&self.plans);
        self.summary =
            each.map(|(column, plan)| summary::over(column, plan, table, &rows, kind)).collect();
        self.measures = measure(figure, table, &self.plans);
        for (measure, text) in self.measures.iter_mut().zip(&self.summary) {
            let wide = text.as_deref().map_or(0, crate::domain::text::width);
            measure.content = measure.content.max(wide);
        }
    }

    fn arrange(&mut self, figure: &Figure, table: &Table) {
        let words: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        let matches = |row: &usize| {
            let text = self.haystack.get(*row);
            words.iter().all(|word| text.is_none_or(|text| text.contains(word.as_str())))
        };
        let mut rows: Vec<usize> = (0..table.len()).filter(matches).collect();
        let place = |column: usize| {
            figure.columns.get(column).and_then(|column| table.index_of(&column.name))
        };
        if let Some(sort) = self.sort
            && let Some(at) = place(sort.column)
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
        self.count = rows.len();
        self.entries = match self.choices.group.and_then(place) {
            None => rows.into_iter().map(Entry::Row).collect(),
            Some(at) => table_rows::grouped(table, at, rows)
                .into_iter()
                .flat_map(|group| {
                    let name = Entry::Group(group.len());
                    std::iter::once(name).chain(group.into_iter().map(Entry::Row))
                })
                .collect(),
        };
        self.summarise(figure, table);
    }
}

/// Rows of a table `height` high that hold data: not the heading, not the footer.
fn body_height(height: u16) -> usize {
    usize::from(match height {
        0 | 1 => height,
        2 => 1,
        more => more - 2,
    })
}
