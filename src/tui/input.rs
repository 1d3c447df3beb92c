//! The keyboard's thread: waits for bytes, and notices when nobody is left at
//! the other end.
//!
//! Owns standard input. Wakes for bytes only; idle, it sleeps in poll(2). A
//! lends the keys to another program when asked to ([`Keyboard::lend`]). A
//! terminal that hung up is seen here even when no SIGHUP comes (under nohup,
//! sudo, or a parent that ignores it), and even when the screen's thread is
//! stuck in a write to a dead link.

pub mod decode;

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::stdio;

use decode::Decoder;
pub use decode::Input;

/// How long an Esc waits for the rest of an arrow key. Over SSH the two may
/// travel in different packets.
const ESC_PATIENCE: Duration = Duration::from_millis(50);
const ESC_PATIENCE_SSH: Duration = Duration::from_millis(100);
/// How long a paste may pause before it counts as over.
const PASTE_PATIENCE: Duration = Duration::from_secs(2);

/// The thread, as the others see it.
#[derive(Debug)]
pub struct Keyboard {
    line: UnixStream,
}

impl Keyboard {
    /// Does something while nobody here reads the keys, so that each of them reaches
    /// the program that has the terminal meanwhile.
    pub fn lend<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut line = &self.line;
        let mut byte = [0];
        // Where the thread is gone, nobody reads anyway.
        let paused = line.write_all(b"p").and_then(|()| line.read_exact(&mut byte)).is_ok();
        let done = work();
        if paused {
            let _ = line.write_all(b"r");
        }
        done
    }
}

/// Starts the thread. `send` gets what came in one read, with the milliseconds
/// since `start`, and says whether anybody listens still; `hung_up` is called once, when the terminal is gone; it
/// is expected to end the process.
pub fn spawn(
    send: impl Fn(Vec<Input>, u64) -> bool + Send + 'static,
    start: Instant,
    hung_up: impl FnOnce() + Send + 'static,
) -> io::Result<Keyboard> {
    let (line, mut asked) = UnixStream::pair()?;
    let over_ssh = std::env::var_os("SSH_CONNECTION").is_some();
    let patience = if over_ssh { ESC_PATIENCE_SSH } else { ESC_PATIENCE };
    thread::Builder::new().name("keyboard".into()).spawn(move || {
        let mut decoder = Decoder::default();
        let mut bytes = vec![0u8; 64 * 1024];
        loop {
            let wait = match (decoder.waiting(), decoder.pasting()) {
                (false, _) => None,
                (true, true) => Some(PASTE_PATIENCE),
                (true, false) => Some(patience),
            };
            let inputs = match wait_for_bytes(wait, &asked) {
                Wait::Bytes => match rustix::io::read(stdio::stdin(), &mut bytes) {
                    Ok(0) => return hung_up(),
                    Ok(count) => decoder.feed(&bytes[..count]),
                    Err(Errno::INTR | Errno::AGAIN) => continue,
                    // EIO: the other side of the terminal is closed.
                    Err(_) => return hung_up(),
                },
                Wait::TimedOut => decoder.pause(),
                Wait::HungUp => return hung_up(),
                Wait::Lent => {
                    let mut byte = [0];
                    let lent = asked.read_exact(&mut byte).and_then(|()| asked.write_all(b"a"));
                    // Until the keys are ours again, or nobody is left to say so.
                    match lent.and_then(|()| asked.read_exact(&mut byte)) {
                        Ok(()) => continue,
                        Err(_) => return,
                    }
                }
            };
            if inputs.is_empty() {
                continue;
            }
            let at_ms = start.elapsed().as_millis() as u64;
            if !send(inputs, at_ms) {
                return;
            }
        }
    })?;
    Ok(Keyboard { line })
}

enum Wait {
    Bytes,
    TimedOut,
    HungUp,
    /// Somebody else is to have the keys.
    Lent,
}

fn wait_for_bytes(patience: Option<Duration>, asked: &UnixStream) -> Wait {
    let stdin = stdio::stdin();
    let patience = patience.map(|p| Timespec {
        tv_sec: p.as_secs() as i64,
        tv_nsec: i64::from(p.subsec_nanos()) as _,
    });
    loop {
        let mut polled = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(asked, PollFlags::IN)];
        match poll(&mut polled, patience.as_ref()) {
            Ok(0) => return Wait::TimedOut,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return Wait::Bytes, // the read will say what is wrong
        }
        if polled[1].revents().contains(PollFlags::IN) {
            return Wait::Lent;
        }
        let found = polled[0].revents();
        // POLLNVAL alone (seen on macOS for healthy terminals) means nothing.
        if found.contains(PollFlags::IN) {
            return Wait::Bytes;
        }
        if found.intersects(PollFlags::HUP | PollFlags::ERR) && terminal_is_gone() {
            return Wait::HungUp;
        }
        if found.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            // Not gone, yet poll won't wait: don't spin on it.
            thread::sleep(Duration::from_millis(250));
        }
    }
}

/// A live terminal has a size; a dead one gives an error.
fn terminal_is_gone() -> bool {
    rustix::termios::tcgetwinsize(stdio::stdin()).is_err()
}
