//! Whoever rewrites a row is found, and the row is named.

use qbr::ledger::{self, Fault, Verification};
use serde_json::json;

use crate::support::{Desk, full, with};

/// Seven revisions of two records, with an approval among them.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.create("ann", full()).expect("written");
    desk.create("ann", json!({"topic": "b"})).expect("written");
    desk.move_to("ann", "TP-1", "in-review").expect("moved");
    desk.move_to("bob", "TP-1", "approved").expect("approved");
    desk.revise("bob", "TP-2", 1, json!({"topic": "b", "words": "ü\n\"x\""})).expect("written");
    desk.move_to("cid", "TP-1", "approved").expect("moved");
    desk.revise("ann", "TP-2", 2, with(json!({"topic": "b"}), "price", json!("1")))
        .expect("written");
    desk
}

fn verified(desk: &mut Desk) -> Verification {
    ledger::verify(&mut desk.ws).expect("read")
}

fn found(desk: &mut Desk) -> (i64, Option<String>, Fault) {
    let verification = verified(desk);
    assert!(!verification.is_sound(), "nothing found");
    let finding = verification.finding.expect("a finding");
    (finding.seq, finding.record, finding.fault)
}

#[test]
fn an_untouched_ledger_is_sound() {
    let mut desk = desk();
    let verification = verified(&mut desk);
    assert!(verification.is_sound(), "{verification}");
    let last = desk.history("TP-2").pop().expect("a revision");
    assert_eq!(
        verification.to_string(),
        format!("ledger: 7 revisions, chain unbroken; head 7 {}", last.hash)
    );
    let mut empty = Desk::new();
    assert_eq!(verified(&mut empty).to_string(), "ledger: 0 revisions, chain unbroken");
}

/// The recipe of `src/ledger/chain.rs`, without this program.
#[test]
fn sql_alone_gives_the_same_hashes() {
    let mut desk = desk();
    let source =
        std::fs::read_to_string(crate::support::root().join("src/ledger/chain.rs")).expect("read");
    let recipe: String = source
        .split("```sql\n")
        .nth(1)
        .and_then(|rest| rest.split("//! ```").next())
        .expect("the recipe")
        .lines()
        .map(|line| format!("{}\n", line.trim_start_matches("//!")))
        .collect();
    let (definition, query) = recipe.split_once(";\n").expect("two statements");
    let differing = desk
        .ws
        .read("checking", |session| {
            session.batch(definition)?;
            session.query(query.trim().trim_end_matches(';'), &[])
        })
        .expect("the recipe runs");
    assert_eq!(differing.len(), 0);
    desk.execute("UPDATE ledger.revision SET author = 'eve' WHERE seq = 4");
    let differing = desk
        .ws
        .read("checking", |session| session.query(query.trim().trim_end_matches(';'), &[]))
        .expect("runs");
    assert_eq!(differing.get(0, "seq").as_int(), Some(4));
}

#[test]
fn each_column_is_watched() {
    let changes = [
        ("record_id", "'TP-2'", Fault::Content),
        ("kind", "'play'", Fault::Content),
        ("revision", "9", Fault::Content),
        ("parent", "1", Fault::Content),
        ("parent", "NULL", Fault::Content),
        ("action", "'move'", Fault::Content),
        ("toward", "'rejected'", Fault::Content),
        ("toward", "NULL", Fault::Content),
        ("state", "'approved'", Fault::Content),
        ("body", "replace(body, 'olga', 'eve')", Fault::Content),
        ("body", "body || ' '", Fault::Content),
        ("author", "'eve'", Fault::Content),
        ("\"at\"", "\"at\" + INTERVAL 1 MICROSECOND", Fault::Content),
        ("reason", "'other'", Fault::Content),
        ("reason", "NULL", Fault::Content),
        ("prev_hash", "repeat('0', 64)", Fault::Link),
        ("hash", "repeat('0', 64)", Fault::Hash),
    ];
    let mut desk = desk();
    for (column, value, fault) in changes {
        desk.execute("CREATE OR REPLACE TEMP TABLE kept AS SELECT * FROM ledger.revision");
        desk.execute(&format!("UPDATE ledger.revision SET {column} = {value} WHERE seq = 4"));
        let record = if column == "record_id" { "TP-2" } else { "TP-1" };
        assert_eq!(found(&mut desk), (4, Some(record.to_owned()), fault), "{column} = {value}");
        desk.execute("DELETE FROM ledger.revision");
        desk.execute("INSERT INTO ledger.revision SELECT * FROM kept");
        assert!(verified(&mut desk).is_sound());
    }
    desk.execute("UPDATE ledger.revision SET seq = 3 WHERE seq = 4");
    assert_eq!(found(&mut desk).2, Fault::Twice);
    desk.execute("UPDATE ledger.revision SET seq = 0 WHERE record_id = 'TP-1' AND revision = 3");
    assert_eq!(found(&mut desk), (0, Some("TP-1".into()), Fault::Foreign));
    desk.execute("UPDATE ledger.revision SET seq = 99 WHERE seq = 0");
    assert_eq!(found(&mut desk), (4, None, Fault::Missing));
}

/// Whatever columns the table has, also ones that are added to it some day.
#[test]
fn every_column_of_every_revision_is_watched() {
    let mut desk = desk();
    let columns = desk
        .ws
        .read::<_, qbr::workspace::WorkspaceError>("reading", |session| {
            session.query("SELECT * FROM ledger.revision LIMIT 0", &[])
        })
        .expect("read")
        .columns;
    assert_eq!(columns.len(), 14, "{columns:?}");
    desk.execute("CREATE TEMP TABLE kept AS SELECT * FROM ledger.revision");
    for column in &columns {
        let name = &column.name;
        let other = match column.type_name.as_str() {
            "VARCHAR" => format!("coalesce(\"{name}\", '') || ' '"),
            "INTEGER" | "BIGINT" => format!("coalesce(\"{name}\", 0) + 100"),
            "TIMESTAMP" => format!("\"{name}\" + INTERVAL 1 MICROSECOND"),
            other => panic!("{name} is a {other}: say here how one is changed"),
        };
        for seq in 1..=7 {
            desk.execute(&format!(
                "UPDATE ledger.revision SET \"{name}\" = {other} WHERE seq = {seq}"
            ));
            assert!(!verified(&mut desk).is_sound(), "{name} of revision {seq}");
            desk.execute("DELETE FROM ledger.revision");
            desk.execute("INSERT INTO ledger.revision SELECT * FROM kept");
        }
    }
    assert!(verified(&mut desk).is_sound());
}

#[test]
fn a_deleted_revision_is_missed() {
    for (delete, seq, fault) in [
        ("seq = 7", 7, Fault::CutOff),
        ("seq >= 5", 5, Fault::CutOff),
        ("seq = 1", 1, Fault::Missing),
        ("seq = 4", 4, Fault::Missing),
        ("true", 1, Fault::CutOff),
    ] {
        let mut desk = desk();
        desk.execute(&format!("DELETE FROM ledger.revision WHERE {delete}"));
        assert_eq!(found(&mut desk), (seq, None, fault), "{delete}");
    }
}

#[test]
fn the_noted_end_is_watched_too() {
    let mut desk = desk();
    let noted = verified(&mut desk).head.expect("noted");
    desk.execute("DELETE FROM meta.info WHERE key = 'ledger_head'");
    assert_eq!(found(&mut desk), (7, Some("TP-2".into()), Fault::NoHead));
    desk.execute(&format!("INSERT INTO meta.info VALUES ('ledger_head', '6 {}')", &noted[2..]));
    assert_eq!(found(&mut desk), (7, Some("TP-2".into()), Fault::Foreign));
    assert_eq!(
        verified(&mut desk).to_string(),
        "ledger: revision 7 (record TP-2) was added by something other than this program"
    );
}

#[test]
fn a_changed_last_revision_is_told_from_a_changed_hash() {
    let mut desk = desk();
    desk.execute("UPDATE ledger.revision SET hash = repeat('0', 64) WHERE seq = 7");
    assert_eq!(found(&mut desk), (7, Some("TP-2".into()), Fault::Hash));
    let mut desk = self::desk();
    desk.execute("UPDATE ledger.revision SET author = 'eve' WHERE seq = 7");
    assert_eq!(found(&mut desk), (7, Some("TP-2".into()), Fault::Content));
}

#[test]
fn a_damaged_row_is_named_and_the_others_are_read() {
    let mut desk = desk();
    desk.execute("UPDATE ledger.revision SET body = 'x' WHERE seq = 7");
    let error = ledger::history(&mut desk.ws, "TP-2").expect_err("damaged");
    assert_eq!(
        error.to_string(),
        "revision 7 of the ledger (TP-2) is damaged: its body is not a JSON object; qbr verify says more"
    );
    assert_eq!(ledger::list(&mut desk.ws, &desk.catalog, None).expect("read").len(), 2);
    desk.create("ann", json!({"topic": "c"})).expect("others can still write");
}
