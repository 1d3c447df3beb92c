//! Accounts and the people there. Data only.

use super::column::{extra, needed};
use super::{FactKind, FactTable};
use FactKind::{Date, Money, Text, Whole};

pub(super) const ACCOUNTS: FactTable = FactTable {
    name: "accounts",
    table: "facts.account",
    title: "Accounts",
    help: "One row per customer or prospect.",
    columns: &[
        needed("account_id", Text, "the key in the CRM, or the name where there is none", "ACME"),
        extra("name", Text, "the company's name", "Acme Logistics GmbH"),
        extra("segment", Text, "the segment by the company's own division", "Enterprise"),
        extra("industry", Text, "the industry or vertical", "Logistics"),
        extra("region", Text, "the region for reporting", "EMEA"),
        extra("country", Text, "the country", "Germany"),
        extra("employees", Whole, "how many work there", "3200"),
        extra("revenue", Money, "their yearly revenue, in the reporting currency", "410000000.00"),
        extra("parent_id", Text, "account_id of the parent company", "").to("accounts"),
        extra("rank", Text, "A, B, C or the company's own", "A"),
        extra("owner_id", Text, "who looks after it: the id in people", "jdoe").to("people"),
        extra("territory", Text, "the territory it lies in", "DACH North"),
        extra("tier", Text, "of account-based marketing: 1, 2, 3", "1"),
        extra(
            "domain",
            Text,
            "of their website; tells the company in another list",
            "acme.example",
        ),
        extra("tax_id", Text, "the number of the tax office", ""),
        extra("customer_since", Date, "first day as a customer; empty: a prospect", "2021-03-01"),
        extra("lost_on", Date, "the day it ceased to be one", ""),
        extra("protected_until", Date, "until then its leads belong to its owner", ""),
    ],
    key: &["account_id"],
    ..FactTable::MERGED
};

pub(super) const CONTACTS: FactTable = FactTable {
    name: "contacts",
    table: "facts.contact",
    title: "Contacts",
    help: "One row per person at an account.",
    columns: &[
        needed("contact_id", Text, "the key in the CRM, or the address", "C-88"),
        extra("name", Text, "the name", "Maria Weber"),
        extra("account_id", Text, "where the person works", "ACME").to("accounts"),
        extra("title", Text, "as on the card", "Head of Fleet"),
        extra(
            "role",
            Text,
            "in buying: economic buyer, champion, user, procurement or the company's own",
            "economic buyer",
        ),
        extra("email", Text, "the address", "m.weber@acme.example"),
        extra("country", Text, "the country", "Germany"),
        extra("owner_id", Text, "who looks after the person: the id in people", "jdoe")
            .to("people"),
        extra("created_on", Date, "the day the contact was made", "2024-02-11"),
        extra("left_on", Date, "the day the person left the account", ""),
    ],
    key: &["contact_id"],
    ..FactTable::MERGED
};
