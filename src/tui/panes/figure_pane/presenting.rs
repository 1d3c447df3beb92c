//! The pane as pages: the whole first, then row by row, then the charts.
//!
//! The whole is the same figure asked once more, not cut at all: sums and rates are
//! the figure's own. Private columns are left out, and so are rows that are persons.

use crate::catalog::Catalog;
use crate::catalog::figure::{Chart, Figure, Unit};
use crate::domain::Dimension;
use crate::tui::pane::{Desk, Scene};
use crate::tui::panes::part::{self, Part};
use crate::tui::present::{Fact, Page};
use crate::tui::widgets::columns;
use crate::workspace::Answer;

use super::FigurePane;

/// More rows than anybody turns through; a filter brings others forward.
const MOST_ROWS: usize = 40;
/// Figures that are read from the back of the room.
const LARGE: usize = 3;

/// What one page shows.
#[derive(Clone, Copy, Debug)]
enum Slide {
    Whole,
    /// A row of the part in focus.
    Row(usize),
    /// The chart of a part.
    Picture(usize),
}

impl FigurePane {
    /// Asks for the whole, or gives it up.
    pub(super) fn present(&mut self, begins: bool, desk: &mut Desk<'_>) {
        if let Some(mut whole) = self.whole.take() {
            whole.stop(desk);
        }
        if begins && let Some(mut whole) = self.part().whole(desk.catalog) {
            whole.load(desk);
            self.whole = Some(whole);
        }
    }

    fn slides(&self, catalog: &Catalog) -> Vec<Slide> {
        let mut slides = Vec::new();
        // One row is the whole; a figure that tells months has more.
        let whole = self.whole.as_ref().map(|whole| whole.state.answer());
        let whole = whole.is_some_and(|answer| answer.is_none_or(|a| a.table.len() <= 1));
        slides.extend(whole.then_some(Slide::Whole));
        let focused = self.part();
        if !focused.shows_chart(catalog) && focused.state.answer().is_some_and(|a| !of_persons(a)) {
            slides.extend(focused.view.rows().into_iter().take(MOST_ROWS).map(Slide::Row));
        }
        let others = (0..self.parts.len()).filter(|place| *place != self.focus);
        let pictured = |place: &usize| {
            let part = &self.parts[*place];
            let Some((figure, answer)) = part.figure(catalog).zip(part.state.answer()) else {
                return false;
            };
            !answer.table.is_empty() && !of_persons(answer) && is_public(figure)
        };
        let pictures = std::iter::once(self.focus).chain(others).filter(pictured);
        slides.extend(pictures.map(Slide::Picture));
        slides
    }

    pub(super) fn page_at(&self, at: usize, scene: &Scene<'_>) -> Page {
        let slides = self.slides(scene.catalog);
        let at = at.min(slides.len().saturating_sub(1));
        let of = |part: &Part| {
            let title = part.figure(scene.catalog).map_or(part.name(), |f| f.title.as_str());
            Page { title: title.to_owned(), at, pages: slides.len(), ..Page::default() }
        };
        match slides.get(at) {
            None => Page {
                note: "There is nothing to show here: rows of persons are not for the wall. Esc, then b, \
                       cuts the figures otherwise."
                    .into(),
                ..of(self.part())
            },
            Some(Slide::Whole) => {
                let whole = self.whole.as_ref().unwrap_or_else(|| self.part());
                let page = Page { name: "All".into(), ..of(whole) };
                match whole.state.answer() {
                    Some(answer) if !answer.table.is_empty() => {
                        with_figures(page, whole, answer, 0, scene)
                    }
                    Some(_) => Page { note: "There is nothing in this quarter.".into(), ..page },
                    None => Page { note: "Asking the workspace…".into(), ..page },
                }
            }
            Some(Slide::Row(row)) => {
                let part = self.part();
                let page = of(part);
                match (part.figure(scene.catalog), part.state.answer()) {
                    (Some(figure), Some(answer)) => {
                        let name = row_name(figure, answer, *row, part, scene);
                        let name = name.unwrap_or_else(|| format!("Row {}", row + 1));
                        with_figures(Page { name, ..page }, part, answer, *row, scene)
                    }
                    _ => page,
                }
            }
            Some(Slide::Picture(place)) => {
                let part = &self.parts[*place];
                let picture = part.state.answer().map(|answer| (answer.clone(), part.series));
                Page { picture, ..of(part) }
            }
        }
    }
}

/// Is each row of the answer somebody?
fn of_persons(answer: &Answer) -> bool {
    let persons = [Dimension::Owner, Dimension::Manager];
    part::dimension_of(answer)
        .is_some_and(|by| persons.iter().any(|dimension| by.plain() == dimension.name()))
}

/// Does the figure have a chart that names nobody?
fn is_public(figure: &Figure) -> bool {
    let label = match &figure.chart {
        None => return false,
        Some(Chart::Line { series, .. }) => series.as_ref(),
        Some(
            Chart::Bar { label, .. }
            | Chart::Bridge { label, .. }
            | Chart::Scatter { label, .. }
            | Chart::Tornado { label, .. },
        ) => Some(label),
    };
    !figure.columns.iter().any(|column| column.private && Some(&column.name) == label)
}

/// By the column that names rows, or the first text that may be shown.
fn row_name(
    figure: &Figure,
    answer: &Answer,
    row: usize,
    part: &Part,
    scene: &Scene<'_>,
) -> Option<String> {
    let names = std::iter::once(columns::label(figure)).chain(0..figure.columns.len());
    names
        .filter(|column| !figure.columns[*column].private)
        .find(|column| {
            matches!(figure.columns[*column].unit, Unit::Text | Unit::Month | Unit::Date)
        })
        .and_then(|column| fact(figure, answer, row, column, part, scene))
        .map(|fact| fact.value)
}

/// The first amounts and rates of the row large, the rest of it small.
fn with_figures(page: Page, part: &Part, answer: &Answer, row: usize, scene: &Scene<'_>) -> Page {
    let Some(figure) = part.figure(scene.catalog) else { return page };
    let mut page = page;
    let hidden = &part.view.choices.hidden;
    for column in columns::by_importance(figure) {
        let declared = &figure.columns[column];
        if declared.private || declared.unit == Unit::Id || hidden.contains(&column) {
            continue;
        }
        let Some(fact) = fact(figure, answer, row, column, part, scene) else { continue };
        if fact.value == page.name {
            continue;
        }
        let large = declared.unit.is_numeric() && page.large.len() < LARGE;
        if large { page.large.push(fact) } else { page.small.push(fact) }
    }
    page
}

/// What a cell says; `None` where it says nothing.
fn fact(
    figure: &Figure,
    answer: &Answer,
    row: usize,
    column: usize,
    part: &Part,
    scene: &Scene<'_>,
) -> Option<Fact> {
    let declared = &figure.columns[column];
    if answer.table.get(row, &declared.name).is_null() {
        return None;
    }
    let plan = part.view.plans().get(column)?;
    let shown = plan.show(&declared.unit, &answer.table, row, &scene.look.glyphs);
    let text = shown.text.trim();
    let (value, counts) = match (&declared.unit, text.split_once('%')) {
        (Unit::Rate { .. }, Some((percent, counts))) => {
            (format!("{}%", percent.trim_end()), counts.trim().replace(' ', ""))
        }
        _ => (text.to_owned(), String::new()),
    };
    Some(Fact { label: declared.heading.clone(), value, counts, tone: shown.tone })
}
