//! The end of the chain at one moment, to be kept where nobody who can write the
//! workspace can change it.
//!
//! The chain makes a rewritten revision evident, and says nothing of a chain that
//! was computed anew as a whole, or cut off at its end. A seal that was mailed
//! away or signed does. Owns what a seal says and what it proves; keeps none.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};

use super::error::LedgerError;
use super::revision::Signature;
use super::store;
use crate::workspace::Workspace;

/// How many revisions there were, and the hash of the last of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    pub revisions: i64,
    pub head: String,
    pub at: DateTime<Utc>,
    pub by: String,
}

/// What is wrong with a chain that was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Fewer revisions are there than were sealed.
    CutOff { sealed: i64, there: i64 },
    /// The last sealed revision is another one now.
    Rewritten { seq: i64, record: String },
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::CutOff { sealed, there } => write!(
                f,
                "{sealed} revisions were sealed, and {there} are there: the end was cut off, or the \
                 file is another"
            ),
            Broken::Rewritten { seq, record } => write!(
                f,
                "revision {seq} (record {record}) is not the one that was sealed: the chain was \
                 computed anew up to it, or the file is another"
            ),
        }
    }
}

/// The end of the chain as it is now.
///
/// # Errors
/// When the file cannot be read. `None` where nothing is written yet. Whether the chain is sound
/// is for [`super::verify`] to say.
pub fn seal(ws: &mut Workspace, signature: &Signature) -> Result<Option<Seal>, LedgerError> {
    let rows =
        ws.read("sealing the ledger", |session| Ok::<_, LedgerError>(store::all(session)?))?;
    Ok(rows.last().map(|row| Seal {
        revisions: row.seq,
        head: row.hash.clone(),
        at: signature.at,
        by: signature.author.clone(),
    }))
}

/// Whether what was sealed is still there as it was.
///
/// # Errors
/// When the file cannot be read.
pub fn holds(ws: &mut Workspace, seal: &Seal) -> Result<Result<(), Broken>, LedgerError> {
    let rows =
        ws.read("comparing with the seal", |session| Ok::<_, LedgerError>(store::all(session)?))?;
    let there = rows.last().map_or(0, |row| row.seq);
    Ok(match rows.iter().find(|row| row.seq == seal.revisions) {
        None => Err(Broken::CutOff { sealed: seal.revisions, there }),
        Some(row) if row.hash == seal.head => Ok(()),
        Some(row) => Err(Broken::Rewritten { seq: row.seq, record: row.record.clone() }),
    })
}

/// What a seal begins with.
const TITLE: &str = "qbr seal";

impl fmt::Display for Seal {
    /// A few lines that survive a mail and a signature around them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        writeln!(f, "{TITLE}")?;
        writeln!(f, "revisions {}", self.revisions)?;
        writeln!(f, "head {}", self.head)?;
        writeln!(f, "sealed {at} by {}", self.by)
    }
}

impl FromStr for Seal {
    type Err = String;

    /// Reads the lines of a seal wherever they stand: quoted in a mail, within a signature.
    fn from_str(text: &str) -> Result<Self, String> {
        let lines =
            || text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim_end());
        let after = |word: &str| lines().find_map(|line| line.strip_prefix(word));
        if !lines().any(|line| line == TITLE) {
            return Err(format!("it holds no seal: there is no line \"{TITLE}\""));
        }
        let revisions = after("revisions ").and_then(|number| number.parse().ok());
        let head = after("head ")
            .filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let sealed = after("sealed ").and_then(|line| line.split_once(" by "));
        match (revisions, head, sealed) {
            (Some(revisions), Some(head), Some((at, by))) if revisions > 0 => Ok(Seal {
                revisions,
                head: head.to_lowercase(),
                at: at.parse().map_err(|_| "the time of the seal cannot be read".to_owned())?,
                by: by.to_owned(),
            }),
            _ => Err("the seal is not whole: it needs its lines revisions, head and sealed".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_read_back_also_out_of_a_mail() {
        let seal = Seal {
            revisions: 42,
            head: "0123456789abcdef".repeat(4),
            at: DateTime::from_timestamp(1_767_204_000, 0).expect("a time"),
            by: "pat by the way".into(),
        };
        let text = seal.to_string();
        assert_eq!(text.parse::<Seal>(), Ok(seal.clone()));
        let quoted: String = text.lines().map(|line| format!("> {line}\r\n")).collect();
        let mail = format!("Subject: seal\r\n\r\nKeep this.\r\n{quoted}\r\nPat\r\n");
        assert_eq!(mail.parse::<Seal>(), Ok(seal));
        for broken in ["", "qbr seal\nrevisions 42\n", &text.replace("head 0", "head x")] {
            assert!(broken.parse::<Seal>().is_err(), "{broken}");
        }
    }
}
