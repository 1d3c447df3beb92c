//! The floors of the house, kept by a test and not by good intentions.
//!
//! Each module may use those below it, never those above, and no two modules
//! use each other; only `workspace` knows DuckDB; every file says what it owns
//! and can be read in one sitting. The rules stand in `docs/architecture.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Bottom first.
const FLOORS: [&str; 10] =
    ["domain", "catalog", "workspace", "ingest", "ledger", "review", "pack", "plain", "tui", "cli"];

/// Lines of one file, its own tests not counted.
const LONGEST_FILE: usize = 500;

struct Source {
    path: PathBuf,
    text: String,
    /// Path inside the crate: `["tui", "form", "editor"]`.
    module: Vec<String>,
}

impl Source {
    fn floor(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }

    /// The text up to its unit tests.
    fn production(&self) -> &str {
        self.text.split("\n#[cfg(test)]").next().unwrap_or(&self.text)
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("entry can be read").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let src = root().join("src");
    let mut paths = Vec::new();
    walk(&src, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let module = path
                .strip_prefix(&src)
                .expect("lies in src")
                .with_extension("")
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            let text = fs::read_to_string(&path).expect("source can be read");
            Source { path, text, module }
        })
        .collect()
}

/// Drops comments and the insides of string literals, so that only code is read.
fn code_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_string = false;
    for line in text.lines() {
        let mut escaped = false;
        let mut previous = ' ';
        for character in line.chars() {
            if in_string {
                if escaped {
                    escaped = false;
                } else if character == '\\' {
                    escaped = true;
                } else if character == '"' {
                    in_string = false;
                    out.push('"');
                }
            } else if character == '"' && previous != '\'' {
                in_string = true;
                out.push('"');
            } else if character == '/' && previous == '/' {
                out.pop();
                break;
            } else {
                out.push(character);
            }
            previous = character;
        }
        out.push('\n');
    }
    out
}

/// `use crate::{a::B, c}` gives `a::B` and `c`; groups may nest.
fn spread(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        return vec![tree.split(" as ").next().unwrap_or(tree).trim().to_owned()];
    };
    let prefix = &tree[..open];
    let inner = tree[open + 1..].trim_end().trim_end_matches('}');
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    parts
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .flat_map(|part| {
            // A nested group may have lost its last brace to the trim above.
            let open = part.matches('{').count();
            let close = part.matches('}').count();
            let part = format!("{part}{}", "}".repeat(open.saturating_sub(close)));
            spread(&format!("{prefix}{}", part.trim()))
        })
        .collect()
}

/// Paths below the crate's root that a file names, as lists of segments.
fn uses(source: &Source) -> BTreeSet<Vec<String>> {
    let code = code_of(source.production());
    let mut found = BTreeSet::new();
    let mut add = |path: &str| {
        let segments: Vec<String> = path
            .split("::")
            .map(|part| part.trim().trim_matches(|c: char| !c.is_alphanumeric() && c != '_'))
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        if !segments.is_empty() {
            found.insert(segments);
        }
    };
    for statement in code.split(';') {
        if let Some(at) = statement.find("use crate::") {
            for path in spread(&statement[at + "use crate::".len()..]) {
                add(&path);
            }
        } else if let Some(at) = statement.find("use super::") {
            for path in spread(&statement[at + "use ".len()..]) {
                // Each `super` goes up by one from the file.
                let mut base = source.module.clone();
                let mut rest = path.as_str();
                while let Some(shorter) = rest.strip_prefix("super::") {
                    base.pop();
                    rest = shorter;
                }
                base.push(rest.to_owned());
                add(&base.join("::"));
            }
        }
    }
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
            .unwrap_or(rest.len());
        add(&rest[..end]);
    }
    found
}

fn rank(floor: &str) -> Option<usize> {
    FLOORS.iter().position(|name| *name == floor)
}

#[test]
fn a_module_uses_only_the_floors_below_it() {
    let mut breaches = Vec::new();
    for source in sources() {
        let Some(own) = rank(source.floor()) else { continue };
        for path in uses(&source) {
            if let Some(other) = rank(&path[0])
                && other > own
            {
                breaches.push(format!(
                    "{} uses crate::{}, a floor above {}",
                    source.path.display(),
                    path.join("::"),
                    source.floor()
                ));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn every_file_belongs_to_a_floor() {
    for source in sources() {
        let floor = source.floor();
        assert!(
            rank(floor).is_some() || floor == "main" || floor == "lib",
            "{} is on no floor: add it to one, or the floor to this test and docs/architecture.md",
            source.path.display()
        );
    }
}

/// Two files of one floor that name each other would have to be read together.
#[test]
fn no_two_modules_use_each_other() {
    let sources = sources();
    let modules: BTreeSet<Vec<String>> = sources.iter().map(|s| s.module.clone()).collect();
    // The longest prefix of a path that is a file of ours.
    let owner = |path: &[String]| {
        (1..=path.len()).rev().map(|n| path[..n].to_vec()).find(|p| modules.contains(p))
    };
    let mut arrows: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for source in &sources {
        for path in uses(source) {
            let Some(target) = owner(&path) else { continue };
            let family = target.starts_with(&source.module) || source.module.starts_with(&target);
            if target != source.module && !family {
                arrows.entry(source.module.clone()).or_default().insert(target);
            }
        }
    }
    let mut pairs = Vec::new();
    for (from, targets) in &arrows {
        for to in targets {
            if from < to && arrows.get(to).is_some_and(|back| back.contains(from)) {
                pairs.push(format!("{} and {}", from.join("::"), to.join("::")));
            }
        }
    }
    assert!(pairs.is_empty(), "these use each other:\n{}", pairs.join("\n"));
}

#[test]
fn only_the_workspace_knows_duckdb() {
    for source in sources() {
        if source.floor() == "workspace" {
            continue;
        }
        assert!(
            !code_of(source.production()).contains("duckdb::"),
            "{} names the duckdb crate; ask src/workspace instead",
            source.path.display()
        );
    }
}

#[test]
fn nothing_below_the_screen_knows_the_terminal() {
    for source in sources() {
        if matches!(source.floor(), "tui" | "cli" | "main" | "lib") {
            continue;
        }
        for word in ["ratatui::", "crossterm::"] {
            assert!(
                !code_of(source.production()).contains(word),
                "{} names {word}",
                source.path.display()
            );
        }
    }
}

#[test]
fn every_file_says_what_it_owns() {
    for source in sources() {
        assert!(
            source.text.starts_with("//!"),
            "{} does not begin with //! and what it owns",
            source.path.display()
        );
    }
}

#[test]
fn every_file_can_be_read_in_one_sitting() {
    for source in sources() {
        let lines = source.production().lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{} has {lines} lines; split it by what it owns",
            source.path.display()
        );
    }
}

#[test]
fn figures_never_read_the_clock() {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("queries can be read") {
            let path = entry.expect("entry can be read").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "sql") {
                found.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join("queries"), &mut files);
    assert!(!files.is_empty(), "no figures found");
    for file in files {
        let text = fs::read_to_string(&file).expect("figure can be read").to_lowercase();
        let code: String = text
            .lines()
            .map(|line| line.split("--").next().unwrap_or(""))
            .collect::<Vec<_>>()
            .join("\n");
        for clock in ["now(", "current_date", "current_timestamp", "today(", "get_current_time"] {
            assert!(!code.contains(clock), "{} reads the clock ({clock})", file.display());
        }
    }
}

#[test]
fn nested_use_groups_are_spread() {
    assert_eq!(
        spread("{domain::{Value, value::Table}, catalog::Form as Kind}"),
        ["domain::Value", "domain::value::Table", "catalog::Form"]
    );
}
