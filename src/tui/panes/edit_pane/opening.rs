//! The ways into the form: a new record, a record that exists, a draft.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::{EditPane, Then};
use crate::catalog::form::Form;
use crate::ledger::drafts::Draft;
use crate::ledger::{self, Body, Revision};
use crate::tui::message::{Notice, Request};
use crate::tui::pane::Desk;
use crate::tui::panes::moving::Moving;

impl EditPane {
    /// Opens the form for a new record; a draft about the same goes on where it was left.
    pub fn create(kind: &str, seed: Body, desk: &mut Desk<'_>) {
        let Some(form) = desk.catalog.forms.get(kind) else {
            return desk.say(Notice::bad(format!("There is no form called {kind}")));
        };
        let form = Arc::new(form.clone());
        let about = ledger::about(&form, &seed);
        let draft = desk.drafts.values().find(|draft| {
            draft.kind == kind && draft.record.is_none() && about.is_some() && draft.about == about
        });
        if let Some(draft) = draft.cloned() {
            return EditPane::resume(&draft, desk);
        }
        let draft = new_draft(&form, None, about.as_deref(), desk);
        let mut pane = Self::bare(form, draft, desk);
        pane.filling = Some(desk.ask(Request::Blank { kind: kind.to_owned(), seed }));
        desk.open(pane);
    }

    /// Opens the form on a record; this user's draft of it goes on where it was left.
    pub fn revise(form: Arc<Form>, newest: &Revision, desk: &mut Desk<'_>) {
        let draft =
            desk.drafts.values().find(|d| d.record.as_deref() == Some(&newest.record)).cloned();
        let resumed = draft.is_some();
        let draft = draft.unwrap_or_else(|| new_draft(&form, Some(newest), None, desk));
        let mut pane = Self::bare(form, draft, desk);
        pane.newest = Some(newest.clone());
        pane.begin(newest.body.clone());
        if resumed {
            pane.take_draft(desk);
        }
        desk.open(pane);
    }

    /// Goes on with a draft.
    pub fn resume(draft: &Draft, desk: &mut Desk<'_>) {
        let Some(form) = desk.catalog.forms.get(&draft.kind) else {
            return desk.say(Notice::bad(format!("There is no form called {}", draft.kind)));
        };
        let form = Arc::new(form.clone());
        let mut pane = Self::bare(form, draft.clone(), desk);
        match &draft.record {
            // What it was based on has to be known before it can be saved.
            Some(record) => {
                pane.filling = Some(desk.ask(Request::Record { record: record.clone() }));
            }
            None => {
                pane.begin(Body::new());
                pane.take_draft(desk);
            }
        }
        desk.open(pane);
    }

    fn bare(form: Arc<Form>, draft: Draft, desk: &Desk<'_>) -> Self {
        Self {
            form,
            draft,
            pane: None,
            newest: None,
            currency: desk.opened.settings.currency.clone(),
            today: desk.lens.as_of,
            conflict: None,
            moving: Moving::default(),
            filling: None,
            saving: None,
            sent: Body::new(),
            waits: false,
            candidates: None,
            then: Then::Stay,
            failed: None,
            area: Rect::ZERO,
        }
    }
}

/// An empty draft of this record, under a name of its own.
pub(super) fn new_draft(
    form: &Form,
    newest: Option<&Revision>,
    about: Option<&str>,
    desk: &mut Desk<'_>,
) -> Draft {
    let number = desk.ticket().0;
    Draft {
        id: format!("{}-{number}", desk.session),
        workspace: desk.opened.path.clone(),
        kind: form.kind.clone(),
        record: newest.map(|r| r.record.clone()),
        based_on: newest.map(|r| r.revision),
        about: about.map(str::to_owned),
        body: newest.map(|r| r.body.clone()).unwrap_or_default(),
        field: None,
        // The keeper stamps it when it writes it down: nothing here has a clock.
        saved_at: chrono::DateTime::UNIX_EPOCH,
    }
}
