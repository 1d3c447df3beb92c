//! Reads TOML by hand, so that every mistake can point to its word.
//!
//! Invariant: nothing in a file is skipped in silence; a key that nobody asks
//! for is a mistake ([`Node::only`]).

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::catalog::error::{Report, listed, suggestion};

/// A value and the bytes it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Located<T> {
    pub value: T,
    pub range: Range<usize>,
}

/// Where things stand that only the rest of the catalog can check.
pub(crate) type Places = BTreeMap<String, Range<usize>>;

/// The values alone.
pub(crate) fn plain(texts: Vec<Located<String>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

/// A table of the file.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    table: &'a DeTable<'a>,
    /// Where it begins: its header, or the braces.
    pub range: Range<usize>,
}

/// Parses a file; `None` when it is no TOML, which the report then says.
pub(crate) fn document<'a>(report: &mut Report<'a>) -> Option<Spanned<DeTable<'a>>> {
    match DeTable::parse(report.source) {
        Ok(table) => Some(table),
        Err(error) => {
            let range = error.span().unwrap_or(0..0);
            let at_fault = report.source.get(range.clone()).unwrap_or_default();
            let bare = at_fault.starts_with(char::is_alphabetic);
            let message = if bare && error.message().contains("invalid") {
                format!("a text stands in quotes: \"{}\"", at_fault.trim())
            } else {
                error.message().replace('\n', "; ")
            };
            report.at(range, message);
            None
        }
    }
}

impl<'a> Node<'a> {
    /// The whole document.
    pub(crate) fn root(table: &'a Spanned<DeTable<'a>>) -> Self {
        Node { table: table.get_ref(), range: 0..0 }
    }

    /// Notes every key that is not one of these.
    pub(crate) fn only(&self, report: &mut Report<'_>, what: &str, keys: &[&str]) {
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if !keys.contains(&name) {
                let offer = suggestion(name, keys.iter().copied());
                report.at(key.span(), format!("{what} has no \"{name}\"{offer}"));
            }
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the key itself stands.
    pub(crate) fn key_range(&self, key: &str) -> Range<usize> {
        self.table
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map_or(self.range.clone(), |(name, _)| name.span())
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// The value of a key, of any type.
    pub(crate) fn entry(&self, key: &str) -> Option<Entry<'a>> {
        self.value(key).map(Entry)
    }

    pub(crate) fn text(&self, report: &mut Report<'_>, key: &str) -> Option<Located<String>> {
        text_of(report, key, self.value(key)?)
    }

    /// A text that must be there and not be empty.
    pub(crate) fn needed(
        &self,
        report: &mut Report<'_>,
        what: &str,
        key: &str,
    ) -> Option<Located<String>> {
        if !self.has(key) {
            report.at(self.range.clone(), format!("{what} has no {key}; write {key} = \"…\""));
            return None;
        }
        let text = self.text(report, key)?;
        if text.value.trim().is_empty() {
            report.at(text.range, format!("the {key} is empty"));
            return None;
        }
        Some(text)
    }

    pub(crate) fn flag(&self, report: &mut Report<'_>, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                report.at(value.span(), format!("{key} is true or false"));
                None
            }
        }
    }

    pub(crate) fn number(&self, report: &mut Report<'_>, key: &str) -> Option<Located<f64>> {
        let value = self.value(key)?;
        let read = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        match read {
            Some(number) if f64::is_finite(number) => {
                Some(Located { value: number, range: value.span() })
            }
            _ => {
                report.at(value.span(), format!("{key} is a number, without quotes"));
                None
            }
        }
    }

    /// A whole number from 0 up.
    pub(crate) fn whole(&self, report: &mut Report<'_>, key: &str) -> Option<Located<usize>> {
        let number = self.number(report, key)?;
        if number.value < 0.0 || number.value.fract() != 0.0 || number.value > 1e9 {
            report.at(number.range, format!("{key} is a whole number, 0 or more"));
            return None;
        }
        Some(Located { value: number.value as usize, range: number.range })
    }

    /// A text or a list of texts.
    pub(crate) fn texts(&self, report: &mut Report<'_>, key: &str) -> Vec<Located<String>> {
        self.value(key).map(|value| texts_of(report, key, value)).unwrap_or_default()
    }

    /// `[[key]]` tables, in order.
    pub(crate) fn tables(&self, report: &mut Report<'_>, key: &str) -> Vec<Node<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let wrong = format!("{key} is written with two brackets: [[{key}]]");
        let DeValue::Array(items) = value.get_ref() else {
            report.at(self.key_range(key), wrong);
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => out.push(Node { table, range: item.span() }),
                _ => report.at(item.span(), wrong.clone()),
            }
        }
        out
    }

    /// A `[key]` table or one in braces.
    pub(crate) fn table(&self, report: &mut Report<'_>, key: &str) -> Option<Node<'a>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Node { table, range: value.span() }),
            _ => {
                report.at(value.span(), format!("{key} is a table: {key} = {{ … }}"));
                None
            }
        }
    }

    /// Every key of this table with its value, in the order of the file.
    pub(crate) fn entries(&self) -> Vec<(Located<String>, Entry<'a>)> {
        let mut out: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| {
                let key = Located { value: key.get_ref().to_string(), range: key.span() };
                (key, Entry(value))
            })
            .collect();
        out.sort_by_key(|(key, _)| key.range.start);
        out
    }

    /// Items of a list, whatever they are.
    pub(crate) fn items(&self, report: &mut Report<'_>, key: &str) -> Vec<Entry<'a>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(Entry).collect(),
            _ => {
                report.at(value.span(), format!("{key} is a list: {key} = [\"…\", \"…\"]"));
                Vec::new()
            }
        }
    }
}

/// A value of any type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a>(&'a Spanned<DeValue<'a>>);

impl<'a> Entry<'a> {
    pub(crate) fn range(&self) -> Range<usize> {
        self.0.span()
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.0.get_ref(), DeValue::String(_))
    }

    pub(crate) fn as_flag(&self) -> Option<bool> {
        match self.0.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(crate) fn as_whole(&self) -> Option<i32> {
        match self.0.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn as_table(&self) -> Option<Node<'a>> {
        match self.0.get_ref() {
            DeValue::Table(table) => Some(Node { table, range: self.0.span() }),
            _ => None,
        }
    }

    pub(crate) fn text(&self, report: &mut Report<'_>, key: &str) -> Option<Located<String>> {
        text_of(report, key, self.0)
    }

    /// A text or a list of texts.
    pub(crate) fn texts(&self, report: &mut Report<'_>, key: &str) -> Vec<Located<String>> {
        texts_of(report, key, self.0)
    }

    /// The items of a list; anything else is a list of itself.
    pub(crate) fn list(&self) -> Vec<Entry<'a>> {
        match self.0.get_ref() {
            DeValue::Array(items) => items.iter().map(Entry).collect(),
            _ => vec![*self],
        }
    }
}

fn text_of(
    report: &mut Report<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
) -> Option<Located<String>> {
    match value.get_ref() {
        DeValue::String(text) => Some(Located { value: text.to_string(), range: value.span() }),
        _ => {
            report.at(value.span(), format!("{key} is a text, in quotes"));
            None
        }
    }
}

fn texts_of(
    report: &mut Report<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
) -> Vec<Located<String>> {
    match value.get_ref() {
        DeValue::Array(items) => {
            items.iter().filter_map(|item| text_of(report, key, item)).collect()
        }
        _ => text_of(report, key, value).into_iter().collect(),
    }
}

/// One of these words, or a message that offers them.
pub(crate) fn one_of<'w>(
    report: &mut Report<'_>,
    what: &str,
    given: &Located<String>,
    words: &[&'w str],
) -> Option<&'w str> {
    let found = words.iter().find(|word| **word == given.value).copied();
    if found.is_none() {
        let offer = suggestion(&given.value, words.iter().copied());
        let offer = if offer.is_empty() { format!("; choose {}", listed(words)) } else { offer };
        report.at(given.range.clone(), format!("unknown {what} \"{}\"{offer}", given.value));
    }
    found
}
