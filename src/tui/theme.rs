//! How things look, by what they mean.
//!
//! Owns every style of the screen. Text stands in the terminal's own colours on
//! the terminal's own background; only the sixteen named colours are used, and
//! never as the only carrier of a meaning: each toned text also has a sign or a
//! word. Must never ask the terminal anything, and never use a colour by number.

use ratatui::style::{Color, Modifier, Style};

use crate::tui::glyphs::Glyphs;

/// Whether colours may be used at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourMode {
    /// Unless the environment forbids it (`NO_COLOR`, `TERM=dumb`).
    #[default]
    Auto,
    None,
}

/// What the text stands on. Known by configuration only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Colours that can be told from both black and white.
    #[default]
    Unknown,
    Dark,
    Light,
}

/// What a text says about what it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    /// Less certain, or less important.
    Muted,
    Good,
    Bad,
    Warn,
}

/// One style per meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub text: Style,
    pub muted: Style,
    /// Of a section or of a table's columns.
    pub heading: Style,
    /// Of a pane or a popup.
    pub title: Style,
    /// A key in a hint.
    pub key: Style,
    /// The name of a field.
    pub label: Style,
    pub border: Style,
    /// The row that keys act on; the only style that reverses.
    pub selected: Style,
    /// The row that is selected in a pane without the focus.
    pub selected_elsewhere: Style,
    /// The field or tab that has the focus; what a filter matched.
    pub accent: Style,
    pub good: Style,
    pub bad: Style,
    pub warn: Style,
    /// Something that should be there and is not.
    pub gap: Style,
    /// A line of a comparison that came, or went.
    pub added: Style,
    pub removed: Style,
    /// The words in such a line that changed.
    pub emphasis: Style,
    /// What is wrong with a field.
    pub problem: Style,
}

impl Theme {
    /// The theme for this terminal. `NO_COLOR` (any value that is not empty) and
    /// `TERM=dumb` give [`Theme::plain`]; `QBR_BACKGROUND=dark|light`, else
    /// `COLORFGBG`, says what the text stands on.
    pub fn from_env(mode: ColourMode) -> Theme {
        Theme::from_vars(mode, |name| std::env::var(name).ok())
    }

    /// As [`Theme::from_env`], from any source of variables.
    pub fn from_vars(mode: ColourMode, var: impl Fn(&str) -> Option<String>) -> Theme {
        let forbidden = var("NO_COLOR").is_some_and(|value| !value.is_empty())
            || var("TERM").is_some_and(|term| term == "dumb");
        if mode == ColourMode::None || forbidden {
            return Theme::plain();
        }
        let background = match var("QBR_BACKGROUND").as_deref() {
            Some("dark") => Background::Dark,
            Some("light") => Background::Light,
            _ => match var("COLORFGBG").as_deref().and_then(|v| v.rsplit(';').next()) {
                Some("7" | "15") => Background::Light,
                Some(number) if number.parse::<u8>().is_ok() => Background::Dark,
                _ => Background::Unknown,
            },
        };
        Theme::coloured(background)
    }

    /// Without any colour: bold, dim, underline, and reverse for the selection.
    pub fn plain() -> Theme {
        let none = Style::new();
        let bold = none.add_modifier(Modifier::BOLD);
        let dim = none.add_modifier(Modifier::DIM);
        let underlined = none.add_modifier(Modifier::UNDERLINED);
        Theme {
            text: none,
            muted: dim,
            heading: bold,
            title: bold,
            key: bold,
            label: none,
            border: dim,
            selected: none.add_modifier(Modifier::REVERSED),
            selected_elsewhere: bold,
            accent: bold,
            good: none,
            bad: bold,
            warn: bold,
            gap: underlined,
            added: none,
            removed: none,
            emphasis: bold.add_modifier(Modifier::UNDERLINED),
            problem: bold,
        }
    }

    /// Good is blue and bad is orange or red, told apart by everyone who sees
    /// any colour at all.
    pub fn coloured(background: Background) -> Theme {
        let (accent, good, bad, warn) = match background {
            Background::Dark => {
                (Color::Cyan, Color::LightCyan, Color::LightRed, Some(Color::LightYellow))
            }
            Background::Light => (Color::Blue, Color::Blue, Color::Red, Some(Color::Magenta)),
            // Bright blue and red are the only two that can be read on both; a
            // warning is bold there.
            Background::Unknown => (Color::LightBlue, Color::LightBlue, Color::Red, None),
        };
        let plain = Theme::plain();
        Theme {
            heading: plain.heading.fg(accent),
            key: plain.key.fg(accent),
            accent: plain.accent.fg(accent),
            good: plain.good.fg(good),
            bad: plain.bad.fg(bad),
            warn: warn.map_or(plain.warn, |colour| plain.warn.fg(colour)),
            gap: plain.gap.fg(bad),
            added: plain.added.fg(good),
            removed: plain.removed.fg(bad),
            problem: plain.problem.fg(bad),
            ..plain
        }
    }

    pub fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => self.text,
            Tone::Muted => self.muted,
            Tone::Good => self.good,
            Tone::Bad => self.bad,
            Tone::Warn => self.warn,
        }
    }
}

/// Everything that decides how the same content looks: what a draw is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub theme: Theme,
    pub glyphs: Glyphs,
}

impl Look {
    pub fn from_env(mode: ColourMode) -> Look {
        Look { theme: Theme::from_env(mode), glyphs: Glyphs::from_env() }
    }

    /// No colour, seven bits: what every terminal can show.
    pub fn plain_ascii() -> Look {
        Look { theme: Theme::plain(), glyphs: Glyphs::ASCII }
    }

    /// The sign that goes with a tone, if it has one.
    pub fn sign(&self, tone: Tone) -> Option<&'static str> {
        match tone {
            Tone::Plain | Tone::Muted => None,
            Tone::Good => Some(self.glyphs.good),
            Tone::Bad => Some(self.glyphs.bad),
            Tone::Warn => Some(self.glyphs.warn),
        }
    }
}

#[cfg(test)]
mod tests {
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

    fn colours(theme: &Theme) -> Vec<Color> {
        let t = theme;
        let styles = [
            t.text, t.muted, t.heading, t.title, t.key, t.label, t.border, t.selected, t.accent,
            t.good, t.bad, t.warn, t.gap, t.added, t.removed, t.emphasis, t.problem,
        ];
        assert!(styles.iter().all(|s| s.bg.is_none()), "the background is the terminal's own");
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
        assert_eq!(Theme::from_vars(ColourMode::Auto, no_color), Theme::plain());
        let dumb = |name: &str| (name == "TERM").then(|| "dumb".to_owned());
        assert_eq!(Theme::from_vars(ColourMode::Auto, dumb), Theme::plain());
        assert_eq!(Theme::from_vars(ColourMode::None, |_| None), Theme::plain());
        let empty = |name: &str| (name == "NO_COLOR").then(String::new);
        assert_ne!(Theme::from_vars(ColourMode::Auto, empty), Theme::plain());
        assert!(colours(&Theme::plain()).is_empty());
    }

    #[test]
    fn the_background_is_configured() {
        let says = |wanted: &'static str, value: &'static str| {
            move |name: &str| (name == wanted).then(|| value.to_owned())
        };
        let auto = ColourMode::Auto;
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
        for theme in [Theme::plain(), Theme::coloured(Background::Dark)] {
            let t = theme;
            for style in [
                t.text,
                t.muted,
                t.heading,
                t.title,
                t.key,
                t.label,
                t.border,
                t.accent,
                t.good,
                t.bad,
                t.warn,
                t.gap,
                t.added,
                t.removed,
                t.emphasis,
                t.problem,
                t.selected_elsewhere,
            ] {
                assert!(!style.add_modifier.contains(Modifier::REVERSED));
            }
            assert!(t.selected.add_modifier.contains(Modifier::REVERSED));
        }
    }
}
