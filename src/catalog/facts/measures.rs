//! What everything is measured with: rates, the calendar, assumptions. Data only.

use super::column::needed;
use super::{FactKind, FactTable, Taking};
use FactKind::{Date, Number, Text};

pub(super) const EXCHANGE_RATES: FactTable = FactTable {
    name: "exchange-rates",
    table: "facts.exchange_rate",
    title: "Exchange rates",
    help: "One row per pair of currencies, day and kind. Figures use the plan rate, so that a trend \
           shows the business and not the currency.",
    columns: &[
        needed("from_currency", Text, "three-letter code", "USD"),
        needed("to_currency", Text, "three-letter code", "EUR"),
        needed("rate_date", Date, "the first day the rate holds", "2025-01-01"),
        needed("rate", Number, "how many of the second one of the first buys", "0.92000000"),
        needed("kind", Text, "plan, spot or close", "plan").one_of(&["plan", "spot", "close"]),
    ],
    key: &["from_currency", "to_currency", "rate_date", "kind"],
    ..FactTable::MERGED
};

pub(super) const ASSUMPTIONS: FactTable = FactTable {
    name: "assumptions",
    table: "settings.assumption",
    title: "Assumptions",
    help: "One row per threshold or other judgement.",
    columns: &[
        needed("name", Text, "which assumption", "win_rate_threshold"),
        needed("scope", Text, "* for all, or the segment, stage or tier it holds for", "*"),
        needed("value", Number, "the value; shares as 0.25", "0.25"),
        needed("effective_from", Date, "the first day it holds", "2025-01-01"),
        needed("reason", Text, "why it is so", "Board plan 2025"),
    ],
    key: &["name", "scope", "effective_from"],
    taking: Taking::Versions,
    ..FactTable::MERGED
};
