//! Each figure through the engine against its bare SQL.

use std::fs;
use std::path::Path;

use qbr::catalog::Catalog;
use qbr::review::{self, BriefPart};
use qbr::workspace::{Access, Workspace};

use super::{Raw, median, milliseconds, processor_milliseconds};

/// Through the engine is: lease, attach, set parameters, run, copy out, detach. The bare side
/// keeps the file attached and has everything ready.
pub fn figures(folder: &Path, catalog: &Catalog) {
    println!("\nFigures on the sample company, milliseconds of processor time, median of 15 pairs");
    println!("{:24} {:>8} {:>8} {:>7} {:>6}", "figure", "qbr", "raw", "ratio", "rows");
    let path = folder.join("figures.duckdb");
    qbr::cli::demo::build(&path, catalog).expect("the sample company is built");
    let copy = folder.join("raw.duckdb");
    fs::copy(&path, &copy).expect("copied");
    let mut workspace =
        Workspace::open(&path, Access::ReadOnly, catalog).expect("the workspace opens");
    let parameters = workspace.defaults().expect("defaults");
    let mut ratios = Vec::new();
    for figure in catalog.figures.values() {
        let raw = Raw::of(&copy, &mut workspace, figure, &parameters);
        let (mut ours, mut theirs, mut rows) = (Vec::new(), Vec::new(), 0);
        for _ in 0..16 {
            let (time, answer) = processor_milliseconds(|| {
                workspace.run(figure, &parameters).expect("the figure runs")
            });
            ours.push(time);
            rows = answer.table.len();
            let (time, count) = processor_milliseconds(|| raw.rows());
            theirs.push(time);
            assert_eq!(rows, count, "{}: both sides give the same rows", figure.name);
        }
        // The first pair warms up.
        let (ours, theirs) = (median(ours.split_off(1)), median(theirs.split_off(1)));
        ratios.push(ours / theirs);
        println!("{:24} {ours:8.2} {theirs:8.2} {:7.2} {rows:6}", figure.name, ours / theirs);
    }
    println!("median ratio {:.2}", median(ratios));
    for part in BriefPart::EACH {
        let (time, _) = milliseconds(|| {
            review::brief(&mut workspace, catalog, &parameters, part).expect("the brief");
        });
        println!("the brief, its part {part:?}: {time:.0} ms");
    }
}
