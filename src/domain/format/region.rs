//! Where a reader learnt to read, and which of it they want to see.

use std::fmt;
use std::str::FromStr;

/// Where a reader learnt to read numbers. Words do not depend on it, and days only
/// where the reader wants them to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Region {
    /// `1,234,567.50`, `41.4%`
    #[default]
    EnUs,
    /// `1.234.567,50`, `41,4 %`
    DeDe,
    /// `1’234’567.50`, `41.4%`
    DeCh,
    /// `1 234 567,50`, `41,4 %`, with narrow blanks that no line breaks at
    FrFr,
    /// `12,34,567.50`, `41.4%`; short amounts in lakh and crore
    EnIn,
}

impl Region {
    /// All of them, in the order in which they are offered.
    pub const EACH: [Region; 5] =
        [Region::EnUs, Region::DeDe, Region::DeCh, Region::FrFr, Region::EnIn];

    pub const fn name(self) -> &'static str {
        match self {
            Region::EnUs => "en-US",
            Region::DeDe => "de-DE",
            Region::DeCh => "de-CH",
            Region::FrFr => "fr-FR",
            Region::EnIn => "en-IN",
        }
    }

    pub(super) const fn day_order(self) -> DayOrder {
        match self {
            Region::EnUs => DayOrder::MonthFirst,
            Region::DeDe | Region::DeCh | Region::FrFr | Region::EnIn => DayOrder::DayFirst,
        }
    }

    pub(super) const fn date_pattern(self, style: DateStyle) -> &'static str {
        match (style, self) {
            (DateStyle::Iso, _) => "%Y-%m-%d",
            (DateStyle::Region, Region::EnUs) => "%m/%d/%Y",
            (DateStyle::Region, Region::DeDe | Region::DeCh) => "%d.%m.%Y",
            (DateStyle::Region, Region::FrFr | Region::EnIn) => "%d/%m/%Y",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Region {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.trim().replace('_', "-");
        Region::EACH
            .into_iter()
            .find(|region| region.name().eq_ignore_ascii_case(&wanted))
            .ok_or_else(|| {
                let known = Region::EACH.map(Region::name).join(", ");
                format!("there is no region \"{text}\"; known are {known}")
            })
    }
}

/// How a day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateStyle {
    /// `2025-10-06`
    #[default]
    Iso,
    /// `10/06/2025`, `06.10.2025` or `06/10/2025`, as the region has it.
    Region,
}

impl DateStyle {
    pub(super) const fn month_pattern(self) -> &'static str {
        match self {
            DateStyle::Iso => "%Y-%m",
            DateStyle::Region => "%m/%Y",
        }
    }
}

/// What stands first between slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayOrder {
    DayFirst,
    MonthFirst,
}
