//! What the charts share: the columns that a header names, a scale, and words
//! for what cannot be drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::figure::{Figure, Unit};
use crate::domain::{Table, Value};
use crate::tui::theme::Look;
use crate::tui::widgets::cell::{Plan, Shown};
use crate::tui::widgets::paint;

/// A column of the answer by its name, ready to be read row by row.
pub(crate) struct Reader<'a> {
    unit: &'a Unit,
    table: &'a Table,
    plan: Plan,
    source: usize,
}

impl<'a> Reader<'a> {
    /// `None` if the figure does not declare the column or the answer lacks it.
    pub(crate) fn new(figure: &'a Figure, table: &'a Table, name: &str) -> Option<Reader<'a>> {
        let column = figure.columns.iter().position(|column| column.name == name)?;
        let plan = Plan::new(figure, column, table);
        let source = plan.source?;
        Some(Reader { unit: &figure.columns[column].unit, table, plan, source })
    }

    pub(crate) fn value(&self, row: usize) -> &'a Value {
        self.table.rows.get(row).and_then(|cells| cells.get(self.source)).unwrap_or(&Value::Null)
    }

    pub(crate) fn number(&self, row: usize) -> Option<f64> {
        self.value(row).as_f64().filter(|number| number.is_finite())
    }

    pub(crate) fn shown(&self, row: usize, look: &Look) -> Shown {
        self.plan.show(self.unit, self.table, row, &look.glyphs)
    }
}

/// Says why there is no picture.
pub(crate) fn cannot_draw(buf: &mut Buffer, area: Rect, table: &Table, look: &Look) {
    let reason = if table.is_empty() {
        "Nothing to draw: the answer has no rows."
    } else {
        "This answer lacks a column that its chart needs."
    };
    paint::text(buf, area, reason, look.theme.muted, look);
}

/// Where a value stands on a scale of `width` columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    least: f64,
    most: f64,
    width: usize,
}

impl Scale {
    /// A scale that holds all values, and zero.
    pub(crate) fn with_zero(values: impl Iterator<Item = f64>, width: usize) -> Scale {
        let (least, most) = values.fold((0.0_f64, 0.0_f64), |(l, m), v| (l.min(v), m.max(v)));
        Scale { least, most, width }
    }

    /// Columns from the left edge, 0 to `width`.
    pub(crate) fn at(&self, value: f64) -> usize {
        let span = self.most - self.least;
        if span <= 0.0 {
            return 0;
        }
        let share = ((value - self.least) / span).clamp(0.0, 1.0);
        // Rounded, and within 0..=width by the clamp.
        (share * self.width as f64).round() as usize
    }

    /// First column and number of columns between two values; at least one
    /// column for values that differ.
    pub(crate) fn between(&self, a: f64, b: f64) -> (usize, usize) {
        let (start, end) = (self.at(a.min(b)), self.at(a.max(b)));
        if start == end && a != b && self.width > 0 {
            return (start.min(self.width - 1), 1);
        }
        (start, end - start)
    }
}

/// How many of `count` rows are drawn in `height` rows, and how many are left
/// out for the line that says so.
pub(crate) fn fit(count: usize, height: usize) -> (usize, usize) {
    if count <= height {
        (count, 0)
    } else {
        let drawn = height.saturating_sub(1);
        (drawn, count - drawn)
    }
}
