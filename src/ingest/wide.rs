//! Files with a column for each period.
//!
//! Owns where their cells are. Invariant: a cell of a column that is a period
//! becomes a row of its own; an empty cell is no row, and no cell counts twice.

use crate::catalog::preset::Wide;

use super::shape::HeaderRow;

/// Where the cells of a wide file are, by its columns from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells {
    pub year: Option<usize>,
    /// Each with its period, or with what stands behind the year.
    pub columns: Vec<(usize, String)>,
}

impl Cells {
    /// Those of the columns that the file has; `None` where it has none, or lacks the year.
    pub fn find(wide: &Wide, row: &HeaderRow) -> Option<Cells> {
        let year = wide.year.iter().find_map(|name| row.find(name));
        if year.is_none() && !wide.year.is_empty() {
            return None;
        }
        let mut columns: Vec<(usize, String)> = Vec::new();
        for (name, period) in &wide.periods {
            let place = row.find(name);
            columns.extend(place.map(|place| (place, period.clone())));
        }
        (!columns.is_empty()).then_some(Cells { year, columns })
    }

    /// Whether a column of the file is a period.
    pub fn has(&self, place: usize) -> bool {
        self.columns.iter().any(|(column, _)| *column == place)
    }

    /// Every column of the file that is used.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|(place, _)| *place).chain(self.year)
    }
}
