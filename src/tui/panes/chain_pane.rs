//! The chain of a record or of a row: what it rests on above it, what came of
//! it below. Enter goes to a record or to a figure as it was asked; the chain
//! can be walked on from any step.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::text;
use crate::ledger::Evidence;
use crate::pack;
use crate::review::{Branch, Chain, FigurePoint, Point, Start};
use crate::tui::keymap::Action;
use crate::tui::message::{Failure, Notice, Reply, Request, Ticket};
use crate::tui::pane::{Desk, Pane, Scene, Step};
use crate::tui::panes::figure_draw::say;
use crate::tui::panes::figure_pane::FigurePane;
use crate::tui::panes::text_pane::TextPane;
use crate::tui::widgets::{paint, wrap};

/// Rows at the bottom in which the selected step stands in full.
const DETAIL: u16 = 3;

pub struct ChainPane {
    start: Start,
    chain: Option<Box<Chain>>,
    lines: Vec<Line>,
    selected: usize,
    /// The first line on the screen.
    offset: usize,
    height: u16,
    ticket: Option<Ticket>,
    /// Evidence that is being read again.
    repeating: Option<(Ticket, Evidence)>,
    writing: Option<Ticket>,
    failure: Option<Failure>,
    stale: bool,
}

/// A line of the list.
#[derive(Clone, Debug)]
enum Line {
    Heading(&'static str),
    Nothing,
    Step {
        depth: usize,
        word: String,
        point: Point,
        seen: bool,
    },
    /// Where one stands.
    Here(Point),
}

impl Line {
    fn point(&self) -> Option<&Point> {
        match self {
            Line::Step { point, .. } | Line::Here(point) => Some(point),
            Line::Heading(_) | Line::Nothing => None,
        }
    }

    fn words(&self) -> String {
        match self {
            Line::Heading(title) => (*title).to_owned(),
            Line::Nothing => "  nothing that is written down".to_owned(),
            Line::Here(point) => point.in_words(),
            Line::Step { depth, word, point, seen } => {
                let again = if *seen { " (see above)" } else { "" };
                format!("{}{word} {}{again}", "  ".repeat(depth + 1), point.in_words())
            }
        }
    }
}

impl ChainPane {
    pub fn new(start: Start) -> Self {
        Self {
            start,
            chain: None,
            lines: Vec::new(),
            selected: 0,
            offset: 0,
            height: 1,
            ticket: None,
            repeating: None,
            writing: None,
            failure: None,
            stale: true,
        }
    }

    pub fn of_record(record: &str) -> Self {
        Self::new(Start::Record(record.to_owned()))
    }

    fn arrived(&mut self, chain: &Chain) {
        let before = self.lines.get(self.selected).and_then(Line::point).cloned();
        self.lines = lines_of(chain);
        let same = |line: &Line| before.is_some() && line.point() == before.as_ref();
        let here = |line: &Line| matches!(line, Line::Here(_));
        let place = self.lines.iter().position(same);
        self.selected = place.or_else(|| self.lines.iter().position(here)).unwrap_or(0);
        self.chain = Some(Box::new(chain.clone()));
        self.scroll();
    }

    fn selected_point(&self) -> Option<&Point> {
        self.lines.get(self.selected)?.point()
    }

    /// To the next step in a direction; headings are passed over.
    fn go(&mut self, forward: bool, steps: usize) {
        let points = |place: &usize| self.lines[*place].point().is_some();
        let last = self.lines.len();
        let mut ahead: Vec<usize> = if forward {
            (self.selected + 1..last).filter(points).collect()
        } else {
            (0..self.selected).rev().filter(points).collect()
        };
        ahead.truncate(steps);
        if let Some(place) = ahead.last() {
            self.selected = *place;
        }
        self.scroll();
    }

    fn scroll(&mut self) {
        let height = usize::from(self.height).max(1);
        // The heading of the first step comes along with it.
        let top = if self.selected <= 1 { 0 } else { self.selected };
        self.offset = self.offset.min(top).max((self.selected + 1).saturating_sub(height));
    }

    fn open(&self, desk: &mut Desk<'_>) -> bool {
        match self.selected_point() {
            Some(Point::Record(point)) => desk.step(Step::Record(point.record.clone())),
            Some(Point::Figure(point)) => desk.open(figure_as_asked(point, desk)),
            None => return false,
        }
        true
    }

    fn walk_on(&self, desk: &mut Desk<'_>) -> bool {
        match self.selected_point() {
            Some(point) if !matches!(self.lines.get(self.selected), Some(Line::Here(_))) => {
                desk.open(ChainPane::new(start_of(point)));
                true
            }
            _ => false,
        }
    }

    /// Reads the evidence of the step again, on the data as it was.
    fn repeat(&mut self, desk: &mut Desk<'_>) -> bool {
        let cited = match self.selected_point() {
            Some(Point::Figure(FigurePoint { evidence: Some(cited), .. })) => (**cited).clone(),
            _ => return false,
        };
        let ticket = desk.ask(Request::Repeat(Box::new(cited.clone())));
        self.repeating = Some((ticket, cited));
        desk.say(Notice::passing("Reading the figure again, on the data as it was…"));
        true
    }

    fn export(&mut self, desk: &mut Desk<'_>) -> bool {
        let Some(chain) = &self.chain else { return false };
        let request = Request::Write {
            name: format!("chain-{}.md", self.name()),
            text: pack::chain_markdown(chain),
            folder: desk.folder.clone(),
        };
        self.writing = Some(desk.ask(request));
        true
    }

    fn name(&self) -> &str {
        match &self.start {
            Start::Record(record) => record,
            Start::Row { figure, .. } => figure,
        }
    }
}

/// The figure with what it was asked, on the row that was read.
fn figure_as_asked(point: &FigurePoint, desk: &Desk<'_>) -> FigurePane {
    let values =
        |map: &std::collections::BTreeMap<String, String>| -> Vec<(String, crate::domain::Value)> {
            map.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect()
        };
    FigurePane::behind(desk.catalog, &point.figure, values(&point.asked)).at(values(&point.row))
}

fn start_of(point: &Point) -> Start {
    match point {
        Point::Record(point) => Start::Record(point.record.clone()),
        Point::Figure(point) => Start::Row {
            figure: point.figure.clone(),
            asked: point.asked.clone(),
            key: point.row.clone(),
            read: point.read.clone(),
        },
    }
}

fn lines_of(chain: &Chain) -> Vec<Line> {
    let mut lines = Vec::new();
    let part = |title: &'static str, branches: &[Branch], lines: &mut Vec<Line>| {
        lines.push(Line::Heading(title));
        if branches.is_empty() {
            lines.push(Line::Nothing);
        }
        lines.extend(pack::steps(branches).into_iter().map(|(depth, branch)| Line::Step {
            depth,
            word: branch.word.clone(),
            point: branch.point.clone(),
            seen: branch.seen,
        }));
    };
    part("It rests on", &chain.rests_on, &mut lines);
    lines.push(Line::Here(chain.of.clone()));
    part("What came of it", &chain.came_of_it, &mut lines);
    lines
}

impl Pane for ChainPane {
    fn title(&self) -> String {
        format!("Chain of {}", self.name())
    }

    fn show(&mut self, desk: &mut Desk<'_>) {
        if self.stale && self.ticket.is_none() {
            self.ticket = Some(desk.ask(Request::Chain(self.start.clone())));
            self.stale = false;
        }
    }

    fn hide(&mut self, desk: &mut Desk<'_>) {
        if self.ticket.is_some() {
            desk.cancel(self.ticket.take());
            self.stale = true;
        }
        desk.cancel(self.repeating.take().map(|(ticket, _)| ticket));
    }

    fn outdate(&mut self) {
        self.stale = true;
    }

    fn act(&mut self, action: Action, desk: &mut Desk<'_>) -> bool {
        let page = usize::from(self.height.saturating_sub(1)).max(1);
        match action {
            Action::Up => self.go(false, 1),
            Action::Down => self.go(true, 1),
            Action::PageUp => self.go(false, page),
            Action::PageDown => self.go(true, page),
            Action::First => self.go(false, usize::MAX),
            Action::Last => self.go(true, usize::MAX),
            Action::Open => return self.open(desk),
            Action::Chain => return self.walk_on(desk),
            Action::Explain => return self.repeat(desk),
            Action::Export => return self.export(desk),
            Action::Refresh => {
                self.outdate();
                self.show(desk);
            }
            _ => return false,
        }
        true
    }

    fn replied(&mut self, ticket: Ticket, reply: &Reply, desk: &mut Desk<'_>) -> bool {
        if self.ticket == Some(ticket) {
            self.ticket = None;
            match reply {
                Reply::Chain(chain) => {
                    self.failure = None;
                    self.arrived(chain);
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
        if self.repeating.as_ref().is_some_and(|(asked, _)| *asked == ticket) {
            let Some((_, cited)) = self.repeating.take() else { return true };
            match reply {
                Reply::Repeated { then, since } => {
                    let text = pack::repeated_text(&cited, then, since.as_deref());
                    let title = format!("Evidence, {}", cited.short());
                    desk.open(TextPane::new(title, "evidence.txt".into(), &text));
                }
                Reply::Failed(failure) => desk.say(Notice::from(failure)),
                _ => {}
            }
            return true;
        }
        false
    }

    fn actions(&self) -> Vec<Action> {
        vec![
            Action::Open,
            Action::Chain,
            Action::Explain,
            Action::Export,
            Action::Refresh,
            Action::Back,
        ]
    }

    fn hints(&self) -> Vec<(String, String)> {
        let hint = |key: &str, word: &str| (key.to_owned(), word.to_owned());
        match self.selected_point() {
            Some(Point::Figure(FigurePoint { evidence: Some(_), .. })) => {
                vec![hint("Enter", "the figure"), hint("i", "read again"), hint("w", "walk on")]
            }
            Some(Point::Figure(_)) => vec![hint("Enter", "the figure"), hint("w", "walk on")],
            _ => vec![hint("Enter", "the record"), hint("w", "walk on")],
        }
    }

    fn fit(&mut self, area: Rect, _scene: &Scene<'_>) {
        self.height = area.height.saturating_sub(DETAIL + 1);
        self.scroll();
    }

    fn draw(&self, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
        let look = scene.look;
        match (&self.failure, &self.chain) {
            (Some(failure), None) => {
                return say(buf, area, &failure.message, look.theme.problem, look);
            }
            (None, None) => {
                return say(buf, area, "Asking the workspace…", look.theme.muted, look);
            }
            _ => {}
        }
        let width = usize::from(area.width).saturating_sub(2);
        for (row, place) in (0..self.height).zip(self.offset..self.lines.len()) {
            let line = &self.lines[place];
            let selected = place == self.selected;
            let style = match line {
                _ if selected => look.theme.selected,
                Line::Heading(_) => look.theme.heading,
                Line::Nothing => look.theme.muted,
                Line::Here(_) => look.theme.title,
                Line::Step { .. } => look.theme.text,
            };
            let marker = if selected { look.glyphs.marker } else { " " };
            let words = text::harmless(&line.words()).into_owned();
            let words = format!("{marker} {}", text::truncate(&words, width));
            paint::text(buf, paint::row(area, row), &words, style, look);
        }
        if area.height > DETAIL + 1 {
            let rule = paint::row(area, self.height);
            paint::repeat(buf, rule, look.glyphs.rule, look.theme.border);
            let words = self.selected_point().map(Point::in_words).unwrap_or_default();
            let rows = wrap::paragraphs(&text::harmless(&words), usize::from(area.width));
            for (row, words) in (self.height + 1..area.height).zip(rows) {
                paint::text(buf, paint::row(area, row), &words, look.theme.muted, look);
            }
        }
    }
}
