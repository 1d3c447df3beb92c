//! Words with a fixed meaning: states, categories, kinds.
//!
//! Owns the tables from a CRM's words to ours, as SQL. A word that is not known
//! is never mapped to a likely one.

use crate::catalog::facts::FactColumn;
use crate::catalog::preset::{CATEGORIES, PresetTable, STATES, Words};

use super::stage::quoted;

/// SQL of the state, over the text of the state or, where there is none, of the stage.
pub fn state(text: &str, rules: &PresetTable) -> String {
    let own;
    let words = if rules.states.is_empty() && rules.other_state.is_none() {
        own = identity(&STATES);
        &own
    } else {
        &rules.states
    };
    let other = rules.other_state.as_deref().map_or("NULL".into(), quoted);
    // A missing state is no other state.
    format!("CASE WHEN {text} IS NULL THEN NULL ELSE {} END", cases(text, words, &other))
}

/// SQL of a column whose words are fixed; `None` where any text is good.
pub fn fixed(column: &FactColumn, text: &str, rules: &PresetTable) -> Option<String> {
    if column.words.is_empty() {
        return None;
    }
    let mut words = identity(column.words);
    if column.words == CATEGORIES.as_slice() {
        for (ours, theirs) in &rules.categories {
            words.entry(ours.clone()).or_default().extend(theirs.iter().cloned());
        }
    }
    Some(cases(text, &words, "NULL"))
}

/// Any other text than its words would be a mistake in this column.
pub fn is_fixed(column: &FactColumn) -> bool {
    let currency = matches!(column.name, "currency" | "from_currency" | "to_currency");
    currency || !column.words.is_empty() || column.name == "state"
}

/// Words, in small letters, to which a preset or a mapping gives a meaning in this column.
pub fn meant(column: &FactColumn, rules: &PresetTable) -> Vec<String> {
    let words = match column.name {
        "state" => &rules.states,
        _ if column.words == CATEGORIES.as_slice() => &rules.categories,
        _ => return Vec::new(),
    };
    words.values().flatten().map(|word| word.trim().to_lowercase()).collect()
}

/// The words that a column with fixed words takes, for messages.
pub fn known(column: &FactColumn, rules: &PresetTable) -> String {
    let own = column.words.iter().map(|word| (*word).to_owned());
    let words: Vec<String> = match column.name {
        "state" if !rules.states.is_empty() => rules.states.values().flatten().cloned().collect(),
        _ if column.words == CATEGORIES.as_slice() => {
            own.chain(rules.categories.values().flatten().cloned()).collect()
        }
        _ => own.collect(),
    };
    match words.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => words.concat(),
    }
}

/// Each word stands for itself, also with an underscore, a hyphen or nothing for a blank.
fn identity(words: &[&str]) -> Words {
    let spellings = |word: &str| {
        let mut all = vec![word.to_owned()];
        if word.contains(' ') {
            all.extend(["_", "-", ""].map(|blank| word.replace(' ', blank)));
        }
        if word == "cancelled" {
            all.push("canceled".into());
        }
        all
    };
    words.iter().map(|word| ((*word).to_owned(), spellings(word))).collect()
}

fn cases(text: &str, words: &Words, other: &str) -> String {
    let arm = |ours: &str, condition: String| format!("WHEN {condition} THEN {}", quoted(ours));
    // Whole words first, so that a shorter beginning never takes one of them.
    let whole = words.iter().filter_map(|(ours, theirs)| {
        let whole = theirs.iter().filter(|word| !word.ends_with('*'));
        let list: Vec<String> = whole.map(|word| lower(word)).collect();
        let condition = format!("lower({text}) IN ({})", list.join(", "));
        (!list.is_empty()).then(|| arm(ours, condition))
    });
    let begun = words.iter().flat_map(|(ours, theirs)| {
        let begun = theirs.iter().filter_map(|word| word.strip_suffix('*'));
        begun.map(move |begin| arm(ours, format!("starts_with(lower({text}), {})", lower(begin))))
    });
    let arms = whole.chain(begun).collect::<Vec<_>>().join(" ");
    if arms.is_empty() {
        return other.to_owned();
    }
    format!("CASE {arms} ELSE {other} END")
}

fn lower(word: &str) -> String {
    quoted(&word.trim().to_lowercase())
}

/// SQL: the text is one of these words; a `*` at the end of a word stands for anything.
pub fn among(text: &str, words: &[String]) -> String {
    let words = Words::from([("yes".to_owned(), words.to_vec())]);
    format!("{} = 'yes'", cases(text, &words, "NULL"))
}

/// SQL of an id: the 15 letters of a Salesforce id get the three that the longer form ends in, one
/// for each five, telling which of them are capitals.
pub fn long_id(text: &str) -> String {
    let ending = (0..3).map(|part| {
        let capitals = (0..5).map(|place| {
            let letter = format!("substr({text}, {}, 1)", part * 5 + place + 1);
            format!("CASE WHEN {letter} BETWEEN 'A' AND 'Z' THEN {} ELSE 0 END", 1 << place)
        });
        let capitals = capitals.collect::<Vec<_>>().join(" + ");
        format!("substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + {capitals}, 1)")
    });
    let ending = ending.collect::<Vec<_>>().join(" || ");
    // The ids of the objects that matter here begin with a digit; a name of 15 letters does not.
    format!(
        "CASE WHEN length({text}) = 15 AND regexp_full_match({text}, '[0-9][0-9A-Za-z]{{14}}') \
         THEN {text} || {ending} ELSE {text} END"
    )
}
