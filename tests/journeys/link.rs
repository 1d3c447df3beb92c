//! The same review over a link of 9,600 bytes a second, 300 ms away and back, in which
//! every byte that is typed is a packet of its own.

use std::time::Duration;

use crate::post_mortem::write_post_mortem;
use crate::terminal::{self, Home, Link, Terminal, serial};

/// A review by one script: look at the forecast, drill, write a post-mortem, save, leave.
fn review(mut qbr: Terminal, home: &Home) -> String {
    qbr.wait_for("post-mortems overdue");
    qbr.keys("1");
    qbr.wait_for("Rolled-up commit");
    qbr.keys("\x1b[B\r");
    qbr.wait_for("Forecast variance >");
    qbr.keys("\x1b");
    qbr.wait_for("From the call to the actual");
    write_post_mortem(&mut qbr, "They asked twice for references");
    qbr.keys("\x1bOQ");
    qbr.wait_for("Saved as PM-");
    qbr.keys("\x1b");
    qbr.settle();
    qbr.keys("\x1b");
    qbr.wait_for("Why we lose");
    qbr.keys("q");
    assert_eq!(qbr.ends_within(Duration::from_secs(20)), Some(0));
    let shown = ["show", "acme.duckdb", "post-mortems", "--format", "csv"];
    let listed = terminal::without_terminal(home, &shown);
    let newest = ["records", "acme.duckdb", "list", "post-mortem"];
    let line = terminal::without_terminal(home, &newest);
    let id = line.split_whitespace().find(|word| word.starts_with("PM-")).expect("a post-mortem");
    let record = terminal::without_terminal(home, &["records", "acme.duckdb", "show", id]);
    // Who and when differ from run to run; the rest may not.
    let record: String = record
        .lines()
        .filter(|line| !line.contains("revision"))
        .map(|l| format!("{l}\n"))
        .collect();
    assert!(record.contains("They asked twice for references"), "{record}");
    listed + &record
}

#[test]
fn a_bad_link_gets_through_the_review_with_the_same_data_in_the_end() {
    let _turn = serial();
    let near = terminal::home();
    let wanted = review(Terminal::open(&near), &near);
    let far = terminal::home();
    let link = Link {
        bytes_per_second: 9_600,
        delay: Duration::from_millis(150),
        between: Duration::from_millis(20),
    };
    let found = review(Terminal::open_over(&far, link), &far);
    assert_eq!(found, wanted);
}
