//! `qbr import`: exports become facts, and a report says what came of them.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{NaiveDate, Utc};
use clap::Args;

use super::config::Config;
use super::output::{self, ListFormat};
use super::{CliError, Outcome, aliases, content, progress, waiting, workspace as terminal};
use crate::catalog::Catalog;
use crate::ingest::preview::{PreviewRequest, preview};
use crate::ingest::{self, Author, ImportError, ImportRequest, Progress};
use crate::ledger::{self, Right};
use crate::workspace::{Access, Identity, Workspace};

#[derive(Debug, Args)]
pub struct ImportArguments {
    workspace: PathBuf,
    /// The exported files; several files of one table make one snapshot
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Take the files for this CRM's; otherwise told by their headers
    #[arg(long, conflicts_with = "mapping")]
    preset: Option<String>,
    /// A mapping file, in the format of a preset
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Take the files for this table; otherwise told by their headers
    #[arg(long)]
    table: Option<String>,
    /// The sheet of a workbook; otherwise the one whose headers are known
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The day the export shows [default: by the preset, the file's name, or today]
    #[arg(long)]
    taken_on: Option<NaiveDate>,
    /// Say what would be taken and leave the workspace as it is
    #[arg(long)]
    dry_run: bool,
    /// Show in the terminal what each column is taken for, and change it, before anything is
    /// imported; a file that is not known or not clear opens so by itself
    #[arg(long, conflicts_with_all = ["dry_run", "strict"])]
    review: bool,
    /// Do not keep a copy of the workspace before it is written to
    #[arg(long)]
    no_backup: bool,
    /// Exit with 1 when a row was rejected
    #[arg(long)]
    strict: bool,
    /// Take values that differ from a known key in case, blanks or punctuation alone for that key
    #[arg(long, conflicts_with = "dry_run")]
    accept_aliases: bool,
    /// Say nothing on standard error while it works
    #[arg(long, short)]
    quiet: bool,
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,
}

pub fn run(arguments: &ImportArguments, config: &Config) -> Result<Outcome, CliError> {
    content::own_file(&arguments.workspace, "import")?;
    let catalog = content::catalog_for(&arguments.workspace)?;
    if arguments.review {
        let [file] = arguments.files.as_slice() else {
            return Err(CliError::Usage("--review shows one file at a time".to_owned()));
        };
        let asked = arguments.about(file);
        return terminal::review(&arguments.workspace, Arc::new(catalog), asked, config);
    }
    // A dry run looks at the facts there are and writes none.
    let access = if arguments.dry_run { Access::ReadOnly } else { Access::ReadWrite };
    let patience = waiting::patience(waiting::IMPORT, arguments.quiet);
    let mut workspace =
        Workspace::open_patiently(&arguments.workspace, access, &catalog, patience)?;
    let user = Identity::current().user;
    if !arguments.dry_run {
        ledger::roles(&mut workspace)?.demand(&user, Right::Operate)?;
    }
    let request = ImportRequest {
        files: arguments.files.clone(),
        preset: arguments.preset.clone(),
        mapping: arguments.mapping.clone(),
        table: arguments.table.clone(),
        sheet: arguments.sheet.clone(),
        taken_on: arguments.taken_on,
        dry_run: arguments.dry_run,
        back_up: !arguments.no_backup,
        author: user,
        at: Utc::now(),
    };
    let progress = Progress::default();
    let import = || ingest::import_with(&mut workspace, &catalog, &request, &progress);
    let mut report = match progress::watched(&progress, arguments.quiet, import)? {
        (Ok(report), _) => report,
        (Err(ImportError::Cancelled), Some(signal)) => return Err(CliError::Cancelled { signal }),
        (Err(error), _) if arguments.dry_run && error.asks_about(&arguments.files).is_some() => {
            arguments.print_what_is_asked(&mut workspace, &catalog, &error)?;
            return Err(error.into());
        }
        (Err(error), _) => {
            let file = error.asks_about(&arguments.files).filter(|_| arguments.may_ask());
            let Some(file) = file else {
                return Err(error.into());
            };
            // One process opens a workspace once.
            workspace.close();
            let asked = arguments.about(file);
            return terminal::review(&arguments.workspace, Arc::new(catalog), asked, config);
        }
    };
    let author = Author { name: &request.author, at: request.at };
    let mut accepted = Vec::new();
    if arguments.accept_aliases {
        let unknown = ingest::unknown(&mut workspace)?;
        accepted = aliases::accept_spellings(&mut workspace, &unknown, &author, None)?;
        report.unknown = ingest::unknown(&mut workspace)?;
    }
    match arguments.format {
        ListFormat::Table => {
            output::print(&ingest::report::text(&report))?;
            aliases::said(&accepted)?;
            if !arguments.dry_run && !arguments.quiet {
                aliases::ask(&mut workspace, &report.unknown, &author)?;
            }
        }
        ListFormat::Json => output::print_json(&report)?,
    }
    Ok(if arguments.strict && report.rejected() > 0 { Outcome::Finding } else { Outcome::Done })
}

impl ImportArguments {
    /// A person is there who can be asked.
    fn may_ask(&self) -> bool {
        let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        terminal && !self.dry_run && !self.strict && matches!(self.format, ListFormat::Table)
    }

    /// A dry run of a file that is not clear says what can be said about it.
    fn print_what_is_asked(
        &self,
        workspace: &mut Workspace,
        catalog: &Catalog,
        error: &ImportError,
    ) -> Result<(), CliError> {
        let Some(file) = error.asks_about(&self.files) else { return Ok(()) };
        let progress = Progress::default();
        let looked = preview(workspace, catalog, &self.about(file), Utc::now(), &progress)?;
        match self.format {
            ListFormat::Table => output::print(&looked.text()),
            ListFormat::Json => output::print_json(&looked.json()),
        }
    }

    /// What was said about a file, for looking at it.
    fn about(&self, file: &Path) -> PreviewRequest {
        PreviewRequest {
            preset: self.preset.clone(),
            mapping: self.mapping.clone(),
            table: self.table.clone(),
            sheet: self.sheet.clone(),
            taken_on: self.taken_on,
            ..PreviewRequest::of(file.to_owned())
        }
    }
}
