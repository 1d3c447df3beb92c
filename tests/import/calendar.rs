//! A fiscal calendar of the company's own: weeks, thirteen periods, and what it
//! does to what is stored.

use super::support::{CATALOG, Desk, day};
use qbr::catalog::facts;
use qbr::ingest::ImportError;
use qbr::workspace::Parameters;

const HEADER: &str = "month_start,month_end,month,quarter\n";

/// A year of weeks from a day on, by the weeks of each period; the fourth quarter has the rest.
fn year(from: &str, year: i32, weeks: &[i64]) -> String {
    let mut start = day(from);
    let mut out = String::new();
    for (place, weeks) in weeks.iter().enumerate() {
        let next = start + chrono::Duration::weeks(*weeks);
        let end = next - chrono::Duration::days(1);
        let (period, quarter) = (place + 1, (place / 3).min(3) + 1);
        out += &format!("{start},{end},{year}-P{period:02},{year}-Q{quarter}\n");
        start = next;
    }
    out
}

/// Days that are in no fiscal month or in two.
fn lost_days(desk: &mut Desk) -> Vec<String> {
    desk.rows(
        "SELECT count(*) FROM (
             SELECT unnest(generate_series(DATE '2000-01-01', DATE '2049-12-31', INTERVAL 1 DAY))::DATE AS d
         ) WHERE (SELECT count(*) FROM settings.fiscal_month
                  WHERE d BETWEEN month_start AND month_end) <> 1",
    )
}

#[test]
fn what_is_stored_for_a_period_keeps_its_name() {
    let mut desk = Desk::new();
    let targets =
        "period,region,amount,currency\n2025-Q1,EMEA,100,USD\n2025-02,EMEA,30,USD\n2025,,900,USD\n";
    desk.import_text("targets.csv", targets).expect("imported");
    let template = facts::template("fiscal-calendar").expect("a template");
    let report = desk.import_text("fiscal-calendar.csv", &template).expect("imported");
    assert_eq!((report.changes[0].changes.new, report.rejected), (12, 0));
    assert_eq!(lost_days(&mut desk), ["0"]);
    let stored = "SELECT period_start, period_end, amount FROM facts.target ORDER BY amount";
    assert_eq!(
        desk.rows(stored),
        [
            "2025-01-26 | 2025-02-22 | 30.00",
            "2024-12-29 | 2025-03-29 | 100.00",
            "2024-12-29 | 2025-12-27 | 900.00"
        ]
    );
    // What comes later is read by the new calendar.
    desk.import_text(
        "targets.csv",
        "period,region,amount,currency\n2025-Q2,EMEA,7,USD\n2026-Q1,EMEA,8,USD\n",
    )
    .expect("imported");
    assert_eq!(
        desk.rows(
            "SELECT period_start, period_end FROM facts.target WHERE amount < 10 ORDER BY amount"
        ),
        ["2025-03-30 | 2025-06-28", "2025-12-28 | 2026-03-31"]
    );
    let fiscal = &desk.workspace.settings().fiscal;
    assert_eq!(fiscal.quarter_of(day("2024-12-29")).to_string(), "2025-Q1");
    assert_eq!(fiscal.quarter_of(day("2024-12-28")).to_string(), "2024-Q4");
    // The same again changes nothing.
    let report = desk.import_text("fiscal-calendar.csv", &template).expect("imported");
    assert!(report.files[0].already.is_some());
}

#[test]
fn a_later_year_of_53_weeks_is_put_behind_the_first() {
    let mut desk = Desk::new();
    let weeks = [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5];
    let mut long = weeks;
    long[11] = 6;
    // 2022 ends on 31 December 2022, 2023 with its 53 weeks on 6 January 2024.
    let first = format!("{HEADER}{}", year("2022-01-02", 2022, &weeks));
    let second = format!("{HEADER}{}", year("2023-01-01", 2023, &long));
    desk.import_text("fiscal-calendar-2022.csv", &first).expect("imported");
    desk.import_text("fiscal-calendar-2023.csv", &second).expect("imported");
    assert_eq!(lost_days(&mut desk), ["0"]);
    assert_eq!(
        desk.rows(
            "SELECT quarter, min(month_start), max(month_end), max(month_in_quarter), any_value(quarter_end)
             FROM settings.fiscal_month WHERE fiscal_year IN (2022, 2023) GROUP BY quarter ORDER BY 1"
        ),
        [
            "2022-Q1 | 2022-01-02 | 2022-04-02 | 3 | 2022-04-02",
            "2022-Q2 | 2022-04-03 | 2022-07-02 | 3 | 2022-07-02",
            "2022-Q3 | 2022-07-03 | 2022-10-01 | 3 | 2022-10-01",
            "2022-Q4 | 2022-10-02 | 2022-12-31 | 3 | 2022-12-31",
            "2023-Q1 | 2023-01-01 | 2023-04-01 | 3 | 2023-04-01",
            "2023-Q2 | 2023-04-02 | 2023-07-01 | 3 | 2023-07-01",
            "2023-Q3 | 2023-07-02 | 2023-09-30 | 3 | 2023-09-30",
            "2023-Q4 | 2023-10-01 | 2024-01-06 | 3 | 2024-01-06",
        ]
    );
    // The calendar month behind it begins later.
    assert_eq!(
        desk.rows(
            "SELECT month, quarter FROM settings.fiscal_month WHERE month_start = '2024-01-07'"
        ),
        ["2024-01 | 2024-Q1"]
    );
}

#[test]
fn thirteen_periods_have_names_that_targets_can_use() {
    let mut desk = Desk::new();
    let calendar = format!("{HEADER}{}", year("2025-01-01", 2025, &[4; 13]));
    desk.import_text("fiscal-calendar.csv", &calendar).expect("imported");
    desk.import_text(
        "targets.csv",
        "period,region,amount,currency\n2025-P13,EMEA,5,USD\n2025-Q4,EMEA,9,USD\n",
    )
    .expect("imported");
    assert_eq!(
        desk.rows("SELECT period_start, period_end FROM facts.target ORDER BY amount"),
        ["2025-12-03 | 2025-12-30", "2025-09-10 | 2025-12-30"]
    );
}

#[test]
fn gaps_overlaps_and_parts_of_years_change_nothing() {
    let mut desk = Desk::new();
    let sound = year("2025-01-01", 2025, &[4; 13]);
    let lines: Vec<&str> = sound.lines().collect();
    let without_one = [&lines[..4], &lines[5..]].concat().join("\n");
    let twice = sound.replace("2025-01-29,", "2025-01-28,");
    let part = lines[..6].join("\n");
    let before = desk.rows("SELECT * FROM settings.fiscal_month ORDER BY 1");
    for (rows, says) in [
        (without_one, "no month has the days from 2025-04-23 to 2025-05-20"),
        (twice, "2025-P01 and 2025-P02 both have 2025-01-28"),
        (part, "the fiscal year 2025 is not whole: 2025-Q4 has no month"),
    ] {
        let error = desk.import_text("fiscal-calendar.csv", &format!("{HEADER}{rows}\n"));
        let error = error.expect_err("refused");
        assert!(matches!(error, ImportError::Calendar(_)), "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.remedy().is_some());
    }
    assert_eq!(desk.rows("SELECT * FROM settings.fiscal_month ORDER BY 1"), before);
}

#[test]
fn figures_count_by_the_days_of_the_calendar() {
    let mut desk = Desk::new();
    let template = facts::template("fiscal-calendar").expect("a template");
    desk.import_text("fiscal-calendar.csv", &template).expect("imported");
    desk.import_text("targets.csv", "period,region,amount,currency\n2025-Q1,EMEA,100,USD\n")
        .expect("imported");
    // The first quarter is from 29 December 2024 to 29 March 2025.
    let deals = "opportunity_id,state,region,amount,currency,close_date\n\
                 A,won,EMEA,1,USD,2024-12-28\nB,won,EMEA,10,USD,2024-12-29\n\
                 C,won,EMEA,20,USD,2025-03-29\nD,won,EMEA,300,USD,2025-03-30\n";
    desk.import_text("opportunities-2025-04-01.csv", deals).expect("imported");
    let quarter = "2025-Q1".parse().expect("a quarter");
    let parameters = Parameters::new(quarter, day("2025-04-01"))
        .with("by", "region".into())
        .expect("a dimension");
    let answer =
        desk.workspace.run(&CATALOG.figures["attainment"], &parameters).expect("an answer");
    let cell = |column: &str| answer.table.get(0, column).plain();
    assert_eq!(
        (cell("slice"), cell("target"), cell("actual"), cell("won")),
        ("EMEA".into(), "100.00".into(), "30.00".into(), "2".into())
    );
}
