//! Logs of changes become versions before the first export, marked as derived.

use std::collections::BTreeMap;

use proptest::prelude::*;
use qbr::ingest::{ImportError, ImportReport, What};

use super::support::{Desk, day, fixture};

const EXPORT: &str = "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Close Date,Created Date,Amount,Amount Currency,Forecast Category,Probability (%)\n\
    0064600000J5S5TAAV,Alder fleet,Alder Works,Ada Ames,Closed Won,2025-10-03,2025-08-24,12000,EUR,Closed,100\n\
    0064600000J5S5UAAV,Birch depot,Birch & Co,Ben Bold,Closed Lost,2025-10-01,2025-08-01,8000,EUR,Omitted,0\n\
    0064600000J5S5VAAV,Cedar pilot,Cedarline,Ben Bold,Prospecting,2025-12-15,2025-09-01,500,EUR,Pipeline,10\n";

fn import(desk: &mut Desk, name: &str, text: &str) -> ImportReport {
    desk.import_text(name, text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn versions(desk: &mut Desk) -> Vec<String> {
    desk.rows(
        "SELECT name, valid_from, valid_to, stage, state, amount, close_date, owner_id
         FROM facts.opportunity ORDER BY name, valid_from",
    )
}

fn snapshots(desk: &mut Desk) -> Vec<String> {
    desk.rows("SELECT taken_on, origin, row_count FROM facts.snapshot ORDER BY 1")
}

/// The log of the report type Opportunity History, with names for keys and in no order.
const HISTORY: &str = "Opportunity Name,From Stage,To Stage,Amount,Probability (%),Close Date,Last Modified,Last Modified By\n\
    Alder fleet,Negotiation/Review,Closed Won,12000,100,10/3/2025,10/3/2025 4:00 PM,Ada Ames\n\
    Alder fleet,Negotiation/Review,Negotiation/Review,12000,90,10/31/2025,9/15/2025 2:10 PM,Ada Ames\n\
    Alder fleet,Prospecting,Negotiation/Review,10000,90,11/30/2025,9/15/2025 9:00 AM,Ada Ames\n\
    Alder fleet,,Prospecting,10000,10,11/30/2025,8/24/2025 9:12 AM,Ada Ames\n\
    Birch depot,Closed Lost,Closed Lost,8000,0,10/1/2025,10/6/2025 8:00 AM,Ben Bold\n\
    Birch depot,Prospecting,Closed Lost,8000,0,10/1/2025,10/1/2025 8:00 AM,Ben Bold\n\
    Birch depot,Closed Lost,Prospecting,7000,10,12/31/2025,9/25/2025 8:00 AM,Ben Bold\n\
    Birch depot,Prospecting,Closed Lost,9000,0,9/20/2025,9/20/2025 8:00 AM,Ben Bold\n";

#[test]
fn a_history_report_tells_the_time_before_the_first_export() {
    let mut desk = Desk::new();
    import(&mut desk, "opportunities-2025-10-06.csv", EXPORT);
    let report = import(&mut desk, "history.csv", HISTORY);
    assert_eq!(report.files[0].preset, "salesforce");
    assert_eq!(report.files[0].table, "opportunity-history");
    assert_eq!((report.files[0].taken, report.files[0].rejected), (8, 0));
    let gap =
        "1 of 3 opportunities of the export of 2025-10-06 have no history: they begin with it";
    assert!(report.files[0].notes.iter().any(|note| note == gap), "{:?}", report.files[0].notes);
    let expected = [
        "Alder fleet | 2025-08-24 | 2025-09-15 | Prospecting | open | 10000.00 | 2025-11-30 | Ada Ames",
        // Two changes on one day: the later holds, wherever it stands in the file.
        "Alder fleet | 2025-09-15 | 2025-10-03 | Negotiation/Review | open | 12000.00 | 2025-10-31 | Ada Ames",
        "Alder fleet | 2025-10-03 | - | Closed Won | won | 12000.00 | 2025-10-03 | Ada Ames",
        // What was there before its first change; the amount then is not told.
        "Birch depot | 2025-08-01 | 2025-09-20 | Prospecting | open | 8000.00 | 2025-10-01 | Ben Bold",
        "Birch depot | 2025-09-20 | 2025-09-25 | Closed Lost | lost | 9000.00 | 2025-09-20 | Ben Bold",
        "Birch depot | 2025-09-25 | 2025-10-01 | Prospecting | open | 7000.00 | 2025-12-31 | Ben Bold",
        "Birch depot | 2025-10-01 | - | Closed Lost | lost | 8000.00 | 2025-10-01 | Ben Bold",
        // Without a history it begins with the export.
        "Cedar pilot | 2025-10-06 | - | Prospecting | open | 500.00 | 2025-12-15 | Ben Bold",
    ];
    let found = versions(&mut desk);
    assert_eq!(found, expected);
    assert_eq!(
        snapshots(&mut desk),
        [
            "2025-08-24 | derived | 2",
            "2025-08-31 | derived | 2",
            "2025-09-07 | derived | 2",
            "2025-09-14 | derived | 2",
            "2025-09-21 | derived | 2",
            "2025-09-28 | derived | 2",
            "2025-10-03 | derived | 2",
            "2025-10-06 | export | 3",
        ]
    );
    // The same file again changes nothing.
    let again = import(&mut desk, "history.csv", HISTORY);
    assert!(again.nothing_changed());
    assert_eq!(versions(&mut desk), found);
}

#[test]
fn a_field_history_in_portuguese_changes_one_field_at_a_time() {
    let mut desk = Desk::new();
    import(&mut desk, "opportunities-2025-10-06.csv", EXPORT);
    let text = "Proprietário da oportunidade;Editado por;Campo / Compromisso;Valor antigo;Novo valor;Data de edição;Nome da oportunidade\n\
        Ada Ames;Ada Ames;Fase;Negotiation/Review;Closed Won;03/10/2025;Alder fleet\n\
        Ada Ames;Ada Ames;Fase;Prospecting;Negotiation/Review;15/09/2025;Alder fleet\n\
        Ada Ames;Ada Ames;Valor;10000,50;12000,00;15/09/2025;Alder fleet\n\
        Ada Ames;Ada Ames;Data de fechamento;30/11/2025;03/10/2025;29/09/2025;Alder fleet\n\
        Ada Ames;Ada Ames;Proprietário da oportunidade;Cleo Carr;Ada Ames;01/09/2025;Alder fleet\n\
        Ada Ames;Ada Ames;Data de fechamento;15/12/2025;30/11/2025;25/08/2025;Alder fleet\n\
        Ada Ames;Ada Ames;Próxima etapa;ligar;visitar;30/09/2025;Alder fleet\n\
        Ben Bold;Ben Bold;Valor;100,00;500,00;20/09/2025;Cedar pilot\n";
    let report = import(&mut desk, "campos.csv", text);
    assert_eq!(report.files[0].preset, "salesforce-fields");
    assert_eq!(
        versions(&mut desk)[..8],
        [
            "Alder fleet | 2025-08-24 | 2025-08-25 | Prospecting | open | 10000.50 | 2025-12-15 | Cleo Carr",
            "Alder fleet | 2025-08-25 | 2025-09-01 | Prospecting | open | 10000.50 | 2025-11-30 | Cleo Carr",
            "Alder fleet | 2025-09-01 | 2025-09-15 | Prospecting | open | 10000.50 | 2025-11-30 | Ada Ames",
            "Alder fleet | 2025-09-15 | 2025-09-29 | Negotiation/Review | open | 12000.00 | 2025-11-30 | Ada Ames",
            "Alder fleet | 2025-09-29 | 2025-10-03 | Negotiation/Review | open | 12000.00 | 2025-10-03 | Ada Ames",
            "Alder fleet | 2025-10-03 | - | Closed Won | won | 12000.00 | 2025-10-03 | Ada Ames",
            "Birch depot | 2025-10-06 | - | Closed Lost | lost | 8000.00 | 2025-10-01 | Ben Bold",
            "Cedar pilot | 2025-09-01 | 2025-09-20 | Prospecting | open | 100.00 | 2025-12-15 | Ben Bold",
        ]
    );
    // A category says something about its own stage alone.
    assert_eq!(
        desk.rows("SELECT stage, forecast_category FROM facts.opportunity WHERE name = 'Alder fleet' ORDER BY valid_from"),
        ["Prospecting | -", "Prospecting | -", "Prospecting | -", "Negotiation/Review | -", "Negotiation/Review | -", "Closed Won | closed"]
    );
}

#[test]
fn what_an_export_says_is_never_touched() {
    let mut desk = Desk::new();
    import(
        &mut desk,
        "opportunities-2025-09-22.csv",
        &EXPORT.replace("Closed Won", "Prospecting").replace(",Closed,100\n", ",Pipeline,10\n"),
    );
    import(&mut desk, "opportunities-2025-10-06.csv", EXPORT);
    let at = |desk: &mut Desk, on: &str| {
        desk.rows(&format!(
            "SELECT * EXCLUDE (valid_from, valid_to, import_id) FROM facts.opportunity
             WHERE valid_from <= DATE '{on}' AND (valid_to IS NULL OR valid_to > DATE '{on}') ORDER BY 1"
        ))
    };
    let days = ["2025-09-22", "2025-09-30", "2025-10-06", "2025-12-01"];
    let before: Vec<Vec<String>> = days.iter().map(|on| at(&mut desk, on)).collect();
    let report = import(&mut desk, "history.csv", HISTORY);
    let after: Vec<Vec<String>> = days.iter().map(|on| at(&mut desk, on)).collect();
    assert_eq!(before, after);
    assert!(
        report.files[0]
            .notes
            .iter()
            .any(|note| note.contains("4 changes are on or after 2025-09-22")),
        "{:?}",
        report.files[0].notes
    );
    assert_eq!(
        snapshots(&mut desk)[3..],
        [
            "2025-09-14 | derived | 2",
            "2025-09-20 | derived | 2",
            "2025-09-22 | export | 3",
            "2025-10-06 | export | 3"
        ]
    );
    // An export of a derived day takes its place.
    import(
        &mut desk,
        "opportunities-2025-09-07.csv",
        &EXPORT.replace("Closed Won", "Prospecting").replace(",Closed,100\n", ",Pipeline,20\n"),
    );
    assert!(snapshots(&mut desk).contains(&"2025-09-07 | export | 3".to_owned()));
    assert_eq!(at(&mut desk, "2025-09-07").len(), 3);
    assert_eq!(at(&mut desk, "2025-09-22"), before[0]);
}

#[test]
fn what_was_there_before_tells_how_dates_are_written_after() {
    let mut desk = Desk::new();
    import(&mut desk, "opportunities-2025-10-06.csv", EXPORT);
    let text = "opportunity_id,changed_on,close_date,close_date_before\n\
                0064600000J5S5VAAV,15/09/2025,03/10/2025,30/11/2025\n";
    import(&mut desk, "log.csv", text);
    assert_eq!(
        versions(&mut desk)[2..],
        [
            "Cedar pilot | 2025-09-01 | 2025-09-15 | Prospecting | open | 500.00 | 2025-11-30 | Ben Bold",
            "Cedar pilot | 2025-09-15 | 2025-10-06 | Prospecting | open | 500.00 | 2025-10-03 | Ben Bold",
            "Cedar pilot | 2025-10-06 | - | Prospecting | open | 500.00 | 2025-12-15 | Ben Bold",
        ]
    );
}

const OWN: &str = "opportunity_id,changed_on,stage,state,amount,currency\n";

#[test]
fn two_logs_add_up_in_either_order() {
    let stages = "opportunity_id,changed_on,stage,stage_before\nA,2025-08-10,Two,One\nA,2025-09-10,Three,Two\n";
    let amounts =
        "opportunity_id,changed_on,amount,amount_before\nA,2025-08-20,20,10\nA,2025-09-10,30,20\n";
    let export =
        "opportunity_id,stage,state,amount,currency,created_on\nA,Three,open,30,EUR,2025-08-01\n";
    for order in [[stages, amounts], [amounts, stages]] {
        let mut desk = Desk::new();
        import(&mut desk, "opportunities-2025-10-06.csv", export);
        for (number, text) in order.iter().enumerate() {
            let file = desk.write(&format!("log-{number}.csv"), text.as_bytes());
            let mut request = desk.request(&[&file]);
            let mapping = "extends = \"qbr\"\n[[table]]\nname = \"opportunity-history\"\n[table.states]\nopen = [\"One\", \"Two\", \"Three\"]\n";
            request.mapping = Some(desk.write("words.toml", mapping.as_bytes()));
            desk.run(&request).unwrap_or_else(|error| panic!("{error}"));
        }
        assert_eq!(
            desk.rows(
                "SELECT valid_from, valid_to, stage, amount FROM facts.opportunity ORDER BY 1"
            ),
            [
                "2025-08-01 | 2025-08-10 | One | 10.00",
                "2025-08-10 | 2025-08-20 | Two | 10.00",
                "2025-08-20 | 2025-09-10 | Two | 20.00",
                "2025-09-10 | - | Three | 30.00",
            ]
        );
    }
}

#[test]
fn owners_segments_and_currencies_change_and_deals_vanish() {
    let mut desk = Desk::new();
    let text = "opportunity_id,changed_on,stage,state,amount,currency,owner_id,segment\n\
                A,2025-08-04,One,open,10,EUR,ada,SMB\n\
                A,2025-08-11,One,open,10,USD,ada,SMB\n\
                A,2025-08-18,One,open,10,USD,ben,SMB\n\
                A,2025-08-25,One,open,10,USD,ben,Enterprise\n\
                B,2025-08-04,One,open,5,EUR,ada,SMB\n\
                B,2025-08-20,,,,,,\n";
    let mapping = "extends = \"qbr\"\n[[table]]\nname = \"opportunity-history\"\nleave_out = [{ stage = \"\" }]\n";
    let file = desk.write("log.csv", text.as_bytes());
    let mut request = desk.request(&[&file]);
    request.mapping = Some(desk.write("ours.toml", mapping.as_bytes()));
    desk.run(&request).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        desk.rows("SELECT opportunity_id, valid_from, valid_to, currency, owner_id, segment FROM facts.opportunity ORDER BY 1, 2"),
        [
            "A | 2025-08-04 | 2025-08-11 | EUR | ada | SMB",
            "A | 2025-08-11 | 2025-08-18 | USD | ada | SMB",
            "A | 2025-08-18 | 2025-08-25 | USD | ben | SMB",
            "A | 2025-08-25 | - | USD | ben | Enterprise",
            "B | 2025-08-04 | 2025-08-20 | EUR | ada | SMB",
        ]
    );
    assert_eq!(
        snapshots(&mut desk),
        [
            "2025-08-10 | derived | 2",
            "2025-08-17 | derived | 2",
            "2025-08-24 | derived | 1",
            "2025-08-25 | derived | 1"
        ]
    );
}

#[test]
fn weeks_end_on_the_day_that_an_assumption_says() {
    let mut desk = Desk::new();
    import(
        &mut desk,
        "assumptions.csv",
        "name,scope,value,effective_from,reason\nlock_weekday,*,3,2025-01-01,We lock on Wednesdays\n",
    );
    import(
        &mut desk,
        "log.csv",
        &format!("{OWN}A,2025-08-04,One,open,10,EUR\nA,2025-08-15,Two,open,10,EUR\n"),
    );
    assert_eq!(
        snapshots(&mut desk),
        ["2025-08-06 | derived | 1", "2025-08-13 | derived | 1", "2025-08-15 | derived | 1"]
    );
}

#[test]
fn a_row_of_no_known_deal_is_rejected_and_two_of_one_name_are_no_one() {
    let mut desk = Desk::new();
    let twice = "0064600000J5S5WAAV,Birch depot,Cedarline,Ben Bold,Prospecting,2025-12-15,2025-09-01,500,EUR,Pipeline,10\n";
    import(&mut desk, "opportunities-2025-10-06.csv", &format!("{EXPORT}{twice}"));
    let text =
        format!("{HISTORY}Unknown deal,,Prospecting,1,10,10/3/2025,9/3/2025 4:00 PM,Ada Ames\n");
    let report = import(&mut desk, "history.csv", &text);
    let file = &report.files[0];
    assert_eq!((file.read, file.taken, file.rejected), (9, 4, 5));
    assert_eq!(report.rejected, 5);
    assert_eq!(
        desk.rows("SELECT line, value, reason FROM meta.reject WHERE line IN (6, 10) ORDER BY 1"),
        [
            "6 | Birch depot | 2 known opportunities are called so, and it has no id",
            "10 | Unknown deal | no known opportunity is called so; import the export that has it, then this file again"
        ]
    );
}

#[test]
fn stages_that_nobody_knows_stop_a_history() {
    let mut desk = Desk::new();
    import(&mut desk, "opportunities-2025-10-06.csv", EXPORT);
    let error = desk
        .import_text("history.csv", &HISTORY.replace("Negotiation/Review", "Legal"))
        .expect_err("refused");
    let ImportError::Unclear(unclear) = &error else { panic!("{error}") };
    assert!(matches!(&unclear.what, What::Words(words) if words.words[0].0 == "Legal"), "{error}");
    assert_eq!(desk.rows("SELECT count(*) FROM facts.opportunity"), ["3"]);
    // In a stage of the export that has one state, nothing needs to be said.
    let known = EXPORT.replace("Prospecting", "Legal");
    import(&mut desk, "opportunities-2025-10-07.csv", &known);
    import(&mut desk, "history.csv", &HISTORY.replace("Negotiation/Review", "Legal"));
}

#[test]
fn an_export_of_hubspot_brings_the_days_on_which_stages_began() {
    let mut desk = Desk::new();
    let file = fixture("fixtures/hubspot/deals-2025-10-06.csv");
    let report = desk.import(&[&file]);
    assert_eq!(report.files[0].preset, "hubspot");
    assert_eq!((report.files[0].headers_found, report.files[0].headers_known), (15, 15));
    assert_eq!(
        desk.rows("SELECT opportunity_id, valid_from, valid_to, stage, state, forecast_category FROM facts.opportunity ORDER BY 1, 2"),
        [
            "901 | 2025-09-20 | 2025-10-03 | Contract Sent (Sales Pipeline) | open | -",
            "901 | 2025-10-03 | - | Closed Won (Sales Pipeline) | won | closed",
            "902 | 2025-10-06 | - | Closed Lost (Sales Pipeline) | lost | omitted",
            "903 | 2025-09-30 | 2025-10-06 | Contract Sent (Sales Pipeline) | open | -",
            "903 | 2025-10-06 | - | Legal check (Sales Pipeline) | open | commit",
        ]
    );
    assert_eq!(
        snapshots(&mut desk),
        [
            "2025-09-21 | derived | 1",
            "2025-09-28 | derived | 1",
            "2025-10-03 | derived | 2",
            "2025-10-06 | export | 3"
        ]
    );
    assert!(desk.import(&[&file]).nothing_changed());
    // From the second export on, the exports tell.
    let text = std::fs::read_to_string(&file)
        .expect("a file")
        .replace("2025-09-30 16:30", "2025-09-02 16:30");
    import(&mut desk, "deals-2025-10-13.csv", &text);
    assert_eq!(
        desk.rows("SELECT min(valid_from) FROM facts.opportunity WHERE opportunity_id = '903'"),
        ["2025-09-30"]
    );
}

#[test]
fn a_history_with_amounts_in_no_currency_is_refused() {
    let mut desk = Desk::new();
    let error = desk
        .import_text(
            "log.csv",
            "opportunity_id,changed_on,stage,state,amount\nA,2025-08-04,One,open,10\n",
        )
        .expect_err("refused");
    assert!(matches!(error, ImportError::HistoryWithoutCurrency { deals: 1, .. }), "{error}");
}

/// What a log says of one deal on a day: the last of its rows until then.
fn said(log: &[(u8, u8, u8)], id: u8, on: u8) -> Option<u8> {
    log.iter().filter(|row| row.0 == id && row.1 <= on).max_by_key(|row| row.1).map(|row| row.2)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 100, ..ProptestConfig::default() })]
    #[test]
    fn every_day_before_the_export_is_as_the_log_says(
        rows in prop::collection::btree_map((0..4_u8, 1..28_u8), 0..3_u8, 1..12),
        export in prop::option::of(5..28_u8),
    ) {
        let log: Vec<(u8, u8, u8)> = rows.iter().map(|((id, on), stage)| (*id, *on, *stage)).collect();
        let mut desk = Desk::new();
        if let Some(on) = export {
            let text = "opportunity_id,stage,state,amount,currency\nO0,Stage 9,open,1,EUR\nO9,Stage 9,open,1,EUR\n";
            import(&mut desk, &format!("opportunities-2025-10-{on:02}.csv"), text);
        }
        let lines = log.iter().map(|(id, on, stage)| format!("O{id},2025-10-{on:02},Stage {stage},open,1,EUR\n"));
        import(&mut desk, "log.csv", &format!("{OWN}{}", lines.collect::<String>()));
        for on in 1..28_u8 {
            let date = day(&format!("2025-10-{on:02}"));
            let found = desk.rows(&format!(
                "SELECT opportunity_id, stage FROM facts.opportunity
                 WHERE valid_from <= DATE '{date}' AND (valid_to IS NULL OR valid_to > DATE '{date}') ORDER BY 1"
            ));
            let derived: BTreeMap<String, String> = (0..4_u8)
                .filter_map(|id| Some((format!("O{id}"), format!("Stage {}", said(&log, id, on)?))))
                .collect();
            let expected: Vec<String> = match export {
                Some(first) if on >= first => vec!["O0 | Stage 9".into(), "O9 | Stage 9".into()],
                _ => derived.iter().map(|(id, stage)| format!("{id} | {stage}")).collect(),
            };
            prop_assert_eq!(found, expected, "on {}", on);
        }
    }
}
