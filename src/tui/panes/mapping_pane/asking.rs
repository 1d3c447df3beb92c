//! What can be chosen for the selected line, and what an answer does.
//!
//! Each item of a list in front stands for an [`Answer`]; its value is the
//! place of that answer, so nothing has to be read back from words.

use crate::catalog::facts::{FactColumn, FactKind};
use crate::catalog::preset::{TakenOn, WORKSPACE};
use crate::domain::{Currency, DatePattern};
use crate::ingest::draft::{self, Change};
use crate::ingest::preview::Preview;
use crate::tui::message::{ImportAsked, Notice, Request};
use crate::tui::pane::{Desk, Question, Step};
use crate::tui::widgets::list_picker::PickItem;

use super::lines::{Line, question, tells_the_state};
use super::{Kind, MappingPane};

/// Codes that are offered first; any other can be typed.
const CURRENCIES: [&str; 14] = [
    "USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "INR", "BRL",
    "SGD",
];

/// What an item of a list does.
#[derive(Clone, Debug)]
pub enum Answer {
    Make(Change),
    /// The rows are those of another table.
    Table(&'static str),
    /// The data is on another sheet.
    Sheet(String),
    /// The headers stand in another line; 0: there are none.
    Headers(u64),
    /// Go on: which of our columns this one of the file is.
    Fields {
        place: usize,
        also: bool,
    },
    /// Go on: which column of the file one of ours comes from.
    Sources(&'static str),
    /// Go on: a line to type.
    Ask(Wanted),
    Words(Kind),
    Import {
        keep: Option<String>,
        replace: bool,
    },
    Nothing,
}

/// What a line that is typed is for.
#[derive(Clone, Debug)]
pub enum Wanted {
    Value(&'static str),
    /// How the dates of one of our columns are written.
    Pattern(&'static str),
    /// The words of one of our columns for yes and no.
    Flags(&'static str),
    Currency,
    Day,
    Name,
}

/// A list that is being put together.
#[derive(Default)]
struct Menu {
    items: Vec<PickItem>,
    answers: Vec<Answer>,
}

impl Menu {
    fn add(&mut self, answer: Answer, label: impl Into<String>, detail: impl Into<String>) {
        self.items.push(PickItem::new(self.answers.len().to_string(), label).detail(detail));
        self.answers.push(answer);
    }
}

impl MappingPane {
    fn put(&mut self, title: impl Into<String>, menu: Menu, desk: &mut Desk<'_>) {
        self.answers = menu.answers;
        let (title, items) = (title.into(), menu.items);
        desk.step(Step::Choose { question: Question::Mapping, title, items });
    }

    /// Enter on the selected line.
    pub(super) fn ask(&mut self, desk: &mut Desk<'_>) {
        let Some(preview) = &self.preview else { return };
        let Some(line) = self.lines.get(self.selected).cloned() else { return };
        match line {
            Line::Table => {
                let menu = tables(preview);
                self.put("What its rows are", menu, desk);
            }
            Line::Sheet => {
                let menu = sheets(preview);
                self.put("Which sheet holds the data", menu, desk);
            }
            Line::Keys => self.show_keys(),
            Line::Headers => {
                let mut menu = Menu::default();
                for (line, names) in &preview.lines {
                    if *line > 0 {
                        menu.add(Answer::Headers(*line), format!("line {line}"), names);
                    }
                }
                menu.add(Answer::Headers(0), "there are none", "columns by their positions");
                self.put("Which line holds the headers", menu, desk);
            }
            Line::Day => {
                let menu = days();
                self.put("Which day the file shows", menu, desk);
            }
            Line::Currency => {
                let menu = currencies(preview);
                self.put("The currency of its amounts", menu, desk);
            }
            Line::Needed(ours) => self.ask_for_source(ours, desk),
            Line::Same(ours) => {
                let mut menu = Menu::default();
                menu.add(Answer::Ask(Wanted::Value(ours)), "another value", "");
                menu.add(Answer::Sources(ours), "a column of the file", "");
                let none = Change::Same { ours: ours.to_owned(), value: None };
                menu.add(Answer::Make(none), "leave it out", "");
                self.put(format!("{ours}, the same in every row"), menu, desk);
            }
            Line::Others => {
                let mut menu = Menu::default();
                for column in preview.draft.open_columns() {
                    menu.add(Answer::Sources(column.name), column.name, column.help);
                }
                self.put("Columns of ours that come from nowhere", menu, desk);
            }
            Line::Column(place) if preview.draft.taken_for(place).is_empty() => {
                self.ask_for_field(place, false, desk);
            }
            Line::Column(place) => {
                let menu = column(preview, place, &line);
                let header = preview.columns.get(place).map(|column| column.header.clone());
                self.put(header.unwrap_or_default(), menu, desk);
            }
        }
    }

    /// Which of our columns a column of the file is.
    fn ask_for_field(&mut self, place: usize, also: bool, desk: &mut Desk<'_>) {
        let Some(preview) = &self.preview else { return };
        let mut menu = Menu::default();
        let ours_now = preview.draft.taken_for(place);
        let take = |column: &FactColumn| {
            let ours = column.name.to_owned();
            Answer::Make(if also {
                Change::TakeAlso { place, ours }
            } else {
                Change::Take { place, ours: Some(ours) }
            })
        };
        for column in preview.draft.fact.columns {
            if ours_now.contains(&column.name) && also {
                continue;
            }
            let other = preview.draft.sources(column.name);
            let label = match other.first() {
                Some(header) if !ours_now.contains(&column.name) => {
                    format!("{} (now {header})", column.name)
                }
                _ => column.name.to_owned(),
            };
            menu.add(take(column), label, column.help);
        }
        if !also {
            let none = Answer::Make(Change::Take { place, ours: None });
            menu.add(none, "nothing: leave it out", "");
        }
        let header = preview.columns.get(place).map_or("", |column| column.header.as_str());
        let title = format!("What \"{header}\" is");
        self.put(title, menu, desk);
    }

    /// Which column of the file one of ours comes from.
    fn ask_for_source(&mut self, ours: &'static str, desk: &mut Desk<'_>) {
        let Some(preview) = &self.preview else { return };
        // What tells the state is a stage as well, and is kept as one.
        let as_stage = ours == "state" && preview.draft.sources("stage").is_empty();
        let take = if as_stage { "stage" } else { ours };
        let mut menu = Menu::default();
        // Those that are nothing yet come first.
        for used in [false, true] {
            for (place, column) in preview.columns.iter().enumerate() {
                let now = preview.draft.taken_for(place);
                if now.is_empty() == used {
                    continue;
                }
                let sample = column.samples.first().map_or("", |sample| sample.before.as_str());
                let label = if used {
                    format!("{} (now {}, then both)", column.header, now.join(", "))
                } else {
                    column.header.clone()
                };
                let ours = take.to_owned();
                menu.add(Answer::Make(Change::TakeAlso { place, ours }), label, sample);
            }
        }
        menu.add(Answer::Ask(Wanted::Value(ours)), "the same value in every row", "type it");
        self.put(format!("Where {ours} comes from"), menu, desk);
    }

    pub(super) fn take_answer(&mut self, answer: &str, desk: &mut Desk<'_>) {
        let place: Option<usize> = answer.parse().ok();
        let Some(answer) = place.and_then(|place| self.answers.get(place).cloned()) else { return };
        match answer {
            Answer::Make(change) => self.change(&change, desk),
            Answer::Table(name) => {
                self.begin_again(|asked| asked.table = Some(name.to_owned()), desk);
            }
            Answer::Sheet(name) => self.begin_again(
                |asked| {
                    asked.sheet = Some(name);
                    asked.table = None;
                    asked.line = None;
                },
                desk,
            ),
            Answer::Headers(line) => self.begin_again(|asked| asked.line = Some(line), desk),
            Answer::Fields { place, also } => self.ask_for_field(place, also, desk),
            Answer::Sources(ours) => self.ask_for_source(ours, desk),
            Answer::Words(kind) => self.show_words(kind),
            Answer::Ask(wanted) => {
                let label = match &wanted {
                    Wanted::Value(ours) => format!("{ours} of every row:"),
                    Wanted::Pattern(_) => "Pattern, as %d.%m.%Y:".into(),
                    Wanted::Flags(_) => "Words for yes / words for no:".into(),
                    Wanted::Currency => "Three-letter code:".into(),
                    Wanted::Day => "Day, as 2025-12-31:".into(),
                    Wanted::Name => "Name of the mapping:".into(),
                };
                self.wanted = Some(wanted);
                let text = String::new();
                desk.step(Step::Line { question: Question::MappingText, label, text });
            }
            Answer::Import { keep, replace } => self.import(keep, replace, desk),
            Answer::Nothing => {}
        }
    }

    pub(super) fn take_typed(&mut self, typed: &str, desk: &mut Desk<'_>) {
        let Some(wanted) = self.wanted.take().filter(|_| !typed.is_empty()) else { return };
        match wanted {
            Wanted::Value(ours) => {
                let value = Some(typed.to_owned());
                self.change(&Change::Same { ours: ours.to_owned(), value }, desk);
            }
            Wanted::Pattern(ours) => match typed.parse::<DatePattern>() {
                Ok(pattern) => {
                    let pattern = Some(pattern.to_string());
                    self.change(&Change::Date { ours: ours.to_owned(), pattern }, desk);
                }
                Err(error) => desk.say(Notice::bad(error.to_string())),
            },
            Wanted::Flags(ours) => {
                let (yes, no) = typed.split_once('/').unwrap_or((typed, ""));
                let words = |list: &str| {
                    let words = list.split(',').map(str::trim).filter(|word| !word.is_empty());
                    words.map(str::to_owned).collect::<Vec<_>>()
                };
                let (yes, no) = (words(yes), words(no));
                self.change(&Change::Flag { ours: ours.to_owned(), yes, no }, desk);
            }
            Wanted::Currency => match typed.to_uppercase().parse::<Currency>() {
                Ok(code) => self.change(&Change::Currency(Some(code.to_string())), desk),
                Err(error) => desk.say(Notice::bad(error.to_string())),
            },
            Wanted::Day => match typed.parse() {
                Ok(day) => {
                    self.asked.taken_on = Some(day);
                    self.look(desk);
                }
                Err(_) => desk.say(Notice::bad(format!("{typed} is no day such as 2025-12-31"))),
            },
            Wanted::Name => self.import(Some(typed.to_owned()), false, desk),
        }
    }

    /// The last question: what would be done, and how the mapping is kept.
    pub(super) fn offer_import(&mut self, desk: &mut Desk<'_>) {
        let Some(preview) = &self.preview else { return };
        let mut menu = Menu::default();
        let draft = &preview.draft;
        let name = preview.proposed_name();
        let without = Answer::Import { keep: None, replace: false };
        if !draft.changed && draft.began_as.is_some() {
            menu.add(without, "Import", "the mapping stays as it is");
        } else {
            let (label, replace) = if draft.saved {
                (format!("Import, and change the mapping {name}"), true)
            } else {
                (format!("Import, and keep the mapping as {name}"), false)
            };
            menu.add(Answer::Import { keep: Some(name), replace }, label, "");
            menu.add(Answer::Ask(Wanted::Name), "Import, and keep it under another name", "");
            menu.add(without, "Import without keeping the mapping", "");
        }
        menu.add(Answer::Nothing, "Not yet", "");
        let title = match preview.report.as_ref().and_then(|report| report.files.first()) {
            Some(file) => {
                let day = file.taken_on.map(|day| format!(" as of {day}")).unwrap_or_default();
                format!("{} rows of {}{day}", file.taken, preview.draft.fact.name)
            }
            None => preview.name.clone(),
        };
        self.put(title, menu, desk);
    }

    fn import(&mut self, keep: Option<String>, replace: bool, desk: &mut Desk<'_>) {
        let Some(preview) = &self.preview else { return };
        let asked = ImportAsked {
            file: self.asked.file.clone(),
            draft: Box::new(preview.draft.clone()),
            sheet: preview.sheet.clone(),
            accept: self.accepted.clone(),
            taken_on: self.asked.taken_on,
            keep,
            replace,
        };
        self.importing = Some(desk.ask(Request::Import(Box::new(asked))));
    }

    pub(super) fn ask_to_leave(&mut self, desk: &mut Desk<'_>) {
        desk.step(Step::Choose {
            question: Question::Leave,
            title: "Nothing is imported yet".into(),
            items: vec![
                PickItem::new("stay", "Stay here"),
                PickItem::new("discard", "Go back; what was settled is dropped"),
            ],
        });
    }
}

/// What can be changed about a column that is taken for something.
fn column(preview: &Preview, place: usize, line: &Line) -> Menu {
    let mut menu = Menu::default();
    let mut seen: Vec<&Change> = Vec::new();
    let table = preview.draft.fact;
    let asked = question(preview, line).map(|question| question.offers.as_slice());
    let ways = preview.ways.get(place).map(|ways| ways.offers.as_slice());
    if tells_the_state(preview, place) {
        menu.add(Answer::Words(Kind::State), "say which words are won, lost, open", "");
    }
    let categories = preview.draft.category_column();
    if categories.is_some_and(|ours| preview.draft.taken_for(place).contains(&ours)) {
        let label = "say which words are which forecast category";
        menu.add(Answer::Words(Kind::Category), label, "");
    }
    for offer in asked.into_iter().chain(ways).flatten() {
        if !seen.contains(&&offer.change) {
            seen.push(&offer.change);
            let label = format!("read as {}", offer.label);
            menu.add(Answer::Make(offer.change.clone()), label, offer.detail.clone());
        }
    }
    for known in preview.draft.taken_for(place).iter().filter_map(|ours| table.column(ours)) {
        match known.kind {
            FactKind::Date => {
                let wanted = Wanted::Pattern(known.name);
                menu.add(Answer::Ask(wanted), "read by a pattern that I type", "%d.%m.%Y");
            }
            FactKind::Flag => {
                let wanted = Wanted::Flags(known.name);
                menu.add(Answer::Ask(wanted), "read by words that I type", "Key, A / Std");
            }
            _ => {}
        }
    }
    menu.add(Answer::Fields { place, also: false }, "it is something else", "");
    menu.add(Answer::Fields { place, also: true }, "it is something else as well", "");
    let none = Change::Take { place, ours: None };
    menu.add(Answer::Make(none), "leave it out", "");
    menu
}

/// The visible ones first.
fn sheets(preview: &Preview) -> Menu {
    let mut menu = Menu::default();
    for hidden in [false, true] {
        for sheet in preview.sheets.iter().filter(|sheet| sheet.hidden == hidden) {
            let fits = sheet.fits.as_ref().map(|fits| format!("fits {fits}"));
            let now = (preview.sheet.as_ref() == Some(&sheet.name)).then(|| "now".to_owned());
            let hidden = hidden.then(|| "hidden".to_owned());
            let said: Vec<String> = [now, fits, hidden].into_iter().flatten().collect();
            menu.add(Answer::Sheet(sheet.name.clone()), &sheet.name, said.join(", "));
        }
    }
    menu
}

fn tables(preview: &Preview) -> Menu {
    let mut menu = Menu::default();
    for table in draft::tables() {
        let now = if table.name == preview.draft.fact.name { "now" } else { "" };
        menu.add(Answer::Table(table.name), table.name, now);
    }
    menu
}

fn days() -> Menu {
    let mut menu = Menu::default();
    menu.add(Answer::Ask(Wanted::Day), "a day that I type", "2025-12-31");
    for (way, label) in [
        (TakenOn::FileName, "from the file's name, else today"),
        (TakenOn::LatestDate, "the latest date in the file"),
        (TakenOn::Asked, "always ask for it"),
    ] {
        menu.add(Answer::Make(Change::TakenOn(way)), label, "for such files");
    }
    menu
}

fn currencies(preview: &Preview) -> Menu {
    let mut menu = Menu::default();
    let reporting = Change::Currency(Some(WORKSPACE.to_owned()));
    let label = format!("that of the workspace, {}", preview.reporting);
    menu.add(Answer::Make(reporting), label, "whatever it is");
    for code in CURRENCIES {
        menu.add(Answer::Make(Change::Currency(Some(code.to_owned()))), code, "");
    }
    menu.add(Answer::Ask(Wanted::Currency), "another code", "type it");
    let text = preview.draft.fact.column("currency").is_some_and(|c| c.kind == FactKind::Text);
    if text {
        menu.add(Answer::Sources("currency"), "a column of the file", "");
    }
    menu
}
