//! The folder of drafts.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atomic_write_file::OpenOptions;
use atomic_write_file::unix::OpenOptionsExt as _;
use chrono::Utc;
use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};

use super::Draft;
use super::session::{Session, lives};

/// Of the files written now; a file of another format is set aside.
const FORMAT: u32 = 1;

/// Why a draft could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error("there is no home folder to keep drafts in: {0}")]
    NoHome(String),
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("\"{0}\" is not the name of a draft")]
    BadName(String),
    #[error("the draft {0} is not there any more")]
    Gone(String),
    #[error("{}: {why}", path.display())]
    Unreadable { path: PathBuf, why: String },
}

/// What there is to go on with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offered {
    /// Newest first.
    pub drafts: Vec<Draft>,
    /// Files that could not be read and now have another name.
    pub set_aside: Vec<PathBuf>,
}

/// The drafts of this user. Clones are the same journal and the same session.
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
    session: Arc<Session>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    /// Who keeps it; another session while that one lives leaves it alone.
    session: String,
    draft: Draft,
}

impl Journal {
    /// The journal under `$XDG_STATE_HOME/qbr/drafts`, by default
    /// `~/.local/state/qbr/drafts`.
    pub fn open() -> Result<Self, DraftError> {
        Journal::at(&Journal::usual_folder()?)
    }

    /// Where drafts are kept when nobody says otherwise; it need not be there.
    pub fn usual_folder() -> Result<PathBuf, DraftError> {
        let base = etcetera::choose_base_strategy()
            .map_err(|error| DraftError::NoHome(error.to_string()))?;
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Ok(state.join("qbr").join("drafts"))
    }

    /// The journal in a folder, which is made if need be and shut to others.
    pub fn at(folder: &Path) -> Result<Self, DraftError> {
        let failed = |error| DraftError::Io { path: folder.to_owned(), error };
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let mode = fs::metadata(folder).map_err(failed)?.permissions().mode();
        if mode & 0o777 != 0o700 {
            fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(failed)?;
        }
        let session = Session::begin(folder, Draft::new_id(Utc::now())).map_err(failed)?;
        Ok(Journal { folder: folder.to_owned(), session: Arc::new(session) })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a draft in the place of the one with its id. When this returns, it
    /// survives the end of the process and of the machine.
    pub fn save(&self, draft: &Draft) -> Result<(), DraftError> {
        let path = self.path(&draft.id)?;
        let stored =
            Stored { format: FORMAT, session: self.session.name.clone(), draft: draft.clone() };
        let write = || -> io::Result<()> {
            let text = serde_json::to_vec_pretty(&stored)?;
            let mut options = OpenOptions::new();
            options.preserve_mode(false);
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&path)?;
            file.write_all(&text)?;
            file.commit()?;
            // The name has to last as well as the words.
            File::open(&self.folder)?.sync_all()
        };
        write().map_err(|error| DraftError::Io { path: path.clone(), error })
    }

    /// The drafts for a workspace that no running session keeps, and what could
    /// not be read. Files that are no drafts are left alone.
    pub fn list(&self, workspace: &Path) -> Result<Offered, DraftError> {
        let failed = |error| DraftError::Io { path: self.folder.clone(), error };
        let mut offered = Offered::default();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            match read(&path) {
                Ok(stored) => {
                    let own = stored.session == self.session.name;
                    if same_file(&stored.draft.workspace, workspace)
                        && (own || !lives(&self.folder, &stored.session))
                    {
                        offered.drafts.push(stored.draft);
                    }
                }
                // Another session saved or discarded it just now.
                Err(DraftError::Gone(_)) => {}
                // Not the error itself: it may quote what somebody wrote.
                Err(_) => {
                    tracing::warn!(path = %path.display(), "a draft is set aside");
                    offered.set_aside.push(set_aside(&path)?);
                }
            }
        }
        offered.drafts.sort_by_key(|draft| std::cmp::Reverse(draft.saved_at));
        Ok(offered)
    }

    /// Takes a draft over into this session, so that no other offers it.
    ///
    /// # Errors
    /// `Gone` when it was saved or thrown away meanwhile.
    pub fn recover(&self, id: &str) -> Result<Draft, DraftError> {
        let stored = read(&self.path(id)?)?;
        self.save(&stored.draft)?;
        Ok(stored.draft)
    }

    /// Whether there is a draft of this name, of whatever session.
    pub fn has(&self, id: &str) -> bool {
        self.path(id).is_ok_and(|path| path.exists())
    }

    /// Throws a draft away; one that is not there is as good as thrown away.
    pub fn discard(&self, id: &str) -> Result<(), DraftError> {
        let path = self.path(id)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(DraftError::Io { path, error })
            }
            _ => Ok(()),
        }
    }

    fn path(&self, id: &str) -> Result<PathBuf, DraftError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if id.is_empty() || id.len() > 100 || !id.chars().all(fits) {
            return Err(DraftError::BadName(id.to_owned()));
        }
        Ok(self.folder.join(format!("{id}.json")))
    }
}

fn read(path: &Path) -> Result<Stored, DraftError> {
    let text = fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            DraftError::Gone(path.file_stem().unwrap_or_default().to_string_lossy().into_owned())
        }
        _ => DraftError::Io { path: path.to_owned(), error },
    })?;
    let unreadable = |why: String| DraftError::Unreadable { path: path.to_owned(), why };
    let stored: Stored =
        serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    if stored.format != FORMAT {
        return Err(unreadable(format!("format {} is not known", stored.format)));
    }
    if path.file_stem().is_none_or(|stem| stem.to_string_lossy() != stored.draft.id) {
        return Err(unreadable("it has the name of another draft".to_owned()));
    }
    Ok(stored)
}

/// Gives an unreadable file a name under which it is not read again.
fn set_aside(path: &Path) -> Result<PathBuf, DraftError> {
    let failed = |error| DraftError::Io { path: path.to_owned(), error };
    for number in 0..1000 {
        let aside = path.with_extension(if number == 0 {
            "unreadable".to_owned()
        } else {
            format!("unreadable-{number}")
        });
        if !aside.exists() {
            fs::rename(path, &aside).map_err(failed)?;
            return Ok(aside);
        }
    }
    Err(failed(io::Error::from(io::ErrorKind::AlreadyExists)))
}

/// The same path, or another way to the same file.
fn same_file(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
