//! What is sold, for which prices, and who may depart from them. Data only.

use super::column::{OWN_CURRENCY, extra, needed};
use super::{FactKind, FactTable, Taking};
use FactKind::{Date, Money, Number, Percent, Price, Text, Whole};

pub(super) const PRODUCTS: FactTable = FactTable {
    name: "products",
    table: "facts.product",
    title: "Products",
    help: "One row per product.",
    columns: &[
        needed("product_id", Text, "the key in the CRM, or the name where there is none", "ROVER"),
        extra("name", Text, "what it is called", "Rover"),
        extra("family", Text, "the product family", "Vehicles"),
        extra("list_price", Money, "the list price of one unit", "12000.00"),
        extra("currency", Text, "of the prices; three-letter code", "EUR"),
        extra("tier", Text, "premium, core, volume or the company's own", "premium"),
        extra("lifecycle", Text, "introduction, growth, maturity or decline", "growth").one_of(&[
            "introduction",
            "growth",
            "maturity",
            "decline",
        ]),
        extra("unit_cost", Price, "what one unit costs us", "7100.00"),
        extra("launched_on", Date, "the first day it could be bought", "2022-05-01"),
        extra("retired_on", Date, "the last day; empty: still sold", ""),
    ],
    key: &["product_id"],
    currency_with_money: true,
    ..FactTable::MERGED
};

pub(super) const PRICES: FactTable = FactTable {
    name: "prices",
    table: "facts.price",
    title: "Price lists",
    help: "One row per list, product and the day from which a price holds; prices for larger \
           quantities, other tiers or other regions have rows of their own.",
    columns: &[
        needed("price_list", Text, "which list", "Standard 2025"),
        needed("product_id", Text, "the product: its id in products", "ROVER").to("products"),
        extra("region", Text, "empty: everywhere", "EMEA"),
        extra("tier", Text, "of the customer or contract; empty: all", ""),
        extra("min_quantity", Number, "from this many units on; empty: from the first", "1"),
        needed("valid_from", Date, "the first day it holds", "2025-01-01"),
        extra("valid_to", Date, "the last day; empty: until the next row begins", ""),
        needed("price", Price, "of one unit", "12000.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        extra("unit_cost", Price, "what one unit costs us then", "7100.00"),
    ],
    key: &["price_list", "product_id", "region", "tier", "min_quantity", "valid_from", "currency"],
    ..FactTable::MERGED
};

pub(super) const PROMOTIONS: FactTable = FactTable {
    name: "promotions",
    table: "facts.promotion",
    title: "Promotions",
    help: "One row per offer and product it is for.",
    columns: &[
        needed("promotion_id", Text, "the key of the offer", "SPRING-25"),
        extra("name", Text, "what it is called", "Spring fleet offer"),
        extra("kind", Text, "the kind, in the company's own words", "volume discount"),
        extra("product_id", Text, "empty: all products", "ROVER").to("products"),
        extra("region", Text, "empty: everywhere", ""),
        extra("segment", Text, "empty: for all", ""),
        needed("started_on", Date, "the first day", "2025-03-01"),
        extra("ended_on", Date, "the last day; empty: it has no end", "2025-04-30"),
        extra("discount", Percent, "as a share of the list price", "8%"),
        extra("price", Price, "of one unit, where it is a price and no discount", ""),
        extra("currency", Text, "of the price; three-letter code", "EUR"),
        extra("min_quantity", Number, "from this many units on", "5"),
        extra("max_quantity", Number, "up to this many units", ""),
    ],
    key: &["promotion_id", "product_id", "region", "segment"],
    currency_with_money: true,
    ..FactTable::MERGED
};

pub(super) const APPROVAL_POLICY: FactTable = FactTable {
    name: "approval-policy",
    table: "facts.approval_rule",
    title: "Price-approval policy",
    help: "One row per level and what it may grant. The lowest level whose limits a deal keeps to \
           approves it; a limit that is empty does not bind.",
    columns: &[
        needed("policy", Text, "name of the policy", "Discounts 2025"),
        needed("valid_from", Date, "the first day it holds", "2025-01-01"),
        extra("valid_to", Date, "the last day; empty: until the next one", ""),
        needed("level", Whole, "1 the lowest", "2"),
        needed("role", Text, "who approves", "manager"),
        extra("region", Text, "empty: everywhere", ""),
        extra("segment", Text, "empty: for all", ""),
        extra("tier", Text, "of the product; empty: all", ""),
        extra("max_discount", Percent, "the largest it may grant, of the list price", "20%"),
        extra("min_margin", Percent, "the smallest margin it may leave, of the net price", "35%"),
        extra("max_amount", Money, "the largest net amount it may sign", "250000.00"),
        extra("currency", Text, "of the amount; three-letter code", "EUR"),
        extra("sla_hours", Number, "hours within which it answers", "24"),
    ],
    key: &["policy", "valid_from", "level", "region", "segment", "tier"],
    taking: Taking::Within(&["policy", "valid_from"]),
    currency_with_money: true,
    ..FactTable::MERGED
};
