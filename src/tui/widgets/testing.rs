//! What the tests of the widgets share: figures and tables made by hand, and a
//! screen that is read by rows and words, not by coordinates.

use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::catalog::figure::{Chart, Figure, FigureColumn, Unit};
use crate::catalog::form::{Choice, Field, FieldKind, Form, Move, Required, Section, State};
use crate::domain::{Table, TableColumn, Value};

/// Text that tries to leave its cell: escape sequences, direction, joined and
/// wide characters, marks without a base, a line break, a bell.
pub const HOSTILE: [&str; 9] = [
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;owned\u{7}bell",
    "invoice\u{202e}fdp.exe",
    "👩\u{200d}💻 team ❤\u{fe0f}",
    "東京都庁第一本庁舎",
    "e\u{301}\u{301}\u{301}a\u{300}",
    "\u{301}starts with a mark",
    "two\nlines\tand a tab\r",
    "مرحبا ﾊﾟ🇩🇪👍🏽",
];

pub fn unit(name: &str) -> Unit {
    if let Some(counts) = name.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')')) {
        let (numerator, denominator) = counts.split_once('/').expect("rate(a/b)");
        return Unit::Rate { numerator: numerator.into(), denominator: denominator.into() };
    }
    match name {
        "text" => Unit::Text,
        "id" => Unit::Id,
        "state" => Unit::State,
        "date" => Unit::Date,
        "month" => Unit::Month,
        "count" => Unit::Count,
        "money" => Unit::Money,
        "share" => Unit::Share,
        "points" => Unit::Points,
        "days" => Unit::Days,
        "number" => Unit::Number,
        "flag" => Unit::Flag,
        "list" => Unit::List,
        other => panic!("no unit {other}"),
    }
}

pub fn figure(columns: &[(&str, &str)]) -> Figure {
    Figure {
        name: "test".into(),
        area: "test".into(),
        title: "Test".into(),
        question: "What?".into(),
        curriculum: vec![],
        source: "by hand".into(),
        grain: "one row".into(),
        parameters: vec![],
        columns: columns
            .iter()
            .map(|(name, kind)| FigureColumn {
                name: (*name).into(),
                unit: unit(kind),
                meaning: String::new(),
                heading: name.replace('_', " "),
                private: false,
            })
            .collect(),
        chart: None,
        drill: None,
        opens: None,
        needs: vec![],
        header: String::new(),
        sql: String::new(),
        file: PathBuf::from("test.sql"),
        sql_line: 1,
    }
}

pub fn with_chart(mut figure: Figure, chart: Chart) -> Figure {
    figure.chart = Some(chart);
    figure
}

pub fn table(columns: &[&str], rows: Vec<Vec<Value>>) -> Table {
    let columns = columns
        .iter()
        .map(|name| TableColumn { name: (*name).into(), type_name: "VARCHAR".into() })
        .collect();
    Table { columns, rows }
}

pub fn field(id: &str, kind: &str) -> Field {
    let options = || {
        [("lost", "Lost to a competitor"), ("no", "No decision"), ("unknown", "Unknown")]
            .map(|(value, label)| Choice { value: value.into(), label: label.into() })
            .to_vec()
    };
    let kind = match kind {
        "text" => FieldKind::Text { max: Some(60) },
        "long" => FieldKind::LongText,
        "choice" => FieldKind::Choice { options: options() },
        "choices" => FieldKind::Choices { options: options() },
        "date" => FieldKind::Date,
        "number" => FieldKind::Number { min: Some(1.0), max: Some(5.0) },
        "money" => FieldKind::Money,
        "percent" => FieldKind::Percent,
        "person" => FieldKind::Person,
        "link" => FieldKind::Link { kinds: vec!["play".into()], changes: false },
        "rows" => FieldKind::Rows {
            fields: vec![field("name", "text"), field("amount", "money"), field("quote", "long")],
            min: 0,
            max: Some(4),
        },
        other => panic!("no kind {other}"),
    };
    let label = id.replace('_', " ");
    let label = label[..1].to_uppercase() + &label[1..];
    Field {
        id: id.into(),
        help: format!("Help for {id}."),
        label,
        kind,
        required: Required::No,
        filled_from: None,
        editable: false,
        default: None,
    }
}

/// A form of two sections with a field of every kind.
pub fn form() -> Form {
    let state =
        |id: &str| State { id: id.into(), title: id.into(), open: id == "draft", done: false };
    let mut account = field("account", "text");
    account.filled_from = Some("account".into());
    let mut outcome = field("outcome", "choice");
    outcome.required = Required::Always;
    let mut learning = field("learning", "long");
    learning.required = Required::From("submitted".into());
    let section = |id: &str, title: &str, fields: Vec<Field>| Section {
        id: id.into(),
        title: title.into(),
        help: String::new(),
        fields,
    };
    Form {
        kind: "test".into(),
        area: "test".into(),
        title: "Post-mortem".into(),
        plural: "Post-mortems".into(),
        prefix: "PM".into(),
        curriculum: vec![],
        help: "What happened.".into(),
        name: "{account}".into(),
        about: Vec::new(),
        fill: None,
        sections: vec![
            section(
                "facts",
                "The deal",
                vec![account, field("title", "text"), outcome, field("price_gap", "percent")],
            ),
            section(
                "story",
                "The story",
                vec![
                    field("amount", "money"),
                    field("closed_on", "date"),
                    field("influence", "number"),
                    field("areas", "choices"),
                    field("owner", "person"),
                    field("play", "link"),
                    field("drivers", "rows"),
                    field("what_was_done", "long"),
                    learning,
                ],
            ),
        ],
        rules: vec![],
        states: vec![state("draft"), state("submitted"), state("published")],
        moves: vec![Move {
            from: vec!["draft".into()],
            to: "submitted".into(),
            action: "submit".into(),
            approvals: 0,
            needs_reason: false,
            restores: None,
        }],
        file: PathBuf::from("test.toml"),
    }
}

/// A buffer that is read as a person reads a screen.
pub struct Screen {
    pub buf: Buffer,
}

impl Screen {
    pub fn new(width: u16, height: u16) -> Screen {
        Screen { buf: Buffer::empty(Rect::new(0, 0, width, height)) }
    }

    pub fn area(&self) -> Rect {
        self.buf.area
    }

    /// The text of each row, styles stripped.
    pub fn rows(&self) -> Vec<String> {
        let area = self.buf.area;
        (area.top()..area.bottom())
            .map(|y| {
                let mut row = String::new();
                let mut skip = 0;
                for x in area.left()..area.right() {
                    let symbol = self.buf[(x, y)].symbol();
                    if skip == 0 {
                        row.push_str(symbol);
                        skip = crate::domain::text::width(symbol).saturating_sub(1);
                    } else {
                        skip -= 1;
                    }
                }
                row.trim_end().to_owned()
            })
            .collect()
    }

    pub fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// The one row that holds this text.
    #[track_caller]
    pub fn row_with(&self, wanted: &str) -> String {
        let rows: Vec<String> = self.rows().into_iter().filter(|r| r.contains(wanted)).collect();
        match rows.as_slice() {
            [row] => row.clone(),
            [] => panic!("no row with {wanted:?} in\n{}", self.text()),
            _ => panic!("{} rows with {wanted:?} in\n{}", rows.len(), self.text()),
        }
    }

    pub fn has(&self, wanted: &str) -> bool {
        self.text().contains(wanted)
    }

    /// The rows of which a cell is reversed.
    pub fn reversed_rows(&self) -> Vec<String> {
        let area = self.buf.area;
        let rows = self.rows();
        (area.top()..area.bottom())
            .filter(|y| {
                (area.left()..area.right())
                    .any(|x| self.buf[(x, *y)].modifier.contains(Modifier::REVERSED))
            })
            .map(|y| rows[usize::from(y - area.top())].clone())
            .collect()
    }

    /// No cell holds what could move the cursor, turn or join text.
    #[track_caller]
    pub fn assert_harmless(&self) {
        for cell in &self.buf.content {
            for c in cell.symbol().chars() {
                assert!(!c.is_control(), "{c:?} on the screen");
                assert!(
                    !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fe0f}'),
                    "{c:?} on the screen"
                );
            }
        }
    }
}

/// Draws at every small size: a panic is the failure.
pub fn every_small_size(mut draw: impl FnMut(&mut Buffer, Rect)) {
    for width in 0..=30 {
        for height in 0..=30 {
            let mut screen = Screen::new(width, height);
            let area = screen.area();
            draw(&mut screen.buf, area);
            // An area that sticks out of the buffer is cut.
            draw(&mut screen.buf, Rect::new(1, 1, width + 3, height + 3));
        }
    }
}
