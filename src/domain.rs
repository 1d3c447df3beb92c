//! Pure values: what every floor above shares. No I/O, no clock, no database.

pub mod value;

pub use value::{Table, TableColumn, Value};
