//! How the program ends when it is not asked to: signals, a closed terminal, a panic.
//!
//! The order is always the same: drafts to the disk, the terminal back as it
//! was, the process gone. None of it waits for the screen's thread, which may
//! be stuck in a write to a link that nobody reads any more.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::signal::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use crate::ledger::drafts::JournalWriter;
use crate::tui::elsewhere;
use crate::tui::screen;
use crate::tui::worker::Worker;

/// What was typed gets this long to reach the disk.
const FLUSH: Duration = Duration::from_millis(400);
/// A save that is under way gets this long to finish.
const SETTLE: Duration = Duration::from_millis(400);
/// Exit status after a signal is this and the signal's number.
const SIGNALLED: i32 = 128;
/// Exit status after a panic.
const PANICKED: i32 = 101;

/// What must be done before the process ends, known to every thread that may end it.
#[derive(Clone)]
pub struct LastRites {
    pub drafts: JournalWriter,
    pub worker: Worker,
}

/// Somebody is already ending the process.
static ENDING: AtomicBool = AtomicBool::new(false);

impl LastRites {
    /// Ends the process as after this signal.
    pub fn end_by_signal(&self, signal: i32) -> ! {
        self.begin();
        self.drafts.flush(FLUSH);
        screen::restore();
        self.worker.settle(SETTLE);
        end(SIGNALLED + signal)
    }

    /// The terminal is gone, with or without a signal.
    pub fn hung_up(&self) -> ! {
        self.end_by_signal(SIGHUP)
    }

    /// Only one thread ends the process; the others wait for it to happen.
    fn begin(&self) {
        if ENDING.swap(true, Ordering::SeqCst) {
            thread::sleep(SETTLE * 4);
            end(SIGNALLED + SIGHUP)
        }
    }
}

/// Without the exit handlers of C++: another thread may be in the middle of DuckDB.
fn end(status: i32) -> ! {
    signal_hook::low_level::exit(status)
}

/// What the signals' thread reports to the screen's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signalled {
    Resized,
    /// Somebody wants the program stopped for a while.
    Suspend,
    /// It goes on after a stop.
    Continued,
}

/// Starts the signals' thread.
pub fn watch_signals(
    rites: LastRites,
    report: impl Fn(Signalled) + Send + 'static,
) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        for signal in &mut signals {
            match signal {
                SIGWINCH => report(Signalled::Resized),
                // The terminal is the editor's: it stops with us, and ends by itself.
                SIGTSTP if elsewhere::is_lent() => drop(stop_process()),
                SIGINT | SIGQUIT if elsewhere::is_lent() => {}
                SIGTSTP => report(Signalled::Suspend),
                SIGCONT => report(Signalled::Continued),
                other => rites.end_by_signal(other),
            }
        }
    })?;
    Ok(())
}

/// Stops this process and those it was started with, as Ctrl-Z does. False when
/// there is no shell that could wake it up again.
pub fn stop_process() -> bool {
    use rustix::process::{Signal, getpgrp, getpid, getppid, getsid, kill_current_process_group};
    let session = getsid(None).ok();
    let orphaned = session == Some(getpid())
        // The parent is of another session, or is the session's own group: no job control.
        || getppid().is_none_or(|parent| getsid(Some(parent)).ok() != session)
        || session == Some(getpgrp());
    if orphaned {
        return false;
    }
    kill_current_process_group(Signal::STOP).is_ok()
}

/// On a panic in any thread: drafts, terminal, a report, three plain lines, the end.
pub fn end_on_panic(rites: LastRites, state_folder: PathBuf) {
    std::panic::set_hook(Box::new(move |panic| {
        rites.begin();
        rites.drafts.flush(FLUSH);
        screen::restore();
        let report = write_report(&state_folder, panic);
        eprintln!("qbr has failed and had to stop. What you were writing is kept as a draft.");
        eprintln!("Nothing in the workspace is harmed. Start qbr again to go on where you were.");
        match report {
            Some(path) => eprintln!("A report for the makers of qbr is at {}", path.display()),
            None => eprintln!("The failure was: {}", message(panic)),
        }
        end(PANICKED)
    }));
}

/// The report names places in the program, never what people wrote.
fn write_report(folder: &Path, panic: &PanicHookInfo<'_>) -> Option<PathBuf> {
    fs::create_dir_all(folder).ok()?;
    let path = folder.join(format!("crash-{}.txt", chrono::Utc::now().format("%Y%m%d-%H%M%S")));
    let mut file = fs::OpenOptions::new().create(true).append(true).mode(0o600).open(&path).ok()?;
    let place = panic.location().map_or_else(String::new, ToString::to_string);
    let backtrace = std::backtrace::Backtrace::force_capture();
    writeln!(
        file,
        "qbr {}\nthread {}\n{}\nat {place}\n\n{backtrace}",
        env!("CARGO_PKG_VERSION"),
        thread::current().name().unwrap_or("?"),
        message(panic),
    )
    .ok()?;
    Some(path)
}

fn message(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}
