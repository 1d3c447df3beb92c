//! A record being written: the form on the screen.
//!
//! Owns the fields, the text being typed, undo, and what is said beside a field
//! that is wrong. Must never save: it says what is asked for
//! ([`FormOutcome`](pane::FormOutcome)) and gives its body to whoever keeps it.

pub mod editor;
pub mod note_area;

#[cfg(test)]
mod tests_editor;

pub use editor::NoteEditor;
pub use note_area::NoteArea;
