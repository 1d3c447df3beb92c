//! A tornado: how far each lever moves a result to either side of where it is.
//!
//! ```text
//! Win rate 3 points    -412,000          ░░░░░░░╎▬▬▬▬▬▬▬   +398,000
//! Ramp one month        -96,000               ░░╎▬           +61,000
//! ```
//!
//! Drawing only: the rows are in the order of the answer, and the lengths are
//! those of its differences.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::figure::{Chart, Figure};
use crate::domain::{Table, text};
use crate::tui::theme::Look;
use crate::tui::widgets::chart_data::{Reader, Scale, cannot_draw, fit};
use crate::tui::widgets::paint;

/// Rows that all levers take.
pub fn height(_: &Figure, table: &Table) -> u16 {
    u16::try_from(table.len()).unwrap_or(u16::MAX).max(1)
}

pub fn draw(buf: &mut Buffer, area: Rect, figure: &Figure, table: &Table, look: &Look) {
    let area = paint::within(buf, area);
    if area.is_empty() {
        return;
    }
    let Some((label, ends)) = readers(figure, table).filter(|_| !table.is_empty()) else {
        return cannot_draw(buf, area, table, look);
    };
    let width = usize::from(area.width);
    let widest = |reader: &Reader<'_>| {
        (0..table.len()).map(|row| text::width(&signed(reader, row, look))).max().unwrap_or(0)
    };
    let (low_width, high_width) = (widest(&ends[0]), widest(&ends[1]));
    let label_width = (0..table.len())
        .map(|row| text::width(&label.shown(row, look).text))
        .max()
        .unwrap_or(0)
        .min(width.saturating_sub(low_width + high_width + 4))
        .min(30);
    let start = label_width + 1 + low_width + 1;
    let room = width.saturating_sub(start + 1 + high_width);
    let values = (0..table.len()).flat_map(|row| ends.iter().filter_map(move |e| e.number(row)));
    let scale = Scale::with_zero(values, room);

    let (fitting, left_out) = fit(table.len(), usize::from(area.height));
    for row in 0..fitting {
        let line = paint::row(area, u16::try_from(row).unwrap_or(u16::MAX));
        let name = label.shown(row, look).text;
        paint::text(buf, paint::columns(line, 0, label_width), &name, look.theme.text, look);
        let places = [(label_width + 1, low_width), (width.saturating_sub(high_width), high_width)];
        for (end, (at, wide)) in ends.iter().zip(places) {
            let shown = signed(end, row, look);
            paint::text_right(buf, paint::columns(line, at, wide), &shown, look.theme.text, look);
            let Some(number) = end.number(row).filter(|number| *number != 0.0) else { continue };
            let (sign, style) = if number < 0.0 {
                (look.glyphs.bar_down, look.theme.bad)
            } else {
                (look.glyphs.bar_up, look.theme.good)
            };
            let (first, length) = scale.between(0.0, number);
            let length = length.min(room.saturating_sub(first));
            paint::repeat(buf, paint::columns(line, start + first, length), sign, style);
        }
        if room > 0 {
            let at = paint::columns(line, start + scale.at(0.0).min(room - 1), 1);
            paint::text(buf, at, look.glyphs.tick, look.theme.title, look);
        }
    }
    if left_out > 0 {
        let at = paint::row(area, area.height - 1);
        let note = format!("{left_out} more {}", look.glyphs.more_down);
        paint::text(buf, at, &note, look.theme.muted, look);
    }
}

fn readers<'a>(figure: &'a Figure, table: &'a Table) -> Option<(Reader<'a>, [Reader<'a>; 2])> {
    let Some(Chart::Tornado { label, low, high }) = &figure.chart else { return None };
    let reader = |name: &str| Reader::new(figure, table, name);
    Some((reader(label)?, [reader(low)?, reader(high)?]))
}

/// A difference says which way it goes.
fn signed(reader: &Reader<'_>, row: usize, look: &Look) -> String {
    let shown = reader.shown(row, look).text;
    match reader.number(row) {
        Some(number) if number > 0.0 && !shown.starts_with('+') => format!("+{shown}"),
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Value;
    use crate::tui::widgets::testing::{self, Screen};

    fn levers() -> (Figure, Table) {
        let figure = testing::with_chart(
            testing::figure(&[("lever", "text"), ("low", "money"), ("high", "money")]),
            Chart::Tornado { label: "lever".into(), low: "low".into(), high: "high".into() },
        );
        let money = |amount: i64| Value::Decimal(amount.into());
        let rows = vec![
            vec!["Win rate".into(), money(-400), money(400)],
            vec!["Ramp".into(), money(-100), money(0)],
            vec!["Attrition".into(), Value::Null, money(50)],
        ];
        (figure, testing::table(&["lever", "low", "high"], rows))
    }

    #[test]
    fn both_ends_hang_on_one_middle() {
        let (figure, table) = levers();
        let mut screen = Screen::new(70, 3);
        let area = screen.area();
        draw(&mut screen.buf, area, &figure, &table, &Look::plain_ascii());
        let middles: Vec<_> = screen.rows().iter().map(|row| row.find('|')).collect();
        assert!(middles[0].is_some() && middles.iter().all(|at| *at == middles[0]));
        let length = |row: &str, sign: char| screen.row_with(row).matches(sign).count();
        let look = Look::plain_ascii();
        let down = look.glyphs.bar_down.chars().next().expect("a sign");
        // One of them is the sign of the number.
        assert!(length("Win rate", down) > 3 * (length("Ramp", down) - 1), "{}", screen.text());
        assert!(screen.row_with("Win rate").contains("+400"), "{}", screen.text());
        assert!(screen.row_with("Attrition").contains("+50"), "{}", screen.text());
    }

    #[test]
    fn no_size_and_no_label_breaks_it() {
        let (figure, mut table) = levers();
        for (row, label) in table.rows.iter_mut().zip(testing::HOSTILE) {
            row[0] = label.into();
        }
        testing::every_small_size(|buf, area| {
            draw(buf, area, &figure, &table, &Look::plain_ascii());
        });
        let mut screen = Screen::new(60, 6);
        let area = screen.area();
        draw(&mut screen.buf, area, &figure, &table, &Look::plain_ascii());
        screen.assert_harmless();
        draw(&mut screen.buf, area, &figure, &Table::default(), &Look::plain_ascii());
        assert!(screen.has("no rows"));
    }
}
