//! `qbr config`: is the file sound, what is in force and from where, where is it.

use clap::{Args, Subcommand};

use super::super::output::{self, ListFormat};
use super::super::{CliError, Outcome};
use super::items::{self, ITEMS};
use super::{Config, Source};
use crate::domain::text::harmless;
use crate::tui::keymap::written;

#[derive(Debug, Args)]
pub struct ConfigArguments {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Whether the file is sound; what is wrong, by line and column
    Check,
    /// What is in force, and from where
    Show {
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Where the file is, or would be
    Path,
}

pub fn run(arguments: &ConfigArguments, config: &Config) -> Result<Outcome, CliError> {
    match &arguments.command {
        ConfigCommand::Path => {
            let Some(file) = &config.file else {
                return Err(CliError::Input("there is no home folder to keep it in".to_owned()));
            };
            output::print(&file.display().to_string())?;
            Ok(Outcome::Done)
        }
        ConfigCommand::Show { format: ListFormat::Table } => {
            output::print(&shown(config))?;
            Ok(Outcome::Done)
        }
        ConfigCommand::Show { format: ListFormat::Json } => {
            output::print_json(&as_json(config))?;
            Ok(Outcome::Done)
        }
        ConfigCommand::Check => check(config),
    }
}

fn check(config: &Config) -> Result<Outcome, CliError> {
    let file = config.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    if !config.exists {
        output::print(&format!("There is no {file}; the defaults are in force."))?;
        return Ok(Outcome::Done);
    }
    if config.problems.is_empty() {
        output::print(&format!("{file} is sound."))?;
        return Ok(Outcome::Done);
    }
    let mut text: String = config.problems.iter().map(|problem| format!("{problem}\n")).collect();
    let count = match config.problems.len() {
        1 => "One mistake".to_owned(),
        count => format!("{count} mistakes"),
    };
    text.push_str(&format!("{count}; everything else of the file is in force.\n"));
    output::print(&text)?;
    Ok(Outcome::Finding)
}

/// Names, values and where they come from, in columns.
fn shown(config: &Config) -> String {
    let file = config.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    let mut rows: Vec<[String; 3]> = Vec::new();
    for setting in &config.settings {
        let value = if setting.value.is_empty() { "-" } else { &setting.value };
        rows.push([setting.name.to_owned(), harmless(value).into_owned(), from(setting.source)]);
    }
    for (name, line) in &config.bound {
        rows.push([
            format!("keys.{}", written(name)),
            keys_of(config, name),
            from(Source::File(*line)),
        ]);
    }
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1)];
    let lines = rows.iter().map(|[name, value, from]| {
        format!("{name:<first$}  {value:<second$}  {from}\n", first = widths[0], second = widths[1])
    });
    let there = if config.exists { "" } else { " (not there)" };
    let mut text = format!("file: {file}{there}\n\n");
    text.extend(lines);
    if !config.problems.is_empty() {
        text.push_str("\nSome of the file is not in force: qbr config check says why.\n");
    }
    text
}

fn from(source: Source) -> String {
    match source {
        Source::Default => "default".to_owned(),
        Source::File(line) => format!("file, line {line}"),
        Source::Environment(variable) => variable.to_owned(),
        Source::Flag => "command line".to_owned(),
    }
}

fn keys_of(config: &Config, name: &str) -> String {
    let entry = config.keymap.entries().find(|entry| entry.name == name);
    let labels = entry.map(|entry| entry.keys.iter().map(|key| key.label()).collect::<Vec<_>>());
    labels.unwrap_or_default().join(" ")
}

fn as_json(config: &Config) -> serde_json::Value {
    use serde_json::json;
    let settings = config.settings.iter().map(|setting| {
        json!({ "name": setting.name, "value": setting.value, "from": from(setting.source) })
    });
    let keys = config.bound.iter().map(|(name, line)| {
        json!({
            "action": written(name),
            "keys": keys_of(config, name),
            "from": from(Source::File(*line)),
        })
    });
    json!({
        "file": config.file.as_ref().map(|file| file.display().to_string()),
        "there": config.exists,
        "settings": settings.collect::<Vec<_>>(),
        "keys": keys.collect::<Vec<_>>(),
        "mistakes": config.problems.len(),
    })
}

/// The table of `docs/configuration.md`.
pub fn document() -> String {
    let mut text =
        String::from("| name | may be | unless said | above the file | |\n|---|---|---|---|---|\n");
    for item in ITEMS {
        let default =
            if item.default.is_empty() { String::new() } else { format!("`{}`", item.default) };
        let variables: Vec<String> =
            item.variables.iter().map(|name| format!("`{name}`")).collect();
        text.push_str(&format!(
            "| `{}` | {} | {default} | {} | {} |\n",
            item.name,
            item.choices(),
            variables.join(" "),
            item.help
        ));
    }
    text.push_str(&format!("| `[{}]` | keys for actions | | | see below |\n", items::KEYS));
    text
}
