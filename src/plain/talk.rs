//! Lines out and lines in.
//!
//! Every text is made harmless on the way out. What is said is never changed
//! afterwards; a line ends where the text ends, so that a screen reader, a
//! braille line and a terminal of any width break it as they like.

use std::io::{BufRead, Write};

use crate::domain::text;

use super::{Go, Stop};

/// Numbers offered at once; the rest comes with `m`.
const AT_ONCE: usize = 10;

pub(super) struct Talk<'t> {
    input: &'t mut dyn BufRead,
    output: &'t mut dyn Write,
}

/// What was typed where there was a list.
pub(super) struct Chosen {
    /// The place in the list, counted from 0.
    pub number: Option<usize>,
    /// As it was typed, where it is no number of the list.
    pub word: String,
}

impl<'t> Talk<'t> {
    pub(super) fn new(input: &'t mut dyn BufRead, output: &'t mut dyn Write) -> Self {
        Self { input, output }
    }

    /// A line, or several where the text has some.
    pub(super) fn say(&mut self, words: &str) -> Go {
        for line in words.lines() {
            writeln!(self.output, "{}", text::harmless(line).trim_end())?;
        }
        Ok(())
    }

    /// `name: value`; nothing at all where there is no value.
    pub(super) fn tell(&mut self, name: &str, value: &str) -> Go {
        if value.trim().is_empty() { Ok(()) } else { self.say(&format!("{name}: {value}")) }
    }

    pub(super) fn unknown(&mut self, heard: &str) -> Go {
        if heard.is_empty() {
            return self.say("Nothing was typed; ? says what can be.");
        }
        self.say(&format!("\"{heard}\" means nothing here."))
    }

    /// A line as it was typed. `q` alone leaves only where it is asked with [`Talk::ask`].
    pub(super) fn line(&mut self, prompt: &str) -> Go<String> {
        self.say(prompt)?;
        write!(self.output, "> ")?;
        self.output.flush()?;
        let mut bytes = Vec::new();
        if self.input.read_until(b'\n', &mut bytes)? == 0 {
            writeln!(self.output)?;
            return Err(Stop::Leave);
        }
        let heard = String::from_utf8_lossy(&bytes);
        Ok(text::harmless(heard.trim_end_matches(['\n', '\r'])).into_owned())
    }

    /// An answer to a menu: `q` leaves, `b` goes back where the menu itself has no `b`.
    pub(super) fn ask(&mut self, prompt: &str) -> Go<String> {
        loop {
            let heard = self.line(prompt)?.trim().to_lowercase();
            match heard.as_str() {
                "q" | "quit" => return Err(Stop::Leave),
                "?" | "help" => self.say(
                    "A number chooses from the list, a letter does what the menu says, b goes one \
                     step back, q leaves. Nothing is saved before you say so.",
                )?,
                _ => return Ok(heard),
            }
        }
    }

    /// A numbered list, some at a time; `more` says which letters do something as well.
    pub(super) fn choose(&mut self, title: &str, items: &[String], more: &str) -> Go<Chosen> {
        self.say(title)?;
        let mut from = 0;
        loop {
            let until = (from + AT_ONCE).min(items.len());
            for (place, item) in items.iter().enumerate().take(until).skip(from) {
                self.say(&format!("{}. {item}", place + 1))?;
            }
            let left = items.len() - until;
            let next = if left > 0 { format!(" m {left} more,") } else { String::new() };
            let numbers = match items.len() {
                0 => String::new(),
                1 => " 1,".to_owned(),
                count => format!(" 1 to {count},"),
            };
            let more = if more.is_empty() { String::new() } else { format!(" {more},") };
            let word = self.ask(&format!("Choose{numbers}{next}{more} b back, q leave."))?;
            match word.as_str() {
                "b" | "back" => return Err(Stop::Back),
                "m" if left > 0 => from = until,
                _ => {
                    let number = word.parse::<usize>().ok();
                    let number = number.and_then(|n| n.checked_sub(1)).filter(|n| *n < items.len());
                    return Ok(Chosen { number, word });
                }
            }
        }
    }
}
