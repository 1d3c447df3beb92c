//! The queue before the lease: who comes first is served first.
//!
//! Who finds a workspace taken draws a number: an empty file of that name in
//! `.NAME.queue`, locked as long as its owner waits. The lowest number whose
//! owner lives tries for the lease; everybody else watches the one before them.
//! The kernel frees the lock of a process that dies, and the next one sweeps its
//! number away, so the dead hold nobody up.
//!
//! Owns fairness alone. Whether somebody may go in, the lease decides: a queue
//! that cannot be kept (a full disk, a folder that may not be written) costs the
//! order and nothing else.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use rustix::fs::OFlags;

use super::flock::{Mode, locked};

/// The queue of a workspace.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    folder: PathBuf,
}

impl Queue {
    pub(super) fn at(folder: PathBuf) -> Self {
        Queue { folder }
    }

    /// Nobody has a number; one whose owner is dead counts until it is swept away.
    pub(super) fn is_empty(&self) -> bool {
        self.numbers().is_empty()
    }

    /// Somebody alive has a number.
    pub(super) fn anybody(&self) -> bool {
        self.numbers().into_iter().any(|number| self.lives(number))
    }

    /// Draws the next number. `None` where no queue can be kept, or while so many
    /// come at once that the folder is not free: ask again.
    pub(super) fn join(&self) -> Option<Number> {
        let drawn = self.draw();
        if let Err(error) = &drawn
            && error.kind() != io::ErrorKind::WouldBlock
        {
            tracing::debug!(folder = %self.folder.display(), %error, "no queue");
        }
        drawn.ok()
    }

    fn draw(&self) -> io::Result<Number> {
        match DirBuilder::new().mode(0o770).create(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let _alone = self.alone()?;
        let number = self.numbers().last().map_or(1, |last| last.saturating_add(1));
        let path = self.path(number);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o660).open(&path)?;
        // Free but for somebody who looks at this moment whether its owner lives.
        while !locked(&file, Mode::Exclusive)? {
            std::thread::yield_now();
        }
        Ok(Number { queue: self.clone(), number, path, _file: file })
    }

    /// The right to draw and to sweep. Held for a few system calls.
    fn alone(&self) -> io::Result<File> {
        let folder = OpenOptions::new()
            .read(true)
            .custom_flags((OFlags::NOFOLLOW | OFlags::DIRECTORY).bits() as i32)
            .open(&self.folder)?;
        for _ in 0..50 {
            if locked(&folder, Mode::Exclusive)? {
                return Ok(folder);
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// All that are drawn, the lowest first.
    fn numbers(&self) -> Vec<u64> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let number = |name: &OsStr| name.to_str().and_then(|name| name.parse().ok());
        let mut numbers: Vec<u64> =
            entries.flatten().filter_map(|entry| number(&entry.file_name())).collect();
        numbers.sort_unstable();
        numbers
    }

    /// Whether the owner of a number still waits. One that may not be looked at
    /// counts as gone: it must not hold anybody up for ever.
    fn lives(&self, number: u64) -> bool {
        let file = File::open(self.path(number));
        file.and_then(|file| locked(&file, Mode::Shared)).is_ok_and(|free| !free)
    }

    /// Takes away a number whose owner is gone.
    fn sweep(&self, number: u64) {
        let Ok(_alone) = self.alone() else { return };
        if !self.lives(number) {
            let _ = fs::remove_file(self.path(number));
        }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:012}"))
    }
}

/// A place in the queue; given up when it is dropped, and when the process dies.
#[derive(Debug)]
pub(super) struct Number {
    queue: Queue,
    number: u64,
    path: PathBuf,
    /// Holds the lock.
    _file: File,
}

impl Number {
    /// How many stand before this one. The one right before is looked at, and swept
    /// away if it is dead; whether the others live is the business of those behind them.
    pub(super) fn ahead(&self) -> usize {
        let mut before = self.queue.numbers();
        before.retain(|number| *number < self.number);
        while let Some(last) = before.pop() {
            if self.queue.lives(last) {
                return before.len() + 1;
            }
            self.queue.sweep(last);
        }
        0
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        // Left behind it would be swept away by the next one.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn queue() -> (tempfile::TempDir, Queue) {
        let folder = tempfile::tempdir().expect("a folder");
        let queue = Queue::at(folder.path().join(".acme.duckdb.queue"));
        (folder, queue)
    }

    #[test]
    fn numbers_come_in_order_and_go_with_their_owners() {
        let (_folder, queue) = queue();
        assert!(queue.is_empty() && !queue.anybody());
        let first = queue.join().expect("a number");
        let second = queue.join().expect("a number");
        let third = queue.join().expect("a number");
        assert_eq!([first.ahead(), second.ahead(), third.ahead()], [0, 1, 2]);
        drop(second);
        assert_eq!(third.ahead(), 1);
        drop(first);
        assert_eq!(third.ahead(), 0);
        assert!(queue.anybody());
        drop(third);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_number_whose_owner_died_is_swept_away() {
        let (_folder, queue) = queue();
        let dead = queue.join().expect("a number");
        // As a killed process leaves it: the file there, the lock free.
        let left = dead.path.clone();
        drop(dead);
        fs::write(&left, "").expect("written");
        assert!(!queue.is_empty() && !queue.anybody());
        let next = queue.join().expect("a number");
        assert_eq!(next.ahead(), 0);
        assert!(!left.exists());
    }

    #[test]
    fn without_a_folder_there_is_no_queue() {
        let (folder, queue) = queue();
        fs::write(folder.path().join(".acme.duckdb.queue"), "no folder").expect("written");
        assert!(queue.join().is_none());
        let nowhere = Queue::at(Path::new("/proc/none/queue").to_owned());
        assert!(nowhere.join().is_none() && nowhere.is_empty());
    }
}
