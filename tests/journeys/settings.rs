//! A person's own configuration, on the screen.

use std::time::Duration;

use crate::terminal::{self, Terminal, serial};

/// The last line of the screen.
fn footer(qbr: &Terminal) -> String {
    qbr.screen().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn keys_are_those_of_the_configuration_and_every_hint_says_so() {
    let _turn = serial();
    let home = terminal::home();
    home.configure("key_set = \"vim\"\n[keys]\nquit = \"F9\"\nfilter-rows = \"Z\"\n");
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("6");
    qbr.wait_for("Decisions and actions");
    qbr.settle();
    let hints = footer(&qbr);
    assert!(hints.contains("F9 quit") && hints.contains("Z filter"), "{hints}");
    // q is free now, and says where to look.
    qbr.keys("q");
    qbr.wait_for("q does nothing here. ? shows all keys.");
    qbr.keys("Z");
    qbr.wait_for("Filter rows");
    qbr.keys("\x1b");
    qbr.settle();
    qbr.keys("\x1b[20~");
    assert_eq!(qbr.ends_within(Duration::from_secs(10)), Some(0));
}

#[test]
fn a_mistake_is_told_once_and_the_rest_of_the_file_holds() {
    let _turn = serial();
    let home = terminal::home();
    home.configure("regoin = \"de-DE\"\nregion = \"fr-FR\"\nglyphs = \"ascii\"\n");
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("config.toml, line 1: there is nothing called regoin; did you mean region?");
    qbr.wait_for("5,73M");
    qbr.keys("1");
    // Narrow blanks become plain ones in seven bits.
    qbr.wait_for("1 720 000");
    qbr.never_sees("regoin");
}

#[test]
fn what_is_written_from_the_screen_goes_where_it_was_told() {
    let _turn = serial();
    let home = terminal::home();
    std::fs::create_dir(home.path().join("out")).expect("a folder");
    home.configure("export_folder = \"~/out\"\n");
    let mut qbr = Terminal::open(&home);
    qbr.wait_for("post-mortems overdue");
    qbr.keys("1");
    qbr.wait_for("row 1 of 4");
    qbr.keys("x");
    qbr.wait_for("Write to a file");
    qbr.keys("html\r");
    qbr.wait_for("Written to");
    let files: Vec<_> = std::fs::read_dir(home.path().join("out"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let page = std::fs::read_to_string(&files[0]).expect("the page");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Latin America"), "{page}");
}
