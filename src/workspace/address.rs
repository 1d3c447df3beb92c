//! Where a workspace is served, written in the place of a path.

use std::path::{Path, PathBuf};

use super::error::WorkspaceError;

/// Where a workspace is served: `quack:127.0.0.1:9494`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(super) host: String,
    pub(super) port: u16,
}

pub(super) const SCHEME: &str = "quack:";

impl Address {
    /// The address in the place of a path; `None` where it is a path.
    ///
    /// # Errors
    /// `BadAddress` for one that is none.
    pub fn of(path: &Path) -> Result<Option<Address>, WorkspaceError> {
        let Some(rest) = path.to_str().and_then(|text| text.strip_prefix(SCHEME)) else {
            return Ok(None);
        };
        let bad = || WorkspaceError::BadAddress { path: path.to_owned() };
        let (host, port) = rest.rsplit_once(':').ok_or_else(bad)?;
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '[' | ']' | ':');
        if host.is_empty() || !host.chars().all(fits) {
            return Err(bad());
        }
        let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(bad)?;
        Ok(Some(Address { host: host.to_owned(), port }))
    }

    /// On this machine, for this machine alone.
    pub fn here(port: u16) -> Address {
        Address { host: "127.0.0.1".into(), port }
    }

    /// As it is written in the place of a path.
    pub fn path(&self) -> PathBuf {
        PathBuf::from(self.to_string())
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{SCHEME}{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_path() {
        let of = |text: &str| Address::of(Path::new(text));
        assert_eq!(of("company.duckdb").expect("a path"), None);
        assert_eq!(of("./quack:1").expect("a path"), None);
        let here = of("quack:127.0.0.1:9494").expect("good").expect("an address");
        assert_eq!(here, Address::here(9494));
        assert_eq!(here.to_string(), "quack:127.0.0.1:9494");
        assert_eq!(of("quack:[::1]:9494").expect("good").expect("an address").host, "[::1]");
        for bad in ["quack:", "quack:host", "quack:host:", "quack::1", "quack:h:0", "quack:h'x:1"] {
            assert!(matches!(of(bad), Err(WorkspaceError::BadAddress { .. })), "{bad}");
        }
    }
}
