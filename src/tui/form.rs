//! A record being written: the form on the screen.
//!
//! Owns the fields, the text being typed, undo, and what is said beside a field
//! that is wrong. Must never save: it says what is asked for ([`FormOutcome`])
//! and gives its body to whoever keeps it.

mod changing;
mod draw;
mod editing;
pub mod editor;
mod layout;
pub mod note_area;
mod open_field;
mod pane;
mod problems;
pub mod stops;
mod walking;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests_editor;
#[cfg(test)]
mod tests_pane;
#[cfg(test)]
mod tests_pane_seen;

pub use editor::NoteEditor;
pub use note_area::NoteArea;
pub use pane::{Body, FormHeader, FormOutcome, FormPane, Wanted};
