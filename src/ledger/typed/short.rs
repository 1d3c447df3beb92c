//! Amounts as one says them: `45k`, `1.2m`.

use rust_decimal::Decimal;

/// The number before the letter, and what it is multiplied by; `None` where no such
/// letter stands at the end.
pub(super) fn parts(typed: &str) -> Option<(&str, Decimal)> {
    let letters = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match typed[letters.len()..].to_ascii_lowercase().as_str() {
        "k" => 1_000,
        "m" | "mn" | "mio" => 1_000_000,
        _ => return None,
    };
    Some((letters.trim_end(), Decimal::from(factor)))
}
