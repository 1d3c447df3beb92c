//! What a pane costs as the company grows.

use std::fs;
use std::path::Path;

use qbr::catalog::Catalog;
use qbr::domain::Dimension;
use qbr::workspace::{Access, CreateOptions, Identity, Parameters, Workspace, WorkspaceError};

use super::{Raw, median, processor_milliseconds as milliseconds};

/// Win-rate panes and the deals behind a month, over more and more opportunities.
pub fn growth(folder: &Path, catalog: &Catalog) {
    let most: usize =
        std::env::var("QBR_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(0);
    println!(
        "\nGrowth, milliseconds of processor time, median of 5; the bare aggregate is over the rows, in an attached file"
    );
    println!(
        "{:>10} {:>10} {:>8} {:>8} {:>12} {:>9} {:>16} {:>16}",
        "rows",
        "file MB",
        "win rate",
        "alerts",
        "a deal page",
        "sums made",
        "win rate, rows",
        "bare aggregate"
    );
    for rows in [10_000, 1_000_000, most] {
        if rows > 0 {
            one(folder, catalog, rows);
        }
    }
}

fn one(folder: &Path, catalog: &Catalog, rows: usize) {
    let path = folder.join(format!("growth-{rows}.duckdb"));
    let mut workspace =
        Workspace::create(&path, &CreateOptions::default(), catalog, &Identity::current())
            .expect("a workspace");
    workspace
        .write("made-up deals", |session| session.batch(&opportunities(rows)))
        .expect("written");
    let parameters = Parameters::new("2025-Q4".parse().expect("a quarter"), day())
        .with("by", Dimension::Segment.name().into())
        .expect("a dimension");
    let win_rate = &catalog.figures["win-rate"];
    let mut timed = |name: &str, parameters: &Parameters, times: usize| {
        let figure = &catalog.figures[name];
        let runs = (0..times).map(|_| {
            milliseconds(|| workspace.run(figure, parameters).expect("the figure runs")).0
        });
        median(runs.collect())
    };
    let from_rows = timed("win-rate", &parameters, 3);
    let (made, ()) = milliseconds(|| {
        workspace
            .write::<_, WorkspaceError>("adding up", |session| session.refresh_rollups(&[]))
            .expect("added up");
    });
    let mut timed = |name: &str, parameters: &Parameters| {
        let figure = &catalog.figures[name];
        let runs = (0..6).map(|_| {
            milliseconds(|| workspace.run(figure, parameters).expect("the figure runs")).0
        });
        median(runs.skip(1).collect())
    };
    let rate = timed("win-rate", &parameters);
    let alerts = timed("win-rate-alerts", &parameters);
    let page = parameters
        .clone()
        .with("slice", "Enterprise".into())
        .and_then(|asked| asked.with("month", "2025-11-01".into()))
        .and_then(|asked| asked.with("owner", "P-4".into()))
        .expect("parameters");
    let page = timed("deals", &page);
    workspace.close();
    let size = fs::metadata(&path).map_or(0, |data| data.len()) as f64 / 1e6;
    let bare = {
        let mut other =
            Workspace::open(&folder.join("growth-10000.duckdb"), Access::ReadOnly, catalog)
                .expect("the small one opens");
        let mut figure = win_rate.clone();
        figure.sql = BARE.to_owned();
        let file = if rows == 10_000 {
            let copy = folder.join("growth-copy.duckdb");
            fs::copy(&path, &copy).expect("copied");
            copy
        } else {
            path
        };
        let raw = Raw::of(&file, &mut other, &figure, &parameters);
        median((0..5).map(|_| milliseconds(|| raw.rows()).0).collect())
    };
    println!(
        "{rows:10} {size:10.1} {rate:8.1} {alerts:8.1} {page:12.1} {made:9.0} {from_rows:16.1} {bare:16.1}"
    );
}

/// What anybody would write who wants win rates by month and segment.
const BARE: &str = "SELECT date_trunc('month', close_date) AS month, segment,
    count(*) FILTER (state = 'won') AS won, count(*) AS closed, sum(amount) AS amount
FROM facts.opportunity
WHERE state IN ('won', 'lost') AND close_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
    AND valid_from <= DATE '2025-12-31' AND (valid_to IS NULL OR valid_to > DATE '2025-12-31')
GROUP BY ALL ORDER BY ALL";

fn day() -> chrono::NaiveDate {
    "2025-12-31".parse().expect("a day")
}

/// Three years of deals, four in ten won and four lost; 120 sellers, four segments and regions.
fn opportunities(rows: usize) -> String {
    format!(
        "INSERT INTO facts.snapshot VALUES (DATE '2025-12-31', 1, 'export', {rows});
         INSERT INTO facts.opportunity BY NAME
         SELECT 'O-' || i AS opportunity_id, DATE '2025-12-31' AS valid_from, 'Deal ' || i AS name,
             'A-' || i % 5000 AS account_id, 'P-' || i % 120 AS owner_id, 'Core' AS product_id,
             ['Enterprise', 'Mid-market', 'Small business', 'Public sector'][i % 4 + 1] AS segment,
             ['North', 'South', 'East', 'West'][i // 7 % 4 + 1] AS region, 'Stage' AS stage,
             CASE WHEN i % 10 < 4 THEN 'won' WHEN i % 10 < 8 THEN 'lost' ELSE 'open' END AS state,
             'commit' AS forecast_category, (1000 + i % 90000)::DECIMAL(18, 2) AS amount,
             'USD' AS currency, 0.5 AS probability,
             DATE '2022-07-01' + (hash(i) % 1095)::INTEGER AS created_on,
             DATE '2023-01-01' + (hash(i) % 1095)::INTEGER AS close_date, 1 AS import_id
         FROM range({rows}) AS made(i)"
    )
}
