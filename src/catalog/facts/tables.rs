//! The list of fact tables. Data only.

use super::{FactColumn, FactKind, FactTable};
use FactKind::{Date, Flag, Money, Number, Percent, Period, Text, Whole};

const fn needed(
    name: &'static str,
    kind: FactKind,
    help: &'static str,
    example: &'static str,
) -> FactColumn {
    FactColumn { name, kind, required: true, help, example }
}

const fn extra(
    name: &'static str,
    kind: FactKind,
    help: &'static str,
    example: &'static str,
) -> FactColumn {
    FactColumn { name, kind, required: false, help, example }
}

const OWN_CURRENCY: &str = "three-letter code; empty: the reporting currency of the workspace";

/// Every table that can be imported, the most useful first.
pub const TABLES: &[FactTable] = &[
    FactTable {
        name: "opportunities",
        table: "facts.opportunity",
        title: "Opportunities",
        help: "One row per opportunity, open and closed, as they all stood on one day. Name the \
               file opportunities-2025-10-06.csv, so that the day is known; import one every week.",
        columns: &[
            needed("opportunity_id", Text, "the key in the CRM; never reused", "OPP-1042"),
            extra("name", Text, "what the deal is called", "Fleet renewal"),
            extra("account_id", Text, "the customer: its id in accounts, or its name", "ACME"),
            extra("owner_id", Text, "the seller: the id in people, or the name", "jdoe"),
            extra("product_id", Text, "the product: its id in products, or its name", "ROVER"),
            extra("segment", Text, "the deal's segment; empty: the account's", "Enterprise"),
            extra(
                "region",
                Text,
                "the deal's region; empty: the owner's, then the account's",
                "EMEA",
            ),
            extra("stage", Text, "the stage by the CRM's name", "Proposal"),
            needed(
                "state",
                Text,
                "open, won, lost or cancelled; a preset can derive it from the stage",
                "open",
            ),
            extra(
                "forecast_category",
                Text,
                "commit, best case, pipeline, omitted or closed",
                "best case",
            ),
            extra(
                "amount",
                Money,
                "the deal's amount; a loss keeps its last amount before closing",
                "48000.00",
            ),
            extra("currency", Text, OWN_CURRENCY, "EUR"),
            extra("probability", Percent, "how likely a win is", "60%"),
            extra("created_on", Date, "the day it was created", "2025-07-14"),
            extra(
                "close_date",
                Date,
                "expected closing day; when closed, the day of it",
                "2025-11-28",
            ),
            extra("loss_reason", Text, "why it was lost, as the CRM says", ""),
            extra("lead_source", Text, "where it came from", "Partner"),
            extra("deal_type", Text, "new, expansion, renewal or the company's own", "new"),
            extra("strategic", Flag, "a loss of it is always reviewed", "no"),
        ],
        key: &["opportunity_id"],
        history: true,
    },
    FactTable {
        name: "accounts",
        table: "facts.account",
        title: "Accounts",
        help: "One row per customer or prospect. A new file replaces the list.",
        columns: &[
            needed(
                "account_id",
                Text,
                "the key in the CRM, or the name where there is none",
                "ACME",
            ),
            extra("name", Text, "the company's name", "Acme Logistics GmbH"),
            extra("segment", Text, "the segment by the company's own division", "Enterprise"),
            extra("industry", Text, "the industry or vertical", "Logistics"),
            extra("region", Text, "the region for reporting", "EMEA"),
            extra("country", Text, "the country", "Germany"),
            extra("employees", Whole, "how many work there", "3200"),
            extra(
                "revenue",
                Money,
                "their yearly revenue, in the reporting currency",
                "410000000.00",
            ),
            extra("parent_id", Text, "account_id of the parent company", ""),
            extra("rank", Text, "A, B, C or the company's own", "A"),
        ],
        key: &["account_id"],
        history: false,
    },
    FactTable {
        name: "products",
        table: "facts.product",
        title: "Products",
        help: "One row per product. A new file replaces the list.",
        columns: &[
            needed(
                "product_id",
                Text,
                "the key in the CRM, or the name where there is none",
                "ROVER",
            ),
            extra("name", Text, "what it is called", "Rover"),
            extra("family", Text, "the product family", "Vehicles"),
            extra("list_price", Money, "the list price of one unit", "12000.00"),
            extra("currency", Text, "of the list price; three-letter code", "EUR"),
        ],
        key: &["product_id"],
        history: false,
    },
    FactTable {
        name: "people",
        table: "facts.person",
        title: "People",
        help: "One row per seller and manager, those who left included. A new file replaces the list.",
        columns: &[
            needed(
                "person_id",
                Text,
                "the key in the CRM, or the name where there is none",
                "jdoe",
            ),
            extra("name", Text, "the name", "Jane Doe"),
            extra("manager_id", Text, "person_id of the manager", "mmeier"),
            extra("region", Text, "the region the person sells in", "EMEA"),
            extra(
                "role",
                Text,
                "the role, such as account executive or manager",
                "account executive",
            ),
            extra("started_on", Date, "the first working day", "2023-02-01"),
            extra("left_on", Date, "the last working day; empty: still here", ""),
        ],
        key: &["person_id"],
        history: false,
    },
    FactTable {
        name: "targets",
        table: "facts.target",
        title: "Targets",
        help: "One row per quota: for a period and for the dimensions that are given. A file \
               replaces the targets of the periods in it.",
        columns: &[
            needed(
                "period",
                Period,
                "a fiscal quarter 2025-Q4, a month 2025-10 or a fiscal year 2025",
                "2025-Q4",
            ),
            extra("region", Text, "empty: all regions together", "EMEA"),
            extra("segment", Text, "empty: all segments together", ""),
            extra("product_id", Text, "empty: all products together", ""),
            extra("owner_id", Text, "empty: nobody's own", ""),
            needed("amount", Money, "the amount to be won", "900000.00"),
            extra("currency", Text, OWN_CURRENCY, "EUR"),
        ],
        key: &["period", "region", "segment", "product_id", "owner_id"],
        history: false,
    },
    FactTable {
        name: "forecasts",
        table: "facts.forecast",
        title: "Forecasts",
        help: "One row per call that was submitted: who, when, for which period, in which category.",
        columns: &[
            needed("submitted_on", Date, "the day the call was made", "2025-10-06"),
            needed(
                "period",
                Period,
                "a fiscal quarter 2025-Q4, a month 2025-10 or a fiscal year 2025",
                "2025-Q4",
            ),
            needed("owner_id", Text, "who called: the id in people, or the name", "jdoe"),
            needed("category", Text, "commit, best case, pipeline or closed", "commit"),
            needed("amount", Money, "the amount called", "310000.00"),
            extra("currency", Text, OWN_CURRENCY, "EUR"),
            needed(
                "roll_up",
                Text,
                "single: this category alone; cumulative: with those above it",
                "cumulative",
            ),
            extra("note", Text, "what the caller said about it", "Two deals hang on legal."),
        ],
        key: &["submitted_on", "period", "owner_id", "category"],
        history: false,
    },
    FactTable {
        name: "competitors",
        table: "facts.competitor",
        title: "Competitors",
        help: "One row per competitor. A new file replaces the list.",
        columns: &[
            needed("competitor_id", Text, "a short key, or the name", "NORTHWIND"),
            extra("name", Text, "the company's name", "Northwind Systems"),
            extra("tier", Whole, "1 closest to 3", "1"),
            extra("first_seen", Date, "the day it was first met in a deal", "2024-05-20"),
        ],
        key: &["competitor_id"],
        history: false,
    },
    FactTable {
        name: "competitor-events",
        table: "facts.competitor_event",
        title: "Competitor events",
        help: "One row per thing that was seen of a competitor.",
        columns: &[
            needed("competitor_id", Text, "the key in competitors", "NORTHWIND"),
            needed("happened_on", Date, "the day it happened or was seen", "2025-09-15"),
            needed(
                "kind",
                Text,
                "new entrant, price move, packaging, launch, funding or other",
                "price move",
            ),
            extra("detail", Text, "what happened", "Entry price cut by a tenth"),
            extra("price", Money, "the new price, if there is one", "9900.00"),
            extra("currency", Text, "of the price; three-letter code", "EUR"),
            extra("source", Text, "where it was seen", "their price page"),
        ],
        key: &["competitor_id", "happened_on", "kind"],
        history: false,
    },
    FactTable {
        name: "deal-competitors",
        table: "facts.deal_competitor",
        title: "Competitors in deals",
        help: "One row per opportunity and competitor that was in it.",
        columns: &[
            needed("opportunity_id", Text, "the key in opportunities", "OPP-1042"),
            needed("competitor_id", Text, "the key in competitors", "NORTHWIND"),
            extra(
                "price_gap",
                Percent,
                "our price over theirs: 12% is dearer, -5% is cheaper",
                "12%",
            ),
            extra("note", Text, "what is known", "Incumbent in two plants"),
        ],
        key: &["opportunity_id", "competitor_id"],
        history: false,
    },
    FactTable {
        name: "exchange-rates",
        table: "facts.exchange_rate",
        title: "Exchange rates",
        help: "One row per pair of currencies, day and kind. Figures use the plan rate, so that a \
               trend shows the business and not the currency.",
        columns: &[
            needed("from_currency", Text, "three-letter code", "USD"),
            needed("to_currency", Text, "three-letter code", "EUR"),
            needed("rate_date", Date, "the first day the rate holds", "2025-01-01"),
            needed("rate", Number, "how many of the second one of the first buys", "0.92000000"),
            needed("kind", Text, "plan, spot or close", "plan"),
        ],
        key: &["from_currency", "to_currency", "rate_date", "kind"],
        history: false,
    },
    FactTable {
        name: "assumptions",
        table: "settings.assumption",
        title: "Assumptions",
        help: "One row per threshold or other judgement. An assumption is never overwritten: a row \
               with a later day takes its place from that day on.",
        columns: &[
            needed("name", Text, "which assumption", "win_rate_threshold"),
            needed("scope", Text, "* for all, or the segment, stage or tier it holds for", "*"),
            needed("value", Number, "the value; shares as 0.25", "0.25"),
            needed("effective_from", Date, "the first day it holds", "2025-01-01"),
            needed("reason", Text, "why it is so", "Board plan 2025"),
        ],
        key: &["name", "scope", "effective_from"],
        history: false,
    },
];
