//! Ten thousand keys that nobody thought about, and none that saves.

use std::time::Duration;

use crate::terminal::{self, Terminal, piped, serial};

/// Everything but what saves (F2, Ctrl-S), moves a record on (F4, m), reads a decision
/// again (M), imports (I), leaves (q, Ctrl-C) or stops the program (Ctrl-Z); and no Enter,
/// with which one agrees to a save that is offered.
const KEYS: [&str; 61] = [
    "\u{1b}",
    "\t",
    "\u{1b}[A",
    "\u{1b}[B",
    "\u{1b}[C",
    "\u{1b}[D",
    "\u{1b}[5~",
    "\u{1b}[6~",
    "\u{1b}[H",
    "\u{1b}[F",
    "\u{1b}[15~",
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "n",
    "p",
    "Q",
    "b",
    "f",
    "s",
    "S",
    "t",
    "z",
    "i",
    "v",
    "e",
    "h",
    "d",
    "c",
    "/",
    "?",
    ":",
    "D",
    "r",
    "X",
    "w",
    "J",
    " ",
    "a",
    "u",
    "C",
    "H",
    "<",
    ">",
    "+",
    "-",
    "R",
    "o",
    "A",
    "T",
    "P",
    "y",
    "Y",
    "N",
    "k",
    "j",
];

/// What people wrote, and what was imported.
fn data(home: &terminal::Home) -> String {
    let workspace = home.workspace().display().to_string();
    let mut all = String::new();
    for arguments in
        [vec!["records", &workspace, "list", "--format", "json"], vec!["imports", &workspace]]
    {
        let (said, sound) = piped(home, &arguments, "");
        assert!(sound, "{said}");
        all.push_str(&said);
    }
    all
}

#[test]
fn ten_thousand_keys_without_a_save_change_nothing() {
    let _turn = serial();
    let home = terminal::home();
    let before = data(&home);
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    let mut seed = 5u32;
    for _burst in 0..200 {
        let mut keys = String::new();
        for _ in 0..50 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            keys.push_str(KEYS[(seed >> 16) as usize % KEYS.len()]);
        }
        qbr.keys(&keys);
        std::thread::sleep(Duration::from_millis(20));
        assert!(terminal::runs(qbr.pid()), "it ended:\n{}", qbr.screen());
    }
    qbr.settle();
    drop(qbr);
    assert_eq!(data(&home), before);
    let workspace = home.workspace().display().to_string();
    let (said, sound) = piped(&home, &["verify", &workspace], "");
    assert!(sound, "{said}");
}
