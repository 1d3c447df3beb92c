//! What must hold for any history: a change is the sum of its causes, and recalibrated stages stay
//! probabilities in the order of the stages (domain M8.1, M8.2, M8.6).

use std::cell::RefCell;
use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use qbr::catalog::Catalog;
use qbr::domain::Table;
use qbr::workspace::{CreateOptions, Identity, Parameters, Workspace};
use tempfile::TempDir;

/// An empty workspace in US dollars and calendar years, looked at as of the end of 2025.
struct Company {
    catalog: Catalog,
    workspace: RefCell<Workspace>,
    _folder: TempDir,
}

impl Company {
    fn new() -> Self {
        let catalog = Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}"));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = CreateOptions::default();
        let path = folder.path().join("company.duckdb");
        let workspace = Workspace::create(&path, &options, &catalog, &Identity::current())
            .expect("the workspace is made");
        Company { catalog, workspace: RefCell::new(workspace), _folder: folder }
    }

    fn replace(&self, sql: &str) {
        let clear = "DELETE FROM facts.opportunity; DELETE FROM facts.snapshot;
                     DELETE FROM settings.assumption WHERE name = 'stage_probability';";
        let mut workspace = self.workspace.borrow_mut();
        workspace
            .write("facts", |session| session.batch(&format!("{clear} {sql}")))
            .expect("written");
    }

    fn ask(&self, figure: &str, quarter: &str, by: &str) -> Table {
        let asked = Parameters::new(
            quarter.parse().expect("a quarter"),
            "2025-12-31".parse().expect("a day"),
        )
        .with("by", by.into())
        .expect("a dimension");
        let mut workspace = self.workspace.borrow_mut();
        workspace.run(&self.catalog.figures[figure], &asked).expect("the figure runs").table
    }
}

fn numbers(table: &Table, column: &str) -> Vec<Option<f64>> {
    (0..table.len()).map(|row| table.get(row, column).as_f64()).collect()
}

fn run<S: Strategy>(strategy: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    run_cases(24, strategy, test);
}

/// Fewer of them where each asks much.
fn run_cases<S: Strategy>(
    cases: u32,
    strategy: S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let configuration = ProptestConfig { cases, failure_persistence: None, ..Default::default() };
    TestRunner::new(configuration).run(&strategy, test).unwrap_or_else(|error| panic!("{error}"));
}

/// Closed deals of four owners over two years: owner, won, day from 2024-01-01, amount, days it took.
fn closings() -> impl Strategy<Value = Vec<(usize, bool, i64, i64, i64)>> {
    let deal = (0..4usize, any::<bool>(), 0..730i64, 1..100_000i64, 0..400i64);
    prop::collection::vec(deal, 0..60)
}

fn facts(deals: &[(usize, bool, i64, i64, i64)], open: usize) -> String {
    let mut sql = String::from("INSERT INTO facts.snapshot VALUES ('2025-12-31', 1, 'export', 0);");
    for (place, (owner, won, day, amount, took)) in deals.iter().enumerate() {
        let state = if *won { "won" } else { "lost" };
        let _ = write!(
            sql,
            "INSERT INTO facts.opportunity (opportunity_id, valid_from, state, owner_id, amount, \
             currency, created_on, close_date, import_id) VALUES ('D{place}', '2024-01-01', \
             '{state}', 'E{owner}', {amount}, 'USD', DATE '2024-01-01' + {day} - {took}, \
             DATE '2024-01-01' + {day}, 1);"
        );
    }
    for place in 0..open {
        let _ = write!(
            sql,
            "INSERT INTO facts.opportunity (opportunity_id, valid_from, state, owner_id, amount, \
             currency, created_on, close_date, import_id) VALUES ('P{place}', '2024-01-01', 'open', \
             'E{}', 100, 'USD', '2024-01-01', '2026-02-01', 1);",
            place % 4
        );
    }
    sql
}

#[test]
fn mix_and_within_add_up_to_the_change_of_the_rate() {
    let company = Company::new();
    run(closings(), |deals| {
        company.replace(&facts(&deals, 0));
        let shift = company.ask("win-rate-shift", "2025-Q4", "owner");
        let effects = numbers(&shift, "effect");
        let whole = numbers(&shift, "whole");
        if let Some(Some(whole)) = whole.first() {
            let sum: f64 = effects.iter().flatten().sum();
            prop_assert!((sum - whole).abs() < 1e-9, "{sum} is not {whole}");
        } else {
            prop_assert!(effects.iter().all(Option::is_none), "a change from or to nothing");
        }
        Ok(())
    });
}

#[test]
fn the_four_drivers_add_up_to_the_change_of_the_velocity() {
    let company = Company::new();
    run((closings(), 0..12usize), |(deals, open)| {
        company.replace(&facts(&deals, open));
        for figure in ["pipeline-velocity", "velocity-trend"] {
            let velocity = company.ask(figure, "2025-Q4", "owner");
            let changes = numbers(&velocity, "change");
            let parts =
                ["by_open", "by_rate", "by_amount", "by_days"].map(|c| numbers(&velocity, c));
            for (row, change) in changes.iter().enumerate() {
                let sum: Option<f64> = parts.iter().map(|part| part[row]).sum();
                if let (Some(change), Some(sum)) = (change, sum) {
                    prop_assert!((sum.exp() - 1.0 - change).abs() < 1e-9, "{sum} is not {change}");
                }
            }
        }
        Ok(())
    });
}

#[test]
fn proposed_probabilities_are_probabilities_in_the_order_of_the_stages() {
    let company = Company::new();
    let stage = (0..=60u32, 0..=100u32, 0..=100u32);
    run(prop::collection::vec(stage, 1..6), |stages| {
        let mut sql =
            String::from("INSERT INTO facts.snapshot VALUES ('2025-06-30', 1, 'export', 0);");
        for (place, (deals, won, incumbent)) in stages.iter().enumerate() {
            let won = deals * won / 100;
            let _ = write!(
                sql,
                "INSERT INTO settings.assumption VALUES ('stage_probability', 'S{place}', \
                 {incumbent} / 100, '2024-01-01', 1, 'ops', '2024-01-01', 'plan');
                 INSERT INTO facts.opportunity (opportunity_id, valid_from, valid_to, stage, state, \
                 amount, currency, close_date, import_id)
                 SELECT 'S{place}-' || i, '2025-06-30', '2025-10-01', 'S{place}', 'open', 100, 'USD', \
                 DATE '2025-09-01', 1 FROM range({deals}) AS deal (i);
                 INSERT INTO facts.opportunity (opportunity_id, valid_from, stage, state, amount, \
                 currency, close_date, import_id)
                 SELECT 'S{place}-' || i, '2025-10-01', 'closed', \
                 CASE WHEN i < {won} THEN 'won' ELSE 'lost' END, 100, 'USD', DATE '2025-09-01', 1 \
                 FROM range({deals}) AS deal (i);"
            );
        }
        company.replace(&sql);
        let table = company.ask("stage-calibration", "2025-Q3", "all");
        let proposed = numbers(&table, "proposed");
        let in_force = numbers(&table, "in_force");
        prop_assert!(proposed.iter().flatten().all(|p| (0.0..=1.0).contains(p)));
        if proposed.iter().any(Option::is_some) {
            let next: Vec<f64> =
                proposed.iter().zip(&in_force).filter_map(|(new, old)| new.or(*old)).collect();
            // Proposals are told in whole per cents.
            let falls = next.windows(2).any(|pair| pair[1] < pair[0] - 0.0051);
            prop_assert!(!falls, "a later stage is less likely: {next:?}");
        }
        Ok(())
    });
}

/// Sellers with a quota: days from 2024-01-01 to the first one, whether and after how many days they
/// leave, their quota, and how much of it they won in each of eight quarters, in tenths.
type Seller = (i64, Option<i64>, i64, [i64; 8]);

fn sellers() -> impl Strategy<Value = Vec<Seller>> {
    let left = prop::option::weighted(0.3, 30..700i64);
    let seller = (-400..760i64, left, 0..90_000i64, prop::array::uniform8(0..20i64));
    prop::collection::vec(seller, 0..12)
}

fn sales_force(people: &[Seller]) -> String {
    let mut sql = String::from(
        "DELETE FROM facts.person; DELETE FROM facts.target;
         INSERT INTO facts.snapshot VALUES ('2024-01-01', 1, 'export', 0);",
    );
    for (place, (start, left, quota, won)) in people.iter().enumerate() {
        let left =
            left.map_or("NULL".into(), |days| format!("DATE '2024-01-01' + {start} + {days}"));
        let _ = write!(
            sql,
            "INSERT INTO facts.person (person_id, name, region, role, started_on, left_on, import_id) \
             VALUES ('E{place}', 'Seller {place}', 'R{}', 'role {}', DATE '2024-01-01' + {start}, {left}, 1);
             INSERT INTO facts.target (period_start, period_end, owner_id, amount, currency, import_id)
             SELECT quarter_start, quarter_end, 'E{place}', {quota}, 'USD', 1 FROM settings.fiscal_month
             WHERE quarter_start BETWEEN '2024-01-01' AND '2026-06-30' AND month_in_quarter = 1;",
            place % 3,
            place % 2,
        );
        for (quarter, tenths) in won.iter().enumerate() {
            let _ = write!(
                sql,
                "INSERT INTO facts.opportunity (opportunity_id, valid_from, state, owner_id, amount, \
                 currency, created_on, close_date, import_id) VALUES ('D{place}-{quarter}', '2024-01-01', \
                 'won', 'E{place}', {quota} * {tenths} / 10, 'USD', '2024-01-01', \
                 DATE '2024-01-20' + to_months(3 * {quarter}), 1);"
            );
        }
    }
    sql
}

#[test]
fn what_people_can_sell_is_the_sum_of_what_each_can() {
    let company = Company::new();
    run_cases(8, sellers(), |people| {
        company.replace(&sales_force(&people));
        let heads = company.ask("capacity-heads", "2025-Q4", "region");
        for by in ["all", "region", "owner"] {
            let gap = company.ask("capacity-gap", "2025-Q4", by);
            let sum = |table: &Table, column: &str| -> f64 {
                numbers(table, column).into_iter().flatten().sum()
            };
            let (each, together) = (sum(&heads, "output"), sum(&gap, "people"));
            // Each row is rounded to cents.
            prop_assert!(
                (each - together).abs() < 0.01 * heads.len() as f64 + 0.05,
                "{by}: {each} {together}"
            );
        }
        for column in ["ramped", "stays"] {
            let shares = numbers(&heads, column);
            prop_assert!(
                shares.iter().flatten().all(|share| (0.0..=1.0).contains(share)),
                "{column}"
            );
        }
        // A lever has a worse and a better end, and the smaller of two never moves by more than both.
        let levers = company.ask("capacity-levers", "2025-Q4", "all");
        let column = |name: &str| numbers(&levers, name);
        for row in 0..levers.len() {
            for (low, high) in [("people_low", "people_high"), ("low", "high")] {
                if let (Some(low), Some(high)) = (column(low)[row], column(high)[row]) {
                    prop_assert!(low <= 0.0 && high >= 0.0, "{low} {high}");
                }
            }
        }
        let curves = company.ask("ramp-curves", "2025-Q4", "all");
        let shares = numbers(&curves, "share");
        let roles: Vec<String> =
            (0..curves.len()).map(|row| curves.get(row, "role").plain()).collect();
        for row in 1..curves.len() {
            prop_assert!(
                roles[row] != roles[row - 1] || shares[row] >= shares[row - 1],
                "nobody unlearns"
            );
        }
        Ok(())
    });
}
