//! A figure's answer as a table.
//!
//! ```text
//!   segment      state     win rate   amount won▾           <- headings, sort arrow
//! ► Enterprise   ✗ BELOW   41% 12/29     120,000            <- the selected row
//!   Mid-market   ✓ above   55% 16/29      95,000
//! row 1 of 2                               +3 columns ▸      <- where one is, what is not shown
//! ```
//!
//! Drawing only; what a person does to the table is [`TableView`]'s.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::catalog::figure::Figure;
use crate::domain::{Formats, Table, text};
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::columns::{self, Layout};
use crate::tui::widgets::paint;

pub use crate::tui::widgets::table_view::{Sort, TableView, body_height};

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
    let layout =
        columns::lay_out(figure, view.measures(), view.column_offset, usize::from(area.width));
    let (body, has_footer) = match area.height {
        1 => (area, false),
        2 => (paint::below(area, 1), false),
        _ => (paint::above(paint::below(area, 1), 1), true),
    };
    if area.height > 1 {
        draw_headings(buf, paint::row(area, 0), figure, view, &layout, look);
    }
    if view.is_empty() {
        paint::text(buf, body, &empty_text(view), look.theme.muted, look);
    }
    let first = view.window(usize::from(body.height));
    for line in 0..body.height {
        let position = first + usize::from(line);
        let Some(row) = view.row_at(position) else { break };
        let at = paint::row(body, line);
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
) {
    paint::style(buf, area, Style::new().add_modifier(Modifier::UNDERLINED));
    let style = look.theme.heading.add_modifier(Modifier::UNDERLINED);
    for slot in &layout.slots {
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
    let count = |n: usize| Formats::default().count(i64::try_from(n).unwrap_or(i64::MAX));
    let mut note = String::new();
    if !view.is_empty() {
        note = format!("row {} of {}", count(view.selected + 1), count(view.len()));
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
