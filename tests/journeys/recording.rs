//! What was done is done again, and holds no text that anybody wrote.

use std::path::Path;
use std::time::Duration;

use crate::post_mortem::write_post_mortem;
use crate::terminal::{self, Terminal, serial};

/// Words that stand nowhere else.
const MARKER: &str = "Zebrafish 4711";

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_recording_ends_on_the_same_screen_and_keeps_no_text() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::run(&home, &["acme.duckdb", "--record", "fault.jsonl"]);
    qbr.wait_for("post-mortems overdue");
    write_post_mortem(&mut qbr, MARKER);
    qbr.keys("\x1bOQ");
    qbr.wait_for("Saved as PM-");
    qbr.keys("\x1b");
    qbr.settle();
    qbr.keys("\x1b");
    qbr.wait_for("Why we lose");
    qbr.keys("1");
    qbr.wait_for("Rolled-up commit");
    qbr.resize(120, 40);
    qbr.settle();
    qbr.keys("s\x1b[B\x1b[B");
    qbr.settle();
    let seen: Vec<String> = qbr.screen().lines().map(|line| line.trim_end().to_owned()).collect();
    qbr.keys("q");
    assert_eq!(qbr.ends_within(Duration::from_secs(10)), Some(0));

    let recording = std::fs::read_to_string(home.path().join("fault.jsonl")).expect("a recording");
    assert!(recording.lines().count() > 20, "{recording}");
    for word in ["Zebrafish", "4711", "Kawasemi"] {
        assert!(!recording.contains(word), "{word} is in the recording");
    }
    // On the workspace as it was then.
    let again = terminal::home();
    home.copy_to(&again, "fault.jsonl");
    let before = std::fs::read(again.workspace()).expect("a workspace");
    let output = terminal::without_terminal(&again, &["replay", "fault.jsonl", "acme.duckdb"]);
    let screen: Vec<&str> = output.lines().take(seen.len()).map(str::trim_end).collect();
    assert_eq!(screen, seen, "{output}");
    assert!(output.contains("then the person left"), "{output}");
    assert!(!output.contains("\nline "), "it went astray: {output}");
    let after = std::fs::read(again.workspace()).expect("a workspace");
    assert!(before == after, "the workspace itself was changed");
}

/// Drafts are what keeps a text; no log and no memory does.
#[test]
fn no_log_and_no_memory_holds_what_somebody_wrote() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open_with(&home, &[("QBR_LOG", "trace")]);
    qbr.wait_for("post-mortems overdue");
    write_post_mortem(&mut qbr, MARKER);
    qbr.settle();
    let hit = |path: &Path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains("Zebrafish")
    };
    let state = home.path().join("state");
    let mut held = Vec::new();
    for _ in 0..100 {
        held = files_below(&state).into_iter().filter(|path| hit(path)).collect::<Vec<_>>();
        if !held.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!held.is_empty(), "the draft holds it");
    assert!(held.iter().all(|path| path.starts_with(state.join("qbr/drafts"))), "{held:?}");
    // A draft that cannot be read is set aside, and its words are not told either.
    qbr.signal(rustix::process::Signal::TERM);
    qbr.ends_within(Duration::from_secs(5));
    std::fs::write(state.join("qbr/drafts/broken-1.json"), "{\"draft\": \"Zebrafish\"}")
        .expect("written");
    let mut qbr = Terminal::open_with(&home, &[("QBR_LOG", "trace")]);
    qbr.wait_for("as of 2025-12-31");
    qbr.settle();
    qbr.keys("q");
    qbr.ends_within(Duration::from_secs(10));
    let logs = files_below(&state.join("qbr/log"));
    assert!(!logs.is_empty(), "there is a log");
    let told: String =
        logs.iter().map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect();
    assert!(told.contains("a draft is set aside"), "{told}");
    assert!(!told.contains("Zebrafish"), "{told}");
}
