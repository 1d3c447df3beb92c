//! What an import would do with a file that nobody knows, how it is settled,
//! and that what was settled is found again.

use std::path::{Path, PathBuf};

use qbr::catalog::{Catalog, Preset};
use qbr::ingest::draft::{Change, Draft};
use qbr::ingest::preview::{About, Preview, PreviewRequest, preview};
use qbr::ingest::saved::{SaveError, save};
use qbr::ingest::{self, ImportError, Progress};

use super::support::{CATALOG, Desk, day, fixture};

/// A title above the headers, days and months that may be either, groups of thousands or decimals.
const EXPORT: &str = "Pipeline of the region;;;;;;\n\
    Kz.;Firma;Phase;Soll bis;Umsatz;Waehrung;Merkmal\n\
    D-1;Alder;Angebot;03/04/2025;1.250;EUR;x\n\
    D-2;Birch;Gewonnen;05/02/2025;2.500;EUR;\n\
    D-3;Cedar;Verloren;07/01/2025;3.750;EUR;y\n\
    D-4;Dane;Angebot;09/06/2025;4.125;EUR;z\n";

struct Table {
    desk: Desk,
    catalog: Catalog,
    file: PathBuf,
}

impl Table {
    fn with(text: &str) -> Table {
        let desk = Desk::new();
        let file = desk.write("pipeline-2025-03-31.csv", text.as_bytes());
        Table { desk, catalog: CATALOG.clone(), file }
    }

    fn look(&mut self, draft: Option<Draft>) -> Preview {
        let request =
            PreviewRequest { draft: draft.map(Box::new), ..PreviewRequest::of(self.file.clone()) };
        preview(
            &mut self.desk.workspace,
            &self.catalog,
            &request,
            self.desk.at,
            &Progress::default(),
        )
        .unwrap_or_else(|error| panic!("{error}"))
    }
}

fn take(place: usize, ours: &str) -> Change {
    Change::Take { place, ours: Some(ours.to_owned()) }
}

/// Everything that the file leaves open, settled.
fn settled(mut draft: Draft) -> Draft {
    for change in [
        take(0, "opportunity_id"),
        take(1, "account_id"),
        take(2, "stage"),
        take(3, "close_date"),
        take(4, "amount"),
        take(5, "currency"),
        Change::Take { place: 6, ours: None },
        Change::Date { ours: "close_date".into(), pattern: Some("%d/%m/%Y".into()) },
        Change::Decimal(Some(',')),
        Change::State { word: "Gewonnen".into(), state: Some("won".into()) },
        Change::State { word: "Verloren".into(), state: Some("lost".into()) },
        Change::State { word: "Angebot".into(), state: Some("open".into()) },
    ] {
        draft.apply(&change);
    }
    draft
}

#[test]
fn what_is_not_known_is_asked_and_nothing_is_tried_before() {
    let mut table = Table::with(EXPORT);
    let first = table.look(None);
    assert_eq!((first.header_line, first.delimiter, first.records), (2, "semicolon", 4));
    assert!(first.report.is_none());
    assert!(first.questions.iter().any(|q| q.about == About::Needed("opportunity_id")));

    let mut draft = first.draft.clone();
    for change in
        [take(0, "opportunity_id"), take(2, "stage"), take(3, "close_date"), take(4, "amount")]
    {
        draft.apply(&change);
    }
    let second = table.look(Some(draft));
    let about: Vec<&About> = second.questions.iter().map(|question| &question.about).collect();
    // The date, the decimal mark and the words; the currency only once the amounts can be read.
    for expected in [About::Column(3), About::Column(4), About::Words] {
        assert!(about.contains(&&expected), "{expected:?}: {about:?}");
    }
    let dates = second.question_about(3).expect("asked");
    let offers: Vec<(&str, &str)> =
        dates.offers.iter().map(|offer| (offer.label.as_str(), offer.detail.as_str())).collect();
    assert_eq!(
        offers,
        [("%m/%d/%Y", "03/04/2025 is 4 March 2025"), ("%d/%m/%Y", "03/04/2025 is 3 April 2025")]
    );
    let words: Vec<(&str, u64)> =
        second.words.iter().map(|word| (word.word.as_str(), word.rows)).collect();
    assert_eq!(words, [("Angebot", 2), ("Gewonnen", 1), ("Verloren", 1)]);
    assert_eq!(second.columns[3].taken_for, ["close_date"]);
    assert_eq!(table.desk.rows("SELECT count(*) FROM facts.opportunity"), ["0"]);
}

#[test]
fn what_is_settled_is_shown_as_the_import_would_take_it() {
    let mut table = Table::with(EXPORT);
    let draft = settled(table.look(None).draft);
    let look = table.look(Some(draft));
    assert_eq!(look.questions, []);
    let sample = |place: usize| {
        let samples = look.columns[place].samples.iter();
        samples
            .map(|s| format!("{} > {}", s.before, s.after.as_deref().unwrap_or("-")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        sample(2),
        ["Angebot > Angebot, open", "Gewonnen > Gewonnen, won", "Verloren > Verloren, lost"]
    );
    assert_eq!(
        sample(3),
        ["03/04/2025 > 2025-04-03", "05/02/2025 > 2025-02-05", "07/01/2025 > 2025-01-07"]
    );
    assert_eq!(sample(4), ["1.250 > 1250.00", "2.500 > 2500.00", "3.750 > 3750.00"]);
    assert_eq!(sample(6), ["x > -", "y > -", "z > -"]);
    assert_eq!(look.rows[0].before[1], "Alder");
    let after = look.rows[0].after.as_ref().expect("taken");
    assert_eq!(after["amount"], "1250.00");
    let report = look.report.expect("tried");
    assert!(report.dry_run);
    let totals: Vec<String> = report.files[0]
        .totals
        .iter()
        .map(|t| format!("{} {} {}", t.state.as_deref().unwrap_or("-"), t.amount, t.currency))
        .collect();
    assert_eq!(totals, ["lost 3750.00 EUR", "open 5375.00 EUR", "won 2500.00 EUR"]);
    assert_eq!(table.desk.rows("SELECT count(*) FROM facts.opportunity"), ["0"]);
}

#[test]
fn a_saved_mapping_is_found_again_by_the_same_headers() {
    let mut table = Table::with(EXPORT);
    let draft = settled(table.look(None).draft);
    let folders = [table.desk.folder.path().join("qbr.d")];
    let mapping = draft.preset("ours");
    let saved = save(&folders, &table.catalog, &mapping, &table.file, false).expect("saved");
    assert!(saved.file.starts_with(&folders[0]));
    let again = save(&folders, &table.catalog, &mapping, &table.file, false);
    assert!(matches!(again, Err(SaveError::Exists { .. })), "{again:?}");

    let loaded = Catalog::load(&folders).expect("the catalog");
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    table.catalog = loaded.catalog;
    let look = table.look(None);
    assert_eq!(look.known_by, "mapping ours, 7 of its 7 headers");
    assert_eq!(look.questions, []);
    let request = table.desk.request(&[&table.file]);
    let report = ingest::import(&mut table.desk.workspace, &table.catalog, &request);
    let report = report.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.files[0].preset, "ours");
    assert!(report.files[0].saved.as_deref().is_some_and(|path| path.ends_with("ours.toml")));
    assert!(ingest::report::text(&report).contains("your mapping ours (7 of 7 headers)"));
    assert_eq!(
        table.desk.rows("SELECT state, sum(amount) FROM facts.opportunity GROUP BY 1 ORDER BY 1"),
        ["lost | 3750.00", "open | 5375.00", "won | 2500.00"]
    );
    assert_eq!(
        table.desk.rows("SELECT close_date FROM facts.opportunity WHERE opportunity_id = 'D-1'"),
        ["2025-04-03"]
    );
}

/// A person may take less of a file than a preset would, and means it.
#[test]
fn a_saved_mapping_goes_before_a_preset_that_would_take_more() {
    let mut table = Table::with(
        "opportunity_id,name,stage,state,amount,currency,owner_id,close_date\n\
         A,one,Proposal,open,5,EUR,pat,2025-04-01\n",
    );
    let first = table.look(None);
    assert_eq!(first.known_by, "preset qbr, 7 of its 7 headers");
    let mut draft = first.draft;
    draft.apply(&Change::Take { place: 1, ours: None });
    draft.apply(&Change::Take { place: 6, ours: None });
    let folders = [table.desk.folder.path().join("qbr.d")];
    save(&folders, &table.catalog, &draft.preset("less"), &table.file, false).expect("saved");
    table.catalog = Catalog::load(&folders).expect("the catalog").catalog;
    let look = table.look(None);
    assert_eq!(look.known_by, "mapping less, 8 of its 8 headers");
    assert!(look.columns[1].taken_for.is_empty());

    // With another header beside them it is another export: the evidence decides.
    let more = table.desk.write(
        "more-2025-03-31.csv",
        b"opportunity_id,name,stage,state,amount,currency,owner_id,close_date,probability\n\
          A,one,Proposal,open,5,EUR,pat,2025-04-01,50%\n",
    );
    table.file = more;
    assert_eq!(table.look(None).known_by, "preset qbr, 7 of its 7 headers");
}

#[test]
fn two_saved_mappings_for_the_same_headers_are_a_tie() {
    let mut table = Table::with(EXPORT);
    let draft = settled(table.look(None).draft);
    let folders = [table.desk.folder.path().join("qbr.d")];
    for name in ["first", "second"] {
        save(&folders, &table.catalog, &draft.preset(name), &table.file, false).expect("saved");
    }
    let catalog = Catalog::load(&folders).expect("the catalog").catalog;
    let request = table.desk.request(&[&table.file]);
    match ingest::import(&mut table.desk.workspace, &catalog, &request) {
        Err(ImportError::Ambiguous { tables, .. }) => {
            assert_eq!(tables, ["first/opportunities", "second/opportunities"]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_are_kept_from_presets_and_from_paths() {
    let folder = tempfile::tempdir().expect("a folder");
    let folders = [folder.path().to_owned()];
    let table = Draft::guess(&["Deal".to_owned()], &CATALOG.presets, None);
    let attempt =
        |name: &str| save(&folders, &CATALOG, &table.preset(name), Path::new("x.csv"), true);
    assert!(matches!(attempt("maven"), Err(SaveError::Preset { .. })));
    for name in ["", "../x", "a/b", ".hidden", "a b", "x\0y"] {
        assert!(matches!(attempt(name), Err(SaveError::Name { .. })), "{name:?}");
    }
    assert!(attempt("ours").is_ok());
}

#[test]
fn where_the_first_folder_takes_nothing_the_next_one_does() {
    let folder = tempfile::tempdir().expect("a folder");
    // A file where the folder would have to be.
    let blocked = folder.path().join("qbr.d");
    std::fs::write(&blocked, "").expect("written");
    let own = folder.path().join("config");
    let draft = Draft::guess(&["Deal".to_owned()], &CATALOG.presets, None);
    let saved =
        save(&[blocked, own.clone()], &CATALOG, &draft.preset("ours"), Path::new("x"), false);
    assert_eq!(saved.expect("saved").file, own.join("presets/ours.toml"));
}

#[test]
fn looking_at_a_file_leaves_nothing_behind() {
    let mut table = Table::with(EXPORT);
    let before = std::fs::read(table.desk.workspace.path()).expect("the file");
    let draft = settled(table.look(None).draft);
    table.look(Some(draft));
    assert_eq!(std::fs::read(table.desk.workspace.path()).expect("the file"), before);
    assert_eq!(
        table.desk.rows(
            "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name LIKE 'ingest%'"
        ),
        ["0"]
    );
}

#[test]
fn the_reading_of_every_preset_is_what_the_preview_shows() {
    let folder = super::support::fixture("fixtures/maven");
    let mut table = Table::with(EXPORT);
    table.file = folder.join("sales_pipeline.csv");
    let look = table.look(None);
    assert_eq!(look.known_by, "preset maven, 8 of its 8 headers");
    assert_eq!(look.questions, []);
    assert_eq!(look.columns[3].taken_for, ["account_id"]);
    assert_eq!(look.columns[3].why.as_deref(), Some("the preset maven says so"));
    let report = look.report.expect("tried");
    assert_eq!(report.files[0].taken_on, Some(day("2017-06-30")));
    let kept: &Preset = &CATALOG.presets["maven"];
    assert_eq!(look.draft.rules.states, kept.tables[0].states);
}

/// Otherwise a wrong guess of the first import could never be put right.
#[test]
fn the_same_file_is_read_again_when_its_mapping_has_changed() {
    let mut table = Table::with(EXPORT);
    let take = |table: &mut Table, draft: &Draft| {
        let request = table.desk.request(&[&table.file]);
        let mapping = draft.preset("ours");
        let (workspace, progress) = (&mut table.desk.workspace, Progress::default());
        ingest::import_by(workspace, &table.catalog, &request, Some(&mapping), &progress)
            .unwrap_or_else(|error| panic!("{error}"))
    };
    let first = settled(table.look(None).draft);
    assert!(!take(&mut table, &first).nothing_changed());
    assert!(take(&mut table, &first).nothing_changed());
    let mut second = first.clone();
    second.apply(&Change::Date { ours: "close_date".into(), pattern: Some("%m/%d/%Y".into()) });
    assert_eq!(take(&mut table, &second).changes[0].changes.changed, 4);
    let due = "SELECT close_date FROM facts.opportunity WHERE opportunity_id = 'D-1'";
    assert_eq!(table.desk.rows(due), ["2025-03-04"]);
    assert!(take(&mut table, &second).nothing_changed());
    // And back.
    assert_eq!(take(&mut table, &first).changes[0].changes.changed, 4);
    assert_eq!(table.desk.rows(due), ["2025-04-03"]);
}

#[test]
fn without_a_screen_the_same_is_said_with_a_mapping_to_start_from() {
    let mut table = Table::with(EXPORT);
    let mut draft = table.look(None).draft;
    let no_amount = Change::Take { place: 4, ours: None };
    for change in [take(0, "opportunity_id"), take(2, "stage"), take(3, "close_date"), no_amount] {
        draft.apply(&change);
    }
    let look = table.look(Some(draft));
    let text = look.text();
    for words in [
        "Soll bis is close_date (you said so)",
        "To be settled:",
        "%d/%m/%Y  03/04/2025 is 3 April 2025",
        "close_date = \"Soll bis\"",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    let json = look.json();
    assert_eq!(json["columns"][3]["taken_for"][0], "close_date");
    assert_eq!(json["questions"].as_array().map(Vec::len), Some(look.questions.len()));
    // What is printed can be given back, once it is complete.
    let mapping = json["mapping"].as_str().expect("a mapping");
    let mapping = mapping
        .replace("\"Soll bis\"\n", "{ column = \"Soll bis\", date = \"%d/%m/%Y\" }\n")
        .replace("[table.states]\n", "[table.states]\nother = \"open\"\n");
    let mut request = table.desk.request(&[&table.file]);
    request.mapping = Some(table.desk.write("ours.toml", mapping.as_bytes()));
    let report = table.desk.run(&request).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.files[0].taken, 4);
}

/// What the first question about a column offers: what it says, and what it would make of a value.
fn offered(look: &Preview, place: usize) -> Vec<(&str, &str)> {
    let question = look.question_about(place).unwrap_or_else(|| panic!("{:?}", look.questions));
    question.offers.iter().map(|offer| (offer.label.as_str(), offer.detail.as_str())).collect()
}

#[test]
fn units_words_for_yes_hours_and_years_are_asked_with_answers_at_hand() {
    let mut table = Table::with(
        "opportunity_id,state,amount (kEUR),strategic,closed_on,close_date\n\
         D-1,won,45,Key,2025-03-31T22:00:00Z,1985-03-31\n\
         D-2,won,60,Std,2025-06-30T22:00:00Z,1985-06-30\n\
         D-3,won,70,Std,2025-07-31T22:00:00Z,1985-07-31\n\
         D-4,won,80,Std,2025-08-31T22:00:00Z,1985-08-31\n",
    );
    let mut draft = table.look(None).draft;
    for (place, ours) in [
        (0, "opportunity_id"),
        (1, "state"),
        (2, "amount"),
        (3, "strategic"),
        (4, "created_on"),
        (5, "close_date"),
    ] {
        draft.apply(&take(place, ours));
    }
    draft.apply(&Change::Currency(Some("EUR".into())));
    let look = table.look(Some(draft.clone()));
    assert_eq!(offered(&look, 2), [("thousands", "45 times 1000"), ("written out", "45 is 45")]);
    assert_eq!(
        offered(&look, 3).iter().map(|(label, _)| *label).collect::<Vec<_>>(),
        ["\"Key\" yes, \"Std\" no", "\"Std\" yes, \"Key\" no"]
    );
    assert_eq!(
        offered(&look, 4),
        [
            ("2 hours later, the next day", "1 April 2025"),
            ("the day that is written", "31 March 2025")
        ]
    );
    assert_eq!(offered(&look, 5)[0].0, "dates from 1985 to 2041");
    // The first answer to each, and nothing is open any more.
    for place in 2..6 {
        draft.apply(&look.question_about(place).expect("asked").offers[0].change);
    }
    let settled = table.look(Some(draft.clone()));
    assert_eq!(settled.questions, []);
    let rows: Vec<String> = settled
        .rows
        .iter()
        .take(2)
        .map(|row| {
            let row = row.after.as_ref().expect("taken");
            let cell = |ours: &str| row.get(ours).cloned().unwrap_or_default();
            format!("{} {} {}", cell("amount"), cell("created_on"), cell("close_date"))
        })
        .collect();
    assert_eq!(rows, ["45000.00 2025-04-01 1985-03-31", "60000.00 2025-07-01 1985-06-30"]);
    // It is kept, and reads back as it was settled.
    let written = draft.preset("ours").to_toml();
    for part in ["unit = 1000", "yes = [\"Key\"]", "hours = 2", "years = [1985, "] {
        assert!(written.contains(part), "{written}");
    }
}

#[test]
fn a_sheet_of_a_workbook_is_proposed_and_can_be_another() {
    let mut table = Table::with("");
    let mut look = |file: &str, sheet: Option<&str>| {
        table.file = fixture(&format!("fixtures/formats/{file}"));
        let request = PreviewRequest {
            sheet: sheet.map(str::to_owned),
            ..PreviewRequest::of(table.file.clone())
        };
        let (workspace, at) = (&mut table.desk.workspace, table.desk.at);
        preview(workspace, &table.catalog, &request, at, &Progress::default())
            .unwrap_or_else(|error| panic!("{error}"))
    };
    // No preset knows its headers: the sheet that comes nearest, and not the text beside it.
    let first = look("pipeline.xlsx", None);
    assert_eq!(first.sheet.as_deref(), Some("Pipeline"));
    let names: Vec<&str> = first.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert!(names.contains(&"Pipeline") && names.len() > 1, "{names:?}");
    assert!(!first.questions.iter().any(|question| question.about == About::Sheet));
    let other = names.iter().find(|name| **name != "Pipeline").expect("another");
    let second = look("pipeline.xlsx", Some(other));
    assert_eq!(second.sheet.as_deref(), Some(*other));
}

#[test]
fn a_file_without_headers_is_told_by_its_positions() {
    let text = "274\t2022-05-30 00:00:00.000\t28000.0000\n\
                274\t2022-08-30 00:00:00.000\t7000.0000\n\
                275\t2022-05-30 00:00:00.000\t91000.0000\n";
    let mut table = Table::with(text);
    let look = table.look(None);
    assert_eq!((look.header_line, look.records), (0, 3));
    assert_eq!(look.draft.headers, ["column 1", "column 2", "column 3"]);
    assert!(look.draft.rules.headerless);
    // Somebody says that the first line holds headers after all.
    let request = PreviewRequest { line: Some(1), ..PreviewRequest::of(table.file.clone()) };
    let (workspace, at) = (&mut table.desk.workspace, table.desk.at);
    let told = preview(workspace, &table.catalog, &request, at, &Progress::default());
    assert_eq!(told.expect("a look").draft.headers[2], "28000.0000");
    // Years at the head of columns are no data.
    let mut wide = Table::with("Verk.;2024;2025\nAda;1200;1300\nBo;1400;1500\n");
    assert_eq!(wide.look(None).header_line, 1);
}

#[test]
fn quotas_that_are_told_by_first_days_are_settled_on_the_screen() {
    let mut table = Table::with(
        "274\t2022-05-30 00:00:00.000\t28000.0000\n\
         274\t2022-08-30 00:00:00.000\t7000.0000\n\
         275\t2022-05-30 00:00:00.000\t91000.0000\n",
    );
    let request =
        PreviewRequest { table: Some("targets".into()), ..PreviewRequest::of(table.file.clone()) };
    let (workspace, at) = (&mut table.desk.workspace, table.desk.at);
    let first = preview(workspace, &table.catalog, &request, at, &Progress::default());
    let mut draft = first.expect("a look").draft;
    for change in [
        take(0, "owner_id"),
        take(1, "period"),
        take(2, "amount"),
        Change::Currency(Some("USD".into())),
    ] {
        draft.apply(&change);
    }
    let look = table.look(Some(draft.clone()));
    let ways = &look.ways[1].offers;
    let round = ways.iter().find(|way| way.label.contains("next round")).expect("offered");
    draft.apply(&round.change);
    let settled = table.look(Some(draft.clone()));
    assert_eq!((settled.questions, settled.refused), (vec![], None));
    // Read as periods none of them could be taken.
    let report = settled.report.expect("tried");
    assert_eq!((report.files[0].taken, report.files[0].rejected), (3, 0));
    assert!(draft.preset("quotas").to_toml().contains("until = \"next round\""));
}

#[test]
fn a_history_without_a_currency_asks_for_it() {
    let mut table = Table::with(
        "OpportunityId,CreatedDate,StageName,Amount,CloseDate,Probability\n\
         006A000000000000AA,2025-01-06,Prospecting,500,2025-03-31,10\n\
         006A000000000000AA,2025-02-03,Closed Won,450,2025-02-03,100\n",
    );
    let look = table.look(None);
    let about: Vec<&About> = look.questions.iter().map(|question| &question.about).collect();
    assert_eq!(about, [&About::Currency]);
    let mut draft = look.draft;
    draft.apply(&look.questions[0].offers[0].change);
    let settled = table.look(Some(draft));
    assert_eq!((settled.questions, settled.refused), (vec![], None));
}

#[test]
fn a_preset_of_ones_own_extends_one_of_the_program_and_goes_before_it() {
    let desk = Desk::new();
    let folder = desk.folder.path().join("qbr.d");
    std::fs::create_dir_all(folder.join("presets")).expect("made");
    let own = |name: &str, text: &str| {
        std::fs::write(folder.join("presets").join(name), text).expect("written");
    };
    own("ours.toml", "extends = \"maven\"\n[[table]]\nname = \"products\"\ncurrency = \"EUR\"\n");
    let loaded = Catalog::load(std::slice::from_ref(&folder)).expect("the catalog");
    assert!(loaded.warnings.0.is_empty(), "{}", loaded.warnings);
    let mut table =
        Table { desk, catalog: loaded.catalog, file: fixture("fixtures/maven/products.csv") };
    let look = table.look(None);
    assert!(look.known_by.starts_with("preset ours") || look.known_by.starts_with("mapping ours"));
    let report = look.report.expect("a report");
    assert_eq!(report.files[0].totals[0].currency, "EUR");
    // What it leaves out is as in the other; and of its own name the program's is meant.
    own("ours.toml", "extends = \"nobody\"\n");
    own("maven.toml", "extends = \"maven\"\ntitle = \"Our Maven\"\n");
    let loaded = Catalog::load(std::slice::from_ref(&folder)).expect("the catalog");
    assert!(loaded.warnings.to_string().contains("unknown preset \"nobody\""));
    assert_eq!(loaded.catalog.presets["maven"].title, "Our Maven");
    assert_eq!(loaded.catalog.presets["maven"].tables, CATALOG.presets["maven"].tables);
}
