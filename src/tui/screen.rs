//! The terminal: its modes, and frames that go out in one piece.
//!
//! Owns every byte that is written to it. Never asks it anything: an answer
//! that comes late over a slow link would be typed into somebody's text.

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ratatui::Frame;
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::layout::Rect;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::stdio;

use crate::tui::wire::Wire;

/// Alternate screen, cleared (GNU screen may not have an alternate one), pastes
/// marked, cursor hidden.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[H\x1b[?2004h\x1b[?25l";
/// Ends a frame that was cut short, then undoes [`ENTER`].
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l";
const FRAME_START: &[u8] = b"\x1b[?2026h";
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// Is the terminal in our modes? Whoever turns this off restores it, so that it
/// happens exactly once, whichever thread gets there first.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal with our modes on; off again when it is dropped.
pub struct Screen {
    terminal: Terminal<Wire<FrameBuffer>>,
    frame: FrameBuffer,
}

impl Screen {
    /// Takes the terminal over. What libraries write to standard error goes to
    /// `qbr.log` in `log_folder` meanwhile: it would tear the screen.
    pub fn enter(log_folder: &Path) -> io::Result<Self> {
        let mut log = OpenOptions::new();
        log.create(true).append(true).mode(0o600);
        *lock_stderr() = match log.open(log_folder.join("qbr.log")) {
            Ok(log) => Some(Stderr { log: log.into(), shown: rustix::io::dup(stdio::stderr())? }),
            Err(_) => None,
        };
        switch_on()?;
        let frame = FrameBuffer::default();
        match Terminal::new(Wire::new(frame.clone(), crossterm::terminal::size)) {
            Ok(terminal) => Ok(Self { terminal, frame }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// Takes the terminal over again after a stop; the next frame paints all of it.
    pub fn enter_again(&mut self) -> io::Result<()> {
        switch_on()?;
        // `Terminal::clear` would ask where the cursor is, and wait for the answer.
        let size = self.terminal.backend().size()?;
        self.terminal.backend_mut().forget();
        self.terminal.resize(Rect::from((ratatui::layout::Position::ORIGIN, size)))
    }

    /// Columns and rows.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.backend().size()?;
        Ok((size.width, size.height))
    }

    /// Draws and sends one frame in one write; gives back how many bytes it took.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<usize> {
        self.terminal.draw(render)?;
        let bytes = self.frame.take();
        if !bytes.is_empty() {
            write_all(&bytes)?;
        }
        Ok(bytes.len())
    }
}

/// Sends what is no part of a frame: a text for the clipboard.
pub fn send(bytes: &[u8]) -> io::Result<()> {
    write_all(bytes)
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Standard error, while the screen is up and while it is not.
struct Stderr {
    log: OwnedFd,
    shown: OwnedFd,
}

static STDERR: Mutex<Option<Stderr>> = Mutex::new(None);

fn lock_stderr() -> MutexGuard<'static, Option<Stderr>> {
    STDERR.lock().unwrap_or_else(PoisonError::into_inner)
}

fn switch_on() -> io::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    if let Some(stderr) = lock_stderr().as_ref() {
        stdio::dup2_stderr(&stderr.log)?;
    }
    ENTERED.store(true, Ordering::SeqCst);
    write_all(ENTER).inspect_err(|_| restore())
}

/// Gives the terminal back as it was, if we hold it. Safe to call from any
/// thread, at any time, more than once, and on a link that takes no more bytes:
/// it never waits.
pub fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    if takes_bytes() {
        // One short write; where it fails there is nobody left to see it.
        let _ = rustix::io::write(stdio::stdout(), LEAVE);
    }
    let _ = crossterm::terminal::disable_raw_mode();
    if let Some(stderr) = lock_stderr().as_ref() {
        let _ = stdio::dup2_stderr(&stderr.shown);
    }
}

/// Would a short write go through without waiting?
fn takes_bytes() -> bool {
    let out = stdio::stdout();
    let mut polled = [PollFd::new(&out, PollFlags::OUT)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    matches!(poll(&mut polled, Some(&at_once)), Ok(1..))
        && polled[0].revents().contains(PollFlags::OUT)
}

/// Collects a frame for [`Screen::draw`] to send: ratatui flushes several times
/// in one frame, and each flush would be a write of its own.
#[derive(Clone, Debug, Default)]
struct FrameBuffer(Rc<RefCell<Vec<u8>>>);

impl FrameBuffer {
    /// The frame, marked as one piece for the terminal; empty when there is none.
    fn take(&self) -> Vec<u8> {
        let drawn = std::mem::take(&mut *self.0.borrow_mut());
        if drawn.is_empty() { drawn } else { [FRAME_START, &drawn, FRAME_END].concat() }
    }
}

impl Write for FrameBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Past `std`'s line buffer, which would cut a frame into pieces.
fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(stdio::stdout(), bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR) => {}
            // The shell left the terminal non-blocking: wait for room.
            Err(rustix::io::Errno::AGAIN) => std::thread::sleep(Duration::from_millis(5)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_piece_and_nothing_is_none() {
        let mut frame = FrameBuffer::default();
        assert!(frame.take().is_empty());
        frame.write_all(b"a").expect("memory");
        frame.flush().expect("memory");
        frame.write_all(b"b").expect("memory");
        assert_eq!(frame.take(), b"\x1b[?2026hab\x1b[?2026l");
        assert!(frame.take().is_empty());
    }
}
