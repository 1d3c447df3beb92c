//! What the screen may cost, on a real pseudo-terminal. Times are measured in
//! `cargo speed screen`, on a quiet machine; here are bytes, frames and idleness.

use std::time::Duration;

use crate::post_mortem::write_post_mortem;
use crate::sends_nothing_forbidden;
use crate::terminal::{self, Terminal, serial};

const FRAME: &str = "\x1b[?2026h";
const FRAME_END: &str = "\x1b[?2026l";
const DOWN: &str = "\x1b[B";

/// What each of these keys costs, cheapest first.
fn costs(qbr: &mut Terminal, keys: impl Iterator<Item = String>) -> Vec<usize> {
    let mut costs: Vec<usize> = keys
        .map(|key| {
            let before = qbr.bytes();
            qbr.keys(&key);
            qbr.settle();
            qbr.bytes() - before
        })
        .collect();
    costs.sort_unstable();
    costs
}

#[test]
fn b01_idle_it_sends_nothing_and_uses_no_processor() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("3");
    qbr.wait_for("Drevane");
    qbr.rest();
    let (bytes, ticks) = (qbr.bytes(), qbr.ticks());
    std::thread::sleep(Duration::from_secs(10));
    assert_eq!(qbr.bytes() - bytes, 0);
    if let (Some(before), Some(after)) = (ticks, qbr.ticks()) {
        // One look a second at whether the file has changed rounds up to a tick now and then.
        assert!(after - before <= 2, "{} ticks in ten seconds", after - before);
    }
}

#[test]
fn b02_a_row_move_is_cheap_on_a_large_screen_too() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.resize(200, 50);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("6");
    qbr.wait_for("Decisions and actions");
    qbr.settle();
    let moves = costs(&mut qbr, (0..11).map(|_| DOWN.to_owned()));
    assert!(moves[5] <= 450, "a row move costs {moves:?} bytes");
}

#[test]
fn b03_a_typed_character_costs_64_bytes_at_the_most() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    write_post_mortem(&mut qbr, "It ");
    qbr.settle();
    let text = "went quiet after the second call";
    let typed = costs(&mut qbr, text.chars().map(|c| c.to_string()));
    assert!(typed[typed.len() / 2] <= 64, "{typed:?}");
    // A draft that is kept says so once, and a line that breaks is drawn anew.
    assert!(typed.iter().sum::<usize>() <= 64 * typed.len() + 400, "{typed:?}");
}

#[test]
fn b04_a_hundred_keys_at_once_end_on_the_screen_of_a_hundred_keys_one_by_one() {
    let _turn = serial();
    let home = terminal::home();
    let mut screens = Vec::new();
    for at_once in [true, false] {
        let mut qbr = Terminal::open_with(&home, &[("QBR_RESUME", "false")]);
        qbr.wait_for("post-mortems overdue");
        qbr.keys("1");
        qbr.wait_for("Rolled-up commit");
        qbr.keys("\r");
        qbr.wait_for("Forecast variance >");
        qbr.settle();
        let before = qbr.raw().len();
        let keys = ["j", "j", "k", "j"].repeat(25);
        if at_once {
            qbr.keys(&keys.concat());
            qbr.settle();
            let frames = qbr.raw()[before..].matches(FRAME).count();
            assert!(frames <= 2, "{frames} frames");
        } else {
            for key in keys {
                qbr.keys(key);
                std::thread::sleep(Duration::from_millis(5));
            }
            qbr.settle();
        }
        screens.push(qbr.screen());
        qbr.keys("q");
        qbr.ends_within(Duration::from_secs(10));
    }
    assert_eq!(screens[0], screens[1]);
}

#[test]
fn b05_a_page_costs_no_more_than_its_cells() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("2");
    qbr.wait_for("Win-rate alerts");
    qbr.settle();
    let pages = costs(&mut qbr, (0..4).map(|_| "\x1b[6~".to_owned()));
    let most = 80 * 24 * 13 / 10;
    assert!(pages.iter().all(|cost| *cost <= most), "{pages:?}");
}

#[test]
fn b06_the_first_paint_is_small_and_comes_before_the_workspace_is_open() {
    let _turn = serial();
    let home = terminal::home();
    let qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    let sent = qbr.raw();
    let end = sent.find(FRAME_END).expect("a first frame");
    assert!(end <= 6 * 1024, "{end} bytes");
    let mut first = vt100::Parser::new(24, 80, 0);
    first.process(&sent.as_bytes()[..end]);
    let first = first.screen().contents();
    assert!(first.contains("Opening") && first.contains("0 Brief"), "{first}");
}

#[test]
fn b07_a_frame_is_one_write_that_begins_and_ends_it() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("6");
    qbr.wait_for("Decisions and actions");
    qbr.settle();
    let start = qbr.bytes();
    costs(&mut qbr, (0..8).map(|_| DOWN.to_owned()));
    // What the kernel hands over in one read may be several frames, never a part of one.
    let raw = qbr.raw();
    let mut from = start;
    for end in qbr.reads().into_iter().filter(|end| *end > start) {
        let piece = &raw[from..end];
        assert!(piece.starts_with(FRAME) && piece.ends_with(FRAME_END), "{piece:?}");
        from = end;
    }
    assert!(from > start, "nothing was sent");
}

#[test]
fn b08_a_paste_of_20_kb_is_one_step_and_three_frames() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    write_post_mortem(&mut qbr, "before");
    qbr.settle();
    let before = qbr.raw().len();
    let paste = "a line that somebody copied\n".repeat(720);
    qbr.keys(&format!("\x1b[200~{paste}\x1b[201~"));
    qbr.settle();
    let frames = qbr.raw()[before..].matches(FRAME).count();
    assert!((1..=3).contains(&frames), "{frames} frames");
    qbr.wait_for("a line that somebody copied");
    // One step back takes all of it.
    qbr.keys("\x1a");
    qbr.settle();
    qbr.never_sees("a line that somebody copied");
    qbr.wait_for("before");
}

#[test]
fn b09_a_link_that_takes_nothing_for_a_while_gets_the_right_screen_afterwards() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    qbr.settle();
    let stalled = qbr.stall_after_next_read();
    for key in "1234567".repeat(12).chars() {
        qbr.type_only(&key.to_string());
        std::thread::sleep(Duration::from_millis(10));
    }
    // Once what was asked is computed there is nothing to do but wait.
    let mut used = Vec::new();
    while used.len() < 60 && used.last().is_none_or(|ticks| *ticks > 2) {
        let before = qbr.ticks();
        std::thread::sleep(Duration::from_secs(1));
        let Some((before, after)) = before.zip(qbr.ticks()) else { break };
        used.push(after - before);
    }
    assert!(used.len() < 60, "it never rests while nobody reads: {used:?}");
    drop(stalled);
    qbr.keys("3");
    qbr.wait_for("Drevane");
    qbr.wait_for("? help");
}

/// A whole review in seven bits, without colours: nothing that a terminal could mistake.
#[test]
fn b10_no_byte_that_is_forbidden_is_ever_sent() {
    let _turn = serial();
    let home = terminal::home();
    let plain = [("TERM", "vt100"), ("LANG", "C"), ("LC_ALL", "C")];
    let mut qbr = Terminal::open_with(&home, &plain);
    qbr.wait_for("post-mortems overdue");
    for key in ["1", "\r", "\x1b", "t", "2", "t", "3", "4", "5", "6", "7", "?", "\x1b", "0"] {
        qbr.keys(key);
        qbr.settle();
    }
    let sent = qbr.raw();
    sends_nothing_forbidden(&sent);
    assert!(sent.is_ascii(), "{:?}", sent.chars().find(|c| !c.is_ascii()));
    assert_eq!(sent.matches("\x1b[2J").count(), 1, "cleared at the start alone");
}
