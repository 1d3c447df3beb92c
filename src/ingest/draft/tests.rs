//! What a person can change, and what a file is guessed to be.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::catalog::Catalog;
use crate::catalog::preset::TakenOn;

fn headers(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn guessed(names: &[&str]) -> Draft {
    let catalog = Catalog::embedded().expect("sound");
    let one = |name: &str| (name.to_owned(), catalog.presets[name].clone());
    Draft::guess(&headers(names), &BTreeMap::from([one("maven")]), None)
}

const DEALS: [&str; 6] =
    ["Opportunity ID", "Account", "Deal Stage", "Closing", "Amount (EUR)", "Notes"];

#[test]
fn a_guess_goes_by_our_names_and_by_those_of_the_presets() {
    let draft = guessed(&DEALS);
    assert_eq!(draft.fact.name, "opportunities");
    assert_eq!(
        draft.why("account_id").map(Why::words).as_deref(),
        Some("a guess: the preset maven knows \"account\"")
    );
    let taken: Vec<Vec<&str>> = (0..6).map(|place| draft.taken_for(place)).collect();
    assert_eq!(taken[0], ["opportunity_id"]);
    assert_eq!(taken[1], ["account_id"]);
    assert_eq!(taken[2], ["stage", "state"]);
    assert_eq!(taken[4], ["amount"]);
    assert!(taken[5].is_empty(), "nothing is called Notes: {:?}", taken[5]);
    assert!(draft.why("opportunity_id").is_some_and(|why| why.words().starts_with("a guess")));
    assert!(draft.needed().is_empty());
    let people = guessed(&["Person ID", "Name", "Manager ID", "Role", "Left on"]);
    assert_eq!(people.fact.name, "people");
}

#[test]
fn what_stands_before_a_known_name_is_said_of_it() {
    let draft = guessed(&["Deal ID", "Phase", "Expected Close Date", "Total Order Amount"]);
    assert_eq!(draft.taken_for(2), ["close_date"]);
    assert_eq!(draft.taken_for(3), ["amount"]);
    assert!(draft.lacking().is_empty());
    assert_eq!(guessed(&["Deal ID", "Stage"]).lacking(), ["amount", "close_date"]);
}

#[test]
fn no_header_is_guessed_twice() {
    let draft = guessed(&["Amount", "Amount (EUR)", "Stage", "Opportunity ID"]);
    let sources: Vec<&str> =
        draft.fact.columns.iter().flat_map(|column| draft.sources(column.name)).collect();
    let different: BTreeSet<&str> = sources.iter().copied().collect();
    assert_eq!(sources.len(), different.len(), "{sources:?}");
}

#[test]
fn a_column_is_taken_for_one_thing_until_more_is_said() {
    let mut draft = guessed(&DEALS);
    draft.apply(&Change::Take { place: 1, ours: Some("name".into()) });
    assert_eq!(draft.taken_for(1), ["name"]);
    assert!(draft.sources("account_id").is_empty());
    draft.apply(&Change::TakeAlso { place: 1, ours: "account_id".into() });
    assert_eq!(draft.taken_for(1), ["name", "account_id"]);
    assert_eq!(draft.why("name"), Some(&Why::Chosen));
    draft.apply(&Change::Take { place: 1, ours: None });
    assert!(draft.taken_for(1).is_empty());
    assert!(draft.changed);
    // Another source takes the place of the one before.
    draft.apply(&Change::Take { place: 5, ours: Some("opportunity_id".into()) });
    assert_eq!(draft.sources("opportunity_id"), ["Notes"]);
    assert!(draft.taken_for(0).is_empty());
}

#[test]
fn what_every_row_needs_is_named_until_it_comes_from_somewhere() {
    let mut draft = guessed(&["First", "Second", "Third"]);
    assert_eq!(draft.needed(), ["opportunity_id", "state"]);
    draft.apply(&Change::Take { place: 0, ours: Some("opportunity_id".into()) });
    draft.apply(&Change::Take { place: 1, ours: Some("stage".into()) });
    assert!(draft.needed().is_empty());
    draft.apply(&Change::Take { place: 1, ours: None });
    draft.apply(&Change::Same { ours: "state".into(), value: Some("won".into()) });
    assert!(draft.needed().is_empty());
    draft.apply(&Change::Same { ours: "state".into(), value: Some("  ".into()) });
    assert_eq!(draft.needed(), ["state"]);
}

#[test]
fn naming_one_word_does_not_take_our_own_words_away() {
    let mut draft = guessed(&DEALS);
    assert_eq!(draft.state_of("Won"), Some("won"));
    assert_eq!(draft.state_of("Dead"), None);
    draft.apply(&Change::State { word: "Dead".into(), state: Some("lost".into()) });
    assert_eq!(draft.state_of("dead "), Some("lost"));
    assert_eq!(draft.state_of("Won"), Some("won"));
    draft.apply(&Change::State { word: "Dead".into(), state: Some("cancelled".into()) });
    assert_eq!(draft.state_of("DEAD"), Some("cancelled"));
    draft.apply(&Change::OtherStates(Some("open".into())));
    assert_eq!(draft.state_of("Negotiation"), Some("open"));
    draft.apply(&Change::State { word: "Dead".into(), state: None });
    assert_eq!(draft.state_of("Dead"), Some("open"), "as all other words");
}

#[test]
fn a_word_for_a_category_is_named_and_our_own_words_stay() {
    let mut draft = guessed(&["Opportunity ID", "Stage", "Forecast Category"]);
    assert_eq!(draft.category_column(), Some("forecast_category"));
    assert_eq!(
        (draft.category_of("Best Case"), draft.category_of("BestCase")),
        (Some("best case"), Some("best case"))
    );
    assert_eq!(draft.category_of("Forecast"), None);
    draft.apply(&Change::Category { word: "Forecast".into(), category: Some("commit".into()) });
    assert_eq!(draft.category_of("forecast"), Some("commit"));
    draft.apply(&Change::Category { word: "Forecast".into(), category: Some("closed".into()) });
    assert_eq!(draft.category_of("forecast"), Some("closed"));
    draft.apply(&Change::Category { word: "Commit".into(), category: Some("omitted".into()) });
    assert_eq!(draft.category_of("Commit"), Some("commit"), "ours stays ours");
    draft.apply(&Change::Category { word: "Forecast".into(), category: None });
    assert_eq!(draft.category_of("forecast"), None);
    assert!(draft.rules.categories.is_empty());
}

#[test]
fn a_change_that_names_nothing_changes_nothing() {
    let before = guessed(&DEALS);
    let mut draft = before.clone();
    for change in [
        Change::Take { place: 99, ours: Some("name".into()) },
        Change::TakeAlso { place: 0, ours: "no such column".into() },
        Change::Same { ours: "no such column".into(), value: Some("x".into()) },
        Change::Date { ours: "created_on".into(), pattern: Some("%d/%m/%Y".into()) },
        Change::Alias { ours: "product_id".into(), theirs: "x".into(), instead: None },
        Change::TakenOn(TakenOn::FileName),
        Change::Decimal(None),
    ] {
        draft.apply(&change);
        assert_eq!(draft, before, "{change:?}");
    }
}

#[test]
fn the_mapping_is_known_again_by_all_headers_and_needs_those_it_uses() {
    let draft = guessed(&DEALS);
    let preset = draft.preset("ours");
    let detect = &preset.tables[0].detect;
    assert_eq!(detect.headers, DEALS);
    let used = (0..6).filter(|place| !draft.taken_for(*place).is_empty()).count();
    assert_eq!(detect.minimum, used);
    assert!(preset.saved);
    assert_eq!(preset.title, "ours");
}

#[test]
fn words_for_stages_are_proposed_by_what_they_usually_mean() {
    for (word, state) in [
        ("Closed Won", "won"),
        ("Gewonnen", "won"),
        ("7 - Closed Lost", "lost"),
        ("Verloren", "lost"),
        ("Stornierung", "cancelled"),
        ("Negotiation", "open"),
    ] {
        assert_eq!(Draft::proposed_state(word), state, "{word}");
    }
}

proptest! {
    /// No order of changes makes a draft whose mapping could not be read back.
    #[test]
    fn whatever_is_changed_the_mapping_reads_back(
        changes in prop::collection::vec((0usize..12, 0usize..8, 0usize..20, "[a-z %/]{0,8}"), 0..25),
    ) {
        let mut draft = guessed(&DEALS);
        let columns = draft.fact.columns;
        for (kind, place, column, words) in changes {
            let ours = columns[column % columns.len()].name.to_owned();
            let state = ["open", "won", "lost", "cancelled"][place % 4].to_owned();
            draft.apply(&match kind {
                0 => Change::Take { place, ours: Some(ours) },
                1 => Change::Take { place, ours: None },
                2 => Change::TakeAlso { place, ours },
                3 => Change::Same { ours, value: Some(words) },
                4 => Change::State { word: format!("{words}x"), state: Some(state) },
                5 => Change::OtherStates((place > 3).then_some(state)),
                6 => Change::Alias { ours, theirs: format!("{words}y"), instead: Some(words) },
                7 => Change::Currency(Some("EUR".into())),
                8 => Change::Unit { ours, unit: Some([1, 1000, 1_000_000][place % 3]) },
                9 => Change::Hours { ours, hours: Some(place as u8) },
                10 => Change::Flag {
                    ours,
                    yes: vec![format!("{words}y")],
                    no: vec![format!("{words}n")],
                },
                _ => Change::Years(Some((1990, 2000 + column as i32))),
            });
        }
        if draft.needed().is_empty() && draft.state_column().is_some() {
            let preset = draft.preset("ours");
            let written = preset.to_toml();
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("ours.toml");
            std::fs::write(&path, &written).expect("written");
            let read = Preset::read_mapping(&path, &BTreeMap::new());
            let read = read.unwrap_or_else(|errors| panic!("{errors}\n{written}"));
            prop_assert_eq!(read.tables, preset.tables);
        }
    }
}
