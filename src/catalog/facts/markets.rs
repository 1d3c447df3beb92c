//! Competitors, the market, and what selling costs there. Data only.

use super::column::{OWN_CURRENCY, PERIOD, extra, needed};
use super::{FactKind, FactTable, Taking};
use FactKind::{Date, Money, Percent, Period, Text, Whole};

pub(super) const COMPETITORS: FactTable = FactTable {
    name: "competitors",
    table: "facts.competitor",
    title: "Competitors",
    help: "One row per competitor.",
    columns: &[
        needed("competitor_id", Text, "a short key, or the name", "NORTHWIND"),
        extra("name", Text, "the company's name", "Northwind Systems"),
        extra("tier", Whole, "1 closest to 3", "1"),
        extra("first_seen", Date, "the day it was first met in a deal", "2024-05-20"),
    ],
    key: &["competitor_id"],
    ..FactTable::MERGED
};

pub(super) const COMPETITOR_EVENTS: FactTable = FactTable {
    name: "competitor-events",
    table: "facts.competitor_event",
    title: "Competitive intelligence",
    help: "One row per thing that was seen of a competitor.",
    columns: &[
        needed("competitor_id", Text, "the key in competitors", "NORTHWIND").to("competitors"),
        needed("happened_on", Date, "the day it happened or was seen", "2025-09-15"),
        needed(
            "kind",
            Text,
            "new entrant, price move, packaging, launch, funding or other",
            "price move",
        )
        .one_of(&["new entrant", "price move", "packaging", "launch", "funding", "other"]),
        extra("detail", Text, "what happened", "Entry price cut by a tenth"),
        extra("price", Money, "the new price, if there is one", "9900.00"),
        extra("currency", Text, "of the price; three-letter code", "EUR"),
        extra("source", Text, "where it was seen", "their price page"),
        extra("product", Text, "which product of theirs", "Hauler"),
        extra("region", Text, "empty: everywhere", "EMEA"),
        extra("segment", Text, "empty: for all", ""),
        extra("unit", Text, "of the price: unit, seat and month …", "unit"),
        extra("confidence", Text, "verified, claimed or rumour", "verified")
            .one_of(&["verified", "claimed", "rumour"]),
        extra("opportunity_id", Text, "the deal in which it was seen", "").to("opportunities"),
    ],
    key: &["competitor_id", "happened_on", "kind", "product", "region", "segment"],
    currency_with_money: true,
    ..FactTable::MERGED
};

pub(super) const COSTS: FactTable = FactTable {
    name: "costs",
    table: "facts.cost",
    title: "Costs of selling",
    help: "One row per period, kind of cost and place: sales and marketing, with everything.",
    columns: &[
        needed("period", Period, PERIOD, "2025-Q4"),
        needed(
            "kind",
            Text,
            "compensation, travel, programmes, management or other",
            "compensation",
        )
        .one_of(&["compensation", "travel", "programmes", "management", "other"]),
        extra("region", Text, "empty: all regions together", "EMEA"),
        extra("segment", Text, "empty: all segments together", ""),
        extra("product_id", Text, "empty: all products together", "").to("products"),
        needed("amount", Money, "what it cost", "412000.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        extra(
            "new_share",
            Percent,
            "part spent on new customers; the rest on existing ones",
            "65%",
        ),
        extra("allocation", Text, "the key by which a shared cost was divided", "by heads"),
    ],
    key: &["period", "kind", "region", "segment", "product_id"],
    taking: Taking::Within(&["period"]),
    ..FactTable::MERGED
};

pub(super) const MARKETS: FactTable = FactTable {
    name: "markets",
    table: "facts.market",
    title: "Market size",
    help: "One row per period and part of the market: what all vendors together sell, and who says \
           so.",
    columns: &[
        needed("period", Period, PERIOD, "2025"),
        extra("region", Text, "empty: all regions together", "EMEA"),
        extra("segment", Text, "empty: all segments together", ""),
        extra("product_id", Text, "empty: all products together", "").to("products"),
        needed("amount", Money, "what all vendors sell", "96000000.00"),
        extra("largest_rival", Money, "what the largest other vendor sells", "21000000.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        needed("source", Text, "who says so", "Trade association, yearbook 2025"),
    ],
    key: &["period", "region", "segment", "product_id", "source"],
    ..FactTable::MERGED
};
