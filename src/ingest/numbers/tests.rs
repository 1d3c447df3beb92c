//! Columns of numbers, and what they are taken for.

use super::*;

fn seen(texts: &[&str]) -> Vec<Occurrence> {
    texts.iter().zip(0..).map(|(text, row)| Occurrence::new(*text, 1, row)).collect()
}

fn ask(texts: &[&str], whole: bool) -> Result<Answer, What> {
    let shapes = seen(texts);
    decide(&Question { shapes: &shapes, given: None, unit: None, whole, percent: false })
}

fn style(texts: &[&str]) -> NumberStyle {
    ask(texts, false).unwrap_or_else(|what| panic!("{what:?}: {texts:?}")).style
}

fn what(texts: &[&str]) -> What {
    ask(texts, false).expect_err("not clear")
}

#[test]
fn the_mark_is_decided_by_a_value_that_allows_one_reading_only() {
    for (texts, decimal) in [
        (&["1234.5", "12"][..], '.'),
        (&["$1,234.50", "$1,234"], '.'),
        (&["1.234,50 €", "1.234"], ','),
        (&["1,5"], ','),
        (&["1,234,567", "1,234"], '.'),
        (&["1.234.567"], ','),
        (&["12,34,567", "12,34,567.50"], '.'),
        (&["0.125"], '.'),
        (&["1100.045"], '.'),
        (&["1'234.50"], '.'),
        (&["1 234,567"], ','),
        (&["1\u{a0}234,50"], ','),
        (&["45k", "1.2M"], '.'),
        (&["(500)", "500-"], '.'),
        (&["12,-", "1.200,-"], ','),
        (&["12,500", "950", "1,100"], '.'),
    ] {
        assert_eq!(style(texts).decimal, decimal, "{texts:?}");
    }
}

#[test]
fn where_nothing_decides_the_import_stops() {
    match what(&["1.234", "2.345"]) {
        What::Decimal { sample, whole, divided } => {
            assert_eq!((sample.text.as_str(), whole.as_str()), ("1.234", "1234"));
            assert_eq!(divided, "1.234");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(what(&["1,5", "1.5"]), What::DecimalMixed { .. }));
    assert!(matches!(what(&["1,234", "1.234"]), What::DecimalMixed { .. }));
    assert!(matches!(what(&["1.234,50", "1,234.50"]), What::DecimalMixed { .. }));
    assert!(matches!(what(&["yes", "no", "5"]), What::NumberUnreadable { .. }));
    // With a bare 1200, the mark may divide as well.
    assert!(matches!(what(&["12,500", "1200", "950"]), What::Decimal { .. }));
}

#[test]
fn a_word_for_thousands_beside_bare_numbers_is_asked_about() {
    assert!(matches!(what(&["45k", "60k", "80"]), What::Magnitude { .. }));
    assert!(ask(&["45k", "60k", "0"], false).is_ok());
    // 80000 is no number of thousands.
    assert!(ask(&["45k", "60k", "80000"], false).is_ok());
}

#[test]
fn plain_columns_are_known_as_such() {
    assert!(style(&["1054", "0", "-3.5"]).plain);
    assert!(!style(&["1054", "12", "1e5"]).plain);
    assert!(!style(&["$5"]).plain);
}

#[test]
fn whole_numbers_need_no_deciding() {
    let answer = ask(&["3.200", "1.185"], true).expect("clear");
    assert_eq!(answer.style.decimal, ',');
}

#[test]
fn places_beyond_cents_are_counted() {
    let fine = |texts: &[&str]| ask(texts, false).expect("clear").fine;
    assert_eq!(fine(&["1.005", "1100.04", "7.500", "0.12345"]), 2);
    assert_eq!(fine(&["1.234,005 €", "2,5 €"]), 1);
}
