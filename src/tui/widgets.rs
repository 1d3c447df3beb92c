//! The parts that panes are put together from.
//!
//! Owns drawing of tables, charts, documents, comparisons, popups and one-line
//! inputs onto a buffer. A widget is a value with its state plus a function that
//! draws it: drawing changes nothing, and everything that comes from data is
//! made harmless and cut to its columns on the way ([`paint`]). Must never ask
//! the database, the clock or the terminal.

pub mod arrangement;
pub mod bars;
pub mod big;
pub mod bridge;
pub mod cell;
pub mod chart;
mod chart_data;
pub mod columns;
pub mod diff;
pub mod document;
mod document_block;
mod document_record;
pub mod keys;
pub mod line_chart;
pub mod list_picker;
pub mod one_line;
pub mod paint;
pub mod popup;
pub mod prompt;
pub mod scatter;
pub mod series;
pub mod summary;
pub mod table;
mod table_rows;
pub mod table_view;
pub mod tornado;
pub mod trend;
pub mod wrap;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests_document;
#[cfg(test)]
mod tests_table;
#[cfg(test)]
mod tests_trend;
