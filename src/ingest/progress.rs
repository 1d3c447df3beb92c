//! How far an import is, and stopping it.
//!
//! Owns the steps that a file goes through, how much of the work each of them
//! is, and the wish to stop. Whoever shows it looks from another thread, or is
//! told at each change; nothing here draws, and nothing reads a clock.

use std::fmt;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::workspace::Interrupter;

use super::error::ImportError;

/// What an import does, in the order in which a file goes through it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Its bytes: hash, encoding, line ends.
    #[default]
    Reading,
    /// Where its records begin and end.
    Dividing,
    /// Its records as texts into the instance.
    Loading,
    /// How each column is read.
    Examining,
    /// Texts into values.
    Converting,
    /// Rows that repeat others, over all files.
    Comparing,
    /// Into the workspace.
    Storing,
    /// What the workspace knows now.
    Closing,
}

impl Phase {
    const ALL: [Phase; 8] = [
        Phase::Reading,
        Phase::Dividing,
        Phase::Loading,
        Phase::Examining,
        Phase::Converting,
        Phase::Comparing,
        Phase::Storing,
        Phase::Closing,
    ];

    /// As people are told: `opportunities.csv: loading the rows`.
    pub fn words(self) -> &'static str {
        match self {
            Phase::Reading => "reading the file",
            Phase::Dividing => "finding the rows",
            Phase::Loading => "loading the rows",
            Phase::Examining => "looking at the columns",
            Phase::Converting => "reading the values",
            Phase::Comparing => "looking for repetitions",
            Phase::Storing => "storing the changes",
            Phase::Closing => "writing the report",
        }
    }

    /// Its share of the work on a file, in hundredths; by what a million rows take.
    const fn weight(self) -> u64 {
        match self {
            Phase::Reading => 4,
            Phase::Dividing => 6,
            Phase::Loading => 20,
            Phase::Examining => 12,
            Phase::Converting => 22,
            Phase::Comparing => 8,
            Phase::Storing => 26,
            Phase::Closing => 2,
        }
    }
}

/// How far an import is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    pub phase: Phase,
    /// The file's name; empty where all files are worked on together.
    pub file: String,
    /// Bytes done in this phase, and how many there are; equal where a phase is not counted.
    pub done: u64,
    pub of: u64,
    /// Records that were found so far, in all files.
    pub rows: u64,
    /// Of all the work, 0 to 100; never goes back.
    pub percent: u8,
}

/// A handle on an import under way: clones are the same one.
#[derive(Clone, Default)]
pub struct Progress {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    cancelled: Arc<AtomicBool>,
    interrupter: Mutex<Option<Interrupter>>,
    state: Mutex<State>,
    on_change: Option<OnChange>,
}

type OnChange = Box<dyn Fn(&Seen) + Send + Sync>;

#[derive(Default)]
struct State {
    seen: Seen,
    /// Name and length of every file that is worked on.
    files: Vec<(String, u64)>,
    /// Work that is done, in bytes times weight, and that of the step under way.
    finished: u64,
    step: u64,
}

impl State {
    fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes).sum()
    }

    fn count(&mut self) {
        let all = self.bytes() * Phase::ALL.iter().map(|phase| phase.weight()).sum::<u64>();
        let within =
            u128::from(self.step) * u128::from(self.seen.done) / u128::from(self.seen.of.max(1));
        let done = u128::from(self.finished) + within;
        let percent = (done * 100 / u128::from(all.max(1))).min(100) as u8;
        self.seen.percent = self.seen.percent.max(percent);
    }
}

impl Progress {
    /// One that tells of every change, on the thread that imports: be quick.
    pub fn told(on_change: impl Fn(&Seen) + Send + Sync + 'static) -> Progress {
        let shared = Shared { on_change: Some(Box::new(on_change)), ..Shared::default() };
        Progress { shared: Arc::new(shared) }
    }

    /// Asks the import to stop, from any thread; it ends with `ImportError::Cancelled` and the
    /// workspace as it was, unless all of it is stored already. May be repeated.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::SeqCst);
        if let Some(interrupter) = lock(&self.shared.interrupter).as_ref() {
            interrupter.interrupt();
        }
    }

    /// Whether it was asked to stop.
    pub fn cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::SeqCst)
    }

    /// How far it is at the moment.
    pub fn seen(&self) -> Seen {
        lock(&self.shared.state).seen.clone()
    }

    /// Until the guard is dropped, cancelling stops what the workspace does, whatever lease is
    /// under way or begins.
    pub(super) fn stops(&self, interrupter: Interrupter) -> Stopping {
        interrupter.heed(Some(self.shared.cancelled.clone()));
        *lock(&self.shared.interrupter) = Some(interrupter);
        Stopping(self.clone())
    }

    /// The files there are to do; their lengths measure the work.
    pub(super) fn expect(&self, files: impl Iterator<Item = (String, u64)>) {
        lock(&self.shared.state).files = files.collect();
    }

    /// The part of it that is one file's.
    pub(super) fn of(&self, file: usize) -> FileProgress {
        FileProgress { progress: self.clone(), file }
    }

    /// A step of all files together begins; the step before it is done.
    pub(super) fn together(&self, phase: Phase) -> Result<(), ImportError> {
        self.enter(phase, usize::MAX)
    }

    fn enter(&self, phase: Phase, file: usize) -> Result<(), ImportError> {
        let mut state = lock(&self.shared.state);
        state.finished += state.step;
        let (name, bytes) = match state.files.get(file) {
            Some((name, bytes)) => (name.clone(), *bytes),
            None => (String::new(), state.bytes()),
        };
        state.step = bytes * phase.weight();
        state.seen = Seen { phase, file: name, done: 0, of: bytes, ..state.seen };
        state.count();
        self.tell(state)
    }

    /// So many more bytes of the step are done.
    fn add(&self, bytes: u64) -> Result<(), ImportError> {
        let mut state = lock(&self.shared.state);
        state.seen.done = (state.seen.done + bytes).min(state.seen.of);
        state.count();
        self.tell(state)
    }

    fn tell(&self, state: MutexGuard<'_, State>) -> Result<(), ImportError> {
        if let Some(on_change) = &self.shared.on_change {
            let seen = state.seen.clone();
            drop(state);
            on_change(&seen);
        }
        if self.cancelled() { Err(ImportError::Cancelled) } else { Ok(()) }
    }
}

/// One file's part in an import.
#[derive(Clone, Debug, Default)]
pub(super) struct FileProgress {
    progress: Progress,
    file: usize,
}

impl FileProgress {
    /// A step begins; the step before it is done.
    pub(super) fn enter(&self, phase: Phase) -> Result<(), ImportError> {
        self.progress.enter(phase, self.file)
    }

    /// The file needs no work beyond what was done.
    pub(super) fn leave_out(&self) {
        let mut state = lock(&self.progress.shared.state);
        if let Some((_, bytes)) = state.files.get_mut(self.file) {
            *bytes = 0;
        }
    }

    /// Fails when the import is cancelled.
    pub(super) fn go_on(&self) -> Result<(), ImportError> {
        if self.progress.cancelled() { Err(ImportError::Cancelled) } else { Ok(()) }
    }

    /// So many records were found.
    pub(super) fn found(&self, rows: u64) {
        lock(&self.progress.shared.state).seen.rows += rows;
    }

    /// Counts what is read, and fails when the import is cancelled.
    pub(super) fn watch<R: Read>(&self, inner: R) -> Watched<R> {
        Watched { inner, progress: self.progress.clone() }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("seen", &self.seen()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the interrupter back when the import has ended.
#[must_use]
pub(super) struct Stopping(Progress);

impl Drop for Stopping {
    fn drop(&mut self) {
        if let Some(interrupter) = lock(&self.0.shared.interrupter).take() {
            interrupter.heed(None);
        }
    }
}

/// A reader that is counted.
#[derive(Debug)]
pub(super) struct Watched<R> {
    inner: R,
    progress: Progress,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        // Not `Interrupted`: readers try again after that one.
        self.progress.add(read as u64).map_err(io::Error::other)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_files() -> Progress {
        let progress = Progress::default();
        progress.expect([("a.csv".to_owned(), 300), ("b.csv".to_owned(), 100)].into_iter());
        progress
    }

    #[test]
    fn the_percentage_grows_with_the_bytes_and_ends_at_a_hundred() {
        let progress = two_files();
        let mut last = 0;
        for file in 0..2 {
            for phase in Phase::ALL.into_iter().filter(|phase| *phase < Phase::Comparing) {
                progress.enter(phase, file).expect("goes on");
                let before = progress.seen().percent;
                progress.add(50).expect("goes on");
                assert!(before >= last && progress.seen().percent >= before);
                last = progress.seen().percent;
            }
        }
        // 64 of 100 for each file but the second half of the last step of the small one.
        assert_eq!(last, 61);
        for phase in [Phase::Comparing, Phase::Storing, Phase::Closing] {
            progress.together(phase).expect("goes on");
            assert_eq!(progress.seen().file, "");
        }
        progress.add(400).expect("goes on");
        assert_eq!(progress.seen().percent, 100);
    }

    #[test]
    fn a_file_that_is_left_out_is_no_work() {
        let progress = two_files();
        progress.of(0).leave_out();
        progress.together(Phase::Storing).expect("goes on");
        assert_eq!((progress.seen().of, progress.seen().file.as_str()), (100, ""));
    }

    #[test]
    fn a_reader_stops_when_the_import_is_cancelled() {
        let progress = two_files();
        progress.enter(Phase::Reading, 1).expect("goes on");
        let mut reader = progress.of(1).watch(&[7; 100][..]);
        let mut buffer = [0; 60];
        assert_eq!(reader.read(&mut buffer).expect("read"), 60);
        assert_eq!((progress.seen().done, progress.seen().of), (60, 100));
        progress.cancel();
        let mut rest = Vec::new();
        assert!(reader.read_to_end(&mut rest).is_err());
        assert!(matches!(progress.enter(Phase::Loading, 1), Err(ImportError::Cancelled)));
    }

    #[test]
    fn whoever_wants_to_know_is_told() {
        let (sender, told) = std::sync::mpsc::channel();
        let progress = Progress::told(move |seen| sender.send(seen.clone()).expect("told"));
        progress.expect(std::iter::once(("a.csv".to_owned(), 10)));
        progress.enter(Phase::Reading, 0).expect("goes on");
        progress.add(5).expect("goes on");
        let told: Vec<u64> = told.try_iter().map(|seen| seen.done).collect();
        assert_eq!(told, [0, 5]);
    }
}
