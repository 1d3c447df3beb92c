//! A question of a form, and what its answer means.
//!
//! What stands there is said before it is asked for; Enter keeps it. A word with a
//! stroke before it is an instruction (`/back`), everything else is an answer, and
//! one that cannot be read is refused with what to write instead.

use serde_json::Value as Json;

use crate::catalog::Form;
use crate::catalog::form::{Choice, Field, FieldKind, Required};
use crate::domain::text;
use crate::ledger::typed;
use crate::ledger::{self, Body};

use super::{Go, Review, Stop};

pub(super) const HELP: &str = "Enter keeps what is there. /empty empties it, /back goes to the field before, \
                    /end skips to the end, /stop leaves the form: what you wrote is kept as a draft. \
                    // begins an answer with a stroke.";
/// Suggestions for a name that several people or records have.
const MOST_OFFERED: usize = 12;

/// What was made of a question.
pub(super) enum Answered {
    Value(Option<Json>),
    Kept,
    Before,
    End,
}

impl Review<'_, '_> {
    pub(super) fn ask_field(
        &mut self,
        place: &str,
        form: &Form,
        field: &Field,
        value: Option<&Json>,
    ) -> Go<Answered> {
        let required = match &field.required {
            Required::No => String::new(),
            Required::Always => ", required".to_owned(),
            Required::From(state) => format!(", required before {}", state_title(form, state)),
        };
        let help = if field.help.is_empty() { String::new() } else { format!(" {}", field.help) };
        self.talk.say(&format!("{place}: {}{required}.{help}", field.label))?;
        match value.map(|value| ledger::value_text(field, value)) {
            Some(text) if !text.is_empty() => self.talk.say(&format!("Now: {text}"))?,
            _ => self.talk.say("Now: nothing.")?,
        }
        loop {
            let read = match &field.kind {
                FieldKind::Rows { fields, .. } => return self.ask_rows(form, fields, value),
                FieldKind::LongText => self.long_text()?,
                FieldKind::Choice { options } => self.one_of(options)?,
                FieldKind::Choices { options } => self.some_of(options)?,
                FieldKind::Person => self.name_of(Named::Person)?,
                FieldKind::Link { kinds, .. } => self.name_of(Named::Record(kinds))?,
                kind => {
                    let today = self.lens.as_of;
                    let example = typed::placeholder(kind, &self.workspace.settings().currency);
                    let heard = self.talk.line(&match kind {
                        FieldKind::Text { .. } | FieldKind::Evidence { .. } => {
                            "Type a line.".to_owned()
                        }
                        _ => format!("Type {example}."),
                    })?;
                    self.answer_or(heard, |heard| {
                        typed::read(kind, heard, today).map(|v| v.map(Json::from))
                    })?
                }
            };
            match read {
                Ok(answered) => {
                    if let Answered::Value(Some(value)) = &answered {
                        self.talk.say(&format!("Taken: {}", ledger::value_text(field, value)))?;
                    }
                    return Ok(answered);
                }
                Err(refused) => self.talk.say(&format!("Not taken: {refused}."))?,
            }
        }
    }

    /// An instruction, or what `read` makes of the answer.
    fn answer_or(
        &mut self,
        heard: String,
        read: impl FnOnce(&str) -> Result<Option<Json>, String>,
    ) -> Go<Result<Answered, String>> {
        Ok(match heard.trim() {
            "" => Ok(Answered::Kept),
            "/empty" => Ok(Answered::Value(None)),
            "/back" => Ok(Answered::Before),
            "/end" => Ok(Answered::End),
            "/stop" => {
                self.talk.say("Left. What you wrote is kept as a draft.")?;
                return Err(Stop::Back);
            }
            "/help" | "?" => {
                self.talk.say(HELP)?;
                Err("that was a question, no answer".to_owned())
            }
            other if other.starts_with('/') && !other.starts_with("//") => {
                Err(format!("there is no instruction {other}; /help lists them"))
            }
            _ => read(heard.strip_prefix('/').unwrap_or(&heard)).map(Answered::Value),
        })
    }

    /// Lines up to one that is only a point.
    fn long_text(&mut self) -> Go<Result<Answered, String>> {
        let first =
            self.talk.line("Type as many lines as you like; a line with only a point ends it.")?;
        if first.trim().is_empty() || first.starts_with('/') && !first.starts_with("//") {
            return self.answer_or(first, |_| Ok(None));
        }
        let mut lines = vec![first.strip_prefix('/').unwrap_or(&first).to_owned()];
        if lines[0].trim() == "." {
            return Ok(Ok(Answered::Kept));
        }
        loop {
            let line = self.talk.line("")?;
            if line.trim() == "." {
                break;
            }
            lines.push(line);
        }
        let read = typed::read(&FieldKind::LongText, &lines.join("\n"), self.lens.as_of);
        Ok(read.map(|text| Answered::Value(text.map(Json::from))))
    }

    fn one_of(&mut self, options: &[Choice]) -> Go<Result<Answered, String>> {
        self.offer(options)?;
        let heard = self.talk.line("Type a number, or the beginning of a name.")?;
        self.answer_or(heard, |heard| Ok(Some(option(options, heard)?.value.as_str().into())))
    }

    fn some_of(&mut self, options: &[Choice]) -> Go<Result<Answered, String>> {
        self.offer(options)?;
        let heard = self.talk.line("Type numbers with commas between them.")?;
        self.answer_or(heard, |heard| {
            let each = heard.split(',').map(str::trim).filter(|word| !word.is_empty());
            let mut values: Vec<Json> = Vec::new();
            for word in each {
                let value = Json::from(option(options, word)?.value.as_str());
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            Ok((!values.is_empty()).then_some(Json::Array(values)))
        })
    }

    fn offer(&mut self, options: &[Choice]) -> Go {
        for (place, option) in options.iter().enumerate() {
            self.talk.say(&format!("{}. {}", place + 1, option.label))?;
        }
        Ok(())
    }

    /// Somebody or something that is known by name; people may be known to nobody yet.
    fn name_of(&mut self, named: Named<'_>) -> Go<Result<Answered, String>> {
        let prompt = match named {
            Named::Person => "Type a name, or a part of it.",
            Named::Record(_) => "Type the number of a record, as PM-12, or a part of its name.",
        };
        let heard = self.talk.line(prompt)?;
        let answer = heard.trim().to_owned();
        if answer.is_empty() || answer.starts_with('/') {
            return self.answer_or(heard, |_| Ok(None));
        }
        let known: Vec<(String, String)> = match named {
            Named::Person => ledger::people(self.workspace)?,
            Named::Record(kinds) => ledger::list(self.workspace, self.catalog, None)?
                .into_iter()
                .filter(|summary| kinds.is_empty() || kinds.contains(&summary.kind))
                .map(|summary| (summary.record, format!("{}, {}", summary.name, summary.state)))
                .collect(),
        };
        let lower = answer.to_lowercase();
        if let Some((exact, _)) = known.iter().find(|(name, _)| name.to_lowercase() == lower) {
            return Ok(Ok(Answered::Value(Some(exact.as_str().into()))));
        }
        let like: Vec<&(String, String)> = known
            .iter()
            .filter(|(name, more)| {
                name.to_lowercase().contains(&lower) || more.to_lowercase().contains(&lower)
            })
            .take(MOST_OFFERED)
            .collect();
        if like.is_empty() {
            return Ok(match named {
                Named::Person => Ok(Answered::Value(Some(answer.into()))),
                Named::Record(_) => Err(format!("no record is called \"{answer}\"")),
            });
        }
        let names: Vec<String> =
            like.iter().map(|(name, more)| format!("{name}, {more}")).collect();
        match self.talk.choose("Which one?", &names, "") {
            Ok(chosen) => Ok(match chosen.number.and_then(|number| like.get(number)) {
                Some((name, _)) => Ok(Answered::Value(Some(name.as_str().into()))),
                None => Err("none of them was chosen".to_owned()),
            }),
            Err(Stop::Back) => Ok(Err("none of them was chosen".to_owned())),
            Err(other) => Err(other),
        }
    }

    /// Rows of fields, one after the other.
    fn ask_rows(&mut self, form: &Form, fields: &[Field], value: Option<&Json>) -> Go<Answered> {
        let mut rows: Vec<Json> = value.and_then(Json::as_array).cloned().unwrap_or_default();
        let before = rows.clone();
        loop {
            for (place, row) in rows.iter().enumerate() {
                self.talk.say(&format!("{}. {}", place + 1, ledger::row_text(fields, row)))?;
            }
            let heard = self.talk.line(
                "a adds a row, a number changes one, /remove 1 removes one, Enter goes on.",
            )?;
            let heard = heard.trim().to_lowercase();
            let number = |word: &str| {
                let number = word.trim().parse::<usize>().ok()?.checked_sub(1)?;
                (number < rows.len()).then_some(number)
            };
            match heard.as_str() {
                "" if rows == before => return Ok(Answered::Kept),
                "" => {
                    let value = (!rows.is_empty()).then_some(Json::Array(rows));
                    return Ok(Answered::Value(value));
                }
                "/back" => return Ok(Answered::Before),
                "/end" => return Ok(Answered::End),
                "/stop" => return Err(Stop::Back),
                "a" => {
                    let row = self.ask_row(form, fields, Body::new())?;
                    rows.extend((!row.is_empty()).then_some(Json::Object(row)));
                }
                word => match (word.strip_prefix("/remove").map(number), number(word)) {
                    (Some(Some(place)), _) => drop(rows.remove(place)),
                    (_, Some(place)) => {
                        let row = rows[place].as_object().cloned().unwrap_or_default();
                        rows[place] = Json::Object(self.ask_row(form, fields, row)?);
                    }
                    _ => self.talk.unknown(word)?,
                },
            }
        }
    }

    fn ask_row(&mut self, form: &Form, fields: &[Field], mut row: Body) -> Go<Body> {
        let mut at = 0;
        while let Some(field) = fields.get(at) {
            let place = format!("Row, field {} of {}", at + 1, fields.len());
            let value = row.get(&field.id).cloned();
            match self.ask_field(&place, form, field, value.as_ref())? {
                Answered::Kept => at += 1,
                Answered::Before => at = at.saturating_sub(1),
                Answered::End => break,
                Answered::Value(value) => {
                    match value {
                        Some(value) => drop(row.insert(field.id.clone(), value)),
                        None => drop(row.remove(&field.id)),
                    }
                    at += 1;
                }
            }
        }
        Ok(row)
    }
}

/// What a name is looked for among.
#[derive(Clone, Copy)]
enum Named<'a> {
    Person,
    Record(&'a [String]),
}

/// By its number, its name, or a beginning that only one has.
fn option<'o>(options: &'o [Choice], word: &str) -> Result<&'o Choice, String> {
    let word = word.trim();
    if let Ok(number) = word.parse::<usize>() {
        let found = number.checked_sub(1).and_then(|place| options.get(place));
        return found.ok_or_else(|| format!("there is no number {number}"));
    }
    let lower = word.to_lowercase();
    let is = |option: &&Choice| option.label.to_lowercase() == lower || option.value == lower;
    if let Some(option) = options.iter().find(is) {
        return Ok(option);
    }
    let like: Vec<&Choice> =
        options.iter().filter(|o| o.label.to_lowercase().starts_with(&lower)).collect();
    match like.as_slice() {
        [one] => Ok(one),
        [] => Err(format!("\"{}\" is none of them", text::harmless(word))),
        several => {
            let names: Vec<&str> = several.iter().map(|option| option.label.as_str()).collect();
            Err(format!("\"{word}\" could be {}", names.join(" or ")))
        }
    }
}

pub(super) fn state_title(form: &Form, state: &str) -> String {
    let found = form.states.iter().find(|known| known.id == state);
    found.map_or(state, |state| state.title.as_str()).to_owned()
}
