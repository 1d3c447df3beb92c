//! A box over what was drawn before.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::text;
use crate::tui::theme::Look;
use crate::tui::widgets::paint;

/// An area of at most this size in the middle of another.
pub fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// The area inside the frame of a popup.
pub fn inner(area: Rect) -> Rect {
    if area.width < 5 || area.height < 3 {
        return area;
    }
    Rect { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 }
}

/// Empties the area, frames it with a title above and a hint below, and gives
/// the area inside. Too small for a frame, the area is only emptied.
pub fn draw(buf: &mut Buffer, area: Rect, title: &str, hint: &str, look: &Look) -> Rect {
    let area = paint::within(buf, area);
    paint::clear(buf, area);
    let inside = inner(area);
    if inside == area {
        return area;
    }
    let (theme, glyphs) = (&look.theme, &look.glyphs);
    for line in 0..area.height {
        let row = paint::row(area, line);
        if line == 0 || line == area.height - 1 {
            paint::repeat(buf, row, glyphs.rule, theme.border);
        } else {
            paint::repeat(buf, paint::columns(row, 0, 1), glyphs.side, theme.border);
            let last = usize::from(area.width - 1);
            paint::repeat(buf, paint::columns(row, last, 1), glyphs.side, theme.border);
        }
    }
    on_border(buf, paint::row(area, 0), title, theme.title, look);
    on_border(buf, paint::row(area, area.height - 1), hint, theme.muted, look);
    inside
}

fn on_border(buf: &mut Buffer, row: Rect, words: &str, style: ratatui::style::Style, look: &Look) {
    if words.is_empty() {
        return;
    }
    let room = usize::from(row.width).saturating_sub(4);
    let words = look.glyphs.clip(words, room).into_owned();
    let wide = text::width(&words);
    paint::clear(buf, paint::columns(row, 1, wide + 2));
    paint::text(buf, paint::columns(row, 2, wide), &words, style, look);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{self, HOSTILE, Screen};

    #[test]
    fn a_popup_hides_what_is_below_and_frames_itself() {
        let mut screen = Screen::new(40, 7);
        let area = screen.area();
        for line in 0..7 {
            paint::repeat(
                &mut screen.buf,
                paint::row(area, line),
                "z",
                Look::plain_ascii().theme.text,
            );
        }
        let at = centred(area, 20, 5);
        let inside = draw(&mut screen.buf, at, "Title", "Esc back", &Look::plain_ascii());
        paint::text(
            &mut screen.buf,
            inside,
            "inside",
            Look::plain_ascii().theme.text,
            &Look::plain_ascii(),
        );
        assert_eq!(screen.row_with("Title"), "zzzzzzzzzz- Title ------------zzzzzzzzzz");
        assert_eq!(screen.row_with("inside"), "zzzzzzzzzz| inside           |zzzzzzzzzz");
        assert!(screen.row_with("Esc back").starts_with("zzzzzzzzzz- Esc back -"));
    }

    #[test]
    fn no_size_and_no_title_breaks_it() {
        for title in HOSTILE {
            testing::every_small_size(|buf, area| {
                let inside = draw(buf, area, title, title, &Look::plain_ascii());
                assert_eq!(inside.intersection(area), inside);
            });
            let mut screen = Screen::new(24, 4);
            let area = screen.area();
            draw(&mut screen.buf, area, title, title, &Look::plain_ascii());
            screen.assert_harmless();
            assert!(screen.rows()[1].ends_with('|'), "{}", screen.text());
        }
    }
}
