//! Rebuilds the crate when a figure, a form, a preset or a sample file comes or goes:
//! all four are embedded in the binary.

fn main() {
    for folder in ["queries", "forms", "presets", "sample-data"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
