//! A figure: one question, one SQL file, and the header that says what comes out.
//!
//! Invariant: everything a front end knows about an answer (units, what NULL
//! means, where a row leads) is read from the header; no front end knows a
//! figure by name except to ask for it.

use std::path::PathBuf;

/// One SQL file of `queries/`, header parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// `win-rate`; the file's stem.
    pub name: String,
    /// The folder it lies in: `review`, `positioning`, …
    pub area: String,
    pub title: String,
    /// The question it answers, in a manager's words.
    pub question: String,
    /// Lines of the curriculum: `M8.2`.
    pub curriculum: Vec<String>,
    /// Where the formula comes from.
    pub source: String,
    /// What one row is.
    pub grain: String,
    pub parameters: Vec<Parameter>,
    pub columns: Vec<FigureColumn>,
    pub chart: Option<Chart>,
    /// Where Enter on a row leads.
    pub drill: Option<Drill>,
    /// The form a row can open.
    pub opens: Option<Opens>,
    /// What must be imported before it means anything: fact tables by name.
    pub needs: Vec<String>,
    /// The header as it stands in the file, up to where `sql` starts; messages point into it.
    pub header: String,
    /// The SQL without the header and without a semicolon at its end.
    pub sql: String,
    /// Where it was read from, for messages.
    pub file: PathBuf,
    /// Line of the file on which `sql` starts, 1-based.
    pub sql_line: usize,
}

/// A value the SQL reads with `getvariable('name')`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub kind: ParameterKind,
    /// May be left out; the SQL then sees NULL.
    pub optional: bool,
    pub meaning: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    Text,
    Date,
    Count,
    Number,
    /// A point in time, in UTC.
    Instant,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FigureColumn {
    pub name: String,
    pub unit: Unit,
    pub meaning: String,
    /// A heading for the screen: the name with blanks, unless the header gives `"Heading"`.
    pub heading: String,
    /// Names a person or what one is paid by: not for a wall that everybody sees.
    pub private: bool,
}

/// What a number is, so that every front end shows it alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Free text. VARCHAR.
    Text,
    /// A key; never formatted, never summed. VARCHAR.
    Id,
    /// One of a few words (won, stale, BELOW); shown with a sign of its own. VARCHAR.
    State,
    /// DATE.
    Date,
    /// First day of a fiscal month; shown as 2025-03. DATE.
    Month,
    /// UTC. TIMESTAMP.
    Instant,
    /// How many. BIGINT or INTEGER.
    Count,
    /// In the reporting currency. DECIMAL(*,2).
    Money,
    /// `won/closed` as a share from 0 to 1, shown with both counts: `41% 12/29`.
    /// Holds the names of the two count columns. DOUBLE.
    Rate { numerator: String, denominator: String },
    /// A share from 0 to 1 (or beyond, as attainment) shown in percent. DOUBLE.
    Share,
    /// A difference of shares, 0.05 shown as `+5.0 pts`. DOUBLE.
    Points,
    /// Whole days. BIGINT or INTEGER.
    Days,
    /// Any other number. DOUBLE, or BIGINT.
    Number,
    /// BOOLEAN.
    Flag,
    /// VARCHAR[].
    List,
}

/// How the rows look as a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chart {
    /// One line per value of `series`; `reference` is a horizontal limit that may change along x,
    /// `band` the lower and upper end of the interval around each point.
    Line {
        x: String,
        y: String,
        series: Option<String>,
        reference: Option<String>,
        band: Option<(String, String)>,
    },
    /// Horizontal bars.
    Bar { label: String, value: String, reference: Option<String> },
    /// Steps from a start to an end; rows whose `role` is `start`, `end` or `total` stand on the
    /// ground, the others (`step`) hang between them.
    Bridge { label: String, value: String, role: String },
    /// Each row a point, with both axes through zero.
    Scatter { label: String, x: String, y: String },
    /// Each row from its low to its high value, both as differences from one middle.
    Tornado { label: String, low: String, high: String },
}

/// Enter on a row runs another figure with parameters taken from the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    pub figure: String,
    /// (parameter of the other figure, column of this one)
    pub bind: Vec<(String, String)>,
}

/// A row can open a form; the fields named are filled from the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opens {
    pub form: String,
    /// (field of the form, column of this figure)
    pub bind: Vec<(String, String)>,
    /// Column that holds the id of a record that exists already, if any.
    pub record: Option<String>,
}

impl ParameterKind {
    /// All of them, in the order in which they are offered.
    pub const EACH: [ParameterKind; 5] = [
        ParameterKind::Text,
        ParameterKind::Date,
        ParameterKind::Count,
        ParameterKind::Number,
        ParameterKind::Instant,
    ];

    /// The word for it in a header.
    pub fn name(self) -> &'static str {
        match self {
            ParameterKind::Text => "text",
            ParameterKind::Date => "date",
            ParameterKind::Count => "count",
            ParameterKind::Number => "number",
            ParameterKind::Instant => "instant",
        }
    }

    /// The DuckDB type that the session variable has.
    pub fn sql_type(self) -> &'static str {
        match self {
            ParameterKind::Text => "VARCHAR",
            ParameterKind::Date => "DATE",
            ParameterKind::Count => "BIGINT",
            ParameterKind::Number => "DOUBLE",
            ParameterKind::Instant => "TIMESTAMP",
        }
    }
}

impl Unit {
    /// The words for units in a header; a rate is written `rate(won/closed)`.
    pub const NAMES: [&str; 15] = [
        "text", "id", "state", "date", "month", "instant", "count", "money", "rate", "share",
        "points", "days", "number", "flag", "list",
    ];

    /// The word for it in a header, without the columns of a rate.
    pub fn name(&self) -> &'static str {
        match self {
            Unit::Text => "text",
            Unit::Id => "id",
            Unit::State => "state",
            Unit::Date => "date",
            Unit::Month => "month",
            Unit::Instant => "instant",
            Unit::Count => "count",
            Unit::Money => "money",
            Unit::Rate { .. } => "rate",
            Unit::Share => "share",
            Unit::Points => "points",
            Unit::Days => "days",
            Unit::Number => "number",
            Unit::Flag => "flag",
            Unit::List => "list",
        }
    }

    /// Can be drawn along an axis and is aligned to the right.
    pub fn is_numeric(&self) -> bool {
        matches!(
            self,
            Unit::Count
                | Unit::Money
                | Unit::Rate { .. }
                | Unit::Share
                | Unit::Points
                | Unit::Days
                | Unit::Number
        )
    }
}

impl Figure {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&FigureColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The declared parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// Parameters that are always set, whether a figure declares them or not, and their kinds.
pub const STANDARD_PARAMETERS: [(&str, ParameterKind); 12] = [
    ("quarter", ParameterKind::Text),
    ("period_start", ParameterKind::Date),
    ("period_end", ParameterKind::Date),
    ("as_of", ParameterKind::Date),
    ("by", ParameterKind::Text),
    ("region", ParameterKind::Text),
    ("segment", ParameterKind::Text),
    ("product", ParameterKind::Text),
    ("owner", ParameterKind::Text),
    ("manager", ParameterKind::Text),
    ("currency", ParameterKind::Text),
    ("known_at", ParameterKind::Instant),
];

/// The kind of a standard parameter.
pub fn standard_parameter(name: &str) -> Option<ParameterKind> {
    STANDARD_PARAMETERS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}
