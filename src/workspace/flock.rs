//! Locks on open files that the kernel takes from a process that dies.
//!
//! Owns one call: never waits, and never decides what a lock means.

use std::fs::File;
use std::io;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// How a workspace is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// With others who read.
    Shared,
    /// Alone.
    Exclusive,
}

/// Takes the lock if it is free.
pub(super) fn locked(file: &File, mode: Mode) -> io::Result<bool> {
    let operation = match mode {
        Mode::Shared => FlockOperation::NonBlockingLockShared,
        Mode::Exclusive => FlockOperation::NonBlockingLockExclusive,
    };
    loop {
        match flock(file, operation) {
            Ok(()) => return Ok(true),
            Err(Errno::WOULDBLOCK) => return Ok(false),
            Err(Errno::INTR) => {}
            // A file system without such locks: DuckDB's own has to do.
            Err(Errno::NOSYS | Errno::OPNOTSUPP | Errno::NOLCK) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}
