//! Differences of texts, by lines and by the words in them.

use similar::{ChangeTag, TextDiff};

/// On which side a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Both,
    Before,
    After,
}

/// A line of a text, in the words of which some differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLine {
    pub side: Side,
    pub spans: Vec<Span>,
}

impl TextLine {
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// A stretch of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    /// It has no counterpart in the line on the other side.
    pub changed: bool,
}

/// Every line of both texts, in reading order; of lines that differ, the older ones first.
pub fn text_lines(before: &str, after: &str) -> Vec<TextLine> {
    // Whether the last line has an end is no difference.
    let ended = |text: &str| if text.is_empty() { String::new() } else { format!("{text}\n") };
    let (before, after) =
        (ended(before.trim_end_matches('\n')), ended(after.trim_end_matches('\n')));
    let difference = TextDiff::from_lines(&before, &after);
    difference
        .iter_all_inline_changes()
        .map(|change| TextLine {
            side: match change.tag() {
                ChangeTag::Equal => Side::Both,
                ChangeTag::Delete => Side::Before,
                ChangeTag::Insert => Side::After,
            },
            spans: change
                .values()
                .iter()
                .map(|(changed, text)| Span {
                    text: text.trim_end_matches('\n').to_owned(),
                    changed: *changed,
                })
                .filter(|span| !span.text.is_empty())
                .collect(),
        })
        .collect()
}

/// The lines in two columns, the older text on the left: lines that differ stand
/// beside each other as far as there are as many on both sides.
pub fn side_by_side(lines: &[TextLine]) -> Vec<(Option<&TextLine>, Option<&TextLine>)> {
    let mut found = Vec::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        if first.side == Side::Both {
            found.push((Some(first), Some(first)));
            rest = &rest[1..];
            continue;
        }
        let end = rest.iter().position(|line| line.side == Side::Both).unwrap_or(rest.len());
        let (block, after) = rest.split_at(end);
        let of = |side| block.iter().filter(move |line| line.side == side);
        let (mut left, mut right) = (of(Side::Before), of(Side::After));
        loop {
            match (left.next(), right.next()) {
                (None, None) => break,
                pair => found.push(pair),
            }
        }
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        text_lines(before, after)
            .iter()
            .map(|line| {
                let sign = match line.side {
                    Side::Both => ' ',
                    Side::Before => '-',
                    Side::After => '+',
                };
                let spans = line.spans.iter().map(|span| {
                    if span.changed { format!("[{}]", span.text) } else { span.text.clone() }
                });
                format!("{sign}{}", spans.collect::<String>())
            })
            .collect()
    }

    #[test]
    fn words_that_differ_are_marked() {
        assert_eq!(
            shown("We came late.\nPrice was fine.\n", "We came too late.\nPrice was fine."),
            ["-We came late.", "+We came [too ]late.", " Price was fine."]
        );
    }

    #[test]
    fn the_end_of_the_last_line_is_no_difference() {
        assert_eq!(shown("a\nb", "a\nb\nc"), [" a", " b", "+c"]);
        assert_eq!(shown("", "a"), ["+a"]);
    }

    #[test]
    fn lines_that_differ_stand_side_by_side() {
        let lines = text_lines("a\nb\nc\nd", "a\nB\nd\ne");
        let columns: Vec<(String, String)> = side_by_side(&lines)
            .into_iter()
            .map(|(left, right)| {
                let text = |side: Option<&TextLine>| side.map_or("·".to_owned(), TextLine::text);
                (text(left), text(right))
            })
            .collect();
        let columns: Vec<(&str, &str)> =
            columns.iter().map(|(left, right)| (left.as_str(), right.as_str())).collect();
        assert_eq!(columns, [("a", "a"), ("b", "B"), ("c", "·"), ("d", "d"), ("·", "e")]);
    }
}
