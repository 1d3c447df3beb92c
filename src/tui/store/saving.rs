//! Saves: kept before they are tried, tried again until the ledger has them or refuses them.
//!
//! What the screen is told of a save that must wait is [`Reply::Waits`], once a
//! second; the reply that ends it goes to the same ticket, whenever it comes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;

use crate::ledger::drafts::Draft;
use crate::ledger::{self, Body, Revision, Signature, Tried};
use crate::review;
use crate::tui::message::{Event, Failure, Reply, Ticket};
use crate::workspace::{Patience, Verdict, Waiting, Workspace};

use super::{Store, in_the_way, missing, not_open, refused};

/// How long one try may take. Nothing else can be asked meanwhile, but whoever is in
/// the way of a save is mostly in the way of a question as well.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tickets of saves that nobody in this session has asked for, counted down from here.
const LEFT_BEHIND: u64 = u64::MAX;

/// What a person wants saved.
pub(super) struct Asked {
    pub(super) kind: String,
    /// With the revision that it is based on.
    pub(super) record: Option<(String, u32)>,
    pub(super) body: Body,
    pub(super) draft: String,
}

impl Store {
    /// Those that an earlier session left; this one sees to them.
    pub(super) fn take_over(&mut self, workspace: &Path) -> Vec<(Ticket, Draft)> {
        let Some(saves) = &self.saves else { return Vec::new() };
        let left = saves.take_over(workspace).unwrap_or_else(|error| {
            tracing::warn!(%error, "saves of an earlier session cannot be read");
            Vec::new()
        });
        let numbered = (0..).zip(left).map(|(n, save)| (Ticket(LEFT_BEHIND - n), save));
        self.waiting = numbered.collect();
        self.waiting.iter().cloned().collect()
    }

    pub(super) fn save(&mut self, ticket: Ticket, asked: Asked) -> Result<Reply, Failure> {
        let workspace = self.workspace.as_ref().ok_or_else(not_open)?;
        let Asked { kind, record, body, draft } = asked;
        let form = self.catalog.forms.get(&kind).ok_or_else(|| missing("form", &kind))?;
        let save = Draft {
            id: draft,
            workspace: workspace.path().to_owned(),
            about: ledger::about(form, &body),
            record: record.as_ref().map(|(record, _)| record.clone()),
            based_on: record.map(|(_, based_on)| based_on),
            kind,
            body,
            field: None,
            saved_at: Utc::now(),
        };
        let saves = self.saves.as_ref().ok_or_else(not_open)?;
        let kept = saves.keep(&save);
        if !self.waiting.is_empty() && kept.is_ok() {
            // In the order in which they were asked for.
            self.waiting.push_back((ticket, save.clone()));
            let why = "An earlier save still waits.".to_owned();
            return Ok(Reply::Waits { save: Box::new(save), why });
        }
        match self.attempt(ticket, &save)? {
            Tried::Saved(revision) => Ok(Reply::Saved(revision)),
            Tried::Refused(error) => refused(error),
            Tried::Waits(error) => {
                // Without a file of it there would be nothing to rely on.
                kept.map_err(|_| Failure::from(&error))?;
                self.waiting.push_back((ticket, save.clone()));
                Ok(Reply::Waits { save: Box::new(save), why: error.to_string() })
            }
        }
    }

    /// Tries the saves that wait, in their order, up to one that must still wait.
    pub(super) fn try_again(&mut self) -> Vec<(Ticket, Reply)> {
        let mut done = Vec::new();
        while let Some((ticket, save)) = self.waiting.pop_front() {
            let reply = match self.attempt(ticket, &save) {
                Ok(Tried::Waits(_)) => {
                    self.waiting.push_front((ticket, save));
                    break;
                }
                Ok(Tried::Saved(revision)) => Ok(Reply::Saved(revision)),
                Ok(Tried::Refused(error)) => refused(error),
                Err(failure) => Err(failure),
            };
            let reply = reply.unwrap_or_else(Reply::Failed);
            self.note_own(&reply);
            done.push((ticket, reply));
        }
        done
    }

    fn attempt(&mut self, ticket: Ticket, save: &Draft) -> Result<Tried, Failure> {
        let told = self.patience_for(ticket, save);
        let usual = self.patience();
        let (Some(workspace), Some(saves)) = (&mut self.workspace, &self.saves) else {
            return Err(not_open());
        };
        let by = Signature { author: self.identity.user.clone(), at: Utc::now() };
        workspace.set_patience(told);
        let tried = saves.attempt(workspace, &self.catalog, save, &by);
        workspace.set_patience(usual);
        Ok(tried)
    }

    fn patience_for(&self, ticket: Ticket, save: &Draft) -> Patience {
        let (tell, save) = (Arc::clone(&self.tell), Box::new(save.clone()));
        let on_wait = move |waiting: &Waiting| {
            let why = in_the_way(waiting);
            match tell(Event::Reply(ticket, Reply::Waits { save: save.clone(), why })) {
                true => Verdict::Keep,
                false => Verdict::GiveUp,
            }
        };
        Patience { limit: PATIENCE, on_wait: Some(Box::new(on_wait)) }
    }

    /// What we have written ourselves is no news. If nobody wrote between what was seen and
    /// this, there is nothing to look for at all.
    pub(super) fn note_own(&mut self, reply: &Reply) {
        let revision: &Revision = match reply {
            Reply::Saved(revision) | Reply::Moved { revision, .. } => revision,
            _ => return,
        };
        self.own.insert(revision.seq);
        let Some((found, left)) = self.workspace.as_ref().and_then(Workspace::written) else {
            return;
        };
        if self.stamp == Some(found) && self.seen.is_before(revision.seq) {
            self.seen = self.seen.after(revision.seq);
            self.stamp = Some(left);
        }
    }

    /// Looks at the file; what others did since, as a sentence.
    pub(super) fn look(&mut self) -> Option<String> {
        let workspace = self.workspace.as_mut()?;
        let stamp = workspace.stamp();
        if self.stamp.replace(stamp).is_none_or(|seen| seen == stamp) {
            return None;
        }
        match review::news(workspace, self.seen, &self.identity.user, &self.own) {
            Ok((news, seen)) => {
                self.seen = seen;
                self.own.clear();
                news
            }
            // Whatever cannot be told, something did change.
            Err(_) => Some("Somebody changed the workspace.".into()),
        }
    }
}
