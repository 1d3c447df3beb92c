//! The brief: what needs a decision in this period, most urgent first, each
//! line leading to the pane where it can be decided.

use crate::catalog::Catalog;
use crate::domain::{Dimension, Formats, Table};
use crate::workspace::{Answer, Parameters, Workspace};

use super::{ALERTS, ReviewError};

mod coverage;
mod forecast;
mod win_rate;

use coverage::{capacity, moves, plans};
use forecast::{attainment, residual, unexplained, variance};
use win_rate::{alerts, corrections};

/// How much a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Late, or a rule has fired: decide now.
    Act,
    /// On its way there.
    Watch,
    /// Nothing to do.
    Fine,
}

/// One line of the brief.
#[derive(Clone, Debug, PartialEq)]
pub struct BriefItem {
    /// The pane it leads to: `forecast`, `win-rate`, `cards`, `post-mortems`, `playbook`,
    /// `decisions` or `coverage`.
    pub pane: String,
    pub severity: Severity,
    /// What is the matter, with its number.
    pub headline: String,
    /// The worst of it by name, or why it cannot be said.
    pub detail: String,
    /// The figure the line was read from.
    pub figure: String,
    /// Parameters to open that figure with, besides those of the review.
    pub bind: Vec<(String, String)>,
}

/// Which lines are asked for: those that are read off quickly, or those that look ahead, whose
/// figures take as long as all the others together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BriefPart {
    Quarter,
    Ahead,
}

impl BriefPart {
    /// In the order in which their lines stand within each severity.
    pub const EACH: [BriefPart; 2] = [BriefPart::Quarter, BriefPart::Ahead];
}

/// What needs a decision, in the order of the panes within each severity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Brief {
    pub items: Vec<BriefItem>,
}

impl Brief {
    /// Both parts as one.
    pub fn of(parts: impl IntoIterator<Item = BriefItem>) -> Self {
        let mut items: Vec<BriefItem> = parts.into_iter().collect();
        items.sort_by_key(|item| item.severity);
        Brief { items }
    }
}

/// Runs the figures that a part of the brief is made of and puts them into words.
///
/// # Errors
/// `NoFigure` when the content files lack one of them; those of [`Workspace::run`]. A figure whose
/// own SQL fails, for want of an exchange rate, say, costs its line alone, which then says why.
pub fn brief(
    workspace: &mut Workspace,
    catalog: &Catalog,
    parameters: &Parameters,
    part: BriefPart,
) -> Result<Brief, ReviewError> {
    let lines = || LINES.iter().filter(|line| line.part() == part);
    let figures = lines().map(|line| {
        let figure = catalog.figures.get(line.figure).ok_or(ReviewError::NoFigure(line.figure))?;
        let mut asked = parameters.clone();
        asked.extra.clear();
        if let Some(by) = line.by {
            asked.by = by;
        }
        Ok((figure, asked))
    });
    let asked = figures.collect::<Result<Vec<_>, ReviewError>>()?;
    let answers = workspace.run_each("the brief", &asked)?;
    let mut items = Vec::new();
    for ((line, (figure, _)), answer) in lines().zip(&asked).zip(answers) {
        match answer {
            Ok(answer) => items.extend((line.say)(&answer).map(|said| line.item(said))),
            Err(error) => items.push(line.item(Said::watch(
                format!("{} cannot be computed", figure.title),
                error.to_string(),
            ))),
        }
    }
    Ok(Brief::of(items))
}

/// One line: where it is read from and how it is put into words.
struct Line {
    pane: &'static str,
    figure: &'static str,
    by: Option<Dimension>,
    /// `None`: nothing worth a line.
    say: fn(&Answer) -> Option<Said>,
}

struct Said {
    severity: Severity,
    headline: String,
    detail: String,
}

impl Said {
    fn act(headline: String, detail: String) -> Self {
        Said { severity: Severity::Act, headline, detail }
    }

    fn watch(headline: String, detail: String) -> Self {
        Said { severity: Severity::Watch, headline, detail }
    }

    fn fine(headline: String, detail: String) -> Self {
        Said { severity: Severity::Fine, headline, detail }
    }
}

impl Line {
    fn part(&self) -> BriefPart {
        if self.pane == "coverage" { BriefPart::Ahead } else { BriefPart::Quarter }
    }

    fn item(&self, said: Said) -> BriefItem {
        BriefItem {
            pane: self.pane.to_owned(),
            severity: said.severity,
            headline: said.headline,
            detail: said.detail,
            figure: self.figure.to_owned(),
            bind: self.by.map(|by| ("by".to_owned(), by.name().to_owned())).into_iter().collect(),
        }
    }
}

const LINES: &[Line] = &[
    // What the last reviews decided and nobody has done opens every review.
    Line { pane: "decisions", figure: "decisions", by: None, say: decisions },
    Line { pane: "forecast", figure: "attainment", by: Some(Dimension::All), say: attainment },
    Line {
        pane: "forecast",
        figure: "forecast-variance",
        by: Some(Dimension::Region),
        say: variance,
    },
    Line {
        pane: "forecast",
        figure: "variance-causes",
        by: Some(Dimension::Region),
        say: unexplained,
    },
    Line { pane: "win-rate", figure: ALERTS, by: Some(Dimension::Segment), say: alerts },
    Line { pane: "win-rate", figure: "course-corrections", by: None, say: corrections },
    Line { pane: "cards", figure: "battle-cards", by: None, say: cards },
    Line { pane: "cards", figure: "card-triggers", by: None, say: card_triggers },
    Line { pane: "post-mortems", figure: "post-mortems", by: None, say: post_mortems },
    Line { pane: "post-mortems", figure: "repeat-causes", by: None, say: repeat_causes },
    Line { pane: "playbook", figure: "plays", by: None, say: plays },
    Line { pane: "playbook", figure: "feedback-loop", by: None, say: feedback },
    Line { pane: "coverage", figure: "capacity-gap", by: Some(Dimension::All), say: capacity },
    Line { pane: "coverage", figure: "plan-checks", by: Some(Dimension::Segment), say: plans },
    Line { pane: "coverage", figure: "reallocation-checks", by: None, say: moves },
    Line { pane: "forecast", figure: "pipeline-bridge", by: None, say: residual },
];

fn cards(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let stale = names(table, "competitor", rows(table, "state", &["stale"]));
    let lacking = names(table, "competitor", rows(table, "state", &["missing"]));
    let soon = names(table, "competitor", rows(table, "state", &["due soon", "draft"]));
    let mut parts = Vec::new();
    if !stale.is_empty() {
        parts.push(format!("{} out of date", counted(stale.len(), "battle card")));
    }
    if !lacking.is_empty() {
        parts.push(format!("{} without a card", counted(lacking.len(), "competitor")));
    }
    let worst: Vec<String> = stale.into_iter().chain(lacking).collect();
    Some(if !worst.is_empty() {
        Said::act(parts.join(", "), some(&worst))
    } else if !soon.is_empty() {
        Said::watch(
            format!("{} due soon or in draft", counted(soon.len(), "battle card")),
            some(&soon),
        )
    } else if table.is_empty() {
        Said::fine("No battle cards yet".to_owned(), String::new())
    } else {
        Said::fine(format!("{} all fresh", counted(table.len(), "battle card")), String::new())
    })
}

/// Says something only when something asks: fresh cards have their line already.
fn card_triggers(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let named = |status: &str| {
        let mut named: Vec<String> = rows(table, "status", &[status])
            .map(|row| {
                let (competitor, trigger) =
                    (table.get(row, "competitor"), table.get(row, "trigger"));
                format!("{}: {}", competitor.plain(), trigger.plain())
            })
            .collect();
        named.dedup();
        named
    };
    let (late, asking) = (named("overdue"), named("asks"));
    if !late.is_empty() {
        let headline = format!("{} for a card unanswered", counted(late.len(), "reason"));
        return Some(Said::act(headline, some(&late)));
    }
    (!asking.is_empty()).then(|| {
        Said::watch(format!("{} for a new card", counted(asking.len(), "reason")), some(&asking))
    })
}

fn post_mortems(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let late = names(table, "opportunity", rows(table, "status", &["overdue"]));
    let due = names(table, "opportunity", rows(table, "status", &["due", "draft", "submitted"]));
    let done = rows(table, "status", &["done"]).count();
    let lifted = rows(table, "status", &["lifted"]).count();
    let lost = counted(table.len() - lifted, "strategic loss");
    // What is not lost any more does not go without a word.
    let aside = if lifted > 0 { format!(", {lifted} not lost any more") } else { String::new() };
    let coverage = format!("{done} of {lost} done{aside}");
    Some(if !late.is_empty() {
        Said::act(
            format!("{} overdue, {coverage}", counted(late.len(), "post-mortem")),
            some(&late),
        )
    } else if !due.is_empty() {
        Said::watch(format!("{} open, {coverage}", counted(due.len(), "post-mortem")), some(&due))
    } else if table.is_empty() {
        Said::fine("No strategic losses".to_owned(), String::new())
    } else {
        Said::fine(format!("Post-mortems: {coverage}"), String::new())
    })
}

/// Says something only when a cause escalates, or came back after its fix.
fn repeat_causes(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let escalated = names(table, "driver", rows(table, "verdict", &["escalate"]));
    if !escalated.is_empty() {
        let headline = format!("{} of loss again and again", counted(escalated.len(), "cause"));
        return Some(Said::act(headline, some(&escalated)));
    }
    let back = names(table, "driver", rows(table, "verdict", &["back"]));
    (!back.is_empty()).then(|| {
        Said::watch(format!("{} back after its fix", counted(back.len(), "cause")), some(&back))
    })
}

fn plays(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let waiting: Vec<String> = (0..table.len())
        .filter(|row| !table.get(*row, "waiting_for").is_null())
        .map(|row| {
            format!(
                "{}: {}",
                table.get(row, "title").plain(),
                table.get(row, "waiting_for").plain()
            )
        })
        .collect();
    if table.is_empty() {
        return Some(Said::fine("No plays yet".to_owned(), String::new()));
    }
    Some(if waiting.is_empty() {
        Said::fine(format!("{}, none waiting", counted(table.len(), "play")), String::new())
    } else {
        Said::watch(
            format!("{} waiting for someone", counted(waiting.len(), "play")),
            some(&waiting),
        )
    })
}

/// Says something only when a customer waits longer than was promised.
fn feedback(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let late: Vec<String> = (0..table.len())
        .filter(|row| !table.get(*row, "days_overdue").is_null())
        .map(|row| {
            let (account, step) = (table.get(row, "account"), table.get(row, "waiting_for"));
            format!("{}: {}", account.plain(), step.plain())
        })
        .collect();
    (!late.is_empty()).then(|| {
        Said::act(format!("{} waiting too long", counted(late.len(), "customer note")), some(&late))
    })
}

fn decisions(answer: &Answer) -> Option<Said> {
    let table = &answer.table;
    let late = names(table, "title", rows(table, "status", &["overdue"]));
    let open = rows(table, "status", &["open"]).count();
    Some(if !late.is_empty() {
        Said::act(
            format!("{} overdue, {open} open", counted(late.len(), "decision or action")),
            some(&late),
        )
    } else {
        Said::fine(
            format!("{} open, none overdue", counted(open, "decision or action")),
            String::new(),
        )
    })
}

fn rows<'a>(
    table: &'a Table,
    column: &'a str,
    words: &'a [&'a str],
) -> impl Iterator<Item = usize> + 'a {
    (0..table.len()).filter(move |row| {
        table.get(*row, column).as_text().is_some_and(|word| words.contains(&word))
    })
}

fn names(table: &Table, column: &str, rows: impl Iterator<Item = usize>) -> Vec<String> {
    rows.map(|row| table.get(row, column).plain()).collect()
}

fn rate(table: &Table, row: usize) -> String {
    let count = |column: &str| table.get(row, column).as_int().unwrap_or_default();
    Formats::here().rate(count("won"), count("closed"))
}

/// `1 alert`, `3 alerts`, `2 strategic losses`, `2 decisions or actions`.
fn counted(count: usize, what: &str) -> String {
    if count == 1 {
        return format!("1 {what}");
    }
    let plural: Vec<String> = what
        .split(" or ")
        .map(|word| if word.ends_with('s') { format!("{word}es") } else { format!("{word}s") })
        .collect();
    format!("{count} {}", plural.join(" or "))
}

/// The first few by name, and how many more.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if names.len() > SHOWN {
        text.push_str(&format!("; {} more", names.len() - SHOWN));
    }
    text
}

/// Why the figure says nothing, by its own notes, else what usually helps.
fn missing(answer: &Answer, otherwise: &str) -> String {
    answer.notes.first().cloned().unwrap_or_else(|| otherwise.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{TableColumn, Value};
    use chrono::NaiveDate;

    pub(super) fn answer(columns: &[&str], rows: Vec<Vec<Value>>) -> Answer {
        Answer {
            figure: "test".into(),
            parameters: Vec::new(),
            as_of: NaiveDate::default(),
            table: Table {
                columns: columns
                    .iter()
                    .map(|name| TableColumn { name: (*name).into(), type_name: String::new() })
                    .collect(),
                rows,
            },
            notes: Vec::new(),
        }
    }

    pub(super) fn text(value: &str) -> Value {
        Value::from(value)
    }

    #[test]
    fn what_is_late_asks_for_action_and_is_named() {
        let said = post_mortems(&answer(
            &["opportunity", "status"],
            vec![
                vec![text("Alpha"), text("overdue")],
                vec![text("Beta"), text("done")],
                vec![text("Gamma"), text("draft")],
                vec![text("Delta"), text("lifted")],
            ],
        ))
        .expect("a line");
        assert_eq!(said.severity, Severity::Act);
        assert_eq!(
            said.headline,
            "1 post-mortem overdue, 1 of 3 strategic losses done, 1 not lost any more"
        );
        assert_eq!(said.detail, "Alpha");
    }

    #[test]
    fn counts_agree_with_their_nouns() {
        assert_eq!(counted(1, "strategic loss"), "1 strategic loss");
        assert_eq!(counted(2, "strategic loss"), "2 strategic losses");
        assert_eq!(counted(0, "decision or action"), "0 decisions or actions");
    }
}
