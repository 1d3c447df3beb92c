//! Serving a workspace to others: the file attached by this process alone, and
//! DuckDB's Quack protocol on the loopback address in front of it.
//!
//! Invariants: nothing listens but to this machine; who has no token is not let
//! in; what comes in cannot reach another file, the network or the settings of
//! the server, nor stop it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::address::Address;
use super::error::{SERVING, WorkspaceError};
use super::file::log_of;
use super::lease::Mode;
use super::literal::quoted;
use super::schema::ALIAS;
use super::{Access, Workspace, extensions, token};

/// How often it is looked whether to stop.
const LOOK: Duration = Duration::from_millis(100);
/// How often what was written goes from the log into the file: a log is empty at rest.
const CHECKPOINT: Duration = Duration::from_secs(1);

/// What a client may ask, once texts, names in quotes and comments are taken out: to read, and to
/// add rows to the ledger. Never to change or take away a row, nor anything that governs the server.
const ALLOWED: &str = r#"CREATE MACRO memory.main.allowed(session, query) AS (
  SELECT NOT regexp_matches(bare, '\b(delete|drop|truncate|alter|merge)\b|quack_|stored_secrets')
     AND list_bool_and([
        part = '' OR regexp_matches(part, '^(prepare \w+ as\s+)?(select|from|insert into ledger\.|insert or replace into meta\.info|update meta\.info set value = value where key =|execute|begin|commit|rollback|use )')
        FOR part IN [trim(p, chr(10) || chr(13) || chr(9) || ' ') FOR p IN string_split(bare, ';')]])
  FROM (SELECT lower(regexp_replace(query,
      '(''([^'']|'''')*'')|("([^"]|"")*")|(--[^\n]*)|(/\*([^*]|\*[^/])*\*/)', ' ', 'g')) AS bare))"#;

/// What is being served.
#[derive(Clone, Debug)]
pub struct Serving {
    pub address: Address,
    /// The file with the token that lets clients in.
    pub token: PathBuf,
}

impl Workspace {
    /// Serves the workspace until `stop` says so; meanwhile nobody else can open the file. `begun`
    /// is called when clients are let in. Reads only, where it was opened to be read.
    ///
    /// # Errors
    /// `NoExtension`, `NoToken`, `Busy` while somebody has the file, `Sql` where the port is taken.
    pub fn serve(
        &mut self,
        address: &Address,
        begun: impl FnOnce(&Serving),
        mut stop: impl FnMut() -> bool,
    ) -> Result<(), WorkspaceError> {
        self.instance.load(extensions::found()?);
        let (secret, file) = token::kept(address)?;
        let mode = match self.access {
            Access::ReadWrite => Mode::Exclusive,
            Access::ReadOnly => Mode::Shared,
        };
        let path = self.path.clone();
        let turn = self.begin(mode, &format!("{SERVING}{address}"))?;
        let run = |sql: &str| {
            let done = turn.attached.connection()?.execute_batch(sql);
            done.map_err(|error| super::error::classify(&error.to_string(), &path))
        };
        run(ALLOWED)?;
        run("SET GLOBAL quack_authorization_function = 'allowed'")?;
        run(&format!(
            "CALL quack_serve({}, token = {})",
            quoted(&address.to_string()),
            quoted(&secret)
        ))?;
        let served = run("SET lock_configuration = true").map(|()| {
            begun(&Serving { address: address.clone(), token: file });
            let mut checkpointed = Instant::now();
            while !stop() {
                std::thread::sleep(LOOK);
                if checkpointed.elapsed() >= CHECKPOINT {
                    checkpointed = Instant::now();
                    if has_log(&path)
                        && let Err(error) = run(&format!("CHECKPOINT {ALIAS}"))
                    {
                        // Somebody writes; the next time, then.
                        tracing::debug!(%error, "no checkpoint");
                    }
                }
            }
        });
        let stopped = run(&format!("CALL quack_stop({})", quoted(&address.to_string())));
        served.and(stopped)
    }
}

fn has_log(path: &Path) -> bool {
    std::fs::metadata(log_of(path)).is_ok_and(|log| log.len() > 0)
}
