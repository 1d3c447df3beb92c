//! A record as it is read: its newest revision, its state, and the ways on.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::form::Form;
use crate::ledger::{self, Body, Revision};
use crate::pack::{self, Format};
use crate::tui::keymap::Action;
use crate::tui::message::{Failure, Notice, Reply, Request, Ticket};
use crate::tui::pane::{Desk, Pane, Question, Scene, Step};
use crate::tui::panes::DECISION;
use crate::tui::panes::chain_pane::ChainPane;
use crate::tui::panes::edit_pane::EditPane;
use crate::tui::panes::figure_draw::say;
use crate::tui::panes::history_pane::HistoryPane;
use crate::tui::panes::moving::{self, Moved, Moving, measured};
use crate::tui::panes::reader::Reader;
use crate::tui::widgets::document;
use crate::tui::widgets::list_picker::PickItem;

/// One record, by its id.
pub struct RecordPane {
    record: String,
    history: Vec<Revision>,
    form: Option<Arc<Form>>,
    reader: Reader,
    ticket: Option<Ticket>,
    failure: Option<Failure>,
    stale: bool,
    moving: Moving,
    writing: Option<Ticket>,
    measuring: Option<Ticket>,
    /// Go on to the form as soon as the record is there.
    edit: bool,
}

impl RecordPane {
    pub fn new(record: String) -> Self {
        Self {
            record,
            history: Vec::new(),
            form: None,
            reader: Reader::default(),
            ticket: None,
            failure: None,
            stale: true,
            moving: Moving::default(),
            writing: None,
            measuring: None,
            edit: false,
        }
    }

    /// The same, to be edited at once.
    pub fn to_edit(record: String) -> Self {
        Self { edit: true, ..Self::new(record) }
    }

    fn newest(&self) -> Option<(&Revision, &Arc<Form>)> {
        Some((self.history.last()?, self.form.as_ref()?))
    }

    fn arrived(&mut self, history: &[Revision], desk: &mut Desk<'_>) {
        self.history = history.to_vec();
        let Some(newest) = self.history.last() else { return };
        self.form = desk.catalog.forms.get(&newest.kind).map(|form| Arc::new(form.clone()));
        if let Some(form) = &self.form {
            self.reader.replace(document::record(ledger::document(form, newest)));
        }
        if std::mem::take(&mut self.edit) {
            self.edit_it(desk);
        }
    }

    fn export(&mut self, format: &str, desk: &mut Desk<'_>) {
        let Some((newest, form)) = self.newest() else { return };
        let Ok(format) = format.parse::<Format>() else { return };
        let Some(text) = pack::render_record(form, newest, format) else { return };
        let name = format!("{}-revision-{}.{format}", self.record, newest.revision);
        let request = Request::Write { name, text, folder: desk.folder.clone() };
        self.writing = Some(desk.ask(request));
    }

    fn edit_it(&mut self, desk: &mut Desk<'_>) {
        let Some((newest, form)) = self.newest() else { return };
        let open = form.states.iter().any(|state| state.id == newest.state && state.open);
        if !open {
            let state = moving::state_title(form, &newest.state);
            let key = desk.key(Action::Move);
            return desk.say(Notice::bad(format!(
                "{} is {state}: it can't be edited in this state. {key} moves it on.",
                self.record
            )));
        }
        if desk.may_write() {
            EditPane::revise(Arc::clone(form), newest, desk);
        }
    }
}

impl Pane for RecordPane {
    fn title(&self) -> String {
        self.record.clone()
    }

    fn show(&mut self, desk: &mut Desk<'_>) {
        if self.stale && self.ticket.is_none() {
            self.ticket = Some(desk.ask(Request::Record { record: self.record.clone() }));
            self.stale = false;
        }
    }

    fn hide(&mut self, desk: &mut Desk<'_>) {
        if self.ticket.is_some() {
            desk.cancel(self.ticket.take());
            self.stale = true;
        }
    }

    fn outdate(&mut self) {
        self.stale = true;
    }

    fn act(&mut self, action: Action, desk: &mut Desk<'_>) -> bool {
        match action {
            Action::Edit | Action::Open => self.edit_it(desk),
            Action::Move => {
                if let Some((newest, form)) = self.newest() {
                    let (state, form) = (newest.state.clone(), Arc::clone(form));
                    self.moving.choose(&form, &state, desk);
                }
            }
            Action::History => desk.open(HistoryPane::new(self.record.clone(), false)),
            Action::Compare => desk.open(HistoryPane::new(self.record.clone(), true)),
            Action::Chain => desk.open(ChainPane::of_record(&self.record)),
            Action::Decide => {
                let (kind, about) = DECISION;
                let mut seed = Body::new();
                seed.insert(about.to_owned(), self.record.clone().into());
                if desk.may_write() {
                    EditPane::create(kind, seed, desk);
                }
            }
            Action::Measure => {
                if desk.may_write() {
                    let request = Request::Measure { record: self.record.clone() };
                    self.measuring = Some(desk.ask(request));
                }
            }
            Action::Refresh => {
                self.outdate();
                self.show(desk);
            }
            Action::Export => {
                if self.newest().is_none() {
                    return false;
                }
                desk.step(Step::Choose {
                    question: Question::Format,
                    title: "Write to a file".into(),
                    items: vec![
                        PickItem::new(Format::Markdown.name(), "Markdown").detail("for a document"),
                        PickItem::new(Format::Html.name(), "HTML")
                            .detail("to print, for a browser"),
                        PickItem::new(Format::Mail.name(), "Mail")
                            .detail("a draft to send within the house"),
                    ],
                });
            }
            other => return self.reader.act(other),
        }
        true
    }

    fn answered(&mut self, question: &Question, answer: &str, desk: &mut Desk<'_>) {
        if *question == Question::Format {
            return self.export(answer, desk);
        }
        if let (Some(newest), Some(form)) = (self.history.last(), &self.form) {
            self.moving.answered(question, answer, form, newest, desk);
        }
    }

    fn replied(&mut self, ticket: Ticket, reply: &Reply, desk: &mut Desk<'_>) -> bool {
        if self.ticket == Some(ticket) {
            self.ticket = None;
            match reply {
                Reply::Record(history) => {
                    self.failure = None;
                    self.arrived(history, desk);
                }
                Reply::Failed(failure) => self.failure = Some(failure.clone()),
                _ => {}
            }
            return true;
        }
        if self.writing == Some(ticket) {
            self.writing = None;
            desk.say_written(reply);
            return true;
        }
        if self.measuring == Some(ticket) {
            self.measuring = None;
            match reply {
                Reply::Saved(revision) => desk.say(measured(revision)),
                Reply::Failed(failure) => desk.say(Notice::from(failure)),
                _ => {}
            }
            return true;
        }
        let Some(form) = &self.form else { return false };
        match self.moving.replied(ticket, reply, &Arc::clone(form), desk) {
            None => return false,
            Some(Moved::Outdated) => {
                self.outdate();
                self.show(desk);
            }
            Some(_) => {}
        }
        true
    }

    fn actions(&self) -> Vec<Action> {
        vec![
            Action::Edit,
            Action::Move,
            Action::History,
            Action::Compare,
            Action::Chain,
            Action::Decide,
            Action::Measure,
            Action::Export,
            Action::Refresh,
        ]
    }

    fn fit(&mut self, area: Rect, scene: &Scene<'_>) {
        self.reader.fit(area, scene);
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        match (&self.failure, self.history.is_empty()) {
            (Some(failure), true) => {
                say(buf, area, &failure.message, scene.look.theme.problem, scene.look)
            }
            (None, true) => {
                say(buf, area, "Asking the workspace…", scene.look.theme.muted, scene.look)
            }
            _ => self.reader.draw(buf, area, scene),
        }
    }
}
