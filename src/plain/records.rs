//! What was written: lists, a record, its next states.

use chrono::Utc;

use crate::catalog::Form;
use crate::domain::Formats;
use crate::ledger::{self, Moved, Revision, Signature};

use super::answering::state_title;
use super::{Go, Review, Stop};

impl Review<'_, '_> {
    /// The kinds of record, then the records of one.
    pub(super) fn kinds(&mut self) -> Go {
        let catalog = self.catalog;
        let forms: Vec<&Form> = catalog.forms.values().collect();
        loop {
            let names: Vec<String> = forms.iter().map(|form| form.plural.clone()).collect();
            let chosen = self.talk.choose("Kinds of record.", &names, "")?;
            let Some(form) = chosen.number.and_then(|number| forms.get(number)) else {
                self.talk.unknown(&chosen.word)?;
                continue;
            };
            self.carry_on(|review| review.records(form))?;
        }
    }

    fn records(&mut self, form: &Form) -> Go {
        loop {
            let all = ledger::list(self.workspace, self.catalog, Some(&form.kind))?;
            let names: Vec<String> = all
                .iter()
                .map(|one| {
                    format!("{}. {}. {}", one.record, one.name, state_title(form, &one.state))
                })
                .collect();
            let chosen =
                self.talk.choose(&format!("{}.", form.plural), &names, "w write a new one")?;
            match (chosen.number.and_then(|number| all.get(number)), chosen.word.as_str()) {
                (Some(one), _) => {
                    let record = one.record.clone();
                    self.carry_on(|review| review.record(&record))?;
                }
                (None, "w") => {
                    self.carry_on(|review| review.write_new(form, ledger::Body::new()))?;
                }
                (None, other) => self.talk.unknown(other)?,
            }
        }
    }

    /// A record as it stands, and what can be done with it.
    pub(super) fn record(&mut self, id: &str) -> Go {
        let catalog = self.catalog;
        loop {
            let newest = ledger::newest(self.workspace, id)?;
            let Some(form) = catalog.forms.get(&newest.kind) else {
                return Err(Stop::Trouble(format!("There is no form called {}.", newest.kind)));
            };
            let at = Formats::here().instant(newest.at);
            let name = ledger::name_of(form, id, &newest.body);
            self.talk.say(&format!("{}. {name}.", form.title))?;
            self.talk.tell("State", &state_title(form, &newest.state))?;
            self.talk.say(&format!("Revision {}, by {}, {at}.", newest.revision, newest.author))?;
            for field in form.fields() {
                if let Some(value) = newest.body.get(&field.id) {
                    self.talk.tell(&field.label, &ledger::value_text(field, value))?;
                }
            }
            let moves: Vec<_> =
                form.moves.iter().filter(|step| step.from.contains(&newest.state)).collect();
            let names: Vec<String> = moves
                .iter()
                .map(|step| format!("{}: becomes {}", step.action, state_title(form, &step.to)))
                .collect();
            let open = form.states.iter().any(|state| state.id == newest.state && state.open);
            let more = if open { "e edit, h history" } else { "h history" };
            let chosen = self.talk.choose("What next?", &names, more)?;
            match (chosen.number.and_then(|number| moves.get(number)), chosen.word.as_str()) {
                (Some(step), _) => {
                    let (to, asks) = (step.to.clone(), step.needs_reason);
                    self.carry_on(|review| review.move_on(form, &newest, &to, asks))?;
                }
                (None, "e") if open => {
                    self.carry_on(|review| review.revise(form, &newest))?;
                    return Ok(());
                }
                (None, "h") => self.history(form, id)?,
                (None, other) => self.talk.unknown(other)?,
            }
        }
    }

    fn history(&mut self, form: &Form, id: &str) -> Go {
        for revision in ledger::history(self.workspace, id)? {
            let at = Formats::here().instant(revision.at);
            let why = revision.reason.as_deref().map_or(String::new(), |why| format!(" {why}."));
            self.talk.say(&format!(
                "Revision {}: {}, {}, by {}, {at}.{why}",
                revision.revision,
                revision.action.name(),
                state_title(form, &revision.state),
                revision.author,
            ))?;
        }
        Ok(())
    }

    /// By somebody who has just heard the record, and says so once more.
    fn move_on(&mut self, form: &Form, seen: &Revision, to: &str, needs_reason: bool) -> Go {
        self.may_write()?;
        let reason = match needs_reason {
            true => self.talk.line("Why? A reason is needed; Enter alone leaves it.")?,
            false => String::new(),
        };
        if needs_reason && reason.trim().is_empty() {
            return self.talk.say("Nothing changed.");
        }
        let title = state_title(form, to);
        let sure = format!("{} becomes {title}. y yes, anything else no.", seen.record);
        if self.talk.ask(&sure)? != "y" {
            return self.talk.say("Nothing changed.");
        }
        let by = Signature { author: self.identity.user.clone(), at: Utc::now() };
        let reason = (!reason.trim().is_empty()).then_some(reason.trim());
        let (id, revision) = (&seen.record, seen.revision);
        match ledger::move_seen(self.workspace, form, id, revision, to, &by, reason)? {
            Moved::Moved(_) => self.talk.say(&format!("{id} is {title} now.")),
            Moved::Approved { given, needed, .. } => self.talk.say(&format!(
                "Your approval counts: {given} of {needed}. It becomes {title} with the last one."
            )),
        }
    }
}
