//! The review line by line, through a pipe: what a screen reader gets to read, and
//! what a person does with nothing but lines.

use crate::terminal::{Home, home, piped};

/// The conversation with these lines typed.
fn talk(home: &Home, lines: &[&str]) -> String {
    let workspace = home.workspace().display().to_string();
    let (said, ended_well) = piped(home, &[&workspace, "--plain"], &(lines.join("\n") + "\n"));
    assert!(ended_well, "{said}");
    said
}

/// The number of the line of the brief with these words.
fn number_of(home: &Home, words: &str) -> String {
    let said = talk(home, &["m", "q"]);
    let line = said.lines().find(|line| line.contains(words));
    let line = line.unwrap_or_else(|| panic!("\"{words}\" is not in the brief:\n{said}"));
    let number = line.trim_start_matches("> ").split('.').next().expect("a number");
    number.to_owned()
}

#[track_caller]
fn heard(said: &str, words: &[&str]) {
    let mut rest = said;
    for wanted in words {
        let at = rest.find(wanted).unwrap_or_else(|| panic!("\"{wanted}\" was not said:\n{said}"));
        rest = &rest[at..];
    }
}

#[test]
fn a_whole_review_through_a_pipe() {
    let home = home();
    let said = talk(
        &home,
        &[
            &number_of(&home, "Called "), // calls and bookings
            "3",                          // Latin America
            "o",                          // what is behind it
            "b",
            "n", // decide
            "Call the deals of Latin America in person",
            "", // follows from
            "", // quarter
            "Every deal above 50k is called by the manager.",
            "In the last week of the quarter as well.",
            ".",
            "", // options
            "", // owner
            "", // approver
            "next fri",
            "/end",
            "s",
            "b",
            "q",
        ],
    );
    heard(
        &said,
        &[
            "What needs a decision.",
            "Act: Called 5.84M, booked 5.73M",
            "Forecast and actual. 4 rows.",
            "Row 3 of 4.",
            "call: ",
            "Decision. What was decided",
            "Field 1 of ",
            "Taken: Call the deals of Latin America in person",
            "Effective from",
            "Taken: 2026-01-02",
            "Saved as DE-",
            "State: Proposed",
            "Finding: forecast-variance, 2025-Q4 by region: Latin America",
        ],
    );
    let workspace = home.workspace().display().to_string();
    let (list, _) = piped(&home, &["records", &workspace, "list", "decision"], "");
    assert!(list.contains("Call the deals of Latin America in person"), "{list}");
    let (verified, sound) = piped(&home, &["verify", &workspace], "");
    assert!(sound, "{verified}");
}

#[test]
fn nothing_is_painted() {
    let home = home();
    let said = talk(&home, &["x", "9", "m", "1", "x", "1", "b", "b", "f", "1", "1", "q"]);
    assert!(said.chars().all(|c| c == '\n' || !c.is_control()), "{said:?}");
    let drawn = |c: char| ('\u{2500}'..='\u{259f}').contains(&c) || c == '|' || c == '\t';
    assert!(!said.chars().any(drawn), "{said}");
    // Names come before values, and nothing stands side by side.
    assert!(!said.lines().any(|line| line.trim_start().contains("   ")), "{said}");
}

#[test]
fn what_is_wrong_is_said_and_asked_again() {
    let home = home();
    let said = talk(
        &home,
        &[
            "b", // out of the brief
            "r", "zzz", "b", "p", "soon", "p", "2025-Q3", "c", "1", "f", "99", "b", "q",
        ],
    );
    heard(
        &said,
        &[
            "\"zzz\" means nothing here.",
            "\"soon\" is no period. Nothing changed.",
            "Period 2025-Q3",
            "not cut",
            "\"99\" means nothing here.",
        ],
    );
}

#[test]
fn a_form_refuses_what_it_cannot_read_and_keeps_the_rest() {
    let home = home();
    // The end comes in the middle of a form: nobody types any more.
    let said = talk(
        &home,
        &[
            "b",
            "r",
            "m",
            "b",
            "b",
            "1",
            "1",
            "n",
            "A decision that is not finished",
            "/back",
            "/what",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "31.02.2026",
            "2026-02-28",
        ],
    );
    heard(
        &said,
        &[
            "Taken: A decision that is not finished",
            "Now: A decision that is not finished",
            "there is no instruction /what",
            "Not taken: \"31.02.2026\" is not a day",
            "Taken: 2026-02-28",
        ],
    );
    let said = talk(&home, &["b", "d", "1", "/end", "r", "b", "q"]);
    heard(
        &said,
        &[
            "You have unsaved drafts: 1.",
            "Title: A decision that is not finished",
            "Effective from: 2026-02-28",
            "Kept as a draft.",
        ],
    );
    let said = talk(&home, &["b", "d", "1", "/end", "x", "y", "d", "q"]);
    heard(&said, &["Thrown away.", "You have no unsaved drafts here."]);
}

#[test]
fn without_leave_to_write_everything_can_be_read() {
    let home = home();
    let workspace = home.workspace().display().to_string();
    let lines = format!("{}\n1\nn\nq\n", number_of(&home, "Called "));
    let (said, _) = piped(&home, &[&workspace, "--plain", "--read-only"], &lines);
    heard(&said, &["Read-only", "Row 1 of 4.", "Nothing can be written here"]);
}
