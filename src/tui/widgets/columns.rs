//! Which columns of a table are on the screen, and how wide.
//!
//! The label column always stays. The others come in the order of the figure,
//! but counts that a rate already shows, and ids, come last, so that they are
//! the first to go when it gets narrow; unless the person chose otherwise.
//! Numbers are never cut; text is.

use crate::catalog::figure::{Figure, Unit};
use crate::tui::widgets::arrangement::Choices;
pub use crate::tui::widgets::arrangement::{by_importance, label};

/// Between two columns.
pub const GAP: usize = 2;
/// The selection marker and a blank.
pub const MARGIN: usize = 2;
/// Text wider than this does not make its column wider.
pub const WIDEST_TEXT: usize = 40;
/// Text columns may be narrowed down to this; the one that names the row to that.
const NARROWEST_TEXT: usize = 14;
const NARROWEST_LABEL: usize = 20;
/// Headings up to this wide are not cut for one more column.
const WHOLE_HEADING: usize = 12;

/// Columns that the content and the heading of a column take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    pub content: usize,
    pub heading: usize,
}

/// One column on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Which column of the figure.
    pub column: usize,
    /// From the left edge of the table.
    pub x: usize,
    pub width: usize,
}

/// The columns on the screen, left to right, and how many are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub slots: Vec<Slot>,
    pub hidden_left: usize,
    pub hidden_right: usize,
}

fn natural(measure: Measure) -> usize {
    measure.content.max(measure.heading).clamp(1, WIDEST_TEXT)
}

fn least(unit: &Unit, measure: Measure) -> usize {
    match unit {
        Unit::Text | Unit::Id | Unit::List => natural(measure).min(NARROWEST_TEXT),
        // A number that is cut is a wrong number, and a state says one thing.
        _ => measure.content.max(measure.heading.min(WHOLE_HEADING)).clamp(1, WIDEST_TEXT),
    }
}

/// Lays out a figure's columns in `width` columns of the screen, leaving out
/// the first `offset` of those beside the label.
pub fn lay_out(
    figure: &Figure,
    measures: &[Measure],
    choices: &Choices,
    offset: usize,
    width: usize,
) -> Layout {
    if figure.columns.is_empty() || width <= MARGIN {
        return Layout { hidden_right: figure.columns.len(), ..Layout::default() };
    }
    let measure = |column: usize| measures.get(column).copied().unwrap_or_default();
    let chosen = |column: usize| choices.widths.get(&column).copied();
    let label = label(figure);
    let least = |column: usize| match chosen(column) {
        Some(width) => width,
        None if column == label => natural(measure(column)).min(NARROWEST_LABEL),
        None => least(&figure.columns[column].unit, measure(column)),
    };
    let room = width - MARGIN;
    let others: Vec<usize> =
        choices.visible(figure).into_iter().filter(|column| *column != label).collect();
    // No further than where the last column has come into view.
    let take = |offset: usize| {
        let mut used = least(label).min(room);
        let mut taken = Vec::new();
        for column in others.iter().copied().skip(offset) {
            let needed = GAP + least(column);
            if used + needed > room {
                break;
            }
            used += needed;
            taken.push(column);
        }
        (taken, used)
    };
    let mut offset = offset.min(others.len().saturating_sub(1));
    // The last columns stand together as far as they fit.
    while offset > 0 && take(offset - 1).0.len() + (offset - 1) == others.len() {
        offset -= 1;
    }
    let (mut taken, used) = take(offset);
    let hidden_right = others.len() - offset - taken.len();
    taken.insert(0, label);

    let mut spare = room.saturating_sub(used);
    let mut x = MARGIN;
    let mut slots = Vec::with_capacity(taken.len());
    for column in taken {
        let least = least(column).min(room);
        let wanted = chosen(column).unwrap_or_else(|| natural(measure(column)));
        let more = wanted.saturating_sub(least).min(spare);
        spare -= more;
        slots.push(Slot { column, x, width: least + more });
        x += least + more + GAP;
    }
    Layout { slots, hidden_left: offset, hidden_right }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::figure;

    fn measures(widths: &[usize]) -> Vec<Measure> {
        widths.iter().map(|w| Measure { content: *w, heading: 4 }).collect()
    }

    fn names(figure: &Figure, layout: &Layout) -> Vec<String> {
        layout.slots.iter().map(|slot| figure.columns[slot.column].name.clone()).collect()
    }

    fn deals() -> (Figure, Vec<Measure>) {
        let figure = figure(&[
            ("id", "id"),
            ("name", "text"),
            ("won", "count"),
            ("closed", "count"),
            ("rate", "rate(won/closed)"),
            ("amount", "money"),
        ]);
        (figure, measures(&[8, 30, 3, 3, 9, 12]))
    }

    #[test]
    fn everything_fits_when_there_is_room() {
        let (figure, measures) = deals();
        let layout = lay_out(&figure, &measures, &Choices::default(), 0, 120);
        assert_eq!(names(&figure, &layout), ["name", "rate", "amount", "id", "won", "closed"]);
        assert_eq!((layout.hidden_left, layout.hidden_right), (0, 0));
        assert_eq!(layout.slots[0].width, 30);
    }

    #[test]
    fn counts_and_ids_go_first() {
        let (figure, measures) = deals();
        let layout = lay_out(&figure, &measures, &Choices::default(), 0, 47);
        assert_eq!(names(&figure, &layout), ["name", "rate", "amount"]);
        assert_eq!(layout.hidden_right, 3);
    }

    #[test]
    fn the_name_of_a_row_is_not_given_up_for_one_more_column() {
        let (figure, measures) = deals();
        let layout = lay_out(&figure, &measures, &Choices::default(), 0, 44);
        assert_eq!(names(&figure, &layout), ["name", "rate"]);
        assert!(layout.slots[0].width >= 20, "{layout:?}");
    }

    #[test]
    fn scrolling_keeps_the_label_and_stops_at_the_last_column() {
        let (figure, measures) = deals();
        let layout = lay_out(&figure, &measures, &Choices::default(), 1, 47);
        assert_eq!(names(&figure, &layout)[0], "name");
        assert_eq!(layout.hidden_left, 1);
        let far = lay_out(&figure, &measures, &Choices::default(), 99, 47);
        assert_eq!(far.hidden_right, 0);
        assert!(far.slots.len() > 2, "{far:?}");
    }

    #[test]
    fn a_width_that_was_chosen_is_kept() {
        let (figure, measures) = deals();
        let mut choices = Choices::default();
        choices.resize(1, 10, -4);
        choices.resize(5, 12, 8);
        let layout = lay_out(&figure, &measures, &choices, 0, 120);
        assert_eq!(layout.slots[0].width, 6);
        assert_eq!(layout.slots[2].width, 20);
    }

    #[test]
    fn slots_never_overlap_nor_leave_the_table() {
        let (figure, measures) = deals();
        for width in 0..150 {
            for offset in 0..8 {
                let layout = lay_out(&figure, &measures, &Choices::default(), offset, width);
                for pair in layout.slots.windows(2) {
                    assert!(pair[0].x + pair[0].width + GAP <= pair[1].x);
                }
                if let Some(last) = layout.slots.last() {
                    assert!(last.x + last.width <= width, "{width} {offset} {layout:?}");
                }
            }
        }
    }
}
