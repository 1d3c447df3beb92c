//! Content files as people write them: a sound set that loads, broken ones that
//! are told with file, line, column and caret, and a broken file in a folder
//! that costs nothing but itself.
//!
//! Each folder of `catalog/broken` holds files laid over `catalog/sound`, and
//! what is said about them in `expected.txt`. `UPDATE_EXPECTED=1 cargo test
//! --test catalog` writes those files anew; read the difference before keeping it.

use std::fs;
use std::path::{Path, PathBuf};

use qbr::catalog::figure::{Chart, ParameterKind, Unit};
use qbr::catalog::form::{FieldKind, Required};
use qbr::catalog::preset::{ColumnSource, Reading, TakenOn};
use qbr::catalog::{Catalog, FactUses, check_described, record_views};
use qbr::domain::{TableColumn, Value};
use qbr::workspace::{CreateOptions, Identity, Session, Workspace, WorkspaceError};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalog").join(name)
}

fn sound() -> Catalog {
    let loaded = Catalog::of_folders(&[folder("sound")]);
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    loaded.catalog
}

#[test]
fn broken_files_are_told_with_their_place() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut cases: Vec<PathBuf> = fs::read_dir(folder("broken"))
        .expect("the cases")
        .map(|entry| entry.expect("a case").path())
        .collect();
    cases.sort();
    assert!(cases.len() > 10, "only {} cases were found", cases.len());
    let mut failed = Vec::new();
    for case in cases {
        let loaded = Catalog::of_folders(&[folder("sound"), case.clone()]);
        let prefix = format!("{}/", case.display());
        let said = format!("{}\n", loaded.warnings.to_string().replace(&prefix, ""));
        let expected = case.join("expected.txt");
        if update {
            fs::write(&expected, &said).expect("written");
        } else if fs::read_to_string(&expected).unwrap_or_default() != said {
            failed.push(format!("{}:\n{said}", case.display()));
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn a_figure_is_read_whole() {
    let catalog = sound();
    let figure = &catalog.figures["win-rate"];
    assert_eq!(figure.area, "review");
    assert_eq!(
        figure.question,
        "Of the deals closed each month, how many were won, and is that above the threshold?"
    );
    assert_eq!(figure.curriculum, ["M8.2", "M8.1"]);
    assert_eq!(figure.needs, ["opportunities"]);
    let slice = figure.parameter("slice").expect("declared");
    assert_eq!((slice.kind, slice.optional), (ParameterKind::Text, true));
    assert_eq!(
        figure.column("slice").expect("listed").meaning,
        "value of the dimension; NULL: not set in the CRM"
    );
    let rate = figure.column("win_rate").expect("listed");
    let counts = Unit::Rate { numerator: "won".into(), denominator: "closed".into() };
    assert_eq!((&rate.unit, rate.heading.as_str()), (&counts, "win rate"));
    assert_eq!(figure.column("won_amount").expect("listed").heading, "Won");
    let closed = figure.column("closed").expect("listed");
    assert_eq!((closed.heading.as_str(), closed.meaning.as_str()), ("All closed", "won + lost"));
    assert_eq!(
        figure.chart,
        Some(Chart::Line {
            x: "month".into(),
            y: "win_rate".into(),
            series: Some("slice".into()),
            reference: None,
            band: None,
        })
    );
    assert_eq!(figure.drill.as_ref().expect("drills").bind.len(), 2);
    // The SQL starts with its own comment, on the line it says, and lost its semicolon.
    assert!(figure.sql.starts_with("-- The view"));
    assert!(figure.sql.ends_with("ORDER BY month, slice"));
    let text = fs::read_to_string(&figure.file).expect("the file");
    assert!(text.lines().nth(figure.sql_line - 1).expect("a line").starts_with("-- The view"));
}

#[test]
fn a_form_is_read_whole() {
    let catalog = sound();
    let form = &catalog.forms["post-mortem"];
    assert_eq!(form.plural, "Post-mortems");
    assert_eq!(form.sections[0].id, "the_deal");
    let field = |id: &str| {
        let fields = form.sections.iter().flat_map(|section| &section.fields);
        fields.into_iter().find(|field| field.id == id).unwrap_or_else(|| panic!("{id}"))
    };
    assert_eq!(field("opportunity_id").label, "Opportunity id");
    assert!(!field("opportunity").editable);
    assert!(field("amount").editable && field("account").editable);
    assert_eq!(field("outcome").required, Required::From("submitted".into()));
    let FieldKind::Choice { options } = &field("outcome").kind else { panic!("no choice") };
    assert_eq!(
        (options[1].value.as_str(), options[1].label.as_str()),
        ("no decision", "Nobody won")
    );
    let FieldKind::Rows { fields, min, max } = &field("drivers").kind else { panic!("no rows") };
    assert_eq!((fields.len(), *min, *max), (2, 1, Some(5)));
    let states: Vec<_> = form.states.iter().map(|s| (s.id.as_str(), s.open, s.done)).collect();
    assert_eq!(
        states,
        [("draft", true, false), ("submitted", true, false), ("published", false, true)]
    );
    assert_eq!(form.moves[1].from, ["draft", "submitted"]);
    assert_eq!(form.moves[1].approvals, 1);
    assert!(form.moves[2].needs_reason);
}

#[test]
fn a_preset_is_read_whole() {
    let catalog = sound();
    let preset = &catalog.presets["example"];
    assert_eq!(preset.detect.minimum, 3);
    let table = &preset.tables[0];
    assert_eq!(table.currency.as_deref(), Some("USD"));
    assert_eq!(table.decimal, Some(','));
    assert_eq!(table.taken_on, TakenOn::LatestDate);
    assert_eq!(table.other_state.as_deref(), Some("open"));
    assert_eq!(table.states["cancelled"], ["Duplicate"]);
    assert_eq!(table.aliases["product_id"]["GTXPro"], "GTX Pro");
    assert_eq!(table.columns["region"], ColumnSource::Constant("EMEA".into()));
    assert_eq!(
        table.columns["close_date"],
        ColumnSource::FirstFilled {
            names: vec!["Closed".into(), "Expected".into()],
            reading: Reading::default()
        }
    );
}

#[test]
fn views_are_made_for_a_kind_and_its_rows() {
    let views = record_views(&sound().forms["post-mortem"]);
    assert_eq!(views.len(), 2);
    assert!(views[0].starts_with("CREATE OR REPLACE TEMP VIEW \"record_post_mortem\" AS"));
    assert!(views[0].contains("TRY_CAST(body ->> '$.amount' AS DECIMAL(18,2)) AS \"amount\""));
    assert!(!views[0].contains("drivers"));
    assert!(views[1].starts_with("CREATE OR REPLACE TEMP VIEW \"record_post_mortem_drivers\" AS"));
    assert!(views[1].contains("TRY_CAST(body ->> '$.influence' AS DOUBLE) AS \"influence\""));
}

#[track_caller]
fn described(columns: &[(&str, &str)], said: &[&str]) {
    let catalog = sound();
    let columns: Vec<TableColumn> = columns
        .iter()
        .map(|(name, kind)| TableColumn { name: (*name).into(), type_name: (*kind).into() })
        .collect();
    let found = match check_described(&catalog.figures["win-rate"], &columns) {
        Ok(()) => Vec::new(),
        Err(errors) => {
            errors.0.iter().map(|e| format!("{}:{}: {}", e.line, e.column, e.message)).collect()
        }
    };
    assert_eq!(found, said);
}

#[test]
fn what_the_sql_gives_is_compared_with_the_header() {
    let right = [
        ("month", "DATE"),
        ("slice", "VARCHAR"),
        ("won", "BIGINT"),
        ("closed", "INTEGER"),
        ("win_rate", "DOUBLE"),
        ("won_amount", "DECIMAL(18,2)"),
    ];
    described(&right, &[]);
    let mut wrong = right;
    wrong[2].1 = "HUGEINT";
    wrong[5].1 = "DECIMAL(38,2)";
    described(
        &wrong,
        &[
            "16:6: won is count and must then be INTEGER or BIGINT (cast a sum: ::BIGINT), but the SQL gives HUGEINT",
            "19:6: won_amount is money and must then be DECIMAL(18,2) (cast a sum: ::DECIMAL(18,2)), but the SQL gives DECIMAL(38,2)",
        ],
    );
    let mut renamed = right;
    renamed[0].0 = "months";
    described(
        &renamed,
        &[
            "12:4: the SQL gives a column months (DATE) that the header does not list",
            "13:6: the SQL gives no column month",
        ],
    );
    let mut turned = right;
    turned.swap(2, 3);
    described(&turned, &["16:6: the SQL gives closed in this place, not won"]);
}

#[test]
fn a_folder_overrides_by_name_and_its_mistakes_cost_nothing_else() {
    let over = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = over.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    let deals = fs::read_to_string(folder("sound/queries/review/deals.sql")).expect("a figure");
    write("queries/own/deals.sql", &deals.replace("title:      Deals", "title:      Our deals"));
    write("queries/review/win-rate.sql", "-- figure: win-rate\nSELECT 1");
    write("queries/review/notes.txt", "not content");
    write("forms/review/empty.toml", "");
    write("presets/latin.toml", "title = \"x\"");
    fs::write(over.path().join("presets/latin.toml"), [0x74, 0xe4]).expect("written");
    let folders = [folder("sound"), over.path().to_owned(), over.path().join("missing")];
    let loaded = Catalog::of_folders(&folders);
    assert_eq!(loaded.catalog.figures["deals"].title, "Our deals");
    assert_eq!(loaded.catalog.figures["deals"].area, "own");
    // The sound one of the same name is still there.
    assert_eq!(loaded.catalog.figures["win-rate"].title, "Win rate by month");
    let said = loaded.warnings.to_string();
    for part in ["win-rate.sql:1:1: the header has no line \"-- title: …\"", "empty.toml", "UTF-8"]
    {
        assert!(said.contains(part), "{part}\n{said}");
    }
}

/// A workspace with the sound catalog, and the folder it lies in.
fn workspace() -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("company.duckdb");
    let identity = Identity { user: "ann".into(), host: "jump".into() };
    let workspace = Workspace::create(&path, &CreateOptions::default(), &sound(), &identity);
    (folder, workspace.expect("created"))
}

#[test]
fn headers_agree_with_what_the_database_says() {
    let (_folder, mut workspace) = workspace();
    for figure in sound().figures.values() {
        let columns = workspace.describe(figure).expect("described");
        if let Err(errors) = check_described(figure, &columns) {
            panic!("{errors}");
        }
    }
}

/// Revisions of two post-mortems, some with bodies that no form would let in.
const REVISIONS: &str = r#"
    INSERT INTO ledger.revision
        (seq, record_id, kind, revision, action, state, body, author, "at", reason, prev_hash, hash)
    SELECT *, '', '' FROM (VALUES
        (1, 'PM-1', 'post-mortem', 1, 'create', 'draft',
            '{"opportunity":"Fleet","amount":"1250.00","areas":["pricing","product"],
              "drivers":[{"driver":"price","influence":"3"},{"driver":"late","influence":"high"}]}',
            'ann', TIMESTAMP '2025-01-01 10:00:00', NULL),
        (2, 'PM-1', 'post-mortem', 2, 'revise', 'draft',
            '{"opportunity":7,"amount":"12,5","areas":"pricing","drivers":{"driver":"price"}}',
            'bob', TIMESTAMP '2025-02-01 10:00:00', 'typing error'),
        (3, 'PM-2', 'post-mortem', 1, 'create', 'draft', 'no JSON {',
            'bob', TIMESTAMP '2025-02-01 11:00:00', NULL),
        (4, 'AC-1', 'action', 1, 'create', 'open', '{"amount":"1.00"}',
            'bob', TIMESTAMP '2025-02-01 12:00:00', NULL),
        (5, 'PM-1', 'post-mortem', 3, 'move', 'submitted',
            '{"amount":"7","drivers":[1,null,{"driver":"z"}]}',
            'cem', TIMESTAMP '2025-03-01 10:00:00', NULL))
"#;

#[test]
fn records_are_seen_as_of_what_was_known() {
    let (_folder, mut workspace) = workspace();
    let write = |session: &Session<'_>| session.batch(REVISIONS);
    workspace.write::<_, WorkspaceError>("writing", write).expect("written");
    let seen = |session: &Session<'_>, known_at: &str, sql: &str| {
        session.batch(&format!("SET VARIABLE known_at = {known_at}"))?;
        let table = session.query(sql, &[])?;
        let rows = table.rows.iter().map(|row| {
            let cells = row.iter().map(Value::plain).collect::<Vec<_>>();
            cells.join("|")
        });
        Ok::<_, WorkspaceError>(rows.collect::<Vec<_>>())
    };
    let records = "SELECT record_id, revision, state, created_by, updated_by, reason, opportunity, \
                   amount, areas FROM record_post_mortem ORDER BY record_id";
    let rows = "FROM record_post_mortem_drivers ORDER BY record_id, row_number";
    workspace
        .read::<_, WorkspaceError>("reading", |session| {
            for view in record_views(&sound().forms["post-mortem"]) {
                session.batch(&view)?;
            }
            let newest = "NULL::TIMESTAMP";
            assert_eq!(
                seen(session, newest, records)?,
                ["PM-1|3|submitted|ann|cem|||7.00|", "PM-2|1|draft|bob|bob||||"]
            );
            assert_eq!(seen(session, newest, rows)?, ["PM-1|1||", "PM-1|2||", "PM-1|3|z|"]);
            let january = "TIMESTAMP '2025-01-15'";
            assert_eq!(
                seen(session, january, records)?,
                ["PM-1|1|draft|ann|ann||Fleet|1250.00|pricing, product"]
            );
            assert_eq!(seen(session, january, rows)?, ["PM-1|1|price|3", "PM-1|2|late|"]);
            let february = "TIMESTAMP '2025-02-01 10:00:00'";
            assert_eq!(
                seen(session, february, records)?,
                ["PM-1|2|draft|ann|bob|typing error|7||"]
            );
            assert!(seen(session, february, rows)?.is_empty());
            Ok(())
        })
        .expect("read");
}

#[test]
fn what_a_figure_needs_is_among_what_it_reads() {
    let catalog = Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let uses = FactUses::of(&catalog);
    let reads = |name: &str| -> Vec<&str> {
        uses.by(&catalog.figures[name]).iter().map(|table| table.name).collect()
    };
    for figure in catalog.figures.values() {
        for need in &figure.needs {
            let table = need.split('.').next().unwrap_or(need);
            assert!(reads(&figure.name).contains(&table), "{} needs {need}", figure.name);
        }
    }
    // Through the model as well: amounts at plan rates, sellers by their managers.
    let attainment = reads("attainment");
    for table in ["opportunities", "targets", "exchange-rates", "people", "assumptions"] {
        assert!(attainment.contains(&table), "{table}: {attainment:?}");
    }
    assert!(!attainment.contains(&"leads"), "{attainment:?}");
}

/// A figure that somebody adds tomorrow must not put a name on the wall.
#[test]
fn columns_that_name_a_person_are_private() {
    let catalog = Catalog::embedded().expect("the embedded content is sound");
    let names = ["owner", "manager", "seller", "author", "approver", "approvers", "imported_by"];
    let mut marked = 0;
    for figure in catalog.figures.values() {
        for column in &figure.columns {
            marked += usize::from(column.private);
            let text = matches!(column.unit, Unit::Text | Unit::List);
            let named = names.contains(&column.name.as_str()) && text;
            assert!(!named || column.private, "{}: {}", figure.name, column.name);
        }
    }
    assert!(marked > 20, "{marked}");
}
