//! Standard output: text and tables, quiet when the reader has gone away.

use std::io::{self, Write};

use clap::ValueEnum;

use super::CliError;
use crate::pack;

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FormatArgument {
    #[default]
    Table,
    Csv,
    Json,
    Md,
    /// One page that loads nothing, for a browser or a printer
    Html,
    /// A mail file that nobody has sent yet
    Eml,
}

impl From<FormatArgument> for pack::Format {
    fn from(format: FormatArgument) -> Self {
        match format {
            FormatArgument::Table => pack::Format::Table,
            FormatArgument::Csv => pack::Format::Csv,
            FormatArgument::Json => pack::Format::Json,
            FormatArgument::Md => pack::Format::Markdown,
            FormatArgument::Html => pack::Format::Html,
            FormatArgument::Eml => pack::Format::Mail,
        }
    }
}

/// The two forms of lists and reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    #[default]
    Table,
    Json,
}

impl From<ListFormat> for pack::Format {
    fn from(format: ListFormat) -> Self {
        match format {
            ListFormat::Table => pack::Format::Table,
            ListFormat::Json => pack::Format::Json,
        }
    }
}

/// Writes a text that ends with a line end. A closed pipe (`qbr … | head`) is
/// not an error.
pub fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(CliError::io("standard output", error)),
    }
}

/// Pretty JSON, keys in the order given.
pub fn print_json(value: &impl serde::Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| {
        CliError::Input(format!("the answer cannot be written as JSON: {error}"))
    })?;
    print(&pack::escaped(text))
}
