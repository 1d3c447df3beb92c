//! How the columns of the tables are written down. Used by the lists only.

use super::{FactColumn, FactKind};

/// A column without which a row is rejected.
pub(super) const fn needed(
    name: &'static str,
    kind: FactKind,
    help: &'static str,
    example: &'static str,
) -> FactColumn {
    FactColumn { name, kind, required: true, help, example, links: None, words: &[] }
}

/// A column that may be empty.
pub(super) const fn extra(
    name: &'static str,
    kind: FactKind,
    help: &'static str,
    example: &'static str,
) -> FactColumn {
    FactColumn { required: false, ..needed(name, kind, help, example) }
}

impl FactColumn {
    /// Its values are keys of that table.
    pub(super) const fn to(self, table: &'static str) -> Self {
        FactColumn { links: Some(table), ..self }
    }

    /// It takes these words and no others.
    pub(super) const fn one_of(self, words: &'static [&'static str]) -> Self {
        FactColumn { words, ..self }
    }
}

pub(super) const OWN_CURRENCY: &str =
    "three-letter code; empty: the reporting currency of the workspace";
pub(super) const PERIOD: &str = "a fiscal quarter 2025-Q4, a month 2025-10 or a fiscal year 2025";
pub(super) const DISCOUNT: &str = "as a share of the list price; empty is unknown, not none";
pub(super) const LINE_COST: &str = "what the line costs us; margins need it";
