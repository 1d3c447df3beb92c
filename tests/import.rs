//! What an import makes of real exports and of broken ones.

#[path = "import/support.rs"]
mod support;

#[path = "import/bytes.rs"]
mod bytes;
#[path = "import/cancelling.rs"]
mod cancelling;
#[path = "import/columns.rs"]
mod columns;
#[path = "import/history.rs"]
mod history;
#[path = "import/maven.rs"]
mod maven;
#[path = "import/money.rs"]
mod money;
#[path = "import/recognising.rs"]
mod recognising;
#[path = "import/rejects.rs"]
mod rejects;
#[path = "import/reporting.rs"]
mod reporting;
#[path = "import/tables.rs"]
mod tables;
