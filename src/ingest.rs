//! An export becomes facts.
//!
//! ```text
//! source   bytes → hash, kind, and a text: of a workbook one for each sheet
//! shape    → delimiter, lines that may hold the headers
//! pick     → the sheet that holds the data
//! choose   → preset and table, by the headers
//! scan     → records, footers, blank and broken lines, counted apart from DuckDB
//! stage    → a table of texts in the instance
//! evidence → what each column holds: different texts, or shapes, with their rows
//! profile  → how each column is read, by that evidence (dates, numbers, shares, flags)
//! typed    → typed rows; what cannot be read is rejected by line and reason
//! footers  → what the file itself says it comes to
//! day      → the day the export shows
//! group    → files of one snapshot together; one row per key
//! money    → where every amount went
//! ahead    → what the first snapshot changes, before it is our turn to write
//! apply    → history, rebuild, tables: one transaction, logged
//! keys     → values that no list knows, and the nearest that one does
//! aliases  → spellings that people have accepted
//! answers  → what the facts cannot answer
//! report   → what came of it
//! kept     → the reports of earlier imports
//! progress → how far it is, and stopping it
//!
//! draft: a mapping that is being settled; preview: what an import by it would do
//! ```
//!
//! Invariants: a file is taken in whole or not at all; a row is taken whole or
//! rejected with its line, column, value and reason; where a figure would
//! depend on a guess, the import stops and asks. Never asks the network, and
//! never writes to the workspace but in one transaction.

mod ahead;
mod aliases;
mod answers;
mod apply;
mod choose;
mod column;
mod conditions;
mod currency;
mod dates;
mod day;
mod decoded;
pub mod draft;
mod error;
mod evidence;
mod fiscal;
mod flags;
mod footers;
mod group;
mod history;
mod kept;
mod keys;
mod layout;
mod left_out;
mod missing;
mod moments;
mod money;
mod nearest;
mod numbers;
mod occurrence;
mod order;
mod periods;
mod pick;
mod prepare;
pub mod preview;
mod profile;
mod progress;
mod readings;
mod rebuild;
pub mod report;
mod request;
mod samples;
pub mod saved;
mod scan;
mod scratch;
mod shape;
mod shares;
mod source;
mod stage;
mod tables;
mod together;
mod typed;
mod unclear;
mod units;
mod unknown_words;
mod wide;
mod words;

use std::path::{Path, PathBuf};

use chrono::{Local, NaiveDate};

use crate::catalog::facts::Taking;
use crate::catalog::{Catalog, Preset};
use crate::workspace::{Session, Workspace, WorkspaceError};

use apply::{Known, Ready};
use choose::{Choice, Said};
use history::{Foreseen, Stores};
use pick::Picked;
use prepare::{Common, Prepared};
use scratch::Scratch;
use source::{Opening, Source};

pub use aliases::{Alias, Wish, accept, aliases, mere_spellings, unknown, withdraw};
#[doc(hidden)]
pub use decoded::{Decoded, check, decoded};
pub use error::{ImportError, NotRecognised};
pub use history::Changes;
pub use kept::{Kept, imports, rejects, report as kept_report};
pub use money::{Account, OwnTotal, Reconciliation};
pub use nearest::{Likeness, Near};
pub use occurrence::Occurrence;
pub use progress::{Phase, Progress, Seen};
pub use report::{
    ColumnReading, FileColumn, FileReport, Gap, ImportReport, Sample, SampleRow, TableReport,
    Total, UnknownKey, UnknownKeys,
};
pub use request::ImportRequest;
pub use source::{Encoding, Format, HELPER, help};
pub use tables::Author;
pub use typed::Reject;
pub use unclear::{DateReading, Unclear, UnknownWords, What};

/// Unknown keys of one column that a report names.
const MOST_UNKNOWN: usize = 20;

/// Takes files into a workspace: all of them, in one transaction, or none.
///
/// # Errors
/// `ImportError`, each with its place and a remedy. The workspace is then as it was.
pub fn import(
    workspace: &mut Workspace,
    catalog: &Catalog,
    request: &ImportRequest,
) -> Result<ImportReport, ImportError> {
    import_with(workspace, catalog, request, &Progress::default())
}

/// The same, seen and stopped from outside.
///
/// # Errors
/// `Cancelled` when it was stopped before everything was stored, and those of [`import`].
pub fn import_with(
    workspace: &mut Workspace,
    catalog: &Catalog,
    request: &ImportRequest,
    progress: &Progress,
) -> Result<ImportReport, ImportError> {
    let mapping = request.mapping.as_deref();
    let mapping = mapping.map(|path| Preset::read_mapping(path, &catalog.presets)).transpose();
    let mapping = mapping.map_err(ImportError::Mapping)?;
    import_by(workspace, catalog, request, mapping.as_ref(), progress)
}

/// The same by a mapping that may not be in a file yet.
///
/// # Errors
/// As [`import_with`].
pub fn import_by(
    workspace: &mut Workspace,
    catalog: &Catalog,
    request: &ImportRequest,
    mapping: Option<&Preset>,
    progress: &Progress,
) -> Result<ImportReport, ImportError> {
    let stopping = progress.stops(workspace.interrupter());
    let taken = decode_and_take_in(workspace, catalog, request, mapping, progress);
    drop(stopping);
    // Whatever it was that noticed first.
    taken.map_err(|error| if progress.cancelled() { ImportError::Cancelled } else { error })
}

fn decode_and_take_in(
    workspace: &mut Workspace,
    catalog: &Catalog,
    request: &ImportRequest,
    mapping: Option<&Preset>,
    progress: &Progress,
) -> Result<ImportReport, ImportError> {
    if request.files.is_empty() {
        return Err(ImportError::NoFiles);
    }
    let presets = presets(catalog, request.preset.as_deref(), mapping)?;
    let said = Said {
        presets: &presets,
        table: request.table.as_deref(),
        named: request.table.is_some() || request.preset.is_some() || mapping.is_some(),
    };
    progress.expect(request.files.iter().map(|path| file_and_length(path)));
    let scratch =
        Scratch::new().map_err(|source| ImportError::Io { file: std::env::temp_dir(), source })?;
    workspace.let_read(&request.files, scratch.path());
    let taken = read_and_take_in(workspace, catalog, request, said, &scratch, progress);
    // With the instance go the temporary tables, and the right to read the files.
    workspace.let_read_nothing();
    taken
}

/// A file's name and its length; what cannot be looked at is found out when it is read.
fn file_and_length(path: &Path) -> (String, u64) {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    (name, std::fs::metadata(path).map_or(0, |data| data.len()))
}

fn read_and_take_in(
    workspace: &mut Workspace,
    catalog: &Catalog,
    request: &ImportRequest,
    said: Said<'_>,
    scratch: &Scratch,
    progress: &Progress,
) -> Result<ImportReport, ImportError> {
    let picked = {
        let session = workspace.staging()?;
        let sheet = request.sheet.as_deref();
        let one = |(place, path): (usize, &PathBuf)| {
            let progress = &progress.of(place);
            let with = Opening { scratch, session: Some(&session), sheet, progress };
            pick::pick(path, Source::read(path, with)?, said, with)
        };
        request.files.iter().enumerate().map(one).collect::<Result<Vec<_>, _>>()?
    };
    let choices = picked.iter().map(|one| choose::choose(&one.source.path, &one.rows, said));
    let mut choices = choices.collect::<Result<Vec<_>, _>>()?;
    for choice in &mut choices {
        choice.whole = request.dry_run;
    }
    let sources: Vec<&Source> = picked.iter().map(|Picked { source, .. }| source).collect();
    let files = Files { sources: &sources, choices: &choices, scratch };
    take_in(workspace, catalog, request, files, progress)
}

/// What was read, file by file.
#[derive(Clone, Copy)]
struct Files<'a> {
    sources: &'a [&'a Source],
    choices: &'a [Choice<'a>],
    scratch: &'a Scratch,
}

/// The presets that a file may be told by.
fn presets<'a>(
    catalog: &'a Catalog,
    named: Option<&str>,
    mapping: Option<&'a Preset>,
) -> Result<Vec<&'a Preset>, ImportError> {
    if let Some(mapping) = mapping {
        return Ok(vec![mapping]);
    }
    match named {
        None => Ok(catalog.presets.values().collect()),
        Some(name) => match catalog.presets.get(name) {
            Some(preset) => Ok(vec![preset]),
            None => Err(ImportError::UnknownPreset {
                name: name.to_owned(),
                known: catalog.presets.keys().cloned().collect(),
            }),
        },
    }
}

fn take_in(
    workspace: &mut Workspace,
    catalog: &Catalog,
    request: &ImportRequest,
    files: Files<'_>,
    progress: &Progress,
) -> Result<ImportReport, ImportError> {
    let Files { sources, choices, .. } = files;
    let known = look_up(workspace, request, files)?;
    let settings = workspace.settings().clone();
    let common = Common {
        taken_on: request.taken_on,
        earlier: None,
        today: request.at.with_timezone(&Local).date_naive(),
        reporting: &settings.currency,
        fiscal: &settings.fiscal,
    };
    let session = workspace.staging()?;
    let (places, prepared) = prepare_all(&session, files, &known, common)?;
    progress.together(Phase::Comparing)?;
    let mut groups = group::group(&session, &prepared)?;
    for group in &mut groups {
        together::refuse_parts(&session, group)?;
    }
    let mut ready =
        groups.iter().map(|group| make_ready(&session, group)).collect::<Result<Vec<_>, _>>()?;
    let author = Author { name: &request.author, at: request.at };
    let mut report = if ready.is_empty() {
        ImportReport::default()
    } else if request.dry_run {
        workspace.read("trying an import", |session| {
            let copied = tables_of(&ready);
            let stores = Stores::copy(session, &copied)?;
            write(session, &stores, catalog, &mut ready, &author, progress, None)
        })?
    } else {
        let foreseen = ahead::foresee(workspace, &ready)?;
        // `prepare` has built tables in the instance that the copying does not touch.
        let kept = match request.back_up {
            true => workspace.back_up_before_import(request.at)?,
            false => None,
        };
        let report = workspace.write("importing", |session| {
            let (stores, foreseen) = (Stores::default(), foreseen.as_ref());
            write(session, &stores, catalog, &mut ready, &author, progress, foreseen)
        })?;
        let name = kept.as_ref().and_then(|kept| kept.path.file_name());
        ImportReport { backup: name.map(|name| name.to_string_lossy().into_owned()), ..report }
    };
    report.dry_run = request.dry_run;
    // The files in the order in which they were given.
    let mut done: Vec<Option<FileReport>> = vec![None; sources.len()];
    for ready in ready {
        for (file, mut one) in ready.group.files.iter().zip(ready.reports) {
            let place = prepared.iter().position(|prepared| std::ptr::eq(prepared, *file));
            if request.dry_run {
                one.import_id = None;
            }
            if let Some(place) = place {
                done[places[place]] = Some(one);
            }
        }
    }
    for (place, one) in done.into_iter().enumerate() {
        report.files.push(one.unwrap_or_else(|| {
            let known = known[place].unwrap_or(Known {
                taken_on: None,
                imported_at: Some(request.at),
                current: true,
                alone: true,
            });
            FileReport {
                already: Some(known.day()),
                taken_on: known.taken_on,
                ..prepare::heading(sources[place], &choices[place])
            }
        }));
    }
    report.rejected = report.files.iter().map(|file| file.rejected).sum();
    Ok(report)
}

/// Which files were taken in before and still hold. A file that is given twice counts as known
/// the second time.
fn look_up(
    workspace: &mut Workspace,
    request: &ImportRequest,
    Files { sources, choices, .. }: Files<'_>,
) -> Result<Vec<Option<Known>>, WorkspaceError> {
    workspace.read("looking for earlier imports", |session| {
        let one = |(source, choice): (&&Source, &Choice<'_>)| {
            let day = request.taken_on.filter(|_| choice.fact.history);
            let look = |rules: Option<&str>| {
                let (hash, table) = (&source.hash, choice.fact.name);
                apply::known(session, &Stores::default(), hash, table, day, rules)
            };
            let known = look(None)?;
            let by_these = look(Some(&choice.rules_hash()))?.is_some_and(|known| known.current);
            // What a log makes of the opportunities depends on what is known of them, and a mapping
            // may have been changed since. A part of a snapshot cannot be taken again by itself.
            let again = |known: &Known| choice.fact.is_log() || (!by_these && known.alone);
            Ok(known.map(|known| Known { current: known.current && !again(&known), ..known }))
        };
        sources.iter().zip(choices).map(one).collect()
    })
}

/// Prepares every file that is not known, and those known ones without which what is taken in again
/// would be a part: of a snapshot, or of a table of which a file replaces a part. Gives their places
/// among the sources as well.
fn prepare_all<'a>(
    session: &Session<'_>,
    Files { sources, choices, scratch }: Files<'a>,
    known: &[Option<Known>],
    common: Common<'_>,
) -> Result<(Vec<usize>, Vec<Prepared<'a>>), ImportError> {
    let settled = |place: usize| known[place].is_some_and(|known| known.current);
    let again = |place: usize| {
        let same = |other: &usize| {
            sources[*other].hash == sources[place].hash
                && choices[*other].fact.name == choices[place].fact.name
        };
        (0..place).any(|other| same(&other))
    };
    for place in (0..sources.len()).filter(|place| settled(*place) || again(*place)) {
        sources[place].progress.leave_out();
    }
    let mut out: Vec<(usize, Prepared<'a>)> = Vec::new();
    for place in (0..sources.len()).filter(|place| !settled(*place) && !again(*place)) {
        let common = Common { earlier: known[place].and_then(|known| known.taken_on), ..common };
        let file =
            prepare::prepare(session, sources[place], &choices[place], place, common, scratch)?;
        out.push((place, file));
    }
    let days: Vec<NaiveDate> =
        out.iter().filter_map(|(_, file)| file.day.as_ref().map(|day| day.date)).collect();
    for place in (0..sources.len()).filter(|place| settled(*place) && !again(*place)) {
        let day = known[place].and_then(|known| known.taken_on);
        let fact = choices[place].fact;
        let same_table = out.iter().any(|(other, _)| choices[*other].fact.name == fact.name);
        let part = match day {
            Some(day) => days.contains(&day),
            None => matches!(fact.taking, Taking::Within(_)) && same_table,
        };
        if part {
            let common = Common { earlier: day, ..common };
            let file =
                prepare::prepare(session, sources[place], &choices[place], place, common, scratch)?;
            out.push((place, file));
        }
    }
    out.sort_by_key(|(place, _)| *place);
    Ok(out.into_iter().unzip())
}

fn make_ready<'g, 'p, 'a>(
    session: &Session<'_>,
    group: &'g group::Group<'p, 'a>,
) -> Result<Ready<'g, 'p, 'a>, ImportError> {
    let (mut reports, mut rejects) = (Vec::new(), Vec::new());
    for (place, file) in group.files.iter().enumerate() {
        let repeated = &group.repeated[place];
        let rejected = file.rejects(&repeated.refused)?;
        let (taken, totals) = group.totals(session, place)?;
        let oddities = group.oddities(session, place)?;
        reports.push(file.report(&rejected, repeated, taken, totals, oddities));
        rejects.push(rejected);
    }
    Ok(Ready { group, reports, rejects })
}

/// Tables that these groups write to.
fn tables_of(ready: &[Ready<'_, '_, '_>]) -> Vec<&'static str> {
    let mut tables =
        vec!["facts.snapshot", "meta.import", "meta.reject", "meta.replaced", "settings.setting"];
    tables.extend(ready.iter().map(|ready| ready.group.fact.table));
    tables.sort_unstable();
    tables.dedup();
    tables
}

/// Everything that is written, and the part of the report that only the workspace can tell.
fn write(
    session: &Session<'_>,
    stores: &Stores,
    catalog: &Catalog,
    ready: &mut [Ready<'_, '_, '_>],
    author: &Author<'_>,
    progress: &Progress,
    foreseen: Option<&Foreseen>,
) -> Result<ImportReport, ImportError> {
    progress.together(Phase::Storing)?;
    let foreseen = match foreseen {
        Some(foreseen) if foreseen.imports != history::imports(session)? => None,
        other => other,
    };
    let mut report = ImportReport::default();
    let mut changed = Vec::new();
    for ready in ready.iter_mut() {
        let change = apply::take_in(session, stores, ready, author, foreseen)?;
        let counts = change.changes;
        if counts.vanished_open * 5 > counts.open_before {
            let day = change.taken_on.map(|day| day.to_string()).unwrap_or_default();
            report.warnings.push(format!(
                "{} of {} open opportunities are not in the export of {day}: it is probably a part \
                 of the pipeline only. Import the whole of it for that day to put them back",
                counts.vanished_open, counts.open_before
            ));
        }
        if counts.any() {
            changed.push(ready.group.fact.table);
        }
        report.changes.push(change);
    }
    if stores.are_real() {
        session.refresh_rollups(&changed)?;
    }
    progress.together(Phase::Closing)?;
    report.unknown = keys::unknown(session, stores)?;
    for unknown in &mut report.unknown {
        unknown.most.truncate(MOST_UNKNOWN);
    }
    report.cannot_answer = answers::gaps(session, stores, catalog)?;
    report.can_answer = answers::answerable(catalog, &report.cannot_answer);
    apply::keep_reports(session, stores, &report, ready)?;
    Ok(report)
}
