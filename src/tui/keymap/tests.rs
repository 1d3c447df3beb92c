//! The table of actions is whole, unambiguous and typeable.

use std::collections::BTreeSet;

use crossterm::event::KeyModifiers;

use super::*;
use crate::tui::panes;

#[test]
fn no_two_actions_share_a_key_and_none_has_none() {
    let map = panes::keymap();
    let mut seen = BTreeSet::new();
    for entry in map.entries() {
        assert!(!entry.keys.is_empty(), "{} has no key", entry.name);
        for key in entry.keys.iter() {
            assert!(seen.insert(key.label()), "{} is taken twice", key.label());
        }
    }
}

#[test]
fn every_default_key_is_on_every_keyboard() {
    for entry in panes::keymap().entries() {
        for key in entry.keys.iter() {
            if let Key::Char(c) = key {
                assert!(c.is_ascii_alphanumeric() || "?/: <>+-".contains(*c), "{c}");
            }
        }
    }
}

#[test]
fn names_are_unique() {
    let map = panes::keymap();
    let names: BTreeSet<&str> = map.entries().map(|e| e.name).collect();
    assert_eq!(names.len(), map.entries().count());
}

#[test]
fn shift_and_control_are_told_apart() {
    let map = panes::keymap();
    let press = |code, modifiers| map.action(&KeyEvent::new(code, modifiers));
    assert_eq!(press(KeyCode::Char('s'), KeyModifiers::NONE), Some(Action::Sort));
    assert_eq!(press(KeyCode::Char('S'), KeyModifiers::SHIFT), Some(Action::Reverse));
    assert_eq!(press(KeyCode::Char('s'), KeyModifiers::CONTROL), Some(Action::Save));
    assert_eq!(press(KeyCode::Char('j'), KeyModifiers::ALT), None);
}

#[test]
fn the_document_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
    let wanted = panes::keymap().document();
    if std::env::var_os("QBR_UPDATE_DOCS").is_some() {
        std::fs::write(path, &wanted).expect("docs/keys.md can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, wanted, "run the tests once with QBR_UPDATE_DOCS=1 to write {path}");
}
