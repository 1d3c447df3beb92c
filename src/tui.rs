//! tui
pub mod form;
pub mod glyphs;
pub mod theme;
pub mod widgets;
