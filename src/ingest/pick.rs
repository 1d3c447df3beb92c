//! Which sheet of a workbook holds the data.
//!
//! Owns the evidence: the sheet whose headers a preset knows. Several that do
//! are never settled by their order, and what the workbook hides comes after
//! what it shows.

use std::path::Path;

use super::choose::{self, Said};
use super::error::ImportError;
use super::shape::{self, HeaderRow};
use super::source::{Opening, Source};

/// A source and the lines of it that may hold the headers.
#[derive(Debug)]
pub struct Picked {
    pub source: Source,
    pub rows: Vec<HeaderRow>,
}

/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub hidden: bool,
    /// The preset and the table that its headers fit.
    pub fits: Option<String>,
}

/// What a person is probably after, who can still say that it is another sheet.
#[derive(Debug)]
pub struct Likely {
    pub picked: Picked,
    /// Those of the workbook that have anything in them; of other files none.
    pub sheets: Vec<Sheet>,
    /// Several can be taken in, and nobody has said which.
    pub open: bool,
}

/// A sheet with rows, and what it can be taken for.
struct Judged {
    picked: Picked,
    verdict: Result<String, ImportError>,
}

impl Judged {
    fn sheet(&self) -> Option<Sheet> {
        let sheet = self.picked.source.sheet.as_ref()?;
        let fits = self.verdict.as_ref().ok().cloned();
        Some(Sheet { name: sheet.name.clone(), hidden: sheet.hidden, fits })
    }

    fn hidden(&self) -> bool {
        self.picked.source.sheet.as_ref().is_some_and(|sheet| sheet.hidden)
    }
}

/// Picks the one source of a file that can be taken in.
///
/// # Errors
/// `SeveralSheets`, `NoSheetFits`; of a file with a single source those of [`shape::header_rows`].
/// Whether that one can be taken in is for [`choose::choose`] to say.
pub fn pick(
    path: &Path,
    mut sources: Vec<Source>,
    said: Said<'_>,
    with: Opening<'_>,
) -> Result<Picked, ImportError> {
    check_named(path, &sources, with)?;
    if sources.len() == 1 {
        return rows(path, sources.remove(0), said, with);
    }
    let (judged, mut refused) = judge(path, sources, said, with);
    let sheets = judged.len() + refused.len();
    let mut fitting = Vec::new();
    for one in judged {
        let sheet = one.sheet();
        match (one.verdict, sheet) {
            (Ok(table), Some(sheet)) => fitting.push((one.picked, sheet, table)),
            (Err(error), _) => refused.push(error),
            (Ok(_), None) => {}
        }
    }
    if fitting.iter().any(|(_, sheet, _)| !sheet.hidden) {
        fitting.retain(|(_, sheet, _)| !sheet.hidden);
    }
    match fitting.len() {
        0 => Err(none_fits(path, sheets, refused)),
        1 => {
            let (mut picked, sheet, table) = fitting.remove(0);
            let shown = if sheet.hidden { "sheet, which is hidden," } else { "sheet" };
            picked.source.notes.insert(
                0,
                format!(
                    "\"{}\" is the one {shown} of {sheets} whose headers fit {table}",
                    sheet.name
                ),
            );
            Ok(picked)
        }
        _ => {
            let sheets = fitting.iter().map(|(_, sheet, table)| {
                let name = &sheet.name;
                format!("\"{name}\" as {table}")
            });
            Err(ImportError::SeveralSheets { file: path.to_owned(), sheets: sheets.collect() })
        }
    }
}

/// The source that a person is probably after: of those that can be taken in the first that is
/// shown, else the one that comes nearest.
///
/// # Errors
/// Those of [`shape::header_rows`], where no source has a row.
pub fn likeliest(
    path: &Path,
    mut sources: Vec<Source>,
    said: Said<'_>,
    with: Opening<'_>,
) -> Result<Likely, ImportError> {
    check_named(path, &sources, with)?;
    if sources.len() == 1 {
        let source = sources.remove(0);
        let sheet = source.sheet.as_ref();
        let sheets = sheet.map(|s| Sheet { name: s.name.clone(), hidden: s.hidden, fits: None });
        let sheets = sheets.into_iter().collect();
        return Ok(Likely { picked: rows(path, source, said, with)?, sheets, open: false });
    }
    let (judged, refused) = judge(path, sources, said, with);
    let sheets: Vec<Sheet> = judged.iter().filter_map(Judged::sheet).collect();
    let shown = judged.iter().filter(|one| one.verdict.is_ok() && !one.hidden()).count();
    let near = |one: &Judged| match &one.verdict {
        Ok(_) => (!one.hidden(), 3, 0),
        Err(error) => {
            let (kind, found) = nearness(error);
            (!one.hidden(), kind, found)
        }
    };
    // Of equals the first.
    match judged.into_iter().rev().max_by_key(near) {
        Some(one) => Ok(Likely { picked: one.picked, sheets, open: shown > 1 }),
        None => Err(none_fits(path, refused.len(), refused)),
    }
}

/// A sheet is named only of a workbook.
fn check_named(path: &Path, sources: &[Source], with: Opening<'_>) -> Result<(), ImportError> {
    match (with.sheet, sources.first()) {
        (Some(name), Some(first)) if first.sheet.is_none() => Err(ImportError::NoSheet {
            file: path.to_owned(),
            sheet: name.to_owned(),
            known: Vec::new(),
        }),
        _ => Ok(()),
    }
}

fn rows(
    path: &Path,
    mut source: Source,
    said: Said<'_>,
    with: Opening<'_>,
) -> Result<Picked, ImportError> {
    if said.headerless() {
        let io = |error| ImportError::Io { file: path.to_owned(), source: error };
        source.text = shape::with_positions(&source.text, with.scratch).map_err(io)?;
    }
    let rows = shape::header_rows(&source)?;
    Ok(Picked { source, rows })
}

/// The sheets that have rows, and why the others have none.
fn judge(
    path: &Path,
    sources: Vec<Source>,
    said: Said<'_>,
    with: Opening<'_>,
) -> (Vec<Judged>, Vec<ImportError>) {
    let (mut judged, mut refused) = (Vec::new(), Vec::new());
    for source in sources {
        let picked = match rows(path, source, said, with) {
            Ok(picked) => picked,
            Err(error) => {
                refused.push(error);
                continue;
            }
        };
        let verdict = choose::choose(path, &picked.rows, said)
            .map(|choice| format!("{}/{}", choice.preset.name, choice.fact.name));
        judged.push(Judged { picked, verdict });
    }
    (judged, refused)
}

/// How near a sheet came to being taken.
fn nearness(error: &ImportError) -> (u8, usize) {
    match error {
        ImportError::NoColumns { .. } => (0, 0),
        ImportError::NotRecognised(error) => {
            (1, error.nearest.as_ref().map_or(0, |(_, found, _, _)| *found))
        }
        // Recognised, and something else is wrong with it.
        _ => (2, 0),
    }
}

/// The error of the sheet that comes nearest.
fn none_fits(path: &Path, sheets: usize, refused: Vec<ImportError>) -> ImportError {
    match refused.into_iter().max_by_key(nearness) {
        Some(nearest) => {
            let (file, nearest) = (path.to_owned(), Box::new(nearest));
            ImportError::NoSheetFits { file, sheets, nearest }
        }
        None => ImportError::NoSheets { file: path.to_owned() },
    }
}
