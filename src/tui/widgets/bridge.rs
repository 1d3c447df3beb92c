//! A bridge: from a start to an end by steps, each hanging where the one before
//! it ended.
//!
//! ```text
//! Opening pipeline    1,000  ▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐
//! Created              +250                      ▬▬▬▬▬
//! Lost                 -345                    ░░░░░░░
//! Closing pipeline      905  ▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐▐
//! ```
//!
//! Drawing only. Money loses its exactness for the length of a bar and nowhere
//! else: the amounts are written from the decimals.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::figure::{Chart, Figure};
use crate::domain::{Table, text};
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::chart_data::{Reader, Scale, cannot_draw, fit};
use crate::tui::widgets::paint;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Stands on the ground.
    Level,
    /// Hangs between two levels.
    Step,
}

struct Bar {
    label: String,
    amount: String,
    role: Role,
    from: f64,
    to: f64,
}

/// Rows that the whole bridge takes.
pub fn height(_: &Figure, table: &Table) -> u16 {
    u16::try_from(table.len()).unwrap_or(u16::MAX).max(1)
}

pub fn draw(buf: &mut Buffer, area: Rect, figure: &Figure, table: &Table, look: &Look) {
    let area = paint::within(buf, area);
    if area.is_empty() {
        return;
    }
    let Some(bars) = bars(figure, table, look).filter(|bars| !bars.is_empty()) else {
        return cannot_draw(buf, area, table, look);
    };
    let width = usize::from(area.width);
    let widest = |of: fn(&Bar) -> &str| bars.iter().map(|b| text::width(of(b))).max().unwrap_or(0);
    let amount_width = widest(|bar| &bar.amount);
    let label_width = widest(|bar| &bar.label).min(width.saturating_sub(amount_width + 2)).min(32);
    let start = label_width + 1 + amount_width + 2;
    let room = width.saturating_sub(start);
    let scale = Scale::with_zero(bars.iter().flat_map(|bar| [bar.from, bar.to]), room);

    let (fit, left_out) = fit(bars.len(), usize::from(area.height));
    for (line, bar) in bars.iter().take(fit).enumerate() {
        let line = paint::row(area, u16::try_from(line).unwrap_or(u16::MAX));
        let tone = match bar.role {
            Role::Level => Tone::Plain,
            Role::Step if bar.to < bar.from => Tone::Bad,
            Role::Step => Tone::Good,
        };
        let style = if bar.role == Role::Level { look.theme.title } else { look.theme.text };
        paint::text(buf, paint::columns(line, 0, label_width), &bar.label, style, look);
        let at = paint::columns(line, label_width + 1, amount_width);
        paint::text_right(buf, at, &bar.amount, style, look);
        let sign = match tone {
            Tone::Good => look.glyphs.bar_up,
            Tone::Bad => look.glyphs.bar_down,
            _ => look.glyphs.bar_total,
        };
        let (first, length) = scale.between(bar.from, bar.to);
        let at = paint::columns(line, start + first, length);
        paint::repeat(buf, at, sign, look.theme.tone(tone));
    }
    if left_out > 0 {
        let at = paint::row(area, area.height - 1);
        let note = format!("{left_out} more {}", look.glyphs.more_down);
        paint::text(buf, at, &note, look.theme.muted, look);
    }
}

fn bars(figure: &Figure, table: &Table, look: &Look) -> Option<Vec<Bar>> {
    let Some(Chart::Bridge { label, value, role }) = &figure.chart else { return None };
    let label = Reader::new(figure, table, label)?;
    let value = Reader::new(figure, table, value)?;
    let role = Reader::new(figure, table, role)?;
    let mut level = 0.0;
    let bar = |row: usize| {
        let role = match role.value(row).as_text() {
            Some("start" | "end" | "total") => Role::Level,
            _ => Role::Step,
        };
        let number = value.number(row).unwrap_or(0.0);
        let (from, to) = match role {
            Role::Level => (0.0, number),
            Role::Step => (level, level + number),
        };
        level = to;
        let mut amount = value.shown(row, look).text;
        if role == Role::Step && number > 0.0 && !amount.starts_with('+') {
            amount.insert(0, '+');
        }
        Bar { label: label.shown(row, look).text, amount, role, from, to }
    };
    Some((0..table.len()).map(bar).collect())
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::domain::Value;
    use crate::tui::glyphs::Glyphs;
    use crate::tui::theme::Theme;
    use crate::tui::widgets::testing::{self, Screen};

    fn bridge(steps: &[(&str, i64, &str)]) -> (Figure, Table) {
        let figure = testing::with_chart(
            testing::figure(&[("step", "text"), ("amount", "money"), ("role", "text")]),
            Chart::Bridge { label: "step".into(), value: "amount".into(), role: "role".into() },
        );
        let row = |(label, amount, role): &(&str, i64, &str)| {
            vec![Value::from(*label), Decimal::from(*amount).into(), Value::from(*role)]
        };
        let table = testing::table(&["step", "amount", "role"], steps.iter().map(row).collect());
        (figure, table)
    }

    fn golden() -> (Figure, Table) {
        bridge(&[
            ("Opening", 1000, "start"),
            ("Created", 250, "step"),
            ("Lost", -345, "step"),
            ("Closing", 905, "end"),
        ])
    }

    #[test]
    fn steps_hang_where_the_one_before_ended() {
        let (figure, table) = golden();
        let mut screen = Screen::new(60, 6);
        let area = screen.area();
        draw(&mut screen.buf, area, &figure, &table, &Look::plain_ascii());
        let created = screen.row_with("Created");
        assert!(created.contains("+250"), "{created}");
        let lost = screen.row_with("Lost");
        let opening = screen.row_with("Opening");
        // The step down ends where the step up ended; the step up begins where the start ends.
        assert_eq!(created.trim_end().len(), lost.trim_end().len(), "{created}\n{lost}");
        assert_eq!(created.find("++"), Some(opening.trim_end().len()), "{created}\n{opening}");
        let closing = screen.row_with("Closing");
        assert_eq!(lost.rfind(" -").map(|at| at + 1), Some(closing.trim_end().len()));
    }

    #[test]
    fn directions_are_told_without_colour() {
        let (figure, table) = golden();
        for glyphs in [Glyphs::UNICODE, Glyphs::ASCII] {
            let look = Look { theme: Theme::plain(), glyphs };
            let mut screen = Screen::new(80, 24);
            let area = screen.area();
            draw(&mut screen.buf, area, &figure, &table, &look);
            let (up, down) = (screen.row_with("Created"), screen.row_with("Lost"));
            assert!(up.contains("+250") && up.contains(glyphs.bar_up));
            assert!(down.contains("-345") && down.contains(glyphs.bar_down));
            assert_ne!(glyphs.bar_up, glyphs.bar_down);
        }
    }

    #[test]
    fn below_zero_and_nothing_known_are_drawn() {
        let (figure, mut table) = bridge(&[("Open", 10, "start"), ("Loss", -40, "step")]);
        table.rows.push(vec!["Unknown".into(), Value::Null, "step".into()]);
        let mut screen = Screen::new(40, 5);
        let area = screen.area();
        draw(&mut screen.buf, area, &figure, &table, &Look::plain_ascii());
        assert!(screen.row_with("Unknown").trim_end().ends_with('-'), "{}", screen.text());
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let (figure, table) = golden();
        let mut screen = Screen::new(60, 3);
        let area = screen.area();
        draw(&mut screen.buf, area, &figure, &table, &Look::plain_ascii());
        assert!(screen.has("2 more v"), "{}", screen.text());
    }

    #[test]
    fn no_size_and_no_label_breaks_it() {
        let (figure, mut table) = golden();
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
