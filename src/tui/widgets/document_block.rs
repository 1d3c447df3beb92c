//! What a document is made of.

use crate::tui::theme::Tone;

/// One piece of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Heading(String),
    /// Paragraphs, broken at their line breaks and where the row ends.
    Text(String),
    /// A label and what it names, on one row if it fits.
    Pair {
        label: String,
        value: String,
        tone: Tone,
    },
    /// A table, or one block per row where it is too wide for the screen.
    Rows {
        columns: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    /// Something said about the document, not in it.
    Note(String),
    Blank,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub blocks: Vec<Block>,
}
