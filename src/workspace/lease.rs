//! Whose turn it is: lease files beside the workspace, and how one waits.
//!
//! `.NAME.lease` is locked (`flock`) by whoever has the workspace attached,
//! shared to read, alone to write; a writer leaves a note in it that says who
//! and since when. Who finds it taken draws a number and is served in that order
//! ([`super::queue`]), readers and writers alike: neither keeps the other out.
//! `.NAME.waiting` is a turnstile for those who may not draw one, because they may
//! only read the folder: the writer whose turn comes next stands in it, so that
//! they hold back. The kernel takes all these locks from a process that dies.
//!
//! These locks are among us only. DuckDB's own lock, which other programs
//! respect, is taken by attaching; a conflict there is waited for just the same.
//! Never opens the workspace file itself: closing it would drop DuckDB's lock.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::error::WorkspaceError;
use super::flock::locked;
use super::holder::{Holder, wipe};
use super::interrupt::Interrupter;
use super::queue::{Number, Queue};

pub(super) use super::flock::Mode;

/// The pause between two tries is this part of how long nothing has moved, within
/// bounds: most leases are over in a few milliseconds, an import takes seconds.
const PART: u32 = 10;
const PAUSE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(25));

/// The lease is free for so long and whoever stands first does not take it: a
/// process that was stopped. Then the next one does not wait for it.
const IDLE: Duration = Duration::from_millis(500);

/// After this long, and every time it has passed again, the person is told.
const TELL: Duration = Duration::from_secs(1);

/// How long to wait for a turn, and whom to tell meanwhile.
pub struct Patience {
    /// Then it ends with [`WorkspaceError::Busy`].
    pub limit: Duration,
    /// Called after one second and every further one.
    pub on_wait: Option<OnWait>,
}

/// Told who is in the way; says whether to go on waiting.
pub type OnWait = Box<dyn FnMut(&Waiting) -> Verdict + Send>;

/// What someone who waits can be told.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// What the turn is for: `saving PM-12`.
    pub doing: String,
    pub holder: Option<Holder>,
    /// How many wait who came before.
    pub ahead: usize,
    pub waited: Duration,
    pub limit: Duration,
}

/// Whether to go on waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Keep,
    GiveUp,
}

impl Default for Patience {
    /// Ten seconds, silently.
    fn default() -> Self {
        Patience { limit: Duration::from_secs(10), on_wait: None }
    }
}

impl std::fmt::Debug for Patience {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Patience").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// One wait, over everything that a turn takes.
pub(super) struct Wait<'a> {
    pub(super) path: &'a Path,
    pub(super) doing: &'a str,
    pub(super) interrupter: &'a Interrupter,
    pub(super) patience: &'a mut Patience,
    started: Instant,
    /// When something last went on.
    moved: Instant,
    ahead: usize,
    told: u32,
}

impl<'a> Wait<'a> {
    pub(super) fn new(
        path: &'a Path,
        doing: &'a str,
        interrupter: &'a Interrupter,
        patience: &'a mut Patience,
    ) -> Self {
        let now = Instant::now();
        Wait { path, doing, interrupter, patience, started: now, moved: now, ahead: 0, told: 0 }
    }

    /// So many stand before us now.
    fn stands(&mut self, ahead: usize) {
        if ahead != self.ahead {
            self.moved = Instant::now();
        }
        self.ahead = ahead;
    }

    /// Pauses before the next try, or says why there is none.
    pub(super) fn pause(
        &mut self,
        holder: impl FnOnce() -> Option<Holder>,
    ) -> Result<(), WorkspaceError> {
        if self.interrupter.requested() {
            return Err(WorkspaceError::Interrupted);
        }
        let waited = self.started.elapsed();
        let limit = self.patience.limit;
        if waited >= limit {
            return Err(self.busy(holder(), waited));
        }
        if let Some(on_wait) = &mut self.patience.on_wait
            && waited >= TELL * (self.told + 1)
        {
            self.told += 1;
            let waiting = Waiting {
                doing: self.doing.to_owned(),
                holder: holder(),
                ahead: self.ahead,
                waited,
                limit,
            };
            if on_wait(&waiting) == Verdict::GiveUp {
                return Err(self.busy(waiting.holder, waited));
            }
        }
        // Who stands further back has until those before have had their turn.
        let pause = match self.ahead as u32 {
            0 => self.moved.elapsed() / PART,
            ahead => PAUSE.0 * 4 * ahead.min(10),
        };
        let pause = pause.clamp(PAUSE.0, PAUSE.1);
        std::thread::sleep(pause.min(limit.saturating_sub(waited)));
        Ok(())
    }

    fn busy(&self, holder: Option<Holder>, waited: Duration) -> WorkspaceError {
        WorkspaceError::Busy { path: self.path.to_owned(), holder: holder.map(Box::new), waited }
    }
}

/// Where the lease files of a workspace lie.
#[derive(Clone, Debug)]
pub(super) struct LeaseFiles {
    lease: PathBuf,
    waiting: PathBuf,
    queue: Queue,
}

impl LeaseFiles {
    /// Those of this workspace, whose path is canonical: every way to the file
    /// must lead to the same lease.
    pub(super) fn beside(workspace: &Path) -> Self {
        let hidden = |ending: &str| {
            let mut name = OsString::from(".");
            name.push(workspace.file_name().unwrap_or_default());
            name.push(ending);
            workspace.with_file_name(name)
        };
        LeaseFiles {
            lease: hidden(".lease"),
            waiting: hidden(".waiting"),
            queue: Queue::at(hidden(".queue")),
        }
    }

    /// Whether a writer waits, and with him perhaps others: who reads for long should let
    /// them by.
    pub(super) fn writer_waits(&self) -> bool {
        self.queue.anybody()
    }

    /// Waits for a turn and takes it. Where the folder gives us no lease files,
    /// the turn is empty, and DuckDB's own lock has to do.
    ///
    /// # Errors
    /// `Busy` when patience ends, `Interrupted`, `Io`.
    pub(super) fn acquire(
        &self,
        mode: Mode,
        note: impl FnOnce() -> Holder,
        wait: &mut Wait<'_>,
    ) -> Result<Lease, WorkspaceError> {
        let (Some(turnstile), Some(mut file)) = (
            open(&self.waiting).map_err(at(&self.waiting))?,
            open(&self.lease).map_err(at(&self.lease))?,
        ) else {
            return Ok(Lease { file: None, noted: false });
        };
        let go_in = |file: &File| locked(file, mode).map_err(at(&self.lease));
        let pass = || locked(&turnstile, mode).map_err(at(&self.waiting));
        if !(self.queue.is_empty() && pass()? && go_in(&file)?) {
            match self.queue.join() {
                Some(number) => {
                    self.stand_in_line(&number, &mut file, wait)?;
                    // It only keeps back those who have no number: nobody waits for it here.
                    pass()?;
                    wait.stands(0);
                    while !go_in(&file)? {
                        wait.pause(|| Holder::of(&mut file))?;
                    }
                }
                None => {
                    while !pass()? {
                        wait.pause(|| Holder::of(&mut file))?;
                    }
                    while !go_in(&file)? {
                        wait.pause(|| Holder::of(&mut file))?;
                    }
                }
            }
        }
        let noted = mode == Mode::Exclusive;
        if noted {
            note().note_in(&mut file);
        }
        // The turnstile's lock ends with the file, as the number does.
        Ok(Lease { file: Some(file), noted })
    }

    /// Until it is this number's turn.
    fn stand_in_line(
        &self,
        number: &Number,
        file: &mut File,
        wait: &mut Wait<'_>,
    ) -> Result<(), WorkspaceError> {
        let mut free_since: Option<Instant> = None;
        loop {
            let ahead = number.ahead();
            wait.stands(ahead);
            if ahead == 0 {
                return Ok(());
            }
            if wait.moved.elapsed() < IDLE {
                free_since = None;
            } else if self.is_free().map_err(at(&self.lease))? {
                if free_since.get_or_insert_with(Instant::now).elapsed() >= IDLE {
                    return Ok(());
                }
            } else {
                free_since = None;
            }
            wait.pause(|| Holder::of(file))?;
        }
    }

    /// Whether nobody at all holds the lease, seen by another way than one's own.
    fn is_free(&self) -> io::Result<bool> {
        match open(&self.lease)? {
            Some(file) => locked(&file, Mode::Exclusive),
            None => Ok(false),
        }
    }
}

/// A turn. It ends when this is dropped, and when the process dies.
#[derive(Debug)]
#[must_use]
pub(super) struct Lease {
    file: Option<File>,
    noted: bool,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(file) = &mut self.file
            && self.noted
        {
            // Not worth an error: a note without its lock is never believed.
            let _ = wipe(file);
        }
    }
}

/// Opens a lease file, made where it is missing; `None` where we may not.
/// A link in its place is not followed: a writer would empty what it points to.
fn open(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(OFlags::NOFOLLOW.bits() as i32).mode(0o660);
    let mut tried = options.clone().write(true).open(path);
    if tried.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        tried = options.clone().write(true).create(true).open(path);
    }
    if tried.as_ref().is_err_and(refused) {
        // Someone else's file: enough to lock it, not to leave a note.
        tried = options.open(path);
    }
    match tried {
        Ok(file) => Ok(Some(file)),
        Err(error)
            if refused(&error) || full(&error) || error.kind() == io::ErrorKind::NotFound =>
        {
            tracing::debug!(path = %path.display(), %error, "no lease file");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn refused(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

fn full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn at(path: &Path) -> impl Fn(io::Error) -> WorkspaceError {
    let path = path.to_owned();
    move |source| WorkspaceError::Io { path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::identity::Identity;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    fn patience(limit: u64) -> Patience {
        Patience { limit: Duration::from_millis(limit), on_wait: None }
    }

    #[track_caller]
    fn take(files: &LeaseFiles, mode: Mode, limit: u64) -> Result<Lease, WorkspaceError> {
        let (interrupter, mut patience) = (Interrupter::default(), patience(limit));
        let mut wait = Wait::new(Path::new("acme.duckdb"), "test", &interrupter, &mut patience);
        files.acquire(mode, || Holder::this_process(&Identity::current(), "test"), &mut wait)
    }

    #[test]
    fn readers_share_and_a_writer_is_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = LeaseFiles::beside(&folder.path().join("acme.duckdb"));
        assert!(files.lease.ends_with(".acme.duckdb.lease"));

        let first = take(&files, Mode::Shared, 0).expect("free");
        let second = take(&files, Mode::Shared, 0).expect("shared");
        assert!(matches!(take(&files, Mode::Exclusive, 20), Err(WorkspaceError::Busy { .. })));
        drop((first, second));

        let writer = take(&files, Mode::Exclusive, 0).expect("free");
        let error = take(&files, Mode::Shared, 20).expect_err("a writer is in");
        let WorkspaceError::Busy { holder: Some(holder), .. } = &error else { panic!("{error}") };
        assert_eq!((holder.pid, holder.doing.as_deref()), (std::process::id(), Some("test")));
        drop(writer);
        let _free = take(&files, Mode::Shared, 0).expect("free again");
        assert_eq!(std::fs::read(&files.lease).expect("readable"), b"", "the note is gone");
    }

    #[test]
    fn a_waiting_writer_holds_readers_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = LeaseFiles::beside(&folder.path().join("acme.duckdb"));
        let stop = AtomicBool::new(false);
        let reads = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let lease = take(&files, Mode::Shared, 10_000).expect("a turn");
                        reads.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(5));
                        drop(lease);
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(50));
            let started = Instant::now();
            for _ in 0..5 {
                drop(take(&files, Mode::Exclusive, 5_000).expect("not starved"));
            }
            stop.store(true, Ordering::Relaxed);
            assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        });
        assert!(reads.load(Ordering::Relaxed) > 4);
    }

    #[test]
    fn a_reader_can_see_that_a_writer_waits() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = LeaseFiles::beside(&folder.path().join("acme.duckdb"));
        let reader = take(&files, Mode::Shared, 0).expect("free");
        let other = take(&files, Mode::Shared, 0).expect("shared");
        assert!(!files.writer_waits(), "readers alone");
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| take(&files, Mode::Exclusive, 10_000).map(drop));
            while !files.writer_waits() {
                std::thread::sleep(Duration::from_millis(1));
            }
            drop((reader, other));
            writer.join().expect("no panic").expect("a turn");
        });
        assert!(!files.writer_waits(), "nobody any more");
    }

    #[test]
    fn who_comes_first_is_served_first_readers_and_writers_alike() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = LeaseFiles::beside(&folder.path().join("acme.duckdb"));
        let first = take(&files, Mode::Exclusive, 0).expect("free");
        let served = std::sync::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for place in 0..12 {
                let (files, served) = (&files, &served);
                scope.spawn(move || {
                    let mode = if place % 3 == 1 { Mode::Shared } else { Mode::Exclusive };
                    let lease = take(files, mode, 60_000).expect("a turn");
                    served.lock().expect("whole").push(place);
                    std::thread::sleep(Duration::from_millis(3));
                    drop(lease);
                });
                while files.queue.join().expect("a queue").ahead() <= place {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            drop(first);
        });
        assert_eq!(served.into_inner().expect("whole"), (0..12).collect::<Vec<_>>());
        assert!(files.queue.is_empty());
    }

    #[test]
    fn a_waiter_that_was_stopped_is_passed() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = LeaseFiles::beside(&folder.path().join("acme.duckdb"));
        // Alive, first in line, and doing nothing.
        let _stopped = files.queue.join().expect("a number");
        let _lease = take(&files, Mode::Exclusive, 60_000).expect("not for ever");
    }

    #[test]
    fn the_person_who_waits_is_told_and_may_give_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = LeaseFiles::beside(&folder.path().join("acme.duckdb"));
        let _writer = take(&files, Mode::Exclusive, 0).expect("free");
        let interrupter = Interrupter::default();
        let mut patience = Patience {
            limit: Duration::from_secs(60),
            on_wait: Some(Box::new(|waiting| {
                assert!(waiting.holder.is_some() && waiting.waited >= TELL);
                Verdict::GiveUp
            })),
        };
        let mut wait = Wait::new(Path::new("a"), "saving PM-1", &interrupter, &mut patience);
        let note = || Holder::this_process(&Identity::current(), "");
        let error = files.acquire(Mode::Shared, note, &mut wait).expect_err("given up");
        assert!(matches!(error, WorkspaceError::Busy { waited, .. } if waited < TELL * 5));
    }

    #[test]
    fn waiting_can_be_interrupted() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = LeaseFiles::beside(&folder.path().join("acme.duckdb"));
        let _writer = take(&files, Mode::Exclusive, 0).expect("free");
        let (interrupter, mut patience) = (Interrupter::default(), patience(60_000));
        interrupter.interrupt();
        let mut wait = Wait::new(Path::new("a"), "", &interrupter, &mut patience);
        let note = || Holder::this_process(&Identity::current(), "");
        let error = files.acquire(Mode::Shared, note, &mut wait).expect_err("interrupted");
        assert!(matches!(error, WorkspaceError::Interrupted));
    }

    #[test]
    fn a_link_in_place_of_the_lease_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = LeaseFiles::beside(&folder.path().join("acme.duckdb"));
        let victim = folder.path().join("victim");
        std::fs::write(&victim, "kept").expect("written");
        std::os::unix::fs::symlink(&victim, &files.lease).expect("linked");
        assert!(matches!(take(&files, Mode::Exclusive, 0), Err(WorkspaceError::Io { .. })));
        assert_eq!(std::fs::read(&victim).expect("readable"), b"kept");
    }
}
