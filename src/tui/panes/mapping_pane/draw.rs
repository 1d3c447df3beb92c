//! The list, and below it what is known of the selected line.
//!
//! ```text
//! > Pipeline.csv  1,204 rows, semicolon, UTF-8; no preset fits
//! 2 questions before it can be imported
//!   column              in the file       taken for          read as
//!   rows are            opportunities
//! > Soll bis            03/04/2025        close_date       ! asks
//!   Umsatz              1.250             amount             decimal comma
//!   Merkmal             x               - not used
//! - Soll bis ---------------------------------------------------------
//! "03/04/2025" can be read as 4 March 2025 (%m/%d/%Y) or as …
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::catalog::preset::{TakenOn, WORKSPACE};
use crate::domain::Formats;
use crate::ingest::preview::Preview;
use crate::ingest::report;
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::{paint, wrap};

use super::MappingPane;
use super::keys::{self, counted};
use super::lines::{Line, question};

/// Lines below the list: a rule, and what there is to say.
const BELOW: u16 = 6;

/// What a line of the list says.
#[derive(Default)]
struct Cells {
    name: String,
    sample: String,
    taken_for: String,
    read_as: String,
    tone: Tone,
}

impl MappingPane {
    pub(super) fn draw_columns(
        &self,
        preview: &Preview,
        buf: &mut Buffer,
        area: Rect,
        look: &Look,
    ) {
        self.draw_heading(preview, buf, area, look);
        let body = paint::below(area, 2);
        let below = if body.height >= BELOW + 5 { BELOW } else { 0 };
        let widths = Widths::of(usize::from(body.width));
        let heading = Cells {
            name: "column".into(),
            sample: "in the file".into(),
            taken_for: "taken for".into(),
            read_as: "read as".into(),
            tone: Tone::Muted,
        };
        widths.draw(&heading, false, buf, paint::row(body, 0), look);
        let list = paint::above(paint::below(body, 1), below);
        let shown = usize::from(list.height).max(1);
        let last = self.lines.len().saturating_sub(shown);
        let first = (self.selected + 1).saturating_sub(shown.saturating_sub(1)).min(last);
        for (place, line) in self.lines.iter().enumerate().skip(first).take(shown) {
            let row = paint::row(list, u16::try_from(place - first).unwrap_or(u16::MAX));
            widths.draw(&cells(preview, line), place == self.selected, buf, row, look);
        }
        if below > 0 {
            let place = Rect { y: body.bottom().saturating_sub(below), height: below, ..body };
            self.draw_selected(preview, buf, place, look);
        }
    }

    fn draw_heading(&self, preview: &Preview, buf: &mut Buffer, area: Rect, look: &Look) {
        let rows = Formats::default().count(i64::try_from(preview.records).unwrap_or(i64::MAX));
        let title =
            format!("{} {}  {rows} rows; {}", look.glyphs.marker, preview.name, preview.known_by);
        paint::text(buf, paint::row(area, 0), &title, look.theme.title, look);
        let (words, style) = if self.importing.is_some() {
            ("Importing…  X stops it".to_owned(), look.theme.accent)
        } else if self.looking.is_some() {
            ("Looking again…".to_owned(), look.theme.muted)
        } else {
            summary(preview, look)
        };
        paint::text(buf, paint::row(area, 1), &words, style, look);
    }

    fn draw_selected(&self, preview: &Preview, buf: &mut Buffer, area: Rect, look: &Look) {
        let Some(line) = self.lines.get(self.selected) else { return };
        let (title, said) = details(preview, line);
        let place = format!("line {} of {}", self.selected + 1, self.lines.len());
        paint::heading(buf, area, &title, &place, look.theme.heading, look);
        let asked = question(preview, line);
        let mut lines: Vec<(String, ratatui::style::Style)> = Vec::new();
        let width = usize::from(area.width);
        if let Some(asked) = asked {
            let words = format!("{} {}", look.glyphs.warn, asked.text);
            let rows = wrap::paragraphs(&words, width);
            lines.extend(rows.into_iter().map(|row| (row, look.theme.warn)));
        }
        for words in said {
            let rows = wrap::paragraphs(&words, width);
            lines.extend(rows.into_iter().map(|row| (row, look.theme.text)));
        }
        for (at, (words, style)) in (1..area.height).zip(lines) {
            paint::text(buf, paint::row(area, at), &words, style, look);
        }
    }
}

/// How far it is.
fn summary(preview: &Preview, look: &Look) -> (String, ratatui::style::Style) {
    let theme = &look.theme;
    if let Some((message, _)) = &preview.refused {
        return (format!("{} {message}", look.glyphs.bad), theme.problem);
    }
    match preview.questions.len() {
        0 => {}
        1 => {
            return (
                format!("{} 1 question before it can be imported", look.glyphs.warn),
                theme.warn,
            );
        }
        n => {
            let words = format!("{} {n} questions before it can be imported", look.glyphs.warn);
            return (words, theme.warn);
        }
    }
    let Some(report) = &preview.report else { return (String::new(), theme.text) };
    if report.nothing_changed() {
        return ("This file was imported before: nothing would change.".into(), theme.text);
    }
    let taken: u64 = report.files.iter().map(|file| file.taken).sum();
    let totals: Vec<String> = report
        .files
        .iter()
        .flat_map(|file| &file.totals)
        .take(4)
        .map(|total| {
            let state = total.state.as_deref().unwrap_or("total");
            format!("{state} {} {}", Formats::default().money(total.amount), total.currency)
        })
        .collect();
    let rejected = report.rejected();
    let style = if rejected > 0 { theme.warn } else { theme.good };
    let sign = if rejected > 0 { look.glyphs.warn } else { look.glyphs.good };
    let totals = if totals.is_empty() { String::new() } else { format!("; {}", totals.join(", ")) };
    let lacking = preview.draft.lacking();
    if !lacking.is_empty() {
        // Before anything else: it looks done, and says next to nothing.
        let words = format!("{taken} rows, without {}", lacking.join(" and "));
        return (format!("{} {words}: say which column it is", look.glyphs.warn), theme.warn);
    }
    (format!("{sign} {taken} rows would be taken, {rejected} rejected{totals}"), style)
}

/// How the width is shared.
struct Widths {
    name: usize,
    sample: usize,
    taken_for: usize,
    read_as: usize,
}

impl Widths {
    fn of(width: usize) -> Widths {
        // The marker before, a blank or two between.
        let rest = width.saturating_sub(2 + 6);
        let part = |share: usize| rest * share / 100;
        let (name, sample, taken_for) = (part(28), part(22), part(24));
        Widths { name, sample, taken_for, read_as: rest.saturating_sub(name + sample + taken_for) }
    }

    fn draw(&self, cells: &Cells, selected: bool, buf: &mut Buffer, row: Rect, look: &Look) {
        let theme = &look.theme;
        let tone = theme.tone(cells.tone);
        let name = if selected { theme.selected } else { tone };
        let marker = if selected { look.glyphs.marker } else { " " };
        paint::text(buf, paint::columns(row, 0, 1), marker, theme.text, look);
        let mut x = 2;
        for (text, width, style) in [
            (&cells.name, self.name, name),
            (&cells.sample, self.sample, theme.muted),
            (&cells.taken_for, self.taken_for, tone),
            (&cells.read_as, self.read_as, tone),
        ] {
            paint::text(buf, paint::columns(row, x, width), text, style, look);
            x += width + 2;
        }
    }
}

fn cells(preview: &Preview, line: &Line) -> Cells {
    let draft = &preview.draft;
    let asks = question(preview, line).is_some();
    let tone = if asks { Tone::Warn } else { Tone::Plain };
    let setting = |name: &str, value: String| Cells {
        name: name.to_owned(),
        taken_for: value,
        read_as: if asks { "! asks".into() } else { String::new() },
        tone,
        ..Cells::default()
    };
    match line {
        Line::Table => setting("rows are", draft.fact.name.to_owned()),
        Line::Sheet => setting("sheet", preview.sheet.clone().unwrap_or_default()),
        Line::Headers => setting(
            "headers",
            match preview.header_line {
                0 => "none".to_owned(),
                line => format!("in line {line}"),
            },
        ),
        Line::Day => setting("day of the file", day(preview)),
        Line::Currency => setting("currency", currency(preview)),
        Line::Needed(ours) => setting(ours, "no source yet".into()),
        Line::Same(ours) => {
            let value = draft.constant(ours).unwrap_or_default();
            setting(ours, format!("always {value}"))
        }
        Line::Others => Cells {
            name: format!("{} other columns", draft.open_columns().len()),
            taken_for: "no source".into(),
            tone: Tone::Muted,
            ..Cells::default()
        },
        Line::Keys => Cells {
            name: "values on no list".into(),
            taken_for: counted(keys::all(preview).len(), "value", "values"),
            read_as: "as unmapped".into(),
            tone: Tone::Warn,
            ..Cells::default()
        },
        Line::Column(place) => {
            let Some(column) = preview.columns.get(*place) else { return Cells::default() };
            let ours = draft.taken_for(*place);
            let name = if column.header.is_empty() {
                format!("(column {})", column.place)
            } else {
                column.header.clone()
            };
            let sample = column.samples.first().map(|sample| sample.before.clone());
            let lost = column.samples.iter().filter(|sample| sample.lost).count();
            let read_as = match (&column.read_as, ours.is_empty()) {
                _ if asks => "! asks".into(),
                (_, true) => String::new(),
                _ if rejects(preview, &column.header) => "! rejects rows".into(),
                _ if column.samples.is_empty() => "no value".into(),
                (Some(read_as), _) => read_as.clone(),
                _ if lost > 0 && lost == column.samples.len() => "! rows rejected".into(),
                _ => "as it is".into(),
            };
            Cells {
                name,
                sample: sample.unwrap_or_default(),
                taken_for: if ours.is_empty() { "- not used".into() } else { ours.join(", ") },
                read_as,
                tone: if ours.is_empty() { Tone::Muted } else { tone },
            }
        }
    }
}

/// Rows are rejected for what stands in this column.
fn rejects(preview: &Preview, header: &str) -> bool {
    let files = preview.report.iter().flat_map(|report| &report.files);
    files.flat_map(|file| &file.rejects).any(|reject| reject.column.as_deref() == Some(header))
}

fn day(preview: &Preview) -> String {
    let found = preview.report.as_ref().and_then(|report| report.files.first());
    if let Some(day) = preview.taken_on.or(found.and_then(|file| file.taken_on)) {
        return day.to_string();
    }
    match preview.draft.rules.taken_on {
        TakenOn::FileName => "by file name",
        TakenOn::LatestDate => "the latest date",
        TakenOn::Asked => "asked",
    }
    .to_owned()
}

fn currency(preview: &Preview) -> String {
    match preview.draft.rules.currency.as_deref() {
        Some(WORKSPACE) => format!("{}, the workspace's", preview.reporting),
        Some(code) => code.to_owned(),
        None => "not said".to_owned(),
    }
}

/// What is known of a line: its title, and a few sentences.
fn details(preview: &Preview, line: &Line) -> (String, Vec<String>) {
    let draft = &preview.draft;
    match line {
        Line::Table => (draft.fact.title.to_owned(), vec![draft.fact.help.to_owned()]),
        Line::Headers => {
            let names: Vec<&str> = draft.headers.iter().map(String::as_str).collect();
            let (delimiter, encoding) = (preview.delimiter, preview.encoding.name());
            let read = format!("{encoding}, divided by {delimiter}");
            ("Headers".into(), vec![read, names.join(", ")])
        }
        Line::Sheet => {
            let others =
                preview.sheets.iter().filter(|sheet| Some(&sheet.name) != preview.sheet.as_ref());
            let named = others.map(|sheet| match &sheet.fits {
                Some(fits) => format!("\"{}\" (fits {fits})", sheet.name),
                None => format!("\"{}\"", sheet.name),
            });
            let named: Vec<String> = named.collect();
            let others = if named.is_empty() {
                "The only one that has anything in it.".to_owned()
            } else {
                format!("There are also {}.", named.join(", "))
            };
            ("Sheet of the workbook".into(), vec![others])
        }
        Line::Keys => {
            let help = "Rows with them count in every total, as unmapped. Enter shows them with \
                        their money and the nearest known value.";
            ("Values that no list knows".into(), vec![help.into()])
        }
        Line::Day => {
            let found = preview.report.as_ref().and_then(|report| report.files.first());
            let why = found.and_then(|file| file.taken_on_why.clone());
            ("Day that the file shows".into(), why.into_iter().collect())
        }
        Line::Currency => {
            ("Currency".into(), vec!["Of amounts beside which the file names none.".into()])
        }
        Line::Needed(ours) | Line::Same(ours) => {
            let help = draft.fact.column(ours).map(|column| column.help.to_owned());
            ((*ours).to_owned(), help.into_iter().collect())
        }
        Line::Others => {
            let names: Vec<&str> = draft.open_columns().iter().map(|column| column.name).collect();
            ("Columns of ours that come from nowhere".into(), vec![names.join(", ")])
        }
        Line::Column(place) => {
            let Some(column) = preview.columns.get(*place) else { return Default::default() };
            let mut said = Vec::new();
            for ours in draft.taken_for(*place) {
                if let Some(known) = draft.fact.column(ours) {
                    said.push(format!("{ours}: {}", known.help));
                }
            }
            if let Some(why) = &column.why {
                let reading = match (&column.read_as, &column.because) {
                    (Some(read_as), Some(because)) if !because.is_empty() => {
                        format!("; read as {read_as}, {because}")
                    }
                    _ => String::new(),
                };
                said.push(format!("{why}{reading}"));
            }
            let samples: Vec<String> =
                column.samples.iter().map(|sample| report::sample(column, sample)).collect();
            if !samples.is_empty() {
                said.push(samples.join("; "));
            }
            (column.header.clone(), said)
        }
    }
}
