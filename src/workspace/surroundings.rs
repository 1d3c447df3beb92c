//! Where a workspace lies, told without opening it: the file system, the room on
//! it, who has it, what a crash has left.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::backup::backups;
use super::error::{ReadOnly, WorkspaceError};
use super::file;
use super::interrupt::Interrupter;
use super::lease::{LeaseFiles, Mode, Patience, Wait};
use super::{Backup, Holder, Identity};

/// What is known of the place of a workspace.
#[derive(Debug)]
pub struct Surroundings {
    /// Links resolved.
    pub path: PathBuf,
    pub bytes: u64,
    /// Why it cannot be written by this user.
    pub read_only: Option<ReadOnly>,
    /// The kind of file system, where it is one that is known.
    pub file_system: Option<&'static str>,
    /// Its locks do not hold among machines.
    pub network: bool,
    /// Bytes that are free for this user.
    pub free: Option<u64>,
    /// Length of a write-ahead log that a crash has left.
    pub log: Option<u64>,
    /// Who has it at this moment.
    pub holder: Option<Holder>,
    /// The copies beside it, the newest first.
    pub backups: Vec<Backup>,
}

/// File systems by the number that the kernel gives them; those over a network.
const KINDS: [(i64, &str, bool); 14] = [
    (0xEF53, "ext4", false),
    (0x5846_5342, "xfs", false),
    (0x9123_683E, "btrfs", false),
    (0x2FC1_2FC1, "zfs", false),
    (0x0102_1994, "tmpfs", false),
    (0x794C_7630, "overlayfs", false),
    (0xF2F5_2010, "f2fs", false),
    (0x6969, "NFS", true),
    (0xFF53_4D42, "CIFS", true),
    (0xFE53_4D42, "SMB", true),
    (0x6573_5546, "FUSE", true),
    (0x0102_1997, "9p", true),
    (0x00C3_6400, "Ceph", true),
    (0x4750_4653, "GPFS", true),
];

/// Looks at the place of a workspace. Waits for nobody.
///
/// # Errors
/// `Missing`, `NotADatabase` for a folder, `Io`.
pub fn surroundings(path: &Path) -> Result<Surroundings, WorkspaceError> {
    let path = file::find(path)?;
    let data =
        fs::metadata(&path).map_err(|source| WorkspaceError::Io { path: path.clone(), source })?;
    let system = rustix::fs::statfs(&path).ok();
    let number = system.as_ref().map(|system| i64::from(system.f_type as u32));
    let kind = KINDS.iter().find(|(known, ..)| number == Some(*known));
    let free = system.map(|system| system.f_bavail.saturating_mul(system.f_bsize as u64));
    let log = fs::metadata(file::log_of(&path)).ok().map(|log| log.len()).filter(|len| *len > 0);
    Ok(Surroundings {
        bytes: data.len(),
        read_only: file::read_only(&path),
        file_system: kind.map(|(_, name, _)| *name),
        network: kind.is_some_and(|(.., network)| *network),
        free,
        log,
        holder: holder(&path),
        backups: backups(&path)?,
        path,
    })
}

/// Who has a workspace attached, as far as the lease tells.
fn holder(path: &Path) -> Option<Holder> {
    let (identity, interrupter) = (Identity::current(), Interrupter::default());
    let mut patience = Patience { limit: Duration::ZERO, on_wait: None };
    let mut wait = Wait::new(path, "looking", &interrupter, &mut patience);
    let note = || Holder::this_process(&identity, "looking");
    match LeaseFiles::beside(path).acquire(Mode::Shared, note, &mut wait) {
        Err(WorkspaceError::Busy { holder, .. }) => holder.map(|holder| *holder),
        _ => None,
    }
}
