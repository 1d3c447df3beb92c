//! One key: when it is pressed, what a person calls it, how it is written down.

use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key that an action can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Char(char),
    Ctrl(char),
    F(u8),
    Code(KeyCode),
}

/// Keys with a name, as they are written; the first of several is the label.
const NAMED: &[(&str, KeyCode)] = &[
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("PgUp", KeyCode::PageUp),
    ("PageUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("PageDown", KeyCode::PageDown),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("Enter", KeyCode::Enter),
    ("Return", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Escape", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("BackTab", KeyCode::BackTab),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
];

/// What terminals send for these Ctrl-letters is another key.
const SAME: &[(char, &str)] =
    &[('h', "Backspace"), ('i', "Tab"), ('j', "Enter"), ('m', "Enter"), ('[', "Esc")];

impl Key {
    /// Is this the key of `event`? Shift counts only through the character it makes.
    pub fn matches(self, event: &KeyEvent) -> bool {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        match self {
            Key::Char(c) => event.code == KeyCode::Char(c) && !control && !alt,
            Key::Ctrl(c) => event.code == KeyCode::Char(c) && control,
            Key::F(n) => event.code == KeyCode::F(n),
            Key::Code(code) => event.code == code && !control && !alt,
        }
    }

    /// The key as a person calls it: `Ctrl-P`, `F1`, `PgDn`.
    pub fn label(self) -> String {
        match self {
            Key::Char(' ') => "Space".to_owned(),
            Key::Char(c) => c.to_string(),
            Key::Ctrl(c) => format!("Ctrl-{}", c.to_ascii_uppercase()),
            Key::F(n) => format!("F{n}"),
            Key::Code(code) => (NAMED.iter().find(|(_, named)| *named == code))
                .map_or_else(|| format!("{code:?}"), |(name, _)| (*name).to_owned()),
        }
    }
}

impl FromStr for Key {
    type Err = String;

    /// A key as it is written in the configuration: `s`, `S`, `Space`, `F7`, `Ctrl-P`, `PgDn`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut letters = text.chars();
        if let (Some(c), None) = (letters.next(), letters.next()) {
            return if c.is_control() || c.is_whitespace() && c != ' ' {
                Err("a key is written by its name: Tab, Enter, Space".to_owned())
            } else {
                Ok(Key::Char(c))
            };
        }
        let known = text.trim().replace(['+', '_'], "-");
        if known.eq_ignore_ascii_case("space") {
            return Ok(Key::Char(' '));
        }
        if let Some((_, code)) = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(&known)) {
            return Ok(Key::Code(*code));
        }
        let after = |prefixes: &[&str]| {
            prefixes.iter().find_map(|prefix| {
                let head = known.get(..prefix.len())?;
                head.eq_ignore_ascii_case(prefix).then(|| known[prefix.len()..].to_owned())
            })
        };
        if let Some(number) = after(&["f"])
            && let Ok(number) = number.parse::<u8>()
        {
            return match number {
                1..=12 => Ok(Key::F(number)),
                _ => Err(format!("there is no key {text}; F1 to F12 are known")),
            };
        }
        if let Some(letter) = after(&["ctrl-", "control-", "c-"]) {
            return control(text, &letter);
        }
        if after(&["alt-", "meta-"]).is_some() {
            return Err(format!(
                "{text} cannot be told from Esc and a letter on a slow link; choose a letter, \
                 F1 to F12 or Ctrl and a letter"
            ));
        }
        Err(format!(
            "there is no key \"{text}\"; a key is one character, F1 to F12, Ctrl-A to Ctrl-Z, \
             Space, Enter, Tab, Esc, Up, Down, Left, Right, PgUp, PgDn, Home, End, Backspace, \
             Delete or Insert"
        ))
    }
}

fn control(text: &str, letter: &str) -> Result<Key, String> {
    let mut letters = letter.chars();
    let (Some(c), None) = (letters.next().map(|c| c.to_ascii_lowercase()), letters.next()) else {
        return Err(format!("{text} is no key; write Ctrl and one letter, as Ctrl-P"));
    };
    if let Some((_, same)) = SAME.iter().find(|(letter, _)| *letter == c) {
        return Err(format!("terminals send {same} for {text}; choose another letter"));
    }
    if !c.is_ascii_alphabetic() {
        return Err(format!("{text} is no key; write Ctrl and a letter, as Ctrl-P"));
    }
    Ok(Key::Ctrl(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_called() {
        for key in [
            Key::Char('s'),
            Key::Char('S'),
            Key::Char(' '),
            Key::Char('ß'),
            Key::Char('-'),
            Key::Ctrl('p'),
            Key::F(12),
            Key::Code(KeyCode::PageDown),
            Key::Code(KeyCode::BackTab),
        ] {
            assert_eq!(key.label().parse(), Ok(key));
        }
        for (written, key) in [
            ("ctrl+P", Key::Ctrl('p')),
            ("C-p", Key::Ctrl('p')),
            ("pagedown", Key::Code(KeyCode::PageDown)),
            ("f1", Key::F(1)),
            ("f", Key::Char('f')),
            ("return", Key::Code(KeyCode::Enter)),
        ] {
            assert_eq!(written.parse(), Ok(key), "{written}");
        }
    }

    #[test]
    fn what_no_terminal_tells_apart_is_refused_with_the_reason() {
        for (written, words) in [
            ("Ctrl-I", "send Tab"),
            ("ctrl-h", "send Backspace"),
            ("Ctrl-M", "send Enter"),
            ("Alt-x", "slow link"),
            ("F13", "F1 to F12"),
            ("Ctrl-1", "a letter"),
            ("Ctrl-PgUp", "one letter"),
            ("Hyper", "there is no key"),
            ("\t", "by its name"),
            ("", "there is no key"),
        ] {
            let error = written.parse::<Key>().expect_err(written);
            assert!(error.contains(words), "{written}: {error}");
        }
    }
}
