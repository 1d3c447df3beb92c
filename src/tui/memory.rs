//! What the program remembers of a person from one session to the next: how
//! tables are arranged, and where each workspace was left.
//!
//! One small file in the person's own state folder, never in the workspace. It
//! is a convenience: a file that cannot be read is as good as none, and one that
//! cannot be written is nobody's trouble. Must never hold a text that somebody
//! wrote: that is what drafts are for.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// The name of the file in the state folder.
pub const FILE: &str = "screen.json";
/// A change waits this long for the next, so that moving about writes seldom.
const PAUSE: Duration = Duration::from_millis(300);

/// What is remembered, by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    entries: BTreeMap<String, Json>,
}

impl Memory {
    /// What the file holds; nothing, where it can't be read.
    pub fn load(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        Memory { entries: serde_json::from_str(&text).unwrap_or_default() }
    }

    /// The value of a key, if it is there and of this shape.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_value(self.entries.get(key)?.clone()).ok()
    }

    /// True when it was not so before.
    pub fn set(&mut self, key: &str, value: Json) -> bool {
        if self.entries.get(key) == Some(&value) {
            return false;
        }
        self.entries.insert(key.to_owned(), value);
        true
    }
}

/// The thread that writes the file.
#[derive(Debug)]
pub struct MemoryWriter {
    sender: Option<Sender<(String, Json)>>,
    thread: Option<JoinHandle<()>>,
}

impl MemoryWriter {
    /// Starts the thread for this file.
    ///
    /// # Errors
    /// When no thread can be made.
    pub fn start(path: PathBuf) -> io::Result<Self> {
        let (sender, changes) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("memory".into())
            .spawn(move || keep_writing(&path, &changes))?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
    }

    /// Keeps a value, soon.
    pub fn remember(&self, key: String, value: Json) {
        if let Some(sender) = &self.sender {
            // Gone only when the thread is; then nothing can be kept.
            let _ = sender.send((key, value));
        }
    }
}

impl Drop for MemoryWriter {
    /// What was to be kept is on the disk afterwards.
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn keep_writing(path: &Path, changes: &Receiver<(String, Json)>) {
    while let Ok((key, value)) = changes.recv() {
        let mut waiting = BTreeMap::from([(key, value)]);
        let open = loop {
            match changes.recv_timeout(PAUSE) {
                Ok((key, value)) => drop(waiting.insert(key, value)),
                Err(RecvTimeoutError::Timeout) => break true,
                Err(RecvTimeoutError::Disconnected) => break false,
            }
        };
        if let Err(error) = write(path, waiting) {
            tracing::warn!(path = %path.display(), %error, "what the screen remembers is not kept");
        }
        if !open {
            return;
        }
    }
}

/// Into what the file holds by now: another session of the person may have
/// written meanwhile.
fn write(path: &Path, changed: BTreeMap<String, Json>) -> io::Result<()> {
    use atomic_write_file::unix::OpenOptionsExt;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut memory = Memory::load(path);
    memory.entries.extend(changed);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = atomic_write_file::OpenOptions::new();
    options.preserve_mode(false).mode(0o600);
    let mut file = options.open(path)?;
    file.write_all(serde_json::to_string_pretty(&memory.entries)?.as_bytes())?;
    file.commit()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_remembered_is_there_again_and_others_keep_theirs() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state").join(FILE);
        let writer = MemoryWriter::start(path.clone()).expect("a thread");
        writer.remember("a".into(), json!(1));
        writer.remember("a".into(), json!(2));
        drop(writer);
        let other = MemoryWriter::start(path.clone()).expect("a thread");
        other.remember("b".into(), json!("x"));
        drop(other);
        let memory = Memory::load(&path);
        assert_eq!(memory.get("a"), Some(2));
        assert_eq!(memory.get("b"), Some("x".to_owned()));
        assert_eq!(memory.get::<u32>("b"), None, "of another shape");
        assert_eq!(memory.get::<u32>("c"), None);
    }

    #[test]
    fn a_damaged_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE);
        fs::write(&path, "{\"a\": ").expect("written");
        assert_eq!(Memory::load(&path), Memory::default());
        let writer = MemoryWriter::start(path.clone()).expect("a thread");
        writer.remember("a".into(), json!(true));
        drop(writer);
        assert_eq!(Memory::load(&path).get("a"), Some(true));
    }
}
