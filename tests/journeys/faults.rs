//! The world goes wrong while somebody is at the screen: links that drop or
//! stall, signals, files that go away, disks that may only be read.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::post_mortem::write_post_mortem;
use crate::terminal::{self, Home, Terminal, serial};

/// All that anybody may notice of a terminal that is gone.
const GONE: Duration = Duration::from_secs(1);

#[track_caller]
fn ends(pid: u32, since: Instant) {
    while terminal::runs(pid) {
        assert!(since.elapsed() < GONE, "it outlives its terminal");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The next session is offered what was typed, and can save it: nothing holds the file any more.
#[track_caller]
fn goes_on(home: &Home, typed: &str) {
    let mut qbr = Terminal::open(home);
    qbr.wait_for("Not saved yet");
    qbr.keys("\r");
    qbr.wait_for(typed);
    qbr.keys("\x1bOQ");
    qbr.wait_for("Saved as PM-");
}

// ---- the ways in which a session ends -------------------------------------------------------------

#[test]
fn every_signal_that_ends_keeps_the_draft_and_says_so_in_the_status() {
    let _turn = serial();
    for (signal, number) in [(Signal::HUP, 1), (Signal::INT, 2), (Signal::QUIT, 3)] {
        let home = terminal::home();
        let mut qbr = Terminal::open(&home);
        qbr.wait_for("What needs a decision");
        write_post_mortem(&mut qbr, "They went with the in");
        qbr.signal(signal);
        assert_eq!(qbr.ends_within(GONE), Some(128 + number), "{signal:?}");
        assert!(qbr.raw().contains("\x1b[?1049l"), "{signal:?}: the terminal is given back");
        let qbr = Terminal::open(&home);
        qbr.wait_for("Not saved yet");
    }
}

/// As under `nohup`: hang-ups are ignored from the start on.
#[test]
fn it_ends_with_its_terminal_also_when_started_with_hang_ups_ignored() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open_under(&home, "trap '' HUP; exec \"$0\" \"$1\"");
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "Nobody called ba");
    let pid = qbr.pid();
    qbr.hang_up();
    ends(pid, Instant::now());
    goes_on(&home, "Nobody called ba");
}

/// Nobody reads any more, so that the screen's thread is stuck in a write.
#[test]
fn on_a_link_that_stalls_a_signal_still_ends_it_and_keeps_the_draft() {
    let _turn = serial();
    for signal in [Signal::TERM, Signal::HUP] {
        let home = terminal::home();
        let mut qbr = Terminal::open(&home);
        qbr.wait_for("What needs a decision");
        write_post_mortem(&mut qbr, "The pilot was too sh");
        // Help and back again draw a whole screen each, until the terminal takes no more.
        qbr.stall();
        for _ in 0..40 {
            qbr.keys("?\x1b");
            std::thread::sleep(Duration::from_millis(120));
        }
        let pid = qbr.pid();
        qbr.signal(signal);
        ends(pid, Instant::now());
        goes_on(&home, "The pilot was too sh");
    }
}

#[test]
fn a_stalled_link_that_then_drops_ends_it_too() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "Legal took five we");
    qbr.stall();
    for _ in 0..40 {
        qbr.keys("?\x1b");
        std::thread::sleep(Duration::from_millis(120));
    }
    let pid = qbr.pid();
    qbr.close_link();
    ends(pid, Instant::now());
    goes_on(&home, "Legal took five we");
}

/// What cannot be caught costs at most the last second of typing.
#[test]
fn a_killed_session_leaves_a_draft_that_is_a_second_old_at_most() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "Price was never the matter");
    std::thread::sleep(Duration::from_millis(1500));
    let pid = qbr.pid();
    qbr.signal(Signal::KILL);
    ends(pid, Instant::now());
    goes_on(&home, "Price was never the matter");
}

#[test]
fn of_ten_sessions_at_once_each_is_told_and_none_outlives_its_terminal() {
    let _turn = serial();
    let home = terminal::home();
    let mut sessions: Vec<Terminal> = (0..10).map(|_| Terminal::open(&home)).collect();
    for qbr in &sessions {
        qbr.wait_for("post-mortems overdue");
    }
    let mut writer = sessions.pop().expect("one of them");
    write_post_mortem(&mut writer, "All ten were there");
    writer.keys("\x1bOQ");
    writer.wait_for("Saved as PM-");
    for qbr in &sessions {
        qbr.wait_for("You, elsewhere, wrote PM-");
    }
    sessions.push(writer);
    for qbr in &mut sessions {
        let pid = qbr.pid();
        qbr.hang_up();
        ends(pid, Instant::now());
    }
    let said = terminal::without_terminal(&home, &["verify", "acme.duckdb"]);
    assert!(said.contains("chain unbroken"), "{said}");
}

// ---- the file, and where it lies ------------------------------------------------------------------

#[test]
fn a_file_that_goes_away_under_the_screen_costs_no_word() {
    let _turn = serial();
    let home = terminal::home();
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "Their budget was cut");
    let away = home.path().join("away.duckdb");
    fs::rename(home.workspace(), &away).expect("moved away");
    qbr.keys("\x1bOQ");
    qbr.wait_for("there is no workspace at");
    assert!(!home.workspace().exists(), "none was made in its place");
    fs::rename(&away, home.workspace()).expect("put back");
    qbr.keys("\x1bOQ");
    qbr.wait_for("Saved as PM-");
}

#[test]
fn another_workspace_that_comes_in_its_place_is_not_written_to() {
    let _turn = serial();
    let home = terminal::home();
    terminal::without_terminal(&home, &["init", "other.duckdb"]);
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "We came too late");
    let away = home.path().join("away.duckdb");
    fs::rename(home.workspace(), &away).expect("moved away");
    fs::rename(home.path().join("other.duckdb"), home.workspace()).expect("replaced");
    let other = fs::read(home.workspace()).expect("read");
    qbr.keys("\x1bOQ");
    qbr.wait_for("another workspace lies at");
    assert_eq!(fs::read(home.workspace()).expect("read"), other);
    let pid = qbr.pid();
    qbr.hang_up();
    ends(pid, Instant::now());
    fs::rename(&away, home.workspace()).expect("put back");
    goes_on(&home, "We came too late");
}

/// A file system in memory; gone when dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    fn mounted() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "none"])
            .arg(folder.path())
            .output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: no right to mount a small disk");
            return None;
        }
        Some(Disk(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn remount(&self, how: &str) {
        let done =
            Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(self.path()).status();
        assert!(done.is_ok_and(|status| status.success()), "remounted");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).output();
    }
}

/// Also what somebody sees whose permission is withdrawn: the system says no at the same place.
#[test]
fn when_the_disk_may_only_be_read_from_now_on_a_save_says_so_and_waits_for_better_times() {
    let _turn = serial();
    let Some(disk) = Disk::mounted() else { return };
    let home = terminal::home();
    let file = disk.path().join("acme.duckdb");
    fs::copy(home.workspace(), &file).expect("copied");
    let mut qbr = Terminal::run(&home, &[file.to_str().expect("UTF-8")]);
    qbr.wait_for("What needs a decision");
    write_post_mortem(&mut qbr, "The champion left");
    disk.remount("ro");
    qbr.keys("\x1bOQ");
    qbr.wait_for("cannot be written");
    disk.remount("rw");
    qbr.keys("\x1bOQ");
    qbr.wait_for("Saved as PM-");
}

#[test]
fn without_a_folder_for_drafts_one_can_read_and_is_told_once() {
    let _turn = serial();
    let home = terminal::home();
    // Root may write anywhere; a file in the place of the folder stops everybody.
    home.write("state", "");
    let file = home.workspace();
    let mut qbr = Terminal::run(&home, &["--read-only", file.to_str().expect("UTF-8")]);
    qbr.wait_for("nothing is remembered of you");
    qbr.keys("3");
    qbr.wait_for("Drevane");
    qbr.never_sees("nothing is remembered of you");
    qbr.keys("q");
    assert_eq!(qbr.ends_within(Duration::from_secs(10)), Some(0));

    let mut qbr = Terminal::open(&home);
    qbr.wait_for("Drafts cannot be kept; save often.");
    write_post_mortem(&mut qbr, "Saved all the same");
    qbr.keys("\x1bOQ");
    qbr.wait_for("Saved as PM-");
}
