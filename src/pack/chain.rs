//! A chain as an indented list, as Markdown, and as JSON.
//!
//! One line for each step: the word for it, then the record or the figure.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use crate::domain::text::harmless;
use crate::review::{Branch, Chain, Point};

/// For a terminal:
///
/// ```text
/// DE-3 (decision, decided): No price events
///
/// rests on
///   cites as finding win-rate, 2025-Q2 by segment: Mid-Market
///     counted from deals, 2025-Q2 by segment, segment Mid-Market
/// ```
pub fn chain_text(chain: &Chain) -> String {
    let mut out = format!("{}\n", harmless(&chain.of.in_words()));
    for (title, branches) in parts(chain) {
        let _ = writeln!(out, "\n{title}");
        if branches.is_empty() {
            let _ = writeln!(out, "  nothing that is written down");
        }
        for (depth, branch) in steps(branches) {
            let _ = writeln!(out, "{}{}", "  ".repeat(depth + 1), line(branch));
        }
    }
    out
}

/// For a document.
pub fn chain_markdown(chain: &Chain) -> String {
    let mut out = format!("# {}\n", harmless(&chain.of.in_words()));
    for (title, branches) in parts(chain) {
        let (first, rest) = title.split_at(1);
        let _ = writeln!(out, "\n## {}{rest}\n", first.to_uppercase());
        if branches.is_empty() {
            let _ = writeln!(out, "Nothing that is written down.");
        }
        for (depth, branch) in steps(branches) {
            let _ = writeln!(out, "{}- {}", "  ".repeat(depth), line(branch));
        }
    }
    out
}

/// For a program: `{"of", "rests_on": [{"word", "seen", …, "branches"}], "came_of_it"}`.
pub fn chain_json(chain: &Chain) -> Json {
    let branches = |branches: &[Branch]| branches.iter().map(branch_json).collect::<Vec<_>>();
    json!({
        "of": point_json(&chain.of),
        "rests_on": branches(&chain.rests_on),
        "came_of_it": branches(&chain.came_of_it),
    })
}

/// Every step with how deep it stands, in reading order.
pub fn steps(branches: &[Branch]) -> Vec<(usize, &Branch)> {
    fn go<'b>(branches: &'b [Branch], depth: usize, out: &mut Vec<(usize, &'b Branch)>) {
        for branch in branches {
            out.push((depth, branch));
            go(&branch.branches, depth + 1, out);
        }
    }
    let mut out = Vec::new();
    go(branches, 0, &mut out);
    out
}

fn parts(chain: &Chain) -> [(&'static str, &[Branch]); 2] {
    [("rests on", &chain.rests_on), ("came of it", &chain.came_of_it)]
}

fn line(branch: &Branch) -> String {
    let again = if branch.seen { " (see above)" } else { "" };
    harmless(&format!("{} {}{again}", branch.word, branch.point.in_words())).into_owned()
}

fn branch_json(branch: &Branch) -> Json {
    json!({
        "word": branch.word,
        "point": point_json(&branch.point),
        "seen": branch.seen,
        "branches": branch.branches.iter().map(branch_json).collect::<Vec<_>>(),
    })
}

fn point_json(point: &Point) -> Json {
    match point {
        Point::Record(record) => json!({
            "record": record.record,
            "kind": record.kind,
            "state": record.state,
            "name": record.name,
        }),
        Point::Figure(figure) => json!({
            "figure": figure.figure,
            "asked": figure.asked,
            "row": figure.row,
            "words": figure.words,
            "evidence": figure.evidence.as_ref().map(|cited| cited.to_json()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::RecordPoint;

    fn record(id: &str) -> Point {
        Point::Record(RecordPoint {
            record: id.into(),
            kind: "post-mortem".into(),
            state: "open".into(),
            name: "a\u{1b}[2Jb".into(),
        })
    }

    fn chain() -> Chain {
        let branch = |word: &str, id: &str, branches| Branch {
            word: word.into(),
            point: record(id),
            seen: false,
            branches,
        };
        let inner = Branch { seen: true, ..branch("led to", "A-1", vec![]) };
        Chain {
            of: record("A-1"),
            rests_on: vec![],
            came_of_it: vec![
                branch("changes", "A-2", vec![inner]),
                branch("led to", "A-3", vec![]),
            ],
        }
    }

    #[test]
    fn each_step_is_a_line_that_does_no_harm() {
        assert_eq!(
            chain_text(&chain()),
            "A-1 (post mortem, open): a␛[2Jb\n\nrests on\n  nothing that is written down\n\n\
             came of it\n  changes A-2 (post mortem, open): a␛[2Jb\n    \
             led to A-1 (post mortem, open): a␛[2Jb (see above)\n  \
             led to A-3 (post mortem, open): a␛[2Jb\n"
        );
        assert!(chain_markdown(&chain()).contains("\n## Came of it\n\n- changes A-2"));
    }

    #[test]
    fn json_keeps_the_tree() {
        let json = chain_json(&chain());
        assert_eq!(json["came_of_it"][0]["branches"][0]["seen"], true);
        assert_eq!(json["came_of_it"][1]["point"]["record"], "A-3");
    }
}
