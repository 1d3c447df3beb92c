//! How everything looks, chosen on the screen: at once, and for the next time.

use crate::tui::memory::Memory;
use crate::tui::message::{Effect, Notice};
use crate::tui::overlay::{Overlay, Purpose};
use crate::tui::theme::{Theme, ThemeName};
use crate::tui::widgets::list_picker::PickItem;

use super::App;

const KEY: &str = "theme";

/// The theme that the person chose last, if it is still there.
pub fn remembered(memory: &Memory) -> Option<ThemeName> {
    memory.get::<String>(KEY)?.parse().ok()
}

impl App {
    pub(super) fn choose_theme(&mut self) {
        let items = ThemeName::ALL
            .map(|theme| PickItem::new(theme.name(), theme.name()).detail(theme.meaning()))
            .to_vec();
        self.overlay = Some(Overlay::list(Purpose::Theme, "Theme", items));
    }

    /// A choice made here holds whatever the environment says of colours.
    pub(super) fn set_theme(&mut self, answer: &str) {
        let Ok(theme) = answer.parse::<ThemeName>() else { return };
        self.setup.look.theme = Theme::named(theme, self.setup.background);
        self.notice = Some(Notice::plain(format!("Theme {theme}: {}.", theme.meaning())));
        let value = serde_json::Value::from(theme.name());
        if self.memory.set(KEY, value.clone()) {
            self.effects.push(Effect::Remember { key: KEY.to_owned(), value });
        }
    }
}
