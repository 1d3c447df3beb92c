//! The walk through the sample company in the README: what it shows is what one sees.

use crate::terminal::{self, Terminal, serial};

const START: &str = "<!-- walk -->\n";
const END: &str = "<!-- /walk -->\n";

/// The screen as text, without blanks at the ends of its lines.
fn screen(qbr: &mut Terminal) -> String {
    qbr.rest();
    // The second part of the brief keeps nobody waiting, and comes when it comes.
    for _ in 0..600 {
        if !qbr.screen().contains("is being asked") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let lines: String = qbr.screen().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    format!("\n```\n{}\n```\n", lines.trim_end())
}

#[test]
fn the_walk_in_the_readme_is_what_one_sees() {
    let _turn = serial();
    let home = terminal::home().called("sample-company.duckdb");
    let mut qbr = Terminal::open_with(&home, &[("QBR_GLYPHS", "ascii")]);
    let mut walk = String::new();
    let mut tell = |words: &str, qbr: &mut Terminal| {
        walk.push_str(words);
        walk.push_str(&screen(qbr));
    };
    qbr.wait_for("post-mortems overdue");
    tell("The brief comes first: what needs a decision, the most urgent on top.\n", &mut qbr);
    qbr.keys("\x1b[B\r");
    qbr.wait_for("row 1 of 4");
    qbr.keys("\x1b[B\r");
    qbr.wait_for("row 1 of 37");
    tell(
        "\n`Enter` on its second line leads to the forecast (the screen above). Europe was over-called: `Down` and \
         `Enter` show the\n37 deals behind the number; the line above the keys says where one is.\n",
        &mut qbr,
    );
    qbr.keys("\x1b");
    qbr.wait_for("row 2 of 4");
    qbr.keys("N");
    qbr.wait_for("New decision");
    tell(
        "\n`Esc` is one step back. `N` writes a decision about the row; what it rests on is cited by itself, so \
         that it can be read\nagain on the data as it was.\n",
        &mut qbr,
    );
    qbr.keys("\x1b");
    qbr.wait_for("row 2 of 4");
    qbr.keys("2");
    qbr.wait_for("Win-rate alerts");
    tell(
        "\nWin rates carry what they were counted from. Mid-Market was below its threshold for three months, which \
         opened an alert.\n",
        &mut qbr,
    );
    qbr.keys("?");
    qbr.wait_for("type to search");
    tell("\n`?` lists every key, finds by typing, and carries out what is chosen.\n", &mut qbr);

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).expect("README.md");
    let start = readme.find(START).expect("the walk") + START.len();
    let end = start + readme[start..].find(END).expect("its end");
    if std::env::var_os("QBR_UPDATE_DOCS").is_some() {
        let with = format!("{}{walk}{}", &readme[..start], &readme[end..]);
        return std::fs::write(path, with).expect("README.md can be written");
    }
    let hint = "run the tests once with QBR_UPDATE_DOCS=1 to write it";
    assert_eq!(&readme[start..end], walk, "{hint}");
}
