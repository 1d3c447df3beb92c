//! Workbooks are read in a process of its own, with bounds on its memory and time.
//!
//! What reads these formats takes sizes from the file: a few hundred bytes can
//! ask for terabytes, and some damage ends in a panic. In the program that would
//! end the session of whoever has it open; here it ends the helper, and the
//! import says so. The helper is this program itself, called with [`HELPER`].

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::error::ImportError;
use super::refused::Refused;
use super::workbook::{self, DecodedSheet};
use super::{Layout, Opening, Sheet, Text};

/// The hidden command: `qbr decode-workbook FOLDER FILE [SHEET]`.
pub const HELPER: &str = "decode-workbook";

/// Memory of the helper, in bytes of address space.
const MEMORY: u64 = 1536 << 20;

/// Time of the helper, in seconds of one processor. A million rows take ten.
const SECONDS: u64 = 600;

/// Between two looks at whether the helper has ended, or should.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A sheet and its text.
pub(super) struct SheetText {
    pub(super) sheet: Sheet,
    pub(super) text: Text,
    pub(super) notes: Vec<String>,
}

/// The sheets of a workbook that have something in them.
pub(super) fn sheets(path: &Path, with: Opening<'_>) -> Result<Vec<SheetText>, ImportError> {
    let io = |source| ImportError::Io { file: path.to_owned(), source };
    let folder = with.scratch.folder().map_err(io)?.keep();
    let decoded = match program() {
        Some(program) => by_helper(&program, path, &folder, with)?,
        None => workbook::decode(path, &folder, with.sheet),
    };
    let decoded = decoded.map_err(|refused| error(path, refused, with.sheet))?;
    if decoded.is_empty() {
        return Err(ImportError::NoSheets { file: path.to_owned() });
    }
    Ok(decoded.into_iter().map(SheetText::from).collect())
}

impl From<DecodedSheet> for SheetText {
    fn from(sheet: DecodedSheet) -> Self {
        SheetText {
            sheet: Sheet { name: sheet.name, hidden: sheet.hidden },
            // Removed with the folder.
            text: Text {
                path: sheet.file,
                mark: 0,
                above: 0,
                layout: Layout::Records { less: 0 },
                _temporary: None,
            },
            notes: sheet.notes,
        }
    }
}

fn error(path: &Path, refused: Refused, sheet: Option<&str>) -> ImportError {
    let file = path.to_owned();
    match refused {
        Refused::NoWorkbook => ImportError::NotText { file, what: "a zip archive and no workbook" },
        Refused::Password => ImportError::Password { file },
        Refused::Damaged(why) => ImportError::Damaged { file, what: "workbook", why },
        Refused::TooLarge(why) => ImportError::TooLarge { file, why },
        Refused::NoSheet(known) => {
            ImportError::NoSheet { file, sheet: sheet.unwrap_or_default().to_owned(), known }
        }
        Refused::Io(why) => ImportError::Io { file, source: std::io::Error::other(why) },
    }
}

/// This program, when it is one that knows [`HELPER`]: in a test, or in a program that uses the
/// library, there is no other process.
fn program() -> Option<std::path::PathBuf> {
    let program = std::env::current_exe().ok()?;
    (program.file_stem()? == "qbr").then_some(program)
}

fn by_helper(
    program: &Path,
    path: &Path,
    folder: &Path,
    with: Opening<'_>,
) -> Result<Result<Vec<DecodedSheet>, Refused>, ImportError> {
    let io = |source| ImportError::Io { file: path.to_owned(), source };
    let mut command = Command::new(program);
    command.arg(HELPER).arg("--").arg(folder).arg(path).args(with.sheet);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(io)?;
    let out = child.stdout.take();
    let listening = std::thread::spawn(move || {
        let mut said = Vec::new();
        // An answer names sheets and notes; it is never so long.
        let heard = out.map(|out| out.take(16 << 20).read_to_end(&mut said));
        heard.transpose().map(|_| said)
    });
    let ended = loop {
        if let Some(ended) = child.try_wait().map_err(io)? {
            break ended;
        }
        if let Err(cancelled) = with.progress.go_on() {
            // It may have ended by itself meanwhile.
            let _ = child.kill();
            let _ = child.wait();
            return Err(cancelled);
        }
        std::thread::sleep(LOOK_EVERY);
    };
    let said = listening.join().unwrap_or_else(|_| Ok(Vec::new())).map_err(io)?;
    Ok(match serde_json::from_slice::<Result<Vec<DecodedSheet>, Refused>>(&said) {
        Ok(answer) if ended.success() => answer,
        _ => Err(Refused::Damaged(format!(
            "reading it failed ({ended}); it is damaged, or needs more than {} MiB of memory",
            MEMORY >> 20
        ))),
    })
}

/// What the helper does: reads the workbook within its bounds, and says on standard output what
/// came of it.
///
/// # Errors
/// When the answer cannot be written.
pub fn help(folder: &Path, path: &Path, sheet: Option<&str>) -> std::io::Result<()> {
    bound();
    let answer = workbook::decode(path, folder, sheet);
    Ok(serde_json::to_writer(std::io::stdout().lock(), &answer)?)
}

/// Best effort: where the system refuses, the workbook is read without bounds.
fn bound() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    for (resource, most) in [
        (Resource::As, MEMORY),
        (Resource::Cpu, SECONDS),
        // A core file would hold rows of customers.
        (Resource::Core, 0),
    ] {
        let mut limit = getrlimit(resource);
        limit.current = Some(limit.current.map_or(most, |current| current.min(most)));
        if let Err(error) = setrlimit(resource, limit) {
            tracing::debug!(%error, "no bound on the helper");
        }
    }
}
