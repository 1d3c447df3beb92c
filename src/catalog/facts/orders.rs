//! From the quote to the order, and what was cancelled of it. Data only.

use super::column::{DISCOUNT, LINE_COST, OWN_CURRENCY, extra, needed};
use super::{FactKind, FactTable, Taking};
use FactKind::{Date, Flag, Moment, Money, Number, Percent, Price, Text, Whole};

pub(super) const QUOTES: FactTable = FactTable {
    name: "quotes",
    table: "facts.quote",
    title: "Quotes",
    help: "One row per quote, every version of it.",
    columns: &[
        needed("quote_id", Text, "the key of the quote and its version", "Q-2107-2"),
        extra("opportunity_id", Text, "the key in opportunities", "OPP-1042").to("opportunities"),
        extra("account_id", Text, "the customer: its id in accounts", "ACME").to("accounts"),
        extra("owner_id", Text, "the seller: the id in people", "jdoe").to("people"),
        extra(
            "status",
            Text,
            "draft, in approval, approved, rejected, sent, accepted, declined or expired",
            "sent",
        )
        .one_of(&[
            "draft",
            "in approval",
            "approved",
            "rejected",
            "sent",
            "accepted",
            "declined",
            "expired",
        ]),
        extra("created_on", Date, "the day it was made", "2025-10-02"),
        extra("sent_on", Date, "the day the customer had it", "2025-10-06"),
        extra("accepted_on", Date, "the day of the signature", ""),
        extra("valid_until", Date, "the last day it binds us", "2025-12-31"),
        extra("list_amount", Money, "at list prices", "48000.00"),
        extra("amount", Money, "net", "45600.00"),
        extra("cost", Money, "what it costs us", "28400.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        extra("payment_days", Whole, "days the customer has to pay", "30"),
        extra("term_months", Number, "how long the contract runs", "12"),
        extra("non_standard", Flag, "terms beyond the price list", "no"),
    ],
    key: &["quote_id"],
    ..FactTable::MERGED
};

pub(super) const QUOTE_LINES: FactTable = FactTable {
    name: "quote-lines",
    table: "facts.quote_line",
    title: "Quote lines",
    help: "One row per line of a quote.",
    columns: &[
        needed("quote_id", Text, "the key in quotes", "Q-2107-2").to("quotes"),
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
        extra("free_months", Number, "months of the term that are not paid for", "0"),
    ],
    key: &["quote_id", "line_id"],
    taking: Taking::Within(&["quote_id"]),
    ..FactTable::MERGED
};

pub(super) const APPROVALS: FactTable = FactTable {
    name: "approvals",
    table: "facts.approval",
    title: "Approvals of quotes",
    help: "One row per step: who was asked about a quote, when, and what came of it.",
    columns: &[
        needed("quote_id", Text, "the key in quotes", "Q-2107-2").to("quotes"),
        needed("requested_at", Moment, "when it was asked for", "2025-10-02 09:15"),
        extra("requested_by", Text, "who asked: the id in people", "jdoe").to("people"),
        extra("level", Whole, "of the policy, 1 the lowest", "2"),
        extra("approver_id", Text, "who was asked: the id in people", "mmeier").to("people"),
        needed("decision", Text, "pending, approved, rejected, countered or withdrawn", "approved")
            .one_of(&["pending", "approved", "rejected", "countered", "withdrawn"]),
        extra("decided_at", Moment, "when it was decided", "2025-10-02 16:40"),
        extra("discount", Percent, "that was asked for", "5%"),
        extra("policy", Text, "by which policy", "Discounts 2025"),
        extra("reason", Text, "what was said", "Competitive renewal"),
    ],
    key: &["quote_id", "requested_at", "level", "approver_id"],
    ..FactTable::MERGED
};

pub(super) const BOOKINGS: FactTable = FactTable {
    name: "bookings",
    table: "facts.booking",
    title: "Bookings",
    help: "One row per line of an order, with what was invoiced for it.",
    columns: &[
        needed("booking_id", Text, "the number of the order", "SO-5521"),
        extra("line_id", Text, "the line; empty: the order has one", "1"),
        needed("booked_on", Date, "the day it was booked", "2025-11-03"),
        extra("invoiced_on", Date, "the day of the invoice", "2025-11-10"),
        extra("opportunity_id", Text, "the key in opportunities", "OPP-1042").to("opportunities"),
        extra("quote_id", Text, "the key in quotes", "Q-2107-2").to("quotes"),
        extra("account_id", Text, "the customer: its id in accounts", "ACME").to("accounts"),
        extra("product_id", Text, "the product: its id in products", "ROVER").to("products"),
        extra("owner_id", Text, "the seller: the id in people", "jdoe").to("people"),
        extra("region", Text, "the region", "EMEA"),
        extra("segment", Text, "the segment", "Enterprise"),
        extra("deal_type", Text, "new, expansion, renewal or the company's own", "new"),
        extra("quantity", Number, "how many units", "4"),
        extra("list_price", Price, "the list price of one unit", "12000.00"),
        extra("net_price", Price, "what one unit was sold for", "11400.00"),
        needed("amount", Money, "net, of the line, as invoiced", "45600.00"),
        extra("deductions", Money, "rebates, credits and free goods after the invoice", "0.00"),
        extra("cost", Money, LINE_COST, "28400.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        extra("term_months", Number, "how long the contract runs", "12"),
        extra("promotion_id", Text, "the key in promotions", "").to("promotions"),
    ],
    key: &["booking_id", "line_id"],
    ..FactTable::MERGED
};

pub(super) const CANCELLATIONS: FactTable = FactTable {
    name: "cancellations",
    table: "facts.cancellation",
    title: "Cancellations",
    help: "One row per order, or line of one, that was cancelled, and the day.",
    columns: &[
        needed("booking_id", Text, "the number of the order", "SO-5521").to("bookings"),
        extra("line_id", Text, "the line; empty: the whole order", "1"),
        needed("cancelled_on", Date, "the day of it", "2025-12-15"),
        needed("kind", Text, "full or partial", "partial").one_of(&["full", "partial"]),
        extra("amount", Money, "that was cancelled; empty: all of it", "11400.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
        extra("reason", Text, "why", "One vehicle too many"),
        extra("replaced_by", Text, "the number of the order in its place", "").to("bookings"),
    ],
    key: &["booking_id", "line_id", "cancelled_on"],
    ..FactTable::MERGED
};
