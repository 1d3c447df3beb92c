//! Bytes of the keyboard become keys and pastes.
//!
//! Owns what terminals really send: sequences split by a slow link, answers to
//! questions that nobody of us asked, a Backspace that says `^H`, pastes with
//! and without brackets. Knows no time: the reader says when a pause was long
//! enough ([`Decoder::pause`]).
//!
//! Invariants: nothing that is not a key or a paste ever comes out (a late
//! colour report is not typed into somebody's text), and no input, however
//! broken, makes the decoder swallow the keys after it for good.
//!
//! crossterm's own reader is not used, for three reasons that were measured:
//! it never returns on a terminal that hung up, it turns a split arrow key
//! into Esc and two letters, and a private report (`ESC [ ? … y`) makes it
//! swallow everything up to the next `u` or `c`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What came from the keyboard.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// One key.
    Key(KeyEvent),
    /// A bracketed paste: one edit, however long.
    Paste(String),
}

/// More than this in one paste is cut off: nobody pastes a megabyte on purpose.
const LONGEST_PASTE: usize = 1 << 20;
/// A report longer than this is no report; the rest of it is dropped with it.
const LONGEST_SEQUENCE: usize = 4096;
const PASTE_END: &[u8] = b"\x1b[201~";
const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// The state between two reads.
#[derive(Debug, Default)]
pub struct Decoder {
    state: State,
    /// Bytes of a character or a sequence that is not complete yet.
    held: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// Within a character of several bytes; how many are still to come.
    Character(usize),
    /// After an ESC: the Esc key, or the start of a sequence.
    Escape,
    /// `ESC [`
    Csi,
    /// `ESC O`
    Ss3,
    /// A string that ends with ST or BEL (OSC, DCS, APC, PM): never ours.
    Report { escaped: bool },
    /// Between `ESC [ 200 ~` and `ESC [ 201 ~`.
    Paste,
}

impl Decoder {
    /// Decodes the bytes of one read.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Input> {
        let mut out = Vec::new();
        for (index, &byte) in bytes.iter().enumerate() {
            self.byte(byte, index == 0, &mut out);
        }
        out
    }

    /// Is something half read, so that a pause would decide what it is?
    pub fn waiting(&self) -> bool {
        self.state != State::Ground
    }

    /// In a paste whose end has not come: worth a longer patience than a key.
    pub fn pasting(&self) -> bool {
        self.state == State::Paste
    }

    /// Nothing came for a while: what is half read is taken for what it is.
    pub fn pause(&mut self) -> Vec<Input> {
        let held = std::mem::take(&mut self.held);
        match std::mem::take(&mut self.state) {
            State::Escape => vec![key(KeyCode::Esc)],
            State::Csi if held.is_empty() => vec![key(KeyCode::Esc), character('[')],
            State::Ss3 => vec![key(KeyCode::Esc), character('O')],
            // A paste that never ended: what came of it is kept.
            State::Paste => paste(&held),
            State::Ground | State::Character(_) | State::Csi | State::Report { .. } => Vec::new(),
        }
    }

    fn byte(&mut self, byte: u8, first_of_read: bool, out: &mut Vec<Input>) {
        match self.state {
            State::Ground => self.ground(byte, out),
            State::Character(left) => {
                if byte & 0xc0 != 0x80 {
                    // Not UTF-8: the broken character goes, the byte after it does not.
                    self.reset();
                    out.push(character(char::REPLACEMENT_CHARACTER));
                    return self.ground(byte, out);
                }
                self.held.push(byte);
                if left > 1 {
                    self.state = State::Character(left - 1);
                } else {
                    let text = String::from_utf8_lossy(&self.held).into_owned();
                    self.reset();
                    out.extend(text.chars().map(character));
                }
            }
            State::Escape => self.escape(byte, first_of_read, out),
            State::Csi => self.csi(byte, out),
            State::Ss3 => {
                self.reset();
                out.extend(ss3(byte).map(Input::Key));
            }
            State::Report { escaped } => {
                self.held.push(byte);
                let over = byte == BEL || (escaped && byte == b'\\');
                if over || self.held.len() > LONGEST_SEQUENCE {
                    self.reset();
                } else {
                    self.state = State::Report { escaped: byte == ESC };
                }
            }
            State::Paste => {
                self.held.push(byte);
                if self.held.ends_with(PASTE_END) {
                    let held = std::mem::take(&mut self.held);
                    self.reset();
                    out.extend(paste(&held[..held.len() - PASTE_END.len()]));
                } else if self.held.len() > LONGEST_PASTE + PASTE_END.len() {
                    // Keeps the tail, in which the end mark may already have begun.
                    self.held.remove(LONGEST_PASTE);
                }
            }
        }
    }

    fn reset(&mut self) {
        self.state = State::Ground;
        self.held.clear();
    }

    fn ground(&mut self, byte: u8, out: &mut Vec<Input>) {
        match byte {
            ESC => self.state = State::Escape,
            0x00..=0x1f | 0x7f => out.push(Input::Key(control(byte))),
            0x20..=0x7e => out.push(character(char::from(byte))),
            _ => {
                let more = match byte {
                    0xc2..=0xdf => 1,
                    0xe0..=0xef => 2,
                    0xf0..=0xf4 => 3,
                    _ => 0,
                };
                if more == 0 {
                    // A terminal that is not set to UTF-8: said by the sign, and by nothing lost after it.
                    out.push(character(char::REPLACEMENT_CHARACTER));
                } else {
                    self.held.push(byte);
                    self.state = State::Character(more);
                }
            }
        }
    }

    fn escape(&mut self, byte: u8, first_of_read: bool, out: &mut Vec<Input>) {
        self.reset();
        match byte {
            b'[' => self.state = State::Csi,
            b'O' => self.state = State::Ss3,
            b']' | b'P' | b'X' | b'^' | b'_' => self.state = State::Report { escaped: false },
            ESC => {
                out.push(key(KeyCode::Esc));
                self.state = State::Escape;
            }
            0x08 | 0x7f if !first_of_read => {
                out.push(Input::Key(KeyEvent::new(KeyCode::Backspace, KeyModifiers::ALT)));
            }
            b'\r' if !first_of_read => {
                out.push(Input::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::ALT)));
            }
            // Esc and a key that a slow link or tmux put together. No key of ours
            // needs Alt, so that reading it as two keys loses nothing.
            _ => {
                out.push(key(KeyCode::Esc));
                self.ground(byte, out);
            }
        }
    }

    fn csi(&mut self, byte: u8, out: &mut Vec<Input>) {
        match byte {
            // The Linux console's F1 to F5 are `ESC [ [ A` and so on.
            b'[' if self.held.is_empty() => self.held.push(byte),
            0x40..=0x7e => {
                let held = std::mem::take(&mut self.held);
                self.reset();
                if held == b"200" && byte == b'~' {
                    self.state = State::Paste;
                } else {
                    out.extend(csi(&held, byte).map(Input::Key));
                }
            }
            // rxvt ends its shifted keys with `$`.
            b'$' if !self.held.starts_with(b"?")
                && matches!(self.held.as_slice(), [b'2'..=b'8']) =>
            {
                let held = std::mem::take(&mut self.held);
                self.reset();
                out.extend(tilde(&held, KeyModifiers::SHIFT).map(Input::Key));
            }
            0x20..=0x3f if self.held.len() < 64 => self.held.push(byte),
            // Not a sequence after all: what follows is read afresh.
            _ => {
                self.reset();
                self.ground(byte, out);
            }
        }
    }
}

fn key(code: KeyCode) -> Input {
    Input::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn character(character: char) -> Input {
    let modifiers = if character.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    Input::Key(KeyEvent::new(KeyCode::Char(character), modifiers))
}

/// Line ends as `\n`, other control characters gone; nothing when nothing is left.
fn paste(bytes: &[u8]) -> Vec<Input> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_PASTE)])
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let text: String =
        text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    if text.is_empty() { Vec::new() } else { vec![Input::Paste(text)] }
}

fn control(byte: u8) -> KeyEvent {
    match byte {
        // A line feed comes from pastes without brackets and from some Enter keys.
        b'\r' | b'\n' => KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE),
        b'\t' => KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE),
        // PuTTY and old xterm send ^H for Backspace; nobody here means Ctrl-H.
        0x7f | 0x08 => KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE),
        0x00 => KeyEvent::new(KeyCode::Char(' '), KeyModifiers::CONTROL),
        0x01..=0x1a => {
            KeyEvent::new(KeyCode::Char(char::from(byte - 1 + b'a')), KeyModifiers::CONTROL)
        }
        _ => KeyEvent::new(KeyCode::Char(char::from(byte - 0x1c + b'4')), KeyModifiers::CONTROL),
    }
}

fn ss3(byte: u8) -> Option<KeyEvent> {
    let code = match byte {
        b'P'..=b'S' => KeyCode::F(byte - b'P' + 1),
        b'M' => KeyCode::Enter,
        b'a'..=b'd' => {
            let code = arrow(byte.to_ascii_uppercase())?;
            return Some(KeyEvent::new(code, KeyModifiers::CONTROL));
        }
        // The keypad in application mode.
        b'j'..=b'y' => KeyCode::Char(char::from(byte - b'j' + b'*')),
        _ => arrow(byte)?,
    };
    Some(KeyEvent::new(code, KeyModifiers::NONE))
}

fn arrow(byte: u8) -> Option<KeyCode> {
    Some(match byte {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        _ => return None,
    })
}

fn csi(held: &[u8], end: u8) -> Option<KeyEvent> {
    if let [b'[', ..] = held {
        return matches!(end, b'A'..=b'E')
            .then(|| KeyEvent::new(KeyCode::F(end - b'A' + 1), KeyModifiers::NONE));
    }
    if !held.iter().all(|b| matches!(b, b'0'..=b'9' | b';' | b':')) {
        return None; // a private report
    }
    let number = |n: usize| -> Option<u32> {
        let part = held.split(|b| *b == b';').nth(n)?;
        std::str::from_utf8(part.split(|b| *b == b':').next()?).ok()?.parse().ok()
    };
    let modifiers = number(1).map_or(KeyModifiers::NONE, modifiers);
    match end {
        b'~' if number(0) == Some(27) => unicode(number(2)?, modifiers),
        b'~' => tilde(held, modifiers),
        b'^' => tilde(held, KeyModifiers::CONTROL),
        b'u' => unicode(number(0)?, modifiers),
        b'Z' => Some(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)),
        b'P' | b'Q' | b'S' => Some(KeyEvent::new(KeyCode::F(end - b'P' + 1), modifiers)),
        b'a'..=b'd' => Some(KeyEvent::new(arrow(end.to_ascii_uppercase())?, KeyModifiers::SHIFT)),
        _ => Some(KeyEvent::new(arrow(end)?, modifiers)),
    }
}

/// xterm's way to say it: 1 and a bit each for Shift, Alt, Ctrl.
fn modifiers(number: u32) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in
        [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)]
    {
        if bits & bit != 0 {
            modifiers |= modifier;
        }
    }
    modifiers
}

fn tilde(held: &[u8], modifiers: KeyModifiers) -> Option<KeyEvent> {
    let number = held.split(|b| *b == b';').next()?;
    let code = match std::str::from_utf8(number).ok()?.parse::<u8>().ok()? {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        n @ 11..=15 => KeyCode::F(n - 10),
        n @ 17..=21 => KeyCode::F(n - 11),
        n @ 23..=24 => KeyCode::F(n - 12),
        _ => return None,
    };
    Some(KeyEvent::new(code, modifiers))
}

/// A key sent by its code point (kitty's and xterm's extended ways).
fn unicode(code: u32, modifiers: KeyModifiers) -> Option<KeyEvent> {
    let code = match code {
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        other => KeyCode::Char(char::from_u32(other).filter(|c| !c.is_control())?),
    };
    Some(KeyEvent::new(code, modifiers))
}

#[cfg(test)]
mod tests;
