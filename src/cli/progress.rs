//! An import under way, on standard error; Ctrl-C and the like stop it.
//!
//! A bar on a terminal, else a line a second at most: what stands in a log is
//! read once. What takes less than a moment says nothing.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::CliError;
use crate::domain::Formats;
use crate::domain::text::harmless;
use crate::ingest::{Phase, Progress, Seen};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// Before the first word.
const MOMENT: Duration = Duration::from_millis(500);
/// Between two lines where there is no terminal.
const LINE: Duration = Duration::from_secs(1);

/// Does the work while it is shown and can be stopped; with the signal that stopped it, if one did.
pub fn watched<T>(
    progress: &Progress,
    quiet: bool,
    work: impl FnOnce() -> T,
) -> Result<(T, Option<i32>), CliError> {
    let signals = Signals::new([SIGINT, SIGTERM, SIGHUP]);
    let signals = signals.map_err(|error| CliError::io("signals", error))?;
    let display = if quiet { Display::Nothing } else { Display::of_standard_error() };
    let (done, is_done) = mpsc::channel::<()>();
    Ok(thread::scope(|scope| {
        let watcher = scope.spawn(move || watch(progress, signals, &is_done, display));
        let result = work();
        drop(done);
        (result, watcher.join().unwrap_or_default())
    }))
}

fn watch(
    progress: &Progress,
    mut signals: Signals,
    is_done: &Receiver<()>,
    mut display: Display,
) -> Option<i32> {
    let mut stopped_by = None;
    let mut pace = Pace::new(Instant::now());
    while is_done.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        for signal in signals.pending() {
            if stopped_by.replace(signal).is_some() {
                // Asked twice: at once. Nothing is lost, for nothing is stored until all is.
                display.clear();
                let _ = emulate_default_handler(signal);
            }
            progress.cancel();
        }
        let (seen, now) = (progress.seen(), Instant::now());
        pace.look(&seen, now);
        if now - pace.began >= MOMENT {
            display.show(&seen, &pace.words(&seen, now, stopped_by.is_some()), now);
        }
    }
    display.clear();
    let seen = progress.seen();
    let took = pace.began.elapsed();
    if took >= LINE && stopped_by.is_none() && seen.rows > 0 {
        display.end(&seen, took);
    }
    stopped_by
}

/// When the import and its phase began.
struct Pace {
    began: Instant,
    step: (Phase, String),
    step_began: Instant,
}

impl Pace {
    fn new(now: Instant) -> Pace {
        Pace { began: now, step: (Phase::default(), String::new()), step_began: now }
    }

    fn look(&mut self, seen: &Seen, now: Instant) {
        if self.step.0 != seen.phase || self.step.1 != seen.file {
            self.step = (seen.phase, seen.file.clone());
            self.step_began = now;
        }
    }

    /// `deals.csv: finding the rows, 61 of 150 MB, 220 MB/s`.
    fn words(&self, seen: &Seen, now: Instant, stopping: bool) -> String {
        if stopping {
            return "stopping; the workspace stays as it was".into();
        }
        let mut words = match seen.file.as_str() {
            "" => seen.phase.words().to_owned(),
            file => format!("{}: {}", harmless(file), seen.phase.words()),
        };
        if seen.done > 0 && seen.done < seen.of {
            words += &format!(", {} of {}", size(seen.done), size(seen.of));
            let seconds = (now - self.step_began).as_secs_f64();
            if seconds >= 0.5 {
                words += &format!(", {}/s", size((seen.done as f64 / seconds) as u64));
            }
        } else if seen.rows > 0 {
            words += &format!(", {} rows so far", grouped(seen.rows));
        }
        words
    }
}

enum Display {
    Bar(ProgressBar),
    /// When the last line was written.
    Lines(Option<Instant>),
    Nothing,
}

impl Display {
    fn of_standard_error() -> Display {
        if !io::stderr().is_terminal() {
            return Display::Lines(None);
        }
        let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::hidden());
        // The template is ours; were it wrong, the plain bar would do.
        if let Ok(style) = ProgressStyle::with_template("[{bar:20}] {percent:>3} % {wide_msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Display::Bar(bar)
    }

    fn show(&mut self, seen: &Seen, words: &str, now: Instant) {
        match self {
            Display::Bar(bar) => {
                if bar.is_hidden() {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                }
                bar.set_position(seen.percent.into());
                bar.set_message(words.to_owned());
            }
            Display::Lines(last) => {
                if last.is_none_or(|last| now - last >= LINE) {
                    eprintln!("qbr: {} %, {words}", seen.percent);
                    *last = Some(now);
                }
            }
            Display::Nothing => {}
        }
    }

    fn clear(&self) {
        if let Display::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }

    fn end(&self, seen: &Seen, took: Duration) {
        if matches!(self, Display::Nothing) {
            return;
        }
        let rate = (seen.rows as f64 / took.as_secs_f64()) as u64;
        let (rows, seconds) = (grouped(seen.rows), took.as_secs_f64());
        eprintln!("qbr: {rows} rows in {seconds:.1} s, {} rows/s", grouped(rate));
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1000),
        1_000_000..10_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{} MB", grouped(bytes / 1_000_000)),
    }
}

fn grouped(number: u64) -> String {
    Formats::default().count(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_the_file_the_step_and_the_rate() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let seen = Seen {
            phase: Phase::Dividing,
            file: "deals.csv".into(),
            done: 61_000_000,
            of: 150_000_000,
            rows: 0,
            percent: 7,
        };
        pace.look(&seen, start);
        let later = start + Duration::from_secs(2);
        assert_eq!(
            pace.words(&seen, later, false),
            "deals.csv: finding the rows, 61 MB of 150 MB, 30 MB/s"
        );
        let storing =
            Seen { phase: Phase::Storing, file: String::new(), done: 0, rows: 1_200, ..seen };
        assert_eq!(pace.words(&storing, later, false), "storing the changes, 1,200 rows so far");
        assert!(pace.words(&storing, later, true).starts_with("stopping"));
    }

    #[test]
    fn numbers_are_short() {
        let sizes = [999, 1_500_000, 61_900_000, 2_000_000_000].map(size);
        assert_eq!(sizes, ["0 kB", "1.5 MB", "61 MB", "2,000 MB"]);
    }
}
