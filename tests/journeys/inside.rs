//! Inside a terminal that is itself a program: tmux, GNU screen.

use std::process::Command;
use std::time::Duration;

use crate::terminal::{self, Terminal, serial};

fn there_is(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    let there = found.is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("skipped: there is no {program} on this machine");
    }
    there
}

/// The panes, a chart, the wall and back, a theme with a ground of its own.
fn is_walked(mut outer: Terminal) {
    outer.wait_for("What needs a decision");
    outer.wait_for("post-mortems overdue");
    outer.keys("1");
    outer.wait_for("From the call to the actual");
    outer.wait_for("Asia Pacific");
    outer.keys("\x1b[15~");
    outer.wait_for("1/");
    outer.keys(" ");
    outer.wait_for("2/");
    outer.keys("q");
    outer.wait_for("Forecast variance");
    outer.keys("T");
    outer.wait_for("light letters on black");
    outer.keys("high\r");
    outer.wait_for("Theme high-contrast");
    outer.keys("0");
    outer.wait_for("What needs a decision");
    outer.keys("q");
    assert_eq!(outer.ends_within(Duration::from_secs(20)), Some(0));
}

#[test]
fn inside_tmux() {
    if !there_is("tmux") {
        return;
    }
    let _turn = serial();
    let home = terminal::home();
    let script = "exec tmux -S \"$PWD/tmux\" -f /dev/null new-session \"exec '$0' '$1'\" \\; set destroy-unattached on";
    is_walked(Terminal::open_under(&home, script));
}

#[test]
fn inside_gnu_screen() {
    if !there_is("screen") {
        return;
    }
    let _turn = serial();
    let home = terminal::home();
    let script = "mkdir -m 700 sockets; SCREENDIR=\"$PWD/sockets\" exec screen -U -c /dev/null \"$0\" \"$1\"";
    is_walked(Terminal::open_under(&home, script));
}
