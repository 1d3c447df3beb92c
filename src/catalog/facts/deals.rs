//! Opportunities, what is in them, and who has the credit. Data only.

use super::column::{DISCOUNT, LINE_COST, OWN_CURRENCY, extra, needed};
use super::{FactKind, FactTable, Taking, Whole};
use crate::catalog::preset::{CATEGORIES, STATES};
use FactKind::{Date, Flag, Money, Number, Percent, Price, Text};

pub(super) const OPPORTUNITIES: FactTable = FactTable {
    name: "opportunities",
    table: "facts.opportunity",
    title: "Opportunities",
    help: "One row per opportunity, open and closed, as they all stood on one day. Name the file \
           opportunities-2025-10-06.csv, so that the day is known; import one every week.",
    columns: &[
        needed("opportunity_id", Text, "the key in the CRM; never reused", "OPP-1042"),
        extra("name", Text, "what the deal is called", "Fleet renewal"),
        extra("account_id", Text, "the customer: its id in accounts, or its name", "ACME")
            .to("accounts"),
        extra("owner_id", Text, "the seller: the id in people, or the name", "jdoe").to("people"),
        extra("product_id", Text, "the product: its id in products, or its name", "ROVER")
            .to("products"),
        extra("segment", Text, "the deal's segment; empty: the account's", "Enterprise"),
        extra("region", Text, "the deal's region; empty: the owner's, then the account's", "EMEA"),
        extra("stage", Text, "the stage by the CRM's name", "Proposal"),
        needed(
            "state",
            Text,
            "open, won, lost or cancelled; a preset can derive it from the stage",
            "open",
        )
        .one_of(&STATES),
        extra(
            "forecast_category",
            Text,
            "commit, best case, pipeline, omitted or closed",
            "best case",
        )
        .one_of(&CATEGORIES),
        extra(
            "amount",
            Money,
            "the deal's amount; a loss keeps its last amount before closing",
            "48000.00",
        ),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        extra("probability", Percent, "how likely a win is", "60%"),
        extra("created_on", Date, "the day it was created", "2025-07-14"),
        extra("close_date", Date, "expected closing day; when closed, the day of it", "2025-11-28"),
        extra("loss_reason", Text, "why it was lost, as the CRM says", ""),
        extra("lead_source", Text, "where it came from", "Partner"),
        extra("deal_type", Text, "new, expansion, renewal or the company's own", "new"),
        extra("strategic", Flag, "a loss of it is always reviewed", "no"),
    ],
    key: &["opportunity_id"],
    history: true,
    ..FactTable::MERGED
};

pub(super) const LINE_ITEMS: FactTable = FactTable {
    name: "line-items",
    table: "facts.line_item",
    title: "Line items",
    help: "One row per product line of an opportunity.",
    columns: &[
        needed("opportunity_id", Text, "the key in opportunities", "OPP-1042").to("opportunities"),
        needed("line_id", Text, "its number, or the key in the CRM", "1"),
        extra("product_id", Text, "the product: its id in products", "ROVER").to("products"),
        extra("quantity", Number, "how many units", "4"),
        extra("list_price", Price, "the list price of one unit", "12000.00"),
        extra("net_price", Price, "what one unit is offered for", "11400.00"),
        extra("discount", Percent, DISCOUNT, "5%"),
        extra("amount", Money, "net, of the line", "45600.00"),
        extra("cost", Money, LINE_COST, "28400.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        extra("term_months", Number, "how long the contract runs", "12"),
    ],
    key: &["opportunity_id", "line_id"],
    taking: Taking::Within(&["opportunity_id"]),
    ..FactTable::MERGED
};

pub(super) const DEAL_COMPETITORS: FactTable = FactTable {
    name: "deal-competitors",
    table: "facts.deal_competitor",
    title: "Competitors in deals",
    help: "One row per opportunity and competitor that was in it.",
    columns: &[
        needed("opportunity_id", Text, "the key in opportunities", "OPP-1042").to("opportunities"),
        needed("competitor_id", Text, "the key in competitors", "NORTHWIND").to("competitors"),
        extra("price_gap", Percent, "our price over theirs: 12% is dearer, -5% is cheaper", "12%"),
        extra("note", Text, "what is known", "Incumbent in two plants"),
    ],
    key: &["opportunity_id", "competitor_id"],
    ..FactTable::MERGED
};

pub(super) const CREDIT_SPLITS: FactTable = FactTable {
    name: "credit-splits",
    table: "facts.credit_split",
    title: "Credit splits",
    help: "One row per opportunity and person who has credit for it. The revenue shares of a deal \
           add up to 100 %, or none of its rows is taken; overlay shares come on top.",
    columns: &[
        needed("opportunity_id", Text, "the key in opportunities", "OPP-1042").to("opportunities"),
        needed("person_id", Text, "who: the id in people", "jdoe").to("people"),
        needed("kind", Text, "revenue or overlay", "revenue").one_of(&["revenue", "overlay"]),
        needed("share", Percent, "of the deal", "100%"),
        extra("role", Text, "in the deal: owner, specialist, partner manager …", "owner"),
        extra("agreed_on", Date, "the day it was agreed", "2025-08-01"),
        extra("approver_id", Text, "who agreed: the id in people", "mmeier").to("people"),
    ],
    key: &["opportunity_id", "person_id", "kind"],
    taking: Taking::Within(&["opportunity_id", "kind"]),
    whole: Some(Whole { share: "share", of: "opportunity_id", only: ("kind", "revenue") }),
    ..FactTable::MERGED
};
