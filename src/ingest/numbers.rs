//! In which way a column writes its numbers, by the evidence of its values.
//!
//! Owns the decimal mark, grouping, signs, currency signs, and `45k`. Never
//! makes `1.234` one or the other without a reason: where nothing in the column
//! tells, it says so, and the import stops.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::error::What;

/// How one column writes its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberStyle {
    /// `.` or `,`.
    pub decimal: char,
    /// Every value is digits with at most a sign and a decimal point: DuckDB reads it as it is.
    pub plain: bool,
}

/// What the values say.
pub enum Verdict {
    Style(NumberStyle),
    Unclear(What),
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
    NoNumber,
}

/// Decides over different values of a column, trimmed, with the number of rows that have each:
/// all that say something about the mark, and some of the others. `rows` is the number of rows
/// with any value, `given` the mark that a mapping names; `whole` says that the column has no
/// fractions.
pub fn decide(values: &[(String, u64)], rows: u64, given: Option<char>, whole: bool) -> Verdict {
    let marks: Vec<(Mark, &String)> =
        values.iter().map(|(value, _)| (mark(value), value)).collect();
    let first = |wanted: fn(&Mark) -> bool| marks.iter().find(|(mark, _)| wanted(mark));
    let strange = values.iter().filter(|(value, _)| mark(value) == Mark::NoNumber);
    if strange.clone().map(|(_, rows)| rows).sum::<u64>() * 2 > rows {
        let samples = strange.take(3).map(|(value, _)| value.clone()).collect();
        return Verdict::Unclear(What::NumberUnreadable { samples });
    }
    let style = |decimal| {
        let plain = decimal == '.' && values.iter().all(|(value, _)| is_plain(value));
        Verdict::Style(NumberStyle { decimal, plain })
    };
    if let Some(decimal) = given {
        return style(decimal);
    }
    let point = first(|mark| *mark == Mark::Only('.'));
    let comma = first(|mark| *mark == Mark::Only(','));
    match (point, comma) {
        (Some((_, point)), Some((_, comma))) => {
            let (point, comma) = ((*point).clone(), (*comma).clone());
            return Verdict::Unclear(What::DecimalMixed { point, comma });
        }
        (Some(_), None) => return style('.'),
        (None, Some(_)) => return style(','),
        (None, None) => {}
    }
    let Some((Mark::Either(mark), sample)) = first(|mark| matches!(mark, Mark::Either(_))) else {
        return style('.');
    };
    let other = if *mark == '.' { ',' } else { '.' };
    if marks.iter().any(|(seen, _)| *seen == Mark::Either(other)) {
        // `1.234` beside `1,234`.
        let written = |wanted: char| {
            let seen = marks.iter().find(|(seen, _)| *seen == Mark::Either(wanted));
            seen.map(|(_, value)| (*value).clone()).unwrap_or_default()
        };
        let (point, comma) = (written('.'), written(','));
        return Verdict::Unclear(What::DecimalMixed { point, comma });
    }
    // Three places always would leave no bare number, and dropping zeros at the end no `12.500`:
    // with both, and every bare number below a thousand, the mark groups.
    let bare = marks.iter().any(|(mark, _)| *mark == Mark::Short);
    let long = marks.iter().any(|(mark, _)| *mark == Mark::Long);
    let zero = marks.iter().any(|(mark, value)| {
        matches!(mark, Mark::Either(_)) && core(value).is_some_and(|core| core.ends_with('0'))
    });
    if whole || (bare && !long && zero) {
        return style(other);
    }
    let digits = core(sample).unwrap_or_default();
    Verdict::Unclear(What::Decimal {
        sample: (*sample).clone(),
        whole: digits.replace(*mark, ""),
        divided: digits.replace(*mark, "."),
    })
}

/// The digits and marks of a value, without sign, currency and suffix; `None` when it is no number.
fn core(value: &str) -> Option<String> {
    let start = value.find(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','))?;
    let end = value.rfind(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','))? + 1;
    let inside = &value[start..end];
    let around = value[..start].chars().chain(value[end..].chars());
    let strange = |c: char| !(c.is_whitespace() || c.is_alphabetic() || "+-−()%$€£¥₹".contains(c));
    let letters = around.clone().filter(|c| c.is_alphabetic()).count();
    if letters > 6
        || around.into_iter().any(strange)
        || !inside.contains(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let group = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’');
    if inside.contains(|c: char| !(c.is_ascii_digit() || group(c) || matches!(c, '.' | ','))) {
        return None;
    }
    Some(inside.chars().filter(|c| !group(*c)).collect())
}

fn mark(value: &str) -> Mark {
    let Some(core) = core(value) else { return Mark::NoNumber };
    let (points, commas) = (core.matches('.').count(), core.matches(',').count());
    let behind = |mark: char| core.len() - core.rfind(mark).map_or(core.len(), |at| at + 1);
    match (points, commas) {
        (0, 0) if core.len() <= 3 => Mark::Short,
        (0, 0) => Mark::Long,
        (1, 0) | (0, 1) => {
            let mark = if points == 1 { '.' } else { ',' };
            let before = &core[..core.find(mark).unwrap_or_default()];
            let groups =
                behind(mark) == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
            if groups { Mark::Either(mark) } else { Mark::Only(mark) }
        }
        (0, _) => Mark::Only('.'),
        (_, 0) => Mark::Only(','),
        // Both: the last one divides, and there is only one of it.
        (1, _) if core.rfind('.') > core.rfind(',') => Mark::Only('.'),
        (_, 1) if core.rfind(',') > core.rfind('.') => Mark::Only(','),
        _ => Mark::NoNumber,
    }
}

fn is_plain(value: &str) -> bool {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(places)
}

/// Matches what [`is_plain`] says yes to, for DuckDB.
pub const PLAIN: &str = "[-+]?[0-9]+([.][0-9]+)?";

impl NumberStyle {
    /// SQL of this type over a text expression, as [`NumberStyle::sql`] cast to it; NULL where the
    /// number does not fit.
    ///
    /// DuckDB takes a hundred times as long for a number of more than 18 digits, so what is written
    /// plainly gets there without the detour.
    pub fn sql_as(&self, text: &str, kind: &str) -> String {
        if self.plain {
            format!(
                "CASE WHEN regexp_full_match({text}, '{PLAIN}') THEN TRY_CAST({text} AS {kind}) END"
            )
        } else {
            format!("TRY_CAST({} AS {kind})", self.sql(text))
        }
    }

    /// SQL of type DECIMAL(38,8) over a text expression: NULL where the text is no number in this
    /// style. A percent sign is allowed and not looked at.
    pub fn sql(&self, text: &str) -> String {
        if self.plain {
            // The check keeps out what a cast would allow: 1e5, 1_000.
            return format!(
                "CASE WHEN regexp_full_match({text}, '{PLAIN}') \
                 THEN TRY_CAST({text} AS DECIMAL(38,8)) END"
            );
        }
        let (decimal, group) = if self.decimal == '.' { ("[.]", ",") } else { (",", ".") };
        let group = format!("[{group} \u{a0}\u{202f}\u{2009}''’]");
        let unit = "(?:[A-Za-z]{3}|[A-Z]{0,2}[$€£¥₹])";
        let shape = format!(
            "^[(]? ?[-+−]? ?{unit}? ?[-+−]?(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)\
             (?:{decimal}[0-9]*)? ?(?:[kKmMbB]|[mM]io[.]?|[mM]n|[bB]n)? ?{unit}?%? ?-?[)]?$"
        );
        let shape_below_one =
            format!("^[(]? ?[-+−]? ?{unit}? ?[-+−]?{decimal}[0-9]+ ?{unit}?%?[)]?$");
        let digits = format!(
            "TRY_CAST(replace(regexp_replace({text}, '[^0-9{}]', '', 'g'), '{}', '.') AS DECIMAL(24,8))",
            self.decimal, self.decimal
        );
        let suffix = format!(
            "lower(regexp_extract({text}, '[0-9.,] ?([kKmMbB])(?:io[.]?|n)?(?: |[^A-Za-z]|$)', 1))"
        );
        let factor = format!(
            "CASE {suffix} WHEN 'k' THEN 1000 WHEN 'm' THEN 1000000 WHEN 'b' THEN 1000000000 ELSE 1 END"
        );
        let sign = format!("CASE WHEN regexp_matches({text}, '[-−(]') THEN -1 ELSE 1 END");
        format!(
            "CASE WHEN regexp_matches({text}, '{shape}') OR regexp_matches({text}, '{shape_below_one}') \
             THEN TRY_CAST({digits} * ({factor})::DECIMAL(10,0) AS DECIMAL(38,8)) * ({sign}) END"
        )
    }
}

/// Decimals of 18 digits at most, with which DuckDB is quick: ten of them before the point.
pub const NARROW: &str = "DECIMAL(18,8)";

impl NumberStyle {
    /// SQL of type DECIMAL(18,4) over a text expression: a share, 1 for the whole.
    pub fn share_sql(&self, text: &str, scale: Scale) -> String {
        let bare = if scale == Scale::Hundred { "0.01" } else { "1.00" };
        let factor = format!("CASE WHEN contains({text}, '%') THEN 0.01 ELSE {bare} END");
        let times = |number: String| {
            format!("TRY_CAST({number} * ({factor})::DECIMAL(3,2) AS DECIMAL(18,4))")
        };
        // The product of the first has 17 digits; only what is longer takes the second.
        format!(
            "coalesce({}, {})",
            times(self.sql_as(text, "DECIMAL(14,8)")),
            times(self.sql(text))
        )
    }
}

/// The scale of a column of shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// 0.7 is 70 %.
    One,
    /// 70 is 70 %.
    Hundred,
}

/// Decides over the different values of a column of shares: `0.7`, `70` or `70%`. Values with a
/// percent sign need no deciding. Negative ones count by their size.
pub fn decide_scale(values: &[(String, u64)], style: NumberStyle) -> Result<Scale, What> {
    let bare: Vec<(Decimal, &String)> = values
        .iter()
        .filter(|(value, _)| !value.contains('%'))
        .filter_map(|(value, _)| {
            let digits = core(value)?.replace(style.decimal, ".");
            Some((Decimal::from_str(&digits).ok()?, value))
        })
        .collect();
    let one = Decimal::ONE;
    let fraction = bare.iter().find(|(number, _)| *number > Decimal::ZERO && *number < one);
    let large = bare.iter().find(|(number, _)| *number > one);
    let exactly_one = bare.iter().find(|(number, _)| *number == one);
    match (fraction, large, exactly_one) {
        (Some((_, sample)), Some(_), _) => Err(What::Percent {
            sample: (*sample).clone(),
            why: "the column has values below 1 and values above 1",
        }),
        (None, None, Some((_, sample))) => Err(What::Percent {
            sample: (*sample).clone(),
            why: "the column has no other value than 0 and 1",
        }),
        (None, Some(_), _) => Ok(Scale::Hundred),
        _ => Ok(Scale::One),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(texts: &[&str]) -> Vec<(String, u64)> {
        texts.iter().map(|text| ((*text).to_owned(), 1)).collect()
    }

    fn style(texts: &[&str]) -> NumberStyle {
        match decide(&values(texts), texts.len() as u64, None, false) {
            Verdict::Style(style) => style,
            Verdict::Unclear(what) => panic!("{what:?}: {texts:?}"),
        }
    }

    fn what(texts: &[&str]) -> What {
        match decide(&values(texts), texts.len() as u64, None, false) {
            Verdict::Unclear(what) => what,
            Verdict::Style(style) => panic!("{style:?}: {texts:?}"),
        }
    }

    #[test]
    fn the_mark_is_decided_by_a_value_that_allows_one_reading_only() {
        for (texts, decimal) in [
            (&["1234.5", "12"][..], '.'),
            (&["$1,234.50", "$1,234"], '.'),
            (&["1.234,50 €", "1.234"], ','),
            (&["1,5"], ','),
            (&["1,234,567", "1,234"], '.'),
            (&["1.234.567"], ','),
            (&["0.125"], '.'),
            (&["1100.045"], '.'),
            (&["1'234.50"], '.'),
            (&["1\u{a0}234,50"], ','),
            (&["45k", "1.2M"], '.'),
            (&["(500)", "500-"], '.'),
            (&["12,500", "950", "1,100"], '.'),
        ] {
            assert_eq!(style(texts).decimal, decimal, "{texts:?}");
        }
    }

    #[test]
    fn where_nothing_decides_the_import_stops() {
        match what(&["1.234", "2.345"]) {
            What::Decimal { sample, whole, divided } => {
                assert_eq!((sample.as_str(), whole.as_str()), ("1.234", "1234"));
                assert_eq!(divided, "1.234");
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(what(&["1,5", "1.5"]), What::DecimalMixed { .. }));
        assert!(matches!(what(&["1,234", "1.234"]), What::DecimalMixed { .. }));
        assert!(matches!(what(&["yes", "no", "5"]), What::NumberUnreadable { .. }));
    }

    #[test]
    fn plain_columns_are_known_as_such() {
        assert!(style(&["1054", "0", "-3.5"]).plain);
        assert!(!style(&["1054", "12", "1e5"]).plain);
        assert!(!style(&["$5"]).plain);
    }

    #[test]
    fn whole_numbers_need_no_deciding() {
        let verdict = decide(&values(&["3.200", "1.185"]), 2, None, true);
        assert!(matches!(verdict, Verdict::Style(NumberStyle { decimal: ',', .. })));
    }

    #[test]
    fn the_scale_of_shares_is_that_of_the_column() {
        let plain = NumberStyle { decimal: '.', plain: true };
        let scale = |texts: &[&str]| decide_scale(&values(texts), plain);
        assert_eq!(scale(&["70", "5", "1", "100"]).ok(), Some(Scale::Hundred));
        assert_eq!(scale(&["0.7", "1", "0"]).ok(), Some(Scale::One));
        assert_eq!(scale(&["70%", "5%"]).ok(), Some(Scale::One));
        assert_eq!(scale(&["0"]).ok(), Some(Scale::One));
        assert!(scale(&["0", "1"]).is_err());
        assert!(scale(&["0.5", "70"]).is_err());
    }
}
