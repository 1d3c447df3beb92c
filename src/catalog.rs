//! Figures, forms and presets: content files parsed into types, with errors that point.
//!
//! Owns the three kinds of content and the rules they must keep. Never runs a
//! query and never touches a workspace: what needs the database to check takes
//! what the database said as an argument ([`check_described`]).

mod embedded;
mod error;
mod fact_uses;
pub mod facts;
pub mod figure;
mod figure_check;
mod figure_described;
mod figure_header;
mod figure_links;
mod figure_parse;
pub mod form;
mod form_check;
mod form_field;
mod form_parse;
mod form_rules;
mod load;
pub mod preset;
mod preset_columns;
mod preset_parse;
mod preset_rules;
mod preset_shape;
mod preset_wide;
mod preset_write;
mod record_views;
pub mod show;
pub(crate) mod sql_scan;
mod toml_read;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub(crate) use error::suggestion;
pub use error::{CatalogError, CatalogErrors};
pub use fact_uses::FactUses;
pub use figure::Figure;
pub use figure_described::check_described;
pub use form::Form;
pub use load::Loaded;
pub use preset::Preset;
pub use record_views::record_views;

/// Everything the program knows by content: embedded files, and those of the
/// folders that add to them or override them by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// By name, which is the file's stem.
    pub figures: BTreeMap<String, Figure>,
    /// By kind, which is the file's stem.
    pub forms: BTreeMap<String, Form>,
    /// By name, which is the file's stem.
    pub presets: BTreeMap<String, Preset>,
    /// Macros and views that figures share, in the order in which they are made.
    pub model: Vec<ModelFile>,
}

/// One file of `queries/model/`: `CREATE OR REPLACE TEMP MACRO|VIEW …;` statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFile {
    /// The file's stem: `20-opportunities`.
    pub name: String,
    pub sql: String,
    pub file: PathBuf,
}
