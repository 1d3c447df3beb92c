//! Which row of a newer body is which row of the older one.
//!
//! Rows have no ids: people reorder, insert and correct them. A row is taken to
//! be the same when it is equal or, failing that, when most of what it says is.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::body::Body;

/// Two rows less alike than this are two rows.
const ALIKE: f32 = 0.5;

/// What became of a row. Rows are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pairing {
    Same { from: usize, to: usize, moved: bool },
    Added { to: usize },
    Removed { from: usize },
}

/// What became of every row, in the order of the newer body; a removed row
/// comes where it stood.
pub(super) fn pair(old: &[&Body], new: &[&Body]) -> Vec<Pairing> {
    let mut of_new: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    let mut take = |from: usize, to: usize, of_new: &mut Vec<Option<usize>>| {
        if !taken[from] && of_new[to].is_none() {
            taken[from] = true;
            of_new[to] = Some(from);
        }
    };
    // Candidates, best first: equal rows, then by likeness, then by nearness.
    let mut candidates: Vec<(f32, usize, usize)> = Vec::new();
    for (from, old) in old.iter().enumerate() {
        for (to, new) in new.iter().enumerate() {
            let likeness = likeness(old, new);
            if likeness >= ALIKE {
                candidates.push((likeness, from, to));
            }
        }
    }
    candidates.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then(a.1.abs_diff(a.2).cmp(&b.1.abs_diff(b.2))).then(a.1.cmp(&b.1))
    });
    for (_, from, to) in candidates {
        take(from, to, &mut of_new);
    }
    let order: Vec<usize> = of_new.iter().flatten().copied().collect();
    let still = in_order(&order);
    let mut gone = (0..old.len()).filter(|from| !taken[*from]).peekable();
    let mut found = Vec::new();
    for (to, from) in of_new.iter().enumerate() {
        match from {
            Some(from) => {
                while let Some(gone) = gone.next_if(|gone| gone < from) {
                    found.push(Pairing::Removed { from: gone });
                }
                found.push(Pairing::Same { from: *from, to, moved: !still.contains(from) });
            }
            None => found.push(Pairing::Added { to }),
        }
    }
    found.extend(gone.map(|from| Pairing::Removed { from }));
    found
}

/// How much two rows have in common, from 0 to 1. The first field that a form
/// asks for in a row mostly says what the row is, but which one that is, a body
/// does not know: all fields count alike, texts by how much of them is the same.
fn likeness(old: &Body, new: &Body) -> f32 {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    if keys.is_empty() {
        return 1.0;
    }
    let count = keys.len() as f32;
    let alike: f32 = keys.into_iter().map(|key| value_likeness(old.get(key), new.get(key))).sum();
    alike / count
}

fn value_likeness(old: Option<&Json>, new: Option<&Json>) -> f32 {
    match (old, new) {
        (old, new) if old == new => 1.0,
        (Some(Json::String(old)), Some(Json::String(new))) => {
            let words =
                |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
            let (old, new) = (words(old), words(new));
            // One word that is another word has nothing in common with it.
            if old.len().max(new.len()) < 2 {
                return 0.0;
            }
            let same = old.iter().filter(|word| new.contains(word)).count();
            same as f32 / old.len().max(new.len()) as f32
        }
        _ => 0.0,
    }
}

/// The largest set of numbers that stand in rising order: those that did not move.
fn in_order(order: &[usize]) -> BTreeSet<usize> {
    // (length of the longest rising run that ends here, the one before it)
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(order.len());
    for (place, number) in order.iter().enumerate() {
        let before = (0..place).filter(|p| order[*p] < *number).max_by_key(|p| best[*p].0);
        best.push((before.map_or(1, |p| best[p].0 + 1), before));
    }
    let mut still = BTreeSet::new();
    let mut at = (0..order.len()).max_by_key(|place| best[*place].0);
    while let Some(place) = at {
        still.insert(order[place]);
        at = best[place].1;
    }
    still
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pairs(old: Json, new: Json) -> Vec<Pairing> {
        let rows = |value: &Json| -> Vec<Body> {
            let rows = value.as_array().expect("rows").iter();
            rows.map(|row| row.as_object().expect("a row").clone()).collect()
        };
        let (old, new) = (rows(&old), rows(&new));
        pair(&old.iter().collect::<Vec<_>>(), &new.iter().collect::<Vec<_>>())
    }

    fn same(from: usize, to: usize, moved: bool) -> Pairing {
        Pairing::Same { from, to, moved }
    }

    #[test]
    fn a_row_put_first_moves_nothing() {
        assert_eq!(
            pairs(json!([{"a": "x"}, {"a": "y"}]), json!([{"a": "n"}, {"a": "x"}, {"a": "y"}])),
            [Pairing::Added { to: 0 }, same(0, 1, false), same(1, 2, false)]
        );
    }

    #[test]
    fn a_corrected_row_is_the_same_row() {
        assert_eq!(
            pairs(
                json!([{"driver": "price", "rank": "primary", "influence": "3"}, {"driver": "late"}]),
                json!([{"driver": "late"}, {"driver": "price", "rank": "primary", "influence": "5"}]),
            ),
            [same(1, 0, true), same(0, 1, false)]
        );
        assert_eq!(
            pairs(
                json!([{"line": "We are faster to install"}]),
                json!([{"line": "We are much faster to install"}])
            ),
            [same(0, 0, false)]
        );
    }

    #[test]
    fn another_row_is_another_row() {
        assert_eq!(
            pairs(
                json!([{"line": "cheap"}, {"line": "slow"}]),
                json!([{"line": "slow"}, {"line": "old"}])
            ),
            [Pairing::Removed { from: 0 }, same(1, 0, false), Pairing::Added { to: 1 }]
        );
    }

    #[test]
    fn equal_rows_keep_their_order() {
        assert_eq!(
            pairs(json!([{"a": "x"}, {"a": "x"}]), json!([{"a": "x"}, {"a": "x"}])),
            [same(0, 0, false), same(1, 1, false)]
        );
    }
}
