//! Figures on top of each other: every pane of the review, every drill-down.
//!
//! Knows no figure by name. What a row leads to stands in the header of its
//! figure: the record it has, the form it can open, the figure behind it.

mod presenting;
mod recording;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::catalog::Catalog;
use crate::domain::Value;
use crate::pack::Format;
use crate::tui::keymap::Action;
use crate::tui::message::{Notice, Reply, Request, Ticket};
use crate::tui::pane::{Desk, Pane, Question, Scene, Step};
use crate::tui::panes::explain_pane::ExplainPane;
use crate::tui::panes::history_pane::HistoryPane;
use crate::tui::panes::part::{self, Part, PartPlace};
use crate::tui::panes::record_pane::RecordPane;
use crate::tui::panes::text_pane::TextPane;
use crate::tui::panes::{PaneSpec, figure_draw, figure_table, moving};
use crate::tui::present::Page;
use crate::tui::widgets::list_picker::PickItem;

/// Figures of one subject, one of them in focus.
pub struct FigurePane {
    title: String,
    parts: Vec<Part>,
    focus: usize,
    /// The kind of record that this pane is about.
    kind: Option<String>,
    /// Enter on a row without a record opens the form, not the rows behind it.
    form_first: bool,
    /// While it is presented: the figure in focus, not cut at all.
    whole: Option<Part>,
    /// Exports and scripts on their way.
    asked: Vec<Ticket>,
    areas: Vec<Rect>,
    /// The line that was selected when a row to go to was asked for.
    jumped_from: usize,
}

/// What the pane needs to know to be as it is in the next session.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct PanePlace {
    focus: usize,
    parts: Vec<PartPlace>,
}

impl FigurePane {
    /// A pane of the review.
    pub fn of(spec: &PaneSpec) -> Self {
        let parts =
            spec.parts.iter().map(|part| Part::new(part.figures.iter().copied(), part.chart));
        Self {
            title: spec.title.to_owned(),
            parts: parts.collect(),
            focus: 0,
            kind: spec.kind.map(str::to_owned),
            form_first: spec.form_first,
            whole: None,
            asked: Vec::new(),
            areas: Vec::new(),
            jumped_from: 0,
        }
    }

    /// One figure, asked with the values of the row that led to it.
    pub fn behind(catalog: &Catalog, figure: &str, values: Vec<(String, Value)>) -> Self {
        let mut title = catalog.figures.get(figure).map_or(figure, |f| f.title.as_str()).to_owned();
        let named = values.iter().filter(|(name, value)| name != "by" && !value.is_null());
        for (_, value) in named.take(3) {
            title.push_str(" · ");
            title.push_str(&value.plain());
        }
        Self {
            title,
            parts: vec![Part::new([figure], false).with(values)],
            focus: 0,
            kind: None,
            form_first: false,
            whole: None,
            asked: Vec::new(),
            areas: Vec::new(),
            jumped_from: 0,
        }
    }

    /// The same, on the row with these values.
    pub fn at(mut self, row: Vec<(String, Value)>) -> Self {
        self.parts = self.parts.into_iter().map(|part| part.going_to(row.clone())).collect();
        self
    }

    fn part(&self) -> &Part {
        &self.parts[self.focus]
    }

    fn part_mut(&mut self) -> &mut Part {
        &mut self.parts[self.focus]
    }

    fn open_row(&mut self, desk: &mut Desk<'_>) {
        let catalog = Arc::clone(desk.catalog);
        let Some(figure) = self.part().figure(&catalog) else { return };
        if self.part().shows_chart(&catalog) {
            // The chart's rows first: they say what is behind each step of it.
            let part = self.part_mut();
            part.select_in_chart(&catalog);
            part.chart = false;
            return;
        }
        let Some((answer, row)) = self.part().row() else { return };
        if let Some(record) = part::record_of(figure, &answer, row)
            && (self.form_first || figure.drill.is_none() || part::is_record(figure))
        {
            return desk.open(RecordPane::new(record));
        }
        if self.form_first && figure.opens.is_some() {
            return self.new_record(desk);
        }
        match &figure.drill {
            Some(drill) => {
                let mut values: Vec<(String, Value)> = drill
                    .bind
                    .iter()
                    .map(|(name, column)| (name.clone(), answer.table.get(row, column).clone()))
                    .collect();
                // A slice means something in its own dimension only.
                if let Some(by) = part::dimension_of(&answer) {
                    values.push(("by".to_owned(), by.clone()));
                }
                desk.open(FigurePane::behind(&catalog, &drill.figure, values));
            }
            None => desk.open(ExplainPane::new(figure, &answer, row)),
        }
    }

    fn export(&mut self, format: Format, desk: &mut Desk<'_>) {
        let Some(answer) = self.part().state.answer() else { return };
        let request = Request::Export {
            figure: self.part().name().to_owned(),
            answer: Arc::clone(answer),
            format,
            folder: desk.folder.clone(),
        };
        let ticket = desk.ask(request);
        self.asked.push(ticket);
    }

    fn moved(&mut self, action: Action, catalog: &Catalog) -> bool {
        let height = self.areas.get(self.focus).map_or(10, |area| area.height.saturating_sub(3));
        let part = self.part_mut();
        if part.shows_chart(catalog) {
            let last = part.lines(catalog).len().saturating_sub(1);
            part.series = match action {
                Action::Up | Action::Left => part.series.saturating_sub(1),
                Action::Down | Action::Right => (part.series + 1).min(last),
                Action::First | Action::PageUp => 0,
                Action::Last | Action::PageDown => last,
                _ => return false,
            };
            return true;
        }
        match action {
            Action::Up => part.view.move_by(-1),
            Action::Down => part.view.move_by(1),
            Action::PageUp => part.view.page(-1, height),
            Action::PageDown => part.view.page(1, height),
            Action::First => part.view.home(),
            Action::Last => part.view.end(),
            _ => return false,
        }
        true
    }

    /// What keys do to the table itself; a chart gives way to it for what only a
    /// table can do.
    fn arrange(&mut self, action: Action, desk: &mut Desk<'_>) -> bool {
        let catalog = Arc::clone(desk.catalog);
        let width = self.areas.get(self.focus).map_or(80, |area| area.width);
        let part = self.part_mut();
        if part.shows_chart(&catalog) && !matches!(action, Action::Left | Action::Right) {
            part.chart = false;
        }
        figure_table::act(part, action, width, desk)
    }

    fn set_filter(&mut self, words: &str, catalog: &Catalog) {
        let part = self.part_mut();
        let Some(answer) = part.state.answer().cloned() else { return };
        let Some(figure) = part.figure(catalog) else { return };
        part.view.set_filter(figure, &answer.table, words);
    }
}

impl Pane for FigurePane {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn show(&mut self, desk: &mut Desk<'_>) {
        // The part in focus first: it is what the person waits for.
        let focus = self.focus;
        self.parts[focus].load(desk);
        for part in self.parts.iter_mut().chain(&mut self.whole) {
            part.load(desk);
        }
    }

    fn hide(&mut self, desk: &mut Desk<'_>) {
        for part in self.parts.iter_mut().chain(&mut self.whole) {
            part.stop(desk);
        }
    }

    fn outdate(&mut self) {
        self.parts.iter_mut().chain(&mut self.whole).for_each(Part::outdate);
    }

    fn act(&mut self, action: Action, desk: &mut Desk<'_>) -> bool {
        let catalog = Arc::clone(desk.catalog);
        match action {
            Action::NextPart => self.focus = (self.focus + 1) % self.parts.len(),
            Action::PreviousPart => {
                self.focus = (self.focus + self.parts.len() - 1) % self.parts.len();
            }
            Action::Open => self.open_row(desk),
            Action::New => self.new_record(desk),
            Action::Edit => match part::record_at(self.part(), &catalog) {
                Some(record) => desk.open(RecordPane::to_edit(record)),
                None => self.new_record(desk),
            },
            Action::History | Action::Compare => match part::record_at(self.part(), &catalog) {
                Some(record) => {
                    desk.open(HistoryPane::new(record, action == Action::Compare));
                }
                None => return false,
            },
            Action::Chain => return self.chain(desk),
            Action::Decide => return self.decide(desk),
            Action::Measure => return self.measure(desk),
            Action::Toggle if self.part().has_chart(&catalog) => {
                let part = self.part_mut();
                part.chart = !part.chart;
            }
            Action::Other if self.part().has_others() => self.part_mut().other(desk),
            Action::Sort
            | Action::Reverse
            | Action::Mark
            | Action::Group
            | Action::Summary
            | Action::Columns
            | Action::Hide
            | Action::ColumnLeft
            | Action::ColumnRight
            | Action::Wider
            | Action::Narrower
            | Action::Plain => return self.arrange(action, desk),
            Action::Left | Action::Right if !self.part().shows_chart(&catalog) => {
                return self.arrange(action, desk);
            }
            Action::Jump => {
                self.jumped_from = self.part().view.selected;
                return self.arrange(action, desk);
            }
            Action::Filter => {
                let words = self.part().view.filter.clone();
                if !self.part().shows_chart(&catalog) {
                    desk.step(Step::Line {
                        question: Question::Filter,
                        label: "Filter rows".into(),
                        text: words,
                    });
                }
            }
            // Esc clears a filter before it goes back.
            Action::Back if !self.part().view.filter.is_empty() => self.set_filter("", &catalog),
            Action::Explain => match (self.part().figure(&catalog), self.part().row()) {
                (Some(figure), Some((answer, row))) => {
                    desk.open(ExplainPane::new(figure, &answer, row));
                }
                _ => return false,
            },
            Action::Script => {
                let Some(figure) = self.part().figure(&catalog) else { return false };
                let parameters = Box::new(self.part().parameters(figure, desk.lens));
                let figure = figure.name.clone();
                let ticket = desk.ask(Request::Script { figure, parameters });
                self.asked.push(ticket);
            }
            Action::Export => {
                if self.part().state.answer().is_none() {
                    return false;
                }
                desk.step(Step::Choose {
                    question: Question::Format,
                    title: "Write to a file".into(),
                    items: vec![
                        PickItem::new(Format::Csv.name(), "CSV").detail("for a spreadsheet"),
                        PickItem::new(Format::Markdown.name(), "Markdown").detail("for a document"),
                        PickItem::new(Format::Html.name(), "HTML")
                            .detail("to print, for a browser"),
                        PickItem::new(Format::Mail.name(), "Mail").detail("a draft to send"),
                        PickItem::new(Format::Json.name(), "JSON").detail("for a program"),
                        PickItem::new(Format::Table.name(), "Text").detail("as it looks here"),
                    ],
                });
            }
            Action::Copy => {
                let items = figure_table::choices_to_copy(self.part(), &catalog);
                if items.is_empty() {
                    return false;
                }
                let title = "Copy".to_owned();
                desk.step(Step::Choose { question: Question::Copy, title, items });
            }
            Action::Page => {
                let Some((what, text)) = figure_table::text_to_copy(self.part(), &catalog, "rows")
                else {
                    return false;
                };
                let name = format!("{}.tsv", self.part().name());
                desk.open(TextPane::new(
                    format!("{} of {}", what, self.part().name()),
                    name,
                    &text,
                ));
            }
            Action::Refresh => {
                self.outdate();
                self.show(desk);
            }
            Action::Stop => {
                if !self.parts.iter().any(Part::loading) {
                    return false;
                }
                self.hide(desk);
                let key = desk.key(Action::Refresh);
                desk.say(Notice::plain(format!("Stopped. {key} asks again.")));
            }
            other => {
                let moved = self.moved(other, &catalog);
                part::let_charts_follow(&mut self.parts, self.focus, &catalog);
                return moved;
            }
        }
        true
    }

    fn seek(&mut self, figure: &str, values: Vec<(String, Value)>, desk: &mut Desk<'_>) {
        for place in 0..self.parts.len() {
            if self.parts[place].choose(figure, desk) {
                self.focus = place;
                self.parts[place].want(values, desk.catalog);
                return;
            }
        }
    }

    fn answered(&mut self, question: &Question, answer: &str, desk: &mut Desk<'_>) {
        let catalog = Arc::clone(desk.catalog);
        match question {
            Question::Filter => {
                self.set_filter(answer, &catalog);
                part::let_charts_follow(&mut self.parts, self.focus, &catalog);
            }
            Question::Jump => {
                let from = self.jumped_from;
                figure_table::jump(self.part_mut(), answer, from, desk);
                part::let_charts_follow(&mut self.parts, self.focus, &catalog);
            }
            Question::Copy => {
                if let Some((what, text)) =
                    figure_table::text_to_copy(self.part(), &catalog, answer)
                {
                    desk.step(Step::Copy { what, text });
                }
            }
            Question::Figure => {
                if let Ok(place) = answer.parse() {
                    self.part_mut().turn_to(place, desk);
                }
            }
            Question::Columns => figure_table::columns_chosen(self.part_mut(), answer, desk),
            Question::Format => {
                if let Ok(format) = answer.parse() {
                    self.export(format, desk);
                }
            }
            _ => {}
        }
    }

    fn replied(&mut self, ticket: Ticket, reply: &Reply, desk: &mut Desk<'_>) -> bool {
        if let Some(place) = self.asked.iter().position(|asked| *asked == ticket) {
            self.asked.remove(place);
            match reply {
                Reply::Saved(revision) => desk.say(moving::measured(revision)),
                Reply::Script(text) => {
                    let name = format!("{}.sql", self.part().name());
                    desk.open(TextPane::new(format!("SQL of {}", self.part().name()), name, text));
                }
                other => desk.say_written(other),
            }
            return true;
        }
        let mut parts = self.parts.iter_mut().chain(&mut self.whole);
        let taken = parts.any(|part| part.replied(ticket, reply, desk.catalog));
        if taken {
            part::let_charts_follow(&mut self.parts, self.focus, desk.catalog);
        }
        taken
    }

    fn actions(&self) -> Vec<Action> {
        let mut actions = vec![Action::Open];
        if self.parts.len() > 1 {
            actions.push(Action::NextPart);
        }
        if self.parts.iter().any(Part::loading) {
            actions.push(Action::Stop);
        }
        if self.part().has_others() {
            actions.push(Action::Other);
        }
        actions.extend([Action::Toggle, Action::Filter, Action::Sort]);
        if self.kind.is_some() {
            actions.push(Action::New);
        }
        actions.extend([
            Action::Decide,
            Action::Chain,
            Action::Zoom,
            Action::Present,
            Action::Summary,
            Action::Jump,
            Action::Columns,
            Action::Group,
            Action::Mark,
            Action::Explain,
            Action::Script,
            Action::Export,
            Action::Copy,
            Action::Reverse,
            Action::Refresh,
        ]);
        actions
    }

    fn page(&self, at: usize, scene: &Scene<'_>) -> Option<Page> {
        Some(self.page_at(at, scene))
    }

    fn set_presented(&mut self, begins: bool, desk: &mut Desk<'_>) {
        self.present(begins, desk);
    }

    fn place(&self) -> Option<Json> {
        let parts = self.parts.iter().map(Part::place).collect();
        serde_json::to_value(PanePlace { focus: self.focus, parts }).ok()
    }

    fn go_back_to(&mut self, place: &Json) {
        let Ok(place) = serde_json::from_value::<PanePlace>(place.clone()) else { return };
        self.focus = place.focus.min(self.parts.len().saturating_sub(1));
        for (part, place) in self.parts.iter_mut().zip(&place.parts) {
            part.go_back_to(place);
        }
    }

    fn fit(&mut self, area: Rect, scene: &Scene<'_>) {
        self.areas = figure_draw::areas(&self.parts, self.focus, area, scene);
        for (part, area) in self.parts.iter_mut().zip(&self.areas) {
            let content = figure_draw::content(*area, part);
            if let Some(figure) = part.figure(scene.catalog) {
                part.view.fit(figure, content);
            }
        }
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        let areas = figure_draw::areas(&self.parts, self.focus, area, scene);
        for (place, (part, area)) in self.parts.iter().zip(areas).enumerate() {
            figure_draw::draw(part, buf, area, scene, place == self.focus);
        }
    }
}
