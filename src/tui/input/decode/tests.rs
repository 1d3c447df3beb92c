//! What real terminals send, and what must come of it.

use super::*;

fn feed(reads: &[&[u8]]) -> Vec<Input> {
    let mut decoder = Decoder::default();
    let mut out: Vec<Input> = reads.iter().flat_map(|read| decoder.feed(read)).collect();
    if decoder.waiting() {
        out.extend(decoder.pause());
    }
    out
}

fn typed(text: &str) -> Vec<Input> {
    text.chars().map(character).collect()
}

#[test]
fn keys_come_as_they_are_sent() {
    for (bytes, code) in [
        (b"\x1b[A".as_slice(), KeyCode::Up),
        (b"\x1bOB", KeyCode::Down),
        (b"\x1b[5~", KeyCode::PageUp),
        (b"\x1b[H", KeyCode::Home),
        (b"\x1b[7~", KeyCode::Home),
        (b"\x1b[4~", KeyCode::End),
        (b"\x1bOP", KeyCode::F(1)),
        (b"\x1b[11~", KeyCode::F(1)),
        (b"\x1b[[A", KeyCode::F(1)),
        (b"\x1bOQ", KeyCode::F(2)),
        (b"\x1b[21~", KeyCode::F(10)),
        (b"\x1bOM", KeyCode::Enter),
        (b"\r", KeyCode::Enter),
        (b"\t", KeyCode::Tab),
        (b"\x7f", KeyCode::Backspace),
        (b"\x08", KeyCode::Backspace),
        (b"\x1b", KeyCode::Esc),
        (b"\x1b[27u", KeyCode::Esc),
    ] {
        assert_eq!(feed(&[bytes]), vec![key(code)], "{bytes:?}");
    }
}

#[test]
fn modifiers_are_read() {
    let with = |code, modifiers| vec![Input::Key(KeyEvent::new(code, modifiers))];
    assert_eq!(feed(&[b"\x1b[1;5D"]), with(KeyCode::Left, KeyModifiers::CONTROL));
    assert_eq!(feed(&[b"\x1b[Z"]), with(KeyCode::BackTab, KeyModifiers::SHIFT));
    assert_eq!(feed(&[b"\x1b[5$"]), with(KeyCode::PageUp, KeyModifiers::SHIFT));
    assert_eq!(feed(&[b"\x10"]), with(KeyCode::Char('p'), KeyModifiers::CONTROL));
    assert_eq!(feed(&[b"\x1b\x7f"]), with(KeyCode::Backspace, KeyModifiers::ALT));
}

#[test]
fn a_key_split_by_the_link_is_still_that_key() {
    assert_eq!(feed(&[b"\x1b", b"[A"]), vec![key(KeyCode::Up)]);
    assert_eq!(feed(&[b"\x1b", b"[", b"5", b"~"]), vec![key(KeyCode::PageUp)]);
    assert_eq!(feed(&[b"\xc3", b"\xa9"]), typed("é"));
}

#[test]
fn esc_and_a_letter_are_two_keys() {
    let both = vec![key(KeyCode::Esc), character('j')];
    assert_eq!(feed(&[b"\x1b", b"j"]), both);
    assert_eq!(feed(&[b"\x1bj"]), both);
    assert_eq!(feed(&[b"\x1b\x1b"]), vec![key(KeyCode::Esc), key(KeyCode::Esc)]);
}

#[test]
fn answers_nobody_asked_for_are_not_typed() {
    for report in [
        b"\x1b]11;rgb:0000/0000/0000\x1b\\".as_slice(),
        b"\x1b]11;rgb:0000/0000/0000\x07",
        b"\x1b[?2026;2$y",
        b"\x1b[?61;4c",
        b"\x1b[?997;1n",
        b"\x1b[24;80R",
        b"\x1bP>|tmux 3.3a\x1b\\",
    ] {
        let mut bytes = b"won".to_vec();
        bytes.extend_from_slice(report);
        bytes.extend_from_slice(b"lost");
        assert_eq!(feed(&[&bytes]), typed("wonlost"), "{report:?}");
    }
}

#[test]
fn a_report_that_never_ends_gives_the_keyboard_back() {
    let mut decoder = Decoder::default();
    assert!(decoder.feed(b"\x1b]11;rgb").is_empty());
    assert!(decoder.pause().is_empty());
    assert_eq!(decoder.feed(b"ok"), typed("ok"));
}

#[test]
fn a_paste_is_one_edit_without_control_characters() {
    assert_eq!(
        feed(&[b"\x1b[200~one\r\ntwo\x1b[31m\x07", b"\r\x1b[201~x"]),
        vec![Input::Paste("one\ntwo[31m\n".into()), character('x')]
    );
}

#[test]
fn a_paste_that_never_ends_is_kept_after_a_pause() {
    assert_eq!(feed(&[b"\x1b[200~half a tho"]), vec![Input::Paste("half a tho".into())]);
}

#[test]
fn a_huge_paste_is_cut_and_its_end_still_found() {
    let mut bytes = b"\x1b[200~".to_vec();
    bytes.extend(std::iter::repeat_n(b'a', LONGEST_PASTE + 100));
    bytes.extend_from_slice(b"\x1b[201~q");
    let out = feed(&[&bytes]);
    assert!(matches!(&out[0], Input::Paste(text) if text.len() == LONGEST_PASTE));
    assert_eq!(out[1], character('q'));
}

#[test]
fn latin_1_loses_only_its_own_letter() {
    assert_eq!(feed(&[b"caf\xe9zyx"]), typed("caf\u{fffd}zyx"));
    assert_eq!(feed(&[b"\xff\xfe"]), typed("\u{fffd}\u{fffd}"));
}

#[test]
fn any_bytes_at_all_leave_the_keyboard_usable() {
    // A small generator of our own: reproducible, and no clock.
    let mut seed = 7u32;
    let mut bytes = Vec::new();
    for _ in 0..20_000 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.push((seed >> 24) as u8);
    }
    let mut decoder = Decoder::default();
    for chunk in bytes.chunks(7) {
        decoder.feed(chunk);
    }
    decoder.pause();
    assert_eq!(decoder.feed(b"q"), typed("q"));
}
