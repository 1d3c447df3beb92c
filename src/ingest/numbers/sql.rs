//! Reading numbers in SQL, as [`super::Written`] takes them apart.

use super::NumberStyle;

/// What DuckDB may cast as it is. The check keeps out what a cast would allow: 1e5, 1_000.
const PLAIN: &str = "[-+]?[0-9]+([.][0-9]+)?";
/// Stands between the parts of a number that was taken apart, and in no text.
const CUT: &str = "\u{1f}";
const SIGN: &str = "[-−–+]";
const BLANKS: &str = "[ \u{a0}\u{202f}\u{2009}''’]*";
const CURRENCY: &str = "(?:[A-Z]{0,3}[$€£¥₹₽]|[A-Z]{3}|zł|Kč|kr[.]?|Fr[.]?)";
const FACTOR: &str =
    "(?:[kK]|[mM]io|MIO|[mM]ill|[mM]n|[mM]rd|MRD|[mM]ia|[mM]|[bB]n|[bB]|[tT]sd|TSD)";

impl NumberStyle {
    /// SQL of type DECIMAL(38,8) over a text expression: NULL where the text is no number in this
    /// style.
    pub fn sql(&self, text: &str) -> String {
        if self.plain {
            let unit = match self.unit {
                1 => format!("TRY_CAST({text} AS DECIMAL(38,8))"),
                unit => format!("TRY_CAST({text} AS DECIMAL(28,8)) * {unit}::DECIMAL(10,0)"),
            };
            return format!("CASE WHEN regexp_full_match({text}, '{PLAIN}') THEN {unit} END");
        }
        // `sign CUT number`, the number with its marks, its dash for cents and its factor.
        let parts =
            format!("regexp_replace({text}, '{}', '\\1\\2\\5\\6{CUT}\\3\\4\\7')", self.pattern());
        let number = format!("split_part({parts}, '{CUT}', 2)");
        let digits = format!(
            "TRY_CAST(rtrim(replace(regexp_replace({number}, '[^0-9{decimal}]', '', 'g'), \
             '{decimal}', '.'), '.') AS DECIMAL(24,8))",
            decimal = self.decimal
        );
        let factor = format!(
            "CASE lower(regexp_extract({number}, '[A-Za-z]+$')) WHEN '' THEN {} \
             WHEN 'k' THEN 1000 WHEN 'tsd' THEN 1000 \
             WHEN 'b' THEN 1000000000 WHEN 'bn' THEN 1000000000 WHEN 'mrd' THEN 1000000000 \
             WHEN 'mia' THEN 1000000000 ELSE 1000000 END",
            self.unit
        );
        let sign =
            format!("CASE WHEN split_part({parts}, '{CUT}', 1) IN ('', '+') THEN 1 ELSE -1 END");
        let percent =
            if self.percent { String::new() } else { format!(" AND NOT contains({text}, '%')") };
        format!(
            "CASE WHEN contains({parts}, '{CUT}') AND NOT contains({text}, '{CUT}'){percent} \
             THEN TRY_CAST({digits} * ({factor})::DECIMAL(10,0) AS DECIMAL(38,8)) * ({sign}) END"
        )
    }

    /// SQL of this type over a text expression, as [`NumberStyle::sql`] cast to it; NULL where the
    /// number does not fit.
    ///
    /// DuckDB takes a hundred times as long for a number of more than 18 digits, so what is written
    /// plainly gets there without the detour.
    pub fn sql_as(&self, text: &str, kind: &str) -> String {
        if self.plain && self.unit == 1 && !self.percent {
            format!(
                "CASE WHEN regexp_full_match({text}, '{PLAIN}') THEN TRY_CAST({text} AS {kind}) END"
            )
        } else {
            format!("TRY_CAST({} AS {kind})", self.sql(text))
        }
    }

    /// Three shapes: a sign in front, behind, or parentheses.
    fn pattern(&self) -> String {
        let (divider, group) = if self.decimal == '.' { ("[.]", ",") } else { (",", "[.]") };
        let groups = [group, " ", "\u{a0}", "\u{202f}", "\u{2009}", "''", "’"];
        let groups: Vec<String> =
            groups.into_iter().map(|group| format!("(?:{group}[0-9]{{3}})+")).collect();
        let mut grouped = format!("[0-9]{{1,3}}(?:{})", groups.join("|"));
        if self.decimal == '.' {
            // As in India.
            grouped += "|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}";
        }
        let digits =
            format!("(?:{grouped}|[0-9]+)(?:{divider}[0-9]*)?(?:[.,][-–—]+)?|{divider}[0-9]+");
        let number = format!("((?:{digits})(?:{BLANKS}{FACTOR})?)[.]?");
        let tail = format!("{BLANKS}{CURRENCY}?{BLANKS}%?");
        let front = format!("(?:({SIGN})?{BLANKS}{CURRENCY}?|{CURRENCY}{BLANKS}({SIGN}))");
        format!(
            "^(?:{front}{BLANKS}{number}{tail}\
             |{CURRENCY}?{BLANKS}{number}{tail}{BLANKS}({SIGN})\
             |([(]){BLANKS}{CURRENCY}?{BLANKS}{number}{tail}{BLANKS}[)])$"
        )
    }
}
