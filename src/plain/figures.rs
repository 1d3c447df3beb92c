//! From the brief to a figure, to its rows, to what is behind a row.

use crate::catalog::Figure;
use crate::catalog::figure::Unit;
use crate::catalog::show::Cells;
use crate::domain::{Formats, Value};
use crate::ledger::{self, Body, Evidence};
use crate::review::{self, Brief, BriefPart, Severity};
use crate::workspace::{Answer, Parameters};

use super::{Go, Review, Stop};

/// Columns that a row is told with in a list; all of them when it is opened.
const IN_A_LIST: usize = 4;
/// What every row can be the reason for.
const DECISION: (&str, &str) = ("decision", "about");

impl Review<'_, '_> {
    /// What needs a decision, the worst first.
    pub(super) fn brief(&mut self) -> Go {
        loop {
            let mut items = Vec::new();
            for part in BriefPart::EACH {
                items.extend(review::brief(self.workspace, self.catalog, &self.lens, part)?.items);
            }
            let items = Brief::of(items).items;
            if items.is_empty() {
                return self.talk.say("Nothing needs a decision in this period.");
            }
            let said: Vec<String> = items
                .iter()
                .map(|item| {
                    let word = match item.severity {
                        Severity::Act => "Act",
                        Severity::Watch => "Watch",
                        Severity::Fine => "Fine",
                    };
                    let detail = if item.detail.is_empty() { "." } else { ". " };
                    format!("{word}: {}{detail}{}", item.headline, item.detail)
                })
                .collect();
            let title = format!("What needs a decision. {}.", counted(items.len(), "line"));
            let chosen = self.talk.choose(&title, &said, "")?;
            let Some(item) = chosen.number.and_then(|number| items.get(number)) else {
                self.talk.unknown(&chosen.word)?;
                continue;
            };
            let values: Vec<(String, Value)> = (item.bind.iter())
                .map(|(name, value)| (name.clone(), Value::Text(value.clone())))
                .collect();
            let figure = item.figure.clone();
            self.carry_on(|review| review.figure(&figure, &values))?;
        }
    }

    /// All figures, by the area that they are about.
    pub(super) fn figures(&mut self) -> Go {
        let catalog = self.catalog;
        let mut areas: Vec<&str> = catalog.figures.values().map(|f| f.area.as_str()).collect();
        areas.sort_unstable();
        areas.dedup();
        loop {
            let names: Vec<String> = areas.iter().map(|area| (*area).to_owned()).collect();
            let chosen = self.talk.choose("Areas of figures.", &names, "")?;
            let Some(area) = chosen.number.and_then(|number| areas.get(number)) else {
                self.talk.unknown(&chosen.word)?;
                continue;
            };
            self.carry_on(|review| review.figures_of(area))?;
        }
    }

    fn figures_of(&mut self, area: &str) -> Go {
        let catalog = self.catalog;
        let mut figures: Vec<&Figure> =
            catalog.figures.values().filter(|figure| figure.area == area).collect();
        figures.sort_by(|one, other| one.title.cmp(&other.title));
        loop {
            let names: Vec<String> = figures
                .iter()
                .map(|figure| format!("{}. {}", figure.title, figure.question))
                .collect();
            let chosen = self.talk.choose(&format!("Figures of {area}."), &names, "")?;
            let Some(figure) = chosen.number.and_then(|number| figures.get(number)) else {
                self.talk.unknown(&chosen.word)?;
                continue;
            };
            self.carry_on(|review| review.figure(&figure.name, &[]))?;
        }
    }

    /// The rows of a figure, asked with the values that led to it.
    fn figure(&mut self, name: &str, values: &[(String, Value)]) -> Go {
        let catalog = self.catalog;
        let Some(figure) = catalog.figures.get(name) else {
            return Err(Stop::Trouble(format!("There is no figure called {name}.")));
        };
        loop {
            let asked = review::asking(figure, &self.lens, self.lens.by, values);
            let answer = self.workspace.run(figure, &asked)?;
            for note in &answer.notes {
                self.talk.say(&format!("Note: {note}."))?;
            }
            if answer.table.is_empty() {
                return self.talk.say(&format!("{}: no rows.", figure.title));
            }
            let cells = Cells::new(&figure.columns, &answer.table, Formats::here());
            let rows: Vec<String> =
                (0..answer.table.len()).map(|row| in_a_line(figure, &cells, row)).collect();
            let title = format!("{}. {}.", figure.title, counted(rows.len(), "row"));
            let chosen = self.talk.choose(&title, &rows, "x what the columns mean")?;
            match (chosen.number, chosen.word.as_str()) {
                (Some(row), _) => {
                    self.carry_on(|review| review.row(figure, &asked, &answer, row))?;
                }
                (None, "x") => {
                    self.talk.say(&figure.question)?;
                    for column in &figure.columns {
                        self.talk.tell(&column.heading, &column.meaning)?;
                    }
                }
                (None, other) => self.talk.unknown(other)?,
            }
        }
    }

    /// One row with all that it says, and what can be done about it.
    fn row(&mut self, figure: &Figure, asked: &Parameters, answer: &Answer, row: usize) -> Go {
        let cells = Cells::new(&figure.columns, &answer.table, Formats::here());
        let record = figure.opens.as_ref().and_then(|opens| {
            let column = opens.record.as_ref()?;
            answer.table.get(row, column).as_text().map(str::to_owned)
        });
        let behind =
            figure.drill.as_ref().and_then(|drill| self.catalog.figures.get(&drill.figure));
        let opens = figure.opens.as_ref().and_then(|opens| self.catalog.forms.get(&opens.form));
        let mut first = true;
        loop {
            if std::mem::take(&mut first) {
                self.talk.say(&format!("Row {} of {}.", row + 1, answer.table.len()))?;
                for (place, column) in figure.columns.iter().enumerate() {
                    if !cells.value(row, place).is_null() {
                        self.talk.tell(&column.heading, &cells.text(row, place))?;
                    }
                }
            }
            let mut menu = Vec::new();
            menu.extend(behind.map(|behind| format!("o {}", behind.title)));
            menu.extend(record.as_ref().map(|record| format!("r record {record}")));
            if record.is_none() {
                menu.extend(opens.map(|form| format!("w write: {}", form.title)));
            }
            menu.extend(["n decide", "b back", "q leave"].map(str::to_owned));
            let heard = self.talk.ask(&format!("{}.", menu.join(", ")))?;
            match heard.as_str() {
                "b" => return Ok(()),
                "o" if behind.is_some() => {
                    let values = behind_row(figure, answer, row);
                    let name = behind.map_or("", |behind| behind.name.as_str());
                    self.carry_on(|review| review.figure(name, &values))?;
                }
                "r" if record.is_some() => {
                    let record = record.clone().unwrap_or_default();
                    self.carry_on(|review| review.record(&record))?;
                }
                "w" if record.is_none() && opens.is_some() => {
                    let (Some(form), Some(opens)) = (opens, &figure.opens) else { continue };
                    let mut seed: Body = (opens.bind.iter())
                        .map(|(field, column)| (field, answer.table.get(row, column)))
                        .filter(|(_, value)| !value.is_null())
                        .map(|(field, value)| (field.clone(), value.plain().into()))
                        .collect();
                    ledger::seed_evidence(form, &mut seed, cited(figure, asked, answer, row));
                    self.carry_on(|review| review.write_new(form, seed))?;
                }
                "n" => {
                    let (kind, about) = DECISION;
                    let Some(form) = self.catalog.forms.get(kind) else { continue };
                    let mut seed = Body::new();
                    ledger::seed_evidence(form, &mut seed, cited(figure, asked, answer, row));
                    if let Some(record) = &record {
                        seed.insert(about.to_owned(), record.as_str().into());
                    }
                    self.carry_on(|review| review.write_new(form, seed))?;
                }
                other => self.talk.unknown(other)?,
            }
        }
    }
}

/// `Europe. target: 1,720,000. call: 1,946,484`: the name and the first columns.
fn in_a_line(figure: &Figure, cells: &Cells<'_>, row: usize) -> String {
    let known = (0..figure.columns.len())
        .filter(|place| figure.columns[*place].unit != Unit::Id)
        .filter(|place| !cells.value(row, *place).is_null());
    let mut said = Vec::new();
    for place in known.take(IN_A_LIST + 1) {
        let text = cells.text(row, place);
        said.push(match said.is_empty() {
            true => text,
            false => format!("{}: {text}", figure.columns[place].heading),
        });
    }
    said.join(". ")
}

/// What the figure behind a row is asked with.
fn behind_row(figure: &Figure, answer: &Answer, row: usize) -> Vec<(String, Value)> {
    let bind = figure.drill.iter().flat_map(|drill| &drill.bind);
    let mut values: Vec<(String, Value)> =
        bind.map(|(name, column)| (name.clone(), answer.table.get(row, column).clone())).collect();
    // A slice means something in its own dimension only.
    values.extend(answer.parameters.iter().find(|(name, _)| name == "by").cloned());
    values
}

/// The row as evidence: what was asked, and which row of it.
fn cited(figure: &Figure, asked: &Parameters, answer: &Answer, row: usize) -> Evidence {
    Evidence {
        figure: figure.name.clone(),
        asked: asked.named().into_iter().collect(),
        row: ledger::key_of(figure, &answer.table, row),
        ..Evidence::default()
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
