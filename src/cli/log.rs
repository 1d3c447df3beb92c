//! What goes on inside, for somebody who helps: a file a day in the person's own state
//! folder, the newest few kept.
//!
//! `QBR_LOG` says how much (`warn` unless said, `debug` for all). Must never hold a text of
//! a record: what is logged are paths, numbers and errors of the system. A log that
//! cannot be written is nobody's trouble.

use std::path::PathBuf;

use etcetera::BaseStrategy;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// How much is logged.
const VARIABLE: &str = "QBR_LOG";
const KEPT: usize = 5;

/// Where the files are.
pub fn folder() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    Some(state.join("qbr").join("log"))
}

/// Begins the log of this process.
pub fn begin() {
    let Some(folder) = folder() else { return };
    if private(&folder).is_err() {
        return;
    }
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("qbr")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(&folder);
    let Ok(files) = files else { return };
    let filter = EnvFilter::try_from_env(VARIABLE).unwrap_or_else(|_| EnvFilter::new("warn"));
    // Written at once: the last line before the end is the one that counts.
    let begun = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(files)
        .try_init();
    // Somebody else logs already, in a test.
    drop(begun);
}

/// The folder, which only the person reads.
fn private(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
