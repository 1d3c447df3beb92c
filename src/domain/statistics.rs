//! Rates and how far they can be trusted.

/// Normal quantile for a two-sided interval of 90 %.
pub const Z_90: f64 = 1.644_853_626_951_472_2;
/// Normal quantile for a two-sided interval of 95 %.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Share of `won` in `n`, 0 to 1; `None` when `n` is 0: a rate over nothing is
/// not defined and is never 0 (domain §0.2).
pub fn rate(won: i64, n: i64) -> Option<f64> {
    (n > 0).then(|| won as f64 / n as f64)
}

/// Wilson score interval of `won` out of `n` as shares from 0 to 1, low and
/// high (domain §0.4; Wilson 1927). `None` when there is nothing to measure
/// (`n` = 0) or the counts cannot be (`won` outside 0 to `n`).
pub fn wilson(won: i64, n: i64, z: f64) -> Option<(f64, f64)> {
    if n <= 0 || won < 0 || won > n {
        return None;
    }
    let (p, n) = (won as f64 / n as f64, n as f64);
    let z2 = z * z;
    let centre = p + z2 / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z2 / n;
    Some((((centre - spread) / whole).max(0.0), ((centre + spread) / whole).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wilson_of_six_in_thirty_one() {
        let (low, high) = wilson(6, 31, Z_90).expect("defined");
        assert_eq!(format!("{:.1} {:.1}", low * 100.0, high * 100.0), "10.4 33.3");
    }

    #[test]
    fn nothing_closed_has_no_rate() {
        assert_eq!(rate(0, 0), None);
        assert_eq!(wilson(0, 0, Z_90), None);
        assert_eq!(wilson(3, 2, Z_90), None);
        assert_eq!(rate(0, 4), Some(0.0));
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_rate(n in 1i64..5000, share in 0.0f64..=1.0) {
            let won = (n as f64 * share) as i64;
            let (low, high) = wilson(won, n, Z_95).expect("defined");
            let rate = won as f64 / n as f64;
            prop_assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high));
            prop_assert!(low <= rate + 1e-12 && rate <= high + 1e-12);
        }
    }
}
