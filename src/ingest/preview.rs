//! What an import would do with one file, before anything is written: what each
//! column is taken for, how it is read, what has to be settled first, and, once
//! all is settled, the report of the import itself.
//!
//! Owns the questions that a person has to answer and what can be answered to
//! each. Writes nothing; decides nothing that the import does not decide by the
//! same code.

mod begin;
mod questions;
mod ways;
mod words;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Local, NaiveDate, Utc};

use crate::catalog::Catalog;
use crate::workspace::{Session, Workspace};

use super::choose::{self, Choice, From, Mapped, Said};
use super::column::Column;
use super::currency::{self, CurrencyRule};
use super::dates::Years;
use super::draft::{Change, Draft};
use super::error::ImportError;
use super::periods;
use super::pick::{self, Likely, Picked};
use super::profile;
use super::readings::readings;
use super::report::{FileColumn, ImportReport, SampleRow};
use super::samples;
use super::scratch::Scratch;
use super::shape::{self, HeaderRow};
use super::source::{Encoding, Opening, Source};
use super::stage::{self, Staged};
use super::typed::Reader;
use super::{ImportRequest, Progress, file_and_length, import_by};

pub use super::pick::Sheet;
pub use questions::{About, Question};
pub use ways::{Offer, Ways, Word};

/// Which file, and what is settled about it.
#[derive(Clone, Debug)]
pub struct PreviewRequest {
    pub file: PathBuf,
    /// What has been settled; `None`: by the presets, else guessed.
    pub draft: Option<Box<Draft>>,
    /// As in [`ImportRequest`], while there is no draft.
    pub preset: Option<String>,
    pub mapping: Option<PathBuf>,
    pub table: Option<String>,
    /// The sheet of a workbook; `None`: the likeliest.
    pub sheet: Option<String>,
    /// The line that holds the headers, 0 where there are none; `None`: by their evidence.
    pub line: Option<u64>,
    pub taken_on: Option<NaiveDate>,
}

impl PreviewRequest {
    /// About a file of which nothing is settled.
    pub fn of(file: PathBuf) -> Self {
        PreviewRequest {
            file,
            draft: None,
            preset: None,
            mapping: None,
            table: None,
            sheet: None,
            line: None,
            taken_on: None,
        }
    }
}

/// What an import would do with the file.
#[derive(Clone, Debug)]
pub struct Preview {
    pub file: PathBuf,
    /// The file's own name.
    pub name: String,
    pub encoding: Encoding,
    pub delimiter: &'static str,
    /// The sheet that was looked at, of a workbook.
    pub sheet: Option<String>,
    /// The sheets that were read.
    pub sheets: Vec<Sheet>,
    /// 0: there are none.
    pub header_line: u64,
    /// Lines that might hold the headers, with what stands in them.
    pub lines: Vec<(u64, String)>,
    /// Records in the file, those that cannot be divided included.
    pub records: u64,
    pub draft: Draft,
    /// How the file was known, or that it was not.
    pub known_by: String,
    pub columns: Vec<FileColumn>,
    /// For each column of the file, how else it could be read.
    pub ways: Vec<Ways>,
    /// Words of the stage or state, the commonest first.
    pub words: Vec<Word>,
    /// Words of the forecast category.
    pub categories: Vec<Word>,
    /// What has to be settled before anything can be imported.
    pub questions: Vec<Question>,
    /// The first rows, before and after.
    pub rows: Vec<SampleRow>,
    /// The currency that the workspace reports in.
    pub reporting: String,
    pub taken_on: Option<NaiveDate>,
    /// What the import would report; `None` while there are questions, or when it is refused.
    pub report: Option<Box<ImportReport>>,
    /// Why it would be refused although all is settled, and what to do.
    pub refused: Option<(String, Option<String>)>,
}

/// Looks at a file. `at`: the local day of it is "today".
///
/// # Errors
/// What no mapping can mend: the file cannot be read, holds no text, or no row; the workspace.
pub fn preview(
    workspace: &mut Workspace,
    catalog: &Catalog,
    request: &PreviewRequest,
    at: DateTime<Utc>,
    progress: &Progress,
) -> Result<Preview, ImportError> {
    let stopping = progress.stops(workspace.interrupter());
    let scratch =
        Scratch::new().map_err(|source| ImportError::Io { file: std::env::temp_dir(), source })?;
    workspace.let_read(std::slice::from_ref(&request.file), scratch.path());
    let looked = look(workspace, catalog, request, at, progress, &scratch);
    workspace.let_read_nothing();
    drop(stopping);
    let stopped = |error| if progress.cancelled() { ImportError::Cancelled } else { error };
    let mut preview = looked.map_err(stopped)?;
    if preview.questions.is_empty() {
        try_it(workspace, catalog, request, at, progress, &mut preview)?;
    }
    Ok(preview)
}

/// The import itself, on copies.
fn try_it(
    workspace: &mut Workspace,
    catalog: &Catalog,
    request: &PreviewRequest,
    at: DateTime<Utc>,
    progress: &Progress,
    preview: &mut Preview,
) -> Result<(), ImportError> {
    let asked = ImportRequest {
        files: vec![request.file.clone()],
        preset: None,
        mapping: None,
        table: Some(preview.draft.fact.name.to_owned()),
        sheet: preview.sheet.clone(),
        taken_on: request.taken_on,
        dry_run: true,
        back_up: false,
        author: String::new(),
        at,
    };
    let mapping = preview.draft.unkept();
    match import_by(workspace, catalog, &asked, Some(&mapping), progress) {
        Ok(report) => preview.report = Some(Box::new(report)),
        Err(error @ (ImportError::Workspace(_) | ImportError::Cancelled)) => return Err(error),
        Err(error) => match questions::of(&error, &preview.draft) {
            Some(question) => preview.questions.push(question),
            None => preview.refused = Some((error.to_string(), error.remedy())),
        },
    }
    Ok(())
}

fn look(
    workspace: &mut Workspace,
    catalog: &Catalog,
    request: &PreviewRequest,
    at: DateTime<Utc>,
    progress: &Progress,
    scratch: &Scratch,
) -> Result<Preview, ImportError> {
    let settings = workspace.settings().clone();
    progress.expect(std::iter::once(file_and_length(&request.file)));
    let Likely { picked: Picked { mut source, mut rows }, sheets, open } = {
        let (session, progress) = (workspace.staging()?, &progress.of(0));
        let sheet = request.sheet.as_deref();
        let with = Opening { scratch, session: Some(&session), sheet, progress };
        let presets: Vec<_> = catalog.presets.values().collect();
        let said = Said { presets: &presets, table: None, named: false };
        pick::likeliest(&request.file, Source::read(&request.file, with)?, said, with)?
    };
    if begin::headerless(catalog, request, &rows)? {
        let text = shape::with_positions(&source.text, scratch);
        source.text =
            text.map_err(|error| ImportError::Io { file: source.path.clone(), source: error })?;
        rows = shape::header_rows(&source)?;
    }
    let begun = begin::begin(&rows, catalog, request)?;
    let preset = begun.draft.unkept();
    let rules = &preset.tables[0];
    let mut choice = choose::as_it_is(&source.path, &preset, rules, begun.row)?;
    choice.whole = true;
    let session = workspace.staging()?;
    let staged = stage::stage(&session, &source, &choice, "ingest_raw_0".into(), scratch)?;
    let mut questions: Vec<Question> = questions::sheet(&sheets, open).into_iter().collect();
    questions.extend(questions::needed(&begun.draft));
    let day = request.taken_on.unwrap_or_else(|| at.with_timezone(&Local).date_naive());
    let years = Years::of(choice.fact.history, choice.rules.years, day);
    let draft = &begun.draft;
    let columns = settle(&session, &source, &mut choice, &staged, years, draft, &mut questions)?;
    let columns = with_any_state(&session, &source, &mut choice, &staged, years, columns)?;
    let looked = Looked { session: &session, choice: &choice, staged: &staged, columns: &columns };
    let currency =
        match currency::rule(&session, &source, &choice, &staged, &columns, &settings.currency) {
            Ok(rule) => rule,
            Err(error @ ImportError::CurrencyMissing { .. }) => {
                questions.extend(questions::of(&error, &begun.draft));
                // Only so that the rest can be looked at meanwhile.
                let any = Some(settings.currency.clone());
                CurrencyRule { given: any.clone(), without_money: any, ..CurrencyRule::default() }
            }
            Err(error) => return Err(error),
        };
    let words = looked.states(&begun.draft)?;
    let categories = looked.categories(&begun.draft)?;
    questions.extend(questions::words(&words, &begun.draft));
    questions.extend(questions::categories(&categories, &begun.draft));
    let fiscal = settings.fiscal;
    let periods = periods::make(&session, &choice, &staged, &columns, &fiscal, "ingest_periods_0")?;
    let typed = "ingest_rows_0";
    let some = columns.iter().any(|column| column.in_file);
    if some {
        let reader = Reader {
            session: &session,
            choice: &choice,
            staged: &staged,
            columns: &columns,
            currency: &currency,
            periods,
        };
        reader.make(typed)?;
        reader.take_faults(typed)?;
    }
    let readings = readings(&columns, &currency);
    let seen = samples::look(&session, &choice, &staged, some.then_some(typed), &readings)?;
    let ways = looked.ways(&begun.draft)?;
    Ok(Preview {
        file: source.path.clone(),
        name: source.name.clone(),
        encoding: source.encoding,
        delimiter: begun.row.delimiter_name(),
        sheet: source.sheet.as_ref().map(|sheet| sheet.name.clone()),
        sheets,
        header_line: begun.row.line,
        lines: lines(&rows, begun.row),
        records: staged.structure.records + staged.structure.broken.len() as u64,
        columns: with_reasons(seen.columns, &begun.draft),
        draft: begun.draft,
        known_by: begun.known_by,
        ways,
        words,
        categories,
        questions,
        rows: seen.rows,
        reporting: settings.currency,
        taken_on: request.taken_on,
        report: None,
        refused: None,
    })
}

/// Decides how every column is read. One that can be read in several ways becomes a question and
/// is left out, so that the others are decided all the same.
fn settle(
    session: &Session<'_>,
    source: &Source,
    choice: &mut Choice<'_>,
    staged: &Staged,
    years: Years,
    draft: &Draft,
    questions: &mut Vec<Question>,
) -> Result<Vec<Column>, ImportError> {
    loop {
        let error = match profile::profile(session, source, choice, staged, years) {
            Ok(columns) => return Ok(columns),
            Err(error) => error,
        };
        let ImportError::Unclear(unclear) = &error else { return Err(error) };
        let unclear_ones: Vec<&str> = choice
            .columns
            .iter()
            .map(|mapped| mapped.column.name)
            .filter(|ours| choice.header_of(ours) == unclear.column)
            .collect();
        let Some(question) = questions::of(&error, draft) else { return Err(error) };
        if unclear_ones.is_empty() {
            return Err(error);
        }
        questions.push(question);
        choice.columns.retain(|mapped| !unclear_ones.contains(&mapped.column.name));
    }
}

/// While nothing tells the state, the other columns can be looked at all the same.
fn with_any_state<'a>(
    session: &Session<'_>,
    source: &Source,
    choice: &mut Choice<'a>,
    staged: &Staged,
    years: Years,
    columns: Vec<Column>,
) -> Result<Vec<Column>, ImportError> {
    let told = |name: &str| columns.iter().any(|column| column.fact.name == name);
    let Some(column) = choice.fact.column("state").filter(|column| column.required) else {
        return Ok(columns);
    };
    if told("state") || told("stage") || !choice.row_rules.states.is_empty() {
        return Ok(columns);
    }
    let word = choice.rules.states.values().flatten().next().map_or("open", String::as_str);
    choice.columns.push(Mapped { column, from: From::Constant(word) });
    profile::profile(session, source, choice, staged, years)
}

/// What is known of a file before its rows are tried.
struct Looked<'a> {
    session: &'a Session<'a>,
    choice: &'a Choice<'a>,
    staged: &'a Staged,
    columns: &'a [Column],
}

/// The draft knows better than the preset made of it.
fn with_reasons(columns: Vec<FileColumn>, draft: &Draft) -> Vec<FileColumn> {
    let why = |column: &FileColumn| {
        let mut reasons: Vec<String> = Vec::new();
        for why in column.taken_for.iter().filter_map(|ours| draft.why(ours)) {
            if !reasons.contains(&why.words()) {
                reasons.push(why.words());
            }
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    };
    columns
        .into_iter()
        .map(|column| {
            // A column that is a question was left out; it is taken for something all the same.
            let taken_for = draft.taken_for(column.place - 1);
            let taken_for = taken_for.into_iter().map(str::to_owned).collect();
            let column = FileColumn { taken_for, ..column };
            FileColumn { why: why(&column), ..column }
        })
        .collect()
}

/// The lines of this division that may hold the headers.
fn lines(rows: &[HeaderRow], now: &HeaderRow) -> Vec<(u64, String)> {
    let same = rows.iter().filter(|row| row.delimiter == now.delimiter);
    same.take(12).map(|row| (row.line, row.names.join(" | "))).collect()
}

/// The columns of the file that one of ours comes from.
fn places(choice: &Choice<'_>, ours: &str) -> Vec<usize> {
    let mapped = choice.columns.iter().find(|mapped| mapped.column.name == ours);
    match mapped.map(|mapped| &mapped.from) {
        Some(From::Columns(places, _)) => {
            places.iter().flat_map(|place| place.columns.iter().copied()).collect()
        }
        _ => Vec::new(),
    }
}

impl Preview {
    /// Takes a change, and says what the next look is to be at.
    pub fn with(&self, change: &Change) -> Draft {
        let mut draft = self.draft.clone();
        draft.apply(change);
        draft
    }

    /// The question about a column of the file, counted from 0.
    pub fn question_about(&self, place: usize) -> Option<&Question> {
        self.questions.iter().find(|question| question.about == About::Column(place))
    }

    /// A name to save the mapping by.
    pub fn proposed_name(&self) -> String {
        if self.draft.saved
            && let Some(name) = &self.draft.began_as
        {
            return name.clone();
        }
        name_for(&self.file, self.draft.fact.name)
    }
}

/// `Pipeline export (3).csv` becomes `pipeline-export-opportunities`.
fn name_for(file: &Path, table: &str) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let mut words: Vec<&str> = stem
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.len() > 1 && !table.contains(word))
        .take(4)
        .collect();
    words.push(table);
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_proposed_without_the_day_and_the_number_of_the_copy() {
        for (file, name) in [
            ("Pipeline export (3).csv", "pipeline-export-opportunities"),
            ("opportunities-2025-12-29.csv", "opportunities"),
            ("Ünser_CRM.xlsx", "ünser-crm-opportunities"),
            ("1.csv", "opportunities"),
        ] {
            assert_eq!(name_for(Path::new(file), "opportunities"), name);
        }
    }
}
