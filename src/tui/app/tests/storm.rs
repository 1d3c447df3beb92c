//! Any keys and any sizes, in any order: nothing breaks, and nothing is written
//! that nobody asked for.

use std::sync::Arc;

use super::bench::{self, Bench};
use super::records::revision;
use crate::tui::keymap::Action;
use crate::tui::message::{Event, Reply, Request};

/// How many keys: `QBR_KEYS`, else what takes seconds.
fn keys() -> u32 {
    std::env::var("QBR_KEYS").ok().and_then(|count| count.parse().ok()).unwrap_or(10_000)
}

/// Numbers that look random and are the same each time.
struct Dice(u32);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) as usize % sides.max(1)
    }
}

const KEYS: [&str; 68] = [
    "Enter", "Esc", "Tab", "Up", "Down", "Left", "Right", "PgUp", "PgDn", "Home", "End", "F2",
    "F4", "F5", "0", "1", "2", "3", "4", "5", "6", "7", "n", "p", "Q", "b", "f", "s", "S", "t",
    "z", "i", "v", "x", "e", "m", "h", "d", "c", "/", "?", "Ctrl-P", "Ctrl-Z", "D", "r", "X", "w",
    "J", " ", "a", "u", "C", "H", "<", ">", "+", "-", "R", "o", "A", "T", "P", "y", "Y", "N", "M",
    "I", "k",
];

/// What the worker might say to whatever is asked; every fifth question fails.
fn answer(bench: &mut Bench, dice: &mut Dice) {
    while let Some((ticket, request)) = bench.asked.pop_front() {
        let reply = match &request {
            _ if dice.roll(5) == 0 => Reply::Failed(crate::tui::message::Failure {
                kind: crate::tui::message::FailureKind::Other,
                message: "it did not work".into(),
                remedy: None,
            }),
            Request::Figure { figure, parameters } => {
                let catalog = &bench.app.setup.catalog;
                let rows = dice.roll(9);
                let answer = bench::answer(catalog, figure, parameters, rows);
                Reply::Figure(Arc::new(answer))
            }
            Request::Blank { seed, .. } => Reply::Blank(seed.clone()),
            Request::Record { .. } => Reply::Record(vec![
                revision(1, "draft", Default::default()),
                revision(2, "draft", Default::default()),
            ]),
            Request::Script { .. } => Reply::Script("SELECT 1".into()),
            Request::Brief { .. } => Reply::Brief(Vec::new()),
            _ => Reply::Picks(Vec::new()),
        };
        bench.event(Event::Reply(ticket, reply));
    }
}

/// Is the key one by which something is written on purpose: the save, the reading of a
/// decision, or an answer to the question that a move asks first?
fn is_meant(bench: &Bench, key: &str) -> bool {
    use crate::tui::overlay::Purpose;
    use crate::tui::pane::Question as Q;
    let asked = bench.app.overlay.as_ref().map(|overlay| &overlay.purpose);
    match key {
        "F2" => true,
        // Of a form that is not saved yet: saves it, then asks where to.
        "F4" => bench.app.top().is_some_and(|pane| pane.unsaved().is_some()),
        "M" => bench.app.keymap.entry(Action::Measure).is_some(),
        "Enter" => matches!(
            asked,
            Some(
                Purpose::Command
                    | Purpose::Pane(Q::MoveTo | Q::Sure { .. } | Q::Reason { .. } | Q::Leave)
            )
        ),
        _ => false,
    }
}

#[test]
fn any_keys_at_all_write_nothing_that_was_not_asked_for() {
    let mut dice = Dice(11);
    let mut bench = Bench::open();
    let mut written = 0;
    for round in 0..keys() {
        let key = KEYS[dice.roll(KEYS.len())];
        let meant = is_meant(&bench, key);
        // What was asked before and has no answer yet is not this key's doing.
        let before = bench.asked.iter().map(|(ticket, _)| *ticket).max();
        bench.press(key);
        let writes = bench
            .asked
            .iter()
            .filter(|(ticket, _)| before.is_none_or(|before| *ticket > before))
            .any(|(_, request)| request.writes() || matches!(request, Request::Import(_)));
        assert!(!writes || meant, "{key} wrote, round {round}:\n{}", bench.screen());
        written += u32::from(writes);
        if dice.roll(3) > 0 {
            answer(&mut bench, &mut dice);
        }
        if round % 60 == 0 {
            bench.screen();
        }
    }
    // Else the keys never came to where anything could be written.
    assert!(written > 0, "no form was ever saved");
}

/// Columns and rows change between any two keys, down to nothing and up to a wall.
#[test]
fn a_storm_of_sizes_breaks_nothing() {
    let mut dice = Dice(7);
    let mut bench = Bench::open();
    let mut size = (80, 24);
    for round in 0..keys() / 25 {
        size = match dice.roll(4) {
            0 => (1 + dice.roll(300), 1 + dice.roll(100)),
            1 => (1 + dice.roll(8), 1 + dice.roll(8)),
            2 => (60 + dice.roll(5), 15 + dice.roll(3)),
            _ => (size.0, (size.1 + dice.roll(3)).clamp(1, 100)),
        };
        let (width, height) = (size.0 as u16, size.1 as u16);
        bench.event(Event::Resize(width, height));
        bench.press(KEYS[dice.roll(KEYS.len())]);
        answer(&mut bench, &mut dice);
        let screen = bench.screen();
        assert_eq!(screen.lines().count(), usize::from(height), "round {round}");
    }
}

/// The edges of what there is, each with each.
#[test]
fn every_width_and_every_height_can_be_drawn() {
    let mut bench = Bench::open();
    for (pane, keys) in [("1", ""), ("1", "F5"), ("3", "?"), ("6", "i")] {
        bench.press("Esc");
        bench.press(pane);
        bench.answer_figures(5);
        if !keys.is_empty() {
            bench.press(keys);
        }
        for width in (1..=300).step_by(13).chain([2, 59, 60, 61, 159, 160, 300]) {
            bench.event(Event::Resize(width, 24));
            bench.screen();
        }
        for height in (1..=100).step_by(7).chain([2, 14, 15, 16, 100]) {
            bench.event(Event::Resize(80, height));
            bench.screen();
        }
        bench.event(Event::Resize(80, 24));
        bench.press("Esc");
    }
}

/// The smallest window that is promised: rows, keys and where one is are all there.
#[test]
fn sixty_by_fifteen_is_of_use() {
    let mut bench = Bench::open();
    bench.event(Event::Resize(60, 15));
    for (pane, title) in [("1", "Forecast variance"), ("4", "Post-mortems"), ("6", "Decisions")] {
        bench.press(pane);
        bench.answer_figures(5);
        bench.sees(title);
        bench.sees("Enter open");
        bench.sees("? help");
        bench.sees("row 1 of 5");
        bench.press("Down");
        bench.sees("row 2 of 5");
        bench.press("Up");
    }
}
