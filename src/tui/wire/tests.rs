//! A terminal that is told only what changed shows what it should.

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::layout::Position;

use super::*;

const WIDTH: u16 = 12;
const HEIGHT: u16 = 4;

fn wire() -> Terminal<Wire<Vec<u8>>> {
    Terminal::new(Wire::new(Vec::new(), || Ok((WIDTH, HEIGHT)))).expect("a screen in memory")
}

/// What one frame sends.
fn frame(terminal: &mut Terminal<Wire<Vec<u8>>>, cells: &[(u16, u16, &str, Style)]) -> Vec<u8> {
    terminal
        .draw(|frame| {
            for (x, y, text, style) in cells {
                frame.buffer_mut().set_string(*x, *y, text, *style);
            }
        })
        .expect("memory");
    std::mem::take(&mut terminal.backend_mut().out)
}

#[track_caller]
fn sends(terminal: &mut Terminal<Wire<Vec<u8>>>, cells: &[(u16, u16, &str, Style)], bytes: &str) {
    assert_eq!(String::from_utf8_lossy(&frame(terminal, cells)), bytes);
}

const NONE: Style = Style::new();

#[test]
fn nothing_changed_is_nothing_sent() {
    let mut terminal = wire();
    sends(&mut terminal, &[], "");
    sends(&mut terminal, &[(0, 0, "ab", NONE)], "\x1b[Hab");
    sends(&mut terminal, &[(0, 0, "ab", NONE)], "");
}

#[test]
fn moves_are_the_shortest() {
    let mut terminal = wire();
    let text = [(0, 0, "abc def ghi", NONE)];
    frame(&mut terminal, &text);
    // Across a short gap the letters between are sent again; across a long one it jumps.
    sends(&mut terminal, &[(0, 0, "Xbc Yef ghi", NONE)], "\x1b[HXbc Y");
    sends(&mut terminal, &[(0, 0, "Zbc Yef ghZ", NONE)], "\x1b[HZ\x1b[9CZ");
    sends(&mut terminal, &[(0, 0, "Zbc Yef ghZ", NONE), (0, 2, "x", NONE)], "\x1b[3Hx");
    let lines = [(0, 0, "Zbc Yef ghA", NONE), (0, 1, "y", NONE), (3, 3, "z", NONE)];
    sends(&mut terminal, &lines, "\x1b[1;11HA\r\ny\r\n\x1b[K\x1b[4;4Hz");
}

#[test]
fn the_empty_end_of_a_row_is_erased() {
    let mut terminal = wire();
    frame(&mut terminal, &[(0, 0, "abcdefghijkl", NONE), (0, 1, "abcdefghijkl", NONE)]);
    sends(&mut terminal, &[(0, 0, "ab", NONE)], "\x1b[1;3H\x1b[K\r\n\x1b[K");
}

#[test]
fn a_style_is_told_by_what_differs() {
    let mut terminal = wire();
    let bold = NONE.add_modifier(Modifier::BOLD);
    sends(
        &mut terminal,
        &[(0, 0, "a b", bold), (3, 0, "c", bold.fg(Color::Red)), (4, 0, "d", NONE)],
        "\x1b[H\x1b[1ma b\x1b[31mc\x1b[md",
    );
    let dim = NONE.add_modifier(Modifier::DIM);
    sends(
        &mut terminal,
        &[(0, 0, "e f", bold), (3, 0, "g", dim), (4, 0, "d", NONE)],
        "\x1b[H\x1b[1me f\x1b[0;2mg\x1b[m",
    );
    let red = |style: Style| style.fg(Color::Red);
    assert_eq!(change(red(bold), red(dim)), "\x1b[22;2m");
    assert_eq!(change(NONE, NONE.fg(Color::LightBlue).bg(Color::White)), "\x1b[94;107m");
}

#[test]
fn the_cursor_is_placed_and_shown_once() {
    let mut terminal = wire();
    let typed = |terminal: &mut Terminal<Wire<Vec<u8>>>, text: &str| {
        terminal
            .draw(|frame| {
                frame.buffer_mut().set_string(0, 0, text, NONE);
                frame.set_cursor_position(Position::new(text.len() as u16, 0));
            })
            .expect("memory");
        String::from_utf8(std::mem::take(&mut terminal.backend_mut().out)).expect("text")
    };
    assert_eq!(typed(&mut terminal, "a"), "\x1b[Ha\x1b[?25h");
    assert_eq!(typed(&mut terminal, "ab"), "b");
    assert_eq!(typed(&mut terminal, "ab"), "");
    sends(&mut terminal, &[(0, 0, "ab", NONE)], "\x1b[?25l");
}

fn styles() -> impl Strategy<Value = Style> {
    let colours = prop::sample::select(vec![
        Color::Reset,
        Color::Red,
        Color::Gray,
        Color::DarkGray,
        Color::LightCyan,
        Color::White,
    ]);
    let strength = prop::sample::select(vec![Modifier::empty(), Modifier::BOLD, Modifier::DIM]);
    let modifiers = prop::sample::subsequence(
        vec![Modifier::ITALIC, Modifier::UNDERLINED, Modifier::REVERSED],
        0..4,
    );
    (colours.clone(), colours, strength, modifiers).prop_map(|(fg, bg, strength, modifiers)| {
        let modifier = modifiers.into_iter().fold(strength, |all, one| all | one);
        NONE.fg(fg).bg(bg).add_modifier(modifier)
    })
}

fn pieces() -> impl Strategy<Value = Vec<(u16, u16, String, Style)>> {
    let texts =
        prop::sample::select(vec!["a", "bc", "    ", "é…", "漢字", "x y z", "▌▌▌▌▌▌▌▌▌▌▌▌"]);
    let piece = (0..WIDTH, 0..HEIGHT, texts, styles())
        .prop_map(|(x, y, text, style)| (x, y, text.to_owned(), style));
    prop::collection::vec(piece, 0..6)
}

/// A colour as the emulator names it.
fn seen(colour: Color) -> vt100::Color {
    match colour {
        Color::Red => vt100::Color::Idx(1),
        Color::Gray => vt100::Color::Idx(7),
        Color::DarkGray => vt100::Color::Idx(8),
        Color::LightCyan => vt100::Color::Idx(14),
        Color::White => vt100::Color::Idx(15),
        _ => vt100::Color::Default,
    }
}

proptest! {
    #[test]
    fn a_terminal_shows_every_frame(frames in prop::collection::vec(pieces(), 1..8)) {
        let mut emulator = vt100::Parser::new(HEIGHT, WIDTH, 0);
        let mut terminal = wire();
        for cells in frames {
            let cells: Vec<_> =
                cells.iter().map(|(x, y, text, style)| (*x, *y, text.as_str(), *style)).collect();
            let mut wanted = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
            for (x, y, text, style) in &cells {
                wanted.set_string(*x, *y, text, *style);
            }
            emulator.process(&frame(&mut terminal, &cells));
            let screen = emulator.screen();
            for y in 0..HEIGHT {
                let mut x = 0;
                while x < WIDTH {
                    let (want, got) = (&wanted[(x, y)], screen.cell(y, x).expect("a cell"));
                    let text = if got.contents().is_empty() { " " } else { got.contents() };
                    prop_assert_eq!(want.symbol(), text, "at {},{}", x, y);
                    prop_assert_eq!(seen(want.bg), got.bgcolor(), "behind {},{}", x, y);
                    let has = |modifier| want.modifier.contains(modifier);
                    prop_assert_eq!(has(Modifier::UNDERLINED), got.underline());
                    prop_assert_eq!(has(Modifier::REVERSED), got.inverse());
                    if !is_blank(want) {
                        prop_assert_eq!(seen(want.fg), got.fgcolor(), "of {},{}", x, y);
                        // The emulator knows one strength of a letter only.
                        if !(has(Modifier::BOLD) && has(Modifier::DIM)) {
                            prop_assert_eq!(has(Modifier::BOLD), got.bold());
                            prop_assert_eq!(has(Modifier::DIM), got.dim());
                        }
                        prop_assert_eq!(has(Modifier::ITALIC), got.italic());
                    }
                    x += (want.symbol().width() as u16).max(1);
                }
            }
        }
    }
}
