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
const TABLES: [(&str, &str); 21] = [
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
    ("person_role", "facts.person_role"),
    ("line_item", "facts.line_item"),
    ("quote", "facts.quote"),
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
        workspace.let_read(&[], &self.folder);
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
        workspace.let_read_nothing();
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

fn refresh_rollups(workspace: &mut Workspace) {
    workspace
        .write::<_, WorkspaceError>("adding up", |session| session.refresh_rollups(&[]))
        .expect("the rollups are made");
}

// ---- the answers --------------------------------------------------------------------------------

#[test]
fn every_figure_gives_its_answers() {
    let catalog = catalog();
    let mut wrong = String::new();
    for case in cases() {
        let name = case.folder.strip_prefix(answers()).expect("below").display().to_string();
        let (mut workspace, _folder) = case.workspace(&catalog);
        // From the rows themselves, then from the sums that an import leaves.
        let asked = catalog.figures.values().map(|figure| (figure, false));
        let again = catalog.figures.values().map(|figure| (figure, true));
        let mut refreshed = false;
        for (figure, summed) in asked.chain(again) {
            if summed && !refreshed {
                refresh_rollups(&mut workspace);
                refreshed = true;
            }
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
                        "{name}/{} (sums: {summed}), row {place}:\n  found  {:?}\n  wanted {:?}",
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

// ---- sums and the rows they come from -----------------------------------------------------------

/// A deal as one export shows it: state, amount, currency, close date, owner, region, segment,
/// account and product, each by its place in a short list.
type Shown = Option<(usize, i64, usize, usize, usize, usize, usize, usize)>;

/// Histories with everything that a closing can be: lost at nothing after an amount, in another
/// currency, taken up again, without a region of its own, outside the calendar.
fn closing_facts(histories: &[[Shown; 3]]) -> String {
    const STATES: [&str; 4] = ["open", "won", "lost", "cancelled"];
    const CLOSES: [&str; 6] =
        ["'2025-09-30'", "'2025-10-01'", "'2025-12-31'", "'2026-01-01'", "'1960-01-01'", "NULL"];
    const CURRENCIES: [&str; 2] = ["USD", "EUR"];
    const WORDS: [&str; 3] = ["NULL", "'One'", "'Two'"];
    let text = |prefix: &str, place: usize| match place {
        0 => "NULL".to_owned(),
        place => format!("'{prefix}{place}'"),
    };
    let mut rows = Vec::new();
    for (place, history) in histories.iter().enumerate() {
        for (day, shown) in history.iter().enumerate() {
            let Some((state, amount, currency, close, owner, region, segment, account)) = shown
            else {
                continue;
            };
            let until = DAYS.get(day + 1).map_or("NULL".into(), |day| format!("'{day}'"));
            let amount = match amount % 7 {
                0 => "NULL".into(),
                1 => "0".into(),
                _ => format!("{}.{:02}", amount / 100, (amount % 100).abs()),
            };
            rows.push(format!(
                "('O{place}', '{}', {until}, '{}', {amount}, '{}', {}, {}, {}, {}, {}, {}, 1)",
                DAYS[day],
                STATES[*state],
                CURRENCIES[*currency],
                CLOSES[*close],
                text("E", *owner),
                WORDS[*region],
                WORDS[*segment],
                text("A", *account),
                text("P", owner + account),
            ));
        }
    }
    let insert = if rows.is_empty() {
        String::new()
    } else {
        format!(
            "INSERT INTO facts.opportunity (opportunity_id, valid_from, valid_to, state, amount, \
             currency, close_date, owner_id, region, segment, account_id, product_id, import_id) \
             VALUES {};",
            rows.join(", ")
        )
    };
    format!("DELETE FROM meta.rollup; DELETE FROM facts.opportunity; {insert}")
}

/// The months of the win rate, straight from the deals.
const FROM_ROWS: &str = "
    SELECT fiscal.month_start AS month, closing.slice,
        count(*) FILTER (closing.won) AS won, count(*) AS closed,
        CAST(sum(closing.amount) FILTER (closing.won) AS DECIMAL(18, 2)) AS won_amount,
        CAST(sum(closing.amount) AS DECIMAL(18, 2)) AS closed_amount,
        count(*) FILTER (closing.amount IS NULL) AS unvalued
    FROM closings_at(as_of(), DATE '-infinity', period_end(), true) AS closing
    INNER JOIN fiscal_days() AS fiscal ON fiscal.day = closing.close_date
    WHERE closing.close_date >= trend_start()
    GROUP BY ALL";

#[test]
fn sums_that_no_longer_hold_are_not_read_or_found() {
    let catalog = catalog();
    let case = Case::read(answers().join("typical"));
    let (mut workspace, _folder) = case.workspace(&catalog);
    let asked = case.parameters("win-rate");
    let figure = &catalog.figures["win-rate"];
    let closed = |workspace: &mut Workspace| -> i64 {
        let table = workspace.run(figure, &asked).expect("the win rate").table;
        (0..table.len()).filter_map(|row| table.get(row, "closed").as_int()).sum()
    };
    refresh_rollups(&mut workspace);
    assert!(workspace.verify_file().expect("verified").problems.is_empty());
    let before = closed(&mut workspace);

    // More rows than were added up: the deals themselves are read.
    let one_more = "INSERT INTO facts.opportunity BY NAME SELECT 'one more' AS opportunity_id,
        * EXCLUDE (opportunity_id) FROM facts.opportunity
        WHERE state = 'won' AND close_date BETWEEN '2025-10-01' AND '2025-12-31'
            AND valid_from <= '2025-12-31' AND valid_to IS NULL LIMIT 1";
    workspace.write("one more", |session| session.batch(one_more)).expect("written");
    assert_eq!(closed(&mut workspace), before + 1);

    // As many rows and other ones: only adding up again can tell.
    refresh_rollups(&mut workspace);
    assert!(workspace.verify_file().expect("verified").problems.is_empty());
    let other = "UPDATE facts.opportunity SET state = 'lost' WHERE opportunity_id = 'one more'";
    workspace.write("another state", |session| session.batch(other)).expect("written");
    let problems = workspace.verify_file().expect("verified").problems;
    assert!(problems.iter().any(|problem| problem.contains("closing_month")), "{problems:?}");
}

#[test]
fn sums_by_month_are_the_sums_of_the_deals() {
    let catalog = catalog();
    let case = Case::read(answers().join("empty"));
    let (mut workspace, _folder) = case.workspace(&catalog);
    let scene = "INSERT INTO facts.exchange_rate VALUES
             ('EUR', 'USD', '2025-01-01', 1.1, 'plan', 1), ('EUR', 'USD', '2025-11-01', 0.004, 'plan', 1);
         INSERT INTO facts.person (person_id, name, manager_id, region, import_id) VALUES
             ('E1', 'Ana', 'E2', 'One', 1), ('E2', 'Ben', NULL, NULL, 1);
         INSERT INTO facts.account (account_id, name, region, segment, import_id) VALUES
             ('A1', 'Acme', 'Two', 'One', 1), ('A2', 'Bolt', NULL, 'Two', 1);
         INSERT INTO facts.product (product_id, name, import_id) VALUES ('P1', 'Core', 1);";
    workspace.write("setting the scene", |session| session.batch(scene)).expect("written");
    let workspace = RefCell::new(workspace);

    let deal = (
        0..4usize,
        -300..90_000i64,
        0..2usize,
        0..6usize,
        0..3usize,
        0..3usize,
        0..3usize,
        0..3usize,
    );
    let shown = prop::option::weighted(0.9, deal);
    let histories = prop::collection::vec([shown.clone(), shown.clone(), shown], 0..30);
    let by = prop::sample::select(&["region", "segment", "product", "owner", "manager", "all"]);
    let day = prop::sample::select(&["2025-09-28", "2025-10-15", "2025-12-31", "2026-02-01"]);
    let configuration =
        ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() };
    TestRunner::new(configuration)
        .run(&(histories, by, day, any::<bool>()), |(histories, by, day, filtered)| {
            let mut workspace = workspace.borrow_mut();
            let facts = closing_facts(&histories);
            workspace.write("facts", |session| session.batch(&facts)).expect("written");
            let mut asked = case
                .parameters("win-rate")
                .with("by", by.into())
                .and_then(|asked| asked.with("as_of", day.into()))
                .expect("parameters");
            if filtered {
                asked = asked.with("region", "One".into()).expect("a filter");
            }
            let figure = &catalog.figures["win-rate"];
            let from_view = workspace.run(figure, &asked).expect("from the view").table;
            refresh_rollups(&mut workspace);
            let kept = workspace.run(figure, &asked).expect("from the table").table;
            prop_assert_eq!(as_csv(&from_view), as_csv(&kept));
            let rows = workspace
                .read::<_, WorkspaceError>("from the deals", |session| {
                    session.set(&asked)?;
                    session.query(FROM_ROWS, &[])
                })
                .expect("from the deals");
            let columns =
                ["month", "slice", "won", "closed", "won_amount", "closed_amount", "unvalued"];
            let shown =
                |table: &Table, row: usize| columns.map(|name| table.get(row, name).plain());
            let mut summed: Vec<_> = (0..kept.len())
                .filter(|row| kept.get(*row, "closed").as_int() != Some(0))
                .map(|row| shown(&kept, row))
                .collect();
            let mut counted: Vec<_> = (0..rows.len()).map(|row| shown(&rows, row)).collect();
            summed.sort();
            counted.sort();
            prop_assert_eq!(summed, counted);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}
