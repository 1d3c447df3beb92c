//! Asking figures.

use std::collections::BTreeSet;

use qbr::catalog::Catalog;
use qbr::catalog::figure::ParameterKind::{Count, Text};
use qbr::domain::{Dimension, Value};
use qbr::workspace::{Access, Parameters, Workspace, WorkspaceError};

use crate::content::{Place, figure, model, open, place};

const DEALS: &str = "INSERT INTO facts.opportunity
  (opportunity_id, valid_from, valid_to, state, amount, currency, close_date, created_on, region, import_id)
VALUES
  ('A', DATE '2025-01-01', NULL, 'won',  100.50, 'USD', DATE '2025-08-15', DATE '2024-11-03', 'East', 1),
  ('B', DATE '2025-01-01', NULL, 'lost',  50.00, 'USD', DATE '2025-05-15', DATE '2025-01-03', 'West', 1),
  ('C', DATE '2025-01-01', NULL, 'open',  70.00, 'USD', DATE '2025-11-15', DATE '2025-01-03', 'West', 1),
  ('D', DATE '2026-02-01', NULL, 'won',   70.00, 'USD', DATE '2026-02-01', DATE '2025-01-03', 'West', 1)";

const MODEL: &[(&str, &str)] = &[
    ("10-base", "-- shares\nCREATE OR REPLACE TEMP MACRO rate_of(won, n) AS won / nullif(n, 0);"),
    (
        "20-deals",
        "CREATE OR REPLACE TEMP VIEW scoped AS\nSELECT * FROM facts.opportunity\nWHERE getvariable('region') IS NULL OR region = getvariable('region');\n\
         CREATE OR REPLACE TEMP MACRO deals_at(day) AS TABLE\nSELECT * FROM scoped WHERE valid_from <= day AND (valid_to IS NULL OR valid_to > day);",
    ),
    (
        "90-broken",
        "-- a view that is wrong\n\nCREATE OR REPLACE TEMP VIEW broken AS\nSELECT colour\nFROM facts.opportunity;",
    ),
];

fn with_deals(catalog: &Catalog) -> (Place, Workspace) {
    let place = place();
    let mut workspace = Workspace::open(&place.path, Access::ReadWrite, catalog).expect("opened");
    workspace
        .write::<_, WorkspaceError>("importing", |session| session.batch(DEALS))
        .expect("imported");
    (place, workspace)
}

fn asked(workspace: &mut Workspace) -> Parameters {
    let mut parameters = workspace.defaults().expect("defaults");
    parameters.as_of = "2025-12-31".parse().expect("a date");
    parameters
}

#[test]
fn a_figure_is_asked_with_typed_parameters() {
    let (_place, mut workspace) = with_deals(&model(MODEL));
    let figure = figure(
        "deals",
        &[("top", Count, true), ("slice", Text, true)],
        "SELECT opportunity_id, amount, getvariable('quarter') AS quarter, typeof(getvariable('known_at')) AS t, getvariable('top') AS top\n\
         FROM deals_at(getvariable('as_of')) ORDER BY 1 LIMIT coalesce(getvariable('top'), 99)",
    );
    let parameters = asked(&mut workspace);
    let answer = workspace.run(&figure, &parameters).expect("an answer");
    let ids = |table: &qbr::domain::Table| {
        (0..table.len()).map(|row| table.get(row, "opportunity_id").plain()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&answer.table), ["A", "B", "C"]);
    assert_eq!(*answer.table.get(0, "amount"), Value::Decimal("100.50".parse().expect("a number")));
    assert_eq!(answer.table.get(0, "t").plain(), "TIMESTAMP");
    assert_eq!(answer.as_of, parameters.as_of);
    assert_eq!(answer.notes, Vec::<String>::new());

    let one = parameters.clone().with("top", "1".into()).expect("a count");
    assert_eq!(ids(&workspace.run(&figure, &one).expect("an answer").table), ["A"]);
    let west = parameters.clone().with("region", "West".into()).expect("a filter");
    let answer = workspace.run(&figure, &west).expect("an answer");
    assert_eq!(ids(&answer.table), ["B", "C"], "the filter holds, and top is forgotten");
    let given: Vec<&str> = answer.parameters.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        given,
        [
            "quarter",
            "period_start",
            "period_end",
            "as_of",
            "by",
            "region",
            "currency",
            "top",
            "slice"
        ]
    );
}

#[test]
fn own_parameters_of_another_figure_are_not_seen() {
    let (_place, mut workspace) = with_deals(&Catalog::default());
    let parameters = asked(&mut workspace);
    let first = figure("first", &[("slice", Text, false)], "SELECT getvariable('slice') AS s");
    let second = figure("second", &[], "SELECT getvariable('slice') AS s");
    let told = parameters.clone().with("slice", "East".into()).expect("a text");
    assert_eq!(workspace.run(&first, &told).expect("an answer").table.get(0, "s").plain(), "East");
    assert!(workspace.run(&second, &parameters).expect("an answer").table.get(0, "s").is_null());
    let missing = workspace.run(&first, &parameters).expect_err("missing");
    assert!(matches!(missing, WorkspaceError::BadParameter { .. }));
}

#[test]
fn a_wrong_figure_is_told_with_file_and_line() {
    let (_place, mut workspace) = with_deals(&model(MODEL));
    let parameters = asked(&mut workspace);
    let wrong = figure("wrong", &[], "SELECT amount,\n       colour\nFROM facts.opportunity");
    for error in [
        workspace.run(&wrong, &parameters).expect_err("wrong"),
        workspace.describe(&wrong).expect_err("wrong"),
    ] {
        let told = error.to_string();
        assert!(told.starts_with("queries/review/wrong.sql:22: wrong: Binder Error"), "{told}");
    }
    let through = figure("through", &[], "SELECT * FROM broken");
    let told = workspace.run(&through, &parameters).expect_err("wrong").to_string();
    assert!(told.starts_with("queries/model/90-broken.sql:4: 90-broken: "), "{told}");
    let told = workspace.check_model().expect_err("wrong").to_string();
    assert!(told.starts_with("queries/model/90-broken.sql:4"), "{told}");

    let silent =
        figure("silent", &[], "SELECT error('no rate from EUR to USD; import exchange-rates')");
    let error = workspace.run(&silent, &parameters).expect_err("no answer");
    assert_eq!(
        error.to_string(),
        "silent has no answer: no rate from EUR to USD; import exchange-rates"
    );
    // And after all of them:
    let right = figure("right", &[], "SELECT count(*) AS n FROM scoped");
    assert_eq!(
        workspace.run(&right, &parameters).expect("usable").table.get(0, "n").as_int(),
        Some(4)
    );
}

#[test]
fn columns_are_described_without_values() {
    let (_place, mut workspace) = with_deals(&model(MODEL));
    let figure = figure(
        "described",
        &[("top", Count, false)],
        "-- how many\nWITH d AS (FROM deals_at(getvariable('as_of')))\nSELECT region AS slice, sum(amount)::DECIMAL(18,2) AS amount, count(*) AS n, list(opportunity_id) AS ids\nFROM d GROUP BY ALL ORDER BY ALL",
    );
    let columns = workspace.describe(&figure).expect("described");
    let shown: Vec<String> =
        columns.iter().map(|column| format!("{} {}", column.name, column.type_name)).collect();
    assert_eq!(shown, ["slice VARCHAR", "amount DECIMAL(18,2)", "n BIGINT", "ids VARCHAR[]"]);
    // What was described is what comes out.
    let parameters = asked(&mut workspace).with("top", Value::Int(1)).expect("a count");
    assert_eq!(workspace.run(&figure, &parameters).expect("an answer").table.columns, columns);
}

#[test]
fn facts_that_are_missing_are_noted() {
    let place = place();
    let mut workspace = open(&place.path);
    let mut figure = figure("empty", &[], "SELECT 1 AS one");
    figure.needs.push("targets".into());
    let parameters = workspace.defaults().expect("defaults");
    let answer = workspace.run(&figure, &parameters).expect("an answer");
    assert_eq!(
        answer.notes,
        ["no opportunities have been imported", "no targets have been imported"]
    );
}

#[test]
fn a_script_runs_in_any_duckdb() {
    let (place, mut workspace) = with_deals(&model(MODEL));
    let figure = figure(
        "deals",
        &[("slice", Text, true)],
        "SELECT opportunity_id, rate_of(1, 2) AS r FROM deals_at(getvariable('as_of')) ORDER BY 1",
    );
    let parameters = asked(&mut workspace)
        .with("region", "West".into())
        .and_then(|p| p.with("slice", "O'Brien".into()))
        .expect("parameters");
    let script = workspace.script(&figure, &parameters).expect("a script");
    assert!(script.contains("SET VARIABLE \"region\" = 'West';"), "{script}");
    assert!(script.contains("SET VARIABLE \"slice\" = 'O''Brien';"), "{script}");
    assert!(!script.contains("broken"), "only what is needed: {script}");
    workspace.close();

    let connection = duckdb::Connection::open(&place.path).expect("opened");
    let mut statement = connection.prepare(&script).expect("a script");
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    let ids: Vec<String> = rows.collect::<Result<_, _>>().expect("rows");
    assert_eq!(ids, ["B", "C"]);
}

#[test]
fn a_review_begins_with_the_newest_closed_quarter() {
    let (_place, mut workspace) = with_deals(&Catalog::default());
    let parameters = workspace.defaults().expect("defaults");
    assert_eq!(parameters.by, Dimension::Region);
    assert!(parameters.as_of >= "2026-02-01".parse().expect("a date"), "today");
    assert_eq!(parameters.period.to_string(), "2026-Q1");

    let frozen = workspace.write::<_, WorkspaceError>("freezing", |session| {
        session.execute("INSERT INTO settings.setting VALUES ('as_of', '2025-12-31')", &[])
    });
    frozen.expect("frozen");
    let parameters = workspace.defaults().expect("defaults");
    assert_eq!(parameters.as_of.to_string(), "2025-12-31");
    assert_eq!(parameters.period.to_string(), "2025-Q3", "not after the day one looks");
}

#[test]
fn all_of_time_is_what_the_deals_cover() {
    let (_place, mut workspace) = with_deals(&Catalog::default());
    let bounds = figure(
        "bounds",
        &[],
        "SELECT getvariable('period_start') AS a, getvariable('period_end') AS b",
    );
    let mut shown = |quarter: &str| {
        let parameters = asked(&mut workspace).with("quarter", quarter.into()).expect("a period");
        let table = workspace.run(&bounds, &parameters).expect("an answer").table;
        format!("{} {}", table.get(0, "a").plain(), table.get(0, "b").plain())
    };
    assert_eq!(shown("2025-Q4"), "2025-10-01 2025-12-31");
    assert_eq!(shown("2025"), "2025-01-01 2025-12-31");
    assert_eq!(shown("all"), "2024-01-01 2026-12-31");
}

#[test]
fn staged_rows_outlast_the_turn_and_go_into_the_file() {
    let place = place();
    let mut workspace = open(&place.path);
    let staging = workspace.staging().expect("an instance");
    staging
        .batch("CREATE TEMP TABLE staged AS SELECT 'c' || i AS id FROM range(3) r(i)")
        .expect("staged");
    let taken = workspace.write::<_, WorkspaceError>("importing", |session| {
        session.execute(
            "INSERT INTO facts.competitor (competitor_id, import_id) SELECT id, 1 FROM staged",
            &[],
        )
    });
    assert_eq!(taken.expect("taken"), 3);
    let staging = workspace.staging().expect("an instance");
    let left = staging.query("SELECT id FROM staged ORDER BY id", &[]).expect("still there");
    let ids: BTreeSet<String> = left.rows.iter().map(|row| row[0].plain()).collect();
    assert_eq!(ids, BTreeSet::from(["c0".into(), "c1".into(), "c2".into()]));
    assert!(
        staging.query("SELECT 1 FROM facts.competitor", &[]).is_err(),
        "the file is not attached"
    );
}

#[test]
fn views_made_in_a_transaction_that_failed_are_made_again() {
    let (_place, mut workspace) = with_deals(&model(MODEL));
    let failed = workspace.write::<(), WorkspaceError>("failing", |session| {
        session.query("SELECT count(*) FROM scoped", &[])?;
        Err(WorkspaceError::Interrupted)
    });
    assert!(failed.is_err());
    let again = workspace.read::<_, WorkspaceError>("again", |session| {
        session.query("SELECT count(*) AS n FROM scoped", &[])
    });
    assert_eq!(again.expect("made again").get(0, "n").as_int(), Some(4));
}

const TOLD: &[(&str, &str)] = &[(
    "10-told",
    "CREATE OR REPLACE TEMP TABLE told AS
       SELECT gen_random_uuid() AS made, count(*) AS deals, any_value(getvariable('region')) AS region
       FROM facts.opportunity WHERE getvariable('region') IS NULL OR region = getvariable('region');
     CREATE OR REPLACE TEMP TABLE told_twice AS SELECT 2 * deals AS deals FROM told;",
)];

#[test]
fn a_table_of_the_model_is_made_once_for_what_it_depends_on() {
    let (_place, mut workspace) = with_deals(&model(TOLD));
    let told = figure("told", &[], "SELECT made, deals, region FROM told");
    let twice = figure("twice", &[], "SELECT deals FROM told_twice");
    let parameters = asked(&mut workspace);
    let ask = |workspace: &mut Workspace, parameters: &Parameters| {
        let answer = workspace.run(&told, parameters).expect("an answer").table;
        let both = workspace.run(&twice, parameters).expect("an answer").table;
        assert_eq!(both.get(0, "deals").as_int(), answer.get(0, "deals").as_int().map(|n| 2 * n));
        (answer.get(0, "made").plain(), answer.get(0, "deals").plain())
    };
    let first = ask(&mut workspace, &parameters);
    assert_eq!(first.1, "4");
    assert_eq!(ask(&mut workspace, &parameters), first, "nothing has changed");
    let mut later = parameters.clone();
    later.as_of = "2026-01-31".parse().expect("a date");
    assert_eq!(ask(&mut workspace, &later), first, "it does not read the day");

    let west = parameters.clone().with("region", "West".into()).expect("a filter");
    assert_eq!(ask(&mut workspace, &west).1, "3");

    let more = DEALS.replace("'A'", "'E'").replace("'B'", "'F'");
    workspace.write::<_, WorkspaceError>("importing", |session| session.batch(&more)).expect("in");
    assert_eq!(ask(&mut workspace, &parameters).1, "8");
}

#[test]
fn within_a_transaction_a_table_of_the_model_follows_each_step() {
    let (_place, mut workspace) = with_deals(&model(TOLD));
    let parameters = asked(&mut workspace);
    let told = figure("told", &[], "SELECT deals FROM told");
    let deals = |answer: qbr::workspace::Answer| answer.table.get(0, "deals").plain();
    let before = deals(workspace.run(&told, &parameters).expect("an answer"));
    let undone = workspace.write("importing", |session| {
        let first = deals(session.run(&told, &parameters)?);
        session.batch("DELETE FROM facts.opportunity")?;
        let second = deals(session.run(&told, &parameters)?);
        assert_eq!((first.as_str(), second.as_str()), ("4", "0"));
        Err::<(), _>(WorkspaceError::Interrupted)
    });
    assert!(undone.is_err());
    assert_eq!(deals(workspace.run(&told, &parameters).expect("an answer")), before);
}
