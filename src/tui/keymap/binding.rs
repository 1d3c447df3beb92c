//! Other keys for actions, as a person has them: a whole set, or one by one.
//!
//! Invariant: whatever is asked for, no key means two things and every action
//! keeps at least one. What would break that is left as it was, and told.

use super::{Action, Entry, Key, Keymap};

use Action as A;
use Key::{Char, Code, Ctrl};
use crossterm::event::KeyCode;

/// Which keys actions have to begin with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeySet {
    #[default]
    Plain,
    /// With the letters of vim for moving about.
    Vim,
}

impl KeySet {
    /// As they are written in the configuration.
    pub const NAMES: [&'static str; 2] = ["plain", "vim"];

    pub fn named(name: &str) -> Option<Self> {
        match name {
            "plain" => Some(KeySet::Plain),
            "vim" => Some(KeySet::Vim),
            _ => None,
        }
    }
}

/// Where the vim set differs. `h` and `l` move, so the history goes to `L`, a log.
pub(super) const VIM: &[(Action, &[Key])] = &[
    (A::Left, &[Code(KeyCode::Left), Char('h')]),
    (A::Right, &[Code(KeyCode::Right), Char('l')]),
    (A::PageUp, &[Code(KeyCode::PageUp), Ctrl('u'), Ctrl('b')]),
    (A::PageDown, &[Code(KeyCode::PageDown), Ctrl('d'), Ctrl('f')]),
    (A::History, &[Char('L')]),
];

/// Other keys for one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub action: Action,
    pub keys: Vec<Key>,
}

/// A binding that was not taken, by its place in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    pub binding: usize,
    pub key: Key,
    /// The action that has the key already.
    pub name: &'static str,
    /// The binding that gave it to that action; `None`: it has it by default.
    pub other: Option<usize>,
}

/// `page down` as it is written in the configuration: `page-down`.
pub fn written(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

impl Keymap {
    /// The same actions with the keys of a set.
    #[must_use]
    pub fn with(mut self, set: KeySet) -> Self {
        if set == KeySet::Vim {
            for (action, keys) in VIM {
                self.give(*action, keys.to_vec());
            }
        }
        self
    }

    /// The line of the table that is called so in the configuration.
    pub fn named(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| written(entry.name) == name)
    }

    /// Gives actions other keys. Two actions may change keys with each other.
    pub fn bind(&mut self, bindings: &[Binding]) -> Vec<Clash> {
        let mut clashes: Vec<Clash> = Vec::new();
        loop {
            let mut tried = self.clone();
            let mut given: Vec<(Action, usize)> = Vec::new();
            for (place, binding) in bindings.iter().enumerate() {
                if clashes.iter().all(|clash| clash.binding != place) {
                    tried.give(binding.action, binding.keys.clone());
                    given.push((binding.action, place));
                }
            }
            // One binding less each time, so this ends.
            match tried.clash(&given) {
                Some(clash) => clashes.push(clash),
                None => {
                    *self = tried;
                    return clashes;
                }
            }
        }
    }

    fn give(&mut self, action: Action, keys: Vec<Key>) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.action == action) {
            entry.keys = keys.into();
        }
    }

    /// The first key that two actions have, of which one got it by a binding.
    fn clash(&self, given: &[(Action, usize)]) -> Option<Clash> {
        let binding_of =
            |entry: &Entry| given.iter().find(|(action, _)| *action == entry.action).map(|g| g.1);
        for (place, entry) in self.entries.iter().enumerate() {
            for other in &self.entries[place + 1..] {
                let Some(key) = entry.keys.iter().find(|key| other.keys.contains(key)) else {
                    continue;
                };
                let clash = match (binding_of(entry), binding_of(other)) {
                    // Of two that were asked for, the later one gives way.
                    (Some(first), Some(second)) if first > second => (first, other, Some(second)),
                    (first, Some(second)) => (second, entry, first),
                    (Some(first), None) => (first, other, None),
                    (None, None) => continue,
                };
                let (binding, holder, other) = clash;
                return Some(Clash { binding, key: *key, name: holder.name, other });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::tui::panes;

    fn bind(action: Action, keys: &[Key]) -> Binding {
        Binding { action, keys: keys.to_vec() }
    }

    fn keys_of(map: &Keymap, action: Action) -> Vec<String> {
        let entry = map.entry(action).expect("in the table");
        entry.keys.iter().map(|key| key.label()).collect()
    }

    fn is_sound(map: &Keymap) -> bool {
        let mut seen = BTreeSet::new();
        map.entries().all(|entry| {
            !entry.keys.is_empty() && entry.keys.iter().all(|key| seen.insert(key.label()))
        })
    }

    #[test]
    fn an_action_gets_other_keys_and_the_old_ones_are_free() {
        let mut map = panes::keymap();
        let asked = [bind(A::Sort, &[Char('O')]), bind(A::Zoom, &[Char('s'), Key::F(11)])];
        assert_eq!(map.bind(&asked), []);
        assert_eq!(keys_of(&map, A::Sort), ["O"]);
        assert_eq!(keys_of(&map, A::Zoom), ["s", "F11"]);
        assert_eq!(map.hint(A::Sort), Some(("O".to_owned(), "sort")));
    }

    #[test]
    fn a_key_that_is_taken_is_refused_and_the_rest_holds() {
        let mut map = panes::keymap();
        let asked = [bind(A::Sort, &[Char('f')]), bind(A::Zoom, &[Char('Z')])];
        let clashes = map.bind(&asked);
        let scope = Clash { binding: 0, key: Char('f'), name: "choose the scope", other: None };
        assert_eq!(clashes, [scope]);
        assert_eq!(keys_of(&map, A::Sort), ["s"], "as it was");
        assert_eq!(keys_of(&map, A::Zoom), ["Z"]);
    }

    #[test]
    fn of_two_bindings_that_want_one_key_the_later_gives_way_to_the_earlier() {
        let mut map = panes::keymap();
        // The table has zoom after sort; the list has it before.
        let asked = [bind(A::Zoom, &[Char('Z')]), bind(A::Sort, &[Char('Z')])];
        let clashes = map.bind(&asked);
        assert_eq!(clashes.len(), 1);
        assert_eq!((clashes[0].binding, clashes[0].other), (1, Some(0)));
        assert_eq!(clashes[0].name, "zoom");
        assert_eq!(keys_of(&map, A::Sort), ["s"]);
    }

    #[test]
    fn what_needed_a_refused_binding_is_refused_as_well() {
        let mut map = panes::keymap();
        // `s` would be free if sort had moved to `f`, which it may not.
        let asked = [bind(A::Sort, &[Char('f')]), bind(A::Zoom, &[Char('s')])];
        let clashes = map.bind(&asked);
        assert_eq!(clashes.iter().map(|clash| clash.binding).collect::<Vec<_>>(), [0, 1]);
        assert!(is_sound(&map));
    }

    #[test]
    fn the_keys_of_vim_are_sound_and_lose_nothing() {
        let map = panes::keymap().with(KeySet::Vim);
        assert!(is_sound(&map));
        assert_eq!(keys_of(&map, A::Left), ["Left", "h"]);
        assert_eq!(keys_of(&map, A::History), ["L"]);
        for name in KeySet::NAMES {
            assert!(KeySet::named(name).is_some());
        }
    }

    #[test]
    fn every_action_is_found_by_its_written_name() {
        let map = panes::keymap();
        for entry in map.entries() {
            let name = written(entry.name);
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert_eq!(map.named(&name).map(|found| found.action), Some(entry.action));
        }
    }

    proptest! {
        /// Whatever is asked for, each key means one thing and each action has one.
        #[test]
        fn nothing_that_is_asked_for_makes_the_map_unsound(
            asked in prop::collection::vec((0usize..64, prop::collection::vec(0usize..26, 1..3)), 0..24),
            vim in any::<bool>(),
        ) {
            let set = if vim { KeySet::Vim } else { KeySet::Plain };
            let mut map = panes::keymap().with(set);
            let actions: Vec<Action> = map.entries().map(|entry| entry.action).collect();
            let mut bindings: Vec<Binding> = Vec::new();
            for (place, letters) in asked {
                let action = actions[place % actions.len()];
                let mut keys: Vec<Key> = Vec::new();
                for letter in letters {
                    let key = Char(char::from(b'a' + u8::try_from(letter).unwrap_or(0)));
                    if !keys.contains(&key) {
                        keys.push(key);
                    }
                }
                if bindings.iter().all(|binding| binding.action != action) {
                    bindings.push(Binding { action, keys });
                }
            }
            let clashes = map.bind(&bindings);
            prop_assert!(is_sound(&map));
            for (place, binding) in bindings.iter().enumerate() {
                let refused = clashes.iter().any(|clash| clash.binding == place);
                let taken = map.entry(binding.action).is_some_and(|e| e.keys[..] == binding.keys[..]);
                prop_assert!(refused || taken);
            }
        }
    }
}
