//! A program in a pseudo-terminal, with a person at it.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

const QBR: &str = env!("CARGO_BIN_EXE_qbr");
/// A slow machine under load must not fail a test that is about something else.
const PATIENCE: Duration = Duration::from_secs(60);
/// No byte for this long: the screen has settled.
const QUIET: Duration = Duration::from_millis(250);

/// One journey at a time: several of them measure time.
pub fn serial() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A person's own folders, with the sample company in one of them.
pub struct Home {
    folder: tempfile::TempDir,
    workspace: &'static str,
}

impl Home {
    pub fn workspace(&self) -> PathBuf {
        self.folder.path().join(self.workspace)
    }

    /// The same with another name for the workspace.
    pub fn called(self, name: &'static str) -> Self {
        let named = Home { workspace: name, ..self };
        std::fs::rename(named.folder.path().join(ACME), named.workspace()).expect("renamed");
        named
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the person's configuration.
    pub fn configure(&self, text: &str) {
        let folder = self.folder.path().join("config/qbr");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("config.toml"), text).expect("written");
    }

    /// Copies a file into the home of somebody else.
    pub fn copy_to(&self, other: &Home, name: &str) {
        std::fs::copy(self.folder.path().join(name), other.path().join(name)).expect("a copy");
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("written");
    }

    /// Folders and locale of somebody who has set up nothing.
    fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let folder = self.folder.path();
        let mut out = vec![("HOME", folder.to_owned())];
        for (name, place) in [
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_CONFIG_HOME", "config"),
        ] {
            out.push((name, folder.join(place)));
        }
        out
    }
}

/// What `qbr` with these arguments prints where there is no terminal.
pub fn without_terminal(home: &Home, arguments: &[&str]) -> String {
    let output = Command::new(QBR)
        .args(arguments)
        .current_dir(home.path())
        .envs(home.environment())
        .output()
        .expect("qbr runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// The same with these lines at its standard input; was all well?
pub fn piped(home: &Home, arguments: &[&str], typed: &str) -> (String, bool) {
    let mut child = Command::new(QBR)
        .args(arguments)
        .current_dir(home.path())
        .envs(home.environment())
        .env_remove("QBR_REGION")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("qbr starts");
    let mut input = child.stdin.take().expect("a pipe");
    // Whoever has left reads no more: that is an answer too.
    let _ = input.write_all(typed.as_bytes());
    drop(input);
    let output = child.wait_with_output().expect("qbr ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout) + &text(&output.stderr), output.status.success())
}

const ACME: &str = "acme.duckdb";

/// A fresh home with a fresh copy of the sample company.
pub fn home() -> Home {
    static SAMPLE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let sample = SAMPLE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let catalog = qbr::catalog::Catalog::embedded().expect("the embedded content is sound");
        qbr::cli::demo::build(&folder.path().join("sample.duckdb"), &catalog)
            .expect("the sample company can be made");
        folder
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = Home { folder, workspace: ACME };
    std::fs::copy(sample.path().join("sample.duckdb"), home.workspace()).expect("a copy");
    home
}

/// A running qbr.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    heard: Arc<Mutex<Heard>>,
    stop: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
    /// Held by a test while nobody reads.
    gate: Arc<Mutex<()>>,
    link: Option<Link>,
}

struct Heard {
    screen: vt100::Parser,
    raw: Vec<u8>,
    /// How much was there after each read.
    reads: Vec<usize>,
    last: Instant,
}

/// A connection that is worse than none in between.
#[derive(Clone, Copy)]
pub struct Link {
    pub bytes_per_second: usize,
    /// From one end to the other.
    pub delay: Duration,
    /// Between two bytes that are typed, each a packet of its own.
    pub between: Duration,
}

impl Terminal {
    /// `qbr WORKSPACE` in 80 columns and 24 rows.
    pub fn open(home: &Home) -> Self {
        let mut command = CommandBuilder::new(QBR);
        command.arg(home.workspace());
        Self::start(home, command)
    }

    /// `qbr` with these arguments.
    pub fn run(home: &Home, arguments: &[&str]) -> Self {
        let mut command = CommandBuilder::new(QBR);
        command.args(arguments);
        Self::start(home, command)
    }

    /// The same with these variables set.
    pub fn open_with(home: &Home, variables: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(QBR);
        command.arg(home.workspace());
        Self::start_with(home, command, variables)
    }

    /// The same as a child of a shell that runs this script.
    pub fn open_under(home: &Home, script: &str) -> Self {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", script, QBR]);
        command.arg(home.workspace());
        Self::start(home, command)
    }

    fn start(home: &Home, command: CommandBuilder) -> Self {
        Self::start_with(home, command, &[])
    }

    /// The same over a bad connection.
    pub fn open_over(home: &Home, link: Link) -> Self {
        let mut command = CommandBuilder::new(QBR);
        command.arg(home.workspace());
        Self::start_over(
            home,
            command,
            &[("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")],
            Some(link),
        )
    }

    fn start_with(home: &Home, command: CommandBuilder, variables: &[(&str, &str)]) -> Self {
        Self::start_over(home, command, variables, None)
    }

    fn start_over(
        home: &Home,
        mut command: CommandBuilder,
        variables: &[(&str, &str)],
        link: Option<Link>,
    ) -> Self {
        command.cwd(home.path());
        for (name, value) in home.environment() {
            command.env(name, value);
        }
        for (name, value) in
            [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("LC_ALL", "C.UTF-8")]
        {
            command.env(name, value);
        }
        for name in [
            "SSH_CONNECTION",
            "NO_COLOR",
            "TMUX",
            "STY",
            "QBR_GLYPHS",
            "COLORTERM",
            "QBR_REGION",
            "QBR_CONFIG",
            "QBR_THEME",
            "QBR_LOG",
        ] {
            command.env_remove(name);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(command).expect("qbr starts");
        drop(pair.slave);
        let heard = Arc::new(Mutex::new(Heard {
            screen: vt100::Parser::new(24, 80, 0),
            raw: Vec::new(),
            reads: Vec::new(),
            last: Instant::now(),
        }));
        let gate = Arc::new(Mutex::new(()));
        let stop = Arc::new(AtomicBool::new(false));
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let listener = {
            let (heard, stop) = (Arc::clone(&heard), Arc::clone(&stop));
            let gate = Arc::clone(&gate);
            std::thread::spawn(move || {
                // A slow link brings a hundredth of what it can in a second at a time.
                let most = link.map_or(65536, |link| link.bytes_per_second / 100);
                let mut bytes = vec![0u8; most];
                while !stop.load(Ordering::SeqCst) {
                    drop(gate.lock().unwrap_or_else(PoisonError::into_inner));
                    match reader.read(&mut bytes) {
                        Ok(count @ 1..) => {
                            if let Some(link) = link {
                                let share = count as f64 / link.bytes_per_second as f64;
                                std::thread::sleep(Duration::from_secs_f64(share));
                            }
                            let mut heard = lock(&heard);
                            heard.screen.process(&bytes[..count]);
                            heard.raw.extend_from_slice(&bytes[..count]);
                            let length = heard.raw.len();
                            heard.reads.push(length);
                            heard.last = Instant::now();
                        }
                        _ => return,
                    }
                }
            })
        };
        let writer = pair.master.take_writer().expect("a writer");
        Self {
            child,
            master: Some(pair.master),
            writer: Some(writer),
            heard,
            stop,
            listener: Some(listener),
            gate,
            link,
        }
    }

    /// Nobody reads what is sent while this is held, but for what the next read brings.
    pub fn stall_after_next_read(&self) -> Stalled {
        let gate = Arc::clone(&self.gate);
        let (held, holding) = std::sync::mpsc::channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        std::thread::spawn(move || {
            let gate = gate.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = held.send(());
            // Until the test lets go.
            let _ = released.recv();
            drop(gate);
        });
        let _ = holding.recv();
        Stalled { _release: release }
    }

    /// Types, whatever the program makes of it.
    pub fn type_only(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("not hung up");
        // A terminal that is full of keys nobody reads takes no more.
        let _ = writer.write_all(keys.as_bytes());
    }

    /// `qbr WORKSPACE` in a tmux of its own, with the settings tmux has by itself.
    pub fn tmux(home: &Home) -> Self {
        let mut command = CommandBuilder::new("tmux");
        command.args(["-f", "/dev/null", "-L", &socket(home), "new-session"]);
        command.arg(format!("'{QBR}' '{}'", home.workspace().display()));
        Self::start(home, command)
    }

    /// How much had come after each read.
    pub fn reads(&self) -> Vec<usize> {
        lock(&self.heard).reads.clone()
    }

    /// Row and column of the cursor; `None` while it is hidden.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        let heard = lock(&self.heard);
        let screen = heard.screen.screen();
        (!screen.hide_cursor()).then(|| screen.cursor_position())
    }

    /// Rows in which a letter stands reversed.
    pub fn reversed_rows(&self) -> Vec<u16> {
        let heard = lock(&self.heard);
        let screen = heard.screen.screen();
        let (rows, columns) = screen.size();
        let reversed = |row: &u16| {
            (0..columns).any(|column| screen.cell(*row, column).is_some_and(|cell| cell.inverse()))
        };
        (0..rows).filter(reversed).collect()
    }

    /// Ticks of the processor that the program has used.
    pub fn ticks(&self) -> Option<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("not hung up");
        match self.link {
            None => writer.write_all(keys.as_bytes()).expect("the terminal takes keys"),
            Some(link) => {
                std::thread::sleep(link.delay);
                for byte in keys.as_bytes() {
                    writer.write_all(&[*byte]).expect("the terminal takes keys");
                    writer.flush().expect("the terminal takes keys");
                    std::thread::sleep(link.between);
                }
                std::thread::sleep(link.delay);
            }
        }
        writer.flush().expect("the terminal takes keys");
        lock(&self.heard).last = Instant::now();
    }

    /// The screen as lines of text.
    pub fn screen(&self) -> String {
        lock(&self.heard).screen.screen().contents()
    }

    /// Everything that was sent so far.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&lock(&self.heard).raw).into_owned()
    }

    pub fn bytes(&self) -> usize {
        lock(&self.heard).raw.len()
    }

    #[track_caller]
    pub fn wait_for(&self, words: &str) {
        self.wait_until(words, |screen| screen.contains(words));
    }

    /// Goes down, or up from the end, until the selected row holds these words.
    #[track_caller]
    pub fn select_row(&mut self, words: &str) {
        self.keys("g");
        for _ in 0..40 {
            self.settle();
            let screen = self.screen();
            if screen.lines().any(|line| line.starts_with('►') && line.contains(words)) {
                return;
            }
            self.keys("\x1b[B");
        }
        panic!("no row holds \"{words}\":\n{}", self.screen());
    }

    /// Waits until the selected row holds these words.
    #[track_caller]
    pub fn wait_for_row(&self, words: &str) {
        self.wait_until(words, |screen| {
            screen.lines().any(|line| line.starts_with('►') && line.contains(words))
        });
    }

    #[track_caller]
    fn wait_until(&self, words: &str, holds: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(&self.screen()) {
            assert!(Instant::now() < end, "\"{words}\" never came:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until nothing more comes.
    pub fn settle(&self) {
        let end = Instant::now() + PATIENCE;
        while lock(&self.heard).last.elapsed() < QUIET && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until nothing has come for so long that nothing is being asked any more.
    pub fn rest(&self) {
        let end = Instant::now() + PATIENCE;
        while lock(&self.heard).last.elapsed() < Duration::from_secs(4) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    #[track_caller]
    pub fn never_sees(&self, words: &str) {
        self.settle();
        assert!(!self.screen().contains(words), "\"{words}\" is there:\n{}", self.screen());
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        // The emulator cannot hold a letter of two columns in one; the program has the true size.
        lock(&self.heard).screen.screen_mut().set_size(rows, columns.max(2));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().expect("not hung up").resize(size).expect("a new size");
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("it was started")
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(process(self.pid()), signal).expect("it can be signalled");
    }

    /// The exit status, if it ends in time.
    pub fn ends_within(&mut self, time: Duration) -> Option<i32> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            if let Ok(Some(status)) = self.child.try_wait() {
                std::thread::sleep(Duration::from_millis(50));
                return i32::try_from(status.exit_code()).ok();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }

    /// The link stalls: nobody reads any more what the program writes, and nobody says so.
    pub fn stall(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // The listener is in a read; a key that shows lets it go.
        self.keys("?");
        if let Some(listener) = self.listener.take() {
            listener.join().expect("the listener ends");
        }
    }

    /// The link drops: every end of the terminal that is ours is closed.
    pub fn hang_up(&mut self) {
        self.stall();
        self.close_link();
    }

    /// The end of a link on which nobody listens any more.
    pub fn close_link(&mut self) {
        self.writer = None;
        self.master = None;
    }
}

/// The workspace of a home, served on this machine until this is dropped.
pub struct Served {
    process: std::process::Child,
    pub address: String,
    pub port: u16,
}

impl Served {
    /// On this port, or on one that was free a moment ago. `None` where DuckDB's extensions for it
    /// are not installed.
    pub fn start(home: &Home, port: Option<u16>) -> Option<Self> {
        use std::io::BufRead;
        let folder = std::env::var_os("QBR_EXTENSIONS").map(PathBuf::from);
        if folder.is_none_or(|folder| !folder.join("quack.duckdb_extension").exists()) {
            eprintln!("skipped: QBR_EXTENSIONS names no folder with quack.duckdb_extension");
            return None;
        }
        let port = port.unwrap_or_else(|| {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
            listener.local_addr().expect("its address").port()
        });
        let mut process = Command::new(QBR)
            .args(["serve", home.workspace, "--port", &port.to_string()])
            .current_dir(home.path())
            .envs(home.environment())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("qbr serves");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        std::io::BufReader::new(output).read_line(&mut line).expect("a line");
        assert!(line.starts_with("Serving "), "{line}");
        Some(Served { process, address: format!("quack:127.0.0.1:{port}"), port })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A link that stands still until this is dropped.
pub struct Stalled {
    _release: std::sync::mpsc::Sender<()>,
}

/// The name of a tmux server that only this home has.
fn socket(home: &Home) -> String {
    let name = home.path().file_name().map(|name| name.to_string_lossy().into_owned());
    format!("qbr-{}", name.unwrap_or_default().replace('.', ""))
}

/// Asks the tmux of a home.
pub fn in_tmux(home: &Home, arguments: &[&str]) -> String {
    let output = Command::new("tmux").args(["-L", &socket(home)]).args(arguments).output();
    output.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default()
}

/// Is the process alive, and not merely waiting to be buried?
pub fn runs(pid: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()));
    if Path::new("/proc/self/stat").exists() {
        return state.is_some_and(|state| state != 'Z');
    }
    rustix::process::test_kill_process(process(pid)).is_ok()
}

/// The first child of a process.
pub fn child_of(parent: u32) -> Option<u32> {
    let out = Command::new("ps").args(["-A", "-o", "ppid=,pid="]).output().ok()?;
    let table = String::from_utf8_lossy(&out.stdout).into_owned();
    table.lines().find_map(|line| {
        let mut numbers = line.split_whitespace().filter_map(|n| n.parse::<u32>().ok());
        (numbers.next() == Some(parent)).then(|| numbers.next()).flatten()
    })
}

fn process(pid: u32) -> Pid {
    i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process id")
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
