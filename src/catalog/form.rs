//! A form: one TOML file that defines a kind of record.
//!
//! Invariant: a kind gets its pane, drafts, revisions, diffs, approvals,
//! export and view from this definition alone.

use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// `post-mortem`; the file's stem.
    pub kind: String,
    pub area: String,
    /// `Post-mortem`
    pub title: String,
    /// `Post-mortems`
    pub plural: String,
    /// Record ids are `PM-1`, `PM-2`, …
    pub prefix: String,
    pub curriculum: Vec<String>,
    /// One sentence for the person who fills it in.
    pub help: String,
    /// How a record is called in a list: `{account} · {opportunity}` with field ids in braces.
    pub name: String,
    /// Fields whose values together say what the record is about; two open records about the same
    /// are refused. None: every record stands for itself.
    pub about: Vec<String>,
    pub fill: Option<Fill>,
    pub sections: Vec<Section>,
    /// What must hold over more than one field.
    pub rules: Vec<Rule>,
    pub states: Vec<State>,
    pub moves: Vec<Move>,
    pub file: PathBuf,
}

/// The program fills fields from the first row of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    pub figure: String,
    /// (parameter of the figure, field that gives its value)
    pub bind: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub id: String,
    pub title: String,
    pub help: String,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Unique in the form (in its group, for a field of repeating rows).
    pub id: String,
    pub label: String,
    pub help: String,
    pub kind: FieldKind,
    pub required: Required,
    /// Column of the fill figure that gives the value; such a field is read-only unless `editable`.
    pub filled_from: Option<String>,
    pub editable: bool,
    /// Value of a new record.
    pub default: Option<String>,
}

/// From which state on a value must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Required {
    No,
    Always,
    /// Before the record may enter this state or any after it, those ends left out
    /// that can be reached without passing any of them.
    From(String),
}

#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// One line.
    Text {
        max: Option<usize>,
    },
    /// Several lines.
    LongText,
    /// One of these.
    Choice {
        options: Vec<Choice>,
    },
    /// Any of these.
    Choices {
        options: Vec<Choice>,
    },
    Date,
    /// Whole or decimal, with optional limits.
    Number {
        min: Option<f64>,
        max: Option<f64>,
    },
    /// `1250.00`; the currency is the workspace's unless a field named `currency` stands beside it.
    Money,
    /// Typed and shown in percent, stored as a share from 0 to 1.
    Percent,
    /// A user or a person of the facts, by name.
    Person,
    /// The id of another record, of one of these kinds (any, when empty).
    Link {
        kinds: Vec<String>,
        /// The other record comes of this one, as a play that a decision changes. Otherwise this
        /// one rests on the other.
        changes: bool,
    },
    /// A figure as it was read: what was asked, of which state of the data, and the row.
    Evidence {
        again: Option<Again>,
    },
    /// Repeating rows of fields; never nested twice.
    Rows {
        fields: Vec<Field>,
        min: usize,
        max: Option<usize>,
    },
}

/// Evidence that the program takes by itself: another one, read again when its day has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// The field of the form that holds the evidence.
    pub field: String,
    /// The date field that says when.
    pub on: String,
    /// The date field whose quarter or year is read; left out: that of `on`.
    pub period: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub id: String,
    pub title: String,
    /// The body may be revised in this state.
    pub open: bool,
    /// Nothing more is expected.
    pub done: bool,
}

/// A step from one state to another. The first state of the form is where a record starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub from: Vec<String>,
    pub to: String,
    /// The word on the key: `submit`, `approve`, `publish`.
    pub action: String,
    /// Distinct people, none of them an author of the body, who must ask for this move; 0: anyone, once.
    pub approvals: usize,
    pub needs_reason: bool,
    /// The state whose text before the present one comes back with this move.
    pub restores: Option<String>,
}

/// What must hold over more than one field before a record may be in a state.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// (choice field, value): the rule holds only while the field has the value.
    pub when: Option<(String, String)>,
    pub kind: RuleKind,
    pub holds: RuleHolds,
    /// What to do about it, in words that follow a colon: `name the competitor`.
    pub message: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum RuleKind {
    /// At least one of these fields is filled in.
    OneOf(Vec<String>),
    /// The first field names something other than each of the others.
    Apart(Vec<String>),
    /// How many rows of a group have a value in one of their choice fields.
    Count {
        rows: String,
        /// (field of the row, value)
        with: (String, String),
        min: usize,
        max: Option<usize>,
    },
}

/// In which states a rule is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleHolds {
    Always,
    /// As [`Required::From`].
    From(String),
    /// Before the record may enter one of these states.
    In(Vec<String>),
}

impl Form {
    /// The fields in their order, those of rows not counted.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }
}

impl Field {
    /// The program says what it is, and nobody else.
    pub fn is_fact(&self) -> bool {
        let again = matches!(self.kind, FieldKind::Evidence { again: Some(_) });
        again || self.filled_from.is_some() && !self.editable
    }
}
