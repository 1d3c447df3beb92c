//! Which of the known values a text most likely means.
//!
//! Owns what counts as the same spelling and what as near. Offers one value or
//! none: two that are equally near are no suggestion, and numbers are never
//! taken for one another. Decides nothing: that is for a person.

use std::collections::{HashMap, HashSet};

/// How a text and the known value that it may mean differ, the surest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The same record id in its short and its long form.
    Id,
    /// It is the name of what is known by another key.
    Name,
    /// In case, blanks, punctuation or accents only.
    Spelling,
    /// In the legal form of a company.
    LegalForm,
    /// In the order of its words.
    Order,
    /// In a few letters.
    Letters,
}

impl Likeness {
    /// The same value in another spelling: no letter and no digit differs.
    pub fn is_spelling(self) -> bool {
        self <= Likeness::Spelling
    }

    /// As it stands behind the known value: `GTX Pro (differs in case, blanks or punctuation)`.
    pub fn words(self) -> &'static str {
        match self {
            Likeness::Id => "the same id in its other length",
            Likeness::Name => "its name",
            Likeness::Spelling => "differs in case, blanks or punctuation",
            Likeness::LegalForm => "differs in the legal form",
            Likeness::Order => "differs in the order of the words",
            Likeness::Letters => "differs in a few letters",
        }
    }
}

/// A known value that is near.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Near {
    /// Its key.
    pub key: String,
    /// Its name, where that is not the key.
    pub name: Option<String>,
    pub likeness: Likeness,
}

/// The known values of one list.
#[derive(Debug, Default)]
pub struct Known {
    entries: Vec<(String, Option<String>)>,
    keys: HashSet<String>,
    /// Entries by each way of writing them that still counts as theirs.
    forms: [HashMap<String, Found>; 5],
    /// Spellings, for comparing letter by letter.
    spellings: Vec<Spelling>,
}

/// The one entry of a form, or that there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    One(usize),
    Several,
}

#[derive(Debug)]
struct Spelling {
    entry: usize,
    letters: String,
    length: usize,
    digits: String,
    which: u64,
}

/// The likenesses that are found by looking a form up; `Letters` is not.
const BY_FORM: [Likeness; 5] =
    [Likeness::Id, Likeness::Name, Likeness::Spelling, Likeness::LegalForm, Likeness::Order];

impl Known {
    /// Of keys and names.
    pub fn new(entries: impl IntoIterator<Item = (String, Option<String>)>) -> Known {
        let mut known = Known::default();
        for (key, name) in entries {
            let entry = known.entries.len();
            let name = name.filter(|name| *name != key);
            let both = std::iter::once(key.as_str()).chain(name.as_deref());
            for text in both {
                for (place, likeness) in BY_FORM.into_iter().enumerate() {
                    let of_name = text != key;
                    let fits = match likeness {
                        Likeness::Id => !of_name,
                        Likeness::Name => of_name,
                        _ => true,
                    };
                    let Some(form) = form(text, likeness).filter(|_| fits) else { continue };
                    let found = known.forms[place].entry(form).or_insert(Found::One(entry));
                    if *found != Found::One(entry) {
                        *found = Found::Several;
                    }
                }
                known.spellings.extend(Spelling::of(text, entry));
            }
            known.keys.insert(key.clone());
            known.entries.push((key, name));
        }
        known
    }

    /// Whether this very text is one of the keys.
    pub fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// The one that this text most likely means.
    pub fn nearest(&self, text: &str) -> Option<Near> {
        for (place, likeness) in BY_FORM.into_iter().enumerate() {
            let found = form(text, likeness).and_then(|form| self.forms[place].get(&form));
            match found {
                Some(Found::One(entry)) => return Some(self.near(*entry, likeness)),
                Some(Found::Several) => return None,
                None => {}
            }
        }
        self.by_letters(text).map(|entry| self.near(entry, Likeness::Letters))
    }

    fn near(&self, entry: usize, likeness: Likeness) -> Near {
        let (key, name) = self.entries[entry].clone();
        Near { key, name, likeness }
    }

    fn by_letters(&self, text: &str) -> Option<usize> {
        let wanted = Spelling::of(text, usize::MAX)?;
        let most = wanted.most()?;
        let mut best: Option<(usize, usize)> = None;
        let mut tied = false;
        for spelling in &self.spellings {
            let limit = best.map_or(most, |(distance, _)| distance);
            if !wanted.may_be(spelling, limit) {
                continue;
            }
            let distance = strsim::osa_distance(&wanted.letters, &spelling.letters);
            match best {
                Some((least, entry)) if distance == least => tied |= entry != spelling.entry,
                Some((least, _)) if distance > least => {}
                _ if distance <= most => {
                    best = Some((distance, spelling.entry));
                    tied = false;
                }
                _ => {}
            }
        }
        best.filter(|_| !tied).map(|(_, entry)| entry)
    }
}

impl Spelling {
    fn of(text: &str, entry: usize) -> Option<Spelling> {
        let letters = without_legal_form(&words(text)).concat();
        let digits: String = letters.chars().filter(char::is_ascii_digit).collect();
        // A record id: one letter more or less is another record.
        let opaque = digits.len() >= 3 && !text.contains(' ');
        let which = letters.chars().fold(0, |set, letter| set | 1 << (u32::from(letter) % 64));
        let length = letters.chars().count();
        (!opaque).then_some(Spelling { entry, letters, length, digits, which })
    }

    /// How many letters may differ; `None`: it is too short to tell.
    fn most(&self) -> Option<usize> {
        match self.length {
            0..5 => None,
            5..8 => Some(1),
            8..14 => Some(2),
            _ => Some(3),
        }
    }

    /// Whether it is worth comparing: each change of a letter adds one and removes one.
    fn may_be(&self, other: &Spelling, most: usize) -> bool {
        self.length.abs_diff(other.length) <= most
            && (self.which ^ other.which).count_ones() as usize <= 2 * most
            && self.digits == other.digits
    }
}

/// What two texts have in common that are alike in this way.
fn form(text: &str, likeness: Likeness) -> Option<String> {
    let form = match likeness {
        Likeness::Id => {
            let is_id = text.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && text.bytes().any(|byte| byte.is_ascii_digit());
            return (is_id && matches!(text.len(), 15 | 18)).then(|| text[..15].to_owned());
        }
        Likeness::Name => return Some(text.to_owned()),
        Likeness::Spelling | Likeness::Letters => letters(text),
        Likeness::LegalForm => without_legal_form(&words(text)).concat(),
        Likeness::Order => {
            let words = words(text);
            let mut words = without_legal_form(&words).to_vec();
            if words.len() < 2 {
                return None;
            }
            words.sort_unstable();
            words.join(" ")
        }
    };
    (!form.is_empty()).then_some(form)
}

/// Letters and digits alone, in lower case and without accents.
fn letters(text: &str) -> String {
    words(text).concat()
}

/// The same, word by word; a point joins, as in G.m.b.H.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in text.chars().filter(|letter| !matches!(letter, '.' | '\'' | '’')) {
        if letter.is_alphanumeric() {
            if let Some(word) = words.last_mut() {
                fold(letter, word);
            }
        } else if words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn fold(letter: char, word: &mut String) {
    for letter in letter.to_lowercase() {
        match letter {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ą' => word.push('a'),
            'ç' | 'ć' | 'č' => word.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => word.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => word.push('i'),
            'ł' => word.push('l'),
            'ñ' | 'ń' | 'ň' => word.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => word.push('o'),
            'ř' => word.push('r'),
            'ś' | 'š' | 'ş' => word.push('s'),
            'ť' => word.push('t'),
            'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => word.push('u'),
            'ý' | 'ÿ' => word.push('y'),
            'ź' | 'ż' | 'ž' => word.push('z'),
            'ß' => word.push_str("ss"),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            // The marks that some letters are made of.
            '\u{300}'..='\u{36f}' => {}
            other => word.push(other),
        }
    }
}

/// Legal forms of companies, as they stand at the end of a name.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "as",
    "asa",
    "aps",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "doo",
    "eg",
    "gmbh",
    "inc",
    "incorporated",
    "kg",
    "kgaa",
    "kk",
    "limited",
    "llc",
    "llp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "spa",
    "srl",
    "sro",
    "ug",
];

fn without_legal_form(words: &[String]) -> &[String] {
    match words {
        // A name is never all legal form.
        [_, rest @ ..] => {
            let own = rest.iter().rposition(|word| !LEGAL_FORMS.contains(&word.as_str()));
            &words[..own.map_or(1, |last| last + 2)]
        }
        [] => words,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(entries: &[(&str, &str)]) -> Known {
        let named = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        Known::new(entries.iter().map(|(key, name)| ((*key).to_owned(), named(name))))
    }

    fn nearest(entries: &[(&str, &str)], text: &str) -> Option<(String, Likeness)> {
        known(entries).nearest(text).map(|near| (near.key, near.likeness))
    }

    #[test]
    fn near_values_are_told_with_the_difference() {
        let products =
            [("GTX Pro", ""), ("GTX Plus Pro", ""), ("GTX Basic", ""), ("MG Special", "")];
        let accounts = [
            ("A1", "Müller Maschinenbau GmbH & Co. KG"),
            ("A2", "Acme, Inc."),
            ("A3", "Zenith"),
            ("A4", "Aker ASA"),
        ];
        let people = [("p1", "Pat Poe"), ("0051t00000AbCdE", "Ann Ash")];
        type Entries<'a> = &'a [(&'a str, &'a str)];
        type Expected<'a> = Option<(&'a str, Likeness)>;
        let cases: &[(Entries<'_>, &str, Expected<'_>)] = &[
            (&products, "GTXPro", Some(("GTX Pro", Likeness::Spelling))),
            (&products, "gtx-pro", Some(("GTX Pro", Likeness::Spelling))),
            (&products, "GTX Prro", Some(("GTX Pro", Likeness::Letters))),
            (&products, "MG Spezial", Some(("MG Special", Likeness::Letters))),
            (&products, "GTX", None),
            (&products, "Nothing like it", None),
            (&products, "", None),
            (&products, "---", None),
            (&accounts, "Mueller Maschinenbau", Some(("A1", Likeness::Letters))),
            (&accounts, "Muller Maschinenbau", Some(("A1", Likeness::LegalForm))),
            (&accounts, "MÜLLER MASCHINENBAU GMBH & CO KG", Some(("A1", Likeness::Spelling))),
            (&accounts, "Acme Inc", Some(("A2", Likeness::Spelling))),
            (&accounts, "Acme Corporation", Some(("A2", Likeness::LegalForm))),
            (&accounts, "Zenith", Some(("A3", Likeness::Name))),
            (&accounts, "Akers", Some(("A4", Likeness::Letters))),
            (&accounts, "Aker", Some(("A4", Likeness::LegalForm))),
            (&accounts, "Acre", None),
            (&people, "Pat Poe", Some(("p1", Likeness::Name))),
            (&people, "pat.poe", Some(("p1", Likeness::Spelling))),
            (&people, "Poe, Pat", Some(("p1", Likeness::Order))),
            (&people, "0051t00000AbCdEAAV", Some(("0051t00000AbCdE", Likeness::Id))),
            (&people, "0051t00000abcdeAAV", None),
        ];
        for (entries, text, expected) in cases {
            let expected = expected.map(|(key, likeness)| (key.to_owned(), likeness));
            assert_eq!(nearest(entries, text), expected, "{text}");
        }
    }

    #[test]
    fn two_that_are_equally_near_are_no_suggestion() {
        assert_eq!(nearest(&[("Nordic", ""), ("Nordik", "")], "Nordiq"), None);
        assert_eq!(nearest(&[("North-East", ""), ("Northeast", "")], "north east"), None);
        assert_eq!(nearest(&[("1", "Pat Poe"), ("2", "Pat Poe")], "Pat Poe"), None);
    }

    #[test]
    fn a_number_is_never_another_one() {
        assert_eq!(nearest(&[("Region 1", ""), ("Team 22", "")], "Region 2"), None);
        assert_eq!(nearest(&[("OPP-1042", "")], "OPP-1043"), None);
        assert_eq!(
            nearest(&[("GTK 500", "")], "GTX 500"),
            Some(("GTK 500".into(), Likeness::Letters))
        );
    }

    #[test]
    fn short_texts_are_not_near_anything_but_themselves() {
        assert_eq!(nearest(&[("East", ""), ("EU", "")], "US"), None);
        assert_eq!(nearest(&[("EMEA", "")], "Emea"), Some(("EMEA".into(), Likeness::Spelling)));
    }

    proptest! {
        #[test]
        fn another_spelling_of_a_known_value_is_that_value(
            words in prop::collection::vec("[A-Za-z]{2,8}[0-9]{0,2}", 1..4),
            others in prop::collection::vec("[A-Z]{12,16}", 0..6),
            upper in any::<bool>(),
            between in prop::sample::select(&["", " ", "-", "_", "  ", "/"]),
        ) {
            let key = words.join(" ");
            let spelled = words.join(between);
            let spelled = if upper { spelled.to_uppercase() } else { spelled.to_lowercase() };
            let all = others.into_iter().chain([key.clone()]).map(|key| (key, None));
            let near = Known::new(all).nearest(&spelled);
            prop_assert_eq!(near.map(|near| (near.key, near.likeness.is_spelling())), Some((key, true)));
        }

        #[test]
        fn any_text_is_compared(text in "\\PC{0,30}", known in prop::collection::vec("\\PC{0,20}", 0..8)) {
            let _ = Known::new(known.into_iter().map(|key| (key, None))).nearest(&text);
        }
    }
}
