//! The list of fact tables: what others refer to comes first, so that a folder
//! of files is taken in by this order.

use super::products;
use super::{FactTable, customers, deals, marketing, markets, measures, orders, people, plans};

/// Every table that can be imported.
pub const TABLES: &[FactTable] = &[
    customers::ACCOUNTS,
    products::PRODUCTS,
    people::PEOPLE,
    people::TEAMS,
    people::ROLES,
    markets::COMPETITORS,
    measures::EXCHANGE_RATES,
    measures::ASSUMPTIONS,
    products::PRICES,
    products::PROMOTIONS,
    products::APPROVAL_POLICY,
    customers::CONTACTS,
    plans::TARGETS,
    plans::FORECASTS,
    plans::COMMISSION_RATES,
    deals::OPPORTUNITIES,
    deals::LINE_ITEMS,
    deals::DEAL_COMPETITORS,
    deals::CREDIT_SPLITS,
    orders::QUOTES,
    orders::QUOTE_LINES,
    orders::APPROVALS,
    orders::BOOKINGS,
    orders::CANCELLATIONS,
    plans::PAYOUTS,
    markets::COMPETITOR_EVENTS,
    markets::COSTS,
    markets::MARKETS,
    people::HEADCOUNT,
    people::REQUISITIONS,
    marketing::CAMPAIGNS,
    marketing::CAMPAIGN_SPEND,
    marketing::LEADS,
    marketing::LEAD_EVENTS,
    marketing::TOUCHPOINTS,
    // Last: periods that are taken in with it are moved to it.
    measures::FISCAL_CALENDAR,
];
