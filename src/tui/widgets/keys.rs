//! Keys as every input reads them, whatever the terminal makes of them.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// A key that went down (or repeats): some terminals report its release too.
pub fn is_press(key: &KeyEvent) -> bool {
    key.kind != KeyEventKind::Release
}

/// The letter that a key types. AltGr arrives as Ctrl and Alt together.
pub fn typed(key: &KeyEvent) -> Option<char> {
    let altgr = KeyModifiers::CONTROL | KeyModifiers::ALT;
    let held = key.modifiers - KeyModifiers::SHIFT;
    match key.code {
        KeyCode::Char(letter) if held.is_empty() || held == altgr => Some(letter),
        _ => None,
    }
}

/// This letter with Ctrl alone.
pub fn is_ctrl(key: &KeyEvent, letter: char) -> bool {
    key.code == KeyCode::Char(letter)
        && key.modifiers - KeyModifiers::SHIFT == KeyModifiers::CONTROL
}

/// One step back. Esc is never the only way: a slow line may split a sequence
/// that begins with it.
pub fn is_back(key: &KeyEvent) -> bool {
    matches!(key.code, KeyCode::Esc | KeyCode::F(10)) || is_ctrl(key, 'g')
}

/// Backspace, which PuTTY and xterm may send as Ctrl-H.
pub fn is_backspace(key: &KeyEvent) -> bool {
    (key.code == KeyCode::Backspace && !key.modifiers.contains(KeyModifiers::ALT))
        || is_ctrl(key, 'h')
}

/// Deletes the word before the caret.
pub fn is_delete_word(key: &KeyEvent) -> bool {
    is_ctrl(key, 'w')
        || (key.code == KeyCode::Backspace && key.modifiers.contains(KeyModifiers::ALT))
}

/// Text from the clipboard as an input takes it: one kind of line break, and no
/// control characters beside it and the tab, which becomes a blank.
pub fn pasted(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}
