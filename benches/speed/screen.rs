//! The demo as a person sees it: in a pseudo-terminal.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::median;

/// The demo in a pseudo-terminal of 80×24: time to its first frame, bytes of a
/// row move, of an idle stretch, and of a burst of keys.
pub fn screen(folder: &Path) {
    println!("\nThe demo in a terminal of 80x24");
    let cold = Demo::start(folder);
    let Painted { first, whole, .. } = cold.first_paint();
    println!(
        "first demo ever (builds the sample company): first byte {first:.0} ms, brief {whole:.0} ms"
    );
    cold.stop();
    let mut painted = Vec::new();
    for _ in 0..5 {
        let demo = Demo::start(folder);
        painted.push(demo.first_paint());
        demo.stop();
    }
    let of = |part: fn(&Painted) -> f64| median(painted.iter().map(part).collect());
    println!(
        "first byte {:.0} ms, first lines of the brief {:.0} ms, the last {:.0} ms, median of 5",
        of(|painted| painted.first),
        of(|painted| painted.lines),
        of(|painted| painted.whole)
    );

    let mut demo = Demo::start(folder);
    println!("bytes until then: {}", demo.first_paint().bytes);
    println!("idle for 5 s: {} bytes", demo.quiet_for(Duration::from_secs(5)));
    let mut pages = Vec::new();
    demo.send(b"1");
    demo.settle();
    for _ in 0..5 {
        let start = Instant::now();
        demo.send(b"\r");
        let (_, last) = demo.settle_for(Duration::from_millis(700));
        pages.push(last.duration_since(start).as_secs_f64() * 1000.0);
        demo.send(b"\x1b");
        demo.settle();
    }
    println!("deals behind a row: {:.0} ms, median of 5", median(pages));
    demo.send(b"4");
    demo.settle();
    let mut moves = Vec::new();
    let mut delays = Vec::new();
    for step in 0..10 {
        let start = Instant::now();
        demo.send(if step % 2 == 0 { b"\x1b[B" } else { b"\x1b[A" });
        let (bytes, last) = demo.settle();
        moves.push(bytes as f64);
        delays.push(last.duration_since(start).as_secs_f64() * 1000.0);
    }
    println!(
        "row move: {:.0} bytes, last byte after {:.1} ms, median of 10",
        median(moves),
        median(delays)
    );
    demo.send(&b"\x1b[B".repeat(100));
    println!("100 keys at once: {} bytes", demo.settle().0);
    demo.stop();
}

/// What the first screen takes.
struct Painted {
    bytes: usize,
    first: f64,
    lines: f64,
    whole: f64,
}

struct Demo {
    started: Instant,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: mpsc::Receiver<(Instant, Vec<u8>)>,
}

impl Demo {
    fn start(folder: &Path) -> Demo {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_qbr"));
        command.arg("demo");
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("XDG_CACHE_HOME", folder.join("cache"));
        command.env("XDG_STATE_HOME", folder.join("state"));
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the demo starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        let (send, output) = mpsc::channel();
        std::thread::spawn(move || {
            let _master = pair.master;
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || send.send((Instant::now(), buffer[..count].to_vec())).is_err() {
                    break;
                }
            }
        });
        Demo { started, child, keys, output }
    }

    /// Bytes until the first lines of the brief, and milliseconds to the first byte, to those lines,
    /// and to the last of them.
    fn first_paint(&self) -> Painted {
        let since = |at: Instant| at.duration_since(self.started).as_secs_f64() * 1000.0;
        let (mut screen, mut first) = (String::new(), None);
        loop {
            let (at, chunk) =
                self.output.recv_timeout(Duration::from_secs(60)).expect("the demo draws");
            first = first.or(Some(at));
            screen += &String::from_utf8_lossy(&chunk);
            // The severity of a line; a screen that is still asking has none.
            if screen.contains("ACT") {
                let lines = since(at);
                // The rest looks ahead, and takes its time.
                let (_, last) = self.settle_for(Duration::from_secs(3));
                let whole = since(last.max(at));
                return Painted {
                    bytes: screen.len(),
                    first: since(first.unwrap_or(at)),
                    lines,
                    whole,
                };
            }
        }
    }

    fn send(&mut self, keys: &[u8]) {
        self.keys.write_all(keys).expect("sent");
        self.keys.flush().expect("sent");
    }

    fn settle(&self) -> (usize, Instant) {
        self.settle_for(Duration::from_millis(300))
    }

    fn settle_for(&self, quiet: Duration) -> (usize, Instant) {
        let mut last = self.started;
        let mut bytes = 0;
        while let Ok((at, chunk)) = self.output.recv_timeout(quiet) {
            bytes += chunk.len();
            last = at;
        }
        (bytes, last)
    }

    fn quiet_for(&self, time: Duration) -> usize {
        let end = Instant::now() + time;
        let mut bytes = 0;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if let Ok((_, chunk)) = self.output.recv_timeout(left) {
                bytes += chunk.len();
            }
        }
        bytes
    }

    fn stop(mut self) {
        let _ = self.keys.write_all(b"q");
        let _ = self.keys.flush();
        std::thread::sleep(Duration::from_millis(300));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
