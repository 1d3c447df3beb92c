//! `qbr aliases`: values that no list knows, and the spellings that are accepted for one that does.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use chrono::Utc;
use clap::{Args, Subcommand};

use super::output::{self, FormatArgument, ListFormat};
use super::{CliError, Outcome, content};
use crate::domain::text::harmless;
use crate::domain::{Table, TableColumn, Value};
use crate::ingest::{self, Alias, Author, UnknownKeys, Wish};
use crate::ledger::{self, Right};
use crate::pack;
use crate::workspace::{Access, Identity, Workspace};

#[derive(Debug, Args)]
pub struct AliasesArguments {
    workspace: PathBuf,
    #[command(subcommand)]
    command: AliasesCommand,
}

#[derive(Debug, Subcommand)]
enum AliasesCommand {
    /// Values that no list knows, with their rows, their money and the nearest known one
    Unknown {
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// The spellings that are accepted
    List {
        /// Earlier versions and withdrawn ones, too
        #[arg(long)]
        all: bool,
        #[arg(long, value_enum, default_value_t)]
        format: FormatArgument,
    },
    /// Take a spelling for a known key, in all rows, those to come included
    Accept {
        /// products, people, accounts, regions …
        #[arg(required_unless_present = "spellings")]
        list: Option<String>,
        /// As the files spell it
        #[arg(required_unless_present = "spellings")]
        theirs: Option<String>,
        /// The key as its list has it [default: the nearest]
        ours: Option<String>,
        /// All that differ from a known key in the way of writing alone: case, blanks, punctuation
        #[arg(long, conflicts_with_all = ["list", "theirs", "ours"])]
        spellings: bool,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Take it back: the spelling is unknown again, in all rows
    Withdraw {
        list: String,
        theirs: String,
        #[arg(long)]
        reason: Option<String>,
    },
}

pub fn run(arguments: &AliasesArguments) -> Result<Outcome, CliError> {
    let catalog = content::catalog_for(&arguments.workspace)?;
    let access = match arguments.command {
        AliasesCommand::Accept { .. } | AliasesCommand::Withdraw { .. } => Access::ReadWrite,
        _ => Access::ReadOnly,
    };
    if access == Access::ReadWrite {
        content::own_file(&arguments.workspace, "aliases accept")?;
    }
    let mut workspace = Workspace::open(&arguments.workspace, access, &catalog)?;
    let user = Identity::current().user;
    if access == Access::ReadWrite {
        ledger::roles(&mut workspace)?.demand(&user, Right::Operate)?;
    }
    let author = Author { name: &user, at: Utc::now() };
    match &arguments.command {
        AliasesCommand::Unknown { format } => {
            let unknown = ingest::unknown(&mut workspace)?;
            match format {
                ListFormat::Json => output::print_json(&unknown)?,
                ListFormat::Table => output::print(&ingest::report::unknown_text(&unknown))?,
            }
        }
        AliasesCommand::List { all, format } => {
            let aliases = ingest::aliases(&mut workspace, *all)?;
            match format {
                FormatArgument::Json => output::print_json(&aliases)?,
                other => output::print(&pack::render_table(&table(&aliases), (*other).into()))?,
            }
        }
        AliasesCommand::Accept { spellings: true, reason, .. } => {
            let unknown = ingest::unknown(&mut workspace)?;
            said(&accept_spellings(&mut workspace, &unknown, &author, reason.as_deref())?)?;
        }
        AliasesCommand::Accept { list, theirs, ours, reason, .. } => {
            let wish = Wish {
                list: list.clone().unwrap_or_default(),
                theirs: theirs.clone().unwrap_or_default(),
                ours: ours.clone(),
            };
            let accepted = ingest::accept(&mut workspace, &[wish], &author, reason.as_deref())?;
            said(&accepted)?;
        }
        AliasesCommand::Withdraw { list, theirs, reason } => {
            let reason = reason.as_deref();
            let alias = ingest::withdraw(&mut workspace, list, theirs, &author, reason)?;
            output::print(&format!(
                "{} is no longer {}",
                shown(&alias.theirs),
                shown(&alias.ours)
            ))?;
        }
    }
    Ok(Outcome::Done)
}

/// Accepts what differs from a known key in the way of writing alone.
pub fn accept_spellings(
    workspace: &mut Workspace,
    unknown: &[UnknownKeys],
    author: &Author<'_>,
    reason: Option<&str>,
) -> Result<Vec<Alias>, CliError> {
    let wishes = ingest::mere_spellings(unknown);
    Ok(ingest::accept(workspace, &wishes, author, reason)?)
}

/// Asks about every unknown key that is near a known one, where somebody is there to answer.
pub fn ask(
    workspace: &mut Workspace,
    unknown: &[UnknownKeys],
    author: &Author<'_>,
) -> Result<(), CliError> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(());
    }
    let mut wishes: Vec<Wish> = Vec::new();
    'asking: for of_column in unknown {
        for key in &of_column.most {
            let Some(near) = &key.nearest else { continue };
            let wish = Wish {
                list: of_column.list.clone(),
                theirs: key.key.clone(),
                ours: Some(near.key.clone()),
            };
            if wishes.contains(&wish) {
                continue;
            }
            let name = near.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
            let (theirs, ours) = (shown(&key.key), shown(&format!("{}{name}", near.key)));
            eprint!("{} {theirs}: is it {ours}? [y]es, [n]o, [q]uit: ", of_column.one);
            let _ = io::stderr().flush();
            let mut answer = String::new();
            let read = io::stdin().lock().read_line(&mut answer);
            match answer.trim().to_lowercase().as_str() {
                _ if !matches!(read, Ok(1..)) => break 'asking,
                "y" | "yes" => wishes.push(wish),
                "q" | "quit" => break 'asking,
                _ => {}
            }
        }
    }
    said(&ingest::accept(workspace, &wishes, author, None)?)
}

/// Says what was accepted.
pub fn said(accepted: &[Alias]) -> Result<(), CliError> {
    let line =
        |alias: &Alias| format!("{} is taken for {}\n", shown(&alias.theirs), shown(&alias.ours));
    output::print(&accepted.iter().map(line).collect::<String>())
}

fn shown(key: &str) -> String {
    format!("\"{}\"", harmless(key))
}

fn table(aliases: &[Alias]) -> Table {
    let columns = [
        ("list", "VARCHAR"),
        ("theirs", "VARCHAR"),
        ("ours", "VARCHAR"),
        ("active", "BOOLEAN"),
        ("version", "BIGINT"),
        ("by", "VARCHAR"),
        ("at", "TIMESTAMP"),
        ("reason", "VARCHAR"),
    ];
    let row = |alias: &Alias| {
        vec![
            alias.list.as_str().into(),
            alias.theirs.as_str().into(),
            alias.ours.as_str().into(),
            Value::Bool(alias.active),
            Value::Int(alias.version),
            alias.author.as_str().into(),
            alias.at.map_or(Value::Null, Value::Instant),
            alias.reason.as_deref().map_or(Value::Null, Value::from),
        ]
    };
    let column = |(name, type_name): (&str, &str)| TableColumn {
        name: name.to_owned(),
        type_name: type_name.to_owned(),
    };
    Table { columns: columns.map(column).into(), rows: aliases.iter().map(row).collect() }
}
