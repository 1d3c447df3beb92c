//! Colours can be read, told apart and done without.

use super::*;

/// The sixteen colours as xterm, PuTTY (and VGA) and Windows Terminal show them.
fn shades(colour: Color) -> [[u8; 3]; 3] {
    match colour {
        Color::Blue => [[0, 0, 238], [0, 0, 187], [0, 55, 218]],
        Color::LightBlue => [[92, 92, 255], [85, 85, 255], [59, 120, 255]],
        Color::Red => [[205, 0, 0], [187, 0, 0], [197, 15, 31]],
        Color::Magenta => [[205, 0, 205], [187, 0, 187], [136, 23, 152]],
        Color::LightRed => [[255, 0, 0], [255, 85, 85], [231, 72, 86]],
        Color::Cyan => [[0, 205, 205], [0, 187, 187], [58, 150, 221]],
        Color::LightCyan => [[0, 255, 255], [85, 255, 255], [97, 214, 214]],
        Color::LightYellow => [[255, 255, 0], [255, 255, 85], [249, 241, 165]],
        Color::Yellow => [[205, 205, 0], [187, 187, 0], [193, 156, 0]],
        Color::Black => [[0, 0, 0], [0, 0, 0], [12, 12, 12]],
        Color::Gray => [[229, 229, 229], [187, 187, 187], [204, 204, 204]],
        Color::White => [[255, 255, 255], [255, 255, 255], [242, 242, 242]],
        other => panic!("{other:?} has no reference shades"),
    }
}

fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|part| {
        let c = f64::from(part) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

fn styles(theme: &Theme) -> [Style; 18] {
    let t = theme;
    [
        t.text,
        t.muted,
        t.heading,
        t.title,
        t.key,
        t.label,
        t.border,
        t.selected,
        t.selected_elsewhere,
        t.accent,
        t.good,
        t.bad,
        t.warn,
        t.gap,
        t.added,
        t.removed,
        t.emphasis,
        t.problem,
    ]
}

fn colours(theme: &Theme) -> Vec<Color> {
    let styles = styles(theme);
    assert!(styles.iter().all(|s| s.bg.is_none()), "what is behind the letters is the ground's");
    styles.iter().filter_map(|s| s.fg).collect()
}

#[test]
fn colours_can_be_read_on_their_background() {
    const BLACK: [u8; 3] = [12, 12, 12];
    const WHITE: [u8; 3] = [255, 255, 255];
    for (background, grounds, least) in [
        (Background::Dark, vec![BLACK], 4.5),
        (Background::Light, vec![WHITE], 4.5),
        (Background::Unknown, vec![BLACK, WHITE], 2.8),
    ] {
        for colour in colours(&Theme::coloured(background)) {
            for shade in shades(colour) {
                for ground in &grounds {
                    let ratio = contrast(shade, *ground);
                    assert!(ratio >= least, "{background:?} {colour:?} {shade:?}: {ratio:.1}");
                }
            }
        }
    }
}

/// The contrast of every colour of a theme with its ground, the least first.
fn least_contrast(theme: &Theme) -> (f64, String) {
    let ground = theme.ground.expect("a ground of its own");
    let letters = colours(theme).into_iter().chain([ground.letters]);
    let mut found = Vec::new();
    for colour in letters {
        for (shade, behind) in shades(colour).into_iter().zip(shades(ground.behind)) {
            found.push((contrast(shade, behind), format!("{colour:?} {shade:?} on {behind:?}")));
        }
    }
    found.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("a colour")
}

/// WCAG 2.2: AA asks for 4.5, AAA for 7.
#[test]
fn a_theme_with_its_own_ground_can_be_read_on_every_terminal() {
    for background in [Background::Unknown, Background::Dark, Background::Light] {
        for (name, least) in [
            (ThemeName::Dark, 4.5),
            (ThemeName::Light, 4.5),
            (ThemeName::ColourBlind, 4.5),
            (ThemeName::HighContrast, 7.0),
        ] {
            let (ratio, what) = least_contrast(&Theme::named(name, background));
            assert!(ratio >= least, "{name}: {what}: {ratio:.2}");
        }
    }
}

/// Faint letters are as faint as the terminal likes: none where the contrast is
/// promised.
#[test]
fn no_theme_with_its_own_ground_is_faint() {
    for name in ThemeName::ALL {
        let theme = Theme::named(name, Background::Unknown);
        let faint = styles(&theme).iter().any(|s| s.add_modifier.contains(Modifier::DIM));
        assert_eq!(faint, theme.ground.is_none(), "{name}");
    }
}

/// What one who lacks a kind of cones sees: Machado, Oliveira and Fernandes 2009,
/// complete loss, on linear light.
const BLINDNESS: [(&str, [[f64; 3]; 3]); 3] = [
    (
        "protanopia",
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ),
];

/// CIE L*a*b* (D65) of what is seen of a shade.
fn seen(shade: [u8; 3], blindness: &[[f64; 3]; 3]) -> [f64; 3] {
    let linear = shade.map(|part| {
        let c = f64::from(part) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    let times = |m: &[[f64; 3]; 3], v: [f64; 3]| {
        m.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>())
    };
    let light = times(blindness, linear).map(|part| part.clamp(0.0, 1.0));
    let xyz = times(
        &[[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
        light,
    );
    let f = |t: f64| if t > 0.008856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let [x, y, z] = [f(xyz[0] / 0.9505), f(xyz[1]), f(xyz[2] / 1.089)];
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn the_colour_blind_tell_good_from_bad() {
    for background in [Background::Dark, Background::Light] {
        let theme = Theme::named(ThemeName::ColourBlind, background);
        let (good, bad) = (theme.good.fg.expect("a colour"), theme.bad.fg.expect("a colour"));
        for (kind, matrix) in &BLINDNESS {
            for (g, b) in shades(good).into_iter().zip(shades(bad)) {
                let apart: f64 = seen(g, matrix)
                    .into_iter()
                    .zip(seen(b, matrix))
                    .map(|(a, b)| (a - b).powi(2))
                    .sum::<f64>()
                    .sqrt();
                // Twenty is told apart at a glance; two is the least that is seen at all.
                assert!(apart >= 20.0, "{background:?} {kind}: {g:?} {b:?}: {apart:.0}");
            }
        }
        assert_ne!(
            theme.good.add_modifier & Modifier::UNDERLINED,
            theme.bad.add_modifier & Modifier::UNDERLINED,
            "and by their form"
        );
    }
}

#[test]
fn the_ground_is_under_everything() {
    let theme = Theme::named(ThemeName::Light, Background::Unknown);
    let mut buf = Buffer::empty(ratatui::layout::Rect::new(0, 0, 3, 1));
    buf[(1, 0)].set_symbol("x").set_style(theme.bad);
    theme.lay_ground(&mut buf);
    let seen: Vec<_> = buf.content.iter().map(|cell| (cell.fg, cell.bg)).collect();
    assert_eq!(
        seen,
        [(Color::Black, Color::White), (Color::Red, Color::White), (Color::Black, Color::White)]
    );
    let mut own = Buffer::empty(ratatui::layout::Rect::new(0, 0, 3, 1));
    Theme::named(ThemeName::Terminal, Background::Dark).lay_ground(&mut own);
    assert!(own.content.iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
}

#[test]
fn a_theme_is_asked_for_by_its_name() {
    for theme in ThemeName::ALL {
        assert_eq!(theme.name().parse(), Ok(theme));
        assert!(!theme.meaning().is_empty());
    }
    assert_eq!("Color Blind".parse(), Ok(ThemeName::ColourBlind));
    assert_eq!("high_contrast".parse(), Ok(ThemeName::HighContrast));
    let error = "solarized".parse::<ThemeName>().expect_err("there is none");
    assert_eq!(
        error.to_string(),
        "there is no theme \"solarized\"; the themes are terminal, dark, light, high-contrast, \
         colour-blind, monochrome"
    );
}

#[test]
fn good_and_bad_differ_for_the_colour_blind() {
    // Blue and cyan against red and yellow: apart in their blue part, which
    // every common kind of colour blindness leaves.
    for background in [Background::Dark, Background::Light, Background::Unknown] {
        let theme = Theme::coloured(background);
        let (good, bad) = (theme.good.fg.expect("a colour"), theme.bad.fg.expect("a colour"));
        for (g, b) in shades(good).into_iter().zip(shades(bad)) {
            assert!(g[2].abs_diff(b[2]) >= 40, "{background:?}: {g:?} {b:?}");
        }
    }
}

#[test]
fn no_color_is_honoured() {
    let no_color = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
    assert_eq!(Theme::from_vars(ThemeName::Terminal, no_color), Theme::plain());
    let dumb = |name: &str| (name == "TERM").then(|| "dumb".to_owned());
    assert_eq!(Theme::from_vars(ThemeName::Terminal, dumb), Theme::plain());
    assert_eq!(Theme::from_vars(ThemeName::Monochrome, |_| None), Theme::plain());
    assert_eq!(Theme::from_vars(ThemeName::Dark, no_color), Theme::plain());
    let empty = |name: &str| (name == "NO_COLOR").then(String::new);
    assert_ne!(Theme::from_vars(ThemeName::Terminal, empty), Theme::plain());
    assert!(colours(&Theme::plain()).is_empty());
}

#[test]
fn the_background_is_configured() {
    let says = |wanted: &'static str, value: &'static str| {
        move |name: &str| (name == wanted).then(|| value.to_owned())
    };
    let auto = ThemeName::Terminal;
    let light = Theme::coloured(Background::Light);
    assert_eq!(Theme::from_vars(auto, says("QBR_BACKGROUND", "light")), light);
    assert_eq!(Theme::from_vars(auto, says("COLORFGBG", "0;15")), light);
    let dark = Theme::coloured(Background::Dark);
    assert_eq!(Theme::from_vars(auto, says("COLORFGBG", "15;default;0")), dark);
    let unknown = Theme::coloured(Background::Unknown);
    assert_eq!(Theme::from_vars(auto, |_| None), unknown);
}

#[test]
fn only_the_selection_reverses() {
    for name in ThemeName::ALL {
        let theme = Theme::named(name, Background::Unknown);
        let reversed = styles(&theme)
            .into_iter()
            .filter(|style| style.add_modifier.contains(Modifier::REVERSED));
        assert_eq!(reversed.collect::<Vec<_>>(), [theme.selected], "{name}");
    }
}
