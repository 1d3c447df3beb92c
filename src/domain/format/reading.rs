//! Numbers as people of a region write them become numbers: the way back of
//! [`Formats`].
//!
//! Invariant: nothing is guessed. A mark that parts thousands in the reader's region
//! is taken for nothing else, and a number that is grouped as no reader of the
//! region would group it is refused.

use rust_decimal::Decimal;

use super::Formats;

/// Why a text is no number here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFault {
    /// There are no digits, or there is something else among them.
    NoNumber,
    /// The groups are not those of thousands (or of lakh), or a mark for them stands among
    /// decimals: where does the whole number end?
    Groups,
    /// More digits than can be kept.
    TooLong,
}

impl Formats {
    /// `1,234.50` as a number; signs for other regions' blanks and apostrophes between
    /// groups are taken too, because they mean nothing else anywhere.
    ///
    /// # Errors
    /// What keeps it from being one.
    pub fn read(&self, typed: &str) -> Result<Decimal, NumberFault> {
        let typed = typed.trim();
        let (minus, digits) = match typed.strip_prefix(['-', '−']) {
            Some(digits) => (true, digits.trim_start()),
            None => (false, typed.strip_prefix('+').unwrap_or(typed)),
        };
        let (whole, decimals) = match digits.split_once(self.point) {
            Some((whole, decimals)) => (whole, decimals),
            None => (digits, ""),
        };
        let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if !decimals.is_empty() && !is_digits(decimals) {
            let marks = |c: char| self.groups(c) || c == self.point || c.is_ascii_digit();
            return Err(if decimals.chars().all(marks) {
                NumberFault::Groups
            } else {
                NumberFault::NoNumber
            });
        }
        // Blanks of any width are one mark, and so are both apostrophes.
        let kind = |c: char| match c {
            ' ' | '\u{a0}' | '\u{202f}' => ' ',
            '’' => '\'',
            other => other,
        };
        let mut marks = whole.chars().filter(|c| self.groups(*c)).map(kind);
        let first = marks.next();
        if marks.any(|mark| Some(mark) != first) {
            return Err(NumberFault::Groups);
        }
        let groups: Vec<&str> = whole.split(|c| self.groups(c)).collect();
        if !groups.iter().all(|group| is_digits(group)) {
            return Err(NumberFault::NoNumber);
        }
        if groups.iter().all(|group| group.is_empty()) && decimals.is_empty() {
            return Err(NumberFault::NoNumber);
        }
        if groups.len() > 1 && !self.well_grouped(&groups) {
            return Err(NumberFault::Groups);
        }
        let stroke = if decimals.is_empty() { "" } else { "." };
        let plain = format!("0{}{stroke}{decimals}", groups.concat());
        let number = Decimal::from_str_exact(&plain).map_err(|_| NumberFault::TooLong)?;
        Ok(if minus && !number.is_zero() { -number } else { number })
    }

    /// May this stand between groups of digits? The mark before the decimals of the
    /// region never does.
    fn groups(&self, c: char) -> bool {
        c != self.point
            && (c == self.group || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’'))
    }

    fn well_grouped(&self, groups: &[&str]) -> bool {
        let [first, middle @ .., last] = groups else { return true };
        let threes = (1..=3).contains(&first.len()) && middle.iter().all(|group| group.len() == 3);
        let twos = (1..=2).contains(&first.len()) && middle.iter().all(|group| group.len() == 2);
        last.len() == 3 && (threes || self.lakh && twos)
    }

    /// A number as it is stored, as one types it: `1234.5` is `1234,5` after a comma.
    pub fn typed(&self, stored: &str) -> String {
        stored.replace('.', &self.point.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Region;

    fn read(region: Region, typed: &str) -> Result<String, NumberFault> {
        Formats::of(region).read(typed).map(|number| number.to_string())
    }

    /// Written down by hand, region by region.
    #[test]
    fn each_region_writes_its_own_numbers() {
        use NumberFault::{Groups, NoNumber};
        type Row = (&'static str, [Result<&'static str, NumberFault>; 5]);
        let rows: [Row; 15] = [
            // typed, then en-US, de-DE, de-CH, fr-FR, en-IN
            ("1,234.50", [Ok("1234.50"), Err(Groups), Err(NoNumber), Err(NoNumber), Ok("1234.50")]),
            ("1.234,50", [Err(Groups), Ok("1234.50"), Err(NoNumber), Err(NoNumber), Err(Groups)]),
            ("1’234.50", [Ok("1234.50"), Err(Groups), Ok("1234.50"), Err(NoNumber), Ok("1234.50")]),
            ("1 234,50", [Err(Groups), Ok("1234.50"), Err(NoNumber), Ok("1234.50"), Err(Groups)]),
            (
                "1\u{202f}234,50",
                [Err(Groups), Ok("1234.50"), Err(NoNumber), Ok("1234.50"), Err(Groups)],
            ),
            (
                "12,34,567.89",
                [Err(Groups), Err(Groups), Err(NoNumber), Err(NoNumber), Ok("1234567.89")],
            ),
            (
                "1,234,567.89",
                [Ok("1234567.89"), Err(Groups), Err(NoNumber), Err(NoNumber), Ok("1234567.89")],
            ),
            ("1234.5", [Ok("1234.5"), Err(Groups), Ok("1234.5"), Err(NoNumber), Ok("1234.5")]),
            ("1234,5", [Err(Groups), Ok("1234.5"), Err(NoNumber), Ok("1234.5"), Err(Groups)]),
            ("-0", [Ok("0"), Ok("0"), Ok("0"), Ok("0"), Ok("0")]),
            ("+7", [Ok("7"), Ok("7"), Ok("7"), Ok("7"), Ok("7")]),
            ("1 2345", [Err(Groups), Err(Groups), Err(Groups), Err(Groups), Err(Groups)]),
            ("1e3", [Err(NoNumber), Err(NoNumber), Err(NoNumber), Err(NoNumber), Err(NoNumber)]),
            ("", [Err(NoNumber), Err(NoNumber), Err(NoNumber), Err(NoNumber), Err(NoNumber)]),
            ("1 234’567", [Err(Groups), Err(Groups), Err(Groups), Err(Groups), Err(Groups)]),
        ];
        for (typed, wanted) in rows {
            for (region, wanted) in Region::EACH.into_iter().zip(wanted) {
                assert_eq!(read(region, typed), wanted.map(str::to_owned), "{region} {typed}");
            }
        }
    }

    #[test]
    fn more_digits_than_can_be_kept_are_refused_not_rounded() {
        assert_eq!(read(Region::EnUs, &"9".repeat(40)), Err(NumberFault::TooLong));
        assert_eq!(read(Region::EnUs, &format!("0.{}", "1".repeat(40))), Err(NumberFault::TooLong));
    }

    proptest! {
        /// What is written is read as the same again, in every region.
        #[test]
        fn what_is_shown_can_be_typed(cents in any::<i64>()) {
            for region in Region::EACH {
                let formats = Formats::of(region);
                let amount = Decimal::new(cents, 2);
                prop_assert_eq!(formats.read(&formats.money(amount)), Ok(amount));
                let typed = formats.typed(&amount.to_string());
                prop_assert_eq!(formats.read(&typed), Ok(amount));
            }
        }

        /// No text makes it panic, and none that is read is read as two things.
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9.,’' +-]{0,12}|\\PC{0,8}") {
            for region in Region::EACH {
                if let Ok(number) = Formats::of(region).read(&text) {
                    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
                    let (typed, kept) = (digits(&text), digits(&number.to_string()));
                    prop_assert_eq!(typed.trim_start_matches('0'), kept.trim_start_matches('0'));
                }
            }
        }
    }
}
