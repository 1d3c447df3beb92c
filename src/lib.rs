//! `qbr`: quarterly business reviews in a terminal, over one DuckDB file.
//!
//! The floors of the house, bottom first; each may use those below it, never
//! those above, and no two use each other (`tests/architecture.rs`):
//!
//! | module      | owns                                                        |
//! |-------------|-------------------------------------------------------------|
//! | [`domain`]  | pure values: money, rates with their n, periods, cells      |
//! | [`catalog`] | figures, forms and presets parsed into types                |
//! | [`workspace`] | the file: the only module that knows DuckDB               |
//! | [`ingest`]  | an export becomes facts                                     |
//! | [`ledger`]  | what people wrote, as append-only revisions; drafts         |
//! | [`review`]  | meaning that is more than SQL: the brief, alerts            |
//! | [`pack`]    | what leaves the building: csv, json, Markdown, tables       |
//! | [`plain`]   | the review line by line                                     |
//! | [`tui`]     | the screen                                                  |
//! | [`cli`]     | the command line                                            |

pub mod catalog;
pub mod cli;
pub mod domain;
pub mod ingest;
pub mod ledger;
pub mod pack;
pub mod plain;
pub mod review;
pub mod tui;
pub mod workspace;
