//! A form, one question after the other.
//!
//! Each answer is kept in a draft before the next question; nothing is saved unless
//! it is asked for, and what others saved meanwhile is settled field by field.

use chrono::Utc;
use serde_json::Value as Json;

use crate::catalog::Form;
use crate::catalog::form::{Field, FieldKind};
use crate::ledger::drafts::Draft;
use crate::ledger::{self, Body, LedgerError, Revision, Signature};

use super::answering::{Answered, HELP, state_title};
use super::{Go, Review, Stop};

impl Review<'_, '_> {
    /// Writes a new record, filled from what led here.
    pub(super) fn write_new(&mut self, form: &Form, seed: Body) -> Go {
        self.may_write()?;
        let mut body = ledger::blank(form);
        body.extend(seed);
        ledger::fill(self.workspace, self.catalog, form, &mut body)?;
        let draft = self.new_draft(form, None, body);
        self.write(form, draft)
    }

    /// Writes a new revision of a record.
    pub(super) fn revise(&mut self, form: &Form, newest: &Revision) -> Go {
        self.may_write()?;
        let draft = self.new_draft(form, Some(newest), newest.body.clone());
        self.write(form, draft)
    }

    /// Goes on with one of this user's drafts.
    pub(super) fn choose_draft(&mut self) -> Go {
        let drafts = self.drafts();
        if drafts.is_empty() {
            return self.talk.say("You have no unsaved drafts here.");
        }
        let names: Vec<String> = drafts
            .iter()
            .map(|draft| {
                let form = self.catalog.forms.get(&draft.kind);
                let title = form.map_or(draft.kind.as_str(), |form| form.title.as_str());
                let what = draft.record.as_deref().or(draft.about.as_deref()).unwrap_or("new");
                format!("{title}, {what}")
            })
            .collect();
        let chosen = self.talk.choose("Unsaved drafts.", &names, "")?;
        let Some(draft) = chosen.number.and_then(|number| drafts.get(number)) else {
            return self.talk.unknown(&chosen.word);
        };
        self.may_write()?;
        match self.catalog.forms.get(&draft.kind) {
            Some(form) => self.write(form, draft.clone()),
            None => Err(Stop::Trouble(format!("There is no form called {}.", draft.kind))),
        }
    }

    pub(super) fn drafts(&self) -> Vec<Draft> {
        let journal = self.journal.as_ref();
        journal
            .and_then(|j| j.list(self.workspace.path()).ok())
            .map(|o| o.drafts)
            .unwrap_or_default()
    }

    fn new_draft(&self, form: &Form, newest: Option<&Revision>, body: Body) -> Draft {
        let now = Utc::now();
        Draft {
            id: Draft::new_id(now),
            workspace: self.workspace.path().to_owned(),
            kind: form.kind.clone(),
            record: newest.map(|revision| revision.record.clone()),
            based_on: newest.map(|revision| revision.revision),
            about: ledger::about(form, &body),
            body,
            field: None,
            saved_at: now,
        }
    }

    fn keep(&mut self, draft: &mut Draft) -> Go {
        draft.saved_at = Utc::now();
        let Some(journal) = &self.journal else { return Ok(()) };
        match journal.save(draft) {
            Ok(()) => Ok(()),
            Err(error) => self.talk.say(&format!("The draft could not be kept: {error}.")),
        }
    }

    /// The whole form, then what is to become of it.
    fn write(&mut self, form: &Form, mut draft: Draft) -> Go {
        self.talk.say(&format!("{}. {}", form.title, form.help))?;
        self.talk.say(HELP)?;
        self.walk(form, &mut draft)?;
        loop {
            let state = self.state_of(form, &draft)?;
            let problems = ledger::check(form, &draft.body, &state);
            for problem in &problems {
                let name = form.fields().find(|field| problem.field == field.id);
                let name = name.map_or(problem.field.as_str(), |field| field.label.as_str());
                self.talk.say(&format!("Missing or wrong: {name}: {}.", problem.message))?;
            }
            let heard = self.talk.ask(
                "s save, f go through the fields again, r read it, x throw it away, b leave it as a \
                 draft.",
            )?;
            match heard.as_str() {
                "b" => {
                    return self.talk.say("Kept as a draft. d in the main menu goes on with it.");
                }
                "f" => self.walk(form, &mut draft)?,
                "r" => self.read_form(form, &draft.body)?,
                "x" => {
                    if self.talk.ask("Throw away what you wrote? y yes, anything else no.")? == "y"
                    {
                        self.forget(&draft)?;
                        return self.talk.say("Thrown away.");
                    }
                }
                "s" => match self.save(form, &mut draft) {
                    Ok(Some(revision)) => {
                        self.forget(&draft)?;
                        let state = state_title(form, &revision.state);
                        self.talk.say(&format!("Saved as {}, {state}.", revision.record))?;
                        return self.record(&revision.record);
                    }
                    Ok(None) => {}
                    // Nothing was saved; the form is still there.
                    Err(Stop::Trouble(words)) => self.talk.say(&words)?,
                    Err(other) => return Err(other),
                },
                other => self.talk.unknown(other)?,
            }
        }
    }

    fn forget(&mut self, draft: &Draft) -> Go {
        let Some(journal) = &self.journal else { return Ok(()) };
        match journal.discard(&draft.id) {
            Ok(()) => Ok(()),
            Err(error) => self.talk.say(&format!("The draft is still there: {error}.")),
        }
    }

    fn state_of(&mut self, form: &Form, draft: &Draft) -> Go<String> {
        let first = form.states.first().map(|state| state.id.clone()).unwrap_or_default();
        Ok(match &draft.record {
            Some(record) => ledger::newest(self.workspace, record)?.state,
            None => first,
        })
    }

    /// `None`: somebody saved the record meanwhile; the draft has both texts now.
    fn save(&mut self, form: &Form, draft: &mut Draft) -> Go<Option<Revision>> {
        let by = Signature { author: self.identity.user.clone(), at: Utc::now() };
        let mut body = draft.body.clone();
        ledger::cite(self.workspace, self.catalog, form, &mut body)?;
        let saved = match (&draft.record, draft.based_on) {
            (Some(record), Some(based_on)) => {
                ledger::revise(self.workspace, form, record, based_on, body, &by, None)
            }
            _ => ledger::create(self.workspace, form, body, &by, None),
        };
        match saved {
            Ok(revision) => Ok(Some(revision)),
            Err(LedgerError::Conflict { based_on, newest, .. }) => {
                self.settle(form, draft, &based_on.body, &newest)?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Field by field: what only one of the two changed is taken, what both changed is asked.
    fn settle(&mut self, form: &Form, draft: &mut Draft, base: &Body, newest: &Revision) -> Go {
        self.talk.say(&format!("{} saved {} meanwhile.", newest.author, newest.record))?;
        let mut merged = newest.body.clone();
        for field in form.fields() {
            let of = |body: &Body| body.get(&field.id).cloned();
            let (was, mine, theirs) = (of(base), of(&draft.body), of(&newest.body));
            if mine == was || mine == theirs {
                continue;
            }
            let mut take = mine.clone();
            if theirs != was {
                self.talk.say(&format!("{} was changed by both.", field.label))?;
                let words = |value: &Option<Json>| match value {
                    Some(value) => ledger::value_text(field, value),
                    None => "nothing".to_owned(),
                };
                let both =
                    [format!("Yours: {}", words(&mine)), format!("Theirs: {}", words(&theirs))];
                if self.talk.choose("Which one is to stand?", &both, "")?.number == Some(1) {
                    take = theirs;
                }
            }
            match take {
                Some(value) => drop(merged.insert(field.id.clone(), value)),
                None => drop(merged.remove(&field.id)),
            }
        }
        draft.body = merged;
        draft.based_on = Some(newest.revision);
        self.keep(draft)?;
        self.talk.say("Both are together now. Nothing is saved yet.")
    }

    fn read_form(&mut self, form: &Form, body: &Body) -> Go {
        for field in form.fields() {
            let value = body.get(&field.id).map(|value| ledger::value_text(field, value));
            self.talk.tell(&field.label, &value.unwrap_or_default())?;
        }
        Ok(())
    }

    /// Every field that is written by people, in order.
    fn walk(&mut self, form: &Form, draft: &mut Draft) -> Go {
        for field in form.fields().filter(|field| !asked(field)) {
            if let Some(value) = draft.body.get(&field.id) {
                self.talk.tell(&field.label, &ledger::value_text(field, value))?;
            }
        }
        let fields: Vec<&Field> = form.fields().filter(|field| asked(field)).collect();
        let mut at = 0;
        while let Some(field) = fields.get(at) {
            let place = format!("Field {} of {}", at + 1, fields.len());
            let value = draft.body.get(&field.id).cloned();
            match self.ask_field(&place, form, field, value.as_ref())? {
                Answered::Kept => at += 1,
                Answered::Before => at = at.saturating_sub(1),
                Answered::End => break,
                Answered::Value(value) => {
                    match value {
                        Some(value) => drop(draft.body.insert(field.id.clone(), value)),
                        None => drop(draft.body.remove(&field.id)),
                    }
                    draft.field = Some(field.id.clone());
                    self.keep(draft)?;
                    at += 1;
                }
            }
        }
        Ok(())
    }
}

/// Facts, and evidence that the program takes by itself, are told and not asked.
fn asked(field: &Field) -> bool {
    !field.is_fact() && !matches!(field.kind, FieldKind::Evidence { .. })
}
