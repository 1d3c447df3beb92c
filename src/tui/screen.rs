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
use ratatui_crossterm::CrosstermBackend;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::stdio;

/// Alternate screen, cleared (GNU screen may not have an alternate one), pastes
/// marked, cursor hidden.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[H\x1b[?2004h\x1b[?25l";
/// Ends a frame that was cut short, then undoes [`ENTER`].
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l";
const FRAME_START: &[u8] = b"\x1b[?2026h";
const FRAME_END: &[u8] = b"\x1b[?2026l";
/// What ratatui sends for a frame in which no cell changed.
const NOTHING_CHANGED: &[u8] = b"\x1b[39m\x1b[49m\x1b[0m\x1b[?25l";

/// ratatui's crossterm backend resets the colour of underlines in every frame,
/// a feature that can't be turned off from here. Nobody sets one, and some
/// terminals take the reset for blinking: it is left out.
const UNDERLINE_RESET: &[u8] = b"\x1b[59m";
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";

/// Is the terminal in our modes? Whoever turns this off restores it, so that it
/// happens exactly once, whichever thread gets there first.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal with our modes on; off again when it is dropped.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<CrosstermBackend<FrameBuffer>>,
    frame: FrameBuffer,
    /// Is the hardware cursor shown? Then even an empty frame has to place it.
    cursor_shown: bool,
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
        // NO_COLOR is our theme's business: crossterm would drop the reverse of
        // the selected row with the colours.
        crossterm::style::force_color_output(true);
        switch_on()?;
        let frame = FrameBuffer::default();
        match Terminal::new(CrosstermBackend::new(frame.clone())) {
            Ok(terminal) => Ok(Self { terminal, frame, cursor_shown: false }),
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
        self.terminal.resize(Rect::from((ratatui::layout::Position::ORIGIN, size)))
    }

    /// Columns and rows.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.backend().size()?;
        Ok((size.width, size.height))
    }

    /// Draws and sends one frame in one write; gives back how many bytes it took.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<usize> {
        self.frame.begin();
        self.terminal.draw(render)?;
        let bytes = self.frame.end();
        let drawn = &bytes[FRAME_START.len()..bytes.len() - FRAME_END.len()];
        if drawn == NOTHING_CHANGED && !self.cursor_shown {
            return Ok(0);
        }
        self.cursor_shown = !drawn.ends_with(HIDE_CURSOR);
        write_all(&bytes)?;
        Ok(bytes.len())
    }
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
    /// What came between the frames (a clearing of the screen) belongs to the next one.
    fn begin(&self) {
        let mut bytes = self.0.borrow_mut();
        let before = std::mem::take(&mut *bytes);
        bytes.extend_from_slice(FRAME_START);
        bytes.extend_from_slice(&before);
    }

    fn end(&self) -> Vec<u8> {
        let bytes = std::mem::take(&mut *self.0.borrow_mut());
        let mut frame = Vec::with_capacity(bytes.len() + FRAME_END.len());
        let mut rest = bytes.as_slice();
        while let Some((first, after)) = rest.split_first() {
            if let Some(after) = rest.strip_prefix(UNDERLINE_RESET) {
                rest = after;
            } else {
                frame.push(*first);
                rest = after;
            }
        }
        frame.extend_from_slice(FRAME_END);
        frame
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
    fn a_frame_is_one_piece_without_underline_colours() {
        let mut frame = FrameBuffer::default();
        frame.begin();
        frame.write_all(b"a\x1b[39m\x1b[49m\x1b[59m\x1b[0mb\x1b[59").expect("memory");
        frame.flush().expect("memory");
        assert_eq!(frame.end(), b"\x1b[?2026ha\x1b[39m\x1b[49m\x1b[0mb\x1b[59\x1b[?2026l");
        // What is written between two frames goes out with the next.
        frame.write_all(b"\x1b[2J").expect("memory");
        frame.begin();
        assert_eq!(frame.end(), b"\x1b[?2026h\x1b[2J\x1b[?2026l");
    }
}
