//! Monthly lines as small multiples: one row per series, so that many segments
//! stay apart where lines in one picture would cross.
//!
//! ```text
//!                 2025-01  2025-05  2025-09   latest
//! ► Enterprise    ⣤ ⣤ ⣶ ⣤▾⣀▾⣀▾⣤ ⣶ ⣤▾⣀▾⣀▾⣀▾   31% 9/29 ▾ limit 40%
//!   Mid-market    ⣶ ⣶ ⣶ ⣿ ⣶ ⣶ ⣶ ⣶ ⣿ ⣿ ⣶ ⣶    55% 16/29  limit 50%
//! ▾ below the limit
//! ```
//!
//! With room below, the selected series is drawn large. A month below its limit
//! has a sign of its own, so no colour is needed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::figure::Figure;
use crate::domain::{Table, text};
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::chart_data::{cannot_draw, fit};
use crate::tui::widgets::series::{Point, Trend, read};
use crate::tui::widgets::{line_chart, paint};

pub use crate::tui::widgets::series::series;

/// Rows that the large picture of one series needs.
const LARGE: u16 = 8;
/// At least as many months are shown before their marks are given up.
const FEWEST_MONTHS: usize = 12;

/// Rows of the small multiples with their heading and legend.
pub fn height(figure: &Figure, table: &Table) -> u16 {
    u16::try_from(series(figure, table).len() + 2).unwrap_or(u16::MAX)
}

/// Draws the small multiples and, with room below, the selected series large.
pub fn draw(
    buf: &mut Buffer,
    area: Rect,
    (figure, table): (&Figure, &Table),
    selected: usize,
    look: &Look,
    focused: bool,
) {
    let area = paint::within(buf, area);
    if area.is_empty() {
        return;
    }
    let Some(trend) = read(figure, table, look).filter(|trend| !trend.series.is_empty()) else {
        return cannot_draw(buf, area, table, look);
    };
    let small = u16::try_from(trend.series.len() + 2).unwrap_or(u16::MAX);
    let (top, large) = if area.height > small.saturating_add(LARGE) {
        (Rect { height: small, ..area }, paint::below(area, small + 1))
    } else {
        (area, Rect { height: 0, ..area })
    };
    draw_small(buf, top, &trend, selected, look, focused);
    if let Some(series) = trend.series.get(selected).filter(|_| large.height > 0) {
        let limit = trend.limits.get(selected).cloned().flatten();
        let limit = limit.map(|limit| format!("limit {limit}"));
        let band = series.points.iter().any(|point| point.band.is_some());
        let band = band.then(|| format!("{} interval", look.glyphs.side));
        let note = [band, limit].into_iter().flatten().collect::<Vec<_>>().join("  ");
        paint::heading(buf, paint::row(large, 0), &series.name, &note, look.theme.title, look);
        line_chart::draw(buf, paint::below(large, 1), &trend.months, series, look);
    }
}

/// How the columns of the small multiples are shared out.
struct Plan {
    name: usize,
    /// Columns per month: 6 with the value, 2 with a mark, 1 bare.
    cell: usize,
    /// The first month shown.
    first: usize,
    latest: usize,
}

impl Plan {
    fn new(trend: &Trend, width: usize) -> Plan {
        let name = trend.series.iter().map(|s| text::width(&s.name)).max().unwrap_or(0);
        let name = name.clamp(4, 18);
        let latest = (0..trend.series.len()).map(|s| text::width(&latest(trend, s).0)).max();
        let latest = latest.unwrap_or(0);
        let room = width.saturating_sub(2 + name + 1 + 2 + latest);
        let months = trend.months.len();
        let cell = if months * 6 <= room {
            6
        } else if room / 2 >= months.min(FEWEST_MONTHS) {
            2
        } else {
            1
        };
        Plan { name, cell, first: months.saturating_sub(room / cell), latest }
    }

    fn x(&self, month: usize) -> usize {
        2 + self.name + 1 + (month - self.first) * self.cell
    }
}

/// The last month that has a value, its limit, and whether it is below.
fn latest(trend: &Trend, series: usize) -> (String, bool) {
    let Some(point) = trend.series[series].points.iter().rev().find(|p| p.y.is_some()) else {
        return (String::new(), false);
    };
    let limit = trend.limits[series].as_ref();
    let limit = limit.map_or(String::new(), |limit| format!(" limit {limit}"));
    // Room for the mark is kept whether it is there or not, so that limits align.
    (format!("{}  {limit}", point.shown), point.is_below())
}

fn draw_small(
    buf: &mut Buffer,
    area: Rect,
    trend: &Trend,
    selected: usize,
    look: &Look,
    focused: bool,
) {
    let plan = Plan::new(trend, usize::from(area.width));
    let has_heading = area.height > 2;
    let body = if has_heading { paint::below(area, 1) } else { area };
    if has_heading {
        draw_months(buf, paint::row(area, 0), trend, &plan, look);
    }
    let below = trend.series.iter().any(|s| s.points[plan.first..].iter().any(Point::is_below));
    let body_rows = body.height.saturating_sub(u16::from(below && body.height > 2));
    let (fitting, _) = fit(trend.series.len(), usize::from(body_rows));
    // The selected one is always among those drawn.
    let first = (selected + 1).saturating_sub(fitting.max(1)).min(trend.series.len());
    let (least, most) = range(trend);
    for (line, index) in (first..trend.series.len()).take(fitting).enumerate() {
        let at = paint::row(body, u16::try_from(line).unwrap_or(u16::MAX));
        let series = &trend.series[index];
        let style = match (index == selected, focused) {
            (true, true) => look.theme.selected,
            (true, false) => look.theme.selected_elsewhere,
            (false, _) => look.theme.text,
        };
        if index == selected {
            paint::style(buf, paint::columns(at, 0, 2 + plan.name), style);
            paint::text(buf, paint::columns(at, 0, 1), look.glyphs.marker, style, look);
        }
        paint::text(buf, paint::columns(at, 2, plan.name), &series.name, style, look);
        for (month, point) in series.points.iter().enumerate().skip(plan.first) {
            let cell = paint::columns(at, plan.x(month), plan.cell);
            draw_point(buf, cell, point, (least, most), look);
        }
        draw_latest(buf, at, trend, index, &plan, look);
    }
    let left_out = trend.series.len() - fitting.min(trend.series.len());
    let legend = match (below, left_out) {
        (_, more) if more > 0 => format!("{more} more {}", look.glyphs.more_down),
        (true, _) => format!("{} below the limit", look.glyphs.below),
        _ => String::new(),
    };
    let last = u16::try_from(fitting).unwrap_or(u16::MAX);
    paint::text(buf, paint::row(body, last), &legend, look.theme.muted, look);
}

fn draw_months(buf: &mut Buffer, area: Rect, trend: &Trend, plan: &Plan, look: &Look) {
    let mut free = 0;
    for (month, name) in trend.months.iter().enumerate().skip(plan.first) {
        let x = plan.x(month);
        if x >= free && x + text::width(name) <= plan.x(trend.months.len()).max(x + 1) + 1 {
            let at = paint::columns(area, x, text::width(name));
            paint::text(buf, at, name, look.theme.heading, look);
            free = x + text::width(name) + 2;
        }
    }
    let x = plan.x(trend.months.len()) + 2;
    if x >= free {
        paint::text(buf, paint::columns(area, x, usize::MAX), "latest", look.theme.heading, look);
    }
}

fn draw_point(buf: &mut Buffer, cell: Rect, point: &Point, range: (f64, f64), look: &Look) {
    let Some(y) = point.y else {
        paint::text(buf, cell, ".", look.theme.muted, look);
        return;
    };
    let tone = if point.is_below() { Tone::Bad } else { point.tone };
    let style = look.theme.tone(tone);
    let level = level(y, range, look);
    match (cell.width, point.is_below()) {
        (6.., below) => {
            paint::text(buf, cell, level, style, look);
            // The percentage, or the counts where there is none: `41%` or `2/4`.
            let value = point.shown.split(' ').next().unwrap_or_default().trim_end_matches('%');
            paint::text_right(buf, paint::columns(cell, 1, 3), value, style, look);
            let mark = if below { look.glyphs.below } else { " " };
            paint::text(buf, paint::columns(cell, 4, 1), mark, style, look);
        }
        (1, true) => {
            paint::text(buf, cell, look.glyphs.below, style, look);
        }
        (_, below) => {
            paint::text(buf, cell, level, style, look);
            if below {
                paint::text(buf, paint::columns(cell, 1, 1), look.glyphs.below, style, look);
            }
        }
    }
}

fn draw_latest(
    buf: &mut Buffer,
    area: Rect,
    trend: &Trend,
    series: usize,
    plan: &Plan,
    look: &Look,
) {
    let (shown, below) = latest(trend, series);
    let x = plan.x(trend.months.len()) + 2;
    let at = paint::columns(area, x, plan.latest);
    let point = trend.series[series].points.iter().rev().find(|p| p.y.is_some());
    let tone = match point {
        Some(_) if below => Tone::Bad,
        Some(point) => point.tone,
        None => Tone::Muted,
    };
    paint::text(buf, at, &shown, look.theme.tone(tone), look);
    if let Some(point) = point.filter(|_| below) {
        let mark = paint::columns(at, text::width(&point.shown) + 1, 1);
        paint::text(buf, mark, look.glyphs.below, look.theme.bad, look);
    }
}

/// Smallest and largest value of all lines, so that rows can be compared.
fn range(trend: &Trend) -> (f64, f64) {
    trend
        .series
        .iter()
        .flat_map(|series| series.points.iter().filter_map(|point| point.y))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), y| (l.min(y), m.max(y)))
}

fn level(y: f64, (least, most): (f64, f64), look: &Look) -> &'static str {
    let levels = look.glyphs.levels;
    let share = if most > least { (y - least) / (most - least) } else { 0.5 };
    // 0..=3: the clamp keeps it inside.
    let at = (share * levels.len() as f64).clamp(0.0, (levels.len() - 1) as f64) as usize;
    levels[at]
}
