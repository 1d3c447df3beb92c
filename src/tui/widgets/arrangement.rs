//! How a person wants the table of a figure: which columns, in which order and
//! how wide, by which it is sorted and grouped, what is reckoned below it.
//!
//! [`Choices`] counts columns by their place in the figure, for drawing;
//! [`Arrangement`] names them, so that what is remembered outlives a figure that
//! gets another column.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::figure::{Figure, Unit};

/// What stands below the rows and beside the name of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Summary {
    #[default]
    None,
    Sum,
    Mean,
}

impl Summary {
    /// Nothing, the sum, the mean, and nothing again.
    pub fn next(self) -> Self {
        match self {
            Summary::None => Summary::Sum,
            Summary::Sum => Summary::Mean,
            Summary::Mean => Summary::None,
        }
    }
}

/// A column of a table may be this wide, or narrow.
const WIDTHS: std::ops::RangeInclusive<usize> = 3..=120;

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

/// Columns by their place in the figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub hidden: BTreeSet<usize>,
    /// All columns but the label, first to last; empty: the order of the figure.
    order: Vec<usize>,
    pub widths: BTreeMap<usize, usize>,
    pub group: Option<usize>,
    pub summary: Summary,
}

impl Choices {
    /// The columns that are shown, the label first.
    pub fn visible(&self, figure: &Figure) -> Vec<usize> {
        let name = label(figure);
        let shown = self.all(figure).into_iter().filter(|column| !self.hidden.contains(column));
        std::iter::once(name).filter(|_| !figure.columns.is_empty()).chain(shown).collect()
    }

    /// All columns but the label, in the order wanted.
    fn all(&self, figure: &Figure) -> Vec<usize> {
        let mut all = by_importance(figure);
        if !self.order.is_empty() {
            let place = |column: &usize| self.order.iter().position(|wanted| wanted == column);
            all.sort_by_key(|column| place(column).unwrap_or(usize::MAX));
        }
        all
    }

    /// Shows these columns and no others; the label always stays.
    pub fn show_only(&mut self, figure: &Figure, names: &[&str]) {
        let hidden = |column: &usize| !names.contains(&figure.columns[*column].name.as_str());
        self.hidden = by_importance(figure).into_iter().filter(hidden).collect();
    }

    /// Moves a column by one among those that are shown; false at the ends, and
    /// for the label.
    pub fn shift(&mut self, figure: &Figure, column: usize, later: bool) -> bool {
        let visible = self.visible(figure);
        let Some(at) = visible.iter().position(|shown| *shown == column) else { return false };
        let other = if later { at + 1 } else { at.wrapping_sub(1) };
        if at == 0 || other == 0 || other >= visible.len() {
            return false;
        }
        let mut order = self.all(figure);
        let place = |wanted: usize| order.iter().position(|column| *column == wanted);
        if let (Some(a), Some(b)) = (place(column), place(visible[other])) {
            order.swap(a, b);
        }
        self.order = order;
        true
    }

    /// Makes a column wider or narrower than it is on the screen.
    pub fn resize(&mut self, column: usize, now: usize, by: isize) {
        let width = now.saturating_add_signed(by).clamp(*WIDTHS.start(), *WIDTHS.end());
        self.widths.insert(column, width);
    }
}

/// The same by the names of the columns, as it is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Arrangement {
    pub hidden: Vec<String>,
    pub order: Vec<String>,
    pub widths: BTreeMap<String, usize>,
    /// The column, and whether the largest comes first.
    pub sort: Option<(String, bool)>,
    pub group: Option<String>,
    pub summary: Summary,
}

impl Arrangement {
    pub fn of(figure: &Figure, choices: &Choices, sort: Option<(usize, bool)>) -> Self {
        let name = |column: &usize| figure.columns.get(*column).map(|c| c.name.clone());
        Arrangement {
            hidden: choices.hidden.iter().filter_map(name).collect(),
            order: choices.order.iter().filter_map(name).collect(),
            widths: choices
                .widths
                .iter()
                .filter_map(|(column, width)| Some((name(column)?, *width)))
                .collect(),
            sort: sort.and_then(|(column, descending)| Some((name(&column)?, descending))),
            group: choices.group.as_ref().and_then(name),
            summary: choices.summary,
        }
    }

    /// For this figure; columns that it does not have (any more) are left out.
    pub fn choices(&self, figure: &Figure) -> (Choices, Option<(usize, bool)>) {
        let place = |name: &String| figure.columns.iter().position(|c| c.name == *name);
        let name = label(figure);
        let choices = Choices {
            hidden: self.hidden.iter().filter_map(place).filter(|c| *c != name).collect(),
            order: self.order.iter().filter_map(place).filter(|c| *c != name).collect(),
            widths: self
                .widths
                .iter()
                .filter_map(|(name, width)| {
                    Some((place(name)?, (*width).clamp(*WIDTHS.start(), *WIDTHS.end())))
                })
                .collect(),
            group: self.group.as_ref().and_then(place),
            summary: self.summary,
        };
        let sort = self.sort.as_ref().and_then(|(name, down)| Some((place(name)?, *down)));
        (choices, sort)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing;

    fn figure() -> Figure {
        testing::figure(&[("id", "id"), ("name", "text"), ("a", "money"), ("b", "count")])
    }

    fn names(choices: &Choices) -> Vec<String> {
        let figure = figure();
        choices.visible(&figure).iter().map(|c| figure.columns[*c].name.clone()).collect()
    }

    #[test]
    fn columns_are_moved_among_those_that_are_shown() {
        let mut choices = Choices::default();
        assert_eq!(names(&choices), ["name", "a", "b", "id"]);
        assert!(choices.shift(&figure(), 2, true));
        assert_eq!(names(&choices), ["name", "b", "a", "id"]);
        choices.hidden.insert(2);
        assert!(choices.shift(&figure(), 3, true), "past the hidden one");
        assert_eq!(names(&choices), ["name", "id", "b"]);
        assert!(!choices.shift(&figure(), 0, false), "the label stays first");
        assert!(!choices.shift(&figure(), 1, true));
    }

    #[test]
    fn what_is_remembered_fits_a_figure_that_has_changed() {
        let figure = figure();
        let mut choices = Choices { group: Some(1), summary: Summary::Mean, ..Choices::default() };
        choices.hidden.insert(3);
        choices.resize(2, 9, 200);
        choices.shift(&figure, 2, true);
        let kept = Arrangement::of(&figure, &choices, Some((2, true)));
        let text = serde_json::to_string(&kept).expect("JSON");
        let read: Arrangement = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read.choices(&figure), (choices, Some((2, true))));
        assert_eq!(kept.widths["a"], 120);
        // Another figure has none of these columns but the name.
        let other = testing::figure(&[("x", "money"), ("name", "text")]);
        let (choices, sort) = read.choices(&other);
        assert_eq!(choices.visible(&other), [0, 1]);
        assert_eq!((choices.group, sort), (Some(1), None));
        assert_eq!(
            serde_json::from_str::<Arrangement>("{}").expect("JSON"),
            Arrangement::default()
        );
    }
}
