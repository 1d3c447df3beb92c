//! Who may do what: the roles that people and groups of the system were given.
//!
//! A role is a record like any other, of the kind [`KIND`], so that each change
//! of one is a revision with its author and its reason. Owns what a role allows;
//! the steps themselves are guarded by the writer.
//!
//! Invariants: where no role is in force everybody may do everything; where one
//! is, somebody has the role `operations`, so nobody locks everybody out.
//!
//! It keeps honest people from mistakes. Who may write the file can write the
//! file: against that stand its permissions, and the chain.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::body::text;
use super::error::{LedgerError, or};
use super::store;
use crate::workspace::{Session, Workspace, groups_of};

/// The kind of the records, and so the name of their form.
pub(super) const KIND: &str = "role";
/// Their state while they hold.
const IN_FORCE: &str = "granted";
/// Stands for everybody.
const EVERYBODY: &str = "*";

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Write records and move them on: managers, approvers, operations.
    Write,
    /// Give an approval: approvers.
    Approve,
    /// Import, accept spellings, give roles: operations.
    Operate,
}

impl Right {
    /// The roles of the form that have it.
    fn roles(self) -> &'static [&'static str] {
        match self {
            Right::Write => &["manager", "approver", "operations"],
            Right::Approve => &["approver"],
            Right::Operate => &["operations"],
        }
    }

    fn words(self) -> &'static str {
        match self {
            Right::Write => "write records",
            Right::Approve => "approve",
            Right::Operate => "import, accept spellings or give roles",
        }
    }
}

/// The roles in force. They add up: a person has their own, those of their groups, and those of
/// everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    grants: Vec<Grant>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Grant {
    /// A login name, a group as `@sales`, or `*`.
    who: String,
    roles: BTreeSet<String>,
}

/// The roles in force in a workspace.
///
/// # Errors
/// `Damaged`, and those of [`Workspace::read`].
pub fn roles(ws: &mut Workspace) -> Result<Roles, LedgerError> {
    ws.read("reading the roles", Roles::read)
}

impl Roles {
    pub(super) fn read(session: &Session<'_>) -> Result<Self, LedgerError> {
        let mut grants = Vec::new();
        for row in store::newest(session, Some(KIND))? {
            let record = row.into_revision()?;
            if record.state != IN_FORCE {
                continue;
            }
            let named = record.body.get("roles").and_then(Json::as_array);
            grants.push(Grant {
                who: text(&record.body, "who").unwrap_or_default().trim().to_owned(),
                roles: named
                    .into_iter()
                    .flatten()
                    .filter_map(Json::as_str)
                    .map(Into::into)
                    .collect(),
            });
        }
        Ok(Roles { grants })
    }

    /// The roles of a user of the system, by name; empty where none was given.
    pub fn of(&self, user: &str) -> BTreeSet<&str> {
        let by_group = self.grants.iter().any(|grant| grant.who.starts_with('@'));
        let groups = if by_group { groups_of(user) } else { Vec::new() };
        let meant = |grant: &&Grant| match grant.who.strip_prefix('@') {
            Some(group) => groups.iter().any(|own| own == group),
            None => grant.who == user || grant.who == EVERYBODY,
        };
        self.grants
            .iter()
            .filter(meant)
            .flat_map(|grant| &grant.roles)
            .map(String::as_str)
            .collect()
    }

    /// Whether this user may.
    pub fn allow(&self, user: &str, right: Right) -> bool {
        let own = self.of(user);
        self.grants.is_empty() || right.roles().iter().any(|role| own.contains(role))
    }

    /// # Errors
    /// `Role`, which names who could, or could give the role.
    pub fn demand(&self, user: &str, right: Right) -> Result<(), LedgerError> {
        if self.allow(user, right) {
            return Ok(());
        }
        let own: Vec<&str> = self.of(user).into_iter().collect();
        let has = match own.as_slice() {
            [] => "has no role here".to_owned(),
            own => format!("is {} here", own.join(" and ")),
        };
        Err(LedgerError::Role {
            who: user.to_owned(),
            has,
            wanted: right.words(),
            needed: or(right.roles().iter().copied()),
            by: or(self.with("operations")),
        })
    }

    /// # Errors
    /// `Problems` when there are roles and nobody could change them any more.
    pub(super) fn demand_a_keeper(&self) -> Result<(), LedgerError> {
        if self.grants.is_empty() || self.with("operations").next().is_some() {
            return Ok(());
        }
        let message = "somebody must have the role operations, or nobody could give a role again; \
                       give it first";
        Err(LedgerError::Problems(vec![super::error::Problem::new("roles", message)]))
    }

    fn with<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a str> {
        let having = move |grant: &&Grant| grant.roles.contains(role);
        self.grants.iter().filter(having).map(|grant| grant.who.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(grants: &[(&str, &[&str])]) -> Roles {
        let grant = |(who, roles): &(&str, &[&str])| Grant {
            who: (*who).to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        };
        Roles { grants: grants.iter().map(grant).collect() }
    }

    #[test]
    fn without_roles_everybody_may_do_everything() {
        for right in [Right::Write, Right::Approve, Right::Operate] {
            assert!(Roles::default().allow("ann", right));
        }
        Roles::default().demand_a_keeper().expect("nobody is locked out");
    }

    #[test]
    fn a_role_allows_what_it_is_for() {
        let roles = roles(&[
            ("ann", &["operations"]),
            ("bob", &["manager"]),
            ("cid", &["approver"]),
            ("dee", &["viewer"]),
        ]);
        let may = |who: &str| {
            [Right::Write, Right::Approve, Right::Operate].map(|right| roles.allow(who, right))
        };
        assert_eq!(may("ann"), [true, false, true]);
        assert_eq!(may("bob"), [true, false, false]);
        assert_eq!(may("cid"), [true, true, false]);
        assert_eq!(may("dee"), [false; 3]);
        assert_eq!(may("eve"), [false; 3], "who has no role looks on");
    }

    #[test]
    fn roles_of_a_person_of_their_groups_and_of_everybody_add_up() {
        let user = crate::workspace::Identity::current().user;
        let group = groups_of(&user).into_iter().next().expect("a group");
        let roles = roles(&[
            ("*", &["viewer"]),
            (&format!("@{group}"), &["approver"]),
            (&user, &["operations"]),
            ("@no such group", &["manager"]),
        ]);
        assert_eq!(Vec::from_iter(roles.of(&user)), ["approver", "operations", "viewer"]);
        assert_eq!(Vec::from_iter(roles.of("no such user")), ["viewer"]);
    }

    #[test]
    fn a_refusal_names_who_can_help() {
        let roles = roles(&[("ann", &["operations"]), ("*", &["viewer"])]);
        let error = roles.demand("dee", Right::Write).expect_err("a viewer");
        assert_eq!(
            error.to_string(),
            "dee is viewer here and may not write records: that takes the role manager, approver \
             or operations; ann can give it (kind role)"
        );
    }

    #[test]
    fn somebody_keeps_the_keys() {
        roles(&[("bob", &["manager"])]).demand_a_keeper().expect_err("nobody could give roles");
        roles(&[("bob", &["manager"]), ("@ops", &["operations"])]).demand_a_keeper().expect("ops");
    }
}
