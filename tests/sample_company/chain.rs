//! Decisions and actions, and the chain from a figure to what came of it.

use qbr::ledger;

use crate::support::{Company, company};

#[test]
fn story_10_left_over_from_the_last_review() {
    let mut company = company();
    let register = company.figure("decisions", &[]);
    let overdue: Vec<String> = (0..register.0.len())
        .filter(|&row| register.0.get(row, "status").plain() == "overdue")
        .map(|row| register.0.get(row, "record").plain())
        .collect();
    assert_eq!(overdue, ["AC-4", "AC-6", "AC-11", "DE-3", "AC-7"]);
    assert_eq!(register.row("record", "DE-3").text("due_on"), "2025-12-15");
    assert_eq!(register.row("record", "DE-8").text("state"), "proposed");
}

#[test]
fn story_21_did_what_we_did_help() {
    let mut company = company();
    let register = company.figure("decisions", &[]);
    let card = register.row("record", "AC-2");
    assert_eq!(
        (card.text("expected"), card.text("reached")),
        ("0.36 to 0.4".into(), "false".into())
    );
    assert_eq!(card.percent("measured"), 29);
    let count = register.row("record", "AC-5");
    assert_eq!(
        [count.text("state"), count.text("status"), count.text("due_on")],
        ["done", "open", "2026-04-15"]
    );

    let criteria = company.figure("criterion-effect", &[]);
    let buyer = criteria.row("criterion", "CR-2");
    assert_eq!(
        ["won_before", "closed_before", "won_after", "closed_after", "judged", "verdict"]
            .map(|column| buyer.text(column)),
        ["4", "14", "11", "29", "6", "few"]
    );
    assert_eq!(criteria.row("criterion", "CR-1").text("verdict"), "unclear");
}

/// Story 18: from a variance to a changed play, and the figure measured again.
#[test]
fn story_18_a_variance_led_to_a_decision_that_worked_and_to_a_changed_play() {
    let mut company = company();
    let variance = |company: &mut Company, quarter: &str, as_of: &str| {
        let rows = company.figure("forecast-variance", &[("quarter", quarter), ("as_of", as_of)]);
        rows.row("slice", "Asia Pacific").percent("bias")
    };
    assert_eq!(variance(&mut company, "2025-Q2", "2025-07-10"), 25);
    assert_eq!(variance(&mut company, "2025-Q3", "2025-10-14"), 1);

    let register = company.figure("decisions", &[("as_of", "2025-12-31")]);
    let decision = register.row("record", "DE-5");
    assert_eq!(
        (decision.text("state"), decision.text("reached")),
        ("decided".into(), "true".into())
    );
    assert_eq!(decision.percent("measured"), 1);
    assert!(register.row("record", "DE-3").value("measured").is_null(), "nobody has looked again");

    // From the play back to the variance, and from the variance on to the play.
    let mut walked = |record: &str| {
        let start = qbr::review::Start::Record(record.to_owned());
        let chain = qbr::review::chain(&mut company.workspace, company.catalog, &start);
        qbr::pack::chain_text(&chain.expect("a chain"))
    };
    let (back, on) = (walked("PL-4"), walked("DE-5"));
    for (text, steps) in [
        (
            &back,
            [
                "  evidence DE-6 (decision, decided): Commit needs a known paper process",
                "    follows from DE-5 (decision, decided): Asia Pacific calls no deal",
                "      cites as finding forecast-variance, 2025-Q2 by region: Asia Pacific",
            ],
        ),
        (
            &on,
            [
                "  measured again by forecast-variance, 2025-Q3 by region: Asia Pacific, bias 0.006",
                "  led to DE-6 (decision, decided): Commit needs a known paper process",
                "    led to PL-4 (play, approved): Call the economic buyer before the proposal",
            ],
        ),
    ] {
        for step in steps {
            assert!(text.lines().any(|line| line.starts_with(step)), "{step}\nis not in\n{text}");
        }
    }

    // Everything that is cited still gives the same bytes.
    let mut cited = 0;
    for revision in ledger::newest_of_all(&mut company.workspace).expect("the records") {
        let form = &company.catalog.forms[&revision.kind];
        for (field, evidence) in ledger::cited(form, &revision.body) {
            let again = ledger::repeat(&mut company.workspace, company.catalog, &evidence);
            assert_eq!(again.expect("read"), ledger::Repeated::Same, "{} {field}", revision.record);
            cited += 1;
        }
    }
    assert!(cited >= 7, "{cited} figures are cited");
}
