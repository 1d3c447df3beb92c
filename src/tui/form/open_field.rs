//! The one field that is being edited.

use crate::tui::form::note_area::NoteArea;
use crate::tui::form::stops::Stop;
use crate::tui::widgets::list_picker::ListPicker;

/// What is being edited, and where.
#[derive(Clone, Debug)]
pub enum Editing {
    Note {
        area: Box<NoteArea>,
        stop: Stop,
        /// The text it began with: unchanged, it is not read again.
        began: String,
    },
    Pick {
        picker: ListPicker,
        stop: Stop,
    },
}
