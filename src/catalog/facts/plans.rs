//! What was promised: targets, calls, pay. Data only.

use super::column::{OWN_CURRENCY, PERIOD, extra, needed};
use super::{FactKind, FactTable, Taking};
use crate::catalog::preset::CATEGORIES;
use FactKind::{Date, Flag, Money, Percent, Period, Text};

pub(super) const TARGETS: FactTable = FactTable {
    name: "targets",
    table: "facts.target",
    title: "Targets",
    help: "One row per target or quota: for a period and for the dimensions that are given. A \
           quota is a target with an owner.",
    columns: &[
        needed("period", Period, PERIOD, "2025-Q4"),
        extra("region", Text, "empty: all regions together", "EMEA"),
        extra("segment", Text, "empty: all segments together", ""),
        extra("product_id", Text, "empty: all products together", "").to("products"),
        extra("owner_id", Text, "empty: nobody's own", "").to("people"),
        needed("amount", Money, "the amount to be won", "900000.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
    ],
    key: &["period", "region", "segment", "product_id", "owner_id"],
    taking: Taking::Within(&["period"]),
    ..FactTable::MERGED
};

pub(super) const FORECASTS: FactTable = FactTable {
    name: "forecasts",
    table: "facts.forecast",
    title: "Forecasts",
    help: "One row per call that was submitted: who, when, for which period, in which category.",
    columns: &[
        needed("submitted_on", Date, "the day the call was made", "2025-10-06"),
        needed("period", Period, PERIOD, "2025-Q4"),
        needed("owner_id", Text, "who called: the id in people, or the name", "jdoe").to("people"),
        needed("category", Text, "commit, best case, pipeline or closed", "commit")
            .one_of(&CATEGORIES),
        needed("amount", Money, "the amount called", "310000.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        needed(
            "roll_up",
            Text,
            "single: this category alone; cumulative: with those above it",
            "cumulative",
        )
        .one_of(&["single", "cumulative"]),
        extra("note", Text, "what the caller said about it", "Two deals hang on legal."),
    ],
    key: &["submitted_on", "period", "owner_id", "category"],
    ..FactTable::MERGED
};

pub(super) const COMMISSION_RATES: FactTable = FactTable {
    name: "commission-rates",
    table: "facts.commission_rate",
    title: "Commission rates",
    help: "One row per plan and band of attainment: the rate for what is credited within the band.",
    columns: &[
        needed("plan", Text, "name of the plan", "AE 2025"),
        needed("valid_from", Date, "the first day it holds", "2025-01-01"),
        extra("valid_to", Date, "the last day; empty: until the next one", ""),
        extra("role", Text, "empty: for all", "account executive"),
        extra("product_id", Text, "empty: for all products", "").to("products"),
        needed("from_attainment", Percent, "the band begins here, inclusive", "100%"),
        needed("rate", Percent, "of what is credited", "9%"),
        extra("retroactive", Flag, "reaching the band lifts everything below it as well", "no"),
    ],
    key: &["plan", "valid_from", "role", "product_id", "from_attainment"],
    taking: Taking::Within(&["plan", "valid_from"]),
    ..FactTable::MERGED
};

pub(super) const PAYOUTS: FactTable = FactTable {
    name: "payouts",
    table: "facts.payout",
    title: "Payouts",
    help: "One row per thing that someone was paid for, or that was taken back (below zero).",
    columns: &[
        needed("payout_id", Text, "the key of the line", "PAY-9001"),
        needed("person_id", Text, "who: the id in people", "jdoe").to("people"),
        needed("paid_on", Date, "the day of it", "2025-11-30"),
        needed("kind", Text, "commission, spiff, kicker, bonus, draw or clawback", "commission")
            .one_of(&["commission", "spiff", "kicker", "bonus", "draw", "clawback"]),
        extra("booking_id", Text, "the number of the order", "SO-5521").to("bookings"),
        extra("line_id", Text, "the line of it", "1"),
        extra("opportunity_id", Text, "the key in opportunities", "OPP-1042").to("opportunities"),
        extra("credited", Money, "what the rate was applied to", "45600.00"),
        extra("rate", Percent, "of what is credited", "9%"),
        needed("amount", Money, "what was paid", "4104.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        extra("plan", Text, "by which plan", "AE 2025"),
    ],
    key: &["payout_id"],
    ..FactTable::MERGED
};
