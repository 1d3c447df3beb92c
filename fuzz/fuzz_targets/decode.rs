//! Any bytes as a file that is imported: kind, encoding, headers, presets, records, lines, and how
//! each column would be read. No DuckDB instance is made; `qbr::ingest::check` holds the promises.

#![no_main]

use std::io::Write;
use std::sync::LazyLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use qbr::catalog::Catalog;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::embedded().expect("the catalog"));

fuzz_target!(|bytes: &[u8]| -> Corpus {
    // Workbooks are read by a process of its own, whose end is no crash.
    if bytes.starts_with(b"PK") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Corpus::Reject;
    }
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("written");
    let presets: Vec<_> = CATALOG.presets.values().collect();
    qbr::ingest::check(file.path(), &presets);
    Corpus::Keep
});
