//! The history of opportunities, as a CRM logs it: no table of the workspace but
//! a way of reading files. From it the versions of opportunities are rebuilt.

use super::column::{extra, needed};
use super::{FactKind, FactTable};
use crate::catalog::preset::{CATEGORIES, STATES};
use FactKind::{Date, Money, Percent, Text};

/// One row per change. A column with `_before` says what was there until then; a file may give
/// the whole of an opportunity in each row, or one field of it.
pub const HISTORY: FactTable = FactTable {
    name: "opportunity-history",
    table: "facts.opportunity",
    title: "History of opportunities",
    help: "One row per change of an opportunity, from the CRM's log. The time before the first \
           full export is rebuilt from it and marked as derived.",
    columns: &[
        extra("opportunity_id", Text, "the key in the CRM; empty: known by its name", "OPP-1042"),
        extra("name", Text, "what the deal is called", "Fleet renewal"),
        extra("account_id", Text, "the customer: its id in accounts, or its name", "ACME")
            .to("accounts"),
        needed(
            "changed_on",
            Date,
            "the day of the change, with its time of day where there is one",
            "2025-08-04 16:20:00",
        ),
        extra("stage", Text, "the stage from then on", "Proposal"),
        extra("stage_before", Text, "the stage until then", "Discovery"),
        extra("state", Text, "open, won, lost or cancelled; empty: by the stage", "open")
            .one_of(&STATES),
        extra("forecast_category", Text, "the category from then on", "best case")
            .one_of(&CATEGORIES),
        extra("forecast_category_before", Text, "the category until then", "pipeline")
            .one_of(&CATEGORIES),
        extra("amount", Money, "the amount from then on", "48000.00"),
        extra("amount_before", Money, "the amount until then", "40000.00"),
        extra("currency", Text, "of the amount; empty: as in the export", "EUR"),
        extra("probability", Percent, "how likely a win was from then on", "60%"),
        extra("close_date", Date, "the expected closing day from then on", "2025-11-28"),
        extra("close_date_before", Date, "the expected closing day until then", "2025-10-31"),
        extra("owner_id", Text, "the seller from then on", "jdoe").to("people"),
        extra("owner_id_before", Text, "the seller until then", ""),
        extra("segment", Text, "the segment from then on", "Enterprise"),
        extra("segment_before", Text, "the segment until then", ""),
        extra("region", Text, "the region from then on", "EMEA"),
        extra("region_before", Text, "the region until then", ""),
        extra("loss_reason", Text, "why it was lost", ""),
        extra("loss_reason_before", Text, "the reason until then", ""),
    ],
    key: &["opportunity_id", "changed_on"],
    history: false,
    ..FactTable::MERGED
};
