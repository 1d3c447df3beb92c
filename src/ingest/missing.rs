//! Words that stand for a missing value.
//!
//! Owns the lists, and the rule that a word which could be a name stays one: in
//! a column of texts `None` is kept, and told.

use crate::catalog::facts::{FactColumn, FactKind};
use crate::catalog::preset::{PresetTable, Reading};

use super::stage::quoted;
use super::words;

/// Stand for a missing value everywhere. The last two are what Salesforce writes for no record.
const EVERYWHERE: [&str; 18] = [
    "null",
    "(null)",
    "<null>",
    "n/a",
    "#n/a",
    "\\n",
    "-",
    "--",
    "---",
    "–",
    "—",
    "(blank)",
    "(empty)",
    "(leer)",
    "--none--",
    "-none-",
    "000000000000000",
    "000000000000000aaa",
];
/// Stand for a missing value where they can be no value: among dates, numbers, and words of a
/// fixed list. In a text they may be a name, and are kept.
const ELSEWHERE: [&str; 10] =
    ["na", "n.a.", "nan", "nat", "none", "nil", "select", "undefined", "k.a.", "not set"];

/// What the words of a column are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// In small letters.
    pub missing: Vec<String>,
    /// Such as could have been meant so, and are kept.
    pub kept: Vec<String>,
}

impl Words {
    /// For one column of a fact table.
    pub fn of(column: &FactColumn, rules: &PresetTable, reading: &Reading) -> Self {
        let small = |words: &[String]| -> Vec<String> {
            words.iter().map(|word| word.trim().to_lowercase()).collect()
        };
        let given = match &reading.nulls {
            Some(own) => Some(small(own)),
            None => Some(small(&rules.nulls)).filter(|words| !words.is_empty()),
        };
        let known =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let fixed = column.kind != FactKind::Text || words::is_fixed(column);
        if !fixed {
            let missing = given.unwrap_or_else(|| known(&EVERYWHERE));
            let mut kept = known(&ELSEWHERE);
            kept.retain(|word| !missing.contains(word));
            return Words { missing, kept };
        }
        let mut missing = known(&EVERYWHERE);
        missing.extend(known(&ELSEWHERE));
        missing.extend(given.unwrap_or_default());
        // A mapping that gives a word a meaning means it.
        let meant = words::meant(column, rules);
        let flag = |word: &String| {
            reading.yes.iter().chain(&reading.no).any(|own| own.trim().to_lowercase() == *word)
        };
        missing.retain(|word| !meant.contains(word) && !flag(word));
        Words { missing, kept: Vec::new() }
    }

    pub fn is_missing(&self, text: &str) -> bool {
        self.missing.contains(&text.to_lowercase())
    }

    /// Every spelling that is looked for, so that no text need be made small.
    pub fn spellings(&self) -> Vec<String> {
        let mut out = Vec::new();
        for word in self.missing.iter().chain(&self.kept) {
            let at = word.find(char::is_alphabetic).unwrap_or(word.len());
            let next = word[at..].chars().next().map_or(at, |first| at + first.len_utf8());
            let capital =
                format!("{}{}{}", &word[..at], word[at..next].to_uppercase(), &word[next..]);
            out.extend([word.clone(), word.to_uppercase(), capital]);
        }
        out.extend(["NaN".into(), "NaT".into()]);
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// SQL: the text expression, NULL where it is one of these texts.
pub fn without(text: &str, texts: &[&str]) -> String {
    if texts.is_empty() {
        return text.to_owned();
    }
    format!("CASE WHEN {text} IN ({}) THEN NULL ELSE {text} END", listed(texts))
}

/// Texts as an SQL list.
pub fn listed(texts: &[&str]) -> String {
    texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")
}
