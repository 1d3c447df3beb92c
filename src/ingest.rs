//! ingest
mod choose;
mod currency;
mod dates;
mod error;
mod numbers;
mod profile;
mod scan;
mod shape;
mod source;
mod stage;
mod typed;
mod words;

pub use error::ImportError;
