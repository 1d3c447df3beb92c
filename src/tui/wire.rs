//! Changed cells as the fewest bytes that show them.
//!
//! Knows what the terminal shows, so that it can leave out what is there
//! already: moves are the shortest there are, a style is told by what differs
//! from the one before, the empty end of a row is erased and not written, and a
//! frame in which nothing changed has no bytes at all.
//!
//! Must never ask the terminal anything, and never send a colour by number, the
//! colour of an underline or a mode.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

/// Unchanged cells up to so many are written again where a move takes more bytes.
const SHORT_GAP: u16 = 4;

/// Writes cells into a buffer of bytes, which somebody else sends.
pub struct Wire<W> {
    out: W,
    shown: Buffer,
    /// Where the terminal's cursor is, if that is known.
    at: Option<Position>,
    style: Style,
    cursor_shown: bool,
    size: MeasureFn,
}

/// How many columns and rows the terminal has.
type MeasureFn = Box<dyn Fn() -> io::Result<(u16, u16)>>;

impl<W: Write> Wire<W> {
    /// For a terminal that was just cleared, with its cursor hidden; `size` says
    /// how many columns and rows it has.
    pub fn new(out: W, size: impl Fn() -> io::Result<(u16, u16)> + 'static) -> Self {
        Self {
            out,
            shown: Buffer::empty(Rect::ZERO),
            at: None,
            style: plain(),
            cursor_shown: false,
            size: Box::new(size),
        }
    }

    /// What the terminal shows is not known any more: it was somebody else's
    /// meanwhile. It has been cleared since.
    pub fn forget(&mut self) {
        self.shown = Buffer::empty(self.shown.area);
        self.at = None;
        self.style = plain();
        self.cursor_shown = false;
    }

    fn move_to(&mut self, to: Position) -> io::Result<()> {
        let Some(at) = self.at.replace(to) else { return self.jump(to) };
        if at == to {
            return Ok(());
        }
        if to.y == at.y && to.x > at.x {
            let gap = at.x..to.x;
            let fits = |x: u16| {
                let cell = &self.shown[(x, to.y)];
                let half = x > 0 && is_wide(&self.shown[(x - 1, to.y)]);
                !half && cell.symbol().is_ascii() && seen_alike(cell, self.style)
            };
            if to.x - at.x <= SHORT_GAP && gap.clone().all(fits) {
                let between: String =
                    gap.map(|x| self.shown[(x, to.y)].symbol().to_owned()).collect();
                return self.out.write_all(between.as_bytes());
            }
            return match to.x - at.x {
                1 => self.out.write_all(b"\x1b[C"),
                columns => write!(self.out, "\x1b[{columns}C"),
            };
        }
        if to.x == 0 && to.y == at.y + 1 {
            return self.out.write_all(b"\r\n");
        }
        self.jump(to)
    }

    fn jump(&mut self, to: Position) -> io::Result<()> {
        match (to.x, to.y) {
            (0, 0) => self.out.write_all(b"\x1b[H"),
            (0, y) => write!(self.out, "\x1b[{}H", y + 1),
            (x, y) => write!(self.out, "\x1b[{};{}H", y + 1, x + 1),
        }
    }

    fn put_style(&mut self, style: Style) -> io::Result<()> {
        if style != self.style {
            self.out.write_all(change(self.style, style).as_bytes())?;
            self.style = style;
        }
        Ok(())
    }

    /// Brings one row up to date; `changed` are its columns, rising.
    fn row(&mut self, y: u16, changed: &[u16]) -> io::Result<()> {
        let width = self.shown.area.width;
        let filled =
            (0..width).rev().find(|x| !is_empty(&self.shown[(*x, y)])).map_or(0, |x| x + 1);
        let beyond = changed.partition_point(|x| *x < filled);
        for &x in &changed[..beyond] {
            self.move_to(Position { x, y })?;
            let cell = &self.shown[(x, y)];
            let (symbol, style) = (cell.symbol().to_owned(), style_of(cell));
            if !seen_alike(cell, self.style) {
                self.put_style(style)?;
            }
            self.out.write_all(symbol.as_bytes())?;
            let end = x + u16::try_from(symbol.width()).unwrap_or(1).max(1);
            // At the right edge terminals differ in where the cursor is.
            self.at = (end < width).then_some(Position { x: end, y });
        }
        if let Some(&x) = changed.get(beyond) {
            self.move_to(Position { x, y })?;
            self.put_style(plain())?;
            self.out.write_all(b"\x1b[K")?;
        }
        Ok(())
    }
}

impl<W: Write> Backend for Wire<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut rows: Vec<(u16, Vec<u16>)> = Vec::new();
        for (x, y, cell) in content {
            let place = Position { x, y };
            if !self.shown.area.contains(place) {
                let size = Size::from((self.size)()?);
                self.shown.resize(Rect::from((Position::ORIGIN, size)));
            }
            let Some(shown) = self.shown.cell_mut(place) else { continue };
            let was_wide = is_wide(shown);
            shown.clone_from(cell);
            match rows.last_mut() {
                Some((row, columns)) if *row == y => columns.push(x),
                _ => rows.push((y, vec![x])),
            }
            // What becomes of the other half of a letter that is two columns wide,
            // when one of them is written over, is up to the terminal.
            let mut halved = was_wide && !is_wide(cell);
            let mut other_half = Position { x: x.saturating_add(1), y };
            if is_wide(cell)
                && let Some(half) = self.shown.cell_mut(other_half)
            {
                halved = is_wide(half);
                half.reset();
                other_half.x = other_half.x.saturating_add(1);
            }
            if halved
                && self.shown.area.contains(other_half)
                && let Some((_, columns)) = rows.last_mut()
            {
                columns.push(other_half.x);
            }
        }
        for (_, columns) in &mut rows {
            columns.sort_unstable();
            columns.dedup();
        }
        for (y, columns) in rows {
            self.row(y, &columns)?;
        }
        self.put_style(plain())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.cursor_shown) {
            self.out.write_all(b"\x1b[?25l")?;
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.cursor_shown, true) {
            self.out.write_all(b"\x1b[?25h")?;
        }
        Ok(())
    }

    /// Nobody may ask the terminal: an answer that comes late is typed into a text.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.move_to(position.into())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.put_style(plain())?;
        self.out.write_all(b"\x1b[2J")?;
        self.shown = Buffer::empty(Rect::from((Position::ORIGIN, self.size()?)));
        self.at = None;
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        (self.size)().map(Size::from)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn plain() -> Style {
    Style { fg: Some(Color::Reset), bg: Some(Color::Reset), ..Style::new() }
}

fn style_of(cell: &Cell) -> Style {
    Style { fg: Some(cell.fg), bg: Some(cell.bg), add_modifier: cell.modifier, ..Style::new() }
}

/// What a blank shows of its style; the rest needs a letter to be seen.
const SEEN_ON_BLANK: Modifier =
    Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT);

fn is_wide(cell: &Cell) -> bool {
    cell.symbol().width() > 1
}

fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " "
}

/// Would erasing show the same?
fn is_empty(cell: &Cell) -> bool {
    is_blank(cell) && cell.bg == Color::Reset && !cell.modifier.intersects(SEEN_ON_BLANK)
}

/// Does the cell look the same when it is written in this style?
fn seen_alike(cell: &Cell, style: Style) -> bool {
    if !is_blank(cell) {
        return style_of(cell) == style;
    }
    let marks = style.add_modifier & SEEN_ON_BLANK;
    let alike = style.bg == Some(cell.bg) && marks == cell.modifier & SEEN_ON_BLANK;
    // A line or a block on a blank has the colour of the letters.
    alike && (marks.is_empty() || style.fg == Some(cell.fg))
}

/// The attributes with the numbers that turn them on and off. Bold and dim share
/// the number that turns them off.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// The sequence that leads from one style to the other: what differs, or
/// everything anew, whichever is shorter.
fn change(from: Style, to: Style) -> String {
    let anew = numbers(plain(), to);
    let anew =
        if anew.is_empty() { "\x1b[m".to_owned() } else { format!("\x1b[0;{}m", anew.join(";")) };
    let step = format!("\x1b[{}m", numbers(from, to).join(";"));
    if anew.len() < step.len() { anew } else { step }
}

fn numbers(from: Style, to: Style) -> Vec<String> {
    let (mut on, wanted) = (from.add_modifier, to.add_modifier);
    let mut numbers = Vec::new();
    for (attribute, _, off) in ATTRIBUTES {
        if on.contains(attribute) && !wanted.contains(attribute) {
            numbers.push(off.to_string());
            for (other, ..) in ATTRIBUTES.iter().filter(|(.., number)| *number == off) {
                on.remove(*other);
            }
        }
    }
    for (attribute, number, _) in ATTRIBUTES {
        if wanted.contains(attribute) && !on.contains(attribute) {
            numbers.push(number.to_string());
        }
    }
    let (from_fg, to_fg) = (from.fg.unwrap_or_default(), to.fg.unwrap_or_default());
    let (from_bg, to_bg) = (from.bg.unwrap_or_default(), to.bg.unwrap_or_default());
    if from_fg != to_fg {
        numbers.push(colour(to_fg, 30));
    }
    if from_bg != to_bg {
        numbers.push(colour(to_bg, 40));
    }
    numbers
}

/// The number of a colour; `base` is 30 for letters and 40 for what is behind them.
fn colour(colour: Color, base: u8) -> String {
    let named = |number: u8| (base + number).to_string();
    // The bright half of the sixteen starts sixty further.
    let bright = |number: u8| (base + 60 + number).to_string();
    match colour {
        Color::Reset => named(9),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(number) => format!("{};5;{number}", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    }
}

#[cfg(test)]
mod tests;
