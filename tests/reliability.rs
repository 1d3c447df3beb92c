//! One file and many processes: who saves at once, who waits, who is killed, what
//! is put back, and what nobody can rewrite unseen.
//!
//! Counts are small, so that they run with every other test; `QBR_WRITERS`,
//! `QBR_RECORDS` and `QBR_KILLS` make them large (`docs/reliability.md`).

#[path = "reliability/company.rs"]
mod company;
#[path = "reliability/copies.rs"]
mod copies;
#[path = "reliability/drafts.rs"]
mod drafts;
#[path = "reliability/kills.rs"]
mod kills;
#[path = "reliability/migrations.rs"]
mod migrations;
#[path = "journeys/post_mortem.rs"]
mod post_mortem;
#[path = "reliability/saves.rs"]
mod saves;
#[allow(dead_code, reason = "shared with the journeys, which use all of it")]
#[path = "journeys/terminal.rs"]
mod terminal;
#[path = "reliability/writers.rs"]
mod writers;
