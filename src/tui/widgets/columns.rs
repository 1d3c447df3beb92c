//! Which columns of a table are on the screen, and how wide.
//!
//! The label column always stays. The others come in the order of the figure,
//! but counts that a rate already shows, and ids, come last, so that they are
//! the first to go when it gets narrow. Numbers are never cut; text is.

use crate::catalog::figure::{Figure, Unit};

/// Between two columns.
pub const GAP: usize = 2;
/// The selection marker and a blank.
pub const MARGIN: usize = 2;
/// Text wider than this does not make its column wider.
pub const WIDEST_TEXT: usize = 40;
/// Text columns may be narrowed down to this; the one that names the row to that.
const NARROWEST_TEXT: usize = 10;
const NARROWEST_LABEL: usize = 20;

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

/// The column that names the row: the first that is not an id.
pub fn label(figure: &Figure) -> usize {
    figure.columns.iter().position(|column| column.unit != Unit::Id).unwrap_or(0)
}

/// The other columns, most important first.
pub fn by_importance(figure: &Figure) -> Vec<usize> {
    let counted = |name: &str| {
        figure.columns.iter().any(|column| match &column.unit {
            Unit::Rate { numerator, denominator } => numerator == name || denominator == name,
            _ => false,
        })
    };
    let last = |column: usize| {
        let declared = &figure.columns[column];
        declared.unit == Unit::Id || counted(&declared.name)
    };
    let mut order: Vec<usize> =
        (0..figure.columns.len()).filter(|column| *column != label(figure)).collect();
    order.sort_by_key(|column| last(*column));
    order
}

fn natural(measure: Measure) -> usize {
    measure.content.max(measure.heading).clamp(1, WIDEST_TEXT)
}

fn least(unit: &Unit, measure: Measure) -> usize {
    match unit {
        Unit::Text | Unit::Id | Unit::State | Unit::List => natural(measure).min(NARROWEST_TEXT),
        // A number that is cut is a wrong number.
        _ => measure.content.max(measure.heading.min(6)).max(1),
    }
}

/// Lays out a figure's columns in `width` columns of the screen, leaving out
/// the first `offset` of those beside the label.
pub fn lay_out(figure: &Figure, measures: &[Measure], offset: usize, width: usize) -> Layout {
    if figure.columns.is_empty() || width <= MARGIN {
        return Layout { hidden_right: figure.columns.len(), ..Layout::default() };
    }
    let measure = |column: usize| measures.get(column).copied().unwrap_or_default();
    let least = |column: usize| match column == label(figure) {
        true => natural(measure(column)).min(NARROWEST_LABEL),
        false => least(&figure.columns[column].unit, measure(column)),
    };
    let room = width - MARGIN;
    let others = by_importance(figure);
    // No further than where the last column has come into view.
    let take = |offset: usize| {
        let mut used = least(label(figure)).min(room);
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
    while offset > 0 && take(offset - 1).0.len() + (offset - 1) == others.len() {
        offset -= 1;
    }
    let (mut taken, used) = take(offset);
    let hidden_right = others.len() - offset - taken.len();
    taken.sort_unstable();
    taken.insert(0, label(figure));

    let mut spare = room.saturating_sub(used);
    let mut x = MARGIN;
    let mut slots = Vec::with_capacity(taken.len());
    for column in taken {
        let least = least(column).min(room);
        let more = natural(measure(column)).saturating_sub(least).min(spare);
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
        let layout = lay_out(&figure, &measures, 0, 120);
        assert_eq!(names(&figure, &layout), ["name", "id", "won", "closed", "rate", "amount"]);
        assert_eq!((layout.hidden_left, layout.hidden_right), (0, 0));
        assert_eq!(layout.slots[0].width, 30);
    }

    #[test]
    fn counts_and_ids_go_first() {
        let (figure, measures) = deals();
        let layout = lay_out(&figure, &measures, 0, 47);
        assert_eq!(names(&figure, &layout), ["name", "rate", "amount"]);
        assert_eq!(layout.hidden_right, 3);
    }

    #[test]
    fn the_name_of_a_row_is_not_given_up_for_one_more_column() {
        let (figure, measures) = deals();
        let layout = lay_out(&figure, &measures, 0, 44);
        assert_eq!(names(&figure, &layout), ["name", "rate"]);
        assert!(layout.slots[0].width >= 20, "{layout:?}");
    }

    #[test]
    fn scrolling_keeps_the_label_and_stops_at_the_last_column() {
        let (figure, measures) = deals();
        let layout = lay_out(&figure, &measures, 1, 47);
        assert_eq!(names(&figure, &layout)[0], "name");
        assert_eq!(layout.hidden_left, 1);
        let far = lay_out(&figure, &measures, 99, 47);
        assert_eq!(far.hidden_right, 0);
        assert!(far.slots.len() > 2, "{far:?}");
    }

    #[test]
    fn slots_never_overlap_nor_leave_the_table() {
        let (figure, measures) = deals();
        for width in 0..150 {
            for offset in 0..8 {
                let layout = lay_out(&figure, &measures, offset, width);
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
