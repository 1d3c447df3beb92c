//! A column of a file that is settled: where it comes from, how its texts are
//! read, and why. Values only; what decides is [`super::profile`].

use crate::catalog::facts::FactColumn;

use super::dates::DateStyle;
use super::flags::FlagStyle;
use super::numbers::NumberStyle;
use super::occurrence::{Occurrence, Why};
use super::shares::Scale;

/// A column of the fact table, and how the file's text becomes it.
#[derive(Debug)]
pub struct Column {
    pub fact: &'static FactColumn,
    /// The header it comes from; the fact column's own name where it is a constant.
    pub header: String,
    /// SQL over the staged table: the text, trimmed, NULL where it stands for nothing.
    pub text: String,
    pub style: Style,
    /// Why it is read so, for the person who imports.
    pub why: Why,
    /// Texts that were taken for a missing value.
    pub missing: Vec<Occurrence>,
    /// Texts that may have been meant for a missing value, and are kept.
    pub kept: Vec<Occurrence>,
    /// The states of an opportunity in which it means something; empty: all.
    pub states: Vec<String>,
    /// Signs and codes of currencies in its amounts, each by its first value; `None` for amounts
    /// without one. Only for money that is not written plainly.
    pub currencies: Vec<(Option<String>, Occurrence)>,
    /// Amounts with more than two places.
    pub rounded: u64,
    /// Comes from the file and not from the mapping.
    pub in_file: bool,
}

/// How the text is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    Text,
    Date(DateStyle),
    Number(NumberStyle),
    Share(NumberStyle, Scale),
    Flag(FlagStyle),
    Period,
    /// No value at all.
    Empty,
}

impl Column {
    /// The values that a report shows.
    pub fn shown(&mut self) -> impl Iterator<Item = &mut Occurrence> {
        let currencies = self.currencies.iter_mut().map(|(_, seen)| seen);
        let words = self.missing.iter_mut().chain(&mut self.kept);
        self.why.seen.iter_mut().chain(words).chain(currencies)
    }
}
