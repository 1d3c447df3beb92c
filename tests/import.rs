//! What an import makes of real exports and of broken ones.

#[path = "import/support.rs"]
mod support;

#[path = "import/aliases.rs"]
mod aliases;
#[path = "import/bytes.rs"]
mod bytes;
#[path = "import/calendar.rs"]
mod calendar;
#[path = "import/cancelling.rs"]
mod cancelling;
#[path = "import/columns.rs"]
mod columns;
#[path = "import/crm.rs"]
mod crm;
#[path = "import/faults.rs"]
mod faults;
#[path = "import/formats.rs"]
mod formats;
#[path = "import/history.rs"]
mod history;
#[path = "import/maven.rs"]
mod maven;
#[path = "import/messy.rs"]
mod messy;
#[path = "import/money.rs"]
mod money;
#[path = "import/preview.rs"]
mod preview;
#[path = "import/printed.rs"]
mod printed;
#[path = "import/property.rs"]
mod property;
#[path = "import/readings.rs"]
mod readings;
#[path = "import/rebuilding.rs"]
mod rebuilding;
#[path = "import/recognising.rs"]
mod recognising;
#[path = "import/references.rs"]
mod references;
#[path = "import/rejects.rs"]
mod rejects;
#[path = "import/reporting.rs"]
mod reporting;
#[path = "import/safety.rs"]
mod safety;
#[path = "import/shapes.rs"]
mod shapes;
#[path = "import/tables.rs"]
mod tables;
