//! The stories that the sample company tells (sample-data/README.md), asserted through the figures, by line of
//! the curriculum.

#[path = "sample_company/capacity.rs"]
mod capacity;
#[path = "sample_company/cards.rs"]
mod cards;
#[path = "sample_company/chain.rs"]
mod chain;
#[path = "sample_company/files.rs"]
mod files;
#[path = "sample_company/forecast.rs"]
mod forecast;
#[path = "sample_company/geography.rs"]
mod geography;
#[path = "sample_company/plays.rs"]
mod plays;
#[path = "sample_company/post_mortems.rs"]
mod post_mortems;
#[path = "sample_company/support.rs"]
mod support;
#[path = "sample_company/win_rate.rs"]
mod win_rate;
