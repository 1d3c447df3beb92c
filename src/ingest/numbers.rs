//! In which way a column writes its numbers, by the evidence of its values.
//!
//! Owns the decimal mark and the refusal where nothing tells it. Never makes
//! `1.234` one or the other without a reason: where nothing in the column
//! decides, it says so, and the import stops.

mod sql;
mod written;

use super::occurrence::{self, Occurrence, Why};
use super::unclear::What;

pub use written::Written;

/// How one column writes its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberStyle {
    /// `.` or `,`.
    pub decimal: char,
    /// Every value is digits with at most a sign and a decimal point: DuckDB reads it as it is.
    pub plain: bool,
    /// What a value without a word such as `k` is multiplied by.
    pub unit: u32,
    /// `5%` is 0.05; where it means nothing, such a value is no number.
    pub percent: bool,
}

/// Everything that is known of a column of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// One text of each shape (see [`shape`]), with the rows of that shape.
    pub shapes: &'a [Occurrence],
    /// The decimal mark that a mapping or a preset names.
    pub given: Option<char>,
    /// What a mapping says that a bare value is multiplied by.
    pub unit: Option<u32>,
    /// The column has no fractions.
    pub whole: bool,
    /// A percent sign has a meaning.
    pub percent: bool,
}

/// What the values say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub style: NumberStyle,
    pub why: Why,
    /// Rows with more than two places that are not noughts.
    pub fine: u64,
    /// Signs and codes of currencies in the values, each with the first of them and the rows of
    /// all; `None` for values without one.
    pub currencies: Vec<(Option<String>, Occurrence)>,
}

/// What one value says about the decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// No mark at all, at most three digits.
    Short,
    /// No mark at all, more digits.
    Long,
    /// It can only be this one.
    Only(char),
    /// `1.234`: grouping, or a number with three places. Holds the mark.
    Either(char),
}

/// A value, taken apart.
struct Value<'a> {
    seen: &'a Occurrence,
    written: Written,
    mark: Mark,
}

/// Digits that mean the same for the style of a number, as one: `$1,050.90` is `$9,090.90`. The
/// same in SQL, over a text `x`.
pub const SHAPE: &str = "translate(x, '12345678', '99999999')";

/// Decides over all the shapes of a column.
///
/// # Errors
/// What is not clear about it.
pub fn decide(question: &Question<'_>) -> Result<Answer, What> {
    let mut strange: Vec<&Occurrence> = Vec::new();
    let mut values: Vec<Value<'_>> = Vec::new();
    for seen in question.shapes {
        let found = Written::parse(&seen.text).filter(|w| question.percent || !w.percent);
        match found.and_then(|written| Some((mark(&written)?, written))) {
            Some((mark, written)) => values.push(Value { seen, written, mark }),
            None => strange.push(seen),
        }
    }
    let all = occurrence::rows(question.shapes);
    if occurrence::rows(strange.iter().copied()) * 2 > all {
        strange.sort_by_key(|seen| seen.row);
        let samples = strange.into_iter().take(3).cloned().collect();
        return Err(What::NumberUnreadable { samples });
    }
    let (decimal, why) = decimal(question, &values)?;
    refuse_mixed_units(question, &values)?;
    let plain = decimal == '.'
        && strange.is_empty()
        && values.iter().all(|value| is_plain(&value.seen.text));
    let fine = values.iter().filter(|value| is_fine(&value.written, decimal));
    Ok(Answer {
        currencies: currencies(&values),
        fine: occurrence::rows(fine.map(|value| value.seen)),
        style: NumberStyle {
            decimal,
            plain,
            unit: question.unit.unwrap_or(1),
            percent: question.percent,
        },
        why,
    })
}

fn decimal(question: &Question<'_>, values: &[Value<'_>]) -> Result<(char, Why), What> {
    let first = |wanted: Mark| {
        let found = values.iter().filter(|value| value.mark == wanted);
        found.min_by_key(|value| value.seen.row)
    };
    if let Some(decimal) = question.given {
        return Ok((decimal, Why::words("as the mapping or the preset says")));
    }
    let decided =
        |seen: &Occurrence, words: &str| Why { words: words.into(), seen: Some(seen.clone()) };
    match (first(Mark::Only('.')), first(Mark::Only(','))) {
        (Some(point), Some(comma)) => {
            let (point, comma) = (point.seen.clone(), comma.seen.clone());
            return Err(What::DecimalMixed { point, comma });
        }
        (Some(only), None) => return Ok(('.', decided(only.seen, "has no other reading"))),
        (None, Some(only)) => return Ok((',', decided(only.seen, "has no other reading"))),
        (None, None) => {}
    }
    let (mark, sample) = match (first(Mark::Either('.')), first(Mark::Either(','))) {
        (None, None) => return Ok(('.', Why::words("no value has a mark"))),
        (Some(point), Some(comma)) => {
            // `1.234` beside `1,234`.
            let (point, comma) = (point.seen.clone(), comma.seen.clone());
            return Err(What::DecimalMixed { point, comma });
        }
        (Some(point), None) => ('.', point),
        (None, Some(comma)) => (',', comma),
    };
    let other = if mark == '.' { ',' } else { '.' };
    if question.whole {
        return Ok((other, decided(sample.seen, "is a whole number, so that its mark groups")));
    }
    // Three places always would leave no bare number, and dropping noughts at the end no `12.500`:
    // with both, and every bare number below a thousand, the mark groups.
    let zero = values
        .iter()
        .filter(|value| matches!(value.mark, Mark::Either(_)) && value.written.core.ends_with('0'));
    let zero = zero.min_by_key(|value| value.seen.row);
    if let (Some(_), None, Some(zero)) = (first(Mark::Short), first(Mark::Long), zero) {
        let words = "would have dropped its last nought as a fraction, as others have no mark";
        return Ok((other, decided(zero.seen, words)));
    }
    let core = &sample.written.core;
    Err(What::Decimal {
        sample: sample.seen.clone(),
        whole: core.replace(mark, ""),
        divided: core.replace(mark, "."),
    })
}

fn currencies(values: &[Value<'_>]) -> Vec<(Option<String>, Occurrence)> {
    let mut out: Vec<(Option<String>, Occurrence)> = Vec::new();
    for value in values {
        match out.iter_mut().find(|(token, _)| *token == value.written.currency) {
            None => out.push((value.written.currency.clone(), value.seen.clone())),
            Some((_, seen)) => {
                let rows = seen.rows + value.seen.rows;
                if value.seen.row < seen.row {
                    *seen = value.seen.clone();
                }
                seen.rows = rows;
            }
        }
    }
    out.sort_by_key(|(_, seen)| seen.row);
    out
}

/// `45k` beside `45`: nobody knows whether the second means thousands as well.
fn refuse_mixed_units(question: &Question<'_>, values: &[Value<'_>]) -> Result<(), What> {
    if question.unit.is_some() {
        return Ok(());
    }
    let scaled = occurrence::first(values.iter().filter(|v| v.written.factor > 1).map(|v| v.seen));
    let bare = values.iter().filter(|value| {
        value.written.factor == 1 && value.written.is_nonzero() && value.mark != Mark::Long
    });
    let long = values.iter().any(|value| {
        let digits = value.written.core.chars().take_while(|c| *c != ',' && *c != '.').count();
        value.written.factor == 1 && (digits > 3 || matches!(value.mark, Mark::Either(_)))
    });
    match (scaled, occurrence::first(bare.map(|value| value.seen))) {
        (Some(scaled), Some(bare)) if !long => {
            Err(What::Magnitude { bare: bare.clone(), scaled: scaled.clone() })
        }
        _ => Ok(()),
    }
}

/// What the digits and marks of a value say; `None` when they are no number.
fn mark(written: &Written) -> Option<Mark> {
    let core = written.core.as_str();
    let (points, commas) = (core.matches('.').count(), core.matches(',').count());
    if written.spaced {
        return match (points, commas) {
            (0, 0) => Some(Mark::Long),
            (1, 0) => Some(Mark::Only('.')),
            (0, 1) => Some(Mark::Only(',')),
            _ => None,
        };
    }
    let (last, before) = match (core.rfind('.'), core.rfind(',')) {
        (None, None) => return Some(if core.len() <= 3 { Mark::Short } else { Mark::Long }),
        (Some(point), None) => (point, if points > 1 { None } else { Some(',') }),
        (None, Some(comma)) => (comma, if commas > 1 { None } else { Some('.') }),
        (Some(point), Some(comma)) if point > comma => (point, Some(',')),
        (Some(_), Some(comma)) => (comma, Some('.')),
    };
    let divider = if core[last..].starts_with('.') { '.' } else { ',' };
    let Some(group) = before else {
        // The same mark several times: it groups, and the other one would divide.
        let other = if divider == '.' { ',' } else { '.' };
        return is_grouped(core, divider).then_some(Mark::Only(other));
    };
    if core.matches(divider).count() > 1 {
        return None;
    }
    let (whole, places) = (&core[..last], &core[last + 1..]);
    if whole.contains(group) {
        return is_grouped(whole, group).then_some(Mark::Only(divider));
    }
    let groups = places.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    Some(if groups { Mark::Either(divider) } else { Mark::Only(divider) })
}

/// Groups of three digits, or, with commas, of two before the last three (as in India).
fn is_grouped(whole: &str, group: char) -> bool {
    let parts: Vec<&str> = whole.split(group).collect();
    let [head, middle @ .., last] = parts.as_slice() else { return false };
    let of = |length: usize| middle.iter().all(|part| part.len() == length);
    let three = (1..=3).contains(&head.len()) && of(3);
    let two = group == ',' && (1..=2).contains(&head.len()) && !middle.is_empty() && of(2);
    last.len() == 3 && (three || two)
}

fn is_plain(value: &str) -> bool {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(places)
}

/// More than two places, and not only noughts.
fn is_fine(written: &Written, decimal: char) -> bool {
    let Some((_, places)) = written.core.split_once(decimal) else { return false };
    written.factor == 1 && places.bytes().skip(2).any(|byte| (b'1'..=b'9').contains(&byte))
}

#[cfg(test)]
mod tests;
