//! One figure on the screen: its answer, and how it is looked at.
//!
//! Invariant: an answer that was there stays on the screen until a newer one
//! has come; a failure is written beside it, never in its place.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::catalog::figure::{Chart, Figure};
use crate::domain::{Dimension, Value};
use crate::review;
use crate::tui::message::{Failure, FailureKind, Reply, Request, Ticket};
use crate::tui::pane::{Desk, Question, Step};
use crate::tui::widgets::list_picker::PickItem;
use crate::tui::widgets::table::TableView;
use crate::tui::widgets::trend;
use crate::workspace::{Answer, Parameters};

/// How far a figure is.
#[derive(Clone, Debug, Default)]
pub enum FigureState {
    /// Not asked yet, or no longer.
    #[default]
    Idle,
    Loading {
        previous: Option<Arc<Answer>>,
    },
    Ready(Arc<Answer>),
    Failed {
        failure: Failure,
        previous: Option<Arc<Answer>>,
    },
}

impl FigureState {
    /// The newest answer there is, even while a newer one is awaited.
    pub fn answer(&self) -> Option<&Arc<Answer>> {
        match self {
            FigureState::Idle => None,
            FigureState::Loading { previous } | FigureState::Failed { previous, .. } => {
                previous.as_ref()
            }
            FigureState::Ready(answer) => Some(answer),
        }
    }
}

/// A figure that can stand in a place.
#[derive(Clone, Debug)]
pub struct Choice {
    figure: String,
    /// The dimension it is always cut by; else that of the review.
    by: Option<Dimension>,
}

impl From<&str> for Choice {
    /// `win-rate`, or `win-rate by segment`.
    fn from(text: &str) -> Self {
        let (figure, by) = match text.split_once(" by ") {
            Some((figure, by)) => (figure, by.parse().ok()),
            None => (text, None),
        };
        Choice { figure: figure.to_owned(), by }
    }
}

/// A figure in a pane, with the alternatives that can take its place.
#[derive(Clone, Debug)]
pub struct Part {
    /// Figures that answer the same question in different ways; never empty.
    choices: Vec<Choice>,
    chosen: usize,
    /// Shown as its chart, where it has one.
    pub chart: bool,
    /// Values beyond quarter, dimension and scope: where a drill-down came from.
    values: Vec<(String, Value)>,
    pub state: FigureState,
    ticket: Option<Ticket>,
    stale: bool,
    pub view: TableView,
    /// The line of a chart that is looked at.
    pub series: usize,
    /// The row to go to when the answer comes.
    wanted: Vec<(String, Value)>,
    /// The table is arranged as the person left it.
    arranged: bool,
    /// Where the table was left: the line selected, and the first on the screen.
    left_at: Option<(usize, usize)>,
}

/// What a part needs to know to be as it is in the next session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PartPlace {
    /// Which of the figures of the place.
    chosen: usize,
    chart: bool,
    selected: usize,
    offset: usize,
}

impl Part {
    pub fn new(choices: impl IntoIterator<Item = impl Into<Choice>>, chart: bool) -> Self {
        Self {
            choices: choices.into_iter().map(Into::into).collect(),
            chosen: 0,
            chart,
            values: Vec::new(),
            state: FigureState::Idle,
            ticket: None,
            stale: true,
            view: TableView::default(),
            series: 0,
            wanted: Vec::new(),
            arranged: false,
            left_at: None,
        }
    }

    /// The same figure not cut at all; `None` where it can't be cut, or where a row led
    /// here.
    pub fn whole(&self, catalog: &Catalog) -> Option<Part> {
        let figure = self.figure(catalog)?;
        let cut = figure.parameters.iter().any(|parameter| parameter.name == "by");
        let all = Dimension::All;
        let whole = self.state.answer().and_then(|answer| dimension_of(answer))?.plain();
        let choice = Choice { figure: figure.name.clone(), by: Some(all) };
        (cut && self.values.is_empty() && whole != all.name()).then(|| Part::new([choice], false))
    }

    /// Where it is, for the next session.
    pub fn place(&self) -> PartPlace {
        let (selected, offset) = self.left_at.unwrap_or((self.view.selected, self.view.offset));
        PartPlace { chosen: self.chosen, chart: self.chart, selected, offset }
    }

    /// Becomes as it was.
    pub fn go_back_to(&mut self, place: &PartPlace) {
        if place.chosen < self.choices.len() {
            self.chosen = place.chosen;
            self.chart = place.chart;
            self.left_at = Some((place.selected, place.offset));
        }
    }

    /// The same with values of a row that led here.
    pub fn with(mut self, values: Vec<(String, Value)>) -> Self {
        self.values = values;
        self
    }

    /// The same, to go to the row with these values when the answer comes.
    pub fn going_to(mut self, row: Vec<(String, Value)>) -> Self {
        self.wanted = row;
        self
    }

    pub fn name(&self) -> &str {
        self.choices.get(self.chosen).map_or("", |choice| choice.figure.as_str())
    }

    fn always_by(&self) -> Option<Dimension> {
        self.choices.get(self.chosen)?.by
    }

    /// What it is cut by, where that is not the review's, or where the same
    /// figure stands here in both ways: `always by segment`.
    pub fn cut(&self) -> Option<String> {
        if let Some(by) = self.always_by() {
            return Some(format!("always by {by}"));
        }
        let twice = self.choices.iter().filter(|choice| choice.figure == self.name()).count() > 1;
        let by = self.state.answer().and_then(|answer| dimension_of(answer))?;
        twice.then(|| format!("by {}", by.plain()))
    }

    pub fn figure<'c>(&self, catalog: &'c Catalog) -> Option<&'c Figure> {
        catalog.figures.get(self.name())
    }

    /// Is the chart what is shown?
    pub fn shows_chart(&self, catalog: &Catalog) -> bool {
        self.chart && self.figure(catalog).is_some_and(|figure| figure.chart.is_some())
    }

    /// Can it be seen as a chart?
    pub fn has_chart(&self, catalog: &Catalog) -> bool {
        self.figure(catalog).is_some_and(|figure| figure.chart.is_some())
    }

    /// Is there another figure for this place?
    pub fn has_others(&self) -> bool {
        self.choices.len() > 1
    }

    pub fn outdate(&mut self) {
        self.stale = true;
    }

    pub fn loading(&self) -> bool {
        matches!(self.state, FigureState::Loading { .. })
    }

    /// Asks for the answer, unless a fresh one is there.
    pub fn load(&mut self, desk: &mut Desk<'_>) {
        if !self.stale && !matches!(self.state, FigureState::Idle) {
            return;
        }
        self.stop(desk);
        let previous = self.state.answer().cloned();
        let Some(figure) = self.figure(desk.catalog) else {
            let message = format!("There is no figure called {}", self.name());
            let failure = Failure { kind: FailureKind::Other, message, remedy: None };
            self.state = FigureState::Failed { failure, previous };
            return;
        };
        if !self.arranged {
            let arrangement = desk.memory.get(&memory_key(&figure.name));
            self.view = TableView::arranged(figure, &arrangement.unwrap_or_default());
            self.arranged = true;
        }
        let parameters = self.parameters(figure, desk.lens);
        let figure = figure.name.clone();
        let ticket = desk.ask(Request::Figure { figure, parameters: Box::new(parameters) });
        self.ticket = Some(ticket);
        self.stale = false;
        self.state = FigureState::Loading { previous };
    }

    /// Nobody waits for the answer any more; the old one stays.
    pub fn stop(&mut self, desk: &mut Desk<'_>) {
        if self.ticket.is_some() {
            desk.cancel(self.ticket.take());
            self.stale = true;
        }
        if let FigureState::Loading { previous } = &mut self.state {
            self.state = previous.take().map_or(FigureState::Idle, FigureState::Ready);
        }
    }

    /// What the figure is asked with.
    pub fn parameters(&self, figure: &Figure, lens: &Parameters) -> Parameters {
        review::asking(figure, lens, self.always_by().unwrap_or(lens.by), &self.values)
    }

    /// Takes the answer to its request; false when it is another's.
    pub fn replied(&mut self, ticket: Ticket, reply: &Reply, catalog: &Catalog) -> bool {
        if self.ticket != Some(ticket) {
            return false;
        }
        self.ticket = None;
        match reply {
            Reply::Figure(answer) => {
                if let Some(figure) = self.figure(catalog) {
                    self.view.refresh(figure, &answer.table);
                    if let Some((selected, offset)) = self.left_at.take() {
                        self.view.offset = offset;
                        self.view.select(selected);
                    }
                    let lines = trend::series(figure, &answer.table).len();
                    self.series = self.series.min(lines.saturating_sub(1));
                }
                self.state = FigureState::Ready(Arc::clone(answer));
                self.find_wanted(catalog);
            }
            Reply::Failed(failure) => {
                let previous = self.state.answer().cloned();
                self.state = FigureState::Failed { failure: failure.clone(), previous };
            }
            _ => {}
        }
        true
    }

    /// Goes to the row with these values, now or when the answer comes.
    pub fn want(&mut self, values: Vec<(String, Value)>, catalog: &Catalog) {
        self.wanted = values;
        self.find_wanted(catalog);
    }

    fn find_wanted(&mut self, catalog: &Catalog) {
        let FigureState::Ready(answer) = &self.state else { return };
        let answer = Arc::clone(answer);
        let wanted = std::mem::take(&mut self.wanted);
        let known: Vec<&(String, Value)> =
            wanted.iter().filter(|(name, _)| answer.table.index_of(name).is_some()).collect();
        if known.is_empty() || self.figure(catalog).is_none() {
            return;
        }
        let fits = |row: usize| {
            known.iter().all(|(name, value)| answer.table.get(row, name).plain() == value.plain())
        };
        if let Some(row) = (0..answer.table.len()).find(|row| fits(*row)) {
            self.view.select_row(row);
        }
    }

    /// The other figure of this place, where there are two; where there are more,
    /// the person chooses.
    pub fn other(&mut self, desk: &mut Desk<'_>) {
        if self.choices.len() == 2 {
            return self.turn_to(1 - self.chosen, desk);
        }
        let item = |(place, choice): (usize, &Choice)| {
            let figure = desk.catalog.figures.get(&choice.figure);
            let title = figure.map_or(choice.figure.as_str(), |figure| figure.title.as_str());
            let by = choice.by.map_or(String::new(), |by| format!(", always by {by}"));
            let question = figure.map_or("", |figure| figure.question.as_str());
            PickItem::new(place.to_string(), format!("{title}{by}")).detail(question)
        };
        let items = self.choices.iter().enumerate().map(item).collect();
        let title = "What stands in this place".to_owned();
        desk.step(Step::Choose { question: Question::Figure, title, items });
    }

    /// Shows another of the figures of this place.
    pub fn turn_to(&mut self, place: usize, desk: &mut Desk<'_>) {
        if place >= self.choices.len() || place == self.chosen {
            return;
        }
        self.stop(desk);
        self.chosen = place;
        self.arranged = false;
        self.series = 0;
        self.state = FigureState::Idle;
        self.load(desk);
    }

    /// Goes to the figure of this name, if it is one of the choices.
    pub fn choose(&mut self, name: &str, desk: &mut Desk<'_>) -> bool {
        let Some(place) = self.choices.iter().position(|choice| choice.figure == name) else {
            return false;
        };
        if place != self.chosen {
            self.stop(desk);
            self.chosen = place;
            self.arranged = false;
            self.state = FigureState::Idle;
        }
        true
    }

    /// Names of the lines of the chart.
    pub fn lines(&self, catalog: &Catalog) -> Vec<String> {
        match (self.figure(catalog), self.state.answer()) {
            (Some(figure), Some(answer)) => trend::series(figure, &answer.table),
            _ => Vec::new(),
        }
    }

    /// In a chart of lines, goes to the newest row of the line that is looked at.
    pub fn select_in_chart(&mut self, catalog: &Catalog) {
        let Some(figure) = self.figure(catalog) else { return };
        let Some(Chart::Line { series: Some(column), .. }) = &figure.chart else { return };
        let Some(answer) = self.state.answer().cloned() else { return };
        let Some(line) = self.lines(catalog).get(self.series).cloned() else { return };
        let last = (0..answer.table.len())
            .rev()
            .find(|row| answer.table.get(*row, column).plain() == line);
        if let Some(row) = last {
            self.view.select_row(row);
        }
    }

    /// In a chart of lines, goes to the line of what a row of another figure is about, where both are
    /// cut alike.
    pub fn follow(&mut self, answer: &Answer, row: usize, catalog: &Catalog) {
        let Some(figure) = self.figure(catalog) else { return };
        let Some(Chart::Line { series: Some(column), .. }) = &figure.chart else { return };
        let alike =
            self.state.answer().is_some_and(|own| dimension_of(own) == dimension_of(answer));
        if !alike || answer.table.index_of(column).is_none() {
            return;
        }
        let name = answer.table.get(row, column).plain();
        if let Some(place) = self.lines(catalog).iter().position(|line| *line == name) {
            self.series = place;
        }
    }

    /// The row that is selected, with its answer.
    pub fn row(&self) -> Option<(Arc<Answer>, usize)> {
        let answer = self.state.answer()?;
        let row = self.view.selected_row()?;
        (row < answer.table.len()).then(|| (Arc::clone(answer), row))
    }
}

/// Charts show what the selected row of the part in focus is about.
pub fn let_charts_follow(parts: &mut [Part], focus: usize, catalog: &Catalog) {
    let Some(looked_at) = parts.get(focus).filter(|part| !part.shows_chart(catalog)) else {
        return;
    };
    let Some((answer, row)) = looked_at.row() else { return };
    let others = parts.iter_mut().enumerate().filter(|(place, _)| *place != focus);
    others.for_each(|(_, part)| part.follow(&answer, row, catalog));
}

/// The id of the record that a row has, if its figure says which column holds it.
pub fn record_of(figure: &Figure, answer: &Answer, row: usize) -> Option<String> {
    let column = figure.opens.as_ref()?.record.as_ref()?;
    answer.table.get(row, column).as_text().map(str::to_owned)
}

/// A row is a record where the record's id comes first; else it has one, and what is
/// behind the row comes before what was written about it.
pub fn is_record(figure: &Figure) -> bool {
    let record = figure.opens.as_ref().and_then(|opens| opens.record.as_ref());
    record.is_some() && record == figure.columns.first().map(|column| &column.name)
}

pub fn record_at(part: &Part, catalog: &Catalog) -> Option<String> {
    let (answer, row) = part.row()?;
    record_of(part.figure(catalog)?, &answer, row)
}

/// The dimension that an answer is cut by.
pub fn dimension_of(answer: &Answer) -> Option<&Value> {
    answer.parameters.iter().find(|(name, _)| name == "by").map(|(_, value)| value)
}

/// Where the arrangement of a figure's table is remembered.
pub fn memory_key(figure: &str) -> String {
    format!("table {figure}")
}
