//! What went wrong in other programs of this kind, by the numbers of
//! `docs/terminal-threads.md`. Those that other tests hold are listed there.

use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::post_mortem::write_post_mortem;
use crate::terminal::{self, Terminal, serial};

#[test]
fn t08_a_stop_gives_the_terminal_back_and_a_continue_paints_it_again() {
    let _turn = serial();
    let home = terminal::home();
    let mut shell =
        Terminal::open_under(&home, "set -m; \"$0\" \"$1\"; echo STOPPED; read line; fg");
    shell.wait_for("post-mortems overdue");
    shell.keys("1");
    shell.wait_for("Rolled-up commit");
    shell.settle();
    let before = shell.screen();
    shell.keys("\x1a");
    shell.wait_for("STOPPED");
    let sent = shell.raw();
    assert!(sent.ends_with("STOPPED\r\n") || sent.contains("\x1b[?1049l"), "modes stay on");
    shell.keys("\r");
    shell.wait_for("Rolled-up commit");
    shell.settle();
    assert_eq!(shell.screen(), before);
    shell.keys("q");
    assert!(shell.ends_within(Duration::from_secs(10)).is_some());
}

#[test]
fn t18_the_cursor_stands_where_the_next_letter_comes() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    write_post_mortem(&mut qbr, "東京 ");
    qbr.settle();
    let before = qbr.cursor().expect("it is shown");
    qbr.keys("都");
    qbr.wait_for("東京 都");
    qbr.settle();
    assert_eq!(qbr.cursor(), Some((before.0, before.1 + 2)));
}

#[test]
fn t24_both_kinds_of_backspace_take_one_letter() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    write_post_mortem(&mut qbr, "abcdef");
    qbr.keys("\x08");
    qbr.settle();
    qbr.keys("\x7f!");
    qbr.wait_for("abcd!");
}

/// Whatever the terminal calls itself: it starts, and gets no colour that it was not asked for.
#[test]
fn t30_t31_every_kind_of_terminal_is_served() {
    let _turn = serial();
    let home = terminal::home();
    for term in ["xterm", "screen", "tmux-256color", "putty", "linux", "dumb", "nobody-knows"] {
        let variables = [("TERM", term), ("COLORTERM", "truecolor"), ("QBR_RESUME", "false")];
        let mut qbr = Terminal::open_with(&home, &variables);
        qbr.wait_for("post-mortems overdue");
        let sent = qbr.raw();
        assert!(!sent.contains("38;2") && !sent.contains("48;2"), "{term}");
        let start = &sent[..sent.find("\x1b[?2026h").expect("a frame")];
        assert!(start.contains("\x1b[2J"), "{term}: what was there may show through");
        qbr.keys("q");
        assert_eq!(qbr.ends_within(Duration::from_secs(10)), Some(0), "{term}");
    }
}

#[test]
fn t32_without_colours_the_selected_row_is_the_one_that_is_reversed() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open_with(&home, &[("NO_COLOR", "1")]);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("6");
    qbr.wait_for("Decisions and actions");
    qbr.settle();
    for _ in 0..4 {
        let marked: Vec<u16> = (0u16..)
            .zip(qbr.screen().lines())
            .filter(|(_, line)| line.starts_with('►') && !line.contains("Decisions"))
            .map(|(row, _)| row)
            .collect();
        // The second line of the screen holds the tabs.
        let reversed: Vec<u16> = qbr.reversed_rows().into_iter().filter(|row| *row > 1).collect();
        assert_eq!(reversed, marked, "{}", qbr.screen());
        qbr.keys("\x1b[B");
        qbr.settle();
    }
    let sent = qbr.raw();
    let styles = sent.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        rest[end..].starts_with('m').then(|| rest[..end].to_owned())
    });
    for style in styles {
        let coloured = style
            .split(';')
            .any(|code| matches!(code.parse::<u16>(), Ok(30..=38 | 40..=48 | 90..=97 | 100..=107)));
        assert!(!coloured, "a colour was sent: {style}");
    }
}

#[test]
fn t36_a_killed_session_leaves_no_lock_behind() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    write_post_mortem(&mut qbr, "half a sen");
    // What was typed is on the disk within a second.
    std::thread::sleep(Duration::from_millis(1_500));
    qbr.signal(Signal::KILL);
    qbr.ends_within(Duration::from_secs(5));
    let output = terminal::without_terminal(&home, &["verify", "acme.duckdb"]);
    assert!(output.to_lowercase().contains("revisions"), "{output}");
    let next = Terminal::open(&home);
    next.wait_for("Not saved yet");
}

#[test]
fn t48_control_s_saves_and_freezes_nothing() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    write_post_mortem(&mut qbr, "Saved as ever");
    qbr.keys("\x13");
    qbr.wait_for("Saved as PM-");
    qbr.keys("\x1b");
    qbr.settle();
    qbr.keys("\x1b");
    qbr.wait_for("Why we lose");
}

#[test]
fn t49_a_frame_ends_with_the_cursor_in_its_place() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    write_post_mortem(&mut qbr, "x");
    qbr.settle();
    let before = qbr.raw().len();
    qbr.keys("y");
    qbr.settle();
    let frame = qbr.raw()[before..].to_owned();
    let inside = frame.trim_end_matches("\x1b[?2026l");
    // Nothing is drawn after the cursor was put: what follows the last letter moves it at the most.
    let last = inside.rfind('y').expect("the letter");
    let after = &inside[last + 1..];
    assert!(
        after.chars().all(|c| c.is_ascii_digit() || "\x1b[?;HhlCDABGd".contains(c)),
        "{frame:?}"
    );
    assert!(qbr.cursor().is_some());
}

/// tmux keeps a text that is copied in it, whatever the terminal around it does.
#[test]
fn t27_a_copy_in_tmux_is_in_its_buffer() {
    let _turn = serial();
    if Command::new("tmux").arg("-V").output().is_err() {
        eprintln!("tmux is not here: the copy through it was not tried");
        return;
    }
    let home = terminal::home();
    let mut tmux = Terminal::tmux(&home);
    tmux.wait_for("post-mortems overdue");
    tmux.keys("1");
    tmux.wait_for("row 1 of 4");
    tmux.keys("y");
    tmux.wait_for("Copy");
    tmux.keys("\r");
    tmux.wait_for("given to tmux");
    let kept = terminal::in_tmux(&home, &["show-buffer"]);
    assert!(!kept.trim().is_empty(), "the buffer is empty");
    terminal::in_tmux(&home, &["kill-server"]);
}
