//! The only ways text gets onto the screen.
//!
//! Invariant: whatever is painted is harmless, cut to the columns given and
//! inside the buffer; no area, however small or far out, makes it panic.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::domain::text;
use crate::tui::theme::Look;

/// The part of an area that the buffer has.
pub fn within(buf: &Buffer, area: Rect) -> Rect {
    area.intersection(buf.area)
}

/// The `index`-th row of an area; empty where the area has none.
pub fn row(area: Rect, index: u16) -> Rect {
    if index >= area.height {
        return Rect { height: 0, ..area };
    }
    Rect { y: area.y + index, height: 1, ..area }
}

/// The area without its first `count` rows.
pub fn below(area: Rect, count: u16) -> Rect {
    let count = count.min(area.height);
    Rect { y: area.y + count, height: area.height - count, ..area }
}

/// The area without its last `count` rows.
pub fn above(area: Rect, count: u16) -> Rect {
    Rect { height: area.height.saturating_sub(count), ..area }
}

/// The columns of an area from `offset` on, at most `width` of them.
pub fn columns(area: Rect, offset: usize, width: usize) -> Rect {
    let offset = u16::try_from(offset).unwrap_or(u16::MAX).min(area.width);
    let width = u16::try_from(width).unwrap_or(u16::MAX).min(area.width - offset);
    Rect { x: area.x + offset, width, ..area }
}

/// Writes on the first row of `area` and gives the columns used.
pub fn text(buf: &mut Buffer, area: Rect, raw: &str, style: Style, look: &Look) -> usize {
    let area = within(buf, area);
    if area.is_empty() {
        return 0;
    }
    let shown = look.glyphs.clip(raw, usize::from(area.width));
    let (end, _) = buf.set_stringn(area.x, area.y, &shown, usize::from(area.width), style);
    usize::from(end.saturating_sub(area.x))
}

/// Writes at the right edge of the first row of `area`.
pub fn text_right(buf: &mut Buffer, area: Rect, raw: &str, style: Style, look: &Look) -> usize {
    let shown = look.glyphs.clip(raw, usize::from(area.width)).into_owned();
    let wide = text::width(&shown);
    let start = usize::from(area.width).saturating_sub(wide);
    self::text(buf, columns(area, start, wide), &shown, style, look)
}

/// Writes pieces one after the other on the first row of `area` and gives the
/// columns used.
pub fn pieces<S: AsRef<str>>(
    buf: &mut Buffer,
    area: Rect,
    pieces: &[(S, Style)],
    look: &Look,
) -> usize {
    let mut used = 0;
    for (raw, style) in pieces {
        if used >= usize::from(area.width) {
            break;
        }
        used += text(buf, columns(area, used, usize::MAX), raw.as_ref(), *style, look);
    }
    used
}

/// Repeats a sign of one column.
pub fn repeat(buf: &mut Buffer, area: Rect, sign: &str, style: Style) {
    let area = within(buf, area);
    if area.height == 0 {
        return;
    }
    for x in area.left()..area.right() {
        buf[(x, area.y)].set_symbol(sign).set_style(style);
    }
}

/// Gives the whole area a style and leaves its text.
pub fn style(buf: &mut Buffer, area: Rect, style: Style) {
    let area = within(buf, area);
    buf.set_style(area, style);
}

/// Empties an area, whatever was painted there before.
pub fn clear(buf: &mut Buffer, area: Rect) {
    let area = within(buf, area);
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            buf[(x, y)].reset();
        }
    }
}

/// A heading with a line to the right edge and, if it fits, a note at its end.
pub fn heading(buf: &mut Buffer, area: Rect, title: &str, note: &str, style: Style, look: &Look) {
    let used = text(buf, area, title, style, look);
    let rest = columns(area, used + 1, usize::MAX);
    let note_wide = text::width(note);
    let room = usize::from(rest.width);
    if note_wide > 0 && room >= note_wide + 2 {
        repeat(buf, columns(rest, 0, room - note_wide - 1), look.glyphs.rule, look.theme.border);
        text_right(buf, rest, note, look.theme.muted, look);
    } else {
        repeat(
            buf,
            Rect { height: rest.height.min(1), ..rest },
            look.glyphs.rule,
            look.theme.border,
        );
    }
}
