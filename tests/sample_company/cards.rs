//! Battle cards beside what happened (M8.4).

use qbr::ledger::{self, Action};

use crate::support::{Row, company};

#[test]
fn story_6_a_new_entrant_has_no_card() {
    let mut company = company();
    let competitors = company.figure("competitors", &[]);
    let entrant = competitors.row("competitor", "Fennick Sense");
    assert_eq!((entrant.text("won"), entrant.text("closed")), ("5".into(), "36".into()));
    assert_eq!(entrant.text("first_seen"), "2025-07-14");

    let cards = company.figure("battle-cards", &[]);
    let card = cards.row("competitor", "Fennick Sense");
    assert_eq!((card.text("card"), card.text("state")), ("BC-7".into(), "draft".into()));
    assert_eq!(cards.row("competitor", "In-house build").text("state"), "missing");
}

#[test]
fn story_7_a_price_cut_made_a_card_stale() {
    let mut company = company();
    let cards = company.figure("battle-cards", &[]);
    let card = cards.row("competitor", "Drevane Automation");
    assert_eq!((card.text("card"), card.text("tier")), ("BC-2".into(), "1".into()));
    assert_eq!((card.text("state"), card.text("card_state")), ("stale".into(), "published".into()));
    assert_eq!(
        (card.text("reviewed_on"), card.text("due_on")),
        ("2025-11-03".into(), "2025-11-19".into())
    );
    let asking = company.figure("card-triggers", &[]);
    assert_eq!(asking.row("since", "2025-11-12").text("trigger"), "price move");

    for fresh in ["Pellworth Controls", "Numetro"] {
        assert_eq!(cards.row("competitor", fresh).text("state"), "fresh", "{fresh}");
    }
    // Checked two weeks ago, but since then the win rate has fallen by 19 points.
    let halcyra = cards.row("competitor", "Halcyra Systems");
    assert_eq!(
        (halcyra.text("state"), halcyra.text("trigger")),
        ("due soon".into(), "3/14 won after 8/20".into())
    );
    let stonquist = cards.row("competitor", "Stonquist");
    assert_eq!(
        (stonquist.text("state"), stonquist.text("card_state")),
        ("stale".into(), "stale".into())
    );
    assert_eq!(company.state("BC-1"), "archived");

    // Three bodies, two of them written onto a published card: something to compare.
    let bodies = ledger::history(&mut company.workspace, "BC-2").expect("history");
    let written =
        bodies.iter().filter(|step| matches!(step.action, Action::Create | Action::Revise));
    assert_eq!(written.count(), 3);

    let since = company.figure(
        "deals",
        &[
            ("competitor", "Drevane Automation"),
            ("quarter", "all"),
            ("closed_from", "2025-11-12"),
            ("closed_to", "2025-12-31"),
        ],
    );
    let states = since.column("state");
    let count = |wanted: &str| states.iter().filter(|state| *state == wanted).count();
    assert_eq!((count("won"), count("won") + count("lost")), (3, 14));
}

#[test]
fn story_7_own_deals_ask_for_a_new_card() {
    let mut company = company();
    let asking = company.figure("card-triggers", &[]);
    let prices = asking.row("evidence", "O579, O640, O809");
    assert_eq!(
        [prices.text("competitor"), prices.text("trigger"), prices.text("due_on")],
        ["Drevane Automation", "price losses", "2025-12-18"]
    );
    let seller = asking.row("since", "2025-11-13");
    assert_eq!((seller.text("card"), seller.text("trigger")), ("BC-2".into(), "request".into()));
    assert_eq!(asking.row("trigger", "no card").text("competitor"), "In-house build");

    let wrong = company.figure("card-conflicts", &[]);
    let package = wrong.row("topic", "Entry package");
    assert_eq!(
        (package.text("between"), package.text("card")),
        ("intelligence".into(), "BC-2".into())
    );
    assert!(package.text("newest").contains("49.00 USD"), "{}", package.text("newest"));

    let prices = company.figure("card-prices", &[]);
    let cut = prices.row("seen_on", "2025-11-12");
    assert_eq!((cut.text("points"), cut.percent("change")), ("5".into(), -21));
}

#[test]
fn story_7_what_a_card_did_and_who_uses_it() {
    let mut company = company();
    let effect = company.figure("card-effect", &[]);
    let better = effect.row("verdict", "better");
    assert_eq!((better.text("card"), better.text("version")), ("BC-3".into(), "1".into()));
    assert_eq!((better.percent("before"), better.percent("after")), (14, 50));

    let usage = company.figure("card-usage", &[]);
    assert_eq!(usage.row("card", "BC-4").text("verdict"), "no data");
    let halcyra = usage.row("card", "BC-3");
    assert_eq!((halcyra.text("used"), halcyra.text("verdict")), ("6".into(), "few".into()));

    // Nothing internal leaves the house, whatever the card.
    let handout = company.figure("card-handout", &[]);
    let lines = company.figure("card-lines", &[]);
    let internal: Vec<String> = (0..lines.0.len())
        .filter(|&row| lines.0.get(row, "tag").plain() == "internal")
        .map(|row| lines.0.get(row, "line").plain())
        .collect();
    let shown = handout.column("line");
    assert!(!shown.is_empty() && !internal.is_empty());
    assert!(shown.iter().all(|line| !internal.contains(line)));
}

#[test]
fn story_7_what_it_takes_to_win_since_the_cut() {
    let mut company = company();
    let prices = company.figure("card-prices", &[]);
    let row = |day: &str| {
        let place = (0..prices.0.len()).find(|&row| {
            let text = |column: &str| prices.0.get(row, column).plain();
            text("competitor") == "Drevane Automation"
                && text("package") == "Entry package"
                && text("seen_on") == day
        });
        Row { table: &prices.0, row: place.expect("that price was seen") }
    };
    let (before, since) = (row("2024-09-09"), row("2025-11-12"));
    assert_eq!((before.percent("discount_to_win"), since.percent("discount_to_win")), (7, 22));
    assert_eq!((since.text("won_since"), since.text("lost_since")), ("3".into(), "11".into()));
    assert_eq!(since.percent("discount_lost"), 8);
}
