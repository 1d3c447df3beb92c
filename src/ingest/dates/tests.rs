//! Columns of dates, and what they are taken for.

use super::*;

fn values(texts: &[&str]) -> Vec<Occurrence> {
    texts.iter().zip(0..).map(|(text, row)| Occurrence::new(*text, 1, row)).collect()
}

fn years() -> Years {
    Years::of(true, None, NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day"))
}

fn ask(texts: &[&str], given: &[&str], named_date: bool) -> Result<Answer, What> {
    let values = values(texts);
    let given: Vec<DatePattern> = given.iter().filter_map(|text| text.parse().ok()).collect();
    let clock = Clock::default();
    decide(&Question {
        values: &values,
        clock,
        given: &given,
        years: years(),
        named_date,
        hours: None,
    })
}

fn pattern(texts: &[&str]) -> String {
    match ask(texts, &[], true) {
        Ok(Answer { style: Some(style), .. }) => style.pattern.to_string(),
        other => panic!("{other:?}: {texts:?}"),
    }
}

fn what(texts: &[&str]) -> What {
    ask(texts, &[], true).expect_err("not clear")
}

fn patterns(what: What) -> Vec<String> {
    match what {
        What::Date { readings, .. } => readings.into_iter().map(|r| r.pattern).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_known_way_of_writing_is_recognised() {
    for (text, expected) in [
        ("2017-03-25", "%Y-%m-%d"),
        ("2017/3/25", "%Y/%m/%d"),
        ("20170325", "%Y%m%d"),
        ("25/3/2017", "%d/%m/%Y"),
        ("3/25/2017", "%m/%d/%Y"),
        ("25.03.2017", "%d.%m.%Y"),
        ("25-03-2017", "%d-%m-%Y"),
        ("3/25/17", "%m/%d/%y"),
        ("25-Mar-2017", "%d-%b-%Y"),
        ("25-Mar-17", "%d-%b-%y"),
        ("25 March 2017", "%d %b %Y"),
        ("25. März 2017", "%d. %b %Y"),
        ("25 mars 2017", "%d %b %Y"),
        ("25 de março de 2017", "%d de %b de %Y"),
        ("Mar 25, 2017", "%b %d, %Y"),
        ("Sat, 25 Mar 2017", "%a, %d %b %Y"),
        ("42819", "serial"),
        ("1490400000000", "epoch ms"),
    ] {
        assert_eq!(pattern(&[text]), expected, "{text}");
    }
}

#[test]
fn one_value_can_decide_for_the_column() {
    let answer = ask(&["01-03-2017", "05-06-2017", "20-10-2016"], &[], true).expect("clear");
    assert_eq!(answer.style.map(|style| style.pattern.to_string()).as_deref(), Some("%d-%m-%Y"));
    assert_eq!(answer.why.seen.map(|seen| (seen.text, seen.row)), Some(("20-10-2016".into(), 2)));
    assert_eq!(answer.why.words, "cannot be %m-%d-%Y");
}

#[test]
fn where_nothing_decides_the_import_stops() {
    assert_eq!(patterns(what(&["01/03/2017", "05/06/2017"])), ["%m/%d/%Y", "%d/%m/%Y"]);
    // 20 October 2016, or 16 October 2020.
    assert_eq!(patterns(what(&["20-10-16", "21-11-17"])), ["%d-%m-%y", "%y-%m-%d"]);
    assert_eq!(patterns(what(&["03-04-05"])).len(), 3);
    // The twelfth of each month does not tell either.
    assert_eq!(patterns(what(&["12.11.2017", "11.12.2017"])).len(), 2);
}

#[test]
fn where_both_readings_are_the_same_day_nothing_needs_deciding() {
    assert!(pattern(&["03/03/2017", "05/05/2017"]).ends_with("/%Y"));
}

#[test]
fn two_ways_in_one_column_are_told() {
    match what(&["25/03/2017", "03/25/2017", "01/02/2017"]) {
        What::DateMixed { first, second } => {
            let both = [first.0.text.as_str(), second.0.text.as_str()];
            assert!(both.contains(&"25/03/2017") && both.contains(&"03/25/2017"), "{both:?}");
        }
        other => panic!("{other:?}"),
    }
    // What a spreadsheet leaves of days first that it took for months first.
    assert!(matches!(
        what(&["13/04/2025", "14/04/2025", "2025-04-03", "2025-05-03"]),
        What::DateMixed { .. }
    ));
    // One of many is a row to reject, and no second way of writing.
    let many: Vec<String> =
        (0..300).map(|day| format!("{}/04/{}", 1 + day % 28, 2000 + day / 28)).collect();
    let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
    many.push("2025-04-03");
    assert_eq!(pattern(&many), "%d/%m/%Y");
}

#[test]
fn a_stray_value_is_left_to_be_rejected() {
    let many = ["2017-01-13", "2017-01-14", "2017-01-15", "2017-01-16", "TBD"];
    assert_eq!(pattern(&many), "%Y-%m-%d");
    assert!(matches!(what(&["soon", "later", "2017-01-01"]), What::DateUnreadable { .. }));
}

#[test]
fn a_given_pattern_is_believed() {
    let answer = ask(&["01/03/2017", "05/06/2017"], &["%d/%m/%Y %H:%M"], true).expect("clear");
    assert_eq!(answer.style.map(|style| style.pattern.to_string()).as_deref(), Some("%d/%m/%Y"));
    // Out of several, the evidence chooses.
    let two = ["%d/%m/%Y", "%m/%d/%Y"];
    assert!(ask(&["01/03/2017"], &two, true).is_err());
    assert!(ask(&["25/03/2017"], &two, true).is_ok());
}

#[test]
fn years_that_cannot_be_are_asked_about() {
    assert!(matches!(what(&["2061-01-01", "2061-01-02"]), What::DateYears { rows: 2, .. }));
    assert!(matches!(what(&["1985-01-01", "2001-01-02"]), What::DateYears { rows: 1, .. }));
    let mut many = vec!["2017-01-13"; 30];
    many.push("2071-01-13");
    assert_eq!(pattern(&many), "%Y-%m-%d");
}

#[test]
fn placeholders_are_no_dates() {
    let texts = ["2017-01-13", "1900-01-01", "9999-12-31", "0000-00-00", "1970-01-01"];
    let answer = ask(&texts, &[], true).expect("clear");
    let mut found: Vec<String> = answer.placeholders.into_iter().map(|seen| seen.text).collect();
    found.sort();
    assert_eq!(found, ["0000-00-00", "1900-01-01", "1970-01-01", "9999-12-31"]);
    let none = ask(&["0000-00-00", "00/00/0000"], &[], true).expect("clear");
    assert_eq!((none.style, none.placeholders.len()), (None, 2));
    // It still tells which of its parts is the month.
    assert_eq!(pattern(&["01/02/2017", "31/12/9999"]), "%d/%m/%Y");
}

#[test]
fn numbers_are_dates_only_where_the_heading_says_so() {
    assert!(matches!(
        ask(&["42819", "42820"], &[], false),
        Err(What::DateNumber { others: 0, .. })
    ));
    assert!(ask(&["42819", "42820"], &["serial"], false).is_ok());
    // And where all of them can be.
    let mixed = ["42819", "42820", "42821", "12"];
    assert!(matches!(ask(&mixed, &[], true), Err(What::DateNumber { others: 1, .. })));
}

#[test]
fn headings_speak_of_dates() {
    for heading in
        ["Close Date", "created_on", "Fecha de cierre", "Abschlussdatum", "closedate", "Created At"]
    {
        assert!(speaks_of_a_date(heading), "{heading}");
    }
    for heading in ["Amount", "Stage", "Region", "Update count", "Person"] {
        assert!(!speaks_of_a_date(heading), "{heading}");
    }
}

#[test]
fn times_of_day_are_left_out() {
    for text in ["2017-03-25 23:10:00", "2017-03-25T23:10:00.000Z", "2017-03-25, 9:05 AM"] {
        assert_eq!(without_time(text), "2017-03-25");
    }
    assert_eq!(without_time("2017-03-25"), "2017-03-25");
    assert_eq!(without_time("12:30"), "12:30");
}

#[test]
fn midnight_elsewhere_is_another_day() {
    let texts = ["2025-03-30", "2025-03-31", "2025-10-30", "2025-10-31"];
    let values = values(&texts);
    let ask = |times: &[u64], hours| {
        let bits = times.iter().fold(2, |bits, half_hour| bits | 1 << (3 + half_hour));
        let clock = Clock::of_bits(bits);
        decide(&Question {
            values: &values,
            clock,
            given: &[],
            years: years(),
            named_date: true,
            hours,
        })
    };
    // 22:00 in summer and 23:00 in winter is midnight in Berlin; 18:30 in Delhi.
    assert!(matches!(ask(&[44, 46], None), Err(What::DateShifted { hour: 22, hours: 2, .. })));
    assert!(matches!(ask(&[37], None), Err(What::DateShifted { hour: 18, hours: 6, .. })));
    for times in [&[0][..], &[8, 10], &[44, 0], &[44, 48], &[40, 44], &[43, 45, 46]] {
        assert!(ask(times, None).is_ok(), "{times:?}");
    }
    let style = ask(&[44, 46], Some(2)).ok().and_then(|answer| answer.style);
    assert_eq!(style.map(|style| style.hours), Some(2));
}
