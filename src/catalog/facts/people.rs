//! Who sells, in which team and role, and who is to be hired. Data only.

use super::column::{OWN_CURRENCY, PERIOD, extra, needed};
use super::{FactKind, FactTable, Taking};
use FactKind::{Date, Money, Number, Percent, Period, Text, Whole};

pub(super) const PEOPLE: FactTable = FactTable {
    name: "people",
    table: "facts.person",
    title: "People",
    help: "One row per seller and manager as they are today, those who left included.",
    columns: &[
        needed("person_id", Text, "the key in the CRM, or the name where there is none", "jdoe"),
        extra("name", Text, "the name", "Jane Doe"),
        extra("manager_id", Text, "person_id of the manager", "mmeier").to("people"),
        extra("region", Text, "the region the person sells in", "EMEA"),
        extra("role", Text, "the role, such as account executive or manager", "account executive"),
        extra("started_on", Date, "the first working day", "2023-02-01"),
        extra("left_on", Date, "the last working day; empty: still here", ""),
        extra("team_id", Text, "the team: its id in teams", "EMEA-ENT").to("teams"),
        extra("segment", Text, "the segment the person sells to", "Enterprise"),
        extra("industry", Text, "the industry the person knows", "Logistics"),
        extra("email", Text, "the address", "jdoe@example.com"),
    ],
    key: &["person_id"],
    ..FactTable::MERGED
};

pub(super) const TEAMS: FactTable = FactTable {
    name: "teams",
    table: "facts.team",
    title: "Teams",
    help: "One row per team.",
    columns: &[
        needed("team_id", Text, "a short key, or the name", "EMEA-ENT"),
        extra("name", Text, "what it is called", "EMEA Enterprise"),
        extra("kind", Text, "direct, inside, channel, specialists, marketing or other", "direct")
            .one_of(&["direct", "inside", "channel", "specialists", "marketing", "other"]),
        extra("parent_id", Text, "team_id of the team it is part of", "").to("teams"),
        extra("leader_id", Text, "person_id of who leads it", "mmeier").to("people"),
        extra("region", Text, "the region it works in", "EMEA"),
        extra("segment", Text, "the segment it works for", "Enterprise"),
        extra("industry", Text, "the industry it works for", ""),
    ],
    key: &["team_id"],
    ..FactTable::MERGED
};

pub(super) const ROLES: FactTable = FactTable {
    name: "roles",
    table: "facts.person_role",
    title: "Roles over time",
    help: "One row per person and spell: what someone did from a day on, until the next row of the \
           same person begins. Leave is a spell with availability 0%.",
    columns: &[
        needed("person_id", Text, "who: the id in people", "jdoe").to("people"),
        needed("valid_from", Date, "the first day of it", "2024-07-01"),
        extra("valid_to", Date, "the last day; empty: until the next row begins", ""),
        needed("role", Text, "the role", "account executive"),
        extra("manager_id", Text, "person_id of the manager", "mmeier").to("people"),
        extra("team_id", Text, "the team: its id in teams", "EMEA-ENT").to("teams"),
        extra("region", Text, "the region", "EMEA"),
        extra("segment", Text, "the segment", "Enterprise"),
        extra("industry", Text, "the industry", ""),
        extra("territory", Text, "the territory", "DACH North"),
        extra("availability", Percent, "of a full working week; empty: all of it", "100%"),
    ],
    key: &["person_id", "valid_from"],
    taking: Taking::Within(&["person_id"]),
    ..FactTable::MERGED
};

pub(super) const HEADCOUNT: FactTable = FactTable {
    name: "headcount",
    table: "facts.headcount",
    title: "Headcount",
    help: "One row per period, role and place: how many heads are planned, or were there where no \
           list of people tells.",
    columns: &[
        needed("period", Period, PERIOD, "2025-Q4"),
        needed("kind", Text, "plan or actual", "plan").one_of(&["plan", "actual"]),
        needed("role", Text, "the role", "account executive"),
        extra("region", Text, "empty: all regions together", "EMEA"),
        extra("segment", Text, "empty: all segments together", "Enterprise"),
        extra("team_id", Text, "the team: its id in teams", "").to("teams"),
        needed("heads", Number, "how many, parts of a head as well", "12.5"),
        extra("cost_per_head", Money, "of the period, with everything", "38000.00"),
        extra("currency", Text, OWN_CURRENCY, "EUR"),
    ],
    key: &["period", "kind", "role", "region", "segment", "team_id"],
    taking: Taking::Within(&["period", "kind"]),
    currency_with_money: true,
    ..FactTable::MERGED
};

pub(super) const REQUISITIONS: FactTable = FactTable {
    name: "requisitions",
    table: "facts.requisition",
    title: "Requisitions",
    help: "One row per seat to be filled, those that were filled or given up included: how long \
           hiring takes is told from them.",
    columns: &[
        needed("requisition_id", Text, "the key in the hiring system", "REQ-311"),
        needed("role", Text, "the role", "account executive"),
        extra("region", Text, "the region", "EMEA"),
        extra("segment", Text, "the segment", "Enterprise"),
        extra("team_id", Text, "the team: its id in teams", "EMEA-ENT").to("teams"),
        extra("manager_id", Text, "person_id of who hires", "mmeier").to("people"),
        needed("status", Text, "planned, open, offered, accepted, started or cancelled", "open")
            .one_of(&["planned", "open", "offered", "accepted", "started", "cancelled"]),
        extra("opened_on", Date, "the day it was opened", "2025-09-15"),
        extra("target_start", Date, "the first working day that is wanted", "2026-01-02"),
        extra("offers", Whole, "offers made so far", "1"),
        extra("accepted_on", Date, "the day an offer was accepted", ""),
        extra("started_on", Date, "the first working day", ""),
        extra("person_id", Text, "who was hired: the id in people", "").to("people"),
        extra("backfill_for", Text, "person_id of who left; empty: a new seat", "").to("people"),
    ],
    key: &["requisition_id"],
    ..FactTable::MERGED
};
