//! What was done on the screen, written down so that it can be done again: keys, sizes,
//! and the order in which answers came. For a report of a fault.
//!
//! One JSON object a line, so that a recording that was cut off is as good as it is
//! long. Must never hold a text of a record: what is typed as text is replaced by
//! letters of the same kind and width before it comes here ([`unsaid`]), and of an
//! answer nothing is kept but that it came.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::{Deserialize, Serialize};

use crate::domain::text;
use crate::tui::input::Input;
use crate::tui::keymap::Key;

/// The shape of the lines; a program reads its own.
pub const VERSION: u32 = 1;

/// The first line: what the events mean something under.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub recording: u32,
    /// The program's version.
    pub qbr: String,
    pub size: (u16, u16),
    pub read_only: bool,
    /// What was configured, as name and value.
    pub settings: Vec<(String, String)>,
    /// Actions with other keys.
    pub keys: Vec<(String, Vec<String>)>,
}

/// One line after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// What came from the keyboard in one read, and when, in milliseconds since the start.
    Input {
        at: u64,
        inputs: Vec<Typed>,
    },
    Size(u16, u16),
    /// The request with this number was answered; `stopped`: with nothing, because the
    /// person wanted no more of it.
    Answer {
        number: u64,
        stopped: bool,
    },
    /// Somebody else wrote into the workspace.
    News,
    /// The person's own editor has ended, with a text of this shape or with none.
    Elsewhere(Option<String>),
    /// So many drafts of earlier sessions were offered.
    Drafts(usize),
}

/// One key or one paste.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typed {
    Key(String),
    Paste(String),
}

/// Writes a recording.
#[derive(Debug)]
pub struct Recorder {
    file: File,
}

impl Recorder {
    /// Begins a new file, which nobody but the person reads.
    ///
    /// # Errors
    /// When there is a file of that name, or none can be made.
    pub fn begin(path: &Path, head: &Head) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let mut recorder = Recorder { file };
        recorder.line(head)?;
        Ok(recorder)
    }

    /// Adds an event. What cannot be written is told once, in the log.
    pub fn add(&mut self, entry: &Entry) {
        if let Err(error) = self.line(entry) {
            tracing::warn!(%error, "the recording has a gap");
        }
    }

    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        // At once: the end of a recording is what a report is about.
        self.file.write_all(&line)
    }
}

/// A recording as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    pub head: Head,
    pub entries: Vec<Entry>,
}

/// Why a file is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error("line {line}: {error}")]
    Line { line: usize, error: serde_json::Error },
    #[error("it is empty: a recording begins with the version of the program that made it")]
    Empty,
    #[error("it was made in form {0}, this program reads form {VERSION}")]
    Version(u32),
}

impl Recording {
    /// Reads the text of a file. A last line that was cut off is left out.
    ///
    /// # Errors
    /// [`RecordingError`], with the line.
    pub fn read(text: &str) -> Result<Self, RecordingError> {
        let whole = text.ends_with('\n');
        let mut lines = text.lines().enumerate().peekable();
        let (_, first) = lines.next().ok_or(RecordingError::Empty)?;
        let head: Head =
            serde_json::from_str(first).map_err(|error| RecordingError::Line { line: 1, error })?;
        if head.recording != VERSION {
            return Err(RecordingError::Version(head.recording));
        }
        let mut entries = Vec::new();
        while let Some((place, line)) = lines.next() {
            match serde_json::from_str(line) {
                Ok(entry) => entries.push(entry),
                Err(_) if lines.peek().is_none() && !whole => break,
                Err(error) => return Err(RecordingError::Line { line: place + 1, error }),
            }
        }
        Ok(Recording { head, entries })
    }
}

impl Typed {
    /// `None` for what no terminal sends.
    pub fn of(input: &Input) -> Option<Typed> {
        match input {
            Input::Paste(text) => Some(Typed::Paste(text.clone())),
            Input::Key(event) => {
                let key = match event.code {
                    KeyCode::Char(c) => Key::Char(c),
                    KeyCode::F(number) => Key::F(number),
                    code => Key::Code(code),
                };
                // What has no name to be read by would not be played again.
                let label = key.label();
                (label.parse() == Ok(key)).then(|| {
                    let held = |modifier, sign| {
                        if event.modifiers.contains(modifier) { sign } else { "" }
                    };
                    Typed::Key(format!(
                        "{}{}{}{label}",
                        held(KeyModifiers::CONTROL, "C-"),
                        held(KeyModifiers::ALT, "A-"),
                        held(KeyModifiers::SHIFT, "S-"),
                    ))
                })
            }
        }
    }

    /// `None` where a file was changed by hand to something that is no key.
    pub fn input(&self) -> Option<Input> {
        let label = match self {
            Typed::Paste(text) => return Some(Input::Paste(text.clone())),
            Typed::Key(label) => label,
        };
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = label.as_str();
        for (sign, modifier) in
            [("C-", KeyModifiers::CONTROL), ("A-", KeyModifiers::ALT), ("S-", KeyModifiers::SHIFT)]
        {
            if let Some(shorter) = rest.strip_prefix(sign).filter(|shorter| !shorter.is_empty()) {
                modifiers |= modifier;
                rest = shorter;
            }
        }
        let code = match rest.parse::<Key>().ok()? {
            Key::Char(c) => KeyCode::Char(c),
            Key::F(number) => KeyCode::F(number),
            Key::Code(code) => code,
            Key::Ctrl(_) => return None,
        };
        Some(Input::Key(KeyEvent::new(code, modifiers)))
    }
}

/// The same input with every letter of it replaced: by one of the same kind and width, so
/// that lines break where they broke. Keys that write nothing stay as they are.
pub fn unsaid(input: &Input) -> Input {
    match input {
        Input::Paste(text) => Input::Paste(shape(text)),
        Input::Key(event) => match event.code {
            KeyCode::Char(c)
                if !event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
            {
                Input::Key(KeyEvent { code: KeyCode::Char(stand_in(c)), ..*event })
            }
            _ => input.clone(),
        },
    }
}

/// A text with every letter of it replaced.
pub fn shape(text: &str) -> String {
    text.chars().map(stand_in).collect()
}

fn stand_in(c: char) -> char {
    match c {
        // Blanks and the marks of dates, amounts and sentences say nothing by themselves.
        _ if c.is_ascii_punctuation() || c.is_whitespace() || c.is_control() => c,
        _ if c.is_ascii_digit() => '0',
        _ if c.is_uppercase() && text::width(c.encode_utf8(&mut [0; 4])) == 1 => 'X',
        _ => match text::width(c.encode_utf8(&mut [0; 4])) {
            0 => '\u{301}',
            1 => 'x',
            _ => '全',
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Input {
        Input::Key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn keys_are_read_as_they_were_written() {
        for input in [
            key(KeyCode::Char('s'), KeyModifiers::NONE),
            key(KeyCode::Char('S'), KeyModifiers::SHIFT),
            key(KeyCode::Char('-'), KeyModifiers::NONE),
            key(KeyCode::Char(' '), KeyModifiers::NONE),
            key(KeyCode::Char('p'), KeyModifiers::CONTROL),
            key(KeyCode::Left, KeyModifiers::CONTROL | KeyModifiers::SHIFT),
            key(KeyCode::F(10), KeyModifiers::NONE),
            key(KeyCode::BackTab, KeyModifiers::NONE),
            key(KeyCode::Char('b'), KeyModifiers::ALT),
            Input::Paste("one\ntwo".into()),
        ] {
            let typed = Typed::of(&input).expect("a key");
            let line = serde_json::to_string(&typed).expect("JSON");
            let read: Typed = serde_json::from_str(&line).expect("JSON");
            assert_eq!(read.input(), Some(input), "{line}");
        }
        assert_eq!(Typed::of(&key(KeyCode::Null, KeyModifiers::NONE)), None);
    }

    #[test]
    fn of_a_text_its_shape_is_kept_and_none_of_its_letters() {
        let Input::Paste(kept) =
            unsaid(&Input::Paste("Müller lost 45k,\non 2025-12-31 東京 e\u{301}".into()))
        else {
            panic!("a paste stays a paste")
        };
        assert_eq!(kept, "Xxxxxx xxxx 00x,\nxx 0000-00-00 全全 x\u{301}");
        let enter = key(KeyCode::Enter, KeyModifiers::NONE);
        assert_eq!(unsaid(&enter), enter);
        let save = key(KeyCode::Char('s'), KeyModifiers::CONTROL);
        assert_eq!(unsaid(&save), save);
    }

    #[test]
    fn a_recording_that_was_cut_off_is_read_up_to_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("fault.qbr");
        let head = Head { recording: VERSION, size: (80, 24), ..Head::default() };
        let mut recorder = Recorder::begin(&path, &head).expect("a file");
        let typed = Typed::Key("Down".into());
        let entries = [
            Entry::Answer { number: 1, stopped: false },
            Entry::Input { at: 12, inputs: vec![typed] },
            Entry::Size(120, 40),
        ];
        entries.iter().for_each(|entry| recorder.add(entry));
        let text = std::fs::read_to_string(&path).expect("written");
        let whole = Recording::read(&text).expect("a recording");
        assert_eq!((whole.head, whole.entries.as_slice()), (head.clone(), &entries[..]));
        let cut = Recording::read(&text[..text.len() - 4]).expect("a recording");
        assert_eq!(cut.entries, entries[..2]);
        assert!(Recorder::begin(&path, &head).is_err(), "no recording is written over");
    }

    #[test]
    fn what_is_no_recording_is_told_with_its_line() {
        let head = format!(
            "{{\"recording\":{VERSION},\"qbr\":\"\",\"size\":[80,24],\"read_only\":false,\"settings\":[],\"keys\":[]}}\n"
        );
        let error = |text: &str| Recording::read(text).expect_err("none").to_string();
        assert!(error("").contains("empty"));
        assert!(error("{}\n").starts_with("line 1: "));
        assert!(error(&head.replace(":1,", ":9,")).contains("form 9"));
        assert!(error(&format!("{head}{{\"dance\":1}}\n\"news\"\n")).starts_with("line 2: "));
    }

    proptest! {
        #[test]
        fn what_stands_for_a_text_is_as_wide(text in "\\PC{0,20}") {
            let Input::Paste(kept) = unsaid(&Input::Paste(text.clone())) else { unreachable!() };
            prop_assert_eq!(kept.chars().count(), text.chars().count());
            for (was, is) in text.chars().zip(kept.chars()) {
                let width = |c: char| text::width(c.encode_utf8(&mut [0; 4]));
                prop_assert_eq!(width(was), width(is), "{:?} {:?}", was, is);
                prop_assert!(was == is || !was.is_ascii_punctuation());
            }
        }
    }
}
