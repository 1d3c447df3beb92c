//! A keyboard, a screen to look at, and canned answers.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use crate::catalog::Catalog;
use crate::domain::{FiscalCalendar, Period, Table, TableColumn, Value};
use crate::tui::app::{App, Setup};
use crate::tui::draw;
use crate::tui::input::Input;
use crate::tui::memory::Memory;
use crate::tui::message::{Effect, Event, Opened, Reply, Request, Ticket};
use crate::tui::panes;
use crate::tui::theme::{Background, Look};
use crate::workspace::{Answer, Parameters, Settings};

/// The app in the hands of a test.
pub struct Bench {
    pub app: App,
    /// What the app wanted done and nobody has answered yet.
    pub asked: VecDeque<(Ticket, Request)>,
    /// Everything else it wanted done.
    pub effects: Vec<Effect>,
    now_ms: u64,
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

impl Bench {
    /// Nothing is open yet.
    pub fn closed() -> Self {
        Self::closed_with(Memory::default())
    }

    /// The same for a person of whom something is remembered.
    pub fn closed_with(memory: Memory) -> Self {
        let setup = Setup {
            catalog: Arc::new(Catalog::embedded().expect("the embedded content is sound")),
            look: Look::plain_ascii(),
            background: Background::Unknown,
            keymap: panes::keymap(),
            told_first: None,
            name: "acme.duckdb".into(),
            folder: PathBuf::from("/nowhere"),
            memory,
            resume: true,
            session: "test".into(),
            home: None,
            import: None,
        };
        let (app, first) = App::new(setup, (80, 24));
        let mut bench = Self { app, asked: VecDeque::new(), effects: Vec::new(), now_ms: 0 };
        bench.took(first);
        bench
    }

    /// A workspace is open and the brief is asked for.
    pub fn open() -> Self {
        Self::opened_as(None)
    }

    pub fn opened_as(read_only: Option<&str>) -> Self {
        Self::closed().opened(read_only)
    }

    /// The workspace is open.
    pub fn opened(self, read_only: Option<&str>) -> Self {
        let mut bench = self;
        let (ticket, request) = bench.asked.pop_front().expect("the app opens the workspace");
        assert!(matches!(request, Request::Open));
        let opened = Opened {
            name: "acme.duckdb".into(),
            path: PathBuf::from("/data/acme.duckdb"),
            settings: Settings {
                currency: "USD".into(),
                fiscal: FiscalCalendar::default(),
                as_of: None,
            },
            defaults: Parameters::new(
                Period::Quarter("2025-Q4".parse().expect("a quarter")),
                day("2025-12-31"),
            ),
            read_only: read_only.map(str::to_owned),
            waiting: Vec::new(),
        };
        bench.event(Event::Reply(ticket, Reply::Opened(Box::new(opened))));
        bench
    }

    fn took(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(ticket, request) => self.asked.push_back((ticket, request)),
                Effect::Cancel(ticket) => {
                    self.asked.retain(|(asked, _)| *asked != ticket);
                    self.effects.push(effect);
                }
                other => self.effects.push(other),
            }
        }
    }

    pub fn event(&mut self, event: Event) {
        let effects = self.app.update(event);
        self.took(effects);
    }

    /// One key, by the name a person gives it.
    pub fn press(&mut self, key: &str) {
        let (code, modifiers) = match key {
            "Enter" => (KeyCode::Enter, KeyModifiers::NONE),
            "Esc" => (KeyCode::Esc, KeyModifiers::NONE),
            "Tab" => (KeyCode::Tab, KeyModifiers::NONE),
            "PgDn" => (KeyCode::PageDown, KeyModifiers::NONE),
            "PgUp" => (KeyCode::PageUp, KeyModifiers::NONE),
            "Up" => (KeyCode::Up, KeyModifiers::NONE),
            "Down" => (KeyCode::Down, KeyModifiers::NONE),
            "Left" => (KeyCode::Left, KeyModifiers::NONE),
            "Right" => (KeyCode::Right, KeyModifiers::NONE),
            "Home" => (KeyCode::Home, KeyModifiers::NONE),
            "End" => (KeyCode::End, KeyModifiers::NONE),
            "F1" => (KeyCode::F(1), KeyModifiers::NONE),
            "F2" => (KeyCode::F(2), KeyModifiers::NONE),
            "F4" => (KeyCode::F(4), KeyModifiers::NONE),
            "F5" => (KeyCode::F(5), KeyModifiers::NONE),
            "Ctrl-P" => (KeyCode::Char('p'), KeyModifiers::CONTROL),
            "Ctrl-Z" => (KeyCode::Char('z'), KeyModifiers::CONTROL),
            other => {
                let mut letters = other.chars();
                let letter = letters.next().expect("a key");
                assert!(letters.next().is_none(), "no key is called {other}");
                (KeyCode::Char(letter), KeyModifiers::NONE)
            }
        };
        self.keys(vec![Input::Key(KeyEvent::new(code, modifiers))]);
    }

    /// Letters one after the other, as typed.
    pub fn write(&mut self, text: &str) {
        for letter in text.chars() {
            let code = if letter == '\n' { KeyCode::Enter } else { KeyCode::Char(letter) };
            self.keys(vec![Input::Key(KeyEvent::new(code, KeyModifiers::NONE))]);
        }
    }

    /// Everything that came in one read.
    pub fn keys(&mut self, inputs: Vec<Input>) {
        self.now_ms += 50;
        let at_ms = self.now_ms;
        self.event(Event::Input { inputs, at_ms });
    }

    /// Answers the oldest question that is still open.
    pub fn answer(&mut self, reply: Reply) -> Request {
        let (ticket, request) = self.asked.pop_front().expect("something was asked");
        self.event(Event::Reply(ticket, reply));
        request
    }

    /// Answers every figure that was asked for with these rows.
    pub fn answer_figures(&mut self, rows: usize) {
        while let Some(place) =
            self.asked.iter().position(|(_, request)| matches!(request, Request::Figure { .. }))
        {
            let (ticket, request) = self.asked.remove(place).expect("found above");
            let Request::Figure { figure, parameters } = request else { unreachable!() };
            let answer = answer(&self.app.setup.catalog, &figure, &parameters, rows);
            self.event(Event::Reply(ticket, Reply::Figure(Arc::new(answer))));
        }
    }

    /// Names of the figures that are asked for and not answered.
    pub fn figures_asked(&self) -> Vec<&str> {
        self.asked
            .iter()
            .filter_map(|(_, request)| match request {
                Request::Figure { figure, .. } => Some(figure.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The cells of the screen.
    pub fn cells(&self) -> Buffer {
        let (width, height) = self.app.size;
        let mut terminal =
            Terminal::new(TestBackend::new(width, height)).expect("a screen in memory");
        terminal.draw(|frame| draw::draw(&self.app, frame)).expect("drawing in memory");
        terminal.backend().buffer().clone()
    }

    /// The screen as lines of text.
    pub fn screen(&self) -> String {
        let (width, height) = self.app.size;
        let buffer = self.cells();
        (0..height)
            .map(|y| {
                let line: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
                line.trim_end().to_owned() + "\n"
            })
            .collect()
    }

    #[track_caller]
    pub fn sees(&self, words: &str) {
        let screen = self.screen();
        assert!(screen.contains(words), "\"{words}\" is not on the screen:\n{screen}");
    }

    #[track_caller]
    pub fn sees_not(&self, words: &str) {
        let screen = self.screen();
        assert!(!screen.contains(words), "\"{words}\" is on the screen:\n{screen}");
    }

    #[track_caller]
    pub fn quits(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Quit))
    }
}

/// An answer of the shape that the figure's header promises. Texts are the
/// column's name and the number of the row; records exist in even rows.
pub fn answer(catalog: &Catalog, figure: &str, asked: &Parameters, rows: usize) -> Answer {
    use crate::catalog::figure::Unit;
    let figure = &catalog.figures[figure];
    let columns = figure
        .columns
        .iter()
        .map(|c| TableColumn { name: c.name.clone(), type_name: String::new() })
        .collect();
    let record = figure.opens.as_ref().and_then(|opens| opens.record.clone());
    let cell = |row: usize, name: &str, unit: &Unit| match unit {
        _ if record.as_deref() == Some(name) => {
            if row.is_multiple_of(2) {
                Value::Text(format!("PM-{row}"))
            } else {
                Value::Null
            }
        }
        Unit::Text | Unit::Id | Unit::State => Value::Text(format!("{name} {row}")),
        Unit::Date => Value::Date(day("2025-11-03")),
        Unit::Month => Value::Date(day("2025-11-01")),
        Unit::Count | Unit::Days => Value::Int(row as i64 + 1),
        Unit::Money => Value::Decimal((row as i64 * 1000 + 250).into()),
        Unit::Rate { .. } | Unit::Share | Unit::Points | Unit::Number => Value::Float(0.25),
        Unit::Flag => Value::Bool(true),
        Unit::Instant | Unit::List => Value::Null,
    };
    let table = Table {
        columns,
        rows: (0..rows)
            .map(|row| figure.columns.iter().map(|c| cell(row, &c.name, &c.unit)).collect())
            .collect(),
    };
    Answer {
        figure: figure.name.clone(),
        parameters: vec![
            ("quarter".into(), Value::Text(asked.period.to_string())),
            ("by".into(), Value::Text(asked.by.name().to_owned())),
        ],
        as_of: asked.as_of,
        table,
        notes: Vec::new(),
    }
}
