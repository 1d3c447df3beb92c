//! What a preset says about rows, resolved for one file, as SQL over its
//! staged texts: conditions, the state of a row, rows that are no data.
//!
//! A condition on a column that the file does not have is never met, so a rule
//! that needs one is not there for that file. Reads nothing.

use std::collections::BTreeSet;

use crate::catalog::preset::{Is, PresetTable, When};

use super::flags;
use super::shape::HeaderRow;
use super::stage::quoted;
use super::words;

/// The test of one column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test<'a> {
    pub column: usize,
    pub is: &'a Is,
}

/// What a preset says about the rows of one file.
#[derive(Clone, Debug, Default)]
pub struct RowRules<'a> {
    /// State → what a row of it fits; the first that fits holds.
    pub states: Vec<(&'a str, Vec<Test<'a>>)>,
    /// In words, and what a row that is no data fits.
    pub left_out: Vec<(String, Vec<Test<'a>>)>,
}

/// The columns that the conditions look at; `None` when the file lacks one.
pub fn resolve<'a>(when: &'a When, row: &HeaderRow) -> Option<Vec<Test<'a>>> {
    let one = |condition: &'a crate::catalog::preset::Condition| {
        Some(Test { column: row.find(&condition.header)?, is: &condition.is })
    };
    when.0.iter().map(one).collect()
}

impl<'a> RowRules<'a> {
    /// The rules that can hold for a file with these headers.
    pub fn of(rules: &'a PresetTable, row: &HeaderRow) -> Self {
        let states = rules.state_rules.iter();
        let states = states.filter_map(|rule| Some((rule.is.as_str(), resolve(&rule.when, row)?)));
        let left_out = rules.leave_out.iter();
        let left_out = left_out.filter_map(|when| Some((in_words(when), resolve(when, row)?)));
        RowRules { states: states.collect(), left_out: left_out.collect() }
    }

    /// Columns of the file that any rule looks at.
    pub fn columns(&self) -> BTreeSet<usize> {
        let tests = self.states.iter().map(|(_, tests)| tests);
        let tests = tests.chain(self.left_out.iter().map(|(_, tests)| tests));
        tests.flatten().map(|test| test.column).collect()
    }

    /// SQL of the state that the rules give a row; `None` without rules.
    pub fn state(&self) -> Option<String> {
        if self.states.is_empty() {
            return None;
        }
        let arms = self.states.iter();
        let arms = arms.map(|(is, tests)| format!("WHEN {} THEN {}", fits(tests), quoted(is)));
        Some(format!("CASE {} END", arms.collect::<Vec<_>>().join(" ")))
    }

    /// SQL that is true for a row that is no data; `None` without such rules.
    pub fn no_data(&self) -> Option<String> {
        let any: Vec<String> = self.left_out.iter().map(|(_, tests)| fits(tests)).collect();
        (!any.is_empty()).then(|| format!("({})", any.join(" OR ")))
    }
}

/// SQL, never NULL: a row fits all of the tests.
pub fn fits(tests: &[Test<'_>]) -> String {
    let all = tests.iter().map(|test| {
        let text = format!("trim(c{})", test.column);
        match test.is {
            Is::Words(words) => format!("coalesce({}, false)", words::among(&text, words)),
            Is::Flag(yes) => format!("coalesce({} = {yes}, false)", flags::known(&text)),
            Is::Filled => format!("coalesce({text} <> '', false)"),
            Is::Empty => format!("coalesce({text} = '', true)"),
        }
    });
    let all = all.collect::<Vec<_>>().join(" AND ");
    if all.is_empty() { "true".into() } else { format!("({all})") }
}

/// For the report: `IsDeleted is yes`.
fn in_words(when: &When) -> String {
    let all = when.0.iter().map(|condition| {
        let is = match &condition.is {
            Is::Words(words) => words.join(" or "),
            Is::Flag(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Is::Filled => "filled".to_owned(),
            Is::Empty => "empty".to_owned(),
        };
        format!("{} is {is}", condition.header)
    });
    all.collect::<Vec<_>>().join(" and ")
}
