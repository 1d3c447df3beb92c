//! A record being written: the form, its draft, and the way to a revision.
//!
//! Invariant: what was typed is never lost here. Every change goes to the
//! draft; the draft is forgotten only when the ledger has the text, or when the
//! person says so.

mod opening;

use std::sync::Arc;

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::catalog::form::Form;
use crate::domain::Formats;
use crate::ledger::drafts::Draft;
use crate::ledger::{self, Body, Revision};
use crate::tui::form::{FormHeader, FormOutcome, FormPane};
use crate::tui::input::Input;
use crate::tui::keymap::Action;
use crate::tui::message::{Effect, Notice, Reply, Request, Ticket};
use crate::tui::pane::{Desk, Pane, Question, Scene, Step};
use crate::tui::panes::chain_pane::ChainPane;
use crate::tui::panes::conflict::{Conflict, Settled};
use crate::tui::panes::figure_draw::say;
use crate::tui::panes::moving::{Moved, Moving, count_problems, state_title};
use crate::tui::widgets::list_picker::PickItem;

/// A form on its way to a new record or a new revision.
pub struct EditPane {
    form: Arc<Form>,
    draft: Draft,
    /// Absent until the program has filled in what it knows.
    pane: Option<FormPane>,
    /// The revision that this is based on; absent for a new record.
    newest: Option<Revision>,
    currency: String,
    /// The day that the review looks from.
    today: NaiveDate,
    conflict: Option<Conflict>,
    moving: Moving,
    filling: Option<Ticket>,
    saving: Option<Ticket>,
    /// What is being saved; more may have been typed since.
    sent: Body,
    /// The save is kept on the disk and waits for the workspace.
    waits: bool,
    candidates: Option<Ticket>,
    /// What to do once it is saved.
    then: Then,
    failed: Option<String>,
    area: Rect,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Then {
    #[default]
    Stay,
    Move,
    Leave,
}

impl EditPane {
    fn begin(&mut self, body: Body) {
        let mut pane = FormPane::new(Arc::clone(&self.form), body, self.header(None), false);
        pane.fit(self.area);
        self.pane = Some(pane);
    }

    fn take_draft(&mut self, desk: &mut Desk<'_>) {
        let header = self.header(Some("your draft"));
        if let Some(pane) = &mut self.pane {
            pane.restore(self.draft.body.clone(), self.draft.field.as_deref());
            pane.set_header(header);
        }
        desk.say(Notice::good("Your draft is back as you left it. F2 saves it."));
    }

    fn header(&self, note: Option<&str>) -> FormHeader {
        let first = self.form.states.first().map_or("", |state| state.id.as_str());
        FormHeader {
            record: self.newest.as_ref().map(|r| r.record.clone()),
            state: self.newest.as_ref().map_or(first, |r| r.state.as_str()).to_owned(),
            revision: self.newest.as_ref().map(|r| r.revision),
            author: self.newest.as_ref().map(|r| r.author.clone()),
            at: self.newest.as_ref().map(|r| Formats::here().instant(r.at)),
            note: note.map(str::to_owned),
            currency: self.currency.clone(),
            today: self.today,
        }
    }

    fn keep(&mut self, desk: &mut Desk<'_>) {
        let Some(pane) = &self.pane else { return };
        self.draft.body = pane.body();
        self.draft.field = Some(pane.focus_path());
        self.draft.about = ledger::about(&self.form, &self.draft.body);
        desk.step(Step::Keep(Box::new(self.draft.clone())));
    }

    fn save(&mut self, then: Then, desk: &mut Desk<'_>) {
        let Some(pane) = &self.pane else { return };
        if self.waits {
            let words = "This waits to be saved already. What you write now, save when it is in.";
            return desk.say(Notice::plain(words));
        }
        if self.saving.is_some() || !desk.may_write() {
            return;
        }
        self.then = then;
        let body = pane.body();
        let based_on = self.draft.based_on.or(self.newest.as_ref().map(|r| r.revision));
        let record = self.newest.as_ref().map(|r| r.record.clone()).zip(based_on);
        self.keep(desk);
        let (kind, draft) = (self.form.kind.clone(), self.draft.id.clone());
        self.sent.clone_from(&body);
        self.saving = Some(desk.ask(Request::Save { kind, record, body, draft }));
    }

    fn ask_move(&mut self, desk: &mut Desk<'_>) {
        let Some(pane) = &self.pane else { return };
        match &self.newest {
            Some(newest) if !pane.dirty() => {
                let state = newest.state.clone();
                self.moving.choose(&Arc::clone(&self.form), &state, desk);
            }
            _ => self.save(Then::Move, desk),
        }
    }

    fn leave(&mut self, desk: &mut Desk<'_>) {
        if !self.unsaved_text() {
            return desk.step(Step::Close);
        }
        desk.step(Step::Choose {
            question: Question::Leave,
            title: "This is not saved yet".into(),
            items: vec![
                PickItem::new("keep", "Keep it as a draft and go back").detail("only you see it"),
                PickItem::new("save", "Save it as a revision and go back"),
                PickItem::new("stay", "Stay here"),
                PickItem::new("discard", "Throw away what I changed"),
            ],
        });
    }

    /// Whether leaving would leave text behind that is neither saved nor on its way.
    fn unsaved_text(&self) -> bool {
        let Some(pane) = &self.pane else { return false };
        pane.dirty() && !(self.waits && pane.body() == self.sent)
    }

    fn outcome(&mut self, outcome: FormOutcome, desk: &mut Desk<'_>) -> bool {
        match outcome {
            FormOutcome::Nothing => return false,
            FormOutcome::Moved => {}
            FormOutcome::Changed => self.keep(desk),
            FormOutcome::AskSave => self.save(Then::Stay, desk),
            FormOutcome::AskMove => self.ask_move(desk),
            FormOutcome::AskLeave => self.leave(desk),
            FormOutcome::AskEditor(text) => {
                desk.step(Step::Effect(Effect::EditElsewhere(text)));
            }
            FormOutcome::NeedCandidates(wanted) => {
                self.candidates = Some(desk.ask(Request::Candidates(wanted)));
            }
        }
        true
    }

    fn saved(&mut self, revision: &Revision, desk: &mut Desk<'_>) {
        self.newest = Some(revision.clone());
        self.conflict = None;
        let header = self.header(None);
        let written_since = self.pane.as_ref().is_some_and(|pane| pane.body() != self.sent);
        if let Some(pane) = &mut self.pane {
            if written_since {
                pane.saved_but_for_more(revision.body.clone(), header);
            } else {
                pane.saved(revision.body.clone(), header);
            }
            pane.set_problems(Vec::new());
        }
        desk.step(Step::Forget(self.draft.id.clone()));
        self.draft = opening::new_draft(&self.form, Some(revision), None, desk);
        if written_since {
            self.keep(desk);
        }
        let id = &revision.record;
        desk.say(Notice::good(format!(
            "Saved as {id}, revision {}. F4 moves it on.",
            revision.revision
        )));
        match std::mem::take(&mut self.then) {
            Then::Stay => {}
            Then::Leave => desk.step(Step::Close),
            Then::Move => self.ask_move(desk),
        }
    }

    fn problems(&mut self, problems: Vec<(String, String)>, desk: &mut Desk<'_>) {
        desk.say(Notice::bad(count_problems(problems.len())));
        // One is where the focus is now; of several, all are listed first.
        if problems.len() > 1 {
            let items = problems.iter().map(|(path, message)| {
                PickItem::new(path, field_name(&self.form, path)).detail(message)
            });
            let items = items.collect();
            let title = "Still missing or wrong: Enter goes there".to_owned();
            desk.step(Step::Choose { question: Question::Problem, title, items });
        }
        if let Some(pane) = &mut self.pane {
            pane.set_problems(problems);
        }
    }

    fn replied_to_save(&mut self, reply: &Reply, desk: &mut Desk<'_>) {
        match reply {
            Reply::Saved(revision) => self.saved(revision, desk),
            Reply::Conflict { base, newest } => {
                let mine = self.pane.as_ref().map(FormPane::body).unwrap_or_default();
                let newest = (**newest).clone();
                self.conflict = Some(Conflict::new(&self.form, base, mine, newest));
            }
            Reply::Problems(problems) => {
                let list = problems.iter().map(|p| (p.field.clone(), p.message.clone())).collect();
                self.problems(list, desk);
            }
            Reply::Failed(failure) => {
                desk.say(Notice::bad(format!(
                    "Not saved; your draft is kept. {}{}",
                    failure.message,
                    failure.remedy.as_ref().map_or_else(String::new, |r| format!(". {r}"))
                )));
            }
            _ => {}
        }
    }

    fn replied_to_fill(&mut self, reply: &Reply, desk: &mut Desk<'_>) {
        match reply {
            Reply::Blank(body) => self.begin(body.clone()),
            Reply::Record(history) => {
                let base = history.iter().find(|r| Some(r.revision) == self.draft.based_on);
                self.newest = history.last().cloned();
                self.begin(base.map(|r| r.body.clone()).unwrap_or_default());
                self.take_draft(desk);
            }
            Reply::Failed(failure) => {
                self.failed = Some(failure.message.clone());
                desk.say(Notice::from(failure));
            }
            _ => {}
        }
    }

    fn settle(&mut self, settled: Settled, desk: &mut Desk<'_>) {
        match settled {
            Settled::Not => {}
            Settled::Back => self.conflict = None,
            Settled::Merged { body, newest } => {
                // What was theirs is the new ground; what was chosen stands on it.
                self.draft.based_on = Some(newest.revision);
                self.newest = Some(*newest);
                self.conflict = None;
                let header = self.header(Some("both versions together"));
                if let Some(pane) = &mut self.pane {
                    pane.restore(body, None);
                    pane.set_header(header);
                }
                let then = self.then;
                self.save(then, desk);
            }
        }
    }
}

impl Pane for EditPane {
    fn title(&self) -> String {
        match &self.newest {
            Some(newest) => format!("Edit {}", newest.record),
            None => format!("New {}", self.form.title.to_lowercase()),
        }
    }

    fn show(&mut self, _desk: &mut Desk<'_>) {}

    fn hide(&mut self, _desk: &mut Desk<'_>) {}

    fn outdate(&mut self) {}

    fn takes_text(&self) -> bool {
        self.conflict.is_none() && self.pane.as_ref().is_some_and(FormPane::editing)
    }

    fn owns_letters(&self) -> bool {
        true
    }

    fn typed(&mut self, input: &Input, desk: &mut Desk<'_>) -> bool {
        if let Some(conflict) = &mut self.conflict {
            let Input::Key(key) = input else { return true };
            let settled = conflict.key(*key);
            self.settle(settled, desk);
            return true;
        }
        let Some(pane) = &mut self.pane else { return false };
        let outcome = match input {
            Input::Key(key) => pane.handle_key(*key, desk.now_ms),
            Input::Paste(text) => pane.paste(text, desk.now_ms),
        };
        self.outcome(outcome, desk)
    }

    fn edited_elsewhere(&mut self, text: &str, desk: &mut Desk<'_>) {
        if let Some(pane) = &mut self.pane {
            let outcome = pane.take_text(text);
            self.outcome(outcome, desk);
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk<'_>) -> bool {
        match action {
            Action::Save => self.save(Then::Stay, desk),
            Action::Move => self.ask_move(desk),
            Action::Back => self.leave(desk),
            Action::Chain => match &self.newest {
                Some(newest) => desk.open(ChainPane::of_record(&newest.record)),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    fn answered(&mut self, question: &Question, answer: &str, desk: &mut Desk<'_>) {
        match (question, answer) {
            (Question::Leave, "keep") => {
                self.keep(desk);
                desk.step(Step::Close);
                desk.say(Notice::good(
                    "Kept as a draft: it comes back when you open this again, or with D.",
                ));
            }
            (Question::Problem, path) => {
                if let Some(pane) = &mut self.pane {
                    pane.go_to(path);
                }
            }
            (Question::Leave, "save") => self.save(Then::Leave, desk),
            (Question::Leave, "discard") => {
                desk.step(Step::Forget(self.draft.id.clone()));
                desk.step(Step::Close);
            }
            _ => {
                if let Some(newest) = self.newest.clone() {
                    let form = Arc::clone(&self.form);
                    self.moving.answered(question, answer, &form, &newest, desk);
                }
            }
        }
    }

    fn replied(&mut self, ticket: Ticket, reply: &Reply, desk: &mut Desk<'_>) -> bool {
        let is = |slot: &Option<Ticket>| *slot == Some(ticket);
        if is(&self.filling) {
            self.filling = None;
            self.replied_to_fill(reply, desk);
        } else if is(&self.saving) {
            let waited = std::mem::replace(&mut self.waits, matches!(reply, Reply::Waits { .. }));
            if !self.waits {
                self.saving = None;
                if waited && !matches!(reply, Reply::Saved(_)) {
                    // A draft again.
                    self.keep(desk);
                }
                self.replied_to_save(reply, desk);
            }
        } else if is(&self.candidates) {
            self.candidates = None;
            match (reply, &mut self.pane) {
                (Reply::Picks(items), Some(pane)) => pane.offer(items.clone()),
                (Reply::Failed(failure), _) => desk.say(Notice::from(failure)),
                _ => {}
            }
        } else {
            let form = Arc::clone(&self.form);
            match self.moving.replied(ticket, reply, &form, desk) {
                None => return false,
                Some(Moved::Done) => desk.step(Step::Close),
                Some(Moved::Problems(problems)) => self.problems(problems, desk),
                Some(Moved::Refused | Moved::Outdated) => {}
            }
        }
        true
    }

    fn actions(&self) -> Vec<Action> {
        // The form's own hints say all that can be done with it.
        Vec::new()
    }

    fn hints(&self) -> Vec<(String, String)> {
        if self.conflict.is_some() {
            return Conflict::hints();
        }
        let hints = self.pane.as_ref().map(FormPane::hints).unwrap_or_default();
        hints.into_iter().map(|(key, word)| (key.to_owned(), word.to_owned())).collect()
    }

    fn fit(&mut self, area: Rect, scene: &Scene<'_>) {
        self.area = area;
        if let Some(pane) = &mut self.pane {
            pane.fit(area);
        }
        if let Some(conflict) = &mut self.conflict {
            conflict.fit(area, scene);
        }
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        let look = scene.look;
        match (&self.conflict, &self.pane, &self.failed) {
            (Some(conflict), _, _) => conflict.draw(buf, area, scene),
            (_, Some(pane), _) => pane.draw(buf, area, look, true),
            (_, None, Some(failed)) => say(buf, area, failed, look.theme.problem, look),
            _ => say(buf, area, "Filling in what the workspace knows…", look.theme.muted, look),
        }
    }

    fn cursor(&self, area: Rect) -> Option<Position> {
        if self.conflict.is_some() {
            return None;
        }
        self.pane.as_ref()?.cursor(area).map(Position::from)
    }

    fn unsaved(&self) -> Option<String> {
        if !self.unsaved_text() {
            return None;
        }
        let state = self.newest.as_ref().map(|r| state_title(&self.form, &r.state).to_lowercase());
        Some(match (&self.newest, state) {
            (Some(newest), Some(state)) => format!("{} ({state})", newest.record),
            _ => format!("a new {}", self.form.title.to_lowercase()),
        })
    }
}

/// `Drivers, row 1` for `drivers/0/quote`; the form itself for nothing.
fn field_name(form: &Form, path: &str) -> String {
    let mut parts = path.split('/');
    let id = parts.next().unwrap_or_default();
    let field = form.fields().find(|field| field.id == id);
    let name = field.map_or(form.title.as_str(), |field| field.label.as_str());
    match parts.next().and_then(|row| row.parse::<usize>().ok()) {
        Some(row) => format!("{name}, row {}", row + 1),
        None => name.to_owned(),
    }
}
