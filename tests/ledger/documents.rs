//! Documents to fill in, records as they are read, and what changed.

use qbr::ledger::{self, Body, Change, LedgerError, Line, RowDiff};
use serde_json::json;

use crate::support::{Desk, body, catalog, full, with};

#[test]
fn an_empty_template_of_every_form_reads_as_its_defaults() {
    let catalog = catalog();
    for form in catalog.forms.values() {
        let template = ledger::template(form);
        let read = ledger::parse_document(form, &template)
            .unwrap_or_else(|error| panic!("{}: {error}\n{template}", form.kind));
        assert_eq!(read, ledger::blank(form), "{template}");
        for line in template.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn a_template_that_is_filled_in_comes_back() {
    let form = Desk::new().form();
    let filled = ledger::template(&form)
        .replace("topic = \"\"", "topic = \"discounts\"")
        .replace("words = \"\"\"\n\"\"\"", "words = \"\"\"\nFewer.\n\nLater.\n\"\"\"")
        .replace("tier = \"1\"", "tier = 2")
        .replace("areas = []", "areas = [\"product\", \"price\"]")
        .replace("due_on = \"\"", "due_on = 2026-01-31")
        .replace("score = \"\"", "score = 4")
        .replace("price = \"\"", "price = 1250.10")
        .replace("gap = \"\"", "gap = \"12%\"")
        .replace("line = \"\"", "line = \"One\"")
        + "\n[[lines]]\nline = \"Two\"\nrank = \"primary\"\n";
    let read = ledger::parse_document(&form, &filled).unwrap_or_else(|e| panic!("{e}\n{filled}"));
    assert_eq!(
        read,
        body(json!({
            "topic": "discounts", "words": "Fewer.\n\nLater.", "tier": "2",
            "areas": ["price", "product"], "due_on": "2026-01-31", "score": "4", "price": "1250.10",
            "gap": "0.12", "lines": [{"line": "One"}, {"line": "Two", "rank": "primary"}],
        }))
    );
}

fn said(result: Result<Body, LedgerError>) -> Vec<String> {
    crate::support::problems(result)
}

#[test]
fn mistakes_are_named_with_field_and_line() {
    let form = Desk::new().form();
    assert_eq!(
        said(ledger::parse_document(
            &form,
            "topic = \"a\"\nscore = 9\npice = 3\n\n[[lines]]\nline = \"x\"\n[[lines]]\nline = \"y\"\nrank = \"third\"\n",
        )),
        [
            "line 2: score: 9 is not between 1 and 5",
            "line 3: pice: there is no such field; did you mean price?",
            "line 9: lines, row 2, rank: \"third\" is not one of the choices: primary or secondary",
        ]
    );
    assert_eq!(
        said(ledger::parse_document(
            &form,
            "{\n \"topic\": \"a\",\n \"lines\": [\n  {\"rank\":\n \"x\"}\n ],\n \"due_on\": \"soon\"}"
        )),
        [
            "line 5: lines, row 1, rank: \"x\" is not one of the choices: primary or secondary",
            "line 7: due_on: \"soon\" is not a date; write it as 2025-12-31",
        ]
    );
    let toml = said(ledger::parse_document(&form, "topic = \"a\"\ntitle = not quoted\n"));
    assert!(toml[0].starts_with("line 2: this is not TOML: "), "{toml:?}");
    let json = said(ledger::parse_document(&form, "{\"topic\": \"a\",\n}"));
    assert!(json[0].starts_with("line 2: this is not JSON: "), "{json:?}");
}

#[test]
fn a_record_as_it_is_shown_can_be_written_again() {
    let form = Desk::new().form();
    let shown =
        json!({"record": "TP-1", "kind": "proposal", "revision": 3, "body": {"topic": "a"}});
    let read = ledger::parse_document(&form, &serde_json::to_string_pretty(&shown).expect("JSON"));
    assert_eq!(read.expect("a document"), body(json!({"topic": "a"})));
    let other = json!({"kind": "play", "body": {"topic": "a"}}).to_string();
    assert_eq!(
        said(ledger::parse_document(&form, &other)),
        ["line 1: this is a play, not a proposal"]
    );
}

#[test]
fn facts_are_not_taken_from_a_document() {
    let catalog = catalog();
    let form = &catalog.forms["post-mortem"];
    let text = "opportunity_id = \"O-1\"\namount = 1\ncompetitor = \"Northwind\"\n";
    assert_eq!(
        ledger::parse_document(form, text).expect("a document"),
        body(json!({"opportunity_id": "O-1", "competitor": "Northwind"})),
        "the competitor may be corrected, the amount may not"
    );
}

#[test]
fn a_record_is_read_in_the_order_of_its_form() {
    let mut desk = Desk::new();
    let given = with(full(), "tier", json!("2"));
    let given = with(with(given, "gap", json!("0.125")), "price", json!("1234.5"));
    let given = with(given, "areas", json!(["process", "price"]));
    let revision = desk.create("ann\u{1b}[31m", given).expect("written");
    let form = desk.form();
    let lines = ledger::document(&form, &revision);
    assert_eq!(lines[0], Line::Title("TP-1 · discounts".into()));
    assert_eq!(lines[2], Line::Section("Head".into()));
    assert_eq!(lines[3], Line::Value { label: "Topic".into(), text: "discounts".into() });
    let text = ledger::document_text(&form, &revision);
    let expected = format!(
        "# TP-1 · discounts\n\
         Proposal · Draft · revision 1 by ann␛[31m, {}\n\
         \n\
         ## Head\n\
         \n\
         - Topic: discounts\n\
         - Owner: olga\n\
         \n\
         ## What it says\n\
         \n\
         - In words:\n\
         \n  Fewer of them.\
         \n  And later.\n\
         \n\
         - Tier: Second\n\
         - Areas: price, process\n\
         - Price: 1,234.50\n\
         - Gap: 12.5%\n\
         - Lines:\n  \
           1. They cost us 3 points · Rank: primary\n  \
           2. Reps give them early · Rank: secondary · Quote: It is easier.\n",
        revision.at.format("%Y-%m-%d %H:%M UTC")
    );
    assert_eq!(text, expected);
}

#[test]
fn what_changed_is_told_field_by_field() {
    let mut desk = Desk::new();
    desk.create("ann", with(full(), "areas", json!(["price", "product"]))).expect("written");
    let changed = json!({
        "topic": "discounts", "title": "Fewer", "words": "Fewer of them, please.\nAnd later.",
        "areas": ["product", "process"], "price": "5",
        "lines": [
            {"line": "Nobody checks them"},
            {"line": "They cost us 4 points", "rank": "primary"},
        ],
    });
    desk.revise("bob", "TP-1", 1, changed).expect("written");
    let history = desk.history("TP-1");
    let form = desk.form();
    let diff = ledger::diff(&form, &history[0], &history[1]);
    assert_eq!((diff.from, diff.to, diff.state.is_none()), (1, 2, true));
    let ids: Vec<&str> = diff.fields.iter().map(|field| field.id.as_str()).collect();
    assert_eq!(ids, ["title", "owner", "words", "areas", "price", "lines"]);
    assert_eq!(diff.fields[1].change, Change::Value { before: Some("olga".into()), after: None });
    assert_eq!(
        diff.fields[3].change,
        Change::Choices { removed: vec!["price".into()], added: vec!["process".into()] }
    );
    let Change::Rows(rows) = &diff.fields[5].change else { panic!("rows") };
    assert!(
        matches!(
            rows.as_slice(),
            [RowDiff::Added { to: 0, .. }, RowDiff::Changed { from: 0, to: 1, fields }, RowDiff::Removed { from: 1, .. }]
                if fields.len() == 1
        ),
        "{rows:#?}"
    );
    assert_eq!(
        ledger::diff_text(&form, &history[0], &history[1]),
        "TP-1 revision 1 (ann) → 2 (bob)\n\
         \nTitle\n+ Fewer\n\
         \nOwner\n- olga\n\
         \nIn words\n- Fewer of them.\n+ Fewer of them, please.\n  And later.\n\
         \nAreas\n- price\n+ process\n\
         \nPrice\n+ 5.00\n\
         \nLines\n\
         \x20 row 1 is new\n  + Line: Nobody checks them\n\
         \x20 row 2, was row 1\n    Line\n    - They cost us 3 points\n    + They cost us 4 points\n\
         \x20 row 2 is gone\n  - Line: Reps give them early\n  - Rank: secondary\n  - Quote: It is easier.\n"
    );
    assert!(ledger::diff(&form, &history[0], &history[0]).is_empty());
    desk.revise("bob", "TP-1", 2, full()).expect("written");
    desk.move_to("bob", "TP-1", "in-review").expect("moved");
    let history = desk.history("TP-1");
    let diff = ledger::diff(&form, &history[2], &history[3]);
    assert_eq!(diff.state, Some(("draft".into(), "in-review".into())));
    assert!(diff.fields.is_empty());
}

#[test]
fn a_field_that_the_form_lost_is_still_compared() {
    let mut desk = Desk::new();
    desk.create("ann", full()).expect("written");
    let mut form = desk.form();
    for section in &mut form.sections {
        section.fields.retain(|field| field.id != "owner");
    }
    let mut history = desk.history("TP-1");
    let mut newer = history.remove(0);
    let older = newer.clone();
    newer.body.insert("owner".into(), json!("eve"));
    let diff = ledger::diff(&form, &older, &newer);
    assert_eq!(
        diff.fields[0].change,
        Change::Value { before: Some("olga".into()), after: Some("eve".into()) }
    );
}
