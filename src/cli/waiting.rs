//! Waiting for a workspace on the command line: long enough, and told for whom.

use std::time::Duration;

use crate::domain::text::harmless;
use crate::workspace::{Patience, Verdict, Waiting};

/// A save is short; whoever is in the way has mostly gone by then.
pub const SAVE: Duration = Duration::from_secs(60);
/// What was read for minutes is not thrown away because somebody writes just now.
pub const IMPORT: Duration = Duration::from_secs(600);

/// Waits so long, and says every second on standard error for whom; `quiet`: says nothing.
pub fn patience(limit: Duration, quiet: bool) -> Patience {
    let tell = |waiting: &Waiting| {
        let holder = waiting.holder.as_ref();
        let holder = holder.map_or_else(String::new, |holder| format!(", held by {holder}"));
        let before = match waiting.ahead {
            0 => String::new(),
            ahead => format!(", {ahead} before you"),
        };
        let words = format!(
            "waiting for the workspace ({}){holder}{before}; {} s of {}",
            waiting.doing,
            waiting.waited.as_secs(),
            waiting.limit.as_secs()
        );
        eprintln!("{}", harmless(&words));
        Verdict::Keep
    };
    Patience { limit, on_wait: if quiet { None } else { Some(Box::new(tell)) } }
}
