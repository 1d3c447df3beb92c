//! The workspace against the world: other processes, other programs, full
//! disks, missing rights, damaged files. Every refusal is provoked for real.

mod backups;
mod child;
mod content;
mod errors;
mod figures;
mod files;
mod turns;
mod values;

/// What a child process of these tests runs; nothing when run as a test.
#[test]
fn child_process() {
    child::play();
}
