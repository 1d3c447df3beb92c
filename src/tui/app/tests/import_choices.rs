//! The mapping screen: sheets, headers, ways of writing, values that no list knows.

use super::importing::{
    answer_look, asked_draft, draft, import_asked, looking_at, preview, select, settled,
};
use crate::ingest::draft::Change;
use crate::ingest::preview::{Preview, Sheet};
use crate::ingest::{Likeness, Near, UnknownKey, UnknownKeys};

#[test]
fn another_sheet_begins_anew_and_the_list_of_sheets_stays() {
    let sheet = |name: &str, hidden: bool, fits: Option<&str>| Sheet {
        name: name.into(),
        hidden,
        fits: fits.map(str::to_owned),
    };
    let mut file = preview(draft());
    file.sheet = Some("Deals".into());
    file.sheets =
        vec![sheet("Deals", false, None), sheet("Archive", true, Some("maven/opportunities"))];
    let mut bench = looking_at(file.clone());
    select(&mut bench, "sheet");
    bench.sees("There are also \"Archive\" (fits maven/opportunities)");
    bench.press("Enter");
    bench.sees("fits maven/opportunities, hidden");
    bench.write("archive");
    bench.press("Enter");
    file.sheet = Some("Archive".into());
    file.sheets.remove(0);
    let asked = answer_look(&mut bench, file);
    assert_eq!((asked.sheet.as_deref(), asked.draft.is_none()), (Some("Archive"), true));
    select(&mut bench, "sheet");
    bench.sees("There are also \"Deals\"");
}

#[test]
fn a_file_may_have_no_headers() {
    let mut bench = looking_at(preview(draft()));
    select(&mut bench, "headers");
    bench.press("Enter");
    bench.write("there are none");
    bench.press("Enter");
    let asked = answer_look(&mut bench, preview(draft()));
    assert_eq!(asked.line, Some(0));
}

#[test]
fn how_a_column_is_written_can_be_typed() {
    let mut draft = draft();
    draft.apply(&Change::Take { place: 4, ours: Some("strategic".into()) });
    let mut bench = looking_at(preview(draft));
    select(&mut bench, "Soll bis");
    bench.press("Enter");
    bench.write("pattern that I type");
    bench.press("Enter");
    bench.write("%d/%q\n");
    bench.sees_not("Looking again");
    bench.press("Enter");
    bench.write("pattern that I type");
    bench.press("Enter");
    bench.write("%d/%m/%Y\n");
    let rules = asked_draft(&bench).rules;
    let reading = |ours: &str| rules.columns[ours].reading().expect("read").clone();
    assert_eq!(reading("close_date").date.as_deref(), Some("%d/%m/%Y"));
    let next = preview(asked_draft(&bench));
    answer_look(&mut bench, next);
    select(&mut bench, "Merkmal");
    bench.press("Enter");
    bench.write("words that I type");
    bench.press("Enter");
    bench.write("Key, A / Std\n");
    let rules = asked_draft(&bench).rules;
    let reading = rules.columns["strategic"].reading().expect("read").clone();
    assert_eq!((reading.yes, reading.no), (vec!["Key".into(), "A".into()], vec!["Std".to_owned()]));
}

/// What no list knows: one spelling, one that is near, one that is not.
fn with_unknown_keys() -> Preview {
    let key = |key: &str, rows, near: Option<(&str, Likeness)>| UnknownKey {
        key: key.into(),
        rows,
        money: Vec::new(),
        nearest: near.map(|(key, likeness)| Near { key: key.into(), name: None, likeness }),
    };
    let mut file = settled();
    file.report.as_mut().expect("a report").unknown = vec![UnknownKeys {
        list: "products".into(),
        one: "product".into(),
        table: "opportunities".into(),
        column: "product_id".into(),
        keys: 3,
        rows: 1500,
        money: Vec::new(),
        none_imported: false,
        most: vec![
            key("Zeta", 3, None),
            key("GTXPro", 1480, Some(("GTX Pro", Likeness::Spelling))),
            key("GTX Proo", 17, Some(("GTX Pro", Likeness::Letters))),
        ],
    }];
    file
}

#[test]
fn values_that_no_list_knows_are_accepted_only_one_by_one_or_as_mere_spellings() {
    let mut bench = looking_at(with_unknown_keys());
    select(&mut bench, "values on no list");
    bench.sees("3 values");
    bench.press("Enter");
    for words in ["GTXPro", "1,480", "GTX Pro?", "none is near", "0 are accepted"] {
        bench.sees(words);
    }
    bench.press("a");
    bench.sees("1 is accepted");
    // The second is near, and taken by hand; Enter again takes it back.
    bench.press("Down");
    bench.press("Enter");
    bench.sees("2 are accepted");
    bench.press("Up");
    bench.press("Up");
    bench.press("Enter");
    bench.sees("1 is accepted");
    bench.press("Esc");
    bench.press("F2");
    bench.press("Enter");
    let asked = import_asked(&bench).expect("asked for");
    let accepted: Vec<&str> = asked.accept.iter().map(|wish| wish.theirs.as_str()).collect();
    assert_eq!(accepted, ["GTX Proo"]);
}
