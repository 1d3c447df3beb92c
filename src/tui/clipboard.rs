//! Copying by the route that this terminal has, with words that are true.
//!
//! Nobody can know from here whether a text has reached the clipboard: a
//! terminal does not answer, and must not be asked. So what is said is what was
//! done, and there is always another way: the plain page to select from.
//!
//! ```text
//! in tmux        tmux load-buffer -w -       kept in tmux, passed on where it may
//! in GNU screen  OSC 52 in a DCS string      screen hands it through
//! else           OSC 52                      some terminals take it, some do not
//! ```

use std::io::{self, Write};
use std::process::{Command, Stdio};

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;

/// Terminals cut longer sequences off, and half a text is worse than none.
const LONGEST: usize = 70_000;
/// GNU screen takes no longer string in one piece.
const PIECE: usize = 240;

/// How a text gets out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Tmux,
    Screen,
    Plain,
}

impl Route {
    /// The route of this terminal.
    pub fn from_env() -> Self {
        Self::from_vars(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
    }

    fn from_vars(is_set: impl Fn(&str) -> bool) -> Self {
        if is_set("TMUX") {
            Route::Tmux
        } else if is_set("STY") {
            Route::Screen
        } else {
            Route::Plain
        }
    }

    /// What can be said when the text is out; `page` is the key of the plain page.
    pub fn words(self, what: &str, page: &str) -> String {
        match self {
            Route::Tmux => {
                format!("{what}: given to tmux. Elsewhere, if paste brings nothing: {page}.")
            }
            Route::Screen | Route::Plain => {
                format!(
                    "{what}: sent to your terminal. If paste brings nothing: {page}, a plain page."
                )
            }
        }
    }
}

/// Why a text is not copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("{0} bytes are too many to copy; export writes them to a file")]
    TooLong(usize),
    #[error("tmux did not take it ({0}); a plain page can be selected from")]
    Tmux(String),
}

/// The bytes for the terminal, where they go through it.
///
/// # Errors
/// [`CopyError::TooLong`].
pub fn sequence(route: Route, text: &str) -> Result<Vec<u8>, CopyError> {
    fits(text)?;
    let mut sequence = String::new();
    // Writing into a String cannot fail.
    let _ = CopyToClipboard::to_clipboard_from(text).write_ansi(&mut sequence);
    if route != Route::Screen {
        return Ok(sequence.into_bytes());
    }
    let pieces = sequence.as_bytes().chunks(PIECE);
    Ok(pieces.flat_map(|piece| [b"\x1bP", piece, b"\x1b\\"].concat()).collect())
}

/// Hands the text to tmux, which keeps it and passes it on where it is allowed to.
///
/// # Errors
/// [`CopyError::TooLong`]; [`CopyError::Tmux`] with what tmux says.
pub fn give_to_tmux(text: &str) -> Result<(), CopyError> {
    fits(text)?;
    let failed = |error: io::Error| CopyError::Tmux(error.to_string());
    let mut tmux = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = tmux.stdin.take() {
        input.write_all(text.as_bytes()).map_err(failed)?;
    }
    let output = tmux.wait_with_output().map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(CopyError::Tmux(said.lines().next().unwrap_or("no reason given").to_owned()))
}

fn fits(text: &str) -> Result<(), CopyError> {
    if text.len() > LONGEST { Err(CopyError::TooLong(text.len())) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_is_that_of_the_terminal() {
        let with = |set: &'static [&'static str]| Route::from_vars(move |name| set.contains(&name));
        assert_eq!(with(&[]), Route::Plain);
        assert_eq!(with(&["STY"]), Route::Screen);
        assert_eq!(with(&["TMUX", "STY"]), Route::Tmux);
    }

    #[test]
    fn what_is_sent_is_the_text_and_nothing_else() {
        // "12 %" in base64.
        let sent = sequence(Route::Plain, "12 %").expect("short");
        assert_eq!(String::from_utf8_lossy(&sent), "\x1b]52;c;MTIgJQ==\x1b\\");
        let sent = sequence(Route::Screen, &"x".repeat(600)).expect("short");
        let sent = String::from_utf8(sent).expect("text");
        assert_eq!(sent.matches("\x1bP").count(), sent.matches("\x1b\\").count() - 1);
        assert!(sent.split("\x1bP").all(|piece| piece.len() <= PIECE + 4));
    }

    #[test]
    fn what_a_terminal_would_cut_is_not_sent() {
        let error = sequence(Route::Plain, &"x".repeat(LONGEST + 1)).expect_err("too long");
        assert!(error.to_string().contains("export writes them to a file"), "{error}");
    }
}
