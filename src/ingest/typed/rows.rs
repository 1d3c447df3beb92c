//! What a preset says about whole rows, as SQL for the typed table: which rows
//! are data, and the state that a row is in.

use crate::catalog::facts::FactKind;

use super::super::column::Column;
use super::super::stage::quoted;
use super::super::words;
use super::{Reader, null};

impl Reader<'_> {
    /// SQL of the condition on the staged rows: no footers, and nothing that the preset leaves out.
    pub(super) fn only_data(&self) -> String {
        let footers =
            self.is_footer().map(|is_footer| format!("(c0 IS NULL OR NOT ({is_footer}))"));
        // In a log such a row says that the deal was deleted then.
        let rules = &self.choice.row_rules;
        let no_data = if self.choice.fact.is_log() { None } else { rules.no_data() };
        let no_data = no_data.map(|no_data| format!("NOT {no_data}"));
        let all: Vec<String> = footers.into_iter().chain(no_data).collect();
        if all.is_empty() { String::new() } else { format!(" WHERE {}", all.join(" AND ")) }
    }

    /// SQL over the staged table: the row is a footer; `None` where there can be none.
    pub fn is_footer(&self) -> Option<String> {
        let footers = &self.choice.rules.footers;
        let begins = footers.iter().map(|footer| format!("starts_with(c0, {})", quoted(footer)));
        (!footers.is_empty()).then(|| begins.collect::<Vec<_>>().join(" OR "))
    }

    /// SQL of the state: by the rules about rows, then by the words of its own column or the stage.
    pub(super) fn state(&self, column: Option<&Column>, text: &str) -> String {
        let by_words = match (column, self.stage_text()) {
            (Some(_), _) => Some(words::state(text, self.choice.rules)),
            (None, Some(stage)) => Some(words::state(&stage, self.choice.rules)),
            (None, None) => None,
        };
        match (self.choice.row_rules.state(), by_words) {
            (Some(_), Some(words)) => format!("coalesce(row_state, {words})"),
            (Some(_), None) => "row_state".into(),
            (None, words) => words.unwrap_or_else(|| null(FactKind::Text)),
        }
    }

    /// The text of the stage, where the file has one.
    pub(super) fn stage_text(&self) -> Option<String> {
        self.column("stage")?;
        Some(format!("t{}", self.place("stage")?))
    }
}
