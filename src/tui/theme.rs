//! How things look, by what they mean.
//!
//! Owns every style of the screen. Unless another theme is asked for by its name
//! ([`ThemeName`]), text stands in the terminal's own colours on the terminal's own
//! background. Only the sixteen named colours are used, and never as the only
//! carrier of a meaning: each toned text also has a sign or a word. Must never ask
//! the terminal anything, and never use a colour by number.

mod named;
#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

use crate::tui::glyphs::Glyphs;

pub use named::{NoSuchTheme, ThemeName};

/// What the text stands on. Known by configuration only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Colours that can be told from both black and white.
    #[default]
    Unknown,
    Dark,
    Light,
}

impl Background {
    /// As `QBR_BACKGROUND=dark|light` says, else `COLORFGBG`.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Background {
        match var("QBR_BACKGROUND").as_deref() {
            Some("dark") => Background::Dark,
            Some("light") => Background::Light,
            _ => match var("COLORFGBG").as_deref().and_then(|v| v.rsplit(';').next()) {
                Some("7" | "15") => Background::Light,
                Some(number) if number.parse::<u8>().is_ok() => Background::Dark,
                _ => Background::Unknown,
            },
        }
    }
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
    /// Letters and what is behind them, where a style says nothing of it;
    /// `None`: the terminal's own.
    pub ground: Option<Ground>,
}

/// `NO_COLOR` with any value that is not empty, or `TERM=dumb`.
fn forbids_colours(var: impl Fn(&str) -> Option<String>) -> bool {
    var("NO_COLOR").is_some_and(|value| !value.is_empty())
        || var("TERM").is_some_and(|term| term == "dumb")
}

/// The colours of a theme that does not stand on those of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    pub letters: Color,
    pub behind: Color,
}

impl Theme {
    /// The theme to begin with: the one of this name, unless the environment
    /// forbids colours. `NO_COLOR` (any value that is not empty) and `TERM=dumb`
    /// give [`Theme::plain`].
    pub fn from_env(name: ThemeName) -> Theme {
        Theme::from_vars(name, |name| std::env::var(name).ok())
    }

    /// As [`Theme::from_env`], from any source of variables.
    pub fn from_vars(name: ThemeName, var: impl Fn(&str) -> Option<String>) -> Theme {
        let background = Background::from_vars(&var);
        if forbids_colours(var) { Theme::plain() } else { Theme::named(name, background) }
    }

    /// The same on a background that is known already.
    pub fn begins(name: ThemeName, background: Background) -> Theme {
        let forbidden = forbids_colours(|name| std::env::var(name).ok());
        if forbidden { Theme::plain() } else { Theme::named(name, background) }
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
            ground: None,
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

impl Theme {
    /// Puts the ground under everything that is drawn: last, so that nothing that
    /// was emptied or painted meanwhile shows the terminal's own.
    pub fn lay_ground(&self, buf: &mut Buffer) {
        let Some(ground) = self.ground else { return };
        for cell in &mut buf.content {
            if cell.fg == Color::Reset {
                cell.fg = ground.letters;
            }
            if cell.bg == Color::Reset {
                cell.bg = ground.behind;
            }
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
    pub fn from_env(name: ThemeName) -> Look {
        Look { theme: Theme::from_env(name), glyphs: Glyphs::from_env() }
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
