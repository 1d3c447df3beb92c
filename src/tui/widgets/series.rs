//! An answer as lines over the same months.

use crate::catalog::figure::{Chart, Figure};
use crate::domain::{Table, Value};
use crate::tui::theme::{Look, Tone};
use crate::tui::widgets::chart_data::Reader;

/// One month of one series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    pub y: Option<f64>,
    pub limit: Option<f64>,
    /// Where the true value may lie, from and to.
    pub band: Option<(f64, f64)>,
    /// As the table shows it: `41% 12/29`.
    pub shown: String,
    pub tone: Tone,
}

impl Point {
    pub fn is_below(&self) -> bool {
        self.y.zip(self.limit).is_some_and(|(y, limit)| y < limit)
    }
}

/// One line: a point for each month of the chart, in the same order.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub points: Vec<Point>,
}

/// All lines of a chart and the months they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trend {
    pub months: Vec<String>,
    pub series: Vec<Series>,
    /// The limit as text, by series: of its last month that has one.
    pub limits: Vec<Option<String>>,
}

/// The series in the order drawn: as they first appear in the answer.
pub fn series(figure: &Figure, table: &Table) -> Vec<String> {
    let Some(Chart::Line { series: Some(series), .. }) = &figure.chart else {
        return vec![figure.title.clone()];
    };
    let Some(reader) = Reader::new(figure, table, series) else { return Vec::new() };
    let mut names: Vec<String> = Vec::new();
    for row in 0..table.len() {
        let name = series_name(reader.value(row));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn series_name(value: &Value) -> String {
    if value.is_null() { "(not set)".to_owned() } else { value.plain() }
}

/// Reads the answer into lines; `None` if it lacks a column of the chart.
pub fn read(figure: &Figure, table: &Table, look: &Look) -> Option<Trend> {
    let Some(Chart::Line { x, y, series: by, reference, band }) = &figure.chart else {
        return None;
    };
    let (x, y) = (Reader::new(figure, table, x)?, Reader::new(figure, table, y)?);
    let limit = reference.as_ref().and_then(|name| Reader::new(figure, table, name));
    let by = by.as_ref().and_then(|name| Reader::new(figure, table, name));
    let band = band.as_ref().and_then(|(low, high)| {
        Some((Reader::new(figure, table, low)?, Reader::new(figure, table, high)?))
    });

    let mut months: Vec<(Option<chrono::NaiveDate>, String)> = Vec::new();
    for row in 0..table.len() {
        let month = (x.value(row).as_date(), x.shown(row, look).text);
        if !months.contains(&month) {
            months.push(month);
        }
    }
    // Dates in their order; anything else in that of the answer.
    months.sort_by_key(|(day, _)| *day);
    let names = series(figure, table);
    let mut trend = Trend {
        months: months.iter().map(|(_, shown)| shown.clone()).collect(),
        limits: vec![None; names.len()],
        series: names
            .into_iter()
            .map(|name| Series { name, points: vec![Point::default(); months.len()] })
            .collect(),
    };
    for row in 0..table.len() {
        let line = by.as_ref().map_or(Some(0), |by| {
            let name = series_name(by.value(row));
            trend.series.iter().position(|series| series.name == name)
        });
        let shown_month = x.shown(row, look).text;
        let month = months.iter().position(|(_, shown)| *shown == shown_month);
        if let (Some(line), Some(month)) = (line, month) {
            let shown = y.shown(row, look);
            trend.series[line].points[month] = Point {
                y: y.number(row),
                limit: limit.as_ref().and_then(|limit| limit.number(row)),
                band: band.as_ref().and_then(|(low, high)| low.number(row).zip(high.number(row))),
                shown: shown.text,
                tone: shown.tone,
            };
            if let Some(limit) = limit.as_ref().filter(|limit| limit.number(row).is_some()) {
                trend.limits[line] = Some(limit.shown(row, look).text);
            }
        }
    }
    Some(trend)
}
