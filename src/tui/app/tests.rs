//! The app without a terminal, a clock or a database: events in, screen out.
//! Tests name panes, rows and words, not places on the screen.

mod bench;
mod chain;
mod import_choices;
mod importing;
mod presentation;
mod records;
mod review;
mod screen;
mod screens;
mod storm;
mod tables;
mod themes;
