//! One series as a line over its months, with its limit and the interval around
//! each point, where the figure has one.
//!
//! Drawn with Braille dots, or with plain letters where the signs are of seven
//! bits. A month below the limit has a sign of its own on the line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Line, Points};

use crate::domain::text;
use crate::tui::theme::Look;
use crate::tui::widgets::paint;
use crate::tui::widgets::series::{Point, Series};

/// The part of the area that is the picture, and what its edges stand for.
struct Frame {
    plot: Rect,
    least: f64,
    most: f64,
    months: usize,
    /// Dots of a character across and down, as the picture is drawn with.
    dots: (u16, u16),
}

impl Frame {
    /// Which column and row of the plot a value stands in.
    fn cell(&self, month: usize, y: f64) -> (u16, u16) {
        let across = month as f64 / (self.months.saturating_sub(1)).max(1) as f64;
        let up = ((y - self.least) / (self.most - self.least)).clamp(0.0, 1.0);
        // The dot first and its character then, as the canvas does, so that signs
        // stand on the line. Both shares are within 0..=1.
        let dot = |share: f64, cells: u16, dots: u16| {
            let last = f64::from((cells * dots).saturating_sub(1));
            (share * last).round() as u16 / dots
        };
        (dot(across, self.plot.width, self.dots.0), dot(1.0 - up, self.plot.height, self.dots.1))
    }

    fn at(&self, month: usize, y: f64) -> Rect {
        let (x, row) = self.cell(month, y);
        paint::columns(paint::row(self.plot, row), usize::from(x), 1)
    }
}

/// Draws one series; with less than three rows or twenty columns it draws nothing.
pub fn draw(buf: &mut Buffer, area: Rect, months: &[String], series: &Series, look: &Look) {
    let area = paint::within(buf, area);
    let values = || {
        let ends = |point: &Point| point.band.into_iter().flat_map(|(low, high)| [low, high]);
        series
            .points
            .iter()
            .flat_map(move |point| point.y.into_iter().chain(point.limit).chain(ends(point)))
    };
    let least = values().fold(f64::INFINITY, f64::min);
    let most = values().fold(f64::NEG_INFINITY, f64::max);
    if area.height < 3 || area.width < 20 || !least.is_finite() || months.is_empty() {
        return;
    }
    let spread = if most > least { (most - least) * 0.08 } else { most.abs().max(1.0) * 0.1 };
    let (least, most) = (least - spread, most + spread);

    let labels = [nearest(series, most), nearest(series, least)];
    let margin =
        labels.iter().flatten().map(|(_, l)| text::width(l)).max().unwrap_or(0).min(10) + 1;
    let plot = paint::above(paint::columns(area, margin, usize::MAX), 1);
    let dots = if look.glyphs.ascii { (1, 1) } else { (2, 4) };
    let frame = Frame { plot, least, most, months: months.len(), dots };
    for (y, label) in labels.iter().flatten() {
        let at = paint::columns(paint::row(area, frame.cell(0, *y).1), 0, margin - 1);
        paint::text_right(buf, at, label, look.theme.muted, look);
    }
    draw_axis(buf, paint::row(area, area.height - 1), margin, &frame, months, look);
    draw_bands(buf, &frame, series, look);
    if look.glyphs.ascii {
        draw_plain(buf, &frame, series, look);
    } else {
        draw_dots(buf, &frame, series, look);
    }
    draw_signs(buf, &frame, series, look);
}

/// The value nearest to a height, and how it is shown: labels are values of the
/// series, so that no number on the screen is made up.
fn nearest(series: &Series, y: f64) -> Option<(f64, String)> {
    let known = series.points.iter().filter_map(|point| Some((point.y?, &point.shown)));
    known
        .min_by(|(a, _), (b, _)| (a - y).abs().total_cmp(&(b - y).abs()))
        .map(|(y, shown)| (y, shown.split(' ').next().unwrap_or_default().to_owned()))
}

fn draw_axis(
    buf: &mut Buffer,
    area: Rect,
    margin: usize,
    frame: &Frame,
    months: &[String],
    look: &Look,
) {
    let mut free = 0;
    for (month, name) in months.iter().enumerate() {
        let (x, _) = frame.cell(month, frame.least);
        let wide = text::width(name);
        // The first letter stands under its point; the last name ends at the edge.
        let x = (margin + usize::from(x)).min(usize::from(area.width).saturating_sub(wide));
        if x >= free {
            paint::text(buf, paint::columns(area, x, wide), name, look.theme.muted, look);
            free = x + wide + 2;
        }
    }
}

fn segments(series: &Series, of: impl Fn(&Point) -> Option<f64>) -> Vec<(usize, f64, f64)> {
    let known = |at: usize| series.points.get(at).and_then(&of);
    (0..series.points.len()).filter_map(|at| Some((at, known(at)?, known(at + 1)?))).collect()
}

/// A thin line up and down through each point: as far as the true value may lie.
fn draw_bands(buf: &mut Buffer, frame: &Frame, series: &Series, look: &Look) {
    for (month, point) in series.points.iter().enumerate() {
        let Some((low, high)) = point.band else { continue };
        let (x, top) = frame.cell(month, high);
        let (_, bottom) = frame.cell(month, low);
        for row in top..=bottom {
            let at = paint::columns(paint::row(frame.plot, row), usize::from(x), 1);
            paint::text(buf, at, look.glyphs.side, look.theme.muted, look);
        }
    }
}

fn draw_dots(buf: &mut Buffer, frame: &Frame, series: &Series, look: &Look) {
    let last = frame.months.saturating_sub(1).max(1) as f64;
    // The limit is dotted, the line is not.
    let mut dots = Vec::new();
    for (at, from, to) in segments(series, |point| point.limit) {
        dots.extend((0..6).map(|step| {
            let share = f64::from(step) / 6.0;
            (at as f64 + share, from + (to - from) * share)
        }));
    }
    let theme = look.theme;
    Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([0.0, last])
        .y_bounds([frame.least, frame.most])
        .paint(|ctx| {
            let colour = theme.muted.fg.unwrap_or_default();
            ctx.draw(&Points { coords: &dots, color: colour });
            for (at, from, to) in segments(series, |point| point.y) {
                let color = theme.accent.fg.unwrap_or_default();
                ctx.draw(&Line { x1: at as f64, y1: from, x2: at as f64 + 1.0, y2: to, color });
            }
        })
        .render(frame.plot, buf);
}

fn draw_plain(buf: &mut Buffer, frame: &Frame, series: &Series, look: &Look) {
    for (at, from, to) in segments(series, |point| point.limit) {
        trace(buf, frame, (at, from, to), "-", look);
    }
    for (at, from, to) in segments(series, |point| point.y) {
        trace(buf, frame, (at, from, to), ".", look);
    }
}

/// A line of letters from one month to the next.
fn trace(buf: &mut Buffer, frame: &Frame, segment: (usize, f64, f64), sign: &str, look: &Look) {
    let (month, from, to) = segment;
    let (start, _) = frame.cell(month, from);
    let (end, _) = frame.cell(month + 1, to);
    for x in start..end {
        let share = f64::from(x - start) / f64::from((end - start).max(1));
        let (_, row) = frame.cell(month, from + (to - from) * share);
        let at = paint::columns(paint::row(frame.plot, row), usize::from(x), 1);
        paint::text(buf, at, sign, look.theme.muted, look);
    }
}

fn draw_signs(buf: &mut Buffer, frame: &Frame, series: &Series, look: &Look) {
    for (month, point) in series.points.iter().enumerate() {
        let Some(y) = point.y else { continue };
        let (sign, style) = if point.is_below() {
            (look.glyphs.below, look.theme.bad)
        } else {
            (look.glyphs.point, look.theme.accent)
        };
        paint::text(buf, frame.at(month, y), sign, style, look);
    }
}
