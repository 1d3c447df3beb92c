//! A page on the whole screen.
//!
//! ```text
//! Forecast and actual                                            2/5
//! 2025-Q4  as of 2025-12-31
//!
//! Europe
//!
//! actual
//! ▗▖   1,306,692 in large letters
//!
//! attainment  76.0%          bias  49.0%
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::Catalog;
use crate::domain::text;
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::big::{self, Letters, Packing};
use crate::tui::widgets::{chart, paint};

use super::{Fact, Page, Presentation};

/// Title and period, and a blank row.
const ABOVE: u16 = 3;
/// Rows of a label and of what stands below a large value.
const LABEL: u16 = 1;
const KEYS: &str = "Space next  PgUp back  b dark  Esc leaves. Ctrl and + enlarges letters in most \
                    terminals; 80 columns and 24 rows are enough.";

/// `period`: which quarter and day the page is about.
pub fn draw(
    shown: &Presentation,
    page: Option<&Page>,
    period: &str,
    buf: &mut Buffer,
    area: Rect,
    catalog: &Catalog,
    look: &Look,
) {
    if shown.blank {
        return;
    }
    let Some(page) = page else { return };
    let theme = &look.theme;
    let number = format!("{}/{}", page.at + 1, page.pages.max(1));
    let taken = paint::text_right(buf, area, &number, theme.title, look);
    let room = usize::from(area.width).saturating_sub(taken + 2);
    paint::text(buf, paint::columns(area, 0, room), &page.title, theme.title, look);
    paint::text(buf, paint::row(area, 1), period, theme.muted, look);
    let mut rest = paint::below(area, ABOVE);
    if shown.help {
        let lines = textwrap::wrap(KEYS, usize::from(area.width).max(1));
        let count = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(rest.height);
        for (row, line) in (area.height.saturating_sub(count)..area.height).zip(lines) {
            paint::text(buf, paint::row(area, row), &line, theme.muted, look);
        }
        rest = paint::above(rest, count);
    }
    rest = draw_name(page, buf, rest, look);
    if let Some((tone, sentence)) = &page.sentence {
        rest = draw_sentence(*tone, sentence, buf, rest, look);
    }
    if let Some((answer, line)) = &page.picture {
        if let Some(figure) = catalog.figures.get(&answer.figure) {
            chart::draw(buf, rest, (figure, &answer.table), *line, look, true);
        }
        return;
    }
    let drawn;
    (rest, drawn) = draw_large(&page.large, buf, rest, look);
    // What there is no room for in large letters is not lost.
    let small: Vec<&Fact> = page.large[drawn..].iter().chain(&page.small).collect();
    draw_small(&small, buf, rest, look);
    if !page.note.is_empty() {
        paint::text(buf, rest, &page.note, theme.muted, look);
    }
}

/// Large only where that leaves room for the figures.
fn draw_name(page: &Page, buf: &mut Buffer, area: Rect, look: &Look) -> Rect {
    if page.name.is_empty() {
        return area;
    }
    let figures = u16::try_from(page.large.len()).unwrap_or(u16::MAX);
    let spare =
        area.height.saturating_sub(figures.saturating_mul(LABEL + Packing::Half.rows() + 1));
    if let Some(letters) = Letters::of(&page.name)
        && let Some(packing) =
            letters.fits(area.width, spare.min(Packing::Half.rows()), look.glyphs.ascii)
    {
        letters.draw(buf, area, packing, look.theme.heading, look);
        return paint::below(area, packing.rows() + 1);
    }
    paint::text(buf, area, &page.name, look.theme.heading, look);
    paint::below(area, 2)
}

fn draw_sentence(tone: Tone, sentence: &str, buf: &mut Buffer, area: Rect, look: &Look) -> Rect {
    let style = look.theme.tone(tone);
    let tall = Packing::Half.rows();
    let large = big::wrapped(sentence, area.width, look.glyphs.ascii)
        .filter(|lines| lines.len() <= usize::from(area.height.saturating_sub(2) / tall));
    match large {
        Some(lines) => {
            let packing = lines
                .iter()
                .filter_map(|line| line.fits(area.width, tall, look.glyphs.ascii))
                .max_by_key(|packing| *packing == Packing::Quarter);
            let mut rest = area;
            for line in &lines {
                line.draw(buf, rest, packing.unwrap_or(Packing::Quarter), style, look);
                rest = paint::below(rest, tall);
            }
            paint::below(rest, 1)
        }
        None => {
            let lines = textwrap::wrap(sentence, usize::from(area.width).max(1));
            let mut rest = area;
            for line in lines {
                paint::text(buf, rest, &line, style, look);
                rest = paint::below(rest, 1);
            }
            paint::below(rest, 1)
        }
    }
}

/// All in the same size: the largest in which each fits. Gives what is left of the
/// area, and how many had room.
fn draw_large(facts: &[Fact], buf: &mut Buffer, area: Rect, look: &Look) -> (Rect, usize) {
    let theme = &look.theme;
    let mut rest = area;
    let each = area.height / u16::try_from(facts.len().max(1)).unwrap_or(1);
    let packing = |facts: &[Fact], tall: u16| {
        let fits = facts
            .iter()
            .map(|fact| Letters::of(&fact.value)?.fits(area.width, tall, look.glyphs.ascii));
        // The smallest of them: a quarter is the last.
        fits.collect::<Option<Vec<_>>>()?.into_iter().max_by_key(|packing| *packing as u8)
    };
    let common = packing(facts, each.saturating_sub(LABEL + 1))
        .or_else(|| packing(facts, Packing::Half.rows()));
    for (place, fact) in facts.iter().enumerate() {
        let needed = LABEL + common.map_or(1, Packing::rows);
        if rest.height < needed {
            return (rest, place);
        }
        let label = match fact.counts.as_str() {
            "" => fact.label.clone(),
            counts => format!("{}  {counts}", fact.label),
        };
        paint::text(buf, rest, &label, theme.label, look);
        let place = paint::below(rest, LABEL);
        match (common, Letters::of(&fact.value)) {
            (Some(packing), Some(letters)) => {
                letters.draw(buf, place, packing, theme.tone(fact.tone), look);
            }
            _ => drop(paint::text(buf, place, &spaced(&fact.value), theme.title, look)),
        }
        rest = paint::below(rest, needed + 1);
    }
    (rest, facts.len())
}

/// `4 1 %`: as large as letters get where no large ones fit.
fn spaced(value: &str) -> String {
    let letters: Vec<String> = value.chars().map(String::from).collect();
    letters.join(" ")
}

/// In as many columns as fit.
fn draw_small(facts: &[&Fact], buf: &mut Buffer, area: Rect, look: &Look) {
    let words = |fact: &&Fact| {
        let value = format!("{} {}", fact.value, fact.counts);
        (format!("{}: ", fact.label), value.trim_end().to_owned())
    };
    let widest = facts.iter().map(|fact| {
        let (label, value) = words(fact);
        text::width(&label) + text::width(&value)
    });
    let width = widest.max().unwrap_or(0) + 3;
    let across = (usize::from(area.width) / width.max(1)).max(1);
    for (place, fact) in facts.iter().enumerate() {
        let Ok(row) = u16::try_from(place / across) else { return };
        let at = paint::columns(paint::row(area, row), (place % across) * width, width - 1);
        let (label, value) = words(fact);
        let style = look.theme.tone(fact.tone);
        paint::pieces(buf, at, &[(label, look.theme.muted), (value, style)], look);
    }
}
