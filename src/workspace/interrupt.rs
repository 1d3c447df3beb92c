//! Stopping a query from another thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use duckdb::InterruptHandle;

/// Stops what a workspace is doing at the moment: a query, or waiting for its
/// turn. Works from any thread; the workspace stays usable.
///
/// It concerns the lease that is under way. One that begins afterwards starts
/// afresh, and interrupting an idle workspace does nothing.
#[derive(Clone, Default)]
pub struct Interrupter {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    requested: AtomicBool,
    /// Looks left until somebody interrupts, in tests; 0: nobody does.
    #[cfg(test)]
    looks: std::sync::atomic::AtomicUsize,
    /// Follows the connection when the instance is built anew.
    handle: Mutex<Option<Arc<InterruptHandle>>>,
    /// While it is set, every lease is interrupted.
    heeded: Mutex<Option<Arc<AtomicBool>>>,
}

impl Interrupter {
    /// Asks the work under way to stop; it ends with
    /// [`WorkspaceError::Interrupted`](super::WorkspaceError::Interrupted).
    /// Returns at once. May be repeated.
    pub fn interrupt(&self) {
        // The flag first: between two statements DuckDB forgets an interrupt,
        // the session does not.
        self.shared.requested.store(true, Ordering::SeqCst);
        let handle = lock(&self.shared.handle);
        if let Some(handle) = handle.as_ref() {
            handle.interrupt();
        }
    }

    /// For work that takes several leases: from now on those that begin while
    /// this flag is set stop as well. Who sets the flag still has to call
    /// [`Interrupter::interrupt`] for the one under way.
    pub fn heed(&self, flag: Option<Arc<AtomicBool>>) {
        *lock(&self.shared.heeded) = flag;
    }

    /// Whether the lease under way was asked to stop.
    pub(super) fn requested(&self) -> bool {
        #[cfg(test)]
        if self.shared.looks.load(Ordering::SeqCst) > 0
            && self.shared.looks.fetch_sub(1, Ordering::SeqCst) == 1
        {
            self.interrupt();
        }
        let heeded = || {
            let flag = lock(&self.shared.heeded);
            flag.as_ref().is_some_and(|flag| flag.load(Ordering::SeqCst))
        };
        self.shared.requested.load(Ordering::SeqCst) || heeded()
    }

    /// While the guard lives, statements run to their end: an interrupted commit
    /// might say that it failed and have been made.
    pub(super) fn uninterrupted(&self) -> Uninterrupted {
        Uninterrupted { handle: lock(&self.shared.handle).take(), shared: self.shared.clone() }
    }

    /// Interrupts when the work looks for the n-th time whether it is to stop.
    #[cfg(test)]
    fn interrupt_at_look(&self, n: usize) {
        self.shared.looks.store(n, Ordering::SeqCst);
    }

    /// A new lease begins.
    pub(super) fn begin(&self) {
        self.shared.requested.store(false, Ordering::SeqCst);
    }

    pub(super) fn follow(&self, handle: Option<Arc<InterruptHandle>>) {
        *lock(&self.shared.handle) = handle;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[must_use]
pub(super) struct Uninterrupted {
    handle: Option<Arc<InterruptHandle>>,
    shared: Arc<Shared>,
}

impl Drop for Uninterrupted {
    fn drop(&mut self) {
        *lock(&self.shared.handle) = self.handle.take();
    }
}

impl std::fmt::Debug for Interrupter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let requested = self.shared.requested.load(Ordering::SeqCst);
        f.debug_struct("Interrupter").field("requested", &requested).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
