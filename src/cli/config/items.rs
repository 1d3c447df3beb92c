//! Everything that can be configured, once: its name in the file, the variables
//! of the environment that stand above the file, its default, what it may be.
//!
//! `qbr config show` and `docs/configuration.md` read this table; there is no
//! second list.

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::catalog::suggestion;
use crate::domain::Region;
use crate::tui::keymap::KeySet;
use crate::tui::theme::ThemeName;

/// One thing that can be configured.
#[derive(Debug)]
pub struct Item {
    pub name: &'static str,
    /// The first that is set and not empty stands above the file.
    pub variables: &'static [&'static str],
    pub default: &'static str,
    pub kind: Kind,
    /// What it is, for the document.
    pub help: &'static str,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Word(fn() -> Vec<&'static str>),
    Theme,
    /// `UTC`, `local`, or a zone by its name.
    Zone,
    /// `true` or `false`.
    Flag,
    /// A folder; empty: the current one.
    Folder,
}

pub const REGION: &str = "region";
pub const DATES: &str = "dates";
pub const TIME_ZONE: &str = "time_zone";
pub const THEME: &str = "theme";
pub const BACKGROUND: &str = "background";
pub const GLYPHS: &str = "glyphs";
pub const KEY_SET: &str = "key_set";
pub const RESUME: &str = "resume";
pub const EXPORT_FOLDER: &str = "export_folder";

/// The table of the file with keys for actions.
pub const KEYS: &str = "keys";

pub const ITEMS: &[Item] = &[
    Item {
        name: REGION,
        variables: &["QBR_REGION"],
        default: "en-US",
        kind: Kind::Word(|| Region::EACH.map(Region::name).to_vec()),
        help: "how numbers are written and typed",
    },
    Item {
        name: DATES,
        variables: &["QBR_DATES"],
        default: "iso",
        kind: Kind::Word(|| vec!["iso", "region"]),
        help: "days as 2025-10-06, or as the region has them",
    },
    Item {
        name: TIME_ZONE,
        variables: &["QBR_TIME_ZONE"],
        default: "local",
        kind: Kind::Zone,
        help: "the zone in which points in time are shown; local: that of this machine",
    },
    Item {
        name: THEME,
        variables: &["QBR_THEME"],
        default: "terminal",
        kind: Kind::Theme,
        help: "colours, above the one chosen last on the screen; NO_COLOR and TERM=dumb allow none, whatever is chosen",
    },
    Item {
        name: BACKGROUND,
        variables: &["QBR_BACKGROUND"],
        default: "auto",
        kind: Kind::Word(|| vec!["auto", "dark", "light"]),
        help: "what the terminal's own colours stand on; auto: as COLORFGBG says",
    },
    Item {
        name: GLYPHS,
        variables: &["QBR_GLYPHS"],
        default: "auto",
        kind: Kind::Word(|| vec!["auto", "unicode", "ascii"]),
        help: "signs for bars and marks; auto: by the locale and TERM",
    },
    Item {
        name: KEY_SET,
        variables: &["QBR_KEY_SET"],
        default: "plain",
        kind: Kind::Word(|| KeySet::NAMES.to_vec()),
        help: "the keys to begin with; those of [keys] stand above them",
    },
    Item {
        name: RESUME,
        variables: &["QBR_RESUME"],
        default: "true",
        kind: Kind::Flag,
        help: "go on where a workspace was left",
    },
    Item {
        name: EXPORT_FOLDER,
        variables: &["QBR_EXPORT_FOLDER"],
        default: "",
        kind: Kind::Folder,
        help: "where files go that are written from the screen; empty: the current folder",
    },
];

/// The item of this name.
pub fn item(name: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.name == name)
}

impl Item {
    /// The value as it is kept, or what is wrong with it.
    ///
    /// # Errors
    /// What may be written instead.
    pub fn check(&self, value: &str) -> Result<String, String> {
        match self.kind {
            Kind::Word(words) => {
                let words = words();
                match words.iter().find(|word| word.eq_ignore_ascii_case(value.trim())) {
                    Some(word) => Ok((*word).to_owned()),
                    None => {
                        let known = words.join(", ");
                        Err(format!("there is no {} \"{value}\"; known are {known}", self.name))
                    }
                }
            }
            Kind::Theme => match value.parse::<ThemeName>() {
                Ok(theme) => Ok(theme.name().to_owned()),
                Err(error) => Err(error.to_string()),
            },
            Kind::Zone => zone(value).map(|_| value.trim().to_owned()),
            Kind::Flag => match value.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Ok("true".to_owned()),
                "false" | "no" | "0" => Ok("false".to_owned()),
                _ => Err(format!("{} is true or false, not \"{value}\"", self.name)),
            },
            Kind::Folder => Ok(value.to_owned()),
        }
    }

    /// What may be written, for the document.
    pub fn choices(&self) -> String {
        match self.kind {
            Kind::Word(words) => quoted(&words()),
            Kind::Theme => quoted(&ThemeName::ALL.map(ThemeName::name)),
            Kind::Zone => "`local`, `UTC`, or a name as `Europe/Berlin`".to_owned(),
            Kind::Flag => "`true` `false`".to_owned(),
            Kind::Folder => "a path; `~` is your home".to_owned(),
        }
    }
}

/// The zone of this name. `local` is that of the machine, or UTC where it tells none.
pub fn zone(name: &str) -> Result<Tz, String> {
    let name = name.trim();
    if name.eq_ignore_ascii_case("local") {
        return Ok(local_zone());
    }
    let known = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name));
    known.copied().ok_or_else(|| {
        let offer = suggestion(name, TZ_VARIANTS.iter().map(|zone| zone.name()));
        format!("there is no time zone \"{name}\"{offer}; a zone is written as Europe/Berlin, UTC or local")
    })
}

fn local_zone() -> Tz {
    let of_process = std::env::var("TZ").ok();
    let of_machine = || iana_time_zone::get_timezone().ok();
    let named = |name: String| name.trim_start_matches(':').parse().ok();
    of_process.and_then(named).or_else(|| of_machine().and_then(named)).unwrap_or(Tz::UTC)
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ")
}
