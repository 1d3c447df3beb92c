//! Words of states and forecast categories that nobody has given a meaning.

use std::fmt;

use crate::domain::text::harmless;

/// Words that stand for a state or a forecast category, and nobody has said which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWords {
    /// The part of a mapping that gives them their meaning: `states` or `categories`.
    pub of: &'static str,
    /// With the number of rows; the commonest first.
    pub words: Vec<(String, u64)>,
    pub preset: String,
    pub table: String,
}

impl fmt::Display for UnknownWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.of == "states" { "state" } else { "forecast category" };
        write!(f, "nothing says which {what} these words stand for: ")?;
        let shown = self.words.iter().take(SHOWN_WORDS);
        let shown = shown.map(|(word, rows)| {
            let rows = if *rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
            format!("\"{}\" ({rows})", harmless(word))
        });
        f.write_str(&shown.collect::<Vec<_>>().join(", "))?;
        match self.words.len().saturating_sub(SHOWN_WORDS) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Unknown words that a message lists.
const SHOWN_WORDS: usize = 40;

impl UnknownWords {
    /// A mapping file with the words in it.
    pub(super) fn remedy(&self) -> String {
        let words = self.words.iter().take(SHOWN_WORDS);
        let words = words.map(|(word, _)| format!("\"{}\"", word.replace('"', "\\\"")));
        let words = words.collect::<Vec<_>>().join(", ");
        let (ours, say) = if self.of == "states" {
            ("open", "open, won, lost or cancelled")
        } else {
            ("pipeline", "closed, commit, best case, pipeline or omitted")
        };
        format!(
            "say it in a mapping file and give that with --mapping; each word goes to {say}:\n\
             extends = \"{}\"\n[[table]]\nname = \"{}\"\n[table.{}]\n{ours} = [{words}]",
            self.preset, self.table, self.of
        )
    }
}
