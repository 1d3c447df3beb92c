//! People against pipeline (M8.6).

use crate::support::company;

#[test]
fn story_14_too_late_to_hire_for_the_summer() {
    let mut company = company();
    let deadlines = company.figure("hiring-deadlines", &[]);
    let summer = deadlines.row("quarter", "2026-Q3");
    assert_eq!(
        (summer.text("verdict"), summer.text("open_by")),
        ("too late".into(), "2025-11-05".into())
    );
    assert!(
        summer.text("instead").contains("partners"),
        "hiring is no answer: {}",
        summer.text("instead")
    );
    assert_eq!((summer.text("hires"), summer.text("fill_days")), ("16".into(), "61.5".into()));
    let autumn = deadlines.row("quarter", "2026-Q4");
    assert_eq!(
        (autumn.text("verdict"), autumn.text("open_by")),
        ("now".into(), "2026-02-05".into())
    );
    assert!(autumn.value("instead").is_null());
}

#[test]
fn story_16_pipeline_and_not_people() {
    let mut company = company();
    let gaps = company.figure("capacity-gap", &[("by", "all")]);
    let spring = gaps.row("quarter", "2026-Q2");
    assert_eq!(
        (spring.text("binding"), spring.text("gap")),
        ("pipeline".into(), "2677849.00".into())
    );
    assert!(spring.value("to_hire").is_null(), "hiring would add cost and no bookings");
    assert!(spring.number("people") > spring.number("target"));

    // Two more sellers add nothing as long as the pipeline binds; a better win rate does.
    let scenarios = company.figure("capacity-scenarios", &[("by", "all")]);
    let gains = |record: &str| -> Vec<String> {
        let rows =
            (0..scenarios.0.len()).filter(|row| scenarios.0.get(*row, "record").plain() == record);
        rows.map(|row| scenarios.0.get(row, "gain").plain()).collect()
    };
    assert_eq!(gains("CS-1"), ["0.00"; 4]);
    assert_eq!(gains("CS-2")[1], "578190.66");
    let levers = company.figure("capacity-levers", &[("by", "all")]);
    assert_eq!(levers.column("lever")[..2], ["Win rate", "New pipeline"]);
}

#[test]
fn story_17_a_plan_that_no_longer_holds() {
    let mut company = company();
    let checks = company.figure("plan-checks", &[("by", "segment")]);
    let spring = checks.row("quarter", "2026-Q2");
    assert_eq!((spring.text("record"), spring.text("verdict")), ("CP-1".into(), "revise".into()));
    assert_eq!(
        spring.text("why"),
        "pipeline binds now, less than planned, slower for two months, seats not open"
    );
    assert_eq!((spring.percent("change"), spring.text("seats_late")), (-44, "1".into()));
}
