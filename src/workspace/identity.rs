//! Who is at work: the operating system's user on this host.
//!
//! Invariant: the name comes from the process's user id, never from an
//! environment variable that anybody can set.

use rustix::fs::Mode;

/// The user and the machine that a change is signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Login name; `uid-1000` where the id has no name.
    pub user: String,
    /// The machine's own name.
    pub host: String,
}

impl Identity {
    /// The user who runs this process.
    pub fn current() -> Self {
        let uname = rustix::system::uname();
        Identity {
            user: user_name(rustix::process::getuid().as_raw()),
            host: uname.nodename().to_string_lossy().into_owned(),
        }
    }
}

/// The login name of a user id, or `uid-1000` where it has none.
pub(super) fn user_name(uid: u32) -> String {
    uzers::get_user_by_uid(uid)
        .map_or_else(|| format!("uid-{uid}"), |user| user.name().to_string_lossy().into_owned())
}

/// The names of the groups of a user, their own first; none for a name that the system does not
/// know.
pub fn groups_of(user: &str) -> Vec<String> {
    let Some(user) = uzers::get_user_by_name(user) else { return Vec::new() };
    let groups = uzers::get_user_groups(user.name(), user.primary_group_id()).unwrap_or_default();
    groups.iter().map(|group| group.name().to_string_lossy().into_owned()).collect()
}

/// Makes every file this process creates from now on readable and writable by
/// its group, and closed to others. The write-ahead log of a crashed process
/// takes its mode from here: with a private one it would shut the next person out.
pub fn share_with_group() {
    rustix::process::umask(Mode::from_raw_mode(0o007));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_the_one_of_the_process() {
        let identity = Identity::current();
        assert!(!identity.user.is_empty() && !identity.host.is_empty());
        assert_eq!(identity.user, user_name(rustix::process::getuid().as_raw()));
    }

    #[test]
    fn a_user_without_a_name_is_called_by_number() {
        assert_eq!(user_name(3_999_999_998), "uid-3999999998");
        assert!(groups_of("uid-3999999998").is_empty());
    }
}
