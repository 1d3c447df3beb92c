//! The sheets of a workbook as texts.
//!
//! Owns the way from cells to records: a row of the sheet becomes the record of
//! the same number. Cells are read one after the other where the format allows
//! it; a sheet with two cells in opposite corners costs two cells. Runs in a
//! process of its own (`apart`), because what reads these formats was not made
//! for files that mean harm.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek};
use std::path::{Path, PathBuf};

use calamine::{
    Data, DataRef, Ods, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx, XlsxError,
};

use super::archive::{self, Kind};
use super::cells::{self, CellText};
use super::records::{Records, Unwritable};
use super::refused::Refused;

/// A workbook with more sheets than this is no export.
const SHEETS: usize = 500;

/// Places of faults that are named.
const NAMED: usize = 3;

/// A sheet whose text lies in a file.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct DecodedSheet {
    pub name: String,
    pub hidden: bool,
    pub file: PathBuf,
    pub notes: Vec<String>,
}

/// Writes every sheet with something in it into the folder, or only the one that was named.
pub fn decode(
    path: &Path,
    folder: &Path,
    only: Option<&str>,
) -> Result<Vec<DecodedSheet>, Refused> {
    let mut head = [0; 2];
    File::open(path)?.read_exact(&mut head).map_err(damaged)?;
    if &head != b"PK" {
        return old(path, folder, only);
    }
    let survey = archive::survey(path)?;
    let file = BufReader::new(File::open(path)?);
    let mut notes = Vec::new();
    if survey.hidden_rows + survey.hidden_columns > 0 {
        notes.push(format!(
            "the workbook hides {} rows and {} columns; they are read like the others",
            survey.hidden_rows, survey.hidden_columns
        ));
    }
    if survey.uncomputed > 0 {
        notes.push(format!(
            "{} formulas of the workbook were never computed, and their cells are empty: open and \
             save it in a spreadsheet program first",
            survey.uncomputed
        ));
    }
    let job = Job { folder, only, notes };
    match survey.kind {
        Kind::Xlsx => xlsx(file, &job),
        Kind::Xlsb => {
            let mut workbook = Xlsb::new(file).map_err(damaged)?;
            let sheets = workbook.sheets_metadata().to_vec();
            job.each(&sheets, |name, writer| {
                let mut cells = workbook.worksheet_cells_reader(name).map_err(damaged)?;
                while let Some(cell) = cells.next_cell().map_err(damaged)? {
                    writer.cell(cell.get_position(), cells::text(cell.get_value(), false))?;
                }
                Ok(())
            })
        }
        Kind::Ods => whole(Ods::new(file).map_err(damaged)?, &job),
    }
}

/// XLS; and a newer one behind a password, which is wrapped in the same container.
fn old(path: &Path, folder: &Path, only: Option<&str>) -> Result<Vec<DecodedSheet>, Refused> {
    let open = || File::open(path).map(BufReader::new);
    let job = Job { folder, only, notes: Vec::new() };
    match Xls::new(open()?) {
        Ok(workbook) => whole(workbook, &job),
        Err(calamine::XlsError::Password) => Err(Refused::Password),
        Err(error) => match Xlsx::new(open()?) {
            Err(XlsxError::Password) => Err(Refused::Password),
            _ => Err(damaged(error)),
        },
    }
}

fn xlsx(file: BufReader<File>, job: &Job<'_>) -> Result<Vec<DecodedSheet>, Refused> {
    let mut workbook = match Xlsx::new(file) {
        Ok(workbook) => workbook,
        Err(XlsxError::Password) => return Err(Refused::Password),
        Err(error) => return Err(damaged(error)),
    };
    let sheets = workbook.sheets_metadata().to_vec();
    job.each(&sheets, |name, writer| {
        let mut cells = workbook.worksheet_cells_reader(name).map_err(damaged)?;
        let percent: Vec<bool> = cells
            .styles()
            .iter()
            .map(|style| {
                let format = style.number_format.as_ref();
                format.is_some_and(|format| {
                    matches!(format.format_id, Some(9 | 10))
                        || cells::is_percent(&format.format_code)
                })
            })
            .collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(damaged)? {
            let percent = percent.get(style).copied().unwrap_or_default();
            writer.cell(cell.get_position(), cells::text(cell.get_value(), percent))?;
        }
        Ok(())
    })
}

/// Formats that are read as a whole.
fn whole<RS, R>(mut workbook: R, job: &Job<'_>) -> Result<Vec<DecodedSheet>, Refused>
where
    RS: Read + Seek,
    R: Reader<RS>,
    R::Error: std::fmt::Display,
{
    let sheets = workbook.sheets_metadata().to_vec();
    job.each(&sheets, |name, writer| {
        let range = workbook.worksheet_range(name).map_err(damaged)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            // Within a range, places count from its corner.
            let place = (top + row as u32, left + column as u32);
            writer.cell(place, cells::text(&borrowed(value), false))?;
        }
        Ok(())
    })
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(flag) => DataRef::Bool(*flag),
        Data::DateTime(instant) => DataRef::DateTime(*instant),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn damaged(error: impl std::fmt::Display) -> Refused {
    Refused::Damaged(error.to_string())
}

/// Where the texts go, and which sheets are wanted.
struct Job<'a> {
    folder: &'a Path,
    only: Option<&'a str>,
    /// What holds for every sheet.
    notes: Vec<String>,
}

impl Job<'_> {
    fn each(
        &self,
        sheets: &[Sheet],
        mut read: impl FnMut(&str, &mut SheetWriter) -> Result<(), Refused>,
    ) -> Result<Vec<DecodedSheet>, Refused> {
        if sheets.len() > SHEETS {
            return Err(Refused::TooLarge(format!("it has more than {SHEETS} sheets")));
        }
        let tables: Vec<&Sheet> =
            sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
        let same =
            |name: &str, other: &str| name.trim().to_lowercase() == other.trim().to_lowercase();
        let wanted: Vec<&&Sheet> = match self.only {
            None => tables.iter().collect(),
            Some(name) => tables.iter().filter(|sheet| same(&sheet.name, name)).collect(),
        };
        if self.only.is_some() && wanted.is_empty() {
            return Err(Refused::NoSheet(tables.iter().map(|sheet| sheet.name.clone()).collect()));
        }
        let mut out = Vec::new();
        for (place, sheet) in wanted.into_iter().enumerate() {
            let file = self.folder.join(format!("sheet-{place}.csv"));
            let mut writer = SheetWriter::new(&file)?;
            read(&sheet.name, &mut writer)?;
            let Some(notes) = writer.finish()? else { continue };
            out.push(DecodedSheet {
                name: sheet.name.clone(),
                hidden: sheet.visible != SheetVisible::Visible,
                file,
                notes: self.notes.iter().cloned().chain(notes).collect(),
            });
        }
        Ok(out)
    }
}

/// Cells of one sheet, row by row, into its text.
struct SheetWriter {
    records: Records<BufWriter<File>>,
    row: u32,
    cells: BTreeMap<u32, String>,
    /// Columns of the widest row so far; shorter ones below are filled up to it.
    width: usize,
    errors: u64,
    named: Vec<String>,
}

impl SheetWriter {
    fn new(file: &Path) -> io::Result<Self> {
        Ok(SheetWriter {
            records: Records::new(BufWriter::new(File::create(file)?)),
            row: 0,
            cells: BTreeMap::new(),
            width: 0,
            errors: 0,
            named: Vec::new(),
        })
    }

    fn cell(&mut self, (row, column): (u32, u32), text: Option<CellText>) -> Result<(), Refused> {
        if row != self.row {
            self.end_row()?;
            if row < self.row {
                return Err(Refused::Damaged(format!(
                    "row {} comes after row {}",
                    row + 1,
                    self.row + 1
                )));
            }
            self.row = row;
        }
        let text = match text {
            None => return Ok(()),
            Some(CellText::Text(text)) => text,
            Some(CellText::Error(error)) => {
                self.errors += 1;
                if self.named.len() < NAMED {
                    self.named.push(format!("{error} in {}", place(row, column)));
                }
                error
            }
        };
        self.cells.insert(column, text);
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Refused> {
        let Some((last, _)) = self.cells.last_key_value() else { return Ok(()) };
        self.width = self.width.max(*last as usize + 1);
        let cells = std::mem::take(&mut self.cells);
        let fields =
            (0..self.width).map(|column| cells.get(&(column as u32)).map_or("", String::as_str));
        let written =
            self.records.skip_to(u64::from(self.row)).and_then(|()| self.records.record(fields));
        written.map_err(|error| self.unwritable(error))
    }

    fn unwritable(&self, error: Unwritable) -> Refused {
        let row = self.row + 1;
        match error {
            Unwritable::Io(error) => error.into(),
            Unwritable::TooLong => {
                Refused::TooLarge(format!("row {row} has more than a megabyte of text"))
            }
            Unwritable::TooLarge => {
                Refused::TooLarge("its cells are more than 4 GiB of text".into())
            }
            Unwritable::Nul => Refused::Damaged(format!("row {row} holds a NUL character")),
        }
    }

    /// What there is to say about the sheet; `None` when it has nothing in it.
    fn finish(mut self) -> Result<Option<Vec<String>>, Refused> {
        self.end_row()?;
        if self.records.rows == 0 {
            return Ok(None);
        }
        self.records.finish()?;
        let mut notes = Vec::new();
        if self.errors > 0 {
            let more = if self.errors > self.named.len() as u64 { ", …" } else { "" };
            notes.push(format!(
                "{} cells hold an error instead of a value: {}{more}",
                self.errors,
                self.named.join(", ")
            ));
        }
        Ok(Some(notes))
    }
}

/// `B7`.
fn place(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_a_sheet_does() {
        for ((row, column), expected) in
            [((0, 0), "A1"), ((6, 1), "B7"), ((0, 25), "Z1"), ((9, 26), "AA10"), ((0, 701), "ZZ1")]
        {
            assert_eq!(place(row, column), expected);
        }
    }

    #[test]
    fn a_row_keeps_its_number() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("sheet");
        let mut writer = SheetWriter::new(&file).expect("made");
        let text = |text: &str| Some(CellText::Text(text.into()));
        writer.cell((1, 0), text("Report")).expect("taken");
        writer.cell((3, 0), text("id")).expect("taken");
        writer.cell((3, 2), text("name")).expect("taken");
        writer.cell((4, 1), None).expect("taken");
        writer.cell((5, 0), text("1")).expect("taken");
        writer.cell((5, 1), Some(CellText::Error("#N/A".into()))).expect("taken");
        let notes = writer.finish().expect("written").expect("something in it");
        assert_eq!(notes, ["1 cells hold an error instead of a value: #N/A in B6"]);
        let text = std::fs::read_to_string(&file).expect("read");
        assert_eq!(text, "\nReport\n\nid,,name\n\n1,#N/A,\n");
    }

    #[test]
    fn rows_out_of_order_are_damage() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = SheetWriter::new(&folder.path().join("sheet")).expect("made");
        let text = || Some(CellText::Text("x".into()));
        writer.cell((4, 0), text()).expect("taken");
        assert!(matches!(writer.cell((3, 0), text()), Err(Refused::Damaged(_))));
    }
}
