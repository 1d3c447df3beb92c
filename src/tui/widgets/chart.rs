//! A figure's answer as the picture its header asks for.
//!
//! Owns the choice of the widget. Every chart has its numbers beside it and needs
//! no colour to be read.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::figure::{Chart, Figure};
use crate::domain::Table;
use crate::tui::theme::Look;
use crate::tui::widgets::{bars, bridge, scatter, tornado, trend};

/// Draws the figure's chart; `false` if it has none. `selected` is the series
/// of a line chart that is shown large ([`trend::series`]).
pub fn draw(
    buf: &mut Buffer,
    area: Rect,
    (figure, table): (&Figure, &Table),
    selected: usize,
    look: &Look,
    focused: bool,
) -> bool {
    match figure.chart {
        None => return false,
        Some(Chart::Line { .. }) => {
            trend::draw(buf, area, (figure, table), selected, look, focused);
        }
        Some(Chart::Bar { .. }) => bars::draw(buf, area, figure, table, look),
        Some(Chart::Bridge { .. }) => bridge::draw(buf, area, figure, table, look),
        Some(Chart::Scatter { .. }) => scatter::draw(buf, area, figure, table, look),
        Some(Chart::Tornado { .. }) => tornado::draw(buf, area, figure, table, look),
    }
    true
}

/// Rows that the figure's chart needs to be complete; 0 if it has none.
pub fn height(figure: &Figure, table: &Table) -> u16 {
    match figure.chart {
        None => 0,
        Some(Chart::Line { .. }) => trend::height(figure, table),
        Some(Chart::Bar { .. }) => bars::height(figure, table),
        Some(Chart::Bridge { .. }) => bridge::height(figure, table),
        Some(Chart::Scatter { .. }) => scatter::height(figure, table),
        Some(Chart::Tornado { .. }) => tornado::height(figure, table),
    }
}
