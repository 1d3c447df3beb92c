//! What a heading says about the numbers below it: `Amount (k€)`, `Umsatz in TEUR`.

/// Words in a heading by which its numbers are thousands or millions.
const THOUSANDS: [&str; 12] = [
    "k",
    "keur",
    "kusd",
    "kchf",
    "kgbp",
    "teur",
    "tsd",
    "tausend",
    "thousand",
    "thousands",
    "000s",
    "'000",
];
const MILLIONS: [&str; 10] =
    ["m", "mn", "mio", "meur", "musd", "mchf", "million", "millions", "millionen", "mm"];

/// What the numbers under this heading are multiplied by, by its own words; `None` where it says
/// nothing.
pub fn in_heading(heading: &str) -> Option<u32> {
    let small = heading.to_lowercase().replace("t€", " teur ").replace("k€", " keur ");
    let small = small.replace("m€", " meur ").replace("€k", " keur ").replace("$k", " kusd ");
    let small = small.replace("k$", " kusd ").replace("$m", " musd ").replace("€m", " meur ");
    let small = small.replace("m$", " musd ").replace("£k", " kgbp ").replace("k£", " kgbp ");
    let words =
        || small.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty());
    // A single letter counts only where it stands by itself in parentheses or after `in`.
    let alone = |word: &str| {
        word.len() > 1
            || small.contains(&format!("({word})"))
            || small.contains(&format!("[{word}]"))
            || small.ends_with(&format!(" in {word}"))
    };
    if words().any(|word| THOUSANDS.contains(&word) && alone(word)) {
        return Some(1_000);
    }
    words().any(|word| MILLIONS.contains(&word) && alone(word)).then_some(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_may_say_thousands() {
        for (heading, expected) in [
            ("Amount (k€)", Some(1_000)),
            ("Umsatz in TEUR", Some(1_000)),
            ("Umsatz in T€", Some(1_000)),
            ("Revenue ($K)", Some(1_000)),
            ("Target (in thousands)", Some(1_000)),
            ("Target (k)", Some(1_000)),
            ("Revenue in Mio. EUR", Some(1_000_000)),
            ("Revenue, $M", Some(1_000_000)),
            ("Amount", None),
            ("Amount (EUR)", None),
            ("Betrag in €", None),
            ("Deal - Value", None),
            ("Class K amount", None),
            ("Market amount", None),
        ] {
            assert_eq!(in_heading(heading), expected, "{heading}");
        }
    }
}
