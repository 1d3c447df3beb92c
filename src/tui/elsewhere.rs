//! A text given to the person's own editor, and taken back.
//!
//! Owns what runs while the terminal is lent: the program that `VISUAL` or `EDITOR`
//! names, on a file that only this user can read. Must never lose a text: what
//! cannot be taken back stays as it was, and a file that an editor left behind in
//! trouble is kept and named.

use std::env;
use std::fs;
use std::io::Write;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

/// Is the terminal another program's just now? Whoever gets a Ctrl-Z or a Ctrl-C then
/// leaves it to that program.
static LENT: AtomicBool = AtomicBool::new(false);

pub fn is_lent() -> bool {
    LENT.load(Ordering::SeqCst)
}

/// Runs the editor on a text and gives what it made of it.
///
/// # Errors
/// Why the text is as it was, as a sentence without its end.
pub fn edit(text: &str) -> Result<String, String> {
    let named = ["VISUAL", "EDITOR"]
        .into_iter()
        .find_map(|name| env::var(name).ok().filter(|editor| !editor.trim().is_empty()));
    let editor = named.ok_or("no editor is known: VISUAL or EDITOR names one")?;
    LENT.store(true, Ordering::SeqCst);
    let edited = edit_with(&editor, text);
    LENT.store(false, Ordering::SeqCst);
    edited
}

fn edit_with(editor: &str, text: &str) -> Result<String, String> {
    let told = |error: std::io::Error| format!("the text could not be handed over: {error}");
    let mut file =
        tempfile::Builder::new().prefix("qbr-").suffix(".md").tempfile().map_err(told)?;
    writeln!(file, "{text}").map_err(told)?;
    file.flush().map_err(told)?;
    // The variable may hold arguments: `code --wait`.
    let status = Command::new("/bin/sh")
        .args(["-c", &format!("{editor} \"$1\""), "sh"])
        .arg(file.path())
        .status()
        .map_err(told)?;
    let written = fs::read_to_string(file.path());
    if !status.success() {
        let kept = file.keep().map(|(_, path)| path.display().to_string());
        let kept = kept.map_or(String::new(), |path| format!("; its file is {path}"));
        return Err(format!("{editor} ended with {status}{kept}"));
    }
    let written =
        written.map_err(|error| format!("what {editor} wrote cannot be read: {error}"))?;
    let written = written.strip_suffix('\n').unwrap_or(&written);
    if written.trim().is_empty() && !text.trim().is_empty() {
        return Err("the file came back empty".to_owned());
    }
    Ok(written.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_out_and_comes_back() {
        let edited = edit_with("sed -i s/bad/good/", "a bad end\nof two lines");
        assert_eq!(edited.as_deref(), Ok("a good end\nof two lines"));
    }

    #[test]
    fn trouble_leaves_the_text_as_it_was() {
        let error = edit_with("false", "text").expect_err("it failed");
        let path = error.rsplit(' ').next().expect("a path");
        assert_eq!(fs::read_to_string(path).expect("kept"), "text\n");
        fs::remove_file(path).expect("removed");
        assert!(edit_with("truncate -s 0", "text").is_err(), "an empty file");
        assert!(edit_with("no-such-editor-here", "text").is_err());
        assert_eq!(edit_with("true", "").as_deref(), Ok(""));
    }
}
