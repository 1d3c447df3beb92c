//! Rows as points between two axes, each with a letter, its name and its numbers.
//!
//! ```text
//!   average  marginal
//! A   38%      125%    Marginal ╎          A
//! B   66%      -50%             ╎
//!                        ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
//!                               ╎               B  Average
//! ```
//!
//! The numbers stand in the list, so nothing has to be read from the picture:
//! that one is for the distance between the points.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::figure::{Chart, Figure};
use crate::domain::{Table, text};
use crate::tui::theme::Look;
use crate::tui::widgets::chart_data::{Reader, Scale, cannot_draw, fit};
use crate::tui::widgets::paint;

/// Rows of the picture: fewer and no distance can be seen.
const PICTURE: u16 = 9;
/// Columns of the picture below which the list stands alone.
const NARROW: usize = 24;
/// One for each row that is drawn; what has none stands in the list only.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Rows that list and picture take.
pub fn height(_: &Figure, table: &Table) -> u16 {
    u16::try_from(table.len().saturating_add(1)).unwrap_or(u16::MAX).max(PICTURE)
}

pub fn draw(buf: &mut Buffer, area: Rect, figure: &Figure, table: &Table, look: &Look) {
    let area = paint::within(buf, area);
    if area.is_empty() {
        return;
    }
    let Some(points) = Points::of(figure, table).filter(|_| !table.is_empty()) else {
        return cannot_draw(buf, area, table, look);
    };
    let used = points.list(buf, area, look);
    let picture = paint::columns(area, used + 3, usize::MAX);
    if usize::from(picture.width) >= NARROW && picture.height >= 4 {
        points.picture(buf, picture, look);
    }
}

struct Points<'a> {
    table: &'a Table,
    label: Reader<'a>,
    axes: [Reader<'a>; 2],
    headings: [&'a str; 2],
}

impl<'a> Points<'a> {
    fn of(figure: &'a Figure, table: &'a Table) -> Option<Self> {
        let Some(Chart::Scatter { label, x, y }) = &figure.chart else { return None };
        let reader = |name: &str| Reader::new(figure, table, name);
        let heading = |name: &str| figure.column(name).map(|column| column.heading.as_str());
        Some(Points {
            table,
            label: reader(label)?,
            axes: [reader(x)?, reader(y)?],
            headings: [heading(x)?, heading(y)?],
        })
    }

    /// Both numbers of a row, if both are there.
    fn at(&self, row: usize) -> Option<(f64, f64)> {
        self.axes[0].number(row).zip(self.axes[1].number(row))
    }

    /// The letter of a row that can be drawn.
    fn letter(&self, row: usize) -> Option<&'static str> {
        self.at(row)?;
        let place = (0..row).filter(|row| self.at(*row).is_some()).count();
        LETTERS.get(place..place + 1)
    }

    /// Letter, name and numbers of each row; gives the columns used.
    fn list(&self, buf: &mut Buffer, area: Rect, look: &Look) -> usize {
        let width = usize::from(area.width);
        let rows = 0..self.table.len();
        let widths = [0, 1].map(|axis| {
            let values = rows.clone().map(|row| self.axes[axis].shown(row, look).text);
            values.map(|shown| text::width(&shown)).max().unwrap_or(0).max(9)
        });
        let numbers = widths[0] + widths[1] + 2;
        let names = rows.clone().map(|row| text::width(&self.label.shown(row, look).text));
        let name = names.max().unwrap_or(0).min(24).min(width.saturating_sub(numbers + 2));
        let places = [2 + name + 1, 2 + name + 2 + widths[0]];
        let head = paint::row(area, 0);
        for axis in [0, 1] {
            let at = paint::columns(head, places[axis], widths[axis]);
            paint::text_right(buf, at, self.headings[axis], look.theme.heading, look);
        }
        let (fitting, left_out) = fit(self.table.len(), usize::from(area.height) - 1);
        for row in 0..fitting {
            let line = paint::row(area, u16::try_from(row + 1).unwrap_or(u16::MAX));
            let letter = self.letter(row).unwrap_or(" ");
            paint::text(buf, paint::columns(line, 0, 1), letter, look.theme.key, look);
            let shown = self.label.shown(row, look).text;
            paint::text(buf, paint::columns(line, 2, name), &shown, look.theme.text, look);
            for axis in [0, 1] {
                let at = paint::columns(line, places[axis], widths[axis]);
                let shown = self.axes[axis].shown(row, look);
                paint::text_right(buf, at, &shown.text, look.theme.tone(shown.tone), look);
            }
        }
        if left_out > 0 {
            let at = paint::row(area, area.height - 1);
            let note = format!("{left_out} more {}", look.glyphs.more_down);
            paint::text(buf, at, &note, look.theme.muted, look);
        }
        (2 + name + numbers).min(width)
    }

    fn picture(&self, buf: &mut Buffer, area: Rect, look: &Look) {
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        let each = |axis: usize| {
            let both = move |row| self.at(row).map(|(x, y)| [x, y][axis]);
            (0..self.table.len()).filter_map(both)
        };
        let across = Scale::with_zero(each(0), width - 1);
        let up = Scale::with_zero(each(1), height - 1);
        let row = |value: f64| u16::try_from(height - 1 - up.at(value)).unwrap_or(0);
        let (zero_row, zero_column) = (row(0.0), across.at(0.0));
        for line in 0..area.height {
            let at = paint::columns(paint::row(area, line), zero_column, 1);
            paint::text(buf, at, look.glyphs.side, look.theme.border, look);
        }
        let axis = Rect { height: 1, ..paint::row(area, zero_row) };
        paint::repeat(buf, axis, look.glyphs.rule, look.theme.border);
        // At the ends of the axes, beside them.
        let beside = if zero_row + 1 < area.height { zero_row + 1 } else { zero_row - 1 };
        paint::text_right(buf, paint::row(area, beside), self.headings[0], look.theme.muted, look);
        let at = paint::columns(paint::row(area, 0), zero_column + 2, usize::MAX);
        paint::text(buf, at, self.headings[1], look.theme.muted, look);
        for index in 0..self.table.len() {
            let Some(((x, y), letter)) = self.at(index).zip(self.letter(index)) else { continue };
            let at = paint::columns(paint::row(area, row(y)), across.at(x), 1);
            paint::text(buf, at, letter, look.theme.emphasis, look);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Value;
    use crate::tui::widgets::testing::{self, Screen};

    fn regions() -> (Figure, Table) {
        let columns = [("region", "text"), ("average", "share"), ("marginal", "share")];
        let chart =
            Chart::Scatter { label: "region".into(), x: "average".into(), y: "marginal".into() };
        let figure = testing::with_chart(testing::figure(&columns), chart);
        let row = |name: &str, x: f64, y: Value| vec![name.into(), Value::Float(x), y];
        let rows = vec![
            row("APAC", 0.375, Value::Float(1.25)),
            row("New", 0.1, Value::Null),
            row("EMEA", 0.66, Value::Float(-0.5)),
        ];
        (figure, testing::table(&["region", "average", "marginal"], rows))
    }

    #[test]
    fn points_stand_where_their_numbers_are() {
        let (figure, table) = regions();
        let mut screen = Screen::new(78, 10);
        let area = screen.area();
        draw(&mut screen.buf, area, &figure, &table, &Look::plain_ascii());
        let rows = screen.rows();
        // Each letter once in the list and once in the picture; what has no marginal return has none.
        let find = |letter: char| -> (usize, usize) {
            let places = rows.iter().enumerate().flat_map(|(y, row)| {
                row.char_indices()
                    .filter(move |(x, c)| *c == letter && *x > 40)
                    .map(move |(x, _)| (x, y))
            });
            let found: Vec<_> = places.collect();
            assert_eq!(found.len(), 1, "{letter} in {}", screen.text());
            found[0]
        };
        let (apac, emea) = (find('A'), find('B'));
        assert!(apac.1 < emea.1, "more at the margin is higher: {}", screen.text());
        assert!(apac.0 < emea.0, "more on average is further right: {}", screen.text());
        assert!(screen.row_with("New").contains("10.0%"));
        assert!(screen.row_with("EMEA").contains("-50.0%"));
    }

    #[test]
    fn a_narrow_screen_keeps_the_list() {
        let (figure, table) = regions();
        let mut screen = Screen::new(44, 10);
        let area = screen.area();
        draw(&mut screen.buf, area, &figure, &table, &Look::plain_ascii());
        assert!(screen.row_with("APAC").contains("125.0%"), "{}", screen.text());
    }

    #[test]
    fn no_size_and_no_label_breaks_it() {
        let (figure, mut table) = regions();
        for (row, label) in table.rows.iter_mut().zip(testing::HOSTILE) {
            row[0] = label.into();
        }
        testing::every_small_size(|buf, area| {
            draw(buf, area, &figure, &table, &Look::plain_ascii());
        });
        let mut screen = Screen::new(80, 12);
        let area = screen.area();
        draw(&mut screen.buf, area, &figure, &table, &Look::plain_ascii());
        screen.assert_harmless();
        draw(&mut screen.buf, area, &figure, &Table::default(), &Look::plain_ascii());
        assert!(screen.has("no rows"));
    }
}
