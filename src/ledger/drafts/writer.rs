//! The thread that writes drafts.
//!
//! Invariant: it needs nobody. The screen may be stuck in a write to a dead
//! link; what was handed over is on the disk a second later all the same, and a
//! signal handler's thread can ask for it at once.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::journal::Journal;
use super::{Draft, DraftError};

/// From the first key that is not on the disk to the write. The write itself
/// takes some milliseconds, so both stay under the second that is promised.
const DELAY: Duration = Duration::from_millis(700);
/// After a failed write.
const AGAIN: Duration = Duration::from_secs(2);

/// Hands drafts over to the thread. Clones share it; it ends with the last.
#[derive(Clone, Debug)]
pub struct JournalWriter {
    orders: Sender<Order>,
    /// Why the newest write failed; `None` after one that did not.
    failure: Arc<Mutex<Option<String>>>,
}

enum Order {
    Save(Box<Draft>),
    Discard(String),
    /// Writes everything now, then answers whether that went well.
    Flush(SyncSender<bool>),
}

impl JournalWriter {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(journal: Journal) -> Result<Self, DraftError> {
        let (orders, inbox) = channel();
        let failure = Arc::new(Mutex::new(None));
        let keeper = Keeper {
            folder: journal.folder().to_owned(),
            journal,
            waiting: BTreeMap::new(),
            due: None,
            failure: Arc::clone(&failure),
        };
        let folder = keeper.folder.clone();
        thread::Builder::new()
            .name("drafts".to_owned())
            .spawn(move || keeper.run(&inbox))
            .map_err(|error| DraftError::Io { path: folder, error })?;
        Ok(JournalWriter { orders, failure })
    }

    /// Keeps a draft: it is on the disk within a second. Costs the caller a message.
    pub fn save(&self, draft: Draft) {
        self.order(Order::Save(Box::new(draft)));
    }

    /// Throws a draft away, also one that waits to be written.
    pub fn discard(&self, id: &str) {
        self.order(Order::Discard(id.to_owned()));
    }

    /// Writes everything that was handed over, now. True when all of it is on
    /// the disk; false after the timeout, or when it could not be written.
    pub fn flush(&self, timeout: Duration) -> bool {
        let (answer, answered) = sync_channel(1);
        self.order(Order::Flush(answer)) && answered.recv_timeout(timeout).unwrap_or(false)
    }

    /// Why drafts are not kept at the moment, for the status line.
    pub fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn order(&self, order: Order) -> bool {
        let sent = self.orders.send(order).is_ok();
        if !sent {
            note(&self.failure, Some("the thread that keeps drafts has ended".to_owned()));
        }
        sent
    }
}

fn note(failure: &Mutex<Option<String>>, why: Option<String>) {
    *failure.lock().unwrap_or_else(PoisonError::into_inner) = why;
}

struct Keeper {
    journal: Journal,
    folder: std::path::PathBuf,
    /// By id: of each draft only the newest state is worth writing.
    waiting: BTreeMap<String, Draft>,
    /// When the waiting ones must be written. Set by the first, not moved by
    /// those that follow: steady typing must not put it off.
    due: Option<Instant>,
    failure: Arc<Mutex<Option<String>>>,
}

impl Keeper {
    fn run(mut self, inbox: &Receiver<Order>) {
        loop {
            let order = match self.due {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => inbox.recv_timeout(due.saturating_duration_since(Instant::now())),
            };
            match order {
                Ok(Order::Save(draft)) => {
                    self.due.get_or_insert_with(|| Instant::now() + DELAY);
                    self.waiting.insert(draft.id.clone(), *draft);
                }
                Ok(Order::Discard(id)) => {
                    self.waiting.remove(&id);
                    if let Err(error) = self.journal.discard(&id) {
                        note(&self.failure, Some(error.to_string()));
                    }
                }
                Ok(Order::Flush(answer)) => {
                    self.write();
                    // Whoever asked may have stopped waiting.
                    let _ = answer.try_send(self.waiting.is_empty());
                }
                Err(RecvTimeoutError::Timeout) => self.write(),
                Err(RecvTimeoutError::Disconnected) => {
                    self.write();
                    return;
                }
            }
        }
    }

    /// What cannot be written waits on: the disk may have room again.
    fn write(&mut self) {
        let mut failed = None;
        self.waiting.retain(|_, draft| match self.journal.save(draft) {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(%error, "a draft could not be kept");
                failed = Some(error.to_string());
                true
            }
        });
        self.due = (!self.waiting.is_empty()).then(|| Instant::now() + AGAIN);
        note(&self.failure, failed);
    }
}
