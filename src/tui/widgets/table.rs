//! A figure's answer as a table.
//!
//! ```text
//!   segment      state     win rate   amount won▾           <- headings, sort arrow
//! ► Enterprise   ✗ BELOW   41% 12/29     120,000            <- the selected row
//!   Mid-market   ✓ above   55% 16/29      95,000
//! Sum                    51% 28/58    215,000               <- of the rows shown, if wanted
//! row 1 of 2                               +3 columns ▸      <- where one is, what is not shown
//! ```
//!
//! Rows may stand in groups, each below its name; a marked row has a point
//! before it.
//!
//! Drawing only; what a person does to the table is [`TableView`]'s.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::catalog::figure::Figure;
use crate::domain::{Formats, Table, text};
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::arrangement::Summary;
use crate::tui::widgets::columns::{self, Layout};
use crate::tui::widgets::paint;

use crate::tui::widgets::summary;
use crate::tui::widgets::table_view::Entry;
pub use crate::tui::widgets::table_view::{Sort, TableView};

/// The selected row is reversed from its marker over the label and what else ends
/// within this many columns, so that moving by one row sends at most 200 bytes.
const REVERSED: usize = 44;

/// Draws headings, rows and a footer line. An area of one row holds the selected
/// row alone, of two rows the headings as well.
pub fn draw(
    buf: &mut Buffer,
    area: Rect,
    (figure, table): (&Figure, &Table),
    view: &TableView,
    look: &Look,
    focused: bool,
) {
    let area = paint::within(buf, area);
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    let layout =
        columns::lay_out(figure, view.measures(), &view.choices, view.column_offset, width);
    let (body, has_footer) = match area.height {
        1 => (area, false),
        2 => (paint::below(area, 1), false),
        _ => (paint::above(paint::below(area, 1), 1), true),
    };
    if area.height > 1 {
        draw_headings(buf, paint::row(area, 0), figure, view, &layout, look, focused);
    }
    let (body, below) = if view.has_summary(area.height) {
        (paint::above(body, 1), Some(paint::row(body, body.height.saturating_sub(1))))
    } else {
        (body, None)
    };
    if let Some(at) = below {
        let (words, cells) = view.summary();
        draw_summary(buf, at, (figure, &words, cells), &layout, look);
    }
    if view.is_empty() {
        paint::text(buf, body, &empty_text(view), look.theme.muted, look);
    }
    let first = view.window(usize::from(body.height));
    for line in 0..body.height {
        let position = first + usize::from(line);
        let at = paint::row(body, line);
        let row = match view.entry(position) {
            Some(Entry::Row(row)) => row,
            Some(Entry::Group(rows)) => {
                draw_group(buf, at, (figure, table), view, position, rows, &layout, look);
                continue;
            }
            None => break,
        };
        let selected = position == view.selected;
        draw_row(
            buf,
            at,
            (figure, table),
            row,
            view,
            &layout,
            look,
            Selection::of(selected, focused),
        );
    }
    if has_footer {
        draw_footer(buf, paint::row(area, area.height - 1), figure, view, &layout, look);
    }
}

/// What stands where rows would be.
pub fn empty_text(view: &TableView) -> String {
    if view.filter.trim().is_empty() {
        "Nothing here.".to_owned()
    } else {
        format!("No row matches \"{}\". Esc clears the filter.", view.filter.trim())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Selection {
    No,
    /// Selected, and keys act on it.
    Here,
    /// Selected in a pane without the focus.
    Elsewhere,
}

impl Selection {
    fn of(selected: bool, focused: bool) -> Selection {
        match (selected, focused) {
            (false, _) => Selection::No,
            (true, true) => Selection::Here,
            (true, false) => Selection::Elsewhere,
        }
    }
}

fn draw_headings(
    buf: &mut Buffer,
    area: Rect,
    figure: &Figure,
    view: &TableView,
    layout: &Layout,
    look: &Look,
    focused: bool,
) {
    paint::style(buf, area, Style::new().add_modifier(Modifier::UNDERLINED));
    for slot in &layout.slots {
        // The column that keys act on has no line below its heading, and the
        // footer says its name.
        let gone_to = focused && view.column == Some(slot.column);
        let style = if gone_to {
            paint::style(
                buf,
                paint::columns(area, slot.x, slot.width),
                Style::new().remove_modifier(Modifier::UNDERLINED),
            );
            look.theme.accent
        } else {
            look.theme.heading.add_modifier(Modifier::UNDERLINED)
        };
        let column = &figure.columns[slot.column];
        let arrow = match view.sort {
            Some(sort) if sort.column != slot.column => "",
            Some(sort) if sort.descending => look.glyphs.sort_down,
            Some(_) => look.glyphs.sort_up,
            None => "",
        };
        // The arrow takes a column of the gap, so that nothing moves; at the right
        // edge, where there is none, it takes the last letter's place.
        let at = paint::columns(area, slot.x, slot.width + text::width(arrow));
        let room = usize::from(at.width).saturating_sub(text::width(arrow));
        let heading = format!("{}{arrow}", look.glyphs.clip(&column.heading, room));
        if column.unit.is_numeric() {
            paint::text_right(buf, at, &heading, style, look);
        } else {
            paint::text(buf, at, &heading, style, look);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one row of the one place that draws rows")]
fn draw_row(
    buf: &mut Buffer,
    area: Rect,
    (figure, table): (&Figure, &Table),
    row: usize,
    view: &TableView,
    layout: &Layout,
    look: &Look,
    selection: Selection,
) {
    let reversed = reversed_end(layout, usize::from(area.width));
    for slot in &layout.slots {
        let Some(plan) = view.plans().get(slot.column) else { continue };
        let shown = plan.show(&figure.columns[slot.column].unit, table, row, &look.glyphs);
        let at = paint::columns(area, slot.x, slot.width);
        // A colour of its own would be lost in the reversed part; its sign stays.
        let style = match selection {
            Selection::Here if slot.x < reversed => Style::new(),
            Selection::Elsewhere if slot.x < reversed => look.theme.selected_elsewhere,
            _ => look.theme.tone(shown.tone),
        };
        if !shown.right {
            paint::text(buf, at, &shown.text, style, look);
        } else if text::width(&shown.text) <= slot.width {
            paint::text_right(buf, at, &shown.text, style, look);
        } else {
            // Part of a number is another number.
            paint::repeat(buf, at, "#", look.theme.tone(Tone::Muted));
        }
    }
    if view.is_marked(row) {
        let at = paint::columns(area, 1, 1);
        paint::text(buf, at, look.glyphs.bullet, look.theme.accent, look);
    }
    if selection == Selection::No {
        return;
    }
    if selection == Selection::Here {
        paint::style(buf, paint::columns(area, 0, reversed), look.theme.selected);
        paint::text(buf, paint::columns(area, 0, 1), look.glyphs.marker, look.theme.selected, look);
    } else {
        paint::text(buf, paint::columns(area, 0, 1), look.glyphs.marker, look.theme.text, look);
    }
}

/// The name of a group, how many rows it has, and what they come to.
#[expect(clippy::too_many_arguments, reason = "a line of the one place that draws lines")]
fn draw_group(
    buf: &mut Buffer,
    area: Rect,
    (figure, table): (&Figure, &Table),
    view: &TableView,
    position: usize,
    rows: usize,
    layout: &Layout,
    look: &Look,
) {
    let rows: Vec<usize> =
        (position + 1..=position + rows).filter_map(|below| view.row_at(below)).collect();
    let name = (view.choices.group, rows.first());
    let name = match name {
        (Some(column), Some(row)) => {
            let unit = figure.columns.get(column).map(|column| &column.unit);
            view.plans().get(column).zip(unit).map_or_else(String::new, |(plan, unit)| {
                plan.show(unit, table, *row, &look.glyphs).text
            })
        }
        _ => String::new(),
    };
    let count = Formats::here().count(i64::try_from(rows.len()).unwrap_or(i64::MAX));
    let style = look.theme.heading;
    for slot in layout.slots.iter().skip(1) {
        let (column, Some(plan)) = (&figure.columns[slot.column], view.plans().get(slot.column))
        else {
            continue;
        };
        let text = summary::over(column, plan, table, &rows, view.choices.summary);
        draw_sum(buf, paint::columns(area, slot.x, slot.width), text.as_deref(), style, look);
    }
    let room = layout.slots.get(1).map_or(usize::from(area.width), |slot| {
        // Over what is empty beside the name, where nothing is reckoned.
        if view.choices.summary == Summary::None { usize::from(area.width) } else { slot.x - 1 }
    });
    let text = look.glyphs.clip(&format!("{name} ({count})"), room).into_owned();
    paint::text(buf, paint::columns(area, 0, room), &text, style, look);
}

fn draw_summary(
    buf: &mut Buffer,
    area: Rect,
    (figure, words, cells): (&Figure, &str, &[Option<String>]),
    layout: &Layout,
    look: &Look,
) {
    let style = look.theme.heading;
    for (place, slot) in layout.slots.iter().enumerate() {
        let at = paint::columns(area, slot.x, slot.width);
        if place == 0 {
            paint::text(buf, at, &look.glyphs.clip(words, slot.width), style, look);
        } else if slot.column < figure.columns.len() {
            let text = cells.get(slot.column).and_then(Option::as_deref);
            draw_sum(buf, at, text, style, look);
        }
    }
}

/// A number at the right of its column; part of a number is another number.
fn draw_sum(buf: &mut Buffer, area: Rect, text: Option<&str>, style: Style, look: &Look) {
    let Some(text) = text else { return };
    if text::width(text) <= usize::from(area.width) {
        paint::text_right(buf, area, text, style, look);
    } else {
        paint::repeat(buf, area, "#", style);
    }
}

/// How far the selected row is reversed: the marker and whole columns.
fn reversed_end(layout: &Layout, width: usize) -> usize {
    let ends = layout.slots.iter().map(|slot| slot.x + slot.width);
    let label = ends.clone().next().unwrap_or(1);
    let limit = if width > 120 { REVERSED * 4 } else { REVERSED };
    ends.take_while(|end| *end <= limit).last().unwrap_or(label.min(limit)).min(width)
}

fn draw_footer(
    buf: &mut Buffer,
    area: Rect,
    figure: &Figure,
    view: &TableView,
    layout: &Layout,
    look: &Look,
) {
    let count = |n: usize| Formats::here().count(i64::try_from(n).unwrap_or(i64::MAX));
    let mut note = String::new();
    if !view.is_empty() {
        note = format!("row {} of {}", count(view.place()), count(view.len()));
    }
    if let Some(column) = view.column.and_then(|column| figure.columns.get(column)) {
        note += &format!(", {}", column.heading);
    }
    let marked = view.marked_rows().len();
    if marked > 0 {
        note += &format!("  {} marked", count(marked));
    }
    let hidden = view.choices.hidden.len();
    if hidden > 0 {
        note += &format!("  {} hidden", columns_text(hidden).trim_start_matches('+'));
    }
    if !view.filter.trim().is_empty() {
        let gap = if note.is_empty() { "" } else { "  " };
        note += &format!("{gap}/{}  ({} in all)", view.filter.trim(), count(view.total()));
    }
    let hidden_sort = view.sort.filter(|sort| {
        sort.column < figure.columns.len() && !layout.slots.iter().any(|s| s.column == sort.column)
    });
    if let Some(sort) = hidden_sort {
        let arrow = if sort.descending { look.glyphs.sort_down } else { look.glyphs.sort_up };
        note += &format!("  by {} {arrow}", figure.columns[sort.column].heading);
    }
    let mut hint = String::new();
    if layout.hidden_left > 0 {
        hint = format!("{} {}", look.glyphs.more_left, columns_text(layout.hidden_left));
    }
    if layout.hidden_right > 0 {
        let gap = if hint.is_empty() { "" } else { "  " };
        hint += &format!("{gap}{} {}", columns_text(layout.hidden_right), look.glyphs.more_right);
    }
    let used = text::width(&hint);
    let room = usize::from(area.width).saturating_sub(used + 1);
    paint::text(buf, paint::columns(area, 0, room), &note, look.theme.muted, look);
    paint::text_right(buf, area, &hint, look.theme.muted, look);
}

fn columns_text(hidden: usize) -> String {
    if hidden == 1 { "+1 column".to_owned() } else { format!("+{hidden} columns") }
}
