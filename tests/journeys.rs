//! Whole journeys in a real pseudo-terminal: what a person sees, what a dropped
//! link does, and how many bytes it all costs.
//!
//! The screen is read with a terminal emulator that answers no questions, so a
//! program that asked any would hang here.

#[path = "journeys/budgets.rs"]
mod budgets;
#[path = "journeys/editor.rs"]
mod editor;
#[path = "journeys/faults.rs"]
mod faults;
#[path = "journeys/inside.rs"]
mod inside;
#[path = "journeys/link.rs"]
mod link;
#[path = "journeys/plain.rs"]
mod plain;
#[path = "journeys/post_mortem.rs"]
mod post_mortem;
#[path = "journeys/recording.rs"]
mod recording;
#[path = "journeys/serve.rs"]
mod serve;
#[path = "journeys/settings.rs"]
mod settings;
#[path = "journeys/storm.rs"]
mod storm;
#[path = "journeys/terminal.rs"]
mod terminal;
#[path = "journeys/threads.rs"]
mod threads;
#[path = "journeys/walkthrough.rs"]
mod walkthrough;

use std::time::{Duration, Instant};

use post_mortem::write_post_mortem;
use terminal::{Terminal, serial};

/// What a terminal must never be sent: questions, underline colour, mouse and
/// keyboard modes, RGB.
const FORBIDDEN: &[&str] = &[
    "\x1b[6n",
    "\x1b[c",
    "\x1b[0c",
    "\x1b[>q",
    "\x1b[>c",
    "\x1b]10;?",
    "\x1b]11;?",
    "$p",
    "\x1b[?1000h",
    "\x1b[?1002h",
    "\x1b[?1003h",
    "\x1b[?1006h",
    "\x1b[?1004h",
    "\x1b[>1u",
    "38;2;",
    "48;2;",
];

/// Neither what is forbidden anywhere, nor the colour of an underline, which some terminals take for
/// blinking: 58 and 59 among the parameters of a colour, however many stand before them.
pub fn sends_nothing_forbidden(sent: &str) {
    for forbidden in FORBIDDEN {
        assert!(!sent.contains(forbidden), "{forbidden:?} was sent");
    }
    for begun in sent.split("\x1b[").skip(1) {
        let end = begun.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':');
        let Some(end) = end.filter(|end| begun[*end..].starts_with('m')) else { continue };
        let underlined =
            begun[..end].split([';', ':']).any(|number| number == "58" || number == "59");
        assert!(!underlined, "a colour {:?} was sent", &begun[..=end]);
    }
}

#[test]
fn the_panes_are_walked_by_the_keys_on_the_first_screen() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    for pane in ["0 Brief", "1 Forecast", "2 Win rate", "3 Cards", "4 Post-mortems", "5 Plays"] {
        qbr.wait_for(pane);
    }
    qbr.wait_for("post-mortems overdue");
    for (key, words) in [
        ("1", "From the call to the actual"),
        ("2", "Win-rate alerts"),
        ("3", "Drevane"),
        ("4", "Why we lose"),
        ("5", "Security pack"),
        ("6", "overdue"),
        ("7", "Capacity against target"),
        ("0", "What needs a decision"),
    ] {
        qbr.keys(key);
        qbr.wait_for(words);
    }
    // Behind a row, and back.
    qbr.keys("1");
    qbr.wait_for("attainment");
    qbr.keys("\r");
    qbr.wait_for("Forecast variance >");
    qbr.keys("\x1b");
    qbr.wait_for("From the call to the actual");
    let sent = qbr.raw();
    sends_nothing_forbidden(&sent);
    qbr.keys("q");
    assert_eq!(qbr.ends_within(Duration::from_secs(10)), Some(0));
    assert!(qbr.raw().ends_with("\x1b[?1049l"), "the terminal is given back");
}

#[test]
fn a_post_mortem_is_written_and_found_again() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "They asked for references twice");
    qbr.keys("\x1bOQ");
    qbr.wait_for("Saved as PM-");
    qbr.keys("\x1b");
    qbr.settle();
    qbr.keys("\x1b");
    qbr.wait_for("Why we lose");
    qbr.keys("q");
    assert_eq!(qbr.ends_within(Duration::from_secs(10)), Some(0));

    // It goes on where it was left.
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("Why we lose");
    qbr.never_sees("Not saved yet");
    qbr.wait_for_row("Tank level");
    qbr.keys("\r");
    qbr.wait_for("revision 1 by");
    // As it is read, page by page.
    let mut found = false;
    for _ in 0..10 {
        found = found || qbr.screen().contains("They asked for references twice");
        qbr.keys("\x1b[6~");
        qbr.settle();
    }
    assert!(found, "{}", qbr.screen());
}

#[test]
fn a_link_that_drops_in_the_middle_of_a_word_loses_nothing() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "The buyer went qui");
    let pid = qbr.pid();
    let hung_up = Instant::now();
    qbr.hang_up();
    while terminal::runs(pid) {
        assert!(hung_up.elapsed() < Duration::from_secs(1), "it outlives its terminal");
        std::thread::sleep(Duration::from_millis(5));
    }

    let mut qbr = Terminal::open(&home);
    qbr.wait_for("Not saved yet");
    qbr.keys("\r");
    qbr.wait_for("The buyer went qui");
    qbr.keys("\x1bOQ");
    qbr.wait_for("Saved as PM-");
}

#[test]
fn it_ends_with_its_terminal_even_under_a_parent_that_ignores_hang_ups() {
    let _turn = serial();
    let home = terminal::home();
    let mut shell = Terminal::open_under(&home, "trap '' HUP; \"$0\" \"$1\"; true");
    shell.wait_for("What needs a decision");
    let pid = terminal::child_of(shell.pid()).expect("qbr runs under the shell");
    let hung_up = Instant::now();
    shell.hang_up();
    while terminal::runs(pid) {
        assert!(hung_up.elapsed() < Duration::from_secs(1), "it outlives its terminal");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_termination_signal_gives_the_terminal_back_and_keeps_the_draft() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "Price came up la");
    qbr.signal(rustix::process::Signal::TERM);
    assert_eq!(qbr.ends_within(Duration::from_secs(1)), Some(128 + 15));
    let sent = qbr.raw();
    for restored in ["\x1b[?2004l", "\x1b[?25h", "\x1b[?1049l"] {
        assert!(sent.contains(restored), "{restored:?} is missing");
    }
    let qbr = Terminal::open(&home);
    qbr.wait_for("Not saved yet");
}

#[test]
fn idle_it_sends_nothing() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("3");
    qbr.wait_for("Drevane");
    qbr.settle();
    let before = qbr.bytes();
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(qbr.bytes() - before, 0);
}

#[test]
fn a_row_move_is_cheap_and_a_hundred_keys_cost_two_frames() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("6");
    qbr.wait_for("Decisions and actions");
    qbr.settle();
    let mut costs: Vec<usize> = (0..10)
        .map(|_| {
            let before = qbr.bytes();
            qbr.keys("\x1b[B");
            qbr.settle();
            qbr.bytes() - before
        })
        .collect();
    costs.sort_unstable();
    assert!(costs[5] <= 200, "a row move costs {costs:?} bytes");

    let before = qbr.raw().len();
    qbr.keys(&"k".repeat(100));
    qbr.settle();
    let frames = qbr.raw()[before..].matches("\x1b[?2026h").count();
    assert!(frames <= 2, "{frames} frames for 100 keys");
}

/// A pane is drawn once: its cells and what leads from one to the next.
#[test]
fn a_pane_switch_costs_no_more_than_its_cells() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    // The first time round the figures are asked: what says so comes on top.
    let mut frames_of = |key: char| {
        qbr.settle();
        let before = qbr.raw().len();
        qbr.keys(&key.to_string());
        qbr.settle();
        let sent = qbr.raw()[before..].to_owned();
        (sent.matches("\x1b[?2026h").count(), sent.len())
    };
    for key in "12345670".chars() {
        let (_, sent) = frames_of(key);
        assert!(sent * 10 <= 80 * 24 * 14, "pane {key} costs {sent} bytes");
    }
    for key in "12345670".chars() {
        let (frames, sent) = frames_of(key);
        assert_eq!(frames, 1, "pane {key}");
        assert!(sent * 10 <= 80 * 24 * 13, "pane {key} costs {sent} bytes");
    }
}

#[test]
fn numbers_are_written_as_their_reader_learnt_it() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open_with(&home, &[("QBR_REGION", "de-DE")]);
    qbr.wait_for("post-mortems overdue");
    qbr.wait_for("5,73M");
    qbr.keys("1");
    qbr.wait_for("1.720.000");
    qbr.wait_for("76,0\u{a0}%");
}

#[test]
fn the_screen_in_the_readme_is_what_one_sees() {
    let _turn = serial();
    let home = terminal::home();
    let home = home.called("sample-company.duckdb");
    let mut qbr = Terminal::open_with(&home, &[("QBR_GLYPHS", "ascii")]);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("1");
    qbr.wait_for("Latin America");
    qbr.wait_for("Rolled-up commit");
    qbr.settle();
    let seen: String = qbr.screen().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).expect("README.md");
    let start = readme.find("```\n").expect("a block") + 4;
    let end = start + readme[start..].find("```\n").expect("its end");
    if std::env::var_os("QBR_UPDATE_DOCS").is_some() {
        let with = format!("{}{}\n{}", &readme[..start], seen.trim_end(), &readme[end..]);
        return std::fs::write(path, with).expect("README.md can be written");
    }
    let hint = "run the tests once with QBR_UPDATE_DOCS=1 to write it";
    assert_eq!(readme[start..end].trim_end(), seen.trim_end(), "{hint}");
}

#[test]
fn a_storm_of_sizes_ends_with_the_right_screen() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    for (columns, rows) in
        [(200, 50), (1, 1), (60, 15), (59, 14), (300, 100), (20, 5), (132, 43), (80, 24)].repeat(3)
    {
        qbr.resize(columns, rows);
        std::thread::sleep(Duration::from_millis(15));
    }
    qbr.settle();
    qbr.keys("3");
    qbr.wait_for("Drevane");
    qbr.wait_for("? help");
}

#[test]
fn what_one_person_saves_the_other_is_told() {
    let _turn = serial();
    let home = terminal::home();
    let mut anna = Terminal::open(&home);
    anna.wait_for("What needs a decision");
    anna.keys("4");
    anna.wait_for("Why we lose");
    let mut ben = Terminal::open(&home);
    ben.wait_for("as of 2025-12-31");
    write_post_mortem(&mut ben, "Nobody knew the buyer");
    ben.keys("\x1bOQ");
    ben.wait_for("Saved as PM-");
    // Both are the same user of the system.
    anna.wait_for("You, elsewhere, wrote PM-");
}

#[test]
fn answers_of_the_terminal_and_split_keys_are_not_typed() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "before");
    qbr.keys("\x1b]11;rgb:0000/0000/0000\x1b\\");
    qbr.keys("\x1b[?2026;2$y");
    qbr.keys(" after");
    qbr.wait_for("before after");
    // An arrow key in two packets is not an Esc: the text stays open.
    qbr.keys("\x1b");
    std::thread::sleep(Duration::from_millis(20));
    qbr.keys("[D");
    qbr.settle();
    qbr.keys("!");
    qbr.wait_for("before afte!r");
    // A paste without brackets submits nothing.
    qbr.keys("one\rtwo\rthree\r");
    qbr.wait_for("three");
    qbr.never_sees("Saved as");
}

/// A file that no preset knows, settled by keys alone; the next one needs no question.
#[test]
fn an_unknown_export_is_settled_once_and_known_from_then_on() {
    let _turn = serial();
    let home = terminal::home();
    let export = "Kz;Lage;Soll bis;Batzen;Geld\n\
                  D-1;Angebot;03/04/2026;1250,50;EUR\n\
                  D-2;Gewonnen;05/02/2026;2500,00;EUR\n";
    home.write("pipeline-2026-03-31.csv", export);
    let mut qbr = Terminal::run(&home, &["import", "acme.duckdb", "pipeline-2026-03-31.csv"]);
    qbr.wait_for("before it can be imported");
    qbr.wait_for_row("opportunity_id");
    for (row, field) in [
        ("Kz", "opportunity_id"),
        ("Lage", "stage"),
        ("Soll bis", "close_date"),
        ("Batzen", "amount"),
        ("Geld", "currency"),
    ] {
        qbr.select_row(row);
        qbr.keys("\r");
        qbr.wait_for(&format!("What \"{row}\" is"));
        qbr.keys(field);
        qbr.settle();
        qbr.keys("\r");
        qbr.wait_for_row(field);
    }
    // Which day is 03/04? No value of the column tells.
    qbr.select_row("Soll bis");
    qbr.wait_for("can be read as");
    qbr.keys("\r");
    qbr.wait_for("read as %d/%m/%Y");
    qbr.keys("%d/%m/%Y");
    qbr.settle();
    qbr.keys("\r");
    qbr.select_row("Lage");
    qbr.keys("\r");
    qbr.wait_for("say which words");
    qbr.keys("\r");
    qbr.wait_for_row("Angebot");
    qbr.keys("a\x1b");
    qbr.wait_for("2 rows would be taken, 0 rejected");
    qbr.keys("t");
    qbr.wait_for("2026-04-03");
    qbr.keys("\x1bOQ");
    qbr.wait_for("keep the mapping as pipeline-opportunities");
    qbr.keys("\r");
    qbr.wait_for("2 rows taken.");
    qbr.keys("q");
    assert_eq!(qbr.ends_within(Duration::from_secs(10)), Some(0));
    assert!(home.path().join("qbr.d/presets/pipeline-opportunities.toml").exists());

    home.write("pipeline-2026-04-30.csv", &export.replace("1250,50", "1300,00"));
    let import = |file: &str| terminal::without_terminal(&home, &["import", "acme.duckdb", file]);
    let output = import("pipeline-2026-04-30.csv");
    assert!(output.contains("your mapping pipeline-opportunities (5 of 5 headers)"), "{output}");
    assert!(output.contains("2 taken"), "{output}");
    // A word that the mapping does not know is asked about, not guessed.
    home.write("pipeline-2026-05-31.csv", &export.replace("Angebot", "Verloren"));
    let output = import("pipeline-2026-05-31.csv");
    assert!(output.contains("which state") && output.contains("Verloren"), "{output}");
}
