//! Words of a CRM that its preset does not know: stages without a state,
//! forecast categories of the company's own.
//!
//! A file with such words is not taken: which of its deals are open decides
//! about every figure. Words in our own columns are not asked about; a wrong one
//! there is a mistake of its row.

use crate::workspace::Session;

use super::choose::Choice;
use super::column::Column;
use super::error::ImportError;
use super::source::Source;
use super::stage::Staged;
use super::unclear::{UnknownWords, What};
use super::words;

/// Looks for words of states and categories that mean nothing yet.
///
/// # Errors
/// `Unclear` with the words, how many rows have each, and what a mapping would say.
pub fn check(
    session: &Session<'_>,
    source: &Source,
    choice: &Choice<'_>,
    staged: &Staged,
    columns: &[Column],
) -> Result<(), ImportError> {
    let rules = choice.rules;
    let column = |name: &str| columns.iter().find(|column| column.fact.name == name);
    let by_words = !rules.states.is_empty() || !rules.state_rules.is_empty();
    let told = choice.fact.column("state").is_some_and(|state| state.required);
    if told
        && by_words
        && rules.other_state.is_none()
        && let Some(column) = column("state").or_else(|| column("stage"))
    {
        let by_rule = choice.row_rules.state().unwrap_or_else(|| "NULL".into());
        let state = format!("coalesce({by_rule}, {})", words::state("v", rules));
        ask(session, source, choice, staged, column, &state, "states")?;
    }
    if !rules.categories.is_empty()
        && let Some(column) = column("forecast_category")
        && let Some(category) = words::fixed(column.fact, "v", rules)
    {
        ask(session, source, choice, staged, column, &category, "categories")?;
    }
    Ok(())
}

fn ask(
    session: &Session<'_>,
    source: &Source,
    choice: &Choice<'_>,
    staged: &Staged,
    column: &Column,
    meaning: &str,
    of: &'static str,
) -> Result<(), ImportError> {
    let data = choice.row_rules.no_data().map_or("true".into(), |no_data| format!("NOT {no_data}"));
    let found = session.query(
        &format!(
            "SELECT v, count(*) FROM (SELECT {} AS v, * FROM {} WHERE {data}) \
             WHERE v IS NOT NULL AND {meaning} IS NULL GROUP BY v ORDER BY 2 DESC, 1",
            column.text, staged.table
        ),
        &[],
    )?;
    let words = found.rows.iter().filter_map(|row| {
        let count = u64::try_from(row[1].as_int()?).ok()?;
        Some((row[0].plain(), count))
    });
    let words: Vec<(String, u64)> = words.collect();
    if words.is_empty() {
        return Ok(());
    }
    let (preset, table) = (choice.preset.name.clone(), choice.fact.name.to_owned());
    let what = What::Words(UnknownWords { of, words, preset, table });
    let unclear = choice.unclear(&source.path, column.fact.name, &column.header, what);
    Err(ImportError::Unclear(Box::new(unclear)))
}
