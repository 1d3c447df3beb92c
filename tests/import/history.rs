//! Opportunities as versions: every snapshot is what its file said, in whatever
//! order the files came.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;

use super::support::{Desk, day};

const HEADER: &str = "opportunity_id,stage,state,amount,currency";

/// A file of one day: opportunity → stage and amount.
type Export = BTreeMap<u8, (u8, Option<u8>)>;

fn text(export: &Export) -> String {
    let rows = export.iter().map(|(id, (stage, amount))| {
        let amount = amount.map(|amount| amount.to_string()).unwrap_or_default();
        format!("O{id},Stage {stage},open,{amount},EUR\n")
    });
    format!("{HEADER}\n{}", rows.collect::<String>())
}

fn import(desk: &mut Desk, number: usize, on: u8, export: &Export) {
    let file = desk.write(&format!("opportunities-{number}.csv"), text(export).as_bytes());
    let mut request = desk.request(&[&file]);
    request.taken_on = Some(day(&format!("2025-10-{on:02}")));
    desk.run(&request).unwrap_or_else(|error| panic!("{error}"));
}

fn state_at(desk: &mut Desk, on: u8) -> Vec<String> {
    let date = format!("DATE '2025-10-{on:02}'");
    desk.rows(&format!(
        "SELECT opportunity_id, stage, amount FROM facts.opportunity
         WHERE valid_from <= {date} AND (valid_to IS NULL OR valid_to > {date}) ORDER BY 1"
    ))
}

fn expected(export: &Export) -> Vec<String> {
    let row = |(id, (stage, amount)): (&u8, &(u8, Option<u8>))| {
        let amount = amount.map_or("-".to_owned(), |amount| format!("{amount}.00"));
        format!("O{id} | Stage {stage} | {amount}")
    };
    export.iter().map(row).collect()
}

/// No two versions of an opportunity overlap, none is empty, and no two neighbours say the same.
fn check_versions(desk: &mut Desk) {
    let wrong = desk.rows(
        "SELECT a.opportunity_id, a.valid_from, b.valid_from FROM facts.opportunity a
         JOIN facts.opportunity b ON a.opportunity_id = b.opportunity_id AND a.valid_from <= b.valid_from
              AND (a.valid_from <> b.valid_from OR a.rowid < b.rowid)
         WHERE a.valid_to IS NULL OR a.valid_to > b.valid_from
            OR (a.valid_to = b.valid_from AND a.stage IS NOT DISTINCT FROM b.stage
                AND a.amount IS NOT DISTINCT FROM b.amount)
         UNION ALL SELECT opportunity_id, valid_from, valid_to FROM facts.opportunity
         WHERE valid_to <= valid_from",
    );
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn export() -> impl Strategy<Value = Export> {
    prop::collection::btree_map(0..5_u8, (0..3_u8, prop::option::of(0..2_u8)), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn every_snapshot_is_its_file_in_any_order(files in prop::collection::vec((1..6_u8, export()), 1..7)) {
        let mut desk = Desk::new();
        let mut newest: BTreeMap<u8, Export> = BTreeMap::new();
        for (number, (on, export)) in files.iter().enumerate() {
            import(&mut desk, number, *on, export);
            newest.insert(*on, export.clone());
            check_versions(&mut desk);
            for (on, export) in &newest {
                prop_assert_eq!(state_at(&mut desk, *on), expected(export));
            }
        }
        let days: Vec<String> = newest.keys().map(|on| format!("2025-10-{on:02}")).collect();
        prop_assert_eq!(desk.rows("SELECT taken_on FROM facts.snapshot ORDER BY 1"), days);
    }
}

fn one(id: u8, stage: u8) -> Export {
    Export::from([(id, (stage, Some(1)))])
}

#[test]
fn a_week_is_told_in_versions() {
    let mut desk = Desk::new();
    import(&mut desk, 1, 1, &one(1, 0));
    import(&mut desk, 2, 8, &one(1, 0));
    import(&mut desk, 3, 15, &one(1, 1));
    import(&mut desk, 4, 22, &one(2, 0));
    assert_eq!(
        desk.rows(
            "SELECT opportunity_id, stage, valid_from, valid_to FROM facts.opportunity ORDER BY ALL"
        ),
        [
            "O1 | Stage 0 | 2025-10-01 | 2025-10-15",
            "O1 | Stage 1 | 2025-10-15 | 2025-10-22",
            "O2 | Stage 0 | 2025-10-22 | -"
        ]
    );
    // A day between, found later, on which nothing was different after all.
    import(&mut desk, 5, 11, &one(1, 1));
    import(&mut desk, 6, 11, &one(1, 0));
    assert_eq!(
        desk.rows("SELECT stage, valid_from, valid_to FROM facts.opportunity WHERE opportunity_id = 'O1' ORDER BY ALL"),
        ["Stage 0 | 2025-10-01 | 2025-10-15", "Stage 1 | 2025-10-15 | 2025-10-22"]
    );
}

#[test]
fn files_of_one_day_in_one_command_are_one_snapshot() {
    let mut desk = Desk::new();
    let east = desk.write("east-2025-10-01.csv", text(&one(1, 0)).as_bytes());
    let west = desk.write("west-2025-10-01.csv", text(&one(2, 0)).as_bytes());
    let later = desk.write("all-2025-10-08.csv", text(&one(1, 1)).as_bytes());
    let report = desk.import(&[&later, &east, &west]);
    assert_eq!(report.changes.len(), 2);
    assert_eq!(state_at(&mut desk, 1).len(), 2);
    assert_eq!(desk.rows("SELECT row_count FROM facts.snapshot ORDER BY taken_on"), ["2", "1"]);
    assert_eq!(desk.rows("SELECT count(DISTINCT import_id) FROM facts.opportunity WHERE valid_from = DATE '2025-10-01'"), ["2"]);
    assert!(desk.import(&[&east, &west]).nothing_changed());
    assert!(desk.import(&[&west]).nothing_changed());
    // A known file together with a new one of its day: both are the snapshot.
    let north = desk.write("north-2025-10-01.csv", text(&one(3, 0)).as_bytes());
    desk.import(&[&north, &west]);
    assert_eq!(state_at(&mut desk, 1), ["O2 | Stage 0 | 1.00", "O3 | Stage 0 | 1.00"]);
}

#[test]
fn a_file_whose_place_another_took_can_take_it_back() {
    let mut desk = Desk::new();
    let first = desk.write("a-2025-10-01.csv", text(&one(1, 0)).as_bytes());
    let second = desk.write("b-2025-10-01.csv", text(&one(1, 1)).as_bytes());
    for (file, stage) in [(&first, 0), (&second, 1), (&first, 0)] {
        let report = desk.import(&[file as &PathBuf]);
        assert!(!report.nothing_changed());
        assert_eq!(state_at(&mut desk, 1), [format!("O1 | Stage {stage} | 1.00")]);
    }
}

#[test]
fn the_same_file_on_another_day_is_taken_only_when_said() {
    let mut desk = Desk::new();
    let file = desk.write("deals.csv", text(&one(1, 0)).as_bytes());
    let mut request = desk.request(&[&file]);
    request.taken_on = Some(day("2025-10-01"));
    assert!(!desk.run(&request).expect("imported").nothing_changed());
    request.taken_on = None;
    assert!(desk.run(&request).expect("known").nothing_changed());
    request.taken_on = Some(day("2025-10-08"));
    assert!(!desk.run(&request).expect("imported").nothing_changed());
    assert_eq!(
        desk.rows("SELECT taken_on FROM facts.snapshot ORDER BY 1"),
        ["2025-10-01", "2025-10-08"]
    );
}

#[test]
fn a_name_with_two_days_is_asked_about() {
    let mut desk = Desk::new();
    let error = desk
        .import_text("deals-2025-10-01-2025-10-31.csv", &text(&one(1, 0)))
        .expect_err("refused");
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("--taken-on")));
}
