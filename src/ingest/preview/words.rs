//! A file that is not clear yet, for people without the screen and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{About, Preview};
use crate::domain::text::{harmless, harmless_lines};
use crate::ingest::report;

impl Preview {
    /// What was found and what is asked, and the mapping as far as it goes: a file to start from.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |indent: usize, words: &str| {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{:indent$}{}", "", harmless(words));
        };
        let guessed = if self.draft.began_as.is_some() { "" } else { "by a guess; " };
        let table = self.draft.fact.name;
        line(0, &format!("{}: {table}, {guessed}{}", self.name, self.known_by));
        let sheet = self.sheet.as_ref().map(|name| format!("sheet \"{name}\", "));
        let layout = match self.header_line {
            0 => "no headers".to_owned(),
            at => format!("headers in line {at}"),
        };
        let (rows, sheet) = (self.records, sheet.unwrap_or_default());
        line(2, &format!("{rows} rows, {sheet}{}, {layout}", self.delimiter));
        for (indent, words) in report::columns(&self.columns) {
            line(2 + indent, &words);
        }
        line(
            0,
            match self.questions.len() {
                0 => "Nothing is open, but nobody has said yet that it is right.",
                _ => "To be settled:",
            },
        );
        for question in &self.questions {
            line(2, &format!("{}: {}", self.subject(&question.about), question.text));
            for offer in &question.offers {
                line(4, &format!("{}  {}", offer.label, offer.detail));
            }
        }
        line(0, "The mapping so far, to be completed and given with --mapping:");
        out.push('\n');
        out.push_str(&harmless_lines(&self.mapping_so_far()));
        out
    }

    /// The same facts for a program.
    pub fn json(&self) -> Value {
        let questions = self.questions.iter().map(|question| {
            let offers: Vec<Value> = question
                .offers
                .iter()
                .map(|offer| json!({ "answer": offer.label, "then": offer.detail }))
                .collect();
            json!({
                "about": self.subject(&question.about),
                "question": question.text,
                "offers": offers,
            })
        });
        json!({
            "file": self.name,
            "table": self.draft.fact.name,
            "known_by": self.known_by,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheet": self.sheet,
            "header_line": self.header_line,
            "read": self.records,
            "columns": self.columns,
            "rows": self.rows,
            "questions": questions.collect::<Vec<_>>(),
            "mapping": self.mapping_so_far(),
        })
    }

    /// What a question is about, in a word or two.
    pub fn subject(&self, about: &About) -> String {
        match about {
            About::Column(place) => {
                self.columns.get(*place).map(|column| column.header.clone()).unwrap_or_default()
            }
            About::Needed(ours) => (*ours).to_owned(),
            About::Sheet => "sheet".into(),
            About::Currency => "currency".into(),
            About::Day => "day of the file".into(),
            About::Words => "states".into(),
        }
    }

    fn mapping_so_far(&self) -> String {
        self.draft.preset(&self.proposed_name()).to_toml()
    }
}
