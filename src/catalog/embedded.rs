//! The content files that are part of the binary.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "queries/"]
#[allow_missing = true]
struct Queries;

#[derive(RustEmbed)]
#[folder = "forms/"]
#[allow_missing = true]
struct Forms;

#[derive(RustEmbed)]
#[folder = "presets/"]
#[allow_missing = true]
struct Presets;

/// Path from the root of the repository and bytes of every embedded content file.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    let mut out = folder::<Queries>("queries");
    out.extend(folder::<Forms>("forms"));
    out.extend(folder::<Presets>("presets"));
    out
}

fn folder<E: RustEmbed>(name: &str) -> Vec<(String, Vec<u8>)> {
    E::iter()
        .filter_map(|path| {
            E::get(&path).map(|file| (format!("{name}/{path}"), file.data.into_owned()))
        })
        .collect()
}
