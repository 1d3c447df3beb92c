//! The hash of a revision.
//!
//! The hash is SHA-256, in lower-case hex, over these thirteen values in this
//! order: `prev_hash`, `seq`, `record_id`, `kind`, `revision`, `parent`,
//! `action`, `toward`, `state`, `body`, `author`, `at`, `reason`. Each is written
//! as its length in bytes, a colon, its bytes and a comma (a netstring: `4:PM-1,`);
//! NULL as `-,`. Numbers are decimal, `at` is microseconds since 1970-01-01 UTC,
//! the body is the text as it is stored. So no two different rows give the same
//! bytes, and a person with a DuckDB shell can compute it without this program:
//!
//! ```sql
//! CREATE TEMP MACRO part(v) AS coalesce(strlen(v::VARCHAR) || ':' || v::VARCHAR || ',', '-,');
//! SELECT seq, record_id FROM ledger.revision WHERE hash <> sha256(
//!     part(prev_hash) || part(seq) || part(record_id) || part(kind) || part(revision) || part(parent)
//!     || part(action) || part(toward) || part(state) || part(body) || part(author)
//!     || part(epoch_us("at")) || part(reason));
//! ```

use sha2::{Digest, Sha256};

use super::store::Row;

/// What stands before the first revision.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The hash that the row should have; its own `hash` is not looked at.
pub(super) fn digest(row: &Row) -> String {
    let mut hash = Sha256::new();
    let mut part = |value: Option<&str>| match value {
        Some(text) => {
            hash.update(format!("{}:", text.len()));
            hash.update(text);
            hash.update(",");
        }
        None => hash.update("-,"),
    };
    part(Some(&row.prev_hash));
    part(Some(&row.seq.to_string()));
    part(Some(&row.record));
    part(Some(&row.kind));
    part(Some(&row.revision.to_string()));
    part(row.parent.map(|parent| parent.to_string()).as_deref());
    part(Some(&row.action));
    part(row.toward.as_deref());
    part(Some(&row.state));
    part(Some(&row.body));
    part(Some(&row.author));
    part(Some(&row.at.timestamp_micros().to_string()));
    part(row.reason.as_deref());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn row() -> Row {
        Row {
            seq: 1,
            record: "PM-1".into(),
            kind: "post-mortem".into(),
            revision: 1,
            parent: None,
            action: "create".into(),
            toward: None,
            state: "draft".into(),
            body: r#"{"a":"ü"}"#.into(),
            author: "ann".into(),
            at: DateTime::from_timestamp_micros(1_762_161_120_000_001).expect("a time"),
            reason: Some(String::new()),
            prev_hash: GENESIS.into(),
            hash: String::new(),
        }
    }

    /// Worked out with `sha256sum` over the bytes that the module's text describes.
    #[test]
    fn the_bytes_are_those_described() {
        let mut bytes = format!("64:{GENESIS},1:1,4:PM-1,11:post-mortem,1:1,-,6:create,-,5:draft,");
        bytes.push_str("10:{\"a\":\"ü\"},3:ann,16:1762161120000001,0:,");
        let expected: String =
            Sha256::digest(bytes.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest(&row()), expected);
        assert_eq!(expected, "59bc3c0fb44813721747a70c6069249821a259b2a5964e85cd00b6bee4e08c35");
    }

    #[test]
    fn text_cannot_wander_from_one_field_to_the_next() {
        let mut moved = row();
        moved.record = "PM-1,11:post-mortem".into();
        moved.kind = String::new();
        assert_ne!(digest(&moved), digest(&row()));
        let mut absent = row();
        absent.reason = None;
        assert_ne!(digest(&absent), digest(&row()));
    }
}
