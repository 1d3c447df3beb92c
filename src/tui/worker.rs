//! The worker: the one thread that owns the workspace, and the queue before it.
//!
//! Saves go ahead of everything that waits; one that could not be made for want
//! of a turn at the workspace is tried again while nothing is asked. A figure that nobody waits for any
//! more leaves the queue, or is interrupted. While nothing is asked, the thread
//! looks every second whether the file was changed by somebody else;
//! that makes no bytes and wakes nobody when it was not.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::tui::message::{Reply, Request, Ticket};

/// How often the file is looked at.
const WATCH: Duration = Duration::from_secs(1);

/// No request has this ticket.
const NOBODY: Ticket = Ticket(0);

/// What answers requests. The real one is [`crate::tui::store::Store`].
pub trait Answers {
    /// May take as long as it takes; stopped by what [`Answers::interrupter`] gave.
    fn answer(&mut self, ticket: Ticket, request: Request) -> Reply;

    /// What became of saves that had to wait; asked while nothing else is.
    fn late(&mut self) -> Vec<(Ticket, Reply)>;

    /// Stops a running [`Answers::answer`] from another thread.
    fn interrupter(&self) -> Option<Interrupt>;

    /// What somebody else did to the file since this was last asked, as a sentence.
    fn changed(&mut self) -> Option<String>;
}

/// Stops what runs at the moment.
pub type Interrupt = Arc<dyn Fn() + Send + Sync>;

/// What the worker has to say.
#[derive(Debug)]
pub enum Said {
    Reply(Ticket, Reply),
    Changed(String),
}

/// The handle by which the runner talks to the worker.
#[derive(Clone)]
pub struct Worker {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(Ticket, Request)>,
    running: Option<(Ticket, bool)>,
    interrupt: Option<Interrupt>,
    closed: bool,
}

impl Worker {
    /// Starts the thread; `make` runs on it, because a workspace stays on the
    /// thread that opened it. `say` is called on it too.
    pub fn spawn<A: Answers>(
        make: impl FnOnce() -> A + Send + 'static,
        mut say: impl FnMut(Said) + Send + 'static,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let shared = Arc::new(Shared { queue: Mutex::default(), wake: Condvar::new() });
        let worker = Self { shared: Arc::clone(&shared) };
        let thread = thread::Builder::new().name("workspace".into()).spawn(move || {
            let mut answers = make();
            while let Some(next) = shared.next() {
                match next {
                    Next::Request(ticket, request) => {
                        let reply = answers.answer(ticket, request);
                        shared.done(answers.interrupter());
                        say(Said::Reply(ticket, reply));
                    }
                    Next::Watch => {
                        let late = answers.late();
                        shared.done(answers.interrupter());
                        for (ticket, reply) in late {
                            say(Said::Reply(ticket, reply));
                        }
                        if let Some(news) = answers.changed() {
                            say(Said::Changed(news));
                        }
                    }
                }
            }
        })?;
        Ok((worker, thread))
    }

    /// Puts a request in the queue.
    pub fn ask(&self, ticket: Ticket, request: Request) {
        let mut queue = self.shared.lock();
        if request.writes() {
            let place = queue.waiting.iter().take_while(|(_, other)| other.writes()).count();
            queue.waiting.insert(place, (ticket, request));
        } else {
            queue.waiting.push_back((ticket, request));
        }
        self.shared.wake.notify_all();
    }

    /// Forgets a request; what writes is carried out all the same. True when no
    /// reply to it will come.
    pub fn cancel(&self, ticket: Ticket) -> bool {
        let mut queue = self.shared.lock();
        let before = queue.waiting.len();
        queue.waiting.retain(|(waiting, request)| *waiting != ticket || request.writes());
        if queue.waiting.len() < before {
            return true;
        }
        if queue.running == Some((ticket, false))
            && let Some(interrupt) = &queue.interrupt
        {
            // Under the lock: otherwise the next request might be hit.
            interrupt();
        }
        false
    }

    /// Ends the thread: what writes is carried out first, the rest is dropped.
    pub fn close(&self) {
        let mut queue = self.shared.lock();
        queue.closed = true;
        queue.waiting.retain(|(_, request)| request.writes());
        if let (Some((_, false)), Some(interrupt)) = (queue.running, &queue.interrupt) {
            interrupt();
        }
        self.shared.wake.notify_all();
    }

    /// Waits until nothing is being written, at most so long.
    pub fn settle(&self, patience: Duration) {
        let end = Instant::now() + patience;
        let mut queue = self.shared.lock();
        while matches!(queue.running, Some((_, true)))
            || queue.waiting.iter().any(|(_, request)| request.writes())
        {
            let Some(left) = end.checked_duration_since(Instant::now()) else { return };
            queue = self
                .shared
                .wake
                .wait_timeout(queue, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

enum Next {
    Request(Ticket, Request),
    Watch,
}

impl Shared {
    /// A panic elsewhere leaves the queue whole: every change to it is one step.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Next> {
        let mut queue = self.lock();
        let watch_at = Instant::now() + WATCH;
        loop {
            if let Some((ticket, request)) = queue.waiting.pop_front() {
                queue.running = Some((ticket, request.writes()));
                return Some(Next::Request(ticket, request));
            }
            if queue.closed {
                return None;
            }
            let Some(left) = watch_at.checked_duration_since(Instant::now()) else {
                // A save may be tried: it is not to be interrupted.
                queue.running = Some((NOBODY, true));
                return Some(Next::Watch);
            };
            queue = self.wake.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn done(&self, interrupt: Option<Interrupt>) {
        let mut queue = self.lock();
        queue.running = None;
        queue.interrupt = interrupt;
        self.wake.notify_all();
    }
}

#[cfg(test)]
mod tests;
