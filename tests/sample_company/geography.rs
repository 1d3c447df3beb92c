//! Where the next money earns (M8.3).

use crate::support::company;

#[test]
fn story_13_the_next_money_belongs_somewhere_else() {
    let mut company = company();
    let regions = company.figure("region-roi", &[]);
    let north = regions.row("region", "North America");
    assert_eq!((north.text("average_rank"), north.text("marginal_rank")), ("1".into(), "4".into()));
    assert_eq!((north.percent("average_roi"), north.percent("marginal_roi")), (41, -28));
    assert_eq!(north.text("trend"), "declining");
    let asia = regions.row("region", "Asia Pacific");
    assert_eq!((asia.text("average_rank"), asia.text("marginal_rank")), ("4".into(), "1".into()));
    assert_eq!((asia.percent("average_roi"), asia.percent("marginal_roi")), (32, 102));
    assert_eq!(asia.text("trend"), "improving");

    // Who earns at the margin has not yet the pipeline for more people.
    let rules = company.figure("region-eligibility", &[]);
    let north = rules.row("region", "North America");
    assert_eq!((north.text("verdict"), north.text("most")), ("release".into(), "144000.00".into()));
    let asia = rules.row("region", "Asia Pacific");
    assert_eq!((asia.text("verdict"), asia.text("against")), ("keep".into(), "coverage".into()));
    assert_eq!(asia.text("not_known"), "market", "nobody has imported a market");

    // Two moves of the same seat side by side.
    let moves = company.figure("reallocation-options", &[]);
    let asia = moves.row("record", "RA-2");
    assert_eq!(
        (asia.text("first_year"), asia.text("paid_in")),
        ("70200.00".into(), "2026-Q4".into())
    );
    let europe = moves.row("record", "RA-3");
    assert_eq!(europe.text("first_year"), "-79800.00");

    // An older one has brought what was due after half a year.
    let checks = company.figure("reallocation-checks", &[]);
    let half = checks.row("move", "RA-1 Latin America to Asia Pacific, 2");
    assert_eq!((half.text("verdict"), half.text("gained")), ("met".into(), "287782.00".into()));
    let year = checks.row("move", "RA-1 Latin America to Asia Pacific, 4");
    assert_eq!((year.text("verdict"), year.text("due_on")), ("later".into(), "2026-03-31".into()));
}
