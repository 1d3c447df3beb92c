//! Golden answers: every figure, on every fact set, against what `tests/answers/work_out.py` worked
//! out from the same rows in another language. `tests/answers/README.md` says what the sets are for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use qbr::catalog::{Catalog, check_described};
use qbr::domain::{Table, Value};
use qbr::workspace::{CreateOptions, Identity, Parameters, Workspace, WorkspaceError};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use tempfile::TempDir;

/// Sets in which every figure must have an answer.
const SETS: [&str; 4] = ["typical", "empty", "null_heavy", "hostile"];

/// A file of `facts/` and the table that it fills.
const TABLES: [(&str, &str); 18] = [
    ("import", "meta.import"),
    ("snapshot", "facts.snapshot"),
    ("opportunity", "facts.opportunity"),
    ("account", "facts.account"),
    ("product", "facts.product"),
    ("person", "facts.person"),
    ("target", "facts.target"),
    ("forecast", "facts.forecast"),
    ("competitor", "facts.competitor"),
    ("competitor_event", "facts.competitor_event"),
    ("deal_competitor", "facts.deal_competitor"),
    ("exchange_rate", "facts.exchange_rate"),
    ("assumption", "settings.assumption"),
    ("booking", "facts.booking"),
    ("cancellation", "facts.cancellation"),
    ("cost", "facts.cost"),
    ("market", "facts.market"),
    ("requisition", "facts.requisition"),
];

fn answers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers")
}

fn catalog() -> Catalog {
    Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}"))
}

// ---- a set and its workspace --------------------------------------------------------------------

/// A folder with a `case.json`.
struct Case {
    folder: PathBuf,
    question: Json,
}

impl Case {
    fn read(folder: PathBuf) -> Self {
        let text = fs::read_to_string(folder.join("case.json")).expect("case.json");
        Case { folder, question: serde_json::from_str(&text).expect("case.json is JSON") }
    }

    fn text(&self, key: &str) -> &str {
        self.question[key].as_str().unwrap_or_else(|| panic!("case.json has no {key}"))
    }

    /// A workspace that holds the facts of the set and nothing else.
    fn workspace(&self, catalog: &Catalog) -> (Workspace, TempDir) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = CreateOptions {
            currency: self.text("currency").to_owned(),
            fiscal_year_start: self.question["fiscal_year_start"].as_u64().expect("a month") as u32,
            as_of: Some(self.text("as_of").parse().expect("a day")),
        };
        let path = folder.path().join("set.duckdb");
        let mut workspace = Workspace::create(&path, &options, catalog, &Identity::current())
            .expect("the workspace is made");
        workspace
            .write("loading facts", |session| {
                // When the defaults were written is the only thing that changes from run to run.
                session.batch(r#"UPDATE settings.assumption SET "at" = TIMESTAMP '2020-01-01'"#)?;
                for (file, table) in TABLES {
                    let path = self.folder.join("facts").join(file).with_extension("csv");
                    if let Ok(text) = fs::read_to_string(&path) {
                        session.execute(&copy(table, &path, &text), &[])?;
                    }
                }
                let steps = fs::read_to_string(self.folder.join("facts/records.jsonl"));
                for (seq, step) in steps.unwrap_or_default().lines().enumerate() {
                    let step: Json = serde_json::from_str(step).expect("a step is JSON");
                    let body = step.get("body").map(Json::to_string);
                    let mut values: Vec<Value> = vec![(seq as i64 + 1).into(), body.into()];
                    for key in ["record", "kind", "action", "state", "author", "at"] {
                        values
                            .push(step[key].as_str().expect("a text").trim_end_matches('Z').into());
                    }
                    session.execute(STEP, &values)?;
                }
                Ok::<_, WorkspaceError>(())
            })
            .expect("the facts are loaded");
        (workspace, folder)
    }

    fn parameters(&self, figure: &str) -> Parameters {
        let own = &self.question["figures"][figure];
        let by = own["by"].as_str().unwrap_or_else(|| self.text("by"));
        let period = self.text("quarter").parse().expect("a period");
        Parameters::new(period, self.text("as_of").parse().expect("a day"))
            .with("by", by.into())
            .expect("a dimension")
    }
}

/// A revision of the ledger without its place in the hash chain, which no figure looks at. A step
/// without a body keeps the one before.
const STEP: &str = r#"
    INSERT INTO ledger.revision BY NAME
    SELECT $1::BIGINT AS seq, $3 AS record_id, $4 AS kind,
        1 + (SELECT count(*) FROM ledger.revision WHERE record_id = $3)::INTEGER AS revision,
        $5 AS action, $6 AS state,
        coalesce($2, (SELECT max_by(body, seq) FROM ledger.revision WHERE record_id = $3)) AS body,
        $7 AS author, $8::TIMESTAMP AS "at", '' AS prev_hash, '' AS hash"#;

fn copy(table: &str, path: &Path, text: &str) -> String {
    let header = text.lines().next().unwrap_or_default();
    let imported = table.starts_with("facts.") && !header.contains("import_id");
    format!(
        "INSERT INTO {table} BY NAME SELECT *{} FROM read_csv('{}', header = true, \
         all_varchar = true, nullstr = '', delim = ',', quote = '\"', escape = '\"')",
        if imported { ", 1 AS import_id" } else { "" },
        path.display().to_string().replace('\'', "''"),
    )
}

fn cases() -> Vec<Case> {
    fn look(folder: &Path, found: &mut Vec<Case>) {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_dir())
            .collect();
        entries.sort();
        for path in entries {
            if path.join("case.json").exists() {
                found.push(Case::read(path));
            } else {
                look(&path, found);
            }
        }
    }
    let mut found = Vec::new();
    look(&answers(), &mut found);
    found
}

/// The table as the answers are written: floats with six decimals, which is more than anybody
/// reads and less than two languages differ by.
fn as_csv(table: &Table) -> Vec<Vec<String>> {
    let header = table.columns.iter().map(|column| column.name.clone()).collect();
    let rows = table.rows.iter().map(|row| {
        row.iter()
            .map(|value| match value {
                Value::Float(number) => format!("{number:.6}"),
                other => other.plain(),
            })
            .collect()
    });
    std::iter::once(header).chain(rows).collect()
}

fn expected(path: &Path) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .expect("an answer")
        .records()
        .map(|record| record.expect("a row").iter().map(str::to_owned).collect())
        .collect()
}

// ---- the answers --------------------------------------------------------------------------------

#[test]
fn every_figure_gives_its_answers() {
    let catalog = catalog();
    let mut wrong = String::new();
    for case in cases() {
        let name = case.folder.strip_prefix(answers()).expect("below").display().to_string();
        let (mut workspace, _folder) = case.workspace(&catalog);
        for figure in catalog.figures.values() {
            let answer = case.folder.join(format!("{}.csv", figure.name));
            if !answer.exists() {
                continue;
            }
            match workspace.run(figure, &case.parameters(&figure.name)) {
                Err(error) => writeln!(wrong, "{name}/{}: {error}", figure.name),
                Ok(found) => {
                    let (found, wanted) = (as_csv(&found.table), expected(&answer));
                    if found == wanted {
                        continue;
                    }
                    let place = found.iter().zip(&wanted).position(|(a, b)| a != b);
                    let place = place.unwrap_or(found.len().min(wanted.len()));
                    writeln!(
                        wrong,
                        "{name}/{}, row {place}:\n  found  {:?}\n  wanted {:?}",
                        figure.name,
                        found.get(place),
                        wanted.get(place),
                    )
                }
            }
            .expect("a text can be written to");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_figure_has_an_answer_in_every_set() {
    let figures: BTreeSet<String> = catalog().figures.into_keys().collect();
    for set in SETS {
        let answered: BTreeSet<String> = fs::read_dir(answers().join(set))
            .expect("a set")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "csv"))
            .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
            .collect();
        assert_eq!(answered, figures, "answers of {set}");
    }
}

#[test]
fn headers_and_sql_agree() {
    let catalog = catalog();
    let case = Case::read(answers().join("empty"));
    let (mut workspace, _folder) = case.workspace(&catalog);
    workspace.check_model().expect("the model is sound");
    for figure in catalog.figures.values() {
        let described = workspace.describe(figure).unwrap_or_else(|error| panic!("{error}"));
        check_described(figure, &described).unwrap_or_else(|errors| panic!("{errors}"));
        assert!(!figure.curriculum.is_empty(), "{} answers no line of the curriculum", figure.name);
    }
}

#[test]
fn an_amount_without_a_plan_rate_stops_the_figure() {
    let catalog = catalog();
    let case = Case::read(answers().join("typical"));
    let (mut workspace, _folder) = case.workspace(&catalog);
    workspace
        .write("taking the rates away", |session| session.batch("DELETE FROM facts.exchange_rate"))
        .expect("written");
    let figure = &catalog.figures["attainment"];
    let error = workspace.run(figure, &case.parameters("attainment")).expect_err("no rate");
    let message = error.to_string();
    assert!(message.contains("No plan rate from EUR to USD holds on 2025-12-31"), "{message}");
}

/// A filter is another scope: what leaves it is removed, what comes into it enters (domain M8.1).
#[test]
fn a_deal_that_changes_hands_leaves_one_scope_and_enters_the_other() {
    let catalog = catalog();
    let case = Case::read(answers().join("typical"));
    let (mut workspace, _folder) = case.workspace(&catalog);
    let mut line = |owner: &str| {
        let asked =
            case.parameters("pipeline-moves").with("owner", owner.into()).expect("a filter");
        let moves = workspace.run(&catalog.figures["pipeline-moves"], &asked).expect("moves").table;
        let row = (0..moves.len())
            .find(|row| moves.get(*row, "opportunity_id").as_text() == Some("T22"))
            .expect("T22 is there");
        (moves.get(row, "line").plain(), moves.get(row, "note").plain())
    };
    assert_eq!(line("Ana"), ("Removed".into(), "went to Cy".into()));
    assert_eq!(line("Cy"), ("Entered scope".into(), "came from Ana".into()));
}

// ---- bridges over made-up histories -------------------------------------------------------------

const DAYS: [&str; 3] = ["2025-09-29", "2025-11-03", "2025-12-29"];

/// What an opportunity looks like in one export; `None`: it is not in it.
type Seen = Option<(usize, usize, i64, usize, usize, bool)>;

/// One version per run of exports in which nothing changed.
fn versions(histories: &[[Seen; 3]]) -> String {
    const STATES: [&str; 5] = ["open", "open", "won", "lost", "cancelled"];
    const CATEGORIES: [&str; 4] = ["'commit'", "'best case'", "'omitted'", "NULL"];
    const CLOSES: [&str; 5] =
        ["'2025-09-30'", "'2025-10-01'", "'2025-12-31'", "'2026-01-01'", "NULL"];
    let mut rows = Vec::new();
    for (place, history) in histories.iter().enumerate() {
        let mut from = 0;
        while from < DAYS.len() {
            let mut to = from + 1;
            while to < DAYS.len() && history[to] == history[from] {
                to += 1;
            }
            if let Some((state, category, amount, close, owner, euro)) = history[from] {
                let until = DAYS.get(to).map_or("NULL".into(), |day| format!("'{day}'"));
                let created = ["NULL", "'2025-08-01'", "'2025-10-10'"][place % 3];
                rows.push(format!(
                    "('O{place}', '{}', {until}, '{}', {}, {}, '{}', {created}, {}, 'E{owner}', 1)",
                    DAYS[from],
                    STATES[state],
                    CATEGORIES[category],
                    // Now and then nobody entered an amount.
                    if amount % 7 == 0 {
                        "NULL".into()
                    } else {
                        format!("{}.{:02}", amount, amount % 100)
                    },
                    if euro { "EUR" } else { "USD" },
                    CLOSES[close],
                ));
            }
            from = to;
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "INSERT INTO facts.opportunity (opportunity_id, valid_from, valid_to, state, \
         forecast_category, amount, currency, created_on, close_date, owner_id, import_id) VALUES {};",
        rows.join(", ")
    )
}

/// Sum of a money column over the rows with this role; the residual is left out.
fn sum(table: &Table, column: &str, role: &str) -> Decimal {
    (0..table.len())
        .filter(|row| table.get(*row, "role").as_text() == Some(role))
        .filter(|row| table.get(*row, "line").as_text() != Some("Residual"))
        .filter_map(|row| table.get(row, column).as_decimal())
        .sum()
}

#[test]
fn bridges_leave_nothing_over() {
    let catalog = catalog();
    let case = Case::read(answers().join("empty"));
    let (mut workspace, _folder) = case.workspace(&catalog);
    let setting =
        DAYS.map(|day| format!("INSERT INTO facts.snapshot VALUES ('{day}', 1, 'export', 0);"));
    let rates = "INSERT INTO facts.exchange_rate VALUES ('EUR', 'USD', '2025-01-01', 1.1, 'plan', 1),
         ('EUR', 'USD', '2025-11-01', 1.2345, 'plan', 1);
         INSERT INTO facts.forecast VALUES
         ('2025-10-06', '2025-10-01', '2025-12-31', 'E0', 'commit', 1000, 'USD', 'single', NULL, 1);";
    workspace
        .write("setting the scene", |session| session.batch(&(setting.concat() + rates)))
        .expect("written");
    // A property may be tried again and again, so it is given no right to change anything by itself.
    let workspace = RefCell::new(workspace);

    let seen = prop::option::weighted(
        0.85,
        (0..5usize, 0..4usize, -50..5000i64, 0..5usize, 0..2usize, any::<bool>()),
    );
    let histories = prop::collection::vec([seen.clone(), seen.clone(), seen], 0..40);
    let configuration =
        ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() };
    TestRunner::new(configuration)
        .run(&(histories, any::<bool>()), |(histories, filtered)| {
            let facts = format!("DELETE FROM facts.opportunity; {}", versions(&histories));
            let mut workspace = workspace.borrow_mut();
            workspace.write("facts", |session| session.batch(&facts)).expect("written");
            let mut asked = case.parameters("pipeline-bridge");
            if filtered {
                asked = asked.with("owner", "E1".into()).expect("a filter");
            }
            let mut bridge =
                |name: &str| workspace.run(&catalog.figures[name], &asked).expect("a bridge").table;
            let pipeline = bridge("pipeline-bridge");
            for column in ["amount", "booked"] {
                let ends = sum(&pipeline, column, "end") - sum(&pipeline, column, "start");
                let steps = sum(&pipeline, column, "step") + sum(&pipeline, column, "memo");
                prop_assert_eq!(ends, steps, "{} of the pipeline", column);
            }
            let forecast = bridge("forecast-bridge");
            let ends = sum(&forecast, "amount", "end") - sum(&forecast, "amount", "start");
            prop_assert_eq!(ends, sum(&forecast, "amount", "step"), "the forecast");
            // Both tell the same bookings, the one at the rates of the last export, the other at
            // those of the as-of day, which are the same here.
            prop_assert_eq!(sum(&forecast, "amount", "end"), sum(&pipeline, "booked", "end"));
            // One row per opportunity: every pair of states is on exactly one line.
            let moves = bridge("pipeline-moves");
            let ids: BTreeSet<String> =
                (0..moves.len()).map(|row| moves.get(row, "opportunity_id").plain()).collect();
            prop_assert_eq!(ids.len(), moves.len());
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}
