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

/// Picks the one source of a file that can be taken in.
///
/// # Errors
/// `SeveralSheets`, `NoSheetFits`; of a file with a single source those of [`shape::header_rows`].
/// Whether that one can be taken in is for [`choose::choose`] to say.
pub fn pick(
    path: &Path,
    sources: Vec<Source>,
    said: Said<'_>,
    with: Opening<'_>,
) -> Result<Picked, ImportError> {
    if let (Some(name), Some(first)) = (with.sheet, sources.first())
        && first.sheet.is_none()
    {
        let (file, sheet) = (path.to_owned(), name.to_owned());
        return Err(ImportError::NoSheet { file, sheet, known: Vec::new() });
    }
    let sheets = sources.len();
    let (mut fitting, mut refused) = (Vec::new(), Vec::new());
    for mut source in sources {
        if said.headerless() {
            let io = |error| ImportError::Io { file: path.to_owned(), source: error };
            source.text = shape::with_positions(&source.text, with.scratch).map_err(io)?;
        }
        let rows = match shape::header_rows(&source) {
            Ok(rows) => rows,
            Err(error) if sheets == 1 => return Err(error),
            Err(error) => {
                refused.push(error);
                continue;
            }
        };
        if sheets == 1 {
            return Ok(Picked { source, rows });
        }
        match choose::choose(path, &rows, said) {
            Ok(choice) => {
                let table = format!("{}/{}", choice.preset.name, choice.fact.name);
                fitting.push((Picked { source, rows }, table));
            }
            Err(error) => refused.push(error),
        }
    }
    let hidden = |candidate: &Picked| candidate.source.sheet.as_ref().is_some_and(|s| s.hidden);
    if fitting.iter().any(|(candidate, _)| !hidden(candidate)) {
        fitting.retain(|(candidate, _)| !hidden(candidate));
    }
    let name = |candidate: &Picked| {
        candidate.source.sheet.as_ref().map(|sheet| sheet.name.clone()).unwrap_or_default()
    };
    match fitting.len() {
        0 => Err(none_fits(path, sheets, refused)),
        1 => {
            let (mut picked, table) = fitting.remove(0);
            let shown = if hidden(&picked) { "sheet, which is hidden," } else { "sheet" };
            picked.source.notes.insert(
                0,
                format!(
                    "\"{}\" is the one {shown} of {sheets} whose headers fit {table}",
                    name(&picked)
                ),
            );
            Ok(picked)
        }
        _ => {
            let sheets = fitting.iter().map(|(one, table)| format!("\"{}\" as {table}", name(one)));
            Err(ImportError::SeveralSheets { file: path.to_owned(), sheets: sheets.collect() })
        }
    }
}

/// The error of the sheet that comes nearest.
fn none_fits(path: &Path, sheets: usize, refused: Vec<ImportError>) -> ImportError {
    let found = |error: &ImportError| match error {
        ImportError::NoColumns { .. } => (0, 0),
        ImportError::NotRecognised(error) => {
            (1, error.nearest.as_ref().map_or(0, |(_, found, _, _)| *found))
        }
        // Recognised, and something else is wrong with it.
        _ => (2, 0),
    };
    match refused.into_iter().max_by_key(found) {
        Some(nearest) => {
            let (file, nearest) = (path.to_owned(), Box::new(nearest));
            ImportError::NoSheetFits { file, sheets, nearest }
        }
        None => ImportError::NoSheets { file: path.to_owned() },
    }
}
