//! The ways a figure can be cut.

use std::fmt;
use std::str::FromStr;

/// By what the rows of a figure are told apart, and by what they can be filtered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Not cut at all.
    All,
    #[default]
    Region,
    Segment,
    Product,
    Owner,
    Manager,
}

impl Dimension {
    /// All of them, in the order in which they are offered.
    pub const EACH: [Dimension; 6] = [
        Dimension::All,
        Dimension::Region,
        Dimension::Segment,
        Dimension::Product,
        Dimension::Owner,
        Dimension::Manager,
    ];

    /// Those that can be filtered by: all but [`Dimension::All`].
    pub const SCOPES: [Dimension; 5] = [
        Dimension::Region,
        Dimension::Segment,
        Dimension::Product,
        Dimension::Owner,
        Dimension::Manager,
    ];

    /// The name as figures read it in `getvariable('by')`.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::All => "all",
            Dimension::Region => "region",
            Dimension::Segment => "segment",
            Dimension::Product => "product",
            Dimension::Owner => "owner",
            Dimension::Manager => "manager",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A dimension that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{given}\" is not a dimension; choose region, segment, product, owner, manager or all")]
pub struct DimensionError {
    /// What was written.
    pub given: String,
}

impl FromStr for Dimension {
    type Err = DimensionError;

    fn from_str(text: &str) -> Result<Self, DimensionError> {
        Dimension::EACH
            .into_iter()
            .find(|dimension| dimension.name().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| DimensionError { given: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dimension_reads_what_it_shows() {
        for dimension in Dimension::EACH {
            assert_eq!(dimension.to_string().parse(), Ok(dimension));
        }
        assert_eq!("Region".parse(), Ok(Dimension::Region));
        assert!("country".parse::<Dimension>().is_err());
    }
}
