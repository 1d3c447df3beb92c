//! Stopping a query from another thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Follows the connection when the instance is built anew.
    handle: Mutex<Option<Arc<InterruptHandle>>>,
}

impl Interrupter {
    /// Asks the work under way to stop; it ends with
    /// [`WorkspaceError::Interrupted`](super::WorkspaceError::Interrupted).
    /// Returns at once. May be repeated.
    pub fn interrupt(&self) {
        // The flag first: between two statements DuckDB forgets an interrupt,
        // the session does not.
        self.shared.requested.store(true, Ordering::SeqCst);
        let handle = self.shared.handle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = handle.as_ref() {
            handle.interrupt();
        }
    }

    /// Whether the lease under way was asked to stop.
    pub(super) fn requested(&self) -> bool {
        self.shared.requested.load(Ordering::SeqCst)
    }

    /// A new lease begins.
    pub(super) fn begin(&self) {
        self.shared.requested.store(false, Ordering::SeqCst);
    }

    pub(super) fn follow(&self, handle: Option<Arc<InterruptHandle>>) {
        *self.shared.handle.lock().unwrap_or_else(PoisonError::into_inner) = handle;
    }
}

impl std::fmt::Debug for Interrupter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interrupter").field("requested", &self.requested()).finish_non_exhaustive()
    }
}
