//! One file, from its bytes to typed rows in the instance: everything that can
//! be done without the workspace.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::catalog::facts::FactKind;
use crate::domain::FiscalCalendar;
use crate::workspace::Session;

use super::choose::Choice;
use super::column::Column;
use super::currency::{self, CurrencyRule};
use super::dates::Years;
use super::day::{self, Day};
use super::error::ImportError;
use super::footers;
use super::layout;
use super::left_out;
use super::money::{self, NotTaken, OwnTotal, Sums};
use super::periods;
use super::profile;
use super::progress::Phase;
use super::readings::readings;
use super::report::{FileReport, PRESET_NOTE, Total};
use super::samples::{self, Looks};
use super::scan::{Broken, Fault as LineFault};
use super::scratch::Scratch;
use super::source::Source;
use super::stage::{self, Staged};
use super::typed::{Fault, Reader, Reject};
use super::unknown_words;

/// A file whose rows are ready to be taken in.
#[derive(Debug)]
pub struct Prepared<'a> {
    pub source: &'a Source,
    pub choice: &'a Choice<'a>,
    pub staged: Staged,
    pub columns: Vec<Column>,
    /// In which a date of the file can lie.
    pub years: Years,
    currency: CurrencyRule,
    /// Temporary table of the typed rows.
    pub typed: String,
    pub day: Option<Day>,
    pub faults: Vec<Fault>,
    not_taken: NotTaken,
    own_totals: Vec<OwnTotal>,
    /// Rows without any value, and footers, among the staged rows.
    pub left_out: u64,
    aliased: BTreeMap<String, Vec<(String, String, u64)>>,
    /// Rows that the preset leaves out: by which rule, how many.
    no_data: Vec<(String, u64)>,
    seen: Looks,
}

/// Rows of one file whose key an earlier row has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeated {
    /// With other values than the earlier one.
    pub refused: Vec<Fault>,
    pub refused_money: Sums,
    /// The same in every value.
    pub dropped: u64,
    pub dropped_money: Sums,
}

/// What holds for every file of one import.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    pub taken_on: Option<NaiveDate>,
    /// The day for which the same file was taken in before.
    pub earlier: Option<NaiveDate>,
    pub today: NaiveDate,
    /// The reporting currency of the workspace.
    pub reporting: &'a str,
    pub fiscal: &'a FiscalCalendar,
}

/// Prepares the file with this number.
///
/// # Errors
/// Everything that refuses a file; `NothingTaken` where every row has a fault.
pub fn prepare<'a>(
    session: &Session<'_>,
    source: &'a Source,
    choice: &'a Choice<'a>,
    number: usize,
    common: Common<'_>,
    scratch: &Scratch,
) -> Result<Prepared<'a>, ImportError> {
    let staged = stage::stage(session, source, choice, format!("ingest_raw_{number}"), scratch)?;
    source.progress.enter(Phase::Examining)?;
    let day = common.taken_on.unwrap_or(common.today);
    let years = Years::of(choice.fact.history, choice.rules.years, day);
    let columns = profile::profile(session, source, choice, &staged, years)?;
    unknown_words::check(session, source, choice, &staged, &columns)?;
    let currency = currency::rule(session, source, choice, &staged, &columns, common.reporting)?;
    let table = format!("ingest_periods_{number}");
    let periods = periods::make(session, choice, &staged, &columns, common.fiscal, &table)?;
    let typed = format!("ingest_rows_{number}");
    let reader = Reader {
        session,
        choice,
        staged: &staged,
        columns: &columns,
        currency: &currency,
        periods,
    };
    source.progress.enter(Phase::Converting)?;
    reader.make(&typed)?;
    let kept = count(session, &typed)?;
    let (faults, mut not_taken) = reader.take_faults(&typed)?;
    let own_totals = footers::own_totals(&reader)?;
    let left_out = staged.rows().saturating_sub(kept);
    let no_data = left_out::rows(&reader)?;
    not_taken.disregarded.extend(&left_out::money(&reader)?);
    let taken = count(session, &typed)?;
    if taken == 0 {
        let rows = staged.rows() + staged.structure.broken.len() as u64;
        if kept == 0 && staged.structure.broken.is_empty() && no_data.is_empty() {
            return Err(ImportError::NoRows { file: source.path.clone() });
        }
        let mut reasons = reasons(&faults, &staged);
        reasons.extend(no_data.iter().map(|(rule, rows)| format!("left out: {rule} ({rows})")));
        return Err(ImportError::NothingTaken { file: source.path.clone(), rows, reasons });
    }
    let aliased = profile::aliased(session, choice, &staged, &columns)?;
    let day = if choice.fact.history {
        let Common { taken_on: said, earlier, today, .. } = common;
        let known = day::Known { said, earlier, today };
        Some(day::taken_on(session, source, choice, &typed, known)?)
    } else {
        None
    };
    let seen =
        samples::look(session, choice, &staged, Some(&typed), &readings(&columns, &currency))?;
    Ok(Prepared {
        source,
        choice,
        staged,
        columns,
        years,
        currency,
        typed,
        day,
        faults,
        not_taken,
        own_totals,
        left_out,
        aliased,
        no_data,
        seen,
    })
}

fn count(session: &Session<'_>, table: &str) -> Result<u64, ImportError> {
    let found = session.query(&format!("SELECT count(*) FROM {table}"), &[])?;
    Ok(found.rows.first().and_then(|row| row[0].as_int()).unwrap_or_default() as u64)
}

/// The commonest reasons, three at most.
fn reasons(faults: &[Fault], staged: &Staged) -> Vec<String> {
    let mut counts: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for fault in faults {
        let column = fault.column.clone().unwrap_or_default();
        let example = fault.value.clone().unwrap_or_default();
        let entry = counts.entry(format!("{column}: {}", fault.reason)).or_insert((0, example));
        entry.0 += 1;
    }
    for broken in &staged.structure.broken {
        let reason = of_line(broken, staged.header_width());
        counts.entry(reason).or_insert((0, broken.text.clone())).0 += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let shown = counts.into_iter().take(3);
    shown
        .map(|(reason, (count, example))| format!("{reason} ({count}, as \"{example}\")"))
        .collect()
}

/// What is wrong with a line that is no record.
pub fn of_line(broken: &Broken, columns: usize) -> String {
    match broken.fault {
        LineFault::Fields(fields) => format!("{fields} fields, and the header has {columns}"),
        LineFault::Quote => "a quoted text does not end where it should".into(),
        LineFault::Swallows => {
            "a quote opens here and closes on a later line, and each of the lines looks like a row"
                .into()
        }
        LineFault::Long => "longer than a row can be".into(),
    }
}

impl Prepared<'_> {
    /// Columns of the stored table that this file gives.
    pub fn given(&self) -> Vec<&'static str> {
        let columns = self.columns.iter().flat_map(|column| match column.fact.kind {
            FactKind::Period => vec!["period_start", "period_end"],
            _ => vec![column.fact.name],
        });
        let mut given: Vec<_> = columns.collect();
        // A currency that the mapping gives comes with the money.
        given.push("currency");
        given
    }

    /// Every reject with its line: broken lines, faults, and `more` rows found later.
    pub fn rejects(&self, more: &[Fault]) -> Result<Vec<Reject>, ImportError> {
        let mut faults: Vec<&Fault> = self.faults.iter().chain(more).collect();
        faults.sort_by_key(|fault| fault.row);
        let mut rows: Vec<u64> = faults.iter().map(|fault| fault.row).collect();
        rows.dedup();
        let lines =
            if rows.is_empty() { Vec::new() } else { self.staged.lines_of(self.source, &rows)? };
        let line_of: BTreeMap<u64, u64> = rows.into_iter().zip(lines).collect();
        let columns = self.staged.header_width();
        let broken = self.staged.broken(&self.choice.rules.footers).map(|broken| Reject {
            line: broken.line,
            column: None,
            value: Some(broken.text.clone()),
            reason: of_line(broken, columns),
        });
        let faults = faults.into_iter().map(|fault| Reject {
            line: line_of.get(&fault.row).copied().unwrap_or_default(),
            column: fault.column.clone(),
            value: fault.value.clone(),
            reason: fault.reason.clone(),
        });
        let mut rejects: Vec<Reject> = faults.chain(broken).collect();
        rejects.sort_by_key(|reject| reject.line);
        Ok(rejects)
    }

    /// The lines on which rows stand; ascending numbers.
    pub fn lines_of(&self, rows: &[u64]) -> Result<Vec<u64>, ImportError> {
        self.staged.lines_of(self.source, rows)
    }

    /// What is known about the file so far.
    pub fn report(
        &self,
        rejects: &[Reject],
        repeated: &Repeated,
        taken: u64,
        totals: Vec<Total>,
        notes: Vec<String>,
    ) -> FileReport {
        let broken = self.staged.broken(&self.choice.rules.footers).count() as u64;
        let structure = &self.staged.structure;
        let no_rows = (structure.broken.len() + structure.footers.len()) as u64;
        let footers = no_rows - broken;
        let mut faulty: Vec<u64> = self.faults.iter().map(|fault| fault.row).collect();
        faulty.dedup();
        let read = self.staged.rows() + no_rows;
        let left_out = self.left_out + footers;
        let mut taken_money = Sums::default();
        for total in &totals {
            taken_money.add(&total.currency.as_str().into(), &total.amount.into());
        }
        let mut not_taken = self.not_taken.clone();
        not_taken.rejected.extend(&repeated.refused_money);
        not_taken.repeated.extend(&repeated.dropped_money);
        let accounts = money::accounts(&taken_money, &not_taken);
        let own_totals = self.own_totals.iter().cloned();
        let own_totals =
            own_totals.map(|own| money::reconcile(own, &accounts, read - left_out)).collect();
        let mut report = FileReport {
            read,
            taken,
            rejected: broken + faulty.len() as u64 + repeated.refused.len() as u64,
            duplicates: repeated.dropped,
            left_out,
            totals,
            accounts,
            unread_amounts: not_taken.unread,
            own_totals,
            notes: self.notes().chain(notes).collect(),
            readings: readings(&self.columns, &self.currency),
            columns: self.seen.columns.clone(),
            rows: if self.choice.whole { self.seen.rows.clone() } else { Vec::new() },
            taken_on: self.day.as_ref().map(|day| day.date),
            taken_on_why: self.day.as_ref().map(|day| day.why.clone()),
            ..heading(self.source, self.choice)
        };
        report.show(rejects);
        report
    }

    fn notes(&self) -> impl Iterator<Item = String> {
        let layout = layout::notes(self.source, self.choice, &self.staged.structure);
        let aliased = self.aliased.iter().flat_map(|(column, replaced)| {
            replaced.iter().map(move |(theirs, ours, count)| {
                format!("{column}: \"{theirs}\" is taken as \"{ours}\" in {count} rows, as the preset says")
            })
        });
        let rounded = self.columns.iter().filter(|column| column.rounded > 0).map(|column| {
            format!("{}: {} amounts are rounded to two places", column.header, column.rounded)
        });
        let no_data = self.no_data.iter().map(|(rule, rows)| {
            let rows = if *rows == 1 { "1 row is".to_owned() } else { format!("{rows} rows are") };
            format!("{rows} left out, as the preset says: {rule}")
        });
        let lasting = self.columns.iter().filter_map(|column| {
            let until = self.choice.until(column.fact.name)?;
            Some(format!("{}: {}, as the mapping says", column.header, until.in_words()))
        });
        layout
            .into_iter()
            .chain(aliased)
            .chain(rounded)
            .chain(no_data)
            .chain(lasting)
            .chain(self.choice.preset.notes.iter().map(|note| format!("{PRESET_NOTE}{note}")))
    }
}

/// A report of a file of which nothing is known but how it would be read.
pub fn heading(source: &Source, choice: &Choice<'_>) -> FileReport {
    FileReport {
        file: source.name.clone(),
        hash: source.hash.clone(),
        bytes: source.bytes,
        table: choice.fact.name.to_owned(),
        preset: choice.preset.name.clone(),
        rules: choice.rules_hash(),
        headers_found: choice.score.0,
        headers_known: choice.score.1,
        format: source.format,
        sheet: source.sheet.as_ref().map(|sheet| sheet.name.clone()),
        encoding: source.encoding,
        delimiter: choice.row.delimiter_name().to_owned(),
        header_line: choice.row.line,
        saved: choice.preset.saved.then(|| choice.preset.file.display().to_string()),
        unused: choice.unused.clone(),
        ..FileReport::default()
    }
}
