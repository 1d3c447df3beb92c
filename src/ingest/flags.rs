//! Yes and no, in the languages of the exports.
//!
//! A word that is neither is never taken for one of them; what is missing is
//! neither.

use super::occurrence::{self, Occurrence, Why};
use super::stage::quoted;
use super::unclear::What;

const YES: [&str; 19] = [
    "yes",
    "y",
    "true",
    "t",
    "1",
    "1.0",
    "x",
    "on",
    "checked",
    "✓",
    "ja",
    "j",
    "wahr",
    "oui",
    "vrai",
    "sí",
    "si",
    "sim",
    "verdadero",
];
const NO: [&str; 15] = [
    "no",
    "n",
    "false",
    "f",
    "0",
    "0.0",
    "off",
    "unchecked",
    "nein",
    "falsch",
    "non",
    "faux",
    "não",
    "nao",
    "falso",
];
/// Letters and words that are a yes in one language only.
const MORE_YES: [&str; 4] = ["o", "s", "v", "verdadeiro"];

/// The words of one column, in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagStyle {
    pub yes: Vec<String>,
    pub no: Vec<String>,
}

/// Decides over the different texts of a column. `yes` and `no` are the words of a mapping; none:
/// those that are known.
///
/// # Errors
/// `FlagUnreadable` where most rows say neither.
pub fn decide(
    values: &[Occurrence],
    yes: &[String],
    no: &[String],
) -> Result<(FlagStyle, Why), What> {
    let small = |words: &[String]| words.iter().map(|w| w.trim().to_lowercase()).collect();
    let style = if yes.is_empty() && no.is_empty() {
        FlagStyle::default()
    } else {
        FlagStyle { yes: small(yes), no: small(no) }
    };
    let which = |words: &[String]| {
        values.iter().filter(|seen| words.contains(&seen.text.to_lowercase())).collect::<Vec<_>>()
    };
    let (yes, no) = (which(&style.yes), which(&style.no));
    let rows = |seen: &[&Occurrence]| occurrence::rows(seen.iter().copied());
    if (rows(&yes) + rows(&no)) * 2 < occurrence::rows(values) {
        let strange = values.iter().filter(|seen| !yes.contains(seen) && !no.contains(seen));
        let mut samples: Vec<Occurrence> = strange.cloned().collect();
        samples.sort_by_key(|seen| seen.row);
        samples.truncate(3);
        return Err(What::FlagUnreadable { samples });
    }
    let told = |word: &str, seen: &[&Occurrence]| {
        let texts: Vec<String> =
            seen.iter().take(3).map(|seen| format!("\"{}\"", seen.text)).collect();
        match texts.as_slice() {
            [] => format!("no value means {word}"),
            texts => format!("{} means {word} in {} rows", texts.join(" or "), rows(seen)),
        }
    };
    let words = format!("{}, {}", told("yes", &yes), told("no", &no));
    Ok((style, Why::words(words)))
}

impl Default for FlagStyle {
    /// Every word that is known.
    fn default() -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        FlagStyle { yes: owned(&[&YES[..], &MORE_YES[..]].concat()), no: owned(&NO) }
    }
}

/// SQL of type BOOLEAN over a text expression, by the words that are known.
pub fn known(text: &str) -> String {
    FlagStyle::default().sql(text)
}

impl FlagStyle {
    /// SQL of type BOOLEAN over a text expression: NULL where it is neither.
    pub fn sql(&self, text: &str) -> String {
        let list = |words: &[String]| {
            let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            if quoted.is_empty() { "NULL".to_owned() } else { quoted.join(", ") }
        };
        format!(
            "CASE WHEN lower({text}) IN ({}) THEN true WHEN lower({text}) IN ({}) THEN false END",
            list(&self.yes),
            list(&self.no)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_both() {
        for word in YES.iter().chain(&MORE_YES) {
            assert!(!NO.contains(word), "{word}");
        }
    }

    #[test]
    fn a_mapping_has_words_of_its_own() {
        let values = [Occurrence::new("Key", 3, 0), Occurrence::new("Std", 5, 1)];
        assert!(decide(&values, &[], &[]).is_err());
        let (style, why) = decide(&values, &["key".into()], &["STD".into()]).expect("clear");
        assert_eq!((style.yes, style.no), (vec!["key".to_owned()], vec!["std".to_owned()]));
        assert_eq!(why.words, "\"Key\" means yes in 3 rows, \"Std\" means no in 5 rows");
    }
}
