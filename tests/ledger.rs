//! The ledger through its public face: what is written, what is refused, and
//! that nobody can rewrite it unseen.
//!
//! `content/` holds one form with everything a form can hold, and a stand-in for
//! the figure that post-mortems are filled from.

#[path = "ledger/chain.rs"]
mod chain;
#[path = "ledger/documents.rs"]
mod documents;
#[path = "ledger/drafts.rs"]
mod drafts;
#[path = "ledger/forms.rs"]
mod forms;
#[path = "ledger/property.rs"]
mod property;
#[path = "ledger/records.rs"]
mod records;
#[path = "ledger/replay.rs"]
mod replay;
#[path = "ledger/roles.rs"]
mod roles;
#[path = "ledger/support.rs"]
mod support;
