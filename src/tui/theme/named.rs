//! The themes that can be asked for by name.
//!
//! All but the terminal's own and the one without colours bring the colours of
//! the letters and of the ground along, so that they are as readable on a
//! terminal set up the other way round. The sixteen colours differ from terminal
//! to terminal; what is chosen here can be read in the shades of all of them.

use std::fmt;
use std::str::FromStr;

use ratatui::style::{Color, Modifier};

use super::{Background, Ground, Theme};

/// How everything looks, by one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// The terminal's own colours.
    #[default]
    Terminal,
    Dark,
    Light,
    HighContrast,
    ColourBlind,
    Monochrome,
}

/// Somebody asked for a theme that there is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no theme \"{asked}\"; the themes are {}", ThemeName::list())]
pub struct NoSuchTheme {
    pub asked: String,
}

impl ThemeName {
    pub const ALL: [ThemeName; 6] = [
        ThemeName::Terminal,
        ThemeName::Dark,
        ThemeName::Light,
        ThemeName::HighContrast,
        ThemeName::ColourBlind,
        ThemeName::Monochrome,
    ];

    pub fn name(self) -> &'static str {
        match self {
            ThemeName::Terminal => "terminal",
            ThemeName::Dark => "dark",
            ThemeName::Light => "light",
            ThemeName::HighContrast => "high-contrast",
            ThemeName::ColourBlind => "colour-blind",
            ThemeName::Monochrome => "monochrome",
        }
    }

    /// What it is for.
    pub fn meaning(self) -> &'static str {
        match self {
            ThemeName::Terminal => "the colours of your terminal",
            ThemeName::Dark => "light letters on black",
            ThemeName::Light => "black letters on white",
            ThemeName::HighContrast => "white and bright letters on black, for a projector",
            ThemeName::ColourBlind => "blue and yellow, never red against green",
            ThemeName::Monochrome => "no colour at all: bold, underlined, reversed",
        }
    }

    fn list() -> String {
        ThemeName::ALL.map(ThemeName::name).join(", ")
    }
}

impl fmt::Display for ThemeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ThemeName {
    type Err = NoSuchTheme;

    /// By its name; capitals, blanks and the American spelling do no harm.
    fn from_str(text: &str) -> Result<Self, NoSuchTheme> {
        let asked = text.trim().to_lowercase().replace([' ', '_'], "-").replace("color", "colour");
        let found = ThemeName::ALL.into_iter().find(|theme| theme.name() == asked);
        found.ok_or_else(|| NoSuchTheme { asked: text.to_owned() })
    }
}

impl Theme {
    /// The theme of this name, for a terminal with this background.
    pub fn named(name: ThemeName, background: Background) -> Theme {
        let on_white = background == Background::Light;
        match name {
            ThemeName::Terminal => Theme::coloured(background),
            ThemeName::Monochrome => Theme::plain(),
            ThemeName::Dark => Theme::coloured(Background::Dark).on(WHITE_ON_BLACK, Color::Gray),
            ThemeName::Light => Theme::coloured(Background::Light).on(BLACK_ON_WHITE, Color::Black),
            ThemeName::HighContrast => high_contrast(),
            ThemeName::ColourBlind if on_white => {
                Theme::coloured(Background::Light).on(BLACK_ON_WHITE, Color::Black).told_by_form()
            }
            ThemeName::ColourBlind => blue_and_yellow().told_by_form(),
        }
    }

    /// On a ground of its own. Dim letters are as faint as the terminal likes, so
    /// what is less important gets a colour instead.
    fn on(self, ground: Ground, muted: Color) -> Theme {
        let muted = self.text.fg(muted);
        Theme { muted, border: muted, ground: Some(ground), ..self }
    }

    /// What is bad is underlined too: told without any colour.
    fn told_by_form(self) -> Theme {
        let underlined = Modifier::UNDERLINED;
        Theme {
            bad: self.bad.add_modifier(underlined),
            problem: self.problem.add_modifier(underlined),
            removed: self.removed.add_modifier(underlined),
            ..self
        }
    }
}

const WHITE_ON_BLACK: Ground = Ground { letters: Color::White, behind: Color::Black };
const BLACK_ON_WHITE: Ground = Ground { letters: Color::Black, behind: Color::White };

/// Nothing faint, and the two brightest colours.
fn high_contrast() -> Theme {
    let base = Theme::coloured(Background::Dark).on(WHITE_ON_BLACK, Color::White);
    let bad = Color::LightYellow;
    Theme {
        heading: base.heading.fg(Color::LightCyan),
        key: base.key.fg(Color::LightCyan),
        accent: base.accent.fg(Color::LightCyan),
        bad: base.bad.fg(bad).add_modifier(Modifier::UNDERLINED),
        warn: base.warn.fg(bad),
        gap: base.gap.fg(bad),
        removed: base.removed.fg(bad),
        problem: base.problem.fg(bad).add_modifier(Modifier::UNDERLINED),
        ..base
    }
}

/// What is good in a bright blue, what is bad in yellow: they differ in what every
/// kind of colour blindness leaves.
fn blue_and_yellow() -> Theme {
    let base = Theme::coloured(Background::Dark).on(WHITE_ON_BLACK, Color::Gray);
    let bad = Color::Yellow;
    Theme {
        bad: base.bad.fg(bad),
        warn: base.warn.fg(Color::White),
        gap: base.gap.fg(bad),
        removed: base.removed.fg(bad),
        problem: base.problem.fg(bad),
        ..base
    }
}
