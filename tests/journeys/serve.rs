//! The terminal by way of a server. Needs DuckDB's extensions, as `tests/serve.rs` does.

use std::time::Duration;

use crate::post_mortem::write_post_mortem;
use crate::terminal::{self, Served, Terminal, serial};

#[test]
fn by_way_of_a_server_one_reads_writes_is_told_and_outlives_its_restart() {
    let _turn = serial();
    let home = terminal::home();
    let Some(served) = Served::start(&home, None) else { return };
    let address = served.address.clone();
    let open = || Terminal::run(&home, &[address.as_str()]);
    let mut ben = open();
    ben.wait_for("What needs a decision");
    let mut anna = open();
    anna.wait_for("What needs a decision");
    anna.keys("1");
    anna.wait_for("From the call to the actual");
    write_post_mortem(&mut anna, "The demo came too early");

    // What is being written is kept while nobody serves it, and saved when somebody does again.
    let port = served.port;
    drop(served);
    anna.keys("\x1bOQ");
    anna.wait_for("no workspace is served at");
    let _again = Served::start(&home, Some(port)).expect("extensions");
    anna.keys("\x1bOQ");
    anna.wait_for("Saved as PM-");
    ben.wait_for("You, elsewhere, wrote PM-");
    ben.keys("2");
    ben.wait_for("Win-rate alerts");
    anna.keys("\x1b");
    anna.settle();
    anna.keys("\x1b");
    anna.settle();
    anna.keys("q");
    assert_eq!(anna.ends_within(Duration::from_secs(10)), Some(0));
}
