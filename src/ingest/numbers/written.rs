//! One number as people write it: `-1.234,50 €`, `($1.2M)`, `45k`, `12,-`, `70 %`.
//!
//! Owns the grammar. Whether a mark divides or groups is not decided here.

/// Blanks and apostrophes between groups of digits.
const GROUPS: [char; 6] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'];
const MINUS: [char; 3] = ['-', '−', '–'];
/// Behind a mark in the place of cents: `12,-`.
const DASHES: [char; 3] = ['-', '–', '—'];
/// Words behind a number, in small letters, and what they multiply it by.
pub const FACTORS: [(&str, u64); 10] = [
    ("k", 1_000),
    ("tsd", 1_000),
    ("m", 1_000_000),
    ("mn", 1_000_000),
    ("mio", 1_000_000),
    ("mill", 1_000_000),
    ("b", 1_000_000_000),
    ("bn", 1_000_000_000),
    ("mrd", 1_000_000_000),
    ("mia", 1_000_000_000),
];
/// Signs of currencies, with the letters that may stand before them.
const SIGNS: [char; 6] = ['$', '€', '£', '¥', '₹', '₽'];
const WORDS: [&str; 4] = ["zł", "Kč", "kr", "Fr"];

/// A number taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub negative: bool,
    /// Digits, points and commas.
    pub core: String,
    /// Blanks or apostrophes group its digits, so that a mark in it divides.
    pub spaced: bool,
    /// What a word behind it multiplies it by; 1 where there is none.
    pub factor: u64,
    pub percent: bool,
    /// The sign or code of a currency, as it stands there.
    pub currency: Option<String>,
}

impl Written {
    /// Takes a text apart; `None` when it is no number.
    pub fn parse(text: &str) -> Option<Written> {
        let mut rest = text.trim();
        let mut signs = 0;
        let mut negative = false;
        if let Some(inner) = rest.strip_prefix('(') {
            rest = inner.strip_suffix(')')?.trim();
            (signs, negative) = (1, true);
        }
        let mut currency = None;
        loop {
            rest = rest.trim_start_matches(GROUPS);
            if let Some(behind) = rest.strip_prefix(MINUS) {
                (rest, negative) = (behind, true);
                signs += 1;
            } else if let Some(behind) = rest.strip_prefix('+') {
                rest = behind;
                signs += 1;
            } else if let Some((found, behind)) = currency_at(rest) {
                if currency.replace(found).is_some() {
                    return None;
                }
                rest = behind;
            } else {
                break;
            }
        }
        let (core, spaced, behind) = body(rest)?;
        let mut out = Written { negative, core, spaced, factor: 1, percent: false, currency };
        out.tail(behind, &mut signs)?;
        (signs <= 1).then_some(out)
    }

    /// What stands behind the digits: a factor, a currency, a percent sign, a minus.
    fn tail(&mut self, behind: &str, signs: &mut u32) -> Option<()> {
        let mut rest = behind.trim_start_matches(GROUPS);
        if let Some((factor, behind)) = factor_at(rest) {
            self.factor = factor;
            rest = behind.trim_start_matches(GROUPS);
        }
        if let Some((found, behind)) = currency_at(rest) {
            if self.currency.replace(found).is_some() {
                return None;
            }
            rest = behind.trim_start_matches(GROUPS);
        }
        if let Some(behind) = rest.strip_prefix('%') {
            self.percent = true;
            rest = behind.trim_start_matches(GROUPS);
        }
        if let Some(behind) = rest.strip_prefix(MINUS) {
            self.negative = true;
            *signs += 1;
            rest = behind;
        }
        rest.is_empty().then_some(())
    }

    /// Some digit is not a nought.
    pub fn is_nonzero(&self) -> bool {
        self.core.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
    }
}

/// The digits with what groups and divides them; ends before anything else.
fn body(text: &str) -> Option<(String, bool, &str)> {
    let mut core = String::new();
    let mut spaced = false;
    let mut letters = text.char_indices().peekable();
    let mut end = 0;
    let mut group: Option<char> = None;
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        if letter.is_ascii_digit() || matches!(letter, '.' | ',') {
            core.push(letter);
        } else if GROUPS.contains(&letter) && next.is_some_and(|next| next.is_ascii_digit()) {
            // One kind of blank throughout, three digits behind each, and none behind a mark.
            let three = text[at + letter.len_utf8()..].bytes().take(4);
            let digits = three.take_while(u8::is_ascii_digit).count();
            let other = group.is_some_and(|before| before != letter);
            if digits != 3 || other || core.is_empty() || core.contains(['.', ',']) {
                return None;
            }
            // At most three digits before the first, exactly three between.
            if group.is_none() && core.len() > 3 {
                return None;
            }
            group = Some(letter);
            spaced = true;
        } else {
            break;
        }
        end = at + letter.len_utf8();
    }
    let mut rest = &text[end..];
    if core.ends_with(['.', ',']) && rest.starts_with(DASHES) {
        rest = rest.trim_start_matches(DASHES);
    }
    core.contains(|c: char| c.is_ascii_digit()).then_some((core, spaced, rest))
}

fn factor_at(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let small = text[..end].to_lowercase();
    let behind = text[end..].strip_prefix('.').unwrap_or(&text[end..]);
    if let Some((_, factor)) = FACTORS.iter().find(|(word, _)| *word == small) {
        return Some((*factor, behind));
    }
    // `kEUR`, `MUSD`.
    let code = text.get(1..end).filter(|code| code.len() == 3)?;
    let known = code.bytes().all(|byte| byte.is_ascii_uppercase());
    let (_, factor) = FACTORS.iter().find(|(word, _)| small.starts_with(word))?;
    known.then_some((*factor, &text[1..]))
}

fn currency_at(text: &str) -> Option<(String, &str)> {
    if let Some(word) = WORDS.iter().find(|word| text.starts_with(**word)) {
        let behind = &text[word.len()..];
        if !behind.starts_with(char::is_alphabetic) {
            return Some(((*word).to_owned(), behind.strip_prefix('.').unwrap_or(behind)));
        }
    }
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let behind = &text[letters..];
    if let Some(sign) = behind.chars().next().filter(|sign| SIGNS.contains(sign)) {
        let before = &text[..letters];
        let fits = letters <= 3 && before.bytes().all(|byte| byte.is_ascii_uppercase());
        let end = letters + sign.len_utf8();
        return fits.then(|| (text[..end].to_owned(), &text[end..]));
    }
    let code = &text[..letters];
    let factor = FACTORS.iter().any(|(word, _)| code.eq_ignore_ascii_case(word));
    let capitals = code.bytes().all(|byte| byte.is_ascii_uppercase());
    let whole = letters == 3 && capitals && !behind.starts_with(char::is_alphabetic) && !factor;
    whole.then(|| (code.to_owned(), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let Some(found) = Written::parse(text) else { return "none".into() };
        let sign = if found.negative { "-" } else { "" };
        let factor = if found.factor > 1 { format!(" x{}", found.factor) } else { String::new() };
        let percent = if found.percent { " %" } else { "" };
        let currency = found.currency.map(|code| format!(" {code}")).unwrap_or_default();
        format!("{sign}{}{factor}{percent}{currency}", found.core)
    }

    #[test]
    fn numbers_are_taken_apart() {
        for (text, expected) in [
            ("1234.5", "1234.5"),
            ("$1,234.50", "1,234.50 $"),
            ("1.234,50 €", "1.234,50 €"),
            ("1\u{202f}234,50\u{a0}€", "1234,50 €"),
            ("1'234'567.50", "1234567.50"),
            ("12,34,567.50", "12,34,567.50"),
            ("EUR 12", "12 EUR"),
            ("12CHF", "12 CHF"),
            ("US$ 12", "12 US$"),
            ("R$ 1.000", "1.000 R$"),
            ("45k", "45 x1000"),
            ("$1.2M", "1.2 x1000000 $"),
            ("1,2 Mio. €", "1,2 x1000000 €"),
            ("3 Mrd", "3 x1000000000"),
            ("45 kEUR", "45 x1000 EUR"),
            ("(500)", "-500"),
            ("($ 500.00)", "-500.00 $"),
            ("500-", "-500"),
            ("−500", "-500"),
            ("€ -500", "-500 €"),
            ("+7", "7"),
            ("12,-", "12,"),
            ("12,- €", "12, €"),
            ("Fr. 12.50", "12.50 Fr"),
            ("70 %", "70 %"),
            (".5", ".5"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "abc",
            "1e5",
            "1_000",
            "--5",
            "-5-",
            "(-5)",
            "(5",
            "5)",
            "1 23",
            "1234 567",
            "12 34 567",
            "5 6",
            "$5 €",
            "five",
            "=1+1",
            "1'23.4",
            "5kk",
            "5 eur",
            "2025-01-01",
            "#REF!",
            "1 234'567",
            "%",
        ] {
            assert_eq!(shown(text), "none", "{text}");
        }
    }
}
