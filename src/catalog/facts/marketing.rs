//! Where demand comes from, and what it costs. Data only.

use super::column::{OWN_CURRENCY, PERIOD, extra, needed};
use super::{FactKind, FactTable, Taking};
use FactKind::{Date, Flag, Moment, Money, Number, Period, Text};

pub(super) const CAMPAIGNS: FactTable = FactTable {
    name: "campaigns",
    table: "facts.campaign",
    title: "Campaigns",
    help: "One row per campaign.",
    columns: &[
        needed("campaign_id", Text, "the key in the CRM, or the name", "CMP-7"),
        extra("name", Text, "what it is called", "Fleet days Hamburg"),
        extra("kind", Text, "event, webinar, paid search, content …", "event"),
        extra("channel", Text, "through what it reaches people", "events"),
        extra("region", Text, "the region it is for", "EMEA"),
        extra("segment", Text, "the segment it is for", "Enterprise"),
        extra("product_id", Text, "the product it is for", "ROVER").to("products"),
        extra("owner_id", Text, "who runs it: the id in people", "akhan").to("people"),
        extra("started_on", Date, "the first day", "2025-09-10"),
        extra("ended_on", Date, "the last day", "2025-09-12"),
        extra("budget", Money, "what was granted for it", "40000.00"),
        extra("currency", Text, "of the budget; three-letter code", "EUR"),
    ],
    key: &["campaign_id"],
    currency_with_money: true,
    ..FactTable::MERGED
};

pub(super) const CAMPAIGN_SPEND: FactTable = FactTable {
    name: "campaign-spend",
    table: "facts.campaign_spend",
    title: "Campaign spend",
    help: "One row per campaign, period and kind of cost.",
    columns: &[
        needed("campaign_id", Text, "the key in campaigns", "CMP-7").to("campaigns"),
        needed("period", Period, PERIOD, "2025-09"),
        extra("kind", Text, "media, agency, venue …; empty: all together", "venue"),
        needed("amount", Money, "what was spent", "18500.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
    ],
    key: &["campaign_id", "period", "kind"],
    taking: Taking::Within(&["campaign_id", "period"]),
    ..FactTable::MERGED
};

pub(super) const LEADS: FactTable = FactTable {
    name: "leads",
    table: "facts.lead",
    title: "Leads",
    help: "One row per lead as it stands, with the instants that count. An instant without a time \
           zone is taken as UTC.",
    columns: &[
        needed("lead_id", Text, "the key in the CRM", "L-20331"),
        extra("name", Text, "the person", "Maria Weber"),
        extra("company", Text, "where the person works", "Acme Logistics GmbH"),
        extra("domain", Text, "of the address; meets the domain of accounts", "acme.example"),
        extra("account_id", Text, "the account: its id in accounts", "ACME").to("accounts"),
        extra("contact_id", Text, "the key in contacts", "C-88").to("contacts"),
        extra("owner_id", Text, "who works on it: the id in people", "jdoe").to("people"),
        extra("campaign_id", Text, "the key in campaigns", "CMP-7").to("campaigns"),
        extra("source", Text, "where it came from", "Event"),
        extra("score", Number, "by the scoring in use", "86"),
        extra("region", Text, "the region", "EMEA"),
        extra("country", Text, "the country", "Germany"),
        extra("segment", Text, "the segment", "Enterprise"),
        extra("industry", Text, "the industry", "Logistics"),
        extra("status", Text, "as the CRM says", "Converted"),
        extra("created_at", Moment, "when it was captured", "2025-09-11 10:04"),
        extra("qualified_at", Moment, "when it became marketing-qualified", "2025-09-11 10:05"),
        extra("accepted_at", Moment, "when sales accepted it", "2025-09-12 08:30"),
        extra("rejected_at", Moment, "when sales refused it", ""),
        extra("rejected_reason", Text, "why", ""),
        extra("opportunity_id", Text, "what it became: the key in opportunities", "OPP-1042")
            .to("opportunities"),
    ],
    key: &["lead_id"],
    ..FactTable::MERGED
};

pub(super) const LEAD_EVENTS: FactTable = FactTable {
    name: "lead-events",
    table: "facts.lead_event",
    title: "Lead events",
    help: "One row per thing that happened to a lead. From captured to assigned is the delay of the \
           system, from assigned to touched that of a person. An instant without a time zone is \
           taken as UTC.",
    columns: &[
        needed("lead_id", Text, "the key in leads", "L-20331").to("leads"),
        needed("happened_at", Moment, "when", "2025-09-11 10:20"),
        needed(
            "kind",
            Text,
            "captured, qualified, assigned, touched, accepted, rejected, converted or recycled",
            "assigned",
        )
        .one_of(&[
            "captured",
            "qualified",
            "assigned",
            "touched",
            "accepted",
            "rejected",
            "converted",
            "recycled",
        ]),
        extra("person_id", Text, "who did it, or who got it: the id in people", "jdoe")
            .to("people"),
        extra("automatic", Flag, "a machine did it: no touch by a person", "yes"),
        extra("reason", Text, "why, where there is one", ""),
    ],
    key: &["lead_id", "happened_at", "kind", "person_id"],
    ..FactTable::MERGED
};

pub(super) const TOUCHPOINTS: FactTable = FactTable {
    name: "touchpoints",
    table: "facts.touchpoint",
    title: "Touchpoints",
    help: "One row per time that a customer met us, or we them, by any channel. An instant without \
           a time zone is taken as UTC.",
    columns: &[
        needed("touched_at", Moment, "when", "2025-09-10 14:00"),
        needed("kind", Text, "ad, web visit, event, mail, call, meeting, visit …", "event"),
        extra("channel", Text, "through what", "events"),
        extra("campaign_id", Text, "the key in campaigns", "CMP-7").to("campaigns"),
        extra("account_id", Text, "the account: its id in accounts", "ACME").to("accounts"),
        extra("contact_id", Text, "the key in contacts", "C-88").to("contacts"),
        extra("lead_id", Text, "the key in leads", "L-20331").to("leads"),
        extra("opportunity_id", Text, "the key in opportunities", "OPP-1042").to("opportunities"),
        extra("person_id", Text, "who of us: the id in people", "jdoe").to("people"),
    ],
    key: &[
        "touched_at",
        "kind",
        "channel",
        "campaign_id",
        "account_id",
        "contact_id",
        "lead_id",
        "opportunity_id",
        "person_id",
    ],
    ..FactTable::MERGED
};
