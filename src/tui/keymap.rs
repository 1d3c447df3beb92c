//! Every action of the screen, once: its name, its keys, its help.
//!
//! The keyboard, the hints of the footer, the `?` help, the command palette
//! and `docs/keys.md` all read this table; there is no second list.
//!
//! Default keys are letters, digits, F-keys, arrows, Tab, Enter, Esc, the space
//! bar, `?` `/` `:` `<` `>` `+` `-` and a few Ctrl-letters: what every keyboard
//! layout has without AltGr.

mod binding;
mod key;

use std::borrow::Cow;

use crossterm::event::{KeyCode, KeyEvent};

pub use binding::{Binding, Clash, KeySet, written};
pub use key::Key;

/// Something a person can ask for. Panes see these, never key codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Shows a pane by its place in [`crate::tui::panes::PANES`].
    Go(usize),
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    First,
    Last,
    NextPart,
    PreviousPart,
    Open,
    Back,
    Filter,
    Sort,
    Reverse,
    Jump,
    Mark,
    Group,
    Summary,
    Columns,
    Hide,
    ColumnLeft,
    ColumnRight,
    Wider,
    Narrower,
    /// The table as the figure has it.
    Plain,
    Toggle,
    Other,
    Zoom,
    Present,
    Explain,
    Script,
    Export,
    AnyFigure,
    Copy,
    Page,
    NextQuarter,
    PreviousQuarter,
    Quarter,
    Dimension,
    Scope,
    Refresh,
    New,
    Edit,
    Move,
    History,
    Compare,
    Chain,
    Decide,
    Measure,
    Save,
    Drafts,
    Import,
    Stop,
    Help,
    Palette,
    Theme,
    Suspend,
    Quit,
}

/// Where an action means something; the headings of the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Panes,
    Moving,
    Figures,
    Tables,
    Review,
    Records,
    Program,
}

impl Group {
    /// All groups, in the order of the help.
    pub const ALL: [Group; 7] = [
        Group::Panes,
        Group::Moving,
        Group::Figures,
        Group::Tables,
        Group::Review,
        Group::Records,
        Group::Program,
    ];

    /// The heading in the help.
    pub fn title(self) -> &'static str {
        match self {
            Group::Panes => "Panes",
            Group::Moving => "Moving about",
            Group::Figures => "Figures",
            Group::Tables => "Tables",
            Group::Review => "The review",
            Group::Records => "Records",
            Group::Program => "The program",
        }
    }
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Entry {
    pub action: Action,
    pub group: Group,
    /// What the palette and the documents call it.
    pub name: &'static str,
    /// One or two words, for the footer.
    pub hint: &'static str,
    /// A sentence, for the help.
    pub help: &'static str,
    /// The first one is shown in the footer.
    pub keys: Cow<'static, [Key]>,
}

use Action as A;
use Group as G;
use Key::{Char, Code, Ctrl, F};

#[rustfmt::skip]
const TABLE: &[Entry] = &[
    entry(A::Up, G::Moving, "up", "up", "The row above", &[Code(KeyCode::Up), Char('k')]),
    entry(A::Down, G::Moving, "down", "down", "The row below", &[Code(KeyCode::Down), Char('j')]),
    entry(A::Left, G::Moving, "left", "left", "The column before; the line before in a chart", &[Code(KeyCode::Left)]),
    entry(A::Right, G::Moving, "right", "right", "The next column; the next line in a chart", &[Code(KeyCode::Right)]),
    entry(A::PageUp, G::Moving, "page up", "page up", "A screen up", &[Code(KeyCode::PageUp)]),
    entry(A::PageDown, G::Moving, "page down", "page down", "A screen down", &[Code(KeyCode::PageDown)]),
    entry(A::First, G::Moving, "first", "first", "The first row", &[Code(KeyCode::Home), Char('g')]),
    entry(A::Last, G::Moving, "last", "last", "The last row", &[Code(KeyCode::End), Char('G')]),
    entry(A::NextPart, G::Moving, "next part", "next part", "The next part of the pane", &[Code(KeyCode::Tab)]),
    entry(A::PreviousPart, G::Moving, "previous part", "part before", "The part of the pane before", &[Code(KeyCode::BackTab)]),
    entry(A::Open, G::Moving, "open", "open", "What is behind the row: its deals, its record", &[Code(KeyCode::Enter)]),
    entry(A::Back, G::Moving, "back", "back", "One step back; never leaves the program", &[Code(KeyCode::Esc), Code(KeyCode::Backspace), F(10), Ctrl('g')]),

    entry(A::Filter, G::Figures, "filter rows", "filter", "Only rows in which every word occurs", &[Char('/')]),
    entry(A::Sort, G::Figures, "sort", "sort", "Sort by the column gone to, again the other way, again not at all; else by the next", &[Char('s')]),
    entry(A::Reverse, G::Figures, "reverse order", "reverse", "Turn the order round", &[Char('S')]),
    entry(A::Jump, G::Tables, "go to a row", "go to", "Go to the row whose name begins with what is typed", &[Char('J')]),
    entry(A::Mark, G::Tables, "mark", "mark", "Mark the row, or not any more; sums then count marked rows", &[Char(' ')]),
    entry(A::Summary, G::Tables, "sum", "sum", "The sum below the rows shown, then the mean, then neither", &[Char('a')]),
    entry(A::Group, G::Tables, "group", "group", "Rows in groups by the column gone to, or not any more", &[Char('u')]),
    entry(A::Columns, G::Tables, "columns", "columns", "Choose the columns that are shown", &[Char('C')]),
    entry(A::Hide, G::Tables, "hide column", "hide", "Hide the column gone to", &[Char('H')]),
    entry(A::ColumnLeft, G::Tables, "column to the left", "to left", "Move the column gone to one place to the left", &[Char('<')]),
    entry(A::ColumnRight, G::Tables, "column to the right", "to right", "Move the column gone to one place to the right", &[Char('>')]),
    entry(A::Wider, G::Tables, "wider column", "wider", "Make the column gone to wider", &[Char('+')]),
    entry(A::Narrower, G::Tables, "narrower column", "narrower", "Make the column gone to narrower", &[Char('-')]),
    entry(A::Plain, G::Tables, "table as it was", "as it was", "All columns, widths and rows as the figure has them", &[Char('R')]),

    entry(A::Toggle, G::Figures, "chart or table", "view", "The same as a chart, or as a table", &[Char('t')]),
    entry(A::Other, G::Figures, "other figure", "other", "The other figure of this place: attainment, the other bridge", &[Char('o')]),
    entry(A::Zoom, G::Figures, "zoom", "zoom", "This part alone on the whole screen, and back", &[Char('z')]),
    entry(A::Present, G::Review, "present", "present", "This pane on the wall, page by page in large figures; Esc leaves", &[F(5), Char('P')]),
    entry(A::Explain, G::Figures, "explain", "explain", "What the figure and each column of the row mean", &[Char('i')]),
    entry(A::Script, G::Figures, "SQL", "SQL", "The SQL and the parameters, as a script that any DuckDB shell runs", &[Char('v')]),
    entry(A::Export, G::Figures, "export", "export", "Write what is shown to a file: CSV, Markdown, HTML, a mail, JSON", &[Char('x')]),
    entry(A::AnyFigure, G::Figures, "all figures", "figures", "Choose any figure there is, also one that stands on no pane", &[Char('A')]),
    entry(A::Copy, G::Figures, "copy", "copy", "Copy the cell, the row, the table or the text to your clipboard", &[Char('y')]),
    entry(A::Page, G::Figures, "plain page", "plain page", "The same as a plain page, to select from with the mouse", &[Char('Y')]),

    entry(A::NextQuarter, G::Review, "next quarter", "next qtr", "The quarter after this one, for all panes", &[Char('n')]),
    entry(A::PreviousQuarter, G::Review, "previous quarter", "prev qtr", "The quarter before this one, for all panes", &[Char('p')]),
    entry(A::Quarter, G::Review, "choose the quarter", "quarter", "Choose a quarter, a fiscal year or everything", &[Char('Q')]),
    entry(A::Dimension, G::Review, "choose the dimension", "by", "By region, segment, product, owner, manager or not at all", &[Char('b')]),
    entry(A::Scope, G::Review, "choose the scope", "scope", "Only one region, segment, product, owner or manager, for all panes", &[Char('f')]),
    entry(A::Refresh, G::Review, "refresh", "refresh", "Ask the workspace again", &[Char('r')]),
    entry(A::Import, G::Review, "import a file", "import", "Take an export in: shows first what each column is taken for", &[Char('I')]),
    entry(A::Stop, G::Review, "stop", "stop", "Stop what is being computed", &[Char('X')]),

    entry(A::New, G::Records, "new record", "new", "Write a new record of the kind that this pane shows", &[Char('c')]),
    entry(A::Edit, G::Records, "edit", "edit", "Edit the record", &[Char('e')]),
    entry(A::Move, G::Records, "move on", "move on", "Submit, approve, publish: move the record to its next state", &[Char('m'), F(4)]),
    entry(A::History, G::Records, "history", "history", "All revisions of the record: who, when, why", &[Char('h')]),
    entry(A::Compare, G::Records, "compare", "compare", "Two revisions side by side", &[Char('d')]),
    entry(A::Chain, G::Records, "chain", "chain", "What the record or the row rests on, and what came of it: walk it both ways", &[Char('w'), F(6)]),
    entry(A::Decide, G::Records, "decide", "decide", "Write a decision that cites the row, or follows from the record", &[Char('N'), F(7)]),
    entry(A::Measure, G::Records, "measure again", "measure", "Read again what a decision was to change, once its day has come", &[Char('M')]),
    entry(A::Save, G::Records, "save", "save", "Save the record as a new revision; import the file whose mapping is settled", &[F(2), Ctrl('s')]),
    entry(A::Drafts, G::Records, "drafts", "drafts", "Your unsaved drafts in this workspace", &[Char('D')]),

    entry(A::Help, G::Program, "help", "help", "All keys, searchable", &[Char('?'), F(1)]),
    entry(A::Palette, G::Program, "commands", "commands", "Find a command by its name", &[Char(':'), Ctrl('p')]),
    entry(A::Theme, G::Program, "theme", "theme", "How everything looks: dark, light, high contrast, colour-blind, monochrome", &[Char('T')]),
    entry(A::Suspend, G::Program, "suspend", "suspend", "Back to the shell for a while; `fg` returns. In a text, Ctrl-Z undoes", &[Ctrl('z')]),
    entry(A::Quit, G::Program, "quit", "quit", "Leave; asks only when something is unsaved", &[Char('q')]),
];

const fn entry(
    action: Action,
    group: Group,
    name: &'static str,
    hint: &'static str,
    help: &'static str,
    keys: &'static [Key],
) -> Entry {
    Entry { action, group, name, hint, help, keys: Cow::Borrowed(keys) }
}

/// The actions with their keys, ready to be asked.
#[derive(Clone, Debug)]
pub struct Keymap {
    entries: Vec<Entry>,
}

impl Keymap {
    /// The default map for panes called by these keys and names.
    pub fn new(panes: impl IntoIterator<Item = (&'static [Key], &'static str)>) -> Self {
        let panes = panes.into_iter().enumerate().map(|(place, (keys, name))| Entry {
            action: Action::Go(place),
            group: Group::Panes,
            name,
            hint: name,
            help: name,
            keys: Cow::Borrowed(keys),
        });
        Self { entries: panes.chain(TABLE.iter().cloned()).collect() }
    }

    /// The action of a key, outside of text.
    pub fn action(&self, event: &KeyEvent) -> Option<Action> {
        self.entries.iter().find(|e| e.keys.iter().any(|k| k.matches(event))).map(|e| e.action)
    }

    /// The line of the table for an action.
    pub fn entry(&self, action: Action) -> Option<&Entry> {
        self.entries.iter().find(|e| e.action == action)
    }

    /// The first key of an action, as a person calls it.
    pub fn label(&self, action: Action) -> String {
        let key = self.entry(action).and_then(|entry| entry.keys.first());
        key.map(|key| key.label()).unwrap_or_default()
    }

    /// Key and word for the footer.
    pub fn hint(&self, action: Action) -> Option<(String, &'static str)> {
        let entry = self.entry(action)?;
        Some((entry.keys.first()?.label(), entry.hint))
    }

    /// Every action, in the order of the help.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// `docs/keys.md`.
    pub fn document(&self) -> String {
        let mut text = String::from(
            "# Keys\n\nGenerated from the table of actions (`src/tui/keymap.rs`); a test keeps it true.\n\
             Within a form, the keys of the form hold: they stand in the footer.\n\n\
             The configuration gives an action other keys by its name, with hyphens for blanks\n\
             (`docs/configuration.md`).\n",
        );
        for group in Group::ALL {
            text.push_str(&format!(
                "\n## {}\n\n| keys | action | |\n|---|---|---|\n",
                group.title()
            ));
            for entry in self.entries.iter().filter(|e| e.group == group) {
                let help = if entry.help == entry.name { "" } else { entry.help };
                text.push_str(&format!("| {} | {} | {help} |\n", labels(&entry.keys), entry.name));
            }
        }
        text.push_str(
            "\n## With the keys of vim\n\n`key_set = \"vim\"` in the configuration. Up, down, first, last, \
             filter and quit are `k` `j` `g` `G` `/` `q` anyway.\n\n| keys | action |\n|---|---|\n",
        );
        for (action, keys) in binding::VIM {
            let name = self.entry(*action).map_or("", |entry| entry.name);
            text.push_str(&format!("| {} | {name} |\n", labels(keys)));
        }
        text
    }
}

fn labels(keys: &[Key]) -> String {
    keys.iter().map(|key| format!("`{}`", key.label())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
