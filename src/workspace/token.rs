//! The secret that lets a client in: a file that its owner alone can read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::address::Address;
use super::error::WorkspaceError;

/// A file of one's own.
const FILE: &str = "QBR_TOKEN_FILE";

/// Hexadecimal digits of a token that this program makes: 256 bits.
const DIGITS: usize = 64;

/// Where the token of this address is kept by this user.
///
/// # Errors
/// `NoToken`, where there is no home folder either.
pub(super) fn place(address: &Address) -> Result<PathBuf, WorkspaceError> {
    if let Some(file) = std::env::var_os(FILE) {
        return Ok(PathBuf::from(file));
    }
    let base = etcetera::choose_base_strategy()
        .map_err(|error| no_token(Path::new("~"), address, &error.to_string()))?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    let name = format!("{}-{}.token", address.host, address.port);
    Ok(state.join("qbr/served").join(name))
}

/// The token of this address.
///
/// # Errors
/// `NoToken`, where there is none or others can read it.
pub(super) fn read(address: &Address) -> Result<String, WorkspaceError> {
    let path = place(address)?;
    let no = |why: &str| no_token(&path, address, why);
    let mut file = File::open(&path).map_err(|error| no(&error.to_string()))?;
    let mode = file.metadata().map_err(|error| no(&error.to_string()))?.mode();
    if mode & 0o077 != 0 {
        return Err(no("others can read it; chmod 600 it"));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| no(&error.to_string()))?;
    let token = text.trim();
    let fits = token.len() >= 16 && token.chars().all(|c| c.is_ascii_graphic());
    if fits { Ok(token.to_owned()) } else { Err(no("it holds no token")) }
}

/// The token that a server lets in, kept from one serving to the next so that copies of it stay
/// good; made where there is none.
///
/// # Errors
/// `NoToken`, where it cannot be written.
pub(super) fn kept(address: &Address) -> Result<(String, PathBuf), WorkspaceError> {
    let path = place(address)?;
    match make(&path) {
        Ok(token) => Ok((token, path)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok((read(address)?, path)),
        Err(error) => Err(no_token(&path, address, &error.to_string())),
    }
}

fn make(path: &Path) -> io::Result<String> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let token = random()?;
    let written = file.write_all(format!("{token}\n").as_bytes()).and_then(|()| file.sync_all());
    written.inspect_err(|_| {
        let _ = fs::remove_file(path);
    })?;
    Ok(token)
}

fn random() -> io::Result<String> {
    let mut bytes = [0_u8; DIGITS / 2];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn no_token(path: &Path, address: &Address, why: &str) -> WorkspaceError {
    WorkspaceError::NoToken { address: address.path(), file: path.to_owned(), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("served/x.token");
        let token = make(&path).expect("made");
        assert_eq!(token.len(), DIGITS);
        assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
        assert_eq!(
            fs::metadata(folder.path().join("served")).expect("there").mode() & 0o777,
            0o700
        );
        let again = make(&path).expect_err("there already");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_ne!(random().expect("random"), token);
    }
}
