//! A text given to the person's own editor: every key is the editor's meanwhile.

use std::time::{Duration, Instant};

use crate::terminal::{self, Terminal, serial};

/// Twenty keys, none of which may end up here instead of there.
const KEYS: &str = "abcdefghij\u{1b}[Bqrstuvw";

#[test]
fn twenty_keys_for_the_editor_reach_the_editor() {
    let _turn = serial();
    let home = terminal::home();
    home.write(
        "editor.sh",
        "stty -icanon -echo min 20 time 0\ntouch ready\ndd bs=20 count=1 of=got 2>/dev/null\n\
         stty sane\ntr -d '\\033[' <got >\"$1\"\n",
    );
    let mut qbr = Terminal::open_with(&home, &[("VISUAL", ""), ("EDITOR", "sh editor.sh")]);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("6");
    qbr.wait_for("Decisions and actions");
    qbr.keys("c");
    qbr.wait_for("New decision");
    // Title, finding, what it follows from, the quarter; then the decision itself.
    qbr.keys("\t\t\t\t");
    qbr.settle();
    qbr.keys("\u{1b}OR");
    let began = Instant::now();
    while !home.path().join("ready").exists() {
        assert!(began.elapsed() < Duration::from_secs(20), "{}", qbr.screen());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(KEYS.len(), 20);
    qbr.keys(KEYS);
    qbr.wait_for("abcdefghijBqrstuvw");
    let got = std::fs::read_to_string(home.path().join("got")).expect("the keys");
    assert_eq!(got, KEYS);
    // And the next keys are ours again.
    qbr.keys("\u{1b}OQ");
    qbr.wait_for("field");
}
