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

pub(super) const FISCAL_CALENDAR: FactTable = FactTable {
    name: "fiscal-calendar",
    table: "settings.fiscal_month",
    title: "Fiscal calendar",
    help: "One row per fiscal month or period, whole fiscal years without a gap: 4-4-5, 4-5-4, \
           5-4-4, thirteen periods of four weeks, years of 53 weeks. Years that the file does not \
           cover go on by calendar months.",
    columns: &[
        needed("month_start", Date, "the first day", "2024-12-29"),
        needed("month_end", Date, "the last day", "2025-01-25"),
        needed("month", Text, "its name, 2025-01 or 2025-P01", "2025-01"),
        needed("quarter", Text, "the fiscal quarter it belongs to", "2025-Q1"),
    ],
    key: &["month_start"],
    taking: Taking::Calendar,
    more: &[
        &["2025-01-26", "2025-02-22", "2025-02", "2025-Q1"],
        &["2025-02-23", "2025-03-29", "2025-03", "2025-Q1"],
        &["2025-03-30", "2025-04-26", "2025-04", "2025-Q2"],
        &["2025-04-27", "2025-05-24", "2025-05", "2025-Q2"],
        &["2025-05-25", "2025-06-28", "2025-06", "2025-Q2"],
        &["2025-06-29", "2025-07-26", "2025-07", "2025-Q3"],
        &["2025-07-27", "2025-08-23", "2025-08", "2025-Q3"],
        &["2025-08-24", "2025-09-27", "2025-09", "2025-Q3"],
        &["2025-09-28", "2025-10-25", "2025-10", "2025-Q4"],
        &["2025-10-26", "2025-11-22", "2025-11", "2025-Q4"],
        &["2025-11-23", "2025-12-27", "2025-12", "2025-Q4"],
    ],
    ..FactTable::MERGED
};
