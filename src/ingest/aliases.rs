//! Spellings that people have accepted for a known key: `GTXPro` is `GTX Pro`.
//!
//! Owns what may be accepted, and the versions of it. The facts keep what the
//! files said; the lists of the model know the spelling as well, so that it
//! holds for rows that are there and for those to come, and a withdrawal undoes
//! it for all of them.

use chrono::{DateTime, Utc};

use crate::domain::Value;
use crate::workspace::{Session, Workspace, WorkspaceError};

use super::error::ImportError;
use super::history::Stores;
use super::keys::{self, List};
use super::report::UnknownKeys;
use super::tables::Author;

const ALIASES: &str = "settings.alias";

/// A spelling, the key it stands for, and since when; or that it no longer does.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Alias {
    /// `products`, `people`, `regions`.
    pub list: String,
    pub theirs: String,
    pub ours: String,
    /// False: withdrawn.
    pub active: bool,
    pub version: i64,
    pub author: String,
    pub at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
}

/// The values that no list knows, each with the nearest that one does.
pub fn unknown(workspace: &mut Workspace) -> Result<Vec<UnknownKeys>, ImportError> {
    let stores = Stores::default();
    workspace.read("looking for unknown keys", |session| Ok(keys::unknown(session, &stores)?))
}

/// What is accepted; with `all`, every earlier version and what was withdrawn, too.
pub fn aliases(workspace: &mut Workspace, all: bool) -> Result<Vec<Alias>, ImportError> {
    workspace.read("reading the accepted spellings", |session| {
        let newest = "QUALIFY row_number() OVER (PARTITION BY column_name, theirs
                      ORDER BY version DESC) = 1 AND active";
        let found = session.query(
            &format!(
                "SELECT column_name, theirs, ours, active, version, author, \"at\", reason
                 FROM settings.alias {} ORDER BY column_name, theirs, version",
                if all { "" } else { newest }
            ),
            &[],
        )?;
        let lists = keys::lists();
        let list = |column: String| {
            let list = lists.iter().find(|list| list.column == column);
            list.map_or(column, |list| list.name.to_owned())
        };
        let alias = |row: &Vec<Value>| Alias {
            list: list(row[0].plain()),
            theirs: row[1].plain(),
            ours: row[2].plain(),
            active: row[3].as_bool() == Some(true),
            version: row[4].as_int().unwrap_or_default(),
            author: row[5].plain(),
            at: match row[6] {
                Value::Instant(at) => Some(at),
                _ => None,
            },
            reason: row[7].as_text().map(str::to_owned),
        };
        Ok(found.rows.iter().map(alias).collect())
    })
}

/// A spelling to accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// `products`.
    pub list: String,
    pub theirs: String,
    /// The key; `None`: the nearest.
    pub ours: Option<String>,
}

/// Every spelling among the unknown values that differs in nothing but the way of writing it.
pub fn mere_spellings(unknown: &[UnknownKeys]) -> Vec<Wish> {
    let mut wishes: Vec<Wish> = Vec::new();
    for of_column in unknown {
        for key in &of_column.most {
            let Some(near) = &key.nearest else { continue };
            let wish = Wish {
                list: of_column.list.clone(),
                theirs: key.key.clone(),
                ours: Some(near.key.clone()),
            };
            if near.likeness.is_spelling() && !wishes.contains(&wish) {
                wishes.push(wish);
            }
        }
    }
    wishes
}

/// Accepts spellings, all of them or none; gives those that were not accepted already.
///
/// # Errors
/// `NoSuchList`; `NotAKey` where the key is not known; `IsAKey` where the spelling is itself a key,
/// whose rows would change their meaning; `NothingNear`.
pub fn accept(
    workspace: &mut Workspace,
    wishes: &[Wish],
    author: &Author<'_>,
    reason: Option<&str>,
) -> Result<Vec<Alias>, ImportError> {
    workspace.write("accepting spellings", |session| {
        let mut out = Vec::new();
        for wish in wishes {
            let list = list(&wish.list)?;
            let known = list.known(session, &Stores::default())?;
            if known.has(&wish.theirs) {
                let (list, key) = (list.one.to_owned(), wish.theirs.clone());
                return Err(ImportError::IsAKey { list, key });
            }
            let ours = match &wish.ours {
                Some(ours) if known.has(ours) => ours.clone(),
                Some(ours) => {
                    let nearest = known.nearest(ours).map(|near| near.key);
                    let (list, key) = (list.one.to_owned(), ours.clone());
                    return Err(ImportError::NotAKey { list, key, nearest });
                }
                None => match known.nearest(&wish.theirs) {
                    Some(near) => near.key,
                    None => {
                        let (list, key) = (list.one.to_owned(), wish.theirs.clone());
                        return Err(ImportError::NothingNear { list, key });
                    }
                },
            };
            let newest = newest(session, &list, &wish.theirs)?;
            if newest.as_ref().is_some_and(|alias| alias.active && alias.ours == ours) {
                continue;
            }
            let version = newest.map_or(0, |alias| alias.version) + 1;
            let alias = Alias {
                list: list.name.to_owned(),
                theirs: wish.theirs.clone(),
                ours,
                active: true,
                version,
                author: author.name.to_owned(),
                at: Some(author.at),
                reason: reason.map(str::to_owned),
            };
            write(session, &list, &alias)?;
            out.push(alias);
        }
        if !out.is_empty() {
            session.refresh_rollups(&[ALIASES])?;
        }
        Ok(out)
    })
}

/// Takes back what was accepted: the spelling is unknown again, for all rows.
///
/// # Errors
/// `NoSuchList`; `NotAccepted`.
pub fn withdraw(
    workspace: &mut Workspace,
    list_name: &str,
    theirs: &str,
    author: &Author<'_>,
    reason: Option<&str>,
) -> Result<Alias, ImportError> {
    workspace.write("withdrawing a spelling", |session| {
        let list = list(list_name)?;
        let Some(accepted) = newest(session, &list, theirs)?.filter(|alias| alias.active) else {
            let (list, key) = (list.one.to_owned(), theirs.to_owned());
            return Err(ImportError::NotAccepted { list, key });
        };
        let withdrawn = Alias {
            active: false,
            version: accepted.version + 1,
            author: author.name.to_owned(),
            at: Some(author.at),
            reason: reason.map(str::to_owned),
            ..accepted
        };
        write(session, &list, &withdrawn)?;
        session.refresh_rollups(&[ALIASES])?;
        Ok(withdrawn)
    })
}

fn list(name: &str) -> Result<List, ImportError> {
    keys::list(name).ok_or_else(|| ImportError::NoSuchList {
        name: name.to_owned(),
        known: keys::lists().iter().map(|list| list.name.to_owned()).collect(),
    })
}

fn newest(
    session: &Session<'_>,
    list: &List,
    theirs: &str,
) -> Result<Option<Alias>, WorkspaceError> {
    let found = session.query(
        "SELECT ours, active, version FROM settings.alias WHERE column_name = ? AND theirs = ?
         ORDER BY version DESC LIMIT 1",
        &[list.column.into(), theirs.into()],
    )?;
    Ok(found.rows.first().map(|row| Alias {
        list: list.name.to_owned(),
        theirs: theirs.to_owned(),
        ours: row[0].plain(),
        active: row[1].as_bool() == Some(true),
        version: row[2].as_int().unwrap_or_default(),
        author: String::new(),
        at: None,
        reason: None,
    }))
}

fn write(session: &Session<'_>, list: &List, alias: &Alias) -> Result<(), WorkspaceError> {
    session.execute(
        "INSERT INTO settings.alias (column_name, theirs, ours, active, version, author, \"at\", reason)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        &[
            list.column.into(),
            alias.theirs.as_str().into(),
            alias.ours.as_str().into(),
            Value::Bool(alias.active),
            Value::Int(alias.version),
            alias.author.as_str().into(),
            alias.at.map_or(Value::Null, Value::Instant),
            alias.reason.as_deref().map_or(Value::Null, Value::from),
        ],
    )?;
    Ok(())
}
