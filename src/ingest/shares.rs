//! What stands for the whole in a column of shares: `0.7`, `70`, `70%` or `700`.
//!
//! Owns the refusal where the column does not tell, or mixes two ways.

use super::occurrence::{Occurrence, Why};
use super::unclear::What;

/// The scale of a column of shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// 0.7 is 70 %.
    One,
    /// 70 is 70 %.
    Hundred,
    /// 700 is 70 %.
    Thousand,
}

impl Scale {
    /// The one that a mapping names by what stands for the whole.
    pub fn of(whole: u16) -> Self {
        match whole {
            1 => Scale::One,
            1000 => Scale::Thousand,
            _ => Scale::Hundred,
        }
    }

    /// What a value is multiplied by.
    pub fn factor(self) -> &'static str {
        match self {
            Scale::One => "1",
            Scale::Hundred => "0.01",
            Scale::Thousand => "0.001",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Scale::One => "0.7 is 70 %",
            Scale::Hundred => "70 is 70 %",
            Scale::Thousand => "700 is 70 %",
        }
    }
}

/// The values of a column by size, each by the first of them with the rows of all. Noughts say
/// nothing. Negative ones count by their size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// With a percent sign, of any size.
    pub signed: Option<Occurrence>,
    /// Without one: between 0 and 1.
    pub fraction: Option<Occurrence>,
    /// Exactly 1.
    pub one: Option<Occurrence>,
    /// Above 1, up to 100.
    pub large: Option<Occurrence>,
    /// Above 100.
    pub beyond: Option<Occurrence>,
}

/// Decides the scale; `bounded` where no share can be above the whole.
///
/// # Errors
/// What is not clear about it.
pub fn decide(spread: &Spread, given: Option<u16>, bounded: bool) -> Result<(Scale, Why), What> {
    if let Some(whole) = given {
        return Ok((Scale::of(whole), Why::words("as the mapping or the preset says")));
    }
    let asked = |sample: &Occurrence, why| Err(What::Percent { sample: sample.clone(), why });
    let decided = |scale, seen: &Occurrence, words: &str| {
        Ok((scale, Why { words: words.into(), seen: Some(seen.clone()) }))
    };
    let rows = |seen: &Option<Occurrence>| seen.as_ref().map_or(0, |seen| seen.rows);
    let bare = rows(&spread.fraction) + rows(&spread.one) + rows(&spread.large);
    let bare = bare + rows(&spread.beyond);
    let Spread { signed, fraction, one, large, beyond } = spread;
    if let (Some(_), Some(sample)) =
        (signed, fraction.as_ref().or(one.as_ref()).or(large.as_ref()).or(beyond.as_ref()))
    {
        return asked(sample, "it has no percent sign, and other values of the column have one");
    }
    if let Some(signed) = signed {
        return decided(Scale::One, signed, "says so itself, as every value does");
    }
    // Some above the whole are mistakes, and their rows are rejected; many are another scale.
    if let Some(beyond) = beyond.as_ref().filter(|beyond| bounded && beyond.rows * 10 > bare) {
        return asked(beyond, "it is above 100");
    }
    match (fraction, large.as_ref().or(beyond.as_ref()), one) {
        (Some(sample), Some(_), _) => {
            asked(sample, "the column has values below 1 and values above 1")
        }
        (None, None, Some(sample)) => asked(sample, "the column has no other value than 0 and 1"),
        (None, Some(large), _) => decided(Scale::Hundred, large, "is above 1, and no value below"),
        (Some(fraction), None, _) => {
            decided(Scale::One, fraction, "is below 1, and no value is above 1")
        }
        (None, None, None) => Ok((Scale::One, Why::words("no value is above 0"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sorts values as the staged table does.
    fn spread(texts: &[&str]) -> Spread {
        let mut out = Spread::default();
        for (row, text) in texts.iter().enumerate() {
            let number: f64 = text.trim_end_matches('%').parse().expect("a number");
            let place = match number {
                _ if text.ends_with('%') => &mut out.signed,
                0.0 => continue,
                1.0 => &mut out.one,
                n if n < 1.0 => &mut out.fraction,
                n if n <= 100.0 => &mut out.large,
                _ => &mut out.beyond,
            };
            place.get_or_insert_with(|| Occurrence::new(*text, 0, row as u64)).rows += 1;
        }
        out
    }

    #[test]
    fn the_scale_is_that_of_the_column() {
        for (texts, expected) in [
            (&["70", "5", "1", "100"][..], Some(Scale::Hundred)),
            (&["0.7", "1", "0"], Some(Scale::One)),
            (&["70%", "5%", "0"], Some(Scale::One)),
            (&["0"], Some(Scale::One)),
            (&["0", "1"], None),
            (&["0.5", "70"], None),
            (&["70%", "0.7"], None),
            (&["70%", "70"], None),
            (&["700", "250", "1000"], None),
            // One of eleven is a typing error.
            (
                &["110", "10", "20", "30", "40", "50", "60", "70", "80", "90", "5"],
                Some(Scale::Hundred),
            ),
        ] {
            let found = decide(&spread(texts), None, true).ok().map(|(scale, _)| scale);
            assert_eq!(found, expected, "{texts:?}");
        }
        let given = decide(&spread(&["700", "0.5"]), Some(1000), true);
        assert_eq!(given.ok().map(|(scale, _)| scale), Some(Scale::Thousand));
        // A price gap may be any size.
        let gap = decide(&spread(&["150", "20"]), None, false);
        assert_eq!(gap.ok().map(|(scale, _)| scale), Some(Scale::Hundred));
    }
}
