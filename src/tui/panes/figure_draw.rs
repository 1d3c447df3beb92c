//! Where the parts of a figure pane stand, and how each is drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::catalog::figure::Chart;
use crate::tui::message::Failure;
use crate::tui::pane::Scene;
use crate::tui::panes::part::{FigureState, Part};
use crate::tui::theme::Look;
use crate::tui::widgets::arrangement::Summary;
use crate::tui::widgets::{chart, paint, table};

/// From this width on, two parts stand side by side.
const SIDE_BY_SIDE: u16 = 160;
/// Title, header, a row and the footer: less says nothing.
const LEAST: u16 = 5;

/// A place for each part; empty for those that a zoom hides.
pub fn areas(parts: &[Part], focus: usize, area: Rect, scene: &Scene<'_>) -> Vec<Rect> {
    if scene.zoomed || parts.len() < 2 || area.height < LEAST * 2 {
        return (0..parts.len()).map(|p| if p == focus { area } else { Rect::ZERO }).collect();
    }
    if area.width >= SIDE_BY_SIDE && parts.len() == 2 {
        let left = area.width / 2;
        return vec![
            Rect { width: left.saturating_sub(1), ..area },
            Rect { x: area.x + left + 1, width: area.width - left - 1, ..area },
        ];
    }
    let wanted: Vec<u16> = parts.iter().map(|part| natural_height(part, scene)).collect();
    let heights = share(area.height, &wanted);
    let mut y = area.y;
    heights
        .into_iter()
        .map(|height| {
            let place = Rect { y, height, ..area };
            y += height;
            place
        })
        .collect()
}

/// Gives everybody what they want, if there is enough; else an equal share to
/// those who want more than that. What is left over goes to the last.
fn share(height: u16, wanted: &[u16]) -> Vec<u16> {
    let mut given = vec![0; wanted.len()];
    let mut left = height;
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&i| wanted[i]);
    for (served, &i) in order.iter().enumerate() {
        let fair = left / (wanted.len() - served) as u16;
        given[i] = wanted[i].min(fair);
        left -= given[i];
    }
    if let Some(last) = given.last_mut() {
        *last += left;
    }
    given
}

fn natural_height(part: &Part, scene: &Scene<'_>) -> u16 {
    let Some(figure) = part.figure(scene.catalog) else { return LEAST };
    let Some(answer) = part.state.answer() else { return LEAST * 2 };
    let notes = u16::from(!answer.notes.is_empty());
    let content = if part.shows_chart(scene.catalog) {
        // Lines: with room for the one that is looked at, below the small ones.
        let large = if matches!(figure.chart, Some(Chart::Line { .. })) { 8 } else { 0 };
        chart::height(figure, &answer.table).saturating_add(large)
    } else {
        // Header and footer of the table, and the sum between them.
        let lines = u16::try_from(part.view.lines()).unwrap_or(u16::MAX);
        let sum = u16::from(part.view.choices.summary != Summary::None);
        lines.saturating_add(2 + sum)
    };
    content.saturating_add(1 + notes).max(LEAST)
}

/// What is left of a part's place for its table or chart.
pub fn content(area: Rect, part: &Part) -> Rect {
    let noted = part.state.answer().is_some_and(|answer| !answer.notes.is_empty());
    let notes = u16::from(noted && area.height > LEAST);
    Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1 + notes), ..area }
}

pub fn draw(part: &Part, buf: &mut Buffer, area: Rect, scene: &Scene<'_>, focused: bool) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let look = scene.look;
    draw_title(part, buf, area, scene, focused);
    let inner = content(area, part);
    let Some(figure) = part.figure(scene.catalog) else {
        return say(
            buf,
            inner,
            &format!("There is no figure called {}.", part.name()),
            look.theme.problem,
            look,
        );
    };
    let Some(answer) = part.state.answer() else {
        return match &part.state {
            FigureState::Failed { failure, .. } => {
                say(buf, inner, &sentence(failure), look.theme.problem, look);
            }
            FigureState::Loading { .. } => {
                say(buf, inner, "Asking the workspace…", look.theme.muted, look);
            }
            _ => say(buf, inner, "Not asked yet; refresh asks.", look.theme.muted, look),
        };
    };
    if part.shows_chart(scene.catalog) && !answer.table.is_empty() {
        chart::draw(buf, inner, (figure, &answer.table), part.series, look, focused);
    } else {
        table::draw(buf, inner, (figure, &answer.table), &part.view, look, focused);
    }
    if inner.bottom() < area.bottom()
        && let Some(note) = answer.notes.first()
    {
        let more = answer.notes.len() - 1;
        let more = if more > 0 { format!(" (+{more} more: i)") } else { String::new() };
        let last = paint::row(area, area.height - 1);
        paint::text(buf, last, &format!("Note: {note}{more}"), look.theme.muted, look);
    }
}

fn draw_title(part: &Part, buf: &mut Buffer, area: Rect, scene: &Scene<'_>, focused: bool) {
    let look = scene.look;
    let title = part.figure(scene.catalog).map_or(part.name(), |figure| figure.title.as_str());
    let marker = if focused { look.glyphs.marker } else { " " };
    let style = if focused { look.theme.title } else { look.theme.heading };
    let cut = part.cut().map_or(String::new(), |cut| format!(", {cut}"));
    let used = paint::text(buf, area, &format!("{marker} {title}{cut}"), style, look);
    let (note, style) = match &part.state {
        FigureState::Loading { previous: Some(_) } => {
            ("asking again…".to_owned(), look.theme.muted)
        }
        FigureState::Failed { failure, previous: Some(_) } => {
            (format!("the answer of before; now: {}", failure.message), look.theme.problem)
        }
        _ if !part.view.filter.is_empty() => {
            (format!("filter: {}", part.view.filter), look.theme.accent)
        }
        _ => return,
    };
    paint::text_right(buf, paint::columns(area, used + 2, usize::MAX), &note, style, look);
}

fn sentence(failure: &Failure) -> String {
    match &failure.remedy {
        Some(remedy) => format!("{}.\n{remedy}.", failure.message),
        None => format!("{}.", failure.message),
    }
}

/// A text that may take several lines.
pub fn say(buf: &mut Buffer, area: Rect, text: &str, style: Style, look: &Look) {
    let area = paint::columns(area, 2, usize::MAX);
    let width = usize::from(area.width).max(1);
    let lines = text.lines().flat_map(|line| textwrap::wrap(line, width));
    for (row, text) in (0..area.height).zip(lines) {
        paint::text(buf, paint::row(area, row), &text, style, look);
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn room_is_shared_without_waste() {
        assert_eq!(share(20, &[8, 12]), [8, 12]);
        assert_eq!(share(20, &[8, 6]), [8, 12]);
        assert_eq!(share(20, &[5, 40]), [5, 15]);
        assert_eq!(share(20, &[40, 40]), [10, 10]);
        assert_eq!(share(20, &[40, 4]), [16, 4]);
        assert_eq!(share(0, &[40, 4]), [0, 0]);
        assert_eq!(share(9, &[]), Vec::<u16>::new());
    }
}
