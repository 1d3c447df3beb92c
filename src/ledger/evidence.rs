//! Evidence: a figure as somebody read it, exactly enough to read it again.
//!
//! Owns how it stands in a body: what was asked (written by a person or taken
//! from the row a record was opened from), and what the program adds when it is
//! stored: the row as it read, the state of the data, a hash of the whole
//! result and one of the SQL. Runs nothing; [`super::citing`] does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::workspace::Known;

/// A figure, what it was asked with, and a row of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    pub figure: String,
    /// Parameters by the names that `--where` and drill-downs know: `quarter`, `by`, `as_of`,
    /// `region`, the figure's own.
    pub asked: BTreeMap<String, String>,
    /// Columns that tell the row from the others, with their values; none: the whole figure.
    pub row: BTreeMap<String, String>,
    /// The cell that it is about, where it is about one.
    pub column: Option<String>,
    /// What it stands for in words, for figures: by the identity of an alert they find the record
    /// again.
    pub says: Option<String>,
    /// Absent until the program has read the figure.
    pub taken: Option<Taken>,
}

/// What the program adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The data that it was computed from.
    pub known: Known,
    /// SHA-256 of the result, see [`super::citing::result_hash`].
    pub result: String,
    /// A hash of the SQL, with that of the model.
    pub sql: String,
    /// The row as it read; empty where the whole figure is meant.
    pub read: BTreeMap<String, String>,
}

/// As it stands in a body: texts alone, so that it reads the same for ever.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Stored {
    figure: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    asked: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    row: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    read: BTreeMap<String, String>,
    /// The cell, for views.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<StoredState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sql: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredState {
    import: String,
    revision: String,
    aliases: String,
}

impl Evidence {
    /// Reads what stands in a body or a document.
    ///
    /// # Errors
    /// What is wrong and what to write instead.
    pub fn read(value: &Json) -> Result<Self, String> {
        let stored: Stored = serde_json::from_value(as_texts(value)?)
            .map_err(|error| format!("is not evidence: {error}"))?;
        if stored.figure.trim().is_empty() {
            return Err("names no figure: figure = \"forecast-variance\"".to_owned());
        }
        let whole = |known: StoredState| {
            let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number >= 0);
            Some(Known {
                import: number(&known.import)?,
                revision: number(&known.revision)?,
                aliases: number(&known.aliases)?,
            })
        };
        let taken = match (stored.known, stored.result, stored.sql) {
            (None, None, None) if stored.read.is_empty() && stored.value.is_none() => None,
            (Some(known), Some(result), Some(sql)) => {
                let known = whole(known).ok_or("known holds numbers that are none")?;
                Some(Taken { known, result, sql, read: stored.read })
            }
            _ => {
                return Err(
                    "holds a part of what the program adds; leave out read, value, known, \
                            result and sql, and the figure is read now"
                        .to_owned(),
                );
            }
        };
        Ok(Evidence {
            figure: stored.figure.trim().to_owned(),
            asked: stored.asked,
            row: stored.row,
            column: stored.column,
            says: stored.says,
            taken,
        })
    }

    /// As it stands in a body.
    pub fn to_json(&self) -> Json {
        let taken = self.taken.as_ref();
        let stored = Stored {
            figure: self.figure.clone(),
            asked: self.asked.clone(),
            row: self.row.clone(),
            column: self.column.clone(),
            says: self.says.clone(),
            read: taken.map(|taken| taken.read.clone()).unwrap_or_default(),
            value: self.value().map(str::to_owned),
            known: taken.map(|taken| StoredState {
                import: taken.known.import.to_string(),
                revision: taken.known.revision.to_string(),
                aliases: taken.known.aliases.to_string(),
            }),
            result: taken.map(|taken| taken.result.clone()),
            sql: taken.map(|taken| taken.sql.clone()),
        };
        // Maps of texts always have a JSON.
        serde_json::to_value(stored).unwrap_or_default()
    }

    /// The cell that it is about; `None` where it is about none, or the cell is empty.
    pub fn value(&self) -> Option<&str> {
        let cell = self.taken.as_ref()?.read.get(self.column.as_ref()?)?;
        (!cell.is_empty()).then_some(cell)
    }

    /// `forecast-variance, 2025-Q4 by region: Europe, attainment 0.76, as of 2025-12-31`.
    pub fn in_words(&self) -> String {
        let mut words = self.asked_in_words();
        if !self.row.is_empty() {
            words.push_str(": ");
            words.push_str(&self.row_in_words());
        }
        if let Some(column) = &self.column {
            let value = self.value().map_or_else(|| "—".to_owned(), readable);
            words.push_str(&format!(", {} {value}", column.replace('_', " ")));
        }
        if let Some(day) = self.asked.get("as_of") {
            words.push_str(&format!(", as of {day}"));
        }
        words
    }

    /// What it stands for, in few words and without what was read: `attainment, Europe`.
    pub fn short(&self) -> String {
        let row = self.row_in_words();
        match &self.column {
            Some(column) if row.is_empty() => {
                format!("{}, {}", column.replace('_', " "), self.asked_in_words())
            }
            Some(column) => format!("{}, {row}", column.replace('_', " ")),
            None if row.is_empty() => self.asked_in_words(),
            None => format!("{}: {row}", self.asked_in_words()),
        }
    }

    /// The values that tell the row: `Europe`.
    pub fn row_in_words(&self) -> String {
        self.row.values().map(String::as_str).collect::<Vec<_>>().join(" · ")
    }

    /// The figure and what part of the company it was asked for: `forecast-variance, 2025-Q4 by region`.
    pub fn asked_in_words(&self) -> String {
        let mut words = self.figure.clone();
        let asked = |name: &str| self.asked.get(name).filter(|value| !value.is_empty());
        if let Some(quarter) = asked("quarter") {
            words.push_str(&format!(", {quarter}"));
        }
        if let Some(by) = asked("by") {
            words.push_str(&format!(" by {by}"));
        }
        for (name, value) in &self.asked {
            if !matches!(name.as_str(), "quarter" | "by" | "as_of" | "known_at") {
                words.push_str(&format!(", {name} {value}"));
            }
        }
        words
    }
}

/// Numbers and flags as texts, one table deep.
fn as_texts(value: &Json) -> Result<Json, String> {
    match value {
        Json::Object(object) => {
            let kept = object.iter().filter(|(_, value)| !value.is_null() && **value != "");
            let texts = kept.map(|(key, value)| Ok((key.clone(), as_texts(value)?)));
            texts.collect::<Result<_, String>>().map(Json::Object)
        }
        Json::Array(_) => Err("is not evidence: it holds a list".to_owned()),
        Json::String(text) => Ok(Json::from(text.as_str())),
        single => Ok(Json::from(single.to_string())),
    }
}

/// A share such as 0.0064043915828 to three digits that matter; what people write stays as it is.
fn readable(value: &str) -> String {
    const LONG: u32 = 6;
    let rounded = value
        .parse::<rust_decimal::Decimal>()
        .ok()
        .filter(|number| number.scale() > LONG)
        .and_then(|number| number.round_sf(3));
    rounded.map_or_else(|| value.to_owned(), |number| number.normalize().to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken() -> Evidence {
        Evidence {
            figure: "win-rate".into(),
            asked: [("quarter", "2025-Q4"), ("by", "segment"), ("as_of", "2025-12-31")]
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
            row: [("slice".to_owned(), "Mid-Market".to_owned())].into(),
            column: Some("win_rate".into()),
            says: None,
            taken: Some(Taken {
                known: Known { import: 47, revision: 206, aliases: 0 },
                result: "ab".into(),
                sql: "cd".into(),
                read: [("slice", "Mid-Market"), ("win_rate", "0.18")]
                    .map(|(name, value)| (name.into(), value.into()))
                    .into(),
            }),
        }
    }

    #[test]
    fn what_is_stored_reads_back_the_same() {
        let json = taken().to_json();
        assert_eq!(json["value"], "0.18");
        assert_eq!(Evidence::read(&json), Ok(taken()));
    }

    #[test]
    fn words_say_what_it_is() {
        let words = "win-rate, 2025-Q4 by segment: Mid-Market, win rate 0.18, as of 2025-12-31";
        assert_eq!(taken().in_words(), words);
    }

    #[test]
    fn what_people_write_needs_no_more_than_a_figure() {
        let cited = json!({"figure": "deals", "asked": {"top": 10}, "row": {"strategic": true}});
        let cited = Evidence::read(&cited).expect("evidence");
        assert_eq!((cited.asked["top"].as_str(), cited.row["strategic"].as_str()), ("10", "true"));
        assert_eq!(cited.taken, None);
    }

    #[test]
    fn what_is_half_taken_is_refused() {
        for (value, word) in [
            (json!({"asked": {}}), "names no figure"),
            (json!({"figure": "deals", "quarter": "2025-Q4"}), "unknown field"),
            (json!({"figure": "deals", "result": "ab"}), "leave out"),
            (json!({"figure": "deals", "read": {"slice": "East"}}), "leave out"),
            (json!({"figure": "deals", "row": {"slice": ["East"]}}), "a list"),
        ] {
            let error = Evidence::read(&value).expect_err("refused");
            assert!(error.contains(word), "{value}: {error}");
        }
    }

    #[test]
    fn a_long_fraction_is_read_in_three_digits() {
        for (stored, read) in [
            ("0.0064043915828", "0.0064"),
            ("-0.3673469387755", "-0.367"),
            ("1250000.00", "1250000.00"),
            ("0.41", "0.41"),
            ("17", "17"),
            ("won", "won"),
        ] {
            assert_eq!(readable(stored), read);
        }
    }
}
