//! Figures, forms and presets: content files parsed into types, with errors that point.

pub mod figure;
pub mod form;
