//! Tests of the monthly lines: series are found by their names.

use chrono::NaiveDate;

use crate::catalog::figure::{Chart, Figure};
use crate::domain::{Table, Value};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Look, Theme};
use crate::tui::widgets::testing::{self, HOSTILE, Screen};
use crate::tui::widgets::{chart, trend};

fn looks() -> [Look; 2] {
    [Glyphs::UNICODE, Glyphs::ASCII].map(|glyphs| Look { theme: Theme::plain(), glyphs })
}

/// Twelve months; `Enterprise` falls below 40 % in the last three, `Small` has a
/// month without any deal.
fn answer(months: u32) -> (Figure, Table) {
    let figure = testing::with_chart(
        testing::figure(&[
            ("month", "month"),
            ("segment", "text"),
            ("won", "count"),
            ("closed", "count"),
            ("win_rate", "rate(won/closed)"),
            ("threshold", "share"),
        ]),
        Chart::Line {
            x: "month".into(),
            y: "win_rate".into(),
            series: Some("segment".into()),
            reference: Some("threshold".into()),
            band: None,
        },
    );
    let mut rows = Vec::new();
    for month in 0..months {
        let year = 2024 + i32::try_from(month / 12).expect("few years");
        let day = NaiveDate::from_ymd_opt(year, month % 12 + 1, 1).expect("a day");
        let mut row = |segment: &str, won: i64, n: i64| {
            let rate = if n == 0 { Value::Null } else { Value::Float(won as f64 / n as f64) };
            let counts = [Value::Int(won), Value::Int(n), rate, Value::Float(0.4)];
            rows.push([vec![day.into(), segment.into()], counts.to_vec()].concat());
        };
        row("Enterprise", if month + 3 >= months { 9 } else { 14 }, 29);
        row("Mid-market", 20, 40);
        row("Small", 2, if month == 4 { 0 } else { 4 });
    }
    let columns = ["month", "segment", "won", "closed", "win_rate", "threshold"];
    (figure, testing::table(&columns, rows))
}

fn drawn(answer: (&Figure, &Table), selected: usize, look: &Look, size: (u16, u16)) -> Screen {
    let mut screen = Screen::new(size.0, size.1);
    let area = screen.area();
    assert!(chart::draw(&mut screen.buf, area, answer, selected, look, true));
    screen
}

#[test]
fn months_below_the_limit_are_marked_without_colour() {
    let (figure, table) = answer(12);
    for look in looks() {
        let screen = drawn((&figure, &table), 0, &look, (80, 5));
        let below = look.glyphs.below;
        let enterprise = screen.row_with("Enterprise");
        // Three months, and the latest value once more.
        assert_eq!(enterprise.matches(below).count(), 4, "{}", screen.text());
        assert!(enterprise.contains("31%  9/29"), "{enterprise}");
        assert!(enterprise.contains("limit 40.0%"), "{enterprise}");
        assert_eq!(screen.row_with("Mid-market").matches(below).count(), 0);
        assert!(screen.has(&format!("{below} below the limit")));
    }
}

#[test]
fn a_month_without_deals_is_a_dot_not_a_zero() {
    let (figure, table) = answer(12);
    let screen = drawn((&figure, &table), 0, &looks()[0], (80, 5));
    assert_eq!(screen.row_with("Small").matches(" . ").count(), 1, "{}", screen.text());
}

#[test]
fn values_are_written_out_where_there_is_room() {
    let (figure, table) = answer(6);
    let screen = drawn((&figure, &table), 0, &looks()[0], (120, 5));
    let enterprise = screen.row_with("Enterprise");
    assert_eq!(enterprise.matches("48").count(), 3, "{enterprise}");
    assert_eq!(enterprise.matches("31▾").count(), 3, "{enterprise}");
    assert!(screen.row_with("Small").contains("2/4"));
}

#[test]
fn many_months_keep_the_newest() {
    let (figure, table) = answer(36);
    let screen = drawn((&figure, &table), 0, &looks()[1], (80, 5));
    assert!(screen.has("2026-") && !screen.has("2024-01"), "{}", screen.text());
    assert!(
        screen.row_with("Enterprise").contains("vvv")
            || screen.row_with("Enterprise").contains(".v.v.v")
    );
}

#[test]
fn with_room_the_selected_series_is_drawn_large() {
    let (figure, table) = answer(12);
    for look in looks() {
        let screen = drawn((&figure, &table), 1, &look, (80, 24));
        assert_eq!(screen.rows().iter().filter(|row| row.contains("Mid-market")).count(), 2);
        let large = screen.rows().split_off(6).join("\n");
        assert!(large.contains("2024-01") && large.contains("50%"), "{large}");
        assert_eq!(large.matches(look.glyphs.point).count(), 12, "{large}");
    }
    let ascii = drawn((&figure, &table), 0, &looks()[1], (80, 24));
    assert!(ascii.text().is_ascii(), "{}", ascii.text());
    assert_eq!(ascii.reversed_rows().len(), 1);
}

#[test]
fn the_selected_series_is_always_among_those_shown() {
    let (figure, table) = answer(12);
    let screen = drawn((&figure, &table), 2, &looks()[0], (80, 3));
    assert!(screen.has("Small"), "{}", screen.text());
    assert!(screen.has("more"));
}

#[test]
fn no_size_and_no_name_breaks_it() {
    let (figure, mut table) = answer(12);
    for (row, name) in table.rows.iter_mut().zip(HOSTILE.iter().cycle()) {
        row[1] = (*name).into();
    }
    for look in looks() {
        testing::every_small_size(|buf, area| {
            chart::draw(buf, area, (&figure, &table), 3, &look, true);
            chart::draw(buf, area, (&figure, &Table::default()), 99, &look, true);
        });
        drawn((&figure, &table), 0, &look, (100, 40)).assert_harmless();
    }
    assert_eq!(trend::series(&figure, &Table::default()).len(), 0);
}

#[test]
fn the_interval_stands_around_its_point() {
    let (mut figure, mut table) = answer(12);
    figure.columns.extend(testing::figure(&[("low", "share"), ("high", "share")]).columns);
    let Some(Chart::Line { band, .. }) = &mut figure.chart else { panic!("a line chart") };
    *band = Some(("low".into(), "high".into()));
    let names = ["month", "segment", "won", "closed", "win_rate", "threshold", "low", "high"];
    let wide = |row: &Vec<Value>| {
        let ends = match row[4] {
            Value::Float(rate) => [Value::Float(rate - 0.2), Value::Float(rate + 0.2)],
            _ => [Value::Null, Value::Null],
        };
        [row.clone(), ends.to_vec()].concat()
    };
    table = testing::table(&names, table.rows.iter().map(wide).collect());
    for look in looks() {
        let screen = drawn((&figure, &table), 0, &look, (100, 30));
        assert!(screen.has(&format!("{} interval", look.glyphs.side)), "{}", screen.text());
        // Above the highest point and below the lowest one, where nothing else is drawn.
        let lines: Vec<String> = screen.text().lines().map(str::to_owned).collect();
        let heading = lines.iter().position(|line| line.contains("interval")).expect("a heading");
        let bars = |line: &String| line.matches(look.glyphs.side).count();
        let picture: Vec<&String> =
            lines[heading + 1..].iter().filter(|line| bars(line) > 0).collect();
        let points =
            |line: &&&String| line.contains(look.glyphs.point) || line.contains(look.glyphs.below);
        let first = picture.iter().position(|line| points(&line)).expect("a point");
        let last = picture.iter().rposition(|line| points(&line)).expect("a point");
        assert!(first > 0 && last + 1 < picture.len(), "{}", screen.text());
        assert_eq!(picture.iter().map(|line| bars(line)).max(), Some(12), "one for each month");
    }
    // Without an interval there is neither.
    let plain = answer(12);
    let screen = drawn((&plain.0, &plain.1), 0, &looks()[0], (100, 30));
    assert!(!screen.has("interval"));
}
