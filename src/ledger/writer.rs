//! The end of the chain, while it is one's turn to write: what is checked before
//! a row is added, and the adding.
//!
//! Invariant: the rules of the form and of the ledger are asked here and nowhere
//! else, so a step from a file of records meets the same ones as a person's.

use chrono::{DateTime, Utc};

use super::approvals::{approvals, way};
use super::body::{Body, about, canonical, same_thing, text};
use super::chain::{GENESIS, digest};
use super::check::{checked, fields};
use super::error::{LedgerError, Problem, or};
use super::links::{Link, links};
use super::read::revisions;
use super::revision::{Action, Moved, Revision, Signature};
use super::roles::{self, Right, Roles};
use super::store::{self, Row, body_of};
use crate::catalog::Form;
use crate::workspace::Session;

/// The end of the chain, held for the time of one write lease.
pub(super) struct Writer<'a> {
    session: &'a Session<'a>,
    roles: Roles,
    seq: i64,
    hash: String,
    written: bool,
}

/// What a step adds; the rest of the row follows from the chain.
struct New<'a> {
    record: &'a str,
    kind: &'a str,
    revision: u32,
    parent: Option<u32>,
    action: Action,
    toward: Option<&'a str>,
    state: &'a str,
    body: &'a Body,
}

impl<'a> Writer<'a> {
    pub(super) fn open(session: &'a Session<'a>) -> Result<Self, LedgerError> {
        let (seq, hash) = store::last(session)?.unwrap_or((0, GENESIS.to_owned()));
        Ok(Writer { session, roles: Roles::read(session)?, seq, hash, written: false })
    }

    /// Notes in the file where the chain ends, in the same transaction, so that
    /// a cut-off end is noticed.
    pub(super) fn close(self) -> Result<(), LedgerError> {
        if self.written {
            store::set_head(self.session, self.seq, &self.hash)?;
        }
        Ok(())
    }

    /// Carries out a step unless the save that asks for it has arrived before.
    pub(super) fn once(
        &mut self,
        save: &str,
        step: impl FnOnce(&mut Self) -> Result<Revision, LedgerError>,
    ) -> Result<Revision, LedgerError> {
        if let Some(row) = store::arrived(self.session, save)? {
            return row.into_revision();
        }
        let revision = step(self)?;
        store::arrives(self.session, save, revision.seq)?;
        Ok(revision)
    }

    pub(super) fn create(
        &mut self,
        form: &Form,
        body: &Body,
        by: &Signature,
        reason: Option<&str>,
    ) -> Result<Revision, LedgerError> {
        self.demand(form, by, Right::Write)?;
        let state = form.states.first().map_or("", |state| state.id.as_str());
        let body = checked(form, body, state).map_err(LedgerError::Problems)?;
        self.check_links(form, &body)?;
        let id = format!("{}-{}", form.prefix, store::highest(self.session, &form.prefix)? + 1);
        self.check_about(form, &id, &body)?;
        let new = New {
            record: &id,
            kind: &form.kind,
            revision: 1,
            parent: None,
            action: Action::Create,
            toward: None,
            state,
            body: &body,
        };
        self.append(&new, by, reason)
    }

    pub(super) fn revise(
        &mut self,
        form: &Form,
        id: &str,
        based_on: u32,
        body: &Body,
        by: &Signature,
        reason: Option<&str>,
    ) -> Result<Revision, LedgerError> {
        self.demand(form, by, Right::Write)?;
        let history = self.history(form, id)?;
        let newest = unconflicted(&history, based_on, |_| true)?;
        let open = form.states.iter().find(|state| state.id == newest.state);
        if !open.is_some_and(|state| state.open) {
            return Err(LedgerError::NotAllowed {
                record: id.to_owned(),
                why: closed(form, &newest.state),
            });
        }
        let mut body = body.clone();
        for field in fields(form).filter(|field| field.is_fact()) {
            if !body.contains_key(&field.id)
                && let Some(fact) = newest.body.get(&field.id)
            {
                body.insert(field.id.clone(), fact.clone());
            }
        }
        let body = checked(form, &body, &newest.state).map_err(LedgerError::Problems)?;
        if canonical(&body) == canonical(&newest.body) {
            return Err(LedgerError::Unchanged {
                record: id.to_owned(),
                revision: newest.revision,
            });
        }
        self.check_links(form, &body)?;
        self.check_about(form, id, &body)?;
        let new = New {
            record: id,
            kind: &form.kind,
            revision: newest.revision + 1,
            parent: Some(newest.revision),
            action: Action::Revise,
            toward: None,
            state: &newest.state,
            body: &body,
        };
        self.append(&new, by, reason)
    }

    pub(super) fn move_to(
        &mut self,
        form: &Form,
        id: &str,
        seen: Option<u32>,
        state: &str,
        by: &Signature,
        reason: Option<&str>,
    ) -> Result<Moved, LedgerError> {
        let history = self.history(form, id)?;
        // An approval by somebody else changes neither words nor state.
        let matters = |revision: &Revision| revision.action != Action::Approve;
        let last = history.last().map_or(0, |newest| newest.revision);
        let newest = unconflicted(&history, seen.unwrap_or(last), matters)?;
        let Some(way) = way(form, &newest.state, state) else {
            return Err(no_such_move(form, newest, state));
        };
        let right = if way.approvals > 0 { Right::Approve } else { Right::Write };
        self.demand(form, by, right)?;
        if way.needs_reason && reason.is_none_or(|reason| reason.trim().is_empty()) {
            let message = format!("say why it is to become {state}");
            return Err(LedgerError::Problems(vec![Problem::new("reason", message)]));
        }
        let restored =
            way.restores.as_ref().and_then(|from| standing_before(&history, from, state));
        // What was in force once is not asked again whether it may be.
        if restored.is_none() {
            checked(form, &newest.body, state).map_err(LedgerError::Problems)?;
        }
        let done = |id: &str| form.states.iter().any(|known| known.id == id && known.done);
        if done(&newest.state) && !done(state) {
            self.check_about(form, id, &newest.body)?;
        }
        let standing = approvals(form, &history, state);
        let mut new = New {
            record: id,
            kind: &form.kind,
            revision: newest.revision + 1,
            parent: Some(newest.revision),
            action: Action::Move,
            toward: None,
            state,
            body: restored.map_or(&newest.body, |earlier| &earlier.body),
        };
        if standing.needed > 0 {
            if standing.authors.contains(&by.author) {
                let why = format!(
                    "{} wrote it; to become {state} it needs the approval of somebody who did not",
                    by.author
                );
                return Err(LedgerError::NotAllowed { record: id.to_owned(), why });
            }
            let again = standing.given.contains(&by.author);
            let given = standing.given.len() + usize::from(!again);
            let needed = standing.needed;
            if again {
                return Ok(Moved::Approved { revision: newest.clone(), given, needed });
            }
            if given < needed {
                new.action = Action::Approve;
                new.toward = Some(state);
                new.state = &newest.state;
                new.body = &newest.body;
                let revision = self.append(&new, by, reason)?;
                return Ok(Moved::Approved { revision, given, needed });
            }
        }
        let said = restored.map(|earlier| {
            let again = format!("What revision {} said stands again.", earlier.revision);
            reason.map_or(again.clone(), |reason| format!("{} {again}", sentence(reason)))
        });
        self.append(&new, by, said.as_deref().or(reason)).map(Moved::Moved)
    }

    /// The revisions of a record of this form, oldest first; never none.
    fn history(&self, form: &Form, id: &str) -> Result<Vec<Revision>, LedgerError> {
        let history = revisions(self.session, id)?;
        match history.first() {
            Some(first) if first.kind != form.kind => Err(LedgerError::OtherKind {
                record: id.to_owned(),
                kind: first.kind.clone(),
                given: form.kind.clone(),
            }),
            _ => Ok(history),
        }
    }

    fn append(
        &mut self,
        new: &New<'_>,
        by: &Signature,
        reason: Option<&str>,
    ) -> Result<Revision, LedgerError> {
        let author = by.author.trim();
        if author.is_empty() {
            let why = "nobody is named as its author".to_owned();
            return Err(LedgerError::NotAllowed { record: new.record.to_owned(), why });
        }
        let mut row = Row {
            seq: self.seq + 1,
            record: new.record.to_owned(),
            kind: new.kind.to_owned(),
            revision: i64::from(new.revision),
            parent: new.parent.map(i64::from),
            action: new.action.name().to_owned(),
            toward: new.toward.map(str::to_owned),
            state: new.state.to_owned(),
            body: canonical(new.body),
            author: author.to_owned(),
            at: whole_microseconds(by.at),
            reason: reason.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
            prev_hash: self.hash.clone(),
            hash: String::new(),
        };
        row.hash = digest(&row);
        store::insert(self.session, &row)?;
        self.seq = row.seq;
        self.hash.clone_from(&row.hash);
        self.written = true;
        if new.kind == roles::KIND {
            self.roles = Roles::read(self.session)?;
            self.roles.demand_a_keeper()?;
        }
        row.into_revision()
    }

    /// Who gives roles needs more than who writes.
    fn demand(&self, form: &Form, by: &Signature, right: Right) -> Result<(), LedgerError> {
        let right = if form.kind == roles::KIND { Right::Operate } else { right };
        self.roles.demand(by.author.trim(), right)
    }

    /// Every record that the body names is there and of a kind that may be named.
    fn check_links(&self, form: &Form, body: &Body) -> Result<(), LedgerError> {
        let mut problems = Vec::new();
        for Link { path, record: id, kinds, .. } in links(form, body) {
            match store::kind_of(self.session, id)? {
                None => problems.push(Problem::new(path, format!("there is no record {id}"))),
                Some(kind) if !kinds.is_empty() && !kinds.contains(&kind) => {
                    let wanted = or(kinds.iter().map(String::as_str));
                    let message = format!("{id} is of the kind {kind}; here it must be {wanted}");
                    problems.push(Problem::new(path, message));
                }
                Some(_) => {}
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(LedgerError::Problems(problems)) }
    }

    /// No other record about the same thing is unfinished.
    fn check_about(&self, form: &Form, id: &str, body: &Body) -> Result<(), LedgerError> {
        let Some(about) = about(form, body) else { return Ok(()) };
        let Some(value) = form.about.first().and_then(|field| text(body, field)) else {
            return Ok(());
        };
        let done = |state: &str| form.states.iter().any(|known| known.id == state && known.done);
        let others = store::newest_saying(self.session, &form.kind, value)?;
        let same = |other: &Row| {
            other.record != id
                && !done(&other.state)
                && body_of(&other.body).is_some_and(|other| same_thing(form, body, &other))
        };
        match others.into_iter().find(same) {
            Some(other) => {
                Err(LedgerError::Taken { record: other.record, about, state: other.state })
            }
            None => Ok(()),
        }
    }
}

/// The newest revision in a state that said something else than the record says now, and was not itself
/// taken back by a move to `taken_back`.
fn standing_before<'h>(
    history: &'h [Revision],
    state: &str,
    taken_back: &str,
) -> Option<&'h Revision> {
    let mut out_of_use: Vec<String> =
        history.last().map(|now| canonical(&now.body)).into_iter().collect();
    let came_back =
        |step: &&[Revision]| step[1].action == Action::Move && step[1].state == taken_back;
    out_of_use.extend(history.windows(2).filter(came_back).map(|step| canonical(&step[0].body)));
    let stood = |revision: &&Revision| {
        revision.state == state && !out_of_use.contains(&canonical(&revision.body))
    };
    history.iter().rev().find(stood)
}

/// With a full stop, so that another sentence can follow.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// The newest revision, unless one that matters came after the one that was seen.
fn unconflicted(
    history: &[Revision],
    seen: u32,
    matters: impl Fn(&Revision) -> bool,
) -> Result<&Revision, LedgerError> {
    let newest = history.last().ok_or_else(|| LedgerError::NotAStep("an empty history".into()))?;
    let Some(based_on) = history.iter().find(|revision| revision.revision == seen) else {
        return Err(LedgerError::NoSuchRevision {
            record: newest.record.clone(),
            revision: seen,
            newest: newest.revision,
        });
    };
    if history.iter().any(|revision| revision.revision > seen && matters(revision)) {
        return Err(LedgerError::Conflict {
            record: newest.record.clone(),
            based_on: Box::new(based_on.clone()),
            newest: Box::new(newest.clone()),
        });
    }
    Ok(newest)
}

fn no_such_move(form: &Form, newest: &Revision, to: &str) -> LedgerError {
    let mut possible = Vec::new();
    for step in &form.moves {
        if step.from.contains(&newest.state) && !possible.contains(&step.to) {
            possible.push(step.to.clone());
        }
    }
    LedgerError::NoSuchMove {
        record: newest.record.clone(),
        from: newest.state.clone(),
        to: to.to_owned(),
        possible,
    }
}

/// Why the body may not change now, and by which move it may again.
fn closed(form: &Form, state: &str) -> String {
    let open = |id: &str| form.states.iter().any(|known| known.id == id && known.open);
    let back: Vec<&str> = form
        .moves
        .iter()
        .filter(|step| open(&step.to) && step.from.iter().any(|from| from == state))
        .map(|step| step.to.as_str())
        .collect();
    let way = match back.as_slice() {
        [] => "nor will it again".to_owned(),
        states => format!("move it to {} first", or(states.iter().copied())),
    };
    format!("it is {state}; what it says cannot be changed now, {way}")
}

fn whole_microseconds(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}
