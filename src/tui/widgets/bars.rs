//! Horizontal bars, one per row of the answer, with a tick where the limit is.
//!
//! ```text
//! Price             41% 12/29  ▬▬▬▬▬▬▬▬▬▬▬▬╎▬▬▬
//! New entrant       22%  6/27  ▬▬▬▬▬▬▬▬    ╎     ▾
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::figure::{Chart, Figure};
use crate::domain::{Table, text};
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::chart_data::{Reader, Scale, cannot_draw, fit};
use crate::tui::widgets::paint;

/// Rows that all bars take.
pub fn height(_: &Figure, table: &Table) -> u16 {
    u16::try_from(table.len()).unwrap_or(u16::MAX).max(1)
}

pub fn draw(buf: &mut Buffer, area: Rect, figure: &Figure, table: &Table, look: &Look) {
    let area = paint::within(buf, area);
    if area.is_empty() {
        return;
    }
    let readers = match &figure.chart {
        Some(Chart::Bar { label, value, .. }) => {
            Reader::new(figure, table, label).zip(Reader::new(figure, table, value))
        }
        _ => None,
    };
    let Some((label, value)) = readers.filter(|_| !table.is_empty()) else {
        return cannot_draw(buf, area, table, look);
    };
    let limit = match &figure.chart {
        Some(Chart::Bar { reference: Some(name), .. }) => Reader::new(figure, table, name),
        _ => None,
    };
    let limit = |row: usize| limit.as_ref().and_then(|limit| limit.number(row));

    let width = usize::from(area.width);
    let rows = 0..table.len();
    let value_width =
        rows.clone().map(|row| text::width(&value.shown(row, look).text)).max().unwrap_or(0);
    let label_width = rows
        .clone()
        .map(|row| text::width(&label.shown(row, look).text))
        .max()
        .unwrap_or(0)
        .min(width.saturating_sub(value_width + 2))
        .min(28);
    let start = label_width + 1 + value_width + 2;
    // Two columns at the end for the sign of a bar below its limit.
    let room = width.saturating_sub(start + 2);
    let values =
        rows.filter_map(|row| value.number(row).into_iter().chain(limit(row)).reduce(f64::max));
    let negative = (0..table.len()).filter_map(|row| value.number(row));
    let scale = Scale::with_zero(values.chain(negative), room);

    let (fitting, left_out) = fit(table.len(), usize::from(area.height));
    for row in 0..fitting {
        let line = paint::row(area, u16::try_from(row).unwrap_or(u16::MAX));
        let shown = value.shown(row, look);
        let name = label.shown(row, look).text;
        paint::text(buf, paint::columns(line, 0, label_width), &name, look.theme.text, look);
        let at = paint::columns(line, label_width + 1, value_width);
        paint::text_right(buf, at, &shown.text, look.theme.tone(shown.tone), look);
        let below = value.number(row).zip(limit(row)).is_some_and(|(value, limit)| value < limit);
        let tone = if below { Tone::Bad } else { shown.tone };
        if let Some(number) = value.number(row) {
            let (first, length) = scale.between(0.0, number);
            let at = paint::columns(line, start + first, length);
            paint::repeat(buf, at, look.glyphs.bar, look.theme.tone(tone));
        }
        if let Some(limit) = limit(row).filter(|_| room > 0) {
            let at = paint::columns(line, start + scale.at(limit).min(room - 1), 1);
            paint::text(buf, at, look.glyphs.tick, look.theme.title, look);
        }
        if below && width > 2 {
            let at = paint::columns(line, width - 1, 1);
            paint::text(buf, at, look.glyphs.below, look.theme.bad, look);
        }
    }
    if left_out > 0 {
        let at = paint::row(area, area.height - 1);
        let note = format!("{left_out} more {}", look.glyphs.more_down);
        paint::text(buf, at, &note, look.theme.muted, look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Value;
    use crate::tui::widgets::testing::{self, Screen};

    fn shares() -> (Figure, Table) {
        let figure = testing::with_chart(
            testing::figure(&[("reason", "text"), ("share", "share"), ("limit", "share")]),
            Chart::Bar {
                label: "reason".into(),
                value: "share".into(),
                reference: Some("limit".into()),
            },
        );
        let row = |name: &str, share: Value| vec![name.into(), share, Value::Float(0.5)];
        let rows = vec![
            row("Price", Value::Float(0.8)),
            row("Product", Value::Float(0.25)),
            row("Unknown", Value::Null),
        ];
        (figure, testing::table(&["reason", "share", "limit"], rows))
    }

    #[test]
    fn a_bar_below_its_limit_is_marked() {
        let (figure, table) = shares();
        let mut screen = Screen::new(60, 4);
        let area = screen.area();
        draw(&mut screen.buf, area, &figure, &table, &Look::plain_ascii());
        assert!(!screen.row_with("Price").ends_with('v'));
        assert!(screen.row_with("Product").ends_with('v'), "{}", screen.text());
        assert!(screen.row_with("Price").contains("80.0%"));
        assert!(!screen.row_with("Unknown").contains('='));
        let ticks: Vec<_> = screen.rows()[..2].iter().map(|row| row.find('|')).collect();
        assert_eq!(ticks[0], ticks[1], "one limit, one column");
    }

    #[test]
    fn no_size_and_no_label_breaks_it() {
        let (figure, mut table) = shares();
        for (row, label) in table.rows.iter_mut().zip(testing::HOSTILE) {
            row[0] = label.into();
        }
        testing::every_small_size(|buf, area| {
            draw(buf, area, &figure, &table, &Look::plain_ascii());
        });
        let bare = testing::figure(&[]);
        testing::every_small_size(|buf, area| {
            draw(buf, area, &bare, &table, &Look::plain_ascii());
        });
    }
}
