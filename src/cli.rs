//! The command line: arguments into one call of the engine, its answer to
//! standard output, its errors to standard error, and an exit status.
//!
//! Must never hold meaning of its own: what a command does, the screen can do
//! by the same call.

pub mod alerts;
pub mod aliases;
pub mod backup;
pub mod config;
pub mod content;
pub mod demo;
pub mod doctor;
pub mod error;
pub mod figures;
pub mod import;
pub mod imports;
pub mod init;
pub mod log;
pub mod man;
pub mod output;
pub mod progress;
pub mod records;
pub mod replay;
pub mod seal;
pub mod serve;
pub mod show;
pub mod template;
pub mod verify;
pub mod waiting;
pub mod workspace;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::domain::Formats;
use crate::ingest;

use config::Config;
pub use error::{CliError, Outcome};

/// Quarterly business reviews in a terminal, over one DuckDB file.
#[derive(Debug, Parser)]
#[command(
    name = "qbr",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    after_help = "Exit status: 0 done; 1 a finding (alerts open, verification failed, rows rejected \
                  under --strict); 2 wrong usage; 3 the workspace could not be opened or is busy; \
                  4 the input could not be taken; 130 cancelled with Ctrl-C."
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    open: OpenArguments,
    /// Another value than the configured one, for this once; can be given again
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

#[derive(Debug, Args)]
struct OpenArguments {
    /// The workspace to open in the terminal
    #[arg(required = true)]
    workspace: Option<PathBuf>,
    /// Open for reading only
    #[arg(long)]
    read_only: bool,
    #[command(flatten)]
    looks: workspace::Looks,
    /// Write down keys and sizes, without any text, for a report of a fault; qbr replay reads it
    #[arg(long, value_name = "FILE", conflicts_with = "plain")]
    record: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open a throw-away copy of the sample company, as of its last day
    Demo(demo::DemoArguments),
    /// Make an empty workspace
    Init(init::InitArguments),
    /// Take CRM exports in
    Import(import::ImportArguments),
    /// What was taken in, and its closing report again
    Imports(imports::ImportsArguments),
    /// Values that no list knows, and the spellings accepted for one that it does
    Aliases(aliases::AliasesArguments),
    /// Print a commented header and example rows for a table
    Template(template::TemplateArguments),
    /// List the figures
    Figures(figures::FiguresArguments),
    /// Compute a figure
    Show(show::ShowArguments),
    /// Read and write records: post-mortems, battle cards, plays, decisions, actions
    Records(records::RecordsArguments),
    /// List win-rate alerts
    Alerts(alerts::AlertsArguments),
    /// Check the hash chain of the records and the file's own consistency
    Verify(verify::VerifyArguments),
    /// The end of the hash chain, to be kept away from the workspace
    Seal(seal::SealArguments),
    /// Serve a workspace to people on other machines, through the loopback address of this one
    Serve(serve::ServeArguments),
    /// Copy a workspace while people work in it; list the copies
    Backup(backup::BackupArguments),
    /// Put a copy in the place of a workspace, after a look at both
    Restore(backup::RestoreArguments),
    /// The configuration: is it sound, what is in force and from where, where is it
    Config(config::ConfigArguments),
    /// What is known of the terminal, the configuration and the place of a workspace
    Doctor(doctor::DoctorArguments),
    /// Read out of a damaged workspace what can still be read, into a new one
    Rescue(backup::RescueArguments),
    /// Read the sheets of a workbook, within bounds, for an import of ours
    #[command(name = ingest::HELPER, hide = true)]
    Decode { folder: PathBuf, file: PathBuf, sheet: Option<String> },
    /// Do again what was recorded on the screen, on a copy of a workspace
    Replay(replay::ReplayArguments),
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page, or write one for each command into a folder
    Man(man::ManArguments),
}

/// Runs one command.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not errors; a broken pipe is nobody's fault.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(error::WRONG_USAGE),
            };
        }
    };
    crate::workspace::share_with_group();
    if !matches!(arguments.command, Some(Command::Decode { .. })) {
        log::begin();
    }
    // How people read is their own, whatever the language of the machine.
    let looks = match &arguments.command {
        Some(Command::Demo(demo)) => &demo.looks,
        _ => &arguments.open.looks,
    };
    let flags: Vec<String> = arguments.set.iter().cloned().chain(looks.settings()).collect();
    let config = match &arguments.command {
        // As it was where it was recorded, whatever is configured here.
        Some(Command::Replay(replay)) => replay::read(&replay.file)
            .and_then(|recording| Config::recorded(&recording.head, &flags)),
        _ => Config::load(&flags),
    };
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            error.print();
            return ExitCode::from(error.exit_status());
        }
    };
    Formats::choose(config.formats());
    if arguments.command.as_ref().is_some_and(Command::prints) {
        config.warn();
    }
    match run(arguments, &config) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Finding) => ExitCode::from(error::FINDING),
        Err(error) => {
            error.print();
            ExitCode::from(error.exit_status())
        }
    }
}

impl Command {
    /// Tells of mistakes in the configuration on standard error; the screen and the
    /// commands that are about it tell in their own way.
    fn prints(&self) -> bool {
        !matches!(
            self,
            Command::Demo(_)
                | Command::Config(_)
                | Command::Doctor(_)
                | Command::Decode { .. }
                | Command::Completions { .. }
                | Command::Man(_)
        )
    }
}

fn run(arguments: Arguments, config: &Config) -> Result<Outcome, CliError> {
    match arguments.command {
        Some(Command::Demo(arguments)) => demo::run(&arguments, config),
        Some(Command::Init(arguments)) => init::run(&arguments),
        Some(Command::Import(arguments)) => import::run(&arguments, config),
        Some(Command::Imports(arguments)) => imports::run(&arguments),
        Some(Command::Aliases(arguments)) => aliases::run(&arguments),
        Some(Command::Template(arguments)) => template::run(&arguments),
        Some(Command::Figures(arguments)) => figures::run(&arguments),
        Some(Command::Show(arguments)) => show::run(&arguments),
        Some(Command::Records(arguments)) => records::run(&arguments),
        Some(Command::Alerts(arguments)) => alerts::run(&arguments),
        Some(Command::Verify(arguments)) => verify::run(&arguments),
        Some(Command::Seal(arguments)) => seal::run(&arguments),
        Some(Command::Serve(arguments)) => serve::run(&arguments),
        Some(Command::Backup(arguments)) => backup::run(&arguments),
        Some(Command::Restore(arguments)) => backup::restore(&arguments),
        Some(Command::Config(arguments)) => config::run(&arguments, config),
        Some(Command::Doctor(arguments)) => doctor::run(&arguments, config),
        Some(Command::Rescue(arguments)) => backup::rescue(&arguments),
        Some(Command::Decode { folder, file, sheet }) => {
            ingest::help(&folder, &file, sheet.as_deref())
                .map_err(|error| CliError::io("standard output", error))?;
            Ok(Outcome::Done)
        }
        Some(Command::Replay(arguments)) => replay::run(&arguments, config),
        Some(Command::Man(arguments)) => man::run(&arguments, &Arguments::command()),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "qbr", &mut script);
            output::print(&String::from_utf8_lossy(&script))?;
            Ok(Outcome::Done)
        }
        None => {
            let path = arguments.open.workspace.unwrap_or_default();
            let OpenArguments { read_only, looks, record, .. } = arguments.open;
            workspace::run(&path, read_only, &looks, record, config)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_lone_path_opens_the_terminal() {
        let arguments = Arguments::try_parse_from(["qbr", "company.duckdb"]).expect("parses");
        assert_eq!(arguments.open.workspace, Some(PathBuf::from("company.duckdb")));
        assert!(arguments.command.is_none());
    }
}
