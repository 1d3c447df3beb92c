//! The closing report for people: short enough for a terminal of 80 columns.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::super::source::Format;
use super::{
    ColumnReading, FileReport, Gap, ImportReport, Occurrence, TableReport, Total, UnknownKeys,
    columns,
};
use crate::domain::Formats;
use crate::domain::text::harmless;
use crate::ingest::money::{Account, Reconciliation};

/// The report as text, a few lines per file, the most important last.
pub fn text(report: &ImportReport) -> String {
    let mut out = Text::default();
    for file in &report.files {
        out.file(file, report.dry_run);
    }
    for change in &report.changes {
        out.change(change);
    }
    out.unknown_keys(&report.unknown);
    if !report.can_answer.is_empty() {
        let titles: Vec<&str> = report.can_answer.values().map(String::as_str).collect();
        out.line(0, &format!("This data can answer: {}", titles.join(", ")));
    }
    if !report.cannot_answer.is_empty() {
        out.line(0, "This data cannot answer:");
        for gap in &report.cannot_answer {
            out.gap(gap);
        }
    }
    for warning in &report.warnings {
        out.line(0, &format!("Warning: {warning}"));
    }
    if report.rejected > 0 {
        let ids = report.files.iter().filter(|file| file.rejected > 0);
        let ids: Vec<String> =
            ids.filter_map(|file| file.import_id).map(|id| id.to_string()).collect();
        let where_to = match ids.as_slice() {
            [] => String::new(),
            [id] => format!("; qbr imports WORKSPACE {id} --rejects lists them"),
            ids => format!(
                "; qbr imports WORKSPACE {} --rejects lists those of one file",
                ids.join(" or ")
            ),
        };
        out.line(0, &format!("{} rejected{where_to}.", rows(report.rejected)));
    }
    if let Some(backup) = &report.backup {
        out.line(0, &format!("Kept as it was before: {backup}"));
    }
    if report.nothing_changed() {
        out.line(0, "Nothing changed.");
    } else if report.dry_run {
        out.line(0, "Dry run: nothing was written.");
    }
    out.out
}

/// What no list knows, as text.
pub fn unknown_text(unknown: &[UnknownKeys]) -> String {
    let mut out = Text::default();
    out.unknown_keys(unknown);
    out.out
}

/// Columns of the narrowest terminal that people use.
const WIDTH: usize = 80;

/// With this a note begins that holds for every file of a preset.
pub const PRESET_NOTE: &str = "note: ";

#[derive(Default)]
struct Text {
    out: String,
    /// Notes of presets that were said.
    said: BTreeSet<String>,
}

impl Text {
    fn line(&mut self, indent: usize, line: &str) {
        let (first, further) = (" ".repeat(indent), " ".repeat(indent + 4));
        let options = textwrap::Options::new(WIDTH)
            .initial_indent(&first)
            .subsequent_indent(&further)
            .break_words(false)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for line in textwrap::wrap(&harmless(line), options) {
            // Writing to a String cannot fail.
            let _ = writeln!(self.out, "{line}");
        }
    }

    fn file(&mut self, file: &FileReport, dry_run: bool) {
        if let Some(day) = file.already {
            self.line(0, &format!("{}: already imported on {day}, nothing changed", file.file));
            return;
        }
        self.line(0, &format!("{}: {}", file.file, file.table));
        self.line(
            2,
            &format!(
                "{} {} ({} of {} headers), {}",
                if file.saved.is_some() { "your mapping" } else { "preset" },
                file.preset,
                file.headers_found,
                file.headers_known,
                layout(file)
            ),
        );
        if let (Some(day), Some(why)) = (file.taken_on, &file.taken_on_why) {
            self.line(2, &format!("as of {day}, {why}"));
        }
        for reading in file.readings.iter().filter(|reading| reading.notable) {
            self.reading(reading);
        }
        let mut counts = format!("{} read, {} taken", rows(file.read), file.taken);
        for (count, what) in [
            (file.rejected, "rejected"),
            (file.duplicates, "exact repetitions left out"),
            (file.left_out, "without data left out"),
        ] {
            if count > 0 {
                counts += &format!(", {count} {what}");
            }
        }
        self.line(2, &counts);
        for total in &file.totals {
            let state = total.state.as_deref().unwrap_or("total");
            let amount = money(total.amount);
            self.line(2, &format!("{state}: {amount} {} in {}", total.currency, rows(total.rows)));
        }
        for account in &file.accounts {
            self.account(account);
        }
        if file.unread_amounts > 0 {
            self.line(
                2,
                &format!(
                    "{} of the rejected rows have an amount that cannot be read",
                    file.unread_amounts
                ),
            );
        }
        for own in &file.own_totals {
            self.own_total(own, file);
        }
        if dry_run {
            for (indent, line) in columns::lines(&file.columns) {
                self.line(2 + indent, &line);
            }
        } else if !file.unused.is_empty() {
            self.line(2, &format!("not used: {}", file.unused.join(", ")));
        }
        for note in &file.notes {
            // What holds for a preset is said with the first of its files.
            if !note.starts_with(PRESET_NOTE) || self.said.insert(note.clone()) {
                self.line(2, note);
            }
        }
        for reject in file.rejects.iter().take(SHOWN) {
            let column =
                reject.column.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
            let value =
                reject.value.as_deref().map(|text| format!(" \"{text}\"")).unwrap_or_default();
            let place = file.format.place();
            self.line(4, &format!("{place} {}{column}{value}: {}", reject.line, reject.reason));
        }
    }

    /// What was not taken; what was taken stands above.
    fn account(&mut self, account: &Account) {
        let currency = account.currency.as_deref().unwrap_or("in an unknown currency");
        let parts = [
            (account.rejected, "rejected"),
            (account.repeated, "in exact repetitions"),
            (account.disregarded, "in states for which the preset takes no amount"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(amount, _)| !amount.is_zero())
            .map(|(amount, what)| format!("{} {currency} {what}", money(*amount)))
            .collect();
        if !parts.is_empty() {
            self.line(2, &format!("not taken: {}", parts.join(", ")));
        }
    }

    fn own_total(&mut self, own: &Reconciliation, file: &FileReport) {
        let mut words = format!("the file's own \"{}\"", own.own.label);
        match (own.own.amount, own.difference) {
            (Some(amount), Some(difference)) if difference.is_zero() => {
                words += &format!(": {}, as its rows", money(amount));
            }
            (Some(amount), Some(difference)) => {
                let (more, by) = if difference.is_sign_negative() {
                    ("less", -difference)
                } else {
                    ("more", difference)
                };
                let rows = money(own.rows_amount.unwrap_or_default());
                words += &format!(
                    ": {}, but its rows come to {rows}, {} {more}",
                    money(amount),
                    money(by)
                );
                if file.unread_amounts > 0 {
                    words += " (without the amounts that cannot be read)";
                }
            }
            (Some(amount), None) => {
                words += &format!(
                    ": {}, not compared: its rows are in several currencies",
                    money(amount)
                );
            }
            (None, _) => {}
        }
        match own.own.records {
            Some(records) if records == own.rows => {
                words += &format!("; {records} records, as counted")
            }
            Some(records) => {
                words += &format!("; {records} records, but {} were counted", own.rows)
            }
            None => {}
        }
        self.line(2, &words);
    }

    fn reading(&mut self, reading: &ColumnReading) {
        let because = match &reading.decided_by {
            Some(seen) => format!("{seen} {}", reading.because),
            None => reading.because.clone(),
        };
        let because = if because.is_empty() { because } else { format!(": {because}") };
        self.line(2, &format!("{}: {}{because}", reading.column, reading.read_as));
        let told = |seen: &[Occurrence]| {
            let each: Vec<String> = seen
                .iter()
                .take(5)
                .map(|seen| format!("\"{}\" ({})", seen.text, rows(seen.rows)))
                .collect();
            let more = if seen.len() > 5 { " and more" } else { "" };
            format!("{}{more}", each.join(", "))
        };
        if !reading.missing.is_empty() {
            self.line(4, &format!("taken as missing: {}", told(&reading.missing)));
        }
        if !reading.kept.is_empty() {
            let first = reading.kept.first().map(|seen| seen.text.as_str()).unwrap_or_default();
            self.line(
                4,
                &format!(
                    "kept as text: {}; nulls = [\"{first}\"] would drop it",
                    told(&reading.kept)
                ),
            );
        }
    }

    fn change(&mut self, change: &TableReport) {
        let day = change.taken_on.map(|day| format!(" as of {day}")).unwrap_or_default();
        let counts = &change.changes;
        let vanished = if counts.vanished > 0 {
            format!(", {} no longer there", counts.vanished)
        } else {
            String::new()
        };
        self.line(
            0,
            &format!(
                "{}{day}: {} new, {} changed, {} unchanged{vanished}",
                change.table, counts.new, counts.changed, counts.unchanged
            ),
        );
    }

    fn unknown_keys(&mut self, unknown: &[UnknownKeys]) {
        for unknown in unknown {
            self.unknown(unknown);
        }
        let near =
            unknown.iter().flat_map(|unknown| &unknown.most).any(|key| key.nearest.is_some());
        if near {
            self.line(
                0,
                "Rows with unknown keys count in every total, as unmapped. To take them for the \
                 nearest: qbr aliases WORKSPACE accept",
            );
        }
    }

    fn unknown(&mut self, unknown: &UnknownKeys) {
        let UnknownKeys { list, table, .. } = unknown;
        let what = if unknown.keys == 1 { &unknown.one } else { list };
        let keys = Formats::default().count(unknown.keys as i64);
        let rows_and_money = format!("{}{}", rows(unknown.rows), money_of(&unknown.money));
        if unknown.none_imported {
            self.line(
                0,
                &format!(
                    "{table} name {keys} {what} ({rows_and_money}), and no {list} have been imported"
                ),
            );
            return;
        }
        self.line(0, &format!("{table} name {keys} {what} on no list: {rows_and_money}"));
        for key in unknown.most.iter().take(SHOWN) {
            let nearest = key.nearest.as_ref().map_or_else(String::new, |near| {
                let name =
                    near.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
                format!("; meant {}{name}? {}", near.key, near.likeness.words())
            });
            self.line(
                2,
                &format!("{}: {}{}{nearest}", key.key, rows(key.rows), money_of(&key.money)),
            );
        }
        let more = unknown.keys.saturating_sub(SHOWN as u64);
        if more > 0 {
            self.line(2, &format!("and {more} more; qbr aliases WORKSPACE unknown lists them"));
        }
    }

    fn gap(&mut self, gap: &Gap) {
        self.line(2, &format!("{}: {}; {}", gap.what, gap.because, gap.remedy));
    }
}

/// Unknown keys of one column, and rejects of one file, that are shown.
const SHOWN: usize = 10;

/// How the file is laid out: what its kind leaves open.
fn layout(file: &FileReport) -> String {
    let headers = |place: &str| match file.header_line {
        0 => "no headers".to_owned(),
        line => format!("headers in {place} {line}"),
    };
    match file.format {
        Format::Delimited => {
            format!("{}, {}, {}", file.encoding.name(), file.delimiter, headers("line"))
        }
        Format::Workbook | Format::OldWorkbook => {
            format!("sheet \"{}\", {}", file.sheet.as_deref().unwrap_or_default(), headers("row"))
        }
        Format::Json | Format::Parquet => file.format.name().to_owned(),
    }
}

fn rows(count: u64) -> String {
    match i64::try_from(count) {
        Ok(1) => "1 row".into(),
        Ok(count) => format!("{} rows", Formats::default().count(count)),
        Err(_) => format!("{count} rows"),
    }
}

/// `, 3,510,578.00 USD won`; nothing where it comes to nothing.
fn money_of(totals: &[Total]) -> String {
    let totals = totals.iter().filter(|total| !total.amount.is_zero());
    let words = totals.map(|total| {
        let state = total.state.as_deref().map(|state| format!(" {state}")).unwrap_or_default();
        format!(", {} {}{state}", money(total.amount), total.currency)
    });
    words.collect()
}

fn money(amount: Decimal) -> String {
    Formats::default().money(amount)
}
