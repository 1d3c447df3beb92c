//! Broken files and what is said of them; what stands above what.

use std::path::PathBuf;

use super::*;
use crate::tui::keymap::Action;

fn load(text: &str) -> Config {
    load_with(text, &[], &[]).expect("nothing wrong outside the file")
}

fn load_with(text: &str, variables: &[(&str, &str)], flags: &[&str]) -> Result<Config, CliError> {
    let var = |name: &str| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    Config::of(Some(PathBuf::from("config.toml")), Some(Ok(text.to_owned())), var, &flags)
}

fn source(config: &Config, name: &str) -> Source {
    config.settings.iter().find(|setting| setting.name == name).expect("an item").source
}

fn keys(config: &Config, action: Action) -> Vec<String> {
    let entry = config.keymap.entry(action).expect("an action");
    entry.keys.iter().map(|key| key.label()).collect()
}

/// What is told of a file, without the lines it quotes.
fn told(config: &Config) -> Vec<String> {
    let line = |problem: &CatalogError| problem.to_string().lines().next().map(str::to_owned);
    config.problems.iter().filter_map(line).collect()
}

#[test]
fn without_a_file_the_defaults_are_in_force_and_sound() {
    let config = Config::of(None, None, |_| None, &[]).expect("sound");
    assert!(!config.exists);
    for (item, setting) in ITEMS.iter().zip(&config.settings) {
        assert_eq!((setting.name, setting.source), (item.name, Source::Default));
        assert_eq!(item.check(&setting.value), Ok(setting.value.clone()), "{}", item.name);
    }
}

#[test]
fn a_flag_stands_above_the_environment_and_that_above_the_file() {
    let text = "region = \"de-DE\"\nglyphs = \"ascii\"\nresume = false\n";
    let config =
        load_with(text, &[("QBR_REGION", "fr-FR"), ("QBR_GLYPHS", "unicode")], &["region=de-ch"])
            .expect("sound");
    assert_eq!((config.get("region"), source(&config, "region")), ("de-CH", Source::Flag));
    assert_eq!(config.get("glyphs"), "unicode");
    assert_eq!(source(&config, "glyphs"), Source::Environment("QBR_GLYPHS"));
    assert_eq!((config.get("resume"), source(&config, "resume")), ("false", Source::File(3)));
    assert_eq!(source(&config, "theme"), Source::Default);
    assert_eq!(config.formats().count(1_234_567), "1’234’567");
}

#[test]
fn an_empty_variable_says_nothing() {
    let config = load_with("region = \"de-DE\"", &[("QBR_REGION", "")], &[]).expect("sound");
    assert_eq!(source(&config, "region"), Source::File(1));
}

/// Twelve broken files, and what each of them is told.
#[test]
fn every_mistake_is_told_with_its_place_and_what_to_write() {
    for (text, wanted) in [
        (
            "regoin = \"de-DE\"",
            "config.toml:1:1: there is nothing called regoin; did you mean region?",
        ),
        (
            "glyphs = \"ascii\"\nregion = \"de-AT\"",
            "config.toml:2:10: there is no region \"de-AT\"; known are en-US, de-DE, de-CH, fr-FR, en-IN",
        ),
        ("region = 5", "config.toml:1:10: region is a text in quotes"),
        (
            "time_zone = \"Europe/Berlim\"",
            "config.toml:1:13: there is no time zone \"Europe/Berlim\"; did you mean Europe/Berlin?; a \
             zone is written as Europe/Berlin, UTC or local",
        ),
        ("resume = \"maybe\"", "config.toml:1:10: resume is true or false, not \"maybe\""),
        (
            "key_set = \"emacs\"",
            "config.toml:1:11: there is no key_set \"emacs\"; known are plain, vim",
        ),
        (
            "[keys]\nhisotry = \"O\"",
            "config.toml:2:1: there is no action hisotry; did you mean history?",
        ),
        (
            "[keys]\nsort = \"Alt-s\"",
            "config.toml:2:8: Alt-s cannot be told from Esc and a letter on a slow link; choose a \
             letter, F1 to F12 or Ctrl and a letter",
        ),
        (
            "[keys]\nsort = []",
            "config.toml:2:8: an action needs a key; leave the line out for its own",
        ),
        (
            "[keys]\nsort = [\"O\", 7]",
            "config.toml:2:14: a key is a text in quotes: \"s\", \"F7\", \"Ctrl-P\"",
        ),
        (
            "[keys]\nsort = \"f\"",
            "config.toml:2:1: f is the key of choose-the-scope; give that one another key as well, \
             as in choose-the-scope = \"…\"",
        ),
        (
            "[keys]\nsort = \"O\"\n\nzoom = \"O\"",
            "config.toml:4:1: O is given to sort in line 2 already; choose another key for one of them",
        ),
        ("keys = \"vim\"", "config.toml:1:8: [keys] is a table: action = \"key\""),
    ] {
        assert_eq!(told(&load(text)), [wanted], "{text}");
    }
}

#[test]
fn a_mistake_costs_its_own_line_alone() {
    let text = "regoin = \"de-DE\"\nglyphs = \"ascii\"\ntheme = \"dark\n\n[keys]\nzoom = \"Z\"\nsort = \"f\"\n";
    let config = load(text);
    assert!(config.problems.len() >= 3, "{:?}", told(&config));
    assert_eq!(config.get("glyphs"), "ascii");
    assert_eq!(config.get("theme"), "terminal", "its quote never closes");
    assert_eq!(keys(&config, Action::Zoom), ["Z"]);
    assert_eq!(keys(&config, Action::Sort), ["s"]);
    let first = config.options().told_first.expect("told on the screen");
    assert!(first.starts_with("config.toml, line 1: there is nothing called regoin"), "{first}");
    assert!(first.contains("more: qbr config check"), "{first}");
}

#[test]
fn keys_stand_above_the_set_of_keys() {
    let text =
        "key_set = \"vim\"\n[keys]\nhistory = [\"Ctrl-O\", \"F11\"]\n\"page down\" = \"Ctrl-N\"\n";
    let config = load(text);
    assert_eq!(told(&config), [""; 0]);
    assert_eq!(keys(&config, Action::Left), ["Left", "h"]);
    assert_eq!(keys(&config, Action::History), ["Ctrl-O", "F11"]);
    assert_eq!(keys(&config, Action::PageDown), ["Ctrl-N"]);
    assert_eq!(config.bound, [("history".to_owned(), 3), ("page down".to_owned(), 4)]);
}

#[test]
fn a_wrong_word_outside_the_file_ends_the_command() {
    let error = |variables: &[(&str, &str)], flags: &[&str]| {
        load_with("", variables, flags).expect_err("wrong").to_string()
    };
    assert!(error(&[("QBR_REGION", "xx")], &[]).starts_with("QBR_REGION: there is no region"));
    assert!(error(&[], &["regoin=de-DE"]).contains("did you mean region?"));
    assert!(error(&[], &["region"]).contains("NAME=VALUE"));
    assert!(error(&[], &["glyphs=emoji"]).contains("known are auto, unicode, ascii"));
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let file = Some(PathBuf::from("config.toml"));
    let config = Config::of(file, Some(Err(denied)), |_| None, &[]).expect("the defaults");
    assert!(told(&config)[0].contains("cannot be read"), "{:?}", told(&config));
}

#[test]
fn the_document_lists_everything_there_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let text = std::fs::read_to_string(path).expect("docs/configuration.md");
    let (start, end) = ("<!-- generated -->\n", "<!-- /generated -->");
    let from = text.find(start).expect("a mark") + start.len();
    let to = from + text[from..].find(end).expect("its end");
    if std::env::var_os("QBR_UPDATE_DOCS").is_some() {
        let with = format!("{}{}{}", &text[..from], document(), &text[to..]);
        return std::fs::write(path, with).expect("docs/configuration.md can be written");
    }
    let hint = "run the tests once with QBR_UPDATE_DOCS=1 to write it";
    assert_eq!(&text[from..to], document(), "{hint}");
    // The example of the document is sound, and says something.
    let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let config = load(example.expect("an example"));
    assert_eq!(told(&config), [""; 0]);
    assert!(config.settings.iter().any(|setting| matches!(setting.source, Source::File(_))));
    assert!(!config.bound.is_empty());
}
