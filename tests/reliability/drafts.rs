//! Killed while somebody types: what stood on the screen a second before comes back.

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::company::{Chance, many};
use crate::post_mortem::write_post_mortem;
use crate::terminal::{self, Terminal, serial};

/// How old a text on the screen is when it is on the disk. The promise is one second; where other
/// tests keep the machine busy, the clock is not the program's fault.
fn age() -> Duration {
    Duration::from_millis(if std::env::var_os("QBR_KILLS").is_some() { 1000 } else { 2000 })
}

#[test]
fn what_stood_on_the_screen_a_second_before_comes_back() {
    let _turn = serial();
    let home = terminal::home();
    let mut chance = Chance::new();
    let seed = chance.seed();
    for round in 0..many("QBR_KILLS", 2).div_ceil(10) {
        let mut qbr = Terminal::open(&home);
        qbr.wait_for("as of 2025-12-31");
        let begin = format!("Round {round}:");
        write_post_mortem(&mut qbr, &begin);
        let mut seen = vec![(Instant::now(), begin.clone())];
        let end = Instant::now() + age() + Duration::from_millis(200 + chance.below(2500));
        let mut typed = begin.clone();
        while Instant::now() < end {
            let letter = char::from(b'a' + chance.below(26) as u8);
            typed.push(letter);
            qbr.keys(&letter.to_string());
            std::thread::sleep(Duration::from_millis(20 + chance.below(60)));
            // The end of a text is what the line shows.
            let screen = qbr.screen();
            let shown = (begin.len()..=typed.len()).rev().find(|end| {
                let from = end.saturating_sub(20);
                screen.contains(&typed[from..*end])
            });
            if let Some(shown) = shown {
                seen.push((Instant::now(), typed[..shown].to_owned()));
            }
        }
        let killed = Instant::now();
        qbr.signal(Signal::KILL);
        assert!(qbr.ends_within(Duration::from_secs(10)).is_some());
        let told = format!("seed {seed}, round {round}");
        let due = seen.iter().rfind(|(at, _)| killed.duration_since(*at) >= age());
        let due = &due.unwrap_or_else(|| panic!("{told}: nothing was due")).1;
        let folder = home.path().join("state/qbr/drafts");
        let drafts = fs::read_dir(&folder).expect("drafts").flatten().map(|entry| entry.path());
        let texts: Vec<String> = drafts
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .map(|path| fs::read_to_string(path).expect("whole"))
            .collect();
        assert!(texts.iter().any(|text| text.contains(due.as_str())), "{told}: {due}: {texts:?}");
        // Offered at the next start, and thrown away for the next round.
        let again = Terminal::open(&home);
        again.wait_for("Not saved yet");
        drop(again);
        fs::remove_dir_all(&folder).expect("removed");
    }
}
